"""The closed table of FEEL functions: name, implementation, and which kinds of arguments it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.expressions import list_functions as lists
from engine.expressions import number_functions as numbers
from engine.expressions import text_functions as texts
from engine.expressions.limits import Run
from engine.expressions.values import Duration
from engine.sentences import Sentence

MANY = 100

HOST_FUNCTIONS: Mapping[str, tuple[int, int]] = {"termijn": (1, 3), "today": (0, 0), "now": (0, 0)}
"""Functions that the caller may pass at evaluation, with their least and most arguments; without one they give null."""

SPECIAL_FORMS: Mapping[str, tuple[int, int]] = {"is defined": (1, 1), "not": (1, 1)}
"""Calls that the compiler handles itself."""


@dataclass(frozen=True, slots=True)
class Function:
    """One built-in: `kinds` are the types of its arguments in order (the last repeats up to `maximum`); None is any."""

    call: Callable[..., Any]
    kinds: tuple[frozenset[type] | None, ...]
    required: int
    maximum: int

    def applied(self, run: Run, arguments: list[Any]) -> Any:
        """The answer, or null when an argument is of the wrong type; costs work."""
        run.spend(1)
        last = len(self.kinds) - 1
        for at, value in enumerate(arguments):
            kinds = self.kinds[at if at < last else last]
            if kinds is not None and type(value) not in kinds:
                return None
        return self.call(run, *arguments)


TEXT = frozenset({str})
NUMBER = frozenset({int, Decimal})
LIST = frozenset({list})
CONTEXT = frozenset({dict})
DAY = frozenset({date, datetime})
_ANY = None


def _takes(
    call: Callable[..., Any], *kinds: frozenset[type] | None, required: int | None = None, most: int | None = None
) -> Function:
    return Function(call, kinds, len(kinds) if required is None else required, len(kinds) if most is None else most)


_TEXT_FUNCTIONS = {
    "string": _takes(texts.text_of, _ANY),
    "number": _takes(texts.number_of, _ANY, _ANY, _ANY, required=1),
    "string length": _takes(texts.string_length, TEXT),
    "substring": _takes(texts.substring, TEXT, NUMBER, NUMBER, required=2),
    "substring before": _takes(texts.substring_before, TEXT, TEXT),
    "substring after": _takes(texts.substring_after, TEXT, TEXT),
    "upper case": _takes(texts.upper_case, TEXT),
    "lower case": _takes(texts.lower_case, TEXT),
    "contains": _takes(texts.contains_text, TEXT, TEXT),
    "starts with": _takes(texts.starts_with, TEXT, TEXT),
    "ends with": _takes(texts.ends_with, TEXT, TEXT),
    "trim": _takes(texts.trim, TEXT),
    "matches": _takes(texts.matches, TEXT, TEXT, TEXT, required=2),
    "replace": _takes(texts.replace, TEXT, TEXT, TEXT, TEXT, required=3),
    "split": _takes(texts.split, TEXT, TEXT),
    "string join": _takes(texts.string_join, LIST, TEXT, required=1),
}
_NUMBER_FUNCTIONS = {
    "floor": _takes(numbers.floor, NUMBER, NUMBER, required=1),
    "ceiling": _takes(numbers.ceiling, NUMBER, NUMBER, required=1),
    "decimal": _takes(numbers.half_even, NUMBER, NUMBER),
    "round up": _takes(numbers.up, NUMBER, NUMBER),
    "round down": _takes(numbers.down, NUMBER, NUMBER),
    "round half up": _takes(numbers.half_up, NUMBER, NUMBER),
    "round half down": _takes(numbers.half_down, NUMBER, NUMBER),
    "abs": _takes(numbers.absolute, NUMBER | {Duration}),
    "modulo": _takes(numbers.modulo, NUMBER, NUMBER),
    "sqrt": _takes(numbers.square_root, NUMBER),
    "odd": _takes(numbers.odd, NUMBER),
    "even": _takes(numbers.even, NUMBER),
}
_MOMENT_FUNCTIONS = {
    "date": _takes(numbers.to_date, _ANY, _ANY, _ANY, required=1),
    "time": _takes(numbers.to_time, _ANY, _ANY, _ANY, _ANY, required=1),
    "date and time": _takes(numbers.to_datetime, _ANY, frozenset({time}), required=1),
    "duration": _takes(numbers.to_duration, _ANY),
    "years and months duration": _takes(numbers.months_between, DAY, DAY),
    "day of year": _takes(numbers.day_of_year, DAY),
    "day of week": _takes(numbers.day_of_week, DAY),
    "month of year": _takes(numbers.month_of_year, DAY),
    "week of year": _takes(numbers.week_of_year, DAY),
    "last day of month": _takes(numbers.last_day_of_month, DAY),
}
_LIST_FUNCTIONS = {
    "list contains": _takes(lists.list_contains, LIST, _ANY),
    "count": _takes(lists.count, LIST),
    "min": _takes(lists.smallest, _ANY, most=MANY),
    "max": _takes(lists.largest, _ANY, most=MANY),
    "sum": _takes(lists.total, _ANY, most=MANY),
    "mean": _takes(lists.mean, _ANY, most=MANY),
    "all": _takes(lists.all_true, _ANY, most=MANY),
    "any": _takes(lists.any_true, _ANY, most=MANY),
    "sublist": _takes(lists.sublist, LIST, NUMBER, NUMBER, required=2),
    "append": _takes(lists.append, LIST, _ANY, most=MANY),
    "concatenate": _takes(lists.concatenate, LIST, most=MANY),
    "insert before": _takes(lists.insert_before, LIST, NUMBER, _ANY),
    "remove": _takes(lists.remove, LIST, NUMBER),
    "reverse": _takes(lists.reverse, LIST),
    "index of": _takes(lists.index_of, LIST, _ANY),
    "union": _takes(lists.union, LIST, most=MANY),
    "distinct values": _takes(lists.distinct_values, LIST),
    "flatten": _takes(lists.flatten, LIST),
    "get value": _takes(lists.get_value, CONTEXT, TEXT),
    "get entries": _takes(lists.get_entries, CONTEXT),
}

FUNCTIONS: Mapping[str, Function] = {**_TEXT_FUNCTIONS, **_NUMBER_FUNCTIONS, **_MOMENT_FUNCTIONS, **_LIST_FUNCTIONS}


def miscounted(name: str, given: int, least: int, most: int) -> Sentence:
    """What is told of a call with another number of arguments than the function takes."""
    wanted = str(least)
    if most >= MANY:
        wanted = Sentence("{minste} of meer", minste=least)
    elif least != most:
        wanted = Sentence("{minste} tot {meeste}", minste=least, meeste=most)
    return Sentence("'{naam}' verwacht {aantal} argument(en), geen {gegeven}.", naam=name, aantal=wanted, gegeven=given)
