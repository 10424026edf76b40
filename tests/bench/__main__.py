"""`python -m tests.bench`: every measurement on both databases, as a table and in bench.json; 1 when a bar breaks."""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service import logs
from service.db import migrate
from tests.bench import asking, desk, growth, log, rate, web, worklist
from tests.bench.measure import Cpu, Result
from tests.bench.ours import Ours
from tests.bench.peers import RawPostgres, RawSqlite
from tests.postgres import postgres

FILE = Path("bench.json")


def on_sqlite(directory: Path) -> list[Result]:
    """All measurements on SQLite; the database works within the process that asks."""

    def fresh(name: str) -> str:
        url = f"sqlite:///{directory / name}.sqlite"
        migrate(url)
        return url

    raw, other = RawSqlite(str(directory / "rauw.sqlite")), RawSqlite(str(directory / "spiff.sqlite"))
    results = _all("sqlite", fresh, directory, (), lambda ours: rate.measured("sqlite", ours, raw, other))
    raw.close()
    other.close()
    return results


def on_postgres(directory: Path) -> list[Result]:
    """All measurements on PostgreSQL, with the server's CPU counted in."""
    with postgres() as server:

        def fresh(_name: str) -> str:
            url = server.url(server.create())
            migrate(url)
            return url

        raw = RawPostgres(server.directory, server.create())
        other = RawPostgres(server.directory, server.create())
        pids = (server.pid,)
        results = _all("postgresql", fresh, directory, pids, lambda ours: rate.measured("postgresql", ours, raw, other))
        raw.close()
        other.close()
        crowd = Ours.prepared(fresh("menigte"), directory / "menigte.key")
        results += log.cost("postgresql", crowd)
        crowd.close()
    return results


def _all(
    database: str,
    fresh: Callable[[str], str],
    directory: Path,
    pids: tuple[int, ...],
    rates: Callable[[Ours], list[Result]],
) -> list[Result]:
    ours = Ours.prepared(fresh("wijk"), directory / f"{database}.key")
    results = rates(ours)
    results += web.measured(database, ours, fresh("kaal"), pids)
    results += growth.measured(database, ours, Cpu(own=True, others=pids))
    ours.close()
    few = Ours.prepared(fresh("weinig"), directory / f"{database}-weinig.key")
    many = Ours.prepared(fresh("veel"), directory / f"{database}-veel.key")
    results += worklist.measured(database, few, many)
    few.close()
    many.close()
    reader = Ours.prepared(fresh("bureau"), directory / f"{database}-bureau.key")
    results += desk.measured(database, reader, pids)
    reader.close()
    results += asking.measured(database, fresh("vragen"), directory)
    return results + log.proofs(database, fresh("miljoen"), Cpu(own=True, others=pids))


def table(results: list[Result]) -> str:
    """The results as lines of text."""
    lines = [f"{'meting':<42} {'database':<11} {'ratio':>7}  {'lat':<8} {'':<5} cijfers"]
    for result in results:
        bar = f"{'>=' if result.at_least else '<='} {result.bar:.2f}"
        figures = ", ".join(f"{name} {value:.3g}" for name, value in result.figures.items())
        verdict = "goed" if result.holds else "FOUT"
        lines.append(f"{result.name:<42} {result.database:<11} {result.ratio:>7.3f}  {bar:<8} {verdict:<5} {figures}")
    return "\n".join(lines)


def document(results: list[Result], seconds: float) -> str:
    """The results as JSON, with the machine they were measured on."""
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "system": platform.platform()}
    rows = [
        {
            "name": result.name,
            "database": result.database,
            "ratio": result.ratio,
            "bar": result.bar,
            "at_least": result.at_least,
            "holds": result.holds,
            "figures": dict(result.figures),
        }
        for result in results
    ]
    return json.dumps({"machine": machine, "seconds": round(seconds, 1), "results": rows}, indent=2) + "\n"


def main() -> int:
    """0 when every bar holds."""
    logging.disable(logging.WARNING)  # SpiffWorkflow's own loggers cost more than its work when they are on
    logs.configure(level=logging.WARNING)  # a story that fills a database is not measured, nor read line by line
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wijkbench-") as directory:
        results = on_sqlite(Path(directory)) + on_postgres(Path(directory)) + log.verification(Path(directory))
    print(table(results))
    FILE.write_text(document(results, time.monotonic() - start), "utf-8")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
