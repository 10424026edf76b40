"""Every record gets its place in the tree, once, in the order of its chain, whoever gives places at the same time."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from engine.trail import merkle
from engine.trail.merkle import Frontier
from service import db, sequencing, store_log
from service.installation import Installation
from service.tables import record
from service.tables_log import block, leaf, pending
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

ORIGIN = "proef/log/1"


def reference_root(digests: list[bytes]) -> bytes:
    """The root by the recursion of RFC 6962, 2.1."""
    if len(digests) < 2:
        return merkle.leaf_hash(digests[0]) if digests else merkle.NO_LEAVES
    split = 1 << (len(digests) - 1).bit_length() - 1
    return merkle.node_hash(reference_root(digests[:split]), reference_root(digests[split:]))


def assert_fits(installation: Installation, height: int = merkle.BLOCK_HEIGHT) -> None:
    """Every record is in exactly one of pending and leaf, and tree, blocks and frontier are those of the leaves."""
    with db.reading(installation.database) as tx:
        records = {row.digest: (row.chain, row.seq) for row in tx.execute(select(record))}
        waiting = set(tx.execute(select(pending.c.digest)).scalars())
        rows = tx.execute(select(leaf.c["index"], leaf.c.digest).where(leaf.c.log == 1).order_by(leaf.c["index"])).all()
        blocks = {(row[0], row[1]): row[2] for row in tx.execute(select(block.c.level, block.c["index"], block.c.root))}
        frontier = store_log.read_tree(tx).frontier
    assert [row[0] for row in rows] == list(range(frontier.size))
    placed = [row.digest.hex() for row in rows]
    assert len(set(placed)) == len(placed) and set(placed).isdisjoint(waiting)
    assert {*placed, *waiting} == set(records)
    by_chain: dict[str, list[int]] = defaultdict(list)
    for digest in placed:
        chain, seq = records[digest]
        by_chain[chain].append(seq)
    assert all(seqs == list(range(len(seqs))) for seqs in by_chain.values()), "a later record stands before an earlier"
    digests = [row.digest for row in rows]
    assert frontier.root == reference_root(digests)
    grown = merkle.grow(Frontier(), digests, height)
    assert frontier == grown.frontier and blocks == {(one.level, one.index): one.root for one in grown.blocks}


def lived(here: Town, cases: int = 3) -> None:
    """Some cases, each with a refusal and a completion."""
    resident = here.house.log_in("bewoner")
    for _ in range(cases):
        case = here.start()
        here.do(case, "t", resident)
        here.must(case, "t")


@pytest.mark.parametrize(("most", "height"), [(1, 1), (2, 2), (7, 1), (1000, 8)])
def test_records_get_their_place_in_batches_of_any_size_and_blocks_of_any_height(
    url: str, tmp_path: Path, most: int, height: int
) -> None:
    with town(url, tmp_path, ONE) as here:
        lived(here)
        installation = here.house.installation
        while True:
            with db.writing(installation.database) as tx:
                if not sequencing.sequence(tx, ORIGIN, most, height):
                    break
            assert_fits(installation, height)
        assert here.rows("pending") == [] and len(here.rows("leaf")) == len(here.rows("record")) > 8


def test_two_sequencers_and_people_who_go_on_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        installation, seed = here.house.installation, Random(7)
        clients = [here.house.log_in("coordinator") for _ in range(3)]

        def act(number: int) -> None:
            for _ in range(6):
                here.house.start(clients[number], "p")

        def place(_number: int) -> None:
            for _ in range(25):
                with db.writing(installation.database) as tx:
                    sequencing.sequence(tx, ORIGIN, seed.randint(1, 4))

        with ThreadPoolExecutor(5) as pool:
            for future in [*(pool.submit(act, n) for n in range(3)), *(pool.submit(place, n) for n in range(2))]:
                future.result()
        assert_fits(installation)
        sequencing.sequence_all(installation)
        assert_fits(installation)
        assert here.rows("pending") == []


def test_what_is_rolled_back_leaves_nothing_in_record_pending_or_tree(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        lived(here, 1)
        before, waiting = here.counts(), here.rows("pending")
        with pytest.raises(ZeroDivisionError), db.writing(here.house.installation.database) as tx:
            assert sequencing.sequence(tx, ORIGIN)
            raise ZeroDivisionError
        assert here.counts() == before and here.rows("pending") == waiting


@pytest.mark.parametrize("table", ["leaf", "block"])
def test_the_database_itself_refuses_to_change_or_delete_what_stands_in_the_tree(
    url: str, tmp_path: Path, table: str
) -> None:
    with town(url, tmp_path, ONE) as here:
        lived(here, 1)
        installation = here.house.installation
        with db.writing(installation.database) as tx:
            sequencing.sequence(tx, ORIGIN, height=1)
        for statement in (f"UPDATE {table} SET log = log", f"DELETE FROM {table}", "DELETE FROM tree"):
            with (
                pytest.raises(DBAPIError, match="nooit gewijzigd of gewist"),
                db.writing(installation.database) as tx,
            ):
                tx.execute(text(statement))
        assert here.rows(table)


def test_no_record_gets_a_second_place_and_no_place_a_second_record(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        lived(here, 1)
        installation = here.house.installation
        sequencing.sequence_all(installation)
        first = here.rows("leaf")[0]
        for wrong in ({**first, "index": 10_000}, {**first, "digest": bytes(32)}):
            with pytest.raises(DBAPIError), db.writing(installation.database) as tx:
                tx.execute(insert(leaf), wrong)
        assert_fits(installation)


def test_a_call_ends_although_new_records_keep_coming(sqlite_url: str, tmp_path: Path) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        lived(here, 1)
        database, started = here.house.installation.database, list[str]()

        def another(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("SELECT") and "pending" in statement and len(started) < 5:
                started.append("somebody else is quicker each time that the sequencer looks")
                here.start()

        event.listen(database, "before_cursor_execute", another)
        placed = sequencing.sequence_all(here.house.installation)
        event.remove(database, "before_cursor_execute", another)
        assert len(started) == 1 and placed == len(here.rows("leaf"))
