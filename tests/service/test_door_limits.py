"""Whoever knocks without logging in is counted by where they come from; what can be guessed at, counts more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import guard
from service.app import create_app
from service.config import Config
from service.guard import Guard
from service.limits import Limit, TooMany
from tests.service.browser import at_the_door, flaws, read
from tests.service.houses import PASSWORD, House
from tests.service.moulds import CHEAP
from tests.service.test_limits import NOON

# Machines that watch us, what a browser asks with each page, and the door, which counts for itself.
COUNTLESS = {
    *("/healthz", "/readyz", "/metrics", "/opmaak/<name>", "/"),
    *("GET /inloggen", "POST /inloggen", "POST /v1/sessies"),
}
NOTHING, DIGEST = "0" * 32, "0" * 64
PLACES = dict.fromkeys(("task_id", "ballot_id", "case_id", "box_id"), NOTHING) | {"code": DIGEST, "secret": DIGEST}
FORMS = (
    *(f"/wijken/tanthof/reageren/{NOTHING}{more}" for more in ("", "/papier")),
    *("/bijdrage", "/bijdrage/bewijs", "/wijken/tanthof/volgen", f"/post/{NOTHING}/bevestigen/{DIGEST}"),
)
PASS = {"geblindeerd": "ab" * 256, "code": "AAAA-AAAA-AAAA-AAAA"}
VOTE = {"pas": "ab", "handtekening": "ab" * 256, "sleutel": "ab" * 16, "keuze": "A"}
BALLOT = f"/v1/stemmingen/{NOTHING}"


def strict(house: House, **rates: Any) -> Flask:
    """The same installation with these limits."""
    config = replace(house.installation.config, **rates)
    return create_app(replace(house.installation, config=config), now=house.now, passwords=CHEAP)


def knocks(client: FlaskClient, path: str, address: str, times: int = 2, method: str = "GET", **more: Any) -> list[int]:
    answers = (
        client.open(path, method=method, environ_overrides={"REMOTE_ADDR": address}, **more) for _ in range(times)
    )
    return [one.status_code for one in answers]


def without_login(app: Flask) -> list[tuple[str, str, str]]:
    """Of every route that asks no login: the method, the rule and an address."""
    guards, adapter = guard.guards(app), app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if guards[rule.endpoint] is Guard.ANYONE:
            filled = {name: PLACES.get(name, "x") for name in rule.arguments} | (
                {"part": "kaders"} if "part" in rule.arguments else {}
            )
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found.append((method, rule.rule, adapter.build(rule.endpoint, filled, method=method)))
    return found


def test_every_route_without_login_has_a_limit_but_for_a_few_that_are_named(small_house: House) -> None:
    client = strict(small_house, rate_public="1 per hour").test_client()
    free = set()
    for number, (method, rule, path) in enumerate(without_login(small_house.app)):
        first, second = knocks(client, path, f"192.0.2.{number}", method=method)
        assert first != 429, path
        if second != 429:
            free |= {rule, f"{method} {rule}"} & COUNTLESS or {f"{method} {rule}"}
    assert free == COUNTLESS


def test_looking_without_getting_counts_as_well(small_house: House) -> None:
    client = strict(small_house, rate_public="2 per hour").test_client()
    assert knocks(client, "/wijken", "192.0.2.1", 2, "HEAD") == [200, 200]
    assert knocks(client, "/wijken/tanthof", "192.0.2.1", 1) == [429]


@pytest.mark.parametrize(("lang", "title"), [("nl", "Te veel verzoeken"), ("en", "Too many requests")])
def test_who_asks_too_much_gets_a_page_that_says_how_long_to_wait(small_house: House, lang: str, title: str) -> None:
    app = strict(small_house, rate_public="3 per minute")
    browser = at_the_door(app)
    browser.client.set_cookie("wijk_taal", lang)
    for path in ("/wijken", "/wijken/tanthof", "/stemmingen"):
        browser.open(path)
        assert browser.answer is not None and browser.answer.status_code == 200

    browser.open("/wijken/tanthof/kaders")

    answer = browser.answer
    assert answer is not None and (answer.status_code, answer.mimetype) == (429, "text/html")
    assert flaws(browser.sheet, lang) == [] and browser.sheet.headings == [title]
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 60 and str(wait) in browser.sheet.text
    assert knocks(browser.client, "/wijken", "192.0.2.9", 1) == [200]
    small_house.later(timedelta(seconds=wait))
    browser.open("/wijken/tanthof/kaders")
    assert browser.answer is not None and browser.answer.status_code == 200


def test_somebody_who_reads_never_sees_it_and_a_crawler_does() -> None:
    rate = Config().rate_public
    reader, crawler = Limit.read(rate), Limit.read(rate)
    for second in range(3600):  # a page each second, an hour on end
        reader.take("x", NOON + timedelta(seconds=second))
    with pytest.raises(TooMany):
        for tenth in range(1000):
            crawler.take("x", NOON + timedelta(seconds=tenth / 10))


def test_a_subscriber_with_an_endless_row_of_addresses_is_one_caller(small_house: House) -> None:
    client = strict(small_house, rate_public="2 per hour").test_client()
    seen = [knocks(client, "/wijken", f"2001:db8::{number}", 1)[0] for number in range(1, 4)]
    assert seen == [200, 200, 429]
    assert knocks(client, "/wijken", "2001:db8:0:1::1", 1) == [200]
    assert knocks(client, "/wijken", "::ffff:192.0.2.7", 2) == [200, 200]
    assert knocks(client, "/wijken", "192.0.2.7", 1) == [429]


@pytest.mark.parametrize("path", FORMS)
def test_what_can_be_guessed_or_flooded_has_the_limit_of_logging_in(small_house: House, path: str) -> None:
    browser = at_the_door(strict(small_house, rate_login="2 per hour"))
    browser.open("/bijdrage")
    form = {"bewijs": browser.sheet.values["bewijs"], "code": "0" * 20}
    *before, last = knocks(browser.client, path, "192.0.2.1", 3, "POST", data=form)
    assert 429 not in before and last == 429
    assert 429 not in knocks(browser.client, path, "192.0.2.2", 2, "POST", data=form)
    told = browser.client.post(path, data=form, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert int(told.headers["Retry-After"]) > 0 and flaws(read(told.text)) == []


def test_guessing_the_code_of_a_letter_to_vote_is_as_slow_as_guessing_a_password(small_house: House) -> None:
    client = strict(small_house, rate_login="2 per hour").test_client()
    assert knocks(client, f"{BALLOT}/passen/code", "192.0.2.1", 3, "POST", json=PASS) == [404, 404, 429]
    assert knocks(client, f"{BALLOT}/passen/code", "192.0.2.2", 1, "POST", json=PASS) == [404]


def test_who_throws_in_votes_without_end_is_held_up(small_house: House) -> None:
    client = strict(small_house, rate_write="2 per hour").test_client()
    assert knocks(client, f"{BALLOT}/stembiljetten", "192.0.2.1", 3, "POST", json=VOTE) == [404, 404, 429]


def through(house: House, proxies: int) -> FlaskClient:
    return strict(house, rate_public="1 per hour", proxies=proxies).test_client()


def test_behind_our_own_proxy_each_visitor_is_counted_apart(small_house: House) -> None:
    client, ours = through(small_house, 1), "10.0.0.1"
    for visitor in ("203.0.113.1", "203.0.113.2"):
        seen = knocks(client, "/wijken", ours, headers={"X-Forwarded-For": visitor})
        assert seen == [200, 429]
    made_up = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}  # what a visitor says comes before what our proxy says
    assert knocks(client, "/wijken", ours, 1, headers=made_up) == [429]


@pytest.mark.parametrize("visitor", ["203.0.113.1:{}", "[2001:db8::1]:{}", "[::ffff:203.0.113.1]:{}"])
def test_a_proxy_that_tells_the_port_too_does_not_make_each_request_of_a_visitor_another(
    small_house: House, visitor: str
) -> None:
    client = through(small_house, 1)
    told = [{"X-Forwarded-For": visitor.format(port)} for port in (50_001, 50_002)]
    assert [knocks(client, "/wijken", "10.0.0.1", 1, headers=one) for one in told] == [[200], [429]]


def test_without_a_proxy_of_ours_nobody_says_who_they_are(small_house: House) -> None:
    client = through(small_house, 0)
    seen = [knocks(client, "/wijken", "192.0.2.1", 1, headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in (1, 2)]
    assert seen == [[200], [429]]


def test_how_many_proxies_are_ours_is_a_setting() -> None:
    assert (Config.read({}).proxies, Config.read({"WIJK_PROXY": "2"}).proxies) == (0, 2)
    with pytest.raises(ValueError, match="WIJK_PROXY"):
        Config.read({"WIJK_PROXY": "veel"})


def test_a_town_hall_that_comes_in_by_one_address_at_nine_is_let_in_and_who_guesses_there_is_not(
    small_house: House,
) -> None:
    client = strict(small_house, rate_login="4 per hour").test_client()

    def log_in(login: str, password: str = PASSWORD) -> int:
        return client.post("/v1/sessies", json={"gebruikersnaam": login, "wachtwoord": password}).status_code

    people = ("coordinator", "bewoner", "beheer")
    assert [log_in(who) for who in people * 3] == [201] * 9
    assert [log_in(f"niemand{number}") for number in range(3)] == [401] * 3
    assert log_in("coordinator") == 201, "the last place, which is given back"
    assert log_in("niemand") == 401 and log_in("bewoner") == 429, "knowing one password does not let one guess others"


def test_one_name_is_tried_no_more_often_by_who_knows_its_password(small_house: House) -> None:
    client = strict(small_house, rate_login="2 per hour").test_client()
    asked = {"gebruikersnaam": "coordinator", "wachtwoord": PASSWORD}
    assert [client.post("/v1/sessies", json=asked).status_code for _ in range(3)] == [201, 201, 429]
