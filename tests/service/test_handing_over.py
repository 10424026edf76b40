"""Handing over many tasks at once: to whom that is offered, that each is an act of its own, and who is refused."""

from __future__ import annotations

from sqlalchemy import update

from service import db
from service.tables_people import person as people
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.test_statements import counted


def choices(browser: Browser) -> list[str]:
    """The ids of the people who are offered."""
    return [given["value"] for tag, given in browser.sheet.tags if tag == "option" and len(given["value"]) == 36]


def asked(house: House, tasks: list[str], who: str = "coordinator") -> Browser:
    browser = inside(house.app, who, PASSWORD)
    assert browser.send("/werk", {"taak": tasks, "doe": "overdragen"}) == 200
    assert flaws(browser.sheet) == [] and browser.sheet.headings == ["Overdragen"]
    return browser


def holders(house: House, tasks: list[str]) -> list[str | None]:
    client = house.log_in("coordinator")
    return [body(client.get(f"/v1/taken/{one}"))["taak"]["behandelaar"] for one in tasks]


def test_ticked_tasks_go_to_a_colleague_who_may_take_them_each_on_record(house: House) -> None:
    client = house.log_in("coordinator")
    cases = [house.start(client) for _ in range(3)]
    tasks = [house.open_task(client, case) for case in cases]
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    house.add("beheerder2", "beheerder")
    browser = asked(house, tasks[:2])
    assert choices(browser) == [colleague]  # no resident, nobody of another wijk or role, and not oneself

    assert browser.send("/werk/overdragen", {"taak": tasks[:2], "persoon": colleague}) == 200

    assert browser.sheet.headings == ["Mijn werk"]
    assert holders(house, tasks) == [colleague, colleague, None]
    kinds = [body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"][-1]["soort"] for case in cases]
    assert kinds == ["taak:overgedragen", "taak:overgedragen", "zaak:gestart"]
    found = body(client.get(f"/v1/taken/{tasks[2]}/kandidaten"))["resultaten"]
    assert found == [{"id": colleague, "naam": "Naam van collega"}]


def test_one_that_cannot_go_stops_no_other_and_says_why(house: House) -> None:
    client = house.log_in("coordinator")
    mine, taken, last = tasks = [house.open_task(client, house.start(client)) for _ in range(3)]
    neighbour = house.log_in("buur")
    elsewhere = house.open_task(neighbour, house.start(neighbour, wijk="voorhof"))
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    assert house.log_in("collega").put(f"/v1/taken/{taken}/behandelaar", json={}).status_code == 204
    browser = asked(house, [mine, last])

    status = browser.send("/werk/overdragen", {"taak": [mine, elsewhere, last], "persoon": colleague})

    assert status == 404 and flaws(browser.sheet) == []
    assert "U hebt 2 taken overgedragen" in browser.sheet.text and elsewhere not in " ".join(browser.sheet.links)
    assert holders(house, tasks) == [colleague] * 3
    browser.open("/werk")
    assert browser.send("/werk/overdragen", {"taak": [taken], "persoon": house.ids["buur"]}) == 403
    assert holders(house, [taken]) == [colleague]


def test_who_is_no_candidate_is_not_offered_and_refused_when_named_all_the_same(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    gone = house.add("weg", "wijkcoordinator", "wijk", wijk="tanthof")
    with db.writing(house.installation.database) as tx:
        tx.execute(update(people).where(people.c.id == gone).values(blocked_at=house.now()))
    browser = asked(house, [task])
    assert choices(browser) == [] and "Niemand anders kan al deze taken opnemen" in browser.sheet.text
    for wrong, status in ((house.ids["bewoner"], 403), (house.ids["buur"], 403), ("0" * 32, 400), ("", 400)):
        browser.open("/werk")
        assert browser.send("/werk/overdragen", {"taak": task, "persoon": wrong}) == status, wrong
    browser.open("/werk")
    assert browser.send("/werk/overdragen", {"persoon": gone}) == 400
    assert browser.client.post("/werk/overdragen", data={"taak": task, "persoon": gone}).status_code == 403  # no proof
    assert holders(house, [task]) == [None]


def test_a_resident_learns_no_names_and_nobody_those_of_another_wijk(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    for who in ("bewoner", "buur"):
        browser = asked(house, [task], who)
        assert choices(browser) == [] and f"/taken/{task}" not in browser.sheet.links
        assert body(house.log_in(who).get(f"/v1/taken/{task}/kandidaten"))["resultaten"] == []


def test_the_question_to_whom_asks_the_database_as_much_for_fifty_tasks_as_for_one(house: House) -> None:
    client = house.log_in("coordinator")
    tasks = [house.open_task(client, house.start(client)) for _ in range(50)]
    browser = inside(house.app, "coordinator", PASSWORD)
    numbers = []
    for chosen in (tasks[:1], tasks):
        browser.open("/werk")
        with counted(house.installation.database) as seen:
            assert browser.send("/werk", {"taak": chosen, "doe": "overdragen"}) == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] < 20
