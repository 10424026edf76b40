"""Following a wijk by mail, without an account: who gets what, how often, and what does not get anybody further."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from service import (
    addresses,
    backup,
    bulletins,
    db,
    jobs,
    logs,
    mailboxes,
    notices,
    post,
    store_jobs,
    store_mailboxes,
)
from service.app import create_app
from service.config import Config
from service.installation import open_installation
from service.tables import case
from service.tables_mail import bulletin, mailbox
from service.web.contribution import TRAP
from tests.service.browser import Browser, at_the_door, flaws
from tests.service.mailserver import SENDER, Post
from tests.service.moulds import CHEAP
from tests.service.sites import XSS, Site, made
from tests.service.test_post import links

ADDRESS = "b.ewoner@thuis.example"
FOLLOW = "/wijken/tanthof/volgen"


def settings_of(server: Post) -> dict[str, str]:
    return {
        "WIJK_SMTP_HOST": "localhost",
        "WIJK_SMTP_POORT": str(server.port),
        "WIJK_SMTP_BEVEILIGING": "geen",
        "WIJK_SMTP_VAN": SENDER,
        "WIJK_ADRES": "https://wijk.example/",
    }


@pytest.fixture
def wijk(url: str, tmp_path: Path, server: Post) -> Iterator[Site]:
    """A town that sends mail, in which nothing has happened yet."""
    site = made(url, tmp_path, **settings_of(server))
    yield site
    site.town.stage.installation.database.dispose()


@pytest.fixture
def small_wijk(sqlite_url: str, tmp_path: Path, server: Post) -> Iterator[Site]:
    site = made(sqlite_url, tmp_path, **settings_of(server))
    yield site
    site.town.stage.installation.database.dispose()


def later(site: Site, step: timedelta) -> None:
    site.town.stage.moment[0] += step


def send(site: Site) -> int:
    """All mail that waits goes out."""
    installation = site.town.stage.installation
    with db.writing(installation.database) as tx:
        store_jobs.keep_round(tx, store_jobs.MAIL, site.now)
    later(site, timedelta(seconds=16))
    sent = 0
    while done := post.deliver(installation, site.now):
        sent += done
    return sent


def gather(site: Site) -> None:
    """The round of the next morning."""
    installation = site.town.stage.installation
    with db.writing(installation.database) as tx:
        store_jobs.keep_round(tx, bulletins.ROUND, notices.next_morning(site.now))
    site.town.stage.moment[0] = notices.next_morning(site.now)
    while jobs.run_due(installation, site.now):
        continue


def asked(site: Site, address: str = ADDRESS, wijk: str = "tanthof") -> Browser:
    browser = at_the_door(site.town.stage.app)
    browser.open(f"/wijken/{wijk}")
    browser.send(f"/wijken/{wijk}/volgen", adres=address)
    return browser


def status_of(browser: Browser) -> int:
    assert browser.answer is not None
    return browser.answer.status_code


def followed(site: Site, server: Post, address: str = ADDRESS, wijk: str = "tanthof") -> None:
    """Somebody subscribed, and opened the link."""
    browser = asked(site, address, wijk)
    assert status_of(browser) == 202
    send(site)
    (path,) = links(server.to(address)[-1], "bevestigen")
    assert flaws(browser.open(path)) == []
    assert browser.send(path) == 200 and flaws(browser.sheet) == []


def boxes(site: Site) -> int:
    with db.reading(site.town.stage.installation.database) as tx:
        return tx.execute(select(func.count()).select_from(mailbox)).scalar_one()


def test_who_follows_gets_the_news_of_a_day_the_next_morning_and_once(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.ask()
    assert send(wijk) == 0
    gather(wijk)
    assert send(wijk) == 1
    message = server.to(ADDRESS)[-1]
    said = message.get_content()
    assert message["Subject"] == "Nieuws uit de wijk Tanthof" and message["Auto-Submitted"] == "auto-generated"
    assert "Er is vastgelegd wat u kunt beslissen: " in said and "https://wijk.example/wijken/tanthof\r\n" in said
    for _ in range(2):
        gather(wijk)
        assert send(wijk) == 0  # nothing happened meanwhile
    assert len(server.to(ADDRESS)) == 2


def test_the_news_says_nothing_that_people_wrote(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.town.begin(groep="I-99")
    frame = {"doel": f"{XSS} GEHEIM", "doelgroep": "GEHEIM", "trede": "raadplegen", "termijn": wijk.day(15)}
    whole = {"ruimte_open": "GEHEIM", "ruimte_dicht": "x", "orgaan": "college", "werkvorm": "x", "terugkoppeling": "x"}
    wijk.town.done("college", "traject_kader_vaststellen", **frame | whole)
    gather(wijk)
    assert send(wijk) == 1
    message = server.to(ADDRESS)[-1]
    everything = message.get_content() + str(message.items())
    assert "GEHEIM" not in everything and "I-99" not in everything and "college" not in everything
    assert ADDRESS not in message.get_content()


def test_another_wijk_and_who_has_not_confirmed_get_nothing(wijk: Site, server: Post) -> None:
    followed(wijk, server, "ander@thuis.example", "voorhof")
    asked(wijk, "nog.niet@thuis.example")
    send(wijk)
    wijk.ask()
    gather(wijk)
    send(wijk)
    assert len(server.to("ander@thuis.example")) == len(server.to("nog.niet@thuis.example")) == 1


def test_what_happened_before_one_followed_is_no_news(wijk: Site, server: Post) -> None:
    followed(wijk, server, "eerder@thuis.example")
    wijk.ask()
    gather(wijk)
    followed(wijk, server)
    gather(wijk)
    send(wijk)
    assert len(server.to("eerder@thuis.example")) == 2 and len(server.to(ADDRESS)) == 1


def test_who_follows_later_the_same_day_still_hears_of_that_day(wijk: Site, server: Post) -> None:
    wijk.ask()
    followed(wijk, server)
    gather(wijk)
    assert send(wijk) == 1 and "vastgelegd" in server.to(ADDRESS)[-1].get_content()


def test_days_that_nobody_gathered_are_told_together(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    gather(wijk)
    wijk.ask()
    later(wijk, timedelta(days=5))
    gather(wijk)
    assert send(wijk) == 1 and "vastgelegd" in server.to(ADDRESS)[-1].get_content()


def test_another_phase_is_news(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.town.stage.must("coordinator", "POST", "/v1/zaken", {"proces": "wijkcyclus", "wijk": "tanthof", "jaar": 2027})
    gather(wijk)
    with db.writing(wijk.town.stage.installation.database) as tx:
        tx.execute(update(case).values(phase="analyse"))
    for _ in range(2):
        gather(wijk)
        send(wijk)
    assert len(server.to(ADDRESS)) == 2
    assert "De wijkcyclus is in een andere fase: analyse" in server.to(ADDRESS)[-1].get_content()


def test_the_answer_is_the_same_whether_the_address_was_known_or_not(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    known, unknown, again = asked(wijk), asked(wijk, "nieuw@thuis.example"), asked(wijk, "nieuw@thuis.example")
    said = [re.sub(r'(nonce|value)="[0-9a-f]+"', "", one.answer.text) for one in (known, unknown, again) if one.answer]
    assert len(said) == 3 and len(set(said)) == 1 and {status_of(one) for one in (known, unknown, again)} == {202}
    send(wijk)
    assert len(server.to(ADDRESS)) == 1 and len(server.to("nieuw@thuis.example")) == 1


def test_nobody_can_fill_a_mailbox_with_links(wijk: Site, server: Post) -> None:
    for _ in range(3):
        for place in ("tanthof", "voorhof", "binnenstad", "buitenhof", "hof-van-delft"):
            assert status_of(asked(wijk, ADDRESS, place)) == status_of(asked(wijk, ADDRESS.upper(), place)) == 202
        send(wijk)
    assert len([one for one, _ in server.taken if one.lower() == ADDRESS]) == 3
    later(wijk, timedelta(hours=2))
    asked(wijk)  # the link is sent again to who asks again after a while
    send(wijk)
    assert len([one for one, _ in server.taken if one.lower() == ADDRESS]) <= 4


def test_one_caller_cannot_go_on_and_on(small_wijk: Site) -> None:
    installation = small_wijk.town.stage.installation
    strict = replace(installation, config=replace(installation.config, rate_login="3 per minute"))
    app = create_app(strict, now=lambda: small_wijk.now, passwords=CHEAP)
    found = []
    for number in range(5):
        browser = at_the_door(app)
        browser.open("/wijken/tanthof")
        found.append(browser.send(FOLLOW, adres=f"{number}@thuis.example"))
    assert found == [202] * 3 + [429] * 2 and boxes(small_wijk) == 3


def test_what_is_no_address_or_no_wijk_or_no_person_is_told_and_keeps_nothing(small_wijk: Site) -> None:
    for wrong in ("", "geen adres", XSS, "a@b.nl\r\nBcc: c@d.nl", "x" * 5000):
        browser = asked(small_wijk, wrong)
        assert status_of(browser) == 400 and flaws(browser.sheet) == [] and "#adres" in browser.sheet.links
    browser = at_the_door(small_wijk.town.stage.app)
    browser.open("/wijken/tanthof")
    assert browser.send(FOLLOW, {TRAP: "x"}, adres=ADDRESS) == 400
    assert browser.send("/wijken/nergens/volgen", adres=ADDRESS) == 404
    assert browser.client.post(FOLLOW, data={"adres": ADDRESS}).status_code == 403  # no form of ours
    assert boxes(small_wijk) == 0


def test_an_address_that_nobody_confirms_is_gone_after_two_days_with_its_key(wijk: Site, server: Post) -> None:
    asked(wijk)
    send(wijk)
    (path,) = links(server.to(ADDRESS)[0], "bevestigen")
    with db.reading(wijk.town.stage.installation.database) as tx:
        key = tx.execute(select(mailbox.c.address)).scalar_one().partition(":")[0]
    for _ in range(3):
        gather(wijk)
    assert boxes(wijk) == 0
    later(wijk, timedelta(minutes=11))
    jobs.run_due(wijk.town.stage.installation, wijk.now)
    assert wijk.town.stage.installation.keys.find(key) is None
    browser = at_the_door(wijk.town.stage.app)
    browser.open(path)
    assert browser.send(path) == 404


def test_who_stops_is_gone_at_once_and_a_letter_already_in_hand_does_not_go(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.ask()
    gather(wijk)
    installation = wijk.town.stage.installation
    with db.writing(installation.database) as tx:
        (box,) = store_mailboxes.claim(tx, wijk.now, wijk.now, 5)
    path = f"/post/{box.id}/afmelden/{mailboxes.code_of(installation, box, mailboxes.LEAVE)}"
    browser = at_the_door(wijk.town.stage.app)
    assert flaws(browser.open(path)) == [] and boxes(wijk) == 1
    assert browser.send(path) == 200 and boxes(wijk) == 0 and flaws(browser.sheet) == []
    assert installation.config.smtp is not None
    with post._connected(installation.config.smtp) as line:
        post._serve(installation, line, installation.config.smtp, box, wijk.now)
    assert len(server.to(ADDRESS)) == 1
    followed(wijk, server)  # and one may follow again
    assert boxes(wijk) == 1


def test_two_workers_gather_the_news_once(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.ask()
    installation = wijk.town.stage.installation
    with db.writing(installation.database) as tx:
        store_jobs.keep_round(tx, bulletins.ROUND, wijk.now)
    with db.reading(installation.database) as tx:
        (round_,) = store_jobs.all_of(tx, bulletins.ROUND)
    later(wijk, timedelta(days=1))
    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(bulletins.gather, installation, round_, wijk.now) for _ in range(3)]:
            one.result()
    with db.reading(installation.database) as tx:
        assert tx.execute(select(func.count()).select_from(bulletin)).scalar_one() == 1
    assert send(wijk) == 1 and len(server.to(ADDRESS)) == 2


def test_after_ten_refusals_a_subscription_ends(wijk: Site, server: Post) -> None:
    followed(wijk, server)
    wijk.ask()
    gather(wijk)
    server.rule = lambda line: "550 weg" if line.upper().startswith("RCPT") else None
    for _ in range(10):
        assert boxes(wijk) == 1
        send(wijk)
        later(wijk, timedelta(days=1))
    assert boxes(wijk) == 0


def test_no_file_and_no_log_holds_an_address(sqlite_url: str, tmp_path: Path, server: Post) -> None:
    lines = io.StringIO()
    logs.configure(lines)
    site = made(sqlite_url, tmp_path, **settings_of(server))
    followed(site, server)
    site.ask()
    gather(site)
    send(site)
    logs.configure()
    site.town.stage.installation.database.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert ADDRESS.encode() not in kept and ADDRESS not in lines.getvalue() and b"ewoner@" not in kept


def test_a_copy_that_is_put_back_still_knows_whom_to_send_to(small_wijk: Site, server: Post, tmp_path: Path) -> None:
    followed(small_wijk, server)
    backup.back_up(small_wijk.town.stage.installation.config, tmp_path / "kopie")
    (tmp_path / "nieuw").mkdir()
    place = Config(database_url=f"sqlite:///{tmp_path / 'nieuw/w.sqlite'}", key_file=tmp_path / "nieuw/sleutel")
    backup.restore(place, tmp_path / "kopie")
    restored = open_installation(replace(place, smtp=small_wijk.town.stage.installation.config.smtp))
    small_wijk.ask()
    with db.writing(restored.database) as tx:
        (row,) = tx.execute(select(mailbox.c.id, mailbox.c.address)).all()
    assert addresses.opened(restored, row.id, row.address) == ADDRESS
    restored.database.dispose()


def test_without_a_server_the_page_offers_the_calendar_alone(sqlite_url: str, tmp_path: Path) -> None:
    site = made(sqlite_url, tmp_path)
    browser = at_the_door(site.town.stage.app)
    page = browser.open("/wijken/tanthof")
    assert "/wijken/tanthof/agenda.ics" in page.links and "Volg deze wijk" not in page.text and flaws(page) == []
    assert browser.send(FOLLOW, adres=ADDRESS) in (403, 409)
    assert boxes(site) == 0
    site.town.stage.installation.database.dispose()
