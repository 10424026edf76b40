"""Levels of government: after silence the next one decides, and the silent one no longer (INV-43)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.answerables import levels_named
from engine.bodies import Body, Form
from engine.question import Question
from engine.registers import overlaps
from engine.roles import values_of
from engine.terms import Act, Fact, Register

Lacks = Iterator[str]


def out_of_turn(q: Question) -> Lacks:
    """A level decides while it is its turn: not after its silence, not after a higher one, not before a lower one.

    Silence is a row: the term of this level's task passed in this case and closed it. Which levels there are stands in
    the registers; when nobody said so there are all of the rights table, so that no turn is lost by saying nothing.
    """
    body = q.decider()
    if q.act is not Act.BESLUIT or body is None or body.form is not Form.LAYERS:
        return
    acting = [one for one in q.deciding() if q.lane in (None, one.role)] or q.deciding()
    mine = [at for at, part in enumerate(body.parts) if any(q.admits(part, one) for one in acting)]
    found = [tuple(_not_now(q, body, at)) for at in mine]
    if found and all(found):
        yield from found[-1]


def _not_now(q: Question, body: Body, at: int) -> Lacks:
    lapsed = (values_of(fact) for fact in _here(q, Register.VERSTREKEN))
    silent = {str(values.get("baan")) for values in lapsed if values.get("handeling") == Act.BESLUIT}
    decided = {str(fact.body.get("rol")) for fact in _here(q, Register.BESLUITEN)}
    own, higher = body.parts[at].name, [part.name for part in body.parts[at + 1 :]]
    if own in silent and higher:
        yield f"de termijn van {own} is verstreken; {higher[0]} is aan zet"
    yield from (f"{role} besliste al of had al de beurt" for role in higher if role in decided | silent)
    there = levels_named(q.registers, q.case.id) or body.roles
    for lower in body.parts[:at] if own not in silent else ():
        if lower.name in there and lower.name not in silent | decided:
            yield f"{lower.name} is eerst aan zet"


def _here(q: Question, register: Register) -> Iterator[Fact]:
    for fact in q.registers.all(register):
        if fact.body.get("zaak") == q.case.id and fact.step == q.step and overlaps(fact.subject, q.subject):
            yield fact
