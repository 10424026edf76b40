"""Levels of government: silence passes the turn to the next one, and takes it from the silent one."""

from __future__ import annotations

from engine.registers import facts_of, moment
from engine.terms import Act, Fact, Json, Register, Ruling, Values
from tests.engine.rights_world import CASE, COLLEGE, Dossier, allowed, ask, attempt, digest, person, refused, task_for

BOROUGH = person("deelgemeente", "deelgemeentebestuur")
BOTH = person("dubbel", "deelgemeentebestuur", "college")
RULES: dict[str, Json] = {"geschil": "datum", "hoorverslag": "gehoord", "besluit": "gegrond", "reden": "misleid"}


def silence(dossier: Dossier, lane: str = "deelgemeentebestuur", case: str = CASE, act: str = "besluit") -> Fact:
    """The term of this level's task passed, as the record of it tells."""
    row: dict[str, Json] = {"element": "e", "handeling": act, "stap": "D16", "onderwerp": "*", "baan": lane}
    body: dict[str, Json] = {"kind": "tijd:verstreken", "case": case, "at": moment(dossier.now)}
    body |= {"actor": {"ref": "systeem"}, "values": {"verstreken": [row]}}
    (fact,) = facts_of(body, digest(f"{lane}{case}{act}"))
    dossier.facts.append(fact)
    return fact


def levelled(*levels: str) -> Dossier:
    dossier = Dossier()
    dossier.act(Act.PRODUCT, COLLEGE, {"niveaus": [*levels]}, product="ontvangst_geschil")
    return dossier


def rules(lane: str, dossier: Dossier, values: Values = RULES) -> Ruling:
    actor = {"college": COLLEGE, "deelgemeentebestuur": BOROUGH}[lane]
    return ask(actor, task_for(Act.BESLUIT, lane, "D16"), values, dossier)


def test_inv_43_silence_is_a_row_of_its_own() -> None:
    fact = silence(Dossier())
    assert (fact.register, fact.step, fact.by) == (Register.VERSTREKEN, "D16", "systeem")


def test_inv_43_the_silent_level_no_longer_decides_and_the_next_one_does() -> None:
    dossier = levelled("deelgemeentebestuur", "college")
    allowed(rules("deelgemeentebestuur", dossier))
    refused(rules("college", dossier), "INV-43", "deelgemeentebestuur is eerst aan zet")
    refused(attempt(COLLEGE, "besluit", "D16", "I-02", RULES, dossier), "INV-43")
    silence(dossier)
    refused(rules("deelgemeentebestuur", dossier), "INV-43", "college is aan zet")
    refused(attempt(BOROUGH, "besluit", "D16", "I-02", RULES, dossier), "INV-43")
    allowed(rules("college", dossier))


def test_inv_43_after_a_higher_level_a_lower_one_has_no_turn() -> None:
    decided = Dossier()
    decided.decided(RULES, "D16", "*", "meeweten", role="college")
    refused(rules("deelgemeentebestuur", decided), "INV-43", "college besliste al")
    passed = Dossier()
    silence(passed, "college")
    refused(rules("deelgemeentebestuur", passed), "INV-43")
    allowed(rules("college", passed))


def test_inv_43_whoever_holds_both_levels_decides_in_the_lane_that_is_on_turn() -> None:
    dossier = levelled("deelgemeentebestuur", "college")
    low, high = (task_for(Act.BESLUIT, lane, "D16") for lane in ("deelgemeentebestuur", "college"))
    allowed(ask(BOTH, low, RULES, dossier))
    refused(ask(BOTH, high, RULES, dossier), "INV-43")
    silence(dossier)
    refused(ask(BOTH, low, RULES, dossier), "INV-43")
    allowed(ask(BOTH, high, RULES, dossier))


def test_inv_43_where_nobody_says_which_levels_there_are_no_level_of_the_city_loses_its_turn() -> None:
    for dossier in (Dossier(), levelled()):
        refused(rules("college", dossier), "INV-43", "deelgemeentebestuur is eerst aan zet")
        allowed(rules("deelgemeentebestuur", dossier))
        silence(dossier)
        allowed(rules("college", dossier))


def test_inv_43_a_case_does_not_leave_out_a_level_that_the_year_has() -> None:
    dossier = levelled("college")
    pair: dict[str, Json] = {"bestuurlijk": "wethouder_wijkzaken", "ambtelijk": "wijkcoordinator"}
    both: Json = ["deelgemeentebestuur", "college"]
    dossier.act(Act.PRODUCT, COLLEGE, pair | {"niveaus": both}, product="aanspreekbaren", case="jaar")
    refused(rules("college", dossier), "INV-43", "deelgemeentebestuur is eerst aan zet")
    dossier.act(Act.PRODUCT, COLLEGE, pair | {"niveaus": ["college"]}, product="aanspreekbaren", case="jaar")
    allowed(rules("college", dossier))


def test_inv_43_an_empty_level_is_passed_over_and_another_case_says_nothing() -> None:
    allowed(rules("college", levelled("college")))
    elsewhere = levelled("deelgemeentebestuur", "college")
    silence(elsewhere, case="zaak-2")
    silence(elsewhere, act="advies")
    refused(rules("college", elsewhere), "INV-43")
    allowed(rules("deelgemeentebestuur", elsewhere))
    elsewhere.decided(RULES, "D16", "*", "meeweten", role="deelgemeentebestuur", case=CASE)
    allowed(rules("college", elsewhere))
