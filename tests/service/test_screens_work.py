"""*Mijn werk*: what stands on it, what is counted, how one chooses and turns the page, and who takes a task."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from engine.terms import Rung
from service import db, desk, people
from service.store_worklist import Wanted
from service.tables import task as tasks
from tests.engine.bpmn import end, process, start
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, played_until
from tests.service.test_statements import counted
from tests.service.towns import town, work


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


def test_who_sits_nowhere_finds_an_empty_list(house: House) -> None:
    given = {"gebruikersnaam": "nergens", "naam": "Nog zonder rol", "wachtwoord": PASSWORD}
    assert house.log_in("beheer").post("/v1/personen", json=given).status_code == 201
    browser = inside(house.app, "nergens", PASSWORD)
    assert "0 te laat 0 deze week 0 te beslissen 0 op te volgen" in browser.sheet.text
    assert "Er staat hier nu niets voor u open" in browser.sheet.text and flaws(browser.sheet) == []


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


def test_the_counts_stop_at_a_thousand_so_that_a_page_costs_no_more_than_that(house: House) -> None:
    client = house.log_in("coordinator")
    opened = house.open_task(client, house.start(client))
    due(house, opened, timedelta(days=-1), "besluit")
    with db.writing(house.installation.database) as tx:
        row = dict(tx.execute(select(tasks).where(tasks.c.id == opened)).mappings().one())
        tx.execute(insert(tasks), [row | {"id": f"{number:032x}"} for number in range(1_100)])
    text = inside(house.app, "coordinator", PASSWORD).sheet.text
    assert "1000+ te laat 0 deze week 1000+ te beslissen" in text


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


def test_who_works_through_the_list_stays_in_the_part_that_was_chosen(house: House) -> None:
    client = house.log_in("coordinator")
    for _ in range(5):
        house.start(client)
    browser = inside(house.app, "coordinator", PASSWORD)
    begin = "/werk?wijk=tanthof&volgorde=prioriteit&zoek=taak&limit=2"
    second = next(link for link in browser.open(begin).links if "cursor=" in link)
    assert begin in browser.open(second).links, "back to the beginning of the same choice"
    ticked = [link.removeprefix("/taken/") for link in browser.sheet.links if link.startswith("/taken/")]
    here = browser.sheet.values["hier"]

    def sent(path: str, **values: Any) -> str:
        assert browser.answer is not None
        answer = browser.client.post(path, data={"bewijs": browser.sheet.values["bewijs"], **values})
        return str(answer.headers.get("Location", answer.text))

    assert here == second
    assert sent("/werk", taak=ticked, doe="oppakken", hier=here) == second
    assert sent(f"/taken/{ticked[0]}/teruggeven", hier=here) == second
    assert sent("/werk", taak=ticked[1:], doe="teruggeven", hier=here) == second
    assert f'href="{second}"' in sent("/werk", taak=ticked, doe="overdragen", hier=here).replace("&amp;", "&")
    assert f'value="{second}"' in sent("/werk", doe="oppakken", hier=here).replace("&amp;", "&"), "nothing was ticked"
    for strange in ("//elders.example/werk?wijk=tanthof", "https://elders.example?wijk=tanthof&naar=elders"):
        assert sent(f"/taken/{ticked[0]}/teruggeven", hier=strange) == "/werk?wijk=tanthof"


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
            browser.open("/werk?limit=50")
        numbers.append(len(seen))
        assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert numbers[0] == numbers[1] < 20
    browser.open("/werk?limit=51")
    assert browser.answer is not None and browser.answer.status_code == 400


def test_tasks_are_found_by_words_in_their_name_or_in_what_they_are_about(house: House) -> None:
    client = house.log_in("coordinator")
    task, other = (house.open_task(client, house.start(client)) for _ in range(2))
    with db.writing(house.installation.database) as tx:
        tx.execute(
            update(tasks)
            .where(tasks.c.id == task)
            .values(name="Besluit over 100% groen: één CAFÉ", subject="speelplek")
        )
    browser = inside(house.app, "coordinator", PASSWORD)
    for words in ("BESLUIT OVER", "speelplek", "100%25", "%20groen:%20", "ÉÉN", "café"):
        links = browser.open(f"/werk?zoek={words}").links
        assert f"/taken/{task}" in links and f"/taken/{other}" not in links, words
    for words in ("%25", "_", "%22%3E%3Cscript%3E", "' OR 1=1 --"):
        links = browser.open(f"/werk?zoek={words}").links
        assert (f"/taken/{task}" in links) is (words == "%25") and f"/taken/{other}" not in links, words
        assert flaws(browser.sheet) == []


def test_many_tasks_are_taken_up_and_given_back_at_once(house: House) -> None:
    client = house.log_in("coordinator")
    chosen = [house.open_task(client, house.start(client)) for _ in range(3)]
    browser = inside(house.app, "coordinator", PASSWORD)
    boxes = [given["value"] for _, given in browser.sheet.controls if given.get("name") == "taak"]
    assert sorted(boxes) == sorted(chosen)

    for doing, holder in (("oppakken", house.ids["coordinator"]), ("teruggeven", None)):
        assert browser.send("/werk", {"taak": [*chosen[:2], chosen[0]], "doe": doing}) == 200
        held = [client.get(f"/v1/taken/{one}").get_json()["taak"]["behandelaar"] for one in chosen]
        assert held == [holder, holder, None], doing


def test_what_cannot_be_taken_up_stops_no_other_and_says_why(house: House) -> None:
    client = house.log_in("coordinator")
    first, last = (house.open_task(client, house.start(client)) for _ in range(2))
    elsewhere = house.open_task(house.log_in("buur"), house.start(house.log_in("buur"), wijk="voorhof"))
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    taken = house.open_task(client, house.start(client))
    assert house.log_in("collega").put(f"/v1/taken/{taken}/behandelaar", json={}).status_code == 204
    browser = inside(house.app, "coordinator", PASSWORD)

    assert browser.send("/werk", {"taak": [first, taken, elsewhere, last], "doe": "oppakken"}) == 409

    assert flaws(browser.sheet) == [] and browser.sheet.text.count("niet gelukt") == 2
    assert f"/taken/{taken}" in browser.sheet.links and f"/taken/{elsewhere}" not in browser.sheet.links
    assert [client.get(f"/v1/taken/{one}").get_json()["taak"]["behandelaar"] for one in (first, last)] == [
        house.ids["coordinator"]
    ] * 2


def test_who_has_no_work_is_not_asked_to_choose_from_it_but_from_a_choice_one_comes_back(house: House) -> None:
    browser = inside(house.app, "beheer", PASSWORD)
    assert "Er staat hier nu niets voor u open." in browser.open("/werk").text and "zoek" not in browser.sheet.values
    assert "zoek" in browser.open("/werk?zoek=iets").values and flaws(browser.sheet) == []


def test_a_choice_that_is_none_or_was_not_made_on_our_page_changes_nothing(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    browser = inside(house.app, "coordinator", PASSWORD)
    wrong = (
        {"doe": "oppakken"},
        {"doe": "afronden", "taak": task},
        {"doe": "oppakken", "taak": [str(n) for n in range(51)]},
    )
    for values in wrong:
        browser.open("/werk")
        assert browser.send("/werk", values) == 400, values
    browser.open("/werk")
    assert browser.send("/werk", doe="overdragen") == 400 and f"/taken/{task}" in browser.sheet.links, (
        "the list is there"
    )
    assert "Vink 1 tot 50 taken aan." in browser.sheet.text and flaws(browser.sheet) == []
    for strange in ("\x00", "x" * 5000, "../..", "' OR 1=1 --"):
        browser.open("/werk")
        assert browser.send("/werk", {"doe": "oppakken", "taak": strange}) == 400, strange
    assert browser.client.post("/werk", data={"doe": "oppakken", "taak": task, "bewijs": "0" * 64}).status_code == 403
    assert client.get(f"/v1/taken/{task}").get_json()["taak"]["behandelaar"] is None


def test_nobody_is_offered_to_take_up_what_everybody_may_contribute_to(sqlite_url: str, tmp_path: Path) -> None:
    collecting = process("q", start("s"), work("v", verzamelt="ja"), end("e"), flow="s > v > e")
    with town(sqlite_url, tmp_path, collecting) as here:
        task = here.house.open_task(here.client, here.start("q"))
        browser = inside(here.house.app, "coordinator", PASSWORD)
        assert f"/taken/{task}" in browser.sheet.links and "Iedereen kan bijdragen" in browser.sheet.text
        assert not any(given.get("name") == "taak" for _, given in browser.sheet.controls)
        assert not any(f"/taken/{task}/oppakken" in given.values() for _, given in browser.sheet.tags)
        assert browser.send("/werk", {"taak": task, "doe": "oppakken"}) == 403 and "INV-17" in browser.sheet.text


def test_the_list_shows_the_rung_that_was_promised_and_is_narrowed_by_it(sqlite_url: str, tmp_path: Path) -> None:
    stage, told, number = played_until(sqlite_url, tmp_path, "coproduceren", "bijdrage_besluiten_coproduceren")
    open_tasks = stage.send("college", "GET", "/v1/taken", None).content["resultaten"]
    task = next(one["id"] for one in open_tasks if one["element"] == told.steps[number].element)
    college = people.find_login(stage.installation, "college")
    assert college is not None

    def listed(rung: Rung | None) -> dict[str, Rung | None]:
        desk_now = desk.come_in(stage.installation, college, Wanted(), stage.moment[0], rung)
        return {entry.line.id: entry.rung for entry in desk_now.entries}

    assert listed(None)[task] is Rung.COPRODUCEREN and task in listed(Rung.COPRODUCEREN)
    assert all(task not in listed(rung) for rung in Rung if rung is not Rung.COPRODUCEREN)
    stage.installation.database.dispose()


def test_a_search_by_rung_asks_a_bounded_number_of_statements_and_turns_to_the_next_page(house: House) -> None:
    client = house.log_in("coordinator")
    browser = inside(house.app, "coordinator", PASSWORD)
    opened = house.open_task(client, house.start(client))
    with db.writing(house.installation.database) as tx:
        row = dict(tx.execute(select(tasks).where(tasks.c.id == opened)).mappings().one())
        tx.execute(insert(tasks), [row | {"id": f"{number:032x}"} for number in range(1_200)])
    with counted(house.installation.database) as seen:
        sheet = browser.open("/werk?trede=adviseren")
    assert len(seen) < 20 and "Tot hier staat er niets" in sheet.text and flaws(sheet) == []
    address = next(link for link in sheet.links if "cursor=" in link)
    assert "trede=adviseren" in address and "Er staat hier nu niets" in browser.open(address).text
