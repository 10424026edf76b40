"""Initiatives: admitted under rules and a theme, with one owner and another path; planned, then carried out."""

from __future__ import annotations

import pytest

from engine.acts import registers_needed
from engine.administration import ADMINISTRATION
from engine.ledger import ledger_of
from engine.registers import Registers, decisions
from engine.rules import ACTS
from engine.rules.tasks import NO_TASK
from engine.terms import Act, Action, Actor, Fact, Json, Register, Task
from tests.engine.rights_world import (
    ADMISSION,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    INTEREST,
    PASSED,
    PLAY,
    TABLES,
    Dossier,
    allowed,
    ask,
    refused,
    task_for,
)
from tests.engine.tables import decision, sound

ADMITS = task_for(Act.BESLUIT, "wijkcoordinator", "D05", "I-02")
NONE_CAME: dict[str, Json] = {"inbrengregister": 0}
ON_THEME: dict[str, Json] = ADMISSION | NONE_CAME | {"wb5_reden": None, "thema": "T-1"}
REJECTS: dict[str, Json] = NONE_CAME | {
    "besluit": "afgewezen",
    "toets_per_regel": {"wb7": "nee"},
    "reden_bij_afwijzing": "WB7: blijvende kosten",
    "ander_pad": "het aandachtspunt",
}


def agreed(**more: Json) -> Dossier:
    """A dossier whose adopted agenda has the theme T-1."""
    dossier = Dossier()
    row: dict[str, Json] = {"onderdeel": "T-1", "velden": {"thema": "jongeren", "prioriteit": "1"}}
    values: dict[str, Json] = {"onderdelen": [row]}
    dossier.decided(values | more, "D03", "*", "coproduceren", by=COORDINATOR.ref)
    return dossier


# --- INV-22 ----------------------------------------------------------------------------------------------------------


def test_an_initiative_is_admitted_under_a_theme_or_with_a_reason() -> None:
    allowed(ask(COORDINATOR, ADMITS, ON_THEME, agreed()), "D05/raadplegen")
    allowed(ask(COORDINATOR, ADMITS, ON_THEME | {"thema": "jongeren"}, agreed()))
    allowed(ask(COORDINATOR, ADMITS, ON_THEME | {"thema": None, "wb5_reden": "verbindt twee thema's"}, agreed()))
    allowed(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME, Dossier()))


@pytest.mark.parametrize(
    "name", [None, "", " ", "\u200b", "T-2", "t-1", "\u0422-1", "T-1\u200b", "Jongeren", "T-1, T-2"]
)
def test_inv_22_an_initiative_that_hangs_on_no_theme_is_not_admitted(name: Json) -> None:
    refused(ask(COORDINATOR, ADMITS, ON_THEME | {"thema": name}, agreed()), "INV-22")


def test_inv_22_what_cannot_be_read_or_was_not_agreed_is_no_theme() -> None:
    refused(ask(COORDINATOR, ADMITS, ON_THEME | {"thema": {"verzegeld": "0" * 64}}, agreed()), "INV-22")
    refused(ask(COORDINATOR, ADMITS, ON_THEME, agreed(overeenstemming=False)), "INV-22", "T-1")
    refused(ask(COORDINATOR, ADMITS, ON_THEME, Dossier()), "INV-22", "T-1")
    named_wrong = ON_THEME | {"thema": "T-9", "wb5_reden": "past toch"}
    refused(ask(COORDINATOR, ADMITS, named_wrong, agreed()), "INV-22", "T-9")
    refused(ask(COORDINATOR, ADMITS, ON_THEME | {"thema": "", "wb5_reden": "\u3164"}, agreed()), "INV-22")


def test_inv_22_only_the_agenda_that_stands_counts() -> None:
    dossier = agreed()
    row: dict[str, Json] = {"onderdeel": "T-8", "velden": {"thema": "groen"}}
    dossier.decided({"onderdelen": [row]}, "D03", "*", "coproduceren", by=COORDINATOR.ref)
    refused(ask(COORDINATOR, ADMITS, ON_THEME, dossier), "INV-22", "T-1")


# --- INV-23 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "owner",
    [
        *(None, "", "\u200b", [], ["werkgroep", "vakdienst"], ["werkgroep"], {"verzegeld": "0" * 64}),
        *("werkgroep en vakdienst", "werkgroep + vakdienst", "werkgroep/vakdienst"),
        *("werkgroep, vakdienst", "a;b", "a & b"),
    ],
)
def test_inv_23_an_initiative_has_exactly_one_owner(owner: Json) -> None:
    refused(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | {"eigenaar": owner}, Dossier()), "INV-23", "eigenaar")


def test_inv_23_one_decision_does_not_name_two_owners() -> None:
    dossier = Dossier().admitted("I-02").framed("D07", "raadplegen", "I-02").framed("D11", "raadplegen", "I-02")
    money, changes = (task_for(Act.BESLUIT, "college", step, "I-02") for step in ("D07", "D11"))
    same: dict[str, Json] = {"eigenaar": "werkgroep"}
    second: list[dict[str, Json]] = [{"velden": {"eigenaar": "vakdienst"}}]
    second += [{name: "vakdienst"} for name in ("nieuwe_eigenaar", "overname_door")]
    for more in second:
        refused(ask(COLLEGE, money, GRANT | NONE_CAME | same | more, dossier), "INV-23", "twee")
    stops: dict[str, Json] = {"reden": "x", "gevolg": "x", "motivering": "x", "velden": {"overname_door": "x"}}
    refused(ask(COLLEGE, changes, stops | NONE_CAME | same, dossier), "INV-23", "twee")
    itemised: dict[str, Json] = {"onderdelen": [{"onderdeel": "i-02", "eigenaar": "vakdienst"}]}
    refused(ask(COLLEGE, money, GRANT | NONE_CAME | same | itemised, dossier), "INV-24")
    allowed(ask(COLLEGE, money, GRANT | NONE_CAME | same, dossier))


@pytest.mark.parametrize("owner", ["vakdienst groen", "w\u0435rkgroep", {"verzegeld": "0" * 64}])
def test_inv_24_no_second_admission_gives_an_initiative_to_another_owner(owner: Json) -> None:
    dossier = Dossier().admitted("I-02")
    refused(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | {"eigenaar": owner}, dossier), "INV-24", "I-02")
    allowed(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME, dossier))


# --- INV-27 ----------------------------------------------------------------------------------------------------------


def answered(**answers: Json) -> dict[str, Json]:
    given = PASSED["toets_per_regel"]
    assert isinstance(given, dict)
    return {"toets_per_regel": {**given, **answers}}


@pytest.mark.parametrize("rule", ["wb1", "wb2", "wb3", "wb4", "wb5", "wb7"])
@pytest.mark.parametrize("answer", ["nee", "inspanning", None, "", False, {"verzegeld": "0" * 64}])
def test_inv_27_a_failed_condition_blocks_admission_and_money(rule: str, answer: Json) -> None:
    refused(
        ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | answered(**{rule: answer}), Dossier()), "INV-27", rule.upper()
    )
    framed, money = Dossier().framed("D07", "raadplegen", "I-02"), task_for(Act.BESLUIT, "college", "D07", "I-02")
    refused(ask(COLLEGE, money, GRANT | NONE_CAME | answered(**{rule: answer}), framed), "INV-27", rule.upper())


def test_inv_27_the_effort_for_a_contribution_of_others_is_described() -> None:
    for answers in (answered(wb6="nee"), answered(wb6=None), {"inspanning": "\u200b"}, {"inspanning": None}):
        refused(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | answers, Dossier()), "INV-27", "WB6")
    allowed(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | answered(wb6="ja", wb1=True), Dossier()))


@pytest.mark.parametrize("given", [None, "alles gehaald", [], {}, ["ja"] * 7, {"wb\u0031\u200b ": "nee", "WB1": "ja"}])
def test_inv_27_a_test_that_is_no_test_per_rule_lets_nothing_in(given: Json) -> None:
    ruling = ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | {"toets_per_regel": given}, Dossier())
    assert not ruling.allowed and ruling.rule in ("INV-27", "INV-15")


def test_inv_27_two_answers_to_one_rule_or_an_unknown_one_let_nobody_decide() -> None:
    for more in ({"WB7": "nee"}, {"wb7": "misschien"}):
        refused(ask(COORDINATOR, ADMITS, ADMISSION | NONE_CAME | answered(**more), Dossier()), "INV-15")


def test_inv_27_the_rules_are_those_of_the_city() -> None:
    inputs = ('regel = "lokaal"', 'antwoord = "ja","nee"')
    rules = ('"lokaal"|"ja" => "voldoet"', '"lokaal"|"nee" => "niet"')
    own = sound(decision(inputs, ('oordeel = "voldoet","niet"',), rules, name="wijkbudget_spelregels"))
    tables = TABLES | {"wijkbudget_spelregels": own}
    values = ADMISSION | NONE_CAME
    refused(ask(COORDINATOR, ADMITS, values, Dossier(), tables=tables), "INV-27", "LOKAAL")
    allowed(ask(COORDINATOR, ADMITS, values | {"toets_per_regel": {"lokaal": "ja"}}, Dossier(), tables=tables))
    gone = {name: table for name, table in TABLES.items() if name != "wijkbudget_spelregels"}
    refused(ask(COORDINATOR, ADMITS, values, Dossier(), tables=gone), "INV-15", "wijkbudget_spelregels")


# --- INV-28 ----------------------------------------------------------------------------------------------------------


def test_who_is_refused_hears_the_rule_and_another_path() -> None:
    allowed(ask(COORDINATOR, ADMITS, REJECTS, Dossier()), "D05/raadplegen")
    allowed(ask(COORDINATOR, ADMITS, REJECTS | {"reden_bij_afwijzing": "Individueel belang (INV-20)"}, Dossier()))


@pytest.mark.parametrize(
    "more",
    [
        {"reden_bij_afwijzing": None},
        {"reden_bij_afwijzing": "\u200b"},
        {"reden_bij_afwijzing": "past niet"},
        {"reden_bij_afwijzing": {"verzegeld": "0" * 64}},
        {"ander_pad": ""},
        {"ander_pad": "\u2060 "},
        {"ander_pad": None, "uitkomst": "toegelaten"},
        {"reden_bij_afwijzing": None, "afhandeling": "toegelaten"},
        {"besluit": "afgewezen ", **{name: ADMISSION[name] for name in INTEREST}, **PASSED, "eigenaar": "x"},
    ],
)
def test_inv_28_nobody_is_refused_without_a_rule_and_a_path(more: dict[str, Json]) -> None:
    values = REJECTS | {"wb5_reden": "x"} | more
    refused(ask(COORDINATOR, ADMITS, values, Dossier()), "INV-28")


def test_inv_28_every_refusal_offers_another_path() -> None:
    every = [check for checks in (*ACTS.values(), *ADMINISTRATION.values()) for check in checks]
    for check in (*every, NO_TASK):
        assert check.rule.strip() and check.reason.strip() and check.remedy.strip().endswith("."), check.rule
        assert check.remedy.strip() not in check.reason
    assert ask(COORDINATOR, task_for(Act.BESLUIT, "x", "D99"), {}, Dossier()).remedy


# --- INV-34 ----------------------------------------------------------------------------------------------------------

RESULT: dict[str, Json] = {"velden": {"resultaat": "plek"}, "bewijs": "foto", "effect_tegen_beoogd": "ja"}
FINISHES = task_for(Act.BESLUIT, "deelnemers", "D13", "I-02")


def carried_out() -> Dossier:
    dossier = Dossier().framed("D13", "coproduceren", "I-02")
    dossier.proposed("D13", "I-02", resultaat="plek")
    return dossier


def test_inv_34_there_is_no_result_before_a_plan() -> None:
    refused(ask(GROUP, FINISHES, RESULT, carried_out()), "INV-34", "I-02")
    refused(ask(GROUP, FINISHES, RESULT, carried_out().planned("I-05", "i-02", "*")), "INV-34", "I-02")
    allowed(ask(GROUP, FINISHES, RESULT, carried_out().planned("I-02")))


def test_inv_34_a_plan_that_nobody_agreed_on_is_no_plan() -> None:
    dossier = carried_out()
    dossier.decided({"overeenstemming": False}, "D10", "I-02", "coproduceren", by=GROUP.ref)
    dossier.act(Act.PRODUCT, GROUP, {"titel": "Plan"}, step="D10", subject="I-02")
    refused(ask(GROUP, FINISHES, RESULT, dossier), "INV-34")


def test_inv_34_execution_waits_for_the_plan() -> None:
    work = task_for(Act.WERK, "deelnemers", "D13", "I-05")
    assert registers_needed(Action.COMPLETE, work) == {Register.BESLUITEN}
    assert registers_needed(Action.COMPLETE, task_for(Act.WERK, "deelnemers")) == frozenset()
    refused(ask(PLAY, work, {"gereed": True}, Dossier().planned("I-02")), "INV-34", "I-05")
    allowed(ask(PLAY, work, {"gereed": True}, Dossier().planned("I-05")))
    product = task_for(Act.PRODUCT, "wijkcoordinator", "D13", "I-05")
    refused(ask(COORDINATOR, product, {"titel": "Opgeleverd"}, Dossier()), "INV-34", "I-05")


# --- decided together (D13) ------------------------------------------------------------------------------------------

CONFIRMS = task_for(Act.BESLUIT, "wijkcoordinator", "D13", "I-02")


def finished(dossier: Dossier, who: Actor, task: Task, values: dict[str, Json]) -> Fact:
    """The result as this body lays it down, recorded with what the ruling says is still owed."""
    ruling = allowed(ask(who, task, values, dossier))
    role = str(task.group)
    return dossier.decided(values, "D13", "I-02", "coproduceren", by=who.ref, role=role, owed=[*ruling.owed])


def spends() -> Dossier:
    """A programme with I-02 in it, of whose money half is spent."""
    dossier = carried_out().planned("I-02").budgeted()
    rows: list[Json] = [{"post": "I-02", "bedrag": 200}]
    dossier.decided({"kenmerk": "D09", "bestedingsvoorstel": rows}, "D09", "*", "raadplegen", role="college")
    dossier.booked("uitgave", "I-02", 100, "D09", "F-1")
    return dossier


def state_of(dossier: Dossier) -> tuple[str | None, int]:
    post = ledger_of(Registers(dossier.facts, dossier.now)).post("I-02")
    assert post is not None
    return post.state, post.free


@pytest.mark.parametrize("first", [(GROUP, FINISHES), (COORDINATOR, CONFIRMS)], ids=["group", "coordinator"])
def test_inv_13_a_result_is_there_when_both_bodies_laid_down_the_same(first: tuple[Actor, Task]) -> None:
    dossier = spends()
    second = (COORDINATOR, CONFIRMS) if first[0] is GROUP else (GROUP, FINISHES)
    decided = "groep" if first[0] is GROUP else "rol:wijkcoordinator"
    for _ in range(2):  # once more by the same body is no second body
        alone = finished(dossier, *first, RESULT)
        assert alone.body["wacht_op"] == ["groep" if first[0] is COORDINATOR else "rol:wijkcoordinator"]
        assert state_of(dossier) == ("loopt", 0) and not decisions(Registers(dossier.facts, dossier.now), "D13")
    unlike = ask(*second, RESULT | {"effect_tegen_beoogd": "deels"}, dossier)
    assert [one for one in unlike.owed if "zelfde_tekst_als" in one] == [f"zelfde_tekst_als:{decided}"]
    finished(dossier, *second, RESULT | {"effect_tegen_beoogd": "deels"})
    assert state_of(dossier) == ("loopt", 0)
    both = finished(dossier, *second, RESULT)
    assert "wacht_op" not in both.body and state_of(dossier) == ("gereed", 100)
    finished(dossier, *first, RESULT | {"bewijs": "geen"})
    assert state_of(dossier) == ("gereed", 100)


def test_inv_13_a_result_on_which_the_group_does_not_agree_is_none() -> None:
    dossier = spends()
    finished(dossier, COORDINATOR, CONFIRMS, RESULT)
    dossier.decided(RESULT | {"overeenstemming": False}, "D13", "I-02", "coproduceren", by=GROUP.ref)
    assert state_of(dossier) == ("loopt", 0)
