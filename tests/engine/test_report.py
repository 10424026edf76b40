"""The draft of the wijkverslag: nothing that the registers hold is left out of it, and nothing else stands in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine.registers import Registers
from engine.report import draft
from engine.terms import Act, Json
from tests.engine.rights_world import COLLEGE, COORDINATOR, GROUP, Dossier

YEAR_END = datetime(2027, 12, 31, 12, tzinfo=UTC)
ITEMS: list[Json] = [{"onderdeel": "I-02", "naam": "Jongerenplek", "velden": {"bedrag": 3_800_000, "locatie": "B"}}]


def drawn(dossier: Dossier) -> dict[str, Any]:
    return draft(Registers(dossier.facts, YEAR_END), YEAR_END)


def adopted() -> Dossier:
    dossier = Dossier().budgeted().adoptable("I-02")
    reasons: list[Json] = [{"onderdeel": "I-02", "veld": "locatie", "reden": "te dicht op woningen"}]
    spending: list[Json] = [{"post": "I-02", "bedrag": 3_800_000}]
    programme: dict[str, Json] = {
        "onderdelen": ITEMS,
        "bestedingsvoorstel": spending,
        "afwijkingen": reasons,
        "kenmerk": "P-2027",
    }
    dossier.decided(programme, "D09", "*", "raadplegen", by=COLLEGE.ref, role="college")
    return dossier


def test_each_initiative_of_the_programme_has_its_money_its_owner_and_its_result() -> None:
    dossier = adopted()
    dossier.booked("uitgave", "I-02", 3_000_000, "P-2027", "U-1")
    dossier.decided({"bewijs": "foto", "uitkomst": "gereed"}, "D13", "I-02", "coproduceren", by=GROUP.ref)
    (one,) = drawn(dossier)["initiatieven"]
    assert (one["onderdeel"], one["naam"]) == ("I-02", "Jongerenplek")
    assert one["eigenaar"] and one["resultaat"]["inhoud"]["bewijs"] == "foto"
    assert (one["toegekend"], one["uitgegeven"], one["over"]) == (3_800_000, 3_000_000, 800_000)


def test_an_initiative_without_result_is_not_left_out() -> None:
    (one,) = drawn(adopted())["initiatieven"]
    assert one["resultaat"] is None and one["uitgegeven"] == 0


def test_what_was_refused_stands_with_its_reason_and_the_other_path() -> None:
    dossier = adopted()
    refused = {"besluit": "afgewezen", "reden_bij_afwijzing": "WB7: structurele bijdrage", "ander_pad": "aandachtspunt"}
    dossier.decided(refused, "D05", "I-07", "raadplegen", by=COORDINATOR.ref, role="wijkcoordinator")
    (one,) = drawn(dossier)["niet_opgenomen"]
    assert (one["onderdeel"], one["besluit"], one["ander_pad"]) == ("I-07", "afgewezen", "aandachtspunt")


def test_what_was_admitted_and_then_left_out_of_the_programme_is_told() -> None:
    (one,) = drawn(adopted().admitted("I-04"))["niet_opgenomen"]
    assert one["onderdeel"] == "I-04" and "niet in het programma" in one["besluit"]


def test_each_deviation_stands_with_its_reason() -> None:
    (one,) = drawn(adopted())["afwijkingen"]
    assert (one["onderdeel"], one["veld"], one["reden"]) == ("I-02", "locatie", "te dicht op woningen")


def test_a_missed_promise_stays_visible_and_every_row_names_its_record() -> None:
    told = drawn(adopted())
    (promise,) = told["toezeggingen"]
    assert promise["stand"] == "gemist" and promise["gemist"] == ["2027-03-31"]
    assert len(promise["regel"]) == 64


def test_the_money_is_the_ledger() -> None:
    dossier = adopted()
    dossier.booked("uitgave", "I-02", 3_000_000, "P-2027", "U-1")
    totals = drawn(dossier)["geld"]["totalen"]
    assert (totals["uitgegeven"], totals["over"]) == (3_000_000, 9_000_000)


def test_disputes_quick_actions_policy_points_and_input_are_counted_where_they_stand() -> None:
    dossier = adopted()
    dossier.heard("D08")
    for step, subject in (("D12", "lantaarn"), ("D16", "*"), ("D17", "I-02"), ("D04", "conciërge")):
        dossier.decided({"besluit": "ja"}, step, subject, "meeweten", by=COLLEGE.ref, role="college")
    dossier.act(Act.BIJEENKOMST, COORDINATOR, {"soort": "verslag", "titel": "Wijkavond"}, step="D02")
    told = drawn(dossier)
    chapters = ("knelpuntacties", "geschillen", "bezwaren", "aandachtspunten", "bijeenkomsten")
    assert {name: len(told[name]) for name in chapters} == dict.fromkeys(chapters, 1)
    assert told["inbreng"] == {"ontvangen": 1, "onbeantwoord": 1}


def test_an_empty_dossier_has_an_empty_account() -> None:
    told = drawn(Dossier())
    assert told["initiatieven"] == [] and told["geld"]["totalen"]["budget"] == 0
