"""Drafts of what somebody fills in for a task, closed; a task that is no longer open has none"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ENDED = "DELETE FROM draft WHERE task = NEW.id;"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "draft",
        sa.Column("task", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["task.id"], name=op.f("fk_draft_task")),
        sa.PrimaryKeyConstraint("task", "person", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_case"), "draft", ["case"])
    op.create_index(op.f("ix_draft_person"), "draft", ["person"])
    on = "AFTER UPDATE OF status ON task FOR EACH ROW WHEN (NEW.status <> 'open')"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER draft_ends {on} BEGIN {ENDED} END")
        return
    op.execute(f"CREATE FUNCTION end_draft() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ENDED} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER draft_ends {on} EXECUTE FUNCTION end_draft()")


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER draft_ends")
    else:
        op.execute("DROP TRIGGER draft_ends ON task")
        op.execute("DROP FUNCTION end_draft()")
    op.drop_table("draft")
