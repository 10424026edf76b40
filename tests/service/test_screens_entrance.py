"""The door of the pages: coming in, going out, and what every page refuses before anything else is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.service.browser import at_the_door, flaws, inside, read
from tests.service.houses import PASSWORD, House, peopled


def test_who_is_not_logged_in_gets_the_form_to_log_in_and_then_the_page(house: House) -> None:
    case = house.start(house.log_in("coordinator"))
    browser = at_the_door(house.app)
    browser.open(f"/zaken/{case}")
    assert browser.answer is not None and browser.answer.status_code == 401
    assert browser.sheet.headings == ["Inloggen"] and flaws(browser.sheet) == []

    assert browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord=PASSWORD) == 200

    assert browser.answer.request.path == f"/zaken/{case}"


def test_the_first_page_is_ones_work(house: House) -> None:
    browser = inside(house.app, "coordinator", PASSWORD)
    assert browser.open("/").headings == ["Mijn werk"]
    assert "Naam van coordinator" in browser.sheet.text


@pytest.mark.parametrize(
    ("login", "password"),
    [("coordinator", "een fout wachtwoord"), ("niemand", PASSWORD), ("", ""), ("x" * 200, PASSWORD), ("\0", "\0")],
)
def test_a_wrong_login_is_told_without_saying_which_half_was_wrong(
    small_house: House, login: str, password: str
) -> None:
    browser = at_the_door(small_house.app)
    browser.open("/inloggen")
    assert browser.send("/inloggen", gebruikersnaam=login, wachtwoord=password) in (400, 401)
    assert "Inloggen lukte niet" in browser.sheet.text and flaws(browser.sheet) == []
    assert password == "" or password not in browser.sheet.text
    assert browser.client.get_cookie("wijk_sessie") is None


@pytest.mark.parametrize(
    "where", ["//kwaad.nl", "https://kwaad.nl", "/\\kwaad.nl", "/werk\n", "javascript:x", "/v1/zaken"]
)
def test_after_logging_in_nobody_is_sent_to_another_site(small_house: House, where: str) -> None:
    browser = at_the_door(small_house.app)
    browser.open("/inloggen")
    bewijs = browser.sheet.values["bewijs"]
    answer = browser.client.post(
        "/inloggen",
        data={"bewijs": bewijs, "gebruikersnaam": "coordinator", "wachtwoord": PASSWORD, "naar": where},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/werk")


def test_too_many_tries_are_held_up_with_a_page_that_says_how_long(sqlite_url: str, tmp_path: Path) -> None:
    house = peopled(sqlite_url, tmp_path, rate_login="5 per minute")
    browser = at_the_door(house.app)
    browser.open("/inloggen")
    tries = [browser.send("/inloggen", gebruikersnaam="bewoner", wachtwoord=f"gok {one}") for one in range(7)]
    assert tries[-1] == 429 and browser.answer is not None and int(browser.answer.headers["Retry-After"]) > 0
    assert browser.answer.mimetype == "text/html" and flaws(browser.sheet) == []
    house.installation.database.dispose()


def test_who_logs_out_is_out(house: House) -> None:
    browser = inside(house.app, "coordinator", PASSWORD)
    cookie = browser.client.get_cookie("wijk_sessie")
    assert cookie is not None
    assert browser.send("/uitloggen") == 200
    again = at_the_door(house.app)
    again.client.set_cookie("wijk_sessie", cookie.value)
    again.open("/werk")
    assert again.answer is not None and again.answer.status_code == 401


def test_a_form_without_its_proof_or_with_that_of_somebody_else_does_nothing(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    mine, other = inside(house.app, "coordinator", PASSWORD), inside(house.app, "bewoner", PASSWORD)
    for bewijs in ("", "0" * 64, other.sheet.values["bewijs"], "é"):
        for address in (f"/taken/{task}", f"/taken/{task}/oppakken", f"/taken/{task}/teruggeven", "/uitloggen"):
            assert mine.send(address, bewijs=bewijs, doe="vastleggen") == 403, address
            assert flaws(mine.sheet) == [] and "niets gewijzigd" in mine.sheet.text
    assert client.get(f"/v1/taken/{task}").get_json()["taak"]["behandelaar"] is None
    assert mine.open("/werk").headings == ["Mijn werk"]


def test_the_proof_of_a_form_is_not_the_secret_of_the_session(small_house: House) -> None:
    browser = inside(small_house.app, "coordinator", PASSWORD)
    cookie = browser.client.get_cookie("wijk_sessie")
    assert cookie is not None and browser.answer is not None
    assert cookie.value not in browser.answer.text
    assert browser.sheet.values["bewijs"] == browser.open("/werk").values["bewijs"]


@pytest.mark.parametrize("headers", [{"Origin": "https://kwaad.nl"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_a_form_from_another_site_does_nothing(small_house: House, headers: dict[str, str]) -> None:
    browser = inside(small_house.app, "coordinator", PASSWORD)
    answer = browser.client.post("/uitloggen", data={"bewijs": browser.sheet.values["bewijs"]}, headers=headers)
    assert answer.status_code == 403 and answer.mimetype == "text/html"
    assert browser.open("/werk").headings == ["Mijn werk"]


def test_a_token_of_a_program_sends_no_form(small_house: House) -> None:
    asked = {"omschrijving": "x", "geldigTot": "2026-06-01T00:00:00Z"}
    token = small_house.log_in("coordinator").post("/v1/tokens", json=asked).get_json()["token"]
    client = small_house.app.test_client()
    answer = client.post("/uitloggen", data={"bewijs": ""}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_every_page_lets_the_browser_run_nothing_and_keep_nothing(small_house: House) -> None:
    browser = inside(small_house.app, "coordinator", PASSWORD)
    for path in ("/werk", "/inloggen", "/zaken/" + "0" * 32, "/taken/" + "0" * 32, "/werk?wat=weg"):
        answer = browser.client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        named = [given["nonce"] for tag, given in read(answer.text).tags if tag == "script"]
        assert named == re.findall(r"script-src 'nonce-([0-9a-f]{32})'$", policy)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
    cookie = browser.client.get_cookie("wijk_sessie")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"


def test_the_style_sheet_asks_nothing_of_anybody_else(small_house: House) -> None:
    answer = small_house.app.test_client().get("/opmaak/wijk.css")
    assert answer.mimetype == "text/css" and answer.status_code == 200
    assert "@import" not in answer.text and "http" not in answer.text
    asked = re.findall(r"url\(([^)]*)\)", answer.text)
    assert all(small_house.app.test_client().get(one).mimetype == "font/woff2" for one in asked)


def test_a_city_with_a_demo_says_on_every_page_that_it_is_made_up(small_house: House) -> None:
    browser = inside(small_house.app, "coordinator", PASSWORD)
    for path in ("/inloggen", "/werk", "/taken/" + "0" * 32):
        assert "Verzonnen voorbeeldgegevens" in browser.open(path).text
    assert "Verzonnen voorbeeldgegevens" in at_the_door(small_house.app).open("/werk").text


@pytest.mark.parametrize("query", ["wat=weg", "limit=x", "cursor=x", "wijk=%00", "wijk=a&wijk=b"])
def test_a_wrong_address_is_told_as_a_page(small_house: House, query: str) -> None:
    browser = inside(small_house.app, "coordinator", PASSWORD)
    browser.open(f"/werk?{query}")
    assert browser.answer is not None and browser.answer.status_code == 400
    assert browser.answer.mimetype == "text/html" and flaws(browser.sheet) == []


@pytest.mark.parametrize("address", ["/nergens", "/taken/x", "/zaken/ffe3a9f5-9cb2", "/uitloggen", "/procesmodellen/z"])
def test_a_mistyped_address_is_told_as_a_page_to_a_browser_and_as_ever_to_a_program(
    small_house: House, address: str
) -> None:
    client = inside(small_house.app, "coordinator", PASSWORD).client
    answer = client.get(address, headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert answer.status_code in (404, 405) and answer.mimetype == "text/html"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"] and flaws(read(answer.text)) == []

    for accepted in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        assert client.get(address, headers=accepted).mimetype == "application/problem+json"


def test_a_mistyped_address_of_the_api_is_never_told_as_a_page(small_house: House) -> None:
    answer = small_house.log_in("coordinator").get("/v1/nergens", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"
