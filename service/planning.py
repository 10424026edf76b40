"""Planning: the priority of an open task, and the day on which to look at it again.

It is a habit of work and no act: it is not recorded, and no rule looks at it. Who has the task sets it, or stands in
for that person; of a task that nobody has, who may take it up. It stays with the task when that goes to somebody else.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from engine.submission import AMSTERDAM, day_of
from service import db, hearing, reading, store, store_planning
from service.cases import hold_task
from service.faults import Conflict, Fault, Malformed, Unknown
from service.installation import Installation
from service.store_people import PersonRow
from service.store_planning import Plan

_LONGEST = timedelta(days=3660)


class Priority(StrEnum):
    """How pressing somebody finds a task; what nobody said anything of is normal."""

    HIGH = "hoog"
    NORMAL = store_planning.NORMAL
    LOW = "laag"


def read(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> Plan:
    """What is planned for this task, for who may read it. Raises Unknown."""
    with db.reading(installation.database) as tx:
        found = store.read_task(tx, task_id)
        if found is None:
            raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
        reading.readable(installation, tx, by, found[1].id, now)
        return store_planning.find(tx, task_id)


def plan(
    installation: Installation, by: PersonRow, task_id: str, priority: Priority, follow_up: date | None, now: datetime
) -> None:
    """Plan this for the task, instead of what was. Raises Unknown, Malformed (the day), Conflict."""
    with db.writing(installation.database) as tx:
        task_row, row = hold_task(tx, task_id)
        heard = hearing.hear(installation, tx, by, row, task_row, (), now)
        if not hearing.may_read(heard, heard.now).allowed:
            raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
        if task_row.status != "open":
            raise Conflict("De taak is niet meer open; er is niets gepland.")
        if not reading.may_handle(installation, tx, by, heard, task_row, heard.now):
            raise Conflict("Een taak plant alleen wie haar heeft of mag oppakken; er is niets gepland.")
        store_planning.put(tx, task_id, Plan(priority.value, _begin(tx, task_id, follow_up, now)))


def _begin(tx: Connection, task_id: str, on: date | None, now: datetime) -> datetime | None:
    """The midnight with which this day begins in Amsterdam; a day that is over only when it was planned before."""
    if on is None:
        return None
    if on - day_of(now) > _LONGEST:
        raise Malformed((Fault("opvolgen", "Kies een dag binnen tien jaar."),))
    if on < day_of(now) and on != store_planning.find(tx, task_id).day:
        raise Malformed((Fault("opvolgen", "Kies vandaag of een dag daarna."),))
    return datetime.combine(on, time(), AMSTERDAM)
