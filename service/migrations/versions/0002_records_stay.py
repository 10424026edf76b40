"""Records and register rows are added, never changed or deleted, and sealed values go by an order alone: the database
itself refuses the rest"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("record", "fact", "destroyed")
SENTENCE = "een regel wordt nooit gewijzigd of gewist"
# A value may be put under another key, and in no other way change.
SEALED_ON_SQLITE = (
    "CREATE TRIGGER sealed_no_update BEFORE UPDATE ON sealed WHEN NEW.digest <> OLD.digest "
    "OR NEW.chain <> OLD.chain OR NEW.compartment <> OLD.compartment OR NEW.key = OLD.key "
    "BEGIN SELECT RAISE(ABORT, 'een verzegelde waarde verandert niet'); END",
    "CREATE TRIGGER sealed_no_delete BEFORE DELETE ON sealed "
    "WHEN NOT EXISTS (SELECT 1 FROM destroyed WHERE digest = OLD.digest) "
    "BEGIN SELECT RAISE(ABORT, 'een verzegelde waarde verdwijnt alleen door een opdracht die haar noemt'); END",
    "CREATE TRIGGER destroyed_by_order BEFORE INSERT ON destroyed WHEN NOT EXISTS (SELECT 1 FROM record "
    "WHERE digest = NEW.ordered_in AND kind = 'vernietiging:opgedragen' AND instr(body, NEW.digest) > 0) "
    "BEGIN SELECT RAISE(ABORT, 'een verzegelde waarde verdwijnt alleen door een opdracht die haar noemt'); END",
)
REFUSED = (
    "RAISE EXCEPTION 'een verzegelde waarde verdwijnt alleen door een opdracht die haar noemt' "
    "USING ERRCODE = 'integrity_constraint_violation';"
)
ON_POSTGRESQL = {
    "refuse_loss": "IF TG_OP = 'DELETE' THEN "
    "IF EXISTS (SELECT 1 FROM destroyed WHERE digest = OLD.digest) THEN RETURN OLD; END IF; "
    "ELSIF NEW.digest = OLD.digest AND NEW.chain = OLD.chain AND NEW.compartment = OLD.compartment "
    "AND NEW.key <> OLD.key THEN RETURN NEW; END IF; ",
    "refuse_truncation": "",
    "ask_for_order": "IF EXISTS (SELECT 1 FROM record WHERE digest = NEW.ordered_in "
    "AND kind = 'vernietiging:opgedragen' AND position(NEW.digest in body) > 0) THEN RETURN NEW; END IF; ",
}
TRIGGERS = {
    "sealed_stays": "UPDATE OR DELETE ON sealed FOR EACH ROW EXECUTE FUNCTION refuse_loss()",
    "sealed_whole": "TRUNCATE ON sealed FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncation()",
    "destroyed_by_order": "INSERT ON destroyed FOR EACH ROW EXECUTE FUNCTION ask_for_order()",
}


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )
        for statement in SEALED_ON_SQLITE:
            op.execute(statement)
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for name, content in ON_POSTGRESQL.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {content}{REFUSED} END $$")
    for name, when in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {when}")


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        for table in (*TABLES, "sealed"):
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        op.execute("DROP TRIGGER destroyed_by_order")
        return
    for name, when in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {when.partition(' ON ')[2].split()[0]}")
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_stays ON {table}")
    for name in ("refuse_change", *ON_POSTGRESQL):
        op.execute(f"DROP FUNCTION {name}()")
