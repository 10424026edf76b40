"""SQL for comments: remarks of staff to each other about a case, encrypted, and gone with what may have to go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, literal, select, text, tuple_

from service.tables import Utc
from service.tables_papers import comment
from service.tables_people import person


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One remark as it is stored: `content` is closed with the key of this name in the key store."""

    id: str
    case: str
    person: str
    key: str
    content: bytes
    at: datetime


_COLUMNS = tuple(comment.c[name] for name in CommentRow.__slots__)
_NEWEST: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS, person.c.name)
    .select_from(comment.join(person, person.c.id == comment.c.person))
    .where(comment.c.case == bindparam("case"))
    .order_by(comment.c.at.desc(), comment.c.id.desc())
    .limit(bindparam("most"))
)
_ONE: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(comment.c.id == bindparam("id"))
_OF_PERSON: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS).where(comment.c.person == bindparam("person")).order_by(comment.c.at, comment.c.id)
)
_SINCE = select(func.count()).where(comment.c.person == bindparam("person"), comment.c.at > bindparam("since"))
_IN_CASE = select(func.count()).where(comment.c.case == bindparam("case"))


def newest(
    tx: Connection, case: str, most: int, before: tuple[datetime, str] | None = None
) -> list[tuple[CommentRow, str]]:
    """The newest remarks of a case (before this one, when it is given) with who made each, newest first."""
    asked = _NEWEST
    if before is not None:
        asked = asked.where(tuple_(comment.c.at, comment.c.id) < tuple_(literal(before[0], Utc), literal(before[1])))
    found = tx.execute(asked, {"case": case, "most": most})
    return [(CommentRow(*row[:-1]), row[-1]) for row in found]


def find(tx: Connection, comment_id: str) -> CommentRow | None:
    """The remark with this id."""
    row = tx.execute(_ONE, {"id": comment_id}).one_or_none()
    return None if row is None else CommentRow(*row)


def made_by(tx: Connection, person_id: str) -> list[CommentRow]:
    """Every remark of this person, oldest first."""
    return [CommentRow(*row) for row in tx.execute(_OF_PERSON, {"person": person_id})]


def count_since(tx: Connection, person_id: str, since: datetime) -> int:
    """How many remarks this person made after this moment, wherever."""
    return int(tx.execute(_SINCE, {"person": person_id, "since": since}).scalar_one())


def count_in(tx: Connection, case: str) -> int:
    """How many remarks a case has."""
    return int(tx.execute(_IN_CASE, {"case": case}).scalar_one())


def put(tx: Connection, row: CommentRow) -> None:
    """A new remark."""
    tx.execute(insert(comment), {name: getattr(row, name) for name in CommentRow.__slots__})


def drop(tx: Connection, comment_id: str) -> None:
    """This remark is there no more."""
    _with_zeros(tx)
    tx.execute(delete(comment).where(comment.c.id == comment_id))


def destroy_in(tx: Connection, cases: Collection[str]) -> set[str]:
    """Every remark in these cases goes, for it may repeat what is destroyed; answers the keys to destroy with them."""
    _with_zeros(tx)
    which = comment.c.case.in_(cases)
    keys = set(tx.execute(select(comment.c.key).where(which)).scalars()) if cases else set()
    if keys:
        tx.execute(delete(comment).where(which))
    return keys


def _with_zeros(tx: Connection) -> None:
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))
