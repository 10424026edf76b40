"""What anybody may read: `/v1/openbaar`, without login, by the allow-list of the city (`openbaar.toml`).

As JSON by the page; the lines of a case, wijk or register also whole as CSV or JSON Lines, as `Accept` asks.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import validate

from engine.openness import listed
from engine.questions import writing
from engine.terms import Register
from service import public
from service.api.border import Blueprint, here, link_next, route
from service.api.schemas import DateField, Dutch, ListField, NestedField, NumberField, TextField, ValuesField, one_of
from service.faults import Unknown
from service.guard import Guard
from service.public import Lines

openbaar = Blueprint(
    "openbaar", __name__, url_prefix="/v1/openbaar", description="Wat iedereen mag lezen, zonder inloggen"
)
_JSON, _CSV, _LINES = "application/json", "text/csv", "application/jsonl"
_YEAR = validate.Range(2000, 2200, error="Dit jaar kan niet.")
_PLACE_IN_LIST = validate.Range(0, 10**9, error="Neem de cursor over uit _links.next.")


class OpenRuleSchema(Dutch):
    """A kind of record, and which of its fields are public."""

    kind = TextField(data_key="soort")
    fields_ = ListField(TextField(), data_key="velden")


class OpennessSchema(Dutch):
    """The list: what is not in it does not leave."""

    processes = ListField(TextField(), data_key="processen")
    rules = ListField(NestedField(OpenRuleSchema), data_key="regels")


class OpenPlaceSchema(Dutch):
    """A wijk, with how many of its cases are public."""

    id = TextField()
    name = TextField(data_key="naam")
    cases = NumberField(data_key="zaken")


class OpenPlaceListSchema(Dutch):
    """Every wijk."""

    items = ListField(NestedField(OpenPlaceSchema), data_key="resultaten")


class PagedQuery(Dutch):
    """Which page."""

    after = NumberField(data_key="cursor", load_default=0, validate=_PLACE_IN_LIST)
    limit = NumberField(load_default=50, validate=validate.Range(1, 200, error="Kies 1 tot 200."))


class CasesQuery(PagedQuery):
    """The cases of which programme year; of all when left out."""

    year = NumberField(data_key="jaar", load_default=None, validate=_YEAR)


class LinesQuery(PagedQuery):
    """Only what landed in this register."""

    register = TextField(load_default=None, validate=one_of(*Register))


class RegisterQuery(PagedQuery):
    """Of which programme year."""

    year = NumberField(data_key="jaar", required=True, validate=_YEAR)


class YearQuery(Dutch):
    """Of which programme year."""

    year = NumberField(data_key="jaar", required=True, validate=_YEAR)


class OpenCaseSchema(Dutch):
    """A public case."""

    id = TextField()
    kind = TextField(data_key="proces")
    process = TextField(data_key="naam")
    wijk = TextField()
    place = TextField(data_key="wijknaam")
    dossier = TextField()
    year = NumberField(data_key="jaar")
    status = TextField()
    phase = TextField(data_key="fase")
    since = DateField(data_key="gestart")
    until = DateField(data_key="geeindigd")


class OpenCaseListSchema(Dutch):
    """Public cases, the newest first."""

    items = ListField(NestedField(OpenCaseSchema), data_key="resultaten")


class OpenLinesSchema(Dutch):
    """Public records: `getoond` of the `inVerantwoording` that the cases have; `nietInOrde` are no longer as hashed."""

    shown = NumberField(data_key="getoond")
    recorded = NumberField(data_key="inVerantwoording")
    unsound = NumberField(data_key="nietInOrde")
    rows = ListField(ValuesField(), data_key="resultaten")


class ExceptionCountSchema(Dutch):
    """How many exceptions there were of one kind."""

    name = TextField(data_key="naam")
    text = TextField(data_key="tekst")
    count = NumberField(data_key="aantal")


class ExceptionCountListSchema(Dutch):
    """The counts of all lists."""

    items = ListField(NestedField(ExceptionCountSchema), data_key="resultaten")


@route(openbaar, "GET", "", Guard.ANYONE, answers=OpennessSchema())
def show_openness() -> dict[str, Any]:
    """What is public: the processes, and by kind of record its fields."""
    found = public.openness(here().installation)
    rules = [{"kind": kind, "fields_": [*listed(paths)]} for kind, paths in sorted(found.fields.items())]
    return {"processes": sorted(found.processes), "rules": rules}


@route(openbaar, "GET", "/wijken", Guard.ANYONE, answers=OpenPlaceListSchema())
def list_places() -> dict[str, Any]:
    """Every wijk, with how many of its cases are public."""
    return {"items": public.places(here().installation)}


@route(openbaar, "GET", "/wijken/<string:wijk>/zaken", Guard.ANYONE, query=CasesQuery(), answers=OpenCaseListSchema())
def list_open_cases(given: dict[str, Any], wijk: str) -> Response:
    """The public cases of a wijk, the newest first."""
    found = public.cases(here().installation, wijk, given["year"])
    after, until = given["after"], given["after"] + given["limit"]
    content = OpenCaseListSchema().dump({"items": found[after:until]})
    return link_next(content, str(until) if until < len(found) else None)


@route(openbaar, "GET", "/zaken/<id:case_id>", Guard.ANYONE, answers=OpenCaseSchema())
def show_open_case(case_id: str) -> public.Case:
    """One public case."""
    return public.read_case(here().installation, case_id)


@route(openbaar, "GET", "/zaken/<id:case_id>/regels", Guard.ANYONE, query=LinesQuery(), answers=OpenLinesSchema())
def list_lines(given: dict[str, Any], case_id: str) -> Response:
    """What was done in a public case, the oldest first; with `register` only what landed there."""
    wanted = None if given["register"] is None else Register(given["register"])
    return _answer(public.lines(here().installation, case_id, wanted), given)


@route(
    openbaar,
    "GET",
    "/wijken/<string:wijk>/registers/<string:name>",
    Guard.ANYONE,
    query=RegisterQuery(),
    answers=OpenLinesSchema(),
)
def show_open_register(given: dict[str, Any], wijk: str, name: str) -> Response:
    """What the public cases of a wijk and year established in a register: `besluiten`, `toezeggingen`, `grootboek`."""
    if name not in set(Register):
        raise Unknown(f"Er zijn deze registers: {', '.join(Register)}.")
    return _answer(public.register(here().installation, wijk, given["year"], Register(name)), given)


@route(
    openbaar,
    "GET",
    "/wijken/<string:wijk>/uitzonderingen",
    Guard.ANYONE,
    query=YearQuery(),
    answers=ExceptionCountListSchema(),
)
def count_exceptions(given: dict[str, Any], wijk: str) -> dict[str, Any]:
    """How often it went otherwise in a wijk and year: refusals, deviations, late terms, corrections, destructions."""
    service = here()
    return {"items": public.exceptions(service.installation, wijk, given["year"], service.clock())}


def _answer(told: Lines, given: dict[str, Any]) -> Response:
    wanted = request.accept_mimetypes.best_match((_JSON, _CSV, _LINES), _JSON)
    if wanted == _CSV:
        columns = tuple(dict.fromkeys(name for row in told.rows for name in row))
        return Response("".join(writing.csv_lines(columns, told.rows)), mimetype=_CSV)
    if wanted == _LINES:
        return Response("".join(writing.json_lines(told.rows)), mimetype=_LINES)
    after, until = given["after"], given["after"] + given["limit"]
    content = {
        "getoond": told.shown,
        "inVerantwoording": told.recorded,
        "nietInOrde": told.unsound,
        "resultaten": list(told.rows[after:until]),
    }
    return link_next(content, str(until) if until < len(told.rows) else None)
