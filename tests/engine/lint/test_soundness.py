"""Deadlocks: a join that can starve is refused, one that cannot is not; a sketch stands above each."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.lint.soundness import MAX_TOKENS
from tests.engine.lint.diagrams import END, START, chain, diagram, el, errors_in, flow, found_in

LATER = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
AND, XOR, OR = "parallelGateway", "exclusiveGateway", "inclusiveGateway"


def task(key: str) -> str:
    return el("userTask", key)


def block(split: str, join: str, *extra: str) -> str:
    """s -> a -> (t | u) -> b -> e, with these gateways at a and b."""
    way = {"default": "a_t"} if split in (XOR, OR) else {}
    condition = "x = 1" if split in (XOR, OR) else None
    main = chain(START, el(split, "a", **way), task("t"), el(join, "b"), END)
    return diagram(main, task("u"), flow("a", "u", condition), flow("u", "b"), *extra)


@pytest.mark.parametrize(
    ("split", "join", "starves"),
    [
        (AND, AND, False),
        (XOR, XOR, False),
        (OR, OR, False),
        (AND, XOR, False),
        (AND, OR, False),
        (XOR, OR, False),
        (OR, XOR, False),
        (XOR, AND, True),
        (OR, AND, True),
    ],
)
def test_a_parallel_join_after_a_choice_starves_and_no_other_pair_does(split: str, join: str, starves: bool) -> None:
    assert errors_in(block(split, join)) == ({"WL16"} if starves else set())


def test_the_finding_names_the_join_and_what_it_waits_for() -> None:
    (finding,) = [finding for finding in found_in(block(XOR, AND)) if finding.rule == "WL16"]
    assert finding.element == "b"
    assert "Taak 't'" in finding.sentence or "Taak 'u'" in finding.sentence


def test_a_branch_that_may_end_before_the_join_starves_it_unless_it_ends_everything() -> None:
    # s -> a -> t -> x -> b -> e,  a -> u -> b,  x -> stop
    def text(stop: str) -> str:
        main = chain(START, el(AND, "a"), task("t"), el(XOR, "x", default="x_b"), el(AND, "b"), END)
        beside = task("u") + flow("a", "u") + flow("u", "b")
        return diagram(main, beside, el("endEvent", "stop", stop), flow("x", "stop", "klaar"))

    assert errors_in(text("")) == {"WL16"}
    assert errors_in(text("<terminateEventDefinition/>")) == set()


def test_a_boundary_event_that_takes_the_token_away_starves_the_join_and_one_beside_it_does_not() -> None:
    # s -> a -> t -> b -> e,  a -> u -> b,  (t) -> stop
    def edge(cancels: str) -> str:
        return chain(
            el("boundaryEvent", "later", LATER, attachedToRef="t", cancelActivity=cancels), el("endEvent", "stop")
        )

    assert errors_in(block(AND, AND, edge("true"))) == {"WL16"}
    assert errors_in(block(AND, AND, edge("false"))) == set()


def test_a_boundary_event_that_leads_to_the_same_join_does_not_starve_it() -> None:
    # s -> a -> t -> m -> b -> e,  a -> u -> b,  (t) -> m
    edge = el("boundaryEvent", "later", LATER, attachedToRef="t")
    main = chain(START, el(AND, "a"), task("t"), el(XOR, "m"), el(AND, "b"), END)
    text = diagram(main, task("u"), flow("a", "u"), flow("u", "b"), edge, flow("later", "m"))
    assert errors_in(text) == set()


def test_a_join_in_a_loop_that_gets_both_branches_each_round_does_not_starve() -> None:
    # s -> g -> a -> (t | u) -> b -> x -> e,  x -> g
    main = chain(START, el(XOR, "g"), el(AND, "a"), task("t"), el(AND, "b"), el(XOR, "x", default="x_e"), END)
    text = diagram(main, task("u"), flow("a", "u"), flow("u", "b"), flow("x", "g", "nog"))
    assert errors_in(text) == set()


def test_a_loop_back_into_one_branch_starves_the_join() -> None:
    # s -> a -> (m -> t | u) -> b -> x -> e,  x -> m
    main = chain(START, el(AND, "a"), el(XOR, "m"), task("t"), el(AND, "b"), el(XOR, "x", default="x_e"), END)
    text = diagram(main, task("u"), flow("a", "u"), flow("u", "b"), flow("x", "m", "nog"))
    assert errors_in(text) == {"WL16"}


def test_two_starts_that_exclude_each_other_do_not_meet_in_a_parallel_join() -> None:
    # s -> b -> e,  (message) -> b
    def text(second: str) -> str:
        message = el("startEvent", "m", second)
        return diagram(chain(START, task("t"), el(AND, "b"), END), message, flow("m", "b"), top=MESSAGE)

    assert errors_in(text('<messageEventDefinition messageRef="m1"/>')) == {"WL16"}
    assert errors_in(text("")) == set()


MESSAGE = el("message", "m1", name="Aanmelding")


def test_a_deadlock_inside_a_subprocess_is_found() -> None:
    inner = chain(el("startEvent", "i"), el(XOR, "a", default="a_t"), task("t"), el(AND, "b"), el("endEvent", "ie"))
    beside = task("u") + flow("a", "u", "x = 1") + flow("u", "b")
    assert errors_in(diagram(chain(START, el("subProcess", "sub", inner + beside), END))) == {"WL16"}


def test_many_parallel_blocks_with_choices_in_them_are_judged_in_a_moment() -> None:
    steps, beside = [START], []
    for number in range(40):
        steps += [el(AND, f"a{number}"), el(XOR, f"c{number}", default=f"c{number}_t{number}"), task(f"t{number}")]
        steps += [el(XOR, f"m{number}"), el(AND, f"b{number}")]
        for branch in range(8):
            key = f"u{number}x{branch}"
            beside += [task(key), flow(f"a{number}", key), flow(key, f"b{number}")]
        beside += [task(f"v{number}"), flow(f"c{number}", f"v{number}", "x"), flow(f"v{number}", f"m{number}")]
    began = time.process_time()
    assert errors_in(diagram(chain(*steps, END), *beside)) == set()
    assert time.process_time() - began < 5


def starving(kinds: list[str], flows: set[tuple[int, int]]) -> set[str] | None:
    """By trying every order of everything: the joins at which a token can be left; None when there are too many."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    stack: list[tuple[tuple[int, int], ...]] = [((-1, 0),)]
    found: set[str] = set()
    while stack:
        marking = tuple(sorted(stack.pop()))
        if marking in seen:
            continue
        if len(marking) > 8 or len(seen) > 3000 or max(Counter(marking).values(), default=0) > MAX_TOKENS:
            return None
        seen.add(marking)
        moves = []
        for arrival in set(marking):
            node = arrival[1]
            incoming = [one for one in [*flows, (-1, 0)] if one[1] == node]
            taken = incoming if kinds[node] == AND else [arrival]
            if not set(taken) <= set(marking):
                continue
            leaving = [one for one in flows if one[0] == node]
            left = list(marking)
            for one in taken:
                left.remove(one)
            ways = [[one] for one in leaving] if kinds[node] == XOR and leaving else [leaving]
            moves += [(*left, *way) for way in ways]
        if not moves:
            found |= {f"n{arrival[1]}" for arrival in marking}
        stack += moves
    return found


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_firing_one_step_at_a_time_finds_the_deadlocks_that_trying_every_order_finds(data: st.DataObject) -> None:
    size = data.draw(st.integers(3, 7))
    kinds = ["userTask", *(data.draw(st.sampled_from([AND, AND, XOR, "userTask"])) for _ in range(size - 1))]
    pairs = st.tuples(st.integers(0, size - 1), st.integers(1, size - 1)).filter(lambda pair: pair[0] != pair[1])
    flows = data.draw(st.sets(pairs, min_size=size - 1, max_size=size + 4))
    expected = starving(kinds, flows)
    assume(expected is not None)
    steps = "".join(el(kind, f"n{number}") for number, kind in enumerate(kinds))
    ways = "".join(flow(f"n{source}", f"n{target}") for source, target in flows)
    text = diagram(START, steps, flow("s", "n0"), ways)
    waiting = [finding for finding in found_in(text) if "kan blijven wachten" in finding.sentence]
    assert {finding.element for finding in waiting} == expected
