"""SQL for work lists: the open tasks that a person may take up, a page at a time, by the place where they stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.terms import Values
from service.tables import case as dossiers
from service.tables import task, wijk


@dataclass(frozen=True, slots=True)
class Seat:
    """A role with the place where it is held: the whole city (`wijk` None), a wijk, or one group in a wijk."""

    role: str
    wijk: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asks to see of the work list; `words` stand in the name of a task or in what it is about.

    `after` is the last one of the page before.
    """

    wijk: str | None = None
    phase: str | None = None
    role: str | None = None
    act: str | None = None
    case: str | None = None
    words: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the open work is late, is due before the end of the week, and is a decision to take."""

    late: int
    this_week: int
    to_decide: int


@dataclass(frozen=True, slots=True)
class Line:
    """One open task on a work list; `definition` is the version that its case runs."""

    id: str
    case: str
    process: str
    element: str
    name: str
    phase: str | None
    role: str | None
    act: str
    step: str | None
    subject: str
    inputs: Values
    wijk: str
    assignee: str | None
    opened_at: datetime
    due: datetime | None
    dossier: str
    definition: str


_COLUMNS = (
    task.c.id,
    task.c.case,
    task.c.process,
    task.c.element,
    task.c.name,
    task.c.phase,
    task.c.group,
    task.c.act,
    task.c.step,
    task.c.subject,
    task.c.inputs,
    task.c.wijk,
    task.c.assignee,
    task.c.opened_at,
    task.c.due,
)
_INPUTS = _COLUMNS.index(task.c.inputs)
_WIJKEN = select(wijk.c.id)
_DECISION = "besluit"


def work_list(tx: Connection, person: str, seats: Sequence[Seat], wanted: Wanted) -> list[Line]:
    """The open tasks of these seats that nobody else has, and the person's own, oldest first.

    Each seat is a range of an index, read no further than the page: the cost does not grow with what others have open.
    """
    parts = [_page(where, wanted) for where in _reached(tx, person, seats)]
    rows = union_all(*(select(part.subquery()) for part in parts)).subquery()
    page = select(rows).distinct().order_by(rows.c.opened_at, rows.c.id).limit(wanted.limit).subquery()
    found = select(page, dossiers.c.dossier, dossiers.c.definition).join(dossiers, dossiers.c.id == page.c.case)
    found = found.order_by(page.c.opened_at, page.c.id)
    return [_line(row) for row in tx.execute(found)]


def tally(tx: Connection, person: str, seats: Sequence[Seat], now: datetime, end: datetime) -> Tally:
    """The counts over the same open tasks; only those that count for one of them are read."""
    moment = task.c.due.type
    late, soon = task.c.due < literal(now, moment), task.c.due < literal(end, moment)
    decides = task.c.act == _DECISION
    wheres = _reached(tx, person, seats)
    counting = select(task.c.id, late.label("late"), soon.label("soon"), decides.label("decides"))
    parts = [counting.where(task.c.status == "open", where, or_(soon, decides)) for where in wheres]
    rows = union_all(*parts).subquery()
    once = select(rows).distinct().subquery()

    def number(where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((where, 1)))

    is_late, is_soon = func.coalesce(once.c.late, false()), func.coalesce(once.c.soon, false())
    found = tx.execute(select(number(is_late), number(and_(is_soon, not_(is_late))), number(once.c.decides)))
    return Tally(*found.one())


def _reached(tx: Connection, person: str, seats: Sequence[Seat]) -> list[ColumnElement[bool]]:
    """Where the open work of these seats stands, and the person's own."""
    free = or_(task.c.assignee.is_(None), task.c.assignee == person)
    places = dict.fromkeys(place for seat in seats for place in _in_each_wijk(tx, seat))
    return [*(and_(_at(place), free) for place in places), task.c.assignee == person]


def _in_each_wijk(tx: Connection, seat: Seat) -> list[Seat]:
    """The index goes by role and wijk: a seat for the whole city is one in every wijk."""
    if seat.wijk is not None:
        return [seat]
    return [Seat(seat.role, found, seat.group) for found in tx.execute(_WIJKEN).scalars()]


def _at(seat: Seat) -> ColumnElement[bool]:
    conditions = [task.c.group == seat.role, task.c.wijk == seat.wijk]
    if seat.group is not None:
        conditions.append(or_(task.c.scope_group == seat.group, task.c.subject == seat.group))
    return and_(*conditions)


def _page(where: ColumnElement[bool], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    conditions = [task.c.status == "open", where]
    for column, value in (
        (task.c.wijk, wanted.wijk),
        (task.c.phase, wanted.phase),
        (task.c.group, wanted.role),
        (task.c.act, wanted.act),
        (task.c.case, wanted.case),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.words is not None:
        named = (column.icontains(wanted.words, autoescape=True) for column in (task.c.name, task.c.subject))
        conditions.append(or_(*named))
    if wanted.due_from is not None:
        conditions.append(task.c.due >= literal(wanted.due_from, task.c.due.type))
    if wanted.due_before is not None:
        conditions.append(task.c.due < literal(wanted.due_before, task.c.due.type))
    if wanted.after is not None:
        conditions.append(
            tuple_(task.c.opened_at, task.c.id)
            > tuple_(literal(wanted.after[0], task.c.opened_at.type), wanted.after[1])
        )
    return select(*_COLUMNS).where(*conditions).order_by(task.c.opened_at, task.c.id).limit(wanted.limit)


def _line(row: Sequence[Any]) -> Line:
    values = list(row)
    values[_INPUTS] = json.loads(values[_INPUTS])
    return Line(*values)
