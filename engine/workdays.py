"""Dutch working days: the generally recognised holidays of any year, and the days that a decree equates with them.

The holidays are those of art. 3 (1) and (2) of the Algemene termijnenwet (Atw). Days equated by decree (art. 3 (3)) are
announced for about three years at a time and cannot be computed: they are data, read from `feestdagen.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from engine.errors import TermError
from engine.safexml import read_toml
from engine.sentences import Name, Sentence
from engine.terms import Finding, Severity

FIRST_YEAR = 2014
"""The first year that is computed: Koningsdag on 27 April exists since 2014, Koninginnedag is not kept here."""
LAST_YEAR = 9990
_DAY = timedelta(days=1)
_FIELDS = {"titel", "vindplaats", "jaren", "dagen", "nagezien"}


def easter(year: int) -> date:
    """Easter Sunday of a year of the Gregorian calendar (the anonymous algorithm, after Meeus)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quarter, left = divmod(rest, 4)
    weekday = (32 + 2 * odd + 2 * quarter - epact - left) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def holidays(year: int) -> Mapping[date, str]:
    """The generally recognised holidays of a year and Good Friday (Atw art. 3 (1) and (2)), with their Dutch names.

    Two holidays may fall on one day (Ascension Day on 5 May): then both are named. Raises TermError outside
    2014-9990.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise TermError(
            Sentence(
                "feestdagen worden berekend voor de jaren {eerste} tot en met {laatste}, niet voor {jaar}",
                eerste=FIRST_YEAR,
                laatste=LAST_YEAR,
                jaar=year,
            )
        )
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    found: dict[date, str] = {}
    for day, name in (
        (date(year, 1, 1), "Nieuwjaarsdag"),
        (sunday - 2 * _DAY, "Goede Vrijdag"),
        (sunday + _DAY, "tweede paasdag"),
        (kings_day - _DAY if kings_day.weekday() == 6 else kings_day, "Koningsdag"),
        (date(year, 5, 5), "Bevrijdingsdag"),
        (sunday + 39 * _DAY, "Hemelvaartsdag"),
        (sunday + 50 * _DAY, "tweede pinksterdag"),
        (date(year, 12, 25), "eerste kerstdag"),
        (date(year, 12, 26), "tweede kerstdag"),
    ):
        found[day] = f"{found[day]} en {name}" if day in found else name
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days; `equated` holds the days equated by decree, `years` the years whose decree is known.

    A working day is neither a Saturday, a Sunday, a holiday nor an equated day; city terms in *werkdagen* count these.
    """

    equated: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether a term may end on this day (Atw art. 1 (1))."""
        return day.weekday() < 5 and day not in self.equated and day not in holidays(day.year)

    def next_working_day(self, day: date) -> date:
        """The day itself when it is a working day, otherwise the first one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def warnings(self, first_year: int, last_year: int) -> tuple[Finding, ...]:
        """A warning for each of these years of which no decree (Atw art. 3 (3)) is known: a last day may be early."""
        return tuple(
            _finding(
                "feestdagen.toml",
                "feestdagen/jaar",
                Sentence(
                    "Voor {jaar} staat er geen besluit met gelijkgestelde dagen in feestdagen.toml; een "
                    "termijn kan daardoor een dag te vroeg eindigen. Vul het besluit uit de Staatscourant "
                    "aan.",
                    jaar=year,
                ),
                severity=Severity.WARNING,
            )
            for year in range(first_year, last_year + 1)
            if year not in self.years
        )

    @classmethod
    def read(cls, content: bytes, file: str = "feestdagen.toml") -> tuple[Calendar, tuple[Finding, ...]]:
        """The calendar with all `[[besluit]]` tables of the file that are sound, and what is wrong with the others."""
        table, findings = read_toml(content, file)
        if table is None:
            return cls(), findings
        equated: set[date] = set()
        years: set[int] = set()
        findings += tuple(unknown_fields(table, {"besluit"}, file, "feestdagen/veld", Sentence("het bestand")))
        lines = header_lines(content, "besluit")
        for index, entry in enumerate(tables_of(table, "besluit")):
            line = lines[index] if index < len(lines) else None
            days, decreed, faults = _decree(entry, file, line, equated)
            findings += faults
            equated |= days
            years |= decreed
        if not equated and not findings:
            findings += (_finding(file, "feestdagen/leeg", Sentence("Het bestand bevat geen enkel [[besluit]].")),)
        return cls(frozenset(equated), frozenset(years)), findings


def _decree(
    entry: Mapping[str, object], file: str, line: int | None, seen: set[date]
) -> tuple[set[date], set[int], tuple[Finding, ...]]:
    title = entry.get("titel")
    label = (
        Sentence("besluit '{titel}'", titel=Name(title))
        if isinstance(title, str)
        else Sentence("een besluit zonder titel")
    )
    faults = list(unknown_fields(entry, _FIELDS, file, "feestdagen/veld", label, line))

    def fault(field: str, sentence: Sentence, severity: Severity = Severity.ERROR) -> None:
        faults.append(
            _finding(
                file,
                f"feestdagen/{field}",
                Sentence("{wat}: {zin}", wat=label, zin=sentence),
                line=line,
                severity=severity,
            )
        )

    for name in ("titel", "vindplaats"):
        if not str(entry.get(name, "")).strip() or not isinstance(entry[name], str):
            fault(name, Sentence("veld '{naam}' ontbreekt of is geen tekst.", naam=name))
    if not isinstance(entry.get("nagezien"), bool):
        fault("nagezien", Sentence("veld 'nagezien' moet true of false zijn."))
    years = [year for year in _list(entry, "jaren") if type(year) is int and FIRST_YEAR <= year <= LAST_YEAR]
    if not years or len(years) != len(_list(entry, "jaren")):
        fault(
            "jaren",
            Sentence(
                "veld 'jaren' moet een lijst van jaartallen ({eerste}-{laatste}) zijn.",
                eerste=FIRST_YEAR,
                laatste=LAST_YEAR,
            ),
        )
    days = [day for day in _list(entry, "dagen") if type(day) is date]
    if not days or len(days) != len(_list(entry, "dagen")):
        fault("dagen", Sentence("veld 'dagen' moet een lijst van datums zijn, zoals 2026-05-15."))
    for day in days:
        sentence, severity = _about_day(day, years, seen, days)
        if sentence:
            fault("dagen", Sentence("{dag} {zin}", dag=str(day), zin=sentence), severity)
    if entry.get("nagezien") is False:
        fault("nagezien", Sentence("de dagen zijn nog na te zien in de Staatscourant."), Severity.INFO)
    if any(found.severity is Severity.ERROR for found in faults):
        return set(), set(), tuple(faults)
    return set(days), set(years), tuple(faults)


def _about_day(day: date, years: list[int], seen: set[date], days: list[date]) -> tuple[Sentence | None, Severity]:
    if day.year not in years:
        return Sentence("valt buiten de jaren van het besluit."), Severity.ERROR
    if day in seen or days.count(day) > 1:
        return Sentence("staat er meer dan eens."), Severity.ERROR
    if not Calendar().is_working_day(day):
        return Sentence("was al een vrije dag; is de datum goed?"), Severity.WARNING
    return None, Severity.INFO


def _list(entry: Mapping[str, object], name: str) -> list[object]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def tables_of(table: Mapping[str, object], name: str) -> list[dict[str, object]]:
    """The `[[name]]` tables; anything else under that name counts as one table with an impossible field."""
    found = table.get(name, [])
    if not isinstance(found, list):
        found = [found]
    return [entry if isinstance(entry, dict) else {name: entry} for entry in found]


def header_lines(content: bytes, name: str) -> list[int]:
    """The line numbers of the `[[name]]` headers, in order."""
    pattern = re.compile(rb"^\s*\[\[\s*" + name.encode() + rb"\s*\]\]")
    return [number for number, line in enumerate(content.splitlines(), 1) if pattern.match(line)]


def unknown_fields(
    entry: Mapping[str, object], known: set[str], file: str, rule: str, label: Sentence, line: int | None = None
) -> Iterator[Finding]:
    """A finding for each field that the notation does not know: a misspelt field is never silently ignored."""
    for name in sorted(set(entry) - known):
        yield _finding(
            file,
            rule,
            Sentence(
                "{wat}: veld '{naam}' is onbekend; bekend zijn {namen}.", wat=label, naam=name, namen=sorted(known)
            ),
            line=line,
        )


def _finding(
    file: str, rule: str, sentence: Sentence, *, line: int | None = None, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(file=file, rule=rule, severity=severity, sentence=sentence, line=line)
