"""Notices: who is told what about work, once; who is not; and that a completion does nothing for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from engine.terms import Register
from service import db, jobs, people, reminders, store_jobs, store_notices
from service.tables import job, task
from tests.bench.diagrams import VALUES
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body, peopled
from tests.service.test_statements import counted


@pytest.fixture
def staffed(url: str, tmp_path: Path) -> Iterator[House]:
    """A house with a second coordinator in the same wijk."""
    house = peopled(url, tmp_path)
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    yield house
    house.installation.database.dispose()


def told(house: House, login: str) -> list[dict[str, Any]]:
    """The notices of this person, over HTTP."""
    return list(body(house.log_in(login).get("/v1/meldingen"))["resultaten"])


def kinds(house: House, login: str) -> list[str]:
    return [one["soort"] for one in told(house, login)]


def due_at(house: House, task_id: str, moment: datetime | None) -> None:
    with db.writing(house.installation.database) as tx:
        tx.execute(update(task).where(task.c.id == task_id).values(due=moment))


def opened(house: House) -> str:
    client = house.log_in("coordinator")
    return house.open_task(client, house.start(client))


def hand_over(house: House, task_id: str, giver: str, to: str) -> int:
    given = {"persoon": house.ids[to]}
    return house.log_in(giver).put(f"/v1/taken/{task_id}/behandelaar", json=given).status_code


def make_rounds(house: House) -> None:
    """What a worker does when it starts, and at each moment at which something is due."""
    jobs.keep_rounds(house.installation, house.now())
    jobs.run_due(house.installation, house.now())


def test_who_gets_a_task_from_somebody_else_is_told_and_who_takes_one_is_not(staffed: House) -> None:
    mine = opened(staffed)
    assert hand_over(staffed, mine, "coordinator", "coordinator") == 204
    assert kinds(staffed, "coordinator") == []
    assert hand_over(staffed, mine, "coordinator", "collega") == 204
    assert [(one["soort"], one["taak"], one["nieuw"]) for one in told(staffed, "collega")] == [
        ("toegewezen", mine, True)
    ]
    assert hand_over(staffed, mine, "coordinator", "collega") == 204  # the same again is no news
    assert kinds(staffed, "collega") == ["toegewezen"] and kinds(staffed, "coordinator") == []


def test_a_refused_hand_over_tells_nobody_anything(staffed: House) -> None:
    mine = opened(staffed)
    assert hand_over(staffed, mine, "coordinator", "buur") == 403
    assert hand_over(staffed, mine, "buur", "collega") == 404
    assert kinds(staffed, "buur") == [] and kinds(staffed, "collega") == []


def test_who_gave_a_task_hears_that_it_is_given_back(staffed: House) -> None:
    mine = opened(staffed)
    assert hand_over(staffed, mine, "coordinator", "coordinator") == 204
    assert hand_over(staffed, mine, "coordinator", "collega") == 204
    assert staffed.log_in("collega").delete(f"/v1/taken/{mine}/behandelaar").status_code == 204
    assert kinds(staffed, "coordinator") == ["teruggegeven"]
    assert hand_over(staffed, mine, "collega", "collega") == 204  # taken up by oneself: nobody gave it this time
    staffed.later(timedelta(minutes=1))
    assert hand_over(staffed, mine, "collega", "coordinator") == 204
    assert kinds(staffed, "coordinator") == ["toegewezen", "teruggegeven"]


def test_a_task_is_brought_to_mind_once_when_its_term_nears_and_once_when_it_is_late(staffed: House) -> None:
    mine = opened(staffed)
    due_at(staffed, mine, staffed.now() + timedelta(days=3, minutes=1))
    make_rounds(staffed)
    assert kinds(staffed, "coordinator") == []
    staffed.later(timedelta(minutes=16))
    for _ in range(3):
        jobs.run_due(staffed.installation, staffed.now())
        assert kinds(staffed, "coordinator") == kinds(staffed, "collega") == ["nadert"]
        staffed.later(timedelta(minutes=16))
    staffed.later(timedelta(days=3))
    for _ in range(2):
        jobs.run_due(staffed.installation, staffed.now())
        assert kinds(staffed, "coordinator") == kinds(staffed, "collega") == ["te-laat", "nadert"]
        staffed.later(timedelta(minutes=16))
    for login in ("buur", "bewoner", "beheer"):
        assert kinds(staffed, login) == []


def test_of_a_task_that_somebody_has_only_that_person_is_told(staffed: House) -> None:
    mine = opened(staffed)
    assert hand_over(staffed, mine, "collega", "collega") == 204
    due_at(staffed, mine, staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    assert kinds(staffed, "collega") == ["nadert"] and kinds(staffed, "coordinator") == []


def test_a_term_that_moves_is_brought_to_mind_again(staffed: House) -> None:
    mine = opened(staffed)
    for days in (1, 2):
        due_at(staffed, mine, staffed.now() + timedelta(days=days))
        make_rounds(staffed)
        staffed.later(timedelta(minutes=16))
    assert kinds(staffed, "coordinator") == ["nadert", "nadert"]


def test_who_stands_in_is_told_as_long_as_that_lasts(staffed: House) -> None:
    staffed.add("invaller", "wijkcoordinator", "wijk", wijk="voorhof")
    given = {"vervangt": staffed.ids["collega"], "vervanger": staffed.ids["invaller"]}
    days = {"van": staffed.now().date().isoformat(), "tot": (staffed.now() + timedelta(days=2)).date().isoformat()}
    answer = staffed.log_in("collega").post("/v1/vervangingen", json=given | days)
    assert answer.status_code == 201, answer.text
    mine, later = opened(staffed), opened(staffed)
    assert hand_over(staffed, mine, "collega", "collega") == 204
    due_at(staffed, mine, staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    assert [one["taak"] for one in told(staffed, "invaller")] == [mine]
    staffed.later(timedelta(days=5))
    due_at(staffed, later, staffed.now() + timedelta(hours=1))
    jobs.run_due(staffed.installation, staffed.now())
    assert later in {one["taak"] for one in told(staffed, "collega")}
    assert later not in {one["taak"] for one in told(staffed, "invaller")}


def test_who_did_a_task_before_hears_that_it_is_open_again(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    case = staffed.start(client, "lus")
    make_rounds(staffed)
    assert kinds(staffed, "coordinator") == []
    staffed.later(timedelta(minutes=20))
    first = staffed.open_task(client, case)
    assert client.put(f"/v1/taken/{first}/afronding", json={"gegevens": VALUES}).status_code == 200
    for _ in range(2):
        jobs.run_due(staffed.installation, staffed.now())
        assert kinds(staffed, "coordinator") == ["terug"] and kinds(staffed, "collega") == []
        staffed.later(timedelta(minutes=20))


def test_nobody_is_told_of_work_that_ended_and_of_a_case_that_stands_still(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    case = staffed.start(client)
    mine = staffed.open_task(client, case)
    assert hand_over(staffed, mine, "coordinator", "collega") == 204
    due_at(staffed, mine, staffed.now() + timedelta(hours=1))
    assert staffed.log_in("collega").put(f"/v1/taken/{mine}/afronding", json={"gegevens": VALUES}).status_code == 200
    make_rounds(staffed)
    assert [(one["soort"], one["nieuw"]) for one in told(staffed, "collega")] == [("toegewezen", False)]
    with db.glancing(staffed.installation.database) as tx:
        assert store_notices.count_unread(tx, staffed.ids["collega"]) == 0


def test_two_workers_at_once_tell_everything_once(staffed: House) -> None:
    for _ in range(4):
        due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    jobs.keep_rounds(staffed.installation, staffed.now())
    with db.reading(staffed.installation.database) as tx:
        (round_,) = store_jobs.all_of(tx, reminders.ROUND)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(reminders.remind, staffed.installation, round_, staffed.now()) for _ in range(4)]:
            done.result()
    assert kinds(staffed, "collega") == ["nadert"] * 4


def test_a_round_that_is_killed_before_its_end_is_made_again_and_tells_nothing_twice(staffed: House) -> None:
    due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    jobs.keep_rounds(staffed.installation, staffed.now())

    def die(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE job SET due"):
            raise KeyboardInterrupt

    event.listen(staffed.installation.database, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_due(staffed.installation, staffed.now())
    event.remove(staffed.installation.database, "before_cursor_execute", die)
    assert kinds(staffed, "collega") == ["nadert"]
    assert jobs.run_due(staffed.installation, staffed.now()) == 0  # still leased
    staffed.later(timedelta(minutes=2))
    assert jobs.run_due(staffed.installation, staffed.now()) == 1
    assert kinds(staffed, "collega") == ["nadert"]


def test_workers_that_start_at_once_plan_each_round_once(staffed: House) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.keep_rounds(staffed.installation, staffed.now()), range(4)))
    with db.reading(staffed.installation.database) as tx:
        assert sorted(one.kind for kind in ("herinnering", "wijknieuws", "post") for one in store_jobs.all_of(tx, kind))
        assert len(store_jobs.all_of(tx, "herinnering")) == len(store_jobs.all_of(tx, "wijknieuws")) == 1
        assert store_jobs.all_of(tx, "post") == []  # nothing sends mail here


def test_a_blocked_account_and_the_website_are_told_nothing(staffed: House) -> None:
    staffed.add("website", "wijkcoordinator", "wijk", wijk="tanthof")
    assert staffed.log_in("beheer").put(f"/v1/personen/{staffed.ids['collega']}/blokkade").status_code == 204
    due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    assert kinds(staffed, "coordinator") == ["nadert"]
    with db.reading(staffed.installation.database) as tx:
        assert store_notices.count_of(tx, staffed.ids["collega"]) == 0
        assert store_notices.count_of(tx, staffed.ids["website"]) == 0


def test_notices_are_read_one_by_one_or_all_and_nobody_reads_those_of_another(staffed: House) -> None:
    for _ in range(3):
        due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    mine, other = staffed.log_in("coordinator"), staffed.log_in("collega")
    first = told(staffed, "coordinator")[0]["id"]
    assert other.put(f"/v1/meldingen/{first}/gelezen").status_code == 404
    assert mine.put(f"/v1/meldingen/{first}/gelezen").status_code == 204
    assert mine.put(f"/v1/meldingen/{first}/gelezen").status_code == 204
    assert [one["nieuw"] for one in told(staffed, "coordinator")] == [False, True, True]
    assert mine.put("/v1/meldingen/gelezen").status_code == 204
    assert [one["nieuw"] for one in told(staffed, "coordinator")] == [False] * 3
    assert [one["nieuw"] for one in told(staffed, "collega")] == [True] * 3


def test_the_list_goes_page_by_page_and_skips_nothing_of_one_moment(staffed: House) -> None:
    for _ in range(5):
        due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    client, found, address = staffed.log_in("coordinator"), [], "/v1/meldingen?limit=2"
    while address:
        answer = body(client.get(address))
        found += [one["id"] for one in answer["resultaten"]]
        address = answer["_links"].get("next", {}).get("href", "")
    assert len(found) == len(set(found)) == 5
    assert client.get("/v1/meldingen?cursor=weg").status_code == 400


def test_who_lost_the_role_sees_no_name_of_the_task_any_more(staffed: House) -> None:
    due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    colleague = people.find_login(staffed.installation, "collega")
    (role,) = people.rows_of(staffed.installation, Register.ROLLEN, staffed.now(), colleague)
    withdrawn = staffed.log_in("beheer").put(f"/v1/rollen/{role.record}/intrekking", json={"reden": "weg"})
    assert withdrawn.status_code == 200, withdrawn.text
    (one,) = told(staffed, "collega")
    assert (one["soort"], one["taak"], one["naam"], one["wijk"]) == ("nadert", None, None, None)
    browser = inside(staffed.app, "collega", PASSWORD)
    assert "een taak die niet meer bij u hoort" in browser.open("/meldingen").text


def test_the_page_counts_in_its_head_and_lets_one_read_without_a_script(staffed: House) -> None:
    for _ in range(2):
        due_at(staffed, opened(staffed), staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    browser = inside(staffed.app, "collega", PASSWORD)
    assert "Meldingen 2 nieuw" in browser.open("/werk").text
    page = browser.open("/meldingen")
    assert flaws(page) == [] and page.text.count("De termijn loopt bijna af") == 2
    which = next(given["value"] for _, given in page.controls if given.get("name") == "melding")
    assert browser.send("/meldingen", melding=which) == 200 and "Meldingen 1 nieuw" in browser.sheet.text
    assert browser.send("/meldingen", melding="../weg") == 400
    assert flaws(browser.open("/meldingen")) == []
    assert browser.send("/meldingen", melding="") == 200 and "nieuw" not in browser.sheet.text.split("Mijn")[0]
    assert browser.client.post("/meldingen", data={}).status_code == 403  # no form of ours


def test_a_completion_costs_as_many_statements_as_without_notices(staffed: House) -> None:
    client = staffed.log_in("coordinator")
    plain, told_of = opened(staffed), opened(staffed)
    due_at(staffed, told_of, staffed.now() + timedelta(hours=1))
    make_rounds(staffed)
    seen = []
    for one in (plain, told_of):
        with counted(staffed.installation.database) as statements:
            assert client.put(f"/v1/taken/{one}/afronding", json={"gegevens": VALUES}).status_code == 200
        seen.append([line.split(" ")[0] for line in statements])
        assert not any("notice" in line or "mailbox" in line for line in statements)
    assert len(seen[1]) <= len(seen[0])


def test_many_late_tasks_are_told_page_by_page(small_house: House) -> None:
    client = small_house.log_in("coordinator")
    case = small_house.start(client)
    mine = small_house.open_task(client, case)
    with db.writing(small_house.installation.database) as tx:
        row = dict(tx.execute(task.select().where(task.c.id == mine)).mappings().one())
        many = [
            row | {"id": f"00000000-0000-4000-8000-{n:012d}", "due": small_house.now() - timedelta(seconds=n % 7)}
            for n in range(1, 1203)
        ]
        tx.execute(task.insert(), many)
    make_rounds(small_house)
    with db.reading(small_house.installation.database) as tx:
        assert store_notices.count_of(tx, small_house.ids["coordinator"]) == 1202
        assert tx.execute(job.select().where(job.c.id == "herinnering")).mappings().one()["attempts"] == 0
