"""Whatever the text and whatever the data: a value or an ExpressionError, and never anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.expressions import (
    Duration,
    compile_expression,
    compile_script,
    compile_timer,
    compile_unary,
)
from engine.expressions.functions import FUNCTIONS, HOST_FUNCTIONS

WORDS = [*"()[]{}.,:;@?-+*/=<1a", "..", "**", '"a"', "if", "then", "for", "in", "not", "return"]
NAMES = st.sampled_from("abcdxy")
LEAVES = (
    NAMES
    | st.integers(0, 10**20).map(str)
    | st.sampled_from(
        [
            *(
                "0",
                "1",
                "-1",
                "0.5",
                "null",
                "true",
                "false",
                '"a"',
                '""',
                '"2027-03-01"',
                "[]",
                "{}",
                "[1..3]",
                "(0..b)",
            ),
            *('@"P1D"', '@"-P1M"', '@"2027-03-01"', '@"09:00:00"', '@"2027-03-01T09:00:00Z"', "[1, 2, null]", "{a: 1}"),
            *('@"0001-01-01"', '@"9999-12-31T23:59:59+02:00"', '@"9999-12-31T23:59:59@Europe/Amsterdam"', "item"),
        ]
    )
)
SIGNS = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"])
CALLS = [(name, function.required, min(function.maximum, 4)) for name, function in FUNCTIONS.items()]
CALLS += [(name, least, most) for name, (least, most) in HOST_FUNCTIONS.items()]


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def call(name: str, least: int, most: int) -> st.SearchStrategy[str]:
        return st.lists(inner, min_size=least, max_size=most).map(lambda parts: f"{name}({', '.join(parts)})")

    shapes: list[Callable[[str, str, str], str]] = [
        lambda a, b, c: f"if {a} then {b} else {c}",
        lambda a, b, c: f"for x in {a} return ({b})",
        lambda a, b, c: f"for x in {a}..{b}, y in {c} return [x, y]",
        lambda a, b, c: f"some x in {a} satisfies {b}",
        lambda a, b, c: f"every x in {a}, y in {b} satisfies {c}",
        lambda a, b, c: f"({a}) between ({b}) and ({c})",
        lambda a, b, c: f"({a})[{b}]",
        lambda a, b, c: f"({a}).year",
        lambda a, b, c: f"({a}).a",
        lambda a, b, c: f"[{a}, {b}, {c}]",
        lambda a, b, c: f"[({a})..({b})]",
        lambda a, b, c: f"{{a: {a}, b: {b}}}",
        lambda a, b, c: f"({a}) in ({b}, < ({c}))",
        lambda a, b, c: f"({a}) instance of list<number>",
        lambda a, b, c: f"not({a})",
        lambda a, b, c: f"-({a})",
        lambda a, b, c: f"is defined({a})",
    ]
    return st.one_of(
        st.builds(lambda a, sign, b: f"({a}) {sign} ({b})", inner, SIGNS, inner),
        st.builds(lambda shape, a, b, c: shape(a, b, c), st.sampled_from(shapes), inner, inner, inner),
        st.sampled_from(CALLS).flatmap(lambda entry: call(*entry)),
    )


TEXTS = st.recursive(LEAVES, _larger, max_leaves=12)
ZONES = st.sampled_from(
    [None, UTC, ZoneInfo("Europe/Amsterdam"), timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))]
)
OUTSIDE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**399, 10**400)
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.binary(max_size=3)
    | st.dates()
    | st.datetimes(timezones=ZONES)
    | st.times()
    | st.timedeltas()
    | st.builds(Duration, st.sampled_from(["months", "microseconds"]), st.integers(-(10**15), 10**15))
    | st.builds(lambda number: Decimal(f"1e{number}"), st.integers(-6000, 6000))
)
DATA = st.dictionaries(
    NAMES, st.recursive(OUTSIDE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner))
)
PLAIN = (bool, Decimal, str, date, datetime, time, Duration, type(None))


def is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(is_value(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_value(item) for key, item in value.items())
    return type(value) in PLAIN and not (isinstance(value, Decimal) and not value.is_finite())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, DATA)
def test_an_expression_yields_a_value_or_an_expression_error(text: str, data: dict[str, object]) -> None:
    functions: dict[str, Callable[..., object]] = {
        "termijn": lambda _name, _begin=None, _pauses=(): datetime(2027, 3, 1, tzinfo=UTC),
        "today": lambda: date(2027, 3, 1),
    }
    try:
        expression = compile_expression(text)
        first = expression(data, functions)
    except ExpressionError:
        return
    assert is_value(first)
    assert expression(data, functions) == first
    if expression.is_constant:
        assert expression.constant == first


@settings(max_examples=60, deadline=None)
@given(TEXTS, DATA, OUTSIDE)
def test_a_cell_yields_true_false_or_null(text: str, data: dict[str, object], value: object) -> None:
    for cell in (text, f"not({text})", f"< ({text})", f"? = ({text})"):
        try:
            assert compile_unary(cell)(value, data) in (True, False, None)
        except ExpressionError:
            continue


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    for compile_ in (compile_expression, compile_unary, compile_script):
        try:
            compile_(text)
        except ExpressionError as error:
            assert error.column is None or 1 <= error.column <= len(text) + 1


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=20)
    | st.text("PTYMWDHS0123456789-R/.:Z+", max_size=24)
    | st.builds("R{}/P{}DT{}H".format, st.integers(-1, 10**30), st.integers(0, 10**30), st.integers(0, 10**9)),
    st.sampled_from(["date", "duration", "cycle"]),
)
def test_any_timer_fires_within_its_bounds_or_is_refused(text: str, kind: str) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    try:
        timer = compile_timer(text, kind)
        first = timer.first(now)
        following = timer.next(first)
    except ExpressionError:
        return
    assert 1970 <= first.year <= 2200
    assert kind == "date" or first >= now or timer.start is not None
    assert (following is not None) == (kind == "cycle")
    assert following is None or following - first >= timedelta(minutes=1)
