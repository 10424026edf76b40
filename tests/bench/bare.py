"""The bare endpoint: Flask and SQLAlchemy, one INSERT and one COMMIT, served by the same server as the service."""

from __future__ import annotations

import os
import sqlite3

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, create_engine, event, insert

metadata = MetaData()
note = Table(
    "bare_note",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("task", Text, nullable=False),
    Column("body", Text, nullable=False),
)


def _be_durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def create_app() -> Flask:
    """The application on the database of `BARE_DATABASE_URL`: SQLAlchemy's defaults, and as durable as the service."""
    engine = create_engine(os.environ["BARE_DATABASE_URL"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _be_durable)
    metadata.create_all(engine)
    statement = insert(note)
    app = Flask("bare")

    def store(task: str) -> ResponseReturnValue:
        values = request.get_json()
        with engine.begin() as connection:
            connection.execute(statement, {"task": task, "body": str(values)})
        return jsonify({"id": task, "gegevens": values["gegevens"]})

    app.add_url_rule("/taken/<task>", view_func=store, methods=["PUT"])
    return app
