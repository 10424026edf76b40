"""Terms (*termijnen*): when something ends, by the Algemene termijnenwet (Atw), a city's own data and the two pauses.

A term runs from the day after the event that starts it (Awb 6:8 (1) and 7:10 (1); not so Awb 3:16 (2), by which a
draft that is laid open counts from that very day: no term of the cycle is such). The rules of the Atw that are kept
here: art. 1 (1) a term that ends on a Saturday, Sunday or holiday is extended to the first day that is none;
art. 1 (2) not so for a term counted back from an event; art. 2 a term of at least three days holds at least two
working days; art. 4 (a) none of this for terms in hours, of more than 90 days, 12 weeks or 3 months, or in years.
The Atw binds terms in a law; a city's own terms follow it because its data say so (`verlenging`).
"""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.errors import TermError
from engine.sentences import Sentence
from engine.workdays import LAST_YEAR, Calendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_DAY = timedelta(days=1)
_ISO = re.compile(r"P(?:([0-9]{1,5})([YMWD])|T([0-9]{1,5})H)")
_LAST_INSTANT = time(23, 59, 59, 999000)


class Unit(StrEnum):
    """In what a term is counted; *werkdagen* are the working days of the Calendar."""

    HOURS = "uren"
    WORKING_DAYS = "werkdagen"
    DAYS = "dagen"
    WEEKS = "weken"
    MONTHS = "maanden"
    YEARS = "jaren"


class Roll(StrEnum):
    """Whether a last day that is no working day is extended: by the Atw, always (a promise of the city), or never."""

    LAW = "wet"
    ALWAYS = "altijd"
    NEVER = "nooit"


class Direction(StrEnum):
    """Whether a term is counted on from its event or back from it (a reminder, an announcement in advance)."""

    ON = "vooruit"
    BACK = "terug"


class Moment(StrEnum):
    """Whether a timer on this term fires at the start of the day found (an opening) or at its end (a deadline)."""

    BEGIN = "begin"
    END = "einde"


LONGEST = {
    Unit.HOURS: 10_000,
    Unit.WORKING_DAYS: 2_600,
    Unit.DAYS: 3_660,
    Unit.WEEKS: 522,
    Unit.MONTHS: 120,
    Unit.YEARS: 100,
}
"""The longest term for each unit: what is longer is a typing error, not a term of a neighbourhood cycle."""
_BEYOND_THE_LAW = {Unit.DAYS: 90, Unit.WEEKS: 12, Unit.MONTHS: 3}  # Atw art. 4 (a): more than these
_ISO_UNITS = {"Y": Unit.YEARS, "M": Unit.MONTHS, "W": Unit.WEEKS, "D": Unit.DAYS}


@dataclass(frozen=True, slots=True)
class Term:
    """One term: an amount of a unit, or a fixed day of the year `(month, day)`: the first one on or after the start.

    `valid_until` is the first day on which this version no longer holds. Raises TermError for what cannot be a term.
    """

    name: str
    amount: int = 0
    unit: Unit = Unit.DAYS
    roll: Roll = Roll.LAW
    direction: Direction = Direction.ON
    moment: Moment = Moment.END
    day: tuple[int, int] | None = None
    source: str = ""
    description: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.day is None and not 1 <= self.amount <= LONGEST[self.unit]:
            raise TermError(
                Sentence(
                    "een termijn in {eenheid} duurt 1 tot en met {meeste}, niet {aantal}",
                    eenheid=self.unit,
                    meeste=LONGEST[self.unit],
                    aantal=self.amount,
                )
            )
        if self.day is not None and (self.amount or not _is_yearly(*self.day)):
            raise TermError(Sentence("een vaste dag is een maand en een dag die elk jaar bestaat, zonder aantal"))
        if self.direction is Direction.BACK and self.roll is Roll.ALWAYS:
            raise TermError(Sentence("een termijn die terugtelt wordt niet verlengd: dat zou hem bekorten"))
        if self.unit is Unit.HOURS and (self.roll is Roll.ALWAYS or self.moment is Moment.BEGIN):
            raise TermError(Sentence("een termijn in uren eindigt op een tijdstip, niet op een dag"))
        if self.valid_from is not None and self.valid_until is not None and self.valid_from >= self.valid_until:
            raise TermError(Sentence("de termijn geldt op geen enkele dag"))

    @classmethod
    def of_iso(cls, text: str) -> Term:
        """The term that an ISO 8601 duration of one unit means: `P6W`, `P10D`, `P3M`, `P1Y`, `PT48H`."""
        found = _ISO.fullmatch(text)
        if found is None:
            raise TermError(
                Sentence("'{tekst}' is geen duur van één eenheid, zoals P6W, P10D, P3M, P1Y of PT48H", tekst=text)
            )
        amount, letter, hours = found.groups()
        if hours is not None:
            return cls(text, int(hours), Unit.HOURS)
        return cls(text, int(amount), _ISO_UNITS[letter])

    @property
    def falls_under_the_law(self) -> bool:
        """Whether the Atw extends this term (art. 1 (2) and 4 (a)); a fixed day of the year counts as such a term."""
        if self.direction is Direction.BACK or self.roll is not Roll.LAW:
            return False
        return self.day is not None or self.amount <= _BEYOND_THE_LAW.get(self.unit, 0)

    def is_valid_on(self, day: date) -> bool:
        """Whether this version of the term holds for what starts on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )


def _is_yearly(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= months.monthrange(2027, month)[1]


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (*opschorting*): the clock stands still from `first` until the day `until` (None: it still does)."""

    first: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.first:
            raise TermError(
                Sentence(
                    "de opschorting eindigt ({einde}) voor zij begint ({begin})",
                    einde=str(self.until),
                    begin=str(self.first),
                )
            )

    @classmethod
    def between(cls, asked: date, remedied: date | None) -> Pause:
        """The pause of Awb art. 4:15 (1) and 7:10 (2): from the day after that of the request until the day of remedy.

        "Until" leaves that day out; a term set for the remedy that passes unused ends the pause in the same way.
        """
        return cls(asked + _DAY, None if remedied is None else max(remedied, asked + _DAY))


@dataclass(frozen=True, slots=True)
class Clock:
    """A running term: begun by what happened on `start`, stopped by pauses, adjourned (*verdaagd*) by further terms.

    An adjournment (Awb art. 7:10 (3), at most six weeks) is a new term that begins the day after the last day of the
    term before it.
    """

    start: date
    term: Term
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Term, ...] = ()

    def last_day(self, calendar: Calendar) -> date | None:
        """The last day of the term; None while a suspension is open. Raises TermError for a pause outside the term."""
        pauses = _merged(self.pauses)
        if any(pause.until is not None and pause.until <= self.start + _DAY for pause in pauses):
            raise TermError(
                Sentence("een opschorting ligt voor het begin van de termijn ({dag})", dag=str(self.start + _DAY))
            )
        end: date | None = self.start
        for term in (self.term, *self.extensions):
            if term.unit is Unit.HOURS or term.day is not None or term.direction is Direction.BACK:
                raise TermError(
                    Sentence("termijn '{termijn}' kan niet worden opgeschort of verdaagd", termijn=term.name)
                )
            end = None if end is None else _paused_end(end, term, pauses, calendar)
        late = next((pause.first for pause in pauses if end is not None and pause.first > end), None)
        if late is not None:
            raise TermError(
                Sentence(
                    "op {dag} kan niet meer worden opgeschort: de termijn eindigde op {einde}",
                    dag=str(late),
                    einde=str(end),
                )
            )
        return end


def last_day(term: Term, start: date, calendar: Calendar) -> date:
    """The last day of a term that an event on `start` begins; counted back, the last day before it that is in time."""
    if term.unit is Unit.HOURS:
        raise TermError(Sentence("termijn '{termijn}' telt uren; die eindigt op een tijdstip", termijn=term.name))
    end = _paused_end(start, term, (), calendar)
    assert end is not None, "only an open pause leaves a term without an end"
    return end


def end_of(term: Term, start: date | datetime, calendar: Calendar) -> datetime:
    """The moment on which a term ends, with zone: 23:59:59.999 of its last day in the Netherlands (00:00: see Moment).

    The last day itself thus shows in the moment, and everything after it is the next day. A term in hours ends exactly
    so many hours after `start`, which must then be a moment with a zone.
    """
    if isinstance(start, datetime) and start.tzinfo is None:
        raise TermError(Sentence("het begin van de termijn heeft geen tijdzone"))
    if term.unit is Unit.HOURS:
        if not isinstance(start, datetime):
            raise TermError(
                Sentence(
                    "termijn '{termijn}' telt uren en begint dus op een tijdstip, niet op een dag", termijn=term.name
                )
            )
        hours = timedelta(hours=term.amount if term.direction is Direction.ON else -term.amount)
        return (start.astimezone(UTC) + hours).astimezone(AMSTERDAM)
    day = last_day(term, start.astimezone(AMSTERDAM).date() if isinstance(start, datetime) else start, calendar)
    return instant_of(term, day)


def instant_of(term: Term, day: date) -> datetime:
    """The moment on which a term fires whose last day is `day`."""
    return datetime.combine(day, time() if term.moment is Moment.BEGIN else _LAST_INSTANT, AMSTERDAM)


def _paused_end(start: date, term: Term, pauses: Sequence[Pause], calendar: Calendar) -> date | None:
    if not 1900 <= start.year <= LAST_YEAR - LONGEST[Unit.YEARS] - 10:
        raise TermError(
            Sentence(
                "termijn '{termijn}' begint op {dag}; daarvan weet de kalender niets", termijn=term.name, dag=str(start)
            )
        )
    if term.unit is Unit.WORKING_DAYS and term.day is None:
        return _nth_working_day(start, term.amount, term.direction, pauses, calendar)
    end = _nominal(term, start)
    applied: list[Pause] = []
    for pause in pauses:
        extended = _extended(end, start, term, applied, calendar)
        if pause.first > extended or (pause.until is not None and pause.until <= start + _DAY):
            continue
        if pause.until is None:
            return None
        end = (end if pause.first <= end else extended) + (pause.until - max(pause.first, start + _DAY))
        applied.append(pause)
    return _extended(end, start, term, applied, calendar)


def _extended(end: date, start: date, term: Term, pauses: Sequence[Pause], calendar: Calendar) -> date:
    """The last day after the extensions of Atw art. 1 and 2, or those that the city promises."""
    if term.roll is Roll.ALWAYS:
        return calendar.next_working_day(end)
    if not term.falls_under_the_law:
        return end
    end = calendar.next_working_day(end)  # Atw art. 1 (1)
    if term.day is not None or (term.unit is Unit.DAYS and term.amount < 3):
        return end
    second = _nth_working_day(start, 2, Direction.ON, pauses, calendar)
    return end if second is None else max(end, second)  # Atw art. 2


def _nth_working_day(
    start: date, amount: int, direction: Direction, pauses: Sequence[Pause], calendar: Calendar
) -> date | None:
    day, step = start, _DAY if direction is Direction.ON else -_DAY
    while amount:
        day += step
        pause = next((p for p in pauses if p.first <= day and (p.until is None or day < p.until)), None)
        if pause is not None and pause.until is None:
            return None
        if pause is None and calendar.is_working_day(day):
            amount -= 1
    return day


def _nominal(term: Term, start: date) -> date:
    """The last day before any extension; n months end on the same day number, or on the last day of a shorter month."""
    back = term.direction is Direction.BACK
    if term.day is not None:
        same_year = date(start.year, *term.day)
        passed = same_year > start if back else same_year < start
        return same_year.replace(year=start.year + (-1 if back else 1)) if passed else same_year
    amount = -term.amount if back else term.amount
    if term.unit in (Unit.DAYS, Unit.WEEKS):
        return start + timedelta(days=amount if term.unit is Unit.DAYS else 7 * amount)
    count = start.year * 12 + start.month - 1 + (amount if term.unit is Unit.MONTHS else 12 * amount)
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def _merged(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses in order, those that overlap or touch joined, those without a day left out."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.first):
        if pause.until == pause.first:
            continue
        previous = joined[-1] if joined else None
        if previous is None or (previous.until is not None and previous.until < pause.first):
            joined.append(pause)
        elif previous.until is not None:
            until = None if pause.until is None else max(previous.until, pause.until)
            joined[-1] = Pause(previous.first, until)
    return tuple(joined)
