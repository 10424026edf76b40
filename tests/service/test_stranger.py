"""A stranger with bad intentions walks the shipped processes over HTTP: what may not be is refused, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from service.stage import ADMINISTRATOR
from tests.service.ladders import FRAME, JUDGED, OUTCOME, PUBLIC, Town, refused

# --- meebeslissen ----------------------------------------------------------------------------------------------------


def test_inv_04_a_member_of_the_organ_does_not_decide_as_a_participant(either_town: Town) -> None:
    town = either_town
    town.bound()
    assert refused(town.do("burgemeester", "deelnemers_besluiten", **OUTCOME), "INV-04")
    assert town.trail()[-1]["soort"] == "besluit:geweigerd"
    assert town.agrees()


def test_inv_04_a_member_of_the_organ_who_stands_in_for_a_participant_does_not_decide(town: Town) -> None:
    town.bound()
    period = {"van": "2026-01-01", "tot": "2027-12-31"}
    asked = {"vervangt": town.stage.ids["speelplek"], "vervanger": town.stage.ids["college"], **period}
    assert town.stage.send(ADMINISTRATOR, "POST", "/v1/vervangingen", asked).status == 201
    assert refused(town.do("college", "deelnemers_besluiten", **OUTCOME), "INV-04")


def test_inv_04_a_mandatee_of_the_organ_does_not_decide_as_a_participant(town: Town) -> None:
    town.bound()
    role = {"persoon": town.stage.ids["coordinator"], "rol": "deelnemers", "bereik": "groep"}
    town.stage.must(ADMINISTRATOR, "POST", "/v1/rollen", role | {"wijk": "tanthof", "groep": "I-05"})
    assert refused(town.do("coordinator", "deelnemers_besluiten", **OUTCOME), "INV-04")


def test_inv_04_a_binding_outcome_is_not_withheld_by_breaking_off_the_case(either_town: Town) -> None:
    town = either_town
    town.bound()
    address = f"/v1/zaken/{town.case}/afbreking"
    assert refused(town.stage.send("coordinator", "PUT", address, {"reden": "Het komt niet uit"}), "INV-04")
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    assert refused(town.stage.send("college", "PUT", address, {"reden": "Het komt niet uit"}), "INV-04")
    town.done("college", "uitslag_bekrachtigen", bekrachtigd=True)
    assert town.stage.send("college", "PUT", address, {"reden": "De wijk verhuist"}).status == 200
    assert town.agrees()


def test_inv_04_a_second_traject_elsewhere_does_not_take_the_subject_away(either_town: Town) -> None:
    town = either_town
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    for group in ("I-05", "i-05", "I-05."):
        assert town.begin(groep=group).status == 201
        lower = FRAME | {"trede": "raadplegen", "termijn": "2026-12-01"}
        assert refused(town.do("college", "traject_kader_vaststellen", **lower), "INV-04")
        assert town.trail()[-1]["soort"] == "kader:geweigerd"
        assert town.agrees()
    for group in (" I-05 ", "*", "\u0406-05", ""):
        assert town.begin(groep=group).status == 400


def test_inv_04_a_second_traject_in_the_same_dossier_does_not_lower_the_rung(town: Town) -> None:
    town.bound()
    first = town.case
    reply = town.begin(dossier=first)
    if reply.status == 201:
        assert refused(
            town.do("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"}),
            "INV-04",
        )


def test_inv_04_a_ratified_outcome_does_not_go_back(town: Town) -> None:
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    town.done("college", "uitslag_bekrachtigen", bekrachtigd=True)
    reply = town.attempt("college", "bekrachtiging", terug_naar_deelnemers=True, grond="Bij nader inzien")
    assert refused(reply, "INV-04")


@pytest.mark.parametrize("subject", ["*", "i-05", "I-05 ", "I\u201005", "\u0406-05"])
def test_inv_01_the_subject_spelled_otherwise_lets_nobody_decide(town: Town, subject: str) -> None:
    town.bound()
    reply = town.attempt("college", "besluit", subject, bedrag=1, dekking="y")
    assert reply.status in (400, 403), reply
    assert reply.content.get("regel") in (None, "INV-01", "INV-04")


# --- coproduceren ----------------------------------------------------------------------------------------------------


def test_inv_08_a_member_of_the_organ_makes_no_joint_proposal(town: Town) -> None:
    town.framed("coproduceren")
    reply = town.do("burgemeester", "probleemagenda_opstellen", probleemagenda=[{"probleem": "Er is niets"}])
    assert refused(reply, "INV-08")


@pytest.mark.parametrize("reason", ["   ", "\u200b", "\u2060\u00ad", "\u3164", "\u2800"])
def test_inv_07_a_reason_that_says_nothing_is_no_reason(town: Town, reason: str) -> None:
    town.proposed(bedrag="20.000,00", locatie="Plein")
    content = {"bedrag": "100,00", **JUDGED, "dekking": "wijkbudget"}
    reply = town.do(
        "college",
        "bijdrage_besluiten_coproduceren",
        **content,
        velden={"bedrag": "100,00", "locatie": "Plein"},
        afwijkingen=[{"veld": "bedrag", "reden": reason}],
    )
    assert reply.status == 400 or refused(reply, "INV-07"), reply


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"bedrag": "20.000,00"},
        {"bedrag": "20.000,00", "locatie": None},
        {"bedrag": "20.000,00", "locatie": ""},
        {"bedrag": "20.000,00", "locatie": "plein"},
        {"bedrag": "20.000,00", "locatie": "Plein", "uitvoering": "gemeente"},
        {"bedrag": None, "locatie": "Plein"},
        {"bedrag": "20.000,01", "locatie": "Plein"},
    ],
)
def test_inv_07_a_difference_is_not_hidden_by_how_it_is_written(town: Town, fields: dict[str, Any]) -> None:
    town.proposed(bedrag="20.000,00", locatie="Plein")
    reply = town.do(
        "college", "bijdrage_besluiten_coproduceren",
        bedrag="20.000,00", **JUDGED, dekking="wijkbudget", velden=fields,
    )  # fmt: skip
    if fields == {"bedrag": "20.000,00", "locatie": "Plein"}:
        assert reply.status == 200
    else:
        assert reply.status == 400 or refused(reply, "INV-07"), reply


def test_inv_13_a_mandate_does_not_reach_above_its_ceiling_by_naming_two_amounts(town: Town) -> None:
    town.proposed(bedrag="20.000,00", locatie="Plein")
    reply = town.do(
        "coordinator", "bijdrage_besluiten_coproduceren",
        bedrag="10,00", **JUDGED, dekking="wijkbudget",
        velden={"bedrag": "20.000,00", "locatie": "Plein"},
        afwijkingen=[{"veld": "bedrag", "reden": "In delen"}],
    )  # fmt: skip
    assert refused(reply, "INV-13"), reply


# --- raadplegen, adviseren -------------------------------------------------------------------------------------------


def test_inv_17_one_participant_does_not_end_the_collecting_for_all(either_town: Town) -> None:
    town = either_town
    town.framed("raadplegen")
    reply = town.do("speelplek", "inbreng_verzamelen", kenmerk="K-1", tekst="Een bank", kanaal="online")
    assert refused(reply, "INV-17"), reply
    reply = town.attempt("speelplek", "inbreng", kenmerk="K-1", tekst="Een bank", kanaal="online")
    assert refused(reply, "handelen/geen-taak"), reply  # beside the residents' task there is the desk's: none is meant
    assert town.contribute("buurvrouw", "inbreng_verzamelen", kenmerk="K-2", tekst="Nee", kanaal="online").status < 300
    assert town.agrees()


def test_inv_18_a_mark_is_of_one_contribution_and_a_reply_to_it_answers_that_one_alone(town: Town) -> None:
    town.framed("raadplegen")
    said = {"tekst": "Een bank", "kanaal": "online"}
    assert town.contribute("speelplek", "inbreng_verzamelen", kenmerk="K-1", **said).status < 300
    assert refused(town.contribute("buurvrouw", "inbreng_verzamelen", kenmerk="K-1", **said), "INV-25")
    assert town.contribute("buurvrouw", "inbreng_verzamelen", kenmerk="K-2", **said).status < 300
    town.at("2027-02-01T09:00+01:00")
    town.done("coordinator", "inbreng_afhandelen", inbreng="K-1", uitkomst="gebruikt", reactie="Dank")
    assert "niet open" in town.task("bijdrage_besluiten_raadplegen")
    reply = town.do("coordinator", "inbreng_afhandelen", inbreng="K-3", uitkomst="gebruikt", reactie="Dank")
    assert refused(reply, "INV-18"), reply
    other = [one["regel"] for one in town.trail() if one["soort"] == "bijdrage:ontvangen"][1]
    town.done("coordinator", "inbreng_afhandelen", inbreng=other, uitkomst="gebruikt", reactie="Dank")
    assert "niet open" not in town.task("bijdrage_besluiten_raadplegen")


# --- dossiers --------------------------------------------------------------------------------------------------------


def test_nobody_puts_a_case_in_the_dossier_of_another_wijk(town: Town) -> None:
    town.bound()
    assert town.begin("buur", wijk="voorhof", dossier=town.case).status in (400, 403, 404)


# --- what the trail betrays ------------------------------------------------------------------------------------------


def resident(town: Town, key: str) -> None:
    """One more resident, a participant in the whole wijk."""
    town.stage.passwords[key] = f"wachtwoord van {key}"
    role = {"rol": "deelnemers", "bereik": "wijk", "wijk": "tanthof"}
    asked: dict[str, Any] = {
        "gebruikersnaam": key,
        "naam": f"Naam {key}",
        "wachtwoord": f"wachtwoord van {key}",
        "isBewoner": True,
    }
    town.stage.ids[key] = str(town.stage.must(ADMINISTRATOR, "POST", "/v1/personen", asked | {"rol": role})["id"])


def consulted(town: Town, group: str, who: str) -> set[str]:
    """Whatever stands in the record of a contribution to a traject on this group, of the person who gave it."""
    town.begin(groep=group)
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    given = town.contribute(who, "inbreng_verzamelen", kenmerk="K-1", tekst="Een bank", kanaal="online")
    assert given.status == 201, given
    body = town.trail()[-1]["inhoud"]
    assert town.agrees()
    return {body["actor"]["ref"], body["actor"].get("for", body["actor"]["ref"]), *body["ruling"]["grounds"]}


def test_inv_40_a_resident_is_not_recognised_in_two_cases_by_the_records(either_town: Town) -> None:
    resident(either_town, "wim")
    first, second = (consulted(either_town, group, "wim") for group in ("I-11", "I-12"))
    assert first and not first & second


def test_a_resident_who_is_substituted_is_not_recognised_either(town: Town) -> None:
    resident(town, "wim")
    town.stage.passwords["invaller"] = "wachtwoord van invaller"
    asked: dict[str, Any] = {
        "gebruikersnaam": "invaller",
        "naam": "Naam",
        "wachtwoord": "wachtwoord van invaller",
        "isBewoner": True,
    }
    town.stage.ids["invaller"] = str(town.stage.must(ADMINISTRATOR, "POST", "/v1/personen", asked)["id"])
    period = {"vervanger": town.stage.ids["invaller"], "van": "2026-01-01", "tot": "2027-12-31"}
    town.stage.must("wim", "POST", "/v1/vervangingen", period)
    first, second = (consulted(town, group, "invaller") for group in ("I-11", "I-12"))
    assert first and not first & second


@pytest.mark.parametrize("told", ["Mevrouw Jansen klaagt", "Jansen\u00a0klaagt", "x" * 41, "Jansen\nklaagt"])
def test_inv_40_nobody_tells_a_story_in_the_subject_of_an_attempt(town: Town, told: str) -> None:
    town.begin()
    before = len(town.trail())
    assert town.attempt("buurvrouw", "besluit", told).status == 400
    assert len(town.trail()) == before


def test_inv_40_a_name_of_a_field_that_no_form_knows_is_sealed_with_its_value(town: Town) -> None:
    town.framed("raadplegen")
    secret = "jan_de_boef_woont_op_nummer_7"
    values: dict[str, Any] = {"bedrag": 1, "velden": {secret: 2}, secret: {"x": secret}}
    reply = town.attempt("buurvrouw", "besluit", **values)
    assert reply.status == 403
    last = town.trail()[-1]["inhoud"]
    assert secret not in str(last) and "verzegeld" in str(last["values"])
    assert last["values"]["gegevens"]["bedrag"] == 1
    assert town.agrees()


@pytest.mark.parametrize("wrong", [True, 0, "", [], [[[]]], "\u0000", 1.5, {"a": {"b": [{}]}}])
def test_what_is_no_form_at_all_is_a_fault_of_the_request(town: Town, wrong: Any) -> None:
    town.framed("raadplegen")
    task, before = f"/v1/taken/{town.task('inbreng_verzamelen')}", len(town.trail())
    for method, path in (("PUT", f"{task}/afronding"), ("POST", f"{task}/bijdragen")):
        assert town.stage.send("buurvrouw", method, path, {"gegevens": wrong}).status == 400
        assert town.stage.send("buurvrouw", method, path, wrong).status == 400
    assert len(town.trail()) == before
