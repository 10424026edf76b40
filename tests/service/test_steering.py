"""Suspending, resuming, cancelling: by who may, with a sealed reason, from a status that fits, at what was seen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bench.diagrams import VALUES
from tests.engine.bpmn import end, par, process, start
from tests.service.houses import body
from tests.service.towns import town, work

TWO = process(
    "p",
    start("s"),
    par("splits"),
    work("a"),
    work("b"),
    end("e"),
    end("e2"),
    flow="s > splits > a > e; splits > b > e2",
)
STEPS = {"opschorting": "opgeschort", "hervatting": "lopend", "afbreking": "afgebroken"}


def test_a_case_is_suspended_resumed_and_cancelled_each_with_a_record(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        for act, status in STEPS.items():
            answer = here.steer(case, act)
            assert answer.status_code == 200 and body(answer)["status"] == status
        assert here.kinds(case) == ["zaak:gestart", "zaak:opgeschort", "zaak:hervat", "zaak:afgebroken"]
        assert here.revision(case) == 4 and body(here.client.get(f"/v1/zaken/{case}"))["beeindigd"]
        here.assert_whole(case)


def test_the_reason_is_sealed(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        here.client.put(f"/v1/zaken/{case}/opschorting", json={"reden": "Mevrouw Jansen is ziek."})
        values = here.trail(case)[-1]["inhoud"]["values"]
        assert set(values["reden"]) == {"verzegeld"}
        assert "Jansen" not in json.dumps(
            [here.trail(case), here.rows("case"), here.rows("fact"), here.rows("sealed")], default=str
        )
        assert [one.value for one in here.sealed()] == ["Mevrouw Jansen is ziek."]


@pytest.mark.parametrize("reason", ["", " ", "\n\t", None, 7, "x" * 2001])
def test_without_a_proper_reason_nothing_happens(sqlite_url: str, tmp_path: Path, reason: object) -> None:
    with town(sqlite_url, tmp_path, TWO) as here:
        case = here.start()
        for act in STEPS:
            if act != "hervatting":
                assert here.client.put(f"/v1/zaken/{case}/{act}", json={"reden": reason}).status_code == 400
        assert here.status(case) == "lopend" and here.kinds(case) == ["zaak:gestart"]


def test_who_may_not_steer_is_refused_and_it_is_recorded(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case, resident = here.start(), here.house.log_in("bewoner")
        for act in ("opschorting", "afbreking"):
            refused = here.steer(case, act, resident)
            assert refused.status_code == 403 and body(refused)["regel"] == "bevoegdheid/rol"
            assert body(refused)["verantwoording"] == here.trail(case)[-1]["regel"]
        here.steer(case, "opschorting")
        assert here.steer(case, "hervatting", resident).status_code == 403
        assert here.status(case) == "opgeschort"
        assert here.kinds(case).count("handeling:geweigerd") == 3
        here.assert_whole(case)


def test_for_outsiders_the_case_is_not_there_and_their_attempt_is_recorded(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case, outsider = here.start(), here.house.log_in("buur")
        for number, act in enumerate(STEPS, 1):
            answer = here.steer(case, act, outsider)
            assert answer.status_code == 404 and "verantwoording" not in body(answer)
            assert here.kinds(case).count("handeling:geweigerd") == number
        assert here.status(case) == "lopend"


def test_a_status_that_does_not_fit_is_a_conflict_and_no_refusal(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        here.steer(case, "afbreking")
        for act in ("opschorting", "hervatting"):
            assert here.steer(case, act).status_code == 409
        done = here.start()
        here.must(done, "a")
        here.must(done, "b")
        for act in STEPS:
            assert here.steer(done, act).status_code == 409
        assert "handeling:geweigerd" not in here.kinds(case) + here.kinds(done)


def test_the_same_again_is_fine_and_leaves_no_second_record(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        for act in STEPS:
            first, again = here.steer(case, act), here.steer(case, act)
            assert again.status_code == 200 and body(again) == body(first)
        assert len(here.trail(case)) == 4


def test_a_stale_view_of_the_case_is_a_conflict(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        seen = here.client.get(f"/v1/zaken/{case}").headers["ETag"]
        here.must(case, "a")
        assert here.steer(case, "afbreking", seen=seen).status_code == 409
        assert here.status(case) == "lopend" and here.kinds(case)[-1] == "taak:afgerond"
        fresh = here.client.get(f"/v1/zaken/{case}").headers["ETag"]
        assert here.steer(case, "afbreking", seen=fresh).status_code == 200


def test_cancelling_closes_every_task_and_frees_every_work_list(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        tasks = [here.task(case, "a"), here.task(case, "b")]
        assert here.client.put(f"/v1/taken/{tasks[0]}/behandelaar", json={}).status_code == 204
        here.steer(case, "afbreking")
        assert {row["status"] for row in here.rows("task")} == {"vervallen"}
        assert here.get("/v1/taken")["resultaten"] == []
        for task in tasks:
            assert here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 409
            assert here.client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 409
            assert here.client.delete(f"/v1/taken/{task}/behandelaar").status_code == 409


def test_in_a_suspended_case_nothing_is_done_and_nothing_is_lost(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        task = here.task(case, "a")
        here.steer(case, "opschorting")
        before = here.rows("task")
        assert here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 409
        assert here.client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 409
        assert here.rows("task") == before and here.kinds(case)[-1] == "zaak:opgeschort"
        here.steer(case, "hervatting")
        here.tick(timedelta(days=1))
        assert here.open(case) == ["a", "b"]
        here.must(case, "a")
        here.must(case, "b")
        assert here.status(case) == "gereed"
        here.assert_whole(case)


def test_what_is_seen_before_a_suspension_is_stale_after_it(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        task, seen = here.task(case, "a"), here.client.get(f"/v1/zaken/{case}").headers["ETag"]
        here.steer(case, "opschorting")
        here.steer(case, "hervatting")
        stale = here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}, headers={"If-Match": seen})
        assert stale.status_code == 409 and here.open(case) == ["a", "b"]


def test_a_completed_task_answers_the_same_also_after_the_case_was_suspended(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TWO) as here:
        case = here.start()
        task = here.task(case, "a")
        first = here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
        here.steer(case, "opschorting")
        again = here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
        assert again.status_code == 200 and body(again) == body(first)
