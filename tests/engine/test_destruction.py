"""What is sealed is destroyed by two people, on a ground, after a term, and not when it must be kept (INV-45)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.conditions.destruction import COOLING_OFF, Readiness, readiness
from engine.terms import Action, Actor, Fact, Json, Ruling
from engine.trail.kinds import Kind
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    RESIDENT,
    TERMS,
    Dossier,
    allowed,
    ask,
    digest,
    given,
    person,
    refused,
    substitute,
)

ARCHIVE, OWNER = person("archief", "archivaris"), person("eigenaar", "proceseigenaar")
BOTH = person("allebei", "archivaris", "proceseigenaar")
AUDITOR = person("rekenkamer", "auditor")
VALUE, OTHER = digest("waarde"), digest("andere waarde")
REASON: Json = {"verzegeld": digest("reden")}
REQUEST: dict[str, Json] = {
    "waarden": [VALUE], "zaken": ["zaak-1"], "grond": "verzoek_betrokkene", "reden": REASON,
}  # fmt: skip
ASKED = AFTER_TERM - timedelta(days=2)


def register(*facts: Fact) -> Dossier:
    dossier = Dossier()
    dossier.facts.extend(facts)
    return dossier


def request(by: Actor = ARCHIVE, **values: Json) -> Fact:
    return given(Kind.DESTRUCTION_ASKED, REQUEST | values, ASKED, by.ref)


def order_of(asked: Fact, **values: Json) -> dict[str, Json]:
    return {"verzoek": asked.record, "waarden": [VALUE], "zaken": ["zaak-1"], "reden": REASON, **values}


def keeping(**values: Json) -> Fact:
    return given(Kind.KEEPING_ORDERED, {"reden": REASON, **values}, ASKED)


def order(actor: Actor, asked: Fact, *facts: Fact, **values: Json) -> Ruling:
    return ask(actor, None, order_of(asked, **values), register(asked, *facts), action=Action.ORDER)


def test_inv_45_one_asks_and_another_orders() -> None:
    allowed(ask(ARCHIVE, None, REQUEST, action=Action.DESTROY))
    allowed(order(OWNER, request()))


def test_inv_45_who_asked_never_orders_it_nor_who_stands_in_for_him() -> None:
    asked = request(BOTH)
    refused(order(BOTH, asked), "vernietigen/vier-ogen", "een ander")
    refused(order(substitute(OWNER, BOTH), asked), "vernietigen/vier-ogen", "een ander")
    refused(order(substitute(person("x"), OWNER), request()), "bevoegdheid/rol", "proceseigenaar")
    allowed(order(OWNER, asked))


@pytest.mark.parametrize("who", [COLLEGE, COORDINATOR, RESIDENT, AUDITOR, person("b", "beheerder"), person("niemand")])
def test_inv_45_nobody_else_asks_or_orders_or_says_what_must_be_kept(who: Actor) -> None:
    refused(ask(who, None, REQUEST, action=Action.DESTROY), "bevoegdheid/rol")
    refused(order(who, request()), "bevoegdheid/rol")
    refused(ask(who, None, {"zaken": ["zaak-1"], "reden": REASON}, action=Action.PRESERVE), "bevoegdheid/rol")
    withdrawal: dict[str, Json] = {"trekt_in": request().record, "reden": REASON}
    refused(ask(who, None, withdrawal, register(request()), action=Action.ABANDON), "bevoegdheid/rol")


@pytest.mark.parametrize("lost", ["waarden", "grond", "reden"])
def test_inv_45_a_request_names_its_values_its_ground_and_its_reason(lost: str) -> None:
    rest = {name: value for name, value in REQUEST.items() if name != lost}
    rule = "bevoegdheid/reden" if lost == "reden" else "vernietigen/gegevens"
    refused(ask(ARCHIVE, None, rest, action=Action.DESTROY), rule)


@pytest.mark.parametrize("values", [{"waarden": [VALUE, OTHER]}, {"waarden": [OTHER]}, {"waarden": []}, {"zaken": []}])
def test_inv_45_an_order_names_exactly_what_was_asked(values: dict[str, Json]) -> None:
    refused(order(OWNER, request(), **values), "vernietigen/verzoek", "precies")


def test_inv_45_an_order_rests_on_a_request_that_stands_and_is_given_once() -> None:
    asked = request()
    off = given(Kind.DESTRUCTION_CALLED_OFF, {"trekt_in": asked.record}, ASKED)
    refused(order(OWNER, asked, off), "vernietigen/verzoek", "niet is ingetrokken")
    once = given(Kind.DESTRUCTION_ORDERED, order_of(asked), ASKED, OWNER.ref)
    refused(order(OWNER, asked, once), "vernietigen/verzoek", "nog geen opdracht")
    refused(ask(OWNER, None, order_of(asked), action=Action.ORDER), "vernietigen/verzoek")


@pytest.mark.parametrize("kept", [{"waarden": [VALUE, OTHER]}, {"zaken": ["zaak-1", "zaak-2"]}])
def test_inv_45_what_must_be_kept_is_neither_asked_nor_ordered_away(kept: dict[str, Json]) -> None:
    duty = keeping(**kept)
    refused(ask(ARCHIVE, None, REQUEST, register(duty), action=Action.DESTROY), "vernietigen/bewaarplicht")
    refused(order(OWNER, request(), duty), "vernietigen/bewaarplicht")
    lifted = given(Kind.KEEPING_LIFTED, {"trekt_in": duty.record}, ASKED)
    allowed(order(OWNER, request(), duty, lifted))


def test_inv_45_an_order_waits_out_its_term_and_can_be_called_off_until_then() -> None:
    asked = request()
    ordered = given(Kind.DESTRUCTION_ORDERED, order_of(asked), ASKED, OWNER.ref)
    end = TERMS.end(COOLING_OFF, ASKED)
    assert end - ASKED >= timedelta(days=7)
    facts, late = [asked, ordered], end + timedelta(days=1)
    assert readiness(facts, ordered.record, TERMS, end - timedelta(seconds=1)) is Readiness.WAITING
    assert readiness(facts, ordered.record, TERMS, end) is Readiness.READY
    assert readiness([*facts, keeping(zaken=["zaak-1"])], ordered.record, TERMS, late) is Readiness.KEPT
    for named in (asked, ordered):
        off = given(Kind.DESTRUCTION_CALLED_OFF, {"trekt_in": named.record}, ASKED)
        assert readiness([*facts, off], ordered.record, TERMS, late) is Readiness.OFF
    assert readiness([asked], ordered.record, TERMS, late) is Readiness.OFF
