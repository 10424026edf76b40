"""Comments: short remarks of staff to each other about a case, no part of any decision, and kept closed.

A remark is no act: it is not judged by the rights, not recorded, and leaves the service in no export. Whoever may read
the case reads it, but for residents. Its author takes it back at any time; an order of destruction in its case takes it
along, for it may repeat what is destroyed. Each has a key of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from engine.submission import is_blank
from service import db, hearing, reading, store_comments
from service.accounts import new_id
from service.cases import hold_case
from service.faults import Conflict, Fault, Malformed, Unknown
from service.installation import Installation
from service.limits import TooMany
from service.store_comments import CommentRow
from service.store_people import PersonRow

LONGEST = 2_000
FIELD = "tekst"
_NONCE = 12
_MOST_IN_CASE = 2_000
_MOST_AT_ONCE, _SPAN = 10, timedelta(minutes=1)
_OUTSIDE = "Deze zaak bestaat niet, of hoort niet bij uw wijk of partij."
_STAFF = "Opmerkingen zijn van medewerkers aan elkaar; deze zaak heeft er geen voor u."
_GONE = "Deze opmerking bestaat niet, of is niet van u."


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark as people read it, with who made it and when."""

    id: str
    text: str
    by: str
    at: datetime
    is_own: bool


def add(installation: Installation, by: PersonRow, case_id: str, text: str, now: datetime) -> str:
    """Make a remark; answers its id, which is that of the newest one when somebody says the same twice in a row.

    Raises Unknown, Malformed, Conflict (nothing is kept of the case, or it is full), TooMany.
    """
    text = text.replace("\r\n", "\n").strip()
    with db.writing(installation.database) as tx:
        row = hold_case(tx, case_id)
        heard = hearing.hear(installation, tx, by, row, None, (), now)
        if not hearing.may_read(heard, heard.now).allowed:
            raise Unknown(_OUTSIDE)
        if not are_for(by):
            raise Unknown(_STAFF)
        if heard.standing.case.lanes is not None:
            raise Conflict("Van deze zaak wordt niets bewaard wat mensen schrijven (INV-39), ook geen opmerking.")
        if is_blank(text) or len(text) > LONGEST:
            raise Malformed((Fault(FIELD, f"Een opmerking heeft 1 tot {LONGEST} tekens."),))
        last = shelf(installation, tx, by, row.id, 1)
        if last and last[0].is_own and last[0].text == text:
            return last[0].id
        _require_room(tx, by, row.id, heard.now)
        comment_id = new_id(installation.entropy)
        key, nonce = installation.keys.current(row.id, comment_id), installation.entropy(_NONCE)
        content = nonce + key.cipher.encrypt(nonce, text.encode(), _place(comment_id, row.id, by.id))
        store_comments.put(tx, CommentRow(comment_id, row.id, by.id, key.id, content, heard.now))
    return comment_id


def take_back(installation: Installation, by: PersonRow, comment_id: str, now: datetime) -> str:
    """One's own remark goes; answers the case that it was about. Raises Unknown."""
    with db.writing(installation.database) as tx:
        row = store_comments.find(tx, comment_id)
        if row is None or row.person != by.id:
            raise Unknown(_GONE)
        reading.readable(installation, tx, by, row.case, now)
        store_comments.drop(tx, comment_id)
    return row.case


def of_case(
    installation: Installation,
    by: PersonRow,
    case_id: str,
    most: int,
    now: datetime,
    before: tuple[datetime, str] | None = None,
) -> list[Comment]:
    """So many remarks about a case, the newest (before this one, when it is given), newest last. Raises Unknown."""
    with db.reading(installation.database) as tx:
        reading.readable(installation, tx, by, case_id, now)
        if not are_for(by):
            raise Unknown(_STAFF)
        return shelf(installation, tx, by, case_id, most, before)


def are_for(by: PersonRow) -> bool:
    """Whether this person reads remarks at all: residents do not."""
    return not by.is_resident


def shelf(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    case_id: str,
    most: int,
    before: tuple[datetime, str] | None = None,
) -> list[Comment]:
    """The newest remarks about a case, newest last; whoever calls asked whether they are for this person."""
    found = store_comments.newest(tx, case_id, most, before)
    return [
        Comment(row.id, text, name, row.at, row.person == by.id)
        for row, name in reversed(found)
        if (text := opened(installation, row)) is not None
    ]


def opened(installation: Installation, row: CommentRow) -> str | None:
    """What a remark says; None when its key was destroyed, or somebody else put it here."""
    key = installation.keys.find(row.key)
    place = _place(row.id, row.case, row.person)
    try:
        return None if key is None else key.cipher.decrypt(row.content[:_NONCE], row.content[_NONCE:], place).decode()
    except InvalidTag:
        return None


def _require_room(tx: Connection, by: PersonRow, case: str, now: datetime) -> None:
    if store_comments.count_since(tx, by.id, now - _SPAN) >= _MOST_AT_ONCE:
        raise TooMany(int(_SPAN.total_seconds()))
    if store_comments.count_in(tx, case) >= _MOST_IN_CASE:
        raise Conflict(f"Over een zaak staan hoogstens {_MOST_IN_CASE} opmerkingen; haal er eerst weg.")


def _place(comment_id: str, case: str, person: str) -> bytes:
    return f"wijkcyclus/opmerking/v1\n{comment_id}\n{case}\n{person}".encode()
