"""A check: one named condition with what people are told when it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.question import Question


@dataclass(frozen=True, slots=True)
class Check:
    """`lacks` says what is lacking; `rule` is the id under which it refuses; `{cel}` in it stands for the cell's id.

    `reason` says in Dutch what is missing, with `{wat}` for what `lacks` said; `remedy` what the person can do instead.
    """

    rule: str
    lacks: Callable[[Question], Iterator[str]]
    reason: str
    remedy: str


Checks = tuple[Check, ...]
