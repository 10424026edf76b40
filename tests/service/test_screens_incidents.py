"""Incidents as people see them: what got stuck, tried again with a reason, by who may and where they may."""

from __future__ import annotations

from pathlib import Path

from service import db, store_jobs
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, peopled
from tests.service.test_incidents import NO_MATCH, TABLES, TIMED, stranded
from tests.service.towns import town

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


def test_an_incident_says_of_which_case_and_why_in_the_language_of_the_reader(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, _incident = stranded(here)
        keeper = inside(here.house.app, "beheer", PASSWORD)
        sheet = keeper.open(INCIDENTS)
        assert "Tanthof 2027" in sheet.text and f"{case[:8]}…" not in sheet.text and "Opnieuw proberen" in sheet.text
        assert "van regel 1 is niet te bepalen of hij geldt (leeg: 't.aantal')" in sheet.text
        keeper.client.set_cookie("wijk_taal", "en")
        sheet = keeper.open(INCIDENTS)
        assert "it cannot be told whether rule 1 holds (empty: 't.aantal')" in sheet.text
        resident = inside(here.house.app, "bewoner", PASSWORD).open(INCIDENTS)
        assert "Opnieuw proberen" not in resident.text, "nobody is offered what is refused"


def test_what_was_typed_stays_when_the_case_cannot_go_on_and_is_recorded_after_the_cure(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, NO_MATCH, **TABLES) as here:
        case = here.start()
        task = here.task(case, "t")
        own = inside(here.house.app, "coordinator", PASSWORD)
        own.open(f"/taken/{task}")
        assert own.send(f"/taken/{task}", toelichting="Besproken met Çelik.", aantal="", doe="vastleggen") == 409
        assert own.sheet.values["toelichting"] == "Besproken met Çelik." and flaws(own.sheet) == []
        assert "geen eenduidig antwoord" in own.sheet.text

        keeper = inside(here.house.app, "beheer", PASSWORD)
        sheet = keeper.open(INCIDENTS)
        assert "kan het opnieuw doen" in sheet.text and "Opnieuw proberen" not in sheet.text, "no clock tries it"
        assert own.send(f"/taken/{task}", toelichting="Besproken.", aantal="5", doe="vastleggen") == 200
        (incident,) = here.incidents(case)
        assert keeper.send(f"{INCIDENTS}/{case}/{incident['id']}/herstel", reden="Vastgelegd met een aantal") == 200
        assert "niets vastgelopen" in keeper.sheet.text and here.open(case) == ["a"]
