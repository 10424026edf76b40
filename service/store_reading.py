"""SQL for reading cases and the plan: a page at a time, within the wijken where the reader has a seat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal, or_, select, tuple_
from sqlalchemy import case as sql_case

from service.store_worklist import Seat
from service.tables import case, job, task


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases the reader asks for; `after` is the last one of the page before (newest first)."""

    wijk: str | None = None
    process: str | None = None
    status: str | None = None
    year: int | None = None
    dossier: str | None = None
    definition: str | None = None
    is_root: bool = False  # only the first case of each dossier
    hidden: frozenset[str] = frozenset()  # processes whose cases do not exist for the reader
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    id: str
    process: str
    dossier: str
    wijk: str
    group: str | None
    year: int | None
    status: str
    phase: str | None
    revision: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """How many tasks of a dossier are open, and how many of those are late."""

    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Due:
    """An open task with its last moment."""

    task: str
    name: str
    subject: str
    case: str
    due: datetime


def next_due(tx: Connection) -> datetime | None:
    """The earliest moment at which a planned job is due."""
    earliest = select(func.min(job.c.due, type_=job.c.due.type)).where(job.c.status == "gepland")
    return tx.execute(earliest).scalar_one_or_none()


def list_cases(tx: Connection, seats: Sequence[Seat], wanted: CaseFilter) -> list[CaseLine]:
    """The cases in the places of these seats, newest first."""
    conditions = [or_(false(), *(_within(seat) for seat in seats))]
    for column, value in (
        (case.c.wijk, wanted.wijk),
        (case.c.process, wanted.process),
        (case.c.status, wanted.status),
        (case.c.year, wanted.year),
        (case.c.dossier, wanted.dossier),
        (case.c.definition, wanted.definition),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.is_root:
        conditions.append(case.c.id == case.c.dossier)
    if wanted.hidden:
        conditions.append(case.c.process.not_in(sorted(wanted.hidden)))
    if wanted.after is not None:
        conditions.append(
            tuple_(case.c.started_at, case.c.id)
            < tuple_(literal(wanted.after[0], case.c.started_at.type), wanted.after[1])
        )
    found = (
        select(
            case.c.id,
            case.c.process,
            case.c.dossier,
            case.c.wijk,
            case.c.group,
            case.c.year,
            case.c.status,
            case.c.phase,
            case.c.revision,
            case.c.started_at,
            case.c.ended_at,
        )
        .where(*conditions)
        .order_by(case.c.started_at.desc(), case.c.id.desc())
        .limit(wanted.limit)
    )
    return [CaseLine(*row) for row in tx.execute(found)]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """As much of a task as a line about it says."""

    id: str
    name: str
    element: str
    case: str
    wijk: str


def loads(tx: Connection, wijk: str, hidden: frozenset[str], now: datetime) -> dict[str, Load]:
    """The open work of each dossier of a wijk."""
    is_late = task.c.due < literal(now, task.c.due.type)
    found = (
        select(case.c.dossier, func.count(), func.count(sql_case((is_late, 1))))
        .join(case, case.c.id == task.c.case)
        .where(task.c.wijk == wijk, task.c.status == "open", case.c.process.not_in(sorted(hidden)))
        .group_by(case.c.dossier)
    )
    return {row[0]: Load(int(row[1]), int(row[2])) for row in tx.execute(found)}


def due_in(tx: Connection, wijk: str, hidden: frozenset[str], most: int) -> list[Due]:
    """The open tasks of a wijk that have a last moment, the first one first."""
    found = (
        select(task.c.id, task.c.name, task.c.subject, task.c.case, task.c.due)
        .join(case, case.c.id == task.c.case)
        .where(
            task.c.wijk == wijk,
            task.c.status == "open",
            task.c.due.is_not(None),
            case.c.process.not_in(sorted(hidden)),
        )
        .order_by(task.c.due, task.c.id)
        .limit(most)
    )
    return [Due(*row) for row in tx.execute(found)]


def open_tasks(tx: Connection, ids: Collection[str]) -> dict[str, OpenTask]:
    """Those of these tasks that are open, by id."""
    columns = (task.c.id, task.c.name, task.c.element, task.c.case, task.c.wijk)
    found = select(*columns).where(task.c.id.in_(ids), task.c.status == "open")
    return {row[0]: OpenTask(*row) for row in tx.execute(found)}


def tally(tx: Connection, process: str, year: int | None) -> dict[str, int]:
    """How many cases of this process there are, by wijk."""
    found = select(case.c.wijk, func.count()).where(case.c.process == process)
    if year is not None:
        found = found.where(case.c.year == year)
    return {row[0]: int(row[1]) for row in tx.execute(found.group_by(case.c.wijk).order_by(case.c.wijk))}


def _within(seat: Seat) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if seat.wijk is not None:
        conditions.append(case.c.wijk == seat.wijk)
    return and_(True, *conditions)
