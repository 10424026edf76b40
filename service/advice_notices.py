"""Who is told what about advice requests: who was asked, and again before the term ends; the asker what came of it.

Of who is away the substitute is told as well: only who was asked answers, but somebody has to know that it waits. Who
has the task by now hears what came of it too. A request that is over asks for nobody's attention any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.advice_requests import AdviceRequest, Sort, requests_in
from engine.roles import in_force, values_of
from engine.submission import day_of, text
from engine.terms import Register
from service import db, notices, organisation, store_notices, store_people, store_trail
from service.installation import Installation
from service.store_notices import Notice
from service.store_people import PersonRow
from service.store_trail import ORGANISATION

_ASKED_WITHIN = timedelta(days=150)  # the longest term, with all its weekends and feasts, and a month more
_SUBSTITUTES = (Register.VERVANGINGEN,)
_TOLD = {
    Sort.REMINDED: notices.ADVICE_REMINDED,
    Sort.ANSWERED: notices.ADVICE_GIVEN,
    Sort.DECLINED: notices.ADVICE_DECLINED,
}


class _Reach:
    """Whom a reference reaches now: the official, whose account works, and whoever stands in for that person."""

    def __init__(self, installation: Installation, tx: Connection, now: datetime) -> None:
        self._ids = {
            organisation.reference(installation, one): one.id
            for one in store_people.everybody(tx)
            if one.blocked_at is None and not one.is_resident
        }
        self.references = {person: reference for reference, person in self._ids.items()}
        self._substitutes = defaultdict[str, list[str]](list)
        for fact in in_force(store_trail.facts_of(tx, ORGANISATION, _SUBSTITUTES), Register.VERVANGINGEN, now):
            row = values_of(fact)
            self._substitutes[text(row, "vervangt")].append(text(row, "vervanger"))

    def people(self, *references: str | None) -> list[str]:
        """The ids of all of them, each once."""
        known = [one for one in references if one in self._ids]
        reached = [*known, *(other for one in known for other in self._substitutes.get(one, ()))]
        return list(dict.fromkeys(self._ids[one] for one in reached if one in self._ids))


def asked(
    installation: Installation, tx: Connection, by: PersonRow, task: str, requests: Mapping[str, str], now: datetime
) -> None:
    """Tell who was asked; `requests` are their references, by the record that asks."""
    reach = _Reach(installation, tx, now)
    for request, adviser in requests.items():
        _tell(tx, by, reach.people(adviser), (task, request), notices.ADVICE_ASKED, now)


def followed(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    request: AdviceRequest,
    sort: Sort,
    holder: str | None,
    now: datetime,
) -> None:
    """Tell the adviser of a reminder, and of a reply the asker and (by reference) who has the task."""
    if sort is not Sort.REMINDED:
        store_notices.settle(tx, request.task, request.record, now)
    if sort in _TOLD:
        whom = (request.adviser,) if sort is Sort.REMINDED else (request.by, holder)
        people = _Reach(installation, tx, now).people(*whom)
        _tell(tx, by, people, (request.task, request.record), _TOLD[sort], now)


def _tell(
    tx: Connection, by: PersonRow, people: Iterable[str], about: tuple[str, str], kind: str, now: datetime
) -> None:
    task, request = about
    notices.tell(tx, [Notice(one, task, kind, now, request=request) for one in people if one != by.id], now)


def recall(installation: Installation, now: datetime) -> None:
    """Tell who still is to answer that the term ends, and who asked that it ended without an answer; each once."""
    with db.reading(installation.database) as tx:
        said = list(_to_recall(installation, tx, now))
    if said:
        with db.writing(installation.database) as tx:
            notices.tell(tx, said, now)


def _to_recall(installation: Installation, tx: Connection, now: datetime) -> Iterator[Notice]:
    soon = now + timedelta(days=installation.config.remind_days)
    known = requests_in(store_trail.facts_of_advice(tx, now - _ASKED_WITHIN))
    found = [one for one in known if one.is_open and one.due < soon]
    if not found:
        return
    running = store_notices.running_tasks(tx, {one.task for one in found})
    told = store_notices.told_of_requests(tx, running)
    reach = _Reach(installation, tx, now)
    for one in found:
        kind = notices.ADVICE_MISSING if one.is_late(now) else notices.ADVICE_NEAR
        if one.task not in running or (one.record, kind) in told:
            continue
        if one.is_late(now):
            whom = one.by, reach.references.get(running[one.task] or "")
        elif day_of(one.reminded_at or one.at) < day_of(now):  # nobody is asked twice on one day
            whom = one.adviser, None
        else:
            continue
        for person in reach.people(*whom):
            yield Notice(person, one.task, kind, one.due, request=one.record)
