"""A town where everything goes on at once, for whoever looks at all pages: open work, a refusal, a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from engine.terms import Json
from service import sequencing, signing, story
from service.config import Config
from service.stage import ADMINISTRATOR, Stage
from tests.service.ladders import BEGIN, CAST, FRAME, PUBLIC, Town
from tests.service.moulds import staged

AUDITOR, DESIGNER = "auditor", "ontwerper"
PEOPLE = (
    CAST
    + b"""
[personen.auditor]
naam = "de auditor"
rollen = ["auditor"]
[personen.ontwerper]
naam = "de ontwerper"
rollen = ["procesontwerper"]
[personen.website]
naam = "de website"
bewoner = true
rollen = ["website"]
"""
)
EVERYBODY = ("", "coordinator", "college", "speelplek", AUDITOR, DESIGNER, ADMINISTRATOR)
STARTS = ("/", "/inloggen", "/werk", "/wijken", "/wijken/tanthof", "/bijdrage", "/stemmingen", "/toegankelijkheid")
# What goes wrong, as pages: nothing there, a wrong choice, no right to it.
WRONG = (
    *("/zaken/" + "0" * 32, "/taken/" + "0" * 32, "/werk?wat=weg", "/wijken/nergens", "/taal/de", "/opmaak/weg"),
    *("/verantwoording", "/beheer"),
)
FIELDS = {"locatie": "Hof", "bedrag": "10.000,00", "uitvoering": "werkgroep"}


def passwords_of(*people: str) -> dict[str, str]:
    return {who: f"wachtwoord van {who}" for who in people}


def _consulted(town: Town) -> None:
    """A consultation to which anybody can react, in a case of its own."""
    town.begin(groep="I-04")
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen", "termijn": "2026-11-20"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": "2026-10-30"})


def _among_colleagues(stage: Stage) -> None:
    """The coordinator asked two colleagues about a task, one of whom answered, and will be away."""
    work = stage.must("coordinator", "GET", "/v1/taken?handeling=werk")["resultaten"]
    address, ids = f"/v1/taken/{work[0]['id']}/adviesverzoeken", stage.ids
    whom: list[Json] = [{"persoon": ids[who], "werkdagen": 5} for who in ("college", "communicatie")]
    asked = stage.must("coordinator", "POST", address, {"vraag": "Past dit bij de stoep?", "aan": whom})["resultaten"]
    stage.must("communicatie", "PUT", f"{address}/{asked[1]['regel']}/antwoord", {"antwoord": "Ja."})
    away: dict[str, Json] = {"vervanger": ids["jurist"], "van": "2026-10-30", "tot": "2026-11-06"}
    stage.must("coordinator", "POST", "/v1/vervangingen", away)


def played(url: str, directory: Path) -> Iterator[Town]:
    """Tanthof in the autumn of 2026: a year case, a proposal before the college, and a question to everybody."""
    persons, findings = story.read_persons(PEOPLE, "cast")
    assert not findings
    config = Config.read({"WIJK_DATABASE_URL": url, "WIJK_SLEUTEL": str(directory / "sleutel")})
    stage = staged(config, persons, passwords_of(ADMINISTRATOR, *persons), BEGIN, "tanthof")
    stage.let_pass(BEGIN)
    town = Town(stage)
    stage.must("coordinator", "POST", "/v1/zaken", {"proces": "wijkcyclus", "wijk": "tanthof", "jaar": 2027})
    for process in ("bijeenkomst", "knelpuntactie", "knelpuntactie", "initiatief_wijzigen", "wijkschouw"):
        group = "I-03" if process == "initiatief_wijzigen" else None
        asked: dict[str, Json] = {"proces": process, "wijk": "tanthof", "jaar": 2027, "groep": group}
        stage.must("coordinator", "POST", "/v1/zaken", asked)
    town.begin(groep="I-06")
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen", "termijn": "2026-11-20"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    town.proposed(**FIELDS)
    assert town.do("college", "bijdrage_besluiten_coproduceren", velden={"locatie": "Plein"}).status == 403
    stage.let_pass(datetime.fromisoformat("2026-10-30T09:00+01:00"))
    _consulted(Town(stage))
    _among_colleagues(stage)
    sequencing.sequence_all(stage.installation)
    signing.sign_head(stage.installation, stage.moment[0])
    yield town
    stage.installation.database.dispose()
