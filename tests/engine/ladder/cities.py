"""Random cities: the shipped rights table, changed at random as far as the ceiling lets a city change it."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from engine.rights import Matrix
from tests.engine.ladder.history import FRAMED_BY_TABLE
from tests.engine.rights_world import RIGHTS, ROLES, ROLES_FILE

Row = dict[str, str]
KINDS: dict[str, str] = {name: role["soort"] for name, role in tomllib.loads(ROLES_FILE.decode())["rollen"].items()}
RESIDENTS = frozenset(name for name, kind in KINDS.items() if kind in ("bewoners", "deelnemers"))
NEVER = frozenset(name for name, kind in KINDS.items() if kind in ("ondersteuning", "toezicht", "beheer"))
_BODIES: tuple[str, ...] = (
    "rol:college",
    "rol:wijkcoordinator",
    "rol:raad",
    "rol:griffie",
    "deelnemers",
    "deelnemers:groep",
)
_BODIES += ("groep", "bewoners", "samen:rol:wijkcoordinator+groep", "professionals", "partij")
_CHANGES = ("weg", "standaard", "mandaat", "beslist", "adviseert", "plafond", "eis", "termijn")


@dataclass(frozen=True, slots=True)
class City:
    """A city's table as the engine compiled it, and its rows as anybody reads them."""

    matrix: Matrix
    rows: tuple[Row, ...]

    def row(self, step: str, rung: str) -> Row | None:
        """The row of this step at this rung."""
        return next((row for row in self.rows if (row["stap"], row["trede"]) == (step, rung)), None)

    def promised(self, step: str, on: date) -> str | None:
        """The rung that the table itself promises for a step that needs no frame."""
        found = [row for row in self.rows if (row["stap"], row["standaard"]) == (step, "ja")]
        valid = [row for row in found if not row["geldig_tot"] or on <= date.fromisoformat(row["geldig_tot"])]
        return valid[0]["trede"] if valid and step in FRAMED_BY_TABLE else None

    def organs(self, step: str) -> frozenset[str]:
        """The roles, not of residents, that the table lets decide this step at any rung."""
        return frozenset(role for row in self.rows if row["stap"] == step for role in self._roles(row["beslist"]))

    def _roles(self, body: str, depth: int = 0) -> set[str]:
        found = {role for role in KINDS if f"rol:{role}" in _names(body)}
        if "zelfde:D" in body and depth < 3:
            step = body.partition("zelfde:")[2][:3]
            found |= {one for row in self.rows if row["stap"] == step for one in self._roles(row["beslist"], depth + 1)}
        return found - RESIDENTS


def _names(body: str) -> set[str]:
    for mark in "+(),":
        body = body.replace(mark, " ")
    return {part.removeprefix("samen:") for part in body.replace("samen:", " ").split()}


def _written(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


_SHIPPED: list[Row] = list(csv.DictReader(io.StringIO(RIGHTS.decode())))


@st.composite
def cities(draw: st.DrawFn) -> City:
    """A city whose table may be anything that is accepted, a few changes away from the shipped one."""
    rows = [dict(row) for row in _SHIPPED]
    matrix, _ = Matrix.read(_written(rows), ROLES)
    for _ in range(draw(st.integers(0, 4))):
        changed = _changed(rows, draw)
        read, _ = Matrix.read(_written(changed), ROLES)
        if read is not None:
            rows, matrix = changed, read
    assert matrix is not None
    return City(matrix, tuple(rows))


def _changed(rows: list[Row], draw: st.DrawFn) -> list[Row]:
    found, place = [dict(row) for row in rows], draw(st.integers(0, len(rows) - 1))
    row, change = found[place], draw(st.sampled_from(_CHANGES))
    if change == "weg":
        del found[place]
    elif change == "standaard":
        for other in found:
            if other["stap"] == row["stap"]:
                other["standaard"] = "ja" if other is row else "nee"
    elif change == "mandaat":
        row["mandaat"] = "nee" if row["mandaat"] == "ja" else "ja"
    elif change in ("beslist", "adviseert"):
        row[change] = draw(st.sampled_from(_BODIES))
    elif change == "plafond" and row["plafond"]:
        row["plafond"] = draw(st.sampled_from(("0", "100", "250000", "99999999")))
    elif change == "eis":
        demands = row["bij_besluit"].split(";")
        del demands[draw(st.integers(0, len(demands) - 1))]
        row["bij_besluit"] = ";".join(demands)
    elif change == "termijn":
        row["geldig_tot"] = draw(st.sampled_from(("2026-10-01", "2027-12-31")))
    return found
