"""Ballots in the engine: promised beforehand, opened as promised, and decided by the count and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine import ballot
from engine.decisions import Table
from engine.registers import Registers, facts_of, moment
from engine.roles import values_of
from engine.terms import Act, Action, Actor, Fact, Json, Register, Ruling
from engine.trail.kinds import Kind
from tests.engine.rights_world import (
    CASE,
    COLLEGE,
    COORDINATOR,
    OUTCOME,
    PLAY,
    RESIDENT,
    TABLES,
    Dossier,
    allowed,
    ask,
    binding_values,
    digest,
    person,
    refused,
    substitute,
    task_for,
)
from tests.engine.tables import decision, sound

VOTES = task_for(Act.STEMMING, "deelnemers", "D07", "I-05", "meebeslissen")
DECIDES = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
RATIFIES = task_for(Act.BEKRACHTIGING, "college", "D07", "I-05", "meebeslissen")
BALLOT: dict[str, Json] = {
    "beslisregel": "hoogste_aantal",
    "aantal_kiesgerechtigden": 2310,
    "quorum": 231,
}
PERIOD: dict[str, Json] = {"van": "2026-11-02", "tot": "2026-11-16"}
EXTRA: dict[str, Json] = {"dekking": "wijkbudget"}
BEFORE = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
A_WINS = {"A": 212, "B": 148, "C": 97}


def binds(dossier: Dossier, values: Mapping[str, Json] = BALLOT) -> None:
    bound = binding_values() | dict(values)
    dossier.act(Act.ZELFBINDING, COLLEGE, bound, step="D07", subject="I-05", role="college")


def promised(more: Mapping[str, Json] | None = None) -> Dossier:
    """A dossier in which the organ promised a ballot and every option was checked."""
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    binds(dossier, BALLOT | dict(more or {}))
    dossier.checked()
    dossier.now = BEFORE
    return dossier


def filled(dossier: Dossier, values: Mapping[str, Json], now: datetime) -> dict[str, Json]:
    """The values as the service completes them before the act is judged."""
    known = Registers(dossier.facts, now)
    return dict(ballot.completed(values, "D07", "I-05", known, TABLES, now))


def opens(
    dossier: Dossier, values: Mapping[str, Json] | None = None, by: Actor = PLAY, now: datetime = BEFORE
) -> Ruling:
    return ask(by, VOTES, filled(dossier, PERIOD, now) | dict(values or {}), dossier, now=now)


def opened(dossier: Dossier, now: datetime = BEFORE, **period: str) -> Fact:
    values = filled(dossier, PERIOD | period, now)
    allowed(ask(PLAY, VOTES, values, dossier, now=now), "handeling/stemming")
    dossier.now = now - timedelta(minutes=1)
    return dossier.act(Act.STEMMING, PLAY, values, step="D07", subject="I-05", rung="meebeslissen", role="deelnemers")


def count(
    dossier: Dossier,
    votes: Mapping[str, int],
    blank: int = 6,
    paper: int = 61,
    more: Mapping[str, Json] | None = None,
) -> Fact:
    """The count of the ballot that runs, as the service records it; `more` falsifies it."""
    opening = ballot.running(Registers(dossier.facts, dossier.now + timedelta(days=1)), "D07", "I-05")
    assert opening is not None
    stemmen: list[Json] = [{"optie": name, "aantal": number} for name, number in votes.items()]
    values: dict[str, Json] = {
        "soort": "telling",
        "opening": opening.record,
        "stemmen": stemmen,
        "blanco": blank,
        "papier": paper,
        "uitgebracht": sum(votes.values()) + blank,
        "kiesgerechtigden": 2310,
        "lijst": "f" * 64,
    }
    values |= more or {}
    body: dict[str, Json] = {
        "kind": Kind.BALLOT_COUNTED.value,
        "case": CASE,
        "at": moment(dossier.now + timedelta(hours=1)),
        "actor": {"ref": "systeem", "role": "systeem"},
        "step": "D07",
        "subject": "I-05",
        "values": values,
    }
    dossier.facts += facts_of(body, digest(f"telling {len(dossier.facts)}"))
    return dossier.facts[-1]


def counted(
    votes: Mapping[str, int] = A_WINS, blank: int = 6, paper: int = 61, more: Mapping[str, Json] | None = None
) -> Dossier:
    dossier = promised()
    opened(dossier)
    count(dossier, votes, blank, paper, more)
    return dossier


def results(
    dossier: Dossier, values: Mapping[str, Json] | None = None, by: Actor = PLAY, now: datetime = CLOSED
) -> Ruling:
    return ask(by, VOTES, filled(dossier, EXTRA, now) | dict(values or {}), dossier, now=now)


def recorded(dossier: Dossier, now: datetime = CLOSED) -> Fact:
    """The result laid down, as a row of the register."""
    values = filled(dossier, EXTRA, now)
    allowed(ask(PLAY, VOTES, values, dossier, now=now), "D07/meebeslissen")
    dossier.now = now - timedelta(minutes=1)
    return dossier.act(Act.STEMMING, PLAY, values, step="D07", subject="I-05", rung="meebeslissen", role="deelnemers")


# --- what the numbers say --------------------------------------------------------------------------------------------


def test_the_highest_number_wins_and_binds_with_the_amount_that_was_promised() -> None:
    dossier = counted()
    values = filled(dossier, EXTRA, CLOSED)
    assert (values["uitslag"], values["resultaat"], values["overeenstemming"]) == ("A", "geldig", True)
    assert (values["uitgebracht"], values["papier"], values["blanco"]) == (463, 61, 6)
    assert values["bedrag"] == 2_500_000
    ruling = allowed(results(dossier), "D07/meebeslissen")
    assert "bekrachtiging" in ruling.owed
    assert ruling.decision is not None and ruling.decision["tables"] == {"uitslag": ["uitslag_regel_1"]}, (
        ruling.decision
    )
    assert {fact.record for fact in dossier.facts if fact.register is Register.STEMMINGEN} <= set(ruling.grounds)


def test_an_option_brings_its_own_amount_and_fields() -> None:
    options: list[Json] = [{"optie": "A", "bedrag": 2_465_000, "velden": {"toestel": "wip"}}, {"optie": "B"}]
    dossier = promised({"opties": options})
    opened(dossier)
    count(dossier, {"A": 300, "B": 1})
    values = filled(dossier, EXTRA, CLOSED)
    assert (values["bedrag"], values["velden"]) == (2_465_000, {"toestel": "wip"})


def test_blank_votes_count_for_the_turnout_and_never_win() -> None:
    dossier = counted({"A": 2, "B": 1, "C": 0}, blank=228)
    assert filled(dossier, EXTRA, CLOSED)["resultaat"] == "geldig"
    assert filled(dossier, EXTRA, CLOSED)["uitslag"] == "A"


def test_without_quorum_there_is_no_outcome_and_the_college_does_not_get_it() -> None:
    dossier = counted({"A": 200, "B": 20, "C": 0}, blank=10)
    result = recorded(dossier)
    values = values_of(result)
    assert (values["resultaat"], values["vervolg"], values["overeenstemming"]) == ("ongeldig", "kader", False)
    assert "uitslag" not in values and "bedrag" not in values
    refused(ask(COLLEGE, DECIDES, OUTCOME, dossier, now=CLOSED), "INV-04")
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True}, dossier, now=CLOSED), "INV-04")
    allowed(ask(PLAY, VOTES, filled(dossier, {"van": "2026-12-01", "tot": "2026-12-15"}, CLOSED), dossier, now=CLOSED))


def test_a_tie_gives_a_second_round_between_those_who_tied() -> None:
    dossier = counted({"A": 150, "B": 150, "C": 97})
    recorded(dossier)
    later = CLOSED + timedelta(days=1)
    second = opened(dossier, later, van="2026-12-01", tot="2026-12-15")
    values = values_of(second)
    assert (values["ronde"], values["opties"]) == (2, ["A", "B"])
    count(dossier, {"A": 150, "B": 151})
    after = datetime(2026, 12, 16, 9, 0, tzinfo=UTC)
    assert filled(dossier, EXTRA, after)["uitslag"] == "B"


def test_a_tie_in_the_second_round_leaves_it_to_the_frame() -> None:
    dossier = counted({"A": 150, "B": 150, "C": 97})
    recorded(dossier)
    opened(dossier, CLOSED + timedelta(days=1), van="2026-12-01", tot="2026-12-15")
    count(dossier, {"A": 150, "B": 150})
    values = filled(dossier, EXTRA, datetime(2026, 12, 16, 9, 0, tzinfo=UTC))
    assert (values["resultaat"], values["vervolg"]) == ("ongeldig", "kader")


def test_nobody_voting_for_an_option_is_a_tie() -> None:
    assert filled(counted({"A": 0, "B": 0, "C": 0}, blank=300), EXTRA, CLOSED)["resultaat"] == "tweede_ronde"


def test_what_was_voted_in_time_stands_when_the_self_binding_expires_after() -> None:
    dossier = promised({"vervaldatum": "2026-11-16"})
    opened(dossier)
    count(dossier, A_WINS)
    allowed(results(dossier), "D07/meebeslissen")


# --- INV-40: numbers, never people -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stemmers", "kiezers", "stembiljetten", "naam", "toelichting"])
def test_inv_40_a_result_says_nothing_of_who_voted_or_what_somebody_voted(name: str) -> None:
    refused(results(counted(), {name: ["bewoner-017: A"]}), "INV-40", name)
    refused(opens(promised(), {name: ["bewoner-017"]}), "INV-40", name)


def test_inv_40_paper_is_confirmed_by_somebody_else() -> None:
    desk, colleague = person("balie-1", "publieksbalie"), person("balie-2", "publieksbalie")
    case: dict[str, Json] = {"papier": 61}
    allowed(ask(colleague, None, case, action=Action.POLL, other=desk))
    refused(ask(desk, None, case, action=Action.POLL, other=desk), "stemming/vier-ogen")
    only_for_her = substitute(Actor("invaller"), desk)
    refused(ask(only_for_her, None, case, action=Action.POLL, other=desk), "bevoegdheid/rol")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"papier": 61}, "papieren stembiljetten"),
        ({"bevestigd": 500}, "zette zelf een van deze kiezers"),
        ({"deel": 2, "aantal": 500}, "de andere helft van de stemcodes"),
        ({"iets": 1}, "deed dit al zelf"),
    ],
)
def test_inv_40_no_pair_of_hands_makes_voters_votes_or_codes_alone(values: dict[str, Json], said: str) -> None:
    desk, colleague = person("balie-1", "publieksbalie"), person("balie-2", "griffie")
    allowed(ask(colleague, None, values, action=Action.POLL, other=desk))
    allowed(ask(desk, None, values, action=Action.POLL))
    refused(ask(desk, None, values, action=Action.POLL, other=desk), "stemming/vier-ogen", said)


def test_inv_40_a_register_can_be_made_before_voting_begins() -> None:
    refused(opens(promised(), {"van": BEFORE.date().isoformat()}), "INV-05", "nog komt")
    allowed(opens(promised(), {"van": (BEFORE + timedelta(days=1)).date().isoformat()}))


@pytest.mark.parametrize("who", [COLLEGE, COORDINATOR, PLAY, RESIDENT, person("b", "beheerder")])
def test_inv_40_only_the_polling_station_keeps_the_register(who: Actor) -> None:
    refused(ask(who, None, {}, action=Action.POLL), "bevoegdheid/rol")


# --- INV-04: the count and nothing else ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("uitslag", "B"),
        ("overeenstemming", False),
        ("resultaat", "ongeldig"),
        ("uitgebracht", 464),
        ("blanco", 0),
        ("papier", 0),
        ("stemmen", [{"optie": "A", "aantal": 1}, {"optie": "B", "aantal": 360}, {"optie": "C", "aantal": 96}]),
        ("quorum", 1000),
        ("kiesgerechtigden", 500),
        ("lijst", "0" * 64),
        ("bedrag", 1_000),
        ("velden", {"toestel": "schommel"}),
        ("staken", ["B"]),
        ("telling", "1" * 64),
        ("ronde", 2),
    ],
)
def test_inv_04_a_tampered_ballot_result_is_refused(name: str, value: Json) -> None:
    refused(results(counted(), {name: value}), "INV-04", name)


def test_inv_04_a_ballot_result_without_a_count_is_refused() -> None:
    dossier = promised()
    opened(dossier)
    claimed: dict[str, Json] = {"uitslag": "B", "overeenstemming": True, "resultaat": "geldig"}
    refused(results(dossier, claimed), "INV-04", "telling")


def test_inv_04_no_act_brings_in_a_count_for_the_ballot() -> None:
    dossier = promised()
    opening = opened(dossier)
    forged: dict[str, Json] = {"soort": "telling", "opening": opening.record, "uitgebracht": 9}
    refused(ask(PLAY, VOTES, forged, dossier, now=CLOSED), "INV-05", "soort")
    dossier.act(Act.STEMMING, PLAY, forged, step="D07", subject="I-05", rung="meebeslissen", role="deelnemers")
    assert ballot.count_of(Registers(dossier.facts, CLOSED), opening) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"uitgebracht": 400},
        {"papier": 464},
        {"kiesgerechtigden": 2311},
        {"kiesgerechtigden": 400},
        {"blanco": -6, "uitgebracht": 451},
        {"stemmen": [{"optie": "A", "aantal": 457}]},
    ],
)
def test_inv_15_a_ballot_count_that_contradicts_itself_decides_nothing(wrong: dict[str, Json]) -> None:
    refused(results(counted(more=wrong)), "INV-15")


def test_inv_04_the_outcome_of_a_ballot_stands_and_nobody_replaces_it() -> None:
    dossier = counted()
    recorded(dossier)
    changed = OUTCOME | {"uitslag": "B"}
    refused(ask(PLAY, DECIDES, changed, dossier, now=CLOSED), "INV-05", "stemming")
    refused(ask(COLLEGE, DECIDES, changed, dossier, now=CLOSED), "INV-04")
    refused(opens(dossier, now=CLOSED), "INV-04", "bindende uitslag")
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, "uitslag": "B"}, dossier, now=CLOSED), "INV-04", "uitslag")
    refused(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, "bedrag": 1}, dossier, now=CLOSED), "INV-04", "bedrag")
    allowed(ask(COLLEGE, RATIFIES, {"bekrachtigd": True, "uitslag": "A"}, dossier, now=CLOSED))


def test_inv_04_the_programme_takes_the_outcome_of_a_ballot_over_unchanged() -> None:
    dossier = Dossier().budgeted().framed("D09", "raadplegen").adoptable("I-05")
    binds(dossier.framed("D07", "meebeslissen", "I-05"))
    dossier.checked()
    opened(dossier)
    count(dossier, A_WINS)
    recorded(dossier)
    adopts = task_for(Act.BESLUIT, "college", "D09")
    spent: list[Json] = [{"post": "I-05", "bedrag": 2_500_000}]
    values: dict[str, Json] = {"motivering": "x", "bestedingsvoorstel": spent, "inbrengregister": 0}
    same: list[Json] = [{"onderdeel": "I-05", "velden": {"uitslag": "A", "bedrag": 2_500_000}}]
    other: list[Json] = [{"onderdeel": "I-05", "velden": {"uitslag": "B", "bedrag": 2_500_000}}]
    allowed(ask(COLLEGE, adopts, values | {"onderdelen": same}, dossier, now=CLOSED))
    refused(ask(COLLEGE, adopts, values | {"onderdelen": other}, dossier, now=CLOSED), "INV-04", "I-05")


def test_inv_04_the_college_postpones_nothing_on_which_a_ballot_decided() -> None:
    dossier = counted().framed("D11", "raadplegen", "I-05", termijn="2026-12-01")
    recorded(dossier)
    later = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    stops: dict[str, Json] = {"reden": "x", "gevolg": "y", "instemming_of_motivering": "z", "inbrengregister": 0}
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D11", "I-05"), stops, dossier, now=later), "INV-04")


@pytest.mark.parametrize(
    "who", [COLLEGE, COORDINATOR, RESIDENT, person("x", "publieksbalie"), person("b", "beheerder")]
)
def test_inv_04_only_the_participants_open_a_ballot_or_lay_down_its_result(who: Actor) -> None:
    for ruling in (opens(promised(), by=who), results(counted(), by=who)):
        refused(ruling, "INV-04", "beslissen de deelnemers")


def test_inv_04_who_is_the_organ_as_well_opens_no_ballot() -> None:
    both = replace(PLAY, facts=(*PLAY.facts, *COLLEGE.facts))
    refused(opens(promised(), by=both), "INV-04", "rol van het orgaan")


def test_inv_04_no_table_makes_another_outcome_than_the_votes() -> None:
    def table(answer: str) -> dict[str, Table]:
        columns = ['geldige_opkomst: string = "ja","nee"', 'gelijk: string = "ja","nee"', "ronde: number"]
        said = ['uitslag = "geldig","ongeldig","tweede_ronde"']
        return {"uitslag": sound(decision(columns, said, [f'- | - | - => "{answer}"'], name="uitslag"))}

    valid, invalid = counted(), counted({"A": 1, "B": 0, "C": 0}, blank=0, paper=0)
    for dossier, answer in (
        (valid, "ongeldig"),
        (valid, "tweede_ronde"),
        (invalid, "geldig"),
        (invalid, "tweede_ronde"),
    ):
        values = filled(dossier, EXTRA, CLOSED)
        refused(ask(PLAY, VOTES, values, dossier, now=CLOSED, tables=table(answer)), "INV-15")
    refused(ask(PLAY, VOTES, filled(valid, EXTRA, CLOSED), valid, now=CLOSED, tables={}), "INV-15", "uitslag")
    expired = {"uitslag": replace(table("geldig")["uitslag"], until=CLOSED.date() - timedelta(days=1))}
    refused(ask(PLAY, VOTES, filled(valid, EXTRA, CLOSED), valid, now=CLOSED, tables=expired), "INV-15", "geldt niet")


# --- INV-05: promised beforehand, held as promised -------------------------------------------------------------------


def test_inv_05_no_ballot_without_a_self_binding_or_with_an_unchecked_option() -> None:
    bare = Dossier().framed("D07", "meebeslissen", "I-05")
    refused(opens(bare), "INV-05", "zelfbinding")
    binds(bare)
    refused(opens(bare), "INV-05", "toets van optie A")
    bare.checked({"A": True, "B": True})
    refused(opens(bare), "INV-05", "toets van optie C")


def test_inv_05_a_self_binding_to_an_agreement_is_no_promise_of_a_ballot() -> None:
    refused(opens(promised({"beslisregel": "overeenstemming"})), "INV-05", "hoogste_aantal")


def test_inv_05_a_promised_ballot_is_not_decided_by_a_smaller_circle() -> None:
    refused(ask(PLAY, DECIDES, OUTCOME, promised()), "INV-05", "stemming")
    failed = counted({"A": 3, "B": 0, "C": 0}, blank=0, paper=0)
    recorded(failed)
    refused(ask(PLAY, DECIDES, OUTCOME, failed, now=CLOSED), "INV-05", "stemming")


def test_inv_05_without_quorum_the_participants_agree_if_the_ballot_was_promised_so() -> None:
    dossier = promised({"bij_geen_quorum": "overeenstemming"})
    refused(ask(PLAY, DECIDES, OUTCOME, dossier), "INV-05", "stemming")
    opened(dossier)
    refused(ask(PLAY, DECIDES, OUTCOME, dossier), "INV-05", "stemming")
    count(dossier, {"A": 3, "B": 0, "C": 0}, blank=0, paper=0)
    recorded(dossier)
    allowed(ask(PLAY, DECIDES, OUTCOME, dossier, now=CLOSED), "D07/meebeslissen")
    refused(ask(COLLEGE, DECIDES, OUTCOME, dossier, now=CLOSED), "INV-04")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"quorum": None}, "quorum"),
        ({"quorum": 0}, "quorum"),
        ({"quorum": 2311}, "quorum"),
        ({"quorum": "231"}, "quorum"),
        ({"aantal_kiesgerechtigden": None}, "aantal_kiesgerechtigden"),
        ({"aantal_kiesgerechtigden": True}, "aantal_kiesgerechtigden"),
        ({"bij_geen_quorum": "college"}, "bij_geen_quorum"),
        ({"opties": [{"optie": "A"}, {"optie": "Blanco"}]}, "blanco"),
    ],
)
def test_inv_05_a_promise_of_a_ballot_says_how_many_vote_and_how_many_must(values: dict[str, Json], name: str) -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    task = task_for(Act.ZELFBINDING, "college", "D07", "I-05", "meebeslissen")
    allowed(ask(COLLEGE, task, binding_values() | BALLOT, dossier))
    refused(ask(COLLEGE, task, binding_values() | BALLOT | values, dossier), "INV-05", name)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"quorum": 1}, "quorum"),
        ({"kiesgerechtigden": 12}, "kiesgerechtigden"),
        ({"opties": ["B"]}, "opties"),
        ({"ronde": 2}, "ronde"),
        ({"tot": "2027-07-02"}, "vervalt"),
        ({"tot": "2026-11-01"}, "na het begin"),
        ({"van": "2026-10-01"}, "nog komt"),
    ],
)
def test_inv_05_a_ballot_is_opened_as_it_was_promised(values: dict[str, Json], what: str) -> None:
    refused(opens(promised(), values), "INV-05", what)


def test_inv_05_an_unlawful_option_is_not_put_to_the_vote() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    binds(dossier)
    dossier.checked({"A": False, "B": True, "C": True})
    assert filled(dossier, PERIOD, BEFORE)["opties"] == ["B", "C"]
    refused(opens(dossier, {"opties": ["A", "B", "C"]}), "INV-05", "opties")
    none = Dossier().framed("D07", "meebeslissen", "I-05")
    binds(none)
    none.checked({"A": False, "B": False, "C": False})
    refused(opens(none), "INV-05", "een optie die rechtmatig")


def test_inv_05_one_ballot_at_a_time() -> None:
    dossier = promised()
    opened(dossier)
    refused(opens(dossier, now=BEFORE + timedelta(hours=1)), "INV-05", "al loopt")


@pytest.mark.parametrize("rung", ["raadplegen", "adviseren", "coproduceren"])
def test_inv_05_a_ballot_decides_at_no_other_rung(rung: str) -> None:
    dossier = Dossier().framed("D07", rung, "I-05")
    task = task_for(Act.STEMMING, "deelnemers", "D07", "I-05")
    refused(ask(PLAY, task, PERIOD, dossier), "INV-05", "meebeslissen")


def test_inv_01_and_inv_02_a_ballot_needs_a_published_frame() -> None:
    refused(ask(PLAY, VOTES, PERIOD, Dossier()), "INV-01")
    dossier = promised()
    dossier.facts = [fact for fact in dossier.facts if fact.register is not Register.PUBLICATIES]
    refused(opens(dossier), "INV-02", "publicatie")


def test_inv_16_no_ballot_result_before_voting_has_ended() -> None:
    dossier = counted()
    refused(results(dossier, now=datetime(2026, 11, 16, 22, 0, tzinfo=UTC)), "INV-16", "2026-11-16")
    allowed(results(dossier, now=datetime(2026, 11, 16, 23, 0, tzinfo=UTC)))


def test_inv_04_a_case_is_not_broken_off_between_a_ballot_and_its_ratification() -> None:
    dossier = counted()
    cancels = {"reden": "te duur"}
    refused(ask(COORDINATOR, None, cancels, dossier, action=Action.CANCEL, now=CLOSED), "INV-04", "uitslag")
    recorded(dossier)
    refused(ask(COORDINATOR, None, cancels, dossier, action=Action.CANCEL, now=CLOSED), "INV-04", "bekrachtiging")


# --- INV-06: an unlawful outcome goes back to the voters -------------------------------------------------------------


def test_inv_06_an_unlawful_outcome_of_a_ballot_goes_back_and_nothing_takes_its_place() -> None:
    dossier = counted()
    recorded(dossier)
    back: dict[str, Json] = {"terug_naar_deelnemers": True, "grond": "omgevingsplan"}
    later = CLOSED + timedelta(hours=2)
    refused(ask(COLLEGE, RATIFIES, back | {"uitslag": "B"}, dossier, now=later), "INV-06", "uitslag")
    refused(ask(COLLEGE, RATIFIES, {"terug_naar_deelnemers": True}, dossier, now=later), "INV-06", "grond")
    allowed(ask(COLLEGE, RATIFIES, back, dossier, now=later))
    dossier.now = later - timedelta(minutes=1)
    dossier.claimed()
    dossier.judged(True)
    after = later + timedelta(days=1)
    refused(ask(COLLEGE, DECIDES, OUTCOME | {"uitslag": "B"}, dossier, now=after), "INV-04")
    again = opened(dossier, after, van="2026-12-01", tot="2026-12-15")
    assert values_of(again)["ronde"] == 1
