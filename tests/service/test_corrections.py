"""Corrections over HTTP: a record beside the one corrected, seen by whoever reads, and no way to change a ruling."""

from __future__ import annotations

from typing import Any

import pytest

from service.stage import Reply
from tests.service.ladders import OUTCOME, Town, refused

WORDS = {"kenmerk": "K-1", "tekst": "Een bank", "kanaal": "online"}


def correct(town: Town, who: str, regel: str, reason: str = "Verschreven.", **values: Any) -> Reply:
    asked: dict[str, Any] = {"regel": regel, "gegevens": values, "reden": reason}
    return town.stage.send(who, "POST", f"/v1/zaken/{town.case}/correcties", asked)


def given(town: Town) -> str:
    """A traject at raadplegen with one contribution; the contribution's record."""
    town.framed("raadplegen")
    reply = town.contribute("speelplek", "inbreng_verzamelen", **WORDS)
    assert reply.status == 201, reply
    return str(reply.content["ontvangst"]["regel"])


def record_of(town: Town, kind: str) -> str:
    return next(str(one["regel"]) for one in town.trail() if one["soort"] == kind)


def test_inv_25_only_a_resident_corrects_her_own_words_and_both_versions_are_read(either_town: Town) -> None:
    town = either_town
    regel = given(town)
    for who in ("buurvrouw", "college", "coordinator", "communicatie"):
        assert refused(correct(town, who, regel, tekst="Geen bank"), "INV-25"), who
    assert correct(town, "buur", regel, tekst="Geen bank").status == 404
    done = correct(town, "speelplek", regel, tekst="Een bank bij de vijver")
    assert done.status == 201 and done.content["verbetert"] == regel, done
    assert town.trail()[-1]["soort"] == "regel:gecorrigeerd"
    town.at("2027-02-01T09:00+01:00")
    register = f"/v1/zaken/{town.case}/registers/inbreng"
    (row,) = town.stage.must("coordinator", "GET", register)["resultaten"]
    assert row["inhoud"]["gegevens"]["tekst"] == "Een bank"
    (beside,) = row["verbeteringen"]
    assert beside["inhoud"] == {"gegevens": {"tekst": "Een bank bij de vijver"}, "reden": "Verschreven."}
    assert beside["regel"] == done.content["ontvangst"]["regel"]
    (entry,) = [one for one in town.trail() if one["regel"] == regel]
    assert entry["verbeterdIn"] == [beside["regel"]]
    assert town.agrees()


def test_inv_19_a_name_by_which_others_point_at_a_row_is_not_corrected(town: Town) -> None:
    assert refused(correct(town, "speelplek", given(town), kenmerk="K-2"), "INV-19")


def test_what_is_corrected_is_sealed_and_the_reason_too(town: Town) -> None:
    regel = given(town)
    assert correct(town, "speelplek", regel, "Mijn buurman heet Jan.", tekst="GEHEIM", indiener="Jan").status == 201
    told = str(town.trail())
    assert "GEHEIM" not in told and "Jan" not in told and "buurman" not in told


def test_inv_19_what_others_build_on_is_not_corrected_over_http(either_town: Town) -> None:
    town = either_town
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    for kind, who in (
        ("kader:vastgesteld", "college"),
        ("zelfbinding:vastgesteld", "college"),
        ("besluit:genomen", "speelplek"),
        ("besluit:genomen", "college"),
    ):
        reply = correct(town, who, record_of(town, kind), bedrag="1,00")
        assert refused(reply, "INV-19"), (kind, reply)
    assert refused(correct(town, "jurist", record_of(town, "advies:uitgebracht"), optietoets=[]), "INV-19")
    assert town.agrees()


def test_a_publication_is_corrected_by_its_role_and_its_product_stays(town: Town) -> None:
    town.framed("raadplegen")
    regel = record_of(town, "publicatie:gedaan")
    assert refused(correct(town, "college", regel, datum="2026-10-13"), "correctie/rol")
    assert correct(town, "communicatie", regel, datum="2026-10-13").status == 201
    (row,) = town.stage.must("college", "GET", f"/v1/zaken/{town.case}/registers/publicaties")["resultaten"]
    assert row["inhoud"]["gegevens"]["datum"] == "2026-10-12"
    assert row["verbeteringen"][0]["inhoud"]["gegevens"] == {"datum": "2026-10-13"}


@pytest.mark.parametrize(
    "wrong", [{"onbekend": "x"}, {"kanaal": "rook"}, {"tekst": None}, {"tekst": ["x"]}, {"naam met é": "x"}]
)
def test_a_correction_is_checked_as_the_form_of_its_record(town: Town, wrong: dict[str, Any]) -> None:
    regel, before = given(town), len(town.trail())
    reply = correct(town, "speelplek", regel, **wrong)
    assert reply.status == 400, reply
    assert len(town.trail()) == before


def test_nothing_or_nothing_of_this_case_is_corrected(town: Town) -> None:
    regel = given(town)
    for named in ("0" * 64, town.trail()[0]["regel"]):
        assert refused(correct(town, "speelplek", named, tekst="x"), "correctie/regel")
    assert refused(correct(town, "speelplek", regel), "correctie/regel")
    assert correct(town, "speelplek", "geen-digest", tekst="x").status == 400
    assert correct(town, "speelplek", regel, "", tekst="x").status == 400
    town.begin(groep="I-06")
    assert refused(correct(town, "coordinator", regel, tekst="x"), "correctie/regel")


def test_the_same_correction_again_is_one_correction(town: Town) -> None:
    regel = given(town)
    asked = {"regel": regel, "gegevens": {"tekst": "Twee banken"}, "reden": "Verschreven."}
    address = f"/v1/zaken/{town.case}/correcties"
    client = town.stage._client("speelplek")
    first, again = (client.post(address, json=asked, headers={"Idempotency-Key": "sleutel-0001"}) for _ in range(2))
    assert first.json == again.json and first.status_code == again.status_code == 201
    assert [one["soort"] for one in town.trail()].count("regel:gecorrigeerd") == 1
