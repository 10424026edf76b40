"""*Stemmingen* for everybody: how one votes, why not by a click, the count, and a list in which one looks oneself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service import residents
from service.public import Case
from service.web import ballot
from tests.conftest import BACKENDS
from tests.service.browser import Browser, at_the_door, flaws
from tests.service.polls import CLOSED, OPEN, Poll, poll
from tests.service.test_statements import counted


@pytest.fixture(scope="module", params=BACKENDS)
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poll]:
    """A ballot that runs; the last test of this file closes it."""
    directory: Path = tmp_path_factory.mktemp("stemming")
    url = f"sqlite:///{directory / 'wijk.sqlite'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create(request.getfixturevalue("postgres_template")))
    with poll(url, directory) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        yield made


def opened(held: Poll, path: str) -> Browser:
    browser = at_the_door(held.stage.app)
    with counted(held.stage.installation.database) as seen:
        browser.open(path)
    assert len(seen) < 20, seen
    assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert flaws(browser.sheet) == []
    return browser


def in_english(held: Poll) -> str:
    """What the list of ballots says to a reader of English."""
    browser = at_the_door(held.stage.app)
    browser.client.set_cookie("wijk_taal", "en")
    return browser.open("/stemmingen").text


def status(browser: Browser) -> int:
    assert browser.answer is not None
    return browser.answer.status_code


def test_a_ballot_is_told_from_its_opening_to_its_count(held: Poll) -> None:
    page, listed = f"/stemmingen/{held.ballot}", f"/stemmingen/{held.ballot}/lijst"
    everywhere = opened(held, "/stemmingen").sheet
    assert page in everywhere.links and "Tanthof 2027" in everywhere.text, "of which wijk and year"
    assert "in preparation" in in_english(held) and "voorbereiding" not in in_english(held)
    assert "Stemmen kan vanaf" in opened(held, page).sheet.text
    assert status(opened(held, listed)) == 409  # nothing is shown of a box that is not counted

    held.at(OPEN)
    sheet = opened(held, page).sheet
    shown = held.nobody()("GET", held.address, None)
    assert f"--sleutel {shown['sleutel']}" in sheet.text and "Op papier" in sheet.text
    assert "Waarom u niet gewoon hier kunt klikken" in sheet.text
    assert "van woensdag 7 april 2027 tot en met woensdag 21 april 2027" in sheet.text  # closed as the 22nd begins
    assert sheet.controls == []  # nothing to fill in: no code, no choice, no key goes to a page

    tickets = [held.voted(number, choice) for number, choice in enumerate(("A", "B", "A", "blanco"), 1)]
    held.paper({"A": 1}, 5)
    assert status(opened(held, listed)) == 409
    held.at(CLOSED)
    held.at("2027-04-22T09:00+02:00")

    sheet = opened(held, page).sheet
    assert "counted" in in_english(held) and "geteld" not in in_english(held)
    assert "De telling" in sheet.text and "Uitgebracht5" in sheet.text.replace(" ", "")
    assert sheet.controls == []
    sheet = opened(held, listed).sheet
    assert all(ticket.key in sheet.text for ticket in tickets) and "Er zijn 5 stemmen geteld" in sheet.text
    assert held.nobody()("GET", f"{held.address}/uitslag", None)["lijst"] in sheet.text


def test_a_long_list_is_looked_through_by_the_beginning_of_a_key_and_loses_no_vote() -> None:
    votes = [(f"{number * 2654435761 % 2**32:08x}{number:024x}", "AB"[number % 2]) for number in range(2_000)]

    def leaves(begin: str) -> list[tuple[str, str]]:
        shown, deeper = ballot.part_of(votes, begin, 20)
        assert len(shown) <= 20 and not (shown and deeper)
        return shown + [vote for one in deeper for vote in leaves(one)]

    assert leaves("") == sorted(votes)
    assert ballot.part_of(votes, "g", 20) == ([], [])
    assert ballot.part_of([], "", 20) == ([], [])


@pytest.mark.parametrize("begin", ["g", "A", "%00", "<script>", "0" * 9, "../", "0&begin=1"])
def test_a_part_that_does_not_exist_is_told_as_such(held: Poll, begin: str) -> None:
    browser = opened(held, f"/stemmingen/{held.ballot}/lijst?begin={begin}")
    assert status(browser) in (400, 409) and "<script>" not in str(browser.answer and browser.answer.text)


@pytest.mark.parametrize("path", ["", "/lijst"])
def test_a_ballot_that_does_not_exist_is_not_found(held: Poll, path: str) -> None:
    assert status(opened(held, f"/stemmingen/{'0' * 32}{path}")) == 404


def test_a_wijk_names_the_ballots_of_its_own_cases_alone(held: Poll) -> None:
    installation, now = held.stage.installation, held.stage.moment[0]
    wijk = residents.read_wijk(installation, "tanthof", None)
    assert residents.ballots_in(installation, wijk, now) == []  # the process of this test is not on the city's list
    own = Case(held.case, "p", "Proef", "tanthof", "Tanthof", held.case, 2027, "lopend", None, now.date(), None)
    named = residents.ballots_in(installation, replace(wijk, cases=(own,)), now)
    assert [row.id for row, _ in named] == [held.ballot]
    assert residents.ballots_in(installation, replace(wijk, cases=(replace(own, id="0" * 32),)), now) == []
