"""SQL for what anybody may read: the cases of some processes; which processes those are, the caller knows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from service.store_trail import ORGANISATION
from service.tables import case, chain, wijk


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case as anybody may know it; `place` is the name of its wijk, `root` the process of its dossier."""

    id: str
    process: str
    dossier: str
    root: str
    wijk: str
    place: str
    year: int | None
    status: str
    phase: str | None
    started_at: datetime
    ended_at: datetime | None
    length: int  # how many records its chain holds


def moves(tx: Connection, wijk_id: str) -> tuple[int, int, int]:
    """How many cases the wijk has, and how far their chains and that of the organisation are: each act adds to it."""
    own = select(chain.c.seq).where(chain.c.key == ORGANISATION).scalar_subquery()
    found = select(func.count(), func.coalesce(func.sum(case.c.seq), 0), func.coalesce(own, -1))
    cases, acts, organised = tx.execute(found.where(case.c.wijk == wijk_id)).one()
    return int(cases), int(acts), int(organised)


def list_cases(
    tx: Connection,
    processes: Collection[str],
    *,
    wijk_id: str | None = None,
    year: int | None = None,
    case_id: str | None = None,
) -> list[OpenCase]:
    """The cases of these processes, the newest first; a case is of the programme year of its dossier."""
    root = case.alias("root")
    columns = (case.c.id, case.c.process, case.c.dossier, root.c.process, case.c.wijk, wijk.c.name, root.c.year)
    found: Select[*tuple[Any, ...]] = (
        select(*columns, case.c.status, case.c.phase, case.c.started_at, case.c.ended_at, case.c.seq + 1)
        .join(root, root.c.id == case.c.dossier)
        .join(wijk, wijk.c.id == case.c.wijk)
        .where(case.c.process.in_(sorted(processes)))
        .order_by(case.c.started_at.desc(), case.c.id.desc())
    )
    for column, value in ((case.c.wijk, wijk_id), (root.c.year, year), (case.c.id, case_id)):
        if value is not None:
            found = found.where(column == value)
    return [OpenCase(*row) for row in tx.execute(found)]
