"""Giving records their place in the log: the tree over all records of the installation grows at its end.

A record waits in `pending` from the transaction that wrote it. Its place does not come in that transaction: a tree that
every act appends to would let all acts queue. Instead the one row of the tree is locked here, by any number of
sequencers, who only wait for each other. Order between cases has no meaning; within a case it follows the chain.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from engine.errors import TreeBroken
from engine.trail import merkle
from service import db, signing, store_log
from service.installation import Installation
from service.store_statement import finishing

MOST = 2_000
"""How many records get their place in one transaction: about a tenth of a second's work, so that nobody waits long."""


def sequence(tx: Connection, origin: str, most: int = MOST, height: int = merkle.BLOCK_HEIGHT) -> int:
    """Give the records that wait their place, at most so many; answers how many got one.

    `height` is that of a block, and stays what it was when the tree began.
    """
    held = store_log.hold_tree(tx)
    digests = store_log.take_pending(tx, most)
    if digests:
        grown = merkle.grow(held.frontier, _bytes_of(digests), height)
        store_log.grow(tx, held, held.origin or origin, digests, grown.frontier, grown.blocks)
    return len(digests)


def sequence_all(installation: Installation) -> int:
    """Give all records that wait now their place, in as many transactions as that takes; answers how many there were.

    What comes meanwhile waits for the next call: while people go on working, somebody has to sign as well. Raises
    LogBroken when somebody changed what waits, or the end of the tree, so that nothing can get a place any more.
    """
    placed, is_full = 0, _waits(installation)
    while is_full:
        try:
            with db.writing(installation.database) as tx, finishing(tx):
                found = sequence(tx, installation.config.origin)
        except TreeBroken as wrong:
            raise signing.broken(installation, f"{wrong}") from wrong
        except IntegrityError as wrong:
            raise signing.broken(installation, "Een regel die wacht, heeft haar plaats in het logboek al.") from wrong
        placed, is_full = placed + found, found == MOST
    return placed


def _bytes_of(digests: Iterable[str]) -> list[bytes]:
    try:
        return [bytes.fromhex(one) for one in digests]
    except ValueError as wrong:
        raise TreeBroken("wat op een plaats wacht, is geen digest") from wrong


def _waits(installation: Installation) -> bool:
    with db.glancing(installation.database) as tx:  # writing would lock SQLite even when there is nothing to do
        return store_log.waits(tx)
