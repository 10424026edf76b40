"""Advice requests are told of: who is asked, reminded and answered, once, by notice and mail; and who is not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.terms import Register
from service import advice_notices, db, jobs, people
from service.tables_mail import notice
from tests.bench.diagrams import VALUES
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body, peopled
from tests.service.mailserver import Post
from tests.service.test_advice_requests import ANSWER, QUESTION, Office
from tests.service.test_notices import hand_over, kinds, make_rounds, told
from tests.service.test_post import confirmed, deliver, sending

DAY = timedelta(days=1)


@pytest.fixture
def office(url: str, tmp_path: Path, server: Post) -> Iterator[Office]:
    """A house that sends mail, with colleagues, and a task that the coordinator has."""
    house = sending(peopled(url, tmp_path), server.smtp())
    make_rounds(house)
    yield Office(house)
    house.installation.database.dispose()


def rounds(office: Office, *steps: timedelta) -> None:
    """Let time pass, with two rounds at the end of each step: a round that is done twice tells everything once."""
    for step in steps or (timedelta(),):
        office.house.later(step)
        for _ in range(2):
            jobs.run_due(office.house.installation, office.house.now())
            office.house.later(timedelta(minutes=16))


def away(office: Office, login: str, substitute: str, until: str = "2026-03-20") -> str:
    given = {"vervanger": office.house.ids[substitute], "van": "2026-03-02", "tot": until}
    answer = office.house.log_in(login).post("/v1/vervangingen", json=given)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["regel"])


def block(house: House, login: str) -> None:
    assert house.log_in("beheer").put(f"/v1/personen/{house.ids[login]}/blokkade").status_code == 204


def test_who_is_asked_hears_it_at_once_and_again_before_the_term_ends(office: Office) -> None:
    (request,) = office.ask(("jurist", 5))  # on a Monday: until the Monday after
    (one,) = told(office.house, "jurist")
    assert (one["soort"], one["taak"], one["verzoek"], one["nieuw"]) == ("gevraagd", office.task, request, True)
    assert kinds(office.house, "coordinator") == []
    rounds(office, 2 * DAY)
    assert kinds(office.house, "jurist") == ["gevraagd"]
    rounds(office, 2 * DAY, DAY, DAY)
    assert kinds(office.house, "jurist") == ["verwacht", "gevraagd"]
    for login in ("coordinator", "griffier", "buur", "bewoner"):
        assert kinds(office.house, login) == [], login


def test_the_asker_hears_once_that_the_term_passed_without_an_answer(office: Office) -> None:
    office.ask(("jurist", 1), ("griffier", 1))
    rounds(office, timedelta(hours=1))
    assert kinds(office.house, "jurist") == ["gevraagd"]  # asked today: no reminder on the same day
    rounds(office, DAY)
    assert kinds(office.house, "jurist") == ["verwacht", "gevraagd"] and kinds(office.house, "coordinator") == []
    rounds(office, DAY, DAY)
    assert kinds(office.house, "coordinator") == ["uitgebleven"] * 2
    assert kinds(office.house, "jurist") == ["verwacht", "gevraagd"]


def test_an_answer_is_told_to_who_asked_and_asks_the_adviser_for_nothing_more(office: Office) -> None:
    first, second = office.ask(("jurist", 2), ("griffier", 2))
    assert office.put("jurist", first, "antwoord", antwoord=ANSWER).status_code == 200
    assert office.put("griffier", second, "afwijzing", reden="Ik ken de plek niet.").status_code == 200
    found = {one["verzoek"]: one["soort"] for one in told(office.house, "coordinator")}
    assert found == {first: "beantwoord", second: "afgewezen"}
    assert [(one["soort"], one["nieuw"]) for one in told(office.house, "jurist")] == [("gevraagd", False)]
    rounds(office, DAY, DAY, DAY, DAY)
    assert kinds(office.house, "jurist") == kinds(office.house, "griffier") == ["gevraagd"]
    assert sorted(kinds(office.house, "coordinator")) == ["afgewezen", "beantwoord"]


def test_a_late_answer_takes_away_that_there_was_none(office: Office) -> None:
    (request,) = office.ask(("jurist", 1))
    rounds(office, 3 * DAY)
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 200
    found = [(one["soort"], one["nieuw"]) for one in told(office.house, "coordinator")]
    assert found == [("beantwoord", True), ("uitgebleven", False)]


def test_of_a_request_that_was_withdrawn_nobody_hears_any_more_until_it_is_asked_anew(office: Office) -> None:
    (request,) = office.ask(("jurist", 2))
    assert office.put("coordinator", request, "intrekking").status_code == 200
    assert [(one["soort"], one["nieuw"]) for one in told(office.house, "jurist")] == [("gevraagd", False)]
    rounds(office, DAY, DAY, DAY, DAY)
    assert kinds(office.house, "jurist") == ["gevraagd"] and kinds(office.house, "coordinator") == []
    (again,) = office.ask(("jurist", 2))
    assert [one["verzoek"] for one in told(office.house, "jurist")] == [again, request]


def test_who_reminds_is_heard_and_then_the_round_is_silent_for_that_day(office: Office) -> None:
    (request,) = office.ask(("jurist", 2))
    office.house.later(DAY)
    assert office.put("coordinator", request, "herinnering").status_code == 200
    rounds(office)
    assert kinds(office.house, "jurist") == ["herinnerd", "gevraagd"]
    rounds(office, DAY)
    assert kinds(office.house, "jurist") == ["verwacht", "herinnerd", "gevraagd"]


def test_of_who_is_away_the_substitute_hears_too_and_reads_that_only_the_other_answers(office: Office) -> None:
    house = office.house
    house.add("vervanger", "griffie")
    row = away(office, "jurist", "vervanger")
    (request,) = office.ask(("jurist", 5))
    assert kinds(house, "jurist") == kinds(house, "vervanger") == ["gevraagd"]
    browser = inside(house.app, "vervanger", PASSWORD)
    link = f"/taken/{office.task}/advies/{request}"
    assert link in browser.open("/meldingen").links and flaws(browser.sheet) == []
    text = browser.open(link).text
    assert "Naam van jurist is afwezig" in text and "Alleen wie is gevraagd, kan antwoorden" in text
    assert QUESTION not in text and "Uw antwoord" not in text and flaws(browser.sheet) == []
    rounds(office, 5 * DAY)
    assert kinds(house, "jurist") == kinds(house, "vervanger") == ["verwacht", "gevraagd"]
    assert house.log_in("jurist").put(f"/v1/vervangingen/{row}/intrekking", json={"reden": "terug"}).status_code == 200
    office.ask(("griffier", 5))
    assert office.put("coordinator", request, "herinnering").status_code == 200
    assert kinds(house, "jurist")[0] == "herinnerd" and kinds(house, "vervanger") == ["verwacht", "gevraagd"]


def test_an_asker_who_is_away_or_handed_the_task_over_is_not_the_only_one_to_hear(office: Office) -> None:
    house = office.house
    for login in ("collega", "invaller"):
        house.add(login, "wijkcoordinator", "wijk", wijk="tanthof")
    first, second = office.ask(("jurist", 1), ("griffier", 1))
    away(office, "coordinator", "invaller")
    assert office.put("jurist", first, "antwoord", antwoord=ANSWER).status_code == 200
    assert kinds(house, "coordinator") == kinds(house, "invaller") == ["beantwoord"] and kinds(house, "collega") == []
    assert hand_over(house, office.task, "coordinator", "collega") == 204
    rounds(office, 3 * DAY)
    for login, before in (("coordinator", ["beantwoord"]), ("invaller", ["beantwoord"]), ("collega", ["toegewezen"])):
        assert kinds(house, login) == ["uitgebleven", *before], login
    assert second in {one["verzoek"] for one in told(house, "collega")}


def test_whose_account_is_closed_is_told_nothing_and_the_asker_still_hears(office: Office, server: Post) -> None:
    address = confirmed(office.house, server, "jurist")
    office.ask(("jurist", 2))
    block(office.house, "jurist")
    rounds(office, 2 * DAY, 3 * DAY)
    deliver(office.house)
    assert len(server.to(address)) == 1  # the link to confirm
    with db.reading(office.house.installation.database) as tx:
        rows = [dict(row) for row in tx.execute(notice.select()).mappings()]
    assert [one["kind"] for one in rows if one["person"] == office.house.ids["jurist"]] == ["gevraagd"]
    assert kinds(office.house, "coordinator") == ["uitgebleven"]


def test_with_the_task_done_or_its_case_at_rest_nobody_is_reminded(office: Office) -> None:
    office.ask(("jurist", 1))
    resting = office.client.put(f"/v1/zaken/{office.case}/opschorting", json={"reden": "x"}, headers={"If-Match": "*"})
    assert resting.status_code == 200
    rounds(office, 3 * DAY)
    assert kinds(office.house, "jurist") == ["gevraagd"] and kinds(office.house, "coordinator") == []
    office.client = office.house.log_in("coordinator")
    office.task = office.house.open_task(office.client, office.house.start(office.client))
    office.ask(("griffier", 1))
    done = office.client.put(f"/v1/taken/{office.task}/afronding", json={"gegevens": VALUES})
    assert done.status_code == 200
    rounds(office, 4 * DAY)
    assert [(one["soort"], one["nieuw"]) for one in told(office.house, "griffier")] == [("gevraagd", False)]
    assert kinds(office.house, "coordinator") == []


def test_who_lost_the_wijk_sees_no_name_and_no_address_any_more(office: Office) -> None:
    house = office.house
    house.add("partner", "wijkcoordinator", "wijk", wijk="tanthof")
    (request,) = office.ask(("partner", 5))
    (role,) = people.rows_of(
        house.installation, Register.ROLLEN, house.now(), people.find_login(house.installation, "partner")
    )
    gone = house.log_in("beheer").put(f"/v1/rollen/{role.record}/intrekking", json={"reden": "weg"})
    assert gone.status_code == 200
    (one,) = told(house, "partner")
    assert (one["soort"], one["taak"], one["naam"], one["verzoek"]) == ("gevraagd", None, None, None)
    browser = inside(house.app, "partner", PASSWORD)
    assert request not in str(browser.open("/meldingen").links) and flaws(browser.sheet) == []


def test_two_workers_at_once_tell_and_mail_everything_once(office: Office, server: Post) -> None:
    addresses = {login: confirmed(office.house, server, login) for login in ("jurist", "griffier")}
    office.ask(("jurist", 2), ("griffier", 2))
    deliver(office.house)
    office.house.later(DAY)
    now = office.house.now()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(advice_notices.recall, office.house.installation, now) for _ in range(8)]:
            done.result()
    assert kinds(office.house, "jurist") == kinds(office.house, "griffier") == ["verwacht", "gevraagd"]
    assert deliver(office.house) == 2 and deliver(office.house) == 0
    for address in addresses.values():
        assert len(server.to(address)) == 3  # to confirm, asked, expected


def said(server: Post, address: str) -> str:
    return str(server.to(address)[-1].get_content())


def test_letters_tell_the_kind_of_thing_and_where_and_nothing_that_people_wrote(office: Office, server: Post) -> None:
    house = office.house
    asker, adviser = confirmed(house, server, "coordinator"), confirmed(house, server, "jurist")
    (request,) = office.ask(("jurist", 5))
    assert deliver(house) == 1
    link = f"https://wijk.example/taken/{office.task}/advies/{request}"
    assert "Om uw advies gevraagd: Taak 1" in said(server, adviser) and link in said(server, adviser)
    rounds(office, 5 * DAY)
    assert deliver(house) == 1 and "de termijn loopt bijna af: Taak 1" in said(server, adviser)
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 200
    assert deliver(house) == 1 and "Er is advies gegeven: Taak 1" in said(server, asker)
    letters = "".join(f"{one}{one.get_content()}" for _, one in server.taken)
    for private in ("Naam van", "mevrouw", "De Wit", "Jansen", "tanthof"):
        assert private not in letters


def test_what_was_withdrawn_or_answered_before_the_mail_went_is_not_mailed(office: Office, server: Post) -> None:
    house = office.house
    jurist, griffier = (confirmed(house, server, login, pace="dagelijks") for login in ("jurist", "griffier"))
    first, second = office.ask(("jurist", 5), ("griffier", 5))
    assert office.put("coordinator", first, "intrekking").status_code == 200
    assert office.put("griffier", second, "antwoord", antwoord=ANSWER).status_code == 200
    house.later(DAY)
    deliver(house)
    assert len(server.to(jurist)) == len(server.to(griffier)) == 1  # the link to confirm


def test_a_refused_request_or_answer_tells_nobody_anything(office: Office) -> None:
    house = office.house
    assert office.asked(("jurist", 5), ("buur", 5)).status_code == 403
    assert office.asked(("griffier", 5), client=house.log_in("jurist")).status_code == 403
    for login in ("jurist", "griffier", "buur"):
        assert kinds(house, login) == [], login
    (request,) = office.ask(("jurist", 5))
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("antwoord", {"antwoord": ANSWER}),
        ("afwijzing", {"reden": "x"}),
        ("herinnering", {}),
        ("intrekking", {}),
    ]
    for what, sent in attempts:
        assert office.put("griffier", request, what, **sent).status_code == 403, what
    assert kinds(house, "coordinator") == [] and kinds(house, "jurist") == ["gevraagd"]
    assert told(house, "jurist")[0]["nieuw"] is True
