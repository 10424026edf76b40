"""*Adviesverzoeken*: asking colleagues something while a task is open, and answering what one was asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Response, request

from engine.advice_requests import LONGEST
from engine.trail.record import Record
from service import advice_reading, advice_requests
from service.advice_requests import Wanted
from service.api.adviesverzoeken import AdviceAskSchema, AdviceDeclineSchema, AdviceReplySchema
from service.api.border import caller, here, loaded
from service.faults import Fault, Malformed
from service.guard import Guard
from service.web.absence import to_choose
from service.web.administration import attempted, sent_values
from service.web.screens import elsewhere, page, screen

_OF_TASK = "/taken/<id:task_id>/advies"
_ONE = f"{_OF_TASK}/<digest:digest>"
_ROWS = range(1, 6)
_PLACE = re.compile(r"aan(?:\[(\d+)\]\.(\w+))?")
_ANSWER, _DECLINE = "antwoorden", "afwijzen"


@screen("GET", _OF_TASK, Guard.PERSON)
def show_requests(task_id: str) -> Response:
    """What was asked for the task, what came of it, and the form to ask more."""
    return _requests_page(task_id, 200, None)


@screen("POST", _OF_TASK, Guard.PERSON)
def ask_advice(task_id: str) -> Response:
    """Ask the colleagues who were chosen, each with a term of its own."""

    def ask() -> Response:
        service = here()
        rows = [row for row in _ROWS if request.form.get(f"persoon{row}", "").strip()]
        asked = {
            "vraag": request.form.get("vraag", "").replace("\r\n", "\n").strip(),
            "aan": [_filled(row) for row in rows],
        }
        try:
            given = loaded(AdviceAskSchema(), asked)
            wanted = [Wanted(one["person"], one["working_days"]) for one in given["advisers"]]
            advice_requests.ask(
                service.installation, caller().person, task_id, given["question"], wanted, service.clock()
            )
        except Malformed as wrong:
            raise Malformed(tuple(_at_row(fault, rows) for fault in wrong.faults)) from wrong
        return elsewhere(f"/taken/{task_id}/advies")

    return attempted(ask, lambda status, problem: _requests_page(task_id, status, problem))


@screen("POST", f"{_ONE}/herinneren", Guard.PERSON)
def remind_adviser(task_id: str, digest: str) -> Response:
    """Remind who did not answer yet."""
    return _followed(advice_requests.remind, task_id, digest)


@screen("POST", f"{_ONE}/intrekken", Guard.PERSON)
def withdraw_request(task_id: str, digest: str) -> Response:
    """Let nobody wait for an answer any more."""
    return _followed(advice_requests.withdraw, task_id, digest)


def _followed(act: Callable[..., Record], task_id: str, digest: str) -> Response:
    """Do this with a request, and see all of them."""

    def done() -> Response:
        service = here()
        act(service.installation, caller().person, task_id, digest, service.clock())
        return elsewhere(f"/taken/{task_id}/advies")

    return attempted(done, lambda status, problem: _requests_page(task_id, status, problem))


@screen("GET", _ONE, Guard.PERSON)
def show_request(task_id: str, digest: str) -> Response:
    """What one was asked, with the form to answer."""
    return _request_page(task_id, digest, 200, None)


@screen("POST", _ONE, Guard.PERSON)
def reply(task_id: str, digest: str) -> Response:
    """Answer, or say that no advice comes."""

    def give() -> Response:
        service, by, asked = here(), caller().person, request.form.get("doe", "")
        words = request.form.get("antwoord", "").replace("\r\n", "\n").strip()
        if asked == _ANSWER:
            said = loaded(AdviceReplySchema(), {"antwoord": words})["answer"]
            advice_requests.answer(service.installation, by, task_id, digest, said, service.clock())
        elif asked == _DECLINE:
            said = loaded(AdviceDeclineSchema(), {"reden": words})["reason"]
            advice_requests.decline(service.installation, by, task_id, digest, said, service.clock())
        else:
            raise Malformed((Fault("doe", "Kies een van de knoppen."),))
        return elsewhere(f"/taken/{task_id}/advies/{digest}")

    return attempted(give, lambda status, problem: _request_page(task_id, digest, status, problem))


def _filled(row: int) -> dict[str, str]:
    sent = sent_values(f"persoon{row}", f"werkdagen{row}")
    return {name.rstrip("12345"): value for name, value in sent.items()}


def _at_row(fault: Fault, rows: list[int]) -> Fault:
    """The fault at the field where it was typed: the form has a field for each row."""
    found = _PLACE.fullmatch(fault.field)
    if found is None:
        return fault
    row = rows[int(found[1])] if found[1] else 1
    return Fault(f"{found[2] or 'persoon'}{row}", fault.message)


def _requests_page(task_id: str, status: int, problem: dict[str, Any] | None) -> Response:
    service, by, now = here(), caller().person, here().clock()
    found = advice_reading.of_task(service.installation, by, task_id, now)
    colleagues = advice_reading.advisers(service.installation, by, task_id, now) if found.may_ask else []
    return page(
        "advies.html",
        status,
        taak=found.row,
        verzoeken=found.requests,
        mag_vragen=found.may_ask,
        collegas=to_choose(colleagues),
        rijen=_ROWS,
        meeste_dagen=LONGEST,
        probleem=problem,
        ingevuld=request.form,
    )


def _request_page(task_id: str, digest: str, status: int, problem: dict[str, Any] | None) -> Response:
    service, by = here(), caller().person
    found, told, waits, away = advice_reading.read_one(service.installation, by, task_id, digest, service.clock())
    return page(
        "adviesverzoek.html",
        status,
        taak=found.row,
        een=told,
        wacht=waits,
        afwezig=away,
        probleem=problem,
        ingevuld=request.form,
    )
