"""An auditor in a real browser: a question to the log, and the evidence taken along."""

from __future__ import annotations

import zipfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.chromium import context, log_in


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
