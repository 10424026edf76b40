"""Detours of somebody who knows the rules: each step alone is allowed, and together they would undo a promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import acts
from engine.roles import Scope
from engine.terms import Act, Action, ActSpec, Json, Rung, Task
from tests.engine.rights_world import (
    AFTER_TERM,
    CASE,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    HERE,
    IN_TERM,
    OUTCOME,
    PRESS,
    RESIDENT,
    START,
    WIJK,
    Dossier,
    allowed,
    ask,
    binding_values,
    frame_values,
    mandate,
    person,
    refused,
    task_for,
)

FRAMES = task_for(Act.KADER, "college", "D07")
GRANTS = task_for(Act.BESLUIT, "college", "D07", "I-02")
OBJECTION = task_for(Act.BESLUIT, "wijkcoordinator", "D17")
SOON = START + timedelta(days=1)
AS_PROPOSED: dict[str, Json] = {**GRANT, "velden": {"locatie": "A", "bedrag": 3_800_000}}


def left_to_participants() -> Dossier:
    """The whole at *raadplegen*, the playground left to its participants."""
    dossier = Dossier().framed("D07", "raadplegen").framed("D11", "raadplegen").framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    dossier.checked()
    return dossier


# --- terms -----------------------------------------------------------------------------------------------------------


def test_inv_17_a_longer_term_that_nobody_heard_of_does_not_open_the_way_to_a_shorter_one() -> None:
    dossier = Dossier().framed("D07", "raadplegen")
    dossier.act(Act.KADER, COLLEGE, frame_values("D07", "raadplegen", termijn="2026-11-30"), step="D07", role="college")
    shorter = frame_values("D07", "raadplegen", termijn="2026-10-01")
    refused(ask(COLLEGE, FRAMES, shorter, dossier, now=SOON), "INV-17", "2026-10-15")
    one = task_for(Act.KADER, "college", "D07", "I-02")
    refused(ask(COLLEGE, one, shorter, dossier, now=SOON), "INV-17", "2026-10-15")
    allowed(ask(COLLEGE, FRAMES, shorter | {"termijn": "2026-10-15"}, dossier, now=SOON))


def test_inv_17_a_term_that_was_never_made_public_while_it_stood_binds_nobody() -> None:
    dossier = Dossier()
    dossier.act(Act.KADER, COLLEGE, frame_values("D07", "raadplegen", termijn="2026-11-30"), step="D07", role="college")
    dossier.framed("D07", "raadplegen")
    allowed(ask(COLLEGE, FRAMES, frame_values("D07", "raadplegen"), dossier, now=SOON))


# --- standing still --------------------------------------------------------------------------------------------------


def asks(act: Act, step: str | None = "D07", subject: str = "*", due: datetime | None = None, **how: Any) -> Task:
    """An open task of this act."""
    return replace(task_for(act, "bewoner", step, subject), spec=ActSpec(act, step, **how), due=due)


def runs(task: Task, dossier: Dossier, now: datetime = IN_TERM) -> bool:
    """Whether people can still react there, according to what is said of a case that is about to stand still."""
    return acts.standstill([task], dossier.facts, now) == {"loopt": [task.name]}


def test_inv_17_what_asks_the_public_runs_until_the_announced_term_is_over() -> None:
    dossier = Dossier().framed("D07", "raadplegen")
    for act in (Act.INBRENG, Act.ADVIES, Act.VOORSTEL):
        assert runs(asks(act), dossier) and not runs(asks(act), dossier, AFTER_TERM)
        assert not runs(asks(act, "D09"), dossier) and runs(asks(act, subject="I-02"), dossier)
    for act in (Act.BESLUIT, Act.WERK, Act.PRODUCT, Act.KADER, Act.PUBLICATIE):
        assert not runs(asks(act), dossier)


def test_inv_17_what_collects_runs_until_its_own_term_closes_it_and_the_announced_one_is_over() -> None:
    dossier = Dossier().framed("D07", "raadplegen")
    later = AFTER_TERM + timedelta(days=9)
    for act in (Act.INBRENG, Act.ADVIES, Act.PRODUCT):
        assert runs(asks(act, None, collects=True), Dossier())
        assert runs(asks(act, due=later, collects=True), dossier, AFTER_TERM)
        assert not runs(asks(act, due=later, collects=True), dossier, later)
        assert runs(asks(act, due=START, collects=True), dossier)
    for act in (Act.BOEKING, Act.STEMMING):
        assert not runs(asks(act, collects=True), dossier)


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.CANCEL])
def test_inv_17_a_case_is_not_put_away_while_people_can_react(action: Action) -> None:
    dossier, why = Dossier().framed("D07", "raadplegen"), {"reden": "het komt niet uit"}
    for now, is_running in ((IN_TERM, True), (AFTER_TERM, False)):
        values = {**why, **acts.standstill([asks(Act.INBRENG, collects=True, due=IN_TERM)], dossier.facts, now)}
        ruling = ask(COLLEGE, None, values, dossier, action=action, now=now)
        assert (ruling.rule == "INV-17") is is_running and ruling.allowed is not is_running, ruling
    refused(ask(COLLEGE, None, {**why, "loopt": ["Reageren"]}, action=action), "INV-17", "Reageren")


@pytest.mark.parametrize("act", [Act.INBRENG, Act.ADVIES, Act.STEMMING, Act.BOEKING])
def test_inv_17_what_collects_is_taken_by_nobody_alone(act: Act) -> None:
    other = person("bewoner-052", "bewoner")
    for action in (Action.CLAIM, Action.DELEGATE):
        allowed(ask(RESIDENT, asks(act), action=action, other=other))
        refused(ask(RESIDENT, asks(act, collects=True), action=action, other=other), "INV-17", "iedereen")


# --- names -----------------------------------------------------------------------------------------------------------


LIKE_I_05 = [
    *("i-05", "I 05", "I-05.", "I\u201105", "\u00cd-05", "I\u0301-05", "\uff29-05", "\u2160-05", "I-\U0001d7d85"),
    *("l-05", "1-05", "I-O5", "i-o5"),
]
FOREIGN = ["\u0406-05", "\u0399-05", "\u04c0-05", "\u01c0-05", "\u0131-05", "\ua4f2-05", "I-\u04e85", "\u13c6-05"]


@pytest.mark.parametrize("name", LIKE_I_05)
def test_inv_01_a_name_that_looks_like_another_is_no_way_to_another_rung(name: str) -> None:
    dossier = left_to_participants()
    less: dict[str, Json] = {**GRANT, "bedrag": 1, "inbrengregister": 0, "motivering": "zuinig"}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", name), less, dossier), "INV-01", "I-05")
    aside = less | {"onderdelen": [{"onderdeel": name, "velden": {"bedrag": 1}}]}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07"), aside, dossier), "INV-01", "I-05")


@pytest.mark.parametrize("name", FOREIGN, ids=ascii)
def test_inv_01_no_subject_has_a_letter_of_another_alphabet(name: str) -> None:
    """Such letters look like ours: a second I-05 would have the rung of the whole instead of its own."""
    dossier = left_to_participants()
    less: dict[str, Json] = {**GRANT, "bedrag": 1, "inbrengregister": 0, "motivering": "zuinig"}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", name), less, dossier), "INV-01", "alfabet")
    frame = frame_values("D07", "raadplegen", onderwerp=name)
    refused(ask(COLLEGE, FRAMES, frame, dossier, now=SOON), "INV-01", "alfabet")
    told = task_for(Act.INBRENG, "bewoner", "D07", name)
    refused(ask(RESIDENT, told, {"tekst": "groen"}, dossier, now=SOON), "INV-01", "alfabet")


def test_inv_01_one_act_does_not_name_one_subject_in_two_ways() -> None:
    rows: list[Json] = [frame_values("D07", rung, onderwerp=name) for rung, name in _TWICE]
    both: dict[str, Json] = {"kaders": rows}
    refused(ask(COLLEGE, task_for(Act.KADER, "college", "D01"), both, Dossier(), now=SOON), "INV-01", "lijkt op I-09")


_TWICE = (("meebeslissen", "I-09"), ("raadplegen", "l-09"))


def test_inv_01_an_accent_and_a_number_are_no_other_alphabet() -> None:
    dossier = left_to_participants()
    for name in ("Caf\u00e9 \u2019t Hof", "I-06", "I-15", "L-05b"):
        told = task_for(Act.INBRENG, "bewoner", "D07", name)
        allowed(ask(RESIDENT, told, {"tekst": "groen"}, dossier, now=SOON))


def test_inv_01_a_proposal_is_made_under_the_name_that_has_the_frame() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02").framed("D07", "coproduceren")
    group = person("groep-lid", "deelnemers", group="i-02")
    agenda: dict[str, Json] = {"probleemagenda": [{"probleem": "hangplek"}]}
    refused(ask(group, task_for(Act.VOORSTEL, "deelnemers", "D07", "i-02"), agenda, dossier), "INV-01", "I-02")


def test_inv_04_an_initiative_is_not_stopped_under_another_spelling() -> None:
    dossier = left_to_participants()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    stop: dict[str, Json] = {"besluit": "gestopt", "reden": "x", "motivering": "y", "inbrengregister": 0, "gevolg": "z"}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D11", "I-05"), stop, dossier), "INV-04", "I-05")
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D11", "i-05"), stop, dossier), "INV-04", "I-05")


# --- what the participants decide ------------------------------------------------------------------------------------


def test_inv_27_only_participants_record_that_there_is_no_agreement() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    dossier.proposed("D07", "I-02", locatie="A", bedrag=3_800_000)
    failed: Json = {**{f"wb{number}": "ja" for number in (1, 2, 3, 4, 5, 6)}, "wb7": "nee"}
    for said in (None, True, False, "nee"):
        values = AS_PROPOSED | {"toets_per_regel": failed, "overeenstemming": said}
        refused(ask(COLLEGE, GRANTS, values, dossier), "INV-27", "WB7")
        refused(ask(COLLEGE, GRANTS, AS_PROPOSED | {"individueel_voordeel": "ja", "aantal_belanghebbenden": 1,
                                                   "overeenstemming": said}, dossier), "INV-20")  # fmt: skip


def test_inv_14_an_organ_decides_or_does_not_decide() -> None:
    """A row that says that nobody agreed commits no money and is not accounted for: no organ hides a decision so."""
    dossier = Dossier().budgeted()
    decides = task_for(Act.BESLUIT, "wijkcoordinator", "D12")
    values: dict[str, Json] = {"kenmerk": "K-1", "knelpunt": "tegels", "bedrag": 100, "overeenstemming": False}
    refused(ask(COORDINATOR, decides, values, dossier), "INV-14", "overeenstemming")


@pytest.mark.parametrize("action", [Action.CANCEL, Action.SUSPEND])
def test_inv_04_a_case_is_not_put_away_until_the_self_binding_has_expired(action: Action) -> None:
    bound = left_to_participants()
    refused(ask(COORDINATOR, None, {"reden": "drukte"}, bound, action=action), "INV-04", "I-05")
    elsewhere = Dossier().framed("D07", "meebeslissen", "I-05")
    elsewhere.act(Act.ZELFBINDING, COLLEGE, binding_values(), step="D07", subject="I-05", role="college", case="jaar")
    asked: dict[str, Json] = {"reden": "drukte"}
    here = Scope("delft", WIJK, "I-05")
    refused(ask(COORDINATOR, None, asked, elsewhere, action=action, scope=here), "INV-04", "I-05")
    allowed(ask(COORDINATOR, None, asked, elsewhere, action=action, scope=HERE))
    opening: dict[str, Json] = {"soort": "opening", "van": "2026-10-21", "tot": "2026-10-30"}
    elsewhere.act(Act.STEMMING, COORDINATOR, opening, step="D07", subject="I-05", rung="meebeslissen", case=CASE)
    refused(ask(COORDINATOR, None, asked, elsewhere, action=action, scope=HERE), "INV-04", "I-05")


def test_inv_11_who_voted_took_part() -> None:
    """An outcome sent back, and a self-binding left to expire, do not give the matter back to the organ."""
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    tests: list[Json] = [{"optie": one, "rechtmatig": True, "uitvoerbaar": True} for one in "ABC"]
    dossier.bound(vervaldatum="2026-10-10", optietoets=tests)
    lower = frame_values("D07", "raadplegen", onderwerp="I-05", reden="het duurt te lang", termijn="2027-01-01")
    allowed(ask(COLLEGE, FRAMES, lower, dossier, now=AFTER_TERM))
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    dossier.claimed()
    dossier.judged(True)
    refused(ask(COLLEGE, FRAMES, lower, dossier, now=AFTER_TERM), "INV-11", str(Rung.MEEBESLISSEN))


def test_inv_11_consent_to_a_name_that_two_proposals_bear_lowers_nothing() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    dossier.heard("D07", "I-02")
    for rung in ("raadplegen", "adviseren"):
        change: dict[str, Json] = {"kenmerk": "V-1", "stap": "D07", "naar": rung}
        dossier.act(Act.PRODUCT, COORDINATOR, change, step="D18", subject="I-02", role="wijkcoordinator")
    yes: dict[str, Json] = {"verzoek": "verlaging", "over": "V-1", "instemming": True}
    dossier.act(Act.INSTEMMING, GROUP, yes, step="D18", subject="I-02", role="deelnemers")
    changed: dict[str, Json] = {"besluit": "wijzigen", "voorstel": "V-1", "stap": "D07", "naar": "raadplegen"}
    dossier.decided(changed, "D18", "I-02", "adviseren", by=COLLEGE.ref, role="college")
    lower = frame_values("D07", "raadplegen", onderwerp="I-02", reden="drukte")
    refused(ask(COLLEGE, FRAMES, lower, dossier), "INV-11", "raadplegen")


# --- money -----------------------------------------------------------------------------------------------------------


def test_inv_30_no_item_of_the_programme_is_called_as_the_budget_of_all_of_them() -> None:
    dossier = Dossier().framed("D09", "raadplegen").framed("D07", "raadplegen").budgeted()
    dossier.adoptable("I-01", "initiatieven")
    amounts = {"I-01": 100, "initiatieven": 10**9}
    items: list[Json] = [{"onderdeel": name, "velden": {"bedrag": amount}} for name, amount in amounts.items()]
    rows: list[Json] = [{"post": name, "bedrag": amount} for name, amount in amounts.items()]
    values: dict[str, Json] = {"motivering": "x", "inbrengregister": 0, "onderdelen": items, "bestedingsvoorstel": rows}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D09"), values, dossier), "INV-30", "initiatieven")


@pytest.mark.parametrize("sort", ["uitgave", "reservering"])
def test_inv_04_nothing_is_spent_on_what_the_participants_still_decide(sort: str) -> None:
    dossier = left_to_participants().budgeted()
    items: list[Json] = [{"onderdeel": "I-05", "velden": {"bedrag": 2_500_000}}]
    rows: list[Json] = [{"post": "I-05", "bedrag": 2_500_000}]
    adopted: dict[str, Json] = {"kenmerk": "D09", "onderdelen": items, "bestedingsvoorstel": rows}
    dossier.decided(adopted, "D09", "*", "raadplegen", by=COLLEGE.ref, role="college")
    dossier.planned("I-05")
    booking: dict[str, Json] = {"soort": sort, "post": "i-05", "bedrag": 100, "besluit": "D09", "kenmerk": "F-1"}
    books = task_for(Act.BOEKING, "wijkcoordinator")
    refused(ask(COORDINATOR, books, booking, dossier), "INV-04", "I-05")
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    allowed(ask(COORDINATOR, books, booking, dossier))


# --- objections ------------------------------------------------------------------------------------------------------


def test_inv_13_an_objection_is_against_one_decision_and_the_one_that_was_contested() -> None:
    college = task_for(Act.BESLUIT, "college", "D17")
    values: dict[str, Json] = {"bestreden_besluit": "B-1", "uitkomst": "ongegrond", "motivering": "x"}
    dossier = Dossier()
    first = dossier.decided({"kenmerk": "B-1"}, "D07", "I-02", "raadplegen", by="x", role="college")
    dossier.advised("D17", role="bezwaarcommissie")
    before = ask(COLLEGE, college, values, dossier)
    assert before.rule != "INV-13", before.reason
    dossier.decided({"kenmerk": "B-1"}, "D12", "*", "meeweten", by="y", role="wijkcoordinator")
    refused(ask(COLLEGE, college, values, dossier), "INV-13")
    lodged: dict[str, Json] = {"bestreden_besluit": "B-2", "gronden": "z"}
    dossier.act(Act.INBRENG, RESIDENT, lodged, step="D17", role="bewoner")
    refused(ask(COLLEGE, college, values | {"bestreden_besluit": first.record}, dossier), "INV-13", "bestreden besluit")


# --- another spelling, an item, a mandate stretched -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["i-02", "I 02", "I-O2"])
def test_inv_18_and_inv_09_what_came_in_under_another_spelling_is_answered_first(name: str) -> None:
    heard = Dossier().framed("D07", "raadplegen")
    heard.heard("D07", name)
    values = GRANT | {"inbrengregister": 1}
    refused(ask(COLLEGE, GRANTS, values, heard), "INV-18", "R-01")
    heard.handled()
    allowed(ask(COLLEGE, GRANTS, values, heard))
    advised = Dossier().framed("D07", "adviseren")
    advised.advised("D07", name)
    refused(ask(COLLEGE, GRANTS, GRANT, advised), "INV-09", "A-1")


def test_inv_41_a_one_sided_meeting_under_another_spelling_carries_no_decision() -> None:
    dossier = Dossier().framed("D07", "raadplegen")
    came: list[Json] = [{"groep": "ouderen", "aantal": 20}, {"groep": "jongeren", "aantal": 0}]
    report: dict[str, Json] = {"soort": "verslag", "kenmerk": "B-1", "opkomst": came}
    dossier.act(Act.BIJEENKOMST, COORDINATOR, report, step="D07", subject="i-02", role="wijkcoordinator")
    refused(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": 0}, dossier), "INV-41", "B-1")


ADOPTS = task_for(Act.BESLUIT, "college", "D09")
ITEM: dict[str, Json] = {"onderdeel": "I-02", "velden": {"bedrag": 100}}
PROGRAMME: dict[str, Json] = {
    "motivering": "samen gemaakt",
    "inbrengregister": 0,
    "onderdelen": [ITEM],
    "bestedingsvoorstel": [{"post": "I-02", "bedrag": 100}],
}


def test_inv_16_a_programme_decides_on_no_item_while_people_can_still_take_part_in_it() -> None:
    for subject in ("I-02", "*"):
        dossier = Dossier().budgeted().framed("D09", "raadplegen")
        dossier.framed("D07", "raadplegen", subject, termijn="2026-12-20").adoptable("I-02")
        refused(ask(COLLEGE, ADOPTS, PROGRAMME, dossier), "INV-16", "I-02", "2026-12-20")
        over = datetime.fromisoformat("2026-12-21T09:00+01:00")
        allowed(ask(COLLEGE, ADOPTS, PROGRAMME, dossier, now=over))


def test_inv_02_a_programme_decides_on_no_item_whose_frame_nobody_heard_of() -> None:
    dossier = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "coproduceren")
    lower = frame_values("D07", "raadplegen", reden="haast")
    dossier.act(Act.KADER, COLLEGE, lower, step="D07", subject="I-02", role="college")
    refused(ask(COLLEGE, ADOPTS, PROGRAMME, dossier.adoptable("I-02")), "INV-02", "I-02")


def test_inv_09_and_inv_13_a_programme_decides_on_an_item_only_after_the_advice_of_another() -> None:
    dossier = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "adviseren", "I-02").adoptable("I-02")
    refused(ask(COLLEGE, ADOPTS, PROGRAMME, dossier), "INV-09", "een advies over I-02")
    allowed(ask(COLLEGE, ADOPTS, PROGRAMME | {"advies_uitgebleven": "niemand gaf advies"}, dossier))
    dossier.advised("D07", "I-02", by=COLLEGE.ref)
    replied: dict[str, Json] = {"reacties": [{"advies": "A-1", "reactie": "dank"}]}
    refused(ask(COLLEGE, ADOPTS, PROGRAMME | replied, dossier), "INV-13", "I-02")
    allowed(ask(person("een ander", "college"), ADOPTS, PROGRAMME | replied, dossier))


def test_inv_13_a_mandate_for_one_subject_reaches_no_other_and_not_the_whole() -> None:
    given = mandate("wijkcoordinator", "D07", {"onderwerp": "I-02"})
    holder = person("coordinator", "wijkcoordinator", facts=(given,))
    values = GRANT | {"inbrengregister": 0}
    allowed(ask(holder, GRANTS, values, Dossier().framed("D07", "raadplegen", "I-02")))
    whole = task_for(Act.BESLUIT, "college", "D07")
    refused(ask(holder, whole, values, Dossier().framed("D07", "raadplegen")), "INV-13", "I-02")
    items = values | {"onderdelen": [{"onderdeel": "I-05", "velden": {"bedrag": 100}}]}
    refused(ask(holder, GRANTS, items, Dossier().framed("D07", "raadplegen")), "INV-13", "I-02")
    frames = person("coordinator", "wijkcoordinator", facts=(mandate("wijkcoordinator", "D01", {"onderwerp": "I-02"}),))
    task = task_for(Act.KADER, "college", "D01", "I-02")
    for subject in ("*", "I-05"):
        rows: list[Json] = [frame_values("D07", "raadplegen", onderwerp=subject)]
        refused(ask(frames, task, {"kaders": rows}), "INV-13", "I-02")
    allowed(ask(frames, task, {"kaders": [frame_values("D07", "raadplegen")]}))


def test_what_will_be_public_some_day_is_not_public() -> None:
    task = replace(task_for(Act.PUBLICATIE, "communicatie"), spec=ActSpec(Act.PUBLICATIE, product="participatiekader"))
    dossier = Dossier()
    dossier.act(Act.KADER, COLLEGE, frame_values("D07", "raadplegen"), step="D07", role="college")
    values: dict[str, Json] = {"kanalen": ["website"], "datum": "2026-10-02"}
    refused(ask(PRESS, task, values, dossier, now=IN_TERM), "publicatie/inhoud", "datum")
    allowed(ask(PRESS, task, values | {"datum": "2026-10-01"}, dossier, now=IN_TERM))
