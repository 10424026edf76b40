"""The two databases for tests: a test that asks for `url` runs on both; `empty_url` has no tables yet."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event

from service import installation
from service.db import migrate, open_database
from tests.browser.chromium import missing
from tests.postgres import Postgres, postgres

BACKENDS = ("sqlite", "postgresql")

# How long an example takes to draw or to run tells how busy the machine is, not whether what it shows is right.
# Who works on it tries other examples each time; who judges whether it may go in tries the same ones again.
settings.register_profile(
    "wijkcyclus",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("wijkcyclus")


class Compiled(dict[tuple[Any, ...], Any]):
    """Statements that SQLAlchemy compiled, by the name of the database instead of by the engine.

    Each test opens engines of its own, and an engine begins with none: half of what a statement costs would be that.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


COMPILED = Compiled()
# A version never changes, and reading the family of a city takes more than a second.
installation._MOST_KEPT = 64


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    """Look in what was compiled for any engine of this process before compiling."""
    connection.execution_options(compiled_cache=COMPILED)


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays till the end, and come by less often: there is memory enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what is missing on this machine, when tests in a browser were left out for it."""
    for absent in missing():
        terminalreporter.write_line(f"tests/browser was left out; it needs {absent}", yellow=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests of this process."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "wijk.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    name = postgres_server.create()
    migrate(postgres_server.url(name))
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database of this test."""
    path = tmp_path / "wijk.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=BACKENDS, scope="module")
def module_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a migrated database, SQLite and then PostgreSQL, for all tests of a file that can share it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("module") / "wijk.sqlite"
        shutil.copyfile(sqlite_template, path)
        return f"sqlite:///{path}"
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.url(server.create(request.getfixturevalue("postgres_template")))


@pytest.fixture
def postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test."""
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of this test: the test runs on SQLite and on PostgreSQL."""
    found: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return found


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'leeg.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An open engine on `url`."""
    opened = open_database(url)
    yield opened
    opened.dispose()
