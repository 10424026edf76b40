"""The persons of a story as the rules see them: with their roles, mandates and substitutions as register rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from engine import registers
from engine.terms import Actor, Fact, Json, Register
from engine.trail import seal
from service.story import Person, Story

GIVEN_BY = "verhaal"
_SECRET = b"een verhaal kent geen geheimen, het is verzonnen"
_DAY = timedelta(days=1)


def reference(key: str) -> str:
    """How a person of a story is named in its records."""
    return seal.reference(_SECRET, key)


def actors_of(story: Story) -> Mapping[str, Actor]:
    """The persons by key; everything was given to them on the day before the story begins."""
    return {key: _actor(story, person) for key, person in story.persons.items()}


def _given(story: Story, person: Person) -> tuple[Fact, ...]:
    ref = reference(person.key)
    found: list[Fact] = []

    def add(register: Register, by: str, values: dict[str, Json]) -> None:
        digest = sha256(f"{person.key} {register} {len(found)}".encode()).hexdigest()
        kept: dict[str, Json] = {name: value for name, value in values.items() if value is not None}
        found.append(Fact(register, digest, story.begin - _DAY, by, None, ref, {"gegevens": kept}))

    for one in person.memberships:
        wijk = one.wijk or (story.wijk if one.group else None)
        add(Register.ROLLEN, GIVEN_BY, one.place | {"persoon": ref, "wijk": wijk})
    for mandate in person.mandates:
        values: dict[str, Json] = {
            "orgaan": mandate.organ,
            "persoon": ref,
            "stap": list(mandate.steps),
            "onderwerp": mandate.subject or registers.WHOLE,
            "plafond": mandate.ceiling,
            "van": mandate.since,
            "tot": mandate.until,
        }
        add(Register.MANDATEN, reference(mandate.given_by), values)
    for other in person.replaces:
        add(Register.VERVANGINGEN, GIVEN_BY, {"vervangt": reference(other), "vervanger": ref})
    return tuple(found)


def _actor(story: Story, person: Person) -> Actor:
    persons = story.persons
    stands_in = {
        reference(other): tuple(fact for fact in _given(story, persons[other]) if fact.register is Register.ROLLEN)
        for other in person.replaces
    }
    return Actor(reference(person.key), _given(story, person), stands_in)
