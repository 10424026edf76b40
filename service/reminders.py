"""Bringing to mind, in a round of its own: tasks and advice that are due soon or late, and tasks that came back.

The round looks at what the database says now, so nothing that a person does has to leave anything for it. Done twice,
or by two workers at once, it tells everything once: the notices have a unique key. Where it was killed, it goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.roles import in_force, values_of
from engine.submission import text
from engine.terms import Register
from service import (
    advice_notices,
    db,
    notices,
    organisation,
    reading,
    store_jobs,
    store_notices,
    store_people,
    store_trail,
)
from service.accounts import WEBSITE
from service.installation import Installation
from service.store_jobs import Job
from service.store_notices import Notice, OpenTask
from service.store_trail import ORGANISATION
from service.store_worklist import Seat

ROUND = "herinnering"
EVERY = timedelta(minutes=15)
_AT_ONCE = 500
_LOOKS_BACK = timedelta(days=7)  # a task that came back is told within this time, or not at all


@dataclass(frozen=True, slots=True)
class _City:
    """Who sits where, and by whom people are substituted, all at once: ids of people who can log in."""

    seats: Mapping[str, tuple[Seat, ...]]
    substitutes: Mapping[str, frozenset[str]]

    def concerned(self, found: OpenTask) -> Iterator[str]:
        """Who has the task or stands in for that person; of a free task, who may take it up."""
        if found.assignee is not None:
            yield from {found.assignee, *self.substitutes.get(found.assignee, ())}
        else:
            yield from (one for one in self.seats if self.may_take(one, found))

    def may_take(self, person: str, found: OpenTask) -> bool:
        """Whether the task is on the work list of this person."""
        seats = self.seats.get(person, ())
        return any(seat.reaches(found.role, found.wijk, found.group, found.subject) for seat in seats)


def remind(installation: Installation, job: Job, now: datetime) -> None:
    """One round; the next one is a quarter of an hour later."""
    soon = now + timedelta(days=installation.config.remind_days)
    _tell(installation, notices.LATE, now, _due(None, now, notices.LATE))
    _tell(installation, notices.NEAR, now, _due(now, soon, notices.NEAR))
    _tell(installation, notices.AGAIN, now, _returned(now - _LOOKS_BACK))
    advice_notices.recall(installation, now)
    with db.writing(installation.database) as tx:
        if store_jobs.hold_job(tx, job.id):
            store_jobs.release_job(tx, job.id, now + EVERY)


_Page = Callable[[Connection, OpenTask | None], list[OpenTask]]


def _due(since: datetime | None, until: datetime, kind: str) -> _Page:
    def page(tx: Connection, after: OpenTask | None) -> list[OpenTask]:
        place = None if after is None or after.due is None else (after.due, after.id)
        return store_notices.tasks_to_recall(tx, kind, since, until, place, _AT_ONCE)

    return page


def _returned(since: datetime) -> _Page:
    def page(tx: Connection, after: OpenTask | None) -> list[OpenTask]:
        return store_notices.tasks_that_returned(tx, notices.AGAIN, since, after.id if after else "", _AT_ONCE)

    return page


def _tell(installation: Installation, kind: str, now: datetime, page: _Page) -> None:
    """Page by page, each in one transaction: of a task everybody concerned is told, or nobody yet."""
    after: OpenTask | None = None
    city: _City | None = None
    while True:
        with db.reading(installation.database) as tx:
            found = page(tx, after)
            if found and city is None:
                city = _read_city(installation, tx, now)
            said = [one for task in found if city for one in _said(installation, tx, city, kind, task)]
        if said:
            with db.writing(installation.database) as tx:
                notices.tell(tx, said, now)
        if len(found) < _AT_ONCE:
            return
        after = found[-1]


def _said(installation: Installation, tx: Connection, city: _City, kind: str, found: OpenTask) -> Iterator[Notice]:
    place = installation.definition(tx, found.definition).processes[found.process].elements.get(found.element)
    if kind == notices.AGAIN:
        # Of a multi-instance the next one is opened there; that is no return.
        if found.completed_by and (place is None or not place.repeats) and city.may_take(found.completed_by, found):
            yield Notice(found.completed_by, found.id, kind, found.opened_at)
    elif found.assignee is not None or place is None or place.act is None or not place.act.collects:
        for person in city.concerned(found):  # what is open to all is nobody's to take up (INV-17)
            yield Notice(person, found.id, kind, found.due or found.opened_at)


def _read_city(installation: Installation, tx: Connection, now: datetime) -> _City:
    hidden = installation.names.hidden(WEBSITE)
    people = {
        organisation.reference(installation, one): one.id
        for one in store_people.everybody(tx)
        if one.blocked_at is None and one.login not in (WEBSITE, hidden)
    }
    facts = store_trail.facts_of(tx, ORGANISATION, (Register.ROLLEN, Register.VERVANGINGEN))
    own, absent = defaultdict[str, list[Seat]](list), defaultdict[str, set[str]](set)
    for fact in in_force(facts, Register.ROLLEN, now):
        own[text(values_of(fact), "persoon")].append(reading.seat_of(fact))
    for fact in in_force(facts, Register.VERVANGINGEN, now):
        absent[text(values_of(fact), "vervangt")].add(text(values_of(fact), "vervanger"))
    seats = {ref: list(found) for ref, found in own.items()}
    for ref, others in absent.items():
        for other in others:
            seats.setdefault(other, []).extend(own.get(ref, ()))
    return _City(
        {people[ref]: tuple(found) for ref, found in seats.items() if ref in people},
        {
            people[ref]: frozenset(people[one] for one in others if one in people)
            for ref, others in absent.items()
            if ref in people
        },
    )
