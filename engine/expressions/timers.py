"""Timers as every tool writes them: ISO 8601 or FEEL, checked when compiled, with `now` always given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from engine.errors import ExpressionError
from engine.expressions.compiled import Expression, compile_expression
from engine.expressions.lexer import unwrapped
from engine.expressions.limits import NO_FUNCTIONS, Functions
from engine.expressions.moments import add_months, datetime_of, duration_parts
from engine.expressions.values import Duration, Value, instant_of
from engine.sentences import Sentence

Kind = Literal["date", "duration", "cycle"]

ZONE = ZoneInfo("Europe/Amsterdam")
MIN_INTERVAL = timedelta(minutes=1)
MAX_SPAN = timedelta(days=30 * 366)
MAX_YEAR = 2200
MAX_REPETITIONS = 1_000

_SECONDS_MISSING = re.compile(r"(T\d\d:\d\d)(?=Z|[+-]\d\d:\d\d$|@|$)")
_SPACE = re.compile(r"^(\d{4}-\d\d-\d\d) (?=\d)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of calendar months and days (same time in Europe/Amsterdam) and of clock time."""

    months: int
    days: int
    clock: timedelta

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """The moment so many intervals later, in UTC; raises ExpressionError beyond the year 2200."""
        local = moment.astimezone(ZONE)
        wall = local.replace(tzinfo=None)
        try:
            moved = add_months(wall, self.months * times) if self.months else wall
            if moved is None:
                raise OverflowError
            if self.months or self.days:
                wall = datetime.combine(moved, wall.time()) + timedelta(days=self.days * times)
                local = wall.replace(tzinfo=ZONE, fold=local.fold)
            return _bounded(local.astimezone(UTC) + self.clock * times)
        except OverflowError:
            raise ExpressionError(Sentence("De timer loopt voorbij het jaar {meeste}.", meeste=MAX_YEAR)) from None

    @property
    def shortest(self) -> timedelta:
        """The least time that it can span."""
        return timedelta(days=self.months * 28 + self.days) + self.clock


@dataclass(frozen=True, slots=True)
class Timer:
    """A compiled timer. `repetitions` is how often a cycle fires (None: without end; 1 for the other kinds).

    `fixed` is what a literal says; a FEEL text has an `expression` instead.
    """

    kind: Kind
    text: str
    fixed: datetime | Interval | None
    expression: Expression | None = None
    repetitions: int | None = 1
    start: datetime | None = None

    @property
    def is_named_anew(self) -> bool:
        """Whether the day on which it fires is computed, as from a term of the city: then there is a next such day."""
        return self.kind == "date" and self.expression is not None

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads."""
        return frozenset() if self.expression is None else self.expression.names

    def first(
        self, now: datetime, context: Mapping[str, object] | None = None, functions: Functions = NO_FUNCTIONS
    ) -> datetime:
        """The moment (UTC) of the first firing, seen from the aware `now` at which the timer starts to run.

        Raises ExpressionError when a FEEL text yields no moment in this context, or one outside the limits.
        """
        what = self.fixed
        if self.expression is not None:
            what = _meaning(self.kind, self.expression(context or {}, functions))
        if isinstance(what, datetime):
            return _bounded(what)
        if what is None:
            raise ExpressionError(Sentence("De timer '{timer}' levert geen moment op.", timer=self.text))
        return what.after(now) if self.start is None else _bounded(self.start)

    def next(self, after: datetime) -> datetime | None:
        """The firing of a cycle that follows the one at `after`; None for a timer that fires once.

        The caller counts the firings against `repetitions`.
        """
        return self.fixed.after(after) if self.kind == "cycle" and isinstance(self.fixed, Interval) else None


@lru_cache(maxsize=1024)
def compile_timer(text: str, kind: Kind) -> Timer:
    """The timer that a text in timeDate, timeDuration or timeCycle (`kind`) means; raises ExpressionError.

    Literals: `2027-03-01T09:00:00+01:00`, `PT1H`, `P6W`, `R3/PT10H`, `R/2027-03-01T09:00:00Z/P1D`, also between quotes.
    Anything else is FEEL, such as `termijn("inspraak")`, which yields a moment, a date (its start) or a duration.
    """
    bare = unwrapped(text).strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
        bare = bare[1:-1].strip()
    if not bare:
        raise ExpressionError(Sentence("De timer heeft geen tijd."))
    if kind == "cycle":
        return _cycle(text, bare)
    if not re.match(r"\d{4}-|-?P[\dT]|R\d*/", bare):
        expression = compile_expression(unwrapped(text))
        if expression.is_constant:
            return Timer(kind, text, _meaning(kind, expression.constant))
        return Timer(kind, text, None, expression)
    return Timer(kind, text, _literal(kind, bare))


def _cycle(text: str, bare: str) -> Timer:
    """A repeating timer; only as a literal, because what repeats must be known without its case."""
    match = re.fullmatch(r"R(\d*)/(?:(\d[^/]*)/)?([^/]+)", bare, re.ASCII)
    if match is None:
        raise ExpressionError(Sentence("Een herhaling schrijft u als R3/PT10H: hoe vaak, en om de hoeveel tijd."))
    count, start, span = match.groups()
    repetitions = int(count[:6]) if count else None
    if repetitions is not None and not 1 <= repetitions <= MAX_REPETITIONS:
        raise ExpressionError(
            Sentence("Een timer herhaalt 1 tot {meeste} keer, of zonder einde (R/...).", meeste=MAX_REPETITIONS)
        )
    interval = _interval(span)
    if interval.shortest < MIN_INTERVAL:
        raise ExpressionError(Sentence("Een timer herhaalt ten hoogste eens per minuut."))
    return Timer("cycle", text, interval, None, repetitions, None if start is None else _moment(start))


def _literal(kind: Kind, bare: str) -> datetime | Interval:
    if kind == "date":
        if not bare[0].isdigit():
            raise ExpressionError(Sentence("Hier hoort een tijdstip; zet een duur in een duurtimer (timeDuration)."))
        return _moment(bare)
    if bare[0].isdigit():
        raise ExpressionError(Sentence("Hier hoort een duur zoals P6W; zet een tijdstip in een datumtimer (timeDate)."))
    if bare.startswith("R"):
        raise ExpressionError(
            Sentence("Hier hoort een duur zoals P6W; zet een herhaling in een herhaaltimer (timeCycle).")
        )
    return _interval(bare)


def _moment(bare: str) -> datetime:
    """The moment of a literal; it must have a clock time and a zone."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", bare):
        raise ExpressionError(
            Sentence(
                'Geef ook een tijd en een tijdzone, of schrijf date("{tekst}") voor het begin van die dag.', tekst=bare
            )
        )
    moment = datetime_of(_SECONDS_MISSING.sub(r"\1:00", _SPACE.sub(r"\1T", bare)))
    if moment is None:
        raise ExpressionError(
            Sentence("'{tekst}' is geen tijdstip; schrijf bijvoorbeeld 2027-03-01T09:00:00+01:00.", tekst=bare)
        )
    return _bounded(moment)


def _interval(bare: str) -> Interval:
    """The interval of a literal duration, not negative and at most 30 years."""
    parts = duration_parts(bare)
    if parts is None:
        raise ExpressionError(Sentence("'{tekst}' is geen duur; schrijf bijvoorbeeld P6W of PT36H.", tekst=bare))
    return _checked(*parts)


def _checked(months: int, days: int, micros: int) -> Interval:
    if months < 0 or days < 0 or micros < 0:
        raise ExpressionError(Sentence("Een timer kan niet in het verleden beginnen: de duur is negatief."))
    if months > 30 * 12 or days > MAX_SPAN.days or micros > MAX_SPAN // timedelta(microseconds=1):
        raise ExpressionError(Sentence("Een timer duurt ten hoogste 30 jaar."))
    interval = Interval(months, days, timedelta(microseconds=micros))
    if interval.shortest > MAX_SPAN:
        raise ExpressionError(Sentence("Een timer duurt ten hoogste 30 jaar."))
    return interval


def _meaning(kind: Kind, value: Value) -> datetime | Interval:
    """What the value of a FEEL text says; a duration counts from `now`, in clock time when it is in days."""
    if isinstance(value, str):
        return _literal(kind, value.strip() or "?")
    if isinstance(value, datetime):
        return _bounded(value)
    if isinstance(value, date):
        return _bounded(datetime.combine(value, time(), ZONE))
    if isinstance(value, Duration) and kind == "duration":
        is_months = value.unit == "months"
        return _checked(value.amount if is_months else 0, 0, 0 if is_months else value.amount)
    if isinstance(value, Duration):
        raise ExpressionError(Sentence("Hier hoort een tijdstip; zet een duur in een duurtimer (timeDuration)."))
    raise ExpressionError(
        Sentence("De timer levert geen moment op: de uitdrukking geeft geen tijdstip, datum of duur.")
    )


def _bounded(moment: datetime) -> datetime:
    """The moment in UTC; raises ExpressionError without a time zone or outside the years 1970-2200."""
    if moment.utcoffset() is None:
        raise ExpressionError(
            Sentence("Het tijdstip heeft geen tijdzone; schrijf bijvoorbeeld 2027-03-01T09:00:00+01:00.")
        )
    if not 1970 <= moment.year <= MAX_YEAR:
        raise ExpressionError(Sentence("Het jaar {jaar} valt buiten 1970-{meeste}.", jaar=moment.year, meeste=MAX_YEAR))
    return instant_of(moment)
