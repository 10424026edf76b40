"""The migrations lead to exactly the tables that the code speaks of, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

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
