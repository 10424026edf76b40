"""What reaches a case without a person: its timers, messages from other cases; and the incidents when that fails."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from engine import acts
from engine.acts import Standing
from engine.case import Case, Message, Outcome
from engine.definition import Definition
from engine.question import CaseFacts
from engine.roles import Scope
from engine.terms import Json, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import advance, db, hearing, store, store_definitions, store_jobs, store_wijken
from service.installation import Installation
from service.starting import NewCase, Trigger, open_by_system
from service.store import CaseRow
from service.store_jobs import Job


def standing_of(installation: Installation, tx: Connection, row: CaseRow) -> Standing:
    """What governs the case, when nobody in particular acts."""
    definition = installation.definition(tx, row.definition)
    facts = CaseFacts(id=row.id, dossier=row.dossier, status=row.status)
    return Standing(definition, Scope(gemeente="", wijk=row.wijk, group=row.group), facts)


def fire_timers(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Fire what is due in the job's case; a suspended case keeps its timers until it is resumed."""
    store_jobs.finish(tx, job.id)
    row = store.hold_case(tx, job.case or "")
    if row is None or row.status != "lopend":
        return
    standing = standing_of(installation, tx, row)
    case = Case.restore(standing.definition, row.state)
    was = advance.Before(row.state, None, advance.waits_of(case))
    outcome = advance.settled(tx, row, case, case.tick(now), (), now)
    _store(installation, tx, row, standing, was, case, outcome, Kind.TIME_PASSED, {}, now)


def deliver(installation: Installation, tx: Connection, job: Job, now: datetime) -> bool:
    """Give the job's message to the case that has waited for it longest; False when none waits (yet)."""
    name, key = str(job.payload["naam"]), str(job.payload["sleutel"])
    values = job.payload.get("gegevens")
    waiting = store_jobs.cases_waiting(tx, name, key)
    if not waiting:
        return _start_by_message(
            installation, tx, job, Message(name, key, values if isinstance(values, dict) else {}), now
        )
    row = store.hold_case(tx, waiting[0])
    if row is None or row.status != "lopend":
        return False
    standing = standing_of(installation, tx, row)
    case = Case.restore(standing.definition, row.state)
    if (name, key) not in advance.waits_of(case):
        return False  # it was served between our look and our lock
    was = advance.before(row, case)
    received = values if isinstance(values, dict) else {}
    outcome = advance.settled(tx, row, case, case.deliver(name, key, received, now), (), now)
    fields: dict[str, Json] = {"subject": name, "values": {"bericht": name, "sleutel": key, "van": job.case}}
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
            open_by_system(installation, tx, definition, new, Trigger(message=message), now)
            return True
    return False


def start_on_time(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Start the job's process in every wijk, and plan the next time; nothing when a newer version is released."""
    store_jobs.finish(tx, job.id)
    version = store_definitions.current_version(tx)
    if version is None or version != job.payload["versie"]:
        return
    definition = installation.definition(tx, version)
    process = definition.processes[str(job.payload["proces"])]
    element = str(job.payload["element"])
    for wijk, _name in store_wijken.all_wijken(tx):
        new = NewCase(str(uuid4()), process.id, wijk)
        open_by_system(installation, tx, definition, new, Trigger(element=element), now)
    following = process.timers[element].next(job.due)
    if following is not None:
        store_jobs.plan(tx, "start", following, job.payload)


def plan_starts(tx: Connection, definition: Definition, now: datetime) -> None:
    """The timer starts of a version that is released now."""
    for process in definition.processes.values():
        for element, timer in process.timers.items():
            due = timer.first(now, {}, definition.functions(now))
            store_jobs.plan(tx, "start", due, {"versie": definition.version, "proces": process.id, "element": element})


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
) -> None:
    state = advance.save(tx, row, was, case, outcome, now)
    entry = acts.follow_up(standing, acts.effect(row.state, state, outcome)) | fields
    entries: list[tuple[Kind, Values]] = [(kind, entry)]
    if outcome.ended:
        entries.append((Kind.CASE_FINISHED, acts.follow_up(standing)))
    hearing.write(installation, tx, Head(row.id, row.seq, row.head), entries, now, dossier=row.dossier)


def record_incident(installation: Installation, job: Job, sentence: str, now: datetime) -> None:
    """The job could not be done: it stays, visible, and its case gets an incident."""
    with db.writing(installation.database) as tx:
        row = None if job.case is None else store.hold_case(tx, job.case)
        if row is None:
            store_jobs.strand(tx, job.id)
        else:
            _raise_incident(installation, tx, row, job.id, sentence, now)


def incident_of_task(installation: Installation, task_id: str, sentence: str, now: datetime) -> None:
    """The engine could not carry out a completion: nothing changed, and the case shows why."""
    with db.writing(installation.database) as tx:
        found = store.hold_task(tx, task_id)
        if found is not None:
            _raise_incident(installation, tx, found[1], None, sentence, now)


def _raise_incident(
    installation: Installation, tx: Connection, row: CaseRow, job_id: str | None, sentence: str, now: datetime
) -> None:
    if job_id is not None:
        store_jobs.strand(tx, job_id)
    incident = store_jobs.insert_incident(tx, row.id, job_id, now, sentence)
    entry = acts.follow_up(standing_of(installation, tx, row)) | {"values": {"incident": incident}}
    head = Head(row.id, row.seq, row.head)
    hearing.write(installation, tx, head, [(Kind.INCIDENT_RAISED, entry)], now, dossier=row.dossier)
