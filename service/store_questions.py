"""SQL for the questions: the cases of a wijk and year, the records of their chains, and counts; never the whole log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from engine.questions.material import CaseLine, Entry, TaskLine
from engine.submission import AMSTERDAM
from engine.trail.kinds import Kind
from service.store_statement import Statement
from service.store_trail import ORGANISATION
from service.tables import case, chain, record, sealed, task

_AT_ONCE = 500
_CASE_COLUMNS = (
    *(case.c.id, case.c.process, case.c.dossier, case.c.wijk, case.c.year, case.c.status, case.c.definition),
    *(case.c.seq, case.c.head, case.c.started_at, case.c.ended_at),
)
_HEAD = Statement(select(chain.c.seq, chain.c.head).where(chain.c.key == bindparam("key")))
_RECORD_COLUMNS = (record.c.digest, record.c.chain, record.c.seq, record.c.kind, record.c.at, record.c.body)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the log is asked: a wijk, a programme year, one case with its dossier; all of them left out: all.

    A dossier of no programme year belongs to the year in which it began.
    """

    wijk: str | None = None
    year: int | None = None
    case: str | None = None


def cases_in(tx: Connection, scope: Scope) -> list[CaseLine]:
    """The cases of every dossier within the scope, the oldest first."""
    root = case.alias("root")
    found = select(*_CASE_COLUMNS).join(root, root.c.id == case.c.dossier)
    if scope.wijk is not None:
        found = found.where(root.c.wijk == scope.wijk)
    if scope.year is not None:
        begin, end = (datetime(scope.year + more, 1, 1, tzinfo=AMSTERDAM).astimezone(UTC) for more in (0, 1))
        is_loose = and_(root.c.year.is_(None), root.c.started_at >= begin, root.c.started_at < end)
        found = found.where(or_(root.c.year == scope.year, is_loose))
    if scope.case is not None:
        found = found.where(root.c.id == select(case.c.dossier).where(case.c.id == scope.case).scalar_subquery())
    return [CaseLine(*row) for row in tx.execute(found.order_by(case.c.started_at, case.c.id))]


def years(tx: Connection) -> list[int]:
    """The years of which there is a dossier, the newest first."""
    planned = select(case.c.year).where(case.c.year.is_not(None)).distinct()
    is_loose = and_(case.c.id == case.c.dossier, case.c.year.is_(None))
    first, last = tx.execute(select(func.min(case.c.started_at), func.max(case.c.started_at)).where(is_loose)).one()
    loose = range(first.astimezone(AMSTERDAM).year, last.astimezone(AMSTERDAM).year + 1) if first else ()
    return sorted({*tx.execute(planned).scalars(), *loose}, reverse=True)


def entries_of(tx: Connection, chains: Sequence[str], kinds: Collection[Kind]) -> list[Entry]:
    """The records of these kinds in these chains, chain by chain, in order."""
    found: list[Entry] = []
    for some in _portions(chains):
        wanted = select(*_RECORD_COLUMNS).where(record.c.chain.in_(some))
        rows = tx.execute(_of_kinds(wanted, kinds).order_by(record.c.chain, record.c.seq))
        found.extend(Entry.read(*row) for row in rows)
    return found


def _of_kinds(wanted: Select[Any], kinds: Collection[Kind]) -> Select[Any]:
    if len(kinds) == len(Kind):
        return wanted
    return wanted.where(record.c.kind.in_(sorted(one.value for one in kinds)))


def tasks_of(tx: Connection, cases: Sequence[str]) -> list[TaskLine]:
    """The tasks that these cases ever opened."""
    columns = (task.c.id, task.c.case, task.c.element, task.c.group, task.c.step, task.c.subject, task.c.status)
    return [
        TaskLine(*row)
        for some in _portions(cases)
        for row in tx.execute(select(*columns, task.c.due).where(task.c.case.in_(some)).order_by(task.c.id))
    ]


def head_of_organisation(tx: Connection) -> tuple[int, str] | None:
    """Where the chain of the organisation ends."""
    row = _HEAD.one(tx, {"key": ORGANISATION})
    return None if row is None else (row[0], row[1])


def heads(tx: Connection) -> dict[str, tuple[int, str]]:
    """Where each chain of the log ends."""
    found = {
        str(key): (int(seq), str(head)) for key, seq, head in tx.execute(select(case.c.id, case.c.seq, case.c.head))
    }
    own = head_of_organisation(tx)
    return found if own is None else {**found, ORGANISATION: own}


def values_named(tx: Connection, digests: Sequence[str]) -> dict[str, str]:
    """The compartment of each of these sealed values that still exists."""
    found: dict[str, str] = {}
    for some in _portions(digests):
        rows = tx.execute(select(sealed.c.digest, sealed.c.compartment).where(sealed.c.digest.in_(some)))
        found |= {str(digest): str(compartment) for digest, compartment in rows}
    return found


def count_all(tx: Connection) -> int:
    """How many records the log holds."""
    return tx.execute(select(func.count()).select_from(record)).scalar_one()


def digests(tx: Connection) -> Iterator[str]:
    """The digest of every record."""
    yield from tx.execute(select(record.c.digest)).scalars()


def entries_named(tx: Connection, wanted: Sequence[str]) -> list[Entry]:
    """The records with these digests."""
    return [
        Entry.read(*row)
        for some in _portions(wanted)
        for row in tx.execute(select(*_RECORD_COLUMNS).where(record.c.digest.in_(some)))
    ]


def by_dossier(cases: Sequence[CaseLine]) -> dict[str, tuple[CaseLine, ...]]:
    """The cases of each dossier."""
    ordered = sorted(cases, key=lambda one: one.dossier)
    return {key: tuple(ones) for key, ones in groupby(ordered, key=lambda one: one.dossier)}


def _portions(listed: Sequence[str]) -> Iterator[list[str]]:
    """So many at once as both databases take in one list."""
    rest = iter(listed)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
