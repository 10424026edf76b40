"""Reading what a dossier established: who answers residents reads what they wrote, others see that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from service import story
from service.config import Config
from service.play import Player
from service.stage import Stage, build
from tests.service.houses import CHEAP

STORY = Path(Config.read({}).city).parent / "gedeeld" / "verhalen" / "raadplegen.toml"
SAID = "toelichting"


@pytest.fixture
def collecting(url: str, tmp_path: Path) -> Iterator[tuple[Stage, str]]:
    """A participation process in which residents have contributed and nobody has answered yet."""
    told, findings = story.read(STORY.read_bytes(), STORY.name)
    assert told is not None, findings
    config = Config(database_url=url, key_file=tmp_path / "sleutel", city=Config.read({}).city)
    passwords = dict.fromkeys(("beheerder", *told.persons), "een lang wachtwoord")
    stage = build(config, told.persons, passwords, told.begin, told.wijk, CHEAP)
    first = next(number for number, one in enumerate(told.steps) if one.element == "inbreng_afhandelen")
    results = list(Player(replace(told, steps=told.steps[:first]), stage).play())
    assert all(one.is_expected for one in results), results[-1]
    stage.let_pass(datetime.fromisoformat(str(told.steps[first].at)))
    case = stage.send(told.starter, "GET", "/v1/zaken", None).content["resultaten"][0]["id"]
    yield stage, str(case)
    stage.installation.database.dispose()


def test_who_has_work_in_the_case_reads_what_residents_wrote(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    rows = stage.send("coordinator", "GET", f"/v1/zaken/{case}/registers/inbreng", None).content["resultaten"]
    assert rows and "verzegeld" not in str(rows)


def test_others_in_the_wijk_see_the_row_but_not_the_words(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    rows = stage.send("college", "GET", f"/v1/zaken/{case}/registers/inbreng", None).content["resultaten"]
    assert rows and "verzegeld" in str(rows)


def test_a_register_that_does_not_exist_is_not_found(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    assert stage.send("coordinator", "GET", f"/v1/zaken/{case}/registers/rollen", None).status == 404
