"""Human work: `/v1/taken` (the caller's work list), who has a task, and completing it."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request

from engine.submission import table, text
from service import cases, reading, receipts, tasks
from service.api.border import Blueprint, caller, here, link_next, loaded, read_query, route, written
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
from service.faults import Fault, Malformed
from service.guard import Guard
from service.store_worklist import Wanted

taken = Blueprint("taken", __name__, url_prefix="/v1/taken", description="Het werk van mensen")

_KEY = re.compile(r"[\x21-\x7e]{8,100}")


class WorkListQuery(PageSchema):
    """Which part of the work list."""

    wijk = TextField(longest=64, load_default=None)
    phase = TextField(data_key="fase", longest=64, load_default=None)
    role = TextField(data_key="groep", longest=64, load_default=None)
    act = TextField(data_key="handeling", longest=20, load_default=None)
    case = TextField(data_key="zaak", longest=36, load_default=None)


class LineSchema(Dutch):
    """One open task of a work list."""

    id = TextField()
    case = TextField(data_key="zaak")
    element = TextField()
    name = TextField(data_key="naam")
    phase = TextField(data_key="fase")
    role = TextField(data_key="groep")
    act = TextField(data_key="handeling")
    step = TextField(data_key="stap")
    subject = TextField(data_key="onderwerp")
    wijk = TextField()
    assignee = TextField(data_key="behandelaar")
    opened_at = MomentField(data_key="geopend")
    due = MomentField(data_key="uiterlijk")


class WorkListSchema(Dutch):
    """A page of the work list."""

    items = ListField(NestedField(LineSchema), data_key="resultaten")


class TaskRowSchema(Dutch):
    """A task of any status."""

    id = TextField()
    case = TextField(data_key="zaak")
    element = TextField()
    name = TextField(data_key="naam")
    process = TextField(data_key="proces")
    phase = TextField(data_key="fase")
    group = TextField(data_key="groep")
    act = TextField(data_key="handeling")
    step = TextField(data_key="stap")
    subject = TextField(data_key="onderwerp")
    status = TextField()
    assignee = TextField(data_key="behandelaar")
    opened_at = MomentField(data_key="geopend")
    due = MomentField(data_key="uiterlijk")
    ended_at = MomentField(data_key="beeindigd")


class TaskSchema(Dutch):
    """A task with the form by which it is answered (form-js JSON) and what is given with it."""

    row = NestedField(TaskRowSchema, data_key="taak")
    inputs = ValuesField(data_key="invoer")
    form = ValuesField(data_key="formulier")


class CompletionAskSchema(Dutch):
    """What the task's form asks, and why."""

    values = ValuesField(data_key="gegevens", load_default=dict)
    motivation = TextField(data_key="motivering", load_default=None)


class CompletionQuery(Dutch):
    """Whether to wait until the log has been signed: the answer then carries the receipt, for a weighty decision."""

    wait = TextField(data_key="wacht", load_default=None, validate=one_of("ondertekend"))


class ReceiptSchema(Dutch):
    """Where the trail holds what was done."""

    regel = TextField()
    keten = TextField()
    nummer = NumberField()


class CompletionSchema(Dutch):
    """Who completed the task, when, under which rule and rung, and what followed."""

    taak = TextField()
    zaak = TextField()
    revisie = NumberField()
    afgerondDoor = TextField()  # noqa: N815  (written by the use case in these words)
    afgerondOp = TextField()  # noqa: N815
    regel = TextField()
    trede = TextField()
    verschuldigd = ListField(TextField())
    ontvangst = NestedField(ReceiptSchema)
    geopend = ListField(TextField())
    zaakGereed = TextField()  # noqa: N815
    ontvangstbewijs = TextField()  # only to who waited for it; null when the log is not being signed


class ContributionAskSchema(Dutch):
    """A contribution to a task that collects."""

    values = ValuesField(data_key="gegevens", required=True)


class ContributionSchema(Dutch):
    """The receipt of a contribution."""

    taak = TextField()
    zaak = TextField()
    ontvangenOp = TextField()  # noqa: N815
    regel = TextField()
    ontvangst = NestedField(ReceiptSchema)


class AssigneeAskSchema(Dutch):
    """Who gets the task: the caller (claim) or somebody else (delegation)."""

    person = TextField(data_key="persoon", longest=36, load_default=None)


@route(taken, "GET", "", Guard.PERSON, query=WorkListQuery(), answers=WorkListSchema())
def list_work(given: dict[str, Any]) -> Response:
    """The open tasks that the caller has or may take up, oldest first."""
    service = here()
    limit, cursor = given.pop("limit"), given.pop("cursor")
    wanted = Wanted(**given, after=read_cursor(cursor), limit=limit + 1)
    found = reading.work_list(service.installation, caller().person, wanted, service.clock())
    last = found[limit - 1] if len(found) > limit else None
    return link_next(
        _WORK_LIST.dump({"items": found[:limit]}), None if last is None else write_cursor(last.opened_at, last.id)
    )


_WORK_LIST = WorkListSchema()


@route(taken, "GET", "/<id:task_id>", Guard.PERSON, answers=TaskSchema())
def show_task(task_id: str) -> Response:
    """One task, with its form."""
    service = here()
    found = reading.read_task(service.installation, caller().person, task_id, service.clock())
    response = written(TaskSchema().dump(found))
    response.set_etag(str(found.case.revision))
    return response


@route(
    taken,
    "PUT",
    "/<id:task_id>/afronding",
    Guard.ACTOR,
    body=CompletionAskSchema(),
    query=CompletionQuery(),
    answers=CompletionSchema(),
)
def complete(given: dict[str, Any], task_id: str) -> Response:
    """Complete the task. The same again gives the same answer; `If-Match` refuses a stale view with 409."""
    service, by, asked = here(), caller(), read_query()
    wait = bool(asked) and loaded(_QUERY, asked)["wait"]
    done = cases.complete(
        service.installation,
        by.person,
        task_id,
        given["values"],
        service.clock(),
        motivation=given["motivation"],
        seen=revision_seen(),
        session=by.session.id,
    )
    service.metrics.completions.inc()
    if wait:
        digest = text(table(done, "ontvangst"), "regel")
        done["ontvangstbewijs"] = receipts.awaited(service.installation, digest, service.clock())
    return written(done)


_QUERY = CompletionQuery()


@route(taken, "GET", "/<id:task_id>/afronding", Guard.PERSON, answers=CompletionSchema())
def show_completion(task_id: str) -> Response:
    """Who completed this task, when, and under which rule."""
    service = here()
    found = reading.read_completion(service.installation, caller().person, task_id, service.clock())
    return written(found)


@route(
    taken,
    "POST",
    "/<id:task_id>/bijdragen",
    Guard.PERSON,
    body=ContributionAskSchema(),
    status=201,
    answers=ContributionSchema(),
)
def contribute(given: dict[str, Any], task_id: str) -> Response:
    """Add a contribution to a task that collects; with the same `Idempotency-Key` again, nothing is added twice."""
    service = here()
    done = cases.contribute(
        service.installation,
        caller().person,
        task_id,
        given["values"],
        service.clock(),
        command=idempotency_key(),
    )
    return written(done, 201)


@route(taken, "PUT", "/<id:task_id>/behandelaar", Guard.PERSON, body=AssigneeAskSchema(), status=204)
def assign(given: dict[str, Any], task_id: str) -> None:
    """Claim the task, or hand it over to somebody else."""
    service, by = here(), caller().person
    tasks.assign(service.installation, by, task_id, given["person"] or by.id, service.clock())


@route(taken, "DELETE", "/<id:task_id>/behandelaar", Guard.PERSON, status=204)
def release(task_id: str) -> None:
    """Give the task back to its group."""
    service = here()
    tasks.release(service.installation, caller().person, task_id, service.clock())


def revision_seen() -> int | None:
    """The revision in `If-Match`; None when the caller does not ask for one."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    bare = given.strip().removeprefix("W/").strip('"')
    if not re.fullmatch(r"\d{1,9}", bare, re.ASCII):
        raise Malformed((Fault("If-Match", 'Stuur de ETag die u bij de zaak kreeg, bijvoorbeeld "12".'),))
    return int(bare)


def idempotency_key() -> str | None:
    """The caller's own name for this request, so that a repeat does nothing twice."""
    given = request.headers.get("Idempotency-Key")
    if given is not None and not _KEY.fullmatch(given):
        raise Malformed((Fault("Idempotency-Key", "Gebruik 8 tot 100 zichtbare tekens."),))
    return given
