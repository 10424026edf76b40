"""A stage for stories: a fresh installation with the people of a story, who act through the real application over HTTP.

The clock is moved by hand. Everything but the very first steps of an empty installation (the first process models, the
wijken, the first administrator) goes through the API, by somebody who may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from engine.terms import Json
from service import db, definitions, jobs, people, store_reading, wijken
from service.app import create_app
from service.config import Config
from service.installation import Installation, open_installation
from service.people import NewPerson
from service.story import Person

ADMINISTRATOR = "beheerder"
_UNLIMITED = "1000000 per second"
_YEARS = timedelta(days=3653)


class StageFailed(Exception):
    """Het verhaal kan niet beginnen"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered: the status, and the JSON object ({} when there is none)."""

    status: int
    content: Mapping[str, Any]


@dataclass(slots=True)
class Stage:
    """The installation, its application, what its clock says, and everybody's id and session.

    `moves` counts the acts, the jobs and the steps of the clock: as long as it stays, whoever looks sees the same.
    """

    installation: Installation
    app: Flask
    moment: list[datetime]
    passwords: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, tuple[FlaskClient, datetime]] = field(default_factory=dict)
    moves: int = 0

    def send(self, who: str, method: str, path: str, content: Mapping[str, Json] | None = None) -> Reply:
        """One request of this person, who logs in again when the session has ended."""
        self.moves += method != "GET"
        answer = self._client(who).open(path, method=method, json=content)
        body = answer.get_json(silent=True)
        return Reply(answer.status_code, body if isinstance(body, dict) else {})

    def must(self, who: str, method: str, path: str, content: Mapping[str, Json] | None = None) -> Mapping[str, Any]:
        """As `send`, for what has to succeed; StageFailed says what the API answered instead."""
        reply = self.send(who, method, path, content)
        if reply.status >= 400:
            raise StageFailed(f"{who}: {method} {path}: {_said(reply)}")
        return reply.content

    def pages(self, who: str, path: str) -> list[dict[str, Any]]:
        """All results of a list, page after page."""
        found: list[dict[str, Any]] = []
        address = path
        while address:
            content = self.must(who, "GET", address)
            found += content["resultaten"]
            address = content.get("_links", {}).get("next", {}).get("href", "")
        return found

    def let_pass(self, until: datetime) -> None:
        """Move the clock, stopping at each moment at which something is due, which is then done."""
        while True:
            with db.reading(self.installation.database) as tx:
                due = store_reading.next_due(tx)
            if due is None or due > until:
                break
            self.moves += 1
            self.moment[0] = max(self.moment[0], due)
            jobs.run_due(self.installation, self.moment[0])
        self.moves += self.moment[0] < until
        self.moment[0] = max(self.moment[0], until)

    def _client(self, who: str) -> FlaskClient:
        client, until = self.sessions.get(who, (None, self.moment[0]))
        if client is None or until <= self.moment[0]:
            client = self.app.test_client()
            login = {"gebruikersnaam": who, "wachtwoord": self.passwords[who]}
            answer = client.post("/v1/sessies", json=login)
            if answer.status_code != 201:
                raise StageFailed(f"{who} kan niet inloggen: {answer.text}")
            self.sessions[who] = (client, datetime.fromisoformat(answer.get_json()["sessie"]["geldigTot"]))
        return client


def build(
    config: Config,
    persons: Mapping[str, Person],
    passwords: Mapping[str, str],
    begin: datetime,
    wijk: str,
    hasher: PasswordHasher,
) -> Stage:
    """An empty database made into an installation with these people, the day before `begin`. Raises StageFailed."""
    db.migrate(config.database_url)
    installation = open_installation(
        replace(config, rate_login=_UNLIMITED, rate_write=_UNLIMITED, rate_public=_UNLIMITED)
    )
    moment = [begin - timedelta(days=1)]
    files = definitions.family_files(config.city)
    definitions.release_first(installation, files, moment[0])
    wijken.put_wijken(installation, config.city)
    everybody = {ADMINISTRATOR: passwords[ADMINISTRATOR]} | dict(passwords)
    stage = Stage(installation, create_app(installation, now=lambda: moment[0], passwords=hasher), moment, everybody)
    admin = persons.get(ADMINISTRATOR)
    new = NewPerson(ADMINISTRATOR, admin.name if admin else "De beheerder", everybody[ADMINISTRATOR], False)
    stage.ids[ADMINISTRATOR] = people.add_first_administrator(installation, new, moment[0], hasher).id
    for person in persons.values():
        if person.key != ADMINISTRATOR:
            join(stage, person, wijk)
    for person in persons.values():
        _empower(stage, person)
    return stage


def join(stage: Stage, person: Person, wijk: str) -> None:
    """This person gets an account with these roles, by the administrator."""
    places: list[dict[str, Json]] = [
        one.place | {"wijk": one.wijk or (wijk if one.group else None)} for one in person.memberships
    ]
    asked: dict[str, Json] = {
        "gebruikersnaam": person.key,
        "naam": person.name,
        "wachtwoord": stage.passwords[person.key],
        "isBewoner": person.is_resident,
        "rol": places[0] if places else None,
    }
    stage.ids[person.key] = str(stage.must(ADMINISTRATOR, "POST", "/v1/personen", asked)["id"])
    for place in places[1:]:
        stage.must(ADMINISTRATOR, "POST", "/v1/rollen", {"persoon": stage.ids[person.key], **place})


def _empower(stage: Stage, person: Person) -> None:
    for one in person.mandates:
        mandate: dict[str, Json] = {
            "orgaan": one.organ,
            "persoon": stage.ids[person.key],
            "stap": list(one.steps),
            "onderwerp": one.subject or "*",
            "plafond": one.ceiling,
            "van": one.since,
            "tot": one.until,
        }
        stage.must(one.given_by, "POST", "/v1/mandaten", mandate)
    today = stage.moment[0].date()
    for other in person.replaces:
        period: dict[str, Json] = {"van": today.isoformat(), "tot": (today + _YEARS).isoformat()}
        stage.must(other, "POST", "/v1/vervangingen", {"vervanger": stage.ids[person.key], **period})


def _said(reply: Reply) -> str:
    faults = "; ".join(f"{one.get('veld')}: {one.get('melding')}" for one in reply.content.get("fouten", ()))
    told = " ".join(str(reply.content.get(name, "")) for name in ("regel", "title", "detail")).strip()
    return f"{reply.status} {told} {faults}".strip()
