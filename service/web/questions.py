"""*Verantwoording*: the 25 questions, the lists of exceptions, the sample and the wijken beside each other, as pages.

An answer is a table with its control totals, and a file of all its rows; each row leads to the record that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response
from marshmallow import validate

from engine.questions.catalogue import BY_NAME, QUESTIONS
from engine.questions.exceptions import LISTS
from engine.questions.material import Row
from engine.questions.question import RECORD, Question
from engine.terms import Json
from service import questions, timelines
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import Dutch, NumberField, TextField
from service.api.verantwoording import as_file
from service.faults import Unknown
from service.guard import Guard
from service.questions import Told
from service.reports import euros
from service.store_questions import Scope
from service.timelines import Said
from service.web import language
from service.web.answers import cells_of, used_columns
from service.web.charts import Bar, bars
from service.web.screens import page, screen

_SHOWN = 20
_FIRST, _LAST = 2000, 2200
_COMPARED = "21"
_FILES = {"csv": "text/csv", "jsonl": "application/jsonl"}
_ROLES = ("rol", "groepen", "wacht_op", "wie", "van", "orgaan", "afgehandeld_door", "bekrachtigd_door")  # name roles
_CHOICES = ("wijk", "jaar", "zaak", "stap", "onderwerp", "rol")
_ELEMENTS = ("taak", "wat")  # the columns in which the id of an element stands
_PLACE = validate.Range(0, 10**9, error="Neem de bladzijde over uit de verwijzing.")


class AskedQuery(Dutch):
    """About which part of the log, and which rows of the answer; an empty choice is no choice."""

    wijk = TextField(longest=64, load_default="")
    year = TextField(data_key="jaar", longest=4, load_default="")
    case = TextField(data_key="zaak", longest=36, load_default="")
    step = TextField(data_key="stap", longest=4, load_default="")
    subject = TextField(data_key="onderwerp", longest=200, load_default="")
    role = TextField(data_key="rol", longest=64, load_default="")
    after = NumberField(data_key="vanaf", load_default=0, validate=_PLACE)


class SampleQuery(Dutch):
    """How many records to draw for a page."""

    size = NumberField(data_key="aantal", load_default=25, validate=validate.Range(1, 100, error="Kies 1 tot 100."))


class ComparedQuery(Dutch):
    """Of which year."""

    year = TextField(data_key="jaar", longest=4, load_default="")


@screen("GET", "/verantwoording", Guard.PERSON)
def show_questions() -> Response:
    """What can be asked, about which wijk and year."""
    _require("verantwoording")
    given = loaded(AskedQuery(), read_query())
    about = {"wijk": given["wijk"], "jaar": given["year"], "zaak": given["case"]}
    return page(
        "verantwoording.html",
        vragen=QUESTIONS,
        lijsten=LISTS.values(),
        gekozen=about,
        over=urlencode({name: value for name, value in about.items() if value}),
        keuzes=questions.askable(here().installation),
    )


@screen("GET", "/verantwoording/vragen/<string:name>", Guard.PERSON)
def show_answer(name: str) -> Response:
    """The answer to one of the 25 questions."""
    return _answer("vragen", questions.question_named(name))


@screen("GET", "/verantwoording/lijsten/<string:name>", Guard.PERSON)
def show_exceptions(name: str) -> Response:
    """One of the standing lists of exceptions."""
    return _answer("lijsten", questions.list_named(name))


@screen("GET", "/verantwoording/vragen/<string:name>/<string:kind>", Guard.PERSON)
def download_answer(name: str, kind: str) -> Response:
    """All rows of an answer as a file."""
    return _download(questions.question_named(name), kind)


@screen("GET", "/verantwoording/lijsten/<string:name>/<string:kind>", Guard.PERSON)
def download_exceptions(name: str, kind: str) -> Response:
    """All rows of a list as a file."""
    return _download(questions.list_named(name), kind)


@screen("GET", "/verantwoording/steekproef", Guard.PERSON)
def show_sample() -> Response:
    """Records of the whole log, drawn by what nobody could choose."""
    _require("steekproef")
    size = loaded(SampleQuery(), read_query())["size"]
    drawn = questions.draw(here().installation, size)
    return page("steekproef.html", trekking=drawn, rijen=_said(drawn.rows), aantal=size)


@screen("GET", "/verantwoording/vergelijking", Guard.PERSON)
def compare() -> Response:
    """All wijken of a year beside each other, drawn and as a table."""
    question = BY_NAME[_COMPARED]
    _require(question.name)
    choices = questions.askable(here().installation)
    asked = loaded(ComparedQuery(), read_query())["year"]
    year = _year(asked) or (choices.years[0] if choices.years else None)
    if year is None:
        return page("vergelijking.html", antwoord=None, jaren=choices.years, jaar="")
    told = questions.ask(here().installation, question, Scope(year=year), {}, here().clock())
    columns = used_columns([name for name in question.columns if name != "op"], told.rows)
    return page(
        "vergelijking.html",
        antwoord=told,
        jaren=choices.years,
        jaar=str(year),
        kolommen=columns,
        rijen=[cells_of(columns, _named(row, choices.wijken)) for row in told.rows],
        grafieken=_charts([_named(row, choices.wijken) for row in told.rows]),
    )


def _require(what: str) -> None:
    service = here()
    questions.require(service.installation, caller().person, what, service.clock())


def _answer(where: str, question: Question) -> Response:
    _require(question.name)
    asked = read_query()
    given = loaded(AskedQuery(), asked)
    told = _told(question, given)
    rows = () if told is None else told.rows[given["after"] : given["after"] + _SHOWN]
    columns = [] if told is None else used_columns(question.columns, told.rows)
    kept = {name: asked[name] for name in _CHOICES if asked.get(name)}
    own, choices = f"/verantwoording/{where}/{question.name}", questions.askable(here().installation)
    after = given["after"] + _SHOWN
    return page(
        "antwoord.html",
        is_vraag=where == "vragen",
        vraag=question,
        antwoord=told,
        kolommen=columns,
        rijen=[cells_of(columns, _in_roles(row, dict(choices.roles))) for row in _said(rows)],
        eerste=given["after"] + 1,
        gekozen={name: asked.get(name, "") for name in _CHOICES},
        keuzes=choices,
        adres=own,
        over=urlencode([(name, kept[name]) for name in ("wijk", "jaar", "zaak") if name in kept]),
        bestanden={kind: f"{own}/{kind}?{urlencode(kept)}" for kind in _FILES},
        begin=f"{own}?{urlencode(kept)}" if given["after"] else "",
        volgende=f"{own}?{urlencode(kept | {'vanaf': after})}" if told and after < len(told.rows) else "",
    )


def _said(rows: Sequence[Row]) -> list[Row]:
    """The rows with their sentences in the language of the page, and the elements under their names."""
    if not any(column in row for row in rows for column in (*_ELEMENTS, "zin")):
        return [*rows]
    said = timelines.say(here().installation, {str(row[RECORD]) for row in rows if row.get(RECORD)}, language.told)
    return [_told_row(row, said.get(str(row.get(RECORD)))) for row in rows]


def _in_roles(row: Row, names: Mapping[str, str]) -> Row:
    """The row with roles as people call them; its file keeps what was recorded."""

    def called(value: Json) -> Json:
        if isinstance(value, list):
            return [called(one) for one in value]
        return language.told(names[value]) if isinstance(value, str) and value in names else value

    return {**row, **{column: called(row[column]) for column in _ROLES if column in row}}


def _told_row(row: Row, said: Said | None) -> Row:
    if said is None:
        return row
    named = {column: said.names[element] for column in _ELEMENTS if (element := str(row.get(column))) in said.names}
    return {**row, **named, **({"zin": said.sentence} if "zin" in row else {})}


def _download(question: Question, kind: str) -> Response:
    if kind not in _FILES:
        raise Unknown(f"Een antwoord is er als {' of '.join(_FILES)}.")
    _require(question.name)
    told = _told(question, loaded(AskedQuery(), read_query()))
    if told is None:
        raise Unknown("Kies eerst een wijk en een jaar, of een zaak.")
    return as_file(told, _FILES[kind])


def _told(question: Question, given: Mapping[str, Any]) -> Told | None:
    """The answer about what was chosen; None as long as that is not enough."""
    year = _year(given["year"])
    if not given["case"] and (not given["wijk"] or year is None):
        return None
    scope = Scope(given["wijk"] or None, year, given["case"] or None)
    wanted: dict[str, Json] = {"zaak": given["case"], "stap": given["step"]}
    wanted |= {"onderwerp": given["subject"], "rol": given["role"]}
    service = here()
    chosen = {name: value for name, value in wanted.items() if value}
    return questions.ask(service.installation, question, scope, chosen, service.clock())


def _year(text: str) -> int | None:
    """The year that was chosen; None when none was, for there is no dossier of any other."""
    is_year = text.isascii() and text.isdecimal() and _FIRST <= int(text) <= _LAST
    return int(text) if is_year else None


def _named(row: Mapping[str, Json], wijken: Mapping[str, str]) -> dict[str, Json]:
    return {**row, "wijk": wijken.get(str(row.get("wijk")), row.get("wijk"))}


def _charts(rows: list[dict[str, Json]]) -> dict[str, Any]:
    """The comparison drawn: money, cases, days and refusals."""

    def number(row: Mapping[str, Json], name: str) -> int:
        value = row.get(name)
        return value if isinstance(value, int) else 0

    def drawn(name: str, part: str | None, told: Any) -> Any:
        return bars(
            [
                Bar(str(row["wijk"]), number(row, name), None if part is None else number(row, part), told(row))
                for row in rows
            ]
        )

    return {
        "geld": drawn("budget", "uitgegeven", lambda row: f"€ {euros(row['uitgegeven'])} / € {euros(row['budget'])}"),
        "zaken": drawn("zaken", "gereed", lambda row: f"{row['gereed']} / {row['zaken']}"),
        "dagen": drawn("dagen_gemiddeld", None, lambda row: str(row["dagen_gemiddeld"] or "–")),
        "weigeringen": drawn("weigeringen", None, lambda row: str(row["weigeringen"])),
    }
