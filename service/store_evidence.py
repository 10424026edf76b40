"""SQL for evidence: the newest checkpoint, the places of records in the log, and the digests of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from engine.trail.merkle import Frontier
from service.store_log import Signed
from service.tables_log import checkpoint, leaf

_AT_ONCE = 500
_INDEX = leaf.c["index"]


def newest_signed(tx: Connection, until: datetime | None = None) -> Signed | None:
    """The checkpoint that was signed last, or last by a moment; None before the first."""
    columns = (checkpoint.c.log, checkpoint.c.size, checkpoint.c.frontier, checkpoint.c.root, checkpoint.c.note)
    found = select(*columns, checkpoint.c.at).order_by(checkpoint.c.log.desc(), checkpoint.c.size.desc()).limit(1)
    row = tx.execute(found if until is None else found.where(checkpoint.c.at <= until)).one_or_none()
    if row is None:
        return None
    log, size, frontier, root, note, at = row
    return Signed(log, Frontier.decode(size, frontier), root, note, at)


def sizes_signed(tx: Connection, log: int, below: int, most: int) -> list[int]:
    """The sizes of the newest checkpoints of this log below a size."""
    earlier = select(checkpoint.c.size).where(checkpoint.c.log == log, checkpoint.c.size < below)
    return list(tx.execute(earlier.order_by(checkpoint.c.size.desc()).limit(most)).scalars())


def places(tx: Connection, log: int, digests: Sequence[str]) -> dict[str, int]:
    """The index in the log of each of these records that has one."""
    found: dict[str, int] = {}
    for first in range(0, len(digests), _AT_ONCE):
        some = [bytes.fromhex(one) for one in digests[first : first + _AT_ONCE]]
        rows = tx.execute(select(leaf.c.digest, _INDEX).where(leaf.c.log == log, leaf.c.digest.in_(some)))
        found |= {bytes(digest).hex(): int(index) for digest, index in rows}
    return found


def leaves(tx: Connection, log: int, size: int) -> Iterator[bytes]:
    """The digests of the first records of the log, in order."""
    found = select(leaf.c.digest).where(leaf.c.log == log).where(_INDEX.between(0, size - 1)).order_by(_INDEX)
    yield from (bytes(one) for one in tx.execute(found).scalars())
