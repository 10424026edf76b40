"""What must happen later, done: due timers fire, messages reach the case that waits for them.

A job is leased first, in a transaction of its own, and done in another one that also ends the job: a worker that dies
in between loses nothing, since the lease runs out. A job that the engine cannot do becomes an incident on its case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DataError, IntegrityError

from engine.errors import EngineError
from service import (
    ballots,
    bulletins,
    counting,
    db,
    deliveries,
    destruction,
    mailboxes,
    notices,
    organisation,
    reminders,
    store_jobs,
    store_mailboxes,
)
from service.installation import Installation
from service.store_jobs import Job, Planned
from service.store_people import PersonRow

LEASE_SECONDS = 60


def run_due(installation: Installation, now: datetime, most: int = 20) -> int:
    """Do what is due at `now`; answers how many jobs were taken up, so that a caller can go on until there are none."""
    with db.writing(installation.database) as tx:
        jobs = store_jobs.lease(tx, now, LEASE_SECONDS, most)
    for job in jobs:
        try:
            _do(installation, job, now)
        except EngineError as wrong:
            deliveries.record_incident(installation, job, f"{wrong.title()}: {wrong}", now)
        except (DataError, IntegrityError) as wrong:
            # Its text may hold what people wrote. Left alone, the job would come back for ever and stop the others.
            sentence = f"De database weigert dit ({type(wrong.orig).__name__})."
            deliveries.record_incident(installation, job, sentence, now)
    return len(jobs)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for its moment: how much of each kind, how much is late and since when, and the first of it.

    `mail` is to how many addresses mail waits to go, and how many refused it last; None where no mail is sent.
    """

    counts: Mapping[tuple[str, str], int]
    late: int
    oldest: datetime | None
    first: tuple[Planned, ...]
    mail: tuple[int, int] | None = None


def read_queue(installation: Installation, by: PersonRow, most: int, now: datetime) -> Queue:
    """The queue, for who may retry what got stuck; with `most` 0 only how late it is. Raises Refused."""
    organisation.require_operator(installation, by, now)
    with db.reading(installation.database) as tx:
        late, oldest = store_jobs.late_jobs(tx, now)
        if most == 0:
            return Queue({}, late, oldest, ())
        mail = None if installation.config.smtp is None else store_mailboxes.waiting(tx, now)
        return Queue(store_jobs.count_jobs(tx), late, oldest, tuple(store_jobs.queue(tx, most)), mail)


def keep_rounds(installation: Installation, now: datetime) -> None:
    """See to it that the rounds are made, from now on and each at its time."""
    with db.writing(installation.database) as tx:
        store_jobs.keep_round(tx, reminders.ROUND, now)
        store_jobs.keep_round(tx, bulletins.ROUND, notices.next_morning(now))
        if installation.config.smtp is not None:
            store_jobs.keep_round(tx, store_jobs.MAIL, now)


# What takes more than one transaction, or none.
_APART: Mapping[str, Callable[[Installation, Job, datetime], None]] = {
    destruction.SHREDDING: destruction.shred,
    reminders.ROUND: reminders.remind,
    bulletins.ROUND: bulletins.gather,
    mailboxes.GONE: mailboxes.shred,
}


def _do(installation: Installation, job: Job, now: datetime) -> None:
    apart = _APART.get(job.kind)
    if apart is not None:
        apart(installation, job, now)
        return
    with db.writing(installation.database) as tx:
        if job.kind == "tijd":
            deliveries.fire_timers(installation, tx, job, now)
        elif job.kind == "start":
            deliveries.start_on_time(installation, tx, job, now)
        elif job.kind == destruction.ORDERED:
            destruction.carry_out(installation, tx, job, now)
        elif job.kind == ballots.CLOSING:
            counting.close(installation, tx, job, now)
        elif job.kind == counting.FORGETTING:
            counting.forget(installation, tx, job)
        else:
            deliveries.deliver(installation, tx, job, now)
