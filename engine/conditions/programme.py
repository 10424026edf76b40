"""The programme: what must lie ready before the organ adopts it, or is given its concept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine import steps
from engine.ceiling import REACTIONS
from engine.deadlines import LEAST_REACTION
from engine.differences import Item, items_of
from engine.errors import ValuesUnreadable
from engine.initiatives import EFFECTS, admitted_subjects, said_of
from engine.participation import frame_of, is_published, open_until, openings
from engine.promises import Promise, promises
from engine.question import Question
from engine.registers import WHOLE
from engine.roles import values_of
from engine.submission import day_of, is_filled
from engine.terms import Act, Register

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
    """The programme is adopted after its concept was public during a whole announced reaction period (INV-29)."""
    if q.act is not Act.BESLUIT or q.step != steps.PROGRAMME:
        return
    shown = _shown(q)
    if not shown:
        yield f"de publicatie van het {CONCEPT}"
    frame = frame_of(q.registers, _reacting(q), WHOLE)
    if frame is None:
        return
    yield from _too_short(q, shown)
    if q.now < frame.ends:
        yield "het einde van de reactietermijn"
    elif not is_published(q.registers, frame):
        yield "de publicatie van de reactietermijn zoals zij nu is"


def shown_too_late(q: Question) -> Lacks:
    """A concept goes out while what is left of the announced reaction period is long enough to react (INV-29)."""
    is_concept = CONCEPT in (q.task.spec.product if q.task else None, q.values.get("betreft"))
    if is_concept and openings(q.registers, _reacting(q)):
        yield from _too_short(q, (*_shown(q), q.now))


def _shown(q: Question) -> tuple[datetime, ...]:
    """When the concept was made public."""
    found = q.registers.of(Register.PUBLICATIES, Act.PUBLICATIE)
    return tuple(one.at for one in found if CONCEPT in (one.body.get("product"), values_of(one).get("betreft")))


def _reacting(q: Question) -> str:
    """The step whose frame announces the reaction period: that of the reactions, else of the programme itself."""
    own = REACTIONS[steps.PROGRAMME]
    return own if frame_of(q.registers, own, WHOLE) else steps.PROGRAMME


def _too_short(q: Question, shown: tuple[datetime, ...]) -> Lacks:
    """Nowhere did the concept and an announced term stand together for as long as the city promises at the least."""
    step = _reacting(q)
    together = [*shown, *(one for one in openings(q.registers, step) if shown and one > min(shown))]
    if together and not any(
        q.term_end(LEAST_REACTION, since) <= open_until(q.registers, step, since) for since in together
    ):
        until = q.term_end(LEAST_REACTION, max(together))
        yield f"een reactietermijn na de publicatie van het concept, ten minste tot en met {day_of(until)}"


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
