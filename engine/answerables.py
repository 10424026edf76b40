"""Who is answerable for a year of a wijk: one politically, one in the civil service, and which levels of government.

A row: `{"bestuurlijk": role, "ambtelijk": role, "niveaus": [role, ...]}`; the last one holds, and always names both,
so there is never more than one of each. A role that nobody holds is a vacancy (INV-35).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.registers import Registers
from engine.roles import values_of
from engine.submission import text, texts
from engine.terms import Fact, Register

POSTS = ("bestuurlijk", "ambtelijk")
LEVELS = "niveaus"


@dataclass(frozen=True, slots=True)
class Answerables:
    """The assignment that holds at a moment, and the row that made it."""

    political: str
    civil: str
    fact: Fact


def answerables(registers: Registers, at: datetime) -> Answerables | None:
    """Who is answerable at a moment; None when nobody was assigned yet."""
    found = [fact for fact in registers.all(Register.AANSPREEKBAREN) if fact.at <= at]
    if not found:
        return None
    political, civil = (text(values_of(found[-1]), post) for post in POSTS)
    return Answerables(political, civil, found[-1])


def vacancies(assigned: Answerables | None, held: Collection[str]) -> tuple[str, ...]:
    """The posts for which nobody is answerable: none was assigned, or nobody holds the role (INV-35)."""
    if assigned is None:
        return POSTS
    roles = dict(zip(POSTS, (assigned.political, assigned.civil), strict=True))
    return tuple(post for post, role in roles.items() if role not in held)


def levels_named(registers: Registers, case: str) -> frozenset[str]:
    """The levels of government that this case or its dossier says there are; none when neither says anything.

    What one of them names is there: a case does not leave out a level that the dossier has, nor the other way round.
    """
    products = [fact for fact in registers.all(Register.PRODUCTEN) if fact.body.get("zaak") == case]
    said = (_last_named(products), _last_named(registers.all(Register.AANSPREEKBAREN)))
    return frozenset(level for levels in said for level in levels)


def _last_named(facts: Sequence[Fact]) -> tuple[str, ...]:
    return next((named for fact in reversed(facts) if (named := texts(values_of(fact), LEVELS))), ())
