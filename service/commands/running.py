"""serve, worker, migrate: the running service."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from threading import Event

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from service import clock, db, jobs, logs, post, sequencing, signing, witnesses, worker
from service.commands.command import Command, config, installation
from service.db import open_database


def _serve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", help="adres (WIJK_HOST)")
    parser.add_argument("--port", type=int, help="poort (WIJK_POORT)")
    parser.add_argument("--processes", type=int, default=1, help="aantal processen; op SQLite altijd één")


def _serve(given: Namespace) -> int:
    settings = config()
    is_sqlite = settings.database_url.startswith("sqlite")
    if is_sqlite:
        db.migrate(settings.database_url)
    else:
        database = open_database(settings.database_url, pool=1)
        is_current = db.is_current(database)
        database.dispose()
        if not is_current:
            print("De database loopt achter; voer eerst 'wijkcyclus migrate' uit.", file=sys.stderr)
            return 1
    host, port = given.host or settings.host, given.port or settings.port
    print(
        f"Wijkcyclus luistert op http://{host}:{port} (beschrijving: http://{host}:{port}/v1/openapi.json)", flush=True
    )
    Granian(
        "service.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1 if is_sqlite else max(1, given.processes),
        blocking_threads=settings.pool,
        websockets=False,
        log_level=LogLevels.warning,
        factory=True,
    ).serve()
    return 0


def _worker_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="doe wat nu moet gebeuren en stop dan")


def _work(given: Namespace) -> int:
    logs.configure()
    opened = installation()
    stop = Event()
    if given.once:
        jobs.keep_rounds(opened, clock.now())
        while jobs.run_due(opened, clock.now()):
            continue
        while post.deliver(opened, clock.now()):
            continue
        sequencing.sequence_all(opened)
        signing.sign_head(opened, clock.now())
        witnesses.cosign(opened, clock.now())
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(f"Taken van de klok en berichten worden uitgevoerd door proces {os.getpid()}.", flush=True)
    worker.begin(worker.keep_log, opened, stop)
    if opened.config.smtp is not None:
        worker.begin(worker.send_mail, opened, stop)
    if opened.config.witnesses is not None:
        worker.begin(worker.ask_witnesses, opened, stop)
    worker.work(opened, stop)
    return 0


def _migrate(_given: Namespace) -> int:
    db.migrate(config().database_url)
    print("De database is bijgewerkt.")
    return 0


def _none(_parser: ArgumentParser) -> None:
    return None


COMMANDS = (
    Command("serve", "dient de API op, met de klok erbij op SQLite", _serve_arguments, _serve),
    Command("worker", "laat de tijd verstrijken: termijnen en berichten", _worker_arguments, _work),
    Command("migrate", "brengt de database bij de tabellen van vandaag", _none, _migrate),
)
