"""A made-up city over HTTP: its own roles and names for the rungs, and meebeslissen only with a delegation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from service import db, organisation, replay, story
from service.config import Config
from service.stage import ADMINISTRATOR, build
from tests.service.ladders import BINDING, FRAME, PUBLIC, Town, refused
from tests.service.moulds import CHEAP

CITY = Path(__file__).resolve().parents[2] / "processes" / "proefstad"
BEGIN = datetime.fromisoformat("2030-10-14T09:00+02:00")
CAST = b"""
[personen.college]
rollen = ["dagelijks_bestuur"]
[personen.coordinator]
rollen = ["wijkmanager@wijk:molenveld"]
[personen.communicatie]
rollen = ["voorlichting"]
[personen.speelplek]
bewoner = true
rollen = ["meedoeners@groep:I-05"]
"""
HERE: dict[str, Any] = {"wijk": "molenveld", "jaar": 2031}
BOUND: dict[str, Any] = {**BINDING, "plafond": 2_500_000}
PROMISE: dict[str, Any] = {
    **FRAME,
    "orgaan": "dagelijks_bestuur",
    "termijn": "2030-11-15",
    "trede": "meebeslissen",
    "soort": "meebeslissen",
}


@pytest.fixture
def town(url: str, tmp_path: Path) -> Iterator[Town]:
    persons, findings = story.read_persons(CAST, "cast")
    assert not findings
    passwords = {key: f"wachtwoord van {key}" for key in (ADMINISTRATOR, *persons)}
    config = Config(database_url=url, key_file=tmp_path / "sleutel", city=CITY)
    stage = build(config, persons, passwords, BEGIN, "molenveld", CHEAP)
    stage.let_pass(BEGIN)
    yield Town(stage)
    stage.installation.database.dispose()


def test_the_first_administrator_has_the_role_that_this_city_means_for_it(town: Town) -> None:
    with db.reading(town.stage.installation.database) as tx:
        assert organisation.administrator_role(town.stage.installation, tx) == "systeembeheer"


def test_the_calendar_of_this_city_opens_its_year_on_its_own_day(town: Town) -> None:
    """1 April, where the other city opens in March; in each wijk, once."""

    def years() -> list[tuple[str, int]]:
        found = town.stage.pages("college", "/v1/zaken?proces=wijkjaar&limit=200")
        return sorted((str(one["wijk"]), int(one["jaar"])) for one in found)

    town.at("2031-03-31T23:00+02:00")
    assert years() == []
    town.at("2031-04-01T01:00+02:00")
    opened = years()
    assert ("molenveld", 2032) in opened and {year for _, year in opened} == {2032}
    assert len({wijk for wijk, _ in opened}) == len(opened) > 1
    reply = town.stage.send("coordinator", "POST", "/v1/zaken", {"proces": "wijkjaar", "wijk": "molenveld"})
    assert reply.status == 409


def test_inv_12_a_frame_without_its_sort_or_with_another_rung_is_refused(town: Town) -> None:
    town.begin(**HERE)
    unnamed = {name: value for name, value in PROMISE.items() if name != "soort"}
    for frame in (unnamed, PROMISE | {"soort": "meedoen"}, PROMISE | {"trede": "raadplegen"}):
        reply = town.do("college", "traject_kader_vaststellen", **frame)
        assert refused(reply, "INV-12"), reply
        assert reply.content["oplossing"]
    assert all(one.agrees for one in replay.replay(town.stage.installation, town.case))


def test_inv_12_without_a_delegation_the_participants_make_a_proposal_and_the_organ_binds_itself_to_nothing(
    town: Town,
) -> None:
    town.begin(**HERE)
    reply = town.do("college", "traject_kader_vaststellen", **PROMISE)
    assert refused(reply, "INV-12") and "is hier coproduceren" in reply.content["detail"], reply
    town.done("college", "traject_kader_vaststellen", **PROMISE | {"trede": "coproduceren"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": "2030-10-14"})
    assert not town.task("probleemagenda_opstellen").startswith("niet open")
    assert refused(town.attempt("college", "zelfbinding", **BOUND), "INV-05")
    town.at("2030-11-18T09:00+01:00")
    reply = town.attempt("speelplek", "besluit", overeenstemming=True, uitslag="A")
    assert reply.status == 403, reply


def test_a_delegation_makes_it_the_highest_rung(town: Town) -> None:
    town.begin(**HERE)
    town.done("college", "traject_kader_vaststellen", **PROMISE, delegatie="SR-2030-14")
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": "2030-10-14"})
    assert not town.task("zelfbinding_besluiten").startswith("niet open")


def test_what_anybody_reads_of_this_city_is_in_its_own_words_and_says_nothing_of_people(town: Town) -> None:
    words = "Mevrouw Van den Akker wil een bank bij de waterkant"
    town.begin(proces="wijkjaar", jaar=2031, groep=None, wijk="molenveld")
    town.begin(**HERE)
    town.done("college", "traject_kader_vaststellen", **PROMISE | {"soort": "meedenken", "trede": "raadplegen"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": "2030-10-14"})
    said = town.contribute("speelplek", "inbreng_verzamelen", kenmerk="ID-1", tekst=words, kanaal="telefoon")
    assert said.status == 201, said
    assert town.attempt("speelplek", "besluit", reden=words).status == 403

    anybody = town.stage.app.test_client()

    def get(path: str) -> dict[str, Any]:
        answer = anybody.get(f"/v1/openbaar{path}")
        assert answer.status_code == 200, answer.text
        assert words not in answer.text and "speelplek" not in answer.text
        return dict(answer.get_json())

    assert {one["proces"] for one in get("/wijken/molenveld/zaken")["resultaten"]} >= {"participatietraject"}
    lines = get(f"/zaken/{town.case}/regels?limit=200")
    (frame,) = [one for one in lines["resultaten"] if one["soort"] == "kader:vastgesteld"]
    assert (frame["gegevens"]["soort"], frame["gegevens"]["trede"]) == ("meedenken", "raadplegen"), frame
    (brought,) = [one for one in lines["resultaten"] if one["soort"] == "bijdrage:ontvangen"]
    assert brought["gegevens"] == {"kanaal": "telefoon"} and "rol" not in brought
    assert not [one for one in lines["resultaten"] if one["soort"].endswith(":geweigerd")]
    counts = {one["naam"]: one["aantal"] for one in get("/wijken/molenveld/uitzonderingen?jaar=2031")["resultaten"]}
    assert counts["weigeringen"] == 1
    assert anybody.get("/wijken/molenveld").status_code == 200
