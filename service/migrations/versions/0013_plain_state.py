"""The state of a case is stored as it is: compressing it anew at every step cost PostgreSQL more than the step"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; SQLite compresses nothing."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE "case" ALTER COLUMN state SET STORAGE EXTERNAL')


def downgrade() -> None:
    """Undo it: each state is compressed again from its next step on."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE "case" ALTER COLUMN state SET STORAGE EXTENDED')
