"""Destruction of sealed values: asked for by one, ordered by another, after a term, and never what must be kept.

- asked for (DESTROY): `{"waarden": [digest], "zaken": [chain], "grond", "reden"}`; `zaken`: the chain of those
  values; or `{"account": <reference>, ...}` for the name and login of a resident
- ordered (ORDER): `{"verzoek": <digest of the record that asked>, "waarden", "zaken", "account"?, "reden"}`
- kept (PRESERVE): `{"waarden"?, "zaken"?, "reden"}`, until `tot` or until it is lifted
- called off, or lifted (ABANDON, PRESERVE): `{"trekt_in": <digest>, "reden"}`

The rows stand in the register of the organisation, and are among the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from engine.deadlines import Terms
from engine.question import Question
from engine.roles import in_force, values_of
from engine.submission import text
from engine.terms import Fact, Json, Register, Values

Lacks = Iterator[str]

ACCOUNT = "account"
COOLING_OFF = "bedenktijd_vernietiging"
"""How long an order waits before it is carried out, in every city."""


class Ground(StrEnum):
    """Why a value is destroyed."""

    TERM_OVER = "bewaartermijn"
    ASKED_BY_PERSON = "verzoek_betrokkene"
    UNLAWFUL = "onrechtmatig"


class Readiness(StrEnum):
    """Whether an order can be carried out now."""

    OFF = "ingetrokken"
    KEPT = "bewaarplicht"
    WAITING = "bedenktijd"
    READY = "uit te voeren"


def words(values: Values, name: str) -> frozenset[str]:
    """The texts in a list of this name."""
    given = values.get(name)
    return frozenset(one for one in given if isinstance(one, str)) if isinstance(given, list) else frozenset()


def _rows(facts: Sequence[Fact], register: Register, now: datetime) -> tuple[Fact, ...]:
    return in_force(tuple(facts), register, now)


def requests(facts: Sequence[Fact], now: datetime) -> tuple[Fact, ...]:
    """What was asked for and not called off."""
    return tuple(one for one in _rows(facts, Register.VERNIETIGINGEN, now) if not values_of(one).get("verzoek"))


def orders(facts: Sequence[Fact], now: datetime) -> tuple[Fact, ...]:
    """The orders that were not called off."""
    return tuple(one for one in _rows(facts, Register.VERNIETIGINGEN, now) if values_of(one).get("verzoek"))


def keeping(facts: Sequence[Fact], values: Values, now: datetime) -> tuple[Fact, ...]:
    """The duties to keep that hold for any of these values, or for a chain in which they lie."""
    return tuple(
        one
        for one in _rows(facts, Register.BEWAARPLICHTEN, now)
        if any(words(values, name) & words(values_of(one), name) for name in ("waarden", "zaken"))
    )


def readiness(facts: Sequence[Fact], order: str, terms: Terms, now: datetime) -> Readiness:
    """Whether the order in this record can be carried out at `now`. Raises TermError when the city has no such term."""
    found = next((one for one in orders(facts, now) if one.record == order), None)
    if found is None or text(values_of(found), "verzoek") not in {one.record for one in requests(facts, now)}:
        return Readiness.OFF
    if keeping(facts, values_of(found), now):
        return Readiness.KEPT
    return Readiness.WAITING if now < terms.end(COOLING_OFF, found.at) else Readiness.READY


def _facts(q: Question) -> tuple[Fact, ...]:
    return (*q.registers.all(Register.VERNIETIGINGEN), *q.registers.all(Register.BEWAARPLICHTEN))


def _asked(q: Question) -> Fact | None:
    named = text(q.values, "verzoek")
    return next((one for one in requests(_facts(q), q.now) if one.record == named), None)


def request_unfit(q: Question) -> Lacks:
    """Who asks says of which values, and on which ground."""
    if not words(q.values, "waarden") and not text(q.values, ACCOUNT):
        yield "verzegelde waarden die er nog zijn"
    if q.values.get("grond") not in set(Ground):
        yield f"grond: {', '.join(Ground)}"


def must_be_kept(q: Question) -> Lacks:
    """What must be kept is neither asked for nor ordered away."""
    for one in keeping(_facts(q), q.values, q.now):
        yield f"regel {one.record[:12]}"


def nothing_asked(q: Question) -> Lacks:
    """An order names a request that stands, is not ordered yet, and gives the same values."""
    asked = _asked(q)
    if asked is None:
        yield "een verzoek dat niet is ingetrokken"
        return
    if any(values_of(one).get("verzoek") == asked.record for one in orders(_facts(q), q.now)):
        yield "een verzoek waarvoor nog geen opdracht is gegeven"
    is_same = text(q.values, ACCOUNT) == text(values_of(asked), ACCOUNT)
    if not is_same or any(words(q.values, name) != words(values_of(asked), name) for name in ("waarden", "zaken")):
        yield "precies de waarden van het verzoek"


def one_pair_of_hands(q: Question) -> Lacks:
    """Two people destroy: who asked never orders it, nor who stands in for that person (INV-45)."""
    asked = _asked(q)
    if asked is not None and {asked.by, asked.body.get("namens")} & _hands(q):
        yield "een ander dan wie erom vroeg"


def _hands(q: Question) -> set[Json]:
    return {q.actor.ref, *(holding.behalf for holding in q.held if holding.behalf is not None)}


def nothing_to_call_off(q: Question) -> Lacks:
    """What is called off is a request or an order that stands."""
    named = text(q.values, "trekt_in")
    if named not in {one.record for one in _rows(_facts(q), Register.VERNIETIGINGEN, q.now)}:
        yield "een verzoek of opdracht die nog staat"


def keeping_unfit(q: Question) -> Lacks:
    """A duty to keep says of what; one that is lifted stands."""
    lifted = text(q.values, "trekt_in")
    if lifted and lifted not in {one.record for one in _rows(_facts(q), Register.BEWAARPLICHTEN, q.now)}:
        yield "een bewaarplicht die nog geldt"
    if not lifted and not words(q.values, "waarden") and not words(q.values, "zaken"):
        yield "waarden of zaken"
