"""What only somebody with the database itself can do: take the guard off a table, and then change what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, text, update

from service import db
from service.store_statement import doubt
from service.tables import case, fact, metadata, record
from service.tables_log import block, checkpoint, leaf, pending, tree


def unguard(tx: Connection, table: str) -> None:
    """Let rows of this table be changed and deleted from now on, as its owner can."""
    if tx.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            tx.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
    else:
        tx.execute(text(f"DROP TRIGGER {table}_stays ON {table}"))
        doubt(tx)  # psycopg forgets what was prepared on this connection


Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def owning(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no guard of the database and no foreign key stands in the way, as for its owner."""
    with db.writing(engine) as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            yield tx
            return
        guards = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        for name, _ in guards:
            tx.execute(text(f"DROP TRIGGER {name}"))
        yield tx
        for _, sql in guards:
            tx.execute(text(sql))


@contextmanager
def altered(engine: Engine, old: str, new: str, *row: ColumnElement[bool]) -> Iterator[None]:
    """The body of this record says something else, as long as this lasts."""
    with db.reading(engine) as tx:
        digest, body = tx.execute(select(record.c.digest, record.c.body).where(*row)).one()
    assert old in body

    def put(text_: str) -> None:
        with owning(engine) as tx:
            tx.execute(update(record).where(record.c.digest == digest).values(body=text_))

    put(body.replace(old, new, 1))
    try:
        yield
    finally:
        put(body)


def copy_of(engine: Engine) -> Rows:
    """All rows of all tables, as a backup has them."""
    with db.reading(engine) as tx:
        return {
            name: [dict(row) for row in tx.execute(select(table)).mappings()] for name, table in metadata.tables.items()
        }


def put_back(engine: Engine, rows: Rows) -> None:
    """Make the database what it was when it was copied."""
    with owning(engine) as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(delete(table))
        for table in metadata.sorted_tables:
            if rows[table.name]:
                tx.execute(insert(table), rows[table.name])


def cut_off(engine: Engine, digest: str) -> None:
    """Take a record and all that came after it out of its chain, the registers and the log, and compute all anew."""
    with owning(engine) as tx:
        chain, seq = tx.execute(select(record.c.chain, record.c.seq).where(record.c.digest == digest)).one()
        later = (record.c.chain == chain, record.c.seq >= seq)
        gone = list(tx.execute(select(record.c.digest).where(*later)).scalars())
        tx.execute(delete(fact).where(fact.c.record.in_(gone)))
        tx.execute(delete(record).where(*later))
        last = tx.execute(select(record.c.digest).where(record.c.chain == chain, record.c.seq == seq - 1)).scalar_one()
        tx.execute(update(case).where(case.c.id == chain).values(seq=seq - 1, head=last))
        for table in (leaf, block, checkpoint, pending):
            tx.execute(delete(table))
        tx.execute(update(tree).values(size=0, frontier=b""))
        everything = select(record.c.digest).order_by(record.c.chain, record.c.seq)
        tx.execute(insert(pending).from_select(["digest"], everything))
