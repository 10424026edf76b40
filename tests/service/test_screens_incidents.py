"""Incidents as people see them: what got stuck, tried again with a reason, by who may and where they may."""

from __future__ import annotations

from pathlib import Path

from service import db, store_jobs
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, peopled

INCIDENTS = "/beheer/incidenten"
HOSTILE = "Het bericht <script>x</script> kon niet worden bezorgd."


def stuck(house: House) -> tuple[str, str]:
    """A case of Tanthof in which a job got stuck; answers case and incident."""
    case = house.start(house.log_in("coordinator"))
    with db.writing(house.installation.database) as tx:
        job = store_jobs.plan(tx, "bericht", house.now(), {"naam": "x", "sleutel": "y", "gegevens": {}}, case)
        store_jobs.strand(tx, job)
        return case, store_jobs.insert_incident(tx, case, job, house.now(), HOSTILE)


def test_an_incident_is_shown_as_text_and_tried_again_with_a_reason_once(house: House) -> None:
    case, incident = stuck(house)
    keeper = inside(house.app, "beheer", PASSWORD)
    sheet = keeper.open(INCIDENTS)
    assert flaws(sheet) == [] and HOSTILE in sheet.text and f"/zaken/{case}" in sheet.links
    assert "vastgelopen" in keeper.open("/beheer/klok").text and flaws(keeper.sheet) == []
    keeper.open(INCIDENTS)
    address = f"{INCIDENTS}/{case}/{incident}/herstel"
    assert keeper.send(address, reden="") == 400 and flaws(keeper.sheet) == []
    assert keeper.send(address, reden="De ontvanger bestaat weer") == 200 and "niets vastgelopen" in keeper.sheet.text
    assert keeper.send(address, reden="Nog eens") == 409 and flaws(keeper.sheet) == []
    assert "vastgelopen" not in keeper.open("/beheer/klok").text


def test_who_sits_elsewhere_neither_sees_nor_retries_it(house: House) -> None:
    case, incident = stuck(house)
    address = f"{INCIDENTS}/{case}/{incident}/herstel"
    other = inside(house.app, "buur", PASSWORD)
    assert HOSTILE not in other.open(INCIDENTS).text
    assert other.send(address, reden="Laat mij maar") == 404
    assert other.client.get("/v1/incidenten").get_json()["resultaten"] == []
    own = inside(house.app, "coordinator", PASSWORD)
    assert HOSTILE in own.open(INCIDENTS).text and own.client.get("/v1/klok").status_code == 403
    assert own.send(address, reden="Hersteld", bewijs="0" * 64) == 403
    own.open(INCIDENTS)
    assert own.send(address, reden="Hersteld") == 200
    assert own.client.get("/v1/incidenten").get_json()["resultaten"] == []


def test_the_state_of_the_installation_says_what_needs_somebody(sqlite_url: str, tmp_path: Path) -> None:
    house = peopled(sqlite_url, tmp_path)
    stuck(house)
    keeper = inside(house.app, "beheer", PASSWORD)
    sheet = keeper.open("/beheer/toestand")
    assert flaws(sheet) == [] and INCIDENTS in sheet.links and "is bij" in sheet.text
    house.installation.database.dispose()
