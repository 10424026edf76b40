"""The ladder, enforced: for each rule of a rung the attempt to break it, and the way that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.terms import Act, Json
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    GRANT,
    GROUP,
    IN_TERM,
    PLATFORM,
    PRESS,
    RESIDENT,
    START,
    TERM,
    Dossier,
    allowed,
    ask,
    attempt,
    frame_values,
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
    return fields.get("bedrag", 0) if isinstance(fields, dict) else 0


def item(name: str, **fields: Json) -> dict[str, Json]:
    return {"onderdeel": name, "velden": fields}


# --- the frame -------------------------------------------------------------------------------------------------------

FRAMES = task_for(Act.KADER, "college", "D09")


def test_a_frame_is_set_by_its_organ() -> None:
    allowed(ask(COLLEGE, FRAMES, frame_values("D09", "raadplegen"), Dossier()), "handeling/kader")


@pytest.mark.parametrize(
    "name",
    ["doel", "ruimte_dicht", "trede", "orgaan", "doelgroep", "werkvorm", "termijn", "terugkoppeling"],
)
def test_inv_02_a_frame_that_leaves_something_out_is_refused(name: str) -> None:
    values = frame_values("D09", "raadplegen")
    del values[name]
    refused(ask(COLLEGE, FRAMES, values, Dossier()), "INV-02", name)
    refused(ask(COLLEGE, FRAMES, frame_values("D09", "raadplegen") | {name: "  "}, Dossier()), "INV-02", name)


def test_inv_02_a_frame_with_a_term_that_is_no_date_is_refused() -> None:
    refused(ask(COLLEGE, FRAMES, frame_values("D09", "raadplegen", termijn="ooit"), Dossier()), "INV-02", "datum")


def test_inv_03_without_room_only_meeweten_can_be_promised() -> None:
    task = task_for(Act.KADER, "college", "D12")
    empty: list[Json] = [[], "", " "]
    for nothing in empty:
        closed = frame_values("D12", "raadplegen", ruimte_open=nothing)
        refused(ask(COLLEGE, task, closed, Dossier()), "INV-03", "D12")
    allowed(ask(COLLEGE, task, frame_values("D12", "meeweten", ruimte_open=[]), Dossier()))


def test_inv_01_a_frame_cannot_promise_a_rung_outside_the_table() -> None:
    refused(ask(COLLEGE, FRAMES, frame_values("D09", "meebeslissen"), Dossier()), "INV-01", "D09", "meebeslissen")


def test_inv_13_a_frame_cannot_name_an_organ_that_does_not_decide_the_step() -> None:
    values = frame_values("D09", "raadplegen", orgaan="wijkcoordinator")
    refused(ask(COLLEGE, FRAMES, values, Dossier()), "INV-13", "wijkcoordinator")
    mandatable = frame_values("D07", "raadplegen", orgaan="wijkcoordinator")
    refused(ask(COLLEGE, task_for(Act.KADER, "college", "D07"), mandatable, Dossier()), "INV-13", "wijkcoordinator")


def test_inv_13_a_frame_set_without_being_the_organ_is_refused() -> None:
    task = task_for(Act.KADER, "wijkcoordinator", "D09")
    refused(ask(COORDINATOR, task, frame_values("D09", "raadplegen"), Dossier()), "INV-13")


def test_one_frame_act_covers_several_steps_each_judged() -> None:
    rows: list[Json] = [
        {"stap": "D02", "trede": "adviseren", "orgaan": "wijkcoordinator", "doelgroep": "bewoners"},
        {"stap": "D09", "doelgroep": "bewoners en lezers van het concept"},
    ]
    values = frame_values("D09", "raadplegen") | {"kaders": rows}
    allowed(ask(COLLEGE, FRAMES, values, Dossier()))
    rows.append({"stap": "D09", "trede": "meebeslissen"})
    refused(ask(COLLEGE, FRAMES, values, Dossier()), "INV-01", "D09")


def test_inv_16_a_frame_gives_time_to_take_part() -> None:
    """A frame whose term is over when it is set would let the organ decide at once: no term, no participation."""
    before = datetime(2026, 10, 15, 21, 59, tzinfo=UTC)
    after = datetime(2026, 10, 15, 22, 0, tzinfo=UTC)
    values = frame_values("D09", "raadplegen")
    allowed(ask(COLLEGE, FRAMES, values, Dossier(), now=before))
    refused(ask(COLLEGE, FRAMES, values, Dossier(), now=after), "INV-16", "D09", TERM)
    moments: dict[str, Json] = {"termijn": "2026-10-15T23:59:59+02:00"}
    refused(ask(COLLEGE, FRAMES, values | moments, Dossier(), now=after), "INV-16", "D09")


def test_inv_16_no_row_of_a_frame_act_has_a_term_that_is_over() -> None:
    rows: list[Json] = [
        {"stap": "D02", "trede": "adviseren", "orgaan": "wijkcoordinator", "doelgroep": "bewoners"},
        {"stap": "D09", "doelgroep": "lezers van het concept", "termijn": "2026-09-30"},
    ]
    values = frame_values("D09", "raadplegen") | {"kaders": rows}
    refused(ask(COLLEGE, FRAMES, values, Dossier()), "INV-16", "D09", "2026-09-30")
    assert "D02" not in ask(COLLEGE, FRAMES, values, Dossier()).reason


def test_inv_16_meeweten_asks_nobody_to_take_part_and_may_name_a_day_that_is_gone() -> None:
    task = task_for(Act.KADER, "college", "D12")
    values = frame_values("D12", "meeweten", ruimte_open=[])
    allowed(ask(COLLEGE, task, values, Dossier(), now=AFTER_TERM))


def test_inv_16_a_frame_is_not_renewed_with_the_term_that_is_over() -> None:
    dossier = Dossier().framed("D09", "raadplegen")
    again = frame_values("D09", "raadplegen")
    refused(ask(COLLEGE, FRAMES, again, dossier, now=AFTER_TERM), "INV-16", TERM)
    allowed(ask(COLLEGE, FRAMES, again | {"termijn": "2026-11-15"}, dossier, now=AFTER_TERM))


def made_public(dossier: Dossier, at: datetime) -> Dossier:
    """The frame published at this moment, as its record."""
    dossier.now = at
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"], "betreft": "participatiekader"})
    return dossier


def test_inv_16_a_frame_that_nobody_heard_of_before_its_term_ended_is_not_published() -> None:
    task = task_for(Act.PUBLICATIE, "communicatie")
    tasks = (task, replace(task, spec=replace(task.spec, product="participatiekader")))
    dossier = Dossier()
    dossier.act(Act.KADER, COLLEGE, frame_values("D09", "raadplegen"), step="D09", role="college")
    out: dict[str, Json] = {"kanalen": ["website"], "betreft": "participatiekader"}
    for one in tasks:
        refused(ask(PRESS, one, out, dossier, now=AFTER_TERM), "INV-16", "D09", TERM)
    refused(attempt(PRESS, "publicatie", "D09", "*", out, dossier), "INV-16", TERM)
    for one in tasks:
        assert ask(PRESS, one, out, dossier, now=IN_TERM).rule != "INV-16"


def test_inv_16_an_unheard_frame_does_not_stand_in_the_way_of_one_that_still_runs() -> None:
    task = task_for(Act.PUBLICATIE, "communicatie")
    out: dict[str, Json] = {"kanalen": ["website"], "betreft": "participatiekader"}
    dossier = Dossier()
    for step, until in (("D09", TERM), ("D03", "2026-12-01")):
        values = frame_values(step, "raadplegen", termijn=until)
        dossier.act(Act.KADER, COLLEGE, values, step=step, role="college")
    allowed(ask(PRESS, task, out, dossier))
    made_public(dossier, AFTER_TERM)
    later = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    refused(
        ask(RESIDENT, task_for(Act.INBRENG, "bewoner", "D09"), {"tekst": "x"}, dossier, now=later), "INV-02", "om is"
    )
    allowed(ask(RESIDENT, task_for(Act.INBRENG, "bewoner", "D03"), {"tekst": "x"}, dossier, now=later))


def test_inv_16_who_publishes_a_frame_again_after_its_term_opens_nothing_and_may() -> None:
    task = task_for(Act.PUBLICATIE, "communicatie")
    dossier = Dossier().framed("D09", "raadplegen")
    allowed(ask(PRESS, task, {"kanalen": ["krant"], "betreft": "participatiekader"}, dossier))


def test_inv_02_a_frame_published_after_its_term_was_published_to_nobody() -> None:
    """However the record came about, also by an installation that did not yet ask for it: nobody decides on it."""
    decision: dict[str, Json] = {"motivering": "x", "uitkomst": "toegekend"}
    task = task_for(Act.BESLUIT, "college", "D07", "I-02")
    at = datetime(2026, 10, 15, 21, 59, tzinfo=UTC)
    for moment, is_late in ((at - timedelta(minutes=2), False), (at, True)):
        dossier = Dossier()
        dossier.act(Act.KADER, COLLEGE, frame_values("D07", "raadplegen"), step="D07", role="college")
        ruling = ask(COLLEGE, task, decision, made_public(dossier, moment))
        assert (ruling.rule == "INV-02") is is_late


def test_inv_17_an_announced_term_is_never_shortened() -> None:
    dossier = Dossier().framed("D09", "raadplegen")
    shorter = frame_values("D09", "raadplegen", termijn="2026-10-01")
    refused(ask(COLLEGE, FRAMES, shorter, dossier, now=START.replace(day=20)), "INV-17", "2026-10-15")
    longer = frame_values("D09", "raadplegen", termijn="2026-11-01")
    allowed(ask(COLLEGE, FRAMES, longer, dossier, now=START.replace(day=20)))


def test_inv_11_a_rung_is_not_lowered_once_contributions_are_in() -> None:
    dossier = Dossier().framed("D09", "adviseren")
    lower = frame_values("D09", "raadplegen")
    refused(ask(COLLEGE, FRAMES, lower, dossier), "INV-11", "reden")
    allowed(ask(COLLEGE, FRAMES, lower | {"reden": "te weinig tijd"}, dossier))
    dossier.advised("D09")
    refused(ask(COLLEGE, FRAMES, lower | {"reden": "te weinig tijd"}, dossier), "INV-11", "adviseren")
    allowed(ask(COLLEGE, FRAMES, frame_values("D09", "coproduceren"), dossier))


def lowering(
    dossier: Dossier,
    answer: str = "ja",
    to: str = "raadplegen",
    decided: str = "wijzigen",
    other: dict[str, Json] | None = None,
) -> None:
    """A proposal to lower D07 of I-02, the answer of its group, and the decision on it."""
    said: dict[str, Json] = {"stap": "D07", "van": "adviseren", "naar": to, "reden": "te weinig tijd"}
    proposal = dossier.act(Act.PRODUCT, COLLEGE, said, subject="I-02", role="college", product="tredevoorstel")
    consent: dict[str, Json] = {"verzoek": "verlaging", "over": proposal.record, "instemming": answer}
    dossier.act(Act.INSTEMMING, GROUP, consent, step="D18", subject="I-02", role="deelnemers")
    change = said | {"besluit": decided, "voorstel": proposal.record, "verlaging": True} | dict(other or {})
    dossier.decided(change, "D18", "I-02", "adviseren", by=COLLEGE.ref, role="college")


def test_inv_11_a_rung_goes_down_by_the_consent_of_the_participants_once() -> None:
    task = task_for(Act.KADER, "college", "D07", "I-02")
    lower = frame_values("D07", "raadplegen", onderwerp="I-02")
    wrongs: list[dict[str, Any]] = [{"answer": "nee"}, {"to": "meeweten"}, {"decided": "blijft"}]
    wrongs += [{"other": {name: "D09"}} for name in ("voorstel", "stap", "naar")]
    for wrong in wrongs:
        dossier = Dossier().framed("D07", "adviseren", "I-02")
        dossier.advised("D07", "I-02")
        lowering(dossier, **wrong)
        refused(ask(COLLEGE, task, lower, dossier), "INV-11", "instemming")
    dossier = Dossier().framed("D07", "adviseren", "I-02")
    dossier.advised("D07", "I-02")
    lowering(dossier)
    allowed(ask(COLLEGE, task, lower, dossier))
    dossier.framed("D07", "raadplegen", "I-02").framed("D07", "adviseren", "I-02")
    refused(ask(COLLEGE, task, lower, dossier), "INV-11", "instemming")


def test_inv_11_no_single_resident_consents_for_everybody_who_takes_part_in_the_whole() -> None:
    """What the registers hold of such a consent, from whatever time, lowers nothing either."""
    dossier = Dossier().framed("D07", "adviseren")
    dossier.advised("D07")
    said: dict[str, Json] = {"stap": "D07", "van": "adviseren", "naar": "raadplegen", "reden": "tijd"}
    proposal = dossier.act(Act.PRODUCT, COLLEGE, said, role="college", product="tredevoorstel")
    for yes in (True, "ja"):
        consent: dict[str, Json] = {"verzoek": "verlaging", "over": proposal.record, "instemming": yes}
        for who, lane in (
            (RESIDENT, "bewoner"),
            (person("buur", "deelnemers"), "deelnemers"),
            (PLATFORM, "bewonersplatform"),
        ):
            refused(ask(who, task_for(Act.INSTEMMING, lane, "D18"), consent, dossier), "INV-13", "per onderwerp")
    allowed(ask(RESIDENT, task_for(Act.INSTEMMING, "bewoner", "D18"), consent | {"instemming": "nee"}, dossier))
    dossier.act(Act.INSTEMMING, RESIDENT, consent, step="D18", role="bewoner")
    change = said | {"besluit": "wijzigen", "voorstel": proposal.record, "verlaging": True}
    dossier.decided(change, "D18", "*", "adviseren", by=COLLEGE.ref, role="college")
    lower = frame_values("D07", "raadplegen", reden="tijd")
    refused(ask(COLLEGE, FRAMES, lower, dossier), "INV-11", "per onderwerp")
    refused(ask(COLLEGE, FRAMES, lower | {"onderwerp": "I-02"}, dossier), "INV-11", "instemming van de groep")
    lowering(dossier)
    allowed(ask(COLLEGE, FRAMES, lower | {"onderwerp": "I-02"}, dossier))
    refused(ask(COLLEGE, FRAMES, lower, dossier), "INV-11", "per onderwerp")


def test_inv_11_a_decision_on_the_rung_names_the_frame_that_it_changes_and_both_rungs() -> None:
    dossier = Dossier().framed("D07", "adviseren", "I-02")
    frame = dossier.facts[-3].record
    dossier.advised("D18", "I-02")
    said: dict[str, Json] = {"kenmerk": "TV-1", "stap": "D07", "van": "adviseren", "naar": "raadplegen"}
    proposal = dossier.act(Act.PRODUCT, COLLEGE, said, subject="I-02", role="college", product="tredevoorstel")
    elsewhere = said | {"kenmerk": "TV-2"}
    dossier.act(Act.PRODUCT, COLLEGE, elsewhere, subject="I-05", role="college", product="tredevoorstel")
    answer: dict[str, Json] = {"verzoek": "verlaging", "over": "TV-1", "instemming": "ja"}
    consent = dossier.act(Act.INSTEMMING, GROUP, answer, step="D18", subject="I-02", role="deelnemers")
    task = task_for(Act.BESLUIT, "college", "D18", "I-02")
    whole: dict[str, Json] = {
        **{name: said[name] for name in ("stap", "van", "naar")}, "besluit": "wijzigen", "voorstel": "TV-1",
        "verlaging": True, "reden": "tijd", "overgang": "blijft", "instemming_bij_verlagen": "IN-1",
        "reacties": [{"advies": "A-1", "reactie": "dank"}],
    }  # fmt: skip
    wrong: list[dict[str, Any]] = [
        *({name: None} for name in ("stap", "van", "naar", "voorstel", "verlaging")),
        *({"stap": step} for step in ("D09", "D99", "D11")),
        *({"van": rung} for rung in ("raadplegen", "coproduceren")),
        *({"naar": rung} for rung in ("adviseren", "coproduceren", "meeweten", "meedoen")),
        *({"voorstel": name} for name in ("TV-2", "TV-9", "IN-1")),
        {"verlaging": False},
    ]
    for one in wrong:
        refused(ask(COLLEGE, task, whole | one, dossier), "INV-11")
    ruling = allowed(ask(COLLEGE, task, whole, dossier))
    assert {frame, proposal.record, consent.record} <= set(ruling.grounds)
    allowed(ask(COLLEGE, task, whole | {"besluit": "blijft", "voorstel": None}, dossier))


def test_inv_11_the_rung_that_the_table_promises_is_not_lowered_once_contributions_are_in() -> None:
    task = task_for(Act.KADER, "college", "D05", "I-02")
    instead: dict[str, Json] = {"reden": "te druk", "vervanging": "een brief"}
    lower = frame_values("D05", "meeweten", onderwerp="I-02", reden="te druk", afwijking_betrokkenheid=instead)
    dossier = Dossier()
    allowed(ask(COLLEGE, task, lower, dossier))
    dossier.heard("D05", "I-02")
    refused(ask(COLLEGE, task, lower, dossier), "INV-11", "raadplegen")


def test_inv_04_a_frame_does_not_take_back_what_was_left_to_the_participants() -> None:
    task = task_for(Act.KADER, "college", "D07", "I-05")
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    lower = frame_values("D07", "adviseren", reden="toch liever zelf")
    refused(ask(COLLEGE, task, lower, dossier), "INV-04", "I-05")
    refused(ask(COLLEGE, FRAMES, frame_values("D07", "adviseren", onderwerp="I-05", reden="x"), dossier), "INV-04")


def test_inv_04_a_frame_on_the_whole_does_not_lift_a_binding_that_rests_on_the_whole() -> None:
    dossier = Dossier().framed("D07", "meebeslissen")
    dossier.bound(subject="I-05")
    refused(ask(COLLEGE, FRAMES, frame_values("D07", "adviseren", reden="x"), dossier), "INV-04", "I-05")


def test_the_most_specific_frame_holds() -> None:
    dossier = Dossier().framed("D07", "raadplegen").framed("D07", "coproduceren", "I-02").framed("D07", "raadplegen")
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "INV-08")


# --- participation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [Act.INBRENG, Act.ADVIES, Act.VOORSTEL, Act.BIJEENKOMST])
def test_inv_02_no_participation_without_a_frame(act: Act) -> None:
    task = task_for(act, "bewoner", "D09")
    refused(ask(RESIDENT, task, {"tekst": "x", "probleemagenda": "x"}, Dossier()), "INV-02", "kader")


def test_inv_02_no_participation_before_the_frame_is_published() -> None:
    dossier = Dossier()
    dossier.act(Act.KADER, COLLEGE, frame_values("D09", "raadplegen"), step="D09")
    task = task_for(Act.INBRENG, "bewoner", "D09")
    refused(ask(RESIDENT, task, {"tekst": "x"}, dossier), "INV-02", "publicatie")
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="conceptwijkprogramma")
    refused(ask(RESIDENT, task, {"tekst": "x"}, dossier), "INV-02", "publicatie")
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="participatiekader")
    allowed(ask(RESIDENT, task, {"tekst": "x"}, dossier))


def test_inv_02_a_frame_that_changed_is_published_again() -> None:
    dossier = Dossier().framed("D09", "raadplegen")
    dossier.act(Act.KADER, COLLEGE, frame_values("D09", "raadplegen", termijn="2026-11-01"), step="D09")
    refused(ask(RESIDENT, task_for(Act.INBRENG, "bewoner", "D09"), {"tekst": "x"}, dossier), "INV-02", "publicatie")


def test_inv_02_a_meeting_without_a_frame_is_refused_as_an_attempt() -> None:
    refused(attempt(COORDINATOR, "bijeenkomst", "D02", "*", {}, Dossier()), "INV-02")


def test_inv_02_an_invitation_without_a_frame_is_refused() -> None:
    task = task_for(Act.PUBLICATIE, "communicatie", "D09")
    refused(ask(PRESS, task, {"betreft": "uitnodiging"}, Dossier()), "INV-02")
    allowed(ask(PRESS, task, {"betreft": "concept"}, Dossier()))


@pytest.mark.parametrize("act", [Act.INBRENG, Act.ADVIES, Act.VOORSTEL])
def test_inv_03_no_contribution_at_meeweten(act: Act) -> None:
    dossier = Dossier().framed("D12", "meeweten")
    refused(ask(RESIDENT, task_for(act, "bewoner", "D12"), {"tekst": "x"}, dossier), "INV-03", "meeweten")


def test_inv_08_solutions_before_the_problem_agenda_are_refused() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    task = task_for(Act.VOORSTEL, "deelnemers", "D07", "I-02")
    solution: dict[str, Json] = {"velden": {"locatie": "A"}}
    refused(ask(GROUP, task, solution, dossier), "INV-08")
    refused(ask(GROUP, task, solution | {"probleemagenda": [{"probleem": "x"}]}, dossier), "INV-08")
    refused(ask(GROUP, task, {}, dossier), "voorstel/inhoud")
    dossier.act(Act.VOORSTEL, GROUP, {"probleemagenda": [{"probleem": "x"}]}, step="D07", subject="I-02")
    allowed(ask(GROUP, task, solution, dossier))


# --- decisions: the rung ---------------------------------------------------------------------------------------------


def test_inv_01_nobody_decides_without_a_frame() -> None:
    refused(ask(COLLEGE, ADOPTS, with_items(), Dossier()), "INV-01", "D09")


def test_inv_01_a_task_serves_only_the_rungs_that_it_names() -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    task = task_for(Act.BESLUIT, "college", "D07", "I-02", "adviseren coproduceren")
    refused(ask(COLLEGE, task, GRANT, dossier), "INV-01", "raadplegen")


def test_steps_framed_by_the_table_need_no_frame_of_their_own() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D12")
    values: dict[str, Json] = {"knelpunt": "donker pad", "bedrag": 185_000, "spoedreden": "x", "plafondtoets": "x"}
    assert allowed(ask(COORDINATOR, task, values, Dossier().budgeted()), "D12/meeweten").owed == ("publicatie",)


def test_a_rung_that_the_table_no_longer_knows_decides_nothing() -> None:
    dossier = Dossier().framed("D07", "meeweten", "I-02")
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "D07/meeweten")


def test_inv_02_no_decision_on_an_unpublished_frame() -> None:
    dossier = Dossier()
    dossier.act(Act.KADER, COLLEGE, frame_values("D07", "raadplegen"), step="D07", subject="I-02")
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "INV-02", "publicatie")


# --- raadplegen ------------------------------------------------------------------------------------------------------


def consulted() -> Dossier:
    return Dossier().framed("D07", "raadplegen", "I-02")


def test_raadplegen_leaves_the_organ_free_after_it_heard() -> None:
    dossier = consulted()
    dossier.heard("D07", "I-02")
    dossier.handled()
    ruling = allowed(ask(COLLEGE, GRANTS, GRANT, dossier), "D07/raadplegen")
    assert ruling.owed == ("publicatie", "bekendmaking", "reactie_op_hoofdlijnen")
    assert ruling.role == "college" and ruling.rung == "raadplegen"
    assert len(ruling.grounds) == 3


@pytest.mark.parametrize(
    "now",
    [
        START.replace(day=30),
        datetime(2026, 10, 15, 12, tzinfo=UTC),
        datetime(2026, 10, 15, 21, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_inv_16_no_decision_before_the_announced_term_has_ended(now: datetime) -> None:
    dossier = consulted()
    refused(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": 0}, dossier, now=now), "INV-16", "2026-10-15")


def test_inv_16_a_decision_the_day_after_the_term_is_allowed() -> None:
    first = datetime(2026, 10, 15, 22, 0, tzinfo=UTC)  # midnight in Amsterdam
    allowed(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": 0}, consulted(), now=first))


def test_inv_18_a_contribution_without_an_answer_holds_up_the_decision() -> None:
    dossier = consulted()
    dossier.heard("D07", "I-02", "R-01")
    dossier.heard("D07", "*", "R-02")
    dossier.heard("D07", "I-03", "R-03")
    dossier.handled("R-01")
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "INV-18", "R-02")
    dossier.handled("R-02")
    allowed(ask(COLLEGE, GRANTS, GRANT, dossier))


def test_inv_18_a_handling_without_reply_does_not_count() -> None:
    dossier = consulted()
    dossier.heard("D07", "I-02")
    dossier.act(Act.AFHANDELING, COORDINATOR, {"inbreng": "R-01", "uitkomst": "gebruikt"})
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "INV-18", "R-01")


def test_inv_18_the_reactions_to_the_concept_are_answered_before_the_programme_is_adopted() -> None:
    dossier = Dossier().framed("D09", "raadplegen")
    dossier.heard("D08", mark="R-31")
    refused(ask(COLLEGE, ADOPTS, with_items(item("I-09")), dossier), "INV-01", "I-09")
    refused(ask(COLLEGE, ADOPTS, with_items(), dossier), "INV-18", "R-31")


def test_inv_10_without_contributions_their_number_is_said() -> None:
    refused(ask(COLLEGE, GRANTS, GRANT, consulted()), "INV-10", "0")
    refused(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": "geen"}, consulted()), "INV-10")
    refused(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": 3}, consulted()), "INV-10", "3")
    allowed(ask(COLLEGE, GRANTS, GRANT | {"inbrengregister": 0}, consulted()))


def test_what_the_table_demands_is_named_when_it_is_missing() -> None:
    empty = GRANT | {"inbrengregister": 0, "dekking": ""}
    refused(ask(COLLEGE, GRANTS, empty, consulted()), "D07/raadplegen", "dekking")


def test_inv_18_a_handling_points_at_something_that_came_in() -> None:
    dossier = consulted()
    dossier.heard("D07", "I-02")
    task = task_for(Act.AFHANDELING, "wijkcoordinator", "D07", "I-02")
    good: dict[str, Json] = {"inbreng": "R-01", "uitkomst": "niet", "reden": "geen geld", "reactie": "helaas"}
    allowed(ask(COORDINATOR, task, good, dossier))
    refused(ask(COORDINATOR, task, good | {"inbreng": "R-99"}, dossier), "INV-18", "R-99")
    refused(ask(COORDINATOR, task, good | {"reden": ""}, dossier), "INV-18", "reden")
    refused(ask(COORDINATOR, task, good | {"reactie": None}, dossier), "INV-18", "reactie")
    refused(ask(COORDINATOR, task, good | {"uitkomst": "weggegooid"}, dossier), "INV-18", "uitkomst")
    refused(ask(COORDINATOR, task, {"uitkomst": "gebruikt", "reactie": "x"}, dossier), "INV-18", "waar dit")
    refused(ask(COORDINATOR, task, {"afhandelingen": [good, {"inbreng": "R-2"}]}, dossier), "INV-18", "R-2")


def test_inv_18_no_concept_goes_to_the_organ_with_an_open_contribution() -> None:
    dossier = consulted()
    dossier.heard("D07", "I-02")
    task = task_for(Act.PRODUCT, "wijkcoordinator", "D07", "I-02")
    refused(ask(COORDINATOR, task, {"voor_besluit": True}, dossier), "INV-18", "R-01")
    allowed(ask(COORDINATOR, task, {"titel": "concept"}, dossier))


# --- adviseren -------------------------------------------------------------------------------------------------------


def advising() -> Dossier:
    return Dossier().framed("D07", "adviseren", "I-02")


def test_inv_09_each_advice_gets_its_own_reply() -> None:
    dossier = advising()
    dossier.advised("D07", "I-02", mark="A-1")
    dossier.advised("D07", "I-02", mark="A-2")
    refused(ask(COLLEGE, GRANTS, GRANT, dossier), "INV-09", "A-1", "A-2")
    one: dict[str, Json] = {"advies": "A-1", "reactie": "gevolgd"}
    refused(ask(COLLEGE, GRANTS, GRANT | {"reacties": [one]}, dossier), "INV-09", "A-2")
    by_role: dict[str, Json] = {"advies": "deelnemers", "reactie": "gevolgd"}
    refused(ask(COLLEGE, GRANTS, GRANT | {"reacties": [by_role]}, dossier), "INV-09", "A-1", "A-2")
    empty: dict[str, Json] = {"advies": "A-2", "reactie": " "}
    refused(ask(COLLEGE, GRANTS, GRANT | {"reacties": [one, empty]}, dossier), "INV-09", "A-2")
    other: dict[str, Json] = {"advies": "A-2", "reactie": "niet gevolgd, want duur"}
    allowed(ask(COLLEGE, GRANTS, GRANT | {"reacties": [one, other]}, dossier), "D07/adviseren")


def test_inv_09_a_single_advice_can_be_answered_by_who_gave_it() -> None:
    dossier = advising()
    dossier.advised("D07", "I-02")
    allowed(ask(COLLEGE, GRANTS, GRANT | {"reacties": [{"advies": "deelnemers", "reactie": "ja"}]}, dossier))


def test_inv_09_an_earlier_reply_counts() -> None:
    dossier = advising()
    dossier.advised("D07", "I-02")
    dossier.act(Act.AFHANDELING, COORDINATOR, {"advies": "A-1", "reactie": "dank"})
    allowed(ask(COLLEGE, GRANTS, GRANT, dossier))


def test_inv_09_without_any_advice_there_is_a_reason_for_it() -> None:
    refused(ask(COLLEGE, GRANTS, GRANT, advising()), "INV-09", "uitbleef")
    allowed(ask(COLLEGE, GRANTS, GRANT | {"advies_uitgebleven": "twee keer gevraagd"}, advising()))


def test_inv_09_advice_of_somebody_whom_the_table_does_not_name_is_not_the_advice() -> None:
    dossier = advising()
    dossier.advised("D07", "I-02", role="jurist", mark="A-9")
    reply: dict[str, Json] = {"reacties": [{"advies": "A-9", "reactie": "dank"}]}
    refused(ask(COLLEGE, GRANTS, GRANT | reply, dossier), "INV-09", "uitbleef")


def test_d17_departing_from_the_committees_advice_needs_a_reason() -> None:
    dossier = Dossier()
    dossier.decided(GRANT, "D07", "I-02", "coproduceren", by="bestuurder", role="college")
    dossier.act(Act.ADVIES, "c", {"strekking": "ongegrond"}, step="D17", subject="B-1", role="bezwaarcommissie")
    task = task_for(Act.BESLUIT, "college", "D17", "B-1")
    values: dict[str, Json] = {"ontvankelijkheid": "ja", "hoorverslag": "x", "uitkomst": "gegrond"}
    values["bestreden_besluit"] = dossier.facts[1].record
    refused(ask(COLLEGE, task, values, dossier), "D17/adviseren", "motivering_bij_afwijking")
    allowed(ask(COLLEGE, task, values | {"uitkomst": "ongegrond"}, dossier))
    allowed(ask(COLLEGE, task, values | {"motivering_bij_afwijking": "nieuwe feiten"}, dossier))
