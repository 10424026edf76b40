"""Files beside a task: their bytes go when they are taken away, or by an order that destroys the sealed SHA-256"""

import sqlalchemy as sa
from alembic import op

from service.tables import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SENTENCE = "een bijlage verandert niet, en verdwijnt alleen door wie haar toevoegde of door een opdracht"
GONE = "EXISTS (SELECT 1 FROM destroyed WHERE digest = OLD.proof)"
COLUMNS = ("id", '"case"', "task", "person", "record", "name", "proof", "type", "size", "key", "at")
SAME = " AND ".join(f"NEW.{column} = OLD.{column}" for column in COLUMNS)
ON_SQLITE = (
    f"CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment WHEN NOT (NEW.content IS NULL AND {SAME}) "
    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
    f"CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment WHEN NOT {GONE} "
    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END",
)
ON_POSTGRESQL = (
    "CREATE FUNCTION keep_attachment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'DELETE' THEN IF {GONE} THEN RETURN OLD; END IF; "
    f"ELSIF NEW.content IS NULL AND {SAME} THEN RETURN NEW; END IF; "
    f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER attachment_stays BEFORE UPDATE OR DELETE ON attachment "
    "FOR EACH ROW EXECUTE FUNCTION keep_attachment()",
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("task", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_attachment_case")),
        sa.ForeignKeyConstraint(["task"], ["task.id"], name=op.f("fk_attachment_task")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_attachment_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("proof", name=op.f("uq_attachment_proof")),
    )
    op.create_index(op.f("ix_attachment_case"), "attachment", ["case"])
    op.create_index(op.f("ix_attachment_person"), "attachment", ["person"])
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Undo it."""
    op.drop_table("attachment")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_attachment()")
