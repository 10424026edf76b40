"""The FEEL functions on lists and contexts; wrong arguments give null, and every walk is paid for."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.expressions.arithmetic import add, finite
from engine.expressions.limits import MAX_DEPTH, Run
from engine.expressions.text_functions import whole
from engine.expressions.values import DIGITS, NUMBERS, compare, equal
from engine.expressions.values import contains as is_in


def listed(values: tuple[Any, ...]) -> list[Any]:
    """The list that a function works on: its one list argument, or all its arguments."""
    return values[0] if len(values) == 1 and type(values[0]) is list else list(values)


def list_contains(run: Run, items: list[Any], value: Any) -> bool:
    """`list contains(list, value)`: null is found when the list holds a null."""
    return is_in(run, items, value) is True


def count(_run: Run, *values: Any) -> int:
    """`count(list)`."""
    return len(listed(values))


def smallest(run: Run, *values: Any) -> Any:
    """`min(list)`: null when the list is empty or its items have no common order."""
    return _extreme(run, listed(values), operator.lt)


def largest(run: Run, *values: Any) -> Any:
    """`max(list)`: null when the list is empty or its items have no common order."""
    return _extreme(run, listed(values), operator.gt)


def _extreme(run: Run, items: list[Any], better: Callable[[Any, Any], bool]) -> Any:
    run.spend(len(items) >> 2)
    if not items or compare(better, items[0], items[0]) is None:
        return None
    best = items[0]
    for item in items:
        is_better = compare(better, item, best)
        if is_better is None:
            return None
        best = item if is_better else best
    return best


def total(run: Run, *values: Any) -> Any:
    """`sum(list)` of numbers or of durations of one kind; null when the list is empty."""
    items = listed(values)
    run.spend(len(items) >> 2)
    result = items[0] if items else None
    if len(items) == 1 and (type(result) is str or add(run, result, result) is None):
        return None
    for item in items[1:]:
        result = None if type(item) is str else add(run, result, item)
        if result is None:
            return None
    return result


def mean(run: Run, *values: Any) -> Decimal | None:
    """`mean(list)` of numbers; null when the list is empty."""
    items = listed(values)
    result = total(run, items)
    return finite(DIGITS.divide(result, len(items))) if type(result) in NUMBERS else None


def all_true(run: Run, *values: Any) -> bool | None:
    """`all(list)`: the conjunction of the items."""
    return _joined(run, listed(values), decisive=False)


def any_true(run: Run, *values: Any) -> bool | None:
    """`any(list)`: the disjunction of the items."""
    return _joined(run, listed(values), decisive=True)


def _joined(run: Run, items: list[Any], *, decisive: bool) -> bool | None:
    run.spend(len(items) >> 4)
    if any(item is decisive for item in items):
        return decisive
    return (not decisive) if all(type(item) is bool for item in items) else None


def sublist(run: Run, items: list[Any], start: Any, length: Any = None) -> list[Any] | None:
    """`sublist(list, start, length)`: counted from 1, or from the end when negative."""
    first, size = whole(start), None if length is None else whole(length)
    if not first or abs(first) > len(items) or (length is not None and (size is None or size < 0)):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return _made(run, items[begin:] if size is None else items[begin : begin + size])


def append(run: Run, items: list[Any], *values: Any) -> list[Any]:
    """`append(list, item, ...)`."""
    return _made(run, [*items, *values])


def concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    """`concatenate(list, ...)`."""
    run.spend(sum(len(items) for items in lists) >> 2)
    return [item for items in lists for item in items]


def insert_before(run: Run, items: list[Any], position: Any, value: Any) -> list[Any] | None:
    """`insert before(list, position, item)`."""
    at = _index(items, position)
    return None if at is None else _made(run, [*items[:at], value, *items[at:]])


def remove(run: Run, items: list[Any], position: Any) -> list[Any] | None:
    """`remove(list, position)`."""
    at = _index(items, position)
    return None if at is None else _made(run, [*items[:at], *items[at + 1 :]])


def reverse(run: Run, items: list[Any]) -> list[Any]:
    """`reverse(list)`."""
    return _made(run, items[::-1])


def index_of(run: Run, items: list[Any], value: Any) -> list[int]:
    """`index of(list, value)`: all positions, counted from 1."""
    run.spend(len(items) >> 2)
    return [at for at, item in enumerate(items, 1) if equal(run, item, value) is True]


def union(run: Run, *lists: list[Any]) -> list[Any]:
    """`union(list, ...)`: concatenated, without duplicates."""
    return distinct_values(run, concatenate(run, *lists))


def distinct_values(run: Run, items: list[Any]) -> list[Any]:
    """`distinct values(list)`: the first of each."""
    found: list[Any] = []
    for item in items:
        run.spend(1 + (len(found) >> 4))
        if not any(equal(run, item, other) is True for other in found):
            found.append(item)
    return found


def flatten(run: Run, items: list[Any], depth: int = 0) -> list[Any] | None:
    """`flatten(list)`: nested lists become one."""
    if depth > MAX_DEPTH:
        return None
    found: list[Any] = []
    for item in items:
        run.spend(1)
        if type(item) is list:
            found += flatten(run, item, depth + 1) or []
        else:
            found.append(item)
    return found


def get_value(_run: Run, context: dict[str, Any], key: str) -> Any:
    """`get value(context, key)`: also for keys that are no FEEL name."""
    return context.get(key)


def get_entries(run: Run, context: dict[str, Any]) -> list[dict[str, Any]]:
    """`get entries(context)`: a list of `{key, value}`."""
    run.spend(len(context) >> 2)
    return [{"key": key, "value": value} for key, value in context.items()]


def _made(run: Run, items: list[Any]) -> list[Any]:
    run.spend(len(items) >> 2)
    return items


def _index(items: list[Any], position: Any) -> int | None:
    number = whole(position)
    if not number or abs(number) > len(items):
        return None
    return number - 1 if number > 0 else len(items) + number
