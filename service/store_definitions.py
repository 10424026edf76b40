"""SQL for process families: their files, kept byte for byte, and which version is proposed or released."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from service.store_statement import Statement
from service.tables import case, content, definition, definition_file

_CURRENT = Statement(
    select(definition.c.version)
    .where(definition.c.status == "vrijgegeven")
    .order_by(definition.c.released_at.desc(), definition.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the city's process family; cases start on the newest released one and stay on theirs."""

    version: str
    number: int
    status: str
    proposed_by: str | None
    proposed_at: datetime
    released_at: datetime | None
    note: str


def insert_version(
    tx: Connection, version: str, files: Mapping[str, bytes], *, by: str | None, at: datetime, note: str
) -> Version:
    """A proposed version; contents that stand already are not stored twice."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    known = set(tx.execute(select(content.c.sha256).where(content.c.sha256.in_(digests.values()))).scalars())
    new = {digest: files[name] for name, digest in digests.items() if digest not in known}
    if new:
        tx.execute(insert(content), [{"sha256": digest, "bytes": data} for digest, data in new.items()])
    number = (tx.execute(select(func.max(definition.c.number))).scalar() or 0) + 1
    row = Version(version, number, "voorgesteld", by, at, None, note)
    tx.execute(
        insert(definition),
        {
            "version": version,
            "number": number,
            "status": row.status,
            "proposed_by": by,
            "proposed_at": at,
            "note": note,
        },
    )
    tx.execute(
        insert(definition_file),
        [{"definition": version, "name": name, "sha256": digest} for name, digest in sorted(digests.items())],
    )
    return row


def release_version(tx: Connection, version: str, at: datetime) -> None:
    """From now on new cases start on this version."""
    tx.execute(update(definition).where(definition.c.version == version).values(status="vrijgegeven", released_at=at))


def versions(tx: Connection) -> list[Version]:
    """All versions, the newest first."""
    rows = tx.execute(select(*definition.c).order_by(definition.c.number.desc()))
    return [Version(*row) for row in rows]


def running(tx: Connection) -> dict[str, int]:
    """How many cases run on each version."""
    found = select(case.c.definition, func.count()).where(case.c.status == "lopend").group_by(case.c.definition)
    return {row[0]: int(row[1]) for row in tx.execute(found)}


def find_version(tx: Connection, version: str) -> Version | None:
    """The version with this digest."""
    row = tx.execute(select(*definition.c).where(definition.c.version == version)).one_or_none()
    return None if row is None else Version(*row)


def current_version(tx: Connection) -> str | None:
    """The version on which new cases start: the one released last."""
    found = _CURRENT.one(tx, {})
    return None if found is None else str(found[0])


def file_names(tx: Connection, version: str) -> dict[str, str]:
    """The version's files: name to SHA-256."""
    found = select(definition_file.c.name, definition_file.c.sha256).where(definition_file.c.definition == version)
    return dict(tx.execute(found).all())


def file_bytes(tx: Connection, version: str) -> dict[str, bytes]:
    """The version's files, byte for byte."""
    found = (
        select(definition_file.c.name, content.c.bytes)
        .join(content, content.c.sha256 == definition_file.c.sha256)
        .where(definition_file.c.definition == version)
    )
    return dict(tx.execute(found).all())
