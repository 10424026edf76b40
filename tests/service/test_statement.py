"""Statements that go straight to the driver answer what SQLAlchemy would, and fail as it does."""

from __future__ import annotations

from datetime import UTC, datetime
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
from service.store_statement import Statement
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
