"""Where mail goes: somebody's own notices, or the news of a wijk for who asked for it, without an account.

Nobody gets mail who did not say so by the link that was sent there. A link is worked out, not kept: it follows from the
secret of the installation, the mailbox and, to confirm, the moment at which it was asked for. Who stops, is gone: the
row at once, the key of the address with the next `shred`.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from engine.submission import day_of
from service import accounts, addresses, db, store_jobs, store_mailboxes, store_wijken
from service.faults import Conflict, Unknown
from service.installation import Installation
from service.limits import TooMany
from service.store_jobs import Job
from service.store_keys import KeyStoreBusy
from service.store_mailboxes import DAILY, Mailbox
from service.store_people import PersonRow

CONFIRM, LEAVE = "bevestigen", "afmelden"
GONE = "adressen"  # the kind of job that destroys the keys of addresses that are gone
LINK_LASTS = timedelta(days=2)
_MOST_LINKS = 3  # to one address in a day, for whichever wijken
_PATIENCE = timedelta(minutes=2)
_TOGETHER = timedelta(minutes=10)  # the key store is written anew for all that went in this time
_NO_MAIL = "Deze installatie verstuurt geen e-mail."
_DEAD = "Deze link werkt niet, of niet meer. Vraag een nieuwe aan; een link werkt twee dagen."


@dataclass(frozen=True, slots=True)
class Wish:
    """Where somebody wants mail, how often (`meteen`, `dagelijks`, `uit`) and in which language."""

    address: str
    pace: str
    language: str


@dataclass(frozen=True, slots=True)
class State:
    """How that stands: the link must still be opened, or the mail is refused there again and again."""

    wish: Wish
    is_confirmed: bool
    is_refused: bool


def can_send(installation: Installation) -> bool:
    """Whether there is a server that takes our mail."""
    return installation.config.smtp is not None


def read_own(installation: Installation, by: PersonRow) -> State | None:
    """Where one's own mail goes; None when nowhere."""
    with db.reading(installation.database) as tx:
        box = store_mailboxes.of_person(tx, by.id)
    address = None if box is None else addresses.opened(installation, box.id, box.address)
    if box is None or address is None:
        return None
    return State(Wish(address, box.pace, box.language), box.confirmed_at is not None, box.failures > 0)


def choose(installation: Installation, by: PersonRow, wish: Wish, now: datetime) -> None:
    """One's own mail goes there, once the link that is sent there was opened. Raises Malformed, Conflict, TooMany."""
    address = addresses.read(wish.address)
    _require_mail(installation)
    found = addresses.digest(installation, address)
    with db.writing(installation.database) as tx:
        before = store_mailboxes.of_person(tx, by.id)
        if before is not None and before.digest == found and before.confirmed_at is not None:
            store_mailboxes.choose(tx, before.id, wish.pace, wish.language)
            return
        if before is not None and (rest := before.asked_at + _PATIENCE - now) > timedelta(0):
            raise TooMany(1 + int(rest.total_seconds()))
        if before is not None:
            _shred_later(tx, store_mailboxes.drop(tx, before.id), now)
        made = _new(installation, address, wish.language, now)
        store_mailboxes.insert_box(tx, replace(made, person=by.id, pace=wish.pace))


def drop_own(installation: Installation, by: PersonRow, now: datetime) -> None:
    """One gets no mail any more, and the address is gone; the same again is fine."""
    with db.writing(installation.database) as tx:
        _shred_later(tx, store_mailboxes.drop_of(tx, by.id), now)


def subscribe(installation: Installation, wijk: str, address: str, language: str, now: datetime) -> None:
    """A link goes to this address, with which its reader subscribes to the wijk. Raises Malformed, Unknown, Conflict.

    Whether the address was known shows nowhere: it is told nothing new when it is subscribed already, or was sent a few
    links today.
    """
    plain = addresses.read(address)
    _require_mail(installation)
    made = _new(installation, plain, language, now)
    with db.writing(installation.database) as tx:
        if store_wijken.find(tx, wijk) is None:
            raise Unknown("Deze wijk bestaat niet.")
        known = store_mailboxes.subscribed(tx, wijk, made.digest)
        is_enough = store_mailboxes.asked_since(tx, made.digest, now - timedelta(days=1)) >= _MOST_LINKS
        if known is None and not is_enough:
            store_mailboxes.insert_box(tx, replace(made, wijk=wijk))
        elif known is not None and known.confirmed_at is None and known.asked_at < now - timedelta(hours=1):
            store_mailboxes.ask_again(tx, known.id, language, now)


def confirm(installation: Installation, box_id: str, code: str, now: datetime) -> Mailbox:
    """Who has the link wants the mail; the same again is fine. Raises Unknown, alike for every link that is not one."""
    with db.writing(installation.database) as tx:
        box = store_mailboxes.hold(tx, box_id)
        if box is None or not hmac.compare_digest(code_of(installation, box, CONFIRM), code):
            raise Unknown(_DEAD)
        if box.confirmed_at is None:
            if box.asked_at + LINK_LASTS < now:
                raise Unknown(_DEAD)
            store_mailboxes.confirm(tx, box.id, now, day_of(now) - timedelta(days=1))
    return box


def leave(installation: Installation, box_id: str, code: str, now: datetime) -> None:
    """No mail goes there any more, and the address is gone; a link of nothing does nothing, and tells nothing."""
    with db.writing(installation.database) as tx:
        box = store_mailboxes.hold(tx, box_id)
        if box is not None and hmac.compare_digest(code_of(installation, box, LEAVE), code):
            _shred_later(tx, store_mailboxes.drop(tx, box.id), now)


def code_of(installation: Installation, box: Mailbox, purpose: str) -> str:
    """What stands in the link of this mailbox for this purpose."""
    asked = box.asked_at.isoformat() if purpose == CONFIRM else ""
    return hmac.digest(installation.secret, f"wijkcyclus/post/{purpose}\n{box.id}\n{asked}".encode(), "sha256").hex()


def give_up(installation: Installation, box: Mailbox, now: datetime) -> None:
    """Nothing arrives there, day after day: a subscription ends, a person sees it on the page of the account."""
    with db.writing(installation.database) as tx:
        if box.person is None:
            _shred_later(tx, store_mailboxes.drop(tx, box.id), now)
        else:
            store_mailboxes.note_failure(tx, box.id, None)


def forget(tx: Connection, person_id: str) -> set[str]:
    """The mailbox of this person is gone; answers the keys that are to be destroyed with the other keys."""
    return {addresses.key_of(one) for one in store_mailboxes.drop_of(tx, person_id)}


def tidy(tx: Connection, now: datetime) -> None:
    """What nobody confirmed is gone."""
    _shred_later(tx, store_mailboxes.drop_unconfirmed(tx, now - LINK_LASTS), now)


def shred(installation: Installation, job: Job, now: datetime) -> None:
    """Destroy the keys of all addresses that went, also of those whose job comes later."""
    with db.reading(installation.database) as tx:
        waiting = store_jobs.all_of(tx, GONE)
    keys = {str(key) for one in waiting if isinstance(found := one.payload.get("sleutels"), list) for key in found}
    try:
        installation.keys.destroy(keys)
    except KeyStoreBusy:
        with db.writing(installation.database) as tx:
            store_jobs.postpone(tx, job.id, now + timedelta(minutes=1))
        return
    with db.writing(installation.database) as tx:
        for one in waiting:
            store_jobs.finish(tx, one.id)


def _shred_later(tx: Connection, closed: Collection[str], now: datetime) -> None:
    if closed:
        keys = sorted(addresses.key_of(one) for one in closed)
        store_jobs.plan(tx, GONE, now + _TOGETHER, {"sleutels": [*keys]})


def _require_mail(installation: Installation) -> None:
    if not can_send(installation):
        raise Conflict(_NO_MAIL)


def _new(installation: Installation, address: str, language: str, now: datetime) -> Mailbox:
    box = accounts.new_id(installation.entropy)
    closed, digest = addresses.closed(installation, box, address), addresses.digest(installation, address)
    return Mailbox(box, closed, digest, None, None, DAILY, language, now, None, date.min, now)
