"""How a wijk and year stand after a story: what was refused, the euros, and what the participants decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.binding import OUTCOME, is_ratified, outcome_of
from engine.ledger import statement
from engine.registers import Registers
from engine.roles import values_of
from engine.submission import open_text, table
from engine.terms import Act, Register
from service import db, store_questions, store_trail
from service.expectations import StepResult
from service.installation import Installation
from service.reports import euros
from service.store_questions import Scope


def closing(
    installation: Installation, results: Sequence[StepResult], wijk: str, year: int, now: datetime
) -> Iterator[str]:
    """A line for the refusals, for the money of the year, and for each outcome that binds, from the registers alone."""
    refused = [one.rule for one in results if one.outcome == "geweigerd"]
    yield f"Geweigerd: {len(refused)}" + (f" ({', '.join(refused)})." if refused else ".")
    with db.reading(installation.database) as tx:
        found = dict.fromkeys(one.dossier for one in store_questions.cases_in(tx, Scope(wijk, year)))
        dossiers = [Registers(store_trail.facts_of(tx, one, frozenset(Register)), now) for one in found]
    for registers in dossiers:
        yield from _money(registers, f"{wijk} {year}")
        yield from _outcomes(registers)


def _money(registers: Registers, name: str) -> Iterator[str]:
    totals = table(statement(registers), "totalen")
    if totals.get("budget"):
        spent, left, free = (euros(totals.get(key)) for key in ("uitgegeven", "over", "vrij"))
        yield f"Geld van {name}: besteed EUR {spent}, over EUR {left}, waarvan EUR {free} vrij."


def _outcomes(registers: Registers) -> Iterator[str]:
    bound = registers.of(Register.KADERS, Act.ZELFBINDING)
    for step, subject in dict.fromkeys((fact.step, fact.subject) for fact in bound):
        outcome = outcome_of(registers, step or "", subject)
        if outcome is not None:
            stands = "bindend en bekrachtigd" if is_ratified(registers, outcome) else "bindend, nog niet bekrachtigd"
            option = open_text(values_of(outcome), OUTCOME)
            yield f"Over {subject} ({step}) beslisten de deelnemers: {option}, {stands}."
