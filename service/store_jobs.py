"""SQL for what must happen later: timers and messages (jobs, leased), who waits for which message, and incidents."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select, update

from engine.terms import Values
from service.store_once import once
from service.tables import case, incident, job, wait, wijk


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at or after `due`: `tijd` (a case's timers), `bericht` (a message), `start` (a timer start),
    `stemming` (a ballot closes), `stembus` (its secrets are destroyed), `vernietiging` and `versnippering` (sealed
    values are destroyed by an order, then their keys), `adressen` (the keys of addresses that are gone). A round has
    one job, which stays: `herinnering` (reminders), `wijknieuws` (the news of yesterday), `post` (mail goes out).
    """

    id: str
    kind: str
    case: str | None
    payload: Values
    due: datetime
    attempts: int


MAIL = "post"
"""The kind of the one job that sends mail: a slow server may not hold up the clock, so a loop of its own does it."""
_READY: Select[*tuple[Any, ...]] = (
    select(job.c.id, job.c.kind, job.c.case, job.c.payload, job.c.due, job.c.attempts)
    .where(
        job.c.status == "gepland",
        job.c.due <= bindparam("now"),
        or_(job.c.leased_until.is_(None), job.c.leased_until <= bindparam("now")),
    )
    .order_by(job.c.due, job.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE, _DUE_MAIL = _READY.where(job.c.kind != MAIL), _READY.where(job.c.kind == MAIL)
_LEASE = (
    update(job)
    .where(job.c.id.in_(bindparam("b_ids", expanding=True)))
    .values(leased_until=bindparam("b_until"), attempts=job.c.attempts + 1)
)
_INSERT_JOB = insert(job)
_DROP_TIMER = delete(job).where(job.c.case == bindparam("b_case"), job.c.kind == "tijd")
_WAKE = (
    update(job)
    .where(job.c.topic.in_(bindparam("b_topics", expanding=True)), job.c.status == "gepland")
    .values(due=bindparam("b_now"))
)
_INSERT_WAIT = insert(wait)
_DROP_WAIT = delete(wait).where(
    wait.c.case == bindparam("b_case"), wait.c.name == bindparam("b_name"), wait.c.key == bindparam("b_key")
)
_WAITING = (
    select(wait.c.case)
    .join(case, case.c.id == wait.c.case)
    .where(wait.c.name == bindparam("name"), wait.c.key == bindparam("key"))
    .order_by(case.c.started_at, case.c.id)
)


def plan(
    tx: Connection, kind: str, due: datetime, payload: Values, case_id: str | None = None, topic: str | None = None
) -> str:
    """A new job, visible when this transaction commits; answers its id."""
    job_id = str(uuid4())
    tx.execute(
        _INSERT_JOB,
        {
            "id": job_id,
            "kind": kind,
            "case": case_id,
            "payload": json.dumps(payload, ensure_ascii=False),
            "due": due,
            "status": "gepland",
            "topic": topic,
        },
    )
    return job_id


def keep_round(tx: Connection, kind: str, due: datetime) -> None:
    """The one job of this kind is there, from `due` on when it was not there yet."""
    row = {"id": kind, "kind": kind, "payload": "{}", "due": due, "status": "gepland"}
    tx.execute(once(tx, job), row)


def all_of(tx: Connection, kind: str) -> list[Job]:
    """Every planned job of this kind, due or not."""
    columns = (job.c.id, job.c.kind, job.c.case, job.c.payload, job.c.due, job.c.attempts)
    rows = tx.execute(select(*columns).where(job.c.kind == kind, job.c.status == "gepland"))
    return [Job(id_, kind, case_id, json.loads(payload), due, n) for id_, kind, case_id, payload, due, n in rows]


def set_timer(tx: Connection, case_id: str, before: datetime | None, due: datetime | None) -> None:
    """The case's one timer job stands at its earliest waiting timer: made and cancelled in the token's transaction."""
    if before == due:
        return
    if before is not None:
        tx.execute(_DROP_TIMER, {"b_case": case_id})
    if due is not None:
        plan(tx, "tijd", due, {}, case_id)


def drop_timer(tx: Connection, case_id: str) -> None:
    """The case has no timer job."""
    tx.execute(_DROP_TIMER, {"b_case": case_id})


def set_waits(
    tx: Connection,
    case_id: str,
    before: Collection[tuple[str, str]],
    after: Collection[tuple[str, str]],
    now: datetime,
) -> None:
    """Which messages (name, key) the case waits for, from now on."""
    gone, new = set(before) - set(after), set(after) - set(before)
    for name, key in gone:
        tx.execute(_DROP_WAIT, {"b_case": case_id, "b_name": name, "b_key": key})
    if new:
        tx.execute(_INSERT_WAIT, [{"case": case_id, "name": name, "key": key} for name, key in new])
        wake(tx, new, now)


def wake(tx: Connection, waits: Collection[tuple[str, str]], now: datetime) -> None:
    """What was sent under these names and keys is tried now: somebody began to wait for it, or can receive again."""
    if waits:
        tx.execute(_WAKE, {"b_topics": [f"{name} {key}" for name, key in waits], "b_now": now})


def send(tx: Connection, case_id: str, name: str, key: str, values: Values, now: datetime) -> None:
    """A message from this case, delivered by a job when this transaction has committed."""
    payload: Values = {"naam": name, "sleutel": key, "gegevens": dict(values)}
    plan(tx, "bericht", now, payload, case_id, f"{name} {key}")


def cases_waiting(tx: Connection, name: str, key: str) -> list[str]:
    """The cases that wait for this message, the oldest first."""
    return list(tx.execute(_WAITING, {"name": name, "key": key}).scalars())


def lease(tx: Connection, now: datetime, seconds: int, most: int) -> list[Job]:
    """Up to `most` due jobs, ours until `now + seconds`: another worker skips them, and gets them when we die."""
    return _lease(tx, _DUE, now, seconds, most)


def lease_mail(tx: Connection, now: datetime, seconds: int) -> Job | None:
    """The same, of the job that sends mail."""
    return next(iter(_lease(tx, _DUE_MAIL, now, seconds, 1)), None)


def _lease(tx: Connection, which: Select[*tuple[Any, ...]], now: datetime, seconds: int, most: int) -> list[Job]:
    rows = tx.execute(which, {"now": now, "most": most}).all()
    found = [
        Job(id_, kind, case_id, json.loads(payload), due, attempts)
        for id_, kind, case_id, payload, due, attempts in rows
    ]
    if found:
        tx.execute(_LEASE, {"b_ids": [one.id for one in found], "b_until": now + timedelta(seconds=seconds)})
    return found


def hold_job(tx: Connection, job_id: str) -> bool:
    """True while the job still stands: its own transaction locks it, so that no lease can run out under a doer."""
    found = tx.execute(select(job.c.id).where(job.c.id == job_id, job.c.status == "gepland").with_for_update())
    return found.scalar_one_or_none() is not None


def finish(tx: Connection, job_id: str) -> None:
    """The job is done: in the same transaction as what it did."""
    tx.execute(delete(job).where(job.c.id == job_id))


def postpone(tx: Connection, job_id: str, due: datetime) -> None:
    """Try the job again at `due`."""
    tx.execute(update(job).where(job.c.id == job_id).values(due=due, leased_until=None))


def strand(tx: Connection, job_id: str) -> None:
    """The job stays, visible, but is not tried again until somebody retries its incident."""
    tx.execute(update(job).where(job.c.id == job_id).values(status="vastgelopen", leased_until=None))


def release_job(tx: Connection, job_id: str, due: datetime) -> None:
    """A stranded job, or one that stays, is planned as if it were new."""
    tx.execute(update(job).where(job.c.id == job_id).values(status="gepland", due=due, leased_until=None, attempts=0))


def drop_expectations(tx: Connection, case_id: str) -> None:
    """The case ended: no timer runs and no message is waited for; what it sent is still on its way."""
    tx.execute(_DROP_TIMER, {"b_case": case_id})
    tx.execute(delete(wait).where(wait.c.case == case_id))


def drop_starts(tx: Connection) -> None:
    """No case is started by the calendar, until a process family plans its starts."""
    tx.execute(delete(job).where(job.c.kind == "start"))


def late_jobs(tx: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many jobs are due, and since when the oldest one is."""
    row = tx.execute(select(func.count(), func.min(job.c.due)).where(job.c.status == "gepland", job.c.due <= now)).one()
    return int(row[0]), row[1]


@dataclass(frozen=True, slots=True)
class Planned:
    """A job as it stands in the queue, without what it carries."""

    id: str
    kind: str
    case: str | None
    due: datetime
    leased_until: datetime | None
    attempts: int
    status: str


def queue(tx: Connection, most: int) -> list[Planned]:
    """The jobs of the queue: what got stuck first, then by when they are due."""
    columns = (job.c.id, job.c.kind, job.c.case, job.c.due, job.c.leased_until, job.c.attempts, job.c.status)
    found = select(*columns).order_by(job.c.status.desc(), job.c.due, job.c.id).limit(most)
    return [Planned(*row) for row in tx.execute(found)]


def count_jobs(tx: Connection) -> dict[tuple[str, str], int]:
    """How many jobs there are, by kind and status."""
    found = select(job.c.kind, job.c.status, func.count()).group_by(job.c.kind, job.c.status)
    return {(kind, status): int(count) for kind, status, count in tx.execute(found.order_by(job.c.kind, job.c.status))}


def insert_incident(tx: Connection, case_id: str, job_id: str | None, at: datetime, sentence: str) -> str:
    """An incident on the case, which stays where it was; answers its id."""
    incident_id = str(uuid4())
    tx.execute(insert(incident), {"id": incident_id, "case": case_id, "job": job_id, "at": at, "sentence": sentence})
    return incident_id


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that the engine could not do; `job` is what can be tried again, if anything."""

    id: str
    case: str
    job: str | None
    at: datetime
    sentence: str
    solved_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenIncident(Incident):
    """One that nobody solved yet, and which case that is: its process, in which version, and of what."""

    process: str
    definition: str
    wijk: str
    year: int | None


def incidents(tx: Connection, case_id: str) -> list[Incident]:
    """The case's incidents, the newest first."""
    rows = tx.execute(select(*incident.c).where(incident.c.case == case_id).order_by(incident.c.at.desc()))
    return [Incident(*row) for row in rows]


def open_incidents(
    tx: Connection, wijken: Collection[str] | None, hidden: Collection[str], most: int
) -> list[OpenIncident]:
    """What nobody solved yet in cases of these wijken (None: of all), but for those processes; the newest first."""
    columns = [*incident.c, case.c.process, case.c.definition, wijk.c.name, case.c.year]
    found = select(*columns).join(case, case.c.id == incident.c.case).join(wijk, wijk.c.id == case.c.wijk)
    found = found.where(incident.c.solved_at.is_(None))
    if wijken is not None:
        found = found.where(case.c.wijk.in_(sorted(wijken)))
    if hidden:
        found = found.where(case.c.process.not_in(sorted(hidden)))
    return [OpenIncident(*row) for row in tx.execute(found.order_by(incident.c.at.desc(), incident.c.id).limit(most))]


def solve_incident(tx: Connection, incident_id: str, at: datetime) -> None:
    """The incident was retried or set aside."""
    tx.execute(update(incident).where(incident.c.id == incident_id).values(solved_at=at))
