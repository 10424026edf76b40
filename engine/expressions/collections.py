"""Paths, filters and loops as closures; each round of a loop is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.expressions.limits import Run
from engine.expressions.logic import Code
from engine.expressions.moments import property_of
from engine.expressions.text_functions import whole
from engine.expressions.values import NUMBERS, Range, adapted

Source = tuple[Code, Code | None, int]
"""What a loop variable runs over, until where (for `1..9` without brackets), and its slot."""


def member(base: Code, name: str) -> Code:
    """`base.name`, where the base may lie unadapted in the context."""

    def found(run: Run) -> Any:
        holder = base(run)
        return holder.get(name) if type(holder) is dict else _member_of(run, adapted(run, holder), name)

    return found


def _member_of(run: Run, holder: Any, name: str) -> Any:
    if type(holder) is dict:
        return holder.get(name)
    if type(holder) is list:
        run.spend(1 + (len(holder) >> 2))
        return [item.get(name) if type(item) is dict else property_of(item, name) for item in holder]
    return property_of(holder, name)


def bound(slot: int) -> Code:
    """The value of a bound variable."""
    return lambda run: run.local[slot]


def of_items(name: str, slots: list[int], otherwise: Code) -> Code:
    """A variable that, inside filters, is first looked for in the items at hand (innermost first)."""
    if not slots:
        return otherwise

    def found(run: Run) -> Any:
        for slot in slots:
            item = run.local[slot]
            if type(item) is dict and name in item:
                return item[name]
        return run.local[slots[0]] if name == "item" else otherwise(run)

    return found


def filtered(base: Code, condition: Code, slot: int, cost: int) -> Code:
    """`base[condition]`: the items for which it is true, or the one at that index when the condition is a number."""

    def result(run: Run) -> Any:
        value = base(run)
        if value is None:
            return None
        items = value if type(value) is list else [value]
        outer = run.local[slot]
        kept: Any = []
        for item in items or [None]:
            run.spend(cost)
            run.local[slot] = item
            holds = condition(run)
            if type(holds) in NUMBERS:
                kept = _at(items, holds)
                break
            if holds is True and items:
                kept.append(item)
        run.local[slot] = outer
        return kept

    return result


def _at(items: list[Any], index: Any) -> Any:
    number = whole(index)
    if not number or abs(number) > len(items):
        return None
    return items[number - 1 if number > 0 else number]


def mapped(sources: list[Source], body: Code, cost: int) -> Code:
    """`for ... return body`; null when there is nothing to run over."""

    def result(run: Run) -> list[Any] | None:
        made = []
        for is_round in _rounds(run, sources, cost):
            if not is_round:
                return None
            made.append(body(run))
        return made

    return result


def quantified(sources: list[Source], body: Code, cost: int, *, decisive: bool) -> Code:
    """`some` (`decisive` true) or `every` (false) ... satisfies body."""

    def result(run: Run) -> Any:
        answer: bool | None = not decisive
        for is_round in _rounds(run, sources, cost):
            value = body(run) if is_round else None
            if value is decisive:
                return decisive
            if value is not (not decisive):
                answer = None
        return answer

    return result


def _rounds(run: Run, sources: list[Source], cost: int, at: int = 0) -> Iterator[bool]:
    """One True for each combination of the loop variables, with those set; a False where a source is null."""
    source, until, slot = sources[at]
    values = _domain(run, source, until)
    if values is None:
        yield False
        return
    for value in values:
        run.spend(cost)
        run.local[slot] = value
        if at + 1 == len(sources):
            yield True
        else:
            yield from _rounds(run, sources, cost, at + 1)


def _domain(run: Run, source: Code, until: Code | None) -> Iterable[Any] | None:
    value = source(run)
    if until is not None:
        value = Range(value, until(run), with_start=True, with_end=True)
    if type(value) is not Range:
        return value if value is None or type(value) is list else [value]
    ends = [whole(end) if type(end) in NUMBERS else None for end in (value.start, value.end)]
    if ends[0] is None or ends[1] is None:
        return None
    step = 1 if ends[0] <= ends[1] else -1
    first = ends[0] if value.with_start else ends[0] + step
    return range(first, ends[1] + (step if value.with_end else 0), step)
