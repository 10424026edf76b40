"""A correction stands beside what it corrects; what others build on is not corrected at all."""

from __future__ import annotations

import pytest

from engine.registers import Registers, facts_of, moment
from engine.terms import Act, Action, Actor, Fact, Json, Register, Ruling
from engine.trail.kinds import Kind
from tests.engine.rights_world import (
    AFTER_TERM,
    CASE,
    COLLEGE,
    COORDINATOR,
    LAWYER,
    RESIDENT,
    Dossier,
    allowed,
    ask,
    digest,
    frame_values,
    membership,
    person,
    refused,
)

GIVEN: dict[str, Json] = {"titel": "Verslag van 3 maart"}


def made(act: Act, by: Actor = COORDINATOR, role: str = "wijkcoordinator", case: str = CASE) -> tuple[Dossier, Fact]:
    dossier = Dossier()
    return dossier, dossier.act(act, by, {"titel": "Verslag van 2 maart"}, role=role, case=case)


def correct(who: Actor, dossier: Dossier, regel: str, values: Json = None, reason: str = "verschreven") -> Ruling:
    asked: dict[str, Json] = {"regel": regel, "gegevens": GIVEN if values is None else values, "reden": reason}
    return ask(who, None, asked, dossier, action=Action.CORRECT)


@pytest.mark.parametrize(
    "act", [Act.PRODUCT, Act.PUBLICATIE, Act.BIJEENKOMST, Act.WERK, Act.AFHANDELING, Act.KENNISNAME]
)
def test_who_made_a_record_or_holds_that_role_corrects_it(act: Act) -> None:
    dossier, fact = made(act)
    allowed(correct(COORDINATOR, dossier, fact.record), "zaak/corrigeren")
    allowed(correct(person("collega", "wijkcoordinator"), dossier, fact.record))
    refused(correct(COLLEGE, dossier, fact.record), "correctie/rol", "wijkcoordinator")
    elsewhere = person("buur", membership("wijkcoordinator", wijk="voorhof"))
    refused(correct(elsewhere, dossier, fact.record), "correctie/rol")


@pytest.mark.parametrize(
    "act",
    [
        *(Act.KADER, Act.ZELFBINDING, Act.VOORSTEL, Act.BESLUIT, Act.BEKRACHTIGING),
        *(Act.STEMMING, Act.BOEKING, Act.TOEZEGGING, Act.INSTEMMING),
    ],
)
def test_inv_19_what_others_build_on_is_not_corrected(act: Act) -> None:
    dossier = Dossier()
    values = frame_values("D09", "raadplegen") if act is Act.KADER else dict(GIVEN)
    dossier.act(act, COLLEGE, values, step="D09", role="college")
    named = dossier.facts[0].record
    for who in (COLLEGE, COORDINATOR, RESIDENT):
        refused(correct(who, dossier, named), "INV-19", str(act))


@pytest.mark.parametrize("name", ["kenmerk", "optietoets", "strekking", "betreft", "voor_besluit"])
def test_inv_19_a_field_on_which_rulings_rest_is_not_corrected(name: str) -> None:
    dossier, fact = made(Act.PRODUCT)
    refused(correct(COORDINATOR, dossier, fact.record, {name: "anders"}), "INV-19", name)


@pytest.mark.parametrize("act", [Act.INBRENG, Act.ADVIES])
def test_inv_25_the_words_of_another_are_not_corrected_whatever_the_role(act: Act) -> None:
    role = "bewoner" if act is Act.INBRENG else "jurist"
    maker = RESIDENT if act is Act.INBRENG else LAWYER
    dossier, fact = made(act, maker, role)
    allowed(correct(maker, dossier, fact.record))
    for who in (COORDINATOR, COLLEGE, person("ander", role), person("beheer", "beheerder")):
        refused(correct(who, dossier, fact.record), "INV-25")


def test_inv_19_a_correction_leaves_the_row_as_it_is_and_moves_no_ruling() -> None:
    dossier, fact = made(Act.PRODUCT)
    body: dict[str, Json] = {
        "kind": Kind.RECORD_CORRECTED.value,
        "case": "zaak-1",
        "at": moment(dossier.now),
        "actor": {"ref": "coordinator"},
        "values": {"regel": fact.record, "gegevens": GIVEN, "reden": "verschreven"},
        "ruling": {"outcome": "allowed"},
    }
    (row,) = facts_of(body, digest("verbetering"))
    registers = Registers((*dossier.facts, row), AFTER_TERM)
    assert registers.all(Register.PRODUCTEN) == (fact,)
    assert registers.all(Register.CORRECTIES) == (row,) and row.register is Register.CORRECTIES
    dossier.facts.append(row)
    refused(correct(COORDINATOR, dossier, row.record), "correctie/regel")  # it is no act: correct the act again
    allowed(correct(COORDINATOR, dossier, fact.record))


def test_there_must_be_something_to_correct_and_a_reason() -> None:
    dossier, fact = made(Act.PRODUCT)
    refused(correct(COORDINATOR, dossier, digest("nergens")), "correctie/regel")
    refused(correct(COORDINATOR, dossier, fact.record, {}), "correctie/regel", "gegevens")
    refused(correct(COORDINATOR, dossier, fact.record, reason=" "), "bevoegdheid/reden")
    elsewhere, other = made(Act.PRODUCT, case="zaak-2")
    refused(correct(COORDINATOR, elsewhere, other.record), "correctie/regel")


@pytest.mark.parametrize("status", ["lopend", "opgeschort", "gereed"])
def test_a_mistake_is_corrected_also_after_the_case_ended(status: str) -> None:
    dossier, fact = made(Act.PRODUCT)
    asked: dict[str, Json] = {"regel": fact.record, "gegevens": GIVEN, "reden": "verschreven"}
    allowed(ask(COORDINATOR, None, asked, dossier, action=Action.CORRECT, status=status))
