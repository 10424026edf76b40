"""A resident without an account and an auditor, in a real browser."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from service.stage import ADMINISTRATOR
from tests.browser.chromium import context, log_in


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_resident_reacts_without_an_account_and_follows_the_code(chromium: Browser, site: str, scripts: bool) -> None:
    with context(chromium, site, scripts=scripts, wide=False) as made:
        page = made.new_page()
        page.goto("/wijken")
        page.locator("main a[href='/wijken/tanthof']").first.click()
        page.locator("a[href*='/reageren/']").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.get_by_role("button", name="Versturen").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.locator("main textarea").first.fill("Zet een bank bij de vijver.")
        page.get_by_role("button", name="Versturen").click()
        code = page.locator(".bewijscode").inner_text()
        assert re.fullmatch(r"[\w-]{20,}", code) and code not in page.url

        page.goto("/bijdrage")
        page.get_by_label("Code").fill(code)
        page.locator("main form button").first.click()
        expect(page.get_by_text("Nog zonder antwoord").first).to_be_visible()
        assert code not in page.url and page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_auditor_answers_a_question_and_takes_the_evidence_along(
    chromium: Browser, site: str, tmp_path: Path
) -> None:
    with context(chromium, site) as made:
        page = made.new_page()
        log_in(page, "auditor")
        page.goto("/verantwoording?wijk=tanthof&jaar=2027")
        page.get_by_role("link", name="Heeft iemand geprobeerd buiten zijn bevoegdheid te handelen").click()
        expect(page.locator("tbody tr").first).to_contain_text("INV-07")
        page.goto("/verantwoording/bewijs")
        page.get_by_label("Wijk", exact=True).select_option("tanthof")
        with page.expect_download() as coming:
            page.get_by_role("button", name="Maak het pakket").click()
        coming.value.save_as(tmp_path / "bewijs.zip")
    with zipfile.ZipFile(tmp_path / "bewijs.zip") as package:
        assert package.testzip() is None and len(package.namelist()) > 3


def test_a_login_name_is_shown_as_it_must_be_typed(chromium: Browser, site: str) -> None:
    with context(chromium, site) as made:
        page = made.new_page()
        log_in(page, ADMINISTRATOR)
        page.goto("/beheer/personen")
        shown = page.locator("tbody th").all_inner_texts()
        assert shown and shown == [one.lower() for one in shown]
