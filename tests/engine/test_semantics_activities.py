"""Subprocesses, called processes and multi-instance: what runs when, and whose data is whose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.case import Case
from engine.errors import CaseStuck, Runaway, TaskNotOpen
from tests.engine.bpmn import (
    boundary,
    call,
    content,
    end,
    lane_set,
    many,
    message,
    par,
    process,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    wijk,
    xor,
)
from tests.engine.families import HOUR, NOW, Play, family, unlinted

CALLED = process("q", start("qs"), user("w"), end("qe"), flow="qs > w > qe")
INNER = content(start("ds"), user("dw"), user("dx"), end("de"), flow="ds > dw > dx > de")


def around(activity: str, *others: str, more: str = "") -> str:
    """s > activity c > na > e"""
    return process("p", start("s"), activity, *others, user("na"), end("e"), flow=f"s > c > na > e{more}")


def test_an_embedded_subprocess_works_in_the_data_around_it() -> None:
    play = Play(family(around(sub("c", INNER))), values={"n": 1})
    play.do("dw", a=1)
    assert play.data == {"n": 1, "dw": {"a": 1}}, "also before it has ended, so that an interruption loses nothing"
    play.do("dx")
    assert play.open == ["na"]


def test_a_called_process_works_on_a_copy_and_brings_back_what_it_wrote() -> None:
    play = Play(family(around(call("c", "q")), CALLED), values={"n": 1})
    assert play.case.visible(play.task("w").id) == {"n": 1}
    assert play.task("w").process == "q"
    play.do("w", a=1)
    assert (play.open, play.data) == (["na"], {"n": 1, "w": {"a": 1}})


# p: fork > call q(w) and > a ; q does not see what a writes later, and does not undo it
def test_what_is_written_beside_a_running_call_is_neither_seen_nor_undone_by_it() -> None:
    elements = (start("s"), par("f"), call("c", "q"), user("a"), par("j"), end("e"))
    definition = family(process("p", *elements, flow="s > f > c > j > e; f > a > j"), CALLED)
    play = Play(definition, values={"a": "oud"})
    play.do("a", nieuw=True)
    assert play.case.visible(play.task("w").id) == {"a": "oud"}
    play.do("w")
    assert play.data == {"a": {"nieuw": True}, "w": {}}


def test_an_empty_subprocess_is_passed_and_one_without_events_begins_at_what_no_flow_leads_to() -> None:
    assert Play(family(around(sub("c", "")))).open == ["na"]
    loose = content(user("x"), user("y"), user("z"), flow="x > z")
    play = Play(family(around(sub("c", loose))))
    assert play.open == ["x", "y"]
    for one in ("x", "y", "z"):
        play.do(one)
    assert play.open == ["na"]


def test_a_call_with_a_border_runs_again_in_the_second_round_as_in_the_first() -> None:
    text = process(
        "p",
        start("s"), xor("ronde"), call("c", "q"), boundary("t", "c", timer("PT1H")), xor("g"), user("laat"), end("e"),
        flow="s > ronde > c > g; g [w.klaar] > e; g * > ronde; t > laat > ronde",
    )  # fmt: skip
    play = Play(family(text, CALLED))
    size = len(play.text)
    for _ in range(3):
        play.do("w", klaar=False)
        play.wait(HOUR)
        assert play.open == ["laat"]
        play.do("laat")
        assert (play.open, play.due()) == (["w"], play.now + HOUR)
    assert len(play.text) < size + 200
    play.do("w", klaar=True)
    assert play.ended


def test_lanes_and_phases_reach_into_subprocesses_and_calls_that_have_none_themselves() -> None:
    called = process("q", start("qs"), user("w"), end("qe"), flow="qs > w > qe", bare=True)
    own = process("r", start("rs"), user("v"), end("re"), flow="rs > v > re")
    nested = lane_set("diep", {"raad": ["dw"]}) + INNER
    elements = (
        start("s"), call("c", "q", wijk("fase", naam="analyseren")), call("d", "r"), sub("b", nested),
        par("f"), par("j"), end("e"),
    )  # fmt: skip
    flow = "s > f > c > j > e; f > d > j; f > b > j"
    play = Play(unlinted(process("p", *elements, flow=flow, lanes={"college": "c d b"}), called, own))
    assert (play.task("w").group, play.task("w").phase) == ("college", "analyseren")
    assert (play.task("v").group, play.task("v").phase) == ("wijkcoordinator", None)
    assert play.task("dw").group == "raad"
    play.do("dw")
    assert play.task("dx").group == "college"


def test_a_parallel_multi_instance_opens_a_task_for_each_item_and_goes_on_when_all_are_done() -> None:
    activity = user("c", wijk("taak", onderwerp="naam") + many(over="lijst", item="naam", into="antwoorden"))
    play = Play(family(around(activity)), values={"lijst": ["x", "y", "z"]})
    assert [task.subject for task in play.case.tasks.values()] == ["x", "y", "z"]
    assert play.task("c", 1).inputs == {"naam": "y", "loopCounter": 2}
    play.do("c", 2, n=3)
    assert play.data["antwoorden"] == [None, None, {"n": 3}]
    play.do("c", n=1)
    assert play.open == ["c"]
    play.do("c", n=2)
    assert (play.open, play.data["antwoorden"]) == (["na"], [{"n": 1}, {"n": 2}, {"n": 3}])
    assert set(play.data) == {"lijst", "antwoorden"}


def test_a_sequential_multi_instance_takes_the_items_one_by_one_as_they_were_at_its_start() -> None:
    play = Play(
        family(around(user("c", many(over="lijst", item="naam", sequential=True)))), values={"lijst": ["x", "y"]}
    )
    assert play.case.visible(play.task("c").id)["naam"] == "x"
    play.do("c", n=1)
    assert play.case.visible(play.task("c").id)["naam"] == "y"
    play.do("c", n=2)
    assert (play.open, play.data["c"]) == (["na"], {"n": 2})


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_a_multi_instance_early(sequential: bool) -> None:
    activity = user("c", many(times="5", until="nrOfCompletedInstances >= 2 or c.stop", sequential=sequential))
    play = Play(family(around(activity)))
    play.do("c")
    outcome = play.do("c")
    assert (play.open, len(outcome.closed)) == (["na"], 0 if sequential else 3)
    again = Play(family(around(activity)))
    again.do("c", stop=True)
    assert again.open == ["na"]


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_of_a_called_process_each_have_their_own_data(sequential: bool) -> None:
    called = process(
        "q", start("qs"), user("w"), xor("g"), user("extra"), script("uit", "uitkomst = w.n * 2"), end("qe"),
        flow="qs > w > g; g [w.n > 1] > extra > uit; g * > uit; uit > qe",
    )  # fmt: skip
    activity = call("c", "q", many(over="lijst", item="x", sequential=sequential, into="alle", out="uitkomst"))
    play = Play(family(around(activity), called), values={"lijst": [1, 2]})
    assert play.task("w").inputs == {"x": 1, "loopCounter": 1}
    if sequential:
        play.do("w", n=1)
        play.do("w", n=2)
        assert play.open == ["extra"]
    else:
        play.do("w", 1, n=2)
        assert play.open == ["extra", "w"]
        play.do("w", n=1)
        assert play.open == ["extra"], "the answer of the other instance does not count here"
    play.do("extra")
    assert (play.open, play.data) == (["na"], {"lijst": [1, 2], "alle": [2, 4]})


def test_a_multi_instance_of_a_subprocess_behind_a_border_and_in_a_loop() -> None:
    elements = (
        start("s"), xor("ronde"), user("a"), boundary("t", "a", timer("PT1H")),
        sub("c", INNER + many(times="2")), end("e"),
    )  # fmt: skip
    play = Play(family(process("p", *elements, flow="s > ronde > a > e; t > c > ronde")))
    for _ in range(2):
        play.wait(HOUR)
        assert play.open == ["dw", "dw"]
        for one in ("dw", "dx", "dw", "dx"):
            play.do(one)
        assert play.open == ["a"]
    play.do("a")
    assert play.ended


def test_receive_and_service_and_script_tasks_can_have_instances() -> None:
    play = Play(unlinted(around(receive("c", many(times="2"), messageRef="m_x"))))
    play.deliver("x")
    play.deliver("x")
    assert play.open == ["na"]
    sums = Play(
        unlinted(around(script("c", "som = som + i", many(over="[1, 2, 3]", item="i", sequential=True)))),
        values={"som": 0},
    )
    assert (sums.open, sums.data["som"]) == (["na"], 6)


@pytest.mark.parametrize("times", ["0", "[]"])
def test_a_multi_instance_over_nothing_is_passed(times: str) -> None:
    how = many(times=times) if times == "0" else many(over=times, item="x")
    assert Play(unlinted(around(user("c", how)))).open == ["na"]


@pytest.mark.parametrize(
    ("how", "values", "refusal"),
    [
        (many(times="n"), {"n": -1}, CaseStuck),
        (many(times="n"), {"n": "3"}, CaseStuck),
        (many(times="n / 2"), {"n": 3}, CaseStuck),
        (many(times="n"), {}, CaseStuck),
        (many(times="n"), {"n": 1_001}, Runaway),
        (many(over="n", item="x"), {"n": {"a": 1}}, CaseStuck),
        (many(over="n", item="x"), {}, CaseStuck),
        (many(over="n", item="x"), {"n": [0] * 1_001}, Runaway),
    ],
)
def test_a_multi_instance_over_what_cannot_be_counted_is_an_incident(
    how: str, values: dict[str, object], refusal: type[Exception]
) -> None:
    definition = family(around(user("c", how)))
    with pytest.raises(refusal):
        Case.start(definition, "p", values, NOW)  # type: ignore[arg-type]


def test_a_thousand_instances_are_allowed_also_of_a_subprocess() -> None:
    play = Play(family(around(sub("c", INNER + many(times="1000")))))
    assert len(play.open) == 1_000


# a script after a script for ever: refused by the lint, and stopped by the budget if it should come in by data
def test_an_endless_automatic_loop_is_stopped_and_the_case_stays_where_it_was() -> None:
    text = process(
        "p", start("s"), user("a"), xor("m"), script("t", "n = 1"), xor("g"), end("e"),
        flow="s > a > m > t > g; g [n = 2] > e; g * > m",
    )  # fmt: skip
    play = Play(unlinted(text))
    with pytest.raises(Runaway, match="automatische stappen"):
        play.do("a")
    assert play.open == ["a"]


def test_tokens_that_multiply_and_processes_that_call_themselves_are_stopped() -> None:
    text = process(
        "p", start("s"), xor("m"), par("f"), user("a"), user("b"), end("e"),
        flow="s > m > a > f > m; f > b > e",
    )  # fmt: skip
    play = Play(unlinted(text))
    case = play.case
    with pytest.raises(Runaway, match="tokens"):
        for _ in range(1_001):
            case.complete(next(task.id for task in case.tasks.values() if task.element == "a"), {}, NOW)
    with pytest.raises(Runaway, match="lagen"):
        Play(unlinted(process("p", start("s"), call("c", "p"), end("e"), flow="s > c > e")))


def test_a_service_task_waits_for_the_answer_of_its_operation() -> None:
    activity = service("c", "kader_lezen", {"stap": '"D09"', "bedrag": "a.bedrag * 2"})
    text = process("p", start("s"), user("a"), activity, user("na"), end("e"), flow="s > a > c > na > e")
    play = Play(family(text))
    outcome = play.do("a", bedrag=3)
    (call_made,) = outcome.calls
    assert (call_made.element, call_made.operation, call_made.inputs) == (
        "c",
        "kader_lezen",
        {"stap": "D09", "bedrag": 6},
    )
    assert play.case.calls == outcome.calls
    play.answer(call_made.id, trede="adviseren")
    assert (play.open, play.data["c"], play.case.calls) == (["na"], {"trede": "adviseren"}, ())


def test_an_answer_is_for_the_instance_that_asked_and_not_for_the_whole() -> None:
    activity = service("c", "kader_lezen").replace("</serviceTask>", many(times="2") + "</serviceTask>")
    play = Play(unlinted(process("p", start("s"), activity, user("na"), end("e"), flow="s > c > na > e")))
    whole = next(token.id for token in play.case._top.tasks.values() if token.internal_data.get("aantal"))
    with pytest.raises(TaskNotOpen):
        play.case.answer(whole, {}, NOW)
    for one in play.case.calls:
        play.answer(one.id, n=1)
    assert play.open == ["na"]


def test_many_cases_on_one_definition_at_once_in_threads_all_come_out_right() -> None:
    definition = family(around(call("c", "q", many(over="lijst", item="x", into="alle"))), CALLED)

    def play(number: int) -> object:
        one = Play(definition, values={"lijst": [1, 2, 3]})
        for answer in range(3):
            one.do("w", n=number * 10 + answer)
        return one.open, one.data["alle"]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(play, range(40)))
    assert results == [(["na"], [{"w": {"n": number * 10 + answer}} for answer in range(3)]) for number in range(40)]


def test_a_signal_inside_a_subprocess_can_interrupt_what_contains_it() -> None:
    inner = content(
        start("ds"), user("dw"), throw("dt", signal("stop")), user("dx"), end("de"), flow="ds > dw > dt > dx > de"
    )
    elements = (start("s"), sub("c", inner), boundary("b", "c", signal("stop")), user("na"), end("e"))
    play = Play(family(process("p", *elements, flow="s > c > e; b > na > e")))
    play.do("dw")
    assert play.open == ["na"]


def test_messages_reach_into_the_levels_of_a_case() -> None:
    called = process("q", start("qs"), receive("r", messageRef="m_x"), end("qe"), flow="qs > r > qe")
    play = Play(family(around(call("c", "q")), called))
    play.deliver("x", n=1)
    assert (play.open, play.data) == (["na"], {"r": {"n": 1}})
    assert message("x") == '<messageEventDefinition messageRef="m_x"/>'
