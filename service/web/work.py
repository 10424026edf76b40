"""*Mijn werk*: the open tasks that somebody has or may take up, with counts, choices, and who takes them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from marshmallow import validate

from engine.terms import Act, Rung
from service import desk, tasks
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import NumberField, PageSchema, TextField, one_of, read_cursor, write_cursor
from service.desk import Desk, end_of_week
from service.faults import Conflict, Fault, Malformed, Unknown
from service.guard import Guard
from service.hearing import Refused
from service.store_worklist import Wanted
from service.web.screens import elsewhere, page, screen, told

LATE, THIS_WEEK, TO_DECIDE = "te-laat", "deze-week", "te-beslissen"
_CHOICES = ("wijk", "fase", "groep", "handeling", "trede", "zoek", "wat")
_MOST_AT_ONCE = 50
_ID = re.compile(r"[0-9a-f-]{32,36}")
_CLAIM, _RELEASE = "oppakken", "teruggeven"


class WorkQuery(PageSchema):
    """Which part of the work; an empty choice is no choice."""

    limit = NumberField(load_default=25, validate=validate.Range(1, 200, error="Kies 1 tot 200."))
    wijk = TextField(longest=64, load_default="")
    phase = TextField(data_key="fase", longest=64, load_default="")
    role = TextField(data_key="groep", longest=64, load_default="")
    act = TextField(data_key="handeling", longest=20, load_default="")
    rung = TextField(data_key="trede", load_default="", validate=one_of("", *(rung.value for rung in Rung)))
    words = TextField(data_key="zoek", longest=100, load_default="")
    what = TextField(data_key="wat", load_default="", validate=one_of("", LATE, THIS_WEEK, TO_DECIDE))


_QUERY = WorkQuery()


@screen("GET", "/werk", Guard.PERSON)
def show_work() -> Response:
    """A page of the work list, oldest first."""
    service, now, asked = here(), here().clock(), read_query()
    given = loaded(_QUERY, asked)
    limit, cursor, what, rung = (given.pop(name) for name in ("limit", "cursor", "what", "rung"))
    chosen: dict[str, Any] = {name: value.strip() or None for name, value in given.items()}
    if what == LATE:
        chosen["due_before"] = now
    elif what == THIS_WEEK:
        chosen |= {"due_from": now, "due_before": end_of_week(now)}
    elif what == TO_DECIDE:
        chosen["act"] = Act.BESLUIT.value
    wanted = Wanted(**chosen, after=read_cursor(cursor), limit=limit)
    found = desk.come_in(service.installation, caller().person, wanted, now, Rung(rung) if rung else None)
    return page(
        "werk.html",
        bureau=found,
        ik=caller().person.id,
        gekozen={name: asked.get(name, "") for name in _CHOICES},
        handelingen=[act.value for act in Act],
        treden=[one.value for one in Rung],
        eerste="cursor" not in asked,
        volgende=_next(found, asked),
    )


def _next(found: Desk, asked: dict[str, str]) -> str:
    if found.after is None:
        return ""
    kept = {name: value for name, value in asked.items() if value and name != "cursor"}
    return f"/werk?{urlencode(kept | {'cursor': write_cursor(*found.after)})}"


@screen("POST", "/werk", Guard.PERSON)
def take_together() -> Response:
    """Take up, or give back, every task that was ticked: each an act of its own, so that one refusal stops no other."""
    ids, what = list(dict.fromkeys(request.form.getlist("taak"))), request.form.get("doe", "")
    if what not in (_CLAIM, _RELEASE):
        raise Malformed((Fault("doe", "Kies een van de knoppen."),))
    if not 0 < len(ids) <= _MOST_AT_ONCE or not all(_ID.fullmatch(one) for one in ids):
        raise Malformed((Fault("taak", f"Vink 1 tot {_MOST_AT_ONCE} taken aan."),))
    stopped = [members for one in ids if (members := _together(what, one)) is not None]
    if not stopped:
        return elsewhere("/werk")
    return page("samen.html", stopped[0]["status"], doe=what, gelukt=len(ids) - len(stopped), niet=stopped)


def _together(what: str, task_id: str) -> dict[str, Any] | None:
    """Do this with one task; what is said when that did not succeed."""
    service, by = here(), caller().person
    try:
        if what == _CLAIM:
            tasks.assign(service.installation, by, task_id, by.id, service.clock())
        else:
            tasks.release(service.installation, by, task_id, service.clock())
    except (Refused, Conflict, Unknown) as stop:
        return told(stop)[1] | {"taak": task_id}
    return None


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
