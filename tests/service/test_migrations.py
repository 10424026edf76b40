"""The migrations lead to exactly the tables that the code speaks of, on both databases."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from service import db
from service.tables import metadata


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    engine = db.open_database(url)
    with db.reading(engine) as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(url: str) -> None:
    db.migrate(url)
    engine = db.open_database(url)
    assert db.is_current(engine)
    engine.dispose()


def test_records_of_before_the_log_wait_for_their_place_in_it(url: str) -> None:
    engine = db.open_database(url)
    with db.writing(engine) as tx:
        settings = db._alembic()
        settings.attributes["connection"] = tx
        command.downgrade(settings, "0003")
        tx.execute(text(f"INSERT INTO record VALUES ('organisatie', 0, '{'a' * 64}', 'rol:gegeven', '2026-01-01', '')"))
    db.migrate(url)
    with db.reading(engine) as tx:
        assert tx.execute(text("SELECT digest FROM pending")).all() == [("a" * 64,)]
        assert db.is_current(engine)
    engine.dispose()


def test_postgresql_does_not_compress_the_state_of_a_case_at_every_step(postgres_url: str) -> None:
    engine = db.open_database(postgres_url)
    stored = text("SELECT attstorage FROM pg_attribute WHERE attrelid = '\"case\"'::regclass AND attname = 'state'")
    with db.reading(engine) as tx:
        assert tx.execute(stored).scalar_one() in ("e", b"e")
    engine.dispose()
