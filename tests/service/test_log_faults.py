"""Death at every statement, commit, fsync and rename of recording, sequencing and signing: nothing is lost or doubled.

Death is an exception that nobody catches, raised just before or just after such a point; the connection is dropped
without a commit, as that of a killed process is, and files stay as they were at that moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from engine.trail import merkle
from engine.trail.checkpoint import Checkpoint
from engine.trail.note import Note
from service import cases, db, receipts, sequencing, signing, store_log
from service.keyfile import Disk
from tests.bench.diagrams import VALUES
from tests.service.logs import findings, policy_file, verifies
from tests.service.test_log_tree import assert_fits
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town


class Death(BaseException):
    """The machine stops here."""


class Fate:
    """Counts the points at which one can die, and lets it happen at one of them; `None` lets all pass."""

    def __init__(self, at: int | None) -> None:
        self.at, self.seen = at, 0

    def point(self, *_of: object) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Death

    def around(self, does: Callable[..., None]) -> Callable[..., None]:
        """The same, with a point before it and one after it."""

        def done(*what: object) -> None:
            self.point()
            does(*what)
            self.point()

        return done

    @property
    def disk(self) -> Disk:
        return Disk(self.around(os.fsync), self.around(os.replace))


@contextmanager
def fated(engine: Engine, fate: Fate) -> Iterator[None]:
    """Within, every statement and every commit of the database is such a point; a commit also just after it."""

    def reached(connection: Connection, *_of: object) -> None:
        try:
            fate.point()
        except Death:
            connection.invalidate()  # the connection of a process that died ends with it
            raise

    event.listen(engine, "before_cursor_execute", reached)
    event.listen(engine, "commit", reached)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", reached)
        event.remove(engine, "commit", reached)


def live(here: Town, task: str, fate: Fate, acknowledged: list[str]) -> None:
    """One act, its place in the log, a signature under it: what a process does until it dies."""
    installation, person = here.house.installation, here.person("coordinator")
    with fated(installation.database, fate):
        done = cases.complete(installation, person, task, VALUES, here.house.now())
        receipt = done["ontvangst"]
        assert isinstance(receipt, dict)
        acknowledged.append(str(receipt["regel"]))
        fate.point()  # just after the commit
        with db.writing(installation.database) as tx:
            sequencing.sequence(tx, installation.config.origin)
        fate.point()
        signing.sign_head(installation, here.house.now(), fate.disk)
        fate.point()


def sizes_given_out(here: Town) -> list[tuple[int, bytes]]:
    """Size and root of every checkpoint that anybody can have seen."""
    found = [Checkpoint.read(Note.decode(row["note"]).text) for row in here.rows("checkpoint")]
    return [(one.size, one.root) for one in found]


def assert_holds(here: Town, acknowledged: list[str], given_out: list[tuple[int, bytes]]) -> None:
    """What was acknowledged is there, everything fits, and every checkpoint ever given out is of this very log."""
    installation = here.house.installation
    assert findings(installation) == ()
    assert set(acknowledged) <= {row["digest"] for row in here.rows("record")}
    with db.reading(installation.database) as tx:
        end, read = store_log.read_tree(tx).frontier, store_log.reader(tx, 1)
        for size, root in given_out:
            path = merkle.consistency_proof(size, end, read)
            assert merkle.consistency_holds(size, root, end.size, end.root, path)


def test_whoever_dies_wherever_no_acknowledged_record_is_lost_or_doubled_and_every_checkpoint_fits(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, ONE) as here:
        installation, acknowledged = here.house.installation, list[str]()
        given_out: list[tuple[int, bytes]] = []
        died, at = 0, 0
        while True:
            at += 1
            fate = Fate(at)
            task = here.task(here.start(), "t")
            try:
                live(here, task, fate, acknowledged)
            except Death:
                died += 1
            given_out += sizes_given_out(here)
            assert_holds(here, acknowledged, given_out)
            if fate.seen < at:
                break  # it lived through every point
        sequencing.sequence_all(installation)
        signing.sign_head(installation, here.house.now())
        assert_holds(here, acknowledged, given_out)
        assert_fits(installation)
        assert died == at - 1 > 30
        policy = policy_file(installation, tmp_path)
        for digest in acknowledged[::9]:
            receipt = receipts.read_receipt(installation, here.person("coordinator"), digest, here.house.now())
            assert verifies(receipt, policy, digest)


@pytest.mark.parametrize("at", range(1, 15))
def test_whoever_dies_at_the_first_start_starts_well_the_next_time(sqlite_url: str, tmp_path: Path, at: int) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        installation, fate = here.house.installation, Fate(at)
        here.must(here.start(), "t")
        sequencing.sequence_all(installation)
        with pytest.raises(Death):
            signing.sign_head(installation, here.house.now(), fate.disk)
        before = sizes_given_out(here)
        signing.sign_head(installation, here.house.now())
        here.must(here.start(), "t")
        sequencing.sequence_all(installation)
        signing.sign_head(installation, here.house.now())
        assert_holds(here, [], before)
        assert len(here.rows("log_key")) == 1
