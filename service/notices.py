"""Notices: what somebody is told about work, in the application and, for who wants it, by mail.

Few, so that they are read: a task was given to you, or given back to you; one that you have or may take up is due soon,
or late; one that you did before is open again; and what is asked and answered in advice requests
(`service.advice_notices`). A notice says no more than which task; who may not see that task any more does not see its
name either. Handing a task over leaves one at once, `service.reminders` finds the others later: completing a task does
nothing for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from engine.submission import AMSTERDAM
from service import db, reading, store_mailboxes, store_notices, store_wijken
from service.faults import Unknown
from service.installation import Installation
from service.store_notices import Notice, NoticeLine
from service.store_people import PersonRow

ASSIGNED, GIVEN_BACK, NEAR, LATE, AGAIN = "toegewezen", "teruggegeven", "nadert", "te-laat", "terug"
ADVICE_ASKED, ADVICE_REMINDED, ADVICE_NEAR = "gevraagd", "herinnerd", "verwacht"
ADVICE_GIVEN, ADVICE_DECLINED, ADVICE_MISSING = "beantwoord", "afgewezen", "uitgebleven"
_MORNING = time(7)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it; one outside the reader's wijk and roles has no task any more."""

    line: NoticeLine
    is_visible: bool
    wijk: str

    @property
    def is_new(self) -> bool:
        """Whether it still asks for attention."""
        return self.line.read_at is None and self.line.status == "open"


def assigned(tx: Connection, task_id: str, by: PersonRow, to: str, now: datetime) -> None:
    """Tell somebody that a task is theirs now, in the transaction in which it became so."""
    tell(tx, [Notice(to, task_id, ASSIGNED, now, by.id)], now)


def given_back(tx: Connection, task_id: str, by: PersonRow, holder: str | None, now: datetime) -> None:
    """Tell who gave the task to its holder that it is everybody's again, unless that is who took it away."""
    giver = None if holder is None else store_notices.giver_of(tx, task_id, holder)
    if giver is not None and giver != by.id:
        tell(tx, [Notice(giver, task_id, GIVEN_BACK, now)], now)


def tell(tx: Connection, found: Sequence[Notice], now: datetime) -> None:
    """Leave these notices, and let the mail go out to who wants that."""
    if found:
        store_notices.put(tx, found, now)
        store_mailboxes.wake_people(tx, {one.person for one in found}, now, next_morning(now))


def next_morning(now: datetime) -> datetime:
    """Seven o'clock in Amsterdam, today or tomorrow: when mail that comes once a day comes."""
    today = now.astimezone(AMSTERDAM).date()
    morning = datetime.combine(today, _MORNING, AMSTERDAM)
    return morning if morning > now else datetime.combine(today + timedelta(days=1), _MORNING, AMSTERDAM)


def count_unread(installation: Installation, person_id: str) -> int:
    """How many notices ask for this person's attention."""
    with db.glancing(installation.database) as tx:
        return store_notices.count_unread(tx, person_id)


def list_own(
    installation: Installation, by: PersonRow, after: tuple[datetime, str] | None, limit: int, now: datetime
) -> tuple[list[Told], tuple[datetime, str] | None]:
    """One's own notices, the newest first, and the place of the last one when there are more."""
    with db.reading(installation.database) as tx:
        seats = reading.seats(installation, tx, by, now)
        found = store_notices.lines(tx, by.id, after, limit + 1)
        named = dict(store_wijken.all_wijken(tx))
    told = [Told(one, one.is_within(by.id, seats), named.get(one.wijk, one.wijk)) for one in found[:limit]]
    more = found[limit - 1] if len(found) > limit else None
    return told, None if more is None else (more.at, more.id)


def mark_read(installation: Installation, by: PersonRow, notice_id: str | None, now: datetime) -> None:
    """One of one's own notices, or (None) all of them, needs no attention any more. Raises Unknown."""
    with db.writing(installation.database) as tx:
        if not store_notices.mark_read(tx, by.id, notice_id, now):
            raise Unknown("Deze melding is er niet, of is niet van u.")
