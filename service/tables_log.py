"""The tables of the log: the tree over all records, what still waits for its place in it, and its signed checkpoints.

`tree` holds one row for each log; the newest is the one that grows. `leaf` and `block` are what `engine.trail.merkle`
asks for. All but `pending` and the row of `tree` is only ever added to; the database refuses anything else.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.tables import Utc, metadata

pending = Table(
    "pending",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # of one chain in its order
    Column("digest", String(64), nullable=False),
    implicit_returning=False,
)

tree = Table(
    "tree",
    metadata,
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(200)),  # what its checkpoints are named after; none before the first record has its place
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("broken", Text),  # why the signer refuses; none while all is well
)

leaf = Table(
    "leaf",
    metadata,
    Column("log", ForeignKey("tree.log"), nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("log", "index"),
    UniqueConstraint("log", "digest"),
    sqlite_with_rowid=False,
)

block = Table(
    "block",
    metadata,
    Column("log", ForeignKey("tree.log"), nullable=False),
    Column("level", Integer, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("log", "level", "index"),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("log", ForeignKey("tree.log"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False),
    PrimaryKeyConstraint("log", "size"),
)

cosignature = Table(
    "cosignature",
    metadata,
    Column("log", ForeignKey("tree.log"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("witness", String(400), nullable=False),  # its verifier key
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("log", "size", "witness"),
)

log_key = Table(
    "log_key",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("log", ForeignKey("tree.log"), nullable=False),
    Column("key", String(400), nullable=False, unique=True),  # the verifier key; the newest one signs
    Column("at", Utc, nullable=False),
)
