"""A database under whose settings a confirmed record could vanish is not worked with."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url, text

from service import db
from service.db import UnsafeDatabase
from tests.postgres import Postgres


def test_postgresql_that_confirms_what_is_not_on_disk_is_refused(postgres_server: Postgres, postgres_url: str) -> None:
    postgres_server.execute(f"ALTER DATABASE {make_url(postgres_url).database} SET synchronous_commit = off")
    engine = db.open_database(postgres_url)
    with pytest.raises(UnsafeDatabase, match="synchronous_commit"), db.reading(engine):
        pass
    engine.dispose()


def test_postgresql_that_never_waits_for_the_disk_is_refused(postgres_server: Postgres, postgres_url: str) -> None:
    postgres_server.execute("ALTER SYSTEM SET fsync = off")
    try:
        reloaded(postgres_url, "off")
        engine = db.open_database(postgres_url)
        with pytest.raises(UnsafeDatabase, match="fsync"), db.reading(engine):
            pass
        engine.dispose()
    finally:
        postgres_server.execute("ALTER SYSTEM RESET fsync")
        reloaded(postgres_url, "on")


def reloaded(url: str, fsync: str) -> None:
    """Let the server read its settings, until a new connection has this one."""
    place = make_url(url).set(drivername="postgresql").render_as_string()
    found = ""
    while found != fsync:
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
            found = str(connection.execute("SELECT current_setting('fsync')").fetchone()[0])  # type: ignore[index]


def test_every_connection_to_sqlite_waits_for_the_disk(sqlite_url: str) -> None:
    engine = db.open_database(sqlite_url, pool=2)
    with db.reading(engine) as first, db.reading(engine) as second:
        for tx in (first, second):
            assert tx.execute(text("PRAGMA synchronous")).scalar_one() >= 2
            assert tx.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    engine.dispose()
