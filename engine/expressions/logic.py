"""Comparisons and three-valued logic as closures; comparing with a constant, the usual case, takes a short cut."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expressions.limits import Run
from engine.expressions.values import NUMBERS, compare, equal

Code = Callable[[Run], Any]

_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SHORT: Mapping[type, frozenset[type]] = {
    int: NUMBERS,
    Decimal: NUMBERS,
    str: frozenset({str}),
    date: frozenset({date}),
    bool: frozenset({bool}),
}


def compared(sign: str, left: Code, right: Code, constant: tuple[Any, ...]) -> Code:
    """The closure of `left sign right`; `constant` holds the value of the right side when that never changes."""
    if constant and type(constant[0]) in _SHORT and (type(constant[0]) is not bool or sign in ("=", "!=")):
        return _compared_with(sign, left, constant[0])
    if sign == "=":
        return lambda run: equal(run, left(run), right(run))
    if sign == "!=":
        return negation(lambda run: equal(run, left(run), right(run)))
    holds = _HOLDS[sign]
    return lambda run: compare(holds, left(run), right(run))


def _compared_with(sign: str, left: Code, constant: Any) -> Code:
    holds, kinds = _HOLDS[sign], _SHORT[type(constant)]
    for_null = {"=": False, "!=": True}.get(sign)

    def result(run: Run) -> bool | None:
        value = left(run)
        if type(value) in kinds:
            return holds(value, constant)
        return for_null if value is None else None

    return result


def negation(code: Code) -> Code:
    """`not(...)`: null for anything but true and false."""

    def opposite(run: Run) -> bool | None:
        value = code(run)
        return not value if type(value) is bool else None

    return opposite


def both(left: Code, right: Code) -> Code:
    """`left and right`: false decides, else anything but true and true is null."""

    def result(run: Run) -> bool | None:
        first = left(run)
        if first is False:
            return False
        second = right(run)
        if second is False:
            return False
        return True if first is True and second is True else None

    return result


def conjunction(operands: list[Code]) -> Code:
    """The `and` of any number of operands."""
    return both(*operands) if len(operands) == 2 else _decided(operands, decisive=False)


def disjunction(operands: list[Code]) -> Code:
    """The `or` of any number of operands."""
    return _decided(operands, decisive=True)


def _decided(operands: list[Code], *, decisive: bool) -> Code:
    otherwise = not decisive

    def result(run: Run) -> Any:
        answer: bool | None = otherwise
        for operand in operands:
            value = operand(run)
            if value is decisive:
                return decisive
            if value is not otherwise:
                answer = None
        return answer

    return result
