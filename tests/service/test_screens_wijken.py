"""The wijken, for everybody: what is shown without logging in, what never is, and what people try in the addresses."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from engine.terms import Register
from service import residents
from service.web import language
from service.web.wijken import PARTS
from tests.service.browser import at_the_door, flaws, inside
from tests.service.ladders import FRAME, PUBLIC
from tests.service.sites import WRITTEN, XSS, Site
from tests.service.test_statements import counted

ADDRESSES = ("/wijken", "/wijken/tanthof", *(f"/wijken/tanthof/{part}" for part in PARTS))


def test_who_is_not_logged_in_begins_at_the_wijken(place: Site) -> None:
    browser = at_the_door(place.town.stage.app)
    assert browser.open("/").headings == ["Wat gebeurt er in uw wijk?"]
    assert "/wijken/tanthof" in browser.sheet.links and flaws(browser.sheet) == []


def test_who_has_logged_in_finds_the_way_back_to_the_work(place: Site) -> None:
    browser = inside(place.town.stage.app, "balie", "wachtwoord van balie")
    browser.open("/wijken")
    assert "/werk" in browser.sheet.links and "/inloggen" not in browser.sheet.links
    assert "de balie" not in browser.sheet.text  # these pages do not look who it is


@pytest.mark.parametrize("language_", ["nl", "en"])
def test_every_part_of_a_wijk_is_read_without_logging_in(site: Site, language_: str) -> None:
    browser = at_the_door(site.town.stage.app)
    browser.client.set_cookie(language.COOKIE, language_)
    for address in ADDRESSES:
        with counted(site.town.stage.installation.database) as seen:
            sheet = browser.open(address)
        assert browser.answer is not None and browser.answer.status_code == 200, address
        assert flaws(sheet, language_) == [], address
        assert len(browser.answer.data) < 100_000 and len(seen) < 20, (address, len(seen))


def test_an_open_question_is_named_with_who_decides_until_its_term_is_over(site: Site) -> None:
    browser = at_the_door(site.town.stage.app)
    sheet = browser.open("/wijken/tanthof")
    assert site.address in sheet.links and "college van burgemeester en wethouders" in sheet.text
    assert "Laatste dag om mee te doen" in sheet.text
    site.close()
    assert site.address not in browser.open("/wijken/tanthof").links


def test_a_wijk_where_nothing_happens_says_so(place: Site) -> None:
    browser = at_the_door(place.town.stage.app)
    for address in ("/wijken/wippolder", *(f"/wijken/wippolder/{part}" for part in PARTS)):
        sheet = browser.open(address)
        assert browser.answer is not None and browser.answer.status_code == 200 and flaws(sheet) == []
    assert "wordt hier niets gevraagd" in browser.open("/wijken/wippolder").text


def test_a_frame_is_shown_as_text_and_a_later_one_takes_its_place(place: Site) -> None:
    town, browser = place.town, at_the_door(place.town.stage.app)
    town.begin()
    frame = FRAME | {"trede": "raadplegen", "termijn": place.day(20), "doel": f"Samen {XSS}"}
    town.done("college", "traject_kader_vaststellen", **frame)
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": place.day()})

    sheet = browser.open("/wijken/tanthof/kaders")

    assert flaws(sheet) == [] and f"Samen {XSS}" in sheet.text
    assert browser.answer is not None and "<script>" not in browser.answer.text
    found = residents.read_wijk(town.stage.installation, "tanthof", None)
    lines = residents.register(town.stage.installation, found, Register.KADERS)
    shown = [(one.step, one.subject) for one in residents.frames(found, lines, place.now)]
    assert len(shown) == len(set(shown))


def test_what_came_in_is_a_number_and_never_a_text(site: Site) -> None:
    before = at_the_door(site.town.stage.app).open("/wijken/tanthof/inbreng").text
    for number in range(3):
        assert site.visitor().send(site.address, tekst=f"{WRITTEN} {number}") == 201
    browser = at_the_door(site.town.stage.app)
    sheet = browser.open("/wijken/tanthof/inbreng")
    assert sheet.text != before and "online" in sheet.text and flaws(sheet) == []
    marks = [str(one["inhoud"]["values"]["kenmerk"]) for one in site.inputs()]
    told = "".join(browser.open(address).text for address in ADDRESSES)
    refs = {str(one["inhoud"]["actor"]["ref"]) for one in site.town.trail()}
    assert not any(word in told for word in (WRITTEN, *marks, *refs))
    assert not any(f"naam van {login}" in told.lower() for login in site.town.stage.ids)


def test_the_answers_are_counted_and_what_waits_is_said(site: Site) -> None:
    assert site.visitor().send(site.address, tekst=WRITTEN) == 201
    mark = site.inputs()[0]["inhoud"]["values"]["kenmerk"]
    site.close()
    town, stage = site.town, site.town.stage

    def here() -> residents.Heard:
        found = residents.read_wijk(stage.installation, "tanthof", None)
        lines = residents.register(stage.installation, found, Register.INBRENG)
        return next(one for one in residents.heard(lines.rows) if one.subject == "I-05")

    before = here()
    town.done("coordinator", "inbreng_afhandelen", inbreng=mark, uitkomst="niet", reden="Te duur", reactie="Nee")
    assert (here().taken, here().waiting) == (before.taken, before.waiting - 1)
    assert here().outcomes["niet"] == before.outcomes.get("niet", 0) + 1
    assert "Te duur" not in at_the_door(stage.app).open("/wijken/tanthof/inbreng").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/wijken/x", 404),
        ("/wijken/" + "x" * 5000, 404),
        ("/wijken/%00", 404),
        ("/wijken/tanthof%2F..", 404),
        ("/wijken/tanthof/geheim", 404),
        ("/wijken/tanthof?jaar=1999", 404),
        ("/wijken/tanthof?jaar=x", 400),
        ("/wijken/tanthof?jaar=", 400),
        ("/wijken/tanthof?jaar=99999999999999999999", 400),
        ("/wijken/tanthof?jaar=2027&jaar=2028", 400),
        ("/wijken/tanthof?anders=1", 400),
        ("/wijken/tanthof/kaders?jaar=-1", 404),
        ("/wijken/x/agenda.ics", 404),
        ("/wijken/%3Cscript%3E", 404),
    ],
)
def test_an_address_of_nothing_is_told_as_such(site: Site, address: str, status: int) -> None:
    browser = at_the_door(site.town.stage.app)
    sheet = browser.open(address)
    assert browser.answer is not None and browser.answer.status_code == status
    assert "<script>" not in browser.answer.text
    if browser.answer.mimetype == "text/html":  # where there is no page at all, the API answers
        assert flaws(sheet) == [] and "/wijken" in sheet.links


def test_what_was_made_public_is_named_with_where_one_reads_it(site: Site) -> None:
    sheet = at_the_door(site.town.stage.app).open("/wijken/tanthof/stukken")
    assert "Waar het is te lezen" in sheet.text and "participatiekader" in sheet.text and "website" in sheet.text


def test_two_years_of_a_wijk_that_overlap_are_both_shown_and_the_older_one_comes_first(place: Site) -> None:
    stage = place.town.stage
    for year in (2028, 2027):
        asked = {"proces": "wijkcyclus", "wijk": "voorhof", "jaar": year}
        stage.must("buur", "POST", "/v1/zaken", asked)
    browser = at_the_door(stage.app)
    sheet = browser.open("/wijken/voorhof")
    assert flaws(sheet) == [] and sheet.headings == ["Voorhof 2027"]
    assert {"/wijken/voorhof?jaar=2027", "/wijken/voorhof?jaar=2028"} <= set(sheet.links)
    assert browser.open("/wijken/voorhof/kaders?jaar=2028").headings == ["Wat kunt u beslissen? Voorhof 2028"]
    assert "?jaar=2028" in "".join(browser.sheet.links)


def test_the_agenda_is_a_calendar_that_one_can_subscribe_to(site: Site) -> None:
    answer = at_the_door(site.town.stage.app).client.get("/wijken/tanthof/agenda.ics")
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    events = list(calendar.walk("VEVENT"))
    days = {str(one.decoded("dtstart")) for one in events}
    assert days and min(days) > site.day(), "what one can still react to"
    names = [str(one["uid"]) for one in events]
    again = Calendar.from_ical(at_the_door(site.town.stage.app).client.get("/wijken/tanthof/agenda.ics").data)
    assert len(names) == len(set(names)) and names == [str(one["uid"]) for one in again.walk("VEVENT")]


def test_a_wijk_without_cases_has_no_year(place: Site) -> None:
    found = residents.read_wijk(place.town.stage.installation, "wippolder", None)
    lines = residents.register(place.town.stage.installation, found, Register.BESLUITEN)
    assert (found.year, found.cases, lines.rows) == (None, (), ())
