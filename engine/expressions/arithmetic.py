"""The operators of FEEL arithmetic; a pair of values that an operator does not know gives null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.expressions.limits import Run
from engine.expressions.moments import difference, shifted
from engine.expressions.values import DIGITS, MAX_MICROSECONDS, NUMBERS, Duration, bounded_duration

_MOMENTS = frozenset({date, datetime, time})


def finite(number: Decimal) -> Decimal | None:
    """The number, or null when the calculation overflowed or had no answer."""
    return number if number.is_finite() else None


def add(run: Run, left: Any, right: Any) -> Any:
    """`left + right` of numbers, strings, or moments and durations."""
    kinds = type(left), type(right)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        return finite(DIGITS.add(left, right))
    if kinds[0] is str and kinds[1] is str:
        return run.text(left + right)
    if kinds[1] is Duration and (kinds[0] in _MOMENTS or kinds[0] is Duration):
        return shifted(left, right, 1)
    if kinds[0] is Duration and kinds[1] in _MOMENTS:
        return shifted(right, left, 1)
    return None


def subtract(_run: Run, left: Any, right: Any) -> Any:
    """`left - right` of numbers, moments and durations."""
    kinds = type(left), type(right)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        return finite(DIGITS.subtract(left, right))
    if kinds[1] is Duration and (kinds[0] in _MOMENTS or kinds[0] is Duration):
        return shifted(left, right, -1)
    if kinds[0] in _MOMENTS and kinds[1] in _MOMENTS:
        return difference(left, right)
    return None


def multiply(_run: Run, left: Any, right: Any) -> Any:
    """`left * right` of numbers, or of a duration and a number."""
    kinds = type(left), type(right)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        return finite(DIGITS.multiply(left, right))
    if kinds[0] is Duration and kinds[1] in NUMBERS:
        return _scaled(left, DIGITS.multiply(left.amount, right))
    if kinds[0] in NUMBERS and kinds[1] is Duration:
        return _scaled(right, DIGITS.multiply(left, right.amount))
    return None


def divide(_run: Run, left: Any, right: Any) -> Any:
    """`left / right` of numbers, a duration by a number, or two durations of one kind; by zero gives null."""
    kinds = type(left), type(right)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        return finite(DIGITS.divide(left, right))
    if kinds[0] is Duration and kinds[1] in NUMBERS:
        return _scaled(left, DIGITS.divide(left.amount, right))
    if kinds[0] is Duration and kinds[1] is Duration and left.unit == right.unit:
        return finite(DIGITS.divide(left.amount, right.amount))
    return None


def power(_run: Run, left: Any, right: Any) -> Any:
    """`left ** right` of numbers; it stays within 34 digits and an exponent of 6144, beyond that it is null."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return finite(DIGITS.power(left, right))
    return None


def negate(_run: Run, value: Any) -> Any:
    """`-value` of a number or a duration."""
    if type(value) is int:
        return -value
    if type(value) is Decimal:
        return DIGITS.minus(value)
    return Duration(value.unit, -value.amount) if type(value) is Duration else None


def _scaled(duration: Duration, amount: Decimal) -> Duration | None:
    if not amount.is_finite() or abs(amount) > MAX_MICROSECONDS:
        return None
    return bounded_duration(duration.unit, int(amount))


OPERATORS: Mapping[str, Callable[[Run, Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
