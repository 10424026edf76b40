"""Remarks of staff to each other: for who reads the case but no resident, kept closed, no act, gone with the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from service import db, evidence, exports, inspection
from service.store_questions import Scope
from service.tables_papers import comment
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.logs import findings
from tests.service.test_destruction import SECRET, TWO, ordered
from tests.service.test_mediation import referred
from tests.service.test_screens_task import XSS, at_a_task
from tests.service.test_statements import counted
from tests.service.towns import Town, town
from tests.service.traces import found_in

SAID = "Meneer De Boer van nummer 12 belde; zullen we samen gaan?"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    with town(url, tmp_path, TWO) as found:
        found.house.add("archief", "archivaris")
        found.house.add("eigenaar", "proceseigenaar")
        found.house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
        yield found


def say(client: FlaskClient, case: str, text: object = SAID) -> Any:
    return client.post(f"/v1/zaken/{case}/opmerkingen", json={"tekst": text})


def said(client: FlaskClient, case: str, text: str = SAID) -> str:
    answer = say(client, case, text)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["id"])


def remarks(client: FlaskClient, case: str, query: str = "") -> list[dict[str, Any]]:
    return list(body(client.get(f"/v1/zaken/{case}/opmerkingen{query}"))["resultaten"])


def test_colleagues_read_who_said_what_newest_last_and_the_trail_knows_nothing(here: Town, tmp_path: Path) -> None:
    case, colleague = here.start(), here.house.log_in("collega")
    said(here.client, case)
    here.house.later(timedelta(seconds=5))
    said(colleague, case, "Goed idee.\nMorgen?")
    found = remarks(colleague, case)
    assert [(one["tekst"], one["door"], one["eigen"]) for one in found] == [
        (SAID, "Naam van coordinator", False),
        ("Goed idee.\nMorgen?", "Naam van collega", True),
    ]
    assert here.kinds(case) == ["zaak:gestart"]
    exports.export(here.house.installation, case, tmp_path / "zaak.jsonl")
    evidence.issue(here.house.installation, Scope(), tmp_path / "bewijs", here.house.now())
    files = [tmp_path / "zaak.jsonl", *(one for one in (tmp_path / "bewijs").rglob("*") if one.is_file())]
    assert not [one.name for one in files if b"De Boer" in one.read_bytes()]


def test_outside_the_wijk_and_for_residents_there_are_no_remarks(here: Town) -> None:
    case = here.start()
    remark = said(here.client, case)
    for login in ("buur", "bewoner"):
        client = here.house.log_in(login)
        assert client.get(f"/v1/zaken/{case}/opmerkingen").status_code == 404
        assert client.get(f"/zaken/{case}/opmerkingen").status_code == 404
        assert say(client, case).status_code == 404
        assert client.delete(f"/v1/opmerkingen/{remark}").status_code == 404
    page = inside(here.house.app, "bewoner", PASSWORD).open(f"/taken/{here.task(case, 't')}")
    assert flaws(page) == [] and "De Boer" not in page.text and f"/zaken/{case}/opmerkingen" not in page.links
    assert len(here.rows("comment")) == 1
    stranger = here.house.app.test_client()
    assert say(stranger, case).status_code == 401 and stranger.get(f"/v1/openbaar/zaken/{case}").status_code == 404


def test_only_its_author_takes_a_remark_back(here: Town) -> None:
    case = here.start()
    remark = said(here.client, case)
    assert here.house.log_in("collega").delete(f"/v1/opmerkingen/{remark}").status_code == 404
    assert here.client.delete(f"/v1/opmerkingen/{remark}").status_code == 204
    assert here.client.delete(f"/v1/opmerkingen/{remark}").status_code == 404
    assert here.rows("comment") == [] and remarks(here.client, case) == []


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 2001, "a\0b", None, 7, ["x"]])
def test_what_is_no_remark_is_told_and_not_kept(here: Town, text: object) -> None:
    case = here.start()
    answer = say(here.client, case, text)
    assert answer.status_code == 400 and [one["veld"] for one in body(answer)["fouten"]] == ["tekst"]
    assert here.rows("comment") == []


def test_the_same_twice_is_one_and_eleven_in_a_minute_is_too_many(here: Town) -> None:
    case, other = here.start(), here.start()
    assert said(here.client, case) == said(here.client, case, f"  {SAID}\r\n")
    for number in range(9):
        said(here.client, other, f"Nummer {number}")
    answer = say(here.client, case, "Nog een.")
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "60"
    assert say(here.house.log_in("collega"), case, "Van een ander.").status_code == 201
    here.house.later(timedelta(seconds=61))
    assert say(here.client, case, "Nog een.").status_code == 201


def test_what_was_said_stands_nowhere_as_it_was_said_and_under_another_name_it_does_not_open(here: Town) -> None:
    case = here.start()
    said(here.client, case)
    assert found_in(here, b"De Boer") == []
    with db.writing(here.house.installation.database) as tx:
        tx.execute(update(comment).values(person=here.house.ids["collega"]))
    assert remarks(here.client, case) == []


def test_the_list_comes_in_pages_from_the_newest_back(here: Town) -> None:
    case = here.start()
    for number in range(5):
        said(here.client, case, f"Nummer {number}")
        here.house.later(timedelta(seconds=1))
    seen, address = [], f"/v1/zaken/{case}/opmerkingen?limit=2"
    while address:
        page = body(here.client.get(address))
        seen.append([one["tekst"][-1] for one in page["resultaten"]])
        address = page["_links"].get("next", {}).get("href", "")
    assert seen == [["3", "4"], ["1", "2"], ["0"]]


def test_inv_45_a_destruction_takes_the_remarks_of_the_case_along_with_their_keys_and_no_other(here: Town) -> None:
    case, other = here.start(), here.start()
    here.must(case, "t", toelichting=SECRET)
    said(here.client, case)
    stays = said(here.client, other)
    (key,) = [row["key"] for row in here.rows("comment") if row["case"] == case]
    assert here.house.installation.keys.find(key) is not None
    ordered(here, zaak=case)
    here.days(15)
    assert [row["id"] for row in here.rows("comment")] == [stays] and remarks(here.client, case) == []
    assert here.house.installation.keys.find(key) is None and found_in(here, b"De Boer") == []
    assert [one["tekst"] for one in remarks(here.client, other)] == [SAID]
    assert findings(here.house.installation) == ()


def test_whoever_asks_what_is_held_of_somebody_is_shown_what_that_person_remarked(here: Town) -> None:
    case = here.start()
    said(here.client, case)
    found = inspection.inspect(here.house.installation, "coordinator", here.house.now())
    assert found["opmerkingen"] == [{"zaak": case, "op": "2026-03-02T09:00:00.000Z", "tekst": SAID}]
    assert "De Boer" not in json.dumps(inspection.inspect(here.house.installation, "collega", here.house.now()))


def test_on_its_page_a_remark_is_made_read_and_taken_back_and_it_says_that_it_is_no_decision(house: House) -> None:
    browser, task, case = at_a_task(house)
    address = f"/zaken/{case}/opmerkingen"
    assert address in browser.sheet.links
    sheet = browser.open(address)
    assert flaws(sheet) == [] and "Geen onderdeel van het besluit" in sheet.text
    assert browser.send(address, tekst=XSS) == 200
    assert flaws(browser.sheet) == [] and XSS in browser.sheet.text
    assert XSS in browser.open(f"/taken/{task}").text and flaws(browser.sheet) == []
    browser.open(address)
    assert browser.send(address, tekst=" ") == 400
    assert flaws(browser.sheet) == [] and "#veld-tekst" in browser.sheet.links
    assert browser.client.post(address, data={"bewijs": "0" * 64, "tekst": "x"}).status_code == 403
    (back,) = [given for tag, given in browser.sheet.tags if tag == "form" and "/weghalen" in given.get("action", "")]
    assert browser.send(back["action"]) == 200
    assert flaws(browser.sheet) == [] and "Er zijn geen opmerkingen." in browser.sheet.text


def test_the_page_shows_twenty_at_a_time_for_as_many_statements_as_one(house: House) -> None:
    browser, _, case = at_a_task(house)
    address, client, numbers = f"/zaken/{case}/opmerkingen", house.log_in("coordinator"), []
    for number in range(21):
        said(client, case, f"Opmerking {number}")
        house.later(timedelta(seconds=10))
        if number in (0, 20):
            with counted(house.installation.database) as seen:
                sheet = browser.open(address)
            numbers.append(len(seen))
    assert numbers[0] == numbers[1] < 20
    assert flaws(sheet) == [] and "Opmerking 0" not in sheet.text and "Opmerking 20" in sheet.text
    (earlier,) = [one for one in sheet.links if one.startswith(f"{address}?voor=")]
    sheet = browser.open(earlier)
    assert flaws(sheet) == [] and "Opmerking 0" in sheet.text and "Opmerking 1 " not in sheet.text
    assert browser.client.get(f"{address}?voor=onzin").status_code == 400


def test_inv_39_about_a_case_of_which_no_content_is_kept_nothing_is_remarked(mediation: Town) -> None:
    case = referred(mediation)
    answer = say(mediation.client, case)
    assert answer.status_code == 409 and "INV-39" in answer.text
    browser = inside(mediation.house.app, "balie", PASSWORD)
    sheet = browser.open(f"/zaken/{case}/opmerkingen")
    assert flaws(sheet) == [] and "tekst" not in sheet.values
    assert browser.send(f"/zaken/{case}/opmerkingen", tekst=SAID) == 409
    assert mediation.rows("comment") == []
