"""Every kind of page in a real browser, in both languages: axe-core finds nothing, and 320 pixels are wide enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext

from service.web import language
from tests.browser.chromium import NARROW, context, faults, is_scrolled_sideways, log_in, violations
from tests.browser.served import one_of_each
from tests.service.ladders import Town


@pytest.fixture(scope="module")
def pages(town: Town) -> list[tuple[str, list[str]]]:
    """Who can reach which pages."""
    return list(one_of_each(town))


def faults_of(made: BrowserContext, who: str, paths: list[str]) -> list[str]:
    """What is wrong with these pages."""
    page = made.new_page()
    if who:
        log_in(page, who)
    found = []
    for path in paths:
        page.goto(path)
        found += [f"{path} {one}" for one in faults(page)]
    return found


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_everybody_can_use_every_page_wide_and_narrow(
    chromium: Browser, site: str, pages: list[tuple[str, list[str]]], lang: str
) -> None:
    wrong, looked_at = list[str](), 0
    for who, paths in pages:
        with context(chromium, site, lang=lang, judged=True) as made:
            wrong += faults_of(made, who, paths)
        looked_at += len(paths)
    assert wrong == [] and looked_at > 30


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_a_page_that_says_what_is_wrong_can_be_used_too(chromium: Browser, site: str, lang: str) -> None:
    with context(chromium, site, lang=lang, judged=True) as made:
        page = made.new_page()
        page.goto("/inloggen")
        page.locator("#gebruikersnaam").fill("niemand")
        page.locator("#wachtwoord").fill("fout")
        page.locator("main form button").click()
        page.locator(".fouten").wait_for()
        wrong = violations(page)
        log_in(page, "college")
        page.goto("/werk")
        page.locator("tbody a").last.click()
        page.locator("button[value='vastleggen']").last.click()
        page.locator("#probleem").wait_for()
        wrong += violations(page)
        page.set_viewport_size(NARROW)
        assert wrong == [] and not is_scrolled_sideways(page)


def test_a_fault_would_be_seen(chromium: Browser, site: str) -> None:
    with context(chromium, site, wide=False, judged=True) as made:
        page = made.new_page()
        page.goto("/toegankelijkheid")
        page.evaluate("document.querySelector('main').innerHTML += '<img src=x><table><td>' + 'w'.repeat(999)")
        assert any(one.startswith("image-alt") for one in violations(page))
        assert is_scrolled_sideways(page)


def test_the_theme_of_dark_screens_can_be_read_too(chromium: Browser, site: str) -> None:
    with context(chromium, site, judged=True) as made:
        page = made.new_page()
        page.emulate_media(color_scheme="dark")
        log_in(page, "college")
        assert violations(page) == []
        page.locator("tbody a").first.click()
        page.locator("#wie-beslist").wait_for()
        assert violations(page) == []
