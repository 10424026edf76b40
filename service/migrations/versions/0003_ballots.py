"""Ballots: the register, the closed box, paper, and the votes counted"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "ballot",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("opening", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=4), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("opens_at", Utc(), nullable=False),
        sa.Column("closes_at", Utc(), nullable=False),
        sa.Column("modulus", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("first_to", sa.String(length=36), nullable=True),
        sa.Column("second_to", sa.String(length=36), nullable=True),
        sa.Column("counted", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_ballot_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
    )
    op.create_index(op.f("ix_ballot_case"), "ballot", ["case"])
    op.create_table(
        "ballot_voter",
        sa.Column("ballot", sa.String(length=36), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("first", sa.String(length=64), nullable=True),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("given", sa.String(length=8), nullable=True),
        sa.Column("blinded", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["ballot"], ["ballot.id"], name=op.f("fk_ballot_voter_ballot")),
        sa.PrimaryKeyConstraint("ballot", "voter", name=op.f("pk_ballot_voter")),
        sa.UniqueConstraint("ballot", "identity", name=op.f("uq_ballot_voter_ballot_identity")),
        sa.UniqueConstraint("ballot", "person", name=op.f("uq_ballot_voter_ballot_person")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_voter_first", "ballot_voter", ["ballot", "first"])
    op.create_table(
        "ballot_box",
        sa.Column("ballot", sa.String(length=36), nullable=False),
        sa.Column("nullifier", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ballot"], ["ballot.id"], name=op.f("fk_ballot_box_ballot")),
        sa.PrimaryKeyConstraint("ballot", "nullifier", name=op.f("pk_ballot_box")),
        sa.UniqueConstraint("ballot", "mark", name=op.f("uq_ballot_box_ballot_mark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_paper",
        sa.Column("ballot", sa.String(length=36), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ballot"], ["ballot.id"], name=op.f("fk_ballot_paper_ballot")),
        sa.PrimaryKeyConstraint("ballot", name=op.f("pk_ballot_paper")),
    )
    op.create_table(
        "ballot_vote",
        sa.Column("ballot", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot"], ["ballot.id"], name=op.f("fk_ballot_vote_ballot")),
        sa.PrimaryKeyConstraint("ballot", "key", name=op.f("pk_ballot_vote")),
        sqlite_with_rowid=False,
    )
