"""Cases: `/v1/zaken`, with their tasks, trail, incidents, and the acts on a case as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import validate

from engine.terms import Act, Action
from service import cases, reading, starting, steering
from service.accounts import new_id
from service.api.border import Blueprint, caller, here, link_next, route, written
from service.api.schemas import (
    Dutch,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    PageSchema,
    TextField,
    ValuesField,
    one_of,
    read_cursor,
    write_cursor,
)
from service.api.taken import CompletionSchema, TaskRowSchema, revision_seen
from service.faults import Fault, Malformed
from service.guard import Guard
from service.starting import NewCase
from service.store import CaseRow
from service.store_reading import CaseFilter

zaken = Blueprint("zaken", __name__, url_prefix="/v1/zaken", description="Zaken: de loop van een proces in een wijk")


_STEP = validate.Regexp(r"D\d\d\Z", error="Een beslisstap is D01 tot D18.")
# What a subject may be is narrow on purpose: it stands open in the trail, so no free text belongs in it.
# A code and no sentence: what an act is about stands in the record as it is, and nobody can destroy it there.
_SUBJECT = validate.Regexp(
    r"(\*|[\w.:-]{1,40})\Z", error="Een onderwerp is een korte aanduiding zonder spaties, zoals I-02, of *."
)


class CaseAskSchema(Dutch):
    """What is to be started; `id` is the caller's own choice, so that a repeat starts nothing twice."""

    id = TextField(longest=36, load_default=None)
    process = TextField(data_key="proces", longest=200, least=1, required=True)
    wijk = TextField(longest=64, least=1, required=True)
    group = TextField(data_key="groep", longest=64, load_default=None)
    year = NumberField(data_key="jaar", load_default=None)
    dossier = TextField(longest=36, load_default=None)


class CaseSchema(Dutch):
    """A case as it stands."""

    id = TextField()
    definition = TextField(data_key="procesmodel")
    process = TextField(data_key="proces")
    dossier = TextField()
    wijk = TextField()
    group = TextField(data_key="groep")
    year = NumberField(data_key="jaar")
    status = TextField()
    phase = TextField(data_key="fase")
    revision = NumberField(data_key="revisie")
    started_at = MomentField(data_key="gestart")
    ended_at = MomentField(data_key="beeindigd")


class CaseViewSchema(CaseSchema):
    """A case with its state: the data so far, the messages it waits for, and when its next timer fires."""

    values = ValuesField(data_key="gegevens")
    waits = ListField(TextField(), data_key="wachtOp")
    due = MomentField(data_key="klok")


class CaseListQuery(PageSchema):
    """Which cases."""

    wijk = TextField(longest=64, load_default=None)
    process = TextField(data_key="proces", longest=200, load_default=None)
    status = TextField(load_default=None, validate=one_of("lopend", "opgeschort", "gereed", "afgebroken"))
    year = NumberField(data_key="jaar", load_default=None)
    dossier = TextField(longest=36, load_default=None)


class CaseListSchema(Dutch):
    """A page of cases, newest first."""

    items = ListField(NestedField(CaseSchema), data_key="resultaten")


class TaskListSchema(Dutch):
    """All tasks of a case, oldest first."""

    items = ListField(NestedField(TaskRowSchema), data_key="resultaten")


class TallyQuery(Dutch):
    """Which process, in which programme year."""

    process = TextField(data_key="proces", longest=200, least=1, required=True)
    year = NumberField(data_key="jaar", load_default=None)


class TallySchema(Dutch):
    """A number of cases; null where it is too small to be told."""

    wijk = TextField()
    count = NumberField(data_key="aantal")


class TallyListSchema(Dutch):
    """The numbers by wijk."""

    items = ListField(NestedField(TallySchema), data_key="resultaten")


class EntrySchema(Dutch):
    """One record of the trail; `inhoud` is what was hashed, with handles in place of sealed values."""

    seq = NumberField(data_key="nummer")
    digest = TextField(data_key="regel")
    kind = TextField(data_key="soort")
    at = MomentField(data_key="op")
    sentence = TextField(data_key="zin")
    body = ValuesField(data_key="inhoud")
    corrections = ListField(TextField(), data_key="verbeterdIn")


class TrailSchema(Dutch):
    """A page of the trail, in its own order."""

    items = ListField(NestedField(EntrySchema), data_key="resultaten")


class AttemptSchema(Dutch):
    """An act without a task at hand; it is judged and recorded, and carried out only when a task for it is open."""

    act = TextField(data_key="handeling", required=True, validate=one_of(*Act))
    step = TextField(data_key="stap", load_default=None, validate=_STEP)
    subject = TextField(data_key="onderwerp", load_default="*", validate=_SUBJECT)
    values = ValuesField(data_key="gegevens", load_default=dict)


class ReasonSchema(Dutch):
    """Why."""

    reason = TextField(data_key="reden", least=1, longest=2000, required=True)


class IncidentSchema(Dutch):
    """Something that the engine could not do."""

    id = TextField()
    at = MomentField(data_key="op")
    sentence = TextField(data_key="melding")
    solved_at = MomentField(data_key="hersteld")


class IncidentListSchema(Dutch):
    """The incidents of a case, newest first."""

    items = ListField(NestedField(IncidentSchema), data_key="resultaten")


@route(zaken, "POST", "", Guard.PERSON, body=CaseAskSchema(), status=201, answers=CaseSchema())
def start_case(given: dict[str, Any]) -> Response:
    """Start a case on the newest released process model."""
    service = here()
    new = NewCase(**given | {"id": _chosen_id(given["id"]) or new_id(service.installation.entropy)})
    row = starting.start(service.installation, caller().person, new, service.clock())
    response = _case(row, 201)
    response.headers["Location"] = f"/v1/zaken/{row.id}"
    return response


@route(zaken, "GET", "", Guard.PERSON, query=CaseListQuery(), answers=CaseListSchema())
def list_cases(given: dict[str, Any]) -> Response:
    """The cases in the wijken where the caller has a role, newest first."""
    service = here()
    limit, cursor = given.pop("limit"), given.pop("cursor")
    wanted = CaseFilter(**given, after=read_cursor(cursor), limit=limit + 1)
    found = reading.list_cases(service.installation, caller().person, wanted, service.clock())
    last = found[limit - 1] if len(found) > limit else None
    following = None if last is None else write_cursor(last.started_at, last.id)
    return link_next(CaseListSchema().dump({"items": found[:limit]}), following)


@route(zaken, "GET", "/aantallen", Guard.PERSON, query=TallyQuery(), answers=TallyListSchema())
def show_tally(given: dict[str, Any]) -> dict[str, Any]:
    """How many cases of a process there are, by wijk; a number under five is not told where no content is kept."""
    return {"items": reading.tally(here().installation, given["process"], given["year"])}


@route(zaken, "GET", "/<id:case_id>", Guard.PERSON, answers=CaseViewSchema())
def show_case(case_id: str) -> Response:
    """The case and its state; its ETag is what `If-Match` asks for."""
    service = here()
    view = reading.read_case(service.installation, caller().person, case_id, service.clock())
    state = {"values": view.values, "waits": view.waits, "due": view.due}
    return _tagged(written(CaseViewSchema().dump(view.row._asdict() | state)), view.row)


@route(zaken, "GET", "/<id:case_id>/taken", Guard.PERSON, answers=TaskListSchema())
def list_tasks(case_id: str) -> dict[str, Any]:
    """All tasks of the case, open and closed."""
    service = here()
    return {"items": reading.list_tasks(service.installation, caller().person, case_id, service.clock())}


@route(zaken, "GET", "/<id:case_id>/verantwoording", Guard.PERSON, query=PageSchema(), answers=TrailSchema())
def show_trail(page: dict[str, Any], case_id: str) -> Response:
    """The trail of the case: each act and each refusal, in order."""
    service, limit = here(), page["limit"]
    if page["cursor"] and not page["cursor"].isdecimal():
        raise Malformed((Fault("cursor", "Neem de cursor over uit _links.next."),))
    found = reading.read_trail(
        service.installation,
        caller().person,
        case_id,
        service.clock(),
        first=int(page["cursor"][:9] or 0),
        most=limit + 1,
    )
    following = str(found[limit].seq) if len(found) > limit else None
    return link_next(TrailSchema().dump({"items": found[:limit]}), following)


@route(zaken, "POST", "/<id:case_id>/handelingen", Guard.PERSON, body=AttemptSchema(), answers=CompletionSchema())
def attempt(given: dict[str, Any], case_id: str) -> Response:
    """Try to act. Refused: 403 with the rule. No task for it: 409, and it is on record. Else as completing the task."""
    service = here()
    submission = {
        "handeling": given["act"],
        "stap": given["step"],
        "onderwerp": given["subject"],
        "gegevens": given["values"],
    }
    return written(cases.attempt(service.installation, caller().person, case_id, submission, service.clock()))


@route(zaken, "PUT", "/<id:case_id>/opschorting", Guard.PERSON, body=ReasonSchema(), answers=CaseSchema())
def suspend(given: dict[str, Any], case_id: str) -> Response:
    """Suspend the case: nothing can be completed and no timer fires until it is resumed."""
    return _steer(case_id, Action.SUSPEND, given["reason"])


@route(zaken, "PUT", "/<id:case_id>/hervatting", Guard.PERSON, body=ReasonSchema(), answers=CaseSchema())
def resume(given: dict[str, Any], case_id: str) -> Response:
    """Resume a suspended case."""
    return _steer(case_id, Action.RESUME, given["reason"])


@route(zaken, "PUT", "/<id:case_id>/afbreking", Guard.PERSON, body=ReasonSchema(), answers=CaseSchema())
def cancel(given: dict[str, Any], case_id: str) -> Response:
    """End the case before its time: its open tasks lapse."""
    return _steer(case_id, Action.CANCEL, given["reason"])


@route(zaken, "GET", "/<id:case_id>/incidenten", Guard.PERSON, answers=IncidentListSchema())
def list_incidents(case_id: str) -> dict[str, Any]:
    """What the engine could not do in this case."""
    service = here()
    return {"items": reading.list_incidents(service.installation, caller().person, case_id, service.clock())}


@route(zaken, "PUT", "/<id:case_id>/incidenten/<id:incident_id>/herstel", Guard.PERSON, body=ReasonSchema(), status=204)
def retry(given: dict[str, Any], case_id: str, incident_id: str) -> None:
    """Try what got stuck once more."""
    service = here()
    steering.retry(service.installation, caller().person, case_id, incident_id, given["reason"], service.clock())


def _steer(case_id: str, action: Action, reason: str) -> Response:
    service = here()
    row = steering.steer(
        service.installation, caller().person, case_id, action, reason, service.clock(), seen=revision_seen()
    )
    return _case(row)


def _case(row: CaseRow, status: int = 200) -> Response:
    return _tagged(written(CaseSchema().dump(row), status), row)


def _tagged(response: Response, row: CaseRow) -> Response:
    response.set_etag(str(row.revision))
    return response


def _chosen_id(given: str | None) -> str | None:
    if given is None:
        return None
    try:
        return str(UUID(given))
    except ValueError as wrong:
        raise Malformed((Fault("id", "Kies een UUID, of laat dit weg."),)) from wrong
