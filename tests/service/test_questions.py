"""Asking the log over HTTP and on the command line: who may, what comes back, and what is said of what is missing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from engine.questions import sample
from engine.questions.catalogue import QUESTIONS
from engine.questions.exceptions import LISTS
from service import db, questions, sequencing, signing, store_questions
from service.__main__ import main
from service.tables import record, sealed
from tests.bench.diagrams import VALUES
from tests.service.houses import House, body, peopled
from tests.service.tampering import unguard

ROOT = "/v1/verantwoording"
HERE = "wijk=tanthof&jaar=2027"
Asked = tuple[House, FlaskClient, str]


@pytest.fixture
def asked(url: str, tmp_path: Path) -> Iterator[Asked]:
    """A house with an auditor, and a case in which something was done and something refused."""
    house = peopled(url, tmp_path)
    house.add("controle", "auditor")
    client, resident = house.log_in("coordinator"), house.log_in("bewoner")
    case = house.start(client)
    task = house.open_task(client, case)
    assert resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 403
    assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    yield house, house.log_in("controle"), case
    house.installation.database.dispose()


def test_the_auditor_asks_every_question_and_list(asked: Asked) -> None:
    _, auditor, case = asked
    listed = body(auditor.get(f"{ROOT}/vragen"))["resultaten"]
    assert [one["nr"] for one in listed] == [str(number) for number in range(1, 26)]
    for path in (*(f"vragen/{one.name}" for one in QUESTIONS), *(f"lijsten/{name}" for name in LISTS)):
        for scope in (HERE, f"zaak={case}"):
            answer = auditor.get(f"{ROOT}/{path}?{scope}")
            assert answer.status_code == 200, answer.text
            assert body(answer)["totalen"]["nietInOrde"] == 0
    refused = body(auditor.get(f"{ROOT}/vragen/9?{HERE}"))["resultaten"]
    assert [row["regel_van"] for row in refused if row["zaak"] == case] == ["taak/kandidaat"]


@pytest.mark.parametrize("login", ["coordinator", "bewoner", "beheer"])
def test_who_does_not_control_is_refused_and_that_is_recorded(asked: Asked, login: str) -> None:
    house, auditor, _ = asked
    for path in (f"vragen/1?{HERE}", f"lijsten/beheer?{HERE}", "steekproef?aantal=3"):
        answer = house.log_in(login).get(f"{ROOT}/{path}")
        assert answer.status_code == 403 and body(answer)["regel"] == "bevoegdheid/rol"
    rows = body(auditor.get(f"{ROOT}/vragen/9?{HERE}"))["resultaten"]
    assert [row["wat"] for row in rows].count("controleren") == 3


def test_reading_leaves_no_record_and_changes_nothing(asked: Asked) -> None:
    house, auditor, _ = asked
    with db.reading(house.installation.database) as tx:
        before = store_questions.heads(tx)
    for one in QUESTIONS:
        auditor.get(f"{ROOT}/vragen/{one.name}?{HERE}")
    with db.reading(house.installation.database) as tx:
        assert store_questions.heads(tx) == before


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("vragen/26?" + HERE, 404),
        ("vragen/0?" + HERE, 404),
        ("lijsten/alles?" + HERE, 404),
        ("vragen/1?wijk=elders&jaar=2027", 404),
        ("vragen/1?zaak=00000000-0000-4000-8000-000000000000", 404),
        ("vragen/1", 400),
        ("vragen/1?wijk=tanthof", 400),
        ("vragen/1?wijk=tanthof&jaar=twee", 400),
        ("vragen/1?" + HERE + "&cursor=-1", 400),
        ("vragen/1?" + HERE + "&limit=201", 400),
        ("vragen/1?" + HERE + "&meer=ja", 400),
        ("steekproef", 400),
        ("steekproef?aantal=0", 400),
    ],
)
def test_what_is_no_question_is_said_to_be_none(asked: Asked, query: str, status: int) -> None:
    assert asked[1].get(f"{ROOT}/{query}").status_code == status


def test_an_answer_comes_by_the_page_and_whole_as_a_file(asked: Asked) -> None:
    house, auditor, case = asked
    address, rows = f"{ROOT}/lijsten/beheer?{HERE}&limit=2", []
    while address:
        page = body(auditor.get(address))
        rows += page["resultaten"]
        assert len(page["resultaten"]) <= 2
        address = page["_links"].get("next", {}).get("href", "")
    assert len(rows) == page["totalen"]["rijen"] > 2
    table = auditor.get(f"{ROOT}/lijsten/beheer?{HERE}", headers={"Accept": "text/csv"})
    assert table.mimetype == "text/csv"
    assert [row["regel"] for row in csv.DictReader(io.StringIO(table.text))] == [row["regel"] for row in rows]
    lines = auditor.get(f"{ROOT}/lijsten/beheer?{HERE}", headers={"Accept": "application/jsonl"})
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    totals = ", ".join(f"{name}={number}" for name, number in page["totalen"].items())
    assert table.headers["Totalen"] == lines.headers["Totalen"] == totals
    only = body(auditor.get(f"{ROOT}/vragen/13?{HERE}&zaak={case}&rol=wijkcoordinator"))["resultaten"]
    assert {(row["zaak"], row["rol"]) for row in only} == {(case, "wijkcoordinator")}
    house.installation.database.dispose()


def test_the_command_line_asks_the_same_and_tells_the_totals_beside_the_rows(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house, auditor, case = asked
    monkeypatch.setenv("WIJK_DATABASE_URL", house.installation.config.database_url)
    monkeypatch.setenv("WIJK_SLEUTEL", str(house.installation.config.key_file))
    place = ["--wijk", "tanthof", "--jaar", "2027"]
    for nr in ("1", "9", "13", "23", "25"):
        rows = body(auditor.get(f"{ROOT}/vragen/{nr}?{HERE}&limit=200"))["resultaten"]
        assert main(["ask", nr, *place, "--vorm", "jsonl"]) == 0
        out, err = capsys.readouterr()
        assert [json.loads(line)["regel"] for line in out.splitlines() if line] == [row["regel"] for row in rows]
        assert f"{len(rows)} rijen" in err
        assert main(["ask", nr, *place, "--vorm", "csv"]) == 0
        out, err = capsys.readouterr()
        assert len([*csv.DictReader(io.StringIO(out))]) == len(rows) and "in het logboek" in err
    main(["ask", "13", "--zaak", case, "--rol", "wijkcoordinator", "--stap", "D01", "--vorm", "jsonl"])
    assert capsys.readouterr().out.strip() == ""


def test_what_was_altered_or_taken_away_shows_in_the_totals(asked: Asked) -> None:
    house, auditor, case = asked
    with db.writing(house.installation.database) as tx:
        held = len(tx.execute(select(sealed.c.digest).where(sealed.c.chain == case)).all())
        assert held > 0
    before = body(auditor.get(f"{ROOT}/vragen/25?zaak={case}"))["resultaten"]
    assert {row["soort"] for row in before} == {"bewaard"}
    with db.writing(house.installation.database) as tx:
        unguard(tx, "record")
        unguard(tx, "sealed")
        tx.execute(delete(sealed).where(sealed.c.chain == case))
        tx.execute(delete(record).where(record.c.chain == case, record.c.seq == 1))
    gone = body(auditor.get(f"{ROOT}/vragen/25?zaak={case}"))["resultaten"]
    assert {row["soort"] for row in gone} == {"vernietigd"}
    told = body(auditor.get(f"{ROOT}/vragen/24?zaak={case}"))["resultaten"]
    assert [row["klopt"] for row in told] == [False] and len(told[0]["fouten"]) >= 2


def test_a_sample_is_drawn_again_by_whoever_has_the_log(asked: Asked) -> None:
    house, auditor, _ = asked
    first = body(auditor.get(f"{ROOT}/steekproef?aantal=4"))
    assert body(auditor.get(f"{ROOT}/steekproef?aantal=4")) == first
    with db.reading(house.installation.database) as tx:
        heads, digests = store_questions.heads(tx), sorted(store_questions.digests(tx))
    assert first["zaad"] == sample.seed_of_heads(heads)
    assert [row["regel"] for row in first["resultaten"]] == sample.drawn(digests, first["zaad"], 4)
    house.start(house.log_in("coordinator"))
    assert body(auditor.get(f"{ROOT}/steekproef?aantal=4"))["zaad"] != first["zaad"]


def test_once_the_log_is_signed_a_sample_follows_from_its_checkpoint(asked: Asked) -> None:
    house, auditor, _ = asked
    sequencing.sequence_all(house.installation)
    signed = signing.sign_head(house.installation, house.now())
    assert signed is not None
    house.start(house.log_in("coordinator"))  # what came after is not in it
    drawn = body(auditor.get(f"{ROOT}/steekproef?aantal=4"))
    assert drawn["zaad"] == sha256(signed.note.partition(b"\n\n")[0] + b"\n").hexdigest()
    assert drawn["inVerantwoording"] == signed.frontier.size and len(drawn["resultaten"]) == 4


def test_a_sample_larger_than_the_log_is_the_whole_log(asked: Asked) -> None:
    drawn = questions.draw(asked[0].installation, 1_000)
    assert len({row["regel"] for row in drawn.rows}) == drawn.among
