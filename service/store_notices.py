"""SQL for notices: what is new in somebody's work, and which open tasks it is time to bring to mind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Tuple,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy import case as sql_case

from service.store_once import once
from service.store_statement import Statement
from service.store_worklist import Seat
from service.tables import case, task
from service.tables_mail import notice

_UNREAD = Statement(
    select(func.count())
    .select_from(notice.join(task, task.c.id == notice.c.task))
    .where(notice.c.person == bindparam("person"), notice.c.read_at.is_(None), task.c.status == "open")
)
_DUE = sql_case((notice.c.request == "", task.c.due))  # an advice request has a term of its own
_LINE = (
    *(notice.c.id, notice.c.kind, notice.c.at, notice.c.read_at, notice.c.task),
    *(task.c.name, task.c.wijk, task.c.group, task.c.scope_group, task.c.subject),
    *(_DUE, task.c.status, task.c.assignee, task.c.completed_by, notice.c.request),
)
_LINES: Select[*tuple[Any, ...]] = select(*_LINE).join(task, task.c.id == notice.c.task)
_OPEN = (
    *(task.c.id, task.c.group, task.c.wijk, task.c.scope_group, task.c.subject, task.c.assignee, task.c.due),
    *(task.c.opened_at, case.c.definition, task.c.process, task.c.element),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell one person about one task; what is told once has the same kind and `due` again.

    `request` is the advice request that it is about, if any.
    """

    person: str
    task: str
    kind: str
    due: datetime
    giver: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice with its task as that is now."""

    id: str
    kind: str
    at: datetime
    read_at: datetime | None
    task: str
    name: str
    wijk: str
    role: str | None
    group: str | None
    subject: str
    due: datetime | None
    status: str
    assignee: str | None
    completed_by: str | None
    request: str

    def is_within(self, person: str, seats: Iterable[Seat]) -> bool:
        """Whether the task still is this person's, or where the person sits; advice is asked of the whole wijk."""
        if self.request:
            return any(seat.wijk in (None, self.wijk) for seat in seats)
        return person in (self.assignee, self.completed_by) or any(
            seat.reaches(self.role, self.wijk, self.group, self.subject) for seat in seats
        )


@dataclass(frozen=True, slots=True)
class OpenTask:
    """An open task of which somebody is to be told; `completed_by` is who completed it in an earlier round."""

    id: str
    role: str | None
    wijk: str
    group: str | None
    subject: str
    assignee: str | None
    due: datetime | None
    opened_at: datetime
    definition: str
    process: str
    element: str
    completed_by: str | None = None


def put(tx: Connection, found: Sequence[Notice], at: datetime) -> None:
    """These notices are there; what was told before is not told again."""
    if not found:
        return
    rows = [
        {"id": str(uuid4()), "at": at} | {name: getattr(one, name) for name in Notice.__slots__}
        for one in dict.fromkeys(found)
    ]
    tx.execute(once(tx, notice), rows)


def count_unread(tx: Connection, person: str) -> int:
    """How many notices about tasks that still are open this person has not read."""
    row = _UNREAD.one(tx, {"person": person})
    return int(row[0]) if row else 0


def lines(tx: Connection, person: str, after: tuple[datetime, str] | None, most: int) -> list[NoticeLine]:
    """The notices of this person, the newest first, from after this one on."""
    found = _LINES.where(notice.c.person == person)
    if after is not None:
        found = found.where(tuple_(notice.c.at, notice.c.id) < _place(notice.c.at, after))
    rows = tx.execute(found.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(most))
    return [NoticeLine(*row) for row in rows]


def mark_read(tx: Connection, person: str, notice_id: str | None, at: datetime) -> bool:
    """This notice of the person, or (None) all, is read; False when the person has no such notice."""
    own = notice.c.person == person
    if notice_id is not None:
        own &= notice.c.id == notice_id
        if tx.execute(select(notice.c.id).where(own)).one_or_none() is None:
            return False
    tx.execute(update(notice).where(own, notice.c.read_at.is_(None)).values(read_at=at))
    return True


def giver_of(tx: Connection, task_id: str, person: str) -> str | None:
    """Who last gave this task to this person."""
    own = notice.c.task == task_id, notice.c.person == person, notice.c.giver.is_not(None)
    return tx.execute(select(notice.c.giver).where(*own).order_by(notice.c.at.desc()).limit(1)).scalar_one_or_none()


def settle(tx: Connection, task_id: str, request: str, at: datetime) -> None:
    """What was told of this advice request asks for nobody's attention any more, and goes out to nobody."""
    about = notice.c.task == task_id, notice.c.request == request, notice.c.read_at.is_(None)
    tx.execute(update(notice).where(*about).values(read_at=at))


def running_tasks(tx: Connection, ids: Collection[str]) -> dict[str, str | None]:
    """Those of these tasks that are open in a running case, with who has each."""
    found = select(task.c.id, task.c.assignee).join(case, case.c.id == task.c.case)
    found = found.where(task.c.id.in_(ids), task.c.status == "open", case.c.status == "lopend")
    return {row[0]: row[1] for row in tx.execute(found)}


def told_of_requests(tx: Connection, tasks: Collection[str]) -> set[tuple[str, str]]:
    """What somebody was told already of advice requests for these tasks, as (request, kind)."""
    about = notice.c.task.in_(tasks), notice.c.request != ""
    return {(row[0], row[1]) for row in tx.execute(select(notice.c.request, notice.c.kind).where(*about).distinct())}


def unmailed(tx: Connection, person: str, since: datetime, most: int) -> list[tuple[str, str, str, str, str]]:
    """(notice, kind, task, its name, its advice request) of what was not mailed yet and still is open and not read."""
    columns = notice.c.id, notice.c.kind, notice.c.task, task.c.name, notice.c.request
    found = select(*columns).join(task, task.c.id == notice.c.task).where(*_waiting(person, since))
    return [(a, b, c, d, e) for a, b, c, d, e in tx.execute(found.order_by(notice.c.at, notice.c.id).limit(most))]


def has_unmailed(tx: Connection, person: str, since: datetime) -> bool:
    """Whether there is anything of that."""
    found = select(notice.c.id).join(task, task.c.id == notice.c.task).where(*_waiting(person, since))
    return tx.execute(found.limit(1)).one_or_none() is not None


def _waiting(person: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    fresh = notice.c.mailed_at.is_(None), notice.c.read_at.is_(None), notice.c.at >= since
    return notice.c.person == person, *fresh, task.c.status == "open"


def mark_mailed(tx: Connection, ids: Sequence[str], at: datetime) -> None:
    """These notices went out by mail."""
    tx.execute(update(notice).where(notice.c.id.in_(ids)).values(mailed_at=at))


def tasks_to_recall(
    tx: Connection, kind: str, since: datetime | None, until: datetime, after: tuple[datetime, str] | None, most: int
) -> list[OpenTask]:
    """Open tasks of running cases due from `since` to `until` of which nobody was told this yet, by when they are due.

    A task is brought to mind once for each moment at which it is due, not again as soon as somebody else may do it.
    """
    told = exists().where(notice.c.task == task.c.id, notice.c.kind == kind, notice.c.due == task.c.due)
    found = (
        select(*_OPEN)
        .join(case, case.c.id == task.c.case)
        .where(task.c.status == "open", case.c.status == "lopend", task.c.due < until, ~told)
        .order_by(task.c.due, task.c.id)
        .limit(most)
    )
    if since is not None:
        found = found.where(task.c.due >= since)
    if after is not None:
        found = found.where(tuple_(task.c.due, task.c.id) > _place(task.c.due, after))
    return [OpenTask(*row) for row in tx.execute(found)]


def tasks_that_returned(tx: Connection, kind: str, since: datetime, after: str, most: int) -> list[OpenTask]:
    """Free tasks opened since then at a place where somebody completed one before, with who did that last."""
    earlier = task.alias("earlier")
    told = exists().where(notice.c.task == task.c.id, notice.c.kind == kind)
    same = earlier.c.element == task.c.element, earlier.c.subject == task.c.subject, earlier.c.process == task.c.process
    done = earlier.c.case == task.c.case, earlier.c.status == "afgerond", earlier.c.ended_at <= task.c.opened_at
    last = (
        select(earlier.c.completed_by)
        .where(*done, *same)
        .order_by(earlier.c.ended_at.desc(), earlier.c.id)
        .limit(1)
        .correlate(task)
        .scalar_subquery()
    )
    free = task.c.status == "open", task.c.assignee.is_(None), task.c.opened_at >= since, task.c.id > after
    found = (
        select(*_OPEN, last)
        .join(case, case.c.id == task.c.case)
        .where(*free, case.c.status == "lopend", ~told, last.is_not(None))
        .order_by(task.c.id)
        .limit(most)
    )
    return [OpenTask(*row) for row in tx.execute(found)]


def _place(moment: Column[datetime], after: tuple[datetime, str]) -> Tuple:
    return tuple_(literal(after[0], moment.type), after[1])


def drop_before(tx: Connection, at: datetime) -> None:
    """What was told before this moment is forgotten."""
    tx.execute(delete(notice).where(notice.c.at < at))


def drop_of(tx: Connection, person: str) -> None:
    """Nobody knows any more what this person was told."""
    tx.execute(delete(notice).where(notice.c.person == person))


def count_of(tx: Connection, person: str) -> int:
    """How many notices are kept of this person."""
    return tx.execute(select(func.count()).select_from(notice).where(notice.c.person == person)).scalar_one()
