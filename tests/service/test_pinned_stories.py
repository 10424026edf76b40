"""A new version of the process in the middle of a story: the case that runs is told to its end as it began (INV-46)."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from engine.terms import Json
from service import stage, story
from service.config import Config
from service.play import Player
from service.stage import Stage
from service.story import Membership, Person, Story

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CITY = Config.read({}).city
DESIGNERS = ("ontwerper_een", "ontwerper_twee")


def designer(key: str) -> Person:
    return Person(key, key, False, (Membership("procesontwerper", "gemeente", None, None),), (), ())


def told(name: str) -> Story:
    found, faults = story.read((CITY / "verhalen" / name).read_bytes(), name)
    assert found is not None, faults
    return replace(found, persons={**found.persons, **{key: designer(key) for key in DESIGNERS}})


def staged(one: Story, url: str, directory: Path) -> Stage:
    passwords = {key: f"wachtwoord van {key}" for key in (stage.ADMINISTRATOR, *one.persons)}
    config = Config(database_url=url, key_file=directory / "sleutel", city=CITY)
    return stage.build(config, one.persons, passwords, one.begin, one.wijk, CHEAP)


def shortened(name: str) -> bytes:
    """The terms of the city with one of them cut down to a single week."""
    before, after = (CITY / "termijnen.toml").read_text("utf-8").split(f'naam = "{name}"\naantal = ', 1)
    number, rest = after.split("\n", 1)
    assert int(number) > 1
    return f'{before}naam = "{name}"\naantal = 1\n{rest}'.encode()


def deploy(built: Stage, name: str, content: bytes) -> str:
    file: dict[str, Json] = {"naam": name, "base64": base64.b64encode(content).decode()}
    proposed = built.must(DESIGNERS[0], "POST", "/v1/procesmodellen", {"bestanden": [file], "aanvulling": True})
    version = str(proposed["procesmodel"]["versie"])
    built.must(DESIGNERS[1], "PUT", f"/v1/procesmodellen/{version}/vrijgave")
    return version


def versions(built: Stage) -> list[str]:
    cases = [str(case["id"]) for case in built.pages("coordinator", "/v1/zaken?limit=200")]
    return [str(built.must("coordinator", "GET", f"/v1/zaken/{case}")["procesmodel"]) for case in cases]


def test_inv_46_a_new_version_does_not_shorten_the_term_of_a_running_case(sqlite_url: str, tmp_path: Path) -> None:
    """Eight weeks for an answer were promised; the new version gives one week, to cases that begin after it."""
    one = told("aandachtspunt_zonder_antwoord.toml")
    built = staged(one, sqlite_url, tmp_path)
    version, results = "", []
    for result in Player(one, built).play():
        results.append(result)
        if result.number == "1e":
            version = deploy(built, "termijnen.toml", shortened("antwoord_aandachtspunt"))
    assert [result.message for result in results if not result.is_expected] == []
    assert len(results) == len(one.steps) + 1, "told to its end, with the term of its beginning"
    assert version and version not in versions(built)
    asked: dict[str, Json] = {"proces": one.process, "wijk": one.wijk, "jaar": one.year}
    built.must("coordinator", "POST", "/v1/zaken", asked)
    assert versions(built).count(version) == 1
    built.installation.database.dispose()
