"""SQL for the log: what waits for a place in the tree, the tree itself, its checkpoints and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, literal, select, update

from engine.trail.merkle import Block, Frontier, Read
from service.store_statement import Statement
from service.tables_log import block, leaf, pending, tree

_WAITS = Statement(select(literal(1)).select_from(pending).limit(1))
_TREE = select(tree.c.log, tree.c.origin, tree.c.size, tree.c.frontier, tree.c.broken)
_NEWEST: Select[*tuple[Any, ...]] = _TREE.order_by(tree.c.log.desc()).limit(1)
_index, _at = leaf.c["index"], block.c["index"]
_INSERT_LEAF, _INSERT_BLOCK = insert(leaf), insert(block)


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree of one log as it stands; `origin` is None before the first record has its place in it.

    `broken` says why the signer refuses, None while all is well.
    """

    log: int
    origin: str | None
    frontier: Frontier
    broken: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: the note that the log signed, and the end of the tree at that size."""

    log: int
    frontier: Frontier
    root: bytes
    note: bytes
    at: datetime


def waits(tx: Connection) -> bool:
    """Whether a record waits for its place."""
    return _WAITS.one(tx, {}) is not None


def read_tree(tx: Connection) -> Tree:
    """The tree that grows, without a lock."""
    return _tree(tx.execute(_NEWEST).one())


def hold_tree(tx: Connection) -> Tree:
    """The same, locked until the transaction ends: whoever gives records their place waits for it."""
    return _tree(tx.execute(_NEWEST.with_for_update()).one())


def _tree(row: Row[*tuple[Any, ...]]) -> Tree:
    log, origin, size, frontier, broken = row
    return Tree(log, origin, Frontier.decode(size, frontier), broken)


def take_pending(tx: Connection, most: int) -> list[str]:
    """The digests of records that wait, those of one chain in their order; from now on they wait no more."""
    first = select(pending.c.id).order_by(pending.c.id).limit(most)
    taken = delete(pending).where(pending.c.id.in_(first)).returning(pending.c.id, pending.c.digest)
    return [str(digest) for _, digest in sorted(tx.execute(taken).all())]


def grow(
    tx: Connection, held: Tree, origin: str, digests: Sequence[str], frontier: Frontier, blocks: Sequence[Block]
) -> None:
    """These records at the end of the tree, which ends in `frontier` from now on; `blocks` became full by it."""
    size = held.frontier.size
    rows = [{"log": held.log, "index": size + n, "digest": bytes.fromhex(one)} for n, one in enumerate(digests)]
    tx.execute(_INSERT_LEAF, rows)
    if blocks:
        full = [{"log": held.log, "level": one.level, "index": one.index, "root": one.root} for one in blocks]
        tx.execute(_INSERT_BLOCK, full)
    end = {"origin": origin, "size": frontier.size, "frontier": frontier.encode()}
    tx.execute(update(tree).where(tree.c.log == held.log).values(end))


def reader(tx: Connection, log: int) -> Read:
    """How proofs read the nodes of this log."""

    def read(level: int, start: int, stop: int) -> Sequence[bytes]:
        if level == 0:
            found = select(leaf.c.digest).where(leaf.c.log == log, _index >= start, _index < stop).order_by(_index)
        else:
            of_level = (block.c.log == log, block.c.level == level)
            found = select(block.c.root).where(*of_level, _at >= start, _at < stop).order_by(_at)
        return tx.execute(found).scalars().all()

    return read


def place_of(tx: Connection, log: int, digest: str) -> int | None:
    """The index of the record with this digest in the log; None while it waits, or when there is no such record."""
    found = select(_index).where(leaf.c.log == log, leaf.c.digest == bytes.fromhex(digest))
    return tx.execute(found).scalar_one_or_none()
