"""The page of somebody's work among 10,000 open tasks, against `/healthz` and one query: CPU of server and database."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response
from sqlalchemy import func, select, update

from service import accounts, auth, clock, db
from service.api.border import here
from service.auth import SESSION
from service.tables import task, wijk
from tests.bench import alone
from tests.bench.measure import Cpu, Result, in_rounds, medians, paired_ratio
from tests.bench.ours import WIJK, Ours
from tests.bench.web import Client, served

BAR = 5.0
OPEN = 10_000
ROUNDS = 30
PAGES, PEERS = 20, 80
ROWS = 25
_PEER, _ITS_PLACE = "/readyz", "toestand.readyz"
_ONE_ROW = select(func.count()).select_from(wijk)


def create_app() -> Flask:
    """The service; where it would tell whether it is ready stands the peer: what `/healthz` does, and one SELECT."""
    app = alone.create_app()
    healthz = app.view_functions["toestand.healthz"]

    def healthz_and_a_query() -> Response:
        answer = healthz()
        with db.reading(here().installation.database) as tx:
            tx.execute(_ONE_ROW).scalar_one()
        assert isinstance(answer, Response)
        return answer

    app.view_functions[_ITS_PLACE] = healthz_and_a_query
    return app


def measured(database: str, ours: Ours, database_pids: tuple[int, ...]) -> list[Result]:
    """The reader has a full page: one's own wijk holds 40 of the tasks, or all of them."""
    ours.fill(OPEN)
    _dated(ours)
    found = [_result("werklijst / healthz en een vraag (CPU)", database, ours, database_pids)]
    with db.writing(ours.installation.database) as tx:
        tx.execute(update(task).values(wijk=WIJK, group="wijkcoordinator"))
    return [*found, _result("de hele lijst van een mens / het zelfde", database, ours, database_pids)]


def _dated(ours: Ours) -> None:
    """Each task of the reader has a term, and half of them a subject, so that a row says all that it can."""
    with db.writing(ours.installation.database) as tx:
        own = tx.execute(select(task.c.id).where(task.c.wijk == WIJK)).scalars().all()
        for number, one in enumerate(own):
            due = clock.now() + timedelta(days=number - 5)
            subject = f"speelplek {number}" if number % 2 else "*"
            tx.execute(update(task).where(task.c.id == one).values(due=due, subject=subject))


def _result(name: str, database: str, ours: Ours, database_pids: tuple[int, ...]) -> Result:
    with served("tests.bench.desk:create_app", ours.variables()) as (port, pid):
        reader = Client.of(port, {"Cookie": f"{auth.COOKIE}={_session(ours)}"})
        if reader.send("GET", "/werk").count(b'name="taak"') != ROWS:
            raise AssertionError("the reader has no full page")
        cpu = Cpu(own=False, others=(pid, *database_pids))
        contenders = {
            "werklijst": _rounds(reader, cpu, "/werk", PAGES),
            "healthz en een vraag": _rounds(reader, cpu, _PEER, PEERS),
        }
        for warm_up in contenders.values():
            warm_up()
        outcomes = in_rounds(contenders, ROUNDS)
        reader.connection.close()
    figures = {f"{one} ms": value * 1000 for one, value in medians(outcomes).items()}
    return Result(name, database, paired_ratio(outcomes, *contenders), BAR, at_least=False, figures=figures)


def _session(ours: Ours) -> str:
    now, database = clock.now(), ours.installation.database
    return accounts.begin(database, ours.person, SESSION, now, secrets.token_bytes)[0]


def _rounds(reader: Client, cpu: Cpu, path: str, count: int) -> Callable[[], float]:
    def play() -> float:
        cpu.start()
        for _ in range(count):
            reader.send("GET", path)
        return cpu.stop() / count

    return play
