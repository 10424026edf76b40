"""The bare endpoint: Flask and SQLAlchemy, one INSERT and one COMMIT, served by the same server as the service."""

from __future__ import annotations

import os

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, insert

from service.db import open_database

metadata = MetaData()
note = Table(
    "bare_note",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("task", Text, nullable=False),
    Column("body", Text, nullable=False),
)


def create_app() -> Flask:
    """The application on the database of `BARE_DATABASE_URL`, opened with the same settings as the service's own."""
    engine = open_database(os.environ["BARE_DATABASE_URL"])
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
