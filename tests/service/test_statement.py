"""Statements that go straight to the driver answer what SQLAlchemy would, and fail as it does."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from service import db
from service.store_statement import Statement, finishing
from service.tables import Utc

thing = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("at", Utc),
    Column("flag", Boolean),
    Column("note", Text),
    Column("data", LargeBinary),
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "één", "at": NOON, "flag": True, "note": "a%b:c?", "data": b"\x00\xff"},
    {"id": 2, "name": None, "at": None, "flag": None, "note": None, "data": None},
]
SELECT = select(*thing.c).where(
    func.coalesce(thing.c.flag, False).is_not(None),
    thing.c.id >= bindparam("least"),
    thing.c.at.is_not(None) | (thing.c.id == 2),
)
ORDERED = SELECT.order_by(thing.c.id)


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    thing.metadata.create_all(engine)
    with db.writing(engine) as tx:
        tx.execute(insert(thing), ROWS)
    return engine


def test_rows_are_the_same_as_through_sqlalchemy(stocked: Engine) -> None:
    with db.reading(stocked) as tx:
        through = [list(row) for row in tx.execute(ORDERED, {"least": 0})]
        assert Statement(ORDERED).all(tx, {"least": 0}) == through == [list(row.values()) for row in ROWS]
        assert Statement(ORDERED).one(tx, {"least": 2}) == through[1]
        assert Statement(ORDERED).one(tx, {"least": 3}) is None


def test_a_moment_is_compared_as_the_table_keeps_it(stocked: Engine) -> None:
    later = Statement(select(thing.c.id).where(thing.c.at <= bindparam("now", type_=thing.c.at.type)))
    with db.reading(stocked) as tx:
        assert later.all(tx, {"now": NOON}) == [[1]]
        with pytest.raises(ValueError, match="time zone"):
            later.all(tx, {"now": datetime(2026, 3, 2, 12)})  # noqa: DTZ001


def test_an_error_is_sqlalchemys_and_shows_no_values(stocked: Engine) -> None:
    wrong = Statement(select(thing.c.id).where(text("nergens = :name").bindparams(bindparam("name", type_=String()))))
    with pytest.raises(DBAPIError) as refused, db.reading(stocked) as tx:
        wrong.one(tx, {"name": "geheim"})
    assert "geheim" not in str(refused.value)


def test_a_connection_that_was_cut_is_not_handed_out_again(postgres_url: str) -> None:
    engine = db.open_database(postgres_url, 1)
    mine = Statement(select(text("pg_backend_pid()")))
    with db.glancing(engine) as tx:
        found = mine.one(tx, {})
    assert found is not None
    other = db.open_database(postgres_url, 1)
    with db.writing(other) as tx:
        tx.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": found[0]})
    with pytest.raises(DBAPIError), db.glancing(engine) as tx:
        mine.one(tx, {})
    with db.glancing(engine) as tx:
        again = mine.one(tx, {})
    assert again is not None and again != found
    engine.dispose()
    other.dispose()


PUT = Statement(insert(thing))
NAMES = select(thing.c.id, thing.c.name).order_by(thing.c.id)


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    with db.reading(engine) as tx:
        return [tuple(row) for row in tx.execute(NAMES)]


def named(number: int, name: str | None) -> dict[str, Any]:
    return {"id": number, "name": name, "at": NOON, "flag": False, "note": "", "data": b""}


def test_what_waits_for_the_commit_stands_after_it_in_order_with_what_sqlalchemy_wrote(stocked: Engine) -> None:
    with db.writing(stocked) as tx, finishing(tx):
        PUT.run(tx, named(3, "drie"), named(4, "vier"))
        tx.execute(thing.update().where(thing.c.id == 3).values(name="derde"))
        PUT.run(tx, named(5, "vijf"))
    assert rows(stocked)[2:] == [(3, "derde"), (4, "vier"), (5, "vijf")]


def test_what_is_asked_sees_what_was_told_before_it(stocked: Engine) -> None:
    with db.writing(stocked) as tx, finishing(tx):
        PUT.run(tx, named(3, "drie"))
        assert Statement(NAMES).all(tx, {})[2:] == [[3, "drie"]]
        PUT.run(tx, named(4, "vier"))
    assert rows(stocked)[2:] == [(3, "drie"), (4, "vier")]


def test_nothing_stands_of_a_transaction_of_which_one_waiting_statement_fails(stocked: Engine) -> None:
    with pytest.raises(DBAPIError) as refused, db.writing(stocked) as tx, finishing(tx):
        PUT.run(tx, named(3, "drie"))
        PUT.run(tx, named(1, "dubbel"))
        PUT.run(tx, named(4, "vier"))
    assert "dubbel" not in str(refused.value)
    assert [number for number, _ in rows(stocked)] == [1, 2]


def test_nothing_waits_on_when_the_block_is_left_by_an_error(stocked: Engine) -> None:
    with pytest.raises(ZeroDivisionError), db.writing(stocked) as tx, finishing(tx):
        PUT.run(tx, named(3, "drie"))
        raise ZeroDivisionError
    with db.writing(stocked) as tx:
        PUT.run(tx, named(4, "vier"))
    assert [number for number, _ in rows(stocked)] == [1, 2, 4]


def test_a_connection_serves_on_after_a_rollback_that_dropped_what_was_prepared(stocked: Engine) -> None:
    for number in range(3, 12):  # long enough for psycopg to prepare its own as well
        with db.writing(stocked) as tx:
            PUT.run(tx, named(number, None))
            tx.execute(thing.update().where(thing.c.id == number).values(name="later"))
        with pytest.raises(ZeroDivisionError), db.writing(stocked) as tx:
            PUT.run(tx, named(100, "weg"))
            raise ZeroDivisionError
    assert rows(stocked)[2:] == [(number, "later") for number in range(3, 12)]


def test_a_transaction_left_before_it_began_takes_from_nobody_what_was_prepared(postgres_url: str) -> None:
    engine = db.open_database(postgres_url, 1)
    thing.metadata.create_all(engine)
    for number in range(1, 4):
        with pytest.raises(ZeroDivisionError), db.writing(engine):
            raise ZeroDivisionError  # no word of it reached the server, so psycopg keeps what it prepared
        with db.writing(engine) as tx:
            PUT.run(tx, named(number, None))
        for _ in range(8):  # long enough for psycopg to prepare its own
            assert rows(engine) == [(one, None) for one in range(1, number + 1)]
    engine.dispose()


def test_a_text_that_postgresql_cannot_keep_is_refused_and_not_cut(postgres_url: str) -> None:
    engine = db.open_database(postgres_url, 1)
    thing.metadata.create_all(engine)
    with pytest.raises(DBAPIError), db.writing(engine) as tx:
        PUT.run(tx, named(3, "voor\0na"))
    assert rows(engine) == []
    engine.dispose()


def test_a_large_step_is_sent_whole(stocked: Engine) -> None:
    long = "x" * 300_000
    with db.writing(stocked) as tx, finishing(tx):
        PUT.run(tx, *({**named(number, None), "note": long} for number in range(10, 40)))
    with db.reading(stocked) as tx:
        assert (
            tx.execute(select(func.sum(func.length(thing.c.note))).where(thing.c.id >= 10)).scalar_one() == 30 * 300_000
        )


def test_others_run_while_a_statement_waits_for_a_lock(postgres_url: str) -> None:
    engine = db.open_database(postgres_url, 2)
    thing.metadata.create_all(engine)
    held, seen = Event(), list[str]()
    lock = Statement(select(thing.c.id).where(thing.c.id == bindparam("id")).with_for_update())

    def wait() -> None:
        held.wait(10)
        with db.writing(engine) as tx:
            lock.one(tx, {"id": 1})
            seen.append("got it")

    with db.writing(engine) as tx:
        PUT.run(tx, named(1, "een"))
    other = Thread(target=wait)
    other.start()
    with db.writing(engine) as tx:
        lock.one(tx, {"id": 1})
        held.set()
        other.join(0.3)  # we run on: whoever waits for the lock does not hold the interpreter
        seen.append("let go")
    other.join(10)
    assert seen == ["let go", "got it"]
    engine.dispose()
