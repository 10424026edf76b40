"""All pages that anybody can reach by links: none is dead, none fails, none is half translated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.config import Config
from service.web import language
from tests.service.browser import flaws, inside, read
from tests.service.crawl import Page, still_dutch, walk
from tests.service.ladders import Town
from tests.service.scene import EVERYBODY, STARTS, WRONG, played


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = tmp_path_factory.mktemp("stad")
    shutil.copyfile(sqlite_template, directory / "wijk.sqlite")
    yield from played(f"sqlite:///{directory / 'wijk.sqlite'}", directory)


@pytest.fixture(scope="module")
def dictionary() -> dict[str, str]:
    """Dutch texts of the house and the city with what they are in English."""
    return {text: said[0] for text, said in language.catalogue("en", Config.read({}).city).forms.items()}


def pages_of(town: Town, who: str, lang: str) -> list[Page]:
    client = inside(town.stage.app, who, f"wachtwoord van {who}").client if who else town.stage.app.test_client()
    client.set_cookie(language.COOKIE, lang)
    wrong = [walk(town.stage.app, client, (path,), most=1) for path in WRONG]
    return [*walk(town.stage.app, client, STARTS), *(next(one) for one in wrong)]


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who or "niemand")
def test_no_link_is_dead_and_no_page_fails_or_is_half_translated(
    scene: Town, dictionary: dict[str, str], who: str
) -> None:
    faults: list[object] = []
    for lang in language.LANGUAGES:
        for page in pages_of(scene, who, lang):
            is_told = page.path in (*WRONG, *STARTS)  # somebody types these; a link may not lead to a refusal
            if page.status >= 500 or (page.status >= 400 and not is_told):
                faults.append((page.path, page.status))
            elif page.is_html:
                faults += [(page.path, flaw) for flaw in flaws(read(page.text), lang)]
                faults += [(page.path, len(page.text))] * (len(page.text.encode()) > 100_000)
                faults += [(page.path, said) for said in still_dutch(page.text, dictionary) if lang == "en"]
    assert faults == []


def test_what_comes_after_acting_is_whole_in_english_too(scene: Town, dictionary: dict[str, str]) -> None:
    browser = inside(scene.stage.app, "coordinator", "wachtwoord van coordinator")
    browser.client.set_cookie(language.COOKIE, "en")
    tasks = [link for link in browser.open("/werk").links if link.startswith("/taken/")]
    address = next(link for link in tasks if browser.open(link).headings[0].startswith("Describe the bottleneck"))
    filled_in = {"doe": "vastleggen", "omschrijving": "De stoep ligt los", "bedrag": "veel"}
    for values, status in ((filled_in, 400), (filled_in | {"bedrag": "450,00"}, 200)):
        browser.open(address)
        assert browser.send(address, values) == status
        assert browser.answer is not None and still_dutch(browser.answer.text, dictionary) == []
        assert flaws(browser.sheet, "en") == []
    assert browser.sheet.headings == ["Recorded"]


def test_dutch_in_an_english_page_would_be_seen() -> None:
    page = '<html lang="en"><p>Er staat geen taak open.</p><p lang="nl">Dit is van een mens.</p><a title="Zaak">x</a>'
    assert still_dutch(page, {"Zaak": "Case"}) == ["Er staat geen taak open.", "Zaak"]
    assert still_dutch("<html lang='en'><p>Nobody decides on the case of Hof van Delft.</p>", {}) == []
