"""What must happen later, done: due timers fire, messages reach the case that waits for them.

A job is leased first, in a transaction of its own, and done in another one that also ends the job: a worker that dies
in between loses nothing, since the lease runs out. A job that the engine cannot do becomes an incident on its case.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.errors import EngineError
from service import db, deliveries, store_jobs
from service.installation import Installation
from service.store_jobs import Job

LEASE_SECONDS = 60
_PATIENCE = 30  # attempts to deliver a message for which no case waits yet: about three weeks


def run_due(installation: Installation, now: datetime, most: int = 20) -> int:
    """Do what is due at `now`; answers how many jobs were taken up, so that a caller can go on until there are none."""
    with db.writing(installation.database) as tx:
        jobs = store_jobs.lease(tx, now, LEASE_SECONDS, most)
    for job in jobs:
        try:
            _do(installation, job, now)
        except EngineError as wrong:
            deliveries.record_incident(installation, job, f"{wrong.title()}: {wrong}", now)
    return len(jobs)


def _do(installation: Installation, job: Job, now: datetime) -> None:
    with db.writing(installation.database) as tx:
        if not store_jobs.hold_job(tx, job.id):
            return  # somebody else did it, or the case no longer waits
        if job.kind == "tijd":
            deliveries.fire_timers(installation, tx, job, now)
        elif job.kind == "start":
            deliveries.start_on_time(installation, tx, job, now)
        elif deliveries.deliver(installation, tx, job, now):
            store_jobs.finish(tx, job.id)
        elif job.attempts >= _PATIENCE:
            store_jobs.strand(tx, job.id)
        else:
            store_jobs.postpone(tx, job.id, now + min(timedelta(minutes=2**job.attempts), timedelta(days=1)))
