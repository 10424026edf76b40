"""How a page is made: the templates, and the few ways in which they say a value."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.notation import PHASES
from engine.submission import AMSTERDAM
from engine.trail import seal
from service.reports import euros, said
from service.web import language
from service.web.language import gettext as _
from service.web.language import ngettext

_MOST_SHOWN = 300


def render(name: str, **values: object) -> str:
    """The page of this template with these values."""
    return _PAGES.get_template(name).render(taal=language.current(), **values)


def day(moment: date) -> str:
    """The day (of a moment: in Amsterdam), short enough for a table."""
    found = moment.astimezone(AMSTERDAM).date() if isinstance(moment, datetime) else moment
    return format_date(found, "EEE d MMM y", language.locale())


def whole_day(text: object) -> str:
    """A day that stands somewhere as text (`2027-03-01`), written out."""
    return format_date(date.fromisoformat(str(text)), "EEEE d MMMM y", language.locale())


def clock_time(moment: datetime) -> str:
    """The day and the time in Amsterdam."""
    there = moment.astimezone(AMSTERDAM)
    said = format_date(there.date(), "EEEE d MMMM y", language.locale())
    return _("%(dag)s, %(uur)s uur") % {"dag": said, "uur": f"{there:%H.%M}"}


def days_left(due: datetime, now: datetime) -> str:
    """How long there still is, in whole days of the calendar."""
    left = (due.astimezone(AMSTERDAM).date() - now.astimezone(AMSTERDAM).date()).days
    if due < now and left == 0:
        return _("vandaag verlopen")
    if due < now:
        return ngettext("%(num)d dag te laat", "%(num)d dagen te laat", -left) % {"num": -left}
    if left < 2:
        return _("morgen") if left else _("vandaag")
    return ngettext("nog %(num)d dag", "nog %(num)d dagen", left) % {"num": left}


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


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]  # given by the extension
    made.filters |= {
        "dag": day,
        "moment": clock_time,
        "resterend": days_left,
        "woorden": words,
        "vertaald": language.translated,
        "gezegd": language.told,
        "eigen": language.own_words,
        "kort": short,
        "euro": lambda cents: f"€ {euros(cents)}",
        "ogenblik": lambda text: clock_time(datetime.fromisoformat(str(text))),
        "datum": whole_day,
        "tweemaal": lambda names: [(name, name) for name in names],
    }
    made.tests["verzegeld"] = is_sealed
    made.globals |= {"fasen": PHASES, "talen": language.LANGUAGES}
    return made


_PAGES = _environment()
