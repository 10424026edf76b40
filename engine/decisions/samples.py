"""One value of every kind that the tests on an input can tell apart: the named values and those between and beyond."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.decisions.tables import Input, Rule
from engine.expressions import Duration, Unary
from engine.expressions.moments import written
from engine.expressions.text_functions import number_text
from engine.expressions.values import kind_of
from engine.sentences import Sentence

TYPES: Mapping[str, str] = {
    "integer": "integer",
    "long": "integer",
    "short": "integer",
    "double": "number",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    **{name: name for name in ("string", "number", "boolean", "date", "time", "date and time")},
    **{name: name for name in ("days and time duration", "years and months duration")},
}
"""What files call the types that a proof can handle."""

_EXACT = decimal.Context(prec=400, Emin=-999_999, Emax=999_999)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Unprovable(Exception):
    """Why nothing can be proven about a table, told as the end of a sentence."""

    def __init__(self, told: Sentence) -> None:
        super().__init__(told)
        self.told = told


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that stands for all values of its kind; the label follows the name of the input."""

    value: Any
    label: Sentence


@dataclass(frozen=True, slots=True)
class _Axis:
    """An ordered type as numbers: `step` apart when it is discrete, and back."""

    place: Callable[[Any], Decimal]
    value: Callable[[Decimal], Any]
    is_discrete: bool


def samples_of(column: Input, cells: Sequence[tuple[Rule, Unary]]) -> list[Sample]:
    """The samples of an input, within its allowed values; raises Unprovable with the reason."""
    named = _named(column, cells)
    has_null = any(value is None for value, _ in named)
    values = [(value, is_ordered) for value, is_ordered in named if value is not None]
    kind = _kind(column, [value for value, _ in values])
    if kind == "boolean":
        samples = [Sample(True, Sentence("is waar")), Sample(False, Sentence("is onwaar"))]
    elif kind == "string":
        samples = _strings(column, values)
    else:
        samples = _stretches(kind, {value for value, _ in values}, column.label)
    if column.allowed is not None:
        allowed = column.allowed
        samples = [sample for sample in samples if allowed(sample.value, {}) is True]
    if has_null and (column.allowed is None or column.allowed(None, {}) is True):
        samples.append(Sample(None, Sentence("is leeg")))
    return samples


def _named(column: Input, cells: Iterable[tuple[Rule, Unary]]) -> list[tuple[Any, bool]]:
    """All constants of the tests and the allowed values, each with whether its order matters."""
    found: list[tuple[Any, bool]] = []
    for rule, cell in cells:
        if cell.endings is None:
            raise Unprovable(
                Sentence(
                    "de toets '{toets}' op '{kolom}' (regel {regel}) hangt van meer af.",
                    toets=cell.text,
                    kolom=column.label,
                    regel=rule.number,
                )
            )
        found += cell.endings
    if column.allowed is not None:
        if column.allowed.endings is None:
            raise Unprovable(Sentence("de toegestane waarden van '{kolom}' liggen niet vast.", kolom=column.label))
        found += column.allowed.endings
    return found


def _kind(column: Input, values: list[Any]) -> str:
    kinds = {kind_of(value) or "?" for value in values}
    kind = TYPES.get(column.type or "")
    if kind is None and len(kinds) == 1:
        kind = TYPES.get(next(iter(kinds)))
    if kind is None and not kinds:
        kind = "string"  # the tests only ask whether there is a value
    if kind is None:
        raise Unprovable(
            Sentence(
                "het type van '{kolom}' is niet bekend; kies een type (string, number, date ...).",
                kolom=column.label,
            )
        )
    wrong = kinds - {"number" if kind == "integer" else kind}
    if wrong:
        raise Unprovable(
            Sentence(
                "'{kolom}' is van type {soort}, maar een toets noemt een ander soort waarde.",
                kolom=column.label,
                soort=str(column.type),
            )
        )
    return kind


def _strings(column: Input, values: list[tuple[Any, bool]]) -> list[Sample]:
    if any(is_ordered for _, is_ordered in values):
        raise Unprovable(Sentence("'{kolom}' wordt alfabetisch vergeleken.", kolom=column.label))
    texts = sorted({value for value, _ in values})
    samples = [Sample(text, Sentence('= "{waarde}"', waarde=text)) for text in texts]
    other = "een andere waarde"
    while other in texts:
        other += "!"
    return [*samples, Sample(other, Sentence("is een andere waarde"))]


def _stretches(kind: str, values: set[Any], label: str) -> list[Sample]:
    """Each named value, and one from each stretch below, between and above them."""
    axis = _axis(kind, values, label)
    ends = sorted({axis.place(value) for value in values})
    if not ends:
        return [Sample(axis.value(Decimal(1)), Sentence("is ingevuld"))]
    texts = [_said(axis.value(end) if axis.is_discrete else end) for end in ends]
    places = [
        (ends[0].to_integral_value(decimal.ROUND_FLOOR, _EXACT) - 1, Sentence("kleiner dan {waarde}", waarde=texts[0]))
    ]
    for at, end in enumerate(ends):
        if not axis.is_discrete or end == end.to_integral_value(context=_EXACT):
            places.append((end, Sentence("= {waarde}", waarde=texts[at])))
        if at + 1 < len(ends):
            between = _between(end, ends[at + 1], is_discrete=axis.is_discrete)
            if between is not None:
                places.append(
                    (between, Sentence("tussen {waarde} en {volgende}", waarde=texts[at], volgende=texts[at + 1]))
                )
    places.append(
        (
            ends[-1].to_integral_value(decimal.ROUND_CEILING, _EXACT) + 1,
            Sentence("groter dan {waarde}", waarde=texts[-1]),
        )
    )
    samples = []
    for place, text in places:
        try:
            samples.append(Sample(axis.value(place), text))
        except (ValueError, OverflowError):
            continue  # beyond the calendar or the clock: no such value exists
    return samples


def _between(low: Decimal, high: Decimal, *, is_discrete: bool) -> Decimal | None:
    if not is_discrete:
        return _EXACT.divide(_EXACT.add(low, high), Decimal(2))
    following = _EXACT.add(low.to_integral_value(decimal.ROUND_FLOOR, _EXACT), Decimal(1))
    return following if following < high else None


def _axis(kind: str, values: set[Any], label: str) -> _Axis:
    if kind == "number":
        return _Axis(Decimal, lambda place: place, is_discrete=False)
    if kind == "integer":
        return _Axis(Decimal, lambda place: place, is_discrete=True)
    if kind == "date":
        return _Axis(lambda day: Decimal(day.toordinal()), lambda place: date.fromordinal(int(place)), is_discrete=True)
    if kind == "time" and all(value.tzinfo is None for value in values):
        return _Axis(_place_of_time, _time_at, is_discrete=True)
    if kind == "date and time" and len({value.utcoffset() is None for value in values}) < 2:
        epoch = _EPOCH if any(value.utcoffset() is not None for value in values) else _EPOCH.replace(tzinfo=None)
        return _Axis(
            lambda moment: Decimal((moment - epoch) // _MICROSECOND),
            lambda place: epoch + int(place) * _MICROSECOND,
            is_discrete=True,
        )
    if kind.endswith("duration"):
        unit = "months" if kind.startswith("years") else "microseconds"
        return _Axis(
            lambda span: Decimal(span.amount),
            lambda place: Duration(unit, int(place)),  # type: ignore[arg-type]
            is_discrete=True,
        )
    raise Unprovable(Sentence("tijden met en zonder tijdzone gaan bij '{kolom}' niet samen.", kolom=label))


def _place_of_time(clock: time) -> Decimal:
    return Decimal(((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond)


def _time_at(place: Decimal) -> time:
    micros = int(place)
    if not 0 <= micros < 86_400_000_000:
        raise ValueError(place)
    return (datetime.min.replace(tzinfo=UTC) + micros * _MICROSECOND).time()


def _said(value: Any) -> str:
    return number_text(value) if isinstance(value, Decimal) else written(value)
