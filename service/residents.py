"""What a resident reads of a wijk: where it stands in the year, what is asked, agreed and decided, and when.

All of it comes from the public projection (`service.public`): what the city's list does not name is not here either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.definition import Definition
from engine.questions.material import Row
from engine.registers import FrameRow, frames_in
from engine.submission import day_of, text, whole
from engine.terms import Json, Register, Rung, Values
from service import ballots, briefing, contributions, db, organisation, public, store_wijken
from service.briefing import Deciding
from service.contributions import Question
from service.faults import Unknown
from service.installation import Installation
from service.public import Case, Lines
from service.store_ballots import BallotRow

RUNNING = "lopend"
MEETING, TERM, YEARLY = "bijeenkomst", "termijn", "kalender"
_FRAMED, _MET = "kader:vastgesteld", "bijeenkomst:gehouden"
_TAKEN, _ANSWERED = ("bijdrage:ontvangen", "inbreng:vastgelegd"), "inbreng:afgehandeld"


@dataclass(frozen=True, slots=True)
class Wijk:
    """A wijk in one programme year, with the years of which there is something, and the city's definition."""

    id: str
    name: str
    year: int | None
    years: tuple[int, ...]
    cases: tuple[Case, ...]
    cycles: tuple[Case, ...]  # the year cases that run, of whatever year: two of a wijk overlap
    definition: Definition

    @property
    def steps(self) -> dict[str, str]:
        """What the decision steps are called."""
        return self.definition.matrix.names

    @property
    def roles(self) -> dict[str, str]:
        """What the roles are called."""
        return {role.id: role.name for role in self.definition.roles.by_id.values()}


@dataclass(frozen=True, slots=True)
class Going:
    """What goes on of one kind: how many cases run and are done, since when, and the phase of a year."""

    process: str
    phase: str | None
    running: int
    done: int
    since: date


@dataclass(frozen=True, slots=True)
class Promised:
    """A frame that holds: the step and subject, what people can decide there, and by which record it was set."""

    step: str
    subject: str
    record: str
    deciding: Deciding | None
    values: Values


@dataclass(frozen=True, slots=True)
class Moment:
    """A day in the agenda: of a meeting, the last day to take part, or a fixed day of the year."""

    on: date
    kind: str
    name: str
    place: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in on a step and subject, and how it was answered."""

    step: str
    subject: str
    channels: Mapping[str, int]
    outcomes: Mapping[str, int]

    @property
    def taken(self) -> int:
        """How many contributions there were."""
        return sum(self.channels.values())

    @property
    def waiting(self) -> int:
        """How many still have no answer."""
        return max(0, self.taken - sum(self.outcomes.values()))


def read_wijk(installation: Installation, wijk: str, year: int | None) -> Wijk:
    """The wijk in this programme year; by default the oldest that still runs, else the newest. Raises Unknown."""
    found = public.cases(installation, wijk)
    with db.reading(installation.database) as tx:
        definition = organisation.standing(installation, tx).definition
        name = found[0].place if found else store_wijken.find(tx, wijk) or wijk
    years = tuple(sorted({one.year for one in found if one.year is not None}, reverse=True))
    if year is not None and year not in years:
        raise Unknown("Van dit jaar is in deze wijk niets openbaar.")
    yearly = {id_ for id_, process in definition.processes.items() if process.year is not None}
    running = (one for one in found if one.kind in yearly and one.status == RUNNING)
    cycles = tuple(sorted(running, key=lambda one: one.year or 0))
    chosen = year if year is not None else next(iter((*(one.year for one in cycles), *years)), None)
    cases = tuple(one for one in found if one.year in (chosen, None))
    return Wijk(wijk, name, chosen, years, cases, cycles, definition)


def step_names(installation: Installation) -> dict[str, str]:
    """What the decision steps are called now."""
    with db.reading(installation.database) as tx:
        return organisation.standing(installation, tx).definition.matrix.names


def list_open(installation: Installation, wijk: Wijk, now: datetime) -> list[Question]:
    """The questions of this wijk to which one can react now."""
    return contributions.list_open(installation, wijk.id, contributions.channel_lanes(wijk.definition), now)


def ballots_in(installation: Installation, wijk: Wijk, now: datetime) -> list[tuple[BallotRow, str]]:
    """The ballots of the wijk's year, each with how it stands."""
    known = {one.id for one in wijk.cases}
    rows = ballots.list_ballots(installation) if known else []
    return [(row, ballots.status_of(row, now)) for row in rows if row.case in known]


def going_on(wijk: Wijk) -> list[Going]:
    """The public cases of the wijk's year, counted by kind: the year itself first, then what began last."""
    kinds: dict[tuple[str, str | None], list[Case]] = {}
    for one in wijk.cases:
        kinds.setdefault((one.process, one.phase if one in wijk.cycles else None), []).append(one)
    counted = []
    for (process, phase), found in kinds.items():
        running = sum(one.until is None for one in found)
        counted.append(Going(process, phase, running, len(found) - running, min(one.since for one in found)))
    return sorted(counted, key=lambda one: one.phase is None)


def register(installation: Installation, wijk: Wijk, *wanted: Register) -> Lines:
    """What the wijk's year established in these registers, oldest first; nothing in a wijk without a year."""
    if wijk.year is None:
        return Lines((), 0, 0, 0)
    return public.register(installation, wijk.id, wijk.year, *wanted)


def frames(wijk: Wijk, lines: Lines, now: datetime) -> list[Promised]:
    """The frames that hold, the last one of each step and subject."""
    found: dict[tuple[str, str], Promised] = {}
    for row in lines.rows:
        for frame in _frames_of(row):
            named, step = frame.values.get("trede"), frame.step or ""
            rung = Rung(named) if isinstance(named, str) and named in set(Rung) else None
            deciding = briefing.promised(wijk.definition, step, rung, frame.values, day_of(now)) if rung else None
            found.pop((step, frame.subject), None)
            found[step, frame.subject] = Promised(step, frame.subject, str(row["regel"]), deciding, frame.values)
    return list(found.values())


def _frames_of(row: Values) -> Sequence[FrameRow]:
    if row.get("soort") != _FRAMED:
        return ()
    return frames_in(text(row, "stap") or None, text(row, "onderwerp") or "*", _values(row))


def agenda(wijk: Wijk, lines: Lines, now: datetime) -> list[Moment]:
    """What lies ahead in this wijk by its frames and meetings, the first one first."""
    found = [*_meetings(lines)]
    for one in frames(wijk, lines, now):
        last = _day(one.values.get("termijn"))
        if last is not None and one.deciding is not None and one.deciding.rung is not Rung.MEEWETEN:
            name = wijk.steps.get(one.step, one.step) + ("" if one.subject == "*" else f", {one.subject}")
            found.append(Moment(last, TERM, name, record=one.record))
    today = day_of(now)
    return sorted((one for one in found if one.on >= today), key=lambda one: (one.on, one.name))


def calendar(wijk: Wijk, now: datetime) -> list[Moment]:
    """The fixed days of the year in this city, from today on."""
    terms, today = wijk.definition.terms, day_of(now)
    versions = (term for named in terms.versions.values() for term in named)
    fixed = [term for term in versions if term.day is not None and term.is_valid_on(today)]
    return sorted(
        (Moment(terms.last_day(term.name, today), YEARLY, term.description) for term in fixed),
        key=lambda one: (one.on, one.name),
    )


def heard(rows: Sequence[Row]) -> list[Heard]:
    """What came in by step and subject, along which channels, and how it was answered: numbers alone."""
    channels: dict[tuple[str, str], dict[str, int]] = {}
    outcomes: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        place = text(row, "stap"), text(row, "onderwerp") or "*"
        counted = outcomes if row.get("soort") == _ANSWERED else channels if row.get("soort") in _TAKEN else {}
        name = text(_values(row), "uitkomst" if row.get("soort") == _ANSWERED else "kanaal") or "anders"
        numbers = counted.setdefault(place, {})
        numbers[name] = numbers.get(name, 0) + 1
    return [Heard(*place, channels.get(place, {}), outcomes.get(place, {})) for place in {**channels, **outcomes}]


def papers(lines: Lines) -> tuple[list[tuple[Row, Row | None]], list[Row]]:
    """What was delivered, the newest first, each with where it can be read; and what else was made public."""
    delivered = lines.of(Register.PRODUCTEN)[::-1]
    public_since: dict[tuple[Json, Json], Row] = {}
    others = []
    for row in lines.of(Register.PUBLICATIES):
        if _values(row).get("kanalen"):
            public_since.setdefault((row.get("product"), row.get("onderwerp")), row)
            others.append(row)
    listed = [(row, public_since.get((row.get("product"), row.get("onderwerp")))) for row in delivered]
    known = {(row.get("product"), row.get("onderwerp")) for row in delivered}
    return listed, [row for row in others[::-1] if (row.get("product"), row.get("onderwerp")) not in known]


def posts(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The budget by post, in cents, as it was booked."""
    found: dict[str, int] = {}
    for row in rows:
        values = _values(row)
        listed = values.get("posten")
        for post in listed if values.get("soort") == "budget" and isinstance(listed, list) else ():
            if isinstance(post, dict):
                name = text(post, "post")
                found[name] = found.get(name, 0) + (whole(post, "bedrag") or 0)
    return sorted(found.items())


def _meetings(lines: Lines) -> Iterator[Moment]:
    for row in (one for one in lines.rows if one.get("soort") == _MET):
        values = _values(row)
        on = _day(values.get("datum"))
        if on is not None:
            name = text(values, "titel") or text(row, "taak")
            yield Moment(on, MEETING, name, text(values, "plaats"), str(row["regel"]))


def _values(row: Values) -> Mapping[str, Json]:
    given = row.get("gegevens")
    return given if isinstance(given, dict) else {}


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
