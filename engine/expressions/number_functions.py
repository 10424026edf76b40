"""The FEEL functions on numbers and on dates, times and durations; wrong arguments give null."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from engine.expressions.arithmetic import finite
from engine.expressions.limits import Run
from engine.expressions.moments import date_of, datetime_of, duration_of, time_of
from engine.expressions.text_functions import whole
from engine.expressions.values import DIGITS, NUMBERS, Duration, bounded_duration

_MAX_SCALE = 6_111

Rounding = Callable[..., Decimal | None]


def rounding(mode: str) -> Rounding:
    """The function `(number, scale)` that rounds in one of the modes of `decimal`; the scale is -6111 to 6111."""

    def rounded(_run: Run, number: Any, scale: Any = 0) -> Decimal | None:
        digits = whole(scale)
        if digits is None or abs(digits) > _MAX_SCALE:
            return None
        value = Decimal(number)
        if not value or -value.as_tuple().exponent <= digits:  # type: ignore[operator]
            return value
        if value.adjusted() + digits > 33:
            return None
        return finite(value.quantize(Decimal(1).scaleb(-digits), rounding=mode, context=DIGITS))

    return rounded


half_even, up, down = (rounding(mode) for mode in (decimal.ROUND_HALF_EVEN, decimal.ROUND_UP, decimal.ROUND_DOWN))
half_up, half_down = (rounding(mode) for mode in (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN))
floor, ceiling = (rounding(mode) for mode in (decimal.ROUND_FLOOR, decimal.ROUND_CEILING))


def absolute(_run: Run, value: Any) -> Any:
    """`abs(value)` of a number or a duration."""
    return Duration(value.unit, abs(value.amount)) if type(value) is Duration else DIGITS.abs(value)


def modulo(run: Run, dividend: Any, divisor: Any) -> Any:
    """`modulo(dividend, divisor)` with the sign of the divisor; null by zero."""
    if divisor == 0:
        return None
    remainder = finite(DIGITS.remainder(Decimal(dividend), Decimal(divisor)))
    if remainder is None:
        return None
    run.spend(1)
    return DIGITS.add(remainder, divisor) if remainder and (remainder < 0) != (divisor < 0) else remainder


def odd(_run: Run, number: Any) -> bool | None:
    """`odd(number)`."""
    integer = whole(number)
    return None if integer is None else integer % 2 == 1


def even(_run: Run, number: Any) -> bool | None:
    """`even(number)`."""
    integer = whole(number)
    return None if integer is None else integer % 2 == 0


def square_root(_run: Run, number: Any) -> Any:
    """`sqrt(number)`; null below zero."""
    return finite(DIGITS.sqrt(Decimal(number)))


def to_date(_run: Run, *parts: Any) -> date | None:
    """`date(text)`, `date(moment)` or `date(year, month, day)`."""
    if len(parts) == 1:
        value = parts[0]
        if type(value) is datetime:
            return value.date()
        return value if type(value) is date else date_of(value) if type(value) is str else None
    numbers = _integers(parts)
    if len(parts) != 3 or numbers is None:
        return None
    try:
        return date(*numbers)
    except (ValueError, OverflowError):
        return None


def to_time(_run: Run, *parts: Any) -> time | None:
    """`time(text)`, `time(moment)` or `time(hour, minute, second, offset)`."""
    if len(parts) == 1:
        value = parts[0]
        if type(value) is datetime:
            return value.timetz()
        return value if type(value) is time else time_of(value) if type(value) is str else None
    numbers = _integers(parts[:3])
    offset = parts[3] if len(parts) == 4 else None
    if len(parts) < 3 or numbers is None or not (offset is None or type(offset) is Duration):
        return None
    try:
        return time(numbers[0], numbers[1], numbers[2], 0, None if offset is None else timezone(offset.delta))
    except (ValueError, OverflowError):
        return None


def to_datetime(_run: Run, first: Any, clock: Any = None) -> datetime | None:
    """`date and time(text)` or `date and time(date, time)`."""
    if clock is None:
        return first if type(first) is datetime else datetime_of(first) if type(first) is str else None
    day = first.date() if type(first) is datetime else first
    return datetime.combine(day, clock) if type(day) is date and type(clock) is time else None


def to_duration(_run: Run, text: Any) -> Duration | None:
    """`duration(text)`."""
    return text if type(text) is Duration else duration_of(text) if type(text) is str else None


def months_between(_run: Run, start: Any, end: Any) -> Duration | None:
    """`years and months duration(from, to)`: whole months."""
    first, last = (value.date() if type(value) is datetime else value for value in (start, end))
    if type(first) is not date or type(last) is not date:
        return None
    sign = 1 if last >= first else -1
    early, late = (first, last) if sign > 0 else (last, first)
    months = (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)
    return bounded_duration("months", sign * months)


def day_of_year(_run: Run, day: date) -> int:
    """`day of year(date)`."""
    return day.timetuple().tm_yday


def day_of_week(_run: Run, day: date) -> str:
    """`day of week(date)`: the English name, as FEEL has it."""
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day.weekday()]


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def month_of_year(_run: Run, day: date) -> str:
    """`month of year(date)`: the English name, as FEEL has it."""
    return _MONTHS[day.month - 1]


def week_of_year(_run: Run, day: date) -> int:
    """`week of year(date)`: the ISO week."""
    return day.isocalendar().week


def last_day_of_month(_run: Run, day: date) -> int:
    """`last day of month(date)`: 28 to 31."""
    return 31 if day.month == 12 else (date(day.year, day.month + 1, 1) - timedelta(days=1)).day


def _integers(parts: tuple[Any, ...]) -> list[int] | None:
    numbers = [whole(part) if type(part) in NUMBERS else None for part in parts]
    return None if None in numbers else numbers  # type: ignore[return-value]
