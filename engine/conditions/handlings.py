"""Answers to what came in, and what waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.participation import advice_names, handlings_in, lacks_in_handling, unhandled, without_handling
from engine.question import Question
from engine.registers import names_of, pointers_to
from engine.submission import is_filled, text
from engine.terms import Act, Register, Values

Lacks = Iterator[str]


def unclear_handling(q: Question) -> Lacks:
    """A handling points at something that came in, and says what was done with it, why, and the reply (INV-18)."""
    borne = Counter(name for fact in q.registers.of(Register.INBRENG, Act.INBRENG) for name in names_of(fact))
    known = {name for name, times in borne.items() if times == 1}
    given = q.registers.of(Register.ADVIEZEN, Act.ADVIES)
    advised = {name for names in advice_names(given).values() for name in names}
    for row in handlings_in(q.values):
        yield from _lacks_of_handling(row, known, advised)


def _lacks_of_handling(row: Values, known: set[str], advised: set[str]) -> Lacks:
    named = text(row, "inbreng"), text(row, "advies")
    if named[0] and named[0] not in known:
        yield f"inbreng {named[0]} staat niet, of vaker dan eens, in het register (noem de regel)"
    if named[1] and named[1] not in advised:
        yield f"advies {named[1]} staat niet, of vaker dan eens, in het register (noem de regel)"
    if not any(named):
        yield "inbreng of advies: waar dit een antwoord op is"
    if named[1] and not named[0]:
        yield from () if is_filled(row.get("reactie")) else ("reactie",)
    else:
        yield from lacks_in_handling(row)


def unhandled_for_decision(q: Question) -> Lacks:
    """No concept goes to the deciding organ while a contribution has no handling and reply (INV-18)."""
    if q.values.get("voor_besluit") is True:
        waiting = unhandled(q.registers, q.step, q.subject) if q.step else ()
        yield from (f"inbreng {name}" for name in pointers_to(waiting))


def unhandled_in_case(q: Question) -> Lacks:
    """No case closes while a contribution to it has no handling and reply (INV-18)."""
    heard = q.registers.of(Register.INBRENG, Act.INBRENG)
    here = tuple(fact for fact in heard if fact.body.get("zaak") == q.case.id)
    yield from (f"inbreng {name}" for name in pointers_to(without_handling(q.registers, here), heard))
