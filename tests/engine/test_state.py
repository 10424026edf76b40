"""The state as text: exact, small, versioned, and refused by name when it is not ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import state
from engine.case import Case
from engine.errors import StateUnknown
from engine.expressions import Duration
from tests.engine.bpmn import boundary, call, content, end, many, par, process, script, start, sub, timer, user
from tests.engine.families import NOW, Play, family, unlinted

DEFINITION = family(process("p", start("s"), user("a"), user("b"), end("e"), flow="s > a > b > e"))

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_all_json_that_comes_in_comes_back_exactly(values: dict[str, Any]) -> None:
    play = Play(DEFINITION)
    play.do("a")
    case = play.case
    case.complete(play.task("b").id, values, NOW)
    again = Case.restore(DEFINITION, case.snapshot())
    assert again.data["b"] == values
    assert json.dumps(again.data["b"]) == json.dumps(values), "1 stays 1 and true stays true"


FEEL = (
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
    | st.dates()
    | st.times(timezones=st.none() | st.just(UTC))
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(Duration, st.sampled_from(["months", "microseconds"]), st.integers(-(10**9), 10**9))
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, FEEL | st.lists(FEEL | NAMES, max_size=3), max_size=4))
def test_feel_values_come_back_exactly(values: dict[str, Any]) -> None:
    case, _ = Case.start(DEFINITION, "p", {}, NOW)
    case._top.data = dict(values)
    again = Case.restore(DEFINITION, case.snapshot())
    assert again._top.data == values
    assert again.snapshot() == case.snapshot()


def test_what_scripts_compute_survives_the_text() -> None:
    made = (
        'half = 1 / 2; dag = date("2027-03-01"); duur = duration("P6W"); jaar = duration("P1Y"); uur = time("09:00:00")'
    )
    play = Play(unlinted(process("p", start("s"), script("x", made), user("a"), end("e"), flow="s > x > a > e")))
    values = {**state.unread(play.case._top), **play.case._top.data}
    assert (values["half"], values["dag"], values["uur"]) == (Decimal("0.5"), date(2027, 3, 1), time(9))
    assert values["jaar"] == Duration("months", 12)
    assert play.data == {"half": "0.5", "dag": "2027-03-01", "duur": "P42D", "jaar": "P1Y", "uur": "09:00:00"}


def test_whole_numbers_stay_numbers_that_feel_finds_equal() -> None:
    assert state.plain(Decimal("3.0")) == 3
    assert state.plain(datetime(2027, 3, 1, tzinfo=UTC)) == "2027-03-01T00:00:00+00:00"


CALLED = process(
    "q", start("qs"), user("w"), boundary("t", "w", timer("PT1H")), user("v"), end("qe"), flow="qs > w > qe; t > v > qe"
)
DEEP = process(
    "p", start("s"), par("f"), call("c", "q", many(over="lijst", item="x", into="uit")),
    sub("d", content(start("ds"), user("dw"), end("de"), flow="ds > dw > de")), user("a"), end("e"),
    flow="s > f > c > e; f > d > e; f > a > e",
)  # fmt: skip


def test_a_deep_case_comes_back_with_all_its_levels_timers_and_instances() -> None:
    definition = family(DEEP, CALLED)
    play = Play(definition, values={"lijst": [1, 2, 3], "groot": "x" * 5_000})
    assert play.open == ["a", "dw", "w", "w", "w"]
    assert len(play.text) < 5_000 + 3_000, "data that a level shares with its surroundings stand there once"
    play.do("w", 1, n=1)
    play.do("a", n=2)
    before = play.case
    after = Case.restore(definition, before.snapshot())
    assert (after.tasks, after.due, after.waits, after.data) == (before.tasks, before.due, before.waits, before.data)
    assert [after.visible(task) for task in after.tasks] == [before.visible(task) for task in before.tasks]


def test_the_text_is_strict_json_and_says_its_version() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    found = json.loads(Play(family(DEEP, CALLED), values={"lijst": [1]}).text, parse_constant=refuse)
    assert found["v"] == state.VERSION


def test_a_state_of_another_version_is_refused_by_name() -> None:
    play = Play(DEFINITION)
    text = play.text.replace('"v":1', '"v":2')
    with pytest.raises(StateUnknown, match="versie 2"):
        Case.restore(DEFINITION, text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", "{}", '{"v":1}', '{"v":1,"p":"weg","n":0,"d":{},"t":[]}',
     '{"v":1,"p":"p","n":1,"d":{},"t":[["x","weg",16,null,1,{}]]}',
     '{"v":1,"p":"p","n":1,"d":{},"t":[["x","a",16,"geen",1,{}]]}',
     '{"v":1,"p":"p","n":1,"d":{},"t":[["x"]]}',
     '{"v":1,"p":"p","n":1,"d":{},"t":[],"l":[["geen","p",[]]]}',
     '{"v":1,"p":"p","n":1,"d":{"x":{"\\u0000":["eval","1"]}},"t":[]}',
     '{"v":1,"p":"p","n":1,"d":{"x":{"\\u0000":["dag","gisteren"]}},"t":[]}'],
)  # fmt: skip
def test_a_text_that_is_no_state_of_this_definition_is_refused_and_never_half_read(text: str) -> None:
    with pytest.raises(StateUnknown):
        Case.restore(DEFINITION, text)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_state_is_refused_or_is_a_state(data: st.DataObject) -> None:
    text = Play(DEFINITION).text
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:place] + data.draw(st.sampled_from(["", "0", '"', "}", "x", "null"])) + text[place + 1 :]
    try:
        case = Case.restore(DEFINITION, damaged)
    except StateUnknown:
        return
    assert isinstance(case.snapshot(), str)


def test_a_value_that_no_state_can_hold_is_refused_when_it_is_written() -> None:
    case, _ = Case.start(DEFINITION, "p", {}, NOW)
    case._top.data["x"] = object()
    with pytest.raises(Exception, match="toestand"):
        case.snapshot()


ONE_READ = (start("s"), user("a"), user("b"), user("c"), end("e"))
BY_B = process("p", *ONE_READ, flow="s > a > b > c > e")


def test_what_no_expression_reads_travels_as_text_and_is_not_lost() -> None:
    play = Play(family(BY_B))
    odd: dict[str, Any] = {"tekst": 'een ",\n" en een }}\n "s":{', "getal": 3, "leeg": None}
    play.do("a", **odd)
    snapshot = play.case.snapshot()
    assert json.loads(snapshot)["s"]["a"] == odd  # the whole is plain JSON
    again = Case.restore(play.definition, snapshot)
    assert "a" not in again._top.data and again.data["a"] == odd
    assert again.snapshot() == snapshot


def test_what_an_expression_reads_stays_at_hand() -> None:
    reading = process(
        "p", start("s"), user("a"), script("x", "y = a.getal + 1"), user("b"), end("e"), flow="s > a > x > b > e"
    )
    play = Play(family(reading))
    play.do("a", getal=3)
    assert play.case._top.data["a"] == {"getal": 3} and play.data["y"] == 4


def test_a_second_round_replaces_what_was_laid_aside() -> None:
    play = Play(family(BY_B))
    play.do("a", getal=1)
    case = play.case
    case._top.write("a", {"getal": 2})
    assert case.data["a"] == {"getal": 2}
    assert case.snapshot().count('"a":{"getal"') == 1


def test_another_version_that_reads_it_finds_it() -> None:
    play = Play(family(BY_B))
    play.do("a", getal=3)
    newer = replace(play.definition, reads=frozenset({"a"}))
    again = Case.restore(newer, play.case.snapshot())
    assert again._top.data["a"] == {"getal": 3} and again.data == play.data


@pytest.mark.parametrize("damage", [("}}", "}"), ('"a":', '"a"'), ('{"getal":1}', "{kapot")])
def test_damage_in_what_was_laid_aside_is_named(damage: tuple[str, str]) -> None:
    play = Play(family(BY_B))
    play.do("a", getal=1)
    head, aside, lines = play.case.snapshot().partition(',"s":{\n')
    with pytest.raises(StateUnknown):
        Case.restore(play.definition, head + aside + lines.replace(*damage)).data  # noqa: B018
