"""The second factor of who may decide: its secret, closed, and the digests of recovery codes"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "second_factor",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_second_factor_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_recovery_code_person")),
        sa.PrimaryKeyConstraint("person", "digest", name=op.f("pk_recovery_code")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
