"""The shipped processes of Delft with people in Tanthof, over HTTP: what attacks on the ladder walk through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from service import replay, story
from service.config import Config
from service.stage import ADMINISTRATOR, Reply, Stage
from tests.service.moulds import staged

CAST = b"""
[personen.college]
naam = "het college"
rollen = ["college"]
[personen.burgemeester]
naam = "de burgemeester"
rollen = ["college", "deelnemers@groep:I-05"]
[personen.coordinator]
naam = "de coordinator"
rollen = ["wijkcoordinator@wijk:tanthof"]
[[personen.coordinator.mandaten]]
orgaan = "college"
stap = ["D07"]
plafond = 1000000
van = 2026-01-01
tot = 2028-12-31
door = "college"
[personen.buur]
naam = "de coordinator van Voorhof"
rollen = ["wijkcoordinator@wijk:voorhof"]
[personen.communicatie]
naam = "communicatie"
rollen = ["communicatie"]
[personen.jurist]
naam = "de jurist"
rollen = ["jurist"]
[personen.speelplek]
naam = "werkgroep speelplek"
bewoner = true
rollen = ["deelnemers@groep:I-05"]
[personen.buurvrouw]
naam = "een buurvrouw"
bewoner = true
rollen = ["deelnemers@groep:I-05"]
"""
BEGIN = datetime.fromisoformat("2026-10-12T09:00+02:00")
FRAME = {
    "doel": "Samen bepalen wat de wijk nodig heeft",
    "ruimte_open": "Wat er gebeurt",
    "ruimte_dicht": "De ringweg",
    "orgaan": "college",
    "doelgroep": "Alle bewoners",
    "werkvorm": "Bijeenkomsten",
    "terugkoppeling": "Schriftelijk",
    "termijn": "2026-10-27",
}
PUBLIC = {"kanalen": ["website"], "datum": "2026-10-12"}
JUDGED: dict[str, Any] = {
    "toets_per_regel": {f"wb{number}": "ja" for number in range(1, 8)},
    "inspanning": "Twee fondsen gevraagd",
    "aantal_belanghebbenden": 40,
    "individueel_voordeel": "nee",
    "openbare_ruimte": "ja",
}
OUTCOME: dict[str, Any] = {
    "overeenstemming": True,
    "uitslag": "A",
    "aanwezig": 12,
    "bedrag": "25.000,00",
    **JUDGED,
    "dekking": "wijkbudget 2027",
}
BINDING = {
    "onderwerp": "De speelplek",
    "opties": [{"optie": "A"}, {"optie": "B"}],
    "plafond": "25.000,00",
    "kiesgerechtigden": "De werkgroep",
    "beslisregel": "Overeenstemming",
    "vervaldatum": "2027-07-01",
}
CHECKS = {"optietoets": [{"optie": one, "rechtmatig": True, "uitvoerbaar": True} for one in "AB"]}


@dataclass(slots=True)
class Town:
    """The stage, and one case at a time to work in."""

    stage: Stage
    case: str = ""

    def begin(self, who: str = "coordinator", **asked: Any) -> Reply:
        wanted: dict[str, Any] = {
            "proces": "participatietraject",
            "wijk": "tanthof",
            "jaar": 2027,
            "groep": "I-05",
        } | asked
        reply = self.stage.send(who, "POST", "/v1/zaken", wanted)
        if reply.status == 201:
            self.case = str(reply.content["id"])
        return reply

    def at(self, moment: str) -> None:
        self.stage.let_pass(datetime.fromisoformat(moment))

    def task(self, element: str, who: str = "coordinator") -> str:
        found = self.stage.must(who, "GET", f"/v1/zaken/{self.case}/taken")["resultaten"]
        still = [one for one in found if one["status"] == "open"]
        return next(
            (str(one["id"]) for one in still if one["element"] == element),
            f"niet open; wel: {[one['element'] for one in still]}",
        )

    def do(self, who: str, element: str, **values: Any) -> Reply:
        address = f"/v1/taken/{self.task(element)}/afronding"
        return self.stage.send(who, "PUT", address, {"gegevens": values})

    def contribute(self, who: str, element: str, **values: Any) -> Reply:
        return self.stage.send(who, "POST", f"/v1/taken/{self.task(element)}/bijdragen", {"gegevens": values})

    def done(self, who: str, element: str, **values: Any) -> None:
        reply = self.do(who, element, **values)
        assert reply.status == 200, (element, reply)

    def attempt(self, who: str, act: str, subject: str = "I-05", step: str = "D07", **values: Any) -> Reply:
        asked: dict[str, Any] = {"handeling": act, "stap": step, "onderwerp": subject, "gegevens": values}
        return self.stage.send(who, "POST", f"/v1/zaken/{self.case}/handelingen", asked)

    def trail(self, case: str = "") -> list[dict[str, Any]]:
        return self.stage.pages("college", f"/v1/zaken/{case or self.case}/verantwoording?limit=200")

    def framed(self, rung: str, **other: Any) -> None:
        self.begin()
        self.done("college", "traject_kader_vaststellen", **FRAME | {"trede": rung} | other)
        self.done("communicatie", "traject_kader_publiceren", **PUBLIC)

    def bound(self) -> None:
        self.framed("meebeslissen")
        self.done("college", "zelfbinding_besluiten", **BINDING)
        self.done("jurist", "opties_toetsen", **CHECKS)
        self.at("2026-10-29T09:00+01:00")

    def proposed(self, **fields: Any) -> None:
        self.framed("coproduceren")
        self.done("speelplek", "probleemagenda_opstellen", probleemagenda=[{"probleem": "Er is niets"}])
        self.done("speelplek", "voorstel_opstellen", velden=fields)
        self.at("2026-10-29T09:00+01:00")

    def agrees(self) -> bool:
        return all(one.agrees for one in replay.replay(self.stage.installation, self.case))


def opened(url: str, directory: Path) -> Iterator[Town]:
    persons, findings = story.read_persons(CAST, "cast")
    assert not findings
    passwords = {key: f"wachtwoord van {key}" for key in (ADMINISTRATOR, *persons)}
    config = Config.read({"WIJK_DATABASE_URL": url, "WIJK_SLEUTEL": str(directory / "sleutel")})
    stage = staged(config, persons, passwords, BEGIN, "tanthof")
    stage.let_pass(BEGIN)
    yield Town(stage)
    stage.installation.database.dispose()


def refused(reply: Reply, rule: str) -> bool:
    return (reply.status, reply.content.get("regel")) == (403, rule)
