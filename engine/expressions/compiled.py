"""Compiled FEEL: expressions, decision table cells and scripts; compiled once, safe to use from many threads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.expressions.compiler import INPUT_SLOT, Compiler, endings
from engine.expressions.lexer import unwrapped
from engine.expressions.limits import NO_FUNCTIONS, Functions, Run
from engine.expressions.logic import Code
from engine.expressions.parser import expression_of, statements_of, unary_tests_of
from engine.expressions.syntax import Literal, UnaryTests
from engine.expressions.values import PLAIN, Value, adapted, delivered


class Expression:
    """One FEEL expression; `names` are the variables it reads (also those that may be keys of a filtered item)."""

    __slots__ = ("_code", "_slots", "constant", "is_constant", "names", "text")

    def __init__(self, text: str) -> None:
        compiler, node = Compiler(), expression_of(unwrapped(text))
        self.text = text
        self._code: Code = compiler.code(node)
        self._slots = compiler.slots if compiler.slots > 1 else 0
        self.names = frozenset(compiler.names)
        self.is_constant = isinstance(node, Literal) or compiler.is_constant(node)
        self.constant: Value = self({}) if self.is_constant else None

    def __call__(self, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> Value:
        """The value in this context; an unknown name or a mistake in the data is null.

        `functions` are host functions such as `termijn`. Raises ExpressionError only when a budget is exhausted.
        """
        run = Run(context, functions, self._slots)
        value = self._code(run)
        return value if type(value) is bool or value is None else delivered(run, value)


class Unary:
    """The tests in one cell of a decision table; `endings` are the constants where its answer can change.

    Each ending comes with whether its order matters; None when the answer depends on other variables or on a condition.
    """

    __slots__ = ("_code", "_slots", "accepts_all", "endings", "names", "text")

    def __init__(self, text: str) -> None:
        compiler, cell = Compiler(), unary_tests_of(unwrapped(text) if text.strip() != "-" else "-")
        self.text = text
        self._code: Code = compiler.tests(cell)
        self._slots = compiler.slots
        self.names = frozenset(compiler.names)
        self.accepts_all = cell == UnaryTests((), negated=False)
        found = endings(compiler, cell)
        self.endings: tuple[tuple[Any, bool], ...] | None = None if found is None else tuple(found)

    def __call__(
        self, value: object, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS
    ) -> bool | None:
        """Whether the value passes: true, false, or null when that cannot be said. Raises as Expression does."""
        run = Run(context, functions, self._slots)
        run.local[INPUT_SLOT] = value if type(value) in PLAIN else adapted(run, value)
        answer = self._code(run)
        return answer if type(answer) is bool else None


class Script:
    """Assignments, in order; a later one sees the earlier ones. `names` are the variables it needs from outside."""

    __slots__ = ("_statements", "assigned", "names", "text")

    def __init__(self, text: str) -> None:
        statements: list[tuple[str, Code, int]] = []
        assigned: set[str] = set()
        needed: set[str] = set()
        for name, node in statements_of(text):
            compiler = Compiler()
            statements.append((name, compiler.code(node), compiler.slots))
            needed |= compiler.names - assigned
            assigned.add(name)
        self.text = text
        self._statements = tuple(statements)
        self.assigned = frozenset(assigned)
        self.names = frozenset(needed)

    def __call__(self, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> dict[str, Value]:
        """The assigned names and their values; one work budget for the whole. Raises as Expression does."""
        seen: dict[str, object] = dict(context)
        run = Run(seen, functions, max(slots for _, _, slots in self._statements))
        made: dict[str, Value] = {}
        for name, code, _ in self._statements:
            made[name] = seen[name] = delivered(run, code(run))
        return made


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """The compiled expression, cached; raises ExpressionError with the column of the mistake."""
    return Expression(text)


@lru_cache(maxsize=4096)
def compile_unary(text: str) -> Unary:
    """The compiled cell (`-` or nothing accepts anything), cached; raises ExpressionError."""
    return Unary(text)


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """The compiled assignments, cached; raises ExpressionError."""
    return Script(text)
