"""Indexes for what is counted on a work list: open tasks with a term, and open decisions"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNTED = {
    "ix_task_term": (["group", "wijk", "due"], sa.text("status = 'open' AND due IS NOT NULL")),
    "ix_task_decision": (["group", "wijk", "act"], sa.text("status = 'open' AND act = 'besluit'")),
}


def upgrade() -> None:
    """Make the change."""
    for name, (columns, where) in COUNTED.items():
        op.create_index(name, "task", columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    """Undo it."""
    for name in COUNTED:
        op.drop_index(name, "task")
