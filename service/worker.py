"""The loops beside the requests: due jobs, mail, the log, its witnesses.

On SQLite they are threads inside `serve`; on PostgreSQL any number of worker processes do jobs and ask witnesses, and
every process keeps the log.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from engine.errors import NoteRefused, TreeBroken
from service import clock, jobs, post, sequencing, signing, witnesses
from service.installation import Installation
from service.signing import LogBroken

_log = structlog.get_logger("wijkcyclus.worker")
_LOG_PAUSE, _WITNESS_PAUSE = 0.2, 10.0
_LOOKS_AGAIN = 25
"""After so many rounds in which no record came the log is held against what was signed all the same."""


def work(installation: Installation, stop: Event, pause: float = 1.0) -> None:
    """Do due jobs until `stop` is set; a database that is away for a moment is waited for."""
    has_rounds = False
    while not stop.is_set():
        try:
            if not has_rounds:
                jobs.keep_rounds(installation, clock.now())
                has_rounds = True
            done = jobs.run_due(installation, clock.now())
        except OperationalError as away:
            _log.warning("database onbereikbaar", fout=str(away.orig))
            done = 0
        if done == 0:
            stop.wait(pause)


def send_mail(installation: Installation, stop: Event, pause: float = 5.0) -> None:
    """Send the mail that waits, until `stop` is set: beside the clock, which a slow server may not hold up."""
    while not stop.is_set():
        try:
            sent = post.deliver(installation, clock.now())
        except SQLAlchemyError as away:
            _log.warning("de post wacht", fout=type(away).__name__)
            sent = 0
        if sent == 0:
            stop.wait(pause)


def keep_log(installation: Installation, stop: Event, pause: float = _LOG_PAUSE) -> None:
    """Give records their place in the log and sign it, until `stop` is set."""
    rounds = 0
    while not stop.is_set():
        try:
            if sequencing.sequence_all(installation) or rounds % _LOOKS_AGAIN == 0:
                signing.sign_head(installation, clock.now())
        except LogBroken as broken:
            _log.error("verantwoording gebroken", reden=f"{broken}")
        except (OSError, SQLAlchemyError) as away:
            _log.warning("het logboek wacht", fout=type(away).__name__)
        rounds += 1
        stop.wait(pause)


def ask_witnesses(installation: Installation, stop: Event, pause: float = _WITNESS_PAUSE) -> None:
    """Have the newest checkpoint cosigned, until `stop` is set."""
    while not stop.is_set():
        try:
            witnesses.cosign(installation, clock.now())
        except (OSError, SQLAlchemyError, NoteRefused, TreeBroken) as wrong:
            _log.warning("de getuigen wachten", fout=f"{type(wrong).__name__}")
        stop.wait(pause)


def begin(loop: Callable[[Installation, Event], None], installation: Installation, stop: Event) -> Thread:
    """Run this loop beside what the process does otherwise."""
    thread = Thread(target=loop, args=(installation, stop), name=loop.__name__, daemon=True)
    thread.start()
    return thread
