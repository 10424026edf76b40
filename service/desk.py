"""What somebody finds on coming in: the open work, how much of it is late or to be decided, and by what to choose.

The rung of a task follows from the frames of its dossier and stands in no column: by rung the list is searched in
stretches, and a page ends where the last of them did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from engine import participation
from engine.registers import Registers
from engine.submission import AMSTERDAM, day_of
from engine.terms import Register, Rung
from service import db, organisation, reading, store_definitions, store_trail, store_wijken, store_worklist
from service.briefing import role_name
from service.installation import Installation
from service.reading import Places
from service.store_people import PersonRow
from service.store_worklist import Line, Order, Place, Seat, Tally, Wanted

_STRETCHES = 4
_STRETCH = 250  # tasks looked at in one go
_MOST_PLANNED = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the work list with the rung that holds and what its wijk and role are called.

    What is `open_to_all` is nobody's to take up (INV-17). `behalf` is the name of who is away, when it is there because
    one stands in for that person.
    """

    line: Line
    place: str
    role: str
    rung: Rung | None
    open_to_all: bool
    behalf: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the work list; `wijken` and `roles` (id -> name) are those by which the person may narrow it.

    `after` is the place of the last task that was looked at, when there is more.
    """

    entries: list[Entry]
    after: Place | None
    tally: Tally
    wijken: dict[str, str]
    roles: dict[str, str]


def come_in(installation: Installation, by: PersonRow, wanted: Wanted, now: datetime, rung: Rung | None = None) -> Desk:
    """The desk of this person, of one rung or of all."""
    with db.reading(installation.database) as tx:
        places = reading.places(installation, tx, by, now)
        absent = organisation.people_named(installation, tx, places.behalf)
        wijken = dict(store_wijken.all_wijken(tx))
        search = _Search(installation, tx, by.id, places, absent, wijken, now)
        entries, after = search.page(wanted) if rung is None else search.of_rung(wanted, rung)
        tally = store_worklist.tally(tx, search.people, search.seats, now, end_of_week(now))
        version = store_definitions.current_version(tx)
        catalogue = installation.definition(tx, version).roles if version else None
    own = {seat.wijk for seat in search.seats}
    seen = {entry.line.role for entry in entries if entry.line.role} | {seat.role for seat in search.seats}
    return Desk(
        entries,
        after,
        tally,
        wijken if None in own else {id_: name for id_, name in wijken.items() if id_ in own},
        {role: role_name(catalogue, role) if catalogue else role for role in sorted(seen)},
    )


def planned(installation: Installation, person: PersonRow) -> list[Line]:
    """What somebody has and must end by a day or wants to look at on one, the most pressing first."""
    with db.reading(installation.database) as tx:
        wanted = Wanted(is_own=True, order=Order.DUE, limit=_MOST_PLANNED)
        found = store_worklist.work_list(tx, [person.id], (), wanted)
    return [line for line in found if line.due is not None or line.follow_up is not None]


@dataclass(frozen=True, slots=True)
class _Search:
    installation: Installation
    tx: Connection
    person: str
    places: Places
    absent: Mapping[str, PersonRow]  # for whom the person stands in, by reference
    wijken: Mapping[str, str]
    now: datetime

    @property
    def people(self) -> list[str]:
        """The ids of the person and of those stood in for."""
        return [self.person, *(one.id for one in self.absent.values())]

    @property
    def seats(self) -> list[Seat]:
        """Where any of them sits."""
        return self.places.seats

    def page(self, wanted: Wanted) -> tuple[list[Entry], Place | None]:
        """The next tasks, and the place of the last one when there are more."""
        lines = self._lines(replace(wanted, limit=wanted.limit + 1))
        shown = lines[: wanted.limit]
        return self._entries(shown), shown[-1].place if len(lines) > len(shown) else None

    def of_rung(self, wanted: Wanted, rung: Rung) -> tuple[list[Entry], Place | None]:
        """The same, of this rung: as many as were found in a few stretches."""
        found: list[Entry] = []
        after = wanted.after
        for _ in range(_STRETCHES):
            lines = self._lines(replace(wanted, after=after, limit=_STRETCH))
            found += (entry for entry in self._entries(lines) if entry.rung is rung)
            if len(found) > wanted.limit:
                shown = found[: wanted.limit]
                return shown, shown[-1].line.place
            if len(lines) < _STRETCH:
                return found, None
            after = lines[-1].place
        return found, after

    def _lines(self, wanted: Wanted) -> list[Line]:
        return store_worklist.work_list(self.tx, self.people, self.seats, wanted)

    def _entries(self, lines: Sequence[Line]) -> list[Entry]:
        framed = {line.dossier for line in lines if line.step}
        rows = store_trail.facts_of_dossiers(self.tx, framed, (Register.KADERS,))
        frames = {dossier: Registers(rows.get(dossier, ()), self.now) for dossier in framed}
        return [self._entry(line, frames) for line in lines]

    def _entry(self, line: Line, frames: Mapping[str, Registers]) -> Entry:
        definition, rung = self.installation.definition(self.tx, line.definition), None
        if line.step:
            today, known = day_of(self.now), frames[line.dossier]
            rung, _ = participation.rung_of(known, definition.matrix, line.step, line.subject, today)
        spec = definition.processes[line.process].elements[line.element].act
        place, role = self.wijken.get(line.wijk, line.wijk), role_name(definition.roles, line.role)
        return Entry(line, place, role, rung, spec is not None and spec.collects, self._behalf(line))

    def _behalf(self, line: Line) -> str | None:
        """Who is away, when the task is not there for the person's own sake."""
        if line.assignee == self.person or (line.assignee is None and _is_at(self.places.own, line)):
            return None
        for reference, one in self.absent.items():
            if line.assignee == one.id or (line.assignee is None and _is_at(self.places.behalf[reference], line)):
                return one.name
        return None


def _is_at(seats: Sequence[Seat], line: Line) -> bool:
    return any(seat.role == line.role and seat.wijk in (None, line.wijk) for seat in seats)


def end_of_week(now: datetime) -> datetime:
    """The midnight after Sunday, in Amsterdam."""
    today = now.astimezone(AMSTERDAM).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(), AMSTERDAM)


def end_of_today(now: datetime) -> datetime:
    """The next midnight in Amsterdam."""
    return datetime.combine(day_of(now) + timedelta(days=1), time(), AMSTERDAM)
