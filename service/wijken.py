"""The wijken of the city, from its `stad.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from service import db, store_wijken
from service.faults import Fault, Malformed
from service.installation import Installation


def put_wijken(installation: Installation, city: Path) -> int:
    """The wijken of the city's `stad.toml`; answers how many they are. Raises Malformed."""
    try:
        rows = tomllib.loads((city / "stad.toml").read_text("utf-8"))["wijken"]
        found = [(str(row["id"]), str(row["naam"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise Malformed((Fault("stad.toml", f"In {city} staan geen wijken met id en naam."),)) from wrong
    with db.writing(installation.database) as tx:
        for id_, name in found:
            store_wijken.put(tx, id_, name)
    return len(found)
