"""The terms of a city as data (table DT09): read from `termijnen.toml`, found by name, computed by `engine.spans`.

No diagram, form or function holds a length of time of its own; each names a term here, with its source and validity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from engine.errors import TermError
from engine.expressions.moments import date_of
from engine.safexml import read_toml
from engine.sentences import Sentence
from engine.spans import (
    AMSTERDAM,
    Clock,
    Direction,
    Moment,
    Pause,
    Roll,
    Term,
    Unit,
    end_of,
    instant_of,
    last_day,
)
from engine.terms import Finding, Severity
from engine.workdays import Calendar, header_lines, holidays, tables_of, unknown_fields

__all__ = [
    "AMSTERDAM",
    "Calendar",
    "Clock",
    "Direction",
    "Moment",
    "Pause",
    "Roll",
    "Term",
    "Terms",
    "Unit",
    "end_of",
    "holidays",
    "last_day",
]

LEAST_REACTION = "reactie_wijkprogramma_minimaal"
"""How long everybody can react to the concept programme at the least, in every city (INV-29, Q5)."""

_FIELDS = {
    "naam",
    "aantal",
    "eenheid",
    "duur",
    "op",
    "verlenging",
    "richting",
    "moment",
    "bron",
    "omschrijving",
    "geldig_van",
    "geldig_tot",
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of a city by name, each with its versions in order of validity, and the calendar that counts them."""

    versions: Mapping[str, tuple[Term, ...]] = field(default_factory=lambda: MappingProxyType({}))
    calendar: Calendar = field(default_factory=Calendar)

    def on(self, name: str, day: date) -> Term:
        """The version of a term that holds for what starts on that day; an ISO duration (`P6W`) is a term of its own.

        A running term keeps the version of its start: new data never shortens it (INV-17, INV-46). Raises TermError
        for an unknown name or a day without a version.
        """
        if name.startswith("P"):
            return Term.of_iso(name)
        if name not in self.versions:
            raise TermError(Sentence("termijn '{naam}' staat niet in de termijnen van deze gemeente", naam=name))
        found = next((term for term in self.versions[name] if term.is_valid_on(day)), None)
        if found is None:
            raise TermError(Sentence("termijn '{naam}' heeft geen versie die geldt op {dag}", naam=name, dag=str(day)))
        return found

    def end(self, name: str, start: date | datetime) -> datetime:
        """When the term ends that starts at `start` (a day, or a moment with a zone): see `engine.spans.end_of`."""
        day = start.astimezone(AMSTERDAM).date() if isinstance(start, datetime) and start.tzinfo is not None else start
        return end_of(self.on(name, day), start, self.calendar)

    def last_day(self, name: str, start: date) -> date:
        """The last day of the term that an event on `start` begins."""
        return last_day(self.on(name, start), start, self.calendar)

    def paused_end(self, name: str, begin: object, pauses: object = ()) -> datetime | None:
        """What an expression asks: when the term ends that begins at `begin`, with its suspensions `[{van, tot}]`.

        `begin` is a day, a moment or the ISO text of a day. None when there is no begin, or while a suspension is open:
        then there is no end yet. Raises TermError for what is no day.
        """
        start = _day(begin)
        if start is None or name is None:
            return None
        if not isinstance(pauses, list) or not pauses:
            return self.end(name, start)
        day = start.astimezone(AMSTERDAM).date() if isinstance(start, datetime) else start
        clock = Clock(day, self.on(name, day), tuple(_pause(pause) for pause in pauses))
        last = clock.last_day(self.calendar)
        return None if last is None else instant_of(clock.term, last)

    @classmethod
    @lru_cache(maxsize=8)  # a city changes its diagrams more often than the terms of the law
    def read(
        cls, content: bytes, holiday_content: bytes, file: str = "termijnen.toml", holiday_file: str = "feestdagen.toml"
    ) -> tuple[Terms, tuple[Finding, ...]]:
        """The terms whose data are sound, and everything that is wrong in both files, all at once."""
        calendar, findings = Calendar.read(holiday_content, holiday_file)
        table, more = read_toml(content, file)
        findings += more
        if table is None:
            return cls(calendar=calendar), findings
        found: dict[str, list[Term]] = {}
        findings += tuple(unknown_fields(table, {"termijn"}, file, "termijn/veld", Sentence("het bestand")))
        lines = header_lines(content, "termijn")
        for index, entry in enumerate(tables_of(table, "termijn")):
            reading = _Entry(entry, file, lines[index] if index < len(lines) else None)
            term = reading.term()
            findings += tuple(reading.faults)
            if term is not None:
                found.setdefault(term.name, []).append(term)
        for versions in found.values():
            versions.sort(key=lambda term: term.valid_from or date.min)
            findings += _succession(versions, file)
        if not found and not findings:
            findings += (
                Finding(file, "termijn/leeg", Severity.ERROR, Sentence("Het bestand bevat geen enkele [[termijn]].")),
            )
        versions_by_name = {name: tuple(versions) for name, versions in found.items()}
        return cls(MappingProxyType(versions_by_name), calendar), findings


def _day(value: object) -> date | datetime | None:
    """A day or moment that an expression names; the text of a form is an ISO day."""
    if value is None or isinstance(value, date):
        return value
    day = date_of(value) if isinstance(value, str) else None
    if day is None:
        raise TermError(Sentence("'{waarde}' is geen dag (jjjj-mm-dd)", waarde=str(value)))
    return day


def _pause(value: object) -> Pause:
    """A suspension `{van, tot}`: asked on the first day, remedied on the second (absent: it is still open)."""
    days = [_day(value.get(name)) if isinstance(value, Mapping) else None for name in ("van", "tot")]
    asked, remedied = (day.astimezone(AMSTERDAM).date() if isinstance(day, datetime) else day for day in days)
    if asked is None:
        raise TermError(Sentence("een opschorting heeft een dag 'van'"))
    return Pause.between(asked, remedied)


def _succession(versions: list[Term], file: str) -> tuple[Finding, ...]:
    """What is wrong between the versions of one term: two that hold on one day, or days without any."""
    found = []
    for older, newer in pairwise(versions):
        until, begin = older.valid_until or date.max, newer.valid_from or date.min
        if until > begin:
            sentence = Sentence(
                "termijn '{termijn}': twee versies gelden tegelijk vanaf {begin}; begrens 'geldig_tot'.",
                termijn=newer.name,
                begin=str(begin),
            )
            found.append(Finding(file, "termijn/dubbel", Severity.ERROR, sentence, name=newer.name))
        elif until < begin:
            sentence = Sentence(
                "termijn '{termijn}': van {einde} tot {begin} geldt geen versie.",
                termijn=newer.name,
                einde=str(until),
                begin=str(begin),
            )
            found.append(Finding(file, "termijn/gat", Severity.WARNING, sentence, name=newer.name))
    return tuple(found)


class _Entry:
    """One `[[termijn]]` table while it is read: collects every fault before it gives up on the term."""

    def __init__(self, entry: Mapping[str, object], file: str, line: int | None) -> None:
        self.entry, self.file, self.line = entry, file, line
        name = entry.get("naam")
        self.name = name if isinstance(name, str) else None
        self.label = Sentence("termijn '{naam}'", naam=self.name) if self.name else Sentence("een termijn zonder naam")
        self.faults = list(unknown_fields(entry, _FIELDS, file, "termijn/veld", self.label, line))

    def fault(self, fieldname: str, sentence: Sentence) -> None:
        self.faults.append(
            Finding(
                self.file,
                f"termijn/{fieldname}",
                Severity.ERROR,
                Sentence("{wat}: veld '{veld}' {zin}.", wat=self.label, veld=fieldname, zin=sentence),
                name=self.name,
                line=self.line,
            )
        )

    def term(self) -> Term | None:
        if self.name is None or not _NAME.fullmatch(self.name):
            self.fault("naam", Sentence("moet beginnen met een kleine letter, met daarna kleine letters, cijfers en _"))
        amount, unit, day = self._length()
        values = (
            self._choice("verlenging", Roll, Roll.LAW),
            self._choice("richting", Direction, Direction.ON),
            self._choice("moment", Moment, Moment.END),
            day,
            self._text("bron"),
            self._text("omschrijving"),
            self._date("geldig_van"),
            self._date("geldig_tot"),
        )
        if self.faults:
            return None
        try:
            return Term(self.name or "", amount, unit, *values)
        except TermError as error:
            self.faults.append(
                Finding(
                    self.file,
                    "termijn/regel",
                    Severity.ERROR,
                    Sentence("{wat}: {fout}.", wat=self.label, fout=error.told),
                    name=self.name,
                    line=self.line,
                )
            )
            return None

    def _length(self) -> tuple[int, Unit, tuple[int, int] | None]:
        """The amount and unit, or the fixed day: exactly one of `aantal` with `eenheid`, `duur` and `op`."""
        ways = [way for way in ("aantal", "duur", "op") if way in self.entry]
        if len(ways) != 1:
            self.fault("aantal", Sentence("(met 'eenheid'), 'duur' of 'op': vul er precies één in"))
            return 0, Unit.DAYS, None
        if ways[0] != "aantal" and "eenheid" in self.entry:
            self.fault("eenheid", Sentence("hoort alleen bij 'aantal'"))
        value = self.entry[ways[0]]
        if ways[0] == "op":
            return 0, Unit.DAYS, self._yearly(value)
        if ways[0] == "duur":
            return self._duration(value)
        if type(value) is not int:
            self.fault("aantal", Sentence("moet een geheel getal zijn"))
        return value if type(value) is int else 0, self._choice("eenheid", Unit, None), None

    def _duration(self, value: object) -> tuple[int, Unit, None]:
        try:
            term = Term.of_iso(value if isinstance(value, str) else repr(value))
        except TermError as error:
            self.fault("duur", Sentence("is fout: {fout}", fout=error.told))
            return 0, Unit.DAYS, None
        return term.amount, term.unit, None

    def _yearly(self, value: object) -> tuple[int, int] | None:
        found = _YEARLY.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.fault("op", Sentence("moet een dag van het jaar zijn als maand-dag, zoals '09-15'"))
            return None
        return int(found[1]), int(found[2])

    def _choice(self, fieldname: str, kind: type[_Choice], default: _Choice | None) -> _Choice:
        value = self.entry.get(fieldname, default)
        found = next((choice for choice in kind if choice == value), None)
        if found is None:
            self.fault(fieldname, Sentence("moet een van deze zijn: {keuzes}", keuzes=list(kind)))
        return found or next(iter(kind))

    def _text(self, fieldname: str) -> str:
        value = self.entry.get(fieldname)
        if not isinstance(value, str) or not value.strip():
            self.fault(fieldname, Sentence("ontbreekt of is geen tekst"))
            return ""
        return value

    def _date(self, fieldname: str) -> date | None:
        value = self.entry.get(fieldname)
        if value is not None and type(value) is not date:
            self.fault(fieldname, Sentence("moet een datum zijn, zoals 2026-01-01 (zonder aanhalingstekens)"))
        return value if type(value) is date else None
