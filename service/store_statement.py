"""A statement of the hot path is built with SQLAlchemy Core, compiled once, then handed to the driver itself.

Executing through SQLAlchemy costs two to three times what the driver needs for a small statement, and this path is
walked at every request. The types of the columns still convert what goes in and what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from engine.writing import writer
from service.store_libpq import Spoken, line_of

as_json = writer()
"""A value as a column of text holds it."""

_CURSOR = "cursor"
_NUMBERS = count(1)

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What one dialect makes of a statement: text, the parameters in its order, those that are fixed, conversions.

    A conversion stands at the place of the parameter, or of the column, that it is for.
    """

    text: str
    spoken: Spoken | None
    ordered: Callable[[Mapping[str, Any]], Sequence[Any]]
    fixed: Mapping[str, Any]
    binds: tuple[tuple[int, Convert], ...]
    results: tuple[tuple[int, Convert], ...]
    errors: type[Exception]


class Statement:
    """A statement whose parameters are all given by name; it may hold no list that expands."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._name = f"wijk_{next(_NUMBERS)}".encode()
        self._by_dialect: dict[str, _Prepared] = {}

    def one(self, tx: Connection, values: Mapping[str, Any]) -> list[Any] | None:
        """The first row, None when there is none."""
        rows = self.all(tx, values)
        return rows[0] if rows else None

    def all(self, tx: Connection, values: Mapping[str, Any]) -> list[list[Any]]:
        """Every row."""
        prepared = self._by_dialect.get(tx.dialect.name) or self._prepare(tx.dialect)
        given = _parameters(prepared, values)
        connection = _counted(tx, prepared, [given])
        try:
            if prepared.spoken is not None:
                rows = line_of(connection).ask(prepared.spoken, given)
            else:
                rows = list(map(list, _cursor(connection).execute(prepared.text, given).fetchall()))
        except prepared.errors as wrong:
            raise _as_sqlalchemy(tx, prepared.text, wrong) from wrong
        return [_converted(prepared, row) for row in rows] if prepared.results else rows

    def run(self, tx: Connection, *rows: Mapping[str, Any]) -> None:
        """Write these rows, without asking how many were touched; several rows are one statement, none is none."""
        if not rows:
            return
        prepared = self._by_dialect.get(tx.dialect.name) or self._prepare(tx.dialect)
        given = [_parameters(prepared, row) for row in rows]
        connection = _counted(tx, prepared, given)
        try:
            if prepared.spoken is not None:
                line_of(connection).tell(prepared.spoken, given)
            elif len(given) == 1:
                _cursor(connection).execute(prepared.text, given[0])
            else:
                _cursor(connection).executemany(prepared.text, given)
        except prepared.errors as wrong:
            raise _as_sqlalchemy(tx, prepared.text, wrong) from wrong

    def _prepare(self, dialect: Dialect) -> _Prepared:
        # In both styles the parameters are a list, of which `positiontup` says the order.
        style = "numeric_dollar" if dialect.name == "postgresql" else "qmark"
        kind: type[Any] = type(dialect)
        ours: Dialect = kind(paramstyle=style)
        made: Compiled = self._statement.compile(dialect=ours)
        assert isinstance(made, SQLCompiler), "a statement compiles to SQL"
        order = tuple(made.positiontup or ())
        fixed = {name: value for name, value in made.params.items() if value is not None}
        types = [(place, made.binds[name].type) for place, name in enumerate(order)]
        binds = tuple((place, found) for place, one in types if (found := one.bind_processor(ours)))
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        converted = [(place, column.type.result_processor(ours, None)) for place, column in enumerate(columns)]
        results = tuple((place, found) for place, found in converted if found is not None)
        spoken = Spoken(self._name, made.string.encode()) if dialect.name == "postgresql" else None
        prepared = _Prepared(made.string, spoken, _in_order(order), fixed, binds, results, _errors_of(dialect))
        self._by_dialect[dialect.name] = prepared
        return prepared


def _in_order(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Takes the values of these names out of a mapping, in this order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


@contextmanager
def finishing(tx: Connection) -> Iterator[None]:
    """The last statements of a transaction and its commit: what answers no rows goes to PostgreSQL in one go with that.

    An error of any of them comes when the block ends, and nothing of the transaction stands; counts of rows never come.
    """
    if tx.dialect.name == "sqlite":
        yield
    else:
        try:
            with line_of(tx.connection).together():
                yield
        except _errors_of(tx.dialect) as wrong:
            raise _as_sqlalchemy(tx, "COMMIT", wrong) from wrong
    tx.commit()


def settle(tx: Connection, *_of_statement: object) -> None:
    """For an engine on PostgreSQL, before each statement of SQLAlchemy's own: what waits goes first."""
    try:
        line_of(tx.connection).settle()
    except _errors_of(tx.dialect) as wrong:
        raise _as_sqlalchemy(tx, "", wrong) from wrong


def doubt(tx: Connection, *_of_savepoint: object) -> None:
    """For an engine on PostgreSQL, at each rollback: psycopg may drop what was prepared."""
    if not tx.invalidated:
        line_of(tx.connection).doubt()


def _counted(tx: Connection, prepared: _Prepared, given: Sequence[Any]) -> Any:
    if heard := tx.engine.dispatch.before_cursor_execute:
        heard(tx, None, prepared.text, given, None, len(given) > 1)
    return tx.connection


def _errors_of(dialect: Dialect) -> type[Exception]:
    dbapi: Any = dialect.loaded_dbapi
    errors: type[Exception] = dbapi.Error
    return errors


def _as_sqlalchemy(tx: Connection, statement: str, wrong: Exception) -> Exception:
    """The driver's error as SQLAlchemy raises it, without the values."""
    driver: Any = tx.connection.driver_connection
    dialect: Any = tx.dialect
    if dialect.is_disconnect(wrong, driver, None):
        tx.invalidate(wrong)  # the pool must not hand it out again
    return DBAPIError.instance(statement, None, wrong, _errors_of(tx.dialect), hide_parameters=True, dialect=tx.dialect)


def _cursor(connection: Any) -> Any:
    """One for the life of the connection."""
    found = connection.info.get(_CURSOR)
    if found is None:
        found = connection.info[_CURSOR] = connection.driver_connection.cursor()
    return found


def _parameters(prepared: _Prepared, values: Mapping[str, Any]) -> Sequence[Any]:
    found = prepared.ordered({**prepared.fixed, **values} if prepared.fixed else values)
    if prepared.binds:
        found = list(found)
        for place, convert in prepared.binds:
            found[place] = convert(found[place])
    return found


def _converted(prepared: _Prepared, columns: list[Any]) -> list[Any]:
    for place, convert in prepared.results:
        columns[place] = convert(columns[place])
    return columns
