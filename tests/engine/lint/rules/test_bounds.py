"""However a family is drawn, the rules for designers answer within moments: measured in processor time, with room."""

from __future__ import annotations

from time import process_time

import pytest

from engine.definition import read
from tests.engine.bpmn import boundary, call, diagram, end, message, par, process, start, throw, timer, xor
from tests.engine.families import CITY
from tests.engine.lint.rules.drawings import TABLES, frame, own_timer, stand, task


def ordinary(number: int) -> bytes:
    """A diagram like the shipped ones: framed, collected, handled, decided, published; it calls its neighbour."""
    kader, uit = frame("D09")
    asked = task("vraag", "inbreng", stap="D08", verzamelt="ja", termijn="inbreng")
    handled = task("antwoord", "afhandeling", stap="D08")
    decided = task("besluit", "besluit", stap="D09", treden="raadplegen", formulier="f")
    steps = [task(f"werk{at}", termijn="inbreng") for at in range(20)]
    chain = " > ".join(f"werk{at}" for at in range(20))
    spread = [task("bekend", "publicatie", product="kaart"), task("kennis", "kennisname")]
    calls = [call("c", f"p{number + 1}")] if number < 15 else []
    parts = [kader, uit, asked, own_timer("vraag", "inbreng"), stand("tel", "D08"), xor("k"), handled, decided, *steps]
    flow = (
        "s > kader > kader_uit > vraag > tel > k; dicht > tel; k [stand.open > 0] > antwoord > tel; "
        f"k * > besluit > {chain} > f > bekend > j > {'c > ' if calls else ''}e; f > kennis > j"
    )
    parts += [par("f"), par("j"), *spread, *calls]
    lanes = {"college": "kader besluit"}
    return diagram(process(f"p{number}", start("s"), *parts, end("e"), flow=flow, lanes=lanes))


def spent(files: dict[str, bytes]) -> float:
    before = process_time()
    read({**CITY, **TABLES, **files})
    return process_time() - before


def test_thirty_diagrams_are_judged_within_three_seconds() -> None:
    assert spent({f"p{number}.bpmn": ordinary(number) for number in range(30)}) < 3


def forks() -> bytes:
    """Three hundred splits in a row, each with a binding decision on one branch and that of an organ on the other."""
    parts, flow, lanes = [start("s")], "s", {"deelnemers": "", "college": ""}
    for at in range(150):
        parts += [par(f"f{at}"), par(f"j{at}")]
        parts += [
            task(f"a{at}", "besluit", stap="D07", treden="meebeslissen"),
            task(f"b{at}", "besluit", stap="D07", treden="raadplegen"),
        ]
        lanes["deelnemers"] += f" a{at}"
        lanes["college"] += f" b{at}"
        flow += f" > f{at} > a{at} > j{at}"
    flow += " > e; " + "; ".join(f"f{at} > b{at} > j{at}" for at in range(150))
    return diagram(process("p", *parts, end("e"), flow=flow, lanes=lanes))


def choices() -> bytes:
    """Every choice leads on or to any of three earlier ones, with contributions on the way."""
    parts, flow = [start("s")], ["s > t0"]
    for at in range(300):
        parts += [task(f"t{at}", "inbreng", stap=f"D{at % 18 + 1:02}", verzamelt="ja"), xor(f"k{at}")]
        flow += [f"t{at} > k{at}", f"k{at} * > {f't{at + 1}' if at < 299 else 'e'}"]
        flow += [f"k{at} [x = {back}] > t{at * back // 4}" for back in (1, 2, 3)]
    return diagram(process("p", *parts, end("e"), flow="; ".join(flow)))


def edges() -> bytes:
    """One task with four hundred ways to be broken off."""
    rim = [boundary(f"r{at}", "t", message("m") if at % 2 else timer("PT1H")) for at in range(400)]
    flow = "s > t > e; " + "; ".join(f"r{at} > e" for at in range(400))
    asked = task("t", "inbreng", stap="D08", verzamelt="ja", termijn="inbreng")
    return diagram(process("p", start("s"), asked, *rim, end("e"), flow=flow))


def doubling() -> bytes:
    """Twenty processes that each call the next one twice: a million ways through them."""
    drawn = []
    for at in range(20):
        calls = [call(f"c{at}", f"p{at + 1}"), call(f"d{at}", f"p{at + 1}")]
        inner = calls if at < 19 else [task("t", "inbreng", stap="D08")]
        names = [f"c{at}", f"d{at}"] if at < 19 else ["t"]
        drawn.append(
            process(
                f"p{at}",
                start(f"s{at}"),
                *inner,
                end(f"e{at}"),
                flow=" > ".join((f"s{at}", *names, f"e{at}")),
                bare=at > 0,
            )
        )
    return diagram(*drawn)


def letters() -> bytes:
    """A hundred processes that start each other with messages, in a ring."""
    drawn = []
    for at in range(100):
        nodes = (
            start(f"s{at}", message(f"m{at}")),
            task(f"t{at}", "inbreng", stap="D08"),
            throw(f"x{at}", message(f"m{(at + 1) % 100}")),
        )
        drawn.append(process(f"p{at}", *nodes, end(f"e{at}"), flow=f"s{at} > t{at} > x{at} > e{at}"))
    return diagram(*drawn)


@pytest.mark.parametrize("drawn", [forks, choices, edges, doubling, letters])
def test_a_diagram_made_to_keep_us_busy_does_not(drawn: object) -> None:
    assert callable(drawn)
    assert spent({"p.bpmn": drawn()}) < 8
