"""The history of the tables (Alembic); a test holds the newest revision equal to `service.tables`."""
