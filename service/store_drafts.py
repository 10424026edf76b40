"""SQL for drafts: what somebody filled in and did not send in yet, closed; the database drops it as its task ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, insert, select, text

from service.tables import draft


@dataclass(frozen=True, slots=True)
class DraftRow:
    """The draft of one person for one task; `content` is closed with the key of this name in the key store."""

    task: str
    person: str
    case: str
    key: str
    content: bytes
    at: datetime


_COLUMNS = (draft.c.task, draft.c.person, draft.c.case, draft.c.key, draft.c.content, draft.c.at)
_OWN: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(
    draft.c.task == bindparam("task"), draft.c.person == bindparam("person")
)


def find(tx: Connection, task: str, person: str) -> DraftRow | None:
    """What this person kept for this task."""
    row = tx.execute(_OWN, {"task": task, "person": person}).one_or_none()
    return None if row is None else DraftRow(*row)


def put(tx: Connection, row: DraftRow) -> None:
    """This is the draft now; the one before it goes. The caller holds the task and found it open."""
    drop(tx, row.task, row.person)
    tx.execute(insert(draft), {name: getattr(row, name) for name in DraftRow.__slots__})


def drop(tx: Connection, task: str, person: str) -> None:
    """This person has no draft for this task any more."""
    tx.execute(delete(draft).where(draft.c.task == task, draft.c.person == person))


def kept_by(tx: Connection, person: str) -> list[tuple[str, datetime]]:
    """(task, moment) of every draft of this person."""
    found = select(draft.c.task, draft.c.at).where(draft.c.person == person).order_by(draft.c.at, draft.c.task)
    return [(row[0], row[1]) for row in tx.execute(found)]


def destroy_in(tx: Connection, cases: Collection[str]) -> set[str]:
    """Every draft in these cases goes, for it may repeat what is destroyed; answers the keys to destroy with them."""
    return _destroy(tx, draft.c.case.in_(cases)) if cases else set()


def destroy_of(tx: Connection, person: str) -> set[str]:
    """Every draft of this person goes; answers the keys to destroy with them."""
    return _destroy(tx, draft.c.person == person)


def _destroy(tx: Connection, which: ColumnElement[bool]) -> set[str]:
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))
    keys = set(tx.execute(select(draft.c.key).where(which)).scalars())
    tx.execute(delete(draft).where(which))
    return keys
