"""A session that ends in the middle of a form: what was typed is there again for its writer, and for nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from service import db, store_people
from service.web import carried
from tests.service.browser import Browser, flaws
from tests.service.houses import PASSWORD, House
from tests.service.test_drafts import TYPED, rows
from tests.service.test_mediation import referred
from tests.service.test_screens_task import ANSWERS, XSS, at_a_task
from tests.service.test_second_factor import code_of, enrol
from tests.service.towns import Town

DAY = timedelta(hours=13)
MB = 1024 * 1024


def too_late(house: House) -> tuple[Browser, str, str]:
    """Somebody who sent the form of a task after the session had ended, with the ids of task and case."""
    browser, task, case = at_a_task(house)
    house.later(DAY)
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen", "toelichting": TYPED + XSS}) == 401
    assert browser.sheet.headings == ["Inloggen"] and flaws(browser.sheet) == []
    assert "nog niet vastgelegd" in browser.sheet.text and rows(house) == []
    return browser, task, case


def trail(house: House, case: str) -> list[str]:
    found = house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    return [one["soort"] for one in found]


def test_what_was_typed_is_a_draft_after_logging_in_and_nothing_was_recorded(house: House) -> None:
    browser, task, case = too_late(house)
    assert browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord="een fout wachtwoord") == 401
    assert rows(house) == []

    assert browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord=PASSWORD) == 200

    assert browser.answer is not None and browser.answer.request.path == f"/taken/{task}"
    assert browser.sheet.values["toelichting"] == TYPED + XSS and "Dit is uw concept" in browser.sheet.text
    assert flaws(browser.sheet) == [] and trail(house, case) == ["zaak:gestart"]
    assert browser.send(f"/taken/{task}", browser.sheet.values | {"doe": "vastleggen"}) == 200
    assert trail(house, case)[-1] == "taak:afgerond"


def test_who_logs_in_at_the_same_browser_does_not_get_what_another_typed(house: House) -> None:
    house.add("ander", "wijkcoordinator", "wijk", wijk="tanthof")
    browser, task, _ = too_late(house)
    assert browser.send("/inloggen", gebruikersnaam="ander", wachtwoord=PASSWORD) == 200
    assert rows(house) == [] and TYPED not in browser.open(f"/taken/{task}").text


def test_it_goes_past_the_second_factor_too_and_is_kept_only_behind_it(house: House) -> None:
    secret, _ = enrol(house, house.log_in("coordinator"))
    browser = Browser(house.app.test_client())
    case = house.start(inside_wholly(house, browser, secret))
    task = house.open_task(browser.client, case)
    browser.open(f"/taken/{task}")
    house.later(DAY)
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen", "toelichting": TYPED}) == 401

    assert browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord=PASSWORD) == 200
    assert browser.sheet.headings == ["Code invullen"] and flaws(browser.sheet) == [] and rows(house) == []
    assert browser.send("/inloggen/code", code="000000") == 401
    assert browser.sheet.headings == ["Code invullen"] and rows(house) == []
    assert browser.send("/inloggen/code", code=code_of(secret, house)) == 200
    assert browser.sheet.values["toelichting"] == TYPED and len(rows(house)) == 1


HALF = '[["van","{van}"],["toelichting","\\ud800"]]'  # of a letter, that no page can show


@pytest.mark.parametrize(
    "mee",
    [HALF, '[["van","\\ud800"]]', "", "x", "[", "[[]]", '[["van","' + "0" * 64 + '"]]', "[" * 5000, "[1,2]", '{"a":1}'],
)
def test_what_nobody_typed_is_kept_by_nobody(house: House, mee: str) -> None:
    browser, task, _ = too_late(house)
    van = dict(json.loads(browser.sheet.values["meegenomen"]))["van"]
    values = {"gebruikersnaam": "coordinator", "wachtwoord": PASSWORD, "meegenomen": mee.replace("{van}", van)}
    assert browser.send("/inloggen", values) == 200 and rows(house) == []
    assert browser.answer is not None and browser.answer.request.path == f"/taken/{task}"


def test_inv_39_of_a_case_that_keeps_no_words_nothing_is_carried_into_a_draft(mediation: Town) -> None:
    house, case = mediation.house, referred(mediation)
    mediation.log_in("coordinator")
    (element,) = mediation.open(case)
    page = f"/taken/{mediation.task(case, element)}"
    with db.reading(house.installation.database) as tx:
        found = store_people.read_login(tx, "coordinator", house.installation.names.hidden("coordinator"))
    assert found is not None
    with house.app.app_context():
        typed = json.dumps([["van", carried.mark(found[0])], ["toelichting", TYPED], ["motivering", TYPED]])
    browser = Browser(house.app.test_client())
    browser.open("/inloggen")

    values = {"gebruikersnaam": "coordinator", "wachtwoord": PASSWORD, "naar": page, "meegenomen": typed}
    assert browser.send("/inloggen", values) == 200

    assert browser.answer is not None and browser.answer.request.path == page
    assert rows(house) == [] and TYPED not in browser.sheet.text


def test_a_form_of_another_site_is_not_carried_along(house: House) -> None:
    browser, task, _ = at_a_task(house)
    stranger = house.app.test_client()
    sent = browser.sheet.values | {"doe": "vastleggen"}
    told = stranger.post(f"/taken/{task}", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert told.status_code in (401, 403) and "meegenomen" not in told.text
    assert "meegenomen" in stranger.post(f"/taken/{task}", data=sent).text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=grens"])
def test_a_form_too_large_for_us_asks_to_log_in_all_the_same(house: House, kind: str) -> None:
    _, task, _ = at_a_task(house)
    field = (
        b"van=x&toelichting="
        if "urlencoded" in kind
        else b'--grens\r\nContent-Disposition: form-data; name="t"\r\n\r\n'
    )
    told = house.app.test_client().post(
        f"/taken/{task}", data=field + b"x" * 3 * MB + b"\r\n--grens--", content_type=kind
    )
    assert told.status_code == 401 and "Inloggen" in told.text and "meegenomen" not in told.text


def test_of_a_stranger_no_more_is_read_than_one_file_and_of_another_site_nothing(house: House) -> None:
    _, task, _ = at_a_task(house)
    stranger, most = house.app.test_client(), house.installation.config.most_bytes
    head = b'--grens\r\nContent-Disposition: form-data; name="van"; filename="x"\r\n\r\n'
    for size, headers in ((most + 2 * MB, {}), (most // 2, {"Sec-Fetch-Site": "cross-site"})):
        sent = BytesIO(head + b"x" * size + b"\r\n--grens--\r\n")
        told = stranger.post(
            f"/taken/{task}",
            input_stream=sent,
            content_length=len(sent.getvalue()),
            content_type="multipart/form-data; boundary=grens",
            headers=headers,
        )
        assert told.status_code == 401 and sent.tell() == 0


def test_a_session_that_was_ended_elsewhere_asks_to_log_in_with_a_form_that_works(house: House) -> None:
    browser, task, _ = at_a_task(house)
    assert browser.send(f"/taken/{task}", {"doe": "bijwerken"}) == 200  # this process has met who it is
    session = browser.client.get("/v1/sessies/huidige").get_json()["sessie"]["id"]
    assert house.log_in("coordinator").delete(f"/v1/sessies/{session}").status_code == 204
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}) == 401
    assert browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord=PASSWORD) == 200
    assert browser.answer is not None and browser.answer.request.path == f"/taken/{task}"


def inside_wholly(house: House, browser: Browser, secret: str) -> FlaskClient:
    browser.open("/inloggen")
    browser.send("/inloggen", gebruikersnaam="coordinator", wachtwoord=PASSWORD)
    assert browser.send("/inloggen/code", code=code_of(secret, house)) == 200
    house.later(timedelta(minutes=2))
    return browser.client
