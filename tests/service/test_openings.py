"""Opening what is sealed: with a task or with a ground, on record before it is read, and by nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.trail import verify
from service import exports, inspection
from service.__main__ import main
from tests.engine.bpmn import end, process, start
from tests.service.houses import body
from tests.service.towns import Town, town, work

TWO = process("p", start("s"), work("t"), work("t2"), end("e"), flow="s > t > t2 > e")
SECRET = "Mevrouw Jansen uit de Bosrand klaagt"
GROUND = "Onderzoek 2027-3 van de rekenkamer"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    with town(url, tmp_path, TWO) as found:
        found.house.add("rekenkamer", "auditor")
        yield found


def told(here: Town) -> str:
    case = here.start()
    here.must(case, "t", toelichting=SECRET)
    return case


def look(here: Town, login: str, case: str, **asked: Any) -> Any:
    client = here.house.log_in(login)
    return client.post(f"/v1/zaken/{case}/inzage", json={"compartiment": "werk", "grond": GROUND, **asked})


def test_an_auditor_opens_with_a_ground_and_every_time_is_recorded(here: Town) -> None:
    case = told(here)
    for _ in range(2):
        answer = look(here, "rekenkamer", case)
        assert answer.status_code == 200, answer.text
        assert [one["inhoud"] for one in body(answer)["waarden"]] == [SECRET]
    opened = [one for one in here.trail(case) if one["soort"] == "verzegeling:geopend"]
    assert len(opened) == 2
    values = opened[0]["inhoud"]["values"]
    assert values["compartiment"] == "werk" and set(values["reden"]) == {"verzegeld"}
    assert GROUND in {one.value for one in here.sealed()} and GROUND not in json.dumps(here.trail(case))
    here.assert_whole(case)


@pytest.mark.parametrize("login", ["coordinator", "bewoner", "beheer"])
def test_nobody_else_opens_and_the_attempt_is_recorded(here: Town, login: str) -> None:
    case = told(here)
    answer = look(here, login, case)
    assert answer.status_code in (403, 404) and SECRET not in answer.text
    assert here.kinds(case)[-1] == "handeling:geweigerd"


@pytest.mark.parametrize("ground", ["", "  \n", None, 3])
def test_without_a_ground_nothing_opens(here: Town, ground: Any) -> None:
    case = told(here)
    answer = look(here, "rekenkamer", case, grond=ground)
    assert answer.status_code == 400 and SECRET not in answer.text
    assert "verzegeling:geopend" not in here.kinds(case)


def test_an_auditor_reads_what_is_not_sealed_and_changes_nothing(here: Town) -> None:
    case = told(here)
    auditor = here.house.log_in("rekenkamer")
    for part in ("", "/taken", "/verantwoording", "/registers/besluiten"):
        answer = auditor.get(f"/v1/zaken/{case}{part}")
        assert answer.status_code == 200 and SECRET not in answer.text
    state = here.rows("case")[0]["state"]
    task = here.task(case, "t2")
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", f"/v1/taken/{task}/afronding", {"gegevens": {"toelichting": "x", "aantal": 1, "keuze": "ja"}}),
        ("PUT", f"/v1/taken/{task}/behandelaar", {"persoon": here.house.ids["rekenkamer"]}),
        ("PUT", f"/v1/zaken/{case}/afbreking", {"reden": "x"}),
        ("PUT", f"/v1/zaken/{case}/opschorting", {"reden": "x"}),
        ("POST", f"/v1/zaken/{case}/handelingen", {"handeling": "besluit", "stap": "D09", "gegevens": {}}),
        ("POST", "/v1/zaken", {"proces": "p", "wijk": "tanthof", "jaar": 2027}),
        ("POST", "/v1/vernietigingen", {"zaak": case, "grond": "onrechtmatig", "reden": "x"}),
        ("POST", "/v1/bewaarplichten", {"zaak": case, "reden": "x"}),
    ]
    for method, address, content in tries:
        answer = auditor.open(address, method=method, json=content)
        assert answer.status_code == 403, f"{method} {address}: {answer.status_code}"
    assert here.rows("case")[0]["state"] == state and here.open(case) == ["t2"]


def test_an_export_shows_what_is_sealed_only_with_a_ground_that_is_recorded(here: Town, tmp_path: Path) -> None:
    case = told(here)
    file, installation = tmp_path / "zaak.jsonl", here.house.installation
    exports.export(installation, case, file)
    assert SECRET not in file.read_text("utf-8") and verify.main([str(file)]) == 0
    exports.export(installation, case, file, here.house.now(), GROUND)
    assert SECRET in file.read_text("utf-8") and verify.main([str(file)]) == 0
    assert here.kinds(case)[-1] == "verzegeling:geopend"


def test_a_person_gets_all_that_is_held_and_nothing_of_others(here: Town) -> None:
    case = told(here)
    resident = here.house.log_in("bewoner")
    attempt = {"handeling": "inbreng", "stap": "D08", "gegevens": {"tekst": "Mijn eigen woorden"}}
    assert resident.post(f"/v1/zaken/{case}/handelingen", json=attempt).status_code in (403, 409)
    here.later(timedelta(hours=1))
    found = json.dumps(inspection.inspect(here.house.installation, "bewoner", here.house.now()), ensure_ascii=False)
    assert "Mijn eigen woorden" in found and "Naam van bewoner" in found and SECRET not in found
    assert '"rol": "bewoner"' in found
    kinds = [one["kind"] for one in here.rows("record") if one["chain"] == "organisatie"]
    assert kinds[-1] == "persoon:ingezien"
    own = inspection.inspect(here.house.installation, "coordinator", here.house.now())
    assert SECRET in json.dumps(own, ensure_ascii=False)


def test_the_command_prints_what_is_held(
    here: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = here.house.installation.config
    monkeypatch.setenv("WIJK_DATABASE_URL", config.database_url)
    monkeypatch.setenv("WIJK_SLEUTEL", str(config.key_file))
    assert main(["inzage", "--persoon", "bewoner"]) == 0
    account = json.loads(capsys.readouterr().out)["account"]
    assert (account["gebruikersnaam"], account["tweedeFactor"]) == ("bewoner", None)
    assert main(["inzage", "--persoon", "niemand"]) == 1
