"""What is put to the vote: no option that fails a rule of the city, or serves one household, on any road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine import ballot
from engine.registers import Registers
from engine.terms import Act, Json, Ruling
from tests.engine.rights_world import (
    COLLEGE,
    INTEREST,
    LAWYER,
    PASSED,
    PLAY,
    TABLES,
    Dossier,
    allowed,
    ask,
    binding_values,
    refused,
    task_for,
)
from tests.engine.test_ballot import (
    A_WINS,
    BALLOT,
    BEFORE,
    CLOSED,
    EXTRA,
    VOTES,
    binds,
    count,
    filled,
    opened,
    opens,
    promised,
    recorded,
    results,
)

CHECKS = task_for(Act.ADVIES, "jurist", "D07", "I-05", "meebeslissen")
FIT: dict[str, Json] = {"rechtmatig": True, "uitvoerbaar": True}
WB = ("wb1", "wb2", "wb3", "wb4", "wb5", "wb7")


def rules(**other: str) -> dict[str, Json]:
    given = PASSED["toets_per_regel"]
    assert isinstance(given, dict)
    return {"toets_per_regel": {**given, **other}}


def rows(**changed: Mapping[str, Json]) -> dict[str, Json]:
    """The check of three options, all of them found fit; `changed` by name."""
    made: list[Json] = [{"optie": name, **FIT, **PASSED, **INTEREST, **changed.get(name, {})} for name in "ABC"]
    return {"optietoets": made}


def bound(**more: Json) -> Dossier:
    """A dossier in which a ballot was promised and nothing was checked."""
    dossier = Dossier().framed("D07", "meebeslissen").framed("D07", "meebeslissen", "I-05")
    binds(dossier, BALLOT | more)
    dossier.now = BEFORE
    return dossier


def checks(dossier: Dossier, values: Mapping[str, Json]) -> Ruling:
    return ask(LAWYER, CHECKS, values, dossier, now=BEFORE)


@pytest.mark.parametrize("rule", WB)
def test_inv_27_no_option_is_found_fit_that_fails_a_rule_of_the_city(rule: str) -> None:
    allowed(checks(bound(), rows()))
    refused(checks(bound(), rows(B=rules(**{rule: "nee"}))), "INV-27", f"optie B: {rule.upper()}")
    unfit = rules(**{rule: "nee"}) | {"rechtmatig": False, "reden": "haalt de regel niet"}
    allowed(checks(bound(), rows(B=unfit)))


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"toets_per_regel": {}}, "geen antwoord"),
        ({"toets_per_regel": None}, "geen antwoord"),
        ({"toets_per_regel": "voldoet"}, "geen antwoord"),
        (rules(wb7=""), "WB7"),
        ({"inspanning": ""}, "welke inspanning"),
    ],
)
def test_inv_27_no_rule_is_left_unanswered_for_an_option(said: dict[str, Json], what: str) -> None:
    refused(checks(bound(), rows(C=said)), "INV-27", what)


@pytest.mark.parametrize(
    "said",
    [
        {"aantal_belanghebbenden": 1, "individueel_voordeel": "ja"},
        {"aantal_belanghebbenden": None},
        {"individueel_voordeel": ""},
        {"aantal_belanghebbenden": 3, "individueel_voordeel": "ja", "openbare_ruimte": "ja"},
    ],
)
def test_inv_20_nobody_votes_on_what_serves_one_household_or_leaves_a_doubt(said: dict[str, Json]) -> None:
    refused(checks(bound(), rows(A=said)), "INV-20", "optie A")


def test_inv_27_a_self_binding_that_checks_its_own_options_tests_them_as_well() -> None:
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05", "meebeslissen")
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    promise = binding_values() | BALLOT
    allowed(ask(COLLEGE, task, promise | rows(), dossier))
    refused(ask(COLLEGE, task, promise | rows(A=rules(wb7="nee")), dossier), "INV-27", "WB7")
    refused(ask(COLLEGE, task, promise | rows(A={"aantal_belanghebbenden": None}), dossier), "INV-20")


def test_inv_27_a_product_brings_in_no_check_that_an_advice_may_not() -> None:
    task = task_for(Act.PRODUCT, "jurist", "D07", "I-05")
    allowed(ask(LAWYER, task, rows(), bound(), now=BEFORE))
    refused(ask(LAWYER, task, rows(A=rules(wb1="nee")), bound(), now=BEFORE), "INV-27", "WB1")


def test_inv_27_a_check_about_everything_is_one_of_each_subject() -> None:
    everywhere = task_for(Act.ADVIES, "jurist", "D07", "*", "meebeslissen")
    refused(ask(LAWYER, everywhere, rows(A=rules(wb1="nee")), bound(), now=BEFORE), "INV-27", "WB1")


def test_inv_27_and_inv_20_an_option_that_slipped_in_is_not_put_to_the_vote() -> None:
    for said, rule in (
        (rules(wb7="nee"), "INV-27"),
        ({"toets_per_regel": {}}, "INV-27"),
        ({"openbare_ruimte": ""}, "INV-20"),
    ):
        dossier = bound()
        dossier.act(Act.ADVIES, LAWYER, rows(B=said), step="D07", subject="I-05", role="jurist")
        refused(opens(dossier, now=BEFORE + timedelta(hours=1)), rule, "optie B")


def test_inv_27_nobody_types_how_the_winner_was_tested() -> None:
    dossier = promised()
    opened(dossier)
    count(dossier, A_WINS)
    assert filled(dossier, EXTRA, CLOSED)["toets_per_regel"] == PASSED["toets_per_regel"]
    refused(results(dossier, rules(wb7="nee")), "INV-04", "toets_per_regel")
    refused(results(dossier, {"toets_per_regel": {}}), "INV-04", "toets_per_regel")
    allowed(results(dossier, rules()), "D07/meebeslissen")


def test_inv_27_what_is_checked_after_the_opening_changes_nothing_that_is_voted_on() -> None:
    dossier = promised()
    opened(dossier)
    dossier.act(Act.ADVIES, LAWYER, rows(A=rules(wb7="nee")), step="D07", subject="I-05", role="jurist")
    count(dossier, A_WINS)
    assert filled(dossier, EXTRA, CLOSED)["toets_per_regel"] == PASSED["toets_per_regel"]
    recorded(dossier)


def test_inv_15_without_the_rules_of_the_city_nobody_opens_a_ballot() -> None:
    dossier = promised()
    values = filled(dossier, {"van": "2026-11-02", "tot": "2026-11-16"}, BEFORE)
    expired = replace(TABLES["wijkbudget_spelregels"], until=date(2026, 10, 1))
    for tables in ({**TABLES, "wijkbudget_spelregels": expired}, {"uitslag": TABLES["uitslag"]}):
        refused(ask(PLAY, VOTES, values, dossier, now=BEFORE, tables=tables), "INV-15")


def test_at_another_step_a_ballot_is_no_contribution() -> None:
    dossier = Dossier().framed("D11", "meebeslissen", "I-05")
    promise = binding_values() | BALLOT
    dossier.act(Act.ZELFBINDING, COLLEGE, promise, step="D11", subject="I-05", role="college")
    task = task_for(Act.ADVIES, "jurist", "D11", "I-05", "meebeslissen")
    plain: list[Json] = [{"optie": "A", **FIT}]
    allowed(ask(LAWYER, task, {"optietoets": plain}, dossier, now=BEFORE))


def test_who_agrees_without_a_ballot_is_tested_in_the_decision_itself() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    binds(dossier, {})
    plain: list[Json] = [{"optie": "A", **FIT}]
    allowed(ask(LAWYER, CHECKS, {"optietoets": plain}, dossier, now=BEFORE))
    assert ballot.running(Registers(dossier.facts, BEFORE), "D07", "I-05") is None
