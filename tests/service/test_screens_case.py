"""*Zaak*: the phases, what is open, the registers and the trail of a case as people read it."""

from __future__ import annotations

import pytest

from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House
from tests.service.ladders import Town
from tests.service.test_statements import counted


def test_a_case_shows_its_open_tasks_registers_and_trail(either_town: Town) -> None:
    either_town.framed("raadplegen")
    assert either_town.do("buur", "inbreng_verzamelen").status == 404
    browser = inside(either_town.stage.app, "college", "wachtwoord van college")
    sheet = browser.open(f"/zaken/{either_town.case}")
    assert flaws(sheet) == []
    assert {"kaders", "publicaties"} <= set(sheet.text.split()) and "Samen bepalen wat de wijk nodig" in sheet.text
    assert all(one["zin"] in sheet.text for one in either_town.trail())


def test_refusals_stand_out_in_the_trail(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    house.log_in("bewoner").put(f"/v1/taken/{task}/behandelaar", json={})
    browser = inside(house.app, "coordinator", PASSWORD)
    sheet = browser.open(f"/zaken/{case}")
    assert [given["class"] for tag, given in sheet.tags if tag == "li" and "geweigerd" in given.get("class", "")]
    assert flaws(sheet) == []


def test_the_trail_is_read_back_in_pages_that_hold_every_record_once(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    for _ in range(20):
        client.put(f"/v1/taken/{task}/behandelaar", json={})
        client.delete(f"/v1/taken/{task}/behandelaar")
    browser = inside(house.app, "coordinator", PASSWORD)
    seen: list[str] = []
    address = f"/zaken/{case}"
    while address:
        sheet = browser.open(address)
        seen += [word for word, after in zip(sheet.text.split(), sheet.text.split()[1:], strict=False) if after == "·"]
        address = next((link for link in sheet.links if "voor=" in link), "").partition("#")[0]
    numbers = [int(word) for word in seen if word.isdecimal()]
    assert numbers == list(range(40, -1, -1))


@pytest.mark.parametrize("before", ["-5", "0", "99999999"])
def test_a_made_up_place_in_the_trail_shows_what_is_there(house: House, before: str) -> None:
    case = house.start(house.log_in("coordinator"))
    browser = inside(house.app, "coordinator", PASSWORD)
    sheet = browser.open(f"/zaken/{case}?voor={before}")
    assert browser.answer is not None and browser.answer.status_code == 200 and flaws(sheet) == []
    assert browser.open(f"/zaken/{case}?voor=x").headings == ["Het verzoek bevat fouten"]


def test_what_is_sealed_is_neither_shown_nor_opened_by_looking_at_a_case(either_town: Town) -> None:
    either_town.framed("raadplegen")
    wish = {"kenmerk": "R-1", "tekst": "Mijn geheime wens", "kanaal": "papier"}
    assert either_town.contribute("speelplek", "inbreng_verzamelen", **wish).status == 201
    before = len(either_town.trail())
    for who in ("jurist", "coordinator", "college"):
        reader = inside(either_town.stage.app, who, f"wachtwoord van {who}")
        sheet = reader.open(f"/zaken/{either_town.case}")
        assert "(verzegeld)" in sheet.text and "geheime wens" not in sheet.text
    assert len(either_town.trail()) == before


def test_a_case_asks_the_database_as_much_when_its_dossier_has_grown(either_town: Town) -> None:
    either_town.framed("raadplegen")
    browser = inside(either_town.stage.app, "coordinator", "wachtwoord van coordinator")
    numbers = []
    for more in (0, 12):
        for number in range(more):
            either_town.contribute(
                "speelplek", "inbreng_verzamelen", kenmerk=f"R-{number}", tekst="Wens", kanaal="papier"
            )
        with counted(either_town.stage.installation.database) as statements:
            browser.open(f"/zaken/{either_town.case}")
        numbers.append(len(statements))
        assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert max(numbers) < 20, numbers
