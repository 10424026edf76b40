"""Side roads around the ladder: another step, another table of the decision, another name, another kind of role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine import definition
from engine.rights import Matrix
from engine.roles import Roles
from engine.terms import Act, Action, Json
from tests.engine.rights_world import (
    CASE,
    COLLEGE,
    COORDINATOR,
    DELFT,
    GRANT,
    OUTCOME,
    PLAY,
    RIGHTS,
    ROLES_FILE,
    Dossier,
    allowed,
    ask,
    mandate,
    membership,
    person,
    refused,
    substitute,
    task_for,
)

PLAYS = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
ADOPTS = task_for(Act.BESLUIT, "college", "D09")
STOPS: dict[str, Json] = {"reden": "te duur", "gevolg": "geen speelplek", "motivering": "geld", "inbrengregister": 0}


def deciding() -> Dossier:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    dossier.checked()
    return dossier


def decided() -> Dossier:
    dossier = deciding()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen", case=CASE)
    return dossier


# --- who are the participants ----------------------------------------------------------------------------------------


def test_inv_04_the_organ_is_no_participant_in_what_it_left_to_them() -> None:
    both = person("wethouder", "college", membership("deelnemers", group="I-05"))
    allowed(ask(PLAY, PLAYS, OUTCOME, deciding()))
    refused(ask(both, PLAYS, OUTCOME, deciding()), "INV-04", "de rol van het orgaan")
    refused(ask(substitute(COLLEGE, PLAY), PLAYS, OUTCOME, deciding()), "INV-04", "de rol van het orgaan")
    refused(ask(substitute(PLAY, COLLEGE), PLAYS, OUTCOME, deciding()), "INV-04", "de rol van het orgaan")


def test_inv_04_who_has_a_mandate_of_the_organ_is_no_participant_as_long_as_it_holds() -> None:
    group = membership("deelnemers", group="I-05")
    given: dict[str, Json] = {"rol": "wijkcoordinator", "plafond": 1}
    mandatee = person("ambtenaar", "wijkcoordinator", group, facts=(mandate("wijkcoordinator", "D07", given),))
    refused(ask(mandatee, PLAYS, OUTCOME, deciding()), "INV-04", "mandaat van het orgaan")
    former = mandate("wijkcoordinator", "D07", {"van": "2026-01-01", "tot": "2026-02-01"})
    allowed(ask(person("ambtenaar", "wijkcoordinator", group, facts=(former,)), PLAYS, OUTCOME, deciding()))


@pytest.mark.parametrize("lane", ["college", "wijkcoordinator"])
def test_inv_08_a_joint_proposal_is_not_laid_down_in_a_lane_of_the_organ_or_its_officials(lane: str) -> None:
    task = task_for(Act.VOORSTEL, lane, "D07", "I-02")
    by = COLLEGE if lane == "college" else COORDINATOR
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    refused(ask(by, task, {"probleemagenda": [{"probleem": "x"}]}, dossier), "INV-08")


# --- what was decided stays decided ----------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["I-05", "*"])
def test_inv_04_the_organ_does_not_change_or_stop_by_another_step_what_participants_decided(subject: str) -> None:
    task = task_for(Act.BESLUIT, "college", "D11", subject)
    dossier = decided().framed("D11", "raadplegen", subject)
    refused(ask(COLLEGE, task, STOPS, dossier), "INV-04", "I-05", "beslisten de deelnemers")
    allowed(ask(COLLEGE, task, STOPS, deciding().framed("D11", "raadplegen", subject)))


def test_inv_04_a_ratified_outcome_is_not_sent_back_and_not_ratified_twice() -> None:
    task = task_for(Act.BEKRACHTIGING, "college", "D07", "I-05")
    dossier = decided()
    allowed(ask(COLLEGE, task, {"terug_naar_deelnemers": True, "grond": "bevoegdheid"}, dossier))
    dossier.act(Act.BEKRACHTIGING, COLLEGE, {"bekrachtigd": True}, step="D07", subject="I-05", role="college")
    refused(ask(COLLEGE, task, {"terug_naar_deelnemers": True, "grond": "bevoegdheid"}, dossier), "INV-04")
    refused(ask(COLLEGE, task, {"bekrachtigd": True}, dossier), "INV-04")


def test_inv_04_a_case_is_not_broken_off_between_the_self_binding_and_the_ratification() -> None:
    reason: dict[str, Json] = {"reden": "het komt niet uit"}

    def breaks_off(dossier: Dossier) -> Any:
        return ask(COORDINATOR, None, reason, dossier, action=Action.CANCEL)

    allowed(breaks_off(Dossier().framed("D07", "meebeslissen", "I-05")))
    refused(breaks_off(deciding()), "INV-04", "uitslag over I-05")
    dossier = decided()
    refused(breaks_off(dossier), "INV-04", "bekrachtiging")
    dossier.act(Act.BEKRACHTIGING, COLLEGE, {"bekrachtigd": True}, step="D07", subject="I-05", role="college")
    allowed(breaks_off(dossier))


@pytest.mark.parametrize("subject", ["i-05", "I\u201105", "I 05", "I-05."])
def test_inv_04_a_frame_on_the_same_name_spelled_otherwise_takes_nothing_back(subject: str) -> None:
    frame = {"stap": "D07", "doel": "x", "ruimte_open": "x", "ruimte_dicht": "x", "trede": "raadplegen"}
    rest = {"orgaan": "college", "doelgroep": "x", "werkvorm": "x", "termijn": "2026-12-01", "terugkoppeling": "x"}
    task = task_for(Act.KADER, "college", "D07", subject)
    refused(ask(COLLEGE, task, frame | rest, decided()), "INV-04", "I-05")


# --- the wijkprogramma -----------------------------------------------------------------------------------------------


def programme(*items: Mapping[str, Json], **spent: int) -> dict[str, Json]:
    rows: list[Json] = [{"post": name.replace("_", "-"), "bedrag": amount} for name, amount in spent.items()]
    listed: list[Json] = [dict(one) for one in items]
    return {"motivering": "x", "inbrengregister": 0, "onderdelen": listed, "bestedingsvoorstel": rows}


def test_inv_04_the_spending_proposal_does_not_say_another_amount_than_the_participants() -> None:
    dossier = decided().budgeted().framed("D09", "raadplegen").adoptable("I-05")
    bare: dict[str, Json] = {"onderdeel": "I-05", "velden": {"uitslag": "A"}}
    allowed(ask(COLLEGE, ADOPTS, programme(bare, I_05=2_500_000), dossier))
    refused(ask(COLLEGE, ADOPTS, programme(bare, I_05=100), dossier), "INV-04", "bedrag")
    refused(ask(COLLEGE, ADOPTS, programme(bare, i_05=100), dossier), "INV-04", "bedrag")
    full: dict[str, Json] = {"onderdeel": "I-05", "velden": {"uitslag": "A", "bedrag": 2_500_000}}
    refused(ask(COLLEGE, ADOPTS, programme(full, I_05=100), dossier), "INV-01", "ander bedrag")


def test_inv_01_an_item_does_not_stand_beside_its_own_name_spelled_otherwise() -> None:
    dossier = decided().framed("D09", "raadplegen").framed("D07", "raadplegen")
    first: dict[str, Json] = {"onderdeel": "I-05", "velden": {"uitslag": "A", "bedrag": 2_500_000}}
    second: dict[str, Json] = {"onderdeel": "i-05", "velden": {"bedrag": 1}}
    refused(ask(COLLEGE, ADOPTS, programme(first, second), dossier), "INV-01", "twee keer")


# --- mandates, contributions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"velden": {"bedrag": 3_800_000}},
        {"velden": [{"veld": "bedrag", "waarde": 3_800_000}]},
        {"onderdelen": [{"onderdeel": "a", "bedrag": 1_900_000}, {"onderdeel": "b", "bedrag": 1_900_000}]},
    ],
)
def test_inv_13_a_ceiling_counts_whatever_the_decision_spends(more: Mapping[str, Json]) -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    task = task_for(Act.BESLUIT, "college", "D07", "I-02")
    given = mandate("wijkcoordinator", "D07", {"plafond": 2_000_000})
    mandatee = person("ambtenaar", "wijkcoordinator", facts=(given,))
    values = GRANT | {"bedrag": 100, "inbrengregister": 0}
    allowed(ask(mandatee, task, values, dossier))
    refused(ask(mandatee, task, {**values, **more}, dossier), "INV-13", "3800000")


def test_inv_18_a_handling_by_a_name_that_two_contributions_bear_answers_neither() -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    first = dossier.heard("D07", "I-02")
    dossier.handled()
    second = dossier.heard("D07", "I-02")
    dossier.handled()
    task = task_for(Act.BESLUIT, "college", "D07", "I-02")
    refused(ask(COLLEGE, task, GRANT, dossier), "INV-18", second.record)
    dossier.handled(second.record)
    allowed(ask(COLLEGE, task, GRANT, dossier))
    assert first.record != second.record


def test_inv_18_nobody_takes_the_digest_of_another_contribution_as_a_name() -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    first = dossier.heard("D07", "I-02", mark="")
    second = dossier.heard("D07", "I-02", mark=first.record)
    dossier.handled(first.record)
    task = task_for(Act.BESLUIT, "college", "D07", "I-02")
    refused(ask(COLLEGE, task, GRANT, dossier), "INV-18", second.record)


def test_inv_09_one_reply_does_not_answer_two_advices_of_one_name() -> None:
    dossier = Dossier().framed("D07", "adviseren", "I-02")
    for adviser in ("een", "twee"):
        dossier.advised("D07", "I-02", by=adviser)
    task = task_for(Act.BESLUIT, "college", "D07", "I-02")
    values = GRANT | {"reacties": [{"advies": "A-1", "reactie": "dank"}]}
    refused(ask(COLLEGE, task, values, dossier), "INV-09")


# --- what a city writes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "kind"), [("college", "orgaan"), ("wijkcoordinator", "ambtelijk")])
@pytest.mark.parametrize("guise", ["bewoners", "deelnemers"])
def test_a_catalogue_does_not_pass_an_organ_off_as_participants(role: str, kind: str, guise: str) -> None:
    head, mark, tail = ROLES_FILE.decode().partition(f"[rollen.{role}]")
    roles, findings = Roles.read((head + mark + tail.replace(f'"{kind}"', f'"{guise}"', 1)).encode())
    assert roles is not None, findings
    matrix, found = Matrix.read(RIGHTS, roles)
    assert matrix is None
    assert any(role in one.sentence and "niet als orgaan" in one.sentence for one in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("meebeslissen.bpmn", 'handeling="besluit"', 'handeling="besluit" verzamelt="ja"', "wijk/notatie"),
        ("meebeslissen.bpmn", 'handeling="besluit"', 'handeling="stemming" verzamelt="ja"', "wijk/notatie"),
        ("participatietraject.bpmn", 'handeling="kader"', 'handeling="kader" verzamelt="ja"', "wijk/notatie"),
        ("coproduceren.bpmn", 'id="baan_deelnemers" name="deelnemers"', 'id="baan_deelnemers" name="college"', "WL02"),
    ],
)
def test_a_diagram_that_gives_more_is_not_deployed(file: str, old: str, new: str, rule: str) -> None:
    places = (DELFT.parent / "gedeeld", DELFT)
    files = {one.name: one.read_bytes() for place in places for one in place.iterdir() if one.is_file()}
    text = files[file].decode()
    assert old in text
    read = definition.read(files | {file: text.replace(old, new).encode()})
    assert rule in {finding.rule for finding in read.findings}
    assert read.definition is None
