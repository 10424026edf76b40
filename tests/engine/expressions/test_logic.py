"""Three-valued logic and comparison keep their laws, whatever the values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import Duration, compile_expression, compile_unary

TRUTH = st.sampled_from([True, False, None])
NUMBERS = st.integers(-1000, 1000) | st.decimals(-1000, 1000, places=2)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
SCALARS = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(max_size=4)
    | st.dates()
    | MOMENTS
    | st.times()
    | st.integers(-99, 99).map(lambda amount: Duration("months", amount))
    | st.timedeltas(timedelta(-99), timedelta(99)).map(Duration.of)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


def said(text: str, **context: object) -> object:
    return compile_expression(text)(context)


@given(TRUTH, TRUTH)
def test_conjunction_is_the_least_and_disjunction_the_greatest(a: bool | None, b: bool | None) -> None:
    rank = {False: 0, None: 1, True: 2}
    value = {number: truth for truth, number in rank.items()}
    assert said("a and b", a=a, b=b) is value[min(rank[a], rank[b])]
    assert said("a or b", a=a, b=b) is value[max(rank[a], rank[b])]
    assert said("not(a)", a=a) is value[2 - rank[a]]


@given(TRUTH, TRUTH, TRUTH)
def test_the_laws_of_logic_hold(a: bool | None, b: bool | None, c: bool | None) -> None:
    same = [
        ("a and b", "b and a"),
        ("not(a and b)", "not(a) or not(b)"),
        ("a and (b or c)", "a and b or a and c"),
        ("a and b and c", "(a and b) and c"),
        ("a or b or c", "a or (b or c)"),
        ("all([a, b, c])", "a and b and c"),
        ("any([a, b, c])", "a or b or c"),
        ("every x in [a, b, c] satisfies x", "a and b and c"),
        ("some x in [a, b, c] satisfies x", "a or b or c"),
        ("not(not(a))", "a"),
    ]
    for left, right in same:
        assert said(left, a=a, b=b, c=c) is said(right, a=a, b=b, c=c), (left, right)


@given(VALUES, VALUES)
def test_what_is_neither_true_nor_false_counts_as_null(a: object, b: object) -> None:
    for value in (a, b):
        if not isinstance(value, bool):
            assert said("not(a)", a=value) is None
            assert said("true and a", a=value) is None
            assert said("false and a", a=value) is False
            assert said("if a then 1 else 2", a=value) == 2


@given(VALUES, VALUES)
def test_comparisons_agree_with_each_other(a: object, b: object) -> None:
    is_equal = said("a = b", a=a, b=b)
    assert is_equal is said("b = a", a=a, b=b)
    assert said("a != b", a=a, b=b) is (None if is_equal is None else not is_equal)
    assert said("a < b", a=a, b=b) is said("b > a", a=a, b=b)
    assert said("a <= b", a=a, b=b) is said("b >= a", a=a, b=b)
    is_less, is_at_most = said("a < b", a=a, b=b), said("a <= b", a=a, b=b)
    assert (is_less is None) == (is_at_most is None)
    if is_less is not None:
        assert is_at_most is (is_less or is_equal)
        assert is_less is not said("a >= b", a=a, b=b)
    assert said("a between b and b", a=a, b=b) is said("a >= b and a <= b", a=a, b=b)


@given(VALUES)
def test_every_value_equals_itself_and_comes_back_unchanged(a: object) -> None:
    assert said("a = a", a=a) is True
    assert said("a in [a]", a=a) is True
    assert said("list contains([a], a)", a=a) is True
    assert said("a", a=a) == a


@given(NUMBERS, NUMBERS)
def test_a_constant_and_a_variable_compare_alike(a: int | Decimal, b: int | Decimal) -> None:
    for sign in ("=", "!=", "<", "<=", ">", ">="):
        with_constant = said(f"a {sign} ({b})", a=a)
        assert with_constant is said(f"a {sign} b", a=a, b=b)
        assert compile_unary(f"{sign} {b}")(a, {}) is with_constant


@given(NUMBERS, NUMBERS, NUMBERS)
def test_arithmetic_is_exact_within_its_digits(a: int | Decimal, b: int | Decimal, c: int | Decimal) -> None:
    assert said("a + b - b", a=a, b=b) == a
    assert said("(a + b) * c = a * c + b * c", a=a, b=b, c=c) is True
    if b:
        assert said("abs(a / b * b - a) < 0.0000000001", a=a, b=b) is True
        assert said("floor(a / b) * b + modulo(a, b) - a", a=a, b=b) == 0


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)), st.integers(0, 3000))
def test_days_added_to_a_date_can_be_subtracted_again(day: date, count: int) -> None:
    span = Duration.of(timedelta(days=count))
    assert said("day + span - span", day=day, span=span) == day
    assert said("(day + span) - day", day=day, span=span) == span


@given(st.dates(date(2, 1, 1), date(9000, 1, 1)), st.integers(0, 1200))
def test_months_added_to_a_date_end_in_the_right_month(day: date, count: int) -> None:
    later = said("day + span", day=day, span=Duration("months", count))
    assert isinstance(later, date)
    assert (later.year - day.year) * 12 + later.month - day.month == count
    assert later.day <= day.day
    assert later.day == day.day or said("last day of month(later)", later=later) == later.day


@given(
    st.one_of(
        st.times(),
        MOMENTS,
        st.dates(),
        st.timedeltas(timedelta(-99_999), timedelta(99_999)).map(Duration.of),
        st.integers(-99_999, 99_999).map(lambda amount: Duration("months", amount)),
    )
)
def test_a_moment_survives_its_own_text(value: object) -> None:
    names = {time: "time", datetime: "date and time", date: "date", Duration: "duration"}
    assert said(f"{names[type(value)]}(string(v)) = v", v=value) is True
