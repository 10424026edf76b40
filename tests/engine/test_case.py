"""The life of a case: its acts, their outcomes, and that each is whole or not at all."""

from __future__ import annotations

import gc
import sys
from decimal import Decimal
from types import FrameType
from typing import Any

import pytest

from engine.case import Case, Passed
from engine.definition import Definition
from engine.errors import CaseStuck, EngineError, StateUnknown, TaskNotOpen, TermError, ValuesUnreadable
from engine.terms import Act, Rung
from tests.engine.bpmn import (
    boundary,
    call,
    catch,
    el,
    end,
    many,
    message,
    par,
    process,
    race,
    script,
    start,
    timer,
    user,
    wijk,
    xor,
)
from tests.engine.families import HOUR, NOW, Play, family, unlinted

SIMPLE = process("p", start("s"), user("a"), user("b"), end("e"), flow="s > a > b > e")


def test_a_case_goes_from_task_to_task_and_ends() -> None:
    play = Play(family(SIMPLE), values={"wijk": "tanthof"})
    assert [task.element for task in play.outcome.opened] == ["a"]
    assert play.outcome.passed == (Passed("s", "startEvent"),)
    first = play.task("a")
    outcome = play.do("a", tekst="ja")
    assert ([task.element for task in outcome.opened], outcome.closed, outcome.ended) == (["b"], (), False)
    outcome = play.do("b", n=1)
    assert (outcome.opened, outcome.ended, outcome.error) == ((), True, None)
    assert play.data == {"wijk": "tanthof", "a": {"tekst": "ja"}, "b": {"n": 1}}
    with pytest.raises(TaskNotOpen):
        play.case.complete(first.id, {}, NOW)


def test_a_finished_unknown_or_foreign_task_cannot_be_completed_and_nothing_changes() -> None:
    definition = family(SIMPLE)
    one, other = Play(definition), Play(definition)
    done = one.task("a").id
    one.do("a", n=1)
    for ident in (done, other.task("a").id, "", "geen"):
        before = one.text
        with pytest.raises(TaskNotOpen):
            one.case.complete(ident, {"n": 2}, NOW)
        assert one.case.snapshot() == before
    case = one.case
    with pytest.raises(TaskNotOpen):
        case.complete(done, {}, NOW)
    assert case.complete(next(iter(case.tasks)), {}, NOW).ended, (
        "a refusal before anything moved does not spend the case"
    )


def test_a_task_carries_what_the_diagram_says_of_it() -> None:
    said = wijk(
        "taak", handeling="besluit", stap="D09", treden="adviseren coproduceren", formulier="f",
        product="wijkprogramma", vierOgen="b", onderwerp='"initiatief-" + string(nummer)', verzamelt="nee",
        resultaat="uitkomst",
    )  # fmt: skip
    definition = unlinted(process("p", start("s"), user("a", said), end("e"), flow="s > a > e", lanes={"college": "a"}))
    play = Play(definition, values={"nummer": 3})
    task = play.task("a")
    assert (task.spec.act, task.spec.step, task.spec.rungs) == (
        Act.BESLUIT, "D09", (Rung.ADVISEREN, Rung.COPRODUCEREN),
    )  # fmt: skip
    assert (task.spec.form, task.spec.product, task.spec.four_eyes, task.spec.collects) == (
        "f",
        "wijkprogramma",
        "b",
        False,
    )
    assert (task.group, task.subject, task.process, task.name) == ("college", "initiatief-3", "p", "a")
    play.do("a", n=1)
    assert play.data["uitkomst"] == {"n": 1}


def test_the_subject_is_that_of_the_moment_at_which_the_task_opened() -> None:
    about = user("a", wijk("taak", onderwerp="b.wat"))
    definition = unlinted(
        process("p", start("s"), par("f"), about, user("b"), end("e"), flow="s > f > a > e; f > b > e")
    )
    play = Play(definition, values={"b": {"wat": "oud"}})
    play.do("b", wat="nieuw")
    assert play.task("a").subject == "oud"
    assert Play(definition).task("a").subject == "*", "what is unknown is the dossier as a whole"


def test_an_unknown_term_is_an_incident() -> None:
    about = user("a", wijk("taak", termijn="bestaat_niet"))
    with pytest.raises(TermError):
        Play(unlinted(process("p", start("s"), about, end("e"), flow="s > a > e")))


def test_whatever_goes_wrong_the_stored_case_stays_as_it_was() -> None:
    waiting = catch("t", timer("termijn(a.naam)", "timeDate"))
    definition = unlinted(process("p", start("s"), user("a"), waiting, user("b"), end("e"), flow="s > a > t > b > e"))
    play = Play(definition)
    before = play.text
    with pytest.raises(EngineError):
        play.do("a", naam="geen termijn van deze stad")
    assert play.text == before
    play.do("a", naam="reactie_wijkbarometer")
    assert play.due() == definition.terms.end("reactie_wijkbarometer", NOW)


def test_a_spent_case_answers_nothing_any_more() -> None:
    waiting = catch("t", timer("a.wanneer", "timeDate"))
    play = Play(unlinted(process("p", start("s"), user("a"), waiting, end("e"), flow="s > a > t > e")))
    case = play.case
    ident = play.task("a").id
    with pytest.raises(EngineError):
        case.complete(ident, {"wanneer": "nooit"}, NOW)
    for ask in (lambda: case.snapshot(), lambda: case.complete(ident, {}, NOW), lambda: case.tick(NOW)):
        with pytest.raises((CaseStuck, TaskNotOpen)):
            ask()


@pytest.mark.parametrize(
    "values",
    [
        {"a": 1.5},
        {"a": float("nan")},
        {"a": "\0"},
        {"a": "\ud800"},
        {"a\0": 1},
        {1: "a"},
        {"a": {"b": {1, 2}}},
        {"a": b"bytes"},
        {"a": 2**60},
        {"a": "x" * 100_001},
        {"a": [0] * 20_001},
        {"a": Decimal("NaN")},
        {"a": NOW},
    ],
)
def test_data_that_a_case_cannot_keep_are_refused_before_anything_moves(values: Any) -> None:
    play = Play(family(SIMPLE))
    case = play.case
    with pytest.raises(ValuesUnreadable):
        case.complete(play.task("a").id, values, NOW)
    assert case.snapshot() == play.text
    with pytest.raises(ValuesUnreadable):
        Case.start(family(SIMPLE), "p", values, NOW)


def test_data_that_are_too_deep_are_refused() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(ValuesUnreadable, match="diep"):
        Play(family(SIMPLE)).do("a", x=deep)


def test_the_values_of_the_caller_stay_his_own() -> None:
    play = Play(family(SIMPLE))
    case = play.case
    values: dict[str, Any] = {"lijst": [1]}
    case.complete(play.task("a").id, values, NOW)
    values["lijst"].append(2)
    assert case.data["a"] == {"lijst": [1]}


# what one branch writes does not change what another read: no value is changed in place
def test_branches_cannot_reach_into_the_values_of_each_other() -> None:
    elements = (
        start("s"), user("a"), par("f"), script("x", "kopie = append(a.lijst, 2)"), script("y", "a = {lijst: [9]}"),
        par("j"), user("b"), end("e"),
    )  # fmt: skip
    play = Play(family(process("p", *elements, flow="s > a > f > x > j > b > e; f > y > j")))
    play.do("a", lijst=[1])
    assert play.data == {"a": {"lijst": [9]}, "kopie": [1, 2]}


def test_a_field_of_any_name_is_harmless() -> None:
    play = Play(family(SIMPLE))
    names = ("typename", "__class__", "data", "state", "v", "t", "getal", "moment", "$ref", "\\u0000")
    values: dict[str, Any] = {name: {"typename": "BpmnProcessSpec", name: [name]} for name in names}
    play.do("a", **values)
    assert play.data["a"] == values
    assert play.open == ["b"]


def test_a_sealed_value_passes_through_unread() -> None:
    play = Play(family(SIMPLE))
    play.do("a", tekst={"verzegeld": "sha256:abc"})
    assert play.data["a"] == {"tekst": {"verzegeld": "sha256:abc"}}


LOOP = "s > m > a > g; g [a.stop] > e; g * > m"


def loop(*more: str, flow: str = LOOP) -> Definition:
    return family(process("p", start("s"), xor("m"), user("a"), xor("g"), *more, end("e"), flow=flow))


def calls_of(act: Any) -> int:
    """How many Python calls something takes: a measure of work that does not depend on the machine."""
    count = 0

    def tally(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()  # what it would sweep up in the middle is another test's
    sys.setprofile(tally)
    try:
        act()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


class Runner:
    """Restores, completes the first open task and snapshots, again and again."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        case, _ = Case.start(definition, "p", {}, NOW)
        self.text = case.snapshot()

    def step(self) -> None:
        case = Case.restore(self.definition, self.text)
        case.complete(next(iter(case.tasks)), {"naam": "x", "n": 3, "ja": True}, NOW)
        self.text = case.snapshot()


def test_after_ten_thousand_completions_a_case_lives_and_a_step_costs_what_it_did() -> None:
    runner = Runner(loop())
    for _ in range(10):
        runner.step()
    early, size = calls_of(runner.step), len(runner.text)
    for _ in range(9_988):
        runner.step()
    assert calls_of(runner.step) <= early
    assert len(runner.text) <= size + 10
    case = Case.restore(runner.definition, runner.text)
    assert not case.ended and len(case.tasks) == 1


def test_a_step_costs_the_same_in_a_diagram_of_two_hundred_tasks_as_in_one_of_five() -> None:
    def row(length: int) -> Runner:
        names = [f"t{number}" for number in range(length)]
        flow = f"s > {' > '.join(names)} > e"
        return Runner(family(process("p", start("s"), *(user(name) for name in names), end("e"), flow=flow)))

    small, large = row(5), row(200)
    for runner in (small, large):
        runner.step()
    assert calls_of(large.step) <= calls_of(small.step)
    assert len(large.text) <= len(small.text) + 10


def test_a_step_in_a_finished_case_beside_another_costs_nothing_of_it() -> None:
    called = process(
        "q", start("qs"), user("w"), boundary("t", "w", timer("PT1H")), end("qe"), flow="qs > w > qe; t > qe"
    )
    text = process(
        "p", start("s"), xor("m"), call("c", "q"), xor("g"), end("e"), flow="s > m > c > g; g [w.stop] > e; g * > m"
    )
    runner = Runner(family(text, called))
    for _ in range(5):
        runner.step()
    early, size = calls_of(runner.step), len(runner.text)
    for _ in range(300):
        runner.step()
    assert calls_of(runner.step) <= early
    assert len(runner.text) <= size + 20


def test_a_case_moves_to_another_version_when_all_that_lives_in_it_exists_there() -> None:
    old = family(SIMPLE)
    new = family(process("p", start("s"), user("a"), user("extra"), user("b"), end("e"), flow="s > a > extra > b > e"))
    other = family(process("p", start("s"), user("x"), end("e"), flow="s > x > e"))
    play = Play(old)
    assert Case.restore(new, play.text).tasks.keys() == play.case.tasks.keys()
    play.definition = new
    play.do("a")
    assert play.open == ["extra"]
    with pytest.raises(StateUnknown, match="procesmodel"):
        Case.restore(other, play.text)


def test_an_automatic_case_ends_at_its_start() -> None:
    case, outcome = Case.start(
        family(process("p", start("s"), script("x", "som = 1 + 1"), end("e"), flow="s > x > e")), "p", {}, NOW
    )
    assert outcome.ended and case.ended and case.data == {"som": 2}


def test_scripts_may_ask_the_moment_of_the_act_and_get_no_other_clock() -> None:
    text = process(
        "p",
        start("s"),
        user("a"),
        script("x", "dag = today(); moment = now()"),
        user("b"),
        end("e"),
        flow="s > a > x > b > e",
    )
    play = Play(unlinted(text))
    play.now += 24 * HOUR
    play.do("a")
    assert (play.data["dag"], play.data["moment"]) == ("2027-03-02", "2027-03-02T09:00:00+00:00")


def test_a_task_that_was_opened_and_taken_away_in_one_act_was_never_there() -> None:
    elements = (
        start("s"),
        par("f"),
        user("a"),
        user("b"),
        el("endEvent", "t", "<terminateEventDefinition/>"),
        user("c"),
    )
    play = Play(unlinted(process("p", *elements, flow="s > a > f > b; f > t; b > c")))
    outcome = play.do("a")
    assert (outcome.opened, outcome.closed, outcome.ended) == ((), (), True)


def test_what_waits_outside_tasks_keeps_a_case_alive() -> None:
    play = Play(family(process("p", start("s"), catch("m", message("x")), end("e"), flow="s > m > e")))
    assert not play.ended and play.open == []
    play.deliver("x")
    assert play.ended


# s > fork > a (border t) > e ; fork > c [q(w)] > e ; fork > n, three times > e ; fork > g > m or later > e
def test_a_case_says_where_its_tokens_stand_in_each_process_and_how_many() -> None:
    outer = process(
        "p", start("s"), par("f"), user("a"), boundary("t", "a", timer("PT1H")), call("c", "q"),
        user("n", many(over="lijst", item="x")), race("g"), catch("m", message("x")), catch("later", timer("PT2H")),
        end("e"),
        flow="s > f > a > e; t > e; f > c > e; f > n > e; f > g > m > e; g > later > e",
    )  # fmt: skip
    play = Play(
        family(outer, process("q", start("qs"), user("w"), end("qe"), flow="qs > w > qe")), values={"lijst": [1, 2, 3]}
    )
    assert play.case.places == {("p", "a"): 1, ("p", "c"): 1, ("q", "w"): 1, ("p", "n"): 3, ("p", "g"): 1}
    play.do("n")
    play.do("w")
    assert play.case.places == {("p", "a"): 1, ("p", "n"): 2, ("p", "g"): 1}
    play.wait(HOUR)
    assert play.case.places == {("p", "n"): 2, ("p", "g"): 1}
    play.wait(HOUR)
    play.do("n")
    play.do("n")
    assert (play.case.places, play.ended) == ({}, True)
