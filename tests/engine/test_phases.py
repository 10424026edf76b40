"""Phases: who is answerable, who is at the table, and that a product reaches everybody before the next phase begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.answerables import answerables, vacancies
from engine.authority import CaseFacts, rule
from engine.registers import Registers
from engine.terms import Act, Action, ActSpec, Json, Register, Ruling, Task, Values
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    HERE,
    MATRIX,
    PRESS,
    ROLES,
    START,
    TABLES,
    TERMS,
    Dossier,
    allowed,
    ask,
    frame_values,
    person,
    refused,
    task_for,
)

PAIR: dict[str, Json] = {"bestuurlijk": "wethouder_wijkzaken", "ambtelijk": "wijkcoordinator"}
OUT: dict[str, Json] = {"kanalen": ["website", "wijkwebsites"], "datum": "2026-09-08"}
COUNCIL = person("raadslid", "raad")


def in_phase(act: Act, lane: str, phase: str | None, step: str | None = None, product: str | None = None) -> Task:
    return Task("t-1", "element", "taak", "proces", phase, lane, ActSpec(act=act, step=step, product=product))


def assigns(values: Values, lane: str = "college", dossier: Dossier | None = None) -> Ruling:
    actor = COLLEGE if lane == "college" else COORDINATOR
    return ask(actor, in_phase(Act.PRODUCT, lane, None, product="aanspreekbaren"), values, dossier)


# --- INV-35: exactly one political and one civil answerable -----------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"bestuurlijk": ""},
        {"ambtelijk": ""},
        {"bestuurlijk": "wijkcoordinator"},
        {"ambtelijk": "wethouder_wijkzaken"},
        {"bestuurlijk": "burgemeester"},
        {"bestuurlijk": "wethouder_wijkzaken, college"},
        {"ambtelijk": ["wijkcoordinator", "wijkopzichter"]},
        {"ambtelijk": {"verzegeld": "0" * 64}},
        {"niveaus": ["college", "college"]},
        {"niveaus": ["wijkcoordinator"]},
    ],
)
def test_inv_35_no_fewer_and_no_more_than_one_of_each(values: dict[str, Json]) -> None:
    allowed(assigns(PAIR))
    refused(assigns(PAIR | values), "INV-35")
    refused(assigns(PAIR, "wijkcoordinator"), "INV-35", "bestuursorgaan")


def test_inv_35_who_was_answerable_when_is_told_and_a_vacancy_shows() -> None:
    dossier = Dossier()
    assert vacancies(answerables(Registers((), START), START), {"college"}) == ("bestuurlijk", "ambtelijk")
    first = dossier.act(Act.PRODUCT, COLLEGE, PAIR, product="aanspreekbaren")
    assert first.register is Register.AANSPREEKBAREN
    dossier.act(Act.PRODUCT, COLLEGE, PAIR | {"bestuurlijk": "college"}, product="aanspreekbaren")
    registers = Registers(dossier.facts, AFTER_TERM)
    then, now = answerables(registers, first.at), answerables(registers, AFTER_TERM)
    assert then is not None and now is not None
    assert (then.political, now.political, now.civil) == ("wethouder_wijkzaken", "college", "wijkcoordinator")
    assert vacancies(now, {"college"}) == ("ambtelijk",) and vacancies(now, {"college", "wijkcoordinator"}) == ()


# --- INV-37: a phase closes when its product reached everybody --------------------------------------------------------

LAST: dict[str, Json] = {
    "kanalen": ["stadskrant", "website", "wijkwebsites", "persbericht"],
    "geadresseerden": ["actieve_bewoners", "professionals", "bewonersplatform"],
}


@pytest.mark.parametrize("name", ["kanalen", "geadresseerden"])
def test_inv_37_a_product_goes_to_the_whole_list(name: str) -> None:
    task = in_phase(Act.PUBLICATIE, "communicatie", "verantwoorden", product="wijkverslag")
    ready = finished("uitvoeren", Dossier())
    allowed(ask(PRESS, task, LAST, ready))
    listed = LAST[name]
    assert isinstance(listed, list)
    for left_out in listed:
        rest: list[Json] = [one for one in listed if one != left_out]
        refused(ask(PRESS, task, LAST | {name: rest}, ready), "INV-37", str(left_out))
    refused(ask(PRESS, replace(task, phase=None), LAST | {name: []}, Dossier()), "INV-37")


def test_inv_37_what_went_out_before_counts_and_without_the_list_nothing_goes_out() -> None:
    task = in_phase(Act.PUBLICATIE, "communicatie", "verantwoorden", product="wijkverslag")
    dossier = finished("uitvoeren", Dossier())
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["stadskrant"]}, product="wijkverslag")
    allowed(ask(PRESS, task, LAST | {"kanalen": ["website", "wijkwebsites", "persbericht"]}, dossier))
    refused(ask(PRESS, task, LAST, Dossier(), tables={}), "INV-15")


def finished(phase: str, dossier: Dossier) -> Dossier:
    product = str(TABLES["fase_product"].decide({"fase": phase}, START.date()).values["product"])
    owed = TABLES["publicatieplicht"].decide({"product": product}, START.date()).values
    values: dict[str, Json] = {name: list(owed[name]) for name in ("kanalen", "geadresseerden")}  # type: ignore[arg-type]
    dossier.act(Act.PUBLICATIE, PRESS, values, product=product)
    for role in owed["ter_kennisname"]:  # type: ignore[union-attr]
        dossier.act(Act.KENNISNAME, COUNCIL, {"ter_kennis_genomen": True}, role=str(role), product=product)
    return dossier


@pytest.mark.parametrize("act", [Act.KADER, Act.PRODUCT, Act.PUBLICATIE, Act.BESLUIT])
def test_inv_37_the_next_phase_waits_for_the_product_of_the_last(act: Act) -> None:
    lane = {Act.KADER: "college", Act.PUBLICATIE: "communicatie"}.get(act, "wijkcoordinator")
    by = {"college": COLLEGE, "communicatie": PRESS}.get(lane, COORDINATOR)
    task = in_phase(act, lane, "agenderen", "D03" if act in (Act.KADER, Act.BESLUIT) else None)
    values = frame_values("D03", "raadplegen") if act is Act.KADER else OUT
    dossier = Dossier().framed("D03", "raadplegen") if act is Act.BESLUIT else Dossier()
    refused(ask(by, task, values, dossier), "INV-37", "wijkanalyse", "kennisname door raad")
    partly = Dossier(list(dossier.facts), dossier.now)
    partly.act(Act.PUBLICATIE, PRESS, OUT, product="wijkanalyse")
    partly.act(Act.KENNISNAME, COLLEGE, {}, role="college", product="wijkanalyse")
    refused(ask(by, task, values, partly), "INV-37", "kennisname door raad")
    partly.act(Act.KENNISNAME, COUNCIL, {}, role="raad", product="wijkagenda")
    refused(ask(by, task, values, partly), "INV-37", "kennisname door raad")
    assert ask(by, task, values, finished("analyseren", dossier)).rule != "INV-37"


def test_inv_37_the_first_phase_and_work_outside_a_phase_wait_for_nothing() -> None:
    frame = frame_values("D02", "adviseren")
    allowed(ask(COLLEGE, in_phase(Act.KADER, "college", "analyseren", "D02"), frame))
    allowed(ask(COLLEGE, in_phase(Act.KADER, "college", None, "D03"), frame_values("D03", "raadplegen")))


@pytest.mark.parametrize("named", ["analyseren", "agenderen", "uitwerken", "verantwoorden"])
def test_inv_37_a_diagram_that_names_another_phase_does_not_get_round_the_one_before(named: str) -> None:
    """The programme belongs to *uitwerken*: the agenda comes first, whatever the diagram calls the phase."""
    decides = in_phase(Act.BESLUIT, "college", named, "D09")
    dossier = Dossier().framed("D09", "raadplegen")
    before = "wijkagenda" if named in ("analyseren", "uitwerken") else ""
    refused(ask(COLLEGE, decides, {}, dossier), "INV-37", before)
    for phase in ("analyseren", "uitwerken", "uitvoeren"):
        finished(phase, dossier)
    refused(ask(COLLEGE, decides, {}, dossier), "INV-37", "wijkagenda")
    assert ask(COLLEGE, decides, {}, finished("agenderen", dossier)).rule != "INV-37"


def test_inv_37_the_product_of_a_later_phase_is_not_made_under_the_name_of_an_earlier_one() -> None:
    for act, lane, by in ((Act.PUBLICATIE, "communicatie", PRESS), (Act.PRODUCT, "wijkcoordinator", COORDINATOR)):
        task = in_phase(act, lane, "analyseren", product="wijkagenda")
        refused(ask(by, task, OUT, Dossier()), "INV-37", "wijkanalyse")
        assert ask(by, task, OUT, finished("analyseren", Dossier())).rule != "INV-37"


def test_inv_37_a_frame_may_promise_a_rung_for_a_later_phase() -> None:
    allowed(ask(COLLEGE, in_phase(Act.KADER, "college", "analyseren", "D03"), frame_values("D03", "raadplegen")))


def test_inv_37_a_ballot_decides_nothing_before_the_phase_before_is_closed() -> None:
    task = in_phase(Act.STEMMING, "deelnemers", "analyseren", "D03")
    dossier = Dossier().framed("D03", "meebeslissen")
    voter = person("bewoner", "deelnemers")
    refused(ask(voter, task, {"soort": "opening"}, dossier), "INV-37", "wijkanalyse")
    assert ask(voter, task, {"soort": "opening"}, finished("analyseren", dossier)).rule != "INV-37"


def test_inv_37_a_phase_does_not_begin_beside_the_year_in_its_dossier() -> None:
    year = CaseFacts("zaak-2", "jaarzaak")
    values: Values = {"proces": "agenderen", "wijk": "tanthof", "fase": "agenderen"}
    refused(starts(values, year), "INV-37", "agenderen")
    allowed(starts({"proces": "signaal", "wijk": "tanthof"}, year))
    allowed(starts(values, CaseFacts("zaak-2", "zaak-2")))


def starts(values: Values, case: CaseFacts) -> Ruling:
    return rule(
        COORDINATOR, Action.START, None, (), matrix=MATRIX, roles=ROLES, tables=TABLES, terms=TERMS,
        scope=HERE, submission=values, case=case, now=START,
    )  # fmt: skip


# --- INV-42: participants are reconsidered ----------------------------------------------------------------------------


def sets(values: Values, step: str | None = "D02") -> Ruling:
    return ask(COLLEGE, task_for(Act.KADER, "college", step), values)


def test_inv_42_one_frame_for_several_phases_names_the_target_group_of_each() -> None:
    shared = {key: value for key, value in frame_values("D02", "raadplegen").items() if key != "stap"}
    rows: list[dict[str, Json]] = [{"stap": "D02"}, {"stap": "D03"}]
    refused(sets(shared | {"kaders": [*rows]}), "INV-42", "D02", "D03")
    own = [row | {"doelgroep": f"bewoners bij {row['stap']}"} for row in rows]
    refused(sets(shared | {"kaders": [own[0], rows[1]]}), "INV-42", "D03: een eigen doelgroep")
    allowed(sets(shared | {"kaders": [*own]}))
    allowed(sets(shared | {"kaders": [{"stap": "D03"}, {"stap": "D04", "trede": "adviseren"}]}, "D03"))


def test_inv_42_a_matter_of_the_city_has_the_partners_of_the_city() -> None:
    city = frame_values("D02", "adviseren", schaal="stad")
    refused(sets(city), "INV-42", "bewonersorganisatie", "partner")
    refused(sets(city | {"gesprekspartners": ["bewonersorganisatie"]}), "INV-42", "partner")
    allowed(sets(city | {"gesprekspartners": ["bewonersorganisatie", "partner"]}))
    unorganised = frame_values("D02", "adviseren", schaal="wijk", organisatiegraad="geen")
    refused(sets(unorganised | {"gesprekspartners": ["bewoner"]}), "INV-42", "bewonersorganisatie")
    refused(sets(frame_values("D02", "adviseren", schaal="wereld")), "INV-15")


# --- INV-48: leaving residents out is a deviation ---------------------------------------------------------------------

WHY: dict[str, Json] = {"reden": "te weinig tijd", "vervanging": "straatgesprekken"}


@pytest.mark.parametrize(
    ("step", "values"),
    [
        ("D05", {"trede": "meeweten"}),
        ("D02", {"doelgroep": "Alleen professionals en de woningcorporatie"}),
        ("D02", {"doelgroep": "college"}),
        ("D02", {"gesprekspartners": ["partner", "professionals"]}),
    ],
)
def test_inv_48_not_involving_residents_has_a_reason_and_a_substitute(step: str, values: dict[str, Json]) -> None:
    frame = frame_values(step, "adviseren") | values
    refused(sets(frame, step), "INV-48", "reden", "vervanging")
    for name in WHY:
        refused(sets(frame | {"afwijking_betrokkenheid": WHY | {name: " "}}, step), "INV-48", name)
    allowed(sets(frame | {"afwijking_betrokkenheid": WHY}, step))


@pytest.mark.parametrize("group", ["bewoners", "Alle bewoners en professionals", "Jongeren van 12 tot 18", "x"])
def test_inv_48_a_target_group_of_residents_needs_no_excuse(group: str) -> None:
    allowed(sets(frame_values("D02", "adviseren", doelgroep=group)))
    allowed(sets(frame_values("D12", "meeweten"), "D12"))
