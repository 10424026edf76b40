"""The log: a tree over all records, its checkpoints, and what waits for a place; records that stand already wait too"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("leaf", "block", "checkpoint", "cosignature", "log_key")
SENTENCE = "een regel wordt nooit gewijzigd of gewist"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "pending",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
    )
    op.create_table(
        "tree",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("broken", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_tree")),
    )
    op.create_table(
        "leaf",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["tree.log"], name=op.f("fk_leaf_log")),
        sa.PrimaryKeyConstraint("log", "index", name=op.f("pk_leaf")),
        sa.UniqueConstraint("log", "digest", name=op.f("uq_leaf_log_digest")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "block",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["tree.log"], name=op.f("fk_block_log")),
        sa.PrimaryKeyConstraint("log", "level", "index", name=op.f("pk_block")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["tree.log"], name=op.f("fk_checkpoint_log")),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "cosignature",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(length=400), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["tree.log"], name=op.f("fk_cosignature_log")),
        sa.PrimaryKeyConstraint("log", "size", "witness", name=op.f("pk_cosignature")),
    )
    op.create_table(
        "log_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["tree.log"], name=op.f("fk_log_key_log")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_key")),
        sa.UniqueConstraint("key", name=op.f("uq_log_key_key")),
    )
    first = sa.table("tree", sa.column("log"), sa.column("size"), sa.column("frontier", sa.LargeBinary()))
    op.bulk_insert(first, [{"log": 1, "size": 0, "frontier": b""}])
    op.execute("INSERT INTO pending (digest) SELECT digest FROM record ORDER BY chain, seq")
    _guard()


def _guard() -> None:
    """These tables are only added to, as records are; a tree is changed, and never taken away."""
    if op.get_bind().dialect.name == "sqlite":
        for table, verb in [*((table, verb) for table in TABLES for verb in ("UPDATE", "DELETE")), ("tree", "DELETE")]:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    for table, verbs in [
        *((table, "UPDATE OR DELETE OR TRUNCATE") for table in TABLES),
        ("tree", "DELETE OR TRUNCATE"),
    ]:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Undo it; the triggers go with their tables."""
    for table in ("log_key", "cosignature", "checkpoint", "block", "leaf", "tree", "pending"):
        op.drop_table(table)
