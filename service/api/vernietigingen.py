"""Destroying sealed values, `/v1/vernietigingen`, keeping them, `/v1/bewaarplichten`, and seeing them for oversight.

Two people destroy: one asks, another orders, and after the term of the city it is carried out.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.conditions.destruction import Ground
from engine.roles import values_of
from engine.terms import Fact, Register
from service import destruction, openings, people
from service.api.border import Blueprint, caller, here, route, written
from service.api.personen import RecordSchema, RowListSchema
from service.api.schemas import (
    Dutch,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    TextField,
    ValuesField,
    one_of,
)
from service.destruction import Wanted
from service.guard import Guard

destructions = Blueprint(
    "vernietigingen", __name__, url_prefix="/v1/vernietigingen", description="Verzegelde waarden vernietigen"
)
keeping = Blueprint("bewaarplichten", __name__, url_prefix="/v1/bewaarplichten", description="Wat bewaard moet blijven")
insights = Blueprint("inzage", __name__, url_prefix="/v1/zaken", description="Verzegelde waarden inzien")

_DIGEST = validate.Regexp(r"[0-9a-f]{64}\Z", error="Een waarde is de digest waaronder zij verzegeld is.")


class WhySchema(Dutch):
    """Why."""

    reason = TextField(data_key="reden", least=1, longest=2000, required=True)


class WantedSchema(WhySchema):
    """Which values: by digest, all of a case or of one compartment of it, or all that a person wrote."""

    digests = ListField(TextField(validate=_DIGEST), data_key="waarden", load_default=list)
    case = TextField(data_key="zaak", longest=36, load_default=None)
    compartment = TextField(data_key="compartiment", longest=64, load_default=None)
    person = TextField(data_key="persoon", longest=36, load_default=None)


class RequestSchema(WantedSchema):
    """The same, with the ground in law."""

    ground = TextField(data_key="grond", required=True, validate=one_of(*Ground))


class RequestedSchema(RecordSchema):
    """Where the trail holds a request, and how many values it names."""

    count = NumberField(data_key="aantal")


class RequestedListSchema(RequestedSchema):
    """The first request with all of them: one for each case, and one for the account of a resident."""

    requests = ListField(NestedField(RequestedSchema), data_key="verzoeken")


class KeptSchema(RecordSchema):
    """The first record with all of them: one for each case."""

    records = ListField(NestedField(RecordSchema), data_key="regels")


class OrderedSchema(RecordSchema):
    """Where the trail holds the order, and when it is carried out."""

    due = MomentField(data_key="uitvoering")


class GroundSchema(Dutch):
    """Which compartment is opened, and why."""

    compartment = TextField(data_key="compartiment", longest=64, least=1, required=True)
    ground = TextField(data_key="grond", least=1, longest=2000, required=True)


class GoneSchema(Dutch):
    """One sealed value that was destroyed, with the record of the order."""

    digest = TextField(data_key="waarde")
    order = TextField(data_key="opdracht")


class OpenedSchema(Dutch):
    """What was opened, in which record, and what was destroyed in this case."""

    record = TextField(data_key="regel")
    values = ListField(ValuesField(), data_key="waarden")
    destroyed = ListField(NestedField(GoneSchema), data_key="vernietigd")


@route(destructions, "GET", "", Guard.PERSON, answers=RowListSchema())
def list_destructions() -> dict[str, Any]:
    """What was asked and ordered and not called off, oldest first."""
    return _listed(Register.VERNIETIGINGEN)


@route(destructions, "POST", "", Guard.PERSON, body=RequestSchema(), status=201, answers=RequestedListSchema())
def ask(given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a destruction; what lies in several cases is asked, and to be ordered, case by case."""
    service = here()
    ground, reason = given["ground"], given["reason"]
    asked = destruction.ask(service.installation, caller().person, _wanted(given), ground, reason, service.clock())
    requests = [{"digest": done.digest, "chain": done.chain, "seq": done.seq, "count": count} for done, count in asked]
    return requests[0] | {"requests": requests}


@route(destructions, "PUT", "/<digest:digest>/opdracht", Guard.PERSON, body=WhySchema(), answers=OrderedSchema())
def order(given: dict[str, Any], digest: str) -> dict[str, Any]:
    """Order what this record asks for; by somebody else than who asked."""
    service = here()
    done, due = destruction.order(service.installation, caller().person, digest, given["reason"], service.clock())
    return {"digest": done.digest, "chain": done.chain, "seq": done.seq, "due": due}


@route(destructions, "PUT", "/<digest:digest>/intrekking", Guard.PERSON, body=WhySchema(), answers=RecordSchema())
def call_off(given: dict[str, Any], digest: str) -> Any:
    """Call off a request or an order that was not carried out."""
    service = here()
    return destruction.call_off(service.installation, caller().person, digest, given["reason"], service.clock())


@route(keeping, "GET", "", Guard.PERSON, answers=RowListSchema())
def list_keeping() -> dict[str, Any]:
    """What must be kept now, oldest first."""
    return _listed(Register.BEWAARPLICHTEN)


@route(keeping, "POST", "", Guard.PERSON, body=WantedSchema(), status=201, answers=KeptSchema())
def keep(given: dict[str, Any]) -> Any:
    """Let nobody destroy this."""
    service = here()
    kept = destruction.keep(service.installation, caller().person, _wanted(given), given["reason"], service.clock())
    records = [{"digest": one.digest, "chain": one.chain, "seq": one.seq} for one in kept]
    return records[0] | {"records": records}


@route(keeping, "PUT", "/<digest:digest>/intrekking", Guard.PERSON, body=WhySchema(), answers=RecordSchema())
def lift(given: dict[str, Any], digest: str) -> Any:
    """Let what this record kept be destroyed again."""
    service = here()
    return destruction.lift(service.installation, caller().person, digest, given["reason"], service.clock())


@route(insights, "POST", "/<id:case_id>/inzage", Guard.PERSON, body=GroundSchema(), answers=OpenedSchema())
def open_compartment(given: dict[str, Any], case_id: str) -> Response:
    """Open all sealed values of one compartment of a case, with a ground; it is recorded before they are given."""
    service = here()
    found = openings.open_compartment(
        service.installation, caller().person, case_id, given["compartment"], given["ground"], service.clock()
    )
    gone = [{"digest": digest, "order": one} for digest, one in found.destroyed.items()]
    shown = [{"waarde": one.digest, "veld": one.name, "inhoud": one.value} for one in found.values]
    content = {"record": found.record, "values": shown, "destroyed": gone}
    return written(OpenedSchema().dump(content))


def _wanted(given: dict[str, Any]) -> Wanted:
    return Wanted(given["digests"], given["case"], given["compartment"], given["person"])


def _listed(register: Register) -> dict[str, Any]:
    service = here()
    found: list[Fact] = people.rows_of(service.installation, register, service.clock(), None)
    return {
        "items": [{"record": one.record, "at": one.at, "by": one.by, "values": dict(values_of(one))} for one in found]
    }
