"""The tables of what people are told: notices in the application, addresses for mail, and the news of a wijk.

An address lies closed under a key of its own, as the names of residents do; its digest finds it again.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from service.tables import Utc, metadata

notice = Table(
    "notice",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("task", ForeignKey("task.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # a kind of `service.notices`
    Column("due", Utc, nullable=False),  # of the task when it is about that, else the moment of the notice
    Column("giver", String(36)),  # who assigned the task: that person hears when it is given back
    Column("at", Utc, nullable=False),
    Column("read_at", Utc),
    Column("mailed_at", Utc),
    Column("request", String(64), nullable=False, server_default=""),  # the record of an advice request; else empty
    Index("uq_notice_once", "person", "task", "kind", "due", "request", unique=True),
    Index("ix_notice_task", "task", "kind"),
    Index("ix_notice_list", "person", "at", "id"),
)
Index(
    "ix_notice_unread",
    notice.c.person,
    postgresql_where=text("read_at IS NULL"),
    sqlite_where=text("read_at IS NULL"),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("address", Text, nullable=False),  # the name of its key, and the address under that key
    Column("digest", String(64), nullable=False, index=True),
    Column("person", ForeignKey("person.id"), unique=True),  # whose notices go there; null: news of a wijk
    Column("wijk", ForeignKey("wijk.id")),
    Column("pace", String(10), nullable=False),  # meteen | dagelijks | uit
    Column("language", String(2), nullable=False),
    Column("asked_at", Utc, nullable=False),  # the link that confirms follows from this moment
    Column("confirmed_at", Utc),
    Column("told_until", Date, nullable=False),  # the last day whose news the subscriber has
    Column("due", Utc),  # when something is to be sent; null: nothing
    Column("claimed_until", Utc),  # a sender has it in hand until then
    Column("failures", Integer, nullable=False, server_default="0"),
    Index("uq_mailbox_subscription", "wijk", "digest", unique=True),
)
Index(
    "ix_mailbox_due",
    mailbox.c.due,
    postgresql_where=text("due IS NOT NULL"),
    sqlite_where=text("due IS NOT NULL"),
)

bulletin = Table(
    "bulletin",
    metadata,
    Column("wijk", ForeignKey("wijk.id"), primary_key=True),
    Column("day", Date, primary_key=True),  # the last day that it covers
    Column("phases", Text, nullable=False),  # in which phase each public case was, by id
    Column("items", Text, nullable=False),  # what changed, by kind and step: nothing that people wrote
)
