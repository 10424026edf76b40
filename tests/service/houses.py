"""A house for tests: an installation with small diagrams, a clock that stands still, and people who log in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.definition import version_of
from service import db, definitions, people, store_wijken, story
from service.app import create_app
from service.config import Config
from service.installation import Installation, open_installation
from service.people import NewPerson
from service.play import Player
from service.stage import Stage
from service.story import Story
from tests.bench import diagrams
from tests.service.moulds import CHEAP, mould, staged

PASSWORD = "een lang wachtwoord"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
EDGE = {"REMOTE_ADDR": "192.0.2.1"}


@dataclass(slots=True)
class House:
    """One installation with its application; `moment` is what its clock says."""

    installation: Installation
    app: Flask
    moment: list[datetime]
    ids: dict[str, str] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.moment[0]

    def later(self, step: timedelta) -> None:
        self.moment[0] += step

    def log_in(self, login: str, password: str = PASSWORD) -> FlaskClient:
        """A client with the session of this person."""
        client = self.app.test_client()
        answer = client.post("/v1/sessies", json={"gebruikersnaam": login, "wachtwoord": password})
        assert answer.status_code == 201, answer.text
        return client

    def add(self, login: str, role: str, reach: str = "gemeente", is_resident: bool = False, **place: str) -> str:
        """A new person with a first role, given by the administrator; answers the id."""
        answer = self.log_in("beheer").post(
            "/v1/personen",
            json={
                "gebruikersnaam": login,
                "naam": f"Naam van {login}",
                "wachtwoord": PASSWORD,
                "isBewoner": is_resident,
                "rol": {"rol": role, "bereik": reach, **place},
            },
        )
        assert answer.status_code == 201, answer.text
        self.ids[login] = answer.json["id"]  # type: ignore[index]
        return self.ids[login]

    def start(self, client: FlaskClient, process: str = "rij_5", wijk: str = "tanthof") -> str:
        """A new case; answers its id."""
        answer = client.post("/v1/zaken", json={"proces": process, "wijk": wijk, "jaar": 2027})
        assert answer.status_code == 201, answer.text
        return str(body(answer)["id"])

    def open_task(self, client: FlaskClient, case: str) -> str:
        """The id of the first open task of the case."""
        found = body(client.get(f"/v1/zaken/{case}/taken"))["resultaten"]
        return str(next(one["id"] for one in found if one["status"] == "open"))


def body(answer: TestResponse) -> dict[str, Any]:
    """The JSON object of an answer."""
    value = answer.json
    assert isinstance(value, dict), answer.text
    return value


@cache
def family() -> Mapping[str, bytes]:
    """Small diagrams, with the city's own roles, rights and terms."""
    files = definitions.family_files(Config.read({}).city)
    return {name: content for name, content in files.items() if name.endswith((".toml", ".csv"))} | diagrams.files()


def build(url: str, directory: Path, files: Mapping[str, bytes] | None = None, **settings: Any) -> House:
    """A house on a migrated, empty database, with an administrator `beheer` and the wijken Tanthof and Voorhof.

    `files` is the process family that it starts with, instead of the small diagrams.
    """
    installation = open_installation(_config(url, directory, **settings))
    definitions.release_first(installation, files or family(), MONDAY)
    with db.writing(installation.database) as tx:
        store_wijken.put(tx, "tanthof", "Tanthof")
        store_wijken.put(tx, "voorhof", "Voorhof")
    people.add_first_administrator(installation, NewPerson("beheer", "Beheerder", PASSWORD, False), MONDAY, CHEAP)
    return _opened(installation, {})


def peopled(url: str, directory: Path, files: Mapping[str, bytes] | None = None, **settings: Any) -> House:
    """The same, with a coordinator of Tanthof, one of Voorhof and a resident of Tanthof."""
    content = files or family()
    made = mould(("huis", version_of(content)), lambda url, directory: _with_people(url, directory, content))
    return _opened(made.pour(_config(url, directory, **settings)), made.ids)


def _config(url: str, directory: Path, **settings: Any) -> Config:
    never = dict.fromkeys(("rate_login", "rate_write", "rate_public"), "100000 per minute")
    return Config(database_url=url, key_file=directory / "sleutel", **(never | settings))


def _opened(installation: Installation, ids: Mapping[str, str]) -> House:
    moment = [MONDAY]
    app = create_app(installation, now=lambda: moment[0], passwords=CHEAP)
    app.testing = False  # a failure is answered as it is in production
    return House(installation, app, moment, dict(ids))


def _with_people(url: str, directory: Path, files: Mapping[str, bytes]) -> tuple[Installation, Mapping[str, str]]:
    house = build(url, directory, files)
    house.add("coordinator", "wijkcoordinator", "wijk", wijk="tanthof")
    house.add("buur", "wijkcoordinator", "wijk", wijk="voorhof")
    house.add("bewoner", "bewoner", "wijk", is_resident=True, wijk="tanthof")
    return house.installation, house.ids


def played_until(url: str, directory: Path, name: str, element: str) -> tuple[Stage, Story, int]:
    """A shipped story of the rungs, played up to the first step that succeeds on this element; that step's number."""
    content = (Path(Config.read({}).city).parent / "gedeeld" / "verhalen" / f"{name}.toml").read_bytes()
    told, findings = story.read(content, name)
    assert told is not None, findings
    config = Config(database_url=url, key_file=directory / "sleutel", city=Config.read({}).city)
    passwords = dict.fromkeys(("beheerder", *told.persons), PASSWORD)
    stage = staged(config, told.persons, passwords, told.begin, told.wijk)
    first = next(
        number for number, one in enumerate(told.steps) if one.element == element and one.expected.refused is None
    )
    results = list(Player(replace(told, steps=told.steps[:first]), stage).play())
    assert all(one.is_expected for one in results), results[-1]
    stage.let_pass(told.steps[first].at)
    return stage, told, first
