"""Alembic's entry: runs the migrations on the connection that `service.db.migrate` gives."""

from alembic import context

from service.tables import metadata
from service.tables_ballots import ballot  # noqa: F401  (its tables belong to the same metadata)
from service.tables_log import tree  # noqa: F401  (its tables belong to the same metadata)
from service.tables_mail import mailbox  # noqa: F401  (its tables belong to the same metadata)
from service.tables_papers import attachment  # noqa: F401  (its tables belong to the same metadata)
from service.tables_people import person  # noqa: F401  (its tables belong to the same metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
