"""What the engine cannot carry out: nothing changes, it is said, seen and on record, and it can be tried again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bench.diagrams import FORM, VALUES
from tests.engine.bpmn import (
    catch,
    el,
    end,
    error,
    extension,
    many,
    message,
    par,
    process,
    script,
    start,
    throw,
    timer,
    user,
    wijk,
)
from tests.engine.tables import decision, document
from tests.service.houses import body
from tests.service.towns import Town, town, work

HOUR = timedelta(hours=1)
TABLE = document(decision(["t.aantal: number"], ["uitkomst"], ['< 10 => "weinig"', '>= 10 => "veel"']))
TABLES = {"tabel_dmn": TABLE}


def ask(ident: str) -> str:
    """Ask the table, which has no answer while the number of task `t` is not known."""
    return el("businessRuleTask", ident, wijk("tabel", besluit="tabel", resultaat="oordeel"))


def stuck_timer(more: str = timer("PT1H")) -> str:
    """Beside task `t` an event, after which the table is asked."""
    return process(
        "p", start("s"), par("splits"), work("t"), catch("wacht", more), ask("vraag"), work("a"), end("e"), end("e2"),
        flow="s > splits > t > e; splits > wacht > vraag > a > e2",
    )  # fmt: skip


NO_MATCH = process("p", start("s"), work("t"), ask("vraag"), work("a"), end("e"), flow="s > t > vraag > a > e")
RUNAWAY = process(
    "p", start("s"), work("t"), script("keer", "n = 1", many(times="t.aantal", sequential=True)), work("a"), end("e"),
    flow="s > t > keer > a > e",
)  # fmt: skip
TIMED = stuck_timer()
LONG = "x" * 201


def about(subject: str) -> str:
    """A second task about what this FEEL says."""
    return process(
        "p", start("s"), work("t"), user("a", wijk("taak", handeling="werk", formulier=FORM, onderwerp=subject)),
        end("e"), flow="s > t > a > e",
    )  # fmt: skip


STUCK: list[tuple[str, str, dict[str, Any]]] = [
    ("a table without an answer", NO_MATCH, {"aantal": None}),
    ("a number of times that is not known", RUNAWAY, {"aantal": None}),
    ("too many instances", RUNAWAY, {"aantal": 1001}),
    ("a subject that is sealed", about("t.toelichting"), {}),
    ("a subject that is a list", about("[t.aantal]"), {}),
    ("a subject that is too long", about(f'"{LONG}"'), {}),
    ("a subject of more lines", about('"een" + string(t.aantal) + "\\n" + "twee"'), {}),
    ("an empty subject", about('" "'), {}),
]


def sent(here: Town, task: str, values: dict[str, Any]) -> Any:
    """The completion of the task with these values over the usual ones; None leaves one out."""
    full = VALUES | values
    given = {name: value for name, value in full.items() if value is not None}
    return here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": given})


def nothing_known(here: Town, case: str) -> Any:
    """The completion of `t` without a number."""
    return sent(here, here.task(case, "t"), {"aantal": None})


def unchanged(here: Town) -> dict[str, int]:
    """What no failure may touch."""
    return {name: n for name, n in here.counts().items() if name not in ("record", "incident")}


@pytest.mark.parametrize(("drawn", "values"), [row[1:] for row in STUCK], ids=[row[0] for row in STUCK])
def test_a_completion_that_cannot_be_carried_out_changes_nothing_and_says_so(
    sqlite_url: str, tmp_path: Path, drawn: str, values: dict[str, Any]
) -> None:
    assert_stuck(sqlite_url, tmp_path, drawn, values)


@pytest.mark.parametrize(("drawn", "values"), [STUCK[0][1:], STUCK[6][1:]], ids=[STUCK[0][0], STUCK[6][0]])
def test_the_same_on_the_other_database(postgres_url: str, tmp_path: Path, drawn: str, values: dict[str, Any]) -> None:
    assert_stuck(postgres_url, tmp_path, drawn, values)


def assert_stuck(url: str, tmp_path: Path, drawn: str, values: dict[str, Any]) -> None:
    with town(url, tmp_path, drawn, tabel_dmn=TABLE) as here:
        case = here.start()
        before, revision, task = unchanged(here), here.revision(case), here.task(case, "t")
        state = [row["state"] for row in here.rows("case")]
        answer = sent(here, task, values)
        assert answer.status_code == 409, answer.text
        assert body(answer)["title"] and body(answer)["detail"], answer.text
        assert here.open(case) == ["t"] and here.revision(case) == revision and unchanged(here) == before
        assert [row["state"] for row in here.rows("case")] == state
        assert here.kinds(case) == ["zaak:gestart", "incident:ontstaan"]
        (incident,) = here.incidents(case)
        assert incident["melding"] and incident["hersteld"] is None
        assert "Bosboom" not in json.dumps(here.incidents(case))
        here.assert_whole(case)


def test_after_an_incident_other_values_complete_the_task(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, NO_MATCH, **TABLES) as here:
        case = here.start()
        assert nothing_known(here, case).status_code == 409
        here.must(case, "t", aantal=5)
        assert here.open(case) == ["a"]
        here.assert_whole(case)


def test_inv_15_a_table_out_of_date_answers_no_rule_task_on_any_road(url: str, tmp_path: Path) -> None:
    expired = TABLE.replace(b'wijk:geldigVan="2025-01-01"', b'wijk:geldigVan="2025-01-01" wijk:geldigTot="2026-03-02"')
    with town(url, tmp_path, NO_MATCH, tabel_dmn=expired) as here:
        in_time, late = here.start(), here.start()
        here.must(in_time, "t", aantal=5)
        here.later(24 * HOUR)
        before, task = unchanged(here), here.task(late, "t")
        answer = sent(here, task, {"aantal": 5})
        assert answer.status_code == 409 and "geldt niet op" in body(answer)["detail"], answer.text
        assert here.open(late) == ["t"] and unchanged(here) == before
        (incident,) = here.incidents(late)
        assert "geldt niet op" in incident["melding"]


def test_a_case_that_cannot_begin_is_not_there(url: str, tmp_path: Path) -> None:
    drawn = process("p", start("s"), ask("vraag"), work("t"), end("e"), flow="s > vraag > t > e")
    with town(url, tmp_path, drawn, **TABLES) as here:
        before = here.counts()
        answer = here.client.post("/v1/zaken", json={"proces": "p", "wijk": "tanthof", "jaar": 2027})
        assert answer.status_code == 409 and body(answer)["detail"], answer.text
        assert here.counts() == before


def stranded(here: Town) -> tuple[str, str]:
    """A case whose timer got stuck, and the incident."""
    case = here.start()
    assert here.tick(HOUR) == 1
    (incident,) = here.incidents(case)
    return case, str(incident["id"])


def retry(here: Town, case: str, incident: str, reason: str = "Het aantal is nu bekend.") -> Any:
    return here.client.put(f"/v1/zaken/{case}/incidenten/{incident}/herstel", json={"reden": reason})


def test_a_timer_that_gets_stuck_stays_put_and_works_when_it_is_retried_after_the_cure(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, incident = stranded(here)
        assert here.open(case) == ["t"]
        assert here.kinds(case) == ["zaak:gestart", "incident:ontstaan"]
        assert [row["status"] for row in here.rows("job")] == ["vastgelopen"]
        assert here.tick(10 * HOUR) == 0, "nobody tries it again by itself"

        assert retry(here, case, incident).status_code == 204
        assert here.tick() == 1, "the cure is not there yet"
        first, second = here.incidents(case)
        assert (first["hersteld"] is None) and second["hersteld"] is not None

        here.must(case, "t", aantal=11)
        assert retry(here, case, first["id"]).status_code == 204
        assert here.tick() == 1 and here.open(case) == ["a"]
        assert all(one["hersteld"] for one in here.incidents(case)) and here.rows("job") == []
        assert here.kinds(case)[-2:] == ["incident:hersteld", "tijd:verstreken"]
        here.assert_whole(case)


def test_the_others_are_done_when_one_job_gets_stuck(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        cases = [here.start() for _ in range(4)]
        here.must(cases[2], "t", aantal=11)
        assert here.tick(HOUR) == 4
        assert [len(here.incidents(case)) for case in cases] == [1, 1, 0, 1]
        assert here.open(cases[2]) == ["a"]


def test_who_may_not_retries_nothing_and_it_is_recorded(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, incident = stranded(here)
        address = f"/v1/zaken/{case}/incidenten/{incident}/herstel"
        refused = here.house.log_in("bewoner").put(address, json={"reden": "Ik wil het."})
        assert refused.status_code == 403 and body(refused)["regel"] == "bevoegdheid/rol"
        assert here.kinds(case)[-1] == "handeling:geweigerd"
        assert here.house.log_in("buur").put(address, json={"reden": "Ik ook."}).status_code == 404
        assert here.kinds(case)[-1] == "handeling:geweigerd"
        assert [row["status"] for row in here.rows("job")] == ["vastgelopen"]
        assert [one["hersteld"] for one in here.incidents(case)] == [None]


def test_a_retry_needs_a_reason_that_is_sealed_and_happens_once(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, incident = stranded(here)
        for empty in ("", "  \n"):
            assert retry(here, case, incident, empty).status_code == 400
        assert retry(here, case, "0" * 36).status_code == 404
        assert retry(here, case, incident, "Mevrouw X belde erover.").status_code == 204
        assert retry(here, case, incident).status_code == 409
        assert "Mevrouw" not in json.dumps(here.trail(case))
        assert "Mevrouw X belde erover." in [one.value for one in here.sealed()]


def test_an_incident_of_another_case_is_not_found(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, incident = stranded(here)
        other = here.start()
        assert retry(here, other, incident).status_code == 404
        assert [one["hersteld"] for one in here.incidents(case)] == [None]


def test_a_cancelled_case_forgets_what_got_stuck(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, TIMED, **TABLES) as here:
        case, incident = stranded(here)
        here.steer(case, "afbreking")
        assert here.rows("job") == []
        assert retry(here, case, incident).status_code in (403, 409)
        assert here.tick(HOUR) == 0


def test_a_message_that_its_receiver_cannot_take_is_an_incident_of_the_receiver(url: str, tmp_path: Path) -> None:
    key = extension('<wijk:bericht sleutel="&quot;k&quot;"/>')
    sender = process(
        "zender", start("s"), work("t"), throw("zend", key + message("klaar")), end("e"), flow="s > t > zend > e"
    )
    receiver = stuck_timer(key + message("klaar"))
    with town(url, tmp_path, sender, receiver, **TABLES) as here:
        case, other = here.start(), here.start("zender")
        here.must(other, "t")
        here.tick()
        (incident,) = here.incidents(case)
        assert here.incidents(other) == [] and here.open(case) == ["t"]
        here.must(case, "t", aantal=1)
        assert retry(here, case, incident["id"]).status_code == 204
        here.tick()
        assert here.open(case) == ["a"] and here.kinds(case)[-1] == "bericht:ontvangen"


def test_a_repeated_failure_leaves_no_task_closed_and_no_gap_in_the_chain(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, NO_MATCH, **TABLES) as here:
        case = here.start()
        for _ in range(3):
            assert nothing_known(here, case).status_code == 409
        assert len(here.incidents(case)) == 3
        here.assert_whole(case)


def test_an_error_that_nothing_catches_is_told_where_the_case_ends(url: str, tmp_path: Path) -> None:
    drawn = process(
        "p", start("s"), work("t"), el("endEvent", "e", error("mislukt")), flow="s > t > e"
    )  # fmt: skip
    with town(url, tmp_path, drawn) as here:
        case = here.start()
        here.must(case, "t")
        assert here.status(case) == "gereed"
        assert here.trail(case)[-1]["soort"] == "zaak:gereed"
        assert here.trail(case)[-1]["inhoud"]["values"] == {"fout": "mislukt"}


def test_a_case_that_ends_as_it_begins_says_so(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, process("p", start("s"), script("k", "n = 1"), end("e"), flow="s > k > e")) as here:
        case = here.start()
        assert here.status(case) == "gereed" and here.kinds(case) == ["zaak:gestart", "zaak:gereed"]
        here.assert_whole(case)
