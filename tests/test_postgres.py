"""The server that the tests bring along."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, insert, select

from service.db import is_current, migrate, open_database, reading, writing
from service.tables import wijk
from tests.postgres import PostgresDidNotStart, _explanation, postgres


def _connect(directory: str, name: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=directory, user="postgres", dbname=name)


def test_a_database_made_from_a_template_holds_what_the_template_holds_and_nothing_leaks_back() -> None:
    with postgres() as server:
        template = server.create()
        with _connect(server.directory, template) as connection:
            connection.execute("CREATE TABLE wijk (naam text)")
        first, second = server.create(template), server.create(template)
        with _connect(server.directory, first) as connection:
            connection.execute("INSERT INTO wijk VALUES ('Tanthof')")
        with _connect(server.directory, second) as connection:
            assert connection.execute("SELECT count(*) FROM wijk").fetchone() == (0,)
        server.drop(first)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            _connect(server.directory, first)
    assert not Path(server.directory).exists()


def test_a_server_that_does_not_start_is_a_failure_that_shows_its_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("FATAL: no space left", "utf-8")
    assert issubclass(PostgresDidNotStart, AssertionError)
    assert "no space left" in _explanation(tmp_path, OSError("1"))


def test_both_databases_come_migrated_and_each_test_gets_its_own(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(wijk).values(id="tanthof", name="Tanthof"))
    with reading(engine) as connection:
        assert connection.execute(select(wijk.c.id)).scalars().all() == ["tanthof"]


def test_a_migration_is_harmless_when_done_again(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)
    opened = open_database(empty_url)
    assert is_current(opened)
    opened.dispose()
