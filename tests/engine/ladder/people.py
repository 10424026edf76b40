"""Who is there in a random city: roles, mandates and substitutions, kept twice: as facts, and in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from engine.terms import Actor, Fact, Json
from engine.trail.kinds import Kind
from tests.engine.ladder.history import HERE, Done, about
from tests.engine.rights_world import START, WIJK, given

# Each with a first role, bound to a group where one is named.
CAST: dict[str, tuple[tuple[str, str | None], ...]] = {
    "wethouder": (("college", None),),
    "burgemeester": (("college", None), ("deelnemers", "I-01")),
    "coordinator": (("wijkcoordinator", None),),
    "collega": (("wijkcoordinator", None), ("communicatie", None)),
    "jurist": (("jurist", None),),
    "voorlichter": (("communicatie", None),),
    "speelplek": (("deelnemers", "I-01"),),
    "buurvrouw": (("deelnemers", "I-01"), ("deelnemers", "I-02")),
    "plein": (("deelnemers", "I-02"),),
    "bewoner": (("bewoner", None),),
    "platform": (("bewonersplatform", None),),
    "raadslid": (("raad", None),),
    "griffier": (("griffie", None),),
    "beheer": (("beheerder", None),),
}
FOREVER = (date(2026, 1, 1), date(2030, 12, 31))


@dataclass(slots=True)
class Grant:
    """A role, mandate or substitution given: what it is, its period, and when it was taken back."""

    record: str
    person: str
    what: dict[str, Any]
    since: datetime
    period: tuple[date, date]
    gone: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it holds at this moment."""
        day = at.astimezone(HERE).date()
        is_there = self.since <= at and (self.gone is None or at < self.gone)
        return is_there and self.period[0] <= day <= self.period[1]


@dataclass(slots=True)
class People:
    """Everybody, with what was given to whom."""

    facts: dict[str, list[Fact]] = field(default_factory=lambda: {name: [] for name in CAST})
    roles: list[Grant] = field(default_factory=list)
    mandates: list[Grant] = field(default_factory=list)
    substitutions: list[Grant] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        """Give everybody the first roles."""
        for name, held in CAST.items():
            for role, group in held:
                self.appoint(name, role, group, START)

    def _add(self, kind: Kind, values: dict[str, Json], at: datetime, by: str, person: str) -> str:
        self.number += 1
        fact = replace(given(kind, values, at, by), record=f"{self.number:064x}")
        self.facts[person].append(fact)
        return fact.record

    def appoint(self, person: str, role: str, group: str | None, at: datetime) -> None:
        """A role, for one group or for the wijk (city-wide where it can be)."""
        reach = "groep" if group else "gemeente" if role in ("college", "raad", "jurist", "communicatie") else "wijk"
        values: dict[str, Json] = {"rol": role, "bereik": reach, "wijk": WIJK, "persoon": person}
        values |= {"groep": group} if group else {}
        record = self._add(Kind.ROLE_GIVEN, values, at, "beheer", person)
        self.roles.append(Grant(record, person, {"rol": role, "groep": group}, at, FOREVER))

    def mandate(self, person: str, by: str, values: dict[str, Json], at: datetime) -> None:
        """A mandate, as the organ gave it."""
        record = self._add(Kind.MANDATE_GIVEN, values, at, by, person)
        period = date.fromisoformat(str(values["van"])), date.fromisoformat(str(values["tot"]))
        self.mandates.append(Grant(record, person, values | {"door": by}, at, period))

    def substitute(self, person: str, replaced: str, values: dict[str, Json], at: datetime) -> None:
        """A substitution."""
        record = self._add(Kind.SUBSTITUTION_GIVEN, values, at, replaced, person)
        period = date.fromisoformat(str(values["van"])), date.fromisoformat(str(values["tot"]))
        self.substitutions.append(Grant(record, person, {"vervangt": replaced}, at, period))

    def withdraw(self, grant: Grant, kind: Kind, at: datetime) -> None:
        """Take it back."""
        self._add(kind, {"trekt_in": grant.record, "reden": "x", "persoon": grant.person}, at, "beheer", grant.person)
        grant.gone = at

    def actor(self, name: str) -> Actor:
        """This person as the rules see people."""
        named = {str(one.what["vervangt"]) for one in self.substitutions if one.person == name}
        return Actor(name, tuple(self.facts[name]), {other: tuple(self.facts[other]) for other in named})

    def roles_of(self, name: str, subject: str, at: datetime) -> frozenset[str]:
        """The roles that this person has himself, on this subject, at this moment."""
        return frozenset(
            str(one.what["rol"])
            for one in self.roles
            if one.person == name and one.holds(at) and one.what["groep"] in (None, subject)
        )

    def lent(self, name: str, subject: str, at: datetime) -> frozenset[str]:
        """The roles of those for whom this person stands in."""
        named = [str(one.what["vervangt"]) for one in self.substitutions if one.person == name and one.holds(at)]
        return frozenset(role for other in named for role in self.roles_of(other, subject, at))

    def flaws(self, done: Done, is_mandatable: bool) -> list[str]:
        """What is wrong with deciding under the mandate that was used."""
        used = next((one for one in self.mandates if one.record == done.mandate), None)
        if used is None:
            return ["a mandate that nobody gave"]
        ceiling, amount = used.what.get("plafond"), done.values.get("bedrag")
        step = "D01" if done.act == "kader" else done.step
        return [
            said
            for said, is_wrong in (
                ("not in force", not used.holds(done.at)),
                ("of somebody else", used.person != done.by),
                ("for another step", step not in used.what["stap"]),
                ("for another subject", not about(str(used.what.get("onderwerp", "*")), done.subject)),
                ("above its ceiling", ceiling is not None and (amount is None or amount > ceiling)),
                ("where the table allows none", not is_mandatable),
            )
            if is_wrong
        ]
