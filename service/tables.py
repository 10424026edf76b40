"""The tables, in SQLAlchemy Core: singular names, foreign keys named after what they point at.

What is kept where: `case.state` is the living part of a case (TEXT: its key order matters), `task` the human work
ever opened, `planning` how pressing it is, `draft` what somebody filled in for it so far (encrypted), `fact` the
registers (each row the projection of one record), `record` the trail, `sealed` the values that a record only names by
digest (encrypted; `destroyed` names those that are gone, with the order), `chain` the head of the organisation's chain
(a case keeps its own), `job` what must happen later, `wait` who waits for what. What people lay beside a case is in
`tables_papers`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


@lru_cache(256)  # one act stores its moment in several rows
def _as_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC: timestamptz on PostgreSQL, sortable text on SQLite (which has no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamptz elsewhere."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive moments: they would mean something else on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return _as_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always an aware moment in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


_ID = String(36)
_DIGEST = String(64)

wijk = Table("wijk", metadata, Column("id", String(64), primary_key=True), Column("name", String(200), nullable=False))

content = Table(
    "content", metadata, Column("sha256", _DIGEST, primary_key=True), Column("bytes", LargeBinary, nullable=False)
)

definition = Table(
    "definition",
    metadata,
    Column("version", _DIGEST, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("status", String(12), nullable=False),  # voorgesteld | vrijgegeven
    Column("proposed_by", _ID),
    Column("proposed_at", Utc, nullable=False),
    Column("released_at", Utc),
    Column("note", Text, nullable=False, server_default=""),
)

definition_file = Table(
    "definition_file",
    metadata,
    Column("definition", ForeignKey("definition.version"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("sha256", ForeignKey("content.sha256"), nullable=False),
)

case = Table(
    "case",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("definition", ForeignKey("definition.version"), nullable=False),
    Column("process", String(200), nullable=False),
    Column("dossier", _ID, nullable=False, index=True),  # the year case; its own id for a year case
    Column("wijk", ForeignKey("wijk.id"), nullable=False),
    Column("group", String(64)),
    Column("year", Integer),
    Column("status", String(12), nullable=False),  # lopend | opgeschort | gereed | afgebroken
    Column("phase", String(64)),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("seq", Integer, nullable=False),  # of the last record in its chain; a refusal moves it, not the revision
    Column("head", _DIGEST, nullable=False),
    Index("ix_case_list", "wijk", "started_at", "id"),
    postgresql_with={"fillfactor": 50},  # room beside a case for its next state: no index need learn of it
)

task = Table(
    "task",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("case", ForeignKey("case.id"), nullable=False),
    Column("element", String(200), nullable=False),
    Column("name", String(400), nullable=False),
    Column("process", String(200), nullable=False),
    Column("phase", String(64)),
    Column("group", String(64)),  # the candidate group: the innermost lane
    Column("act", String(20), nullable=False),
    Column("step", String(4)),
    Column("subject", String(200), nullable=False),
    Column("inputs", Text, nullable=False),
    Column("wijk", String(64), nullable=False),  # copies of the case's scope, for the work list
    Column("scope_group", String(64)),
    Column("status", String(12), nullable=False),  # open | afgerond | vervallen
    Column("assignee", _ID),
    Column("opened_at", Utc, nullable=False),
    Column("due", Utc),
    Column("ended_at", Utc),
    Column("completed_by", _ID),
    Column("submission", _DIGEST),  # of the completing request: the same again is answered, another is a conflict
    Column("record", _DIGEST),
    Column("revision", Integer),  # of the case, by its completion
    Index("ix_task_case", "case", "status", "element"),
)
Index(
    "ix_task_worklist",
    task.c.group,
    task.c.wijk,
    task.c.opened_at,
    task.c.id,
    postgresql_where=text("status = 'open'"),
    sqlite_where=text("status = 'open'"),
)
Index(
    "ix_task_assignee",
    task.c.assignee,
    task.c.opened_at,
    task.c.id,
    postgresql_where=text("status = 'open' AND assignee IS NOT NULL"),
    sqlite_where=text("status = 'open' AND assignee IS NOT NULL"),
)
# What is counted for who comes in; who has no term and decides nothing stands in neither.
Index(
    "ix_task_term",
    task.c.group,
    task.c.wijk,
    task.c.due,
    postgresql_where=text("status = 'open' AND due IS NOT NULL"),
    sqlite_where=text("status = 'open' AND due IS NOT NULL"),
)
Index(
    "ix_task_decision",
    task.c.group,
    task.c.wijk,
    task.c.act,
    postgresql_where=text("status = 'open' AND act = 'besluit'"),
    sqlite_where=text("status = 'open' AND act = 'besluit'"),
)

planning = Table(  # of open tasks; what is left of one that ended says nothing about anybody
    "planning",
    metadata,
    Column("task", ForeignKey("task.id"), primary_key=True),
    Column("priority", String(8), nullable=False),  # hoog | normaal | laag
    Column("follow_up", Utc),  # the midnight with which that day begins in Amsterdam
    sqlite_with_rowid=False,
)

draft = Table(
    "draft",
    metadata,
    Column("task", ForeignKey("task.id"), primary_key=True),  # a trigger drops the draft when the task ends
    Column("person", _ID, primary_key=True, index=True),
    Column("case", _ID, nullable=False, index=True),
    Column("key", String(32), nullable=False),  # its name in the key store
    Column("content", LargeBinary, nullable=False),  # what was filled in, under that key
    Column("at", Utc, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("dossier", _ID, nullable=False),
    Column("register", String(20), nullable=False),
    Column("step", String(4)),
    Column("subject", String(200), nullable=False),
    Column("record", _DIGEST, nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_fact_dossier", "dossier", "register", "subject"),
    Index("ix_fact_record", "record"),
    implicit_returning=False,  # nobody asks for the new id, and in a batch there would be no answer
)

ADVICE = "register = 'adviesverzoeken'"
Index("ix_fact_adviser", fact.c.subject, postgresql_where=text(ADVICE), sqlite_where=text(ADVICE))

chain = Table(
    "chain",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("seq", Integer, nullable=False),  # of the last record
    Column("head", _DIGEST, nullable=False),
    sqlite_with_rowid=False,
)

record = Table(
    "record",
    metadata,
    Column("chain", _ID, primary_key=True),  # the case, or `organisatie`
    Column("seq", Integer, primary_key=True),
    Column("digest", _DIGEST, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("body", Text, nullable=False),
)

sealed = Table(
    "sealed",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("chain", _ID, nullable=False),  # no index: whoever wants a chain's values has its records, which name them
    Column("compartment", String(64), nullable=False),
    Column("name", String(200), nullable=False),  # of the field
    Column("key", String(32), nullable=False),  # its name in the key store
    Column("content", LargeBinary, nullable=False),  # salt, name and value, under that key
    sqlite_with_rowid=False,
)

destroyed = Table(
    "destroyed",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("ordered_in", _DIGEST, nullable=False),  # the record of the order that names it: a trigger looks
    sqlite_with_rowid=False,
)

job = Table(
    "job",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(20), nullable=False),  # see `store_jobs.Job`
    Column("case", _ID, index=True),
    Column("payload", Text, nullable=False),
    Column("due", Utc, nullable=False),
    Column("leased_until", Utc),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("status", String(12), nullable=False),  # gepland | vastgelopen
    Column("topic", String(401), index=True),  # of a message: "name key", so that a new wait wakes it
)
Index("ix_job_due", job.c.due, postgresql_where=text("status = 'gepland'"), sqlite_where=text("status = 'gepland'"))

incident = Table(
    "incident",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("case", ForeignKey("case.id"), nullable=False, index=True),
    Column("job", _ID),
    Column("at", Utc, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("solved_at", Utc),
)

wait = Table(
    "wait",
    metadata,
    Column("case", ForeignKey("case.id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("key", String(200), primary_key=True),
    Index("ix_wait_message", "name", "key"),
)

command = Table(
    "command",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("person", _ID, primary_key=True),
    Column("digest", _DIGEST, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Utc, nullable=False),
)
