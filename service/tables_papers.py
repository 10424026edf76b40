"""The tables of what people lay beside a case: files (attachments) and remarks to each other (comments), encrypted.

The name and the digest of a file are sealed values of the record that says it was added; its bytes lie here.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from service.tables import Utc, metadata

attachment = Table(
    "attachment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("task", ForeignKey("task.id"), nullable=False),
    Column("person", ForeignKey("person.id"), nullable=False, index=True),
    Column("record", String(64), nullable=False),  # that says it was added
    Column("name", String(64), nullable=False),  # the digest of the sealed value that is its name
    Column("proof", String(64), nullable=False, unique=True),  # of the one that is its SHA-256; a trigger follows it
    Column("type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("key", String(32), nullable=False),  # its name in the key store
    Column("content", LargeBinary),  # the bytes under that key; none once they were taken away
    Column("at", Utc, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case", ForeignKey("case.id"), nullable=False),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("key", String(32), nullable=False),  # its name in the key store
    Column("content", LargeBinary, nullable=False),  # what it says, under that key
    Column("at", Utc, nullable=False),
    Index("ix_comment_case", "case", "at", "id"),
    Index("ix_comment_person", "person", "at"),
)
