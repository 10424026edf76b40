"""The two databases: how a connection is opened, what a transaction is, and how a database comes to today's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from service.store_statement import doubt, settle

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class UnsafeDatabase(Exception):
    """De database kan vastgelegde regels weer verliezen"""


def open_database(url: str, pool: int = 5) -> Engine:
    """An engine for SQLite (WAL, synchronous FULL) or PostgreSQL; refuses settings under which a commit may vanish."""
    parsed = make_url(url)
    # The connection that was given back last knows the pages and prepared statements of now. No reset on return: every
    # block below ends its own transaction, and an abandoned one is rolled back when its Connection closes.
    pooled: dict[str, Any] = {
        "pool_size": pool,
        "max_overflow": 2 * pool,
        "pool_use_lifo": True,
        "pool_reset_on_return": None,
    }
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": 30}, **pooled)
        event.listen(engine, "connect", _set_sqlite)
        return engine
    address = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(address, connect_args={"client_encoding": "UTF8"}, **pooled)
    event.listen(engine, "first_connect", _check_postgresql)
    event.listen(engine, "before_execute", settle)
    event.listen(engine, "rollback", doubt)
    event.listen(engine, "rollback_savepoint", doubt)
    return engine


def _set_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # No secure_delete: nothing sealed is deleted on the way; who destroys by order sets it on its own connection.
    connection.isolation_level = None  # transactions begin where we say so (below), not by the driver's guess
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows only the letters of ASCII
    # A rare checkpoint copies a page that changed a hundred times once; reading through the map spares a call a page.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "wal_autocheckpoint=8000",
        "mmap_size=268435456",
        "cache_size=-32768",  # the leaves of random keys: what a step looks for is seldom what the last one left
    ):
        connection.execute(f"PRAGMA {pragma}")


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _check_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        for setting in ("synchronous_commit", "fsync"):
            if cursor.execute(f"SHOW {setting}").fetchone()[0] == "off":
                connection.close()
                raise UnsafeDatabase(f"PostgreSQL staat op {setting}=off; een bevestigde regel kan dan verdwijnen.")
    connection.rollback()


class DatabaseBusy(Exception):
    """De database is nog door een ander in gebruik"""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The one transaction of a use case: committed when the block ends, rolled back by any exception."""
    with engine.connect() as connection:
        # A writer takes SQLite's lock at once: a read that later becomes a write fails with "database is locked".
        _begin(connection, "BEGIN IMMEDIATE")
        yield connection
        connection.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, sees one moment, and holds nobody up."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        _begin(connection, "BEGIN")
        yield connection
        connection.commit()  # not rolled back: psycopg forgets all its prepared statements at a ROLLBACK


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """For a single SELECT, a `Statement`: no transaction stands around it that would have to be rolled back."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:  # one that was cut is already out of the pool
                driver.autocommit = False


def _begin(connection: Connection, statement: str) -> None:
    # Said aloud: SQLAlchemy commits only what it knows to have begun, and a `Statement` goes past it to the driver.
    connection.begin()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(statement)


def scrub(engine: Engine, *rewritten: str) -> None:
    """Rewrite what was deleted out of the files; DatabaseBusy when somebody still reads.

    On PostgreSQL the pages of a deleted value stay until they are used again: what they hold is encrypted, and its key
    is gone. The tables named here hold what is not encrypted, and drafts that went with their task leave their keys:
    those are written anew. Its write-ahead log is left until it is used again.
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            driver.execute("VACUUM")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise DatabaseBusy
            return
        driver.autocommit = True
        try:
            driver.execute("VACUUM sealed, attachment, comment")
            for table in ("draft", *rewritten):
                driver.execute(f"VACUUM FULL {table}")
        finally:
            if not driver.closed:
                driver.autocommit = False


def migrate(url: str) -> None:
    """Bring the database at `url` to today's tables (idempotent)."""
    engine = open_database(url, pool=1)
    try:
        with writing(engine) as connection:
            settings = _alembic()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """True when the database stands at the newest migration."""
    with reading(engine) as connection:
        seen = MigrationContext.configure(connection).get_current_revision()
    return seen == ScriptDirectory.from_config(_alembic()).get_current_head()


def _alembic() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    return settings
