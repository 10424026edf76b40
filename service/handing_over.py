"""To whom somebody may hand work over: for each task the colleagues who hold its role, there and now.

This only offers. Handing over is an act of its own for each task (`tasks.assign`), judged then: by four eyes as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.roles import Scope, reaches
from engine.submission import text
from engine.terms import Values
from service import absences, db, reading
from service.absences import Colleague
from service.installation import Installation
from service.store_people import PersonRow
from service.store_worklist import Line, Wanted


@dataclass(frozen=True, slots=True)
class Offer:
    """The tasks of these that one can hand over, and by task the colleagues who may take it, by name."""

    lines: list[Line]
    takers: Mapping[str, list[Colleague]]

    @property
    def candidates(self) -> list[tuple[Colleague, int]]:
        """Everybody who may take any of the tasks, with how many; who may take the most of them first."""
        counted: dict[str, tuple[Colleague, int]] = {}
        for found in self.takers.values():
            for one in found:
                counted[one.id] = one, counted.get(one.id, (one, 0))[1] + 1
        return sorted(counted.values(), key=lambda each: (-each[1], each[0].name.casefold(), each[0].id))


def offer(installation: Installation, by: PersonRow, task_ids: Collection[str], now: datetime) -> Offer:
    """What of this is in the caller's work, and to whom it can go; to a resident nobody says who works here."""
    lines = reading.work_list(installation, by, Wanted(ids=tuple(task_ids), limit=len(task_ids)), now)
    if by.is_resident or not lines:
        return Offer(lines, {})
    with db.reading(installation.database) as tx:
        found = absences.colleagues(installation, tx, now, lambda role: any(_fits(line, role) for line in lines))
    others = [one for one in found if one.id != by.id]
    return Offer(lines, {line.id: [one for one in others if _may_take(line, one)] for line in lines})


def _may_take(line: Line, colleague: Colleague) -> bool:
    return any(_fits(line, role) for role in colleague.roles)


def _fits(line: Line, role: Values) -> bool:
    scope = Scope(gemeente="", wijk=line.wijk, group=line.scope_group)
    return text(role, "rol") == line.role and reaches(role, scope, line.subject)
