"""An insert that leaves what is there already: two workers may do the same round, and it counts once."""

from __future__ import annotations

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def once(tx: Connection, table: Table) -> Insert:
    """The insert into this table for the database behind `tx`."""
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
