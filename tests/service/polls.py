"""A ballot for tests: a small process of its own, up to the box, with voters who have a letter or an account."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from service import story, voter
from service.config import Config
from service.stage import ADMINISTRATOR, Reply, Stage
from service.voter import Content, Send, Ticket
from tests.engine.bpmn import catch, diagram, end, process, start, timer, user, wijk, xor
from tests.service.houses import PASSWORD
from tests.service.moulds import staged

CAST = b"""
[personen.college]
rollen = ["college"]
[personen.coordinator]
rollen = ["wijkcoordinator@wijk:tanthof"]
[personen.communicatie]
rollen = ["communicatie"]
[personen.jurist]
rollen = ["jurist"]
[personen.speelplek]
bewoner = true
rollen = ["deelnemers@groep:I-05"]
[personen.balie]
rollen = ["publieksbalie"]
[personen.griffier]
rollen = ["griffie"]
[personen.bewoner]
bewoner = true
rollen = ["bewoner@wijk:tanthof"]
[personen.buurvrouw]
bewoner = true
rollen = ["bewoner@wijk:tanthof"]
"""
BEGIN = datetime.fromisoformat("2027-03-01T09:00+01:00")
OPEN = "2027-04-07T10:00+02:00"
CLOSED = "2027-04-22T00:00+02:00"


def _task(ident: str, act: str, form: str, **more: str) -> str:
    about = {"onderwerp": "groep", "stap": "D07", "treden": "meebeslissen"} | more
    if act in ("kader", "publicatie"):
        del about["treden"]
    return user(ident, wijk("taak", handeling=act, formulier=form, **about))


DRAWN = diagram(
    process(
        "stemproef",
        start("s"),
        _task("kader", "kader", "kader"),
        _task("publiceren", "publicatie", "publicatie", product="participatiekader"),
        _task("binden", "zelfbinding", "zelfbinding"),
        _task("toetsen", "advies", "optietoets", vierOgen="binden"),
        _task("openen", "stemming", "stemming_opening"),
        catch("gesloten", timer('date(openen.tot) + duration("P1D")', "timeDate")),
        _task("vaststellen", "stemming", "stemming_uitslag"),
        xor("k"),
        _task("bekrachtigen", "bekrachtiging", "bekrachtiging"),
        end("e"),
        end("geen"),
        flow=(
            "s > kader > publiceren > binden > toetsen > openen > gesloten > vaststellen > k;"
            'k[vaststellen.resultaat = "geldig"] > bekrachtigen > e;'
            'k[vaststellen.resultaat = "tweede_ronde"] > openen; k* > geen'
        ),
        lanes={
            "college": "kader binden bekrachtigen",
            "communicatie": "publiceren",
            "jurist": "toetsen",
            "deelnemers": "openen vaststellen",
        },
    )
)
FRAME = {
    "doel": "Samen kiezen",
    "ruimte_open": "Welke speelplek",
    "ruimte_dicht": "Het bedrag",
    "orgaan": "college",
    "doelgroep": "Alle bewoners",
    "werkvorm": "Een stemming",
    "terugkoppeling": "Schriftelijk",
    "termijn": "2027-03-20",
    "trede": "meebeslissen",
}
BINDING = {
    "onderwerp": "De speelplek",
    "opties": [{"optie": "A"}, {"optie": "B"}, {"optie": "C"}],
    "plafond": "25.000,00",
    "kiesgerechtigden": "Alle bewoners vanaf 12 jaar",
    "beslisregel": "hoogste_aantal",
    "aantal_kiesgerechtigden": 2310,
    "quorum": 3,
    "vervaldatum": "2027-07-01",
}
PERIOD = {"van": "2027-04-07", "tot": "2027-04-21"}
RULES = dict.fromkeys(("wb1", "wb2", "wb3", "wb4", "wb5", "wb7"), "ja") | {"wb6": "inspanning"}
TESTED = {
    "toets_per_regel": RULES,
    "inspanning": "Drie fondsen gevraagd",
    "aantal_belanghebbenden": 120,
    "individueel_voordeel": "nee",
    "openbare_ruimte": "ja",
}
CHECKS = {"optietoets": [{"optie": one, "rechtmatig": True, "uitvoerbaar": True} | TESTED for one in "ABC"]}
EXTRA = {"dekking": "wijkbudget 2027"}


def line(number: int, **more: str) -> dict[str, str]:
    """A line of the register, for somebody who gets a letter."""
    return {"kiezer": f"{number:06}", "naam": f"Kiezer {number}", "adres": "Tanthofdreef 1"} | more


def city(directory: Path) -> Path:
    """The data of Delft with the test's own process in it."""
    made = directory / "stad" / "delft"
    shutil.copytree(Config.read({}).city, made, ignore=shutil.ignore_patterns("verhalen", "demo"))
    (made / "stemproef.bpmn").write_bytes(DRAWN)
    return made


class Answered(Exception):
    """What the API said instead of yes."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status} {reply.content}")
        self.reply = reply


@dataclass(slots=True)
class Poll:
    """The stage with one case, and its ballot once it is opened; `codes` by voter's number."""

    stage: Stage
    case: str = ""
    ballot: str = ""
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/v1/stemmingen/{self.ballot}"

    def at(self, moment: str) -> None:
        self.stage.let_pass(datetime.fromisoformat(moment))

    def task(self, element: str) -> str:
        found = self.stage.must("coordinator", "GET", f"/v1/zaken/{self.case}/taken")["resultaten"]
        return next(str(one["id"]) for one in found if one["status"] == "open" and one["element"] == element)

    def open_tasks(self) -> list[str]:
        found = self.stage.must("coordinator", "GET", f"/v1/zaken/{self.case}/taken")["resultaten"]
        return sorted(str(one["element"]) for one in found if one["status"] == "open")

    def do(self, who: str, element: str, values: Mapping[str, Any]) -> Reply:
        return self.stage.send(who, "PUT", f"/v1/taken/{self.task(element)}/afronding", {"gegevens": dict(values)})

    def done(self, who: str, element: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self.do(who, element, values)
        assert reply.status == 200, (element, reply)
        return reply.content

    def attempt(self, who: str, act: str, values: Mapping[str, Any]) -> Reply:
        asked: dict[str, Any] = {"handeling": act, "stap": "D07", "onderwerp": "I-05", "gegevens": dict(values)}
        return self.stage.send(who, "POST", f"/v1/zaken/{self.case}/handelingen", asked)

    def promised(self, **more: Any) -> None:
        """Up to the task in which the ballot is opened."""
        self.bound(**more)
        self.done("jurist", "toetsen", CHECKS)

    def bound(self, **more: Any) -> None:
        """Up to the task in which the options are checked."""
        asked: dict[str, Any] = {"proces": "stemproef", "wijk": "tanthof", "jaar": 2027, "groep": "I-05"}
        self.case = str(self.stage.must("coordinator", "POST", "/v1/zaken", asked)["id"])
        self.done("college", "kader", FRAME)
        self.done("communicatie", "publiceren", {"kanalen": ["website"], "datum": "2027-03-01"})
        self.done("college", "binden", BINDING | more)

    def opened(self, voters: int = 8, **period: str) -> None:
        """The ballot, with a register of this many letters; voting begins on 7 April."""
        self.done("speelplek", "openen", PERIOD | period)
        self.ballot = str(self.stage.must("balie", "GET", "/v1/stemmingen")["resultaten"][0]["id"])
        if voters:
            self.registered(*(line(number) for number in range(1, voters + 1)))
            self.codes = self.handed_out()

    def registered(self, *lines: Mapping[str, Any]) -> None:
        """These lines, entered by the one and confirmed by the other."""
        asked: dict[str, Any] = {"kiezers": [dict(one) for one in lines]}
        self.stage.must("balie", "POST", f"{self.address}/kiezers", asked)
        self.stage.must("griffier", "PUT", f"{self.address}/kiezers/bevestiging", asked)

    def handed_out(self) -> dict[str, str]:
        """The codes as they reach the voters, of whom each gets both halves."""
        halves = [self.half(who, part) for part, who in enumerate(("balie", "griffier"), 1)]
        return {voter: f"{halves[0][voter]}-{halves[1][voter]}" for voter in halves[0]}

    def half(self, who: str, part: int) -> dict[str, str]:
        """One half of the codes, as one of the polling station gets it."""
        answer = self.stage.must(who, "POST", f"{self.address}/stemcodes/{part}")
        return {str(row["kiezer"]): str(row["code"]) for row in answer["codes"]}

    def nobody(self) -> Send:
        """Requests without a login."""
        return self._sender(None)

    def as_(self, who: str) -> Send:
        return self._sender(who)

    def _sender(self, who: str | None) -> Send:
        client = self.stage.app.test_client()
        if who is not None:
            login = {"gebruikersnaam": who, "wachtwoord": self.stage.passwords[who]}
            assert client.post("/v1/sessies", json=login).status_code == 201

        def send(method: str, path: str, content: Content | None) -> Content:
            answer = client.open(path, method=method, json=content)
            body = answer.get_json(silent=True)
            found = body if isinstance(body, dict) else {}
            if answer.status_code >= 400:
                raise Answered(Reply(answer.status_code, found))
            return found

        return send

    def passed(self, number: int) -> Ticket:
        """The pass of the voter with this number in the register."""
        send = self.nobody()
        return voter.take_pass(send, voter.new_ticket(send, self.ballot), self.codes[f"{number:06}"])

    def voted(self, number: int, choice: str) -> Ticket:
        return voter.cast(self.nobody(), self.passed(number), choice)

    def paper(self, numbers: Mapping[str, int], *voters: int) -> None:
        """These voters came to the desk, and two people entered what stood on their paper."""
        for number in voters:
            self.stage.must("balie", "PUT", f"{self.address}/kiezers/{number:06}/papier")
        counted: dict[str, Any] = {"stemmen": [{"optie": name, "aantal": number} for name, number in numbers.items()]}
        self.stage.must("balie", "PUT", f"{self.address}/papier", counted)
        self.stage.must("griffier", "PUT", f"{self.address}/papier/bevestiging", counted)

    def trail(self) -> list[dict[str, Any]]:
        return self.stage.pages("college", f"/v1/zaken/{self.case}/verantwoording?limit=200")

    def kinds(self) -> list[str]:
        return [str(one["soort"]) for one in self.trail()]


@contextmanager
def poll(url: str, directory: Path) -> Iterator[Poll]:
    """A stage on which a ballot can be held."""
    persons, findings = story.read_persons(CAST, "proef")
    assert not findings, findings
    config = Config(database_url=url, key_file=directory / "sleutel", city=city(directory))
    passwords = dict.fromkeys((ADMINISTRATOR, *persons), PASSWORD)
    stage = staged(config, persons, passwords, BEGIN, "tanthof")
    stage.let_pass(BEGIN)
    try:
        yield Poll(stage)
    finally:
        stage.installation.database.dispose()
