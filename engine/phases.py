"""The five phases of the year: which step belongs to which, and whether the product of a phase reached everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from engine import steps
from engine.notation import PHASES
from engine.registers import Registers
from engine.roles import values_of
from engine.submission import texts
from engine.terms import Act, Fact, Register, Values

_STEPS = {
    "analyseren": (steps.ANALYSIS,),
    "agenderen": (steps.AGENDA, steps.POLICY_POINT),
    "uitwerken": (steps.ADMISSION, steps.COMMITMENT, steps.GRANT, steps.REPLIES, steps.PROGRAMME),
    "uitvoeren": (steps.PLAN, steps.CHANGE, steps.QUICK_ACTION, steps.RESULT),
    "verantwoorden": (steps.ACCOUNT,),
}
CHANNELS, ADDRESSEES = "kanalen", "geadresseerden"


def phase_of(step: str | None) -> str | None:
    """The phase in which a step is decided; None for what may come up at any time."""
    return next((phase for phase, decided in _STEPS.items() if step in decided), None)


def phase_before(phase: str | None) -> str | None:
    """The phase that must be closed before this one; None for the first."""
    at = PHASES.index(phase) if phase in PHASES else 0
    return PHASES[at - 1] if at else None


def unreached(registers: Registers, product: str, owed: Values, beside: Values) -> Iterator[str]:
    """The channels and addressees in `owed` that no publication of the product names, nor the one in `beside`."""
    given = [values_of(fact) for fact in _of(registers, Act.PUBLICATIE, product)]
    for name in (CHANNELS, ADDRESSEES):
        reached = set(chain.from_iterable(texts(values, name) for values in (*given, beside)))
        yield from (f"{name}: {one}" for one in texts(owed, name) if one not in reached)


def uninformed(registers: Registers, product: str, owed: Collection[str]) -> Iterator[str]:
    """The roles that should have taken note of the product, and did not."""
    took_note = {fact.body.get("rol") for fact in _of(registers, Act.KENNISNAME, product)}
    yield from (f"kennisname door {role}" for role in owed if role not in took_note)


def _of(registers: Registers, act: Act, product: str) -> list[Fact]:
    return [fact for fact in registers.of(Register.PUBLICATIES, act) if fact.body.get("product") == product]
