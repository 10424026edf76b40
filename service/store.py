"""SQL for cases and tasks: rows in, engine terms out. Every statement is built once, so that it is compiled once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from engine.terms import Act, Task, Values
from engine.trail.record import ORGANISATION, Head
from service.store_statement import Statement, as_json
from service.tables import case, chain, task
from service.tables_people import person, session


class CaseRow(NamedTuple):
    """A case as stored, with the head of its chain; `revision` is what a change must still find."""

    id: str
    definition: str
    process: str
    dossier: str
    wijk: str
    group: str | None
    year: int | None
    status: str
    phase: str | None
    revision: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    seq: int
    head: str


class TaskRow(NamedTuple):
    """A task as stored: what the engine's Task does not know (who has it, how it ended)."""

    id: str
    case: str
    element: str
    name: str
    process: str
    phase: str | None
    group: str | None
    act: str
    step: str | None
    subject: str
    inputs: Values
    status: str
    assignee: str | None
    opened_at: datetime
    due: datetime | None
    ended_at: datetime | None
    completed_by: str | None
    submission: str | None
    record: str | None
    revision: int | None
    assignee_is_resident: bool


_dossier = case.alias("dossier")
_CASE_COLUMNS = (
    case.c.id,
    case.c.definition,
    case.c.process,
    case.c.dossier,
    case.c.wijk,
    case.c.group,
    case.c.year,
    case.c.status,
    case.c.phase,
    case.c.revision,
    case.c.state,
    case.c.started_at,
    case.c.ended_at,
    case.c.seq,
    case.c.head,
)
_TASK_COLUMNS = (
    task.c.id,
    task.c.case,
    task.c.element,
    task.c.name,
    task.c.process,
    task.c.phase,
    task.c.group,
    task.c.act,
    task.c.step,
    task.c.subject,
    task.c.inputs,
    task.c.status,
    task.c.assignee,
    task.c.opened_at,
    task.c.due,
    task.c.ended_at,
    task.c.completed_by,
    task.c.submission,
    task.c.record,
    task.c.revision,
    func.coalesce(person.c.is_resident, False),
)
_TASKS = task.outerjoin(person, person.c.id == task.c.assignee)
_CASES = case.join(_dossier, _dossier.c.id == case.c.dossier)
_PAIRS: Select[*tuple[Any, ...]] = select(*_TASK_COLUMNS, *_CASE_COLUMNS).select_from(
    _CASES.join(task, task.c.case == case.c.id).outerjoin(person, person.c.id == task.c.assignee)
)
_HELD = _PAIRS.where(task.c.id == bindparam("id"))
_OPEN_IN_WIJK = (
    _PAIRS.where(
        task.c.wijk == bindparam("wijk"),
        task.c.group.in_(bindparam("lanes", expanding=True)),
        task.c.act == bindparam("act"),
        task.c.status == "open",
        case.c.status == "lopend",
    )
    .order_by(task.c.opened_at, task.c.id)
    .limit(bindparam("most"))
)
# Dossier first, then case: everybody who changes something queues in this order (PostgreSQL; SQLite has one writer
# anyway). The task is held too: who has waited must see who took it up meanwhile, and PostgreSQL reads again only what
# it locks.
_HOLD_TASK = Statement(_HELD.with_for_update(of=[_dossier, case, task]))
_user = person.alias("user")
_IS_VALID = (
    select(session.c.id)
    .join(_user, _user.c.id == session.c.person)
    .where(
        session.c.id == bindparam("session"),
        session.c.revoked_at.is_(None),
        session.c.expires_at > bindparam("now"),
        _user.c.blocked_at.is_(None),
    )
    .exists()
)
_ORGANISED = select(chain.c.seq).where(chain.c.key == ORGANISATION).scalar_subquery()
_HOLD_TASK_IN_SESSION = Statement(
    _HELD.add_columns(_ORGANISED, _IS_VALID.label("is_valid")).with_for_update(of=[_dossier, case, task])
)
_CASE: Select[*tuple[Any, ...]] = select(*_CASE_COLUMNS).select_from(_CASES).where(case.c.id == bindparam("id"))
_HOLD_CASE = _CASE.with_for_update(of=[_dossier, case])

_INSERT_CASE = insert(case)
# Who has it, and how it ended, is not known yet.
_LATER = ("assignee", "ended_at", "completed_by", "submission", "record", "revision")
_INSERT_TASK = Statement(
    insert(task).values({name: bindparam(name) for name in task.columns.keys() if name not in _LATER})  # noqa: SIM118
)
_SAVE_CASE = Statement(
    update(case)
    .where(case.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        revision=bindparam("b_revision"),
        status=bindparam("b_status"),
        phase=bindparam("b_phase"),
        ended_at=bindparam("b_ended_at"),
        seq=bindparam("b_seq"),
        head=bindparam("b_head"),
    )
)
_END_TASK = Statement(
    update(task)
    .where(task.c.id == bindparam("b_id"))
    .values(
        status="afgerond",
        ended_at=bindparam("b_at"),
        completed_by=bindparam("b_by"),
        submission=bindparam("b_submission"),
        record=bindparam("b_record"),
        revision=bindparam("b_revision"),
    )
)
_DROP_TASKS = (
    update(task)
    .where(task.c.id.in_(bindparam("b_ids", expanding=True)), task.c.status == "open")
    .values(status="vervallen", ended_at=bindparam("b_at"))
)
_ASSIGN = update(task).where(task.c.id == bindparam("b_id")).values(assignee=bindparam("b_assignee"))
_OPEN_TASKS: Select[*tuple[Any, ...]] = (
    select(*_TASK_COLUMNS).select_from(_TASKS).where(task.c.case == bindparam("case"), task.c.status == "open")
)
_CASE_TASKS: Select[*tuple[Any, ...]] = (
    select(*_TASK_COLUMNS)
    .select_from(_TASKS)
    .where(task.c.case == bindparam("case"))
    .order_by(task.c.opened_at, task.c.id)
)
_PERFORMED = select(task.c.record).where(
    task.c.case == bindparam("case"), task.c.element == bindparam("element"), task.c.status == "afgerond"
)


def _task_row(row: Sequence[Any]) -> TaskRow:
    return TaskRow._make((*row[:10], json.loads(row[10]), *row[11:21]))


def hold_task(tx: Connection, task_id: str) -> tuple[TaskRow, CaseRow] | None:
    """The task with its case, both locked until the transaction ends; None when there is none."""
    return _pair(_HOLD_TASK.one(tx, {"id": task_id}))


def hold_task_in_session(
    tx: Connection, task_id: str, session_id: str | None, now: datetime
) -> tuple[TaskRow, CaseRow, int | None, bool] | None:
    """As `hold_task`, how far the chain of the organisation is, and whether the session is valid at `now`.

    In one question, because it is asked so often. None for the organisation on PostgreSQL: there this question may have
    waited for its lock, and answers what stood before.
    """
    row = _HOLD_TASK_IN_SESSION.one(tx, {"id": task_id, "session": session_id, "now": now})
    if row is None:
        return None
    organised = row[-2] if tx.dialect.name == "sqlite" else None
    return _task_row(row), CaseRow._make(row[21:-2]), organised, bool(row[-1])


def read_task(tx: Connection, task_id: str) -> tuple[TaskRow, CaseRow] | None:
    """The task with its case, without a lock."""
    return _pair(tx.execute(_HELD, {"id": task_id}).one_or_none())


def open_in_wijk(
    tx: Connection, wijk: str, lanes: Collection[str], act: Act, most: int
) -> list[tuple[TaskRow, CaseRow]]:
    """The open tasks of these lanes with this act in this wijk, of cases that run; the oldest first."""
    found = tx.execute(_OPEN_IN_WIJK, {"wijk": wijk, "lanes": list(lanes), "act": act.value, "most": most})
    return [(_task_row(row), CaseRow(*row[21:])) for row in found]


def _pair(row: Sequence[Any] | None) -> tuple[TaskRow, CaseRow] | None:
    return None if row is None else (_task_row(row), CaseRow(*row[21:]))


def hold_case(tx: Connection, case_id: str) -> CaseRow | None:
    """The case, locked until the transaction ends; None when there is none."""
    row = tx.execute(_HOLD_CASE, {"id": case_id}).one_or_none()
    return None if row is None else CaseRow(*row)


def read_case(tx: Connection, case_id: str) -> CaseRow | None:
    """The case, without a lock."""
    row = tx.execute(_CASE, {"id": case_id}).one_or_none()
    return None if row is None else CaseRow(*row)


def has_year_case(tx: Connection, process: str, wijk: str, year: int) -> bool:
    """Whether this wijk has a case of this process for this programme year, be it over, unless it was called off."""
    of_year = (case.c.process == process, case.c.wijk == wijk, case.c.year == year, case.c.status != "afgebroken")
    return tx.execute(select(case.c.id).where(*of_year).limit(1)).first() is not None


def insert_case(tx: Connection, row: CaseRow) -> None:
    """A new case, with the head of its chain as it will stand."""
    tx.execute(_INSERT_CASE, row._asdict())


def save_case(
    tx: Connection, row: CaseRow, *, state: str, status: str, phase: str | None, ended_at: datetime | None, head: Head
) -> None:
    """The case's new state and head, one revision further; `row` is as this transaction holds it."""
    _SAVE_CASE.run(
        tx,
        {
            "b_id": row.id,
            "b_revision": row.revision + 1,
            "b_state": state,
            "b_status": status,
            "b_phase": phase,
            "b_ended_at": ended_at,
            "b_seq": head.seq,
            "b_head": head.digest,
        },
    )


def insert_tasks(tx: Connection, row: CaseRow, opened: Iterable[Task], at: datetime) -> None:
    """The tasks that an act opened."""
    rows = [
        {
            "id": one.id,
            "case": row.id,
            "element": one.element,
            "name": one.name,
            "process": one.process,
            "phase": one.phase,
            "group": one.group,
            "act": one.spec.act.value,
            "step": one.spec.step,
            "subject": one.subject,
            "inputs": as_json(one.inputs),
            "wijk": row.wijk,
            "scope_group": row.group,
            "status": "open",
            "opened_at": at,
            "due": one.due,
        }
        for one in opened
    ]
    _INSERT_TASK.run(tx, *rows)


def end_task(
    tx: Connection, task_id: str, *, by: str, at: datetime, submission: str, record: str, revision: int
) -> None:
    """The task is completed; this transaction holds its case and found it open."""
    _END_TASK.run(
        tx,
        {
            "b_id": task_id,
            "b_at": at,
            "b_by": by,
            "b_submission": submission,
            "b_record": record,
            "b_revision": revision,
        },
    )


def drop_tasks(tx: Connection, task_ids: Sequence[str], at: datetime) -> None:
    """Tasks that ended without being completed (an interrupting event, a cancelled case)."""
    if task_ids:
        tx.execute(_DROP_TASKS, {"b_ids": list(task_ids), "b_at": at})


def assign_task(tx: Connection, task_id: str, person: str | None) -> None:
    """The task gets this assignee (a person's id), or none."""
    tx.execute(_ASSIGN, {"b_id": task_id, "b_assignee": person})


def tasks_of_case(tx: Connection, case_id: str, *, only_open: bool = False) -> list[TaskRow]:
    """The case's tasks, oldest first."""
    found = _OPEN_TASKS if only_open else _CASE_TASKS
    return [_task_row(row) for row in tx.execute(found, {"case": case_id})]


def records_of_element(tx: Connection, case_id: str, element: str) -> list[str]:
    """The digests of the records by which this element was completed in this case: the facts of four eyes."""
    return list(tx.execute(_PERFORMED, {"case": case_id, "element": element}).scalars())


def set_status(tx: Connection, row: CaseRow, status: str, ended_at: datetime | None) -> None:
    """Another status for the case, one revision further; `row` is as this transaction holds it."""
    tx.execute(
        update(case).where(case.c.id == row.id).values(status=status, revision=row.revision + 1, ended_at=ended_at)
    )
