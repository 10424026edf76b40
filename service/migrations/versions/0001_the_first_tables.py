"""The first tables"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "chain",
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chain")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "command",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", "person", name=op.f("pk_command")),
    )
    op.create_table(
        "content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_content")),
    )
    op.create_table(
        "definition",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=True),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("released_at", Utc(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_definition")),
        sa.UniqueConstraint("number", name=op.f("uq_definition_number")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dossier", sa.String(length=36), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index("ix_fact_dossier", ["dossier", "register", "subject"], unique=False)
        batch_op.create_index("ix_fact_record", ["record"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due", Utc(), nullable=False),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("topic", sa.String(length=401), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_case"), ["case"], unique=False)
        batch_op.create_index(
            "ix_job_due",
            ["due"],
            unique=False,
            postgresql_where=sa.text("status = 'gepland'"),
            sqlite_where=sa.text("status = 'gepland'"),
        )
        batch_op.create_index(batch_op.f("ix_job_topic"), ["topic"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("is_resident", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("blocked_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "record",
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_record")),
        sa.UniqueConstraint("digest", name=op.f("uq_record_digest")),
    )
    op.create_table(
        "sealed",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("compartment", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sealed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "destroyed",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ordered_in", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_destroyed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wijk",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wijk")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("dossier", sa.String(length=36), nullable=False),
        sa.Column("wijk", sa.String(length=64), nullable=False),
        sa.Column("group", sa.String(length=64), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["definition"], ["definition.version"], name=op.f("fk_case_definition")),
        sa.ForeignKeyConstraint(["wijk"], ["wijk.id"], name=op.f("fk_case_wijk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        postgresql_with={"fillfactor": 50},
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_dossier"), ["dossier"], unique=False)
        batch_op.create_index("ix_case_list", ["wijk", "started_at", "id"], unique=False)

    op.create_table(
        "definition_file",
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["definition"], ["definition.version"], name=op.f("fk_definition_file_definition")),
        sa.ForeignKeyConstraint(["sha256"], ["content.sha256"], name=op.f("fk_definition_file_sha256")),
        sa.PrimaryKeyConstraint("definition", "name", name=op.f("pk_definition_file")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_person"), ["person"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("job", sa.String(length=36), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("solved_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_incident_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_case"), ["case"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=True),
        sa.Column("group", sa.String(length=64), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("wijk", sa.String(length=64), nullable=False),
        sa.Column("scope_group", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("assignee", sa.String(length=36), nullable=True),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("due", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("completed_by", sa.String(length=36), nullable=True),
        sa.Column("submission", sa.String(length=64), nullable=True),
        sa.Column("record", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_task_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_assignee",
            ["assignee", "opened_at", "id"],
            unique=False,
            postgresql_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
            sqlite_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
        )
        batch_op.create_index("ix_task_case", ["case", "status", "element"], unique=False)
        batch_op.create_index(
            "ix_task_worklist",
            ["group", "wijk", "opened_at", "id"],
            unique=False,
            postgresql_where=sa.text("status = 'open'"),
            sqlite_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "wait",
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_wait_case")),
        sa.PrimaryKeyConstraint("case", "name", "key", name=op.f("pk_wait")),
    )
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.create_index("ix_wait_message", ["name", "key"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.drop_index("ix_wait_message")

    op.drop_table("wait")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_task_worklist", postgresql_where=sa.text("status = 'open'"), sqlite_where=sa.text("status = 'open'")
        )
        batch_op.drop_index("ix_task_case")
        batch_op.drop_index(
            "ix_task_assignee",
            postgresql_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
            sqlite_where=sa.text("status = 'open' AND assignee IS NOT NULL"),
        )

    op.drop_table("task")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_case"))

    op.drop_table("incident")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_person"))

    op.drop_table("session")
    op.drop_table("definition_file")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_list")
        batch_op.drop_index(batch_op.f("ix_case_dossier"))

    op.drop_table("case")
    op.drop_table("wijk")
    op.drop_table("destroyed")
    op.drop_table("sealed")
    op.drop_table("record")
    op.drop_table("person")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_topic"))
        batch_op.drop_index(
            "ix_job_due", postgresql_where=sa.text("status = 'gepland'"), sqlite_where=sa.text("status = 'gepland'")
        )
        batch_op.drop_index(batch_op.f("ix_job_case"))

    op.drop_table("job")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_record")
        batch_op.drop_index("ix_fact_dossier")

    op.drop_table("fact")
    op.drop_table("definition")
    op.drop_table("content")
    op.drop_table("command")
    op.drop_table("chain")
