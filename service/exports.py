"""Giving the trail out: one chain as a file that `engine/trail/verify.py` checks without us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from engine.trail.export import Stored, export_lines
from engine.trail.record import instant
from service import db, openings, sealing, store_sealed, store_trail
from service.faults import Unknown
from service.installation import Installation


def export(installation: Installation, chain: str, to: Path, now: datetime | None = None, ground: str = "") -> int:
    """Write the chain (a case's id, or `organisatie`) to a file, whole or not at all; answers the number of records.

    Sealed values stay closed unless a ground is given: then they are shown, and that is recorded first, at `now`.
    Raises Unknown.
    """
    if ground and now is not None:
        openings.issue(installation, chain, ground, now)
    with db.reading(installation.database) as tx:
        head = store_trail.read_chain(tx, chain)
        if head is None:
            raise Unknown(f"Er is geen keten {chain}.")
        named = store_trail.handles_of(tx, chain)
        there = sealing.opened(installation.keys, store_sealed.find(tx, named))
        gone = store_sealed.orders_of(tx, named)
        part = to.with_name(f"{to.name}.deel")
        with part.open("wb") as file:
            for line in export_lines(
                head, _records(tx, chain), there if ground else {}, withheld=there, destroyed=gone
            ):
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    return head.seq + 1


def _records(tx: Connection, chain: str) -> Iterator[Stored]:
    for seq, digest, kind, at, body in store_trail.records(tx, chain):
        yield Stored(digest, body, {"chain": chain, "seq": seq, "kind": kind, "at": instant(at)})
