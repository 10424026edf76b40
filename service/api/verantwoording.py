"""Asking the log: `/v1/verantwoording`, the 25 questions, the lists of exceptions and a sample nobody can steer.

As JSON by the page, or whole as CSV or JSON Lines: as `Accept` asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request, send_file
from marshmallow import validate

from engine.questions import writing
from engine.questions.catalogue import QUESTIONS
from engine.questions.exceptions import LISTS
from engine.questions.question import PLACE, Question
from engine.terms import Json
from service import evidence, questions
from service.api.border import Blueprint, caller, here, link_next, route
from service.api.schemas import Dutch, ListField, MomentField, NestedField, NumberField, TextField, ValuesField, utc
from service.faults import Fault, Malformed
from service.guard import Guard
from service.questions import Told
from service.store_questions import Scope

verantwoording = Blueprint(
    "verantwoording", __name__, url_prefix="/v1/verantwoording", description="Vragen aan de verantwoording"
)
_JSON, _CSV, _LINES = "application/json", "text/csv", "application/jsonl"
_LARGEST = 1_000
_YEAR = validate.Range(2000, 2200, error="Dit jaar kan niet.")
_PLACE_IN_LIST = validate.Range(0, 10**9, error="Neem de cursor over uit _links.next.")


class AskedSchema(Dutch):
    """Which part of the log, and which rows: a wijk with its programme year, or one case with its dossier."""

    wijk = TextField(longest=64, load_default=None)
    year = NumberField(data_key="jaar", load_default=None, validate=_YEAR)
    case = TextField(data_key="zaak", longest=36, load_default=None)
    step = TextField(data_key="stap", longest=4, load_default=None)
    subject = TextField(data_key="onderwerp", longest=200, load_default=None)
    role = TextField(data_key="rol", longest=64, load_default=None)
    after = NumberField(data_key="cursor", load_default=0, validate=_PLACE_IN_LIST)
    limit = NumberField(load_default=50, validate=validate.Range(1, 200, error="Kies 1 tot 200."))


class QuestionSchema(Dutch):
    """A question as it can be asked: `vraag` in words, and the columns of its answer."""

    name = TextField(data_key="nr")
    text = TextField(data_key="vraag")
    columns = ListField(TextField(), data_key="kolommen")


class QuestionListSchema(Dutch):
    """The questions, or the lists."""

    items = ListField(NestedField(QuestionSchema), data_key="resultaten")


class ControlTotalsSchema(Dutch):
    """The control totals: rows and the records they cite, of the records read, of all in the log."""

    rows = NumberField(data_key="rijen")
    cited = NumberField(data_key="regels")
    read = NumberField(data_key="gelezen")
    logged = NumberField(data_key="inVerantwoording")
    unsound = NumberField(data_key="nietInOrde")
    destroyed = NumberField(data_key="vernietigd")
    withheld = NumberField(data_key="achtergehouden")


class AnswerSchema(QuestionSchema):
    """An answer, by the page; the totals are those of the whole answer."""

    at = MomentField(data_key="op")
    totals = NestedField(ControlTotalsSchema, data_key="totalen")
    rows = ListField(ValuesField(), data_key="resultaten")


class EvidenceQuery(Dutch):
    """Which part of the log: the dossier of a case, a wijk, a programme year, or that year of that wijk."""

    wijk = TextField(longest=64, load_default=None)
    year = NumberField(data_key="jaar", load_default=None, validate=_YEAR)
    case = TextField(data_key="zaak", longest=36, load_default=None)


class SampleQuery(Dutch):
    """How many records to draw."""

    size = NumberField(data_key="aantal", required=True, validate=validate.Range(1, _LARGEST, error="Kies 1 tot 1000."))


class SampleSchema(Dutch):
    """The sample, with what is needed to draw the same one again."""

    seed = TextField(data_key="zaad")
    source = TextField(data_key="uit")
    among = NumberField(data_key="inVerantwoording")
    rows = ListField(ValuesField(), data_key="resultaten")


@route(verantwoording, "GET", "/vragen", Guard.PERSON, answers=QuestionListSchema())
def list_questions() -> dict[str, Any]:
    """The 25 questions; a number never changes its meaning."""
    return {"items": QUESTIONS}


@route(verantwoording, "GET", "/vragen/<string:name>", Guard.PERSON, query=AskedSchema(), answers=AnswerSchema())
def answer_question(given: dict[str, Any], name: str) -> Response:
    """The answer to one question, from the log alone, with its control totals."""
    return _answer(questions.question_named(name), given)


@route(verantwoording, "GET", "/lijsten", Guard.PERSON, answers=QuestionListSchema())
def list_lists() -> dict[str, Any]:
    """The standing lists of exceptions."""
    return {"items": LISTS.values()}


@route(verantwoording, "GET", "/lijsten/<string:name>", Guard.PERSON, query=AskedSchema(), answers=AnswerSchema())
def show_list(given: dict[str, Any], name: str) -> Response:
    """One list of exceptions, with its control totals."""
    return _answer(questions.list_named(name), given)


@route(verantwoording, "GET", "/steekproef", Guard.PERSON, query=SampleQuery(), answers=SampleSchema())
def draw_sample(given: dict[str, Any]) -> questions.Sample:
    """Records of the whole log, drawn by what nobody could choose; with the same log everybody draws the same."""
    service = here()
    questions.require(service.installation, caller().person, "steekproef", service.clock())
    return questions.draw(service.installation, given["size"])


@route(verantwoording, "GET", "/bewijs", Guard.PERSON, query=EvidenceQuery())
def give_evidence(given: dict[str, Any]) -> Response:
    """The evidence package (BagIt) as a ZIP file; that it was given out, and to whom, is recorded."""
    service = here()
    scope, now = Scope(given["wijk"], given["year"], given["case"]), service.clock()
    if scope == Scope():
        raise Malformed((Fault("wijk", "Noem een zaak, een wijk of een jaar."),))
    service.write_limit.take(caller().person.id, now)  # it is a GET, and writes all the same
    return send_file(
        evidence.download(service.installation, caller().person, scope, now),
        mimetype="application/zip",
        as_attachment=True,
        download_name="bewijs.zip",
    )


def _answer(question: Question, given: Mapping[str, Any]) -> Response:
    service = here()
    now = service.clock()
    questions.require(service.installation, caller().person, question.name, now)
    if given["case"] is None and (given["wijk"] is None or given["year"] is None):
        raise Malformed((Fault("wijk", "Noem een wijk en een jaar, of een zaak."),))
    scope = Scope(given["wijk"], given["year"], given["case"])
    told = questions.ask(service.installation, question, scope, _wanted(given), now)
    wanted = request.accept_mimetypes.best_match((_JSON, _CSV, _LINES), _JSON)
    if wanted in (_CSV, _LINES):
        return as_file(told, wanted)
    return _page(told, given["after"], given["limit"])


def _wanted(given: Mapping[str, Any]) -> dict[str, Json]:
    """The rows asked for, by column; asking for one case narrows the scope to its dossier and the rows to it."""
    asked = {"zaak": given["case"], "stap": given["step"], "onderwerp": given["subject"], "rol": given["role"]}
    return {name: asked[name] for name in PLACE if asked.get(name) is not None}


def _page(told: Told, after: int, limit: int) -> Response:
    rows = told.rows[after : after + limit]
    question = told.question
    content = {
        "nr": question.name,
        "vraag": question.text,
        "kolommen": list(question.columns),
        "op": utc(told.at),
        "totalen": ControlTotalsSchema().dump(asdict(told.totals)),
        "resultaten": list(rows),
    }
    return link_next(content, str(after + limit) if after + limit < len(told.rows) else None)


def as_file(told: Told, mimetype: str) -> Response:
    """All rows of an answer as a file to keep: `text/csv` or `application/jsonl`; its totals stand in a header."""
    name, is_table = told.question.name, mimetype == _CSV
    lines = writing.csv_lines(told.question.columns, told.rows) if is_table else writing.json_lines(told.rows)
    made = Response("".join(lines), mimetype=mimetype)
    totals = ControlTotalsSchema().dump(asdict(told.totals))
    made.headers["Totalen"] = ", ".join(f"{total}={number}" for total, number in totals.items())
    ending = "csv" if is_table else "jsonl"
    made.headers["Content-Disposition"] = f'attachment; filename="verantwoording-{name}.{ending}"'
    return made
