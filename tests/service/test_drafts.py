"""Drafts: one's own alone, unreadable where they lie, and gone when the task ends or their case is destroyed from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from service import db, drafts, inspection
from service.faults import Conflict, Unknown
from service.tables import draft
from tests.bench.diagrams import VALUES
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House
from tests.service.logs import findings
from tests.service.test_destruction import SECRET, TWO, ordered
from tests.service.test_mediation import referred
from tests.service.test_screens_task import ANSWERS, XSS, at_a_task
from tests.service.test_statements import counted, person
from tests.service.towns import Town, town

TYPED = "Mevrouw De Wit belde, zij wil een bank"


def rows(house: House) -> list[Any]:
    with db.reading(house.installation.database) as tx:
        return list(tx.execute(select(draft)).mappings())


def kept(house: House, **values: str) -> tuple[Browser, str, str]:
    """A browser that kept a draft of a task, with the ids of the task and its case."""
    browser, task, case = at_a_task(house)
    assert browser.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": TYPED} | values) == 200
    return browser, task, case


def test_what_was_kept_is_there_again_the_next_day_and_in_the_trail_it_is_not(house: House) -> None:
    _, task, case = kept(house, aantal="veel", motivering="Nog navragen.")
    browser = inside(house.app, "coordinator", PASSWORD)

    sheet = browser.open(f"/taken/{task}")

    assert flaws(sheet) == [] and "Dit is uw concept van maandag 2 maart 2026" in sheet.text
    assert (sheet.values["toelichting"], sheet.values["aantal"]) == (TYPED, "veel")
    assert sheet.values["motivering"] == "Nog navragen."
    trail = house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    assert len(trail) == 1


def test_a_draft_is_replaced_and_thrown_away(house: House) -> None:
    browser, task, _ = kept(house)
    first = rows(house)[0]
    assert browser.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": XSS}) == 200
    assert flaws(browser.sheet) == [] and browser.sheet.values["toelichting"] == XSS
    (second,) = rows(house)
    assert second["key"] == first["key"] and second["content"] != first["content"]

    assert browser.send(f"/taken/{task}", {"doe": "weggooien"}) == 200

    assert rows(house) == [] and browser.sheet.values["toelichting"] == ""


def test_what_was_typed_stands_nowhere_as_it_was_typed(house: House) -> None:
    kept(house)
    (row,) = rows(house)
    assert b"Wit" not in row["content"] and TYPED not in str(row)


def test_nobody_else_reads_it_not_even_who_may_do_the_same_task(house: House) -> None:
    _, task, _ = kept(house)
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    colleague = inside(house.app, "collega", PASSWORD)
    assert TYPED not in str(colleague.open(f"/taken/{task}"))
    assert colleague.send(f"/taken/{task}", {"doe": "weggooien"}) == 200 and len(rows(house)) == 1
    assert colleague.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": "van mij"}) == 200
    assert inside(house.app, "coordinator", PASSWORD).open(f"/taken/{task}").values["toelichting"] == TYPED
    outsider = inside(house.app, "buur", PASSWORD)
    for doing in ("bewaren", "weggooien"):
        assert outsider.send(f"/taken/{task}", {"doe": doing, "toelichting": "x"}) == 404
    with pytest.raises(Unknown):
        drafts.keep(house.installation, person(house, "buur"), task, {}, "", house.now())


def test_a_draft_that_is_put_under_another_name_or_task_does_not_open(house: House) -> None:
    _, task, _ = kept(house)
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    with db.writing(house.installation.database) as tx:
        tx.execute(update(draft).values(person=house.ids["collega"]))
    assert drafts.find(house.installation, person(house, "collega"), task) is None


def test_it_is_gone_when_the_task_is_completed_by_whomever(house: House) -> None:
    browser, task, _ = kept(house)
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    colleague = inside(house.app, "collega", PASSWORD)
    colleague.open(f"/taken/{task}")
    assert colleague.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": "van mij"}) == 200
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}) == 200
    assert rows(house) == []

    colleague.open("/werk")
    assert colleague.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": "te laat"}) == 409
    assert rows(house) == [] and flaws(colleague.sheet) == []


def test_who_may_not_do_the_task_keeps_no_draft_of_it(house: House) -> None:
    browser, task, _ = at_a_task(house, "bewoner")
    assert "Bewaar als concept" not in browser.sheet.text
    assert browser.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": "x"}) == 409
    house.add("rekenkamer", "auditor")
    with pytest.raises(Conflict):
        drafts.keep(house.installation, person(house, "rekenkamer"), task, {}, "", house.now())
    assert rows(house) == []


def test_a_forged_form_and_one_without_end_are_not_kept(house: House) -> None:
    browser, task, _ = at_a_task(house)
    forged = {"doe": "bewaren", "toelichting": "x", "bewijs": "0" * 64}
    assert browser.client.post(f"/taken/{task}", data=forged).status_code == 403
    assert browser.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": "x" * 300_000}) == 400
    assert rows(house) == []


def test_a_completion_with_a_draft_asks_the_database_no_more_than_one_without(house: House) -> None:
    numbers, client = [], house.log_in("coordinator")
    for keeps in (False, False, True):
        browser, task, _ = at_a_task(house)
        if keeps:
            browser.send(f"/taken/{task}", {"doe": "bewaren", "toelichting": TYPED})
        with counted(house.installation.database) as seen:
            client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
        numbers.append(len(seen))
    assert rows(house) == [] and numbers[1] == numbers[2]


def test_whoever_asks_what_is_held_of_somebody_is_told_of_the_draft_and_not_what_it_says(house: House) -> None:
    _, task, _ = kept(house)
    found = inspection.inspect(house.installation, "coordinator", house.now())
    assert found["concepten"] == [{"taak": task, "op": "2026-03-02T09:00:00.000Z"}] and TYPED not in str(found)


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    with town(url, tmp_path, TWO) as found:
        found.house.add("archief", "archivaris")
        found.house.add("eigenaar", "proceseigenaar")
        yield found


def test_inv_45_a_destruction_takes_the_drafts_of_the_case_along_with_their_keys(here: Town) -> None:
    case, other = here.start(), here.start()
    here.must(case, "t", toelichting=SECRET)
    by = person(here.house, "coordinator")
    tasks = [here.task(case, "t2"), here.task(other, "t")]
    for task in tasks:
        drafts.keep(here.house.installation, by, task, {"toelichting": TYPED}, "", here.house.now())
    keys = {row["case"]: row["key"] for row in rows(here.house)}

    ordered(here, zaak=case)
    here.days(15)

    assert [row["task"] for row in rows(here.house)] == [tasks[1]]
    assert here.house.installation.keys.find(keys[case]) is None
    still = drafts.find(here.house.installation, by, tasks[1])
    assert still is not None and still.values == {"toelichting": TYPED}
    assert findings(here.house.installation) == ()


def test_a_draft_goes_when_the_case_is_broken_off(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    drafts.keep(here.house.installation, person(here.house, "coordinator"), task, {}, TYPED, here.house.now())
    assert here.steer(case, "afbreking").status_code == 200
    assert rows(here.house) == []


def test_inv_39_of_a_case_of_which_no_words_are_kept_there_is_no_draft_either(mediation: Town) -> None:
    case = referred(mediation)
    mediation.log_in("coordinator")
    (element,) = mediation.open(case)
    browser = inside(mediation.house.app, "coordinator", PASSWORD)
    address = f"/taken/{mediation.task(case, element)}"
    assert "Bewaar als concept" not in browser.open(address).text
    assert browser.send(address, {"doe": "bewaren", "motivering": TYPED}) == 409 and "INV-39" in browser.sheet.text
    assert rows(mediation.house) == []
