"""*Zaak*: the phases, the diagram, what is open, the registers, the money and the trail of a case as people read it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from service.web import language
from tests.service.browser import Sheet, flaws, inside, tells
from tests.service.crawl import still_dutch
from tests.service.houses import PASSWORD, House
from tests.service.ladders import Town
from tests.service.test_screens_work import due
from tests.service.test_statements import counted

PARTS = ("", "/registers", "/geld", "/verantwoording")


def marks(sheet: Sheet) -> dict[str, str]:
    """What is marked at each element of the drawing on the page."""
    placed = [given for tag, given in sheet.tags if tag == "g" and "id" in given]
    return {given["id"].removeprefix("tekening-"): given.get("class", "") for given in placed}


def test_a_case_shows_its_open_tasks_registers_and_trail(either_town: Town) -> None:
    either_town.framed("raadplegen")
    assert either_town.do("buur", "inbreng_verzamelen").status == 404
    browser = inside(either_town.stage.app, "college", "wachtwoord van college")
    sheet = browser.open(f"/zaken/{either_town.case}")
    assert flaws(sheet) == []
    assert "Samen bepalen wat de wijk nodig" in sheet.text and "raadplegen" in sheet.text, "the frame that stands"
    assert f"/taken/{either_town.task('inbreng_verzamelen')}" in sheet.links

    sheet = browser.open(f"/zaken/{either_town.case}/registers")
    assert flaws(sheet) == [] and {"kaders", "publicaties"} <= set(sheet.text.split())

    sheet = browser.open(f"/zaken/{either_town.case}/verantwoording")
    assert flaws(sheet) == [] and all(tells(sheet, one["zin"]) for one in either_town.trail())
    assert "‘Kader publiceren en uitnodigen’" in sheet.text and "traject kader publiceren" not in sheet.text, (
        "a step has a name"
    )


def test_refusals_stand_out_in_the_trail(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    house.log_in("bewoner").put(f"/v1/taken/{task}/behandelaar", json={})
    browser = inside(house.app, "coordinator", PASSWORD)
    sheet = browser.open(f"/zaken/{case}/verantwoording?toon=weigeringen")
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
    address = f"/zaken/{case}/verantwoording"
    while address:
        sheet = browser.open(address)
        seen += [word for word, after in zip(sheet.text.split(), sheet.text.split()[1:], strict=False) if after == "·"]
        address = next((link for link in sheet.links if "voor=" in link), "")
    numbers = [int(word) for word in seen if word.isdecimal()]
    assert numbers == list(range(40, -1, -1))


def test_the_trail_calls_a_role_as_people_do(town: Town) -> None:
    town.framed("raadplegen")
    browser = inside(town.stage.app, "coordinator", "wachtwoord van coordinator")
    text = browser.open(f"/zaken/{town.case}/verantwoording").text
    assert "Wijkcoördinator startte de zaak." in text and "Wijkcoordinator" not in text
    assert "College van burgemeester en wethouders stelde een participatiekader vast" in text


@pytest.mark.parametrize("before", ["-5", "0", "99999999"])
def test_a_made_up_place_in_the_trail_shows_what_is_there(house: House, before: str) -> None:
    case = house.start(house.log_in("coordinator"))
    browser = inside(house.app, "coordinator", PASSWORD)
    sheet = browser.open(f"/zaken/{case}/verantwoording?voor={before}")
    assert browser.answer is not None and browser.answer.status_code == 200 and flaws(sheet) == []
    assert browser.open(f"/zaken/{case}/verantwoording?voor=x").headings == ["Het verzoek bevat fouten"]


def test_what_is_sealed_is_neither_shown_nor_opened_by_looking_at_a_case(either_town: Town) -> None:
    either_town.framed("raadplegen")
    wish = {"kenmerk": "R-1", "tekst": "Mijn geheime wens", "kanaal": "papier"}
    assert either_town.contribute("speelplek", "inbreng_verzamelen", **wish).status == 201
    before = len(either_town.trail())
    for who in ("jurist", "coordinator", "college"):
        reader = inside(either_town.stage.app, who, f"wachtwoord van {who}")
        sheet = reader.open(f"/zaken/{either_town.case}/registers")
        assert "(verzegeld)" in sheet.text and "geheime wens" not in sheet.text
    assert len(either_town.trail()) == before


def test_no_part_of_a_case_asks_the_database_more_when_its_dossier_has_grown(either_town: Town) -> None:
    either_town.framed("raadplegen")
    browser = inside(either_town.stage.app, "coordinator", "wachtwoord van coordinator")
    asked: dict[str, list[int]] = {part: [] for part in PARTS}
    for more in (0, 12):
        for number in range(more):
            either_town.contribute(
                "speelplek", "inbreng_verzamelen", kenmerk=f"R-{number}", tekst="Wens", kanaal="papier"
            )
        for part, numbers in asked.items():
            with counted(either_town.stage.installation.database) as statements:
                browser.open(f"/zaken/{either_town.case}{part}")
            numbers.append(len(statements))
            assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert all(numbers[0] == numbers[1] < 20 for numbers in asked.values()), asked


def test_the_diagram_shows_where_the_case_stands_what_is_late_and_what_was_done(either_town: Town) -> None:
    either_town.framed("raadplegen")
    address = f"/zaken/{either_town.case}"
    browser = inside(either_town.stage.app, "coordinator", "wachtwoord van coordinator")
    marked = marks(browser.open(address))
    assert marked["traject_kader_vaststellen"] == "geweest" and "hier" in marked.values()
    inner = next(link for link in browser.sheet.links if "proces=raadplegen" in link)
    assert marks(browser.open(inner.partition("#")[0]))["inbreng_verzamelen"] == "hier"
    assert "hier staat de zaak" in browser.sheet.text and flaws(browser.sheet) == []


def test_a_late_task_is_marked_in_its_own_process_and_in_the_call_that_leads_to_it(small_house: House) -> None:
    case = small_house.start(small_house.log_in("coordinator"))
    task = small_house.open_task(small_house.log_in("coordinator"), case)
    due(small_house, task, timedelta(days=-1))
    browser = inside(small_house.app, "coordinator", PASSWORD)
    text = browser.open(f"/zaken/{case}").text
    assert (
        "hier staat de zaak, te laat" in text and "Bij dit model zit geen tekening" in text
    )  # words, without a drawing
    assert flaws(browser.sheet) == []


@pytest.mark.parametrize("process", ["bezwaar", "bestaat_niet", "../../etc/passwd", "x" * 200])
def test_a_process_that_the_case_never_calls_is_not_shown_with_it(town: Town, process: str) -> None:
    town.begin()
    browser = inside(town.stage.app, "coordinator", "wachtwoord van coordinator")
    browser.open(f"/zaken/{town.case}?proces={process}")
    assert browser.answer is not None and browser.answer.status_code == 404 and flaws(browser.sheet) == []


@pytest.mark.parametrize("part", PARTS)
def test_nobody_of_another_wijk_sees_any_part_of_a_case(small_house: House, part: str) -> None:
    case = small_house.start(small_house.log_in("coordinator"))
    for who, status in (("coordinator", 200), ("buur", 404)):
        browser = inside(small_house.app, who, PASSWORD)
        browser.open(f"/zaken/{case}{part}")
        assert browser.answer is not None and browser.answer.status_code == status and flaws(browser.sheet) == []


def test_the_trail_is_narrowed_to_what_is_asked_for_and_nothing_else(either_town: Town) -> None:
    either_town.framed("raadplegen")
    assert either_town.attempt("buurvrouw", "besluit").status == 403
    browser = inside(either_town.stage.app, "college", "wachtwoord van college")
    address = f"/zaken/{either_town.case}/verantwoording"
    refused = [one["zin"] for one in either_town.trail() if one["inhoud"].get("ruling", {}).get("outcome") == "refused"]
    assert refused and all(tells(browser.open(f"{address}?toon=weigeringen"), one) for one in refused)
    assert len([tag for tag, given in browser.sheet.tags if given.get("class") == "geweigerd"]) == len(refused)
    assert not any(tells(browser.open(f"{address}?toon=participatie"), one) for one in refused)
    assert "Zulke regels zijn er niet" in browser.open(f"{address}?toon=geld").text and flaws(browser.sheet) == []
    assert browser.open(f"{address}?toon=alles").headings == ["Het verzoek bevat fouten"]
    assert browser.open(f"{address}?toon=").headings != ["Het verzoek bevat fouten"]


def test_the_other_cases_of_a_dossier_are_linked_and_lead_back(either_town: Town) -> None:
    either_town.begin()
    year = either_town.case
    either_town.begin(dossier=year)
    browser = inside(either_town.stage.app, "coordinator", "wachtwoord van coordinator")
    assert f"/zaken/{either_town.case}" in browser.open(f"/zaken/{year}").links
    assert f"/zaken/{year}" in browser.open(f"/zaken/{either_town.case}").links


def test_a_name_in_the_diagram_that_stays_dutch_on_an_english_page_says_so(town: Town) -> None:
    town.begin()
    browser = inside(town.stage.app, "coordinator", "wachtwoord van coordinator")
    browser.client.set_cookie(language.COOKIE, "en")
    browser.open(f"/zaken/{town.case}")
    assert browser.answer is not None
    names = re.findall(r"<text([^>]*)>(.*?)</text>", browser.answer.text)
    assert names
    for given, text in names:
        said = " ".join(re.findall(r">([^<]+)<", text))
        assert ('lang="nl"' in given) or not still_dutch(f"<p>{said}</p>", {}), said
