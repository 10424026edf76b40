"""The FEEL functions on strings and the conversions from and to them; wrong arguments give null."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.errors import ExpressionError
from engine.expressions.limits import MAX_DIGITS, MAX_STRING, Run
from engine.expressions.moments import written
from engine.expressions.patterns import Groups, PatternError, pattern_of
from engine.expressions.values import Duration
from engine.sentences import Sentence

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def whole(number: Any) -> int | None:
    """A number as int when it is one of at most 18 digits, else None."""
    if type(number) is int:
        return number
    if abs(number) < 10**18 and number == number.to_integral_value():
        return int(number)
    return None


def text_of(run: Run, value: Any) -> str | None:
    """`string(value)`; null stays null."""
    return None if value is None else run.text(_written(run, value, nested=False))


def _written(run: Run, value: Any, *, nested: bool) -> str:
    run.spend(1)
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if type(value) is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if nested else value
    if type(value) is int or type(value) is Decimal:
        return number_text(Decimal(value))
    if type(value) is list:
        return run.text("[" + ", ".join(_written(run, item, nested=True) for item in value) + "]")
    if type(value) is dict:
        pairs = (f"{key}: {_written(run, item, nested=True)}" for key, item in value.items())
        return run.text("{" + ", ".join(pairs) + "}")
    if isinstance(value, (date, datetime, time, Duration)):
        return written(value)
    low, high = ("" if end is None else _written(run, end, nested=True) for end in (value.start, value.end))
    return f"{'[' if value.with_start else '('}{low}..{high}{']' if value.with_end else ')'}"


def number_text(number: Decimal) -> str:
    """A number in plain notation, without superfluous zeros behind the point."""
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def number_of(_run: Run, text: Any, grouping: Any = None, point: Any = None) -> Any:
    """`number(text, grouping separator, decimal separator)`."""
    if type(text) is int or type(text) is Decimal:
        return text
    if type(text) is not str or grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None:
        if grouping == point:
            return None
        text = text.replace(grouping, "")
    text = text.replace(point, ".") if point is not None else text
    return Decimal(text) if _NUMBER.fullmatch(text) and len(text) <= MAX_DIGITS else None


def string_length(_run: Run, text: str) -> int:
    """`string length(text)`."""
    return len(text)


def substring(run: Run, text: str, start: Any, length: Any = None) -> str | None:
    """`substring(text, start, length)`: counted from 1, or from the end when negative."""
    first, size = whole(start), None if length is None else whole(length)
    if not first or abs(first) > len(text) or (length is not None and (size is None or size < 1)):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    return run.text(text[begin:] if size is None else text[begin : begin + size])


def substring_before(run: Run, text: str, mark: str) -> str:
    """`substring before(text, mark)`: empty when the mark does not occur."""
    return run.text(text.partition(mark)[0]) if mark and mark in text else ""


def substring_after(run: Run, text: str, mark: str) -> str:
    """`substring after(text, mark)`: empty when the mark does not occur."""
    return run.text(text.partition(mark)[2] if mark else text)


def upper_case(run: Run, text: str) -> str:
    """`upper case(text)`."""
    return run.text(text.upper())


def lower_case(run: Run, text: str) -> str:
    """`lower case(text)`."""
    return run.text(text.lower())


def contains_text(run: Run, text: str, part: str) -> bool:
    """`contains(text, part)`."""
    run.spend(len(text) >> 8)
    return part in text


def starts_with(_run: Run, text: str, part: str) -> bool:
    """`starts with(text, part)`."""
    return text.startswith(part)


def ends_with(_run: Run, text: str, part: str) -> bool:
    """`ends with(text, part)`."""
    return text.endswith(part)


def trim(run: Run, text: str) -> str:
    """`trim(text)`."""
    return run.text(text.strip())


def matches(run: Run, text: str, pattern: str, flags: str = "") -> bool | None:
    """`matches(text, pattern, flags)`: whether the pattern occurs somewhere; a wrong pattern gives null."""
    try:
        return pattern_of(pattern, flags).search(run, text) is not None
    except PatternError:
        return None


def replace(run: Run, text: str, pattern: str, replacement: str, flags: str = "") -> str | None:
    """`replace(text, pattern, replacement, flags)`, with $1 to $9 for groups; null for a pattern of nothing."""
    found = _occurrences(run, text, pattern, flags)
    if found is None:
        return None
    pieces, at, size = [], 0, 0
    for groups in found:
        filled = _filled(run, replacement, text, groups)
        size += len(filled)
        if size > MAX_STRING:
            raise ExpressionError(Sentence("De vervanging levert een te lange tekst."))
        pieces += [text[at : groups[0]], filled]
        at = groups[1]
    return run.text("".join([*pieces, text[at:]]))


def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    """`split(text, pattern)`."""
    found = _occurrences(run, text, delimiter, "")
    if found is None:
        return None
    ends = [0, *(groups[1] for groups in found)]
    starts = [*(groups[0] for groups in found), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def string_join(run: Run, parts: list[Any], separator: str = "") -> str | None:
    """`string join(list, separator)`: nulls are left out; null when an item is no string."""
    texts = [part for part in parts if part is not None]
    if any(type(text) is not str for text in texts):
        return None
    run.spend(sum(len(text) for text in texts) + len(separator) * len(texts) >> 6)
    return run.text(separator.join(texts))


def _occurrences(run: Run, text: str, pattern: str, flags: str) -> list[Groups] | None:
    """All matches from left to right; None when the pattern is wrong or matches the empty string."""
    try:
        compiled = pattern_of(pattern, flags)
    except PatternError:
        return None
    if compiled.search(run, "") is not None:
        return None
    found: list[Groups] = []
    at = 0
    while (groups := compiled.search(run, text, at)) is not None:
        if groups[0] == groups[1]:
            return None
        run.spend(1)
        found.append(groups)
        at = groups[1]
    return found


def _filled(run: Run, replacement: str, text: str, groups: Groups) -> str:
    def group(match: re.Match[str]) -> str:
        number = int(match.group(1))
        start, end = groups[2 * number : 2 * number + 2] if 2 * number < len(groups) else (0, 0)
        return "" if start < 0 else text[start:end]

    return run.text(re.sub(r"\$([0-9])", group, replacement))
