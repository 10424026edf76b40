"""SQL for attachments: files beside a task, encrypted; their bytes go when taken away or by an order of destruction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, select, text, update

from service.store_sealed import Closed
from service.tables import sealed
from service.tables_papers import attachment
from service.tables_people import person

_CLOSED_BY = 28  # bytes that closing adds: the nonce before them, the tag after
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file as it is stored, without its bytes; `name` and `proof` are the digests of the sealed values about it."""

    id: str
    case: str
    task: str
    person: str
    record: str
    name: str
    proof: str
    type: str
    size: int
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file with its name as it lies sealed (None: destroyed), and who added it."""

    row: AttachmentRow
    name: Closed | None
    by: str
    is_resident: bool


_COLUMNS = tuple(attachment.c[name] for name in AttachmentRow.__slots__)
_NAME = (sealed.c.digest, sealed.c.chain, sealed.c.compartment, sealed.c.name, sealed.c.key, sealed.c.content)
_SHELF: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS, person.c.name, person.c.is_resident, *_NAME)
    .select_from(
        attachment.join(person, person.c.id == attachment.c.person).outerjoin(
            sealed, sealed.c.digest == attachment.c.name
        )
    )
    .where(attachment.c.content.is_not(None))
    .order_by(attachment.c.at, attachment.c.id)
)
_OF_CASE = _SHELF.where(attachment.c.case == bindparam("case"))
_ONE = _SHELF.where(attachment.c.id == bindparam("id"))
_CONTENT = select(attachment.c.content).where(attachment.c.id == bindparam("id"))
_ROOM = select(func.count(), func.coalesce(func.sum(attachment.c.size), 0)).where(
    attachment.c.case == bindparam("case"), attachment.c.content.is_not(None)
)
_LYING = select(attachment.c.proof, attachment.c.key).where(
    func.length(attachment.c.content) == attachment.c.size + _CLOSED_BY
)
_EMPTY = update(attachment).where(attachment.c.id == bindparam("b_id")).values(content=None)


def of_case(tx: Connection, case: str) -> list[Shelved]:
    """The files of a case, oldest first."""
    return [_shelved(row) for row in tx.execute(_OF_CASE, {"case": case})]


def find(tx: Connection, attachment_id: str) -> Shelved | None:
    """The file with this id, unless it was taken away."""
    row = tx.execute(_ONE, {"id": attachment_id}).one_or_none()
    return None if row is None else _shelved(row)


def content_of(tx: Connection, attachment_id: str) -> bytes | None:
    """The bytes of a file, closed with its key."""
    found: bytes | None = tx.execute(_CONTENT, {"id": attachment_id}).scalar_one_or_none()
    return found


def lying(tx: Connection) -> dict[str, str]:
    """The name of its key by the digest that stands for it, of every file whose bytes are there to the last."""
    return {row[0]: row[1] for row in tx.execute(_LYING)}


def room_taken(tx: Connection, case: str) -> tuple[int, int]:
    """How many files a case has, and how many bytes they are together."""
    number, size = tx.execute(_ROOM, {"case": case}).one()
    return number, int(size)


def put(tx: Connection, row: AttachmentRow, content: bytes) -> None:
    """A new file, beside the record of this transaction that says it was added."""
    tx.execute(
        insert(attachment), {name: getattr(row, name) for name in AttachmentRow.__slots__} | {"content": content}
    )


def take_away(tx: Connection, attachment_id: str) -> None:
    """The bytes of a file go; its row stays, so that an order of destruction finds their key."""
    _with_zeros(tx)
    tx.execute(_EMPTY, {"b_id": attachment_id})


def kept_by(tx: Connection, person_id: str) -> list[tuple[str, str, datetime]]:
    """(id, case, moment) of every file that this person added and did not take away."""
    found = select(attachment.c.id, attachment.c.case, attachment.c.at).where(
        attachment.c.person == person_id, attachment.c.content.is_not(None)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(found.order_by(attachment.c.at, attachment.c.id))]


def destroy(tx: Connection, digests: Collection[str]) -> set[str]:
    """Every file whose sealed SHA-256 is among these goes, after that value; answers the keys to destroy with them."""
    _with_zeros(tx)
    keys, listed = set[str](), sorted(digests)
    for first in range(0, len(listed), _AT_ONCE):
        which: ColumnElement[bool] = attachment.c.proof.in_(listed[first : first + _AT_ONCE])
        keys |= set(tx.execute(select(attachment.c.key).where(which)).scalars())
        tx.execute(delete(attachment).where(which))
    return keys


def _with_zeros(tx: Connection) -> None:
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))


def _shelved(row: Any) -> Shelved:
    width = len(AttachmentRow.__slots__)
    by, is_resident, *name = row[width:]
    return Shelved(AttachmentRow(*row[:width]), None if name[0] is None else Closed(*name), by, is_resident)
