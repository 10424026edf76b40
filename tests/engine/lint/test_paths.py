"""Paths: what cannot be reached, cannot end, cannot wait or cannot open is refused; a sketch stands above each."""

from __future__ import annotations

import time

from tests.engine.lint.diagrams import END, START, TASK, around, chain, diagram, el, errors_in, flow, found_in

SCRIPT = el("scriptTask", "a", "<script>n = 1</script>")
MESSAGE = el("message", "m1", name="Aanmelding")
ON_MESSAGE = '<messageEventDefinition messageRef="m1"/>'
LATER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"


def looped(*inside: str) -> str:
    """s -> g -> inside -> x -> e, and from x back to g."""
    back = el("exclusiveGateway", "x", default="x_e")
    return diagram(chain(START, el("exclusiveGateway", "g"), *inside, back, END), flow("x", "g", "nog"), top=MESSAGE)


def sub(*inner: str) -> str:
    return el("subProcess", "b", "".join(inner))


def test_a_step_that_nothing_leads_to_is_refused_when_the_process_has_a_start() -> None:
    # s -> t -> e    u
    findings = [finding for finding in found_in(diagram(around(TASK), el("userTask", "u"))) if finding.rule == "WL16"]
    assert [finding.element for finding in findings] == ["u"]


def test_a_loop_that_nothing_leads_to_is_refused() -> None:
    # s -> t -> e    u <-> v
    island = chain(el("userTask", "u"), el("userTask", "v")) + flow("v", "u")
    assert "WL16" in errors_in(diagram(around(TASK), island))


def test_without_a_start_event_the_first_steps_start_and_the_last_ones_end() -> None:
    # t -> u
    findings = found_in(diagram(chain(TASK, el("userTask", "u"))))
    assert {(finding.rule, finding.severity.value) for finding in findings} == {
        ("bpmn/begin-impliciet", "info"),
        ("bpmn/einde-impliciet", "info"),
    }


def test_a_boundary_event_is_reached_through_what_it_sits_on() -> None:
    # s -> t -> e
    #      (b) -> e2
    edge = el("boundaryEvent", "b", LATER, attachedToRef="t")
    assert errors_in(diagram(around(TASK), chain(edge, el("endEvent", "e2")))) == set()


def test_a_loop_without_a_way_out_is_refused() -> None:
    # s -> t -> t -> ...
    assert "WL16" in errors_in(diagram(chain(START, TASK), flow("t", "t")))


def test_a_loop_that_a_boundary_event_interrupts_has_a_way_out_and_one_beside_it_has_not() -> None:
    # s -> t -> t ...
    #      (b) -> e
    def text(cancels: str) -> str:
        edge = el("boundaryEvent", "b", LATER, attachedToRef="t", cancelActivity=cancels)
        return diagram(chain(START, TASK), flow("t", "t"), chain(edge, END))

    assert errors_in(text("true")) == set()
    assert "WL16" in errors_in(text("false"))


def test_a_subprocess_may_go_on_until_something_around_it_ends_it() -> None:
    # s -> [ i -> t -> t ... ] -> e
    #      (b) -> e2
    edge = el("boundaryEvent", "bb", LATER, attachedToRef="b")
    forever = sub(chain(el("startEvent", "i"), TASK), flow("t", "t"))
    assert "WL16" in errors_in(diagram(chain(START, forever, END)))
    assert errors_in(diagram(chain(START, forever, END), chain(edge, el("endEvent", "e2")))) == set()


def test_a_branch_may_go_on_until_the_other_branch_terminates_it() -> None:
    # s -> p -> t -> t ...
    #      p -> u -> (terminate)
    branches = chain(START, el("parallelGateway", "p"), TASK) + flow("t", "t")
    other = chain(el("userTask", "u"), el("endEvent", "e", "<terminateEventDefinition/>")) + flow("p", "u")
    assert errors_in(diagram(branches, other)) == set()


def test_a_loop_that_waits_for_nobody_is_refused() -> None:
    # s -> g -> a -> x -> e,  x -> g
    assert errors_in(looped(SCRIPT)) == {"bpmn/lus-zonder-wachten"}
    assert errors_in(looped()) == {"bpmn/lus-zonder-wachten"}


def test_a_loop_with_a_task_a_timer_or_a_message_waits() -> None:
    assert errors_in(looped(SCRIPT, TASK)) == set()
    assert errors_in(looped(SCRIPT, el("intermediateCatchEvent", "c", LATER))) == set()
    assert errors_in(looped(el("receiveTask", "c", messageRef="m1"))) == set()


def test_a_loop_that_can_go_round_beside_the_task_does_not_wait() -> None:
    # g -> h -> t -> j -> x,  h -> j
    inside = chain(START, el("exclusiveGateway", "g"), el("exclusiveGateway", "h", default="h_t"), TASK)
    after = chain(el("exclusiveGateway", "j"), el("exclusiveGateway", "x", default="x_e"), END)
    beside = flow("t", "j") + flow("h", "j", "over") + flow("x", "g", "nog")
    assert "bpmn/lus-zonder-wachten" in errors_in(diagram(inside, after, beside))


def test_a_fixed_date_waits_only_once_so_it_does_not_make_a_loop_wait() -> None:
    date = "<timerEventDefinition><timeDate>2027-03-01T09:00:00Z</timeDate></timerEventDefinition>"
    assert "bpmn/lus-zonder-wachten" in errors_in(looped(el("intermediateCatchEvent", "c", date)))
    edge = el("boundaryEvent", "b", date, attachedToRef="t")
    assert "bpmn/lus-zonder-wachten" in errors_in(diagram(around(TASK), edge, flow("b", "t")))
    later = el("boundaryEvent", "b", LATER, attachedToRef="t")
    assert errors_in(diagram(around(TASK), later, flow("b", "t"))) == set()


def test_an_automatic_branch_beside_a_task_may_be_in_a_loop_because_the_join_waits_for_both() -> None:
    # g -> p -> a -> j -> x -> e,  p -> t -> j,  x -> g
    inside = chain(START, el("exclusiveGateway", "g"), el("parallelGateway", "p"), SCRIPT, el("parallelGateway", "j"))
    back = chain(el("exclusiveGateway", "x", default="x_e"), END) + flow("j", "x") + flow("x", "g", "nog")

    def other(step: str) -> str:
        return step + flow("p", "t") + flow("t", "j")

    assert errors_in(diagram(inside, back, other(TASK))) == set()
    both_automatic = diagram(inside, back, other(el("scriptTask", "t", "<script>m = 1</script>")))
    assert errors_in(both_automatic) == {"bpmn/lus-zonder-wachten"}


def test_a_subprocess_in_a_loop_waits_only_if_it_must() -> None:
    begin, end = el("startEvent", "i"), el("endEvent", "ie")
    assert errors_in(looped(sub(chain(begin, TASK, end)))) == set()
    assert errors_in(looped(sub(chain(begin, SCRIPT, end)))) == {"bpmn/lus-zonder-wachten"}
    forked = chain(begin, el("parallelGateway", "p"), TASK, end) + chain(SCRIPT, el("endEvent", "ae")) + flow("p", "a")
    assert errors_in(looped(sub(forked))) == set()


def test_a_caught_error_does_not_make_a_loop_wait() -> None:
    # s -> [ i -> (error) ] -> e,  (b error) -> [ ]
    fault = '<errorEventDefinition errorRef="f"/>'
    inner = sub(chain(el("startEvent", "i"), el("endEvent", "ie", fault)))
    edge = el("boundaryEvent", "eb", fault, attachedToRef="b")
    text = diagram(chain(START, inner, END), edge, flow("eb", "b"), top=el("error", "f", name="Mis", errorCode="E"))
    assert "bpmn/lus-zonder-wachten" in errors_in(text)


def test_an_inclusive_join_in_a_loop_is_refused_and_outside_one_it_is_not() -> None:
    # s -> o -> t -> j,  o -> j
    def ways(gateway: str) -> str:
        split = chain(START, el("inclusiveGateway", "o", default="o_t"), TASK, el(gateway, "j"))
        return split + flow("o", "j", "ook")

    end = chain(el("exclusiveGateway", "x", default="x_e"), END) + flow("j", "x")
    assert errors_in(diagram(ways("inclusiveGateway"), end)) == set()
    assert "bpmn/samenkomst-in-lus" in errors_in(diagram(ways("inclusiveGateway"), end, flow("x", "t", "nog")))
    assert "bpmn/samenkomst-in-lus" not in errors_in(diagram(ways("exclusiveGateway"), end, flow("x", "t", "nog")))


def test_a_parallel_gateway_as_the_way_into_a_loop_never_opens_and_is_refused() -> None:
    # s -> p -> t -> x -> e,  x -> p
    def text(gateway: str) -> str:
        return diagram(
            chain(START, el(gateway, "p"), TASK, el("exclusiveGateway", "x", default="x_e"), END),
            flow("x", "p", "nog"),
        )

    assert "bpmn/parallel-lus" in errors_in(text("parallelGateway"))
    assert errors_in(text("exclusiveGateway")) == set()


def test_an_empty_subprocess_is_a_step_that_does_nothing_and_says_so() -> None:
    findings = found_in(diagram(around(el("subProcess", "t"))))
    assert [(finding.rule, finding.severity.value) for finding in findings] == [
        ("bpmn/leeg-deelproces", "waarschuwing")
    ]


def test_the_largest_diagram_allowed_is_judged_within_seconds() -> None:
    joins = [el("parallelGateway", f"n{number}") for number in range(1900)]
    back = "".join(flow(f"n{number + 1}", f"n{number}") for number in range(0, 1800, 2))
    began = time.process_time()
    found_in(diagram(chain(START, *joins, END), back))
    assert time.process_time() - began < 8


def test_a_row_of_subprocesses_in_each_other_is_judged() -> None:
    inner = chain(el("startEvent", "i0"), TASK, el("endEvent", "e0"))
    for depth in range(1, 40):
        inner = chain(el("startEvent", f"i{depth}"), el("subProcess", f"b{depth}", inner), el("endEvent", f"e{depth}"))
    assert errors_in(diagram(inner)) == set()
