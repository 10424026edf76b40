"""Cases of which no content is kept, such as a referral to mediation: what people write there is never stored (INV-39).

Whoever stores leaves every text out before it asks for a ruling, so that a refusal holds none either. Outside the lanes
of such a case nobody sees it: only numbers leave it, and no small ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.question import Question
from engine.roles import Kind
from engine.terms import Json, Values
from engine.trail.seal import HANDLE

Lacks = Iterator[str]

LEFT_OUT: Mapping[str, Json] = {"weggelaten": True}
LEAST = 5
"""Fewer cases than this are told as fewer: a small number is somebody (INV-39)."""


def released(count: int) -> int | None:
    """The number that may leave the module; None when it is too small to be told (INV-39)."""
    return count if count >= LEAST else None


def leave_out(values: Values) -> dict[str, Json]:
    """The values with a mark where they hold a sealed one: what was written is not kept, not even sealed (INV-39)."""
    return {name: _left_out(one) for name, one in values.items()}


def _left_out(value: Json) -> Json:
    if isinstance(value, dict):
        return dict(LEFT_OUT) if set(value) == {HANDLE} else leave_out(value)
    return [_left_out(one) for one in value] if isinstance(value, list) else value


def content_brought(q: Question) -> Lacks:
    """Somebody wrote something in a case of which no content is kept (INV-39)."""
    if q.case.lanes is not None and _is_in(LEFT_OUT, dict(q.values)):
        yield "wat u schreef"


def _is_in(mark: Mapping[str, Json], value: Json) -> bool:
    if isinstance(value, dict):
        return value == mark or any(_is_in(mark, one) for one in value.values())
    return isinstance(value, list) and any(_is_in(mark, one) for one in value)


def not_of_the_module(q: Question) -> Lacks:
    """A case of which no content is kept is seen by its own lanes, and by who oversees (INV-39)."""
    lanes = q.case.lanes
    if lanes is None or any(one.role in lanes or q.roles.kind(one.role) is Kind.OVERSIGHT for one in q.held):
        return
    yield f"een van deze rollen: {', '.join(sorted(lanes))}"
