"""The trail given out: a file that anybody can check without us, and rulings that can be judged again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.trail import verify
from service import db, exports, replay
from service.faults import Unknown
from service.tables import record, sealed
from tests.bench.diagrams import VALUES
from tests.service.houses import House
from tests.service.tampering import unguard

VERIFY = Path(verify.__file__)


def lived(house: House) -> str:
    """A case with completions, a claim, a release and refusals in its trail."""
    client, resident = house.log_in("coordinator"), house.log_in("bewoner")
    case = house.start(client)
    for _ in range(2):
        task = house.open_task(client, case)
        assert resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 403
        assert client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": house.ids["coordinator"]}).status_code < 300
        assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    task = house.open_task(client, case)
    assert client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": house.ids["coordinator"]}).status_code < 300
    assert client.delete(f"/v1/taken/{task}/behandelaar").status_code < 300
    return case


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of the verifier, run as an auditor runs it: isolated, with the standard library alone."""
    return subprocess.run([sys.executable, "-I", str(VERIFY), str(file)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("chain", ["case", "organisatie"])
def test_an_exported_chain_verifies_without_us(house: House, tmp_path: Path, chain: str) -> None:
    key = lived(house) if chain == "case" else "organisatie"
    file = tmp_path / "keten.jsonl"
    count = exports.export(house.installation, key, file)
    verdict = checked(file)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert len(file.read_bytes().splitlines()) == count + 1


def test_a_row_altered_in_the_database_is_found(house: House, tmp_path: Path) -> None:
    case = lived(house)
    with db.writing(house.installation.database) as tx:
        unguard(tx, "record")
        tx.execute(update(record).where(record.c.chain == case, record.c.seq == 2).values(kind="taak:afgerond"))
    file = tmp_path / "keten.jsonl"
    exports.export(house.installation, case, file)
    assert checked(file).returncode == 1 or checked(file).returncode == 2


def test_a_sealed_value_altered_in_the_database_is_found(house: House, tmp_path: Path) -> None:
    case = lived(house)
    with db.writing(house.installation.database) as tx:
        tx.execute(update(sealed).where(sealed.c.chain == case).values(key="0" * 32, content=b"iets anders"))
    file = tmp_path / "keten.jsonl"
    exports.export(house.installation, case, file)
    assert checked(file).returncode != 0


def test_a_chain_that_does_not_exist_is_not_exported(house: House, tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        exports.export(house.installation, "geen-keten", tmp_path / "keten.jsonl")
    assert not (tmp_path / "keten.jsonl").exists()


def test_every_ruling_of_a_case_is_judged_again_with_the_same_answer(house: House) -> None:
    case = lived(house)
    again = replay.replay(house.installation, case)
    assert len(again) == 9
    assert [one for one in again if not one.agrees] == []
    assert {outcome for one in again for outcome in one.recorded[:1]} == {"allowed", "refused"}
