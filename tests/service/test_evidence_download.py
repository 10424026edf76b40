"""The evidence package over HTTP: the same package as on the command line, for who controls, and on record."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.trail import verify
from service import db, evidence, hearing, people
from service.faults import Malformed
from service.store_questions import Scope
from service.store_trail import ORGANISATION
from service.tables import record
from tests.bench.diagrams import VALUES
from tests.service.houses import House, body, peopled
from tests.service.logs import policy_file

ROOT = "/v1/verantwoording/bewijs"


@pytest.fixture(scope="module")
def house(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with an auditor and a case in which a resident's words are sealed."""
    url, directory = module_url, tmp_path_factory.mktemp("bewijs")
    built = peopled(url, directory)
    built.add("controle", "auditor")
    client = built.log_in("coordinator")
    built.ids["zaak"] = built.start(client)
    task = built.open_task(client, built.ids["zaak"])
    assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    yield built
    built.installation.database.dispose()


def issued(house: House) -> list[dict[str, object]]:
    """The bodies of the records that evidence was given out."""
    with db.reading(house.installation.database) as tx:
        found = select(record.c.body).where(record.c.kind == "bewijs:uitgegeven").order_by(record.c.seq)
        return [json.loads(one) for one in tx.execute(found).scalars()]


@pytest.mark.parametrize("query", ["zaak={zaak}", "wijk=tanthof", "jaar=2027", "wijk=tanthof&jaar=2027"])
def test_what_an_auditor_downloads_verifies_with_the_standard_library_alone(
    house: House, query: str, tmp_path: Path
) -> None:
    answer = house.log_in("controle").get(f"{ROOT}?{query.format(**house.ids)}")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        packed.extractall(tmp_path)
    answer.close()
    bag = tmp_path / "bewijs"
    policy = policy_file(house.installation, tmp_path)
    command = [sys.executable, "-I", verify.__file__, str(bag), "--policy", str(policy)]
    verdict = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    content = (bag / "data/scope.json").read_bytes()
    reference = hearing.reference(house.installation, house.ids["controle"], False, ORGANISATION)
    assert json.loads(content)["requester"] == reference
    last = issued(house)[-1]
    assert last["actor"]["ref"] == reference and last["actor"]["role"] == "auditor"  # type: ignore[index]
    assert last["values"] == {"omvang": hashlib.sha256(content).hexdigest()}
    assert str(VALUES["toelichting"]) not in (bag / "data/records.jsonl").read_text("utf-8")


@pytest.mark.parametrize("login", ["coordinator", "bewoner", "beheer"])
def test_who_does_not_control_gets_nothing_and_that_is_recorded(house: House, login: str) -> None:
    before = len(issued(house))
    answer = house.log_in(login).get(f"{ROOT}?zaak={house.ids['zaak']}")
    assert answer.status_code == 403 and body(answer)["regel"] == "bevoegdheid/rol"
    assert len(issued(house)) == before
    with db.reading(house.installation.database) as tx:
        newest = select(record.c.body).where(record.c.chain == ORGANISATION).order_by(record.c.seq.desc()).limit(1)
        told = json.loads(tx.execute(newest).scalar_one())
    assert told["kind"] == "handeling:geweigerd" and told["values"] == {"vraag": "bewijs"}


def test_without_login_there_is_no_package(house: House) -> None:
    assert house.app.test_client().get(f"{ROOT}?jaar=2027").status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("jaar=twee", 400),
        ("jaar=1", 400),
        ("alles=ja", 400),
        ("zaak=00000000-0000-4000-8000-000000000000", 404),
        ("wijk=nergens", 404),
        ("wijk=tanthof&jaar=2099", 404),
    ],
)
def test_a_package_of_nothing_is_not_made(house: House, query: str, status: int) -> None:
    before = len(issued(house))
    assert house.log_in("controle").get(f"{ROOT}?{query}").status_code == status
    assert len(issued(house)) == before


def test_what_is_too_large_for_a_request_is_sent_to_the_command_line(house: House) -> None:
    before, scope = len(issued(house)), Scope(case=house.ids["zaak"])
    auditor = people.find_login(house.installation, "controle")
    assert auditor is not None
    with pytest.raises(Malformed, match="wijkcyclus evidence"):
        evidence.download(house.installation, auditor, scope, house.now(), most=1)
    assert len(issued(house)) == before


def test_while_nothing_may_be_signed_there_is_no_package(house: House) -> None:
    key = house.installation.config.log_key_file
    memory = key.with_name(f"{key.name}.geheugen")
    kept = memory.read_bytes()
    memory.write_bytes(b"iets anders")
    answer = house.log_in("controle").get(f"{ROOT}?zaak={house.ids['zaak']}")
    memory.write_bytes(kept)
    told = body(answer)
    assert (answer.status_code, told["type"]) == (503, "urn:wijkcyclus:probleem:gebroken")
    assert "geheugen" in told["detail"] and "/healthz" in told["detail"]
