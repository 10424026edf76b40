"""SQL for sealed values as they lie in the database: encrypted, and gone only by an order that names them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, text, update

from service.store_statement import Statement
from service.tables import destroyed, sealed

_AT_ONCE = 500  # values in one list: both databases take more


class Closed(NamedTuple):
    """A sealed value as it is stored: `content` is closed with the key that has this name in the key store."""

    digest: str
    chain: str
    compartment: str
    name: str
    key: str
    content: bytes


_INSERT = Statement(insert(sealed))
_COLUMNS = (sealed.c.digest, sealed.c.chain, sealed.c.compartment, sealed.c.name, sealed.c.key, sealed.c.content)
_FOUND: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(sealed.c.digest.in_(bindparam("digests", expanding=True)))
_UNDER: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(sealed.c.key.in_(bindparam("keys", expanding=True)))
_GONE: Select[*tuple[Any, ...]] = select(destroyed.c.digest, destroyed.c.ordered_in).where(
    destroyed.c.digest.in_(bindparam("digests", expanding=True))
)
_PUT = (
    update(sealed)
    .where(sealed.c.digest == bindparam("b_digest"))
    .values(key=bindparam("b_key"), content=bindparam("b_content"))
)
_DELETE = delete(sealed).where(sealed.c.digest.in_(bindparam("digests", expanding=True)))


def put(tx: Connection, rows: Iterable[Closed]) -> None:
    """New values, beside the record of this transaction that names them."""
    _INSERT.run(tx, *(row._asdict() for row in rows))


def find(tx: Connection, digests: Collection[str]) -> list[Closed]:
    """The values with these digests, as far as they are there."""
    return [Closed(*row) for some in _parts(digests) for row in tx.execute(_FOUND, {"digests": some})]


def under(tx: Connection, keys: Collection[str]) -> list[Closed]:
    """All that is closed with one of these keys: the whole table is read, which only a destruction does."""
    return [Closed(*row) for some in _parts(keys) for row in tx.execute(_UNDER, {"keys": some})]


def orders_of(tx: Connection, digests: Collection[str]) -> dict[str, str]:
    """Of the values that were destroyed by an order: the digest of its record, by the digest of the value."""
    return {row[0]: row[1] for some in _parts(digests) for row in tx.execute(_GONE, {"digests": some})}


def move(tx: Connection, rows: Iterable[Closed]) -> None:
    """These values lie under another key from now on."""
    moved = [{"b_digest": row.digest, "b_key": row.key, "b_content": row.content} for row in rows]
    if moved:
        tx.execute(_PUT, moved)


def destroy(tx: Connection, digests: Collection[str], order: str) -> None:
    """Delete these values by the order in this record; the database refuses what that record does not name."""
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))  # for this connection: its other rows go with zeros as well
    if digests:
        tx.execute(insert(destroyed), [{"digest": one, "ordered_in": order} for one in digests])
    for some in _parts(digests):
        tx.execute(_DELETE, {"digests": some})


def _parts(values: Collection[str]) -> Iterator[Sequence[str]]:
    listed = sorted(values)
    for first in range(0, len(listed), _AT_ONCE):
        yield listed[first : first + _AT_ONCE]
