"""To whom somebody may hand work over: colleagues who hold the role of the task, there and now.

This only offers. Handing over is an act of its own for each task (`tasks.assign`), judged then: by four eyes as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from engine.roles import Scope, holdings
from engine.terms import Actor, Fact, Register
from service import db, organisation, reading, store_people, store_trail, store_worklist
from service.installation import Installation
from service.store_people import PersonRow
from service.store_trail import ORGANISATION
from service.store_worklist import Line, Wanted


@dataclass(frozen=True, slots=True)
class Offer:
    """The tasks of these that one can hand over, and the colleagues who may take every one of them, by name."""

    lines: list[Line]
    candidates: list[PersonRow]


def offer(installation: Installation, by: PersonRow, task_ids: Collection[str], now: datetime) -> Offer:
    """What of this is the caller's to hand over, and to whom; residents are offered nobody and to nobody."""
    with db.reading(installation.database) as tx:
        wanted = Wanted(ids=tuple(task_ids), limit=len(task_ids))
        lines = store_worklist.work_list(tx, [by.id], reading.seats(installation, tx, by, now), wanted)
        if by.is_resident or not lines:
            return Offer(lines, [])
        people = store_people.everybody(tx)
        roles: dict[str, list[Fact]] = defaultdict(list)
        for fact in store_trail.facts_of(tx, ORGANISATION, (Register.ROLLEN,)):
            roles[fact.subject].append(fact)
    colleagues = [one for one in people if one.id != by.id and not one.is_resident and one.blocked_at is None]
    fit = [
        one
        for one in colleagues
        if all(_may_take(line, tuple(roles[organisation.reference(installation, one)]), now) for line in lines)
    ]
    return Offer(lines, sorted(fit, key=lambda one: (one.name, one.login)))


def _may_take(line: Line, roles: tuple[Fact, ...], now: datetime) -> bool:
    scope = Scope(gemeente="", wijk=line.wijk, group=line.scope_group)
    return any(held.role == line.role for held in holdings(Actor("", roles), scope, line.subject, now))
