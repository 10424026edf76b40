"""The agenda: individual interests, themes from nowhere, and the words of residents (INV-20, INV-21, INV-25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine.acts import registers_needed
from engine.terms import Act, Action, Json, Register, Ruling
from tests.engine.rights_world import (
    ADMISSION,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    INTEREST,
    PRESS,
    RESIDENT,
    START,
    TABLES,
    Dossier,
    allowed,
    ask,
    person,
    refused,
    task_for,
)
from tests.engine.tables import decision, sound

PROPOSES = task_for(Act.VOORSTEL, "deelnemers", "D03", rungs="coproduceren")
ADOPTS = task_for(Act.BESLUIT, "wijkcoordinator", "D03")
ADMITS = task_for(Act.BESLUIT, "wijkcoordinator", "D05", "I-06")
EVENING = person("wijkavond", "deelnemers")
ALL: dict[str, Json] = {"thema": "x", "prioriteit": "x", "herleiding_naar_analyse": "x", "collectief_belang": "x"}
PRIVATE: dict[str, Json] = {"aantal_belanghebbenden": 1, "individueel_voordeel": "ja", "openbare_ruimte": "nee"}
DOUBTFUL: dict[str, Json] = {"aantal_belanghebbenden": 4, "individueel_voordeel": "nee", "openbare_ruimte": "nee"}


def theme(code: str = "T-1", name: str = "jongeren", **more: Json) -> dict[str, Json]:
    found: dict[str, Json] = {"onderdeel": code, "velden": {"thema": name, "prioriteit": "1"}, "herkomst": ["A-1"]}
    return found | INTEREST | more


def meeting() -> Dossier:
    """A problem agenda of the wijk, and advice A-1 on the analysis."""
    dossier = Dossier().framed("D03", "coproduceren")
    dossier.advised("D02", mark="A-1")
    dossier.act(Act.VOORSTEL, EVENING, {"probleemagenda": [{"probleem": "x", "kenmerk": "P-1"}]}, step="D03")
    return dossier


def proposed(*rows: Mapping[str, Json]) -> Dossier:
    dossier = meeting()
    dossier.act(Act.VOORSTEL, EVENING, {"onderdelen": [dict(row) for row in rows]}, step="D03")
    return dossier


def adopt(*rows: Mapping[str, Json], dossier: Dossier | None = None, **more: Json) -> Ruling:
    """The decision D03 on these themes, after a proposal of the same ones unless told otherwise."""
    listed: list[Json] = [dict(row) for row in rows]
    return ask(COORDINATOR, ADOPTS, ALL | {"onderdelen": listed} | more, dossier or proposed(*rows))


# --- INV-20 ----------------------------------------------------------------------------------------------------------


def test_themes_that_concern_many_are_proposed_and_adopted() -> None:
    allowed(ask(EVENING, PROPOSES, {"onderdelen": [theme(), theme("T-2", "groen")]}, meeting()))
    allowed(adopt(theme(), theme("T-2", "groen", individueel_voordeel=False, openbare_ruimte=True)), "D03/coproduceren")


def test_inv_20_a_private_parking_place_is_not_proposed_for_the_agenda() -> None:
    mine = theme("T-5", "een parkeerplaats") | PRIVATE
    ruling = ask(EVENING, PROPOSES, {"onderdelen": [theme(), mine]}, meeting())
    refused(ruling, "INV-20", "T-5", "individueel belang")
    assert "vergunningenloket" in ruling.remedy


@pytest.mark.parametrize(
    "answers",
    [
        PRIVATE,
        {**INTEREST, "aantal_belanghebbenden": 1},
        {**INTEREST, "individueel_voordeel": True},
        {**INTEREST, "aantal_belanghebbenden": True},
        {**INTEREST, "aantal_belanghebbenden": "120"},
        {**INTEREST, "aantal_belanghebbenden": -120},
        {**INTEREST, "individueel_voordeel": "nee\u200b"},
        {**INTEREST, "individueel_voordeel": "Nee"},
        {**INTEREST, "individueel_voordeel": {"verzegeld": "0" * 64}},
        {**INTEREST, "openbare_ruimte": None},
        DOUBTFUL,
        {**DOUBTFUL, "oordeel_belang": "collectief"},
        {**DOUBTFUL, "oordeel_belang": "collectief", "reden_oordeel": "\u200b "},
        {**DOUBTFUL, "oordeel_belang": "individueel", "reden_oordeel": "van een paar"},
        {**DOUBTFUL, "oordeel_belang": True, "reden_oordeel": "x"},
        {**PRIVATE, "oordeel_belang": "collectief", "reden_oordeel": "toch maar"},
    ],
)
def test_inv_20_no_answer_that_is_no_answer_brings_an_individual_interest_in(answers: dict[str, Json]) -> None:
    refused(adopt(theme() | answers), "INV-20", "T-1")
    dossier = Dossier()
    refused(ask(COORDINATOR, ADMITS, ADMISSION | {"inbrengregister": 0} | answers, dossier), "INV-20")
    money = task_for(Act.BESLUIT, "college", "D07", "I-06")
    framed = Dossier().framed("D07", "raadplegen", "I-06")
    refused(ask(COLLEGE, money, GRANT | {"inbrengregister": 0} | answers, framed), "INV-20")


def test_in_doubt_a_person_judges_and_says_why() -> None:
    judged: dict[str, Json] = {**DOUBTFUL, "oordeel_belang": "collectief", "reden_oordeel": "een hele hof"}
    allowed(adopt(theme() | judged))
    allowed(ask(COORDINATOR, ADMITS, ADMISSION | {"inbrengregister": 0} | judged, Dossier()))
    allowed(ask(EVENING, PROPOSES, {"onderdelen": [theme() | DOUBTFUL]}, meeting()))


def test_inv_20_a_theme_is_not_smuggled_in_beside_the_questions() -> None:
    refused(ask(EVENING, PROPOSES, {"velden": {"thema_1": "een parkeerplaats"}}, meeting()), "INV-20", "onderdelen")
    refused(adopt(theme(), velden={"thema_2": "een parkeerplaats"}), "INV-07", "thema_2")
    dossier = meeting()
    more: Json = {"thema_1": "jongeren", "thema_2": "een parkeerplaats"}
    dossier.act(Act.VOORSTEL, EVENING, {"onderdelen": [theme()], "velden": more}, step="D03")
    refused(adopt(theme(), dossier=dossier, velden=more), "INV-21", "thema_2")


def test_inv_20_a_table_of_the_city_cannot_make_the_wish_of_one_household_a_common_interest() -> None:
    inputs = ("aantal_belanghebbenden: number", 'individueel_voordeel = "ja","nee"', 'openbare_ruimte = "ja","nee"')
    lenient = sound(decision(inputs, ('belang = "collectief"',), ('-|-|- => "collectief"',), name="collectief_belang"))
    dossier, values = proposed(theme() | PRIVATE), ALL | {"onderdelen": [theme() | PRIVATE]}
    refused(ask(COORDINATOR, ADOPTS, values, dossier, tables=TABLES | {"collectief_belang": lenient}), "INV-20")


def test_inv_20_without_the_table_of_the_city_nobody_decides() -> None:
    values = ALL | {"onderdelen": [theme()]}
    refused(ask(COORDINATOR, ADOPTS, values, proposed(theme()), tables={}), "INV-15", "collectief_belang")


def test_inv_20_money_follows_the_admission_and_a_refused_initiative_gets_none() -> None:
    money = task_for(Act.BESLUIT, "college", "D07", "I-06")
    bare = {name: value for name, value in GRANT.items() if name not in INTEREST} | {"inbrengregister": 0}
    framed = Dossier().framed("D07", "raadplegen", "I-06")
    refused(ask(COLLEGE, money, bare, framed), "INV-20", "aantal_belanghebbenden")
    allowed(ask(COLLEGE, money, bare, framed.admitted("I-06")))
    refused(ask(COLLEGE, money, GRANT | bare, framed.admitted("I-06", besluit="afgewezen")), "INV-22", "I-06")


# --- INV-07 on items -------------------------------------------------------------------------------------------------


def test_inv_07_themes_are_compared_one_by_one_with_those_proposed() -> None:
    dossier = proposed(theme(), theme("T-2", "groen"))
    later = theme(velden={"thema": "jongeren", "prioriteit": "2"})
    refused(adopt(later, theme("T-2", "groen"), dossier=dossier), "INV-07", "T-1: prioriteit")
    refused(adopt(theme(), dossier=dossier), "INV-07", "T-2: het hele onderdeel")
    refused(adopt(theme(), theme("T-2", "groen"), theme("T-3", "spelen"), dossier=dossier), "INV-07", "T-3: thema")
    reason: Json = [{"onderdeel": "T-2", "veld": "*", "reden": "loopt al"}]
    allowed(adopt(theme(), dossier=dossier, afwijkingen=reason))


# --- INV-21 ----------------------------------------------------------------------------------------------------------


def test_a_theme_comes_from_whatever_was_found_or_from_a_new_fact() -> None:
    dossier = proposed(theme())
    signal = dossier.heard("D02", mark="S-7")
    dossier.act(Act.PRODUCT, COORDINATOR, {"bevindingen": [{"kenmerk": "B-2", "tekst": "x"}]}, product="wijkanalyse")
    dossier.decided({"kenmerk": "WA-1"}, "D02", "*", "adviseren", by=COORDINATOR.ref, role="wijkcoordinator")
    origins: list[Json] = [["A-1"], [signal.record], "S-7", "S-7, B-2", ["P-1", "WA-1"]]
    for origin in origins:
        allowed(adopt(theme(herkomst=origin), dossier=dossier))
    allowed(adopt(theme(herkomst=None, nieuw_feit="een brand in het buurthuis"), dossier=dossier))
    allowed(adopt(theme(herkomst=None, nieuw_feit={"verzegeld": "0" * 64}), dossier=dossier))


@pytest.mark.parametrize(
    "origin",
    [
        *(None, "", [], [""], "  ", "\u200b", ["A-1", "X-9"], "A-9", "A-1\u200b", "a-1", "\u0410-1", "A-1;S-7"),
        *({"verzegeld": "0" * 64}, [{"kenmerk": "A-1"}], True, [None], "0" * 64),
    ],
)
def test_inv_21_a_theme_from_nowhere_is_not_adopted(origin: Json) -> None:
    refused(adopt(theme(herkomst=origin, nieuw_feit="\u2060")), "INV-21", "T-1")


def test_inv_21_a_name_that_two_findings_bear_points_at_neither() -> None:
    dossier = proposed(theme())
    dossier.heard("D02", mark="A-1")
    refused(adopt(theme(), dossier=dossier), "INV-21", "A-1")


def test_inv_21_what_was_only_decided_or_handled_is_no_finding() -> None:
    dossier = proposed(theme())
    dossier.act(Act.KENNISNAME, COLLEGE, {"kenmerk": "N-1"})
    dossier.decided({"kenmerk": "B-1"}, "D12", "*", "meeweten", by=COORDINATOR.ref, role="wijkcoordinator")
    dossier.act(Act.AFHANDELING, COORDINATOR, {"kenmerk": "H-1", "inbreng": "x"})
    for name in ("N-1", "B-1", "H-1"):
        refused(adopt(theme(herkomst=name), dossier=dossier), "INV-21", name)


def test_inv_21_an_agenda_lists_its_themes_each_once_and_by_name() -> None:
    refused(ask(COORDINATOR, ADOPTS, ALL, Dossier().framed("D03", "raadplegen")), "INV-10")
    consulted = Dossier().framed("D03", "raadplegen")
    consulted.advised("D02", mark="A-1")
    values = ALL | {"inbrengregister": 0}
    refused(ask(COORDINATOR, ADOPTS, values, consulted), "INV-21", "onderdelen")
    twice: list[Json] = [theme(), theme("t-1", "groen")]
    refused(ask(COORDINATOR, ADOPTS, values | {"onderdelen": twice}, consulted), "INV-21", "twee keer")
    nameless: list[Json] = [theme(velden={"thema": "\u200b"})]
    refused(ask(COORDINATOR, ADOPTS, values | {"onderdelen": nameless}, consulted), "INV-21", "thema")
    allowed(ask(COORDINATOR, ADOPTS, values | {"onderdelen": [theme()]}, consulted))


# --- INV-25 ----------------------------------------------------------------------------------------------------------

HANDLES = task_for(Act.AFHANDELING, "wijkcoordinator", "D07", "I-02")
ANSWER: dict[str, Json] = {"inbreng": "R-01", "uitkomst": "gebruikt", "reactie": "dank"}


def spoken() -> Dossier:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    dossier.act(
        Act.INBRENG, RESIDENT, {"kenmerk": "R-01", "tekst": "groen", "kanaal": "papier"}, step="D07", subject="I-02"
    )
    return dossier


def test_an_answer_may_propose_other_words_as_its_own() -> None:
    allowed(ask(COORDINATOR, HANDLES, ANSWER | {"reactie": "Bedoelt u: meer bomen?"}, spoken()))
    allowed(ask(COORDINATOR, HANDLES, ANSWER | {"tekst": "groen"}, spoken()))


@pytest.mark.parametrize(
    "more",
    [
        {"tekst": "groen, maar minder"},
        {"Tekst": "minder"},
        {"tekst ": "minder"},
        {"te\u200bkst": "minder"},
        {"tekst": {"verzegeld": "0" * 64}},
        {"tekst": None},
        {"kanaal": "online"},
        {"velden": {"tekst": "minder"}},
        {"stukken": [{"velden": [{"tekst": "minder"}]}]},
    ],
)
def test_inv_25_an_answer_does_not_rewrite_what_was_said(more: dict[str, Json]) -> None:
    refused(ask(COORDINATOR, HANDLES, ANSWER | more, spoken()), "INV-25", "R-01")
    rows: dict[str, Json] = {"afhandelingen": [ANSWER | more]}
    refused(ask(COORDINATOR, HANDLES, rows, spoken()), "INV-25", "R-01")


def test_inv_25_no_product_publication_or_decision_carries_other_words_for_a_contribution() -> None:
    dossier = spoken()
    row: dict[str, Json] = {"inbreng": dossier.facts[-1].record, "tekst": "minder"}
    report = task_for(Act.PRODUCT, "wijkcoordinator", "D07", "I-02")
    refused(ask(COORDINATOR, report, {"titel": "Verslag", "inbreng_per_stuk": [row]}, dossier), "INV-25", "R-01")
    refused(ask(COORDINATOR, report, {"kenmerk": "R-01", "tekst": "minder"}, dossier), "INV-25", "R-01")
    allowed(ask(COORDINATOR, report, {"titel": "Verslag", "tekst": "Wij spraken velen"}, dossier))
    made_public = task_for(Act.PUBLICATIE, "communicatie", "D07", "I-02")
    refused(ask(PRESS, made_public, {"kanalen": ["website"], "stukken": [row]}, dossier), "INV-25", "R-01")
    dossier.handled()
    decides = task_for(Act.BESLUIT, "college", "D07", "I-02")
    refused(ask(COLLEGE, decides, GRANT | {"bijlage": row}, dossier), "INV-25", "R-01")
    allowed(ask(COLLEGE, decides, GRANT | {"reacties": [{"inbreng": "R-01", "reactie": "dank"}]}, dossier))


@pytest.mark.parametrize("mark", ["R-01", "r-01", " R-01", "A-01"])
def test_inv_25_the_mark_of_what_was_said_is_not_used_again_for_other_words(mark: str) -> None:
    dossier = spoken()
    dossier.act(Act.ADVIES, GROUP, {"kenmerk": "A-01", "advies": "doen"}, step="D07", subject="I-02")
    told: dict[str, Json] = {"kenmerk": mark, "tekst": "asfalt"}
    soon = START + timedelta(days=1)
    for by, act, lane in ((RESIDENT, Act.INBRENG, "bewoner"), (GROUP, Act.ADVIES, "deelnemers")):
        refused(ask(by, task_for(act, lane, "D07", "I-02"), told, dossier, now=soon), "INV-25", "al van een bijdrage")
        allowed(ask(by, task_for(act, lane, "D07", "I-02"), told | {"kenmerk": "R-02"}, dossier, now=soon))
    for act in (Act.PRODUCT, Act.AFHANDELING):
        task = task_for(act, "wijkcoordinator", "D07", "I-02")
        refused(ask(COORDINATOR, task, ANSWER | {"kenmerk": mark}, dossier), "INV-25", "al van een bijdrage")
    decides = task_for(Act.BESLUIT, "college", "D07", "I-02")
    dossier.handled()
    refused(ask(COLLEGE, decides, GRANT | {"kenmerk": mark}, dossier), "INV-25", "al van een bijdrage")
    needed = registers_needed(Action.CONTRIBUTE, task_for(Act.INBRENG, "bewoner", "D07"))
    assert {Register.INBRENG, Register.ADVIEZEN} <= needed


def test_inv_25_the_words_of_another_group_are_kept_as_well() -> None:
    dossier = spoken()
    dossier.act(Act.INBRENG, GROUP, {"kenmerk": "R-02", "wens": "een wip"}, step="D07", subject="I-02")
    refused(ask(COORDINATOR, HANDLES, ANSWER | {"inbreng": "R-02", "wens": "niets"}, dossier), "INV-25", "R-02")
    allowed(ask(COORDINATOR, HANDLES, ANSWER | {"wens": "een wip voor R-02"}, dossier))
