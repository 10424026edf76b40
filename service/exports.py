"""Giving the trail out: one chain as a file that `engine/trail/verify.py` checks without us."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from engine.trail.export import Stored, export_lines
from engine.trail.record import instant
from service import db, sealing, store_sealed, store_trail
from service.faults import Unknown
from service.installation import Installation


def export(installation: Installation, chain: str, to: Path) -> int:
    """Write the chain (a case's id, or `organisatie`) to a file, whole or not at all; answers the number of records.

    Sealed values are included: the file is for somebody who may read them. Raises Unknown.
    """
    with db.reading(installation.database) as tx:
        head = store_trail.read_chain(tx, chain)
        if head is None:
            raise Unknown(f"Er is geen keten {chain}.")
        rows = store_sealed.find(tx, store_trail.handles_of(tx, chain))
        sealed = sealing.opened(installation.keys, rows)
        part = to.with_name(f"{to.name}.deel")
        with part.open("wb") as file:
            for line in export_lines(head, _records(tx, chain), sealed):
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    return head.seq + 1


def _records(tx: Connection, chain: str) -> Iterator[Stored]:
    for seq, digest, kind, at, body in store_trail.records(tx, chain):
        yield Stored(digest, body, {"chain": chain, "seq": seq, "kind": kind, "at": instant(at)})
