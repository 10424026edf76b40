"""Notices of work, addresses for mail (closed), and the news of each wijk by day"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("task", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("due", Utc(), nullable=False),
        sa.Column("giver", sa.String(length=36), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("mailed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_notice_person")),
        sa.ForeignKeyConstraint(["task"], ["task.id"], name=op.f("fk_notice_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("uq_notice_once", "notice", ["person", "task", "kind", "due"], unique=True)
    op.create_index("ix_notice_task", "notice", ["task", "kind"])
    op.create_index("ix_notice_list", "notice", ["person", "at", "id"])
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notice_unread", "notice", ["person"], postgresql_where=unread, sqlite_where=unread)
    op.create_table(
        "mailbox",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("wijk", sa.String(length=64), nullable=True),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("told_until", sa.Date(), nullable=False),
        sa.Column("due", Utc(), nullable=True),
        sa.Column("claimed_until", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_mailbox_person")),
        sa.ForeignKeyConstraint(["wijk"], ["wijk.id"], name=op.f("fk_mailbox_wijk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("person", name=op.f("uq_mailbox_person")),
    )
    op.create_index(op.f("ix_mailbox_digest"), "mailbox", ["digest"])
    op.create_index("uq_mailbox_subscription", "mailbox", ["wijk", "digest"], unique=True)
    waiting = sa.text("due IS NOT NULL")
    op.create_index("ix_mailbox_due", "mailbox", ["due"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_table(
        "bulletin",
        sa.Column("wijk", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("phases", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wijk"], ["wijk.id"], name=op.f("fk_bulletin_wijk")),
        sa.PrimaryKeyConstraint("wijk", "day", name=op.f("pk_bulletin")),
    )


def downgrade() -> None:
    """Undo it."""
    for table in ("bulletin", "mailbox", "notice"):
        op.drop_table(table)
