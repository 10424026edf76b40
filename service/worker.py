"""The loop that does due jobs: a thread inside `serve` on SQLite, any number of worker processes on PostgreSQL."""

from __future__ import annotations

from threading import Event

import structlog
from sqlalchemy.exc import OperationalError

from service import clock, jobs
from service.installation import Installation

_log = structlog.get_logger("wijkcyclus.worker")


def work(installation: Installation, stop: Event, pause: float = 1.0) -> None:
    """Do due jobs until `stop` is set; a database that is away for a moment is waited for."""
    while not stop.is_set():
        try:
            done = jobs.run_due(installation, clock.now())
        except OperationalError as away:
            _log.warning("database onbereikbaar", fout=str(away.orig))
            done = 0
        if done == 0:
            stop.wait(pause)
