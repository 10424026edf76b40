"""Where two bodies decide together, the decision of one of them is none yet: over HTTP, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from service import replay
from tests.engine.bpmn import end, process, start, user, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.towns import Town, town

FIELDS: list[dict[str, Any]] = [
    {"type": "textfield", "key": key, "id": f"v_{key}", "label": key, "properties": {"openbaar": "ja"}}
    for key in ("bewijs", "effect_tegen_beoogd", "taken", "data", "uitvoeringsrol")
]
FORM = {
    "type": "default",
    "id": "vrij",
    "components": [*FIELDS, {"type": "number", "key": "inbrengregister", "id": "i"}],
}
FORMS = {f"{name}_form": (PROCESSES / "gedeeld" / f"{name}.form").read_bytes() for name in ("kader", "publicatie")} | {
    "vrij_form": json.dumps(FORM).encode(),
    "bewaartermijn_dmn": (PROCESSES / "gedeeld" / "bewaartermijn.dmn").read_bytes(),
    "publicatieplicht_dmn": (PROCESSES / "delft" / "publicatieplicht.dmn").read_bytes(),
}
OWN = '"I-02"'
LANES = {"college": "kader", "communicatie": "bekend", "deelnemers": "plan groep"}


def decides(ident: str, step: str, rung: str) -> str:
    return user(ident, wijk("taak", handeling="besluit", stap=step, treden=rung, formulier="vrij", onderwerp=OWN))


DRAWN = process(
    "p",
    start("s"),
    user("kader", wijk("taak", handeling="kader", stap="D13", formulier="kader", onderwerp=OWN)),
    user("bekend", wijk("taak", handeling="publicatie", formulier="publicatie", product="participatiekader")),
    decides("plan", "D10", "coproduceren"),
    decides("wijk", "D13", "raadplegen"),
    decides("groep", "D13", "raadplegen"),
    decides("nogmaals", "D13", "raadplegen"),
    end("e"),
    flow="s > kader > bekend > plan > wijk > groep > nogmaals > e",
    lanes=LANES,
)
FRAME: dict[str, Any] = {
    "doel": "Samen bepalen", "ruimte_open": "Wat er gebeurt", "ruimte_dicht": "De ringweg",
    "orgaan": "wijkcoordinator", "doelgroep": "Alle bewoners", "werkvorm": "Bijeenkomsten",
    "terugkoppeling": "Schriftelijk", "termijn": "2026-03-20", "trede": "raadplegen",
    "kaders": [
        {"stap": "D13", "doelgroep": "De buurt"},
        {"stap": "D10", "orgaan": "deelnemers", "trede": "coproduceren", "doelgroep": "De groep"},
    ],
}  # fmt: skip
PLAN = {"taken": "Graven", "data": "Mei", "uitvoeringsrol": "Zelf"}
RESULT = {"bewijs": "Foto's", "effect_tegen_beoogd": "Zoals beoogd", "inbrengregister": 0}


def must(here: Town, case: str, element: str, client: FlaskClient, **values: Any) -> list[str]:
    """The task completed; answers what is owed after it."""
    answer = client.put(f"/v1/taken/{here.task(case, element)}/afronding", json={"gegevens": values})
    assert answer.status_code == 200, (element, answer.text)
    return list(body(answer)["verschuldigd"])


def results(here: Town, case: str) -> list[tuple[str, Any]]:
    """Each result in the register: in which role, and for whom it still waits."""
    rows = [one["inhoud"] for one in here.get(f"/v1/zaken/{case}/registers/besluiten")["resultaten"]]
    return [(row["rol"], row.get("wacht_op")) for row in rows if "bewijs" in row["gegevens"]]


def test_inv_13_a_decision_of_one_body_waits_for_the_same_one_of_the_other(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, DRAWN, **FORMS) as here:
        for login in ("college", "communicatie"):
            here.house.add(login, login)
        here.house.add("graver", "deelnemers", "groep", is_resident=True, wijk="tanthof", groep="I-02")
        case = here.start()
        must(here, case, "kader", here.house.log_in("college"), **FRAME)
        public = {"kanalen": ["website"], "datum": "2026-03-02"}
        must(here, case, "bekend", here.house.log_in("communicatie"), **public)
        here.later(timedelta(days=20))
        must(here, case, "plan", here.house.log_in("graver"), **PLAN)
        must(here, case, "wijk", here.client, **RESULT)
        told = must(here, case, "groep", here.house.log_in("graver"), **RESULT | {"effect_tegen_beoogd": "Minder"})
        assert told[:2] == ["besluit:rol:wijkcoordinator", "zelfde_tekst_als:rol:wijkcoordinator"]
        waits = [("wijkcoordinator", ["groep"]), ("deelnemers", ["rol:wijkcoordinator"])]
        assert results(here, case) == waits
        again = must(here, case, "nogmaals", here.client, **RESULT | {"effect_tegen_beoogd": "Minder"})
        assert not [one for one in again if one.startswith(("besluit:", "zelfde"))]
        assert results(here, case) == [*waits, ("wijkcoordinator", None)]
        assert all(one.agrees for one in replay.replay(here.house.installation, case))
        here.assert_whole(case)
