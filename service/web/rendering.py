"""How a page is made: the templates, and the few ways in which they say a value."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache, partial
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from engine.notation import PHASES
from engine.submission import AMSTERDAM, day_of
from engine.trail import seal
from service.reports import euros, said
from service.web import language
from service.web.language import Catalogue
from service.web.language import gettext as _

_MOST_SHOWN = 300
_MOST_DAYS = 4096
_MOST_CHOICES = 1024
_TERM = Markup('<span class="label {}"><time datetime="{}">{}</time></span> <span class="klein">{}</span>')
_NO_TERM = Markup('<span class="zacht">–</span>')


def render(name: str, **values: object) -> str:
    """The page of this template with these values."""
    return _pages(language.known()).get_template(name).render(taal=language.current(), **values)


def day(moment: date) -> str:
    """The day (of a moment: in Amsterdam), short enough for a table."""
    found = moment.astimezone(AMSTERDAM).date() if isinstance(moment, datetime) else moment
    return _short(found, language.known())


@lru_cache(_MOST_DAYS)  # a list names few days, many times
def _short(on: date, known: Catalogue) -> str:
    return format_date(on, "EEE d MMM y", known.locale)


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
    return _left((day_of(due) - day_of(now)).days, due < now, language.known())


def _left(days: int, is_past: bool, known: Catalogue) -> str:
    if is_past and days == 0:
        return known.gettext("vandaag verlopen")
    if is_past:
        return known.ngettext("%(num)d dag te laat", "%(num)d dagen te laat", -days) % {"num": -days}
    if days < 2:
        return known.gettext("morgen") if days else known.gettext("vandaag")
    return known.ngettext("nog %(num)d dag", "nog %(num)d dagen", days) % {"num": days}


def _term_in(known: Catalogue, due: datetime | None, now: datetime) -> Markup:
    """Until when something can be done, and how long that still is; a dash for what may take its time."""
    return _NO_TERM if due is None else _term(day_of(due), day_of(now), due < now, known)


def _follow_up_in(known: Catalogue, begin: datetime | None, now: datetime) -> Markup:
    """The same of a day to look at something again, which is late only when it is over."""
    if begin is None:
        return _NO_TERM
    on, today = day_of(begin), day_of(now)
    return _term(on, today, on < today, known)


@lru_cache(_MOST_DAYS)
def _term(on: date, today: date, is_past: bool, known: Catalogue) -> Markup:
    colour, left = ("rood" if is_past else "grijs"), _left((on - today).days, is_past, known)
    return _TERM.format(colour, on, _short(on, known), left)


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


def is_midnight(moment: datetime) -> bool:
    """Whether a day begins at this moment, in Amsterdam: what ends then, ends with the day before."""
    return moment.astimezone(AMSTERDAM).time() == time()


def is_day(value: object) -> bool:
    """Whether a value is a day as it is kept (`2027-03-01`)."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_to_come(value: object, now: datetime) -> bool:
    """Whether a value is a day that is still to come."""
    return is_day(value) and date.fromisoformat(str(value)) > day_of(now)


class _Saying(NodeTransformer):
    """Puts the texts of ours in a template that is being compiled, where nothing has to be filled in."""

    def __init__(self, known: Catalogue) -> None:
        self.known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (so that Jinja finds it)
        match self.generic_visit(node):
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], kwargs=[]):
                return nodes.Const(Markup(self.known.gettext(text)) % {}, lineno=node.lineno)
            case other:
                return other


class _Code(CodeGenerator):
    """Leaves what is markup as it is, where Jinja would make markup of it once more; all else is escaped as ever."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Templates(Environment):
    """The templates in one language: compiled once, and then a text that never changes is part of the page."""

    code_generator_class = _Code

    def __init__(self, known: Catalogue) -> None:
        super().__init__(
            loader=PackageLoader("service", "web/templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # the files change with the program alone
            extensions=["jinja2.ext.i18n"],
        )
        self.known = known

    @staticmethod
    def written(value: object) -> Markup:
        """The value as it goes into a page."""
        return value if type(value) is Markup else escape(value)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        _Saying(self.known).visit(parsed)
        return parsed


@lru_cache(_MOST_CHOICES)
def _choice(
    pages: Environment, name: str, label: str, whole: str, pairs: tuple[tuple[str, str], ...], chosen: str
) -> Markup:
    """A list to choose from, drawn once for all who may choose the same."""
    drawn: Markup = pages.get_template("delen.html").module.keuze(name, label, whole, pairs, chosen)  # type: ignore[attr-defined]  # a macro
    return drawn


@cache
def _pages(known: Catalogue) -> Environment:
    made = _Templates(known)
    made.install_gettext_callables(known.gettext, known.ngettext, newstyle=True)  # type: ignore[attr-defined]  # given by the extension
    made.filters |= {
        "dag": day,
        "moment": clock_time,
        "resterend": days_left,
        "termijn": partial(_term_in, known),
        "opvolgdag": partial(_follow_up_in, known),
        "woorden": words,
        "vertaald": known.translated,
        "gezegd": known.told,
        "eigen": known.own_words,
        "kort": short,
        "euro": lambda cents: f"€ {euros(cents)}",
        "ogenblik": lambda text: clock_time(datetime.fromisoformat(str(text))),
        "datum": whole_day,
        "eerste_dag": lambda moment: whole_day(moment.astimezone(AMSTERDAM).date()),
        "laatste_dag": lambda moment: whole_day(moment.astimezone(AMSTERDAM).date() - timedelta(days=1)),
        "korte_datum": lambda text: day(date.fromisoformat(str(text))),
        "tweemaal": lambda names: [(name, name) for name in names],
    }
    made.tests |= {"verzegeld": is_sealed, "dag": is_day, "nog_te_komen": is_to_come, "middernacht": is_midnight}
    made.globals |= {
        "fasen": PHASES,
        "talen": language.LANGUAGES,
        "keuze": lambda name, label, whole, pairs, chosen: _choice(made, name, label, whole, tuple(pairs), chosen),
    }
    return made
