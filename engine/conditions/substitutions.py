"""Substitutions (*vervangingen*): for which period, and by whom, somebody who is away may be stood in for.

The row `{"vervangt", "vervanger", "van", "tot"}` is the absence as well: from when till when somebody is away. It ends
by itself, reaches no further than the roles of the person named, and never adds a pair of eyes (see `engine.roles`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.question import Question
from engine.roles import lasting, values_of
from engine.submission import begin_of, end_of, text
from engine.terms import Register

Lacks = Iterator[str]

FARTHEST = timedelta(days=2 * 366)
"""An absence that ends later than this is no absence: somebody else should get the role."""


def period_unfit(q: Question) -> Lacks:
    """When somebody is away, seen beside what was arranged before.

    It is not over, and not for ever; nobody has two substitutes at once, and nobody is stood in for by who is away too:
    substitutions do not cascade, so that the work would be nobody's.
    """
    begin, end = begin_of(q.values.get("van")), end_of(q.values.get("tot"))
    if end <= q.now:
        yield "een tot die nog niet voorbij is"
    if end > q.now + FARTHEST:
        yield "een tot binnen twee jaar"
    for fact in lasting(q.registers.all(Register.VERVANGINGEN), Register.VERVANGINGEN, q.now):
        row = values_of(fact)
        if begin >= end_of(row.get("tot")) or begin_of(row.get("van")) >= end:
            continue
        if text(row, "vervangt") == text(q.values, "vervangt"):
            yield "een periode waarin nog geen ander vervangt"
        if text(row, "vervangt") == text(q.values, "vervanger"):
            yield "een vervanger die er in die periode zelf is"
