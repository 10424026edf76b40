"""SQL for the wijken of the city."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from service.store_statement import Statement
from service.tables import wijk

_ALL = Statement(select(wijk.c.id, wijk.c.name).order_by(wijk.c.name))


def all_wijken(tx: Connection) -> list[tuple[str, str]]:
    """(id, name) of every wijk, by name."""
    return [(id_, name) for id_, name in _ALL.all(tx, {})]


def find(tx: Connection, wijk_id: str) -> str | None:
    """The wijk's name."""
    return tx.execute(select(wijk.c.name).where(wijk.c.id == wijk_id)).scalar_one_or_none()


def hold(tx: Connection, wijk_id: str) -> None:
    """Keep this wijk to ourselves until the transaction ends; cases can be started in it meanwhile."""
    tx.execute(select(wijk.c.id).where(wijk.c.id == wijk_id).with_for_update(key_share=True))


def put(tx: Connection, wijk_id: str, name: str) -> None:
    """The wijk is known under this name from now on."""
    if tx.execute(update(wijk).where(wijk.c.id == wijk_id).values(name=name)).rowcount == 0:
        tx.execute(insert(wijk), {"id": wijk_id, "name": name})
