"""Bookings: nothing above the budget, each on a decision that covers it, whatever spelling, splitting or repeating."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger import Ledger, figures, ledger_of
from engine.operations import run
from engine.registers import Registers
from engine.terms import Act, Actor, ActSpec, Json, Ruling, Task
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    OUTCOME,
    PLATFORM,
    RESIDENT,
    TABLES,
    Dossier,
    allowed,
    ask,
    attempt,
    mandate,
    person,
    refused,
    task_for,
)

BOOKS = task_for(Act.BOEKING, "wijkcoordinator")
SETS_BUDGET = task_for(Act.BOEKING, "college")
SHIFTS = task_for(Act.BOEKING, "wijkcoordinator", "D11")
ORGAN_SHIFTS = task_for(Act.BOEKING, "college", "D11")
BOTTLENECK = task_for(Act.BESLUIT, "wijkcoordinator", "D12")
ADOPTS = task_for(Act.BESLUIT, "college", "D09")
ITEMS = {"I-01": 1_450_000, "I-02": 3_800_000, "I-03": 2_200_000, "I-04": 550_000, "I-05": 2_500_000}
D11_MANDATE = mandate("wijkcoordinator", "D11", {"plafond": 150_000, "tot": "2028-12-31"})
MANDATED = person("coordinator", "wijkcoordinator", facts=(D11_MANDATE,))


def programme(items: Mapping[str, int] = ITEMS, **more: Json) -> dict[str, Json]:
    listed: list[Json] = [{"onderdeel": name, "velden": {"bedrag": amount}} for name, amount in items.items()]
    rows: list[Json] = [{"post": name, "bedrag": amount} for name, amount in items.items()]
    return {"motivering": "x", "onderdelen": listed, "bestedingsvoorstel": rows, "inbrengregister": 0, **more}


def adopted(items: Mapping[str, int] = ITEMS) -> Dossier:
    dossier = Dossier().budgeted().planned(*items)
    dossier.decided(programme(items, kenmerk="D09"), "D09", "*", "raadplegen", by="bestuurder", role="college")
    return dossier


def bottleneck(dossier: Dossier, amount: int, mark: str) -> None:
    values: dict[str, Json] = {"knelpunt": mark, "bedrag": amount, "kenmerk": mark}
    dossier.decided(values, "D12", "*", "meeweten", by="coordinator", role="wijkcoordinator")


def ledger(dossier: Dossier) -> Ledger:
    return ledger_of(Registers(dossier.facts, AFTER_TERM.replace(year=2030)))


def booking(
    sort: str, post: str, amount: Json, decision: str = "D09", mark: str = "F-1", **more: Json
) -> dict[str, Json]:
    return {"soort": sort, "post": post, "bedrag": amount, "besluit": decision, "kenmerk": mark, **more}


def book(dossier: Dossier, *named: Json, actor: Actor = COORDINATOR, **more: Json) -> Ruling:
    return ask(actor, BOOKS, booking(*named, **more), dossier)  # type: ignore[arg-type]


# --- the scenario's year ---------------------------------------------------------------------------------------------


def the_year() -> Dossier:
    dossier = adopted()
    dossier.booked("verschuiving", "I-03", 120_000, "", "V-1", naar="I-02")
    spent = {"I-01": 1_412_000, "I-02": 3_920_000, "I-03": 980_000, "I-04": 510_000, "I-05": 2_465_000}
    for post, amount in spent.items():
        dossier.booked("uitgave", post, amount, "D09", f"F-{post}")
    for number, amount in enumerate((185_000, 64_000, 220_000, 145_000, 98_000, 122_000)):
        bottleneck(dossier, amount, f"K-{number}")
        dossier.booked("uitgave", "knelpunten", amount, f"K-{number}", f"FK-{number}")
    dossier.booked("uitgave", "communicatie", 490_000, "B-2027", "F-com")
    for post in ("I-01", "I-02", "I-04", "I-05"):
        dossier.decided({"bewijs": "foto"}, "D13", post, "coproduceren", role="wijkcoordinator")
    dossier.decided(
        {"besluit": "uitgesteld", "reden": "verkeersbesluit"}, "D11", "I-03", "coproduceren", role="college"
    )
    return dossier


def test_the_account_of_the_year_gives_the_figures_of_the_scenario() -> None:
    account = run("jaarrekening", {}, tuple(the_year().facts), AFTER_TERM.replace(year=2028))
    assert account["totalen"] == {
        "budget": 12_000_000,
        "uitgegeven": 10_611_000,
        "over": 1_389_000,
        "gebonden": 1_100_000,
        "vrij": 289_000,
    }
    stays = ledger(the_year()).post("i-03")
    assert stays is not None and (stays.tied, stays.state) == (1_100_000, "uitgesteld")


def test_every_booking_of_that_year_is_one_that_the_rules_allow() -> None:
    whole = the_year()
    for number, fact in enumerate(whole.facts):
        values = fact.body.get("gegevens")
        if fact.register == "grootboek" and isinstance(values, dict) and values["soort"] == "uitgave":
            allowed(ask(COORDINATOR, BOOKS, values, Dossier(whole.facts[:number])))


def test_a_diagram_reads_one_post_or_all_of_them() -> None:
    facts, later = tuple(the_year().facts), AFTER_TERM.replace(year=2028)
    post = run("grootboek_stand", {"post": "I-02"}, facts, later)
    assert (post["uitgegeven"], post["ruimte"], post["verschoven"]) == (3_920_000, 0, 120_000)
    assert run("grootboek_stand", {"post": "knelpunten"}, facts, later)["vrij"] == 166_000
    assert run("grootboek_stand", {"post": "I-99"}, facts, later)["gevonden"] is False
    assert run("grootboek_stand", {}, facts, later) == run("jaarrekening", {}, facts, later)
    assert run("verslag_samenstellen", {}, facts, later)["geld"] == run("jaarrekening", {}, facts, later)


# --- INV-32 ----------------------------------------------------------------------------------------------------------


def test_inv_32_nothing_is_spent_above_the_room_of_its_post() -> None:
    dossier = adopted()
    allowed(book(dossier, "uitgave", "I-04", 550_000))
    refused(book(dossier, "uitgave", "I-04", 550_001), "INV-32", "550000")
    refused(book(dossier, "uitgave", "I-04", 10**15), "INV-32")
    dossier.booked("uitgave", "I-04", 300_000, "D09", "F-1")
    refused(book(dossier, "uitgave", "I-04", 250_001, mark="F-2"), "INV-32", "250000")
    allowed(book(dossier, "uitgave", "I-04", 250_000, mark="F-2"))


@pytest.mark.parametrize("spelled", ["i-04", "I 04", "I\u201104", "Ｉ-04", "I04."])
def test_inv_32_another_spelling_of_a_post_has_no_room_of_its_own(spelled: str) -> None:
    dossier = adopted()
    dossier.booked("uitgave", "I-04", 550_000, "D09", "F-1")
    refused(book(dossier, "uitgave", spelled, 1, mark="F-2"), "INV-32", "ruimte")


@pytest.mark.parametrize("amount", [0, -1, -100_000, None, "100", 1.5, True, [100], {"verzegeld": "0" * 64}])
def test_inv_32_an_amount_is_whole_cents_above_nothing(amount: Json) -> None:
    refused(book(adopted(), "uitgave", "I-04", amount), "INV-32", "bedrag")


@pytest.mark.parametrize(
    "wrong",
    [{"soort": "gift"}, {"soort": "uitgave "}, {"soort": None}, {"soort": ["uitgave"]}, {"post": " "}, {"post": 7}],
)
def test_inv_32_a_booking_that_does_not_say_what_it_is_is_refused(wrong: dict[str, Json]) -> None:
    assert not ask(COORDINATOR, BOOKS, booking("uitgave", "I-04", 1) | wrong, adopted()).allowed


def test_inv_32_no_booking_without_a_decision_that_covers_its_post() -> None:
    dossier = adopted()
    bottleneck(dossier, 100_000, "K-1")
    dossier.decided(GRANT | {"kenmerk": "C-2"}, "D07", "I-02", "coproduceren", role="college")
    for post, decision in (
        ("I-04", ""), ("I-04", "D-99"), ("I-04", "K-1"), ("I-04", "C-2"), ("I-04", "B-2027"),
        ("knelpunten", "D09"), ("knelpunten", "B-2027"), ("communicatie", "D09"), ("initiatieven", "B-2027"),
        ("I-99", "D09"),
    ):  # fmt: skip
        refused(book(dossier, "uitgave", post, 1, decision), "INV-32")
    for post, decision in (("I-02", "C-2"), ("I-02", "D09"), ("knelpunten", "K-1"), ("communicatie", "B-2027")):
        allowed(book(dossier, "uitgave", post, 1, decision))


def test_inv_32_a_name_that_two_decisions_bear_is_no_ground() -> None:
    dossier = adopted()
    bottleneck(dossier, 100_000, "K-1")
    bottleneck(dossier, 200_000, "K-1")
    refused(book(dossier, "uitgave", "knelpunten", 100, "K-1"), "INV-32", "vaker")
    allowed(book(dossier, "uitgave", "knelpunten", 100, dossier.facts[-1].record))


def test_inv_32_a_decision_on_a_bottleneck_pays_no_more_than_it_says_however_it_is_split() -> None:
    dossier = adopted()
    bottleneck(dossier, 100_000, "K-1")
    dossier.booked("uitgave", "knelpunten", 60_000, "K-1", "F-1")
    refused(book(dossier, "uitgave", "knelpunten", 40_001, "K-1", "F-2"), "INV-32", "40000")
    dossier.booked("uitgave", "knelpunten", 40_000, "K-1", "F-2")
    refused(book(dossier, "uitgave", "knelpunten", 1, "K-1", "F-3"), "INV-32")


@pytest.mark.parametrize("mark", ["F-1", "f 1", "F\u20111", "D09", "", " ", None])
def test_inv_32_the_same_bill_is_not_booked_twice(mark: Json) -> None:
    dossier = adopted()
    dossier.booked("uitgave", "I-04", 100, "D09", "F-1")
    refused(book(dossier, "uitgave", "I-04", 100, mark=mark), "INV-32", "kenmerk")


def test_inv_32_a_reservation_holds_its_money_until_it_is_spent_or_released() -> None:
    dossier = adopted()
    bottleneck(dossier, 100_000, "K-1")
    bottleneck(dossier, 950_000, "K-2")
    dossier.booked("reservering", "knelpunten", 100_000, "K-1", "R-1")
    refused(book(dossier, "uitgave", "knelpunten", 900_001, "K-2"), "INV-32", "900000")
    refused(book(dossier, "reservering", "knelpunten", 1, "K-1"), "INV-32")
    allowed(book(dossier, "uitgave", "knelpunten", 100_000, "K-1"))
    dossier.booked("uitgave", "knelpunten", 70_000, "K-1", "F-9")
    assert ledger(dossier).posts["knelpunten"].reserved == 30_000
    refused(book(dossier, "vrijval", "knelpunten", 30_001, "R-1"), "INV-32")
    dossier.booked("vrijval", "knelpunten", 30_000, "R-1", "R-2")
    assert ledger(dossier).posts["knelpunten"].reserved == 0
    allowed(book(dossier, "uitgave", "knelpunten", 930_000, "K-2"))


def test_inv_32_a_mistake_is_put_right_by_a_new_booking_and_only_once() -> None:
    dossier = adopted()
    wrong = dossier.booked("uitgave", "I-04", 550_000, "D09", "F-1")
    refused(book(dossier, "vrijval", "I-04", 550_001, "F-1", "F-2"), "INV-32")
    refused(book(dossier, "vrijval", "I-02", 1, "F-1", "F-2"), "INV-32", "I-02")
    refused(book(dossier, "vrijval", "I-04", 1, "D09", "F-2"), "INV-32")
    allowed(book(dossier, "vrijval", "I-04", 550_000, wrong.record, "F-2"))
    dossier.booked("vrijval", "I-04", 550_000, "F-1", "F-2")
    refused(book(dossier, "vrijval", "I-04", 1, "F-1", "F-3"), "INV-32")
    refused(book(dossier, "vrijval", "I-04", 1, "F-2", "F-3"), "INV-32")
    allowed(book(dossier, "uitgave", "I-04", 550_000, mark="F-3"))


def test_inv_32_a_budget_is_set_raised_and_lowered_by_an_organ_alone() -> None:
    rows: list[Json] = [{"post": "initiatieven", "bedrag": 100}]
    values: dict[str, Json] = {"soort": "budget", "kenmerk": "B-1", "posten": rows}
    allowed(ask(COLLEGE, SETS_BUDGET, values, Dossier()))
    refused(ask(COORDINATOR, BOOKS, values, Dossier()), "INV-32", "orgaan")
    both = person("x", "wijkcoordinator", "college")
    refused(ask(both, BOOKS, values, Dossier()), "INV-32", "orgaan")
    refused(attempt(COORDINATOR, "boeking", "D09", "*", values, Dossier()), "INV-32", "orgaan")
    refused(book(adopted(), "vrijval", "communicatie", 1, "B-2027"), "INV-32", "orgaan")
    allowed(ask(COLLEGE, SETS_BUDGET, booking("vrijval", "communicatie", 500_000, "B-2027"), adopted()))
    refused(ask(COLLEGE, SETS_BUDGET, booking("vrijval", "initiatieven", 1, "B-2027"), adopted()), "INV-32")


@pytest.mark.parametrize(
    "rows",
    [
        [], [{"post": "a"}], [{"post": "a", "bedrag": 0}], [{"post": "", "bedrag": 1}], [{"bedrag": 1}],
        [{"post": "a", "bedrag": 1}, {"post": "A.", "bedrag": 1}], [{"post": "I-04", "bedrag": 1}],
        [{"post": "a", "bedrag": 1}, {"post": "b", "bedrag": -1}],
    ],
)  # fmt: skip
def test_inv_32_a_budget_says_each_post_once_with_its_amount(rows: list[Json]) -> None:
    values: dict[str, Json] = {"soort": "budget", "kenmerk": "B-2", "posten": rows}
    refused(ask(COLLEGE, SETS_BUDGET, values, adopted()), "INV-32")


@pytest.mark.parametrize(
    ("who", "lane"),
    [(RESIDENT, "bewoner"), (GROUP, "deelnemers"), (PLATFORM, "bewonersplatform"), (person("a", "auditor"), "auditor"),
     (person("b", "beheerder"), "beheerder"), (person("c", "woningcorporatie"), "woningcorporatie")],
)  # fmt: skip
def test_inv_32_whatever_a_diagram_draws_only_the_municipality_books(who: Actor, lane: str) -> None:
    subject = "I-02" if who is GROUP else "*"
    values = booking("uitgave", "I-02", 1)
    refused(ask(who, task_for(Act.BOEKING, lane, subject=subject), values, adopted()), "INV-32", "rol")
    refused(attempt(who, "boeking", "D09", subject, values, adopted()), "INV-32", "rol")


def test_inv_32_a_task_about_one_initiative_books_on_no_other() -> None:
    task = task_for(Act.BOEKING, "wijkcoordinator", subject="I-04")
    allowed(ask(COORDINATOR, task, booking("uitgave", "i-04", 1), adopted()))
    refused(ask(COORDINATOR, task, booking("uitgave", "I-02", 1), adopted()), "INV-32", "I-04")


def test_inv_32_a_later_decision_on_the_contribution_lowers_what_may_be_spent() -> None:
    dossier = adopted()
    dossier.decided(OUTCOME | {"bedrag": 2_400_000}, "D07", "I-05", "meebeslissen")
    refused(book(dossier, "uitgave", "I-05", 2_400_001), "INV-32")
    allowed(book(dossier, "uitgave", "I-05", 2_400_000))
    assert ledger(dossier).budget == 12_000_000 and ledger(dossier).posts["initiatieven"].room == 100_000


# --- INV-34 ----------------------------------------------------------------------------------------------------------


def unplanned() -> Dossier:
    dossier = Dossier().budgeted()
    dossier.decided(programme(kenmerk="D09"), "D09", "*", "raadplegen", by="bestuurder", role="college")
    return dossier


@pytest.mark.parametrize("spelled", ["I-04", "i-04", " I 04 ", "I\u201104", "\uff29-04"])
def test_inv_34_nothing_is_paid_for_an_initiative_before_its_plan(spelled: str) -> None:
    refused(book(unplanned(), "uitgave", spelled, 1), "INV-34", "plan van aanpak")
    refused(book(unplanned().planned("I-02", "*"), "uitgave", spelled, 1), "INV-34", "plan van aanpak")
    allowed(book(unplanned().planned("I-04"), "uitgave", spelled, 1))


def test_inv_34_a_plan_on_which_the_group_did_not_agree_pays_nothing() -> None:
    dossier = unplanned()
    dossier.decided({"overeenstemming": False}, "D10", "I-04", "coproduceren", by=GROUP.ref)
    refused(book(dossier, "uitgave", "I-04", 1), "INV-34")
    values: dict[str, Json] = booking("uitgave", "I-04", 1)
    refused(attempt(COORDINATOR, "boeking", "D09", "I-04", values, dossier), "INV-34")


def test_inv_34_a_budget_on_its_own_name_makes_an_initiative_no_other_spending() -> None:
    by_name: tuple[tuple[str, str, dict[str, Json], str], ...] = (
        ("D05", "I-09", {"besluit": "toegelaten"}, "raadplegen"),
        ("D07", "I-09", dict(GRANT), "coproduceren"),
        ("D09", "*", programme({"I-09": 100}), "raadplegen"),
    )
    for step, subject, values, rung in by_name:
        dossier = Dossier().budgeted("B-9", I_09=100)
        allowed(book(dossier, "uitgave", "I-09", 1, "B-9"))
        dossier.decided(values, step, subject, rung, role="college")
        refused(book(dossier, "uitgave", "i-09", 1, "B-9"), "INV-34", "i-09")
        allowed(book(dossier.planned("I-09"), "uitgave", "i-09", 1, "B-9"))


def test_inv_34_money_that_is_no_initiatives_waits_for_no_plan() -> None:
    dossier = unplanned()
    bottleneck(dossier, 100_000, "K-1")
    allowed(book(dossier, "uitgave", "knelpunten", 100_000, "K-1"))
    allowed(book(dossier, "uitgave", "communicatie", 490_000, "B-2027"))
    allowed(book(dossier, "reservering", "I-04", 550_000))


# --- DT05: the bottlenecks of a dossier together ---------------------------------------------------------------------


def test_dt05_all_bottlenecks_of_the_dossier_together_stay_within_their_budget() -> None:
    values: dict[str, Json] = {"knelpunt": "x", "spoedreden": "x", "plafondtoets": "x"}
    dossier = Dossier().budgeted()
    refused(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 100}, Dossier()), "DT05", "0 cent over")
    for number in range(4):
        allowed(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 240_000}, dossier))
        bottleneck(dossier, 240_000, f"K-{number}")
    refused(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 40_001}, dossier), "DT05", "40000", "college")
    refused(attempt(COORDINATOR, "besluit", "D12", "K-9", values | {"bedrag": 40_001}, dossier), "DT05")
    allowed(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 40_000}, dossier))
    allowed(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D12"), values | {"bedrag": 40_001}, dossier))
    spent = dossier.booked("uitgave", "knelpunten", 200_000, "K-0", "F-0")
    refused(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 40_001}, dossier), "DT05", "40000")
    refused(book(dossier, "vrijval", "knelpunten", 40_001, "K-0"), "INV-32")
    dossier.booked("vrijval", "knelpunten", 40_000, "K-0", "F-1")
    allowed(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 80_000}, dossier))
    dossier.booked("vrijval", "knelpunten", 200_000, spent.record, "F-2")
    refused(ask(COORDINATOR, BOTTLENECK, values | {"bedrag": 80_001}, dossier), "DT05", "80000")


def test_dt05_what_the_college_decides_above_it_is_still_not_spent_above_it() -> None:
    dossier = Dossier().budgeted()
    bottleneck(dossier, 1_200_000, "K-1")
    refused(book(dossier, "uitgave", "knelpunten", 1_000_001, "K-1"), "INV-32", "1000000")
    allowed(book(dossier, "uitgave", "knelpunten", 1_000_000, "K-1"))


# --- DT12: shifts ----------------------------------------------------------------------------------------------------


def consent(dossier: Dossier, group: str, given: bool = True, role: str = "deelnemers", **more: Json) -> None:
    values: dict[str, Json] = {"verzoek": "verschuiving", "over": "V-1", "van": "I-03", "naar": "I-02"}
    values |= {"bedrag": 120_000, "instemming": given} | more
    dossier.act(Act.INSTEMMING, f"lid-{group}", values, subject=group, role=role)


def consented() -> Dossier:
    dossier = adopted()
    consent(dossier, "I-02")
    consent(dossier, "I-03")
    return dossier


SHIFT = booking("verschuiving", "I-03", 120_000, "", "V-1", naar="I-02")


def test_dt12_a_shift_under_mandate_with_the_consent_of_both_groups() -> None:
    ruling = allowed(ask(MANDATED, SHIFTS, SHIFT, consented()))
    assert ruling.mandate and ruling.behalf == "bestuurder"
    refused(ask(COORDINATOR, SHIFTS, SHIFT, consented()), "DT12", "mandaat")
    refused(ask(COORDINATOR, SHIFTS, SHIFT, adopted()), "DT12", "I-02", "I-03")


def test_dt12_a_shift_above_the_mandate_is_the_organs() -> None:
    dossier = adopted()
    for group in ("I-02", "I-03"):
        consent(dossier, group, bedrag=190_000)
    above = SHIFT | {"bedrag": 190_000}
    refused(ask(MANDATED, SHIFTS, above, dossier), "DT12", "190000")
    low = person("x", "wijkcoordinator", facts=(mandate("wijkcoordinator", "D11", {"plafond": 100_000}),))
    refused(ask(low, SHIFTS, SHIFT, consented()), "DT12", "100000")
    assert not allowed(ask(COLLEGE, ORGAN_SHIFTS, above, adopted())).mandate


@pytest.mark.parametrize(
    "wrong",
    [{"given": False}, {"bedrag": 119_999}, {"bedrag": None}, {"over": "V-2"}, {"van": "I-02", "naar": "I-03"},
     {"verzoek": "overname"}, {"role": "wijkcoordinator"}, {"role": "woningcorporatie"}],
)  # fmt: skip
def test_dt12_only_the_last_answer_of_the_group_itself_to_this_very_shift_counts(wrong: dict[str, object]) -> None:
    dossier = adopted()
    consent(dossier, "I-02")
    consent(dossier, "I-03", **wrong)  # type: ignore[arg-type]
    refused(ask(MANDATED, SHIFTS, SHIFT, dossier), "DT12", "I-03")
    dossier = consented()
    consent(dossier, "I-02", False)
    refused(ask(MANDATED, SHIFTS, SHIFT, dossier), "DT12", "I-02")


def test_dt12_money_without_a_group_is_shifted_by_the_organ_alone() -> None:
    shift = SHIFT | {"post": "knelpunten", "kenmerk": "V-9"}
    refused(ask(MANDATED, SHIFTS, shift, consented()), "DT12", "knelpunten")
    allowed(ask(COLLEGE, ORGAN_SHIFTS, shift, consented()))


def test_dt12_a_shift_stays_within_the_ledger() -> None:
    for wrong in ({"naar": "I-03"}, {"naar": "i 03"}, {"naar": ""}, {"naar": "I-99"}, {"post": "I-99"}, {"bedrag": 0},
                  {"bedrag": 2_200_001}):  # fmt: skip
        refused(ask(COLLEGE, ORGAN_SHIFTS, SHIFT | wrong, adopted()), "INV-32")
    refused(ask(COLLEGE, SETS_BUDGET, SHIFT, adopted()), "INV-32", "D11")


def test_dt12_without_the_citys_table_nobody_shifts_under_mandate() -> None:
    tables = {name: table for name, table in TABLES.items() if name != "budgetverschuiving"}
    refused(ask(MANDATED, SHIFTS, SHIFT, consented(), tables=tables), "INV-15", "budgetverschuiving")


def test_inv_04_money_of_the_participants_is_not_shifted_away() -> None:
    dossier = adopted()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    refused(ask(COLLEGE, ORGAN_SHIFTS, SHIFT | {"post": "i-05"}, dossier), "INV-04", "I-05")
    allowed(ask(COLLEGE, ORGAN_SHIFTS, SHIFT | {"naar": "I-05"}, dossier))
    for spelled in ("Verschuiving", " verschuiving", "verschuiving\u200b", "ver schuiving", "\uff36erschuiving"):
        refused(ask(COLLEGE, ORGAN_SHIFTS, SHIFT | {"post": "I-05", "soort": spelled}, dossier), "INV-32", "soort")
        refused(ask(MANDATED, SHIFTS, SHIFT | {"soort": spelled}, adopted()), "INV-32", "soort")


# --- INV-29, INV-30, INV-31 ------------------------------------------------------------------------------------------


def framed() -> Dossier:
    return Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "raadplegen")


def test_inv_29_a_programme_is_adopted_within_the_budget() -> None:
    allowed(ask(COLLEGE, ADOPTS, programme(), framed().adoptable(*ITEMS)))
    refused(ask(COLLEGE, ADOPTS, programme(ITEMS | {"I-05": 2_500_001}), framed()), "INV-29", "1 cent te veel")
    bare = Dossier().framed("D09", "raadplegen").framed("D07", "raadplegen")
    refused(ask(COLLEGE, ADOPTS, programme(), bare), "INV-29", "wijkbudget")
    other = bare.budgeted(knelpunten=99_000_000)
    refused(ask(COLLEGE, ADOPTS, programme(), other), "INV-29", "initiatieven")


def test_inv_29_the_spending_proposal_does_not_raise_a_budget_post() -> None:
    rows: list[Json] = [{"post": "I-04", "bedrag": 1}, {"post": "Communicatie", "bedrag": 500_001}]
    items: list[Json] = [{"onderdeel": "I-04", "velden": {"bedrag": 1}}]
    refused(ask(COLLEGE, ADOPTS, programme(onderdelen=items, bestedingsvoorstel=rows), framed()), "INV-29", "500000")


def test_inv_29_a_second_programme_takes_nothing_that_was_spent() -> None:
    dossier = framed().planned("I-04")
    dossier.decided(programme(kenmerk="D09"), "D09", "*", "raadplegen", role="college")
    dossier.booked("uitgave", "I-04", 500_000, "D09", "F-1")
    refused(ask(COLLEGE, ADOPTS, programme(ITEMS | {"I-04": 499_999}), dossier), "INV-29", "I-04")
    dossier.decided(programme(kenmerk="D09-2"), "D09", "*", "raadplegen", role="college")
    assert ledger(dossier).budget == 12_000_000 and ledger(dossier).posts["i04"].allotted == 550_000
    refused(book(dossier, "uitgave", "I-04", 1, "D09", "F-2"), "INV-32")
    allowed(book(dossier, "uitgave", "I-04", 50_000, "D09-2", "F-2"))


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([], "I-04"),
        ([{"post": "I-05", "bedrag": 1}], "I-04"),
        ([{"post": "I-04"}], "I-04"),
        ([{"post": "I-04", "bedrag": -1}], "I-04"),
        ([{"post": "I-04", "bedrag": 100}, {"post": "I-09", "bedrag": 1}], "I-09"),
        ([{"post": "I-04", "bedrag": 100}, {"post": "initiatieven", "bedrag": 1}], "initiatieven"),
    ],
)
def test_inv_30_programme_and_spending_proposal_are_one_decision(rows: list[Json], word: str) -> None:
    items: list[Json] = [{"onderdeel": "I-04", "velden": {"naam": "x"}}]
    ruling = ask(COLLEGE, ADOPTS, programme(onderdelen=items, bestedingsvoorstel=rows), framed())
    assert not ruling.allowed and ruling.rule in ("INV-30", "INV-15")
    assert ruling.rule == "INV-15" or word in ruling.reason
    refused(ask(COLLEGE, ADOPTS, programme(onderdelen=[]), framed()), "INV-30", "onderdelen")


def closing(dossier: Dossier, **more: Json) -> Ruling:
    accounts: list[Json] = [
        {"onderdeel": post.name, "resultaat": "x", "uitgaven": post.spent}
        for post in ledger(dossier).posts.values()
        if post.state
    ]
    values: dict[str, Json] = {"verantwoording_per_initiatief": accounts, "verschillen": [], "reacties": []}
    quick: list[Json] = [f"K-{number}" for number in range(6)]
    values |= {"totalen": figures(ledger(dossier)), "knelpuntacties": quick, "inbrengregister": 0, **more}
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D14")
    return ask(COORDINATOR, task, values, dossier.framed("D14", "raadplegen"), now=AFTER_TERM.replace(year=2027))


def test_inv_31_the_figures_of_the_account_equal_the_ledger() -> None:
    allowed(closing(the_year()))
    totals = figures(ledger(the_year()))
    for name in totals:
        refused(closing(the_year(), totalen=totals | {name: 1}), "INV-31", name)
        short = {key: value for key, value in totals.items() if key != name}
        refused(closing(the_year(), totalen=short), "INV-31", name)
    refused(closing(the_year(), totalen={}), "INV-31")
    refused(closing(the_year(), totalen=totals | {"potje": 0}), "INV-31", "potje")


def test_inv_31_each_initiative_is_accounted_for_with_what_it_spent() -> None:
    refused(closing(the_year(), verantwoording_per_initiatief=[]), "INV-31", "I-04")
    wrong: list[Json] = [{"onderdeel": "I-04", "resultaat": "x", "uitgaven": 1}]
    refused(closing(the_year(), verantwoording_per_initiatief=wrong), "INV-31", "510000")


def test_inv_31_a_draft_with_other_figures_is_not_delivered() -> None:
    draft = Task("t-1", "e", "t", "p", None, "wijkcoordinator", ActSpec(act=Act.PRODUCT, product="jaarrekening"))
    refused(ask(COORDINATOR, draft, {"totalen": {"uitgegeven": 1}}, the_year()), "INV-31", "10611000")
    allowed(ask(COORDINATOR, draft, {"titel": "x"}, the_year()))


# --- whatever is booked ----------------------------------------------------------------------------------------------

POSTS = ["I-01", "i-01", "I-02", "I-03", "I-05", "knelpunten", "Knelpunten ", "communicatie", "initiatieven", "I-99"]
SORTS = ["uitgave", "uitgave", "reservering", "verschuiving", "vrijval", "budget"]
CITED = ["D09", "B-2027", "K-1", "K-2", *(f"X-{number}" for number in range(1, 10))]
BOOKING = st.fixed_dictionaries(
    {
        "soort": st.sampled_from(SORTS),
        "post": st.sampled_from(POSTS),
        "naar": st.sampled_from(POSTS),
        "bedrag": st.one_of(st.integers(-10, 3_000_000), st.sampled_from([0, 1, 999_999_999_999])),
        "besluit": st.sampled_from(CITED),
        "organ": st.booleans(),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BOOKING, min_size=5, max_size=30))
def test_inv_32_no_row_of_bookings_brings_a_post_below_zero_or_spends_above_the_budget(
    tried: list[dict[str, Json]],
) -> None:
    dossier, numbers = adopted(), count(1)
    bottleneck(dossier, 400_000, "K-1")
    bottleneck(dossier, 900_000, "K-2")
    for one in tried:
        is_organ, step = one["organ"], "D11" if one["soort"] == "verschuiving" else None
        values = {name: value for name, value in one.items() if name != "organ"} | {"kenmerk": f"X-{next(numbers)}"}
        task = task_for(Act.BOEKING, "college" if is_organ else "wijkcoordinator", step)
        if ask(COLLEGE if is_organ else MANDATED, task, values, dossier).allowed:
            dossier.act(Act.BOEKING, COLLEGE, values, step=step)
        stands = ledger(dossier)
        assert all(post.room >= post.reserved >= 0 and post.spent >= 0 for post in stands.posts.values())
        assert 0 <= stands.spent <= stands.budget
        assert sum(post.room for post in stands.posts.values()) == stands.budget - stands.spent
        assert all(amount >= 0 for amount in (*stands.open.values(), *stands.reserved.values()))
