"""The limit on knocking: a bucket per caller, with the clock as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.limits import Limit, TooMany

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_eleventh_request_in_a_minute_is_too_many() -> None:
    limit = Limit.read("10 per minute")
    for _ in range(10):
        limit.take("a", NOON)
    with pytest.raises(TooMany) as refused:
        limit.take("a", NOON)
    assert refused.value.wait == 7


def test_one_caller_does_not_use_up_the_bucket_of_another() -> None:
    limit = Limit.read("1 per hour")
    limit.take("a", NOON)
    limit.take("b", NOON)


def test_who_waits_as_long_as_told_is_let_through() -> None:
    limit = Limit.read("2 per minute")
    limit.take("a", NOON)
    limit.take("a", NOON)
    with pytest.raises(TooMany) as refused:
        limit.take("a", NOON)
    limit.take("a", NOON + timedelta(seconds=refused.value.wait))


@pytest.mark.parametrize(
    "text", ["", "10", "0 per minute", "-1 per hour", "ten per minute", "10 per week", "1e3 per hour"]
)
def test_a_rate_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="limiet"):
        Limit.read(text)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 90), min_size=1, max_size=60), st.integers(1, 10))
def test_in_any_window_no_more_pass_than_a_full_bucket_and_what_flowed_in(steps: list[int], amount: int) -> None:
    limit = Limit.read(f"{amount} per minute")
    now, passed = NOON, []
    for step in steps:
        now += timedelta(seconds=step)
        try:
            limit.take("a", now)
        except TooMany:
            continue
        passed.append(now)
    for start in passed:
        within = [one for one in passed if start <= one < start + timedelta(minutes=1)]
        assert len(within) <= 2 * amount


def test_what_is_given_back_counts_no_more_and_never_makes_room_for_more_than_there_was() -> None:
    limit = Limit.read("2 per hour")
    for _ in range(20):
        limit.take("a", NOON)
        limit.give_back("a")
    for _ in range(5):
        limit.give_back("a")
        limit.give_back("somebody else")
    for _ in range(2):
        limit.take("a", NOON)
    with pytest.raises(TooMany):
        limit.take("a", NOON)


def test_many_callers_do_not_fill_the_memory() -> None:
    limit = Limit.read("10 per minute")
    for number in range(25_000):
        limit.take(f"caller {number}", NOON + timedelta(milliseconds=number))
    assert len(limit._seen) <= 10_000
