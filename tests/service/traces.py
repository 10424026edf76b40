"""Where words of people still stand: in the tables, and in the files below them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select, text

from service import db
from service.tables import metadata
from tests.service.towns import Town


def tables_of(database: Engine) -> str:
    """Everything that stands in the tables, as text."""
    found: list[object] = []
    with db.reading(database) as tx:
        for table in metadata.sorted_tables:
            found += [tuple(row) for row in tx.execute(select(table))]
    return repr(found)


def files_of(here: Town) -> Iterator[Path]:
    """Every file of the database, its write-ahead log and the key store."""
    config = here.house.installation.config
    yield from config.key_store_file.parent.glob(f"{config.key_store_file.name}*")
    with db.reading(here.house.installation.database) as tx:
        if tx.dialect.name == "postgresql":
            place = Path(str(tx.execute(text("SHOW data_directory")).scalar_one()))
            yield from (one for one in place.rglob("*") if one.is_file())
            return
        name = Path(str(here.house.installation.database.url.database))
    yield from name.parent.glob(f"{name.name}*")


def found_in(here: Town, *secrets: bytes) -> list[str]:
    """The files in which one of these stands."""
    hits = []
    for file in files_of(here):
        try:
            content = file.read_bytes()
        except OSError:
            continue  # a server's temporary file, gone between listing and reading
        hits += [file.name for one in secrets if one in content]
    return hits
