"""What SpiffWorkflow does as it comes, and what ours does with the same diagram: one test for each defect cured.

When one of these fails after an upgrade of SpiffWorkflow, the cure it stands for may have become needless.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.exceptions import WorkflowException

from engine.case import Case
from engine.errors import TaskNotOpen
from engine.terms import Json
from tests.engine.bpmn import (
    boundary,
    catch,
    content,
    end,
    many,
    par,
    process,
    race,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.engine.families import HOUR, NOW, Play, finish, reading, ready, stock, unlinted


def test_a_loop_of_one_task_is_not_completed_after_five_hundred_rounds() -> None:
    def text(condition: str) -> str:
        return process(
            "p",
            start("s"),
            xor("m"),
            user("a"),
            xor("g"),
            end("e"),
            flow=f"s > m > a > g; g [{condition}] > e; g * > m",
        )

    theirs = stock(text("1 == 2"))
    rounds = 0
    while ready(theirs):
        task = next(task for task in theirs.get_tasks(state=16, spec_name="a"))
        task.run()
        theirs.do_engine_steps()
        rounds += 1
    assert theirs.is_completed() and rounds < 600
    definition = unlinted(text("1 = 2"))
    case, _ = Case.start(definition, "p", {}, NOW)
    for _ in range(rounds + 10):
        case.complete(next(iter(case.tasks)), {}, NOW)
    assert len(case.tasks) == 1 and not case.ended


def test_parallel_blocks_in_a_row_are_not_predicted() -> None:
    elements, flow = [start("s"), end("e")], "s > f0"
    for block in range(6):
        following = f"f{block + 1}" if block < 5 else "e"
        elements += [par(f"f{block}"), par(f"j{block}"), *(user(f"t{block}_{number}") for number in range(3))]
        flow += (
            "".join(f"; f{block} > t{block}_{number} > j{block}" for number in range(3)) + f"; j{block} > {following}"
        )
    text = process("p", *elements, flow=flow)
    assert len(list(stock(text).get_tasks())) > 2_000
    ours, _ = Case.start(unlinted(text), "p", {}, NOW)
    assert sum(len(level.tasks) for level in ours._top.levels()) == 3


def test_a_multi_instance_behind_a_boundary_event_runs() -> None:
    text = process(
        "p", start("s"), user("a"), boundary("b", "a", signal("x")), user("c", many(times="2")), par("f"),
        user("w"), throw("t", signal("x")), end("e"),
        flow="s > f > a > e; f > w > t > e; b > c > e",
    )  # fmt: skip
    with pytest.raises(WorkflowException, match="non-predicted child"):
        finish(stock(text), "w")
    play = Play(unlinted(text))
    play.do("w")
    assert play.open == ["c", "c"]


def test_a_signal_end_event_is_heard() -> None:
    text = process(
        "p", start("s"), par("f"), user("a"), end("x", signal("klaar")), catch("c", signal("klaar")), user("b"),
        end("e"),
        flow="s > f > a > x; f > c > b > e",
    )  # fmt: skip
    theirs = stock(text)
    finish(theirs, "a")
    assert ready(theirs) == []
    play = Play(unlinted(text))
    play.do("a")
    assert play.open == ["b"]


def test_a_timer_as_every_tool_writes_it_is_a_timer() -> None:
    text = process("p", start("s"), catch("t", timer("PT1H")), user("a"), end("e"), flow="s > t > a > e")
    with pytest.raises(WorkflowException):
        stock(text)
    assert Play(unlinted(text)).due() == NOW + HOUR


def test_two_timers_after_one_event_gateway_have_a_clock_each() -> None:
    def text(quote: str) -> str:
        late, soon = timer(f"{quote}PT10H{quote}"), timer(f"{quote}PT0S{quote}")
        return process(
            "p", start("s"), race("g"), catch("t1", late), catch("t2", soon), user("a"), user("b"), end("e"),
            flow="s > g > t1 > a > e; g > t2 > b > e",
        )  # fmt: skip

    theirs = stock(text('"'))
    theirs.refresh_timers()
    theirs.do_engine_steps()
    assert ready(theirs) == [], "the second timer shares the moment of the first"
    play = Play(unlinted(text("")))
    play.wait(0 * HOUR)
    assert play.open == ["b"]


def test_what_one_branch_changes_another_does_not_see_in_its_values() -> None:
    def text(change: str, look: str) -> str:
        return process(
            "p", start("s"), par("f"), script("x", change), user("w"), script("y", look), par("j"), user("a"), end("e"),
            flow="s > f > x > j > a > e; f > w > y > j",
        )  # fmt: skip

    data = {"diep": {"lijst": {"n": 1}}}
    theirs = stock(
        process(
            "p",
            start("s"),
            user("a"),
            script("x", "diep['lijst']['n'] = 2"),
            user("b"),
            end("e"),
            flow="s > a > x > b > e",
        )
    )
    finish(theirs, "a", **data)
    assert data["diep"]["lijst"]["n"] == 2, "the data of the caller and of earlier steps change with it"
    ours: dict[str, Json] = {"diep": {"lijst": {"n": 1}}}
    play = Play(unlinted(text("diep2 = diep", "kijk = diep.lijst.n")), values=ours)
    play.do("w")
    assert play.data["kijk"] == 1 and ours == {"diep": {"lijst": {"n": 1}}}


def test_a_field_called_typename_does_not_brick_a_case() -> None:
    text = process("p", start("s"), user("a"), user("b"), end("e"), flow="s > a > b > e")
    theirs = stock(text)
    finish(theirs, "a", antwoord={"typename": "bestaat_niet"})
    serializer = BpmnWorkflowSerializer()
    kept = serializer.serialize_json(theirs)
    with pytest.raises(TypeError):
        serializer.deserialize_json(kept)
    play = Play(unlinted(text))
    play.do("a", antwoord={"typename": "bestaat_niet"})
    assert play.open == ["b"]


def test_a_finished_task_cannot_be_run_again() -> None:
    text = process("p", start("s"), user("a"), user("b"), end("e"), flow="s > a > b > e")
    theirs = stock(text)
    task = theirs.get_tasks(state=16, spec_name="a")[0]
    finish(theirs, "a", n=1)
    task.data["n"] = 2
    task.run()
    assert theirs.get_tasks(spec_name="b")[0].data["n"] == 2, "it rewrites the data of the next task"
    case, _ = Case.start(unlinted(text), "p", {}, NOW)
    ident = next(iter(case.tasks))
    case.complete(ident, {"n": 1}, NOW)
    with pytest.raises(TaskNotOpen):
        case.complete(ident, {"n": 2}, NOW)
    assert case.data == {"a": {"n": 1}}


@pytest.mark.parametrize(
    "text",
    [
        process("p", start("s"), user("a"), user("b"), user("c"), end("e"), flow="s > a > b > e; a > c > e"),
        process("p", start("s"), sub("a", content(user("b"), user("c"), flow="b > c")), end("e"), flow="s > a > e"),
        process("p", user("a"), user("b"), flow="a > b"),
    ],
)
def test_a_fork_without_a_gateway_and_a_scope_without_events_are_read(text: str) -> None:
    with pytest.raises(ValidationException):
        stock(text)
    assert Play(unlinted(text)).open in (["a"], ["b"])


def test_an_interruption_takes_the_automatic_work_of_a_subprocess_away() -> None:
    inner = content(
        start("ds"), par("df"), throw("dt", signal("stop")), script("r0", "r0 = 1"), script("r1", "r1 = 1"), end("de"),
        flow="ds > df > dt > de; df > r0 > r1 > de",
    )  # fmt: skip
    text = process(
        "p", start("s"), user("a"), sub("d", inner), boundary("b", "d", signal("stop")), user("c"), user("n"), end("e"),
        flow="s > a > d > n > e; b > c > e",
    )  # fmt: skip
    theirs = stock(text)
    finish(theirs, "a")
    ran = {task.task_spec.name for task in theirs.get_tasks(state=64)}
    assert "r1" in ran, "it ran on although its subprocess had been interrupted"
    play = Play(unlinted(text))
    play.do("a")
    assert play.open == ["c"] and "r1" not in play.data


def test_expressions_are_never_python() -> None:
    text = process(
        "p",
        start("s"),
        user("a"),
        xor("g"),
        user("b"),
        end("e"),
        flow="s > a > g; g [().__class__ != 1] > b > e; g * > e",
    )
    theirs = stock(text)
    finish(theirs, "a")
    assert ready(theirs) == ["b"], "as it comes, a condition is evaluated as Python"
    assert reading(text).definition is None
