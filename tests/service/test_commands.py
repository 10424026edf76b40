"""The command `wijkcyclus`, and safe copies of an installation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from service import backup, db, exports
from service.__main__ import main
from service.backup import BackupFailed
from service.config import Config
from service.faults import Conflict
from service.installation import open_installation
from tests.bench.diagrams import VALUES
from tests.postgres import PROGRAMS, Postgres
from tests.service.houses import PASSWORD, House, body, peopled

CITY = str(Config.read({}).city)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Config:
    """An empty place, named by the variables that the command reads."""
    monkeypatch.setenv("WIJK_DATABASE_URL", f"sqlite:///{tmp_path / 'wijk.sqlite'}")
    monkeypatch.setenv("WIJK_SLEUTEL", str(tmp_path / "sleutel"))
    monkeypatch.setenv("WIJK_WACHTWOORD", PASSWORD)
    return Config(database_url=f"sqlite:///{tmp_path / 'wijk.sqlite'}", key_file=tmp_path / "sleutel")


def test_an_installation_starts_from_nothing_with_three_commands(
    settings: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert main(["deploy", CITY]) == 0
    assert main(["beheerder", "baas", "De baas"]) == 0
    assert "baas is beheerder" in capsys.readouterr().out


def test_the_first_administrator_is_made_once(settings: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["beheerder", "baas", "De baas"]) == 0
    assert main(["beheerder", "ander", "Een ander"]) == 1
    assert "al rollen" in capsys.readouterr().err


def test_a_second_deployment_asks_who_proposes_it(settings: Config, capsys: pytest.CaptureFixture[str]) -> None:
    main(["deploy", CITY])
    main(["beheerder", "baas", "De baas"])
    assert main(["deploy", CITY]) == 1
    assert "--als" in capsys.readouterr().err


def test_a_city_with_faults_is_checked_and_not_deployed(
    settings: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city = tmp_path / "stad"
    shutil.copytree(CITY, city)
    (city / "fout.bpmn").write_text("<definitions")
    assert main(["check", CITY]) == 0
    assert main(["check", str(city)]) == 1
    assert "fout.bpmn" in capsys.readouterr().out
    assert main(["deploy", str(city)]) == 1
    assert "fout.bpmn" in capsys.readouterr().err


def test_an_unknown_case_is_said_and_not_a_traceback(settings: Config, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    assert main(["replay", "x"]) == 1
    assert main(["export", "--case", "x", "/nergens/bestand"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_setting_that_makes_no_sense_is_said(settings: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIJK_POORT", "tachtig")
    assert main(["migrate"]) == 1


def worked(house: House) -> str:
    """A case with a completed task."""
    client = house.log_in("coordinator")
    case = house.start(client)
    client.put(f"/v1/taken/{house.open_task(client, case)}/afronding", json={"gegevens": VALUES})
    return case


def test_an_export_is_verified_with_plain_python(small_house: House, tmp_path: Path) -> None:
    case = worked(small_house)
    assert exports.export(small_house.installation, case, tmp_path / "zaak.jsonl") == 2
    verify = Path(__file__).resolve().parents[2] / "engine/trail/verify.py"
    command = [sys.executable, "-I", str(verify), str(tmp_path / "zaak.jsonl")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def elsewhere(directory: Path) -> Config:
    directory.mkdir()
    return Config(database_url=f"sqlite:///{directory / 'wijk.sqlite'}", key_file=directory / "sleutel")


def test_a_restored_copy_continues_where_the_original_stood(small_house: House, tmp_path: Path) -> None:
    case = worked(small_house)
    backup.back_up(small_house.installation.config, tmp_path / "kopie")
    place = elsewhere(tmp_path / "nieuw")

    backup.restore(place, tmp_path / "kopie")

    db.migrate(place.database_url)
    restored = open_installation(place)
    assert restored.secret == small_house.installation.secret
    assert exports.export(restored, case, tmp_path / "zaak.jsonl") == 2
    restored.database.dispose()


def test_a_copy_of_postgresql_is_restored_into_an_empty_database(
    postgres_server: Postgres, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=os.pathsep)  # those of the server's own version
    house = peopled(postgres_url, tmp_path)
    case = worked(house)
    backup.back_up(house.installation.config, tmp_path / "kopie")
    place = Config(database_url=postgres_server.url(postgres_server.create()), key_file=tmp_path / "nieuw" / "sleutel")

    backup.restore(place, tmp_path / "kopie")

    restored = open_installation(place)
    assert db.is_current(restored.database) and restored.secret == house.installation.secret
    assert exports.export(restored, case, tmp_path / "zaak.jsonl") == 2
    for one in (restored, house.installation):
        one.database.dispose()


def test_a_command_leaves_no_connection_open_also_when_it_is_refused(
    postgres_server: Postgres, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = peopled(postgres_url, tmp_path)
    case = worked(house)
    house.installation.database.dispose()
    monkeypatch.setenv("WIJK_DATABASE_URL", postgres_url)
    monkeypatch.setenv("WIJK_SLEUTEL", str(tmp_path / "sleutel"))
    assert main(["replay", case]) == 0
    assert main(["export", "--case", "0" * 32, str(tmp_path / "zaak.jsonl")]) == 1
    name = str(make_url(postgres_url).database)
    postgres_server.drop(postgres_server.create(name))  # PostgreSQL copies only what nobody is connected to


def test_a_copy_is_made_while_somebody_works(small_house: House, tmp_path: Path) -> None:
    client = small_house.log_in("coordinator")
    case = small_house.start(client)
    with db.writing(small_house.installation.database):
        backup.back_up(small_house.installation.config, tmp_path / "kopie")
    assert body(client.get(f"/v1/zaken/{case}"))["id"] == case


@pytest.mark.parametrize("name", ["wijkcyclus.sqlite", "sleutel", "manifest.json"])
def test_a_damaged_copy_is_not_put_back(small_house: House, tmp_path: Path, name: str) -> None:
    backup.back_up(small_house.installation.config, tmp_path / "kopie")
    content = bytearray((tmp_path / "kopie" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "kopie" / name).write_bytes(content)
    place = elsewhere(tmp_path / "nieuw")
    with pytest.raises(BackupFailed):
        backup.restore(place, tmp_path / "kopie")
    assert not list((tmp_path / "nieuw").iterdir())


def test_a_copy_is_not_put_over_what_stands(small_house: House, tmp_path: Path) -> None:
    backup.back_up(small_house.installation.config, tmp_path / "kopie")
    with pytest.raises(Conflict):
        backup.restore(small_house.installation.config, tmp_path / "kopie")
    with pytest.raises(BackupFailed):
        backup.back_up(small_house.installation.config, tmp_path / "kopie")


def test_a_manifest_names_no_other_files(tmp_path: Path) -> None:
    manifest = {"v": 1, "bestanden": {"../../etc/passwd": "0" * 64, "sleutel": "0" * 64}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupFailed, match="geen reservekopie"):
        backup.restore(elsewhere(tmp_path / "nieuw"), tmp_path)
