"""An outcome that the organ holds unlawful: a closed list of grounds, a jurist who judges, and no way to withhold."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.binding import GROUNDS, expiry_of, outcome_of
from engine.registers import Registers
from engine.terms import Act, Action, Actor, Json, Register, Ruling
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    LAWYER,
    OUTCOME,
    PLAY,
    Dossier,
    allowed,
    ask,
    binding_values,
    mandate,
    person,
    refused,
    substitute,
    task_for,
)

RATIFIES = task_for(Act.BEKRACHTIGING, "college", "D07", "I-05")
JUDGES = task_for(Act.ADVIES, "jurist", "D07", "I-05", "meebeslissen")
DECIDES = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
UPHELD: dict[str, Json] = {"onrechtmatig": True, "reden": "het plan verbiedt het"}


def decided() -> Dossier:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    dossier.checked()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    return dossier


def claims(dossier: Dossier, ground: Json = "omgevingsplan", **more: Json) -> Ruling:
    return ask(COLLEGE, RATIFIES, {"terug_naar_deelnemers": True, "grond": ground, **more}, dossier)


def judges(dossier: Dossier, actor: Actor = LAWYER, lane: str = "jurist", **values: Json) -> Ruling:
    task = task_for(Act.ADVIES, lane, "D07", "I-05", "meebeslissen")
    return ask(actor, task, UPHELD | values, dossier)


def stands(dossier: Dossier) -> bool:
    return outcome_of(Registers(dossier.facts, AFTER_TERM), "D07", "I-05") is not None


@pytest.mark.parametrize(
    "ground",
    ["", " ", None, "het komt niet uit", "omgevingsplan ", "Omgevingsplan", ["omgevingsplan"], True, "te duur"],
)
def test_inv_06_an_outcome_goes_back_on_a_ground_of_the_law_alone(ground: Json) -> None:
    refused(claims(decided(), ground), "INV-06", "grond")


@pytest.mark.parametrize("ground", GROUNDS)
def test_inv_06_a_claim_takes_nothing_away_until_the_jurist_upholds_it(ground: str) -> None:
    dossier = decided()
    assert allowed(claims(dossier, ground)).owed == ("oordeel_van_jurist",)
    dossier.claimed(ground)
    assert stands(dossier)
    refused(ask(PLAY, DECIDES, OUTCOME | {"uitslag": "B"}, dossier), "INV-04")
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", "I-05"), OUTCOME, dossier), "INV-04")
    assert allowed(judges(dossier)).owed == ("besluit_van_deelnemers",)
    dossier.judged(True)
    assert not stands(dossier)
    allowed(ask(PLAY, DECIDES, OUTCOME | {"uitslag": "B"}, dossier))


def test_inv_04_while_the_jurist_judges_the_organ_claims_nothing_more() -> None:
    dossier = decided()
    dossier.claimed()
    for ground in GROUNDS:
        refused(claims(dossier, ground), "INV-06", "jurist")
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, dossier))


def test_inv_04_what_the_jurist_finds_lawful_can_only_be_ratified() -> None:
    dossier = decided()
    dossier.claimed()
    dossier.judged(False)
    assert stands(dossier)
    for ground in GROUNDS:
        refused(claims(dossier, ground), "INV-06", "alleen nog bekrachtigen")
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, dossier))


def test_inv_04_the_same_outcome_does_not_go_back_twice_on_the_same_ground() -> None:
    dossier = decided()
    dossier.claimed()
    dossier.judged(True)
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    refused(claims(dossier), "INV-06", "een andere grond")
    allowed(claims(dossier, "bevoegdheid"))
    dossier.claimed("bevoegdheid")
    dossier.judged(False)
    for ground in GROUNDS:
        refused(claims(dossier, ground), "INV-06", "alleen nog bekrachtigen")


def test_inv_04_however_often_they_confirm_it_the_organ_runs_out_of_grounds() -> None:
    dossier, number = decided(), 0
    while found := [ground for ground in GROUNDS if claims(dossier, ground).allowed]:
        number += 1
        dossier.claimed(found[0])
        dossier.judged(True)
        dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    assert number == len(GROUNDS)
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, dossier))


def test_inv_06_another_outcome_is_judged_anew() -> None:
    dossier = decided()
    dossier.claimed()
    dossier.judged(True)
    dossier.decided(OUTCOME | {"uitslag": "B"}, "D07", "I-05", "meebeslissen")
    allowed(claims(dossier))


def test_inv_06_only_the_jurist_judges_and_never_the_organ() -> None:
    dossier = decided()
    refused(judges(dossier), "INV-06", "nog niet is geoordeeld")
    dossier.claimed()
    both = person("jurist-in-college", "jurist", "college")
    given = person("gemandateerde", "jurist", facts=(mandate("jurist", "D07"),))
    for actor, lane in (
        (both, "jurist"),
        (given, "jurist"),
        (substitute(LAWYER, COLLEGE), "jurist"),
        (COLLEGE, "college"),
        (COORDINATOR, "wijkcoordinator"),
        (PLAY, "deelnemers"),
    ):
        refused(judges(dossier, actor, lane), "INV-06")
    allowed(judges(dossier))


@pytest.mark.parametrize("wrong", [{"onrechtmatig": "ja"}, {"onrechtmatig": 1}, {"onrechtmatig": None}, {"reden": " "}])
def test_inv_06_a_judgement_says_yes_or_no_and_why(wrong: dict[str, Json]) -> None:
    dossier = decided()
    dossier.claimed()
    refused(ask(LAWYER, JUDGES, UPHELD | wrong, dossier), "INV-06")
    allowed(judges(dossier, onrechtmatig=False, reden=""))


def test_inv_06_an_early_or_late_judgement_moves_nothing() -> None:
    dossier = decided()
    dossier.judged(True)
    assert stands(dossier)
    dossier.claimed()
    dossier.act(Act.BEKRACHTIGING, COLLEGE, {"bekrachtigd": True}, step="D07", subject="I-05", role="college")
    dossier.judged(True)
    assert stands(dossier)
    refused(claims(dossier, "bevoegdheid"), "INV-04")


def test_inv_06_advice_that_says_nothing_of_the_law_is_no_judgement() -> None:
    dossier = decided()
    dossier.claimed()
    dossier.checked({"A": False})
    dossier.advised("D07", "I-05")
    assert stands(dossier)
    refused(claims(dossier, "bevoegdheid"), "INV-06", "jurist")


def test_inv_04_a_claim_that_waits_keeps_the_case_open() -> None:
    dossier = decided()
    dossier.claimed()
    reason: dict[str, Json] = {"reden": "het komt niet uit"}
    for action in (Action.CANCEL, Action.SUSPEND):
        refused(ask(COORDINATOR, None, reason, dossier, action=action), "INV-04", "bekrachtiging")
    binds = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    refused(ask(COLLEGE, binds, binding_values(), dossier), "INV-04")


# --- a judgement that comes late -------------------------------------------------------------------------------------

LAST_WEEK, AFTER_EXPIRY = (datetime.fromisoformat(f"2027-{day}T12:00+02:00") for day in ("06-25", "07-05"))
AGAIN: dict[str, Json] = OUTCOME | {"uitslag": "B"}


@pytest.mark.parametrize("now", [LAST_WEEK, AFTER_EXPIRY])
def test_inv_06_an_outcome_that_comes_back_late_leaves_its_participants_a_whole_term(now: datetime) -> None:
    """The self-binding expires on 1 July; the city gives six weeks from the judgement."""
    dossier = decided()
    dossier.claimed()
    for given in (None, "2027-07-20", "2027-08-05"):
        short = {} if given is None else {"vervaldatum": given}
        refused(ask(LAWYER, JUDGES, UPHELD | short, dossier, now=now), "INV-06", "vervaldatum: 2027-08-")
    late: dict[str, Json] = UPHELD | {"vervaldatum": "2027-08-31"}
    allowed(ask(LAWYER, JUDGES, late, dossier, now=now))
    dossier.now = now
    dossier.act(Act.ADVIES, LAWYER, late, step="D07", subject="I-05", role="jurist")
    day = datetime.fromisoformat("2027-08-30T12:00+02:00")
    allowed(ask(PLAY, DECIDES, AGAIN, dossier, now=day))
    organ = task_for(Act.BESLUIT, "college", "D07", "I-05")
    refused(ask(COLLEGE, organ, AGAIN, dossier, now=day), "INV-04")
    over = datetime.fromisoformat("2027-09-01T12:00+02:00")
    refused(ask(PLAY, DECIDES, AGAIN, dossier, now=over), "INV-05", "zelfbinding")


def test_inv_06_a_judgement_that_finds_it_lawful_gives_no_more_time() -> None:
    dossier = decided()
    dossier.claimed()
    lawful: dict[str, Json] = {"onrechtmatig": False, "vervaldatum": "2030-01-01"}
    dossier.act(Act.ADVIES, LAWYER, lawful, step="D07", subject="I-05", role="jurist")
    registers = Registers(dossier.facts, AFTER_EXPIRY)
    (bound,) = registers.of(Register.KADERS, Act.ZELFBINDING)
    assert expiry_of(registers, bound, "I-05") == datetime.fromisoformat("2027-07-02T00:00+02:00")
    assert expiry_of(registers, bound, "I-02") == datetime.fromisoformat("2027-07-02T00:00+02:00")
