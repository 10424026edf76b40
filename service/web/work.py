"""*Mijn werk*: the open tasks that somebody has or may take up, with counts and choices; and one of them, taken up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request
from marshmallow import validate

from engine.terms import Act, Rung
from service import advice_reading, desk, planning, tasks
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import NumberField, PageSchema, TextField, one_of
from service.api.taken import PlanAskSchema, read_place, write_place
from service.desk import Desk, end_of_today, end_of_week
from service.faults import Malformed
from service.guard import Guard
from service.planning import Priority
from service.store_worklist import Order, Wanted
from service.web.screens import elsewhere, page, screen, told
from service.web.task import PLANNING, brief, keep_typed, task_page, typed

LATE, THIS_WEEK, TO_DECIDE, TO_FOLLOW_UP = "te-laat", "deze-week", "te-beslissen", "op-te-volgen"
_CHOICES = ("wijk", "fase", "groep", "handeling", "trede", "prioriteit", "volgorde", "zoek", "wat")
_PART = (*_CHOICES, "limit", "cursor")
_SHELVES = (LATE, THIS_WEEK, TO_DECIDE, TO_FOLLOW_UP)


class WorkQuery(PageSchema):
    """Which part of the work; an empty choice is no choice."""

    limit = NumberField(load_default=25, validate=validate.Range(1, 50, error="Kies 1 tot 50."))
    wijk = TextField(longest=64, load_default="")
    phase = TextField(data_key="fase", longest=64, load_default="")
    role = TextField(data_key="groep", longest=64, load_default="")
    act = TextField(data_key="handeling", longest=20, load_default="")
    rung = TextField(data_key="trede", load_default="", validate=one_of("", *(rung.value for rung in Rung)))
    words = TextField(data_key="zoek", longest=100, load_default="")
    what = TextField(data_key="wat", load_default="", validate=one_of("", *_SHELVES))
    priority = TextField(data_key="prioriteit", load_default="", validate=one_of("", *Priority))
    order = TextField(data_key="volgorde", load_default="", validate=one_of("", *Order))


_QUERY, _PLAN = WorkQuery(), PlanAskSchema()


@screen("GET", "/werk", Guard.PERSON)
def show_work() -> Response:
    """A page of the work list, oldest first unless another order is chosen."""
    return work_page(read_query())


def work_page(asked: dict[str, str], status: int = 200, problem: dict[str, Any] | None = None) -> Response:
    """The part of the work list that is asked for, with what was wrong with a choice from it."""
    service, now = here(), here().clock()
    given = loaded(_QUERY, asked)
    limit, cursor, what, rung, order = (given.pop(name) for name in ("limit", "cursor", "what", "rung", "order"))
    chosen: dict[str, Any] = {name: value.strip() or None for name, value in given.items()}
    if what == LATE:
        chosen["due_before"] = now
    elif what == THIS_WEEK:
        chosen |= {"due_from": now, "due_before": end_of_week(now)}
    elif what == TO_DECIDE:
        chosen["act"] = Act.BESLUIT.value
    elif what == TO_FOLLOW_UP:
        chosen |= {"follow_up_before": end_of_today(now), "is_own": True}
    wanted = Wanted(**chosen, order=Order(order or Order.OLDEST), after=read_place(cursor), limit=limit)
    is_first = "cursor" not in asked
    found = desk.come_in(service.installation, caller().person, wanted, now, Rung(rung) if rung else None)
    return page(
        "werk.html",
        status,
        probleem=problem,
        bureau=found,
        ik=caller().person.id,
        gekozen={name: asked.get(name, "") for name in _CHOICES},
        hier=_address(asked, *_PART),
        begin=_address(asked, *_CHOICES, "limit"),
        handelingen=[act.value for act in Act],
        treden=[one.value for one in Rung],
        prioriteiten=[one.value for one in Priority],
        eerste=is_first,
        gevraagd=advice_reading.waiting_for(service.installation, caller().person, now) if is_first else [],
        volgende=_next(found, asked),
    )


def _next(found: Desk, asked: dict[str, str]) -> str:
    return _address(asked | {"cursor": write_place(found.after)}, *_PART) if found.after else ""


def _address(asked: Mapping[str, str], *names: str) -> str:
    kept = {name: asked[name] for name in names if asked.get(name)}
    return f"/werk?{urlencode(kept)}" if kept else "/werk"


def came_from() -> dict[str, str]:
    """The part of the work list on which the form stood that was sent."""
    return {name: value for name, value in parse_qsl(request.form.get("hier", "").partition("?")[2]) if name in _PART}


def way_back() -> str:
    """The address of that part, so that who works through the list goes on where he was."""
    return _address(came_from(), *_PART)


@screen("POST", "/taken/<id:task_id>/planning", Guard.PERSON)
def plan(task_id: str) -> Response:
    """Say how pressing a task is and when to look at it again, and see it with what was typed so far."""
    service = here()
    asked = {name: value for name, field in PLANNING.items() if (value := request.form.get(field, "").strip())}
    try:
        given = loaded(_PLAN, asked)
        priority = Priority(given["priority"])
        planning.plan(service.installation, caller().person, task_id, priority, given["follow_up"], service.clock())
    except Malformed as wrong:
        status, members, _ = told(wrong)
        faults = tuple(replace(one, field=PLANNING.get(one.field, one.field)) for one in wrong.faults)
        found = brief(task_id)
        return task_page(found, *typed(found), status, members, faults)
    keep_typed(task_id)
    return elsewhere(f"/taken/{task_id}")


@screen("POST", "/taken/<id:task_id>/oppakken", Guard.PERSON)
def claim(task_id: str) -> Response:
    """Take the task up, and see it with what was typed so far."""
    service, by = here(), caller().person
    tasks.assign(service.installation, by, task_id, by.id, service.clock())
    keep_typed(task_id)
    return elsewhere(f"/taken/{task_id}")


@screen("POST", "/taken/<id:task_id>/teruggeven", Guard.PERSON)
def give_back(task_id: str) -> Response:
    """Give the task back to its group."""
    service = here()
    tasks.release(service.installation, caller().person, task_id, service.clock())
    return elsewhere(way_back())
