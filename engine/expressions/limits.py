"""What one expression may cost: sizes at compile time, a work budget at evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import ExpressionError
from engine.sentences import Sentence

MAX_TEXT = 2_000
MAX_NODES = 400
MAX_DEPTH = 60
MAX_DIGITS = 100
MAX_STRING = 65_536
MAX_PATTERN = 200
WORK = 10_000

Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = {}


class Run:
    """One evaluation: what it may read (`context`, `functions`), its bound variables (`local`), the work `left`."""

    __slots__ = ("context", "functions", "left", "local")

    def __init__(self, context: Mapping[str, object], functions: Functions, slots: int) -> None:
        self.context = context
        self.functions = functions
        self.local: list[Any] = [None] * slots if slots else _NO_SLOTS
        self.left = WORK

    def spend(self, units: int) -> None:
        """Pay for `units` of work; raises ExpressionError when the budget of this evaluation is gone."""
        self.left -= units
        if self.left < 0:
            raise ExpressionError(
                Sentence("De uitdrukking kost te veel rekenwerk; maak haar kleiner of de lijst korter.")
            )

    def text(self, value: str) -> str:
        """The string itself, paid for by its length; raises ExpressionError above 64 kB."""
        if len(value) > MAX_STRING:
            raise ExpressionError(Sentence("De uitdrukking levert een te lange tekst (meer dan 65.536 tekens)."))
        if len(value) > 64:
            self.spend(len(value) >> 6)
        return value


_NO_SLOTS: list[Any] = []
