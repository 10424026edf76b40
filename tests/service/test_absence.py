"""Absence: arranged in one step by who may, seen where it matters, over by itself, and no way round anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db, replay, store_trail
from service.store_trail import ORGANISATION
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.logs import findings

ABSENCE = "/afwezigheid"
MARCH = {"van": "2026-03-02", "tot": "2026-03-13"}  # the clock of the house stands at the first of these days
WORK = {"doe": "vastleggen", "toelichting": "Besproken.", "aantal": "42", "keuze": "ja"}


@pytest.fixture
def staffed(house: House) -> House:
    house.add("collega", "jurist")
    house.add("derde", "griffie")
    return house


def away(house: House, login: str, substitute: str, **period: str) -> int:
    """What somebody is answered who says on the page to be away."""
    browser = inside(house.app, login, PASSWORD)
    browser.open(ABSENCE)
    return browser.send(ABSENCE, {"vervanger": house.ids[substitute], **(MARCH | period)})


def seen_by(house: House, login: str, path: str = "/werk") -> Browser:
    browser = inside(house.app, login, PASSWORD)
    browser.open(path)
    assert browser.answer is not None and browser.answer.status_code == 200 and flaws(browser.sheet) == []
    return browser


def ends_of(browser: Browser) -> list[str]:
    return [given["action"] for _, given in browser.sheet.tags if given.get("action", "").endswith("/beeindigen")]


def test_who_is_away_is_stood_in_for_from_the_first_day_till_the_last(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    task, other = (staffed.open_task(client, staffed.start(client)) for _ in range(2))
    assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert f"/taken/{task}" not in seen_by(staffed, "collega").sheet.links
    assert away(staffed, "coordinator", "collega", van="2026-03-03") == 200

    assert f"/taken/{task}" not in seen_by(staffed, "collega").sheet.links
    staffed.later(timedelta(days=1))
    browser = seen_by(staffed, "collega")
    assert {f"/taken/{task}", f"/taken/{other}"} <= set(browser.sheet.links)
    assert browser.sheet.text.count("voor Naam van coordinator") == 2
    listed = body(staffed.log_in("collega").get("/v1/taken"))["resultaten"]
    assert {one["id"] for one in listed} == {task, other}

    staffed.later(timedelta(days=11))
    assert f"/taken/{task}" not in seen_by(staffed, "collega").sheet.links
    assert f"/taken/{task}" in seen_by(staffed, "coordinator").sheet.links


def test_the_substitute_does_what_the_other_had_taken_up_and_it_says_for_whom(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    case = staffed.start(client)
    task = staffed.open_task(client, case)
    client.put(f"/v1/taken/{task}/behandelaar", json={})
    assert away(staffed, "coordinator", "collega") == 200
    staffed.add("ander", "wijkcoordinator", "wijk", wijk="tanthof")
    for login in ("ander", "collega"):
        said = seen_by(staffed, login, f"/taken/{task}").sheet.text
        assert "Naam van coordinator is afwezig tot en met vr 13 mrt 2026; vervangt: Naam van collega" in said, login
    assert "Bewaar als concept" not in seen_by(staffed, "ander", f"/taken/{task}").sheet.text
    browser = seen_by(staffed, "collega", f"/taken/{task}")
    assert "Bewaar als concept" in browser.sheet.text
    assert browser.send(f"/taken/{task}", WORK) == 200 and "ontvangst" in str(browser.answer and browser.answer.request)
    last = body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]
    done = next(one["inhoud"] for one in last if one["soort"] == "taak:afgerond")
    assert done["actor"]["for"] and done["actor"]["for"] != done["actor"]["ref"]
    assert all(one.agrees for one in replay.replay(staffed.installation, case))


def test_who_comes_back_early_says_why_and_the_substitute_sees_it_no_more(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    task = staffed.open_task(client, staffed.start(client))
    assert away(staffed, "coordinator", "collega") == 200
    browser = seen_by(staffed, "coordinator", ABSENCE)
    assert "Naam van collega" in browser.sheet.text
    (end,) = ends_of(browser)
    assert browser.send(end) == 400 and flaws(browser.sheet) == []
    assert [browser.send(end, reden="Beter") for _ in range(2)] == [200, 409]
    assert f"/taken/{task}" not in seen_by(staffed, "collega").sheet.links
    assert "geen afwezigheid gemeld" in seen_by(staffed, "coordinator", ABSENCE).sheet.text
    assert away(staffed, "coordinator", "collega") == 200  # and away again


def test_nobody_else_ends_it(staffed: House) -> None:
    assert away(staffed, "coordinator", "collega") == 200
    (end,) = ends_of(seen_by(staffed, "coordinator", ABSENCE))
    for login in ("collega", "derde", "bewoner"):
        browser = seen_by(staffed, login, ABSENCE)
        assert ends_of(browser) == [] and browser.send(end, reden="x") == 403, login
        assert "intrekken/bevoegd" in browser.sheet.text and flaws(browser.sheet) == []
    keeper = seen_by(staffed, "beheer", "/beheer/vervangingen")
    assert (
        keeper.send(end.replace(ABSENCE, "/beheer/vervangingen").replace("beeindigen", "intrekken"), reden="x") == 200
    )


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ({"tot": "2026-03-01", "van": "2026-02-01"}, "nog niet voorbij"),
        ({"tot": "2126-03-02"}, "binnen twee jaar"),
        ({"tot": "2026-03-01"}, "na van ligt"),
        ({"tot": ""}, "van en tot"),
    ],
)
def test_a_period_that_is_none_is_refused(staffed: House, period: dict[str, str], said: str) -> None:
    browser = seen_by(staffed, "coordinator", ABSENCE)
    sent = {"vervanger": staffed.ids["collega"], **(MARCH | period)}
    assert browser.send(ABSENCE, sent) == 403 and said in browser.sheet.text and flaws(browser.sheet) == []
    assert "geen afwezigheid gemeld" in browser.sheet.text
    assert browser.sheet.values["vervanger"] == staffed.ids["collega"]


@pytest.mark.parametrize("day", ["31-02-2026", "2026-02-31", "morgen", "0000-00-00", "9" * 400])
def test_what_is_no_day_is_said_at_its_field(staffed: House, day: str) -> None:
    browser = seen_by(staffed, "coordinator", ABSENCE)
    assert browser.send(ABSENCE, {"vervanger": staffed.ids["collega"], "van": "2026-03-02", "tot": day}) == 400
    assert "#tot" in browser.sheet.links and flaws(browser.sheet) == []


def test_nobody_stands_in_for_oneself_or_in_a_circle_or_twice(staffed: House) -> None:
    assert away(staffed, "coordinator", "coordinator") == 403
    assert away(staffed, "coordinator", "collega") == 200
    assert away(staffed, "coordinator", "collega") == 409  # the same form again
    assert away(staffed, "collega", "coordinator") == 403  # who is away herself
    assert away(staffed, "coordinator", "derde", van="2026-03-13", tot="2026-03-20") == 403  # a day that is taken
    assert away(staffed, "coordinator", "derde", van="2026-03-14", tot="2026-03-20") == 200
    assert away(staffed, "collega", "coordinator", van="2026-03-21", tot="2026-03-22") == 200  # when she is back
    assert away(staffed, "collega", "derde") == 200  # a substitute may fall ill; the work does not cascade
    client = staffed.log_in("coordinator")
    task = staffed.open_task(client, staffed.start(client))
    assert f"/taken/{task}" not in seen_by(staffed, "derde").sheet.links
    with db.reading(staffed.installation.database) as tx:
        kinds = [kind for _, _, kind, *_ in store_trail.records(tx, ORGANISATION)]
    assert kinds.count("handeling:geweigerd") == 3 and kinds.count("vervanging:gegeven") == 4


def test_a_resident_stands_in_for_no_official_and_sees_nobody_to_choose(staffed: House) -> None:
    for sender in ("coordinator", "beheer"):
        asked = {"vervangt": staffed.ids["coordinator"], "vervanger": staffed.ids["bewoner"], **MARCH}
        answer = staffed.log_in(sender).post("/v1/vervangingen", json=asked)
        assert answer.status_code == 400 and body(answer)["fouten"][0]["veld"] == "vervanger", sender
    browser = seen_by(staffed, "bewoner", ABSENCE)
    assert "Naam van" not in browser.sheet.text.replace("Naam van bewoner", "")
    assert browser.send(ABSENCE, {"vervanger": staffed.ids["bewoner"], **MARCH}) == 403


def test_only_who_may_arranges_it_for_another(staffed: House) -> None:
    asked = {"vervangt": staffed.ids["coordinator"], "vervanger": staffed.ids["derde"], **MARCH}
    refused = staffed.log_in("collega").post("/v1/vervangingen", json=asked)
    assert refused.status_code == 403 and body(refused)["regel"] == "vervangen/gegevens"
    assert staffed.log_in("beheer").post("/v1/vervangingen", json=asked).status_code == 201
    assert "Naam van derde" in seen_by(staffed, "coordinator", ABSENCE).sheet.text


def test_the_page_sets_nobody_else_away_whatever_is_sent_along(staffed: House) -> None:
    browser = seen_by(staffed, "coordinator", ABSENCE)
    sent = {"vervangt": staffed.ids["derde"], "vervanger": staffed.ids["collega"], **MARCH}
    assert browser.send(ABSENCE, sent) == 200
    assert "geen afwezigheid gemeld" in seen_by(staffed, "derde", ABSENCE).sheet.text


def test_a_forged_form_and_somebody_unknown_arrange_nothing(staffed: House) -> None:
    browser = seen_by(staffed, "coordinator", ABSENCE)
    for substitute in ("niemand", "", "0" * 36, "x" * 400):
        assert browser.send(ABSENCE, {"vervanger": substitute, **MARCH}) == 400, substitute
        assert "#vervanger" in browser.sheet.links and flaws(browser.sheet) == []
    forged = {"vervanger": staffed.ids["collega"], "bewijs": "0" * 64, **MARCH}
    assert browser.client.post(ABSENCE, data=forged).status_code == 403
    assert "geen afwezigheid gemeld" in browser.open(ABSENCE).text


def test_what_is_planned_is_seen_by_who_arranges_it_and_the_chain_holds(staffed: House) -> None:
    assert away(staffed, "coordinator", "collega", van="2026-07-01", tot="2026-07-31") == 200
    sheet = seen_by(staffed, "beheer", "/beheer/vervangingen").sheet
    assert "Naam van coordinator" in sheet.text and "woensdag 1 juli 2026" in sheet.text
    assert findings(staffed.installation) == ()


def test_who_hands_over_is_warned_of_who_is_away_and_chooses_among_who_may(staffed: House) -> None:
    for login in ("ander", "weg"):
        staffed.add(login, "wijkcoordinator", "wijk", wijk="tanthof")
    assert away(staffed, "weg", "ander") == 200
    client = staffed.log_in("coordinator")
    task = staffed.open_task(client, staffed.start(client))
    browser = seen_by(staffed, "coordinator", f"/taken/{task}")
    address, page = f"/werk/overdragen?taak={task}", "/werk/overdragen"
    assert address in browser.sheet.links
    sheet = browser.open(address)
    assert (
        flaws(sheet) == []
        and "Naam van weg (afwezig tot en met vr 13 mrt 2026; vervangt: Naam van ander)" in sheet.text
    )
    assert "Naam van buur" not in sheet.text and "Naam van derde" not in sheet.text
    assert browser.send(page, taak=task, persoon="") == 400 and "#persoon" in browser.sheet.links
    assert browser.send(page, taak=task, persoon=staffed.ids["derde"]) == 403
    assert "taak/overdragen" in browser.sheet.text and flaws(browser.sheet) == []
    browser.open(address)
    assert browser.send(page, taak=task, persoon=staffed.ids["ander"]) == 200
    assert browser.sheet.headings == ["Overgedragen"]
    assert "U hebt deze taak" in seen_by(staffed, "ander", f"/taken/{task}").sheet.text
    for login in ("bewoner", "buur", "derde"):
        said = seen_by(staffed, login, address).sheet
        assert "Naam van weg" not in said.text and f"/taken/{task}" not in said.links, login
