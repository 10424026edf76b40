"""What was brought in on the matter of a task, word for word: for who must answer it or decide on it, and on record.

The words are opened for who has the task or may take it up, as the inputs of the task are (`openings`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine import participation
from engine.definition import Definition
from engine.registers import Registers, names_of, pointers_to
from engine.roles import values_of
from engine.terms import Act, Fact, Register, Task, Values
from service.openings import Reader
from service.reports import said

_ANSWERING = frozenset({Act.AFHANDELING, Act.BESLUIT, Act.BEKRACHTIGING})
_MOST_PIECES = 20
_MOST_LETTERS = 30_000  # of all of them together, so that the page stays small


@dataclass(frozen=True, slots=True)
class Piece:
    """A contribution, an advice or a joint proposal; `name` is how an answer points at it, if any does.

    `waits` says that it has no answer yet.
    """

    act: Act
    name: str
    at: datetime
    role: str
    values: Values
    waits: bool


@dataclass(frozen=True, slots=True)
class Material:
    """What lies on the table, what waits for an answer first, then what was proposed; `more` were left out."""

    pieces: tuple[Piece, ...]
    more: int


def is_for(task: Task) -> bool:
    """Whether one must know what was brought in to do this task: to answer it, or to decide."""
    return task.spec.act in _ANSWERING and task.spec.step is not None and not task.spec.collects


def lying(reader: Reader, definition: Definition, task: Task, registers: Registers) -> Material:
    """What was brought in on the matter of this task, opened; whoever reads notes what the reader met."""
    found = sorted(
        _pieces(definition, task, registers), key=lambda one: (not one.waits, one.act is not Act.VOORSTEL, one.at)
    )
    opened = reader.opened({str(at): {**one.values} for at, one in enumerate(found[:_MOST_PIECES])})
    shown: list[Piece] = []
    left = _MOST_LETTERS
    for one, values in zip(found, opened.values(), strict=False):
        left -= len(said(values))
        if shown and left < 0:
            break
        shown.append(replace(one, values=values if isinstance(values, dict) else {}))
    return Material(tuple(shown), len(found) - len(shown))


def _pieces(definition: Definition, task: Task, registers: Registers) -> Iterator[Piece]:
    step, subject = task.spec.step or "", task.subject
    given = participation.contributions(registers, step, subject)
    waiting = {fact.record for fact in participation.unhandled(registers, step, subject)}
    among = registers.of(Register.INBRENG, Act.INBRENG)
    for fact, name in zip(given, pointers_to(given, among), strict=True):
        yield _piece(definition, Act.INBRENG, fact, name, fact.record in waiting)
    given = participation.advices(registers, step, subject)
    waiting = {fact.record for fact in participation.unanswered(registers, step, subject, {})}
    for fact, name in zip(given, pointers_to(given, registers.of(Register.ADVIEZEN, Act.ADVIES)), strict=True):
        yield _piece(definition, Act.ADVIES, fact, name, fact.record in waiting)
    for fact in registers.about(Register.VOORSTELLEN, Act.VOORSTEL, (step,), subject):
        yield _piece(definition, Act.VOORSTEL, fact, "", False)


def _piece(definition: Definition, act: Act, fact: Fact, name: str, waits: bool) -> Piece:
    role = str(fact.body.get("rol") or "")
    known = definition.roles.by_id.get(role)
    values = {key: value for key, value in values_of(fact).items() if key != "kenmerk" or name not in names_of(fact)}
    return Piece(act, name, fact.at, known.name if known else role.replace("_", " "), values, waits)
