"""No way round the rules: powers that are gone, eyes that have seen it, attempts, other cases, odd values, races."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service import cases, db, store
from service.faults import Malformed, Unknown
from service.hearing import Refused
from tests.bench.diagrams import VALUES
from tests.engine.bpmn import end, process, start, user, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import MONDAY, body
from tests.service.towns import Town, town, work

DAY = timedelta(days=1)
ONE = process("p", start("s"), work("t"), end("e"), flow="s > t > e")
EYES = process(
    "p", start("s"), work("opstellen"), work("vaststellen", vierOgen="opstellen"), end("e"),
    flow="s > opstellen > vaststellen > e",
)  # fmt: skip
FRAMING = process(
    "p", start("s"), user("kader_vaststellen", wijk("taak", handeling="kader", stap="D07", formulier="kader")),
    work("t"), end("e"), flow="s > kader_vaststellen > t > e",
)  # fmt: skip
FRAME = {
    "doel": "Samen bepalen wat de wijk nodig heeft",
    "ruimte_open": "Wat er gebeurt",
    "ruimte_dicht": "De ringweg",
    "orgaan": "college",
    "doelgroep": "Alle bewoners",
    "werkvorm": "Bijeenkomsten",
    "terugkoppeling": "Schriftelijk",
    "termijn": "2027-10-27",
    "trede": "raadplegen",
}


def colleague(here: Town, login: str = "collega") -> FlaskClient:
    here.house.add(login, "wijkcoordinator", "wijk", wijk="tanthof")
    return here.house.log_in(login)


def withdraw_role(here: Town, login: str) -> None:
    admin = here.house.log_in("beheer")
    found = body(admin.get(f"/v1/personen/{here.house.ids[login]}/rollen"))["resultaten"]
    role = next(one["regel"] for one in found if one["gegevens"]["rol"] == "wijkcoordinator")
    assert admin.put(f"/v1/rollen/{role}/intrekking", json={"reden": "Andere baan."}).status_code == 200


def complete(client: FlaskClient, task: str, **more: Any) -> Any:
    return client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES | more})


def test_a_role_withdrawn_a_moment_ago_no_longer_counts_in_an_open_session(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        client = colleague(here)
        given = {"persoon": here.house.ids["collega"], "rol": "bewoner", "bereik": "wijk", "wijk": "tanthof"}
        assert here.house.log_in("beheer").post("/v1/rollen", json=given).status_code == 201
        case = here.start()
        task = here.task(case, "t")
        assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
        withdraw_role(here, "collega")
        refused = complete(client, task)
        assert refused.status_code == 403 and body(refused)["regel"] == "taak/kandidaat"
        assert here.open(case) == ["t"] and here.kinds(case)[-1] == "taak:geweigerd"


def test_who_has_no_role_left_does_not_see_the_case_and_the_attempt_is_recorded(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        client, case = colleague(here), here.start()
        withdraw_role(here, "collega")
        assert complete(client, here.task(case, "t")).status_code == 404
        assert here.open(case) == ["t"] and here.kinds(case)[-1] == "taak:geweigerd"


def test_a_request_that_waited_is_judged_by_what_happened_before_its_turn(url: str, tmp_path: Path) -> None:
    """It came in before the withdrawal, and got hold of the case after it."""
    with town(url, tmp_path, ONE) as here:
        colleague(here)
        case, person = here.start(), here.person("collega")
        task = here.task(case, "t")
        came_in = here.house.now()
        here.later(timedelta(milliseconds=5))
        withdraw_role(here, "collega")
        with pytest.raises((Refused, Unknown)):
            cases.complete(here.house.installation, person, task, VALUES, came_in)
        assert here.open(case) == ["t"]
        moments = [one["op"] for one in here.trail(case)]
        assert moments == sorted(moments)


def test_a_clock_that_is_behind_does_not_make_one_pair_of_eyes_into_two(url: str, tmp_path: Path) -> None:
    """Of two servers one is five milliseconds behind: who did the first task is seen there all the same."""
    with town(url, tmp_path, EYES) as here:
        case, person, behind = here.start(), here.person("coordinator"), here.house.now()
        ahead = behind + timedelta(milliseconds=5)
        cases.complete(here.house.installation, person, here.task(case, "opstellen"), VALUES, ahead)
        with pytest.raises(Refused) as refused:
            cases.complete(here.house.installation, person, here.task(case, "vaststellen"), VALUES, behind)
        assert refused.value.ruling.rule == "taak/vier-ogen"
        assert here.open(case) == ["vaststellen"]


def test_whoever_waited_for_the_case_sees_who_took_the_task_meanwhile(postgres_url: str, tmp_path: Path) -> None:
    with town(postgres_url, tmp_path, ONE) as here:
        client = colleague(here)
        case, installation = here.start(), here.house.installation
        task = here.task(case, "t")
        with ThreadPoolExecutor(1) as pool:
            with db.writing(installation.database) as tx:
                store.hold_task(tx, task)
                waiting = pool.submit(complete, client, task)
                with pytest.raises(TimeoutError):
                    waiting.result(timeout=0.3)
                store.assign_task(tx, task, here.house.ids["coordinator"])
            answer = waiting.result(timeout=10)
        assert answer.status_code == 403 and body(answer)["regel"] == "taak/behandelaar", answer.text
        assert here.open(case) == ["t"]


def test_a_contribution_sent_twice_at_once_is_kept_once(url: str, tmp_path: Path) -> None:
    collecting = process(
        "p", start("s"), work("t", verzamelt="ja"), end("e"), flow="s > t > e"
    )  # fmt: skip
    with town(url, tmp_path, collecting) as here:
        case = here.start()
        address, headers = f"/v1/taken/{here.task(case, 't')}/bijdragen", {"Idempotency-Key": "sleutel-0001"}
        clients = [here.house.log_in("coordinator") for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            send = lambda one: one.post(address, json={"gegevens": VALUES}, headers=headers)  # noqa: E731
            answers = list(pool.map(send, clients))
        assert [one.status_code for one in answers] == [201] * 4, [one.text for one in answers]
        assert len({json.dumps(body(one)) for one in answers}) == 1
        assert here.kinds(case).count("bijdrage:ontvangen") == 1
        here.assert_whole(case)


def mandate(here: Town, until: date) -> str:
    """A mandate of the college for the coordinator; answers its record."""
    here.house.add("college", "college")
    asked = {
        "orgaan": "college", "persoon": here.house.ids["coordinator"], "stap": ["D01"],
        "van": "2026-01-01", "tot": until.isoformat(),
    }  # fmt: skip
    answer = here.house.log_in("college").post("/v1/mandaten", json=asked)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["regel"])


def set_frame(here: Town, case: str) -> Any:
    task = here.task(case, "kader_vaststellen")
    return here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": FRAME, "motivering": "Zo afgesproken."})


def framing(url: str, directory: Path) -> Any:
    return town(url, directory, FRAMING, kader_form=(PROCESSES / "gedeeld" / "kader.form").read_bytes())


def test_without_a_mandate_or_with_one_the_same_act_is_refused_or_done(url: str, tmp_path: Path) -> None:
    with framing(url, tmp_path) as here:
        case = here.start()
        refused = set_frame(here, case)
        assert refused.status_code == 403, refused.text
        assert here.kinds(case)[-1] == "kader:geweigerd"
        given = mandate(here, date(2026, 12, 31))
        done = set_frame(here, case)
        assert done.status_code == 200, done.text
        assert here.trail(case)[-1]["inhoud"]["actor"]["mandate"] == [given]


def test_a_mandate_that_was_withdrawn_carries_nothing(url: str, tmp_path: Path) -> None:
    with framing(url, tmp_path) as here:
        given, case = mandate(here, date(2026, 12, 31)), here.start()
        ended = here.house.log_in("college").put(f"/v1/mandaten/{given}/intrekking", json={"reden": "Genoeg."})
        assert ended.status_code == 200
        assert set_frame(here, case).status_code == 403
        assert here.open(case) == ["kader_vaststellen"]


def test_a_mandate_that_has_expired_carries_nothing(url: str, tmp_path: Path) -> None:
    with framing(url, tmp_path) as here:
        mandate(here, MONDAY.date())
        case = here.start()
        here.later(DAY)
        assert set_frame(here, case).status_code == 403
        assert here.open(case) == ["kader_vaststellen"]


def test_a_substitute_who_did_the_first_task_does_not_do_the_second(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EYES) as here:
        here.house.add("invaller", "communicatie")
        asked = {"vervanger": here.house.ids["invaller"], "van": "2026-03-01", "tot": "2026-03-31"}
        assert here.client.post("/v1/vervangingen", json=asked).status_code == 201
        substitute, case = here.house.log_in("invaller"), here.start()
        assert here.do(case, "opstellen", substitute).status_code == 200
        for who, client in (("the substitute", substitute), ("who was substituted", here.client)):
            refused = here.do(case, "vaststellen", client)
            assert refused.status_code == 403 and body(refused)["regel"] == "taak/vier-ogen", who
        assert here.do(case, "vaststellen", colleague(here)).status_code == 200
        here.assert_whole(case)


def test_who_did_the_first_task_does_not_get_the_second_by_claim_or_delegation(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EYES) as here:
        other, case = colleague(here), here.start()
        here.must(case, "opstellen")
        address = f"/v1/taken/{here.task(case, 'vaststellen')}/behandelaar"
        assert here.client.put(address, json={}).status_code == 403
        assert other.put(address, json={"persoon": here.house.ids["coordinator"]}).status_code == 403
        assert other.put(address, json={}).status_code == 204


ATTEMPTS: list[dict[str, Any]] = [
    {"handeling": "besluit", "stap": "D09", "gegevens": {"uitkomst": "vastgesteld"}},
    {"handeling": "besluit", "stap": "D99", "gegevens": {}},
    {"handeling": "bekrachtiging", "stap": "D07", "onderwerp": "I-02", "gegevens": {}},
    {"handeling": "kader", "stap": "D01", "gegevens": {"trede": "meeweten", "kaders": [{"stap": "D09"}]}},
    {"handeling": "kader", "gegevens": {"kaders": "geen lijst"}},
    {"handeling": "inbreng", "gegevens": {"tekst": "Graag een bankje."}},
    {"handeling": "stemming", "stap": "D07", "gegevens": {"voor": 2**52}},
    {"handeling": "werk", "stap": "D07", "gegevens": {}},
    {"handeling": "besluit", "stap": "D12", "gegevens": {"bedrag": "veel"}},
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: f"{one['handeling']}-{one.get('stap')}")
def test_an_attempt_changes_nothing_but_the_trail(sqlite_url: str, tmp_path: Path, attempt: dict[str, Any]) -> None:
    with town(sqlite_url, tmp_path, EYES) as here:
        case = here.start()
        state, before = [row["state"] for row in here.rows("case")], here.counts()
        for client in (here.client, here.house.log_in("bewoner")):
            answer = client.post(f"/v1/zaken/{case}/handelingen", json=attempt)
            assert answer.status_code in (403, 409), answer.text
        assert here.kinds(case)[1:] and set(here.kinds(case)[1:]) <= {"poging:geweigerd", "poging:beoordeeld"}
        after = here.counts()
        assert {name for name in after if after[name] != before[name]} <= {"record", "sealed"}
        assert [row["state"] for row in here.rows("case")] == state and here.revision(case) == 1
        here.assert_whole(case)


def test_an_attempt_by_an_outsider_is_recorded_and_tells_nothing(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        case = here.start()
        answer = here.house.log_in("buur").post(f"/v1/zaken/{case}/handelingen", json=ATTEMPTS[0])
        nowhere = here.house.log_in("buur").post(f"/v1/zaken/{'0' * 8}-0000-0000-0000-{'0' * 12}/handelingen", json={})
        assert answer.status_code == 404 and nowhere.status_code in (400, 404)
        assert here.kinds(case) == ["zaak:gestart", "poging:geweigerd"]


def test_an_attempt_for_which_one_task_is_open_is_judged_as_that_task(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        case = here.start()
        asked = {"handeling": "werk", "gegevens": VALUES}
        assert here.house.log_in("bewoner").post(f"/v1/zaken/{case}/handelingen", json=asked).status_code == 403
        assert here.open(case) == ["t"]
        assert here.client.post(f"/v1/zaken/{case}/handelingen", json=asked).status_code == 200
        assert here.status(case) == "gereed" and here.kinds(case)[-2] == "taak:afgerond"


def test_a_resident_is_somebody_else_in_each_case_and_an_official_the_same(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EYES) as here:
        seen = []
        for client in (here.house.log_in("bewoner"), here.client):
            refs = []
            for case in (here.start(), here.start()):
                client.post(f"/v1/zaken/{case}/handelingen", json=ATTEMPTS[0])
                refs.append(here.trail(case)[-1]["inhoud"]["actor"]["ref"])
            seen.append(len(set(refs)))
        assert seen == [2, 1]


@pytest.mark.parametrize("motivation", ["", " ", "\n \t"])
def test_a_motivation_of_blanks_is_no_motivation(sqlite_url: str, tmp_path: Path, motivation: str) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        case = here.start()
        asked = {"gegevens": VALUES, "motivering": motivation}
        assert here.client.put(f"/v1/taken/{here.task(case, 't')}/afronding", json=asked).status_code == 200
        assert "motivation" not in here.trail(case)[1]["inhoud"]
        assert "motivering" not in json.dumps(here.trail(case))


def test_a_motivation_is_bounded_also_past_the_border(sqlite_url: str, tmp_path: Path) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        case = here.start()
        task = here.task(case, "t")
        asked = {"gegevens": VALUES, "motivering": "x" * 20_001}
        answer = here.client.put(f"/v1/taken/{task}/afronding", json=asked)
        assert answer.status_code == 400 and [one["veld"] for one in body(answer)["fouten"]] == ["motivering"]
        with pytest.raises(Malformed):
            cases.complete(
                here.house.installation, here.person("coordinator"), task, VALUES, here.house.now(),
                motivation="x" * 20_001,
            )  # fmt: skip
        assert here.open(case) == ["t"]


ODD: list[Any] = [
    {"toelichting": {"verzegeld": "0" * 64}},
    {"toelichting": "x" * 200_000},
    {"toelichting": "\x00"},
    {"toelichting": "\ud800"},
    {"aantal": 2**53},
    {"aantal": -(2**53)},
    {"aantal": 10**30},
    {"aantal": 1.5},
    {"aantal": True},
    {"keuze": ["ja"]},
    {"keuze": {"ja": "ja"}},
    {"naam met é": "x"},
    {"": "x"},
    {"__class__": "x"},
    {"typename": "x"},
    {"diep": json.loads("[" * 19 + "]" * 19)},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda one: json.dumps(one)[:30])
def test_odd_values_are_a_fault_with_a_place_and_never_a_failure(sqlite_url: str, tmp_path: Path, odd: Any) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        case = here.start()
        before = here.counts()
        answer = here.client.put(
            f"/v1/taken/{here.task(case, 't')}/afronding",
            data=json.dumps({"gegevens": VALUES | odd}),
            content_type="application/json",
        )
        assert answer.status_code == 400, answer.text
        assert all(one["melding"] for one in body(answer)["fouten"])
        assert here.counts() == before
        attempt = here.client.post(
            f"/v1/zaken/{case}/handelingen",
            data=json.dumps({"handeling": "besluit", "stap": "D09", "gegevens": odd}),
            content_type="application/json",
        )
        assert attempt.status_code in (400, 403, 409), attempt.text
        here.assert_whole(case)


@pytest.mark.parametrize(
    "asked",
    [
        {"proces": "p", "wijk": "tanthof", "groep": "café ☕"},
        {"proces": "p", "wijk": "tanthof", "groep": "*"},
        {"proces": "p", "wijk": "tanthof", "groep": "a\nb"},
        {"proces": "p", "wijk": "nergens"},
        {"proces": "geen", "wijk": "tanthof"},
        {"proces": "p", "wijk": "tanthof", "jaar": 10**15},
        {"proces": "p", "wijk": "tanthof", "jaar": -5},
        {"proces": "p", "wijk": "tanthof", "dossier": "weg"},
        {"proces": "p", "wijk": "tanthof", "id": "geen-uuid"},
    ],
    ids=lambda one: json.dumps(one)[:60],
)
def test_an_odd_start_is_a_fault_with_a_place_on_both_databases(
    url: str, tmp_path: Path, asked: dict[str, Any]
) -> None:
    with town(url, tmp_path, ONE) as here:
        before = here.counts()
        answer = here.client.post("/v1/zaken", json=asked)
        assert answer.status_code == 400, answer.text
        assert all(one["veld"] and one["melding"] for one in body(answer)["fouten"])
        assert here.counts() == before
