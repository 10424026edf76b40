"""Setting the second factor in a real browser: a picture for the camera in every theme, and the same as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import NARROW, context, is_scrolled_sideways, violations
from tests.browser.served import served
from tests.service.houses import PASSWORD, House, peopled
from tests.service.scanner import scanned
from tests.service.test_second_factor import asking, code_of


@pytest.fixture
def strict(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house in a city that asks a second factor, and where it is served."""
    house = asking(peopled(sqlite_url, tmp_path))
    with served(house.app) as address:
        yield house, address
    house.installation.database.dispose()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_camera_reads_what_can_also_be_typed(chromium: Browser, strict: tuple[House, str], lang: str) -> None:
    house, address = strict
    with context(chromium, address, lang=lang, judged=True) as made:
        page, refused = made.new_page(), list[str]()
        page.on("console", lambda told: refused.append(told.text) if "Content Security" in told.text else None)
        page.goto("/inloggen")
        page.locator("#gebruikersnaam").fill("coordinator")
        page.locator("#wachtwoord").fill(PASSWORD)
        page.locator("main form button").click()
        page.locator("button[value=begin]").click()
        drawn = page.locator("svg.qr")
        expect(drawn).to_be_visible()

        secret = page.locator(".geheim").inner_text()
        read = scanned(drawn.evaluate("one => one.outerHTML"))
        assert read == page.locator("a[href^='otpauth:']").get_attribute("href")
        assert f"secret={secret.replace(' ', '')}" in read
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            margin, squares = drawn.locator("path").nth(0), drawn.locator("path").nth(1)
            assert margin.evaluate("one => getComputedStyle(one).fill") == "rgb(255, 255, 255)"
            assert squares.evaluate("one => getComputedStyle(one).stroke") == "rgb(0, 0, 0)"
            assert violations(page) == []
        page.set_viewport_size(NARROW)
        assert not is_scrolled_sideways(page) and refused == []
        size = drawn.bounding_box()
        assert size is not None and size["width"] > 200 and abs(size["width"] - size["height"]) < 1

        page.locator("#code").fill(code_of(secret, house))
        page.locator("button[value=bevestig]").click()
        page.wait_for_url("**/inloggen/tweede-factor")
        expect(drawn).to_have_count(0)
