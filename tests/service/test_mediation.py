"""A referral to mediation over HTTP: nothing that people write is stored, and only numbers leave it (INV-39)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import replay
from tests.engine.families import PROCESSES
from tests.service.houses import body, peopled
from tests.service.towns import FAMILY, Town

NAME = "buurtbemiddeling_verwijzing"
FILES = {
    name: (PROCESSES / "delft" / name).read_bytes()
    for name in (f"{NAME}.bpmn", "verwijzing_bemiddeling.form", "afsluiting_bemiddeling.form")
}
STORY = "Geluidsoverlast van nummer twaalf"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    house = peopled(url, tmp_path, FAMILY | FILES)
    for login, role in (("balie", "publieksbalie"), ("rekenkamer", "auditor"), ("college", "college")):
        house.add(login, role)
    house.add("opbouw", "wijkopbouwwerker", "wijk", wijk="tanthof")
    yield Town(house, house.log_in("balie"), tmp_path, "balie")
    house.installation.database.dispose()


def complete(here: Town, login: str, case: str, element: str, values: dict[str, Any], **more: Any) -> Any:
    here.log_in(login)
    task = here.task(case, element)
    return here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": values, **more})


def referred(here: Town, wijk: str = "tanthof") -> str:
    here.log_in("balie")
    case = here.house.start(here.client, NAME, wijk)
    assert complete(here, "balie", case, "bemiddeling_verwijzen", {"weg": "telefoon"}).status_code == 200
    return case


def numbers(here: Town, login: str) -> dict[str, int | None]:
    answer = here.house.log_in(login).get(f"/v1/zaken/aantallen?proces={NAME}&jaar=2027")
    assert answer.status_code == 200, answer.text
    return {one["wijk"]: one["aantal"] for one in body(answer)["resultaten"]}


def everything(here: Town) -> str:
    """What stands in every table, sealed values opened."""
    tables = {name: here.rows(name) for name in here.counts()}
    return json.dumps([tables, [one.value for one in here.sealed()]], default=str, ensure_ascii=False)


def test_inv_39_nothing_that_somebody_writes_is_stored_by_any_road(here: Town) -> None:
    case = referred(here)
    closing, done = "bemiddeling_afsluiten", {"uitkomst": "opgepakt"}
    answer = complete(here, "coordinator", case, closing, done, motivering=STORY)
    assert (answer.status_code, body(answer)["regel"]) == (403, "INV-39")
    assert complete(here, "coordinator", case, closing, {**done, "verhaal": STORY}).status_code == 400
    told = {"tekst": STORY, STORY: "x"}
    attempt = {"handeling": "werk", "stap": None, "onderwerp": "nummer-twaalf", "gegevens": told}
    answer = here.client.post(f"/v1/zaken/{case}/handelingen", json=attempt)
    assert (answer.status_code, body(answer)["regel"]) == (403, "INV-39")
    for act in ("opschorting", "afbreking"):
        answer = here.client.put(f"/v1/zaken/{case}/{act}", json={"reden": STORY})
        assert (answer.status_code, body(answer)["regel"]) == (403, "INV-39")
    regel = next(one["regel"] for one in here.trail(case) if one["soort"] == "taak:afgerond")
    correction = {"regel": regel, "gegevens": {"weg": "balie"}, "reden": STORY}
    assert here.client.post(f"/v1/zaken/{case}/correcties", json=correction).status_code == 403
    started = {"proces": NAME, "wijk": "tanthof", "groep": "nummer-twaalf"}
    assert here.house.log_in("balie").post("/v1/zaken", json=started).status_code == 400
    assert complete(here, "coordinator", case, closing, done).status_code == 200
    assert "nummer-twaalf" not in everything(here) and STORY not in everything(here)
    assert [row for row in here.rows("sealed") if row["chain"] == case] == []
    assert all(one.agrees for one in replay.replay(here.house.installation, case))
    here.assert_whole(case)


def test_inv_39_outside_its_lanes_such_a_case_does_not_exist(here: Town) -> None:
    case = referred(here)
    for login in ("opbouw", "bewoner", "college", "buur", "beheer"):
        client = here.house.log_in(login)
        for part in ("", "/taken", "/verantwoording", "/registers/besluiten"):
            assert client.get(f"/v1/zaken/{case}{part}").status_code == 404, (login, part)
        listed = body(client.get("/v1/zaken"))["resultaten"]
        assert case not in {one["id"] for one in listed} or login == "buur"
    for login in ("balie", "coordinator", "rekenkamer"):
        client = here.house.log_in(login)
        assert client.get(f"/v1/zaken/{case}").status_code == 200
        assert case in {one["id"] for one in body(client.get("/v1/zaken"))["resultaten"]}


def test_inv_39_only_numbers_of_five_and_more_leave_it(here: Town) -> None:
    assert numbers(here, "bewoner") == {"tanthof": None, "voorhof": None}
    for _ in range(4):
        referred(here)
    referred(here, "voorhof")
    assert numbers(here, "bewoner") == {"tanthof": None, "voorhof": None}
    referred(here)
    for login in ("bewoner", "college", "opbouw"):
        assert numbers(here, login) == {"tanthof": 5, "voorhof": None}
