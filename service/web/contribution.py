"""*Meedoen*, without an account: react to an open question, on a page or on paper, and see what became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request

from engine.terms import Json, Values
from service import contributions, plans
from service.api.border import here, knock
from service.contributions import NOT_ASKED, Asked
from service.faults import Fault, Malformed, Unknown
from service.guard import Guard
from service.hearing import Refused
from service.plans import Matter
from service.web import filled_in
from service.web.controls import Drawing, fault_links
from service.web.screens import page, screen, told

TRAP = "adres_van_website"  # people do not see this field; who fills in every field is no person
# As seldom as somebody may try to log in: a person does not react ten times a minute, nor guess ten codes.
_REACTING, _FOLLOWING = "reageren", "bijdrage"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_TRAPPED = "Laat het veld “Laat dit veld leeg” leeg. Er is niets vastgelegd."
_INCOMPLETE = "Open de bladzijde opnieuw; het formulier is niet volledig aangekomen."


@screen("GET", "/wijken/<string:wijk>/reageren/<id:task_id>", Guard.ANYONE)
def show_question(wijk: str, task_id: str) -> Response:
    """The question with what was promised about it, and the form."""
    service = here()
    return _question_page(contributions.ask(service.installation, wijk, task_id, service.clock()), {})


@screen("POST", "/wijken/<string:wijk>/reageren/<id:task_id>", Guard.ANYONE)
def react(wijk: str, task_id: str) -> Response:
    """Take the reaction in; the page says the code under which one follows it."""
    service = here()
    knock(service.login_limit, _REACTING)
    found = contributions.ask(service.installation, wijk, task_id, service.clock())
    raw = _asked_of_people(found)
    values = filled_in.read(raw, request.form)
    try:
        token = _token()
        finished = filled_in.finished(values, [one for one in found.form.places if one.key not in NOT_ASKED])
        given = contributions.give(service.installation, wijk, task_id, token, finished, service.clock())
    except Malformed as wrong:
        status, members, _ = told(wrong)
        return _question_page(found, values, status, members, wrong.faults)
    except Refused as refused:
        status, members, _ = told(refused)
        return _question_page(found, values, status, members)
    return page("bijdrage_ontvangen.html", 201, wijk=wijk, vraag=found.question, gegeven=given)


@screen("POST", "/wijken/<string:wijk>/reageren/<id:task_id>/papier", Guard.ANYONE)
def print_form(wijk: str, task_id: str) -> Response:
    """The same form to print: the mark on the part for the desk, the code on the part to keep."""
    service = here()
    knock(service.login_limit, _REACTING)
    found = contributions.ask(service.installation, wijk, task_id, service.clock())
    slip = contributions.print_form(service.installation, wijk, task_id, _token(), service.clock())
    velden = tuple(Drawing(()).level(_asked_of_people(found), found.form.places, {}, {}))
    shown = {"wijk": found.wijk, "vraag": found.question, "strook": slip, "velden": velden}
    return page("bijdrage_papier.html", 201, stof=_matter(found), **shown)


@screen("GET", "/bijdrage", Guard.ANYONE)
def ask_code() -> Response:
    """Where one types the code; it never stands in an address."""
    return page("bijdrage.html", gevonden=None, fout="", code="")


@screen("POST", "/bijdrage", Guard.ANYONE)
def follow() -> Response:
    """What became of the contribution with this code."""
    service = here()
    knock(service.login_limit, _FOLLOWING)
    code = request.form.get("code", "")[:100]
    try:
        found = contributions.follow(service.installation, code, service.clock())
    except (Malformed, Unknown) as wrong:
        status, members, _ = told(wrong)
        why = wrong.faults[0].message if isinstance(wrong, Malformed) else members["detail"]
        return page("bijdrage.html", status, gevonden=None, fout=why, code="")
    return page("bijdrage.html", gevonden=found, fout="", code=code)


@screen("POST", "/bijdrage/bewijs", Guard.ANYONE)
def give_receipt() -> Response:
    """The receipt of the record (c2sp.org/tlog-proof), for who has the code."""
    service = here()
    knock(service.login_limit, _FOLLOWING)
    proof = contributions.receipt(service.installation, request.form.get("code", "")[:100], service.clock())
    answer = Response(proof, mimetype="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="bijdrage.tlog-proof"'
    return answer


def _token() -> str:
    if request.form.get(TRAP):
        raise Malformed((Fault(TRAP, _TRAPPED),))
    token = request.form.get("sleutel", "")
    if not _TOKEN.fullmatch(token):
        raise Malformed((Fault("sleutel", _INCOMPLETE),))
    return token


def _asked_of_people(found: Asked) -> Values:
    """The form without the fields that the website fills in itself."""
    parts = found.raw.get("components")
    kept = (
        [one for one in parts if not (isinstance(one, dict) and one.get("key") in NOT_ASKED)]
        if isinstance(parts, list)
        else []
    )
    return {**found.raw, "components": kept}


def _matter(found: Asked) -> Matter:
    asked = found.question
    return plans.matter(here().installation, asked.case.id, asked.task.step, asked.task.subject)


def _question_page(
    found: Asked,
    values: Values,
    status: int = 200,
    problem: dict[str, Json] | None = None,
    faults: Sequence[Fault] = (),
) -> Response:
    controls = tuple(Drawing(faults).level(_asked_of_people(found), found.form.places, values, values))
    return page(
        "reageren.html",
        status,
        wijk=found.question.case.wijk,
        naam=found.wijk,
        vraag=found.question,
        oordeel=found.ruling,
        stof=_matter(found),
        velden=controls,
        fouten=fault_links(faults, controls),
        probleem=problem,
        valstrik=TRAP,
        sleutel=request.form.get("sleutel") if status == 400 else here().installation.entropy(16).hex(),
    )
