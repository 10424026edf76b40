"""SQL for planning: the priority of a task, and the day on which somebody wants to look at it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.submission import day_of
from service.tables import planning

NORMAL = "normaal"
_FIND = select(planning.c.priority, planning.c.follow_up).where(planning.c.task == bindparam("task"))


@dataclass(frozen=True, slots=True)
class Plan:
    """How pressing a task is; `follow_up` is the midnight with which the day to look at it again begins."""

    priority: str = NORMAL
    follow_up: datetime | None = None

    @property
    def day(self) -> date | None:
        """The day to look at it again."""
        return None if self.follow_up is None else day_of(self.follow_up)


def find(tx: Connection, task: str) -> Plan:
    """What was planned for this task; of most tasks nothing is."""
    row = tx.execute(_FIND, {"task": task}).one_or_none()
    return Plan() if row is None else Plan(*row)


def put(tx: Connection, task: str, plan: Plan) -> None:
    """This is planned now, instead of what was. The caller holds the task and found it open."""
    tx.execute(delete(planning).where(planning.c.task == task))
    if plan != Plan():
        tx.execute(insert(planning), {"task": task, "priority": plan.priority, "follow_up": plan.follow_up})
