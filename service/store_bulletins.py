"""SQL for the news of a wijk by day: in which phase its cases were, and what changed, in words of the model alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, select

from service.store_once import once
from service.tables_mail import bulletin


@dataclass(frozen=True, slots=True)
class Item:
    """Something that changed: its kind, the decision step or phase that it is about, a day, and how often."""

    kind: str
    about: str = ""
    on: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The news of a wijk up to and including a day, after the bulletin before it."""

    wijk: str
    day: date
    phases: Mapping[str, str]
    items: tuple[Item, ...]


def last(tx: Connection, wijk: str) -> Bulletin | None:
    """The newest bulletin of the wijk."""
    found = select(bulletin).where(bulletin.c.wijk == wijk).order_by(bulletin.c.day.desc()).limit(1)
    row = tx.execute(found).one_or_none()
    return None if row is None else _read(row)


def after(tx: Connection, wijk: str, day: date) -> list[Bulletin]:
    """The bulletins of the wijk with news of after this day, the oldest first."""
    found = select(bulletin).where(bulletin.c.wijk == wijk, bulletin.c.day > day).order_by(bulletin.c.day)
    return [_read(row) for row in tx.execute(found)]


def put(tx: Connection, made: Bulletin) -> None:
    """The bulletin of that day; one that is there already stays."""
    items = [[one.kind, one.about, one.on, one.count] for one in made.items]
    row = {"wijk": made.wijk, "day": made.day, "phases": json.dumps(dict(made.phases)), "items": json.dumps(items)}
    tx.execute(once(tx, bulletin), row)


def drop_before(tx: Connection, day: date) -> None:
    """What is older than this is forgotten."""
    tx.execute(delete(bulletin).where(bulletin.c.day < day))


def _read(row: Sequence[object]) -> Bulletin:
    wijk, day, phases, items = row
    assert isinstance(day, date), "the column holds days"
    return Bulletin(str(wijk), day, json.loads(str(phases)), tuple(Item(*one) for one in json.loads(str(items))))
