"""What many tests begin with is made once in a process, by the real acts, and poured into the database of each test."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Hashable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, Select, Table, make_url, select

from service import db, definitions, stage
from service.app import create_app
from service.config import Config
from service.installation import Installation, open_installation, read_family
from service.stage import Stage
from service.story import Person
from service.tables import metadata

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
UNLIMITED = "1000000 per second"


@dataclass(frozen=True, slots=True)
class Mould:
    """What stood in the database and in the files beside it, and the ids of the people by login."""

    content: bytes
    rows: tuple[tuple[Table, list[dict[str, Any]]], ...]
    secret: bytes
    keys: bytes
    ids: Mapping[str, str]

    def pour(self, config: Config) -> Installation:
        """The installation of these settings, opened on its empty, migrated database, which then holds all this."""
        for path, content in ((config.key_file, self.secret), (config.key_store_file, self.keys)):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        url = make_url(config.database_url)
        if url.database and url.get_backend_name() == "sqlite":
            Path(url.database).write_bytes(self.content)
            return open_installation(config)
        installation = open_installation(config)
        with db.writing(installation.database) as tx:
            # What psycopg prepares it drops when a test drops a trigger, and with it all that a `Statement` prepared.
            driver: Any = tx.connection.driver_connection
            usual, driver.prepare_threshold = driver.prepare_threshold, None
            for table, rows in self.rows:
                tx.execute(table.insert(), rows)
            driver.prepare_threshold = usual
        return installation


_MADE: dict[Hashable, Mould] = {}


def mould(key: Hashable, make: Callable[[str, Path], tuple[Installation, Mapping[str, str]]]) -> Mould:
    """The mould of this key; `make` builds what it holds in a SQLite database, the first time.

    It says nothing of the database: what is poured into PostgreSQL are the same rows.
    """
    known = _MADE.get(key)
    if known is None:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "wijk.sqlite"
            path.write_bytes(migrated())
            known = _MADE[key] = _taken(*make(f"sqlite:///{path}", Path(scratch)), path)
    return known


def staged(
    config: Config, persons: Mapping[str, Person], passwords: Mapping[str, str], begin: datetime, wijk: str
) -> Stage:
    """What `service.stage.build` builds, with cheap passwords; nobody has logged in yet."""

    def make(url: str, directory: Path) -> tuple[Installation, Mapping[str, str]]:
        there = replace(config, database_url=url, key_file=directory / "sleutel", key_store=None)
        built = stage.build(there, persons, passwords, begin, wijk, CHEAP)
        return built.installation, built.ids

    read = read_family(definitions.family_files(config.city)).definition
    assert read is not None, config.city
    made = mould((read.version, repr(persons), repr(passwords), begin, wijk, config.origin), make)
    unlimited = replace(config, rate_login=UNLIMITED, rate_write=UNLIMITED, rate_public=UNLIMITED)
    installation = made.pour(unlimited)
    installation.read[read.version] = read  # as whoever released it just now has
    moment = [begin - timedelta(days=1)]
    app = create_app(installation, now=lambda: moment[0], passwords=CHEAP)
    everybody = {stage.ADMINISTRATOR: passwords[stage.ADMINISTRATOR]} | dict(passwords)
    return Stage(installation, app, moment, everybody, dict(made.ids))


@cache
def migrated() -> bytes:
    """A SQLite database with today's tables and nothing in them."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "wijk.sqlite"
        db.migrate(f"sqlite:///{path}")
        return _bytes(path)


@cache
def _at_first() -> dict[str, list[dict[str, Any]]]:
    """The rows that the migrations themselves write."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "wijk.sqlite"
        path.write_bytes(migrated())
        database = db.open_database(f"sqlite:///{path}")
        found = _rows(database)
        database.dispose()
    return found


def _rows(database: Engine) -> dict[str, list[dict[str, Any]]]:
    """All rows by table, in an order that foreign keys allow, without what the database itself numbers."""
    with db.reading(database) as tx:
        return {
            one.name: [dict(row) for row in tx.execute(_without_numbers(one)).mappings()]
            for one in metadata.sorted_tables
        }


def _without_numbers(table: Table) -> Select[Any]:
    number = table.autoincrement_column
    return select(*(one for one in table.columns if one is not number)).order_by(*table.primary_key)


def _taken(installation: Installation, ids: Mapping[str, str], path: Path) -> Mould:
    found, before = _rows(installation.database), _at_first()
    installation.database.dispose()
    fresh = {name: [row for row in rows if row not in before[name]] for name, rows in found.items()}
    rows = tuple((metadata.tables[name], rows) for name, rows in fresh.items() if rows)
    config = installation.config
    return Mould(_bytes(path), rows, config.key_file.read_bytes(), _bytes(config.key_store_file), dict(ids))


def _bytes(path: Path) -> bytes:
    if not path.exists():
        return b""
    with closing(sqlite3.connect(path)) as connection:
        return connection.serialize()
