"""Residents in a real browser, with scripts and without: react without an account, and follow the code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.web import language
from tests.browser.chromium import context, faults
from tests.browser.served import served
from tests.service.sites import Site
from tests.service.sites import made as made_site

QUESTION = "a[href*='/reageren/']"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_resident_reacts_without_an_account_and_follows_the_receipt(
    chromium: Browser, site: str, scripts: bool
) -> None:
    with context(chromium, site, scripts=scripts) as made:
        page = made.new_page()
        page.goto("/")
        page.get_by_role("link", name="Tanthof").click()
        page.locator(QUESTION).first.click()
        page.get_by_role("button", name="Versturen").click()
        expect(page.get_by_role("alert")).to_contain_text("vul dit in")
        page.get_by_label("Uw inbreng, in uw eigen woorden").fill("Zet een bank bij de vijver")
        page.get_by_role("button", name="Versturen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Uw reactie is ontvangen")
        code = page.locator(".bewijscode").inner_text()

        page.get_by_role("link", name="Naar mijn bijdrage").click()
        page.get_by_label("Code").fill(code.lower())
        page.get_by_role("button", name="Bekijken").click()

        expect(page.get_by_text("Ontvangen op")).to_be_visible()
        expect(page.get_by_text("Nog zonder antwoord")).to_be_visible()
        assert code not in page.url and made.storage_state()["origins"] == []  # nothing of it stays in the browser


@pytest.fixture
def report(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """A town whose concept of the wijkverslag is public, and where it is served."""
    shutil.copyfile(sqlite_template, tmp_path / "wijk.sqlite")
    found = made_site(f"sqlite:///{tmp_path / 'wijk.sqlite'}", tmp_path)
    found.ask_about_the_report()
    with served(found.town.stage.app) as address:
        yield found, address
    found.town.stage.installation.database.dispose()


def follow(page: Page, code: str) -> None:
    page.get_by_role("link", name="Mijn bijdrage", exact=True).click()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Bekijken").click()
    expect(page.get_by_text("Ontvangen op")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_resident_reacts_to_the_wijkverslag_and_reads_what_was_done_with_it(
    chromium: Browser, report: tuple[Site, str], scripts: bool
) -> None:
    town, address = report
    with context(chromium, address, scripts=scripts, judged=scripts) as made:
        page = made.new_page()
        page.goto("/")
        page.get_by_role("link", name="Tanthof").click()
        page.get_by_role("link", name="Wijkverslag en jaarrekening afronden").click()
        page.get_by_label("Uw inbreng, in uw eigen woorden").fill("De verlichting was later klaar")
        page.get_by_role("button", name="Versturen").click()
        code = page.locator(".bewijscode").inner_text()
        follow(page, code)
        expect(page.get_by_text("Nog zonder antwoord")).to_be_visible()

        mark = town.inputs()[0]["inhoud"]["values"]["kenmerk"]
        town.close()
        handled = {"inbreng": mark, "uitkomst": "niet", "reden": "Zij was op tijd", "reactie": "Dank u wel"}
        town.town.done("coordinator", "verslag_reactie_afhandelen", **handled)
        town.town.done(
            "coordinator",
            "wijkverslag_afronden",
            verantwoording_per_initiatief=[{"onderdeel": "I-02", "resultaat": "Gereed"}],
            verschillen=[],
            reacties=[{"inbreng": mark, "reactie": "Verwerkt"}],
            inbrengregister=1,
        )

        follow(page, code)
        story = page.locator(".tijdlijn")
        expect(story).to_contain_text("Niet gebruikt")
        expect(story).to_contain_text("Zij was op tijd")
        expect(story).to_contain_text("Dank u wel")
        expect(story).to_contain_text("Meegewogen in een besluit van wijkcoördinator")
        assert code not in page.url and (not scripts or faults(page) == [])


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_each_step_of_reacting_can_be_used_by_everybody(chromium: Browser, site: str, lang: str) -> None:
    with context(chromium, site, lang=lang, judged=True) as made:
        page = made.new_page()
        page.goto("/wijken/tanthof")
        page.locator(QUESTION).first.click()
        page.locator("#formulier").wait_for()
        address, wrong = page.url, faults(page)
        page.locator("#formulier button.hoofd").click()
        page.locator("#probleem").wait_for()
        wrong += faults(page)
        page.locator("#formulier textarea").first.fill("Meer groen")
        page.locator("#formulier button.hoofd").click()
        code = page.locator(".bewijscode").inner_text()
        wrong += faults(page)
        page.goto("/bijdrage")
        page.locator("#code").fill("fout")
        page.locator("main form button").click()
        page.locator(".fouten").wait_for()
        wrong += faults(page)
        page.locator("#code").fill(code)
        page.locator("main form button").last.click()
        page.locator(".tijdlijn").wait_for()
        wrong += faults(page)
        page.goto(address)
        page.locator("form[action$='/papier'] button").click()
        page.locator(".papier").wait_for()
        wrong += faults(page)
        assert wrong == []
