"""Gateways, also in loops and second rounds; where SpiffWorkflow as it comes does otherwise, the test shows it."""

from __future__ import annotations

import pytest

from engine.case import Case
from engine.errors import CaseStuck
from tests.engine.bpmn import boundary, end, inc, par, process, signal, start, sub, task, throw, user, xor
from tests.engine.bpmn import content as inside
from tests.engine.families import NOW, Play, family, finish, ready, stock, unlinted

# s > round > fork > (advies | raadpleging) > join > vaststellen > akkoord? -> e
#       ^                                                             | nee
#       '-------------------------------------------------------------'
ROUND = "s > round > fork > advies > join > vaststellen > akkoord; fork > raadpleging > join; "
ELEMENTS = (start("s"), xor("round"), par("fork"), user("advies"), user("raadpleging"), par("join"))


def loop_with_join(condition: str) -> str:
    return process(
        "p",
        *ELEMENTS,
        user("vaststellen"),
        xor("akkoord"),
        end("e"),
        flow=f"{ROUND} akkoord [{condition}] > e; akkoord * > round",
    )


@pytest.mark.parametrize("first", ["advies", "raadpleging"])
@pytest.mark.parametrize("second", ["advies", "raadpleging"])
def test_a_join_in_the_second_and_third_round_of_a_loop_waits_for_both_branches(first: str, second: str) -> None:
    play = Play(family(loop_with_join("vaststellen.akkoord")))
    other = {"advies": "raadpleging", "raadpleging": "advies"}
    for one in (first, second, first):
        play.do(one)
        assert play.open == [other[one]]
        play.do(other[one])
        assert play.open == ["vaststellen"]
        play.do("vaststellen", akkoord=False)
        assert play.open == ["advies", "raadpleging"]


def test_as_it_comes_spiffworkflow_opens_that_join_too_early() -> None:
    workflow = stock(loop_with_join("akkoord == True"))
    finish(workflow, "advies")
    finish(workflow, "raadpleging")
    finish(workflow, "vaststellen", akkoord=False)
    finish(workflow, "raadpleging")
    assert "vaststellen" in ready(workflow) and "advies" in ready(workflow)


# s > fork > a > m > b > join2   two tokens run through b, one after the other; the join uses one of each flow
#       '--> c > m ;  fork > d > join2
def test_a_join_uses_one_token_of_each_flow_and_keeps_the_others() -> None:
    elements = (start("s"), par("fork"), user("a"), user("c"), user("d"), par("join"), user("na"), end("e"), xor("m"))
    play = Play(
        unlinted(process("p", *elements, flow="s > fork > a > m > join > na > e; fork > c > m; fork > d > join"))
    )
    play.do("a")
    play.do("c")
    assert play.open == ["d"]
    play.do("d")
    assert play.open == ["na"]
    play.do("na")
    assert play.open == []
    assert not play.ended, "one token still waits at the join, and a case does not end around it"


# s > a > b, a > c      both flows of a task are taken
def test_several_flows_leaving_a_task_are_all_taken() -> None:
    play = Play(
        family(process("p", start("s"), user("a"), user("b"), user("c"), end("e"), flow="s > a > b > e; a > c > e"))
    )
    play.do("a")
    assert play.open == ["b", "c"]
    play.do("c")
    play.do("b")
    assert play.ended


# a and b both lead to c      c runs for each
def test_several_flows_into_a_task_do_not_wait_for_each_other() -> None:
    elements = (start("s"), par("f"), user("a"), user("b"), user("c"), end("e"))
    play = Play(family(process("p", *elements, flow="s > f > a > c > e; f > b > c")))
    play.do("a")
    assert play.open == ["b", "c"]
    play.do("b")
    assert play.open == ["c", "c"]
    play.do("c")
    play.do("c")
    assert play.ended


def choice(gateway: str) -> str:
    flow = "s > vraag > g; g [vraag.n > 1] > een; g [vraag.n > 2] > twee; g * > anders; een > e; twee > e; anders > e"
    return process(
        "p", start("s"), user("vraag"), gateway, user("een"), user("twee"), user("anders"), end("e"), flow=flow
    )


@pytest.mark.parametrize(
    ("answer", "expected"), [({"n": 3}, ["een"]), ({"n": 2}, ["een"]), ({"n": 1}, ["anders"]), ({}, ["anders"])]
)
def test_an_exclusive_gateway_takes_the_first_true_flow_and_unknown_is_not_true(
    answer: dict[str, int], expected: list[str]
) -> None:
    play = Play(family(choice(xor("g"))))
    outcome = play.do("vraag", **answer)
    assert play.open == expected
    assert [(one.element, one.detail) for one in outcome.passed] == [("g", (f"g_{expected[0]}",))]


@pytest.mark.parametrize(("answer", "expected"), [({"n": 3}, ["een", "twee"]), ({"n": 2}, ["een"]), ({}, ["anders"])])
def test_an_inclusive_gateway_takes_every_true_flow_or_else_the_default(
    answer: dict[str, int], expected: list[str]
) -> None:
    play = Play(family(choice(inc("g"))))
    play.do("vraag", **answer)
    assert play.open == expected


def test_without_a_true_flow_and_a_default_the_case_is_stuck_and_nothing_has_changed() -> None:
    flow = "s > vraag > g; g [vraag.n = 1] > een; g [vraag.n = 2] > e; een > e"
    elements = (start("s"), user("vraag"), xor("g"), user("een"), end("e"))
    definition = unlinted(process("p", *elements, flow=flow))
    play = Play(definition)
    before = play.text
    with pytest.raises(CaseStuck, match="standaarduitgang"):
        play.do("vraag", n=3)
    assert play.text == before
    assert play.open == ["vraag"]
    case = play.case
    with pytest.raises(CaseStuck):
        case.complete(play.task("vraag").id, {"n": 3}, NOW)
    with pytest.raises(CaseStuck, match="herstel"):
        case.snapshot()


# s > keuze > g -(1)-> a ---> j > na > e
#             g -(2)-> b > c -> j
INCLUSIVE = process(
    "p",
    start("s"), user("keuze"), inc("g"), user("a"), user("b"), user("c"), inc("j"), user("na"), end("e"),
    flow="s > keuze > g; g [keuze.a] > a; g [keuze.b] > b; g * > j; a > j; b > c > j; j > na > e",
)  # fmt: skip


def test_an_inclusive_join_waits_for_what_can_still_come_and_for_nothing_else() -> None:
    play = Play(family(INCLUSIVE))
    play.do("keuze", a=True, b=True)
    play.do("a")
    assert play.open == ["b"]
    play.do("b")
    assert play.open == ["c"]
    play.do("c")
    assert play.open == ["na"]
    only = Play(family(INCLUSIVE))
    only.do("keuze", a=True)
    only.do("a")
    assert only.open == ["na"]
    none = Play(family(INCLUSIVE))
    none.do("keuze")
    assert none.open == ["na"]


# the other branch ends by itself: nothing can come any more, and the join opens
def test_an_inclusive_join_opens_when_the_other_branch_ends_elsewhere() -> None:
    flow = "s > g; g [1 = 1] > a; g [2 = 2] > x; g * > j; a > j; x > w; w [x.door] > j; w * > e2; j > na > e"
    elements = (start("s"), inc("g"), user("a"), user("x"), xor("w"), end("e2"), inc("j"), user("na"), end("e"))
    play = Play(family(process("p", *elements, flow=flow)))
    play.do("a")
    assert play.open == ["x"]
    play.do("x", door=False)
    assert play.open == ["na"]


# a boundary event that leads to the join counts as a way to it
def test_an_inclusive_join_waits_for_a_subprocess_whose_boundary_event_leads_to_it() -> None:
    flow = "s > g; g [1 = 1] > a; g [2 = 2] > d; g * > j; a > j; d > e2; r > j; j > na > e"
    inner = inside(start("ds"), user("werk"), throw("t", signal("klaar")), end("de"), flow="ds > werk > t > de")
    elements = (
        start("s"), inc("g"), user("a"), sub("d", inner), boundary("r", "d", signal("klaar")), end("e2"), inc("j"),
        user("na"), end("e"),
    )  # fmt: skip
    play = Play(family(process("p", *elements, flow=flow)))
    play.do("a")
    assert play.open == ["werk"]
    play.do("werk")
    assert play.open == ["na"]


def test_ten_parallel_blocks_in_a_row_cost_no_more_than_what_lives() -> None:
    blocks = range(12)
    elements = [start("s"), end("e")]
    flow = "s > f0; "
    for block in blocks:
        elements += [par(f"f{block}"), par(f"j{block}"), *(user(f"t{block}_{number}") for number in range(3))]
        flow += "; ".join(f"f{block} > t{block}_{number} > j{block}" for number in range(3))
        flow += f"; j{block} > {f'f{block + 1}' if block < 11 else 'e'}; "
    play = Play(family(process("p", *elements, flow=flow.rstrip("; "))))
    assert play.open == ["t0_0", "t0_1", "t0_2"]
    assert len(play.text) < 1_000


def test_plain_tasks_wait_for_a_person() -> None:
    play = Play(family(process("p", start("s"), task("t"), end("e"), flow="s > t > e")))
    assert play.open == ["t"]


def test_two_cases_on_one_definition_know_nothing_of_each_other() -> None:
    definition = family(loop_with_join("vaststellen.akkoord"))
    one, other = Play(definition), Play(definition)
    one.do("advies")
    assert other.open == ["advies", "raadpleging"]
    with pytest.raises(IndexError):
        one.do("advies")
    assert isinstance(other.case, Case)
