"""The rows of an answer as cells of a table: what stands in them, and to which page they lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from engine.questions.material import Row
from engine.questions.question import CORRECTED, RECORD
from engine.submission import AMSTERDAM
from engine.terms import Json
from service.reports import euros
from service.web import language
from service.web.language import gettext as _
from service.web.rendering import day, short, words

_AMOUNTS = frozenset(
    {
        *("bedrag", "over", "toegewezen", "verschoven", "gereserveerd", "budget", "uitgegeven"),
        *("uitgaven_verslag", "uitgaven_grootboek"),
    }
)
_CASE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REFERENCE = re.compile(r"[0-9a-f]{32}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_CODE = re.compile(
    r"[a-z]+(:[a-z_+]+)+|([A-Z]\d\d|[a-z]+)/[a-z]+"
)  # a kind of record, a body of the rights table, a ground
_RUNG = re.compile(r"(D\d\d) (\S+): (\w+)")  # of a step, about a subject
_WHOLE = "*"  # a subject that is no part of anything
_ID = re.compile(r"[a-z]+(_[a-z]+)+")
_BRIEF, _MOST_CODES, _MOST = 8, 4, 30


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `link` is where it leads, `is_code` that it is a number for machines."""

    text: str
    link: str = ""
    is_code: bool = False
    is_figure: bool = False


def used_columns(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The columns in which any row says something."""
    return [name for name in columns if any(row.get(name) not in (None, [], "", {}) for row in rows)]


def cells_of(columns: Sequence[str], row: Row) -> list[list[Cell]]:
    """The cells of a row, each a list of what stands in it."""
    return [_cells(name, row.get(name)) for name in columns]


def _cells(name: str, value: Json) -> list[Cell]:
    """What stands in it, but of a long list only the beginning: all of it is in the file of the answer."""
    if not isinstance(value, list) or not value:
        return [_cell(name, value)]
    cells = [_cell(name, one) for one in value]
    most = _MOST_CODES if all(one.is_code for one in cells) else _MOST
    if len(cells) > most + 1:
        cells[most:] = [Cell(_("en nog %(aantal)s") % {"aantal": len(value) - most}, is_figure=True)]
    return cells


def _cell(name: str, value: Json) -> Cell:
    if name in _AMOUNTS and isinstance(value, int) and not isinstance(value, bool):
        return Cell(f"€ {euros(value)}", is_figure=True)
    if isinstance(value, str):
        return _said(name, value)
    return Cell(short(value), is_figure=isinstance(value, int) and not isinstance(value, bool))


def _said(name: str, value: str) -> Cell:
    """A text: what somebody said, or what leads to or stands for something."""
    if isinstance(value, Markup):  # in the language of the page already
        return Cell(value)
    if _DIGEST.fullmatch(value):
        is_record = name in (RECORD, CORRECTED, "besluit", "besluiten", "grond", "mandaat", "gehoord", "instemming")
        return Cell(_brief(value), f"/verantwoording/regels/{value}" if is_record else "", is_code=True)
    if _CASE.fullmatch(value):
        return Cell(_brief(value), f"/verantwoording/zaken/{value}", is_code=True)
    if _REFERENCE.fullmatch(value):
        return Cell(_brief(value), is_code=True)
    if _MOMENT.fullmatch(value):
        at = datetime.fromisoformat(value)
        return Cell(f"{day(at)} {at.astimezone(AMSTERDAM):%H.%M}", is_figure=True)
    rung = _RUNG.fullmatch(value)
    if rung:
        where = rung[1] if rung[2] == _WHOLE else f"{rung[1]} {rung[2]}"
        return Cell(Markup("{}: {}").format(where, language.told(rung[3])))
    if _ID.fullmatch(value):
        return Cell(words(value))
    return Cell("–" if value == _WHOLE else short(value), is_code=bool(_CODE.fullmatch(value)))


def _brief(digest: str) -> str:
    return f"{digest[:_BRIEF]}…"
