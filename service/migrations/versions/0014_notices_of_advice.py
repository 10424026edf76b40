"""A notice may be about an advice request"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ONCE = ["person", "task", "kind", "due"]


def upgrade() -> None:
    """Make the change."""
    op.add_column("notice", sa.Column("request", sa.String(length=64), server_default="", nullable=False))
    op.drop_index("uq_notice_once", "notice")
    op.create_index("uq_notice_once", "notice", [*ONCE, "request"], unique=True)


def downgrade() -> None:
    """Undo it; what was told of advice requests is forgotten."""
    op.execute("DELETE FROM notice WHERE request <> ''")
    op.drop_index("uq_notice_once", "notice")
    op.create_index("uq_notice_once", "notice", ONCE, unique=True)
    op.drop_column("notice", "request")
