"""A statement of the hot path is built with SQLAlchemy Core, compiled once, then handed to the driver itself.

Executing through SQLAlchemy costs two to three times what the driver needs for a small statement, and this path is
walked at every request. The types of the columns still convert what goes in and what comes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as a column of text holds it; the writer is made once, where `json.dumps` makes one for each value."""

_CURSOR = "cursor"

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What one dialect makes of a statement: text, order of parameters, those that are fixed, conversions."""

    text: str
    order: tuple[str, ...] | None
    fixed: Mapping[str, Any]
    binds: Mapping[str, Convert]
    results: tuple[tuple[int, Convert], ...]


class Statement:
    """A statement whose parameters are all given by name; it may hold no list that expands."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement = statement
        self._by_dialect: dict[str, _Prepared] = {}

    def one(self, tx: Connection, values: Mapping[str, Any]) -> list[Any] | None:
        """The first row, None when there is none."""
        prepared = self._by_dialect.get(tx.dialect.name) or self._prepare(tx.dialect)
        rows = _execute(tx, prepared, values).fetchall()  # to the end: a cursor that stands half-way holds its snapshot
        return _converted(prepared, rows[0]) if rows else None

    def all(self, tx: Connection, values: Mapping[str, Any]) -> list[list[Any]]:
        """Every row."""
        prepared = self._by_dialect.get(tx.dialect.name) or self._prepare(tx.dialect)
        return [_converted(prepared, row) for row in _execute(tx, prepared, values).fetchall()]

    def run(self, tx: Connection, *rows: Mapping[str, Any]) -> None:
        """Write these rows, without asking how many were touched; several rows are one statement, none is none."""
        prepared = self._by_dialect.get(tx.dialect.name) or self._prepare(tx.dialect)
        if rows:
            _execute(tx, prepared, *rows)

    def _prepare(self, dialect: Dialect) -> _Prepared:
        made: Compiled = self._statement.compile(dialect=dialect)
        assert isinstance(made, SQLCompiler), "a statement compiles to SQL"
        order = None if made.positiontup is None else tuple(made.positiontup)
        fixed = {name: value for name, value in made.params.items() if value is not None}
        types = {name: made.binds[name].type for name in made.params}
        binds = {name: found for name, one in types.items() if (found := one.bind_processor(dialect))}
        columns = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        converted = [(place, column.type.result_processor(dialect, None)) for place, column in enumerate(columns)]
        results = tuple((place, found) for place, found in converted if found is not None)
        self._by_dialect[dialect.name] = _Prepared(made.string, order, fixed, binds, results)
        return self._by_dialect[dialect.name]


def _execute(tx: Connection, prepared: _Prepared, *rows: Mapping[str, Any]) -> Any:
    given = [_parameters(prepared, row) for row in rows]
    many = len(given) > 1
    connection = tx.connection
    driver: Any = connection.driver_connection
    dbapi: Any = tx.dialect.loaded_dbapi
    if heard := tx.engine.dispatch.before_cursor_execute:
        heard(tx, None, prepared.text, given, None, many)  # whoever counts, counts
    try:
        cursor = connection.info.get(_CURSOR)
        if cursor is None:  # one for the life of the connection: making it costs psycopg as much as a small statement
            cursor = connection.info[_CURSOR] = driver.cursor()
        if many:
            cursor.executemany(prepared.text, given)
        else:
            cursor.execute(prepared.text, given[0])
        return cursor
    except dbapi.Error as wrong:
        if tx.dialect.is_disconnect(wrong, driver, None):
            tx.invalidate(wrong)  # the pool must not hand it out again
        raise DBAPIError.instance(
            prepared.text, None, wrong, dbapi.Error, hide_parameters=True, dialect=tx.dialect
        ) from wrong


def _parameters(prepared: _Prepared, values: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
    given = {**prepared.fixed, **values}
    for name, convert in prepared.binds.items():
        given[name] = convert(given[name])
    return given if prepared.order is None else [given[name] for name in prepared.order]


def _converted(prepared: _Prepared, row: Any) -> list[Any]:
    columns = list(row)
    for place, convert in prepared.results:
        columns[place] = convert(columns[place])
    return columns
