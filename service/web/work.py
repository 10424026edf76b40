"""*Mijn werk*: the open tasks that somebody has or may take up, with counts, choices, and who takes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response

from engine.terms import Act
from service import desk, tasks
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import PageSchema, TextField, one_of, read_cursor, write_cursor
from service.desk import end_of_week
from service.guard import Guard
from service.store_worklist import Wanted
from service.web.screens import elsewhere, page, screen

LATE, THIS_WEEK, TO_DECIDE = "te-laat", "deze-week", "te-beslissen"
_CHOICES = ("wijk", "fase", "groep", "handeling", "wat")


class WorkQuery(PageSchema):
    """Which part of the work; an empty choice is no choice."""

    wijk = TextField(longest=64, load_default="")
    phase = TextField(data_key="fase", longest=64, load_default="")
    role = TextField(data_key="groep", longest=64, load_default="")
    act = TextField(data_key="handeling", longest=20, load_default="")
    what = TextField(data_key="wat", load_default="", validate=one_of("", LATE, THIS_WEEK, TO_DECIDE))


@screen("GET", "/werk", Guard.PERSON)
def show_work() -> Response:
    """A page of the work list, oldest first."""
    service, now, asked = here(), here().clock(), read_query()
    given = loaded(WorkQuery(), asked)
    limit, cursor, what = given.pop("limit"), given.pop("cursor"), given.pop("what")
    chosen: dict[str, Any] = {name: value or None for name, value in given.items()}
    if what == LATE:
        chosen["due_before"] = now
    elif what == THIS_WEEK:
        chosen |= {"due_from": now, "due_before": end_of_week(now)}
    elif what == TO_DECIDE:
        chosen["act"] = Act.BESLUIT.value
    wanted = Wanted(**chosen, after=read_cursor(cursor), limit=limit + 1)
    found = desk.come_in(service.installation, caller().person, wanted, now)
    return page(
        "werk.html",
        bureau=found,
        taken=found.lines[:limit],
        ik=caller().person.id,
        gekozen={name: asked.get(name, "") for name in _CHOICES},
        handelingen=[act.value for act in Act],
        eerste="cursor" not in asked,
        volgende=_next(found.lines, limit, asked),
    )


def _next(lines: list[Any], limit: int, asked: dict[str, str]) -> str:
    if len(lines) <= limit:
        return ""
    last = lines[limit - 1]
    kept = {name: value for name, value in asked.items() if value and name != "cursor"}
    return f"/werk?{urlencode(kept | {'cursor': write_cursor(last.opened_at, last.id)})}"


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
