"""Many tasks at once, or one: taken up, given back or handed over.

Each is an act of its own, so that one refusal stops no other; and of each is told how it went.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from service import handing_over, reading, tasks
from service.api.border import caller, here
from service.faults import Conflict, Fault, Malformed, Unknown
from service.guard import Guard
from service.hearing import Refused
from service.store_worklist import Wanted
from service.web.absence import to_choose
from service.web.administration import attempted
from service.web.language import gettext as _
from service.web.screens import elsewhere, page, screen, told
from service.web.work import came_from, way_back, work_page

_MOST = 50
_NAMED = 10  # colleagues, beside each task; the list to choose from has them all
_ID = re.compile(r"[0-9a-f-]{32,36}")
_CLAIM, _RELEASE, _HAND_OVER = "oppakken", "teruggeven", "overdragen"
_HANDING_OVER = "/werk/overdragen"


@screen("POST", "/werk", Guard.PERSON)
def take_together() -> Response:
    """Take up, or give back, every task that was ticked; to hand them over one is asked first to whom."""
    try:
        ids, what = _ticked(request.form), request.form.get("doe", "")
    except Malformed as wrong:
        status, members, _ = told(wrong)
        return work_page(came_from(), status, members)
    if what == _HAND_OVER:
        return _to_whom(ids)
    if what not in (_CLAIM, _RELEASE):
        raise Malformed((Fault("doe", "Kies een van de knoppen."),))
    return _together(what, ids, caller().person.id if what == _CLAIM else None)


@screen("GET", _HANDING_OVER, Guard.PERSON)
def show_candidates() -> Response:
    """To whom the tasks in the address can go; without any, the work list to tick them on."""
    return _to_whom(_ticked(request.args)) if "taak" in request.args else elsewhere("/werk")


@screen("POST", _HANDING_OVER, Guard.PERSON)
def hand_over() -> Response:
    """Let a colleague have every one of these tasks."""
    ids = _ticked(request.form)

    def give() -> Response:
        to = request.form.get("persoon", "")
        if not _ID.fullmatch(to):
            raise Malformed((Fault("persoon", "Kies een collega."),))
        return _together(_HAND_OVER, ids, to)

    return attempted(give, lambda status, problem: _to_whom(ids, status, problem))


def _ticked(sent: MultiDict[str, str]) -> list[str]:
    ids = list(dict.fromkeys(sent.getlist("taak")))
    if not 0 < len(ids) <= _MOST or not all(_ID.fullmatch(one) for one in ids):
        raise Malformed((Fault("taak", f"Vink 1 tot {_MOST} taken aan."),))
    return ids


def _to_whom(ids: list[str], status: int = 200, problem: dict[str, Any] | None = None) -> Response:
    service = here()
    found = handing_over.offer(service.installation, caller().person, ids, service.clock())
    every = len(found.lines)
    choices = to_choose(one for one, _count in found.candidates)
    counts = [count for _one, count in found.candidates]
    return page(
        "overdragen.html",
        status,
        taken=found.lines,
        nemers=found.takers,
        gemist=len(ids) - every,
        meeste=_NAMED,
        collegas=[
            (id_, name if count == every else f"{name}, {_part(count, every)}")
            for (id_, name), count in zip(choices, counts, strict=True)
        ],
        probleem=problem,
        ingevuld=request.form,
        vanwaar=way_back(),
    )


def _part(count: int, every: int) -> str:
    return _("voor %(aantal)d van de %(alle)d taken") % {"aantal": count, "alle": every}


def _together(what: str, ids: list[str], to: str | None) -> Response:
    """Let each of these tasks go to somebody, or back to everybody; and say of each how that went."""
    service, wanted = here(), Wanted(ids=tuple(ids), limit=len(ids))
    known = {one.id: one for one in reading.work_list(service.installation, caller().person, wanted, service.clock())}
    done = [(one, known.get(one), _stopped(one, to)) for one in ids]
    stopped = [members for _id, _line, members in done if members is not None]
    if not stopped and what != _HAND_OVER:
        return elsewhere(way_back())
    status = stopped[0]["status"] if stopped else 200
    return page("samen.html", status, doe=what, uitkomsten=done, niet=len(stopped), vanwaar=way_back())


def _stopped(task_id: str, to: str | None) -> dict[str, Any] | None:
    """Do this with one task; what is said when that did not succeed."""
    service, by = here(), caller().person
    try:
        if to is None:
            tasks.release(service.installation, by, task_id, service.clock())
        else:
            tasks.assign(service.installation, by, task_id, to, service.clock())
    except (Refused, Conflict, Unknown) as stop:
        return told(stop)[1]
    return None
