"""The concept of the wijkverslag (D14): residents react without an account, online and on paper, and only that."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from service.stage import Reply
from service.web import rendering
from tests.service.browser import Browser, at_the_door, inside
from tests.service.ladders import refused
from tests.service.sites import Site, code_on

TOLD = "De verlichting was later klaar dan het verslag zegt"
ACCOUNT: dict[str, Any] = {"verantwoording_per_initiatief": [{"onderdeel": "I-02", "resultaat": "Gereed"}]}
BRINGING_IN = ("loket", "balie")  # nobody logs in as the website itself; somebody may be given its role


@pytest.fixture
def report(place: Site) -> Site:
    """A town whose concept of the wijkverslag is public, on SQLite and on PostgreSQL."""
    place.ask_about_the_report()
    return place


def followed(report: Site, code: str) -> str:
    browser = at_the_door(report.town.stage.app)
    browser.open("/bijdrage")
    assert browser.send("/bijdrage", code=code) == 200
    return browser.sheet.text


def reacted(report: Site) -> tuple[str, str]:
    """The code and the mark of a reaction on the website."""
    browser = report.visitor()
    assert browser.send(report.address, tekst=TOLD) == 201, browser.sheet.text
    return code_on(browser), str(report.inputs()[-1]["inhoud"]["values"]["kenmerk"])


def on_paper(report: Site) -> tuple[str, str]:
    """The code and the mark of a form on paper that the desk entered."""
    browser = report.visitor()
    assert browser.send(f"{report.address}/papier") == 201
    mark = re.findall(r"P-[0-9A-Z]{10}", browser.sheet.text)[0]
    code = code_on(browser)
    desk: Browser = inside(report.town.stage.app, "balie", "wachtwoord van balie")
    desk.open(f"/taken/{report.question}")
    said = {"kenmerk": mark, "tekst": TOLD, "kanaal": "papier", "doe": "vastleggen"}
    assert desk.send(f"/taken/{report.question}", said) == 201
    return code, mark


def handled(report: Site, mark: str, outcome: str, reply: str) -> None:
    town, reason = report.town, {"reden": "Dat is onderhoud"} if outcome != "gebruikt" else {}
    values = {"inbreng": mark, "uitkomst": outcome, "reactie": reply, **reason}
    town.done("coordinator", "verslag_reactie_afhandelen", **values)


def rounded_off(report: Site, who: str, marks: list[str]) -> Reply:
    replies = [{"inbreng": mark, "reactie": "Verwerkt"} for mark in marks]
    values = {**ACCOUNT, "verschillen": [], "reacties": replies, "inbrengregister": len(marks)}
    return report.town.do(who, "wijkverslag_afronden", **values)


def test_the_page_of_the_wijk_asks_everybody_what_they_think_of_the_concept(report: Site) -> None:
    browser = at_the_door(report.town.stage.app)
    browser.open("/wijken/tanthof")
    assert report.address in browser.sheet.links


def test_a_reaction_is_followed_until_it_was_weighed_in_the_wijkverslag(report: Site) -> None:
    code, mark = reacted(report)
    assert "Nog zonder antwoord" in followed(report, code)
    report.close()
    handled(report, mark, "gebruikt", "Het verslag noemt de verlichting")
    answered = followed(report, code)
    assert "Gebruikt" in answered and "Het verslag noemt de verlichting" in answered
    assert "Nog niet genoemd in een besluit" in answered
    assert rounded_off(report, "coordinator", [mark]).status == 200
    weighed = followed(report, code)
    assert "Meegewogen in een besluit" in weighed and "Wijkverslag en jaarrekening afronden" in weighed
    assert report.town.agrees()


def test_a_reaction_on_paper_counts_as_much_and_is_followed_alike(report: Site) -> None:
    code, mark = on_paper(report)
    (taken,) = report.inputs()
    assert taken["inhoud"]["actor"]["role"] == "publieksbalie"
    report.close()
    handled(report, mark, "niet", "Wij gaven het door aan de vakdienst")
    assert rounded_off(report, "coordinator", [mark]).status == 200
    told = followed(report, code)
    assert "Niet gebruikt" in told and "Dat is onderhoud" in told and "Meegewogen in een besluit" in told


def test_inv_18_the_wijkverslag_waits_for_an_answer_to_everybody_without_an_account(report: Site) -> None:
    _, online = reacted(report)
    _, paper = on_paper(report)
    report.close()
    handled(report, online, "gebruikt", "Het staat erin")
    early = report.town.attempt("coordinator", "besluit", "*", "D14", **ACCOUNT, verschillen=[], reacties=[])
    assert refused(early, "INV-18"), early
    assert "niet open" in report.town.task("wijkverslag_afronden")
    handled(report, paper, "niet", "Het staat er niet in")
    assert rounded_off(report, "coordinator", [online, paper]).status == 200


@pytest.mark.parametrize("who", BRINGING_IN)
def test_inv_13_who_brings_in_for_others_does_not_decide_on_the_wijkverslag(report: Site, who: str) -> None:
    _, mark = reacted(report)
    early = report.town.attempt(who, "besluit", "*", "D14", **ACCOUNT, verschillen=[], reacties=[])
    assert refused(early, "INV-13"), early
    report.close()
    mine = {"inbreng": mark, "uitkomst": "gebruikt", "reactie": "Doen wij zelf"}
    assert refused(report.town.do(who, "verslag_reactie_afhandelen", **mine), "taak/kandidaat")
    handled(report, mark, "gebruikt", "Het staat erin")
    late = rounded_off(report, who, [mark])
    assert refused(late, "taak/kandidaat"), late
    assert "besluit:genomen" not in {one["soort"] for one in report.town.trail()} and report.town.agrees()


@pytest.mark.parametrize("who", BRINGING_IN)
def test_inv_17_who_brings_in_for_others_does_not_end_the_time_to_react(report: Site, who: str) -> None:
    values = {"kenmerk": "X-1", "tekst": "En nu is het klaar", "kanaal": "papier"}
    ended = report.town.do(who, "balie_verslagreacties_noteren", **values)
    assert refused(ended, "taak/kandidaat" if who == "loket" else "INV-17"), ended
    reacted(report)
    assert len(report.inputs()) == 1


def test_the_website_does_not_speak_for_the_platform_or_the_professionals(report: Site) -> None:
    values = {"kenmerk": "W-9", "tekst": "Namens het platform", "kanaal": "online"}
    for element in ("conceptverslag_bespreken", "professionals_reageren"):
        assert refused(report.town.contribute("loket", element, **values), "taak/kandidaat")
        address = f"/wijken/tanthof/reageren/{report.town.task(element)}"
        assert at_the_door(report.town.stage.app).client.get(address).status_code == 404
    assert report.inputs() == []


@pytest.mark.parametrize("announced", ["2028-02-20", "2028-04-30"])
def test_the_day_that_is_told_is_the_day_on_which_it_closes_whatever_was_announced(place: Site, announced: str) -> None:
    place.ask_about_the_report(announced)
    sheet = place.visitor().sheet
    assert f"Meedoen kan tot en met{rendering.day(date(2028, 3, 7))}" in sheet.text, sheet.text
    for day, status in (("2028-03-07T23:00+01:00", 201), ("2028-03-08T01:00+01:00", 409)):
        browser = place.visitor()
        place.town.at(day)
        assert browser.send(place.address, tekst=TOLD) == status


def test_after_the_term_nobody_reacts_any_more(report: Site) -> None:
    browser = report.visitor()
    report.close()
    assert browser.send(report.address, tekst=TOLD) == 409 and report.inputs() == []
