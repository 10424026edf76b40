"""*Overzicht*: what runs in a wijk, who answers for it, what was promised, what comes and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.terms import Json
from tests.engine.bpmn import end, par, process, start
from tests.service.browser import at_the_door, flaws, inside
from tests.service.houses import PASSWORD, House
from tests.service.ladders import Town as Ladder
from tests.service.promises import act, done, form, on, village
from tests.service.test_diagram import XSS
from tests.service.test_screens_work import due
from tests.service.test_statements import counted
from tests.service.towns import Town

CYCLE = process(
    "p", start("s"), par("g"), act("beloven", "toezegging", stap="D06", **on("I-02")),
    act("melden", "bijeenkomst", stap="D16"),
    act("toewijzen", "product", product="aanspreekbaren", formulier="aanspreekbaren"), par("j"), end("e"),
    flow="s > g > beloven > j > e; g > melden > j; g > toewijzen > j",
    lanes={"woningcorporatie": "beloven"},
)  # fmt: skip
FORMS = {"aanspreekbaren_form": form("aanspreekbaren", "bestuurlijk", "ambtelijk", "niveaus")}
LIGHT: dict[str, Json] = {
    "kenmerk": "T-1",
    "partij": "woningcorporatie",
    "prestatie": f"verlichting {XSS}",
    "datum": "2026-03-10",
    "aanspreekpunt": "wonen",
}
EVENING: dict[str, Json] = {
    "soort": "aankondiging",
    "titel": f"Jongerenavond {XSS}",
    "datum": "2026-03-20",
    "plaats": "school",
    "doelgroep": "jongeren",
    "openbaar": "ja",
}


_OF_A_PHASE = ("nu", "klaar", "later")


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A village in which something was promised and announced, by one who is answerable."""
    with village(url, tmp_path, CYCLE, **FORMS) as made:
        made.start()
        yield made


def test_a_wijk_shows_what_was_promised_and_what_comes_in_the_order_of_the_days(here: Town) -> None:
    (case,) = here.cases("p")
    done(here, case, "beloven", here.house.log_in("corporatie"), **LIGHT)
    done(here, case, "melden", here.client, **EVENING)
    due(here.house, here.task(case, "toewijzen"), timedelta(days=-1))
    browser = inside(here.house.app, "coordinator", PASSWORD)
    sheet = browser.open("/overzicht/tanthof")
    assert flaws(sheet) == [] and browser.answer is not None and "<script>alert" not in browser.answer.text
    assert "woningcorporatie" in sheet.text and "verlichting" in sheet.text
    agenda = sheet.text[sheet.text.index("Agenda") :]
    assert agenda.index("te laat") < agenda.index("Jongerenavond"), "what is late comes first"
    assert f"/zaken/{case}" in sheet.links and f"/taken/{here.task(case, 'toewijzen')}" in sheet.links
    assert "open" in sheet.text[sheet.text.index("Toezeggingen") : sheet.text.index("Agenda")]
    here.house.later(timedelta(days=9))
    browser = inside(here.house.app, "coordinator", PASSWORD)
    assert "gemist" in browser.open("/overzicht/tanthof").text
    here.house.later(timedelta(days=20))
    browser = inside(here.house.app, "coordinator", PASSWORD)
    assert "Jongerenavond" not in browser.open("/overzicht/tanthof").text, "what was is no agenda"


def test_a_year_of_which_nobody_is_answerable_says_so(town: Ladder) -> None:
    assert town.begin(proces="wijkcyclus", groep=None).status == 201
    browser = inside(town.stage.app, "coordinator", "wachtwoord van coordinator")
    sheet = browser.open("/overzicht/tanthof")
    assert "niemand aangewezen" in sheet.text and "2027" in sheet.text and flaws(sheet) == []
    assert f"/zaken/{town.case}" in browser.open("/overzicht").links and flaws(browser.sheet) == []


def test_a_year_that_stands_before_its_first_phase_shows_all_five_and_none_as_the_one_of_now(town: Ladder) -> None:
    assert town.begin(proces="wijkcyclus", groep=None).status == 201
    browser = inside(town.stage.app, "coordinator", "wachtwoord van coordinator")
    for address in (f"/zaken/{town.case}", "/overzicht/tanthof", "/wijken/tanthof"):
        sheet = browser.open(address)
        steps = [given["class"] for tag, given in sheet.tags if tag == "li" and given.get("class") in _OF_A_PHASE]
        assert steps == ["later"] * 5, address
        assert flaws(sheet) == []


def test_only_the_wijken_in_which_one_has_a_role_are_there(house: House) -> None:
    for who in ("coordinator", "bewoner"):
        browser = inside(house.app, who, PASSWORD)
        links = browser.open("/overzicht").links
        assert "/overzicht/tanthof" in links and "/overzicht/voorhof" not in links
        for wijk in ("voorhof", "bestaat-niet", "%00", "x" * 300, "%F0%9F%8F%98"):
            browser.open(f"/overzicht/{wijk}")
            assert browser.answer is not None and browser.answer.status_code == 404, wijk
            assert flaws(browser.sheet) == []
    stranger = at_the_door(house.app)
    stranger.open("/overzicht/tanthof")
    assert stranger.answer is not None and stranger.answer.status_code == 401


def test_taking_part_in_one_group_is_no_view_of_the_whole_wijk(small_house: House) -> None:
    small_house.add("groep", "deelnemers", "groep", is_resident=True, wijk="tanthof", groep="I-02")
    browser = inside(small_house.app, "groep", PASSWORD)
    assert "/overzicht/tanthof" not in browser.open("/overzicht").links and flaws(browser.sheet) == []
    browser.open("/overzicht/tanthof")
    assert browser.answer is not None and browser.answer.status_code == 404


def test_the_overview_asks_the_database_as_much_for_many_dossiers_as_for_few(house: House) -> None:
    client = house.log_in("coordinator")
    house.start(client)
    browser = inside(house.app, "coordinator", PASSWORD)
    asked: dict[str, list[int]] = {"/overzicht": [], "/overzicht/tanthof": []}
    for more in (0, 40):
        for _ in range(more):
            house.start(client)
        for address, numbers in asked.items():
            browser.open(address)
            with counted(house.installation.database) as statements:
                browser.open(address)
            numbers.append(len(statements))
            assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert all(numbers[0] == numbers[1] < 20 for numbers in asked.values()), asked
