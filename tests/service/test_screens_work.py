"""*Mijn werk*: what stands on it, what is counted, how one chooses and turns the page, and who takes a task."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from service import db
from service.tables import task as tasks
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House
from tests.service.test_statements import counted


def due(house: House, task: str, after: timedelta, act: str = "werk") -> None:
    with db.writing(house.installation.database) as tx:
        tx.execute(update(tasks).where(tasks.c.id == task).values(due=house.now() + after, act=act))


def test_the_list_shows_ones_work_and_nobody_elses(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    elsewhere = house.log_in("buur")
    other = house.open_task(elsewhere, house.start(elsewhere, wijk="voorhof"))

    sheet = inside(house.app, "coordinator", PASSWORD).sheet

    assert flaws(sheet) == []
    assert f"/taken/{task}" in sheet.links and f"/taken/{other}" not in sheet.links


def test_what_is_late_due_this_week_and_to_be_decided_is_counted_and_can_be_chosen(house: House) -> None:
    client = house.log_in("coordinator")
    late, soon, later, decide = (house.open_task(client, house.start(client)) for _ in range(4))
    due(house, late, timedelta(days=-1))
    due(house, soon, timedelta(days=6))  # the Sunday of the same week
    due(house, later, timedelta(days=7))
    due(house, decide, timedelta(days=30), "besluit")
    browser = inside(house.app, "coordinator", PASSWORD)

    assert "1 te laat 1 deze week 1 te beslissen" in browser.sheet.text
    for what, chosen in (("te-laat", late), ("deze-week", soon), ("te-beslissen", decide)):
        found = [link for link in browser.open(f"/werk?wat={what}").links if link.startswith("/taken/")]
        assert found == [f"/taken/{chosen}"], what
        assert flaws(browser.sheet) == []


def test_the_list_is_narrowed_by_wijk_phase_role_and_act(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    browser = inside(house.app, "coordinator", PASSWORD)
    for query in ("wijk=tanthof", "groep=wijkcoordinator", "handeling=werk", "wijk=&fase=&groep=&handeling=&wat="):
        assert f"/taken/{task}" in browser.open(f"/werk?{query}").links, query
    for query in ("wijk=voorhof", "fase=agenderen", "groep=college", "handeling=besluit"):
        assert f"/taken/{task}" not in browser.open(f"/werk?{query}").links, query
        assert "Er staat hier nu niets voor u open" in browser.sheet.text and flaws(browser.sheet) == []


def test_every_task_comes_once_however_the_page_is_turned(house: House) -> None:
    client = house.log_in("coordinator")
    opened = {house.open_task(client, house.start(client)) for _ in range(5)}
    browser = inside(house.app, "coordinator", PASSWORD)
    seen: list[str] = []
    address = "/werk?limit=2&wijk=tanthof"
    while address:
        links = browser.open(address).links
        seen += [link.removeprefix("/taken/") for link in links if link.startswith("/taken/")]
        address = next((link for link in links if "cursor=" in link), "")
        assert not address or "wijk=tanthof" in address
    assert len(seen) == len(set(seen)) == 5 and set(seen) == opened


def test_a_task_is_taken_up_and_given_back_from_the_list(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    browser = inside(house.app, "coordinator", PASSWORD)

    assert browser.send(f"/taken/{task}/oppakken") == 200
    assert "U hebt deze taak" in browser.sheet.text
    assert browser.send(f"/taken/{task}/oppakken") == 200  # a second press changes nothing
    assert browser.send(f"/taken/{task}/teruggeven") == 200 and browser.sheet.headings == ["Mijn werk"]
    assert client.get(f"/v1/taken/{task}").get_json()["taak"]["behandelaar"] is None


def test_who_may_not_take_a_task_up_is_told_the_rule_and_it_is_recorded(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    browser = inside(house.app, "bewoner", PASSWORD)
    assert f"/taken/{task}" not in browser.sheet.links

    assert browser.send(f"/taken/{task}/oppakken") == 403

    assert flaws(browser.sheet) == [] and "Regel" in browser.sheet.text
    trail = client.get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    assert trail[-1]["inhoud"]["ruling"]["outcome"] == "refused"


def test_nobody_of_another_wijk_takes_it_or_learns_that_it_is_there(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    browser = inside(house.app, "buur", PASSWORD)
    for address in (f"/taken/{task}", f"/taken/{task}/oppakken", f"/taken/{task}/teruggeven"):
        assert browser.send(address, doe="vastleggen") == 404, address
        assert flaws(browser.sheet) == []
    for address in (f"/taken/{task}", f"/taken/{task}/ontvangst", f"/zaken/{case}"):
        browser.open(address)
        assert browser.answer is not None and browser.answer.status_code == 404, address


def test_the_list_asks_the_database_as_much_for_many_tasks_as_for_few(house: House) -> None:
    client = house.log_in("coordinator")
    house.start(client)
    browser = inside(house.app, "coordinator", PASSWORD)
    numbers = []
    for more in (0, 60):
        for _ in range(more):
            house.start(client)
        with counted(house.installation.database) as seen:
            browser.open("/werk")
        numbers.append(len(seen))
        assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert numbers[0] == numbers[1] < 20
