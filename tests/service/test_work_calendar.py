"""The calendar of one's work: what stands in it, who can read it, and that its secret is kept nowhere."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from service import db, logs
from service.tables_people import session
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.test_screens_work import due

SHOWN = re.compile(r"http://localhost(/agenda/([0-9a-f]{64})\.ics)")


def made(house: House) -> tuple[Browser, str, str]:
    """A browser that made an address, with the address and its secret."""
    browser = inside(house.app, "coordinator", PASSWORD)
    browser.open("/account")
    assert browser.send("/account/agenda") == 201 and flaws(browser.sheet) == []
    found = SHOWN.search(browser.sheet.text)
    assert found is not None, browser.sheet.text
    return browser, found[1], found[2]


def status(house: House, address: str) -> int:
    return house.app.test_client().get(address).status_code


def test_the_calendar_names_the_days_of_ones_own_tasks_and_nothing_of_people(house: House) -> None:
    client = house.log_in("coordinator")
    mine, free = (house.open_task(client, house.start(client)) for _ in range(2))
    assert client.put(f"/v1/taken/{mine}/behandelaar", json={}).status_code == 204
    for task in (mine, free):
        due(house, task, timedelta(days=4))
        assert client.put(f"/v1/taken/{task}/planning", json={"opvolgen": "2026-03-04"}).status_code == 204
    _, address, _ = made(house)

    answer = house.app.test_client().get(address)

    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    told = {(str(one["summary"]), one.decoded("dtstart"), str(one["url"]).rpartition("/")[2]) for one in events}
    assert told == {("Uiterlijk: Taak 1", date(2026, 3, 6), mine), ("Opvolgen: Taak 1", date(2026, 3, 4), mine)}
    assert len({str(one["uid"]) for one in events}) == 2
    assert not re.search("coordinator|tanthof|Naam van|onderwerp", answer.text, re.IGNORECASE)
    assert house.app.test_client().get(address).data == answer.data  # the same moment keeps its name


def test_the_secret_is_shown_once_and_stands_in_no_row_log_line_or_count(house: House) -> None:
    stream = io.StringIO()
    logs.configure(stream)
    try:
        browser, address, secret = made(house)
        assert status(house, address) == 200 and status(house, f"/agenda/{'0' * 64}.ics") == 404
        house.app.extensions["wijkcyclus"].metrics.text()
        assert secret not in browser.open("/account").text and "Er is een adres" in browser.sheet.text
    finally:
        logs.configure()
    assert secret not in stream.getvalue() and "/agenda/" not in stream.getvalue().replace("<digest:secret>", "")
    assert secret.encode() not in house.app.extensions["wijkcyclus"].metrics.text()
    with db.reading(house.installation.database) as tx:
        rows = [str(row) for row in tx.execute(select(session))]
    assert rows and not any(secret in row for row in rows)


def test_an_address_ends_when_it_is_withdrawn_replaced_blocked_or_too_old(house: House) -> None:
    browser, first, _ = made(house)
    assert browser.send("/account/agenda") == 201
    found = SHOWN.search(browser.sheet.text)
    assert found is not None and status(house, first) == 404 and status(house, found[1]) == 200
    assert browser.send("/account/agenda/intrekken") == 200 and "Er is een adres" not in browser.sheet.text
    assert browser.send("/account/agenda/intrekken") == 200  # twice is fine
    assert status(house, found[1]) == 404

    _, third, _ = made(house)
    administrator = house.log_in("beheer")
    assert administrator.put(f"/v1/personen/{house.ids['coordinator']}/blokkade").status_code == 204
    assert status(house, third) == 404


def test_it_works_for_a_year(house: House) -> None:
    _, address, _ = made(house)
    house.later(timedelta(days=365))
    assert status(house, address) == 200
    house.later(timedelta(days=2))
    assert status(house, address) == 404


def test_it_opens_nothing_else_and_nothing_else_opens_it(house: House) -> None:
    _, _, secret = made(house)
    client = house.app.test_client()
    assert client.get("/v1/taken", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    client.set_cookie("wijk_sessie", secret)
    assert client.get("/v1/taken").status_code == 401 and client.get("/werk").status_code == 401
    asked = {"omschrijving": "x", "geldigTot": (house.now() + timedelta(days=9)).isoformat()}
    token = body(house.log_in("coordinator").post("/v1/tokens", json=asked))["token"]
    assert status(house, f"/agenda/{token}.ics") == 404
    bearer = {"Authorization": f"Bearer {token}"}
    assert house.app.test_client().post("/v1/agenda", headers=bearer).status_code == 409


def test_a_program_makes_and_ends_an_address_too(house: House) -> None:
    client = house.log_in("bewoner")
    answer = client.post("/v1/agenda")
    found = SHOWN.search(body(answer)["adres"])
    assert answer.status_code == 201 and found is not None and status(house, found[1]) == 200
    assert client.delete("/v1/agenda").status_code == 204 and status(house, found[1]) == 404
    assert house.app.test_client().post("/v1/agenda").status_code == 401


@pytest.mark.parametrize("secret", ["0" * 64, "A" * 64, "0" * 63, "x", "%00", "..%2f..", "0" * 5000])
def test_a_wrong_address_is_not_there(small_house: House, secret: str) -> None:
    assert status(small_house, f"/agenda/{secret}.ics") == 404


def test_who_tries_addresses_is_stopped_and_who_has_one_is_not(small_house: House) -> None:
    _, address, _ = made(small_house)
    service = small_house.app.extensions["wijkcyclus"]
    service.login_limit.amount = 3
    seen = [status(small_house, f"/agenda/{number:064x}.ics") for number in range(5)]
    assert seen == [404, 404, 404, 429, 429]
    assert status(small_house, address) == 200
