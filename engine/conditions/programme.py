"""The programme: what must lie ready before the organ adopts it, or is given its concept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine import steps
from engine.ceiling import REACTIONS
from engine.differences import Item, items_of
from engine.errors import ValuesUnreadable
from engine.initiatives import EFFECTS, admitted_subjects, said_of
from engine.participation import frame_of
from engine.promises import Promise, promises
from engine.question import Question
from engine.registers import WHOLE
from engine.roles import values_of
from engine.submission import is_filled
from engine.terms import Act, Fact, Register

Lacks = Iterator[str]

CONCEPTS = ("conceptwijkprogramma", "wijkprogramma")
CONCEPT = CONCEPTS[0]


def effect_unsaid(q: Question) -> Lacks:
    """Each item says what it is for and what residents get from it, before the organ sees it (INV-26)."""
    if q.act is Act.BESLUIT and q.step == steps.PROGRAMME:
        items = items_of(q.values, steps.GRANT)
    elif q.act is Act.PRODUCT and _is_concept(q):
        items = tuple(Item(name, steps.GRANT, {}) for name in admitted_subjects(q.registers))
    else:
        return
    for item in items:
        said = tuple(said_of(q.registers, item))
        for name in EFFECTS:
            if not any(is_filled(values.get(name)) for values in said):
                yield f"{item.name}: {name}"


def _is_concept(q: Question) -> bool:
    product = q.task.spec.product if q.task else q.values.get("product")
    return q.values.get("voor_besluit") is True and (q.step == steps.PROGRAMME or product in CONCEPTS)


def concept_unheard(q: Question) -> Lacks:
    """The programme is adopted after its concept was public during the announced reaction period (INV-29)."""
    if q.act is not Act.BESLUIT or q.step != steps.PROGRAMME:
        return
    ends = _reactions_end(q)
    shown = [fact for fact in q.registers.of(Register.PUBLICATIES, Act.PUBLICATIE) if _is_of_concept(fact)]
    if not shown:
        yield f"de publicatie van het {CONCEPT}"
    elif ends is not None and all(fact.at >= ends for fact in shown):
        yield "een reactietermijn na de publicatie van het concept"
    if ends is not None and q.now < ends:
        yield "het einde van de reactietermijn"


def _is_of_concept(fact: Fact) -> bool:
    return CONCEPT in (fact.body.get("product"), values_of(fact).get("betreft"))


def _reactions_end(q: Question) -> datetime | None:
    found = frame_of(q.registers, REACTIONS[steps.PROGRAMME], WHOLE) or q.frame
    return found.ends if found else None


def without_commitment(q: Question) -> Lacks:
    """Each initiative of the programme has at least one promise with a date (INV-29)."""
    if q.act is Act.BESLUIT and q.step == steps.PROGRAMME:
        promised = {name for one in promises(q.registers) if _is_dated(one) for name in one.about}
        for item in items_of(q.values, steps.GRANT):
            if item.name not in promised:
                yield f"{item.name}: een toezegging met een datum"


def _is_dated(promise: Promise) -> bool:
    try:
        return promise.ends > promise.fact.at
    except ValuesUnreadable:
        return False
