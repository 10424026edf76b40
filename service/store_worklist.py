"""SQL for work lists: the open tasks that a person may take up, a page at a time, by the place where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union,
)

from engine.submission import day_of
from service.store_planning import NORMAL
from service.tables import case as dossiers
from service.tables import planning, task, wijk


@dataclass(frozen=True, slots=True)
class Seat:
    """A role with the place where it is held: the whole city (`wijk` None), a wijk, or one group in a wijk."""

    role: str
    wijk: str | None = None
    group: str | None = None

    def reaches(self, role: str | None, wijk: str, group: str | None, subject: str) -> bool:
        """Whether a task of this role, wijk and group or subject is on the work list of who sits here."""
        at = self.role == role and self.wijk in (None, wijk)
        return at and (self.group is None or self.group in (group, subject))


class Order(StrEnum):
    """What comes first on a work list; of what comes together the oldest."""

    OLDEST = "oudste"
    DUE = "uiterlijk"
    FOLLOW_UP = "opvolgen"
    PRIORITY = "prioriteit"


class Place(NamedTuple):
    """Where a task stands in such an order."""

    rank: int
    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asks to see of the work list; `words` stand in the name of a task or in what it is about.

    `is_own` leaves out what nobody took up; `after` is where the last one of the page before stands.
    """

    wijk: str | None = None
    phase: str | None = None
    role: str | None = None
    act: str | None = None
    case: str | None = None
    words: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    priority: str | None = None
    follow_up_before: datetime | None = None
    ids: tuple[str, ...] | None = None
    is_own: bool = False
    order: Order = Order.OLDEST
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the open work is late, is due before the end of the week, and is a decision to take.

    It is counted as far as a thousand in each place. `to_follow_up` is of what the people have, whoever planned that.
    """

    late: int
    this_week: int
    to_decide: int
    to_follow_up: int


class Line(NamedTuple):  # made by the page: a dataclass takes longer to make than the database to find it
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
    wijk: str
    scope_group: str | None
    assignee: str | None
    opened_at: datetime
    due: datetime | None
    dossier: str
    definition: str
    priority: str | None
    follow_up: datetime | None
    rank: int
    at: datetime

    @property
    def follow_up_day(self) -> date | None:
        """The day on which somebody wants to look at it again."""
        return None if self.follow_up is None else day_of(self.follow_up)

    @property
    def place(self) -> Place:
        """Where it stands in the order that was asked."""
        return Place(self.rank, self.at, self.id)


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
    task.c.wijk,
    task.c.scope_group,
    task.c.assignee,
    task.c.opened_at,
    task.c.due,
)
# Written out: the indexes are of open tasks alone, and neither database knows that of a parameter before it is given.
_OPEN = task.c.status == literal_column("'open'")
_PLAN = planning.c.priority, planning.c.follow_up
_WIJKEN = select(wijk.c.id)
_DECIDES = task.c.act == literal_column("'besluit'")
_MOST_COUNTED = 1_000
_MOST_STATEMENTS = 512
_ESCAPE = "/"
_MOMENT = task.c.due.type
_MOST = bindparam("most", type_=Integer())
_WORDS = func.lower(bindparam("words", type_=task.c.name.type))
_NARROWED: Mapping[str, ColumnElement[bool]] = {
    "wijk": task.c.wijk == bindparam("wijk"),
    "phase": task.c.phase == bindparam("phase"),
    "role": task.c.group == bindparam("role"),
    "act": task.c.act == bindparam("act"),
    "case": task.c.case == bindparam("case"),
    "words": or_(*(func.lower(one).like(_WORDS, escape=_ESCAPE) for one in (task.c.name, task.c.subject))),
    "due_from": task.c.due >= bindparam("due_from", type_=_MOMENT),
    "due_before": task.c.due < bindparam("due_before", type_=_MOMENT),
    "ids": task.c.id.in_(bindparam("ids", expanding=True)),
    "priority": func.coalesce(planning.c.priority, NORMAL) == bindparam("priority"),
    "follow_up_before": planning.c.follow_up < bindparam("follow_up_before", type_=_MOMENT),
}
_PLANNED = frozenset({"priority", "follow_up_before"})
_FIRST: Mapping[Order, tuple[ColumnElement[int], ColumnElement[Any]]] = {
    Order.OLDEST: (literal(0), task.c.opened_at),
    Order.DUE: (case((task.c.due.is_(None), 1), else_=0), func.coalesce(task.c.due, task.c.opened_at)),
    Order.FOLLOW_UP: (
        case((planning.c.follow_up.is_(None), 1), else_=0),
        func.coalesce(planning.c.follow_up, task.c.opened_at),
    ),
    Order.PRIORITY: (
        case((planning.c.priority == "hoog", 0), (planning.c.priority == "laag", 2), else_=1),
        task.c.opened_at,
    ),
}
_AFTER = bindparam("after_at", type_=_MOMENT), bindparam("after_id", type_=task.c.id.type)


def work_list(tx: Connection, people: Sequence[str], seats: Sequence[Seat], wanted: Wanted) -> list[Line]:
    """The open tasks of these seats that nobody else has, and those of these people, in the order that is wanted.

    The people are who asks, first, and those for whom that person stands in.

    With the oldest first each seat is a range of an index, read no further than the page: the cost does not grow with
    what others have open.
    """
    given = {name: getattr(wanted, name) for name in _NARROWED}
    given = {name: value for name, value in given.items() if value is not None}
    places, holders = (() if wanted.is_own else _places(tx, seats)), people
    statement = _listing(places, frozenset(given), wanted.order, wanted.after is not None, len(holders))
    if wanted.words is not None:
        given["words"] = _pattern(wanted.words)
    if wanted.after is not None:
        given["after_rank"], given["after_at"], given["after_id"] = wanted.after
    return [Line(*row) for row in tx.execute(statement, {**given, **_named(holders), "most": wanted.limit})]


@lru_cache(_MOST_STATEMENTS)
def _listing(
    places: tuple[Seat, ...], narrowed: frozenset[str], order: Order, goes_on: bool, people: int
) -> Select[*tuple[Any, ...]]:
    """The statement for these places: to build it costs more than to run it."""
    rank, at = _FIRST[order]
    wide, narrow = (rank, at, task.c.id), (at, task.c.id)
    along = narrow if order is Order.OLDEST else wide  # the way in which the index goes
    conditions = [_NARROWED[name] for name in sorted(narrowed)]
    if goes_on:
        reached = _AFTER if along is narrow else (bindparam("after_rank", type_=Integer()), *_AFTER)
        conditions.append(tuple_(*along) > tuple_(*reached))
    listing = select(rank.label("rank"), at.label("at"), task.c.id).where(_OPEN)
    if narrowed & _PLANNED or order in (Order.FOLLOW_UP, Order.PRIORITY):
        listing = listing.outerjoin(planning, planning.c.task == task.c.id)
    sought = (*_free(places), *_taken(people))
    parts = [listing.where(where, *conditions).order_by(*along).limit(_MOST) for where in sought]
    together = union(*(select(part.subquery()) for part in parts)).subquery()
    page = select(together).order_by(*together.c).limit(_MOST).subquery()
    found = select(*_COLUMNS, dossiers.c.dossier, dossiers.c.definition, *_PLAN, page.c.rank, page.c.at)
    found = found.select_from(page).join(task, task.c.id == page.c.id).join(dossiers, dossiers.c.id == task.c.case)
    return found.outerjoin(planning, planning.c.task == task.c.id).order_by(*page.c)


def tally(tx: Connection, people: Sequence[str], seats: Sequence[Seat], now: datetime, end: datetime) -> Tally:
    """The counts over the same open tasks: only those that count for one of them are read, by indexes of their own."""
    counting = _counting(_places(tx, seats), len(people))
    return Tally(*tx.execute(counting, {**_named(people), "now": now, "end": end}).one())


@lru_cache(_MOST_STATEMENTS)
def _counting(places: tuple[Seat, ...], people: int) -> Select[int, int, int, int]:
    late, soon = task.c.due < bindparam("now", type_=_MOMENT), task.c.due < bindparam("end", type_=_MOMENT)
    follows = planning.c.follow_up <= bindparam("now", type_=_MOMENT)
    told = task.c.id, late.label("late"), soon.label("soon"), _DECIDES.label("decides")
    counting = select(*told, false().label("follows")).where(_OPEN)
    had = select(*told, func.coalesce(follows, false()).label("follows"))
    had = had.outerjoin(planning, planning.c.task == task.c.id).where(_OPEN, or_(soon, _DECIDES, follows))
    parts = [counting.where(where, one).limit(_MOST_COUNTED) for where in _free(places) for one in (soon, _DECIDES)]
    parts += [had.where(one).limit(_MOST_COUNTED) for one in _taken(people)]
    once = union(*(select(part.subquery()) for part in parts)).subquery()

    def number(where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((where, 1)))

    is_late, is_soon = func.coalesce(once.c.late, false()), func.coalesce(once.c.soon, false())
    this_week = and_(is_soon, not_(is_late))
    return select(number(is_late), number(this_week), number(once.c.decides), number(once.c.follows))


def _places(tx: Connection, seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """Where these seats are, each place once."""
    return tuple(dict.fromkeys(place for seat in seats for place in _in_each_wijk(tx, seat)))


def _free(places: Sequence[Seat]) -> list[ColumnElement[bool]]:
    """Where the open work of these places stands that nobody has."""
    return [and_(_at(place), task.c.assignee.is_(None)) for place in places]


def _taken(people: int) -> list[ColumnElement[bool]]:
    """What each of so many people has."""
    return [task.c.assignee == bindparam(f"person_{number}") for number in range(people)]


def _named(people: Sequence[str]) -> dict[str, str]:
    return {f"person_{number}": one for number, one in enumerate(people)}


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


def _pattern(words: str) -> str:
    """What stands anywhere in a text, for LIKE."""
    escaped = "".join(f"{_ESCAPE}{one}" if one in f"{_ESCAPE}%_" else one for one in words)
    return f"%{escaped}%"
