"""What somebody finds on coming in: the open work, how much of it is late or to be decided, and by what to choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.submission import AMSTERDAM
from service import db, reading, store_definitions, store_wijken, store_worklist
from service.briefing import role_name
from service.installation import Installation
from service.store_people import PersonRow
from service.store_worklist import Line, Tally, Wanted


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the work list; `wijken` and `roles` (id -> name) are those by which the person may narrow it."""

    lines: list[Line]
    tally: Tally
    wijken: dict[str, str]
    roles: dict[str, str]


def come_in(installation: Installation, by: PersonRow, wanted: Wanted, now: datetime) -> Desk:
    """The desk of this person."""
    with db.reading(installation.database) as tx:
        seats = reading.seats(installation, tx, by, now)
        lines = store_worklist.work_list(tx, by.id, seats, wanted)
        tally = store_worklist.tally(tx, by.id, seats, now, end_of_week(now))
        wijken = dict(store_wijken.all_wijken(tx))
        version = store_definitions.current_version(tx)
        catalogue = installation.definition(tx, version).roles if version else None
    own = {seat.wijk for seat in seats}
    seen = {line.role for line in lines if line.role} | {seat.role for seat in seats}
    return Desk(
        lines,
        tally,
        wijken if None in own else {id_: name for id_, name in wijken.items() if id_ in own},
        {role: role_name(catalogue, role) if catalogue else role for role in sorted(seen)},
    )


def end_of_week(now: datetime) -> datetime:
    """The midnight after Sunday, in Amsterdam."""
    today = now.astimezone(AMSTERDAM).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(), AMSTERDAM)
