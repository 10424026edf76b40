"""WL06, WL09, WL23: participation is framed first, left open until its term ends, and answered before the end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.engine.bpmn import (
    TERMINATE,
    boundary,
    call,
    end,
    error,
    many,
    message,
    par,
    process,
    start,
    sub,
    throw,
    timer,
    xor,
)
from tests.engine.families import CITY
from tests.engine.lint.rules.drawings import form, frame, line, own_timer, publish, stand, task, where

TERM = "inbreng"
IDEA = task("idee", "inbreng", stap="D09", treden="raadplegen")
KADER, PUBLIC = frame("D09")


@pytest.mark.parametrize(
    ("steps", "is_wrong"),
    [
        ((IDEA,), True),
        ((KADER, IDEA), True),
        ((PUBLIC, KADER, IDEA), True),
        ((KADER, publish("kader_uit", "wijkagenda"), IDEA), True),
        ((*frame("D03"), IDEA), True),
        ((KADER, PUBLIC, IDEA), False),
        ((KADER, PUBLIC, KADER.replace('id="kader"', 'id="kader_nieuw"'), IDEA), True),
    ],
)
def test_wl_06_participation_starts_after_the_frame_and_its_publication(steps: tuple[str, ...], is_wrong: bool) -> None:
    assert where("WL06", line("p", *steps)) == (["idee"] if is_wrong else [])


@pytest.mark.parametrize("act", ["inbreng", "advies", "voorstel", "stemming", "bijeenkomst"])
def test_wl_06_holds_for_all_that_starts_participation(act: str) -> None:
    drawn = task("idee", act, stap="D09")
    assert where("WL06", line("p", drawn)) == ["idee"]
    assert where("WL06", line("p", KADER, PUBLIC, drawn)) == []


def test_wl_06_a_step_framed_by_the_table_and_a_meeting_about_no_step_need_none() -> None:
    assert where("WL06", line("p", task("idee", "inbreng", stap="D05"), task("samen", "bijeenkomst"))) == []


def test_wl_06_a_frame_of_more_steps_covers_them_and_that_of_the_programme_its_reactions() -> None:
    reaction = task("idee", "inbreng", stap="D08")
    assert where("WL06", line("p", KADER, PUBLIC, reaction)) == []
    wide = task("kader", "kader", stap="D02", formulier="kaders")
    files = form("kaders", {"kaders": {"stap": None}})
    assert where("WL06", line("p", wide, PUBLIC, reaction), files=files) == []
    assert where("WL06", line("p", task("kader", "kader", stap="D02"), PUBLIC, reaction), files=files) == ["idee"]


def test_wl_06_of_a_meeting_the_first_task_starts_it() -> None:
    meetings = [task(ident, "bijeenkomst", stap=step) for ident, step in (("roep", "D09"), ("verslag", "D03"))]
    assert where("WL06", line("p", *meetings)) == ["roep"]
    assert where("WL06", line("p", KADER, PUBLIC, *meetings)) == []


def test_wl_06_all_callers_must_have_framed() -> None:
    inner, good = line("q", IDEA), line("p", KADER, PUBLIC, call("c", "q"))
    assert where("WL06", inner) == ["idee"]
    assert where("WL06", inner, good) == []
    assert where("WL06", inner, good, line("r", call("d", "q"))) == ["idee"]


def test_wl_06_a_frame_in_a_called_process_counts_when_it_returns() -> None:
    framing = line("q", KADER, PUBLIC)
    assert where("WL06", framing, line("p", call("c", "q"), IDEA)) == []
    skipping = process(
        "q", start("b"), xor("k"), KADER, PUBLIC, end("z"), flow="b > k; k [x = 1] > kader > kader_uit > z; k * > z"
    )
    assert where("WL06", skipping, line("p", call("c", "q"), IDEA)) == ["idee"]
    perhaps_none = call("c", "q", many(over="lijst", item="een"))
    assert where("WL06", framing, line("p", perhaps_none, IDEA)) == ["idee"]


def test_wl_06_in_loops_on_branches_and_from_the_border_of_a_step() -> None:
    loop = process(
        "p", start("s"), KADER, PUBLIC, IDEA, xor("k"), end("e"),
        flow="s > kader > kader_uit > idee > k; k [x = 1] > idee; k [y = 1] > kader; k * > e",
    )  # fmt: skip
    assert where("WL06", loop) == []
    beside = process(
        "p",
        start("s"),
        par("f"),
        KADER,
        PUBLIC,
        IDEA,
        par("j"),
        end("e"),
        flow="s > f > kader > kader_uit > j > e; f > idee > j",
    )
    assert where("WL06", beside) == ["idee"]
    border = process(
        "p", start("s"), KADER, boundary("rand", "kader", timer("PT1H")), PUBLIC, IDEA, end("e"), end("g"),
        flow="s > kader > kader_uit > e; rand > idee > g",
    )  # fmt: skip
    assert where("WL06", border) == ["idee"]
    inside = sub("d", start("ds") + KADER + PUBLIC + end("de") + _flow("ds", "kader", "kader_uit", "de"))
    assert where("WL06", process("p", start("s"), inside, IDEA, end("e"), flow="s > d > idee > e")) == []


def _flow(*names: str) -> str:
    return "".join(
        f'<sequenceFlow id="{one}_{other}" sourceRef="{one}" targetRef="{other}"/>' for one, other in pairwise(names)
    )


def test_wl_06_a_case_that_a_message_starts_is_framed_by_who_sends_it() -> None:
    receiver = process("q", start("b", message("m")), IDEA, end("z"), flow="b > idee > z")

    def sender(*steps: str) -> str:
        return line("p", *steps, throw("stuur", message("m")))

    assert where("WL06", receiver) == ["idee"]
    assert where("WL06", receiver, sender(KADER, PUBLIC)) == []
    assert where("WL06", receiver, sender(KADER)) == ["idee"]


def meeting(condition: str, *more: str, flow: str = "", step: str = "D02") -> str:
    read = stand("lees", step, "kader_lezen", "kader")
    held = task("avond", "bijeenkomst", stap="D02")
    ways = f"s > lees > k; k [{condition}] > avond > e; k * > weg{'; ' + flow if flow else ''}"
    return process("p", start("s"), read, xor("k"), held, task("weg"), *more, end("e"), flow=ways + "; weg > e")


@pytest.mark.parametrize(
    ("drawn", "is_wrong"),
    [
        (meeting("kader.gepubliceerd = true"), False),
        (meeting("kader.gevonden = true"), False),
        (meeting("kader.gepubliceerd = false"), True),
        (meeting("iets = 1"), True),
        (meeting("kader.gepubliceerd = true", step="D03"), True),
        (meeting("kader.gepubliceerd = true", flow="weg > avond"), True),
        (meeting("kader.gepubliceerd = true", task("t"), flow="weg > t > k"), True),
    ],
)
def test_wl_06_a_case_of_its_own_may_read_that_the_frame_is_published(drawn: str, is_wrong: bool) -> None:
    assert where("WL06", drawn) == (["avond"] if is_wrong else [])


def collecting(*more: str, flow: str = "", term: str = TERM) -> str:
    asked = task("vraag", "inbreng", stap="D05", verzamelt="ja", termijn=term)
    return process("p", start("s"), asked, *more, end("e"), flow=f"s > vraag > e{'; ' + flow if flow else ''}")


@pytest.mark.parametrize(
    ("more", "flow", "wrong"),
    [
        ((), "", []),
        ((own_timer("vraag", TERM),), "dicht > e", []),
        ((own_timer("vraag", "advies"),), "dicht > e", ["dicht"]),
        ((boundary("dicht", "vraag", timer("kader.termijn", "timeDate")),), "dicht > e", []),
        ((boundary("dicht", "vraag", timer("PT1H")),), "dicht > e", ["dicht"]),
        ((boundary("dicht", "vraag", message("stop")),), "dicht > e", ["dicht"]),
        ((boundary("dicht", "vraag", message("stop"), interrupts=False), task("t")), "dicht > t", []),
        ((boundary("langer", "vraag", message("verlengen")), task("t")), "langer > t > vraag", []),
        (
            (boundary("langer", "vraag", message("verlengen")), xor("k")),
            "langer > k; k [x = 1] > vraag; k * > e",
            ["langer"],
        ),
    ],
)
def test_wl_09_a_reaction_period_is_not_broken_off(more: tuple[str, ...], flow: str, wrong: list[str]) -> None:
    assert where("WL09", collecting(*more, flow=flow)) == wrong


@pytest.mark.parametrize(("step", "wrong"), [("D05", []), ("D07", ["om"])])
def test_wl_09_a_change_of_the_rung_may_go_to_the_new_frame(step: str, wrong: list[str]) -> None:
    inner = collecting(own_timer("vraag", TERM), flow="dicht > e").replace('id="p"', 'id="q"', 1)
    outer = process(
        "r", start("t"), call("c", "q"), boundary("om", "c", message("trede")),
        stand("lees", step, "kader_lezen"), end("u"),
        flow="t > c > u; om > lees > u",
    )  # fmt: skip
    assert where("WL09", inner, outer) == wrong


def test_wl_09_also_not_from_around_it_nor_by_who_calls_it() -> None:
    inner = collecting(own_timer("vraag", TERM), flow="dicht > e").replace('id="p"', 'id="q"', 1)
    outer = process(
        "r", start("t"), call("c", "q"), boundary("om", "c", timer("PT1H")), end("u"), flow="t > c > u; om > u"
    )
    assert where("WL09", inner, outer) == ["om"]
    asked = task("vraag", "inbreng", stap="D05", verzamelt="ja", termijn=TERM)
    inside = sub("d", start("ds") + asked + end("de") + _flow("ds", "vraag", "de"))
    around = process("p", start("s"), inside, boundary("om", "d", message("stop")), end("e"), flow="s > d > e; om > e")
    assert where("WL09", around) == ["om"]


@pytest.mark.parametrize(("last", "wrong"), [(TERMINATE, ["weg"]), (error("stop"), ["weg"]), ("", [])])
def test_wl_09_also_not_by_an_end_on_a_branch_beside_it(last: str, wrong: list[str]) -> None:
    asked = task("vraag", "inbreng", stap="D05", verzamelt="ja", termijn=TERM)
    beside = process(
        "p", start("s"), par("f"), asked, task("t"), end("e"), end("weg", last), flow="s > f > vraag > e; f > t > weg"
    )
    assert where("WL09", beside) == wrong
    extra = process(
        "p", start("s"), asked, boundary("rand", "vraag", message("m"), interrupts=False), end("e"), end("weg", last),
        flow="s > vraag > e; rand > weg",
    )  # fmt: skip
    assert where("WL09", extra) == wrong
    before = process(
        "p", start("s"), xor("k"), asked, end("e"), end("weg", last), flow="s > k; k [x = 1] > vraag > e; k * > weg"
    )
    assert where("WL09", before) == []


ASKED = task("vraag", "inbreng", stap="D08")
HANDLE = task("antwoord", "afhandeling", stap="D08")
LOOP = "tel > k; k [stand.open > 0] > antwoord > tel; k * > e"


def answered(flow: str, *more: str, counted: str = stand("tel", "D08")) -> str:
    return process("p", start("s"), ASKED, counted, xor("k"), HANDLE, *more, end("e"), flow=flow)


@pytest.mark.parametrize(
    ("flow", "is_wrong"),
    [
        (f"s > vraag > tel; {LOOP}", False),
        ("s > vraag > e; tel > k; k [stand.open > 0] > antwoord > tel; k * > e; tel > k", True),
        ("s > vraag > antwoord > tel > k; k [stand.open > 0] > e; k * > e", True),
        ("s > vraag > tel > k; k [stand.open > 0] > antwoord > e; k * > e", True),
        ("s > vraag > tel > k; k [stand.open = 0] > antwoord > tel; k * > e", True),
        ("s > vraag > tel > k; k [stand.open = 0] > e; k * > antwoord > tel", False),
    ],
)
def test_wl_23_input_is_handled_and_answered_before_the_end(flow: str, is_wrong: bool) -> None:
    assert where("WL23", answered(flow)) == (["vraag"] if is_wrong else [])


def test_wl_23_a_count_of_another_step_does_not_count() -> None:
    assert where("WL23", answered(f"s > vraag > tel; {LOOP}", counted=stand("tel", "D05"))) == ["vraag"]


def test_wl_23_a_way_round_is_found_also_from_the_border() -> None:
    edge = boundary("rand", "vraag", timer("PT1H"))
    assert where("WL23", answered(f"s > vraag > tel; {LOOP}; rand > tel", edge)) == []
    assert where("WL23", answered(f"s > vraag > tel; {LOOP}; rand > e", edge)) == ["vraag"]


def test_wl_23_a_count_on_another_branch_is_waited_for_only_before_the_end() -> None:
    parts = (par("f"), task("t"), par("j"))
    counted_after = "s > f > vraag > j > tel; f > t > j; " + LOOP
    assert where("WL23", answered(counted_after, *parts)) == []
    counted_beside = "s > f > vraag > j; f > tel; tel > k; k [stand.open > 0] > antwoord > tel; k * > j > t > e"
    assert where("WL23", answered(counted_beside, *parts)) == ["vraag"]


def test_wl_23_who_calls_and_breaks_off_handles_what_came_in() -> None:
    inner = process(
        "q", start("b"), ASKED, stand("tel", "D08"), xor("k"), HANDLE, end("z"),
        flow="b > vraag > tel > k; k [stand.open > 0] > antwoord > tel; k * > z",
    )  # fmt: skip
    parts = (call("c", "q"), boundary("om", "c", message("trede")), end("e"), end("u"))
    assert where("WL23", inner, line("p", call("c", "q"))) == []
    assert where("WL23", inner, process("p", start("s"), *parts, flow="s > c > e; om > u")) == ["vraag"]


def test_wl_23_who_called_may_do_it_and_then_all_of_them() -> None:
    inner = line("q", ASKED)
    good = process(
        "p", start("s"), call("c", "q"), stand("tel", "D08"), xor("k"), HANDLE, end("e"), flow=f"s > c > tel; {LOOP}"
    )
    assert where("WL23", inner) == ["vraag"]
    assert where("WL23", inner, good) == []
    assert where("WL23", inner, good, line("r", call("d", "q"))) == ["vraag"]


def test_wl_23_collected_advice_is_answered_in_the_decision_or_one_by_one() -> None:
    advice = task("advies", "advies", stap="D09", verzamelt="ja", termijn=TERM)
    decides = task("besluit", "besluit", stap="D09", treden="adviseren", formulier="b")
    lanes = {"college": "besluit"}
    assert (
        where("WL23", line("p", advice, decides, lanes=lanes), files=form("b", {"reacties": {"reactie": None}})) == []
    )
    assert where("WL23", line("p", advice, decides, lanes=lanes), files=form("b", {"bedrag": None})) == ["advies"]
    single = task("advies", "advies", stap="D09")
    assert where("WL23", line("p", single, decides, lanes=lanes), files=form("b", {"bedrag": None})) == []


def test_inv_29_a_city_that_adopts_a_programme_says_how_long_everybody_can_react_to_it() -> None:
    adopts = line("p", task("besluit", "besluit", stap="D09", treden="raadplegen"), lanes={"college": "besluit"})
    terms = CITY["termijnen.toml"].replace(b"reactie_wijkprogramma_minimaal", b"iets_anders")
    assert where("INV-29", adopts) == []
    assert where("INV-29", adopts, files={"termijnen.toml": terms}) == ["besluit"]
    other = line("p", task("besluit", "besluit", stap="D07", treden="raadplegen"), lanes={"college": "besluit"})
    assert where("INV-29", other, files={"termijnen.toml": terms}) == []
