"""Advice requests: who may ask and be asked, who answers, and that what participants advise is another thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.advice_requests import LONGEST, Sort, requests_in
from engine.registers import Registers, facts_of
from engine.terms import Act, Action, Actor, Json, Register, Ruling
from engine.trail.kinds import Kind
from tests.engine.rights_world import (
    AFTER_TERM,
    CASE,
    COLLEGE,
    COORDINATOR,
    GROUP,
    LAWYER,
    RESIDENT,
    Dossier,
    allowed,
    ask,
    given,
    person,
    refused,
    substitute,
    task_for,
)

WORK = task_for(Act.WERK, "wijkcoordinator")
ABOUT: dict[str, Json] = {"taak": WORK.id, "adviseur": LAWYER.ref}
QUESTION: dict[str, Json] = {**ABOUT, "soort": "gevraagd", "vraag": {"verzegeld": "a" * 64}, "werkdagen": 5}
ASKED: dict[str, Json] = {**QUESTION, "uiterlijk": "2026-10-27"}
KINDS = {
    Sort.ASKED: Kind.ADVICE_REQUESTED,
    Sort.ANSWERED: Kind.REQUEST_ANSWERED,
    Sort.DECLINED: Kind.REQUEST_DECLINED,
    Sort.REMINDED: Kind.REQUEST_REMINDED,
    Sort.WITHDRAWN: Kind.REQUEST_WITHDRAWN,
}


def dossier(*sorts: Sort) -> tuple[Dossier, str]:
    """A dossier in which the lawyer was asked, after which this happened; with the digest of the request."""
    found = Dossier()
    found.facts.append(given(Kind.ADVICE_REQUESTED, ASKED, AFTER_TERM - timedelta(hours=9), COORDINATOR.ref))
    request = found.facts[-1].record
    for number, sort in enumerate(sorts):
        row: dict[str, Json] = {**ABOUT, "soort": sort.value, "verzoek": request}
        found.facts.append(given(KINDS[sort], row, AFTER_TERM - timedelta(hours=8 - number), LAWYER.ref))
    return found, request


def request(who: Actor, other: Actor | None = LAWYER, known: Dossier | None = None, **values: Json) -> Ruling:
    return ask(who, WORK, QUESTION | values, known, action=Action.REQUEST, other=other)


def test_who_may_do_the_task_asks_a_colleague_who_may_read_the_case() -> None:
    allowed(request(COORDINATOR), "taak/voorleggen")


@pytest.mark.parametrize("who", [RESIDENT, COLLEGE, LAWYER, person("vreemde")])
def test_taak_kandidaat_nobody_else_asks(who: Actor) -> None:
    refused(request(who, person("ander", "griffie")), "taak/kandidaat")


def test_adviesverzoek_vrager_residents_ask_no_colleagues() -> None:
    lane = task_for(Act.WERK, "deelnemers", subject="I-02")
    refused(ask(GROUP, lane, QUESTION, action=Action.REQUEST, other=LAWYER), "adviesverzoek/vrager", "medewerker")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (None, "een ander"),
        (COORDINATOR, "een ander"),
        (RESIDENT, "medewerker"),
        (GROUP, "medewerker"),
        (person("vreemde"), "medewerker"),
        (person("rekenkamer", "auditor"), "medewerker"),
        (substitute(person("invaller"), LAWYER), "medewerker"),
    ],
)
def test_adviesverzoek_gegevens_whoever_cannot_be_asked_is_not(other: Actor | None, said: str) -> None:
    refused(request(COORDINATOR, other), "adviesverzoek/gegevens", said)


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1, None, True, "5"])
def test_adviesverzoek_gegevens_a_term_is_so_many_working_days(days: Json) -> None:
    refused(request(COORDINATOR, werkdagen=days), "adviesverzoek/gegevens", "werkdagen")


def test_adviesverzoek_gegevens_there_is_a_question_and_none_is_open_already() -> None:
    refused(request(COORDINATOR, vraag=None), "adviesverzoek/gegevens", "vraag")
    refused(request(COORDINATOR, known=dossier()[0]), "adviesverzoek/gegevens", "openstaan")
    for ended in (Sort.ANSWERED, Sort.DECLINED, Sort.WITHDRAWN):
        allowed(request(COORDINATOR, known=dossier(ended)[0]))
    other = replace(WORK, id="andere-taak")
    allowed(ask(COORDINATOR, other, QUESTION, dossier()[0], action=Action.REQUEST, other=LAWYER))


@pytest.mark.parametrize("sort", [Sort.ANSWERED, Sort.DECLINED])
def test_adviesverzoek_gevraagd_only_who_was_asked_answers(sort: Sort) -> None:
    known, named = dossier(Sort.REMINDED)
    values: dict[str, Json] = {**ABOUT, "soort": sort.value, "verzoek": named, "antwoord": {"verzegeld": "b" * 64}}
    allowed(ask(LAWYER, WORK, values, known, action=Action.REPLY), "taak/beantwoorden")
    for who in (COORDINATOR, COLLEGE, RESIDENT, substitute(COORDINATOR, LAWYER)):
        refused(ask(who, WORK, values, known, action=Action.REPLY), "adviesverzoek/gevraagd")
    claims = values | {"adviseur": COORDINATOR.ref}
    refused(ask(COORDINATOR, WORK, claims, known, action=Action.REPLY), "adviesverzoek/gevraagd")
    elsewhere = replace(WORK, id="andere-taak")
    refused(ask(LAWYER, elsewhere, values, known, action=Action.REPLY), "adviesverzoek/gevraagd")
    for ended in (Sort.ANSWERED, Sort.DECLINED, Sort.WITHDRAWN):
        known, named = dossier(ended)
        refused(ask(LAWYER, WORK, values | {"verzoek": named}, known, action=Action.REPLY), "adviesverzoek/gevraagd")


def test_adviesverzoek_antwoord_an_answer_says_something() -> None:
    known, named = dossier()
    for empty in (None, "", "\u2800"):
        values: dict[str, Json] = {**ABOUT, "soort": "beantwoord", "verzoek": named, "antwoord": empty}
        refused(ask(LAWYER, WORK, values, known, action=Action.REPLY), "adviesverzoek/antwoord")
    allowed(ask(LAWYER, WORK, {**ABOUT, "soort": "afgewezen", "verzoek": named}, known, action=Action.REPLY))


@pytest.mark.parametrize("sort", [Sort.REMINDED, Sort.WITHDRAWN])
def test_adviesverzoek_open_what_is_over_is_not_reminded_of_or_withdrawn(sort: Sort) -> None:
    known, named = dossier()
    values: dict[str, Json] = {**ABOUT, "soort": sort.value, "verzoek": named}
    allowed(ask(COORDINATOR, WORK, values, known, action=Action.REQUEST))
    refused(ask(LAWYER, WORK, values, known, action=Action.REQUEST), "taak/kandidaat")
    refused(ask(COORDINATOR, WORK, values, known, action=Action.REQUEST, assignee="ander"), "taak/behandelaar")
    refused(ask(COORDINATOR, WORK, values | {"verzoek": "f" * 64}, known, action=Action.REQUEST), "adviesverzoek/open")
    known, named = dossier(Sort.ANSWERED)
    refused(ask(COORDINATOR, WORK, values | {"verzoek": named}, known, action=Action.REQUEST), "adviesverzoek/open")


@pytest.mark.parametrize("values", [{}, {"soort": "onzin"}, {"soort": 3}, {"soort": "gevraagd", "verzoek": []}])
def test_what_says_nothing_that_we_know_is_refused(values: dict[str, Json]) -> None:
    for action in (Action.REQUEST, Action.REPLY):
        assert not ask(COORDINATOR, WORK, values, dossier()[0], action=action, other=LAWYER).allowed


def test_it_is_late_after_its_last_day_and_not_before() -> None:
    (one,) = requests_in(dossier()[0].facts)
    assert not one.is_late(one.due) and one.is_late(one.due + timedelta(milliseconds=1))
    assert one.due.isoformat() == "2026-10-27T23:59:59.999000+01:00"
    (done,) = requests_in(dossier(Sort.REMINDED, Sort.ANSWERED)[0].facts)
    assert not done.is_open and not done.came_late and done.reminded_at is not None


def test_it_is_no_advice_of_participants_and_stands_in_no_other_register() -> None:
    known = Registers(dossier(Sort.ANSWERED)[0].facts, AFTER_TERM)
    assert {one.register for one in known.in_turn(*Register)} == {Register.ADVIESVERZOEKEN}


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_refused_one_is_no_row(kind: Kind) -> None:
    body: dict[str, Json] = {"kind": kind.value, "case": CASE, "at": "2026-10-20T09:00:00.000Z", "values": dict(ASKED)}
    assert [one.subject for one in facts_of(body, "c" * 64)] == [LAWYER.ref]
    assert facts_of(body | {"ruling": {"outcome": "refused"}}, "c" * 64) == ()
