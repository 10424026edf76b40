"""A destruction that is killed at any of its steps is seen whole or not at all, and doing it again completes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import event

from engine.terms import Json
from service import cases, db, destruction, jobs, sealing, store_sealed, store_trail
from service.destruction import Wanted
from service.faults import Conflict
from service.hearing import Refused
from service.installation import Installation, open_installation
from service.store_keys import KeyStore
from tests.engine.bpmn import end, process, start
from tests.service.logs import findings
from tests.service.towns import Town, town, work

ONE = process("p", start("s"), work("t"), end("e"), flow="s > t > e")
_REASON = "De bewaartermijn is om."


class Killed(BaseException):
    """The process is no more: nothing in the code may catch this."""


class Fuse:
    """Lets so many steps pass, and kills at the next one; counts them all."""

    def __init__(self) -> None:
        self.left, self.passed = 1_000_000, 0

    def step(self, *_: object) -> None:
        self.passed += 1
        self.left -= 1
        if self.left < 0:
            raise Killed


def connecting(fuse: Fuse, opened: list[Any]) -> Callable[[Path], sqlite3.Connection]:
    """How to open the key store so that each of its statements and commits is a step."""

    class Connection(sqlite3.Connection):
        def execute(self, *given: Any) -> sqlite3.Cursor:
            if given[0] != "PRAGMA data_version":  # asked for every value, and changes nothing
                fuse.step()
            return super().execute(*given)

        def executemany(self, *given: Any) -> sqlite3.Cursor:
            fuse.step()
            return super().executemany(*given)

        def __exit__(self, *given: Any) -> Literal[False]:
            fuse.step()
            return super().__exit__(*given)

    def connect(path: Path) -> sqlite3.Connection:
        opened.append(sqlite3.connect(path, timeout=30, check_same_thread=False, factory=Connection))
        return cast(sqlite3.Connection, opened[-1])

    return connect


@contextmanager
def fused(town_: Town, fuse: Fuse) -> Iterator[Installation]:
    """The same installation as a process of its own, in which every statement and commit is a step."""
    config = town_.house.installation.config
    fresh = open_installation(config)
    connections: list[Any] = []
    keys = KeyStore(config.key_store_file, fresh.keys.secret, fresh.entropy, connecting(fuse, connections))
    event.listen(fresh.database, "before_cursor_execute", fuse.step)
    event.listen(fresh.database, "commit", fuse.step)
    event.listen(fresh.database, "connect", lambda connection, _: connections.append(connection))
    try:
        yield replace(fresh, keys=keys)
    finally:
        fresh.database.dispose()
        for one in connections:
            one.close()  # as they go with a process that is killed


def state_of(installation: Installation, digest: str) -> tuple[bool, bool]:
    """Whether the value can be read, and whether the database says that it was destroyed."""
    with db.reading(installation.database) as tx:
        there = sealing.opened(installation.keys, store_sealed.find(tx, [digest]))
        return digest in there, digest in store_sealed.orders_of(tx, [digest])


def written(here: Town, case: str, number: int) -> list[str]:
    """So many values in one compartment of the case; answers their digests."""
    by = here.person("coordinator")
    for one in range(number):
        values: dict[str, Json] = {
            "handeling": "inbreng",
            "stap": "D08",
            "onderwerp": "*",
            "gegevens": {"tekst": f"tekst {one}"},
        }
        with suppress(Refused, Conflict):
            cases.attempt(here.house.installation, by, case, values, here.house.now())
    return [str(row["digest"]) for row in here.rows("sealed")]


def ordered(here: Town, digest: str, now: datetime) -> datetime:
    """An order for this value; answers when it is due."""
    installation = here.house.installation
    ((request, _),) = destruction.ask(
        installation, here.person("archief"), Wanted([digest]), "bewaartermijn", _REASON, now
    )
    return destruction.order(installation, here.person("eigenaar"), request.digest, _REASON, now)[1]


def test_inv_45_killed_at_any_step_a_destruction_is_whole_or_not_and_doing_it_again_completes_it(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, ONE) as here:
        here.house.add("archief", "archivaris")
        here.house.add("eigenaar", "proceseigenaar")
        case, now = here.start(), here.house.now()
        digests = written(here, case, 70)
        installation = here.house.installation
        steps, number, killed = 1_000, 0, 0
        while number < min(steps, len(digests) - 5):
            digest = digests[number]
            now = ordered(here, digest, now) + timedelta(minutes=5)
            fuse = Fuse()
            with fused(here, fuse) as doomed:
                fuse.passed, fuse.left = 0, number if number else 1_000_000
                try:
                    while jobs.run_due(doomed, now):
                        pass
                    steps = fuse.passed if number == 0 else steps
                except Killed:
                    killed += 1
            readable, is_gone = state_of(installation, digest)
            assert readable != is_gone, f"half done after {number} steps"
            assert findings(installation) == ()
            assert all(state_of(installation, one) == (True, False) for one in digests[-3:])
            now += timedelta(minutes=5)
            while jobs.run_due(installation, now):
                pass
            assert state_of(installation, digest) == (False, True)
            number += 1
        assert number == steps and killed == steps - 1
        with db.reading(installation.database) as tx:
            kinds = [kind for _, _, kind, _, _ in store_trail.records(tx, "organisatie")]
        assert kinds.count("vernietiging:bevestigd") == number
        here.house.moment[0] = now
        here.log_in("coordinator")
        assert here.kinds(case).count("vernietiging:uitgevoerd") == number
        here.assert_whole(case)
        here.assert_whole("organisatie")
