"""The browser on this machine, and what is missing for the tests in it; `make screens` brings axe-core."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

ROOT = Path(__file__).resolve().parent.parent.parent
EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = ViewportSize(width=320, height=800)
WIDE = ViewportSize(width=1280, height=900)


def missing() -> list[str]:
    """What is not here, each with how to get it."""
    absent = {
        "Chromium (Debian: apt-get install chromium)": EXECUTABLE is None,
        "axe-core (make screens)": not AXE.is_file(),
    }
    return [name for name, is_absent in absent.items() if is_absent]


def context(
    browser: Browser, base: str, *, lang: str = "nl", scripts: bool = True, wide: bool = True, judged: bool = False
) -> BrowserContext:
    """A browser of its own, with its own cookies, that reads in this language; `judged` lays axe-core in its pages."""
    made = browser.new_context(base_url=base, java_script_enabled=scripts, viewport=WIDE if wide else NARROW)
    made.add_cookies([{"name": "wijk_taal", "value": lang, "url": base}])
    made.set_default_timeout(15_000)
    if judged:
        made.add_init_script(path=AXE)  # half the time of giving it to each page that has come
    return made


def log_in(page: Page, who: str) -> None:
    """Come in by the page for it; the button stands in the form, whatever it is called."""
    page.goto("/inloggen")
    page.locator("#gebruikersnaam").fill(who)
    page.locator("#wachtwoord").fill(f"wachtwoord van {who}")
    page.locator("main form button").click()
    page.wait_for_url("**/werk")


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands, in a context that is judged."""
    # A drawing is one image to who hears it; its thousands of parts would only take time.
    asked = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found: dict[str, Any] = page.evaluate(f"axe.run({{exclude: [['svg *']]}}, {asked})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def is_scrolled_sideways(page: Page) -> bool:
    """Whether somebody must scroll to the side to read it."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, wide and narrow, in a context that is judged."""
    found = violations(page)
    page.set_viewport_size(NARROW)
    found += [f"{page.url} schuift opzij"] * is_scrolled_sideways(page)
    page.set_viewport_size(WIDE)
    return found
