"""Mandates: who may decide in the name of an organ, for which step and subject, up to which amount, until when.

A mandate row: `{"orgaan": role, "persoon" | "rol", "stap": text or list, "onderwerp"?, "plafond"? (cents), "van",
"tot"}`; a row that withdraws it carries `{"trekt_in": "<digest>"}`. Acting under a mandate is acting for an organ: it
never adds a pair of eyes, and a substitute does not carry the mandates of the person substituted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from engine.registers import WHOLE
from engine.rights import Matrix
from engine.roles import Holding, in_force, values_of
from engine.submission import cents, day_of, holds_at, is_filled, text, texts
from engine.terms import Actor, Fact, Register, Values


def mandates_of(actor: Actor, organs: Collection[str], step: str, now: datetime) -> tuple[Fact, ...]:
    """The mandates ever given to the actor by one of these organs for this step, in force or not."""
    return tuple(
        fact
        for fact in actor.facts
        if fact.register is Register.MANDATEN
        and fact.at <= now
        and text(values_of(fact), "orgaan") in organs
        and step in texts(values_of(fact), "stap")
    )


def flaws(
    fact: Fact, actor: Actor, own: Collection[Holding], subjects: Collection[str], amount: int | None, now: datetime
) -> Iterator[str]:
    """Why a mandate does not carry a decision on these subjects; nothing when it does."""
    values = values_of(fact)
    if fact not in in_force(actor.facts, Register.MANDATEN, now):
        yield "het mandaat geldt nu niet" if not holds_at(values, now) else "het mandaat is ingetrokken"
    role = text(values, "rol")
    if role and role not in {holding.role for holding in own if holding.behalf is None}:
        yield f"het mandaat is gegeven aan de rol {role}, en die hebt u hier niet zelf"
    about = text(values, "onderwerp") or WHOLE
    if about != WHOLE and set(subjects) != {about}:
        yield f"het mandaat gaat over {about}"
    ceiling = cents(values, "plafond")
    if ceiling is not None and (amount is None or amount > ceiling):
        found = "er is geen bedrag genoemd" if amount is None else f"het bedrag is {amount} cent"
        yield f"het mandaat gaat tot {ceiling} cent en {found}"


def lacks_in_mandate(values: Values, matrix: Matrix, given_by: Collection[Holding], now: datetime) -> Iterator[str]:
    """What a mandate to be given must say and does not, or grants beyond the rights table."""
    organ = text(values, "orgaan")
    if organ not in {holding.role for holding in given_by if holding.behalf is None}:
        yield f"u hebt de rol {organ or '(orgaan)'} niet zelf; alleen wie haar heeft, geeft er mandaat voor"
    if bool(text(values, "persoon")) == bool(text(values, "rol")):
        yield "aan wie: een persoon of een rol"
    if not is_filled(values.get("van")) or not is_filled(values.get("tot")):
        yield "van en tot (een mandaat heeft een periode)"
    cents(values, "plafond")
    steps = texts(values, "stap")
    if not steps:
        yield "stap"
    for step in steps:
        cells = [cell for cells in matrix.cells.values() for cell in cells if cell.step == step]
        allowed = [cell for cell in cells if cell.is_mandatable and cell.holds(day_of(now))]
        if not any(organ in matrix.resolved(cell.decides, day_of(now)).roles for cell in allowed):
            yield f"stap {step}: de rechtentabel staat {organ} hier geen mandaat toe"
