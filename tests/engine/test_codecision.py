"""*Coproduceren* and *meebeslissen*, enforced: differences with their reasons, items, and outcomes that bind."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.terms import Act, Actor, Json, Ruling
from tests.engine.rights_world import (
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    LAWYER,
    OUTCOME,
    PLATFORM,
    PLAY,
    Dossier,
    allowed,
    ask,
    attempt,
    binding_values,
    person,
    refused,
    task_for,
)

GRANTS = task_for(Act.BESLUIT, "college", "D07", "I-02")
PLAYS = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
ADOPTS = task_for(Act.BESLUIT, "college", "D09")
PROGRAMME: dict[str, Json] = {
    "motivering": "samen gemaakt",
    "inbrengregister": 0,
}


def with_items(*items: Mapping[str, Json], **more: Json) -> dict[str, Json]:
    spent: list[Json] = [{"post": one["onderdeel"], "bedrag": _amount(one)} for one in items]
    return {**PROGRAMME, "onderdelen": [dict(item) for item in items], "bestedingsvoorstel": spent, **more}


def _amount(one: Mapping[str, Json]) -> Json:
    fields = one["velden"]
    return fields.get("bedrag", 2_500_000) if isinstance(fields, dict) else 0


def item(name: str, **fields: Json) -> dict[str, Json]:
    return {"onderdeel": name, "velden": fields}


# --- coproduceren ----------------------------------------------------------------------------------------------------


def coproducing(**fields: Json) -> Dossier:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    dossier.proposed("D07", "I-02", **(fields or {"locatie": "A", "bedrag": 3_800_000}))
    return dossier


def grants(fields: Mapping[str, Json], *reasons: Json, dossier: Dossier | None = None) -> Ruling:
    values = GRANT | {"velden": dict(fields), "afwijkingen": list(reasons)}
    return ask(COLLEGE, GRANTS, values, dossier or coproducing())


def test_a_decision_that_follows_the_joint_proposal_needs_no_reason() -> None:
    ruling = allowed(grants({"locatie": "A", "bedrag": 3_800_000}), "D07/coproduceren")
    assert ruling.deviations == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"locatie": "B", "bedrag": 3_800_000}, "locatie"),
        ({"bedrag": 3_800_000}, "locatie"),
        ({"locatie": "A", "bedrag": 3_800_000, "hek": "ja"}, "hek"),
        ({"locatie": None, "bedrag": 3_800_000}, "locatie"),
        ({"locatie": "a", "bedrag": 3_800_000}, "locatie"),
        ({"locatie": "A", "bedrag": "3800000"}, "bedrag"),
        ({"locatie": "A", "bedrag": True}, "bedrag"),
        ({}, "locatie"),
    ],
)
def test_inv_07_every_difference_needs_a_reason(fields: Mapping[str, Json], field: str) -> None:
    refused(grants(fields), "INV-07", f"reden voor I-02: {field}")


def test_inv_07_a_reason_for_each_difference_makes_the_decision_possible() -> None:
    reason: Json = {"veld": "locatie", "reden": {"verzegeld": "f" * 64}}
    ruling = allowed(grants({"locatie": "B", "bedrag": 3_800_000}, reason))
    assert ruling.deviations == (
        {
            "item": "I-02",
            "rung": "coproduceren",
            "field": "locatie",
            "from": "A",
            "to": "B",
            "reason": {"verzegeld": "f" * 64},
        },
    )


def test_inv_07_one_reason_does_not_cover_two_differences() -> None:
    refused(grants({"locatie": "B", "bedrag": 1}, {"veld": "locatie", "reden": "geluid"}), "INV-07", "bedrag")


def test_inv_07_an_empty_reason_is_no_reason() -> None:
    refused(grants({"locatie": "B", "bedrag": 3_800_000}, {"veld": "locatie", "reden": " "}), "INV-07", "locatie")


def test_inv_07_a_reason_for_a_difference_that_does_not_exist_is_refused() -> None:
    reason: Json = {"veld": "locatie", "reden": "geluid"}
    refused(grants({"locatie": "A", "bedrag": 3_800_000}, reason), "INV-07", "wijkt niet af")


def test_inv_07_a_field_repeated_beside_the_decision_must_be_equal_as_well() -> None:
    dossier = coproducing(locatie="A", bedrag=1_000)
    refused(grants({"locatie": "A", "bedrag": 1_000}, dossier=dossier), "INV-07", "bedrag")


def test_inv_07_without_a_joint_proposal_there_is_nothing_to_decide_on() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    dossier.act(Act.VOORSTEL, GROUP, {"probleemagenda": [{"probleem": "x"}]}, step="D07", subject="I-02")
    refused(grants({}, dossier=dossier), "INV-07", "gezamenlijk voorstel")


def test_inv_08_a_proposal_that_came_before_the_problem_agenda_is_no_ground() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    dossier.act(Act.VOORSTEL, GROUP, {"velden": {"locatie": "A"}}, step="D07", subject="I-02")
    dossier.act(Act.VOORSTEL, GROUP, {"probleemagenda": [{"probleem": "x"}]}, step="D07", subject="I-02")
    refused(grants({"locatie": "A"}, dossier=dossier), "INV-08")


def test_inv_07_a_later_act_may_cite_the_reason_given_in_the_decision_that_it_carries_out() -> None:
    dossier = coproducing(locatie="A")
    taken: dict[str, Json] = with_items(
        item("I-02", locatie="B"),
        afwijkingen=[{"onderdeel": "I-02", "veld": "locatie", "reden": "geluid"}],
        kenmerk="WP",
    )
    dossier.decided(taken, "D09", "*", "raadplegen", by="bestuurder", role="college")
    cited: Json = {"veld": "locatie", "besluit": "WP"}
    allowed(grants({"locatie": "B"}, cited, dossier=dossier))
    refused(grants({"locatie": "C"}, cited, dossier=dossier), "INV-07", "locatie")
    refused(grants({"locatie": "B"}, {"veld": "locatie", "besluit": "XX"}, dossier=dossier), "INV-07", "locatie")


def test_d13_stands_once_the_coordinator_and_the_group_decided_the_same() -> None:
    dossier = Dossier().framed("D13", "coproduceren", "I-02").planned("I-02")
    dossier.proposed("D13", "I-02", resultaat="plek")
    values: dict[str, Json] = {"velden": {"resultaat": "plek"}, "bewijs": "foto", "effect_tegen_beoogd": "ja"}
    by_group = allowed(ask(GROUP, task_for(Act.BESLUIT, "deelnemers", "D13", "I-02"), values, dossier))
    assert "besluit:rol:wijkcoordinator" in by_group.owed
    dossier.decided(values, "D13", "I-02", "coproduceren", by=GROUP.ref)
    second = task_for(Act.BESLUIT, "wijkcoordinator", "D13", "I-02")
    assert not [owed for owed in allowed(ask(COORDINATOR, second, values, dossier)).owed if "besluit" in owed]
    differing = values | {"bewijs": "verslag"}
    assert "besluit:groep" in allowed(ask(COORDINATOR, second, differing, dossier)).owed


# --- a decision with items -------------------------------------------------------------------------------------------


def programme() -> Dossier:
    dossier = (
        Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "coproduceren", "I-02").adoptable("I-02", "I-05")
    )
    dossier.proposed("D07", "I-02", locatie="A", bedrag=3_800_000)
    dossier.framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    return dossier


YOUTH = item("I-02", locatie="A", bedrag=3_800_000)
PLAYGROUND = item("I-05", bedrag=2_500_000)


def test_the_programme_is_adopted_with_each_item_judged_by_its_own_frame() -> None:
    allowed(ask(COLLEGE, ADOPTS, with_items(YOUTH, PLAYGROUND), programme()), "D09/raadplegen")


def test_inv_07_an_item_that_differs_from_its_joint_proposal_needs_its_reason() -> None:
    moved = item("I-02", locatie="B", bedrag=3_800_000)
    refused(ask(COLLEGE, ADOPTS, with_items(moved, PLAYGROUND), programme()), "INV-07", "I-02: locatie")
    reason: Json = {"onderdeel": "I-02", "veld": "locatie", "reden": "geluid"}
    ruling = allowed(ask(COLLEGE, ADOPTS, with_items(moved, PLAYGROUND, afwijkingen=[reason]), programme()))
    assert [deviation["item"] for deviation in ruling.deviations] == ["I-02"]


def test_inv_07_an_item_left_out_is_a_difference_too() -> None:
    refused(ask(COLLEGE, ADOPTS, with_items(PLAYGROUND), programme()), "INV-07", "I-02: het hele onderdeel")


def test_inv_07_an_item_cannot_be_brought_under_another_step_or_named_twice() -> None:
    elsewhere = {**item("I-02", locatie="B"), "stap": "D05"}
    refused(ask(COLLEGE, ADOPTS, with_items(elsewhere, PLAYGROUND), programme()), "INV-01", "valt onder D07")
    twice = with_items(item("I-02", locatie="B"), YOUTH, PLAYGROUND)
    refused(ask(COLLEGE, ADOPTS, twice, programme()), "INV-01", "twee keer")


@pytest.mark.parametrize(
    "fields",
    [{"bedrag": 2_400_000}, {"uitslag": "B"}, {"bedrag": 2_500_000, "locatie": "plein"}, {"bedrag": 2_500_001}],
)
def test_inv_04_an_item_of_the_participants_says_nothing_before_their_outcome(fields: dict[str, Json]) -> None:
    refused(ask(COLLEGE, ADOPTS, with_items(YOUTH, item("I-05", **fields)), programme()), "INV-04", "I-05")


def test_inv_04_an_item_of_the_participants_is_neither_changed_nor_dropped() -> None:
    dossier = programme()
    dossier.decided(OUTCOME | {"velden": {"toestel": "wip"}}, "D07", "I-05", "meebeslissen")
    same = item("I-05", uitslag="A", bedrag=2_500_000, toestel="wip")
    allowed(ask(COLLEGE, ADOPTS, with_items(YOUTH, same), dossier))
    allowed(ask(COLLEGE, ADOPTS, with_items(YOUTH, item("I-05", toestel="wip")), dossier))
    for changed in (item("I-05", toestel="schommel"), item("I-05"), item("I-05", toestel="wip", uitslag="B")):
        refused(ask(COLLEGE, ADOPTS, with_items(YOUTH, changed), dossier), "INV-04", "I-05")
    refused(ask(COLLEGE, ADOPTS, with_items(YOUTH), dossier), "INV-04", "I-05", "ontbreekt")


def test_inv_04_a_reason_does_not_buy_a_change_of_what_participants_decided() -> None:
    dossier = programme()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    reason: Json = {"onderdeel": "I-05", "veld": "uitslag", "reden": "goedkoper onderhoud"}
    changed = with_items(YOUTH, item("I-05", uitslag="B"), afwijkingen=[reason])
    refused(ask(COLLEGE, ADOPTS, changed, dossier), "INV-04", "I-05")


def test_inv_09_advice_on_an_item_gets_its_reply_in_the_programme() -> None:
    dossier = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "adviseren", "I-03").adoptable("I-03")
    dossier.advised("D07", "I-03", mark="A-3")
    route = item("I-03", route="noord")
    refused(ask(COLLEGE, ADOPTS, with_items(route), dossier), "INV-09", "A-3")
    reply: list[Json] = [{"advies": "A-3", "reactie": "gevolgd"}]
    allowed(ask(COLLEGE, ADOPTS, with_items(route, reacties=reply), dossier))


def test_a_binding_item_is_not_reached_through_a_decision_on_the_whole_of_its_own_step() -> None:
    dossier = programme().framed("D07", "raadplegen")
    values = GRANT | {"inbrengregister": 0, "onderdelen": [item("I-05", uitslag="B")]}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07"), values, dossier), "INV-04", "I-05")


# --- meebeslissen ----------------------------------------------------------------------------------------------------


def binding(**options: bool) -> Dossier:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    dossier.checked(options)
    return dossier


def test_the_participants_decide_within_the_self_binding() -> None:
    ruling = allowed(ask(PLAY, PLAYS, OUTCOME, binding()), "D07/meebeslissen")
    assert "bekrachtiging" in ruling.owed


@pytest.mark.parametrize("who", [COLLEGE, COORDINATOR, LAWYER, PLATFORM, GROUP, person("x", "beheerder"), person("y")])
@pytest.mark.parametrize("lane", ["college", "deelnemers"])
def test_inv_04_nobody_but_the_participants_decides(who: Actor, lane: str) -> None:
    task = task_for(Act.BESLUIT, lane, "D07", "I-05")
    refused(ask(who, task, OUTCOME, binding()), "INV-04", "deelnemers")


def test_inv_04_the_organs_own_decision_is_refused_as_an_attempt_too() -> None:
    refused(attempt(COLLEGE, "besluit", "D07", "I-05", OUTCOME, binding()), "INV-04")


def test_inv_05_no_decision_without_self_binding() -> None:
    refused(ask(PLAY, PLAYS, OUTCOME, Dossier().framed("D07", "meebeslissen", "I-05")), "INV-05", "zelfbinding")


def test_inv_05_an_expired_self_binding_binds_no_more() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound(vervaldatum="2026-10-18")
    dossier.checked()
    refused(ask(PLAY, PLAYS, OUTCOME, dossier), "INV-05", "zelfbinding")


def test_inv_05_every_option_is_checked_before_the_participants_decide() -> None:
    refused(ask(PLAY, PLAYS, OUTCOME, binding(A=True, B=True)), "INV-05", "optie C")


def test_inv_05_an_unlawful_option_cannot_be_chosen() -> None:
    dossier = binding(A=False, B=True, C=True)
    refused(ask(PLAY, PLAYS, OUTCOME, dossier), "INV-05", "optie A")
    allowed(ask(PLAY, PLAYS, OUTCOME | {"uitslag": "B"}, dossier))


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"uitslag": "D"}, "A, B, C"),
        ({"uitslag": None}, "A, B, C"),
        ({"bedrag": 2_500_001}, "plafond"),
        ({"velden": {"bedrag": 2_500_001}}, "plafond"),
        ({"overeenstemming": "ja"}, "overeenstemming"),
        ({"overeenstemming": None}, "overeenstemming"),
    ],
)
def test_inv_05_an_outcome_stays_within_the_self_binding(values: dict[str, Json], word: str) -> None:
    refused(ask(PLAY, PLAYS, OUTCOME | values, binding()), "INV-05", word)


def test_the_participants_can_record_that_they_do_not_agree() -> None:
    dossier = binding()
    ruling = allowed(ask(PLAY, PLAYS, {"overeenstemming": False}, dossier))
    assert ruling.owed == ()
    dossier.decided({"overeenstemming": False}, "D07", "I-05", "meebeslissen")
    allowed(ask(PLAY, PLAYS, OUTCOME, dossier))


def test_inv_04_an_outcome_is_not_replaced() -> None:
    dossier = binding()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    refused(ask(PLAY, PLAYS, OUTCOME | {"uitslag": "B"}, dossier), "INV-04", "uitslag")
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    refused(ask(COLLEGE, task, binding_values(), dossier), "INV-04", "uitslag")


@pytest.mark.parametrize("name", ["onderwerp", "opties", "plafond", "kiesgerechtigden", "beslisregel", "vervaldatum"])
def test_inv_05_a_self_binding_says_all_that_binds(name: str) -> None:
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    refused(ask(COLLEGE, task, binding_values(**{name: None}), dossier), "INV-05", name)
    allowed(ask(COLLEGE, task, binding_values(), dossier))


def test_inv_05_a_self_binding_needs_the_frame_and_the_future_and_is_not_repeated() -> None:
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    refused(
        ask(COLLEGE, task, binding_values(), Dossier().framed("D07", "adviseren", "I-05")), "INV-05", "meebeslissen"
    )
    fresh = Dossier().framed("D07", "meebeslissen", "I-05")
    refused(ask(COLLEGE, task, binding_values(vervaldatum="2026-10-19"), fresh), "INV-05", "vervaldatum")
    refused(ask(COLLEGE, task, binding_values(), binding()), "INV-05", "er geldt al")
    refused(
        ask(COORDINATOR, task_for(Act.ZELFBINDING, "wijkcoordinator", "D07", "I-05"), binding_values(), fresh), "INV-13"
    )


RATIFIES = task_for(Act.BEKRACHTIGING, "college", "D07", "I-05")


def decided() -> Dossier:
    dossier = binding()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    return dossier


def test_the_organ_ratifies_the_outcome_as_it_is() -> None:
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, "datum": "2027-05-11", "notulen": "B 12"}, decided()))
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, "uitslag": "A"}, decided()))


@pytest.mark.parametrize(
    "values",
    [{"uitslag": "B"}, {"bedrag": 1}, {"voorwaarde": "mits goedkoper"}, {"velden": {"x": 1}}, {"bekrachtigd": False}],
)
def test_inv_04_a_ratification_without_judging_content(values: dict[str, Json]) -> None:
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, **values}, decided()), "INV-04")


def test_who_does_not_ratify_reads_what_a_ratification_can_do() -> None:
    refused(ask(COLLEGE, RATIFIES, {"motivering": "Gezien."}, decided()), "INV-04", "zij bekrachtigt, of stuurt terug")


def test_inv_13_only_the_organ_that_bound_itself_ratifies() -> None:
    for actor, lane in ((COORDINATOR, "wijkcoordinator"), (PLAY, "deelnemers")):
        task = task_for(Act.BEKRACHTIGING, lane, "D07", "I-05")
        refused(ask(actor, task, {"bekrachtigd": True}, decided()), "INV-13", "college")


def test_inv_01_no_self_binding_without_a_promised_rung() -> None:
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    refused(ask(COLLEGE, task, binding_values(), Dossier()), "INV-01", "D07")


def test_inv_04_there_is_nothing_to_ratify_before_the_outcome() -> None:
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, binding()), "INV-04", "uitslag")


def test_inv_06_an_unlawful_outcome_goes_back_and_nothing_takes_its_place() -> None:
    back: dict[str, Json] = {"bekrachtigd": False, "terug_naar_deelnemers": True, "grond": "omgevingsplan"}
    ruling = allowed(ask(COLLEGE, RATIFIES, back, decided()))
    assert ruling.owed == ("oordeel_van_jurist",)
    refused(ask(COLLEGE, RATIFIES, back | {"grond": ""}, decided()), "INV-06", "grond")
    refused(ask(COLLEGE, RATIFIES, back | {"uitslag": "B"}, decided()), "INV-06", "uitslag")
    refused(ask(COLLEGE, RATIFIES, back | {"bekrachtigd": True}, decided()), "INV-06")


def test_inv_06_after_it_went_back_the_participants_decide_again_and_the_organ_still_does_not() -> None:
    dossier = decided()
    dossier.claimed()
    dossier.judged(True)
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", "I-05"), OUTCOME, dossier), "INV-04")
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, dossier), "INV-04")
    allowed(ask(PLAY, PLAYS, OUTCOME | {"uitslag": "B"}, dossier))


def test_inv_24_the_government_does_not_take_over_an_initiative_without_the_groups_consent() -> None:
    values: dict[str, Json] = {"verzoek": "overname", "reden": "efficiënter", "instemming": True}
    refused(attempt(COLLEGE, "besluit", "D15", "I-02", values, Dossier()), "INV-24", "instemming")
    task = task_for(Act.BESLUIT, "deelnemers", "D15", "I-02")
    allowed(ask(GROUP, task, values, Dossier()))
    refused(ask(PLAY, task, values, Dossier()), "INV-24")
