"""SQL for mailboxes: where somebody's notices or the news of a wijk go, and who is sending there now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, or_, select, text, update

from service.store_people import PersonRow
from service.tables_mail import mailbox
from service.tables_people import person

AT_ONCE, DAILY, OFF = "meteen", "dagelijks", "uit"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox, its address closed; of a person, or subscribed to a wijk. Only a confirmed one gets more than a link.

    `told_until` is the last day whose news went there.
    """

    id: str
    address: str
    digest: str
    person: str | None
    wijk: str | None
    pace: str
    language: str
    asked_at: datetime
    confirmed_at: datetime | None
    told_until: date
    due: datetime | None
    failures: int = 0


_COLUMNS = tuple(mailbox.c[name] for name in Mailbox.__slots__)
_BOXES: Select[*tuple[Any, ...]] = select(*_COLUMNS)


def find(tx: Connection, box: str) -> Mailbox | None:
    """The mailbox with this id."""
    return _one(tx, _BOXES.where(mailbox.c.id == box))


def hold(tx: Connection, box: str) -> Mailbox | None:
    """The same, locked until the transaction ends."""
    return _one(tx, _BOXES.where(mailbox.c.id == box).with_for_update())


def of_person(tx: Connection, person_id: str) -> Mailbox | None:
    """Where the notices of this person go."""
    return _one(tx, _BOXES.where(mailbox.c.person == person_id))


def subscribed(tx: Connection, wijk: str, digest: str) -> Mailbox | None:
    """The subscription of this address to this wijk, confirmed or not."""
    return _one(tx, _BOXES.where(mailbox.c.wijk == wijk, mailbox.c.digest == digest))


def _one(tx: Connection, found: Select[*tuple[Any, ...]]) -> Mailbox | None:
    row = tx.execute(found).one_or_none()
    return None if row is None else Mailbox(*row)


def insert_box(tx: Connection, row: Mailbox) -> None:
    """A new mailbox."""
    tx.execute(insert(mailbox), {name: getattr(row, name) for name in Mailbox.__slots__})


def asked_since(tx: Connection, digest: str, since: datetime) -> int:
    """How many links this address was sent since then."""
    asked = mailbox.c.digest == digest, mailbox.c.asked_at > since
    return tx.execute(select(func.count()).select_from(mailbox).where(*asked)).scalar_one()


def ask_again(tx: Connection, box: str, language: str, now: datetime) -> None:
    """A new link goes to this mailbox; the one before is worth nothing any more."""
    _set(tx, mailbox.c.id == box, asked_at=now, due=now, language=language, failures=0)


def confirm(tx: Connection, box: str, now: datetime, told_until: date) -> None:
    """Who reads this mailbox wants our mail, from now on."""
    _set(tx, mailbox.c.id == box, confirmed_at=now, told_until=told_until, due=None, failures=0)


def choose(tx: Connection, box: str, pace: str, language: str) -> None:
    """How often, and in which language."""
    _set(tx, mailbox.c.id == box, pace=pace, language=language)


def wake_people(tx: Connection, people: Collection[str], at_once: datetime, daily: datetime) -> None:
    """There is something to tell these people: those who want to know at once, and those who want it once a day."""
    for pace, due in ((AT_ONCE, at_once), (DAILY, daily)):
        wanting = mailbox.c.person.in_(sorted(people)), mailbox.c.confirmed_at.is_not(None), mailbox.c.pace == pace
        _set(tx, *wanting, mailbox.c.due.is_(None), due=due)


def wake_subscribers(tx: Connection, wijk: str, day: date, at: datetime) -> int:
    """There is news of this day for who subscribed to the wijk; how many they are. One statement, however many."""
    behind = mailbox.c.wijk == wijk, mailbox.c.confirmed_at.is_not(None), mailbox.c.told_until < day
    return _set(tx, *behind, mailbox.c.due.is_(None), due=at)


def subscribed_wijken(tx: Connection) -> list[str]:
    """The wijken that somebody subscribed to."""
    wanted = mailbox.c.wijk.is_not(None), mailbox.c.confirmed_at.is_not(None)
    return sorted(str(one) for one in tx.execute(select(mailbox.c.wijk).where(*wanted).distinct()).scalars())


def claim(tx: Connection, now: datetime, until: datetime, most: int) -> list[Mailbox]:
    """Up to `most` mailboxes to which something is to go, ours until then: another sender passes them by."""
    free = or_(mailbox.c.claimed_until.is_(None), mailbox.c.claimed_until <= now)
    waiting = _BOXES.where(mailbox.c.due <= now, free).order_by(mailbox.c.due, mailbox.c.id).limit(most)
    found = [Mailbox(*row) for row in tx.execute(waiting.with_for_update(skip_locked=True))]
    if found:
        _set(tx, mailbox.c.id.in_([one.id for one in found]), claimed_until=until)
    return found


def settle(tx: Connection, box: str, due: datetime | None, told_until: date | None = None) -> None:
    """What was to go there went; `due` is when there will be more."""
    told = {} if told_until is None else {"told_until": told_until}
    _set(tx, mailbox.c.id == box, due=due, claimed_until=None, failures=0, **told)


def unclaim(tx: Connection, boxes: Collection[str]) -> None:
    """These were not sent to after all, through no fault of theirs."""
    _set(tx, mailbox.c.id.in_(sorted(boxes)), claimed_until=None)


def note_failure(tx: Connection, box: str, due: datetime | None) -> None:
    """The mail was not taken there; it is tried again at `due`, if ever."""
    _set(tx, mailbox.c.id == box, due=due, claimed_until=None, failures=mailbox.c.failures + 1)


def _set(tx: Connection, *which: ColumnElement[bool], **values: Any) -> int:
    return tx.execute(update(mailbox).where(*which).values(**values)).rowcount


def waiting(tx: Connection, now: datetime) -> tuple[int, int]:
    """To how many mailboxes something is to go now, and how many refused what we sent last."""
    counts = func.count(case((mailbox.c.due <= now, 1))), func.count(case((mailbox.c.failures > 0, 1)))
    due, refused = tx.execute(select(*counts)).one()
    return int(due), int(refused)


def drop(tx: Connection, *boxes: str) -> list[str]:
    """These mailboxes are gone; answers their addresses, closed, whose keys are to be destroyed."""
    return _drop(tx, mailbox.c.id.in_(boxes))


def drop_of(tx: Connection, person_id: str) -> list[str]:
    """The same, of the mailbox of this person."""
    return _drop(tx, mailbox.c.person == person_id)


def drop_unconfirmed(tx: Connection, before: datetime) -> list[str]:
    """The same, of those that nobody confirmed since then."""
    return _drop(tx, mailbox.c.confirmed_at.is_(None) & (mailbox.c.asked_at < before))


def _drop(tx: Connection, which: ColumnElement[bool]) -> list[str]:
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))
    return list(tx.execute(delete(mailbox).where(which).returning(mailbox.c.address)).scalars())


def owner(tx: Connection, person_id: str) -> PersonRow | None:
    """Whose mailbox it is, unless nobody logs in as that person any more."""
    columns = [person.c[name] for name in PersonRow.__slots__]
    row = tx.execute(select(*columns).where(person.c.id == person_id, person.c.blocked_at.is_(None))).one_or_none()
    return None if row is None else PersonRow(*row)
