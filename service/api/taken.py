"""Human work: `/v1/taken` (the caller's work list), who has a task, and completing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from engine.submission import end_of, table, text
from service import cases, handing_over, planning, reading, receipts, tasks
from service.api.border import Blueprint, caller, here, link_next, loaded, read_query, route, written
from service.api.schemas import (
    DateField,
    Dutch,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    PageSchema,
    TextField,
    ValuesField,
    are_values,
    one_of,
    read_cursor,
    write_cursor,
)
from service.faults import Fault, Malformed
from service.guard import Guard
from service.planning import Priority
from service.store_planning import Plan
from service.store_worklist import Order, Place, Wanted

taken = Blueprint("taken", __name__, url_prefix="/v1/taken", description="Het werk van mensen")

_KEY = re.compile(r"[\x21-\x7e]{8,100}")


class WorkListQuery(PageSchema):
    """Which part of the work list."""

    wijk = TextField(longest=64, load_default=None)
    phase = TextField(data_key="fase", longest=64, load_default=None)
    role = TextField(data_key="groep", longest=64, load_default=None)
    act = TextField(data_key="handeling", longest=20, load_default=None)
    case = TextField(data_key="zaak", longest=36, load_default=None)
    priority = TextField(data_key="prioriteit", load_default=None, validate=one_of(*Priority))
    follow_up_by = DateField(data_key="opvolgenTot", load_default=None)  # this day as well
    whose = TextField(data_key="van", load_default=None, validate=one_of("mij"))
    order = TextField(data_key="volgorde", load_default=Order.OLDEST.value, validate=one_of(*Order))


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
    priority = TextField(data_key="prioriteit")
    follow_up_day = DateField(data_key="opvolgen")


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


_VALUES_ALONE = {"gegevens"}


class CompletionAskSchema(Dutch):
    """What the task's form asks, and why."""

    values = ValuesField(data_key="gegevens", load_default=dict)
    motivation = TextField(data_key="motivering", load_default=None)

    def load(self, data: Mapping[str, Any], **how: Any) -> Any:  # type: ignore[override]
        """As every schema; values alone, which is what nearly everybody sends, are read without its rounds."""
        if not how and data.keys() == _VALUES_ALONE and are_values(data["gegevens"]):
            return {"values": data["gegevens"], "motivation": None}
        return super().load(data, **how)


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


class PlanAskSchema(Dutch):
    """How pressing a task is, and on which day to look at it again."""

    priority = TextField(data_key="prioriteit", load_default=Priority.NORMAL.value, validate=one_of(*Priority))
    follow_up = DateField(data_key="opvolgen", load_default=None, allow_none=True)


class CandidateSchema(Dutch):
    """A colleague, by the id under which `behandelaar` takes somebody."""

    id = TextField()
    name = TextField(data_key="naam")


class CandidateListSchema(Dutch):
    """Colleagues, by name."""

    items = ListField(NestedField(CandidateSchema), data_key="resultaten")


class PlanSchema(Dutch):
    """What is planned for a task."""

    priority = TextField(data_key="prioriteit")
    day = DateField(data_key="opvolgen")


class AssigneeAskSchema(Dutch):
    """Who gets the task: the caller (claim) or somebody else (delegation)."""

    person = TextField(data_key="persoon", longest=36, load_default=None)


@route(taken, "GET", "", Guard.PERSON, query=WorkListQuery(), answers=WorkListSchema())
def list_work(given: dict[str, Any]) -> Response:
    """The open tasks that the caller has or may take up, oldest first unless another order is asked."""
    service = here()
    limit, cursor, by = given.pop("limit"), given.pop("cursor"), given.pop("follow_up_by")
    given["order"], given["is_own"] = Order(given["order"]), given.pop("whose") is not None
    given["follow_up_before"] = None if by is None else end_of(by.isoformat())
    wanted = Wanted(**given, after=read_place(cursor), limit=limit + 1)
    found = reading.work_list(service.installation, caller().person, wanted, service.clock())
    last = found[limit - 1] if len(found) > limit else None
    return link_next(_WORK_LIST.dump({"items": found[:limit]}), None if last is None else write_place(last.place))


_WORK_LIST = WorkListSchema()


def write_place(place: Place) -> str:
    """Where the next page of a work list begins."""
    return f"{place.rank}.{write_cursor(place.at, place.id)}"


def read_place(cursor: str) -> Place | None:
    """The place that such a cursor names, None for the first page; Malformed for what we did not write."""
    rank, point, rest = cursor.partition(".")
    found = read_cursor(rest if point and rank in _RANKS else cursor)
    return None if found is None else Place(int(rank) if point else 0, *found)


_RANKS = ("0", "1", "2")


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


@route(taken, "GET", "/<id:task_id>/planning", Guard.PERSON, answers=PlanSchema())
def show_plan(task_id: str) -> Plan:
    """What is planned for a task."""
    service = here()
    return planning.read(service.installation, caller().person, task_id, service.clock())


@route(taken, "PUT", "/<id:task_id>/planning", Guard.PERSON, body=PlanAskSchema(), status=204)
def plan(given: dict[str, Any], task_id: str) -> None:
    """Say how pressing a task is and when to look at it again; by who has it or may take it up, and on no record."""
    service, priority = here(), Priority(given["priority"])
    planning.plan(service.installation, caller().person, task_id, priority, given["follow_up"], service.clock())


@route(taken, "GET", "/<id:task_id>/kandidaten", Guard.PERSON, answers=CandidateListSchema())
def list_candidates(task_id: str) -> dict[str, Any]:
    """The colleagues to whom the caller may hand this task over."""
    service = here()
    found = handing_over.offer(service.installation, caller().person, [task_id], service.clock())
    return {"items": [one for one, _count in found.candidates]}


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
