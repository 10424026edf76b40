"""Notices and mail in a real browser: every step can be used by everybody, in both languages, on a narrow screen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from service import db, notices, post, store_jobs
from service.store_notices import Notice
from service.tables import task
from tests.browser.chromium import context, is_scrolled_sideways, log_in, violations
from tests.browser.served import served
from tests.service.mailserver import SENDER, Post, mail_server
from tests.service.sites import Site, made

Place = tuple[Site, Post, str]


@pytest.fixture
def place(sqlite_template: Path, tmp_path: Path) -> Iterator[Place]:
    """A town that sends mail, with what it sent, and where it is served."""
    shutil.copyfile(sqlite_template, tmp_path / "wijk.sqlite")
    with mail_server() as server:
        settings = {"WIJK_SMTP_POORT": str(server.port), "WIJK_SMTP_BEVEILIGING": "geen", "WIJK_SMTP_VAN": SENDER}
        site = made(f"sqlite:///{tmp_path / 'wijk.sqlite'}", tmp_path, WIJK_SMTP_HOST="localhost", **settings)
        with served(site.town.stage.app) as address:
            yield site, server, address
        site.town.stage.installation.database.dispose()


def sent(site: Site, server: Post) -> str:
    """The path of the link in the letter that goes out now."""
    with db.writing(site.town.stage.installation.database) as tx:
        store_jobs.keep_round(tx, store_jobs.MAIL, site.now)
    site.town.stage.moment[0] += timedelta(seconds=16)
    assert post.deliver(site.town.stage.installation, site.now) == 1
    found = re.search(r"(/post/\S+)", server.taken[-1][1].get_content())
    assert found is not None
    return found[1]


def tell(site: Site) -> None:
    """The coordinator is told of every open task."""
    installation = site.town.stage.installation
    with db.writing(installation.database) as tx:
        open_ = tx.execute(select(task.c.id).where(task.c.status == "open")).scalars()
        who = site.town.stage.ids["coordinator"]
        notices.tell(tx, [Notice(who, one, notices.LATE, site.now) for one in open_], site.now)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_following_a_wijk_and_being_told_of_work_can_be_done_by_everybody(
    chromium: Browser, place: Place, lang: str
) -> None:
    site, server, address = place
    site.ask()
    tell(site)
    faults: list[tuple[str, list[str]]] = []

    def look(page: Page, what: str) -> None:
        found = violations(page) + (["sideways"] if is_scrolled_sideways(page) else [])
        faults.append((what, found)) if found else None

    with context(chromium, address, lang=lang, wide=False, judged=True) as opened:
        page = opened.new_page()
        page.goto("/wijken/tanthof")
        look(page, "wijk")
        for given, what in (("geen adres", "wrong address"), ("b@thuis.example", "asked")):
            page.locator("#adres").fill(given)
            page.locator("form[action$='/volgen']").evaluate("form => { form.noValidate = true }")
            page.locator("form[action$='/volgen'] button").click()
            page.wait_for_load_state()
            look(page, what)
        page.goto(sent(site, server))
        look(page, "link")
        page.locator("main form button").click()
        page.wait_for_load_state()
        look(page, "confirmed")
        page.goto(page.url.replace("bevestigen", "afmelden"))
        look(page, "leaving")

        log_in(page, "coordinator")
        page.goto("/meldingen")
        look(page, "notices")
        assert page.locator("tbody tr").count() > 0
        page.goto("/account")
        look(page, "account")
        page.locator("#adres").fill("c@gemeente.example")
        page.locator("form[action='/account/post'] button").first.click()
        page.wait_for_load_state()
        assert page.locator("form[action='/account/post'] button").count() == 2
        look(page, "account with mail")
    assert faults == []
