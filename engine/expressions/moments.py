"""Dates, times, moments and durations: reading their text, writing it, and calculating with them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.expressions.values import Duration, bounded_duration, instant_of, kind_of

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]{1,60})?")
_DURATION = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)
_MAX_DURATION_TEXT = 60
MICROSECONDS_A_DAY = 86_400_000_000


def date_of(text: str) -> date | None:
    """The date `2027-03-01`, or None when the text is none."""
    match = _DATE.fullmatch(text)
    if match is None or not text.isascii():
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """The time `09:00:00`, with an optional fraction, offset or `@Europe/Amsterdam`, or None when the text is none."""
    match = _TIME.fullmatch(text)
    if match is None or not text.isascii():
        return None
    hour, minute, second, fraction, zone = match.groups()
    micros = int((fraction or "")[:6].ljust(6, "0"))
    try:
        return time(int(hour), int(minute), int(second), micros, _zone_of(zone))
    except ValueError:
        return None


def datetime_of(text: str) -> datetime | None:
    """The moment `2027-03-01T09:00:00+01:00` (local when it has no zone), or None when the text is none."""
    day, clock = date_of(text[:10]), time_of(text[11:]) if text[10:11] == "T" else None
    return None if day is None or clock is None else datetime.combine(day, clock)


def duration_of(text: str) -> Duration | None:
    """The duration `P1Y2M` or `P3DT4H` (also `P6W`), or None: FEEL does not mix months with days."""
    parts = duration_parts(text)
    if parts is None:
        return None
    months, days, clock = parts
    micros = days * MICROSECONDS_A_DAY + clock
    if months and micros:
        return None
    if micros or not {"Y", "M"} & set(text.partition("T")[0]):  # P0M is months, PT0S is time
        return bounded_duration("microseconds", micros)
    return bounded_duration("months", months)


def duration_parts(text: str) -> tuple[int, int, int] | None:
    """The months, days and microseconds of clock time of an ISO 8601 duration, or None when the text is none."""
    match = _DURATION.fullmatch(text) if len(text) <= _MAX_DURATION_TEXT else None
    if match is None:
        return None
    numbers = [int(part or 0) for part in match.groups()[1:8]]
    years, months, weeks, days, hours, minutes, seconds = numbers
    fraction = int((match.group(9) or "")[:6].ljust(6, "0"))
    clock = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
    sign = -1 if match.group(1) else 1
    return sign * (years * 12 + months), sign * (weeks * 7 + days), sign * clock


def moment_of(text: str) -> Any:
    """What `@"..."` stands for: a date, moment, time or duration, or None."""
    for read in (date_of, datetime_of, time_of, duration_of):
        value = read(text)
        if value is not None:
            return value
    return None


def _zone_of(text: str | None) -> tzinfo | None:
    """The time zone of a text; raises ValueError when there is no such zone."""
    if text is None:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(text) from None
    hours, minutes, seconds = (*text[1:].split(":"), "0")[:3]
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if offset > timedelta(hours=18):
        raise ValueError(text)
    return timezone(-offset if text[0] == "-" else offset)


def written(value: date | time | datetime | Duration) -> str:
    """The ISO 8601 text of a value, with a named time zone as `@Europe/Amsterdam`."""
    if isinstance(value, (datetime, time)):
        zone = value.tzinfo
        bare = value.replace(tzinfo=None).isoformat() if isinstance(zone, ZoneInfo) else value.isoformat()
        if value.microsecond:
            bare = re.sub(r"(\.\d*?)0+(?=$|[+-])", r"\1", bare)
        return f"{bare}@{zone.key}" if isinstance(zone, ZoneInfo) else bare.replace("+00:00", "Z")
    return str(value)


def add_months(day: date, months: int) -> date | None:
    """The same day so many months on (a date or a moment), the last of the month when that day is missing there."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        return None
    next_month = date(year + month // 11, (month + 1) % 12 + 1, 1) if (year, month) != (9999, 11) else None
    last = 31 if next_month is None else (next_month - timedelta(days=1)).day
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def shifted(value: Any, duration: Duration, sign: int) -> Any:
    """A date, moment, time or duration plus (`sign` 1) or minus (-1) a duration; None outside the calendar."""
    amount = sign * duration.amount
    if type(value) is Duration:
        return bounded_duration(value.unit, value.amount + amount) if value.unit == duration.unit else None
    if duration.unit == "months":
        return None if type(value) is time else add_months(value, amount)
    delta = timedelta(microseconds=amount)
    try:
        if type(value) is datetime:
            if value.tzinfo is None:
                return value + delta
            return (instant_of(value) + delta).astimezone(value.tzinfo)
        if type(value) is date:
            return (datetime.combine(value, time()) + delta).date()
        clock = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + delta % timedelta(days=1)
        return clock.time().replace(tzinfo=value.tzinfo)
    except OverflowError:
        return None


def difference(left: Any, right: Any) -> Duration | None:
    """`left - right` of two dates, moments or times; None when they cannot be subtracted."""
    if type(left) is time and type(right) is time:
        left, right = (datetime.combine(date(2000, 1, 1), value) for value in (left, right))
    elif type(left) is date and type(right) is date:
        return Duration.of(left - right)
    else:
        zone = next((value.tzinfo for value in (left, right) if type(value) is datetime), None)
        left, right = (
            datetime.combine(value, time(), zone) if type(value) is date else value for value in (left, right)
        )
    if type(left) is not datetime or type(right) is not datetime or (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return Duration.of(instant_of(left) - instant_of(right))


def property_of(value: Any, name: str) -> Any:
    """A property of a date, time, moment or duration (`.year`, `.weekday`, `.days` ...); null when it has none."""
    if type(value) is Duration:
        return _duration_property(value, name)
    if name in {"year", "month", "day"} and isinstance(value, date):
        return getattr(value, name)
    if name == "weekday" and isinstance(value, date):
        return value.isoweekday()
    if isinstance(value, (datetime, time)):
        if name in {"hour", "minute", "second"}:
            return getattr(value, name)
        offset = value.utcoffset()
        if name == "time offset" and offset is not None:
            return Duration.of(offset)
        if name == "timezone" and isinstance(value.tzinfo, ZoneInfo):
            return value.tzinfo.key
    return None


def _duration_property(value: Duration, name: str) -> int | None:
    amount, sign = abs(value.amount), -1 if value.amount < 0 else 1
    if kind_of(value) == "years and months duration":
        parts = {"years": amount // 12, "months": amount % 12}
    else:
        seconds = amount // 1_000_000
        parts = {
            "days": seconds // 86_400,
            "hours": seconds // 3600 % 24,
            "minutes": seconds // 60 % 60,
            "seconds": seconds % 60,
        }
    return sign * parts[name] if name in parts else None
