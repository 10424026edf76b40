"""Which roles a city knows, and which of them a person holds at a moment: own memberships and substitutions.

A membership row: `{"rol", "bereik": "gemeente"|"wijk"|"groep", "wijk"?, "groep"?, "van"?, "tot"?}`. A substitution row:
`{"vervangt", "vervanger", "van"?, "tot"?}`. A row that withdraws another carries `{"trekt_in": "<digest>"}`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from engine.sentences import Sentence
from engine.submission import holds_at, is_over, text
from engine.terms import Action, Actor, Fact, Finding, Json, Register, Severity, Values
from engine.value import value

_NARROWER = re.compile(r"starten:[a-z][a-z0-9_]*|bijdragen:([a-z][a-z0-9_]*)")
RELEASE = "vrijgeven"  # the second pair of eyes of a deployment, beside the actions that a role may be given


class Kind(StrEnum):
    """What sort of role it is; only organs, officials, residents and participants can ever decide."""

    ORGAN = "orgaan"
    OFFICIAL = "ambtelijk"
    PARTNER = "partner"
    RESIDENTS = "bewoners"
    PARTICIPANTS = "deelnemers"
    SUPPORT = "ondersteuning"
    OVERSIGHT = "toezicht"
    MANAGEMENT = "beheer"

    @property
    def never_decides(self) -> bool:
        """Support, oversight and management take no participation decision, whatever a table says (WL20)."""
        return self in {Kind.SUPPORT, Kind.OVERSIGHT, Kind.MANAGEMENT}

    @property
    def is_of_residents(self) -> bool:
        """Residents and participants: those who may decide at *meebeslissen*."""
        return self in {Kind.RESIDENTS, Kind.PARTICIPANTS}


class Reach(StrEnum):
    """How far a membership holds, widest first."""

    CITY = "gemeente"
    WIJK = "wijk"
    GROUP = "groep"

    @property
    def breadth(self) -> int:
        """0 (one group) to 2 (the whole city)."""
        return 2 - list(Reach).index(self)


@value
class Scope:
    """Where a case plays: lanes resolve to the memberships that hold here."""

    gemeente: str
    wijk: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the catalogue; `reach` is the widest reach with which it may be given."""

    id: str
    name: str
    kind: Kind
    reach: Reach
    source: str


@value
class Holding:
    """A role held at a moment; `behalf` is the person substituted, None for an own membership."""

    role: str
    reach: Reach
    group: str | None
    record: str
    behalf: str | None = None

    def is_party(self, name: str) -> bool:
        """Whether this makes somebody the party of this name: a role, or the group of a subject."""
        return name != "" and name in (self.role, self.group if self.reach is Reach.GROUP else "")


@dataclass(frozen=True, slots=True, eq=False)  # one that was read, so that what was read with it is known by it
class Roles:
    """The catalogue: roles by id, and the roles that may take each administrative action."""

    by_id: Mapping[str, Role]
    may: Mapping[str, frozenset[str]]

    @staticmethod
    @lru_cache(maxsize=8)  # a city changes its diagrams more often than its roles
    def read(content: bytes, file: str = "rollen.toml") -> tuple[Roles | None, tuple[Finding, ...]]:
        """The catalogue from `[rollen.<id>]` tables and `[bevoegdheden]`; None with every fault when there are any."""
        try:
            data = tomllib.loads(content.decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
            return None, (
                _fault(
                    file, "rollen/leesbaar", Sentence("Het bestand is geen leesbare TOML: {fout}.", fout=str(wrong))
                ),
            )
        faults: list[Finding] = []
        by_id = dict(_catalogue(data, file, faults))
        may = dict(_powers(data, by_id, file, faults))
        return (None, tuple(faults)) if faults else (Roles(by_id, may), ())

    def kind(self, role: str | None) -> Kind | None:
        """The kind of a role, None when the catalogue does not know it."""
        found = self.by_id.get(role or "")
        return found.kind if found else None

    def is_of_residents(self, role: str | None) -> bool:
        """Whether it is a role of residents or participants."""
        kind = self.kind(role)
        return kind is not None and kind.is_of_residents

    def channels(self, lane: str | None) -> frozenset[str]:
        """The roles that may bring in where this lane collects, besides the lane's own."""
        return self.may.get(power_to_contribute(lane or ""), frozenset())


def _fault(file: str, rule: str, sentence: Sentence, name: str | None = None) -> Finding:
    return Finding(file=file, rule=rule, severity=Severity.ERROR, sentence=sentence, name=name)


def _catalogue(data: Mapping[str, object], file: str, faults: list[Finding]) -> Iterator[tuple[str, Role]]:
    faults.extend(
        _fault(file, "rollen/onbekend", Sentence("Onbekend onderdeel “{naam}”; haal het weg.", naam=name), name)
        for name in sorted(set(data) - {"rollen", "bevoegdheden"})
    )
    listed = data.get("rollen")
    if not isinstance(listed, dict) or not listed:
        faults.append(_fault(file, "rollen/leeg", Sentence("Er staat geen enkele [rollen.<id>] in.")))
        return
    for id_, row in listed.items():
        role = _role(id_, row, file, faults)
        if role:
            yield id_, role


def _role(id_: str, row: object, file: str, faults: list[Finding]) -> Role | None:
    if not isinstance(row, dict) or set(row) - {"naam", "soort", "bereik", "bron"}:
        faults.append(
            _fault(
                file,
                "rollen/velden",
                Sentence("Rol {rol}: alleen naam, soort, bereik en bron horen hier.", rol=id_),
                id_,
            )
        )
        return None
    wrong = [name for name in ("naam", "bron") if not isinstance(row.get(name), str) or not row[name]]
    wrong += ["soort"] * (row.get("soort") not in set(Kind)) + ["bereik"] * (row.get("bereik") not in set(Reach))
    if wrong or not id_.replace("_", "").isalnum():
        sentence = Sentence(
            "Rol {rol}: {velden} ontbreekt of klopt niet (soort: {soorten}; bereik: {bereiken}).",
            rol=id_,
            velden=wrong or ["id"],
            soorten=list(Kind),
            bereiken=list(Reach),
        )
        faults.append(_fault(file, "rollen/velden", sentence, id_))
        return None
    return Role(id_, row["naam"], Kind(row["soort"]), Reach(row["bereik"]), row["bron"])


def _powers(
    data: Mapping[str, object], by_id: Mapping[str, Role], file: str, faults: list[Finding]
) -> Iterator[tuple[str, frozenset[str]]]:
    listed = data.get("bevoegdheden", {})
    for action, roles in listed.items() if isinstance(listed, dict) else (("bevoegdheden", None),):
        narrower = _NARROWER.fullmatch(action)
        if action not in {*Action, RELEASE} and not narrower:
            faults.append(
                _fault(
                    file,
                    "rollen/bevoegdheid",
                    Sentence("Onbekende bevoegdheid “{bevoegdheid}”.", bevoegdheid=action),
                    action,
                )
            )
        elif not isinstance(roles, list) or not all(role in by_id for role in roles):
            sentence = Sentence(
                "Bevoegdheid {bevoegdheid}: noem een lijst van rollen uit dit bestand.", bevoegdheid=action
            )
            faults.append(_fault(file, "rollen/bevoegdheid", sentence, action))
        elif narrower and narrower[1] and narrower[1] not in by_id:
            sentence = Sentence(
                "Bevoegdheid {bevoegdheid}: noem na de dubbele punt een baan die een rol uit dit bestand is.",
                bevoegdheid=action,
            )
            faults.append(_fault(file, "rollen/bevoegdheid", sentence, action))
        else:
            yield action, frozenset(roles)


def power_to_start(process: str) -> str:
    """The power, in `[bevoegdheden]`, to start this process alone; `starten` is the power to start any."""
    return f"{Action.START}:{process}"


def power_to_contribute(lane: str) -> str:
    """The power, in `[bevoegdheden]`, to bring something in where this lane collects, and nothing else that it does."""
    return f"{Action.CONTRIBUTE}:{lane}"


def values_of(fact: Fact) -> Mapping[str, Json]:
    """The recorded values of a register row."""
    recorded = fact.body.get("gegevens")
    return recorded if isinstance(recorded, dict) else {}


def in_force(facts: tuple[Fact, ...], register: Register, now: datetime) -> tuple[Fact, ...]:
    """The given rows of `register` that hold at `now`: recorded by then, within their period and not withdrawn."""
    return tuple(fact for fact, values in _standing(facts, register, now) if holds_at(values, now))


def lasting(facts: tuple[Fact, ...], register: Register, now: datetime) -> tuple[Fact, ...]:
    """The same with those of which the period is still to begin: everything that was given and is not over."""
    return tuple(fact for fact, values in _standing(facts, register, now) if not is_over(values, now))


def _standing(facts: tuple[Fact, ...], register: Register, now: datetime) -> list[tuple[Fact, Mapping[str, Json]]]:
    known = [(fact, values_of(fact)) for fact in facts if fact.register is register and fact.at <= now]
    withdrawn = {text(values, "trekt_in") for _, values in known if "trekt_in" in values}
    return [(fact, values) for fact, values in known if fact.record not in withdrawn and not values.get("trekt_in")]


def holdings(actor: Actor, scope: Scope, subject: str, now: datetime) -> tuple[Holding, ...]:
    """The roles that the actor holds here and now: own ones first, then those of the persons substituted for.

    A substitution reaches the memberships of the person named only, never that person's own substitutions.
    """
    own = _memberships(actor.facts, scope, subject, now, None)
    if not actor.stands_in_for:
        return own
    named = {
        text(values_of(fact), "vervangt"): fact.record for fact in in_force(actor.facts, Register.VERVANGINGEN, now)
    }
    borrowed = [
        holding
        for person, facts in sorted(actor.stands_in_for.items())
        if person in named
        for holding in _memberships(facts, scope, subject, now, person)
    ]
    return (*own, *borrowed)


@lru_cache(256)  # one act asks for them several times: to be judged, and for its record
def _memberships(
    facts: tuple[Fact, ...], scope: Scope, subject: str, now: datetime, behalf: str | None
) -> tuple[Holding, ...]:
    found = []
    for fact in in_force(facts, Register.ROLLEN, now):
        values = values_of(fact)
        reach = _reach_in(values, scope, subject)
        if reach is not None:
            group = text(values, "groep") or None
            found.append(Holding(text(values, "rol"), reach, group, fact.record, behalf))
    return tuple(found)


def reaches(values: Values, scope: Scope, subject: str) -> bool:
    """Whether a membership row holds in this scope: city-wide in every wijk, a group for its own subject only."""
    return _reach_in(values, scope, subject) is not None


def _reach_in(values: Values, scope: Scope, subject: str) -> Reach | None:
    reach = text(values, "bereik")
    if reach == Reach.CITY:
        return Reach.CITY
    if scope.wijk is None or text(values, "wijk") != scope.wijk:
        return None
    if reach == Reach.WIJK:
        return Reach.WIJK
    is_here = reach == Reach.GROUP and text(values, "groep") in {scope.group, subject} - {"*", ""}
    return Reach.GROUP if is_here else None
