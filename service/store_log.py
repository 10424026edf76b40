"""SQL for the log: what waits for a place in the tree, the tree itself, its checkpoints and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, literal, null, or_, select, update

from engine.errors import TreeBroken
from engine.trail import merkle
from engine.trail.merkle import Block, Frontier, Read
from engine.trail.note import VerifierKey
from service.store_statement import Statement
from service.tables import record
from service.tables_log import block, checkpoint, cosignature, leaf, log_key, pending, tree

_WAITS = Statement(select(literal(1)).select_from(pending).limit(1))
_TREE = select(tree.c.log, tree.c.origin, tree.c.size, tree.c.frontier, tree.c.broken)
_GROWS = select(func.max(tree.c.log)).correlate(None).scalar_subquery()
_LAST: Select[*tuple[Any, ...]] = _TREE.order_by(tree.c.log.desc()).limit(1)
_NEWEST, _HOLD = Statement(_LAST), Statement(_LAST.with_for_update())
_FIRST = select(pending.c.id).order_by(pending.c.id).limit(bindparam("most"))
_TAKE = Statement(delete(pending).where(pending.c.id.in_(_FIRST)).returning(pending.c.id, pending.c.digest))
_leaf_at, _block_at = leaf.c["index"], block.c["index"]
_INSERT_LEAF, _INSERT_BLOCK = Statement(insert(leaf)), Statement(insert(block))
_MOVE_END = Statement(
    update(tree)
    .where(tree.c.log == bindparam("b_log"))
    .values(origin=bindparam("b_origin"), size=bindparam("b_size"), frontier=bindparam("b_frontier"))
)
_DIGESTS = Statement(
    select(leaf.c.digest)
    .where(leaf.c.log == bindparam("log"), _leaf_at >= bindparam("start"), _leaf_at < bindparam("stop"))
    .order_by(_leaf_at)
)
_NODES = Statement(
    select(block.c.root)
    .where(block.c.log == bindparam("log"), block.c.level == bindparam("level"))
    .where(_block_at >= bindparam("start"), _block_at < bindparam("stop"))
    .order_by(_block_at)
)
_SIGNED = Statement(
    select(checkpoint.c.log, checkpoint.c.size, checkpoint.c.frontier, checkpoint.c.note, checkpoint.c.at)
    .where(checkpoint.c.log == _GROWS)
    .order_by(checkpoint.c.size.desc())
    .limit(1)
)
_KEYS = Statement(select(log_key.c.key).order_by(log_key.c.number))
_GIVEN = {column.name: bindparam(f"b_{column.name}", type_=column.type) for column in checkpoint.c}
_KEEP_NOTE = Statement(
    insert(checkpoint).from_select(
        list(_GIVEN),
        select(*_GIVEN.values()).where(
            ~exists().where(checkpoint.c.log == _GIVEN["log"], checkpoint.c.size == _GIVEN["size"])
        ),
    )
)
_MEND = Statement(
    update(tree).where(tree.c.log == bindparam("b_log"), tree.c.broken.is_not(None)).values(broken=null())
)
_WITNESSED = {column.name: bindparam(f"b_{column.name}", type_=column.type) for column in cosignature.c}
_KEEP_LINE = Statement(
    insert(cosignature).from_select(
        list(_WITNESSED),
        select(*_WITNESSED.values()).where(
            ~exists().where(
                cosignature.c.log == _WITNESSED["log"],
                cosignature.c.size == _WITNESSED["size"],
                cosignature.c.witness == _WITNESSED["witness"],
            )
        ),
    )
)
_PLACE = Statement(select(_leaf_at).where(leaf.c.log == bindparam("log"), leaf.c.digest == bindparam("digest")))


_NO_TREE = "de kop van het logboek is weg"


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
    """The tree that grows, without a lock. Raises TreeBroken when its row is not what it was."""
    return _tree(_NEWEST.one(tx, {}))


def hold_tree(tx: Connection) -> Tree:
    """The same, locked until the transaction ends: whoever gives records their place waits for it."""
    return _tree(_HOLD.one(tx, {}))


def _tree(row: list[Any] | None) -> Tree:
    if row is None:
        raise TreeBroken(_NO_TREE)
    log, origin, size, frontier, broken = row
    return Tree(log, origin, Frontier.decode(size, frontier), broken)


def take_pending(tx: Connection, most: int) -> list[str]:
    """The digests of records that wait, those of one chain in their order; from now on they wait no more."""
    return [str(digest) for _, digest in sorted(_TAKE.all(tx, {"most": most}))]


def grow(
    tx: Connection, held: Tree, origin: str, digests: Sequence[str], frontier: Frontier, blocks: Sequence[Block]
) -> None:
    """These records at the end of the tree, which ends in `frontier` from now on; `blocks` became full by it."""
    size = held.frontier.size
    rows = [{"log": held.log, "index": size + n, "digest": bytes.fromhex(one)} for n, one in enumerate(digests)]
    _INSERT_LEAF.run(tx, *rows)
    full = [{"log": held.log, "level": one.level, "index": one.index, "root": one.root} for one in blocks]
    _INSERT_BLOCK.run(tx, *full)
    end = {"b_origin": origin, "b_size": frontier.size, "b_frontier": frontier.encode()}
    _MOVE_END.run(tx, end | {"b_log": held.log})


def reader(tx: Connection, log: int) -> Read:
    """How proofs read the nodes of this log."""

    def read(level: int, start: int, stop: int) -> Sequence[bytes]:
        rows = _NODES if level else _DIGESTS
        return [row[0] for row in rows.all(tx, {"log": log, "level": level, "start": start, "stop": stop})]

    return read


def place_of(tx: Connection, log: int, digest: str) -> int | None:
    """The index of the record with this digest in the log; None while it waits, or when there is no such record."""
    row = _PLACE.one(tx, {"log": log, "digest": bytes.fromhex(digest)})
    return None if row is None else int(row[0])


def newest_checkpoint(tx: Connection) -> Signed | None:
    """The last checkpoint of the tree that grows."""
    row = _SIGNED.one(tx, {})
    if row is None:
        return None
    log, size, frontier, note, at = row
    end = Frontier.decode(size, frontier)
    return Signed(log, end, end.root, note, at)


def keep_checkpoint(tx: Connection, signed: Signed, key: str) -> None:
    """This checkpoint, if it is not kept yet, and the key that signed it if that is new; the log is whole again."""
    if [key] not in _KEYS.all(tx, {}):
        add_key(tx, signed.log, key, signed.at)
    row = {"b_log": signed.log, "b_size": signed.frontier.size, "b_root": signed.root, "b_note": signed.note}
    _KEEP_NOTE.run(tx, row | {"b_frontier": signed.frontier.encode(), "b_at": signed.at})
    _MEND.run(tx, {"b_log": signed.log})


def add_key(tx: Connection, log: int, key: str, at: datetime) -> None:
    """From now on this verifier key signs the log."""
    number = (tx.execute(select(func.max(log_key.c.number))).scalar() or 0) + 1
    tx.execute(insert(log_key), {"number": number, "log": log, "key": key, "at": at})


def keys(tx: Connection) -> list[VerifierKey]:
    """The keys that have signed, the newest last."""
    return [VerifierKey.read(text) for (text,) in _KEYS.all(tx, {})]


def set_broken(tx: Connection, why: str) -> None:
    """Say why nothing is signed any more, whatever the row of the tree has become."""
    is_other = or_(tree.c.broken.is_(None), tree.c.broken != why)
    tx.execute(update(tree).where(tree.c.log == _GROWS, is_other).values(broken=why))


def why_broken(tx: Connection) -> str | None:
    """Why nothing is signed any more, None while all is well."""
    row = tx.execute(select(tree.c.broken).where(tree.c.log == _GROWS)).one_or_none()
    return _NO_TREE if row is None else row[0]


def newest_log(tx: Connection) -> int:
    """The number of the log that grows."""
    return tx.execute(select(_GROWS)).scalar() or 0


def cosignatures(tx: Connection, signed: Signed) -> dict[str, str]:
    """The signature lines of witnesses under this checkpoint, by their verifier keys."""
    found = select(cosignature.c.witness, cosignature.c.line).where(
        cosignature.c.log == signed.log, cosignature.c.size == signed.frontier.size
    )
    return dict(tx.execute(found.order_by(cosignature.c.witness)).all())


def add_cosignature(tx: Connection, signed: Signed, witness: str, line: str) -> None:
    """What a witness wrote under this checkpoint, unless another process kept it already."""
    row = {"b_log": signed.log, "b_size": signed.frontier.size, "b_witness": witness, "b_line": line}
    _KEEP_LINE.run(tx, row)


def start_over(tx: Connection, held: Tree, origin: str, first: str) -> None:
    """A new log, with this record as its first; all other records wait for a place in it."""
    log = held.log + 1
    tx.execute(insert(tree), {"log": log, "origin": origin, "size": 0, "frontier": b""})
    tx.execute(delete(pending))
    others = select(record.c.digest).where(record.c.digest != first).order_by(record.c.chain, record.c.seq)
    tx.execute(insert(pending).from_select(["digest"], others))
    grown = merkle.grow(Frontier(), [bytes.fromhex(first)])
    grow(tx, Tree(log, origin, Frontier(), None), origin, [first], grown.frontier, grown.blocks)


def cosigned_size(tx: Connection, log: int, witness: str) -> int:
    """The largest size that this witness cosigned; 0 when none."""
    found = select(func.max(cosignature.c.size)).where(cosignature.c.log == log, cosignature.c.witness == witness)
    return tx.execute(found).scalar() or 0


def leaves(tx: Connection) -> Iterator[tuple[int, bytes]]:
    """Every place in the tree that grows and the digest that has it, in order."""
    yield from tx.execute(select(_leaf_at, leaf.c.digest).where(leaf.c.log == _GROWS).order_by(_leaf_at))


def blocks(tx: Connection) -> dict[tuple[int, int], bytes]:
    """The root of every full block of that tree, by level and index."""
    found = tx.execute(select(block.c.level, _block_at, block.c.root).where(block.c.log == _GROWS))
    return {(level, index): root for level, index, root in found}


def waiting(tx: Connection) -> list[str]:
    """The digests of the records that wait for their place."""
    return list(tx.execute(select(pending.c.digest)).scalars())


def count_waiting(tx: Connection) -> int:
    """How many records wait for their place."""
    return tx.execute(select(func.count()).select_from(pending)).scalar_one()


def checkpoint_roots(tx: Connection) -> dict[int, tuple[bytes, bytes]]:
    """Root and frontier of every checkpoint of the tree that grows, by size."""
    columns = (checkpoint.c.size, checkpoint.c.root, checkpoint.c.frontier)
    return {size: (root, end) for size, root, end in tx.execute(select(*columns).where(checkpoint.c.log == _GROWS))}


def notes(tx: Connection) -> list[tuple[int, int, bytes, bytes]]:
    """Log, size, root and note of every checkpoint, oldest first."""
    columns = (checkpoint.c.log, checkpoint.c.size, checkpoint.c.root, checkpoint.c.note)
    found = tx.execute(select(*columns).order_by(checkpoint.c.log, checkpoint.c.size))
    return [(log, size, root, note) for log, size, root, note in found]
