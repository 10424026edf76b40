"""How the service is doing: `/healthz`, `/readyz` and `/metrics`, for machines, without login and without contents."""

from __future__ import annotations

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from service import db, store_jobs, store_log
from service.api.border import Blueprint, here, route, written
from service.guard import Guard

toestand = Blueprint("toestand", __name__, description="Hoe het met de dienst gaat")


@route(toestand, "GET", "/healthz", Guard.ANYONE)
def healthz() -> Response:
    """The process answers, and the log fits what was signed of it; 503 calls people: no restart mends a broken log."""
    try:
        with db.reading(here().installation.database) as tx:
            broken = store_log.why_broken(tx)
    except SQLAlchemyError:
        broken = None  # that the database is away stands at `/readyz`
    if broken is not None:
        return written({"status": "verantwoording gebroken", "reden": broken}, 503)
    return written({"status": "goed"})


@route(toestand, "GET", "/readyz", Guard.ANYONE)
def readyz() -> Response:
    """The database answers and stands at the newest migration."""
    try:
        is_ready = db.is_current(here().installation.database)
    except SQLAlchemyError:
        is_ready = False
    return written({"status": "gereed" if is_ready else "niet gereed"}, 200 if is_ready else 503)


@route(toestand, "GET", "/metrics", Guard.ANYONE)
def metrics() -> Response:
    """What this process has counted, for Prometheus."""
    service = here()
    now = service.clock()
    with db.reading(service.installation.database) as tx:
        late, oldest = store_jobs.late_jobs(tx, now)
    service.metrics.jobs_late.set(late)
    service.metrics.job_lag.set(0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
    return Response(service.metrics.text(), mimetype="text/plain; version=0.0.4")
