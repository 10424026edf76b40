"""PostgreSQL's half of a `Statement`: prepared once on each connection, then handed to libpq.

A cursor of psycopg costs its process more than the server needs for a small statement. Here BEGIN travels with the
first one, and what answers nothing can wait until all of it goes with the COMMIT. psycopg keeps the connection: its
state, its errors, and every other statement.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType
from typing import Any

with suppress(ModuleNotFoundError):  # without the extra `postgres` there is no database to speak to
    from psycopg import Connection, DataError, OperationalError, errors
    from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
    from psycopg.pq.abc import PGconn, PGresult

Row = list[Any]
Reader = tuple[int, Callable[[bytes], Any]]
_LINE = "libpq"
_READERS: Mapping[int, Callable[[bytes], Any]] = {
    16: lambda text: text == b"t",
    17: lambda text: bytes.fromhex(text[2:].decode()),
    20: int,
    21: int,
    23: int,
    1184: lambda text: datetime.fromisoformat(text.decode()),
}
"""How a value of this type (its number in pg_type) is read; every other type is text."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement as PostgreSQL knows it: its name on a connection, and its text with parameters $1, $2."""

    name: bytes
    text: bytes


@dataclass(slots=True)
class Line:
    """One connection as `Statement`s use it: what it knows by name, and what waits to be sent (None: nothing may).

    With each name stands how the columns of its answers are read, once there was an answer: they keep their types.
    """

    driver: Connection[Any]
    known: dict[bytes, list[Reader]] = field(default_factory=dict)
    waiting: list[tuple[Spoken, list[bytes | None]]] | None = None
    is_doubtful: bool = False

    def ask(self, statement: Spoken, values: Sequence[Any]) -> list[Row]:
        """The rows of the answer; what waits goes first."""
        self.settle()
        answer = self._exchange([(statement, _written(values))])
        readers, get = self._readers(statement, answer), answer.get_value
        return [
            [None if (value := get(row, place)) is None else read(value) for place, read in readers]
            for row in range(answer.ntuples)
        ]

    def _readers(self, statement: Spoken, answer: PGresult) -> list[Reader]:
        readers = self.known[statement.name]
        if not readers:
            readers += [(place, _READERS.get(answer.ftype(place), bytes.decode)) for place in range(answer.nfields)]
        return readers

    def tell(self, statement: Spoken, rows: Sequence[Sequence[Any]]) -> None:
        """Write each of these rows, now or with what waits."""
        given = [(statement, _written(row)) for row in rows]
        if self.waiting is None:
            self._exchange(given)
        else:
            self.waiting += given

    def settle(self) -> None:
        """Send what waits: another statement is about to follow it."""
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            self._exchange(waiting)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is told in this block is sent at its end, in one go with the COMMIT."""
        self.waiting = []
        try:
            yield
            waiting, self.waiting = self.waiting, None
            self._exchange(waiting, is_last=True)
        finally:
            self.waiting = None

    def doubt(self) -> None:
        """psycopg may drop all prepared statements after a ROLLBACK: what is still there is asked before the next."""
        self.is_doubtful = True

    def _exchange(self, given: Sequence[tuple[Spoken, list[bytes | None]]], *, is_last: bool = False) -> PGresult:
        """Send these in one round trip; the answer to the last of them. Raises as psycopg does."""
        self._prepare([statement for statement, _ in given])
        connection = self.driver.pgconn
        begins = not self.driver.autocommit and connection.transaction_status == TransactionStatus.IDLE
        connection.enter_pipeline_mode()
        try:
            if begins:
                connection.send_query_params(_begin(self.driver), None)
            for statement, values in given:
                connection.send_query_prepared(statement.name, values)
            if is_last:
                connection.send_query_params(b"COMMIT", None)
            connection.pipeline_sync()
            answers = _answers(connection)
        finally:
            if connection.status == ConnStatus.OK:
                connection.exit_pipeline_mode()
        wrong = next((one for one in answers if one.status == ExecStatus.FATAL_ERROR), None)
        if wrong is not None:
            self.doubt()
            raise errors.error_from_result(wrong)
        return answers[-1]

    def _prepare(self, statements: Sequence[Spoken]) -> None:
        if self.is_doubtful:
            # Nothing is dropped here: psycopg does not notice it each time, and would then use what is no longer there.
            there = self.driver.pgconn.exec_(b"SELECT name FROM pg_prepared_statements")
            if there.status != ExecStatus.TUPLES_OK:
                raise errors.error_from_result(there)
            names = {there.get_value(row, 0) for row in range(there.ntuples)}
            self.known = {name: readers for name, readers in self.known.items() if name in names}
            self.is_doubtful = False
        for one in statements:
            if one.name not in self.known:
                made = self.driver.pgconn.prepare(one.name, one.text)
                if made.status != ExecStatus.COMMAND_OK:
                    self.doubt()
                    raise errors.error_from_result(made)
                self.known[one.name] = []


def line_of(connection: Any) -> Line:
    """The line over this connection of the pool, which stays with it as long as it is open."""
    found: Line | None = connection.info.get(_LINE)
    if found is None:
        found = connection.info[_LINE] = Line(connection.driver_connection)
    return found


def _begin(driver: Connection[Any]) -> bytes:
    level = driver.isolation_level
    return b"BEGIN" if level is None else f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}".encode()


def _answers(connection: PGconn) -> list[PGresult]:
    """Every answer up to the end of the pipeline; the GIL is free while we wait for them."""
    socket = select.poll()
    socket.register(connection.socket, select.POLLIN | select.POLLOUT)
    while connection.flush():
        socket.poll()
        connection.consume_input()
    socket.modify(connection.socket, select.POLLIN)
    found: list[PGresult] = []
    while True:
        while connection.is_busy():
            socket.poll()
            connection.consume_input()
        answer = connection.get_result()
        if answer is None:
            if connection.status != ConnStatus.OK:
                raise OperationalError(connection.get_error_message())
        elif answer.status == ExecStatus.PIPELINE_SYNC:
            return found
        else:
            found.append(answer)


_WRITERS: Mapping[type, Callable[[Any], bytes | None]] = {
    NoneType: lambda _: None,
    str: str.encode,
    bool: lambda value: b"true" if value else b"false",
    int: lambda value: b"%d" % value,
    datetime: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
}


def _written(row: Sequence[Any]) -> list[bytes | None]:
    try:
        found = [_WRITERS[type(value)](value) for value in row]
    except KeyError as wrong:
        raise TypeError(f"a statement of the hot path holds no {wrong.args[0].__name__}") from wrong
    if b"\0" in b"".join(filter(None, found)):  # libpq would end the text there
        raise DataError("PostgreSQL keeps no text with a NUL in it")
    return found
