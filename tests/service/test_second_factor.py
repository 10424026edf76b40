"""The second factor: who is asked for one, and what does not get anybody past it."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from flask.testing import FlaskClient
from sqlalchemy import select

from service import db
from service.app import create_app
from service.auth import digest_of
from service.tables_people import recovery_code, second_factor, session
from tests.service.browser import Browser, at_the_door, flaws
from tests.service.houses import PASSWORD, House, body, peopled
from tests.service.moulds import CHEAP
from tests.service.scanner import scanned

OWN = "/v1/personen/ik/tweede-factor"
STEP = timedelta(seconds=30)


def code_of(secret: str, house: House, steps: int = 0) -> str:
    """What an authenticator with this secret shows, so many steps from now: RFC 6238, worked out here by itself."""
    key = b32decode(secret.replace(" ", ""))
    return HOTP(key, 6, SHA1()).generate(int(house.now().timestamp()) // 30 + steps).decode()


def enrol(house: House, client: FlaskClient) -> tuple[str, list[str]]:
    """Set a second factor; answers its secret and the recovery codes. A later code is next."""
    secret = str(body(client.post(OWN))["geheim"])
    answer = client.put(OWN, json={"code": code_of(secret, house)})
    assert answer.status_code == 200, answer.text
    house.later(2 * STEP)
    return secret, list(body(answer)["herstelcodes"])


def log_in(house: House, login: str, code: str | None = None) -> tuple[int, dict[str, object], FlaskClient]:
    client = house.app.test_client()
    given = {"gebruikersnaam": login, "wachtwoord": PASSWORD} | ({} if code is None else {"code": code})
    answer = client.post("/v1/sessies", json=given)
    return answer.status_code, body(answer), client


@pytest.fixture
def strict(url: str, tmp_path: Path) -> Iterator[House]:
    """A house in a city that asks a second factor of who may decide; nobody has set one yet."""
    house = peopled(url, tmp_path)
    yield asking(house)
    house.installation.database.dispose()


def asking(house: House) -> House:
    """The same installation, started again with the setting that asks a second factor."""
    config = replace(house.installation.config, second_factor=True)
    installation = replace(house.installation, config=config)
    app = create_app(installation, now=house.now, passwords=CHEAP)
    return House(installation, app, house.moment, house.ids)


def test_who_set_a_factor_needs_a_code_from_then_on_and_a_token_does_not_get_round_it(house: House) -> None:
    client = house.log_in("coordinator")
    until = (house.now() + timedelta(days=1)).isoformat()
    before = body(client.post("/v1/tokens", json={"omschrijving": "eerder", "geldigTot": until}))["token"]
    other = house.log_in("coordinator")
    secret, _ = enrol(house, client)
    for old in (client, other):
        assert old.get("/v1/taken").status_code == 401
    assert client.get("/v1/taken", headers={"Authorization": f"Bearer {before}"}).status_code == 401

    status, told, _ = log_in(house, "coordinator")
    assert status == 401 and "code" in str(told["title"])
    status, _, inside = log_in(house, "coordinator", code_of(secret, house))
    assert status == 201 and inside.get("/v1/taken").status_code == 200


def test_a_code_opens_one_session_and_no_earlier_code_opens_another(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    now = code_of(secret, house)
    assert log_in(house, "coordinator", now)[0] == 201
    assert log_in(house, "coordinator", now)[0] == 401
    assert log_in(house, "coordinator", code_of(secret, house, -1))[0] == 401
    house.later(STEP)
    assert log_in(house, "coordinator", code_of(secret, house))[0] == 201


def test_one_code_sent_many_times_at_once_opens_one_session(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    code = code_of(secret, house)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: log_in(house, "coordinator", code)[0], range(6)))
    assert sorted(found)[0] == 201 and found.count(201) == 1


def test_who_begins_many_times_at_once_is_left_with_one_secret(house: House) -> None:
    cookie = house.log_in("coordinator").get_cookie("wijk_sessie")
    assert cookie is not None

    def begin(_: int) -> int:
        client = house.app.test_client()
        client.set_cookie("wijk_sessie", cookie.value)
        return client.post(OWN).status_code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(begin, range(6))) == [201] * 6
    with db.reading(house.installation.database) as tx:
        assert len(tx.execute(select(second_factor.c.person)).all()) == 1


@pytest.mark.parametrize("steps", [-3, -2, 2, 3, 100])
def test_a_code_of_another_time_opens_nothing(small_house: House, steps: int) -> None:
    secret, _ = enrol(small_house, small_house.log_in("coordinator"))
    small_house.later(timedelta(hours=1))
    assert log_in(small_house, "coordinator", code_of(secret, small_house, steps))[0] == 401


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "０１２３４５", "\0", "' OR 1=1", "A" * 16, "9" * 40]
)
def test_what_is_no_code_is_refused_and_nothing_breaks(small_house: House, code: str) -> None:
    enrol(small_house, small_house.log_in("coordinator"))
    assert log_in(small_house, "coordinator", code)[0] in (400, 401)


def test_guessing_takes_longer_with_every_wrong_code_from_whatever_address(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    wrong = next(guess for guess in ("000000", "111111") if guess != code_of(secret, house))
    assert [log_in(house, "coordinator", wrong)[0] for _ in range(7)] == [401] * 5 + [429] * 2
    assert log_in(house, "coordinator", code_of(secret, house))[0] == 429  # the right one waits as well
    house.later(timedelta(minutes=1, seconds=1))
    assert log_in(house, "coordinator", "x")[0] == 401
    house.later(timedelta(minutes=1, seconds=1))
    status, told, _ = log_in(house, "coordinator", code_of(secret, house))
    assert status == 429 and "seconden" in str(told["detail"])
    house.later(timedelta(minutes=1))
    assert log_in(house, "coordinator", code_of(secret, house))[0] == 201


def test_a_recovery_code_is_good_for_once_and_stored_as_a_digest(house: House) -> None:
    _, codes = enrol(house, house.log_in("coordinator"))
    assert len(set(codes)) == 8
    assert log_in(house, "coordinator", codes[0].lower().replace("-", " "))[0] == 201
    assert log_in(house, "coordinator", codes[0])[0] == 401
    assert log_in(house, "coordinator", codes[1])[0] == 201
    with db.reading(house.installation.database) as tx:
        kept = str(tx.execute(select(recovery_code)).all())
    assert not any(code.replace("-", "") in kept for code in codes)


def test_the_database_does_not_hold_the_secret_and_no_other_person_can_use_it(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    enrol(house, house.log_in("buur"))
    key = b32decode(secret.replace(" ", ""))
    with db.writing(house.installation.database) as tx:
        rows = tx.execute(select(second_factor.c.person, second_factor.c.secret)).all()
        assert not any(key in bytes(row.secret) for row in rows)
        own, other = sorted(rows, key=lambda row: row.person != house.ids["coordinator"])
        tx.execute(second_factor.update().where(second_factor.c.person == other.person).values(secret=own.secret))
    assert log_in(house, "buur", code_of(secret, house))[0] >= 400


def test_a_secret_counts_only_after_a_code_of_it(house: House) -> None:
    client = house.log_in("coordinator")
    assert client.put(OWN, json={"code": "123456"}).status_code == 404
    first = str(body(client.post(OWN))["geheim"])
    second = str(body(client.post(OWN))["geheim"])
    assert client.put(OWN, json={"code": code_of(first, house)}).status_code == 401
    assert log_in(house, "coordinator")[0] == 201
    assert client.put(OWN, json={"code": code_of(second, house)}).status_code == 200
    house.later(2 * STEP)
    again = log_in(house, "coordinator", code_of(second, house))[2]
    assert again.post(OWN).status_code == 409 and again.put(OWN, json={"code": "123456"}).status_code == 409


def test_it_is_taken_off_by_its_owner_with_a_code_or_by_an_administrator_on_record(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    inside = log_in(house, "coordinator", code_of(secret, house))[2]
    assert inside.put(f"{OWN}/intrekking", json={"code": "000000"}).status_code == 401
    person = house.ids["coordinator"]
    for login in ("buur", "bewoner"):
        assert house.log_in(login).put(f"/v1/personen/{person}/tweede-factor/intrekking").status_code == 403
    assert house.log_in("beheer").put(f"/v1/personen/{person}/tweede-factor/intrekking").status_code == 204
    assert inside.get("/v1/taken").status_code == 401 and log_in(house, "coordinator")[0] == 201
    house.add("controle", "auditor")
    house.start(house.log_in("coordinator"))
    said = house.log_in("controle").get("/v1/verantwoording/lijsten/beheer?wijk=tanthof&jaar=2027&limit=200").text
    assert "tweede factor" in said


def test_where_the_city_asks_it_who_decides_or_appoints_sets_a_factor_and_nobody_else(strict: House) -> None:
    for login in ("beheer", "coordinator", "buur"):
        status, told, _ = log_in(strict, login)
        assert status == 401 and told["title"] == "Stel eerst een tweede factor in", login
    assert log_in(strict, "bewoner")[0] == 201


def test_who_gets_to_decide_while_logged_in_is_out_until_a_factor_is_set(house: House) -> None:
    house.add("stagiair", "auditor")
    strict = asking(house)
    administrator, trainee = strict.app.test_client(), strict.app.test_client()
    for client, login in ((administrator, "beheer"), (trainee, "stagiair")):
        before = house.log_in(login).get_cookie("wijk_sessie")
        assert before is not None
        client.set_cookie("wijk_sessie", before.value)
    given = {"persoon": house.ids["stagiair"], "rol": "college", "bereik": "gemeente"}
    assert trainee.get("/v1/taken").status_code == 200
    assert administrator.post("/v1/rollen", json=given).status_code == 201
    assert trainee.get("/v1/taken").status_code == 401
    assert log_in(strict, "stagiair")[0] == 401


def door(house: House, login: str) -> Browser:
    """A browser in which this person gave the password."""
    browser = at_the_door(house.app)
    browser.open("/inloggen")
    browser.send("/inloggen", gebruikersnaam=login, wachtwoord=PASSWORD, naar="/mandaten")
    return browser


def test_in_a_browser_the_factor_is_set_on_coming_in_and_asked_the_next_time(strict: House) -> None:
    browser = door(strict, "coordinator")
    assert browser.sheet.headings == ["Tweede factor instellen"] and flaws(browser.sheet) == []
    assert browser.send("/inloggen/tweede-factor", doe="begin") == 200 and flaws(browser.sheet) == []
    found = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", browser.sheet.text)
    (address,) = {link for link in browser.sheet.links if link.startswith("otpauth://totp/")}
    assert found is not None and f"secret={found[0].replace(' ', '')}" in address
    assert browser.answer is not None and scanned(browser.answer.text) == address
    assert browser.send("/inloggen/tweede-factor", doe="bevestig", code="nee") == 401
    assert found[0] in browser.sheet.text and "#code" in browser.sheet.links and flaws(browser.sheet) == []
    assert browser.send("/inloggen/tweede-factor", doe="bevestig", code=code_of(found[0], strict)) == 200
    assert browser.sheet.headings == ["Uw tweede factor is ingesteld"] and flaws(browser.sheet) == []
    assert browser.open("/mandaten").headings == ["Mandaatregister"]

    strict.later(2 * STEP)
    again = door(strict, "coordinator")
    assert again.sheet.headings == ["Code invullen"] and flaws(again.sheet) == []
    assert again.send("/inloggen/code", code="nee") == 401 and flaws(again.sheet) == []
    assert again.send("/inloggen/code", code=code_of(found[0], strict)) == 200
    assert again.answer is not None and again.answer.request.path == "/mandaten"


def test_who_is_halfway_is_nobody_on_any_other_page_and_cannot_set_another_factor(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    browser = door(house, "coordinator")
    cookie = browser.client.get_cookie("wijk_sessie")
    assert cookie is not None
    for path in ("/werk", "/account", "/mandaten", "/v1/taken", "/v1/sessies", OWN):
        assert browser.client.get(path).status_code == 401, path
    assert browser.client.post("/v1/tokens", json={"omschrijving": "x", "geldigTot": "2026-03-03"}).status_code == 401
    for doing in ("begin", "bevestig"):
        browser.open("/inloggen/code")
        assert browser.send("/inloggen/tweede-factor", doe=doing, code="123456") == 409
    browser.open("/inloggen/code")
    assert browser.send("/inloggen/code", code=code_of(secret, house), bewijs="0" * 64) == 403
    browser.open("/inloggen/code")
    house.later(timedelta(minutes=15))
    assert browser.send("/inloggen/code", code=code_of(secret, house)) == 401
    with db.reading(house.installation.database) as tx:
        kinds = tx.execute(select(session.c.kind).where(session.c.digest == digest_of(cookie.value))).scalars().all()
    assert kinds == ["halfweg"]


def test_after_the_code_the_half_session_opens_nothing_more(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    browser = door(house, "coordinator")
    half = browser.client.get_cookie("wijk_sessie")
    assert browser.send("/inloggen/code", code=code_of(secret, house)) == 200
    whole = browser.client.get_cookie("wijk_sessie")
    assert half is not None and whole is not None and half.value != whole.value
    thief = house.app.test_client()
    thief.set_cookie("wijk_sessie", half.value)
    assert thief.get("/inloggen/code").status_code == 401


def test_ones_account_shows_and_ends_what_opens_it(house: House) -> None:
    browser = door(house, "coordinator")
    other = house.log_in("coordinator")
    sheet = browser.open("/account")
    assert flaws(sheet) == [] and "wie uw wachtwoord kent, komt binnen" in sheet.text
    assert browser.send("/account/tokens", omschrijving="<b>koppeling</b>", geldigTot="2026-04-01") == 201
    token = re.search(r"[0-9a-f]{64}", browser.sheet.text)
    assert token is not None and "<b>koppeling</b>" in browser.sheet.text and flaws(browser.sheet) == []
    bearer = {"Authorization": f"Bearer {token[0]}"}
    assert house.app.test_client().get("/v1/taken", headers=bearer).status_code == 200
    assert browser.send("/account/tokens", omschrijving="te lang", geldigTot="2036-04-01") == 400
    assert "#geldigTot" in browser.sheet.links and flaws(browser.sheet) == []
    foreign = house.log_in("buur")
    theirs = body(foreign.get("/v1/sessies"))["resultaten"][0]["id"]
    assert browser.send(f"/account/sessies/{theirs}/beeindigen") == 404
    assert browser.send("/account/wachtwoord", wachtwoord="verkeerd wachtwoord", nieuwWachtwoord="x") == 400
    browser.open("/account")
    assert browser.send("/account/wachtwoord", wachtwoord=PASSWORD, nieuwWachtwoord="een heel ander wachtwoord") == 200
    assert browser.sheet.headings == ["Inloggen"] and other.get("/v1/taken").status_code == 401
    assert house.app.test_client().get("/v1/taken", headers=bearer).status_code == 401
