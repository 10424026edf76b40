"""A town with a website for tests: people without an account, a question that is open, and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from service import sequencing, signing, story
from service.config import Config
from service.stage import ADMINISTRATOR
from tests.service.browser import Browser, at_the_door
from tests.service.ladders import BEGIN, CAST, FRAME, PUBLIC, Town
from tests.service.moulds import staged

SITE = (
    CAST
    + b"""
[personen.website]
naam = "de website"
bewoner = true
rollen = ["website"]
[personen.opbouwwerker]
naam = "de opbouwwerker"
rollen = ["wijkopbouwwerker@wijk:tanthof"]
[personen.loket]
naam = "iemand met de rol van de website"
rollen = ["website"]
[personen.balie]
naam = "de balie"
rollen = ["publieksbalie"]
"""
)
XSS = "\"><script>alert('x')</script><img src=x onerror=y>&amp;{{ 7*7 }}{% x %}"
WRITTEN = "Zet een bank bij de vijver"


@dataclass
class Site:
    """A town whose website takes reactions in, with a question that is open."""

    town: Town
    question: str = ""

    @property
    def address(self) -> str:
        return f"/wijken/tanthof/reageren/{self.question}"

    def visitor(self) -> Browser:
        browser = at_the_door(self.town.stage.app)
        browser.open(self.address)
        return browser

    @property
    def now(self) -> datetime:
        return self.town.stage.moment[0]

    def day(self, later: int = 0) -> str:
        return (self.now + timedelta(days=later)).date().isoformat()

    def ask(self, rung: str = "raadplegen") -> None:
        """A consultation of its own: a case, its frame in public, and the task of the desk that takes reactions in."""
        begun = self.town.begin()
        assert begun.status == 201, begun
        frame = FRAME | {"trede": rung, "termijn": self.day(15)}
        self.town.done("college", "traject_kader_vaststellen", **frame)
        self.town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": self.day()})
        self.question = self.town.task("balie_inbreng_noteren")

    def ask_about_the_report(self, announced: str = "2028-03-07") -> None:
        """Phase 5 in a case of its own, up to where the concept of the wijkverslag is public (D14)."""
        begun = self.town.begin(proces="verantwoorden", groep=None)
        assert begun.status == 201, begun
        self.town.at("2027-12-20T09:00+01:00")
        frame = FRAME | {"orgaan": "wijkcoordinator", "trede": "raadplegen", "termijn": announced}
        self.town.done("college", "verslag_kader_vaststellen", **frame)
        self.town.done("communicatie", "verslag_kader_publiceren", **PUBLIC | {"datum": self.day()})
        self.town.done("coordinator", "conceptverslag_opstellen", titel="Concept", samenvatting="Wat wij deden")
        self.town.at("2028-02-15T09:00+01:00")
        self.town.done("communicatie", "conceptverslag_publiceren", **PUBLIC | {"datum": self.day()})
        self.question = self.town.task("balie_verslagreacties_noteren")

    def close(self) -> None:
        """The term passes."""
        self.town.stage.let_pass(self.now + timedelta(days=30))

    def inputs(self) -> list[dict[str, Any]]:
        return [one for one in self.town.trail() if one["soort"] == "bijdrage:ontvangen"]


def made(url: str, directory: Path, **settings: str) -> Site:
    persons, findings = story.read_persons(SITE, "cast")
    assert not findings
    passwords = {key: f"wachtwoord van {key}" for key in (ADMINISTRATOR, *persons)}
    config = Config.read({"WIJK_DATABASE_URL": url, "WIJK_SLEUTEL": str(directory / "sleutel"), **settings})
    stage = staged(config, persons, passwords, BEGIN, "tanthof")
    stage.let_pass(BEGIN)
    return Site(Town(stage))


def signed(site: Site) -> None:
    """All records have their place, and the log is signed."""
    sequencing.sequence_all(site.town.stage.installation)
    assert signing.sign_head(site.town.stage.installation, site.now) is not None


def code_on(browser: Browser) -> str:
    found = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", browser.sheet.text)
    assert found is not None, browser.sheet.text
    return found[0]
