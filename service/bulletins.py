"""The news of a wijk, once a day, for who subscribed to it: what changed yesterday of what anybody may read.

It says which kinds of things happened, about which step, in the words of the model: nothing that people wrote, and
nothing that the public pages do not show. A day that is over gets no new records, so a bulletin never has to change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from engine.questions.material import Row
from engine.submission import day_of, text
from engine.terms import Json
from engine.trail.kinds import Kind
from service import db, mailboxes, public, store_bulletins, store_jobs, store_mailboxes, store_notices
from service.installation import Installation
from service.notices import next_morning
from service.public import Case
from service.store_bulletins import Bulletin, Item
from service.store_jobs import Job

ROUND = "wijknieuws"
PHASE, FRAME, DECISION, RESULT, COUNT, MEETING = "fase", "kader", "besluit", "stuk", "uitslag", "bijeenkomst"
_TOLD: Mapping[str, str] = {
    Kind.FRAME_SET: FRAME,
    Kind.DECISION_TAKEN: DECISION,
    Kind.RATIFIED: DECISION,
    Kind.PRODUCT_DELIVERED: RESULT,
    Kind.PUBLISHED: RESULT,
    Kind.BALLOT_HELD: COUNT,
    Kind.BALLOT_COUNTED: COUNT,
    Kind.MEETING_HELD: MEETING,
}
_RUNNING = "lopend"
_KEPT = timedelta(days=60)
_NOTICES_KEPT = timedelta(days=365)


def gather(installation: Installation, job: Job, now: datetime) -> None:
    """The round of the morning: the news of yesterday for each wijk that somebody subscribed to, and tidying up."""
    today = day_of(now)
    with db.reading(installation.database) as tx:
        before = {wijk: store_bulletins.last(tx, wijk) for wijk in store_mailboxes.subscribed_wijken(tx)}
    for wijk, last in before.items():
        if last is None or last.day < today - timedelta(days=1):
            made = news(installation, wijk, last, today)
            with db.writing(installation.database) as tx:
                store_bulletins.put(tx, made)
                if made.items:
                    store_mailboxes.wake_subscribers(tx, wijk, made.day, now)
    with db.writing(installation.database) as tx:
        if store_jobs.hold_job(tx, job.id):
            mailboxes.tidy(tx, now)
            store_notices.drop_before(tx, now - _NOTICES_KEPT)
            store_bulletins.drop_before(tx, today - _KEPT)
            store_jobs.release_job(tx, job.id, next_morning(now))


def news(installation: Installation, wijk: str, last: Bulletin | None, today: date) -> Bulletin:
    """What changed after the last bulletin (without one: yesterday), up to the day before `today`."""
    until = today - timedelta(days=1)
    since = until - timedelta(days=1) if last is None else last.day
    cases = public.cases(installation, wijk)
    phases = {one.id: one.phase for one in cases if one.phase and one.status == _RUNNING}
    moved = [
        Item(PHASE, phase) for case, phase in phases.items() if last is not None and last.phases.get(case) != phase
    ]
    counted = Counter[Item](moved)
    for case in cases:
        if case.until is None or case.until > since:
            counted.update(_items(installation, case, since, until))
    items = tuple(Item(one.kind, one.about, one.on, number) for one, number in sorted(counted.items(), key=_order))
    return Bulletin(wijk, until, phases, items)


def _order(counted: tuple[Item, int]) -> tuple[int, str, str]:
    kinds = (PHASE, FRAME, DECISION, COUNT, RESULT, MEETING)
    return kinds.index(counted[0].kind), counted[0].about, counted[0].on


def _items(installation: Installation, case: Case, since: date, until: date) -> Iterator[Item]:
    for row in public.lines(installation, case.id).rows:
        kind = _TOLD.get(text(row, "soort"))
        day = _day(row.get("op"))
        if kind is not None and day is not None and since < day <= until:
            yield Item(kind, text(row, "stap"), _meets_on(row) if kind == MEETING else "")


def _meets_on(row: Row) -> str:
    given = row.get("gegevens")
    day = _day(given.get("datum")) if isinstance(given, dict) else None
    return "" if day is None else day.isoformat()


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
