"""Asking colleagues for advice while a task is open: `/v1/taken/{id}/adviesverzoeken`, `/v1/adviesverzoeken`."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.advice_requests import LONGEST
from engine.terms import Json
from service import advice_reading, advice_requests
from service.advice_reading import Told, Waiting
from service.advice_requests import Wanted
from service.api.border import Blueprint, caller, here, route, written
from service.api.personen import RecordSchema
from service.api.schemas import Dutch, FlagField, ListField, MomentField, NestedField, NumberField, TextField
from service.guard import Guard

adviesverzoeken = Blueprint(
    "adviesverzoeken", __name__, url_prefix="/v1", description="Advies van collega's zolang een taak openstaat"
)

_OF_TASK = "/taken/<id:task_id>/adviesverzoeken"
_ONE = f"{_OF_TASK}/<digest:request>"


class AdviserSchema(Dutch):
    """Whom to ask, and how many working days that person has."""

    person = TextField(data_key="persoon", longest=36, least=1, required=True)
    working_days = NumberField(
        data_key="werkdagen",
        required=True,
        validate=validate.Range(1, LONGEST, error=f"Kies 1 tot {LONGEST} werkdagen."),
    )


class AdviceAskSchema(Dutch):
    """One question to several people, each with a term of its own."""

    question = TextField(data_key="vraag", least=1, required=True)
    advisers = ListField(NestedField(AdviserSchema), data_key="aan", required=True)


class AdviceReplySchema(Dutch):
    """The answer of who was asked."""

    answer = TextField(data_key="antwoord", least=1, required=True)


class AdviceDeclineSchema(Dutch):
    """That no advice comes, and why if one likes."""

    reason = TextField(data_key="reden", load_default="")


class AdviceRequestSchema(Dutch):
    """A request and what became of it; the words are null for who may not read them."""

    record = TextField(data_key="regel")
    task = TextField(data_key="taak")
    asked_at = MomentField(data_key="gevraagdOp")
    asker = TextField(data_key="gevraagdDoor")
    adviser = TextField(data_key="adviseur")
    last_day = TextField(data_key="uiterlijk")
    status = TextField()
    is_late = FlagField(data_key="teLaat")
    reminded_at = MomentField(data_key="herinnerdOp")
    ended_at = MomentField(data_key="beeindigd")
    question = TextField(data_key="vraag")
    reply = TextField(data_key="antwoord")


class AdviceRequestListSchema(Dutch):
    """The requests of a task, in order."""

    items = ListField(NestedField(AdviceRequestSchema), data_key="resultaten")


class WaitingSchema(Dutch):
    """A request that waits for the caller's answer."""

    record = TextField(data_key="regel")
    task = TextField(data_key="taak")
    name = TextField(data_key="naam")
    wijk = TextField()
    last_day = TextField(data_key="uiterlijk")
    reminded_at = MomentField(data_key="herinnerdOp")


class WaitingListSchema(Dutch):
    """What waits for the caller's answer, the first to end first."""

    items = ListField(NestedField(WaitingSchema), data_key="resultaten")


class RecordListSchema(Dutch):
    """Where the trail holds each of the requests."""

    items = ListField(NestedField(RecordSchema), data_key="resultaten")


@route(adviesverzoeken, "GET", "/adviesverzoeken", Guard.PERSON, answers=WaitingListSchema())
def list_waiting() -> dict[str, Any]:
    """What the caller was asked and did not answer yet."""
    service = here()
    found = advice_reading.waiting_for(service.installation, caller().person, service.clock())
    return {"items": [_waiting(one) for one in found]}


@route(adviesverzoeken, "GET", _OF_TASK, Guard.PERSON, answers=AdviceRequestListSchema())
def list_requests(task_id: str) -> dict[str, Any]:
    """What was asked for this task, and what came of it."""
    service, now = here(), here().clock()
    found = advice_reading.of_task(service.installation, caller().person, task_id, now)
    lapsed = found.row.status != "open"
    return {"items": [_row(one, lapsed=lapsed, is_late=one.request.is_late(now)) for one in found.requests]}


@route(adviesverzoeken, "POST", _OF_TASK, Guard.PERSON, body=AdviceAskSchema(), status=201, answers=RecordListSchema())
def ask(given: dict[str, Any], task_id: str) -> Response:
    """Ask colleagues for advice: all of them or, when one may not be asked, nobody."""
    service = here()
    wanted = [Wanted(one["person"], one["working_days"]) for one in given["advisers"]]
    done = advice_requests.ask(
        service.installation, caller().person, task_id, given["question"], wanted, service.clock()
    )
    return written(RecordListSchema().dump({"items": done}), 201)


@route(adviesverzoeken, "PUT", f"{_ONE}/antwoord", Guard.PERSON, body=AdviceReplySchema(), answers=RecordSchema())
def answer(given: dict[str, Any], task_id: str, request: str) -> Any:
    """Answer what one was asked."""
    service = here()
    return advice_requests.answer(
        service.installation, caller().person, task_id, request, given["answer"], service.clock()
    )


@route(adviesverzoeken, "PUT", f"{_ONE}/afwijzing", Guard.PERSON, body=AdviceDeclineSchema(), answers=RecordSchema())
def decline(given: dict[str, Any], task_id: str, request: str) -> Any:
    """Say that one gives no advice."""
    service = here()
    return advice_requests.decline(
        service.installation, caller().person, task_id, request, given["reason"], service.clock()
    )


@route(adviesverzoeken, "PUT", f"{_ONE}/herinnering", Guard.PERSON, answers=RecordSchema())
def remind(task_id: str, request: str) -> Any:
    """Remind who did not answer yet, at most once a day."""
    service = here()
    return advice_requests.remind(service.installation, caller().person, task_id, request, service.clock())


@route(adviesverzoeken, "PUT", f"{_ONE}/intrekking", Guard.PERSON, answers=RecordSchema())
def withdraw(task_id: str, request: str) -> Any:
    """Let nobody wait for an answer any more."""
    service = here()
    return advice_requests.withdraw(service.installation, caller().person, task_id, request, service.clock())


def _row(told: Told, *, lapsed: bool, is_late: bool) -> dict[str, Any]:
    request = told.request
    names = ("record", "task", "last_day", "reminded_at", "ended_at")
    return {name: getattr(request, name) for name in names} | {
        "asked_at": request.at,
        "asker": told.asker,
        "adviser": told.adviser,
        "status": request.ended or ("vervallen" if lapsed else "open"),
        "is_late": request.came_late or (is_late and not lapsed),
        "question": _said(told.question),
        "reply": _said(told.reply),
    }


def _said(words: Json) -> str | None:
    """The text; None for what stays sealed or was destroyed."""
    return words if isinstance(words, str) else None


def _waiting(one: Waiting) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(one.request, name) for name in ("record", "task", "last_day", "reminded_at")}
    return found | {"name": one.task.name, "wijk": one.task.wijk}
