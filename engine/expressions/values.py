"""FEEL values: which Python types they are, how they compare, and how other values are brought in."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

from engine.errors import ExpressionError
from engine.expressions.limits import MAX_DEPTH, Run
from engine.sentences import Sentence

DIGITS = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""The decimal arithmetic of FEEL (IEEE 754 decimal128); it never raises, a result that is not finite is null."""

_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MAX_MONTHS = 12 * 10_000
MAX_MICROSECONDS = 10_000 * 366 * 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class Duration:
    """A FEEL duration: a whole number of months, or of microseconds; the two kinds never mix (ISO 8601 by `str`)."""

    unit: Literal["months", "microseconds"]
    amount: int

    @classmethod
    def of(cls, delta: timedelta) -> Duration:
        """The days-and-time duration of a timedelta."""
        return cls("microseconds", delta // timedelta(microseconds=1))

    @property
    def delta(self) -> timedelta:
        """A days-and-time duration as timedelta; raises ValueError for a duration of months."""
        if self.unit == "months":
            raise ValueError("een duur in maanden heeft geen vaste lengte")
        return timedelta(microseconds=self.amount)

    def __str__(self) -> str:
        sign, amount = ("-" if self.amount < 0 else ""), abs(self.amount)
        if self.unit == "months":
            years, months = divmod(amount, 12)
            body = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
            return f"{sign}P{body}"
        seconds, micros = divmod(amount, 1_000_000)
        days, seconds = divmod(seconds, 86_400)
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        fraction = f".{micros:06d}".rstrip("0") if micros else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or micros or not (days or clock):
            clock += f"{seconds}{fraction}S"
        return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


@dataclass(frozen=True, slots=True)
class Range:
    """An interval such as `[1..9)`; an end that is None is open-ended (`< 5` as a value)."""

    start: Any
    end: Any
    with_start: bool
    with_end: bool


Value = None | bool | Decimal | str | date | time | datetime | Duration | list["Value"] | dict[str, "Value"]

NUMBERS = frozenset({int, Decimal})
PLAIN = frozenset({type(None), bool, int, str, date})
"""Types that need no adapting and compare as Python does."""
_READY = PLAIN | {datetime, time, Duration, Range}
_DIRECT = frozenset({str, date})

KINDS: Mapping[type, str] = {
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    list: "list",
    dict: "context",
    Range: "range",
}


def kind_of(value: Any) -> str | None:
    """The FEEL name of the type of a value; None for null."""
    if isinstance(value, Duration):
        return "years and months duration" if value.unit == "months" else "days and time duration"
    return KINDS.get(type(value))


def bounded_duration(unit: Literal["months", "microseconds"], amount: int) -> Duration | None:
    """The duration, or None when it is longer than 10,000 years."""
    limit = MAX_MONTHS if unit == "months" else MAX_MICROSECONDS
    return Duration(unit, amount) if -limit <= amount <= limit else None


def instant_of(moment: datetime) -> datetime:
    """The same instant in UTC, because Python compares wall clocks within one time zone; naive stays naive.

    A moment that UTC cannot express (within a day of the years 1 and 9999) is held at the edge of the calendar.
    """
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST


def adapted(run: Run, value: Any, depth: int = 0) -> Any:
    """A value from outside as a FEEL value: enums, tuples, timedeltas and floats become ours, what is no value is null.

    Raises ExpressionError when it is nested deeper than the limit; costs work by its size.
    """
    kind = type(value)
    if kind in _READY:
        return value
    if kind is list or kind is tuple:
        _check_depth(depth)
        run.spend(len(value) >> 4)
        return [adapted(run, item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        _check_depth(depth)
        run.spend(len(value) >> 4)
        return {str(key): adapted(run, item, depth + 1) for key, item in value.items()}
    return _adapted_scalar(value)


def _adapted_scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return _adapted_scalar(value.value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    if isinstance(value, timedelta):
        return Duration.of(value)
    for kind in (str, datetime, date, time, Duration):
        if isinstance(value, kind):
            return value
    return value if type(value) is bool or type(value) is int else None


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ExpressionError(
            Sentence("De gegevens zijn te diep genest (meer dan {meeste} niveaus).", meeste=MAX_DEPTH)
        )


def delivered(run: Run, value: Any, depth: int = 0) -> Value:
    """The result of an expression as the outside sees it: numbers are Decimal, and its whole size has been paid for."""
    kind = type(value)
    if kind is int:
        return Decimal(value)
    if kind is str:
        return run.text(value)
    if kind is list:
        _check_depth(depth)
        run.spend(1 + (len(value) >> 2))
        return [delivered(run, item, depth + 1) for item in value]
    if kind is dict:
        _check_depth(depth)
        run.spend(1 + (len(value) >> 2))
        return {key: delivered(run, item, depth + 1) for key, item in value.items()}
    return None if kind is Range else value


def compare(holds: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    """Whether an ordering (`operator.lt` ...) holds between two values; null when they have no common order."""
    kinds = type(left), type(right)
    if (kinds[0] in NUMBERS and kinds[1] in NUMBERS) or (kinds[0] is kinds[1] and kinds[0] in _DIRECT):
        return holds(left, right)
    if kinds[0] is not kinds[1]:
        return None
    if kinds[0] is Duration:
        return holds(left.amount, right.amount) if left.unit == right.unit else None
    if kinds[0] is datetime or kinds[0] is time:
        keys = _clock_keys(left, right)
        return None if keys is None else holds(*keys)
    return None


def _clock_keys(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Two moments or times as values that Python orders rightly; None when only one of them has a time zone."""
    offsets = left.utcoffset(), right.utcoffset()
    if (offsets[0] is None) != (offsets[1] is None):
        return None
    if type(left) is datetime:
        return instant_of(left), instant_of(right)
    return _seconds_of(left), _seconds_of(right)


def _seconds_of(moment: time) -> timedelta:
    offset = moment.utcoffset() or timedelta()
    clock = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    return clock - offset


def equal(run: Run, left: Any, right: Any) -> bool | None:
    """FEEL equality: null equals only null, values of different types give null, lists and contexts go by content."""
    if left is None or right is None:
        return left is right
    kinds = type(left), type(right)
    if kinds[0] in NUMBERS and kinds[1] in NUMBERS:
        return bool(left == right)
    if kinds[0] is not kinds[1]:
        return None
    if kinds[0] in PLAIN:
        return bool(left == right)
    if kinds[0] is list:
        run.spend(1 + (len(left) >> 2))
        return len(left) == len(right) and _all_equal(run, zip(left, right, strict=True))
    if kinds[0] is dict:
        run.spend(1 + (len(left) >> 2))
        return left.keys() == right.keys() and _all_equal(run, ((left[key], right[key]) for key in left))
    if kinds[0] is Range:
        return bool(left == right)
    return compare(operator.eq, left, right)


def _all_equal(run: Run, pairs: Any) -> bool:
    return all(equal(run, left, right) is True for left, right in pairs)


def contains(run: Run, collection: Any, value: Any) -> bool | None:
    """Whether a value lies in a range, or equals (or lies in) an item of a list; anything else is compared as equal."""
    if type(collection) is Range:
        return _within(collection, value)
    if type(collection) is not list:
        return equal(run, value, collection)
    run.spend(1 + (len(collection) >> 2))
    unknown = False
    for item in collection:
        found = _within(item, value) if type(item) is Range else equal(run, value, item)
        if found:
            return True
        unknown = unknown or found is None
    return (equal(run, value, collection) or False) if type(value) is list or not unknown else None


def _within(span: Range, value: Any) -> bool | None:
    lower = upper = True
    if span.start is not None:
        above = compare(operator.ge if span.with_start else operator.gt, value, span.start)
        if above is None:
            return None
        lower = above
    if span.end is not None:
        below = compare(operator.le if span.with_end else operator.lt, value, span.end)
        if below is None:
            return None
        upper = below
    return lower and upper
