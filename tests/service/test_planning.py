"""Planning: who sets a priority and a day to look again, what the list does with them, and that no trail holds them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service import db
from service.tables import planning
from tests.bench.diagrams import VALUES
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.test_screens_work import due
from tests.service.test_statements import counted

PRIORITY, FOLLOW_UP = "planning-prioriteit", "planning-opvolgen"


def planned(client: FlaskClient, task: str, **values: str | None) -> int:
    return client.put(f"/v1/taken/{task}/planning", json=values).status_code


def listed(client: FlaskClient, query: str = "") -> list[str]:
    return [one["id"] for one in body(client.get(f"/v1/taken?{query}"))["resultaten"]]


def day(house: House, days: int) -> str:
    return (house.now().date() + timedelta(days=days)).isoformat()


def test_who_may_take_a_task_up_plans_it_and_the_list_says_so_in_words(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, case := house.start(client))
    browser = inside(house.app, "coordinator", PASSWORD)
    browser.open(f"/taken/{task}")

    assert browser.send(f"/taken/{task}/planning", {PRIORITY: "hoog", FOLLOW_UP: day(house, 3)}) == 200

    assert flaws(browser.sheet) == [] and browser.sheet.headings == ["Taak 1"]
    assert (browser.sheet.values[PRIORITY], browser.sheet.values[FOLLOW_UP]) == ("hoog", day(house, 3))
    assert body(client.get(f"/v1/taken/{task}/planning")) == {"prioriteit": "hoog", "opvolgen": day(house, 3)}
    text = browser.open("/werk").text
    assert "prioriteit hoog" in text and "do 5 mrt 2026 nog 3 dagen" in text and flaws(browser.sheet) == []
    trail = body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]
    assert len(trail) == 1  # that the case was started


def test_what_stood_in_the_form_of_the_task_is_kept_when_a_button_beside_it_is_pressed(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    browser = inside(house.app, "coordinator", PASSWORD)
    browser.open(f"/taken/{task}")
    typed = {"toelichting": "Een lang antwoord", "motivering": "Daarom"}

    wrong = typed | {PRIORITY: "hoog", FOLLOW_UP: "2001-01-01"}
    assert browser.send(f"/taken/{task}/planning", wrong) == 400 and flaws(browser.sheet) == []
    assert f"#veld-{FOLLOW_UP}" in browser.sheet.links and browser.sheet.values["toelichting"] == "Een lang antwoord"
    assert body(client.get(f"/v1/taken/{task}/planning"))["prioriteit"] == "normaal"

    assert browser.send(f"/taken/{task}/planning", typed | {PRIORITY: "hoog"}) == 200
    assert browser.sheet.values[PRIORITY] == "hoog" and browser.sheet.values["motivering"] == "Daarom"
    assert browser.send(f"/taken/{task}/oppakken", typed | {"toelichting": "Nog langer"}) == 200
    assert browser.sheet.values["toelichting"] == "Nog langer" and "U hebt deze taak." in browser.sheet.text
    assert "Dit is uw concept" in browser.sheet.text and flaws(browser.sheet) == []

    browser.open("/werk")
    assert browser.send(f"/taken/{task}/oppakken") == 200, "from the list, where nothing is typed"
    assert browser.sheet.values["toelichting"] == "Nog langer"


def test_nobody_else_plans_it_and_outside_the_wijk_it_is_not_there(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    colleague, resident, stranger = (house.log_in(who) for who in ("collega", "bewoner", "buur"))
    assert planned(resident, task, prioriteit="hoog") == 409  # reads, but is no candidate
    assert planned(stranger, task, prioriteit="hoog") == 404
    assert stranger.get(f"/v1/taken/{task}/planning").status_code == 404
    assert planned(colleague, task, prioriteit="laag") == 204
    assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert planned(colleague, task, prioriteit="hoog") == 409  # now somebody has it
    assert body(client.get(f"/v1/taken/{task}/planning"))["prioriteit"] == "laag"
    assert "Planning bewaren" not in inside(house.app, "collega", PASSWORD).open(f"/taken/{task}").text
    assert house.app.test_client().put(f"/v1/taken/{task}/planning", json={}).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prioriteit", "urgent"),
        ("prioriteit", ""),
        ("prioriteit", "x" * 9999),
        ("opvolgen", "morgen"),
        ("opvolgen", "2026-03-01"),
        ("opvolgen", "0001-01-01"),
        ("opvolgen", "9999-12-31"),
        ("opvolgen", "2026-02-30"),
        ("opvolgen", "\u0662\u0660\u0662\u0667-\u0660\u0661-\u0660\u0661"),
        ("zomaar", "iets"),
    ],
)
def test_what_is_no_planning_is_told_by_field_and_changes_nothing(small_house: House, field: str, value: str) -> None:
    client = small_house.log_in("coordinator")
    task = small_house.open_task(client, small_house.start(client))
    assert planned(client, task, prioriteit="laag") == 204
    answer = client.put(f"/v1/taken/{task}/planning", json={field: value})
    assert answer.status_code == 400 and [one["veld"] for one in body(answer)["fouten"]] == [field]
    assert body(client.get(f"/v1/taken/{task}/planning"))["prioriteit"] == "laag"


def test_a_day_that_went_by_is_kept_but_not_chosen_anew(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert planned(client, task, opvolgen=(today := day(house, 0))) == 204
    house.later(timedelta(days=2))
    client = house.log_in("coordinator")
    browser = inside(house.app, "coordinator", PASSWORD)
    assert "1 op te volgen" in browser.sheet.text and "2 dagen te laat" in browser.sheet.text
    assert planned(client, task, opvolgen=today, prioriteit="hoog") == 204
    assert planned(client, task, opvolgen=day(house, -1)) == 400
    assert body(client.get(f"/v1/taken/{task}/planning")) == {"prioriteit": "hoog", "opvolgen": today}
    assert planned(client, task) == 204 and "0 op te volgen" in browser.open("/werk").text
    with db.reading(house.installation.database) as tx:
        assert tx.execute(select(planning)).all() == []


def test_what_is_to_be_followed_up_is_ones_own_and_comes_on_its_day(house: House) -> None:
    client = house.log_in("coordinator")
    mine, free, later = (house.open_task(client, house.start(client)) for _ in range(3))
    for task in (mine, later):
        assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    for task, days in ((mine, 0), (free, 0), (later, 1)):
        assert planned(client, task, opvolgen=day(house, days)) == 204
    browser = inside(house.app, "coordinator", PASSWORD)
    assert "1 op te volgen" in browser.sheet.text
    links = browser.open("/werk?wat=op-te-volgen").links
    assert [link for link in links if link.startswith("/taken/")] == [f"/taken/{mine}"]
    assert set(listed(client, f"opvolgenTot={day(house, 0)}")) == {mine, free}
    assert set(listed(client, f"opvolgenTot={day(house, 1)}&van=mij")) == {mine, later}


def test_the_list_stands_in_the_order_that_is_asked_page_after_page(house: House) -> None:
    client = house.log_in("coordinator")
    opened = {house.open_task(client, house.start(client)) for _ in range(4)}
    first, second, third, fourth = tasks = listed(client)
    assert set(tasks) == opened
    planned(client, third, prioriteit="hoog", opvolgen=day(house, 9))
    planned(client, first, prioriteit="laag", opvolgen=day(house, 2))
    due(house, fourth, timedelta(days=1))
    due(house, second, timedelta(days=8))
    orders = {
        "oudste": tasks,
        "prioriteit": [third, second, fourth, first],
        "opvolgen": [first, third, second, fourth],
        "uiterlijk": [fourth, second, first, third],
    }
    for order, wanted in orders.items():
        assert listed(client, f"volgorde={order}") == wanted, order
        address, seen = f"/v1/taken?volgorde={order}&limit=1", []
        while address:
            page = body(client.get(address))
            seen += [one["id"] for one in page["resultaten"]]
            address = page["_links"].get("next", {}).get("href", "")
        assert seen == wanted, order
    assert listed(client, "prioriteit=normaal") == [second, fourth] and listed(client, "prioriteit=hoog") == [third]
    for wrong in ("volgorde=naam", "prioriteit=urgent", "opvolgenTot=nooit", "van=hem", "cursor=9.x", "cursor=7.1-2"):
        assert client.get(f"/v1/taken?{wrong}").status_code == 400, wrong
    browser = inside(house.app, "coordinator", PASSWORD)
    links = browser.open("/werk?volgorde=prioriteit&limit=2").links
    assert [link for link in links if link.startswith("/taken/")] == [f"/taken/{third}", f"/taken/{second}"]
    following = browser.open(next(link for link in links if "cursor=" in link)).links
    assert [link for link in following if link.startswith("/taken/")] == [f"/taken/{fourth}", f"/taken/{first}"]


def test_planning_goes_along_with_the_task_and_ends_with_it(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    other = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    assert planned(client, task, prioriteit="hoog", opvolgen=date(2026, 3, 9).isoformat()) == 204
    assert client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": other}).status_code == 204
    colleague = house.log_in("collega")
    assert body(colleague.get(f"/v1/taken/{task}/planning"))["prioriteit"] == "hoog"
    with counted(house.installation.database) as seen:
        assert colleague.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    assert not any("planning" in one for one in seen)  # a completion does not pay for it
    assert planned(colleague, task, prioriteit="laag") == 409


def test_a_substitute_plans_what_the_other_has_as_long_as_that_lasts_and_nobody_else_does(house: House) -> None:
    client = house.log_in("coordinator")
    first, second = tasks = [house.open_task(client, house.start(client)) for _ in range(2)]
    for task in tasks:
        assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    for login, role in (("invaller", "jurist"), ("later", "jurist"), ("ander", "griffie")):
        house.add(login, role)
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    substitute = house.log_in("invaller")
    assert planned(substitute, first, prioriteit="hoog") == 409  # not yet
    for login, since, until in (("invaller", 0, 3), ("later", 4, 9)):
        given = {"vervanger": house.ids[login], "van": day(house, since), "tot": day(house, until)}
        assert client.post("/v1/vervangingen", json=given).status_code == 201

    assert planned(substitute, first, prioriteit="hoog", opvolgen=day(house, 0)) == 204
    browser = inside(house.app, "invaller", PASSWORD)
    assert "1 op te volgen" in browser.sheet.text and "prioriteit hoog" in browser.sheet.text
    shown = [one for one in browser.open("/werk?wat=op-te-volgen").links if one.startswith("/taken/")]
    assert shown == [f"/taken/{first}"]
    assert "Planning bewaren" in browser.open(f"/taken/{first}").text
    assert browser.send(f"/taken/{first}/planning", {PRIORITY: "laag", FOLLOW_UP: ""}) == 200
    assert body(client.get(f"/v1/taken/{first}/planning")) == {"prioriteit": "laag", "opvolgen": None}

    for login in ("later", "ander", "collega", "bewoner"):
        assert planned(house.log_in(login), first, prioriteit="hoog") == 409, login
    assert planned(house.log_in("buur"), first, prioriteit="hoog") == 404
    house.later(timedelta(days=4))  # another stands in now
    assert planned(house.log_in("invaller"), second, prioriteit="hoog") == 409
    assert "Planning bewaren" not in inside(house.app, "invaller", PASSWORD).open(f"/taken/{second}").text
    assert planned(house.log_in("later"), second, prioriteit="hoog") == 204
