"""What the log costs an act with eight people at once, and what a proof costs when a million records are in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, insert, text

from engine.trail import merkle, verify
from engine.trail.merkle import Block, Frontier, Growth
from service import db, store_log, store_trail, worker
from service.store_statement import Statement
from service.tables_log import block, leaf, pending
from tests.bench.measure import Cpu, Result, in_rounds, medians, paired_ratio
from tests.bench.ours import Ours
from tests.bench.peers import TASKS
from tests.engine.trail.packages import written
from tests.engine.trail.signing import LOG

COST_BAR = 1.15
PROOF_BAR = 5.0
VERIFY_BAR = 5.0
CLIENTS = 8
CASES = 4
"""Cases that a client walks through in a round: together over a second, in which the log is kept five times or so."""
ROUNDS = 12
SIZE = 1_000_000
PROOFS = 200
_AT_ONCE = 50_000


class Nothing(Statement):
    """In the place of what makes a record wait for its place in the log: nothing is sent."""

    def run(self, tx: Connection, *rows: Mapping[str, Any]) -> None:
        """Do nothing."""


def cost(database: str, ours: Ours) -> list[Result]:
    """Wall clock of eight clients at once, with the log (waiting, sequencing, signing) against without it."""
    waits, nothing = store_trail._INSERT_PENDING, Nothing(insert(pending))

    def with_log() -> float:
        stop = Event()
        loop = worker.begin(worker.keep_log, ours.installation, stop)
        spent = _together(ours)
        stop.set()
        loop.join()
        return spent

    def without_log() -> float:
        store_trail._INSERT_PENDING = nothing
        try:
            return _together(ours)
        finally:
            store_trail._INSERT_PENDING = waits

    contenders: dict[str, Callable[[], float]] = {"met logboek": with_log, "zonder": without_log}
    for warm_up in contenders.values():
        warm_up()
    outcomes = in_rounds(contenders, ROUNDS)
    figures = {f"{name} ms": value * 1000 / TASKS / CASES / CLIENTS for name, value in medians(outcomes).items()}
    ratio = paired_ratio(outcomes, "met logboek", "zonder")
    return [Result("afronden met / zonder logboek, 8 tegelijk", database, ratio, COST_BAR, False, figures)]


def _together(ours: Ours) -> float:
    """Seconds in which every client completed the ten tasks of some cases of its own."""
    firsts = [[ours.start("rij_10") for _ in range(CASES)] for _ in range(CLIENTS)]

    def client(own: list[str]) -> None:
        for task in own:
            for _ in range(TASKS):
                task = ours.complete(task)

    with ThreadPoolExecutor(CLIENTS) as pool:
        start = time.perf_counter()
        list(pool.map(client, firsts))
        return time.perf_counter() - start


def proofs(database: str, url: str, cpu: Cpu) -> list[Result]:
    """Milliseconds (CPU) for an inclusion proof in a log of a million records, from the digest of the record."""
    engine = db.open_database(url)
    end, chance, started = _filled(engine), Random(1), time.perf_counter()
    asked = [chance.randrange(SIZE) for _ in range(PROOFS)]
    cpu.start()
    paths = [_proof(engine, end, _digest(index)) for index in asked]
    spent, waited = cpu.stop() * 1000 / PROOFS, (time.perf_counter() - started) * 1000 / PROOFS
    engine.dispose()
    for index, path in zip(asked, paths, strict=True):
        if not merkle.inclusion_holds(_digest(index), index, SIZE, path, end.root):
            raise AssertionError(f"the proof of record {index} does not hold")
    figures = {"CPU ms": spent, "klok ms": waited}
    return [Result("bewijs bij 1.000.000 regels (ms CPU)", database, spent, PROOF_BAR, False, figures)]


def verification(directory: Path) -> list[Result]:
    """Seconds (CPU) in which an auditor's own program checks 20,000 records; and with a proof for each."""
    policy, spent = directory / "beleid", dict[str, float]()
    policy.write_text(f"log {LOG}\nquorum none\n", "utf-8")
    for name, whole in (("heel logboek s", True), ("elk met bewijs s", False)):
        bag = directory / f"pakket-{whole}"
        written(bag, 20, 1_000, whole=whole)
        command = [sys.executable, "-I", verify.__file__, str(bag), "--policy", str(policy)]
        spent[name] = min(_seconds(command) for _ in range(3))
    return [Result("verify.py op 20.000 regels (s CPU)", "geen", spent["heel logboek s"], VERIFY_BAR, False, spent)]


def _seconds(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _proof(engine: Engine, end: Frontier, digest: bytes) -> tuple[bytes, ...]:
    with db.reading(engine) as tx:
        place = store_log.place_of(tx, 1, digest.hex())
        assert place is not None
        return merkle.inclusion_proof(place, end, store_log.reader(tx, 1))


def _digest(index: int) -> bytes:
    return sha256(index.to_bytes(8, "big")).digest()


@cache
def _million() -> Growth:
    return merkle.grow(Frontier(), map(_digest, range(SIZE)))


def _filled(engine: Engine) -> Frontier:
    """A log of a million records that are not there: leaves and blocks as sequencing them would have left them."""
    grown = _million()
    with db.writing(engine) as tx:
        if tx.dialect.name == "postgresql":
            series = "SELECT 1, i, sha256(int8send(i)) FROM generate_series(0::bigint, :last) AS i"
            tx.execute(text(f'INSERT INTO leaf (log, "index", digest) {series}'), {"last": SIZE - 1})
        else:
            for first in range(0, SIZE, _AT_ONCE):
                some = range(first, min(first + _AT_ONCE, SIZE))
                tx.execute(insert(leaf), [{"log": 1, "index": index, "digest": _digest(index)} for index in some])
        tx.execute(insert(block), list(map(_row, grown.blocks)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What the database would tidy up behind a log that grew record by record: not during the measurement.
        connection.execute(text("VACUUM (ANALYZE) leaf" if connection.dialect.name == "postgresql" else "ANALYZE"))
    return grown.frontier


def _row(one: Block) -> dict[str, object]:
    return {"log": 1, "level": one.level, "index": one.index, "root": one.root}
