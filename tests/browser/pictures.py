"""A picture of every kind of page, in both languages: `make pictures`, or `python -m tests.browser.pictures DIR`."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from service.db import migrate
from service.web import language
from tests.browser.chromium import EXECUTABLE, context, log_in, missing
from tests.browser.served import one_of_each, served
from tests.service.ladders import Town
from tests.service.scene import played


def main(directory: Path) -> int:
    """Take the pictures; one, when there is no browser to take them with."""
    if EXECUTABLE is None:
        print(f"Er is geen browser; nodig is: {missing()[0]}")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/wijk.sqlite"
        migrate(url)
        for town in played(url, Path(scratch)):
            with served(town.stage.app) as site, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
                taken = sum(_pictures(browser, site, town, lang, directory / lang) for lang in language.LANGUAGES)
                browser.close()
    print(f"{taken} afbeeldingen in {directory}")
    return 0


def _pictures(browser: Browser, site: str, town: Town, lang: str, directory: Path) -> int:
    taken = 0
    for who, paths in one_of_each(town):
        with context(browser, site, lang=lang) as made:
            page = made.new_page()
            if who:
                log_in(page, who)
            for path in paths:
                page.goto(path)
                name = re.sub(r"\W+", "-", re.sub(r"[0-9a-f-]{32,}", "id", path)).strip("-") or "begin"
                page.screenshot(path=directory / f"{who or 'niemand'}-{name[:80]}.png", full_page=True)
                taken += 1
    return taken


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
