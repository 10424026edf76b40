"""The demo: a cycle half-way, with somebody for every role; made by playing part of a story of the city.

The story is moved by whole weeks, so that its half-way lies shortly behind us and its terms run on from there.
Which story, until when, who there are besides, and what else happens then: `demo/personen.toml` of the city. Made-up
example data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from engine import definition
from engine.definition import Definition
from engine.errors import DefinitionRefused
from engine.terms import Json
from service import db, definitions, stage, store_definitions, stories, story
from service.config import Config
from service.expectations import StepResult
from service.play import Player
from service.story import AMSTERDAM, Mandate, Person, Step, Story

PASSWORD = "wijkcyclus-demo"  # noqa: S105  (of made-up people, on one's own machine; printed when the demo is loaded)
_STORIES, _PEOPLE = Path("verhalen"), Path("demo/personen.toml")
_WEEK = timedelta(weeks=1)
_TRIED = 52
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?\Z")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Who is in the demo, and how its story went; no results when the database was in use already."""

    persons: Mapping[str, Person]
    results: tuple[StepResult, ...] | None


def load(config: Config, now: datetime, password: str, hasher: PasswordHasher) -> Loaded:
    """Load the demo into an empty database, up to `now`; a database in use is left alone."""
    db.migrate(config.database_url)
    database = db.open_database(config.database_url, 1)
    with db.reading(database) as tx:
        is_used = bool(store_definitions.versions(tx))
    database.dispose()
    told = _read(config)
    if is_used:
        return Loaded(told.persons, None)
    told = _near(config, told, now)
    persons = told.persons
    passwords = dict.fromkeys((stage.ADMINISTRATOR, *persons), password)
    built = stage.build(config, persons, passwords, told.begin, told.wijk, hasher)
    results = tuple(Player(told, built).play())
    built.let_pass(now)
    built.installation.database.dispose()
    return Loaded(persons, results)


def _near(config: Config, told: Story, now: datetime) -> Story:
    """The story, moved to just before now: as few weeks back as its terms still come out.

    Public holidays do not move along, so a week in which a term runs into one is passed over.
    """
    family = definition_of(config)
    forms = stories.forms_of(family)
    newest = (now - told.steps[-1].at) // _WEEK
    for weeks in range(newest, newest - _TRIED, -1):
        candidate = _shifted(told, weeks * _WEEK)
        if all(result.is_expected for result in stories.run(candidate, family, forms)):
            return candidate
    return _shifted(told, newest * _WEEK)


def definition_of(config: Config) -> Definition:
    """The process family of the city. Raises DefinitionRefused."""
    reading = definition.read(definitions.family_files(config.city))
    if reading.definition is None:
        raise DefinitionRefused(reading.findings)
    return reading.definition


def _read(config: Config) -> Story:
    """The first half of the story, with all people of the demo, and what happens after it in the demo alone."""
    if not (config.city / _PEOPLE).is_file():
        raise ValueError(f"De stad in {config.city} heeft geen demo ({_PEOPLE}).")
    data = tomllib.loads((config.city / _PEOPLE).read_text("utf-8"))
    path = config.city / _STORIES / str(data["verhaal"])
    first = tomllib.loads(path.read_text("utf-8"))
    people = {**data["personen"], **first["personen"]}
    half_way = data["halverwege"].replace(tzinfo=AMSTERDAM)
    whole = _parsed({**first, "personen": people}, path)
    steps = tuple(step for step in whole.steps if step.at <= half_way)
    if "stap" in data:
        steps += _parsed({**first, "personen": people, "stap": data["stap"]}, _PEOPLE).steps
    return replace(whole, steps=steps)


def _parsed(data: Mapping[str, Any], path: Path) -> Story:
    found, faults = story.parse(data, str(path))
    if found is None:
        raise DefinitionRefused(faults)
    return found


def _shifted(told: Story, shift: timedelta) -> Story:
    """The story and its people with every day of it moved."""
    steps = tuple(_moved_step(step, shift) for step in told.steps)
    people = {
        key: replace(one, mandates=tuple(_moved_mandate(m, shift) for m in one.mandates))
        for key, one in told.persons.items()
    }
    return replace(told, begin=told.begin + shift, steps=steps, persons=people)


def _moved_step(step: Step, shift: timedelta) -> Step:
    def values(given: Mapping[str, Json]) -> dict[str, Json]:
        return {name: _moved(one, shift) for name, one in given.items()}

    return replace(
        step,
        at=step.at + shift,
        values=values(step.values),
        attempt=None if step.attempt is None else values(step.attempt),
        message=None if step.message is None else values(step.message),
    )


def _moved_mandate(mandate: Mandate, shift: timedelta) -> Mandate:
    return replace(mandate, since=str(_moved(mandate.since, shift)), until=str(_moved(mandate.until, shift)))


def _moved(value: Json, shift: timedelta) -> Json:
    if isinstance(value, dict):
        return {name: _moved(one, shift) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, shift) for one in value]
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    return (date.fromisoformat(found[1]) + shift).isoformat() + (found[2] or "")
