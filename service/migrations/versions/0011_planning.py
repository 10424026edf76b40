"""How pressing a task is, and when to look at it again"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "planning",
        sa.Column("task", sa.String(length=36), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("follow_up", Utc()),
        sa.ForeignKeyConstraint(["task"], ["task.id"], name=op.f("fk_planning_task")),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_planning")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("planning")
