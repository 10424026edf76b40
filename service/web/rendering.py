"""How a page is made: the templates, and the few ways in which they say a value."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.notation import PHASES
from engine.submission import AMSTERDAM
from engine.trail import seal
from service.reports import said

_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_BRIEF = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_MOST_SHOWN = 300


def render(name: str, **values: object) -> str:
    """The page of this template with these values."""
    return _PAGES.get_template(name).render(**values)


def day(moment: datetime) -> str:
    """The day in Amsterdam, short enough for a table."""
    found = moment.astimezone(AMSTERDAM).date()
    return f"{_DAYS[found.weekday()][:2]} {found.day} {_BRIEF[found.month - 1]} {found.year}"


def clock_time(moment: datetime) -> str:
    """The day and the time in Amsterdam."""
    there = moment.astimezone(AMSTERDAM)
    return f"{_said_day(there.date())}, {there:%H.%M} uur"


def days_left(due: datetime, now: datetime) -> str:
    """How long there still is, in whole days of the calendar."""
    left = (due.astimezone(AMSTERDAM).date() - now.astimezone(AMSTERDAM).date()).days
    if due < now:
        return "vandaag verlopen" if left == 0 else f"{-left} {'dag' if left == -1 else 'dagen'} te laat"
    return {0: "vandaag", 1: "morgen"}.get(left, f"nog {left} dagen")


def words(name: object) -> str:
    """A name from a file as words."""
    return str(name or "").replace("_", " ")


def short(value: object) -> str:
    """A value in a sentence, cut off where a list would grow long; nothing that is sealed."""
    text = said(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def is_sealed(value: object) -> bool:
    """Whether a value is a handle: what it stands for is not for this reader."""
    return isinstance(value, dict) and seal.HANDLE in value


@cache
def style() -> tuple[str, str]:
    """The style sheet, and the name by which a changed one is another address."""
    text = (Path(__file__).parent / "wijk.css").read_text("utf-8")
    return text, sha256(text.encode()).hexdigest()[:12]


def _said_day(found: date) -> str:
    return f"{_DAYS[found.weekday()]} {found.day} {_MONTHS[found.month - 1]} {found.year}"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # given by the extension
    made.filters |= {
        "dag": day,
        "moment": clock_time,
        "resterend": days_left,
        "woorden": words,
        "kort": short,
        "ogenblik": lambda text: clock_time(datetime.fromisoformat(str(text))),
        "tweemaal": lambda names: [(name, name) for name in names],
    }
    made.tests["verzegeld"] = is_sealed
    made.globals |= {"fasen": PHASES, "opmaak": style()[1]}
    return made


_PAGES = _environment()
