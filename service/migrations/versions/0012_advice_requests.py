"""What somebody was asked for advice about is found by who was asked"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ADVICE = sa.text("register = 'adviesverzoeken'")


def upgrade() -> None:
    """Make the change."""
    op.create_index(op.f("ix_fact_adviser"), "fact", ["subject"], postgresql_where=ADVICE, sqlite_where=ADVICE)


def downgrade() -> None:
    """Undo it."""
    op.drop_index(op.f("ix_fact_adviser"), "fact")
