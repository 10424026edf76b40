"""Handing work over, one task or many: to whom each can go, that each is an act of its own, and who is refused."""

from __future__ import annotations

from sqlalchemy import update

from service import db
from service.tables_people import person as people
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.test_mediation import referred
from tests.service.test_statements import counted
from tests.service.towns import Town

PAGE = "/werk/overdragen"
MARCH = {"van": "2026-03-02", "tot": "2026-03-13"}  # the clock of the house stands at the first of these days


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


def away(house: House, login: str, substitute: str) -> None:
    given = {"vervangt": house.ids[login], "vervanger": house.ids[substitute], **MARCH}
    assert house.log_in(login).post("/v1/vervangingen", json=given).status_code == 201


def test_ticked_tasks_go_to_a_colleague_who_may_take_them_each_on_record(house: House) -> None:
    client = house.log_in("coordinator")
    cases = [house.start(client) for _ in range(3)]
    tasks = [house.open_task(client, case) for case in cases]
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    house.add("beheerder2", "beheerder")
    browser = asked(house, tasks[:2])
    assert choices(browser) == [colleague]  # no resident, nobody of another wijk or role, and not oneself
    assert "van de 2 taken" not in browser.sheet.text

    assert browser.send(PAGE, {"taak": tasks[:2], "persoon": colleague}) == 200

    assert browser.sheet.headings == ["Overgedragen"] and flaws(browser.sheet) == []
    assert {f"/taken/{one}" for one in tasks[:2]} <= set(browser.sheet.links)
    assert holders(house, tasks) == [colleague, colleague, None]
    kinds = [body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"][-1]["soort"] for case in cases]
    assert kinds == ["taak:overgedragen", "taak:overgedragen", "zaak:gestart"]
    found = body(client.get(f"/v1/taken/{tasks[2]}/kandidaten"))["resultaten"]
    assert found == [{"id": colleague, "naam": "Naam van collega"}]


def test_one_task_goes_by_the_same_page_from_the_page_of_the_task(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    browser = inside(house.app, "coordinator", PASSWORD)
    address = f"{PAGE}?taak={task}"
    assert address in browser.open(f"/taken/{task}").links
    assert choices(browser) == [] and flaws(browser.open(address)) == [] and choices(browser) == [colleague]
    assert browser.send(PAGE, {"taak": task, "persoon": colleague}) == 200
    assert browser.sheet.headings == ["Overgedragen"] and holders(house, [task]) == [colleague]
    assert browser.send(PAGE, {"taak": task, "persoon": colleague}) == 200  # the same form again changes nothing
    browser.open(address)
    assert "niet, of niet meer, in uw werk" in browser.sheet.text and choices(browser) == []
    assert browser.open(PAGE).headings == ["Mijn werk"]  # opened without any task
    for wrong in ("taak=", "taak=x", "&".join(f"taak={number:036}" for number in range(51))):
        browser.open(f"{PAGE}?{wrong}")
        assert browser.answer is not None and browser.answer.status_code == 400 and flaws(browser.sheet) == []


def test_who_is_away_is_warned_of_for_one_task_and_for_many(house: House) -> None:
    for login in ("ander", "weg"):
        house.add(login, "wijkcoordinator", "wijk", wijk="tanthof")
    away(house, "weg", "ander")
    client = house.log_in("coordinator")
    tasks = [house.open_task(client, house.start(client)) for _ in range(3)]
    for chosen in (tasks[:1], tasks):
        text = asked(house, chosen).sheet.text
        assert "Naam van weg (afwezig tot en met vr 13 mrt 2026; vervangt: Naam van ander)" in text
        assert text.count("Naam van weg afwezig") == len(chosen) and "Naam van ander afwezig" not in text


def test_each_task_says_who_may_take_it_and_each_how_it_went(house: House) -> None:
    """Somebody who works in two wijken hands over in both at once, to who works in one of them."""
    client = house.log_in("coordinator")
    both = house.add("beide", "wijkcoordinator", "wijk", wijk="tanthof")
    for one in ("coordinator", "beide"):
        given = {"persoon": house.ids[one], "rol": "wijkcoordinator", "bereik": "wijk", "wijk": "voorhof"}
        assert house.log_in("beheer").post("/v1/rollen", json=given).status_code == 201
    here, there = tasks = [house.open_task(client, house.start(client, wijk=wijk)) for wijk in ("tanthof", "voorhof")]
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    browser = asked(house, tasks)
    assert choices(browser)[0] == both and set(choices(browser)) == {both, house.ids["collega"], house.ids["buur"]}
    text = browser.sheet.text
    assert text.count("voor 1 van de 2 taken") == 2 and "Naam van beide, voor" not in text
    assert (
        "Naam van beide, Naam van collega" in text and "Naam van beide, Naam van buur" in text
    )  # each beside its task

    assert browser.send(PAGE, {"taak": tasks, "persoon": house.ids["buur"]}) == 403

    assert browser.sheet.headings == ["Niet alles is gelukt"] and flaws(browser.sheet) == []
    assert browser.sheet.text.count("niet gelukt") == 1 and browser.sheet.text.count("overgedragen") >= 1
    assert "taak/overdragen" in browser.sheet.text and {f"/taken/{one}" for one in tasks} <= set(browser.sheet.links)
    assert holders(house, tasks) == [None, house.ids["buur"]] and here != there


def test_one_that_cannot_go_stops_no_other_and_says_why(house: House) -> None:
    client = house.log_in("coordinator")
    mine, taken, last = tasks = [house.open_task(client, house.start(client)) for _ in range(3)]
    neighbour = house.log_in("buur")
    elsewhere = house.open_task(neighbour, house.start(neighbour, wijk="voorhof"))
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    assert house.log_in("collega").put(f"/v1/taken/{taken}/behandelaar", json={}).status_code == 204
    browser = asked(house, [mine, last])

    status = browser.send(PAGE, {"taak": [mine, elsewhere, last], "persoon": colleague})

    assert status == 404 and flaws(browser.sheet) == []
    assert browser.sheet.text.count("overgedragen") == 2 and elsewhere not in " ".join(browser.sheet.links)
    assert holders(house, tasks) == [colleague] * 3
    browser.open("/werk")
    assert browser.send(PAGE, {"taak": [taken], "persoon": house.ids["buur"]}) == 403
    assert holders(house, [taken]) == [colleague]


def test_a_substitute_hands_over_what_the_other_had_taken_up_as_long_as_that_lasts(house: House) -> None:
    client = house.log_in("coordinator")
    first, second = tasks = [house.open_task(client, house.start(client)) for _ in range(2)]
    for task in tasks:
        assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    house.add("invaller", "jurist")
    colleague = house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    away(house, "coordinator", "invaller")
    browser = asked(house, [first], "invaller")
    assert colleague in choices(browser)
    assert browser.send(PAGE, {"taak": first, "persoon": colleague}) == 200
    row = body(house.log_in("coordinator").get("/v1/vervangingen"))["resultaten"][0]["regel"]
    gone = house.log_in("coordinator").put(f"/v1/vervangingen/{row}/intrekking", json={"reden": "terug"})
    assert gone.status_code == 200, gone.text
    assert choices(asked(house, [second], "invaller")) == []
    assert browser.send(PAGE, {"taak": second, "persoon": colleague}) == 403
    assert holders(house, tasks) == [colleague, house.ids["coordinator"]]


def test_a_task_of_a_case_that_keeps_no_words_is_handed_over_from_its_page_as_any_other(mediation: Town) -> None:
    case = referred(mediation)
    mediation.log_in("coordinator")
    colleague = mediation.house.add("tweede", "wijkcoordinator", "wijk", wijk="tanthof")
    (element,) = mediation.open(case)
    task = mediation.task(case, element)
    browser = inside(mediation.house.app, "coordinator", PASSWORD)
    assert f"{PAGE}?taak={task}" in browser.open(f"/taken/{task}").links
    browser.open(f"{PAGE}?taak={task}")
    assert browser.send(PAGE, {"taak": task, "persoon": colleague}) == 200
    assert holders(mediation.house, [task]) == [colleague]


def test_who_is_no_candidate_is_not_offered_and_refused_when_named_all_the_same(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    gone = house.add("weg", "wijkcoordinator", "wijk", wijk="tanthof")
    with db.writing(house.installation.database) as tx:
        tx.execute(update(people).where(people.c.id == gone).values(blocked_at=house.now()))
    browser = asked(house, [task])
    assert choices(browser) == [] and "Er is niemand aan wie u dit kunt overdragen" in browser.sheet.text
    for wrong, status in ((house.ids["bewoner"], 403), (house.ids["buur"], 403), ("0" * 32, 400), ("", 400)):
        browser.open("/werk")
        assert browser.send(PAGE, {"taak": task, "persoon": wrong}) == status, wrong
        assert flaws(browser.sheet) == []
    browser.open("/werk")
    assert browser.send(PAGE, {"persoon": gone}) == 400
    assert browser.client.post(PAGE, data={"taak": task, "persoon": gone}).status_code == 403  # no proof
    assert holders(house, [task]) == [None]


def test_a_resident_learns_no_names_and_nobody_those_of_another_wijk(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    for who in ("bewoner", "buur"):
        browser = asked(house, [task], who)
        assert choices(browser) == [] and f"/taken/{task}" not in browser.sheet.links
        assert "Naam van collega" not in browser.sheet.text
        assert body(house.log_in(who).get(f"/v1/taken/{task}/kandidaten"))["resultaten"] == []


def test_the_question_to_whom_asks_the_database_as_much_for_fifty_tasks_as_for_one(house: House) -> None:
    client = house.log_in("coordinator")
    tasks = [house.open_task(client, house.start(client)) for _ in range(50)]
    for number in range(30):
        house.add(f"collega{number}", "wijkcoordinator", "wijk", wijk="tanthof")
    browser = inside(house.app, "coordinator", PASSWORD)
    numbers = []
    for chosen in (tasks[:1], tasks):
        browser.open("/werk")
        with counted(house.installation.database) as seen:
            assert browser.send("/werk", {"taak": chosen, "doe": "overdragen"}) == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] < 20
    assert browser.answer is not None and len(browser.answer.data) < 100_000
    assert "en nog 20 collega’s" in browser.sheet.text and len(choices(browser)) == 30
