"""Advice requests: colleagues are asked and answer, on record; nothing waits for it, and nobody else reads it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service import db, replay
from service.tables import sealed
from tests.bench.diagrams import VALUES
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.logs import findings
from tests.service.test_destruction import TWO, ordered
from tests.service.test_mediation import referred
from tests.service.test_statements import counted
from tests.service.towns import Town, town
from tests.service.traces import tables_of

QUESTION = "Kan de bank van mevrouw De Wit op de stoep?"
ANSWER = "Ja, mits er 1,80 meter vrij blijft voor meneer Jansen."


class Office:
    """A house with colleagues, and a task that the coordinator has taken up."""

    def __init__(self, house: House) -> None:
        self.house = house
        for login, role in (("jurist", "jurist"), ("griffier", "griffie"), ("control", "auditor")):
            house.add(login, role)
        self.client = house.log_in("coordinator")
        self.case = house.start(self.client)
        self.task = house.open_task(self.client, self.case)
        assert self.client.put(f"/v1/taken/{self.task}/behandelaar", json={}).status_code == 204

    @property
    def address(self) -> str:
        return f"/v1/taken/{self.task}/adviesverzoeken"

    def asked(self, *whom: tuple[str, int], question: str = QUESTION, client: FlaskClient | None = None) -> Any:
        sent = {"vraag": question, "aan": [{"persoon": self.house.ids[one], "werkdagen": days} for one, days in whom]}
        return (client or self.house.log_in("coordinator")).post(self.address, json=sent)

    def ask(self, *whom: tuple[str, int]) -> list[str]:
        answer = self.asked(*(whom or (("jurist", 5),)))
        assert answer.status_code == 201, answer.text
        return [str(one["regel"]) for one in body(answer)["resultaten"]]

    def put(self, login: str, request: str, what: str, **sent: Any) -> Any:
        return self.house.log_in(login).put(f"{self.address}/{request}/{what}", json=sent or None)

    def rows(self, login: str = "coordinator") -> list[dict[str, Any]]:
        return list(body(self.house.log_in(login).get(self.address))["resultaten"])

    def kinds(self) -> list[str]:
        trail = body(self.house.log_in("coordinator").get(f"/v1/zaken/{self.case}/verantwoording?limit=200"))
        return [one["soort"] for one in trail["resultaten"]]

    def trail(self) -> str:
        return str(self.house.log_in("control").get(f"/v1/zaken/{self.case}/verantwoording?limit=200").text)


@pytest.fixture
def office(house: House) -> Office:
    return Office(house)


@pytest.fixture
def small_office(small_house: House) -> Office:
    return Office(small_house)


def at(office: Office, login: str, path: str) -> Browser:
    browser = inside(office.house.app, login, PASSWORD)
    browser.open(path)
    assert flaws(browser.sheet) == []
    return browser


def test_several_are_asked_each_with_an_own_term_in_working_days_and_each_answers(office: Office) -> None:
    first, second = office.ask(("jurist", 5), ("griffier", 1))
    days = {one["adviseur"]: one["uiterlijk"] for one in office.rows()}
    assert days == {"Naam van jurist": "2026-03-09", "Naam van griffier": "2026-03-03"}
    assert [one["regel"] for one in body(office.house.log_in("jurist").get("/v1/adviesverzoeken"))["resultaten"]] == [
        first
    ]

    office.house.later(timedelta(days=2))
    assert {one["adviseur"]: one["teLaat"] for one in office.rows()} == {
        "Naam van jurist": False,
        "Naam van griffier": True,
    }
    assert office.put("jurist", first, "antwoord", antwoord=ANSWER).status_code == 200
    assert office.put("griffier", second, "afwijzing", reden="Ik ken de plek niet.").status_code == 200

    told = {one["adviseur"]: one for one in office.rows()}
    assert told["Naam van jurist"]["antwoord"] == ANSWER and told["Naam van jurist"]["status"] == "beantwoord"
    assert told["Naam van griffier"]["status"] == "afgewezen" and told["Naam van griffier"]["teLaat"] is True
    assert body(office.house.log_in("jurist").get("/v1/adviesverzoeken"))["resultaten"] == []
    kinds = [one for one in office.kinds() if one.startswith("adviesverzoek")]
    assert kinds == ["adviesverzoek:gevraagd"] * 2 + ["adviesverzoek:beantwoord", "adviesverzoek:afgewezen"]
    assert all(one.agrees for one in replay.replay(office.house.installation, office.case))
    assert findings(office.house.installation) == ()


def test_the_words_stand_nowhere_as_they_were_written(office: Office) -> None:
    (request,) = office.ask()
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 200
    assert "Wit" not in office.trail() and "Jansen" not in office.trail()
    held = tables_of(office.house.installation.database)
    assert "mevrouw De Wit" not in held and "meneer Jansen" not in held and office.task in held
    with db.reading(office.house.installation.database) as tx:
        assert sorted(tx.execute(select(sealed.c.name)).scalars()) == ["antwoord", "vraag"]


def test_nobody_else_reads_the_words_and_a_resident_not_even_who_was_asked(office: Office) -> None:
    (request,) = office.ask(("jurist", 5), ("griffier", 5))[:1]
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 200
    (own, other) = office.rows("griffier")
    assert own["vraag"] is None and own["antwoord"] is None and other["vraag"] == QUESTION
    assert office.rows("bewoner") == []
    assert office.house.log_in("buur").get(office.address).status_code == 404
    for login, path in (("griffier", request), ("bewoner", request), ("buur", request)):
        browser = inside(office.house.app, login, PASSWORD)
        sheet = browser.open(f"/taken/{office.task}/advies/{path}")
        assert ANSWER not in sheet.text and QUESTION not in sheet.text and flaws(sheet) == [], login
    assert ANSWER in at(office, "jurist", f"/taken/{office.task}/advies/{request}").sheet.text
    opened = [one for one in office.kinds() if one == "verzegeling:geopend"]
    assert len(opened) >= 2  # that it was read is on record


def test_only_who_may_do_the_task_asks_and_an_attempt_is_recorded(office: Office) -> None:
    office.house.add("tweede", "wijkcoordinator", "wijk", wijk="tanthof")
    for login, rule in (("jurist", "taak/kandidaat"), ("bewoner", "taak/kandidaat"), ("tweede", "taak/behandelaar")):
        before = office.kinds()
        answer = office.asked(("griffier", 5), client=office.house.log_in(login))
        assert answer.status_code == 403 and body(answer)["regel"] == rule, login
        assert office.kinds() == [*before, "handeling:geweigerd"]
    answer = office.asked(("griffier", 5), client=office.house.log_in("buur"))
    assert answer.status_code == 404 and office.kinds()[-1] == "handeling:geweigerd"
    assert office.rows() == [] and "Wit" not in office.trail()
    assert all(one.agrees for one in replay.replay(office.house.installation, office.case))


def test_only_who_was_asked_answers_and_only_once(office: Office) -> None:
    first, second = office.ask(("jurist", 5), ("griffier", 5))
    office.house.add("vervanger", "griffie")
    period = {"vervanger": office.house.ids["vervanger"], "van": "2026-03-02", "tot": "2026-03-20"}
    assert office.house.log_in("jurist").post("/v1/vervangingen", json=period).status_code == 201
    for login in ("griffier", "coordinator", "bewoner", "vervanger"):
        for what, sent in (("antwoord", {"antwoord": ANSWER}), ("afwijzing", {"reden": "x"})):
            answer = office.put(login, first, what, **sent)
            assert answer.status_code == 403 and body(answer)["regel"] == "adviesverzoek/gevraagd", (login, what)
    assert office.put("buur", first, "antwoord", antwoord=ANSWER).status_code == 404
    assert office.put("jurist", "0" * 64, "antwoord", antwoord=ANSWER).status_code == 404
    assert office.put("jurist", first, "antwoord", antwoord=ANSWER).status_code == 200
    for what, sent in (("antwoord", {"antwoord": "Toch niet."}), ("afwijzing", {"reden": "x"})):
        assert office.put("jurist", first, what, **sent).status_code == 409
    assert [one["status"] for one in office.rows()] == ["beantwoord", "open"] and second
    assert all(one.agrees for one in replay.replay(office.house.installation, office.case))


def test_the_asker_reminds_once_a_day_and_withdraws_and_nobody_else_does(office: Office) -> None:
    (request,) = office.ask()
    for what in ("herinnering", "intrekking"):
        for login in ("jurist", "griffier", "bewoner"):
            assert office.put(login, request, what).status_code == 403, (login, what)
        assert office.put("buur", request, what).status_code == 404
    assert [office.put("coordinator", request, "herinnering").status_code for _ in range(2)] == [200, 409]
    office.house.later(timedelta(days=1))
    assert office.put("coordinator", request, "herinnering").status_code == 200
    assert office.rows()[0]["herinnerdOp"] == "2026-03-03T09:00:00.000Z"
    assert "herinnerd op" in at(office, "jurist", "/werk").sheet.text
    assert [office.put("coordinator", request, "intrekking").status_code for _ in range(2)] == [200, 409]
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 409
    assert f"/taken/{office.task}/advies/{request}" not in at(office, "jurist", "/werk").sheet.links
    assert office.ask()  # and may be asked again


def test_no_completion_waits_for_it_or_costs_more_and_then_it_has_lapsed(office: Office) -> None:
    numbers = []
    for asks in (False, False, True):
        fresh = office.house.open_task(office.client, office.house.start(office.client))
        office.task = fresh
        if asks:
            (request,) = office.ask()
        with counted(office.house.installation.database) as seen:
            answer = office.client.put(f"/v1/taken/{fresh}/afronding", json={"gegevens": VALUES})
        assert answer.status_code == 200
        numbers.append(len(seen))
    assert numbers[1] == numbers[2]
    assert office.rows()[0]["status"] == "vervallen"
    assert body(office.house.log_in("jurist").get("/v1/adviesverzoeken"))["resultaten"] == []
    for login, what, sent in (
        ("jurist", "antwoord", {"antwoord": ANSWER}),
        ("coordinator", "herinnering", {}),
        ("coordinator", "intrekking", {}),
    ):
        assert office.put(login, request, what, **sent).status_code == 409
    assert office.asked(("griffier", 5)).status_code == 409
    assert "vervallen" in at(office, "coordinator", f"/taken/{fresh}").sheet.text


def test_who_cannot_be_asked_is_not_and_then_nobody_is(small_office: Office) -> None:
    office = small_office
    for login, status, said in (
        ("coordinator", 403, "adviesverzoek/gegevens"),  # oneself
        ("buur", 403, "adviesverzoek/gegevens"),  # may not read the case
        ("bewoner", 400, "medewerker"),
    ):
        answer = office.asked(("jurist", 5), (login, 5))
        assert answer.status_code == status and said in answer.text, login
    assert office.asked(("jurist", 5), ("jurist", 3)).status_code == 400
    assert office.rows() == []
    office.ask()
    again = office.asked(("griffier", 5), ("jurist", 5))
    assert again.status_code == 403 and len(office.rows()) == 1
    assert office.house.log_in("beheer").put(f"/v1/personen/{office.house.ids['griffier']}/blokkade").status_code == 204
    assert office.asked(("griffier", 5)).status_code == 400


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"vraag": QUESTION},
        {"vraag": QUESTION, "aan": []},
        {"vraag": "", "aan": [{"persoon": "x", "werkdagen": 5}]},
        {"vraag": "\u2800", "aan": [{"persoon": "ID", "werkdagen": 5}]},
        {"vraag": "x" * 20_001, "aan": [{"persoon": "ID", "werkdagen": 5}]},
        {"vraag": "\u0000", "aan": [{"persoon": "ID", "werkdagen": 5}]},
        {"vraag": {"verzegeld": "0" * 64}, "aan": [{"persoon": "ID", "werkdagen": 5}]},
        *(
            {"vraag": QUESTION, "aan": [{"persoon": "ID", "werkdagen": days}]}
            for days in (0, -1, 61, 10**15, 1.5, "vijf", None)
        ),
        {"vraag": QUESTION, "aan": [{"persoon": "niemand", "werkdagen": 5}]},
        {"vraag": QUESTION, "aan": [{"persoon": "ID", "werkdagen": 5}] * 11},
        {"vraag": QUESTION, "aan": [{"persoon": "ID", "werkdagen": 5, "uiterlijk": "2099-01-01"}]},
    ],
)
def test_what_is_no_request_is_said_and_not_kept(small_office: Office, sent: dict[str, Any]) -> None:
    office = small_office
    for one in sent.get("aan", ()):
        one["persoon"] = office.house.ids["jurist"] if one["persoon"] == "ID" else one["persoon"]
    assert office.client.post(office.address, json=sent).status_code in (400, 403)
    assert office.rows() == []


def test_asked_at_once_by_two_nobody_is_asked_twice(office: Office) -> None:
    clients = [office.house.log_in("coordinator") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = sorted(
            one.status_code for one in pool.map(lambda client: office.asked(("jurist", 5), client=client), clients)
        )
    assert done == [201, 403, 403, 403] and len(office.rows()) == 1
    (request,) = [one["regel"] for one in office.rows()]
    clients = [office.house.log_in("jurist") for _ in range(4)]
    address = f"{office.address}/{request}/antwoord"
    with ThreadPoolExecutor(4) as pool:
        done = sorted(
            one.status_code for one in pool.map(lambda client: client.put(address, json={"antwoord": "Ja"}), clients)
        )
    assert done == [200, 409, 409, 409]


def test_a_case_that_rests_is_not_consulted_on(small_office: Office) -> None:
    office = small_office
    (request,) = office.ask()
    assert (
        office.client.put(
            f"/v1/zaken/{office.case}/opschorting", json={"reden": "x"}, headers={"If-Match": "*"}
        ).status_code
        == 200
    )
    assert office.asked(("griffier", 5)).status_code == 409
    assert office.put("jurist", request, "antwoord", antwoord=ANSWER).status_code == 409


def test_in_the_browser_from_question_to_answer_without_scripts(office: Office) -> None:
    asker = at(office, "coordinator", f"/taken/{office.task}")
    address = f"/taken/{office.task}/advies"
    assert address in asker.sheet.links
    asker.open(address)
    assert flaws(asker.sheet) == [] and "Naam van bewoner" not in asker.sheet.text
    assert asker.send(address, vraag="", persoon1="", werkdagen1="5") == 400 and flaws(asker.sheet) == []
    typed = {"vraag": QUESTION, "persoon2": office.house.ids["jurist"], "werkdagen2": "0"}
    assert asker.send(address, typed) == 400 and "#werkdagen2" in asker.sheet.links and flaws(asker.sheet) == []
    assert asker.sheet.values["vraag"] == QUESTION and asker.sheet.values["persoon2"] == office.house.ids["jurist"]
    assert asker.send(address, typed | {"werkdagen2": "3"}) == 200 and flaws(asker.sheet) == []
    assert "Naam van jurist" in asker.sheet.text and "wacht op antwoord" in asker.sheet.text

    adviser = at(office, "jurist", "/werk")
    (link,) = [one for one in adviser.sheet.links if one.startswith(f"{address}/")]
    assert QUESTION not in adviser.sheet.text and "Naam van" not in adviser.sheet.title
    adviser.open(link)
    assert QUESTION in adviser.sheet.text and flaws(adviser.sheet) == []
    assert adviser.send(link, doe="antwoorden", antwoord="") == 400 and flaws(adviser.sheet) == []
    assert adviser.send(link, doe="iets", antwoord=ANSWER) == 400
    assert adviser.send(link, doe="antwoorden", antwoord=ANSWER) == 200
    assert ANSWER in adviser.sheet.text and "beantwoord" in adviser.sheet.text and flaws(adviser.sheet) == []
    assert link not in adviser.open("/werk").links
    assert adviser.send(link, doe="antwoorden", antwoord="nog eens") == 409

    seen = at(office, "coordinator", f"/taken/{office.task}").sheet.text
    assert ANSWER in seen and "beantwoord" in seen
    hostile = '<img src=x onerror="alert(1)">'
    assert asker.send(address, {"vraag": hostile, "persoon1": office.house.ids["griffier"], "werkdagen1": "1"}) == 200
    assert hostile in asker.sheet.text and not any(tag == "img" for tag, _ in asker.sheet.tags)
    forged = asker.client.post(address, data=typed | {"bewijs": "0" * 64})
    assert forged.status_code == 403


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    with town(url, tmp_path, TWO) as found:
        for login, role in (("archief", "archivaris"), ("eigenaar", "proceseigenaar"), ("jurist", "jurist")):
            found.house.add(login, role)
        yield found


def test_inv_45_what_was_written_is_destroyed_with_the_case_and_the_trail_still_tells_who_was_asked(here: Town) -> None:
    case = here.start()
    here.must(case, "t")
    address = f"/v1/taken/{here.task(case, 't2')}/adviesverzoeken"
    sent = {"vraag": QUESTION, "aan": [{"persoon": here.house.ids["jurist"], "werkdagen": 60}]}
    request = body(here.client.post(address, json=sent))["resultaten"][0]["regel"]
    given = here.house.log_in("jurist").put(f"{address}/{request}/antwoord", json={"antwoord": ANSWER})
    assert given.status_code == 200

    ordered(here, zaak=case)
    here.days(15)

    (row,) = here.get(address)["resultaten"]
    assert (row["vraag"], row["antwoord"], row["status"], row["adviseur"]) == (
        None,
        None,
        "beantwoord",
        "Naam van jurist",
    )
    browser = inside(here.house.app, "coordinator", PASSWORD)
    assert flaws(browser.open(address.removeprefix("/v1").removesuffix("verzoeken"))) == []
    assert "adviesverzoek:beantwoord" in here.kinds(case) and findings(here.house.installation) == ()


def test_inv_39_of_a_case_of_which_no_words_are_kept_nobody_is_asked_in_words(mediation: Town) -> None:
    case = referred(mediation)
    mediation.log_in("coordinator")
    mediation.house.add("tweede", "wijkcoordinator", "wijk", wijk="tanthof")
    (element,) = mediation.open(case)
    task = mediation.task(case, element)
    sent = {"vraag": QUESTION, "aan": [{"persoon": mediation.house.ids["tweede"], "werkdagen": 5}]}
    answer = mediation.client.post(f"/v1/taken/{task}/adviesverzoeken", json=sent)
    assert answer.status_code == 403 and body(answer)["regel"] == "INV-39"
    browser = inside(mediation.house.app, "coordinator", PASSWORD)
    assert f"/taken/{task}/advies" not in browser.open(f"/taken/{task}").links
    assert browser.open(f"/taken/{task}/advies").values.get("vraag") is None
    assert "Wit" not in tables_of(mediation.house.installation.database)
