"""Who may act: lane, assignee, four eyes, substitution, mandate, attempts, administration; and failing closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.roles import Scope
from engine.rules import ACTS
from engine.terms import Act, Action, Actor, Json
from engine.trail.kinds import Kind
from tests.engine.rights_world import (
    CASE,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    RESIDENT,
    ROLES,
    Dossier,
    allowed,
    ask,
    attempt,
    digest,
    given,
    mandate,
    membership,
    person,
    refused,
    substitute,
    task_for,
)

WORK = task_for(Act.WERK, "wijkcoordinator")
STRANGER = person("vreemde")

# --- the lane --------------------------------------------------------------------------------------------------------


def test_who_holds_the_role_of_the_lane_does_the_work() -> None:
    ruling = allowed(ask(COORDINATOR, WORK), "handeling/werk")
    assert ruling.role == "wijkcoordinator"
    assert ruling.grounds == (COORDINATOR.facts[0].record,)


@pytest.mark.parametrize("who", [STRANGER, RESIDENT, COLLEGE, person("b", "beheerder")])
def test_taak_kandidaat_without_the_role_nobody_does_the_work(who: Actor) -> None:
    refused(ask(who, WORK), "taak/kandidaat", "wijkcoordinator")


def test_taak_kandidaat_a_task_without_a_lane_is_nobodys() -> None:
    refused(ask(COORDINATOR, task_for(Act.WERK, None)), "taak/kandidaat")


def test_a_membership_holds_in_its_own_wijk_only_and_a_city_wide_one_everywhere() -> None:
    elsewhere = Scope("delft", "voorhof")
    refused(ask(COORDINATOR, WORK, scope=elsewhere), "taak/kandidaat")
    allowed(ask(COLLEGE, task_for(Act.WERK, "college"), scope=elsewhere))
    refused(ask(COORDINATOR, WORK, scope=Scope("delft")), "taak/kandidaat")


def test_a_group_membership_holds_for_its_own_subject_only() -> None:
    allowed(ask(GROUP, task_for(Act.WERK, "deelnemers", subject="I-02")))
    refused(ask(GROUP, task_for(Act.WERK, "deelnemers", subject="I-05")), "taak/kandidaat")
    refused(ask(GROUP, task_for(Act.WERK, "deelnemers")), "taak/kandidaat")
    allowed(ask(GROUP, task_for(Act.WERK, "deelnemers"), scope=Scope("delft", "tanthof", "I-02")))


@pytest.mark.parametrize("period", [{"tot": "2026-10-19"}, {"van": "2026-10-21"}, {"van": "2027-01-01"}])
def test_a_membership_outside_its_period_does_not_hold(period: dict[str, str]) -> None:
    refused(ask(person("x", membership("wijkcoordinator", **period)), WORK), "taak/kandidaat")


def test_a_membership_holds_on_its_last_day() -> None:
    allowed(ask(person("x", membership("wijkcoordinator", van="2026-10-20", tot="2026-10-20")), WORK))


def test_a_withdrawn_membership_does_not_hold() -> None:
    held = membership("wijkcoordinator")
    gone = given(Kind.ROLE_WITHDRAWN, {"trekt_in": held.record, "persoon": "x"})
    refused(ask(person("x", held, gone), WORK), "taak/kandidaat")


def test_a_membership_recorded_later_does_not_hold_yet() -> None:
    held = membership("wijkcoordinator")
    refused(ask(person("x", replace(held, at=held.at.replace(year=2027))), WORK), "taak/kandidaat")


# --- the assignee ----------------------------------------------------------------------------------------------------


def test_taak_behandelaar_a_claimed_task_is_done_by_who_claimed_it() -> None:
    refused(ask(COORDINATOR, WORK, assignee="ander"), "taak/behandelaar")
    allowed(ask(COORDINATOR, WORK, assignee="coordinator"))


def test_taak_behandelaar_the_task_of_somebody_who_left_is_given_back_by_who_may_do_that() -> None:
    for who in (RESIDENT, COLLEGE):
        refused(ask(who, WORK, action=Action.RELEASE, assignee="ander"), "taak/behandelaar", "een ander")
    allowed(ask(COORDINATOR, WORK, action=Action.RELEASE, assignee="ander"))
    elsewhere = Scope("delft", "voorhof")
    refused(ask(COORDINATOR, WORK, action=Action.RELEASE, assignee="ander", scope=elsewhere), "taak/behandelaar")


def test_a_task_is_claimed_given_back_and_handed_over_by_candidates() -> None:
    colleague = person("collega", "wijkcoordinator")
    allowed(ask(COORDINATOR, WORK, action=Action.CLAIM), "taak/oppakken")
    refused(ask(RESIDENT, WORK, action=Action.CLAIM), "taak/kandidaat")
    refused(ask(COORDINATOR, WORK, action=Action.CLAIM, assignee="ander"), "taak/behandelaar")
    allowed(ask(COORDINATOR, WORK, action=Action.RELEASE, assignee="coordinator"))
    refused(ask(COORDINATOR, WORK, action=Action.RELEASE), "taak/behandelaar", "niemand")
    allowed(ask(COORDINATOR, WORK, action=Action.DELEGATE, assignee="coordinator", other=colleague))
    refused(ask(COORDINATOR, WORK, action=Action.DELEGATE, other=RESIDENT), "taak/overdragen", "rol")
    refused(ask(COORDINATOR, WORK, action=Action.DELEGATE), "taak/overdragen")
    refused(ask(COORDINATOR, WORK, action=Action.DELEGATE, assignee="ander", other=colleague), "taak/behandelaar")
    refused(ask(COORDINATOR, None, action=Action.CLAIM), "taak/open")


@pytest.mark.parametrize("status", ["opgeschort", "gereed", "afgebroken", "iets anders"])
def test_zaak_status_nothing_happens_in_a_case_that_does_not_run(status: str) -> None:
    refused(ask(COORDINATOR, WORK, status=status), "zaak/status", status)
    refused(ask(COORDINATOR, WORK, status=status, action=Action.CLAIM), "zaak/status")
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D09"), status=status), "zaak/status")


def ready(act: Act) -> Dossier:
    """A dossier in which nothing but the task itself stands in the way of this act."""
    dossier = Dossier().framed("D07", "meebeslissen" if act is Act.ZELFBINDING else "raadplegen", "I-02")
    dossier.act(Act.WERK, "iemand", element="opstellen")
    return dossier


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_asks_for_a_running_case_the_lane_the_assignee_and_other_eyes(act: Act) -> None:
    actor, task = person("iemand", "college", "wijkcoordinator"), task_for(act, "college", "D07", "I-02")
    checking = task_for(act, "college", "D07", "I-02", four_eyes="opstellen")
    refused(ask(actor, task, {}, ready(act), status="opgeschort"), "zaak/status")
    refused(ask(person("ander", "wijkcoordinator"), task, {}, ready(act)), "taak/kandidaat")
    refused(ask(actor, task, {}, ready(act), assignee="ander"), "taak/behandelaar")
    refused(ask(actor, checking, {}, ready(act)), "taak/vier-ogen")


@pytest.mark.parametrize("act", [Act.INBRENG, Act.ADVIES, Act.VOORSTEL])
def test_inv_01_participation_serves_only_the_rungs_that_its_task_names(act: Act) -> None:
    task = task_for(act, "bewoner", "D07", "I-02", "adviseren")
    refused(ask(RESIDENT, task, {"probleemagenda": "x"}, ready(act)), "INV-01", "raadplegen")


# --- four eyes and substitution --------------------------------------------------------------------------------------

CHECKS = task_for(Act.WERK, "wijkcoordinator", four_eyes="opstellen")


def drafted(by: str, behalf: str | None = None, case: str = CASE) -> Dossier:
    dossier = Dossier()
    dossier.act(Act.WERK, by, element="opstellen", behalf=behalf, case=case)
    return dossier


def test_taak_vier_ogen_nobody_checks_his_own_work() -> None:
    refused(ask(COORDINATOR, CHECKS, dossier=drafted("coordinator")), "taak/vier-ogen", "opstellen")
    refused(ask(COORDINATOR, CHECKS, dossier=drafted("coordinator"), action=Action.CLAIM), "taak/vier-ogen")
    allowed(ask(COORDINATOR, CHECKS, dossier=drafted("ander")))
    allowed(ask(COORDINATOR, CHECKS, dossier=drafted("coordinator", case="zaak-2")))


def test_taak_vier_ogen_a_task_is_not_handed_to_whose_work_it_checks() -> None:
    author = person("auteur", "wijkcoordinator")
    ruling = ask(COORDINATOR, CHECKS, dossier=drafted("auteur"), action=Action.DELEGATE, other=author)
    refused(ruling, "taak/overdragen", "opstellen")


def test_a_substitute_is_candidate_and_takes_over_what_the_other_claimed() -> None:
    stand_in = substitute(STRANGER, COORDINATOR)
    ruling = allowed(ask(stand_in, WORK))
    assert ruling.behalf == "coordinator"
    allowed(ask(stand_in, WORK, assignee="coordinator"))
    allowed(ask(stand_in, WORK, assignee="coordinator", action=Action.RELEASE))
    refused(ask(stand_in, WORK, assignee="ander"), "taak/behandelaar")


@pytest.mark.parametrize("period", [{"tot": "2026-10-19"}, {"van": "2026-10-21"}])
def test_a_substitution_outside_its_period_widens_nothing(period: dict[str, str]) -> None:
    refused(ask(substitute(STRANGER, COORDINATOR, **period), WORK), "taak/kandidaat")


def test_a_substitute_of_nobody_named_widens_nothing() -> None:
    refused(ask(replace(STRANGER, stands_in_for={"coordinator": COORDINATOR.facts}), WORK), "taak/kandidaat")


def test_a_substitution_does_not_cascade() -> None:
    middle = substitute(person("midden"), COORDINATOR)
    refused(ask(substitute(STRANGER, middle), WORK), "taak/kandidaat")


def test_taak_vier_ogen_a_substitute_looks_with_the_eyes_of_the_person_substituted() -> None:
    stand_in = substitute(STRANGER, COORDINATOR)
    refused(ask(stand_in, CHECKS, dossier=drafted("coordinator")), "taak/vier-ogen")
    refused(ask(COORDINATOR, CHECKS, dossier=drafted("vreemde", behalf="coordinator")), "taak/vier-ogen")
    refused(ask(person("vreemde", "wijkcoordinator"), CHECKS, dossier=drafted("vreemde", behalf="x")), "taak/vier-ogen")
    allowed(ask(stand_in, CHECKS, dossier=drafted("ander")))


def test_who_holds_the_role_himself_does_not_act_for_whom_he_substitutes() -> None:
    both = substitute(person("collega", "wijkcoordinator"), COORDINATOR)
    assert allowed(ask(both, CHECKS, dossier=drafted("coordinator"))).behalf is None


# --- mandate ---------------------------------------------------------------------------------------------------------

GRANTS = task_for(Act.BESLUIT, "college", "D07", "I-02")
SMALL: dict[str, Json] = GRANT | {"bedrag": 400_000, "inbrengregister": 0}


def consulted() -> Dossier:
    return Dossier().framed("D07", "raadplegen", "I-02")


def mandated(step: str = "D07", **values: Json) -> Actor:
    return person("coordinator", "wijkcoordinator", facts=(mandate("wijkcoordinator", step, values),))


def test_a_mandate_lets_an_official_decide_for_the_organ() -> None:
    actor = mandated(plafond=4_000_000)
    ruling = allowed(ask(actor, GRANTS, SMALL, consulted()), "D07/raadplegen")
    assert ruling.mandate == actor.facts[-1].record
    assert ruling.behalf == "bestuurder"
    assert ruling.mandate in ruling.grounds
    allowed(ask(actor, task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02"), SMALL, consulted()))


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"plafond": 399_999}, "399999"),
        ({"tot": "2026-10-19"}, "geldt nu niet"),
        ({"van": "2026-10-21"}, "geldt nu niet"),
        ({"onderwerp": "I-03"}, "I-03"),
        ({"rol": "wijkopzichter"}, "wijkopzichter"),
    ],
)
def test_inv_13_a_mandate_carries_no_more_than_it_says(values: dict[str, Json], word: str) -> None:
    refused(
        ask(
            person("coordinator", "wijkcoordinator", facts=(mandate("wijkcoordinator", "D07", values),)),
            GRANTS,
            SMALL,
            consulted(),
        ),
        "INV-13",
        word,
    )


def test_inv_13_a_mandate_with_a_ceiling_needs_an_amount() -> None:
    task = task_for(Act.BESLUIT, "college", "D11", "I-02")
    dossier = Dossier().framed("D11", "raadplegen", "I-02")
    refused(ask(mandated(step="D11", plafond=100), task, {"inbrengregister": 0}, dossier), "INV-13", "geen bedrag")


def test_inv_13_a_withdrawn_mandate_carries_nothing() -> None:
    row = mandate("wijkcoordinator", "D07")
    gone = given(Kind.MANDATE_WITHDRAWN, {"trekt_in": row.record, "reden": "misbruik"})
    actor = person("coordinator", "wijkcoordinator", facts=(row, gone))
    refused(ask(actor, GRANTS, SMALL, consulted()), "INV-13", "ingetrokken")


def test_inv_13_a_mandate_for_another_step_or_organ_is_none() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02")
    refused(ask(mandated(step="D11"), task, SMALL, consulted()), "INV-13", "rol:college")
    refused(ask(mandated(orgaan="raad"), task, SMALL, consulted()), "INV-13", "rol:college")


def test_inv_13_the_programme_is_not_decided_under_a_mandate() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D09")
    dossier = Dossier().framed("D09", "raadplegen")
    refused(ask(mandated(step="D09"), task, {}, dossier), "INV-13", "geen mandaat")


def test_inv_13_a_substitute_does_not_carry_the_mandates_of_the_person_substituted() -> None:
    stand_in = substitute(STRANGER, mandated())
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02")
    refused(ask(stand_in, task, SMALL, consulted()), "INV-13", "rol:college")
    with_mandate = substitute(person("vreemde", facts=(mandate("wijkcoordinator", "D07"),)), COORDINATOR)
    refused(ask(with_mandate, task, SMALL, consulted()), "INV-13", "niet zelf")


def test_taak_vier_ogen_a_mandate_adds_no_eyes() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02", four_eyes="opstellen")
    dossier = consulted()
    dossier.act(Act.WERK, "bestuurder", element="opstellen")
    refused(ask(mandated(), task, SMALL, dossier), "taak/vier-ogen")


@pytest.mark.parametrize("role", sorted(set(ROLES.by_id) - {"college"}))
def test_inv_13_nobody_else_decides_whatever_the_lane(role: str) -> None:
    own_lane = task_for(Act.BESLUIT, role, "D07", "I-02")
    refused(ask(person("x", role), own_lane, SMALL, consulted()), "INV-13", "rol:college")
    refused(ask(person("x", role), GRANTS, SMALL, consulted()), "taak/kandidaat")


def test_inv_13_who_advised_does_not_decide_on_the_same_item() -> None:
    dossier = consulted()
    dossier.advised("D07", "I-02", by="bestuurder")
    refused(ask(COLLEGE, GRANTS, SMALL, dossier), "INV-13", "advies")
    refused(ask(substitute(STRANGER, COLLEGE), GRANTS, SMALL, dossier), "INV-13", "advies")
    other = consulted()
    other.advised("D07", "I-03", by="bestuurder")
    allowed(ask(COLLEGE, GRANTS, SMALL, other))


def test_inv_13_an_objection_is_not_decided_by_the_mandatee_of_the_contested_decision() -> None:
    actor = person("coordinator", "wijkcoordinator", "college")
    dossier = Dossier()
    taken = dossier.act(Act.BESLUIT, actor, SMALL, step="D07", subject="I-02", rung="raadplegen", mandate=[digest("m")])
    dossier.act(Act.ADVIES, "c", {"strekking": "ongegrond"}, step="D17", subject="B-1", role="bezwaarcommissie")
    task = task_for(Act.BESLUIT, "college", "D17", "B-1")
    values: dict[str, Json] = {"ontvankelijkheid": "ja", "hoorverslag": "x", "uitkomst": "ongegrond"}
    refused(ask(actor, task, values | {"bestreden_besluit": taken.record}, dossier), "INV-13", "zelf")
    refused(ask(COLLEGE, task, values, dossier), "INV-13")
    allowed(ask(COLLEGE, task, values | {"bestreden_besluit": taken.record}, dossier))


def test_inv_13_the_organ_decides_on_an_objection_to_what_was_decided_in_its_name_but_not_who_substitutes() -> None:
    dossier = Dossier()
    used: list[Json] = [digest("m")]
    taken = dossier.act(
        Act.BESLUIT, COORDINATOR, SMALL, step="D07", subject="I-02", rung="raadplegen", mandate=used, behalf=COLLEGE.ref
    )
    dossier.act(Act.ADVIES, "c", {"strekking": "ongegrond"}, step="D17", subject="B-1", role="bezwaarcommissie")
    task = task_for(Act.BESLUIT, "college", "D17", "B-1")
    values: dict[str, Json] = {"ontvankelijkheid": "ja", "hoorverslag": "x", "uitkomst": "ongegrond"}
    contested: dict[str, Json] = values | {"bestreden_besluit": taken.record}
    allowed(ask(COLLEGE, task, contested, dossier))
    refused(ask(substitute(STRANGER, COLLEGE), task, contested, dossier), "INV-13", "zelf")


def test_dt05_the_coordinator_decides_up_to_the_ceiling_and_the_college_above_it() -> None:
    task, above = task_for(Act.BESLUIT, "wijkcoordinator", "D12"), task_for(Act.BESLUIT, "college", "D12")
    values: dict[str, Json] = {"knelpunt": "x", "spoedreden": "x", "plafondtoets": "x"}
    allowed(ask(COORDINATOR, task, values | {"bedrag": 250_000}, Dossier().budgeted()))
    refused(ask(COORDINATOR, task, values | {"bedrag": 250_001}), "DT05", "250000")
    refused(ask(COORDINATOR, task, values), "DT05", "geen bedrag")
    allowed(ask(COLLEGE, above, values | {"bedrag": 290_000}))
    refused(attempt(COORDINATOR, "besluit", "D12", "K-2", values | {"bedrag": 290_000}, Dossier()), "DT05")


# --- attempts and failing closed -------------------------------------------------------------------------------------


def test_handelen_geen_taak_an_attempt_changes_nothing_without_an_open_task() -> None:
    refused(attempt(COLLEGE, "besluit", "D07", "I-02", SMALL, consulted()), "handelen/geen-taak", "open taak")
    refused(attempt(RESIDENT, "werk", "D07", "I-02", {}, consulted()), "handelen/geen-taak")


def test_an_attempt_is_judged_like_the_act_that_it_names() -> None:
    refused(attempt(COORDINATOR, "besluit", "D07", "I-02", SMALL, consulted()), "INV-13")
    refused(attempt(RESIDENT, "inbreng", "D09", "*", {"tekst": "x"}, Dossier()), "INV-02")


@pytest.mark.parametrize("values", [{}, {"handeling": "toveren"}, {"handeling": 7}, {"handeling": ["besluit"]}])
def test_inv_15_an_attempt_at_nothing_known_is_refused(values: dict[str, Json]) -> None:
    refused(ask(COLLEGE, None, values, action=Action.ATTEMPT), "INV-15")


def test_every_act_has_its_rules_and_a_task_without_a_known_step_decides_nothing() -> None:
    assert set(ACTS) == set(Act)
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college")), "INV-01")


def test_inv_15_what_cannot_be_read_is_refused() -> None:
    unreadable: list[dict[str, Json]] = [{"onderdelen": "x"}, {"onderdelen": [1]}, {"reacties": 4}]
    for wrong in unreadable:
        refused(
            ask(COLLEGE, task_for(Act.BESLUIT, "college", "D09"), wrong, Dossier().framed("D09", "adviseren")), "INV-15"
        )
    refused(ask(mandated(plafond=1), GRANTS, {"bedrag": "veel"}, consulted()), "INV-15", "bedrag")
    refused(ask(COORDINATOR, None, {}, action=Action.COMPLETE), "INV-15")


@pytest.mark.parametrize("action", list(Action))
def test_a_stranger_may_do_nothing(action: Action) -> None:
    for task in (None, WORK, GRANTS):
        assert not ask(STRANGER, task, {"reden": "x"}, action=action, other=COORDINATOR).allowed


# --- administration --------------------------------------------------------------------------------------------------

ADMIN = person("beheerder-1", "beheerder")
APPOINTMENT: dict[str, Json] = {"persoon": "nieuw", "rol": "wijkcoordinator", "bereik": "wijk", "wijk": "tanthof"}


def test_bevoegdheid_rol_only_the_named_roles_start_stop_and_repair() -> None:
    for action, status in ((Action.START, "lopend"), (Action.SUSPEND, "lopend"), (Action.RESUME, "opgeschort")):
        allowed(ask(COORDINATOR, None, {"reden": "x"}, action=action, status=status))
        refused(ask(RESIDENT, None, {"reden": "x"}, action=action, status=status), "bevoegdheid/rol", "wijkcoordinator")
    allowed(ask(ADMIN, None, {}, action=Action.RETRY))


def test_bevoegdheid_rol_a_resident_starts_only_what_the_catalogue_names() -> None:
    allowed(ask(RESIDENT, None, {"proces": "geschil"}, action=Action.START))
    refused(ask(RESIDENT, None, {"proces": "wijkcyclus"}, action=Action.START), "bevoegdheid/rol", "wijkcoordinator")


def test_bevoegdheid_reden_stopping_needs_a_reason() -> None:
    refused(ask(COORDINATOR, None, {}, action=Action.SUSPEND), "bevoegdheid/reden")
    refused(ask(COORDINATOR, None, {"reden": " "}, action=Action.CANCEL), "bevoegdheid/reden")


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.RESUME, Action.CANCEL, Action.RETRY])
def test_zaak_status_a_case_is_stopped_resumed_and_repaired_only_while_that_makes_sense(action: Action) -> None:
    for status in ("gereed", "afgebroken"):
        refused(ask(person("x", "wijkcoordinator"), None, {"reden": "x"}, action=action, status=status), "zaak/status")
    wrong = "lopend" if action is Action.RESUME else "opgeschort"
    if action in (Action.SUSPEND, Action.RESUME):
        refused(ask(COORDINATOR, None, {"reden": "x"}, action=action, status=wrong), "zaak/status")


@pytest.mark.parametrize("action", [Action.CLAIM, Action.RELEASE, Action.DELEGATE])
def test_taak_open_a_task_is_moved_only_when_there_is_one_in_a_running_case(action: Action) -> None:
    colleague = person("collega", "wijkcoordinator")
    refused(ask(COORDINATOR, None, action=action, other=colleague), "taak/open")
    held = None if action is Action.CLAIM else "coordinator"
    refused(ask(COORDINATOR, WORK, action=action, other=colleague, assignee=held, status="opgeschort"), "zaak/status")
    refused(ask(person("x"), WORK, action=Action.DELEGATE, other=colleague), "taak/kandidaat")


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.RESUME, Action.CANCEL])
def test_bevoegdheid_reden_every_interference_with_a_case_has_its_reason(action: Action) -> None:
    status = "opgeschort" if action is Action.RESUME else "lopend"
    refused(ask(COORDINATOR, None, {"reden": ""}, action=action, status=status), "bevoegdheid/reden")


def test_inv_18_no_case_is_closed_over_an_unanswered_contribution() -> None:
    dossier = Dossier()
    dossier.heard("D05")
    refused(ask(COORDINATOR, None, {"reden": "x"}, dossier, action=Action.CANCEL), "INV-18", "R-01")
    dossier.handled()
    allowed(ask(COORDINATOR, None, {"reden": "x"}, dossier, action=Action.CANCEL))


def test_inv_18_no_case_ends_by_itself_over_an_unanswered_contribution() -> None:
    system, dossier = Actor("systeem"), Dossier()
    dossier.heard("D05")
    refused(ask(system, None, {}, dossier, action=Action.FINISH), "INV-18", "R-01")
    refused(ask(COORDINATOR, None, {}, Dossier(), action=Action.FINISH), "bevoegdheid/rol")
    dossier.handled()
    allowed(ask(system, None, {}, dossier, action=Action.FINISH))


def test_inv_44_uitrollen_vier_ogen_a_process_model_is_released_by_another_person() -> None:
    designer, second = person("ontwerper", "procesontwerper"), person("tweede", "procesontwerper")
    proposal: dict[str, Json] = {"versie": "abc", "stap": "voorstellen"}
    release = proposal | {"stap": "vrijgeven"}
    dossier = Dossier()
    allowed(ask(designer, None, proposal, dossier, action=Action.DEPLOY))
    refused(ask(second, None, release, dossier, action=Action.DEPLOY), "uitrollen/vier-ogen", "voorstel")
    dossier.facts.append(given(Kind.DEFINITION_PROPOSED, proposal, by="ontwerper"))
    refused(ask(designer, None, release, dossier, action=Action.DEPLOY), "uitrollen/vier-ogen", "zelf")
    allowed(ask(second, None, release, dossier, action=Action.DEPLOY))
    refused(ask(substitute(STRANGER, second), None, release, dossier, action=Action.DEPLOY), "uitrollen/rol")
    refused(ask(RESIDENT, None, release, dossier, action=Action.DEPLOY), "uitrollen/rol")
    refused(ask(designer, None, {"versie": "abc"}, dossier, action=Action.DEPLOY), "uitrollen/rol")


def test_benoemen_a_manager_appoints_others_but_never_himself_to_decide() -> None:
    allowed(ask(ADMIN, None, APPOINTMENT, action=Action.APPOINT))
    refused(ask(ADMIN, None, APPOINTMENT | {"persoon": "beheerder-1"}, action=Action.APPOINT), "benoemen/zelf")
    refused(ask(ADMIN, None, APPOINTMENT, action=Action.APPOINT, other=ADMIN), "benoemen/zelf")
    refused(ask(COORDINATOR, None, APPOINTMENT, action=Action.APPOINT), "bevoegdheid/rol")
    refused(ask(substitute(STRANGER, ADMIN), None, APPOINTMENT, action=Action.APPOINT), "bevoegdheid/rol")


@pytest.mark.parametrize(
    "values",
    [
        {"rol": "keizer"},
        {"bereik": "gemeente"},
        {"bereik": "land"},
        {"wijk": ""},
        {"bereik": "groep"},
        {"persoon": ""},
        {"van": "2026-05-01", "tot": "2026-04-01"},
    ],
)
def test_benoemen_gegevens_an_appointment_that_does_not_fit_is_refused(values: dict[str, Json]) -> None:
    refused(ask(ADMIN, None, APPOINTMENT | values, action=Action.APPOINT), "benoemen/gegevens")


def test_inv_13_a_mandate_is_given_by_the_organ_itself_and_never_beyond_the_table() -> None:
    row: dict[str, Json] = {"orgaan": "college", "rol": "wijkcoordinator", "stap": ["D07", "D11"], "plafond": 4_000_000}
    row |= {"van": "2026-01-01", "tot": "2026-12-31"}
    allowed(ask(COLLEGE, None, row, action=Action.MANDATE))
    for who in (COORDINATOR, ADMIN, substitute(STRANGER, COLLEGE)):
        refused(ask(who, None, row, action=Action.MANDATE), "INV-13")
    unfit: list[dict[str, Json]] = [{"stap": "D09"}, {"stap": ["D07", "D09"]}, {"tot": ""}, {"stap": []}]
    unfit += [{"rol": "auditor"}, {"rol": ""}, {"rol": "", "persoon": "bestuurder"}]
    for wrong in unfit:
        refused(ask(COLLEGE, None, {**row, **wrong}, action=Action.MANDATE), "INV-13")
    refused(ask(COLLEGE, None, row | {"plafond": "veel"}, action=Action.MANDATE), "INV-15")


def test_vervangen_gegevens_a_substitution_is_given_by_the_person_or_by_who_may() -> None:
    row: dict[str, Json] = {"vervangt": "coordinator", "vervanger": "ander", "van": "2026-10-01", "tot": "2026-11-01"}
    allowed(ask(COORDINATOR, None, row, action=Action.SUBSTITUTE))
    allowed(ask(ADMIN, None, row, action=Action.SUBSTITUTE))
    refused(ask(person("ander", "wijkcoordinator"), None, row, action=Action.SUBSTITUTE), "vervangen/gegevens")
    himself = row | {"vervanger": "beheerder-1"}
    refused(ask(ADMIN, None, himself, action=Action.SUBSTITUTE), "vervangen/gegevens", "een ander")
    refused(ask(COORDINATOR, None, row | {"vervanger": "coordinator"}, action=Action.SUBSTITUTE), "vervangen/gegevens")
    refused(ask(COORDINATOR, None, row | {"tot": ""}, action=Action.SUBSTITUTE), "vervangen/gegevens", "tot")


def test_intrekken_what_was_given_is_withdrawn_by_who_may() -> None:
    row = mandate("wijkcoordinator", "D07")
    holder = person("coordinator", "wijkcoordinator", facts=(row,))
    values: dict[str, Json] = {"trekt_in": row.record, "reden": "reorganisatie"}
    allowed(ask(COLLEGE, None, values, action=Action.REVOKE, other=holder))
    refused(ask(ADMIN, None, values, action=Action.REVOKE, other=holder), "intrekken/bevoegd", "college")
    refused(ask(COLLEGE, None, values, action=Action.REVOKE), "intrekken/regel")
    refused(ask(COLLEGE, None, values | {"reden": ""}, action=Action.REVOKE, other=holder), "bevoegdheid/reden")
    role: dict[str, Json] = {"trekt_in": holder.facts[0].record, "reden": "andere baan"}
    allowed(ask(ADMIN, None, role, action=Action.DISMISS, other=holder))
    refused(ask(RESIDENT, None, role, action=Action.DISMISS, other=holder), "intrekken/bevoegd")
    refused(ask(ADMIN, None, role | {"reden": ""}, action=Action.DISMISS, other=holder), "bevoegdheid/reden")


def test_lezen_bereik_a_case_is_read_by_who_has_a_role_there() -> None:
    allowed(ask(RESIDENT, None, action=Action.READ), "zaak/lezen")
    allowed(ask(GROUP, None, action=Action.READ))
    allowed(ask(person("a", "auditor"), None, action=Action.READ, scope=Scope("delft", "voorhof")))
    refused(ask(RESIDENT, None, action=Action.READ, scope=Scope("delft", "voorhof")), "lezen/bereik")
    refused(ask(GROUP, None, action=Action.READ, scope=Scope("delft", "voorhof")), "lezen/bereik")
    refused(ask(STRANGER, None, action=Action.READ), "lezen/bereik")


def test_verantwoording_vier_ogen_two_people_with_the_power_reopen_the_log_for_a_reason() -> None:
    clerk, other = person("griffier-1", "griffie"), person("beheerder-2", "beheerder")
    why: dict[str, Json] = {"reden": "De back-up is teruggezet."}
    allowed(ask(ADMIN, None, why, action=Action.REOPEN, other=clerk))
    allowed(ask(clerk, None, why, action=Action.REOPEN, other=other))
    refused(ask(ADMIN, None, why, action=Action.REOPEN, other=ADMIN), "verantwoording/vier-ogen", "een ander")
    refused(ask(ADMIN, None, why, action=Action.REOPEN), "verantwoording/vier-ogen", "een ander")
    refused(ask(ADMIN, None, why, action=Action.REOPEN, other=COORDINATOR), "verantwoording/vier-ogen", "griffie")
    refused(ask(COORDINATOR, None, why, action=Action.REOPEN, other=ADMIN), "bevoegdheid/rol", "griffie")
    refused(ask(ADMIN, None, {"reden": " "}, action=Action.REOPEN, other=clerk), "bevoegdheid/reden")
