"""Meetings: public by default, reported with who came, and never left one-sided before a decision."""

from __future__ import annotations

import pytest

from engine.operations import run
from engine.terms import Act, Action, Actor, Fact, Json, Ruling, Values
from tests.engine.rights_world import (
    AFTER_TERM,
    COORDINATOR,
    Dossier,
    allowed,
    ask,
    refused,
    task_for,
)

EVENING: dict[str, Json] = {
    "soort": "aankondiging",
    "titel": "Wijkavond",
    "datum": "2026-11-18",
    "plaats": "wijkcentrum",
    "doelgroep": "alle bewoners",
}
REPORT: dict[str, Json] = {
    "soort": "verslag",
    "kenmerk": "B-1",
    "titel": "Wijkavond",
    "datum": "2026-09-18",
    "opkomst": [{"groep": "tot 25 jaar", "aantal": 0}, {"groep": "25 jaar en ouder", "aantal": 43}],
}
DECIDES: dict[str, Json] = {
    "bronnen": "x",
    "conclusies": "x",
    "minderheidsstandpunten": [],
    "inbrengregister": 0,
}


def framed() -> Dossier:
    return Dossier().framed("D02", "raadplegen")


def meets(values: Values, dossier: Dossier | None = None) -> Ruling:
    task = task_for(Act.BIJEENKOMST, "wijkcoordinator", "D02")
    return ask(COORDINATOR, task, values, framed() if dossier is None else dossier)


def reported(dossier: Dossier, **values: Json) -> Fact:
    return dossier.act(Act.BIJEENKOMST, COORDINATOR, REPORT | values, step="D02", role="wijkcoordinator")


def decides(dossier: Dossier, **how: object) -> Ruling:
    return ask(COORDINATOR, task_for(Act.BESLUIT, "wijkcoordinator", "D02"), DECIDES, dossier, **how)  # type: ignore[arg-type]


def test_an_announced_and_reported_meeting_is_recorded() -> None:
    allowed(meets(EVENING), "handeling/bijeenkomst")
    allowed(meets(REPORT))
    refused(meets(EVENING, Dossier()), "INV-02")


@pytest.mark.parametrize("said", [False, "nee"])
def test_inv_38_a_closed_meeting_says_why(said: Json) -> None:
    for values in (EVENING, REPORT):
        refused(meets(values | {"openbaar": said}), "INV-38", "reden_besloten")
        refused(meets(values | {"openbaar": said, "reden_besloten": " \u200b"}), "INV-38", "reden_besloten")
        allowed(meets(values | {"openbaar": said, "reden_besloten": "gesprek over personen"}))


@pytest.mark.parametrize("said", ["misschien", 0, "", [], {"verzegeld": "0" * 64}])
def test_inv_38_what_is_neither_yes_nor_no_is_not_public(said: Json) -> None:
    refused(meets(EVENING | {"openbaar": said}), "INV-38", "ja of nee")


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"soort": "iets"}, "soort"),
        ({"datum": "2026-09-01"}, "vooraf"),
        ({"datum": "morgen"}, "datum"),
        ({"plaats": ""}, "plaats"),
        ({"betreft": "B-9"}, "betreft"),
    ],
)
def test_an_announcement_says_it_all_beforehand(values: dict[str, Json], word: str) -> None:
    refused(meets(EVENING | values), "bijeenkomst/inhoud", word)


def test_a_report_counts_who_came_and_takes_no_name_of_another() -> None:
    refused(meets(REPORT | {"datum": "2026-12-01"}), "bijeenkomst/inhoud", "achteraf")
    refused(meets(REPORT | {"opkomst": []}), "bijeenkomst/inhoud", "opkomst")
    refused(meets(REPORT | {"opkomst": [{"groep": "jongeren"}]}), "bijeenkomst/inhoud", "aantal")
    dossier = framed()
    reported(dossier)
    refused(meets(REPORT, dossier), "bijeenkomst/inhoud", "eigen kenmerk")


def test_inv_41_nothing_is_decided_on_a_one_sided_discussion() -> None:
    dossier = framed()
    reported(dossier)
    refused(decides(dossier), "INV-41", "B-1", "tot 25 jaar")
    reported(dossier, soort="aankondiging", kenmerk="B-2", betreft="B-1")
    refused(decides(dossier), "INV-41", "B-1")
    reported(dossier, soort="aankondiging", kenmerk="B-3", betreft="B-2", actie="een jongerenavond")
    refused(decides(dossier), "INV-41", "B-1")
    reported(dossier, soort="aankondiging", kenmerk="B-4", betreft="B-1", actie="een jongerenavond")
    allowed(decides(dossier))


def test_inv_41_the_action_may_stand_in_the_report_itself() -> None:
    dossier = framed()
    reported(dossier, actie="een jongerenavond op 2 juni")
    allowed(decides(dossier))


def test_inv_41_missing_groups_count_also_when_nobody_counted_them() -> None:
    dossier = framed()
    even: list[Json] = [{"groep": "a", "aantal": 10}, {"groep": "b", "aantal": 10}]
    reported(dossier, opkomst=even)
    allowed(decides(dossier))
    reported(dossier, kenmerk="B-2", opkomst=even, ontbrekende_groepen=["jongeren", "ouderen"])
    refused(decides(dossier), "INV-41", "B-2", "jongeren, ouderen")


def test_inv_41_a_meeting_on_something_else_stands_in_nobodys_way() -> None:
    dossier = framed()
    dossier.act(Act.BIJEENKOMST, COORDINATOR, REPORT, step="D03")
    allowed(decides(dossier))


def test_inv_41_without_the_table_nobody_decides() -> None:
    dossier = framed()
    allowed(decides(dossier, tables={}))
    reported(dossier)
    refused(decides(dossier, tables={}), "INV-15", "eenzijdigheid")


def test_inv_41_no_case_is_broken_off_on_a_one_sided_discussion() -> None:
    dossier, reason = framed(), {"reden": "het komt niet uit"}
    reported(dossier)
    refused(ask(COORDINATOR, None, reason, dossier, action=Action.CANCEL), "INV-41", "B-1")
    reported(dossier, kenmerk="B-2", betreft="B-1", actie="een jongerenavond", opkomst=[{"groep": "a", "aantal": 0}])
    allowed(ask(COORDINATOR, None, reason, dossier, action=Action.CANCEL))


def test_inv_41_no_case_ends_by_itself_on_a_one_sided_discussion() -> None:
    dossier = framed()
    reported(dossier)
    refused(ask(Actor("systeem"), None, {}, dossier, action=Action.FINISH), "INV-41", "B-1")
    reported(dossier, kenmerk="B-2", betreft="B-1", actie="een jongerenavond", opkomst=[{"groep": "a", "aantal": 0}])
    allowed(ask(Actor("systeem"), None, {}, dossier, action=Action.FINISH))


def test_the_state_of_meetings_is_counted_from_their_rows() -> None:
    dossier = framed()
    reported(dossier)
    state = run("bijeenkomsten_stand", {"stap": "D02"}, tuple(dossier.facts), AFTER_TERM)
    assert state["gehouden"] == 1 and state["opkomst"] == 43 and state["grootste_aandeel"] == 100
    assert state["ontbrekende_groepen"] == ["tot 25 jaar"] and state["heeft_actie"] is False
    assert state["zonder_actie"] == ["B-1"]
