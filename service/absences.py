"""Absence (*afwezigheid*): who is away from when till when, and who stands in, as the register of substitutions has it.

An absence is nothing of its own: arranging one is giving the substitution (`service.people`), and coming back early is
withdrawing it. Who is away still has every right; only others are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.roles import in_force, lasting, values_of
from engine.submission import holds_at, text
from engine.terms import Fact, Register, Values
from service import db, organisation, store_people, store_trail
from service.accounts import WEBSITE
from service.installation import Installation
from service.store_people import PersonRow
from service.store_trail import ORGANISATION


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `since` till and with `until`; `record` gave it, and withdrawing that ends it early."""

    record: str
    absent: str
    substitute: str
    since: str
    until: str
    has_begun: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """An official whose account works, with the reference in the organisation; `away` says till when, who is so now.

    `roles` are the rows of the register of roles for which this colleague was looked up.
    """

    id: str
    ref: str
    name: str
    away: Absence | None
    roles: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """One's own absences, those in which one stands in, and among whom one may choose a substitute."""

    own: list[Absence]
    others: list[Absence]
    colleagues: list[Colleague]


def overview(installation: Installation, by: PersonRow, now: datetime) -> Overview:
    """What concerns this person now and later; a resident, who may not see who works here, chooses among nobody."""
    ref = organisation.reference(installation, by)
    with db.reading(installation.database) as tx:
        facts = lasting(_facts(tx, Register.VERVANGINGEN), Register.VERVANGINGEN, now)
        own = [fact for fact in facts if text(values_of(fact), "vervangt") == ref]
        others = [fact for fact in facts if text(values_of(fact), "vervanger") == ref]
        told = _told(installation, tx, (*own, *others), now)
        chosen_from = [] if by.is_resident else colleagues(installation, tx, now, lambda _: True)
    return Overview(
        [told[fact.record] for fact in own],
        [told[fact.record] for fact in others],
        [one for one in chosen_from if one.id != by.id],
    )


def all_absences(installation: Installation, now: datetime) -> list[Absence]:
    """Of everybody, those that last or are still to come; for who arranges them."""
    with db.reading(installation.database) as tx:
        facts = lasting(_facts(tx, Register.VERVANGINGEN), Register.VERVANGINGEN, now)
        return [*_told(installation, tx, facts, now).values()]


def colleagues(
    installation: Installation, tx: Connection, now: datetime, fits: Callable[[Values], bool]
) -> list[Colleague]:
    """The officials with a role now that fits (a row of the register of roles), by name."""
    facts = _facts(tx, Register.ROLLEN, Register.VERVANGINGEN)
    fitting = defaultdict[str, list[Values]](list)
    for row in map(values_of, in_force(facts, Register.ROLLEN, now)):
        if fits(row):
            fitting[text(row, "persoon")].append(row)
    away = _away(installation, tx, in_force(facts, Register.VERVANGINGEN, now), now)
    found = [
        Colleague(one.id, ref, one.name, away.get(ref), tuple(fitting[ref]))
        for one in store_people.everybody(tx)
        if not one.is_resident and one.blocked_at is None and one.login != WEBSITE
        if (ref := organisation.reference(installation, one)) in fitting
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def away_now(installation: Installation, tx: Connection, now: datetime) -> Mapping[str, Absence]:
    """Who is away at this moment, by the reference in the organisation's chain."""
    return _away(installation, tx, in_force(_facts(tx, Register.VERVANGINGEN), Register.VERVANGINGEN, now), now)


def _away(installation: Installation, tx: Connection, facts: Iterable[Fact], now: datetime) -> dict[str, Absence]:
    listed = tuple(facts)
    told = _told(installation, tx, listed, now)
    return {text(values_of(fact), "vervangt"): told[fact.record] for fact in listed}


def _facts(tx: Connection, *registers: Register) -> tuple[Fact, ...]:
    return store_trail.facts_of(tx, ORGANISATION, registers)


def _told(installation: Installation, tx: Connection, facts: Iterable[Fact], now: datetime) -> dict[str, Absence]:
    """The rows with the names of whom they name, by record."""
    rows = {fact.record: values_of(fact) for fact in facts}
    refs = {text(row, name) for row in rows.values() for name in ("vervangt", "vervanger")}
    named = {ref: one.name for ref, one in organisation.people_named(installation, tx, refs).items()}
    return {
        record: Absence(
            record,
            named.get(text(row, "vervangt"), ""),
            named.get(text(row, "vervanger"), ""),
            text(row, "van"),
            text(row, "tot"),
            holds_at(row, now),
        )
        for record, row in rows.items()
    }
