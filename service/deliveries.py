"""What reaches a case without a person: its timers, messages from other cases; and the incidents when that fails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from engine import acts
from engine.acts import Standing
from engine.case import Case, Message, Outcome
from engine.definition import Definition
from engine.errors import MessageUnexpected
from engine.expressions.timers import Timer
from engine.question import CaseFacts
from engine.roles import Scope
from engine.terms import Json, Register, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import advance, db, hearing, store, store_definitions, store_jobs, store_trail, store_wijken
from service.installation import Installation
from service.starting import NewCase, Trigger, is_free, open_by_system
from service.store import CaseRow
from service.store_jobs import Job

_log = structlog.get_logger("wijkcyclus.jobs")
_SOON, _DAY = timedelta(seconds=1), timedelta(days=1)
_PATIENCE = 30  # attempts to deliver a message for which no case waits yet: about three weeks


def standing_of(installation: Installation, tx: Connection, row: CaseRow) -> Standing:
    """What governs the case, when nobody in particular acts."""
    definition = installation.definition(tx, row.definition)
    facts = CaseFacts(id=row.id, dossier=row.dossier, status=row.status)
    return Standing(definition, Scope(gemeente="", wijk=row.wijk, group=row.group), facts)


def fire_timers(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Fire what is due in the job's case; a suspended case keeps its timers until it is resumed."""
    row = store.hold_case(tx, job.case or "")  # before the job, as everybody does who changes a case and its timers
    if not store_jobs.hold_job(tx, job.id):
        return  # somebody else did it, or the case no longer waits
    store_jobs.finish(tx, job.id)
    if row is None or row.status != "lopend":
        return
    standing = standing_of(installation, tx, row)
    case = Case.restore(standing.definition, row.state)
    was = advance.Before(row.state, None, advance.waits_of(case))
    open_before = dict(case.tasks)
    ticked = case.tick(now)
    fields = acts.lapsed(open_before, ticked)
    own = hearing.established("", Kind.TIME_PASSED, fields, row.id, now)
    broken = acts.broken_promises(
        open_before, ticked, standing, lambda: store_trail.facts_of(tx, row.dossier, {Register.TOEZEGGINGEN}), now
    )
    outcome = advance.settled(tx, row, standing, case, ticked, own, now)
    _store(installation, tx, row, standing, was, case, outcome, Kind.TIME_PASSED, fields, now, broken)


def deliver(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Give the job's message to the case that has waited for it longest, else to the process that begins with it.

    When there is neither, the message is kept, and comes again. Raises MessageUnexpected when it has come too often.
    """
    message = _message(job)
    waiting = store_jobs.cases_waiting(tx, message.name, message.key)
    row = store.hold_case(tx, waiting[0]) if waiting else None
    if not store_jobs.hold_job(tx, job.id):
        return  # somebody else delivered it
    if row is not None:
        if _received(installation, tx, row, job, message, now):
            store_jobs.finish(tx, job.id)
    elif store_jobs.cases_waiting(tx, message.name, message.key):
        store_jobs.postpone(tx, job.id, now + _SOON)  # one began to wait between our look and our lock
    elif _start_by_message(installation, tx, job, message, now):
        store_jobs.finish(tx, job.id)
    elif job.attempts < _PATIENCE:
        store_jobs.postpone(tx, job.id, now + min(timedelta(minutes=2**job.attempts), _DAY))
    else:
        raise MessageUnexpected(f"Op bericht '{message.name}' met sleutel '{message.key}' wacht nog steeds niemand.")


def _message(job: Job) -> Message:
    values = job.payload.get("gegevens")
    return Message(str(job.payload["naam"]), str(job.payload["sleutel"]), values if isinstance(values, dict) else {})


def _received(
    installation: Installation, tx: Connection, row: CaseRow, job: Job, message: Message, now: datetime
) -> bool:
    """Whether the case, held, took the message; if not, it comes again."""
    if row.status != "lopend":
        store_jobs.postpone(tx, job.id, now + _DAY)  # resuming the case brings it forward
        return False
    standing = standing_of(installation, tx, row)
    case = Case.restore(standing.definition, row.state)
    if (message.name, message.key) not in advance.waits_of(case):
        store_jobs.postpone(tx, job.id, now + _SOON)  # another message served it between our look and our lock
        return False
    was = advance.before(row, case)
    delivered = case.deliver(message.name, message.key, message.values or {}, now)
    outcome = advance.settled(tx, row, standing, case, delivered, (), now)
    received: dict[str, Json] = {"bericht": message.name, "sleutel": message.key, "van": job.case}
    fields: dict[str, Json] = {"subject": message.name, "values": received}
    _store(installation, tx, row, standing, was, case, outcome, Kind.MESSAGE_RECEIVED, fields, now)
    return True


def _start_by_message(installation: Installation, tx: Connection, job: Job, message: Message, now: datetime) -> bool:
    """Start the process that begins with this message, in the dossier and wijk of the case that sent it."""
    sender = None if job.case is None else store.read_case(tx, job.case)
    if sender is None:
        return False
    definition = installation.definition(tx, sender.definition)
    for process in definition.processes.values():
        if message.name in process.messages:
            new = NewCase(str(uuid4()), process.id, sender.wijk, sender.group, sender.year, sender.dossier)
            open_by_system(installation, tx, definition, new, Trigger(message=message, sender=sender.id), now)
            return True
    return False


def start_on_time(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Start the job's process in every wijk, and plan the next time; nothing when a newer version is released.

    A year case is started where there is none yet for that programme year.
    """
    if not store_jobs.hold_job(tx, job.id):
        return
    store_jobs.finish(tx, job.id)
    version = store_definitions.current_version(tx)
    if version is None or version != job.payload["versie"]:
        return
    definition = installation.definition(tx, version)
    process = definition.processes[str(job.payload["proces"])]
    element = str(job.payload["element"])
    year = definition.year_of(process, job.due)
    for wijk, _name in store_wijken.all_wijken(tx):
        new = NewCase(str(uuid4()), process.id, wijk, year=year)
        if is_free(tx, definition, new):
            open_by_system(installation, tx, definition, new, Trigger(element=element), now)
    left = job.payload.get("nog")
    remaining = left - 1 if isinstance(left, int) else None
    _plan_start(tx, {**job.payload, "nog": remaining}, _next_start(definition, process.timers[element], job.due))


def plan_starts(tx: Connection, definition: Definition, now: datetime) -> None:
    """The timer starts of a version that is released now, in the place of those of the version before.

    Moments that passed before the release start nothing: nobody has missed them.
    """
    store_jobs.drop_starts(tx)
    for process in definition.processes.values():
        for element, timer in process.timers.items():
            due: datetime | None = timer.first(now, {}, definition.functions(now))
            left = None if timer.is_named_anew else timer.repetitions
            while due is not None and due < now:
                due, left = _next_start(definition, timer, due), None if left is None else left - 1
            payload: Values = {"versie": definition.version, "proces": process.id, "element": element, "nog": left}
            _plan_start(tx, payload, due)


def _next_start(definition: Definition, timer: Timer, due: datetime) -> datetime | None:
    """The start after the one at `due`: of a cycle, or the next day that a term of the city names."""
    if not timer.is_named_anew:
        return timer.next(due)
    found = timer.first(due + _DAY, {}, definition.functions(due + _DAY))
    return found if found > due else None


def _plan_start(tx: Connection, payload: Values, due: datetime | None) -> None:
    """Plan a start at `due`; "nog" in the payload is how often it still happens (None: without end)."""
    left = payload.get("nog")
    if due is not None and left != 0:
        store_jobs.plan(tx, "start", due, payload)


def _store(
    installation: Installation,
    tx: Connection,
    row: CaseRow,
    standing: Standing,
    was: advance.Before,
    case: Case,
    outcome: Outcome,
    kind: Kind,
    fields: dict[str, Json],
    now: datetime,
    broken: Sequence[Values] = (),
) -> None:
    state = case.snapshot()
    entry = acts.follow_up(standing, acts.effect(row.state, state, outcome)) | fields
    entries: list[tuple[Kind, Values]] = [(kind, entry)]
    entries += [(Kind.COMMITMENT_MISSED, {**acts.follow_up(standing), **one}) for one in broken]
    if outcome.ended:
        entries.append((Kind.CASE_FINISHED, advance.ending(standing, outcome)))
    written = hearing.append(installation, tx, Head(row.id, row.seq, row.head), entries, now, dossier=row.dossier)
    advance.save(tx, row, was, case, outcome, state, written[-1].head, now)


def record_incident(installation: Installation, job: Job, sentence: str, now: datetime) -> None:
    """The job could not be done: it stays, and the case that it was for gets an incident (or who sent the message)."""
    with db.writing(installation.database) as tx:
        row = store.hold_case(tx, _concerned(tx, job))
        if not store_jobs.hold_job(tx, job.id):
            return
        store_jobs.strand(tx, job.id)
        if row is None:
            _log.error("vastgelopen", job=job.id, kind=job.kind, fout=sentence)  # no case to show it on
        else:
            _raise_incident(installation, tx, row, job.id, sentence, now)


def _concerned(tx: Connection, job: Job) -> str:
    waiting: list[str] = []
    if job.kind == "bericht":
        message = _message(job)
        waiting = store_jobs.cases_waiting(tx, message.name, message.key)
    return waiting[0] if waiting else job.case or ""


def incident_of_task(installation: Installation, task_id: str, sentence: str, now: datetime) -> None:
    """The engine could not carry out a completion: nothing changed, and the case shows why."""
    with db.writing(installation.database) as tx:
        found = store.hold_task(tx, task_id)
        if found is not None:
            _raise_incident(installation, tx, found[1], None, sentence, now)


def _raise_incident(
    installation: Installation, tx: Connection, row: CaseRow, job_id: str | None, sentence: str, now: datetime
) -> None:
    incident = store_jobs.insert_incident(tx, row.id, job_id, now, sentence)
    entry = acts.follow_up(standing_of(installation, tx, row)) | {"values": {"incident": incident}}
    head = Head(row.id, row.seq, row.head)
    hearing.write(installation, tx, head, [(Kind.INCIDENT_RAISED, entry)], now, dossier=row.dossier)
