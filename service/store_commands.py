"""SQL for idempotency keys: what a request answered, kept in the transaction of what it did."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select

from engine.terms import Json
from service.tables import command


def find(tx: Connection, key: str, person: str) -> tuple[str, dict[str, Json]] | None:
    """(digest of the request, its answer) of this person's earlier request under this key."""
    row = tx.execute(
        select(command.c.digest, command.c.answer).where(command.c.key == key, command.c.person == person)
    ).one_or_none()
    return None if row is None else (row[0], json.loads(row[1]))


def keep(tx: Connection, key: str, person: str, digest: str, answer: dict[str, Json], at: datetime) -> None:
    """Remember what the request under this key answered."""
    tx.execute(
        insert(command),
        {
            "key": key,
            "person": person,
            "digest": digest,
            "answer": json.dumps(answer, ensure_ascii=False),
            "at": at,
        },
    )
