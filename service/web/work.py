"""*Mijn werk*: the open tasks that somebody has or may take up, with counts, choices, and who takes them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from marshmallow import validate

from engine.terms import Act, Rung
from service import advice_reading, desk, handing_over, planning, tasks
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import NumberField, PageSchema, TextField, one_of
from service.api.taken import PlanAskSchema, read_place, write_place
from service.desk import Desk, end_of_today, end_of_week
from service.faults import Conflict, Fault, Malformed, Unknown
from service.guard import Guard
from service.hearing import Refused
from service.planning import Priority
from service.store_worklist import Order, Wanted
from service.web.screens import elsewhere, page, screen, told

LATE, THIS_WEEK, TO_DECIDE, TO_FOLLOW_UP = "te-laat", "deze-week", "te-beslissen", "op-te-volgen"
_CHOICES = ("wijk", "fase", "groep", "handeling", "trede", "prioriteit", "volgorde", "zoek", "wat")
_SHELVES = (LATE, THIS_WEEK, TO_DECIDE, TO_FOLLOW_UP)
_MOST_AT_ONCE = 50
_ID = re.compile(r"[0-9a-f-]{32,36}")
_CLAIM, _RELEASE, _HAND_OVER = "oppakken", "teruggeven", "overdragen"


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
    service, now, asked = here(), here().clock(), read_query()
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
        bureau=found,
        ik=caller().person.id,
        gekozen={name: asked.get(name, "") for name in _CHOICES},
        handelingen=[act.value for act in Act],
        treden=[one.value for one in Rung],
        prioriteiten=[one.value for one in Priority],
        eerste=is_first,
        gevraagd=advice_reading.waiting_for(service.installation, caller().person, now) if is_first else [],
        volgende=_next(found, asked),
    )


def _next(found: Desk, asked: dict[str, str]) -> str:
    if found.after is None:
        return ""
    kept = {name: value for name, value in asked.items() if value and name != "cursor"}
    return f"/werk?{urlencode(kept | {'cursor': write_place(found.after)})}"


@screen("POST", "/werk", Guard.PERSON)
def take_together() -> Response:
    """Take up, or give back, every task that was ticked: each an act of its own, so that one refusal stops no other.

    To hand them over one is asked first to whom.
    """
    ids, what = _ticked(), request.form.get("doe", "")
    if what == _HAND_OVER:
        service, by = here(), caller().person
        return page("overdragen.html", aanbod=handing_over.offer(service.installation, by, ids, service.clock()))
    if what not in (_CLAIM, _RELEASE):
        raise Malformed((Fault("doe", "Kies een van de knoppen."),))
    return _together(what, ids, caller().person.id if what == _CLAIM else None)


@screen("POST", "/werk/overdragen", Guard.PERSON)
def hand_over_together() -> Response:
    """Hand every one of these tasks over to one colleague, in the same way."""
    ids, to = _ticked(), request.form.get("persoon", "")
    if not _ID.fullmatch(to):
        raise Malformed((Fault("persoon", "Kies aan wie u overdraagt."),))
    return _together(_HAND_OVER, ids, to)


def _ticked() -> list[str]:
    ids = list(dict.fromkeys(request.form.getlist("taak")))
    if not 0 < len(ids) <= _MOST_AT_ONCE or not all(_ID.fullmatch(one) for one in ids):
        raise Malformed((Fault("taak", f"Vink 1 tot {_MOST_AT_ONCE} taken aan."),))
    return ids


def _together(what: str, ids: list[str], to: str | None) -> Response:
    """Let each of these tasks go to somebody, or back to everybody."""
    stopped = [members for one in ids if (members := _passed(one, to)) is not None]
    if not stopped:
        return elsewhere("/werk")
    return page("samen.html", stopped[0]["status"], doe=what, gelukt=len(ids) - len(stopped), niet=stopped)


def _passed(task_id: str, to: str | None) -> dict[str, Any] | None:
    """Do this with one task; what is said when that did not succeed."""
    service, by = here(), caller().person
    try:
        if to is None:
            tasks.release(service.installation, by, task_id, service.clock())
        else:
            tasks.assign(service.installation, by, task_id, to, service.clock())
    except (Refused, Conflict, Unknown) as stop:
        return told(stop)[1] | {"taak": task_id}
    return None


@screen("POST", "/taken/<id:task_id>/planning", Guard.PERSON)
def plan(task_id: str) -> Response:
    """Say how pressing a task is and when to look at it again, and see it."""
    service = here()
    asked = {name: value for name in ("prioriteit", "opvolgen") if (value := request.form.get(name, "").strip())}
    given = loaded(_PLAN, asked)
    priority = Priority(given["priority"])
    planning.plan(service.installation, caller().person, task_id, priority, given["follow_up"], service.clock())
    return elsewhere(f"/taken/{task_id}")


@screen("POST", "/taken/<id:task_id>/oppakken", Guard.PERSON)
def claim(task_id: str) -> Response:
    """Take the task up, and see it."""
    service, by = here(), caller().person
    tasks.assign(service.installation, by, task_id, by.id, service.clock())
    return elsewhere(f"/taken/{task_id}")


@screen("POST", "/taken/<id:task_id>/teruggeven", Guard.PERSON)
def give_back(task_id: str) -> Response:
    """Give the task back to its group."""
    service = here()
    tasks.release(service.installation, caller().person, task_id, service.clock())
    return elsewhere("/werk")
