"""*Overdragen*: the choice of a colleague who gets a task, with a warning at who is away."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service import reading, tasks
from service.api.border import caller, here
from service.faults import Fault, Malformed
from service.guard import Guard
from service.web.absence import to_choose
from service.web.administration import attempted, sent_values
from service.web.screens import elsewhere, page, screen

_HANDING_OVER = "/taken/<id:task_id>/overdragen"


@screen("GET", _HANDING_OVER, Guard.PERSON)
def show_candidates(task_id: str) -> Response:
    """To whom the task can go."""
    return _page(task_id, 200, None)


@screen("POST", _HANDING_OVER, Guard.PERSON)
def hand_over(task_id: str) -> Response:
    """Let a colleague have the task."""

    def give() -> Response:
        service, to = here(), sent_values("persoon").get("persoon")
        if to is None:
            raise Malformed((Fault("persoon", "Kies een collega."),))
        tasks.assign(service.installation, caller().person, task_id, to, service.clock())
        return elsewhere("/werk")

    return attempted(give, lambda status, problem: _page(task_id, status, problem))


def _page(task_id: str, status: int, problem: dict[str, Any] | None) -> Response:
    service, by, now = here(), caller().person, here().clock()
    found = tasks.candidates(service.installation, by, task_id, now)
    view = reading.read_task(service.installation, by, task_id, now)
    return page(
        "taak_overdragen.html",
        status,
        taak=view.row,
        collegas=to_choose(found),
        probleem=problem,
        ingevuld=request.form,
    )
