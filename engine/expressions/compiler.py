"""Syntax tree to closures: every node becomes one Python function of a Run; nothing is ever Python source."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.expressions import collections as collected
from engine.expressions.arithmetic import OPERATORS, negate
from engine.expressions.functions import FUNCTIONS
from engine.expressions.limits import NO_FUNCTIONS, Run
from engine.expressions.logic import Code, both, compared, conjunction, disjunction, negation
from engine.expressions.syntax import (
    Between,
    Binding,
    Call,
    Chain,
    Compare,
    Conjunction,
    Disjunction,
    Entries,
    Filter,
    If,
    In,
    Input,
    InstanceOf,
    Items,
    Literal,
    Loop,
    Name,
    Negation,
    Node,
    Path,
    Span,
    Test,
    UnaryTests,
    children,
    descendants,
)
from engine.expressions.values import PLAIN, Range, adapted, contains, kind_of

INPUT_SLOT = 0
_ORDERINGS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NEVER_CONSTANT = (Name, Input, Entries, Loop, Filter, Test, In)


@dataclass(frozen=True, slots=True)
class Bound:
    """A variable in scope and where its value lives; `name` None is the item of a filter, whose keys are variables."""

    name: str | None
    slot: int


Scope = tuple[Bound, ...]


class Compiler:
    """Compiles one tree; afterwards `names` are its free variables and `slots` how many bound ones it needs."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.slots = 1
        self._constants: dict[int, bool] = {}
        self._build: Mapping[type[Node], Callable[[Any, Scope], Code]] = {
            Literal: lambda node, _scope: _always(node.value),
            Input: lambda _node, _scope: lambda run: run.local[INPUT_SLOT],
            Name: self._name,
            Path: self._path,
            Items: self._items,
            Entries: self._entries,
            Span: self._span,
            Filter: self._filter,
            Call: self._call,
            Negation: self._negation,
            Chain: self._chain,
            Compare: self._compare,
            Between: self._between,
            In: self._in,
            InstanceOf: self._instance_of,
            Conjunction: lambda node, scope: conjunction(self._each(node.operands, scope)),
            Disjunction: lambda node, scope: disjunction(self._each(node.operands, scope)),
            If: self._if,
            Loop: self._loop,
        }

    def code(self, node: Node, scope: Scope = ()) -> Code:
        """The closure of a node; a constant subtree is calculated now."""
        if type(node) is not Literal and self.is_constant(node):
            return _always(self.constant(node))
        return self._build[type(node)](node, scope)

    def is_constant(self, node: Node) -> bool:
        """Whether the value depends on nothing outside the expression."""
        known = self._constants.get(id(node))
        if known is None:
            known = not isinstance(node, _NEVER_CONSTANT) and all(self.is_constant(child) for child in children(node))
            if isinstance(node, Call):
                known = known and node.name in FUNCTIONS
            self._constants[id(node)] = known
        return known

    def constant(self, node: Node) -> Any:
        """The value of a constant node."""
        return self._build[type(node)](node, ())(Run({}, NO_FUNCTIONS, self.slots))

    def tests(self, cell: UnaryTests) -> Code:
        """The closure of a decision table cell: true, false or null for the value in the input slot."""
        if not cell.tests:
            return _always(True)
        any_holds = disjunction([self._test(test, INPUT_SLOT, ()) for test in cell.tests])
        return negation(any_holds) if cell.negated else any_holds

    # --- variables ---------------------------------------------------------------------------------------------

    def _name(self, node: Name, scope: Scope) -> Code:
        raw = self._raw(node, scope)

        def value(run: Run) -> Any:
            found = raw(run)
            return found if type(found) in PLAIN else adapted(run, found)

        return value

    def _raw(self, node: Node, scope: Scope) -> Code:
        """A name or path as it lies in the context; only a path may look into what was not adapted."""
        if isinstance(node, Path):
            return collected.member(self._raw(node.base, scope), node.name)
        if not isinstance(node, Name):
            return self.code(node, scope)
        name, items = node.name, []
        for bound in reversed(scope):
            if bound.name is None:
                items.append(bound.slot)
            elif bound.name == name:
                return collected.of_items(name, items, collected.bound(bound.slot))
        self.names.add(name)
        if name == "item" and items:
            self.names.discard(name)
        return collected.of_items(name, items, lambda run: run.context.get(name))

    def _path(self, node: Path, scope: Scope) -> Code:
        raw = self._raw(node, scope)

        def value(run: Run) -> Any:
            found = raw(run)
            return found if type(found) in PLAIN else adapted(run, found)

        return value

    def _bind(self, scope: Scope, name: str | None) -> tuple[Scope, int]:
        slot, self.slots = self.slots, self.slots + 1
        return (*scope, Bound(name, slot)), slot

    # --- collections -------------------------------------------------------------------------------------------

    def _each(self, nodes: tuple[Node, ...], scope: Scope) -> list[Code]:
        return [self.code(node, scope) for node in nodes]

    def _items(self, node: Items, scope: Scope) -> Code:
        items = self._each(node.items, scope)
        return lambda run: [item(run) for item in items]

    def _entries(self, node: Entries, scope: Scope) -> Code:
        entries: list[tuple[str, int, Code]] = []
        for key, value in node.entries:
            code = self.code(value, scope)
            scope, slot = self._bind(scope, key)
            entries.append((key, slot, code))

        def context(run: Run) -> dict[str, Any]:
            made: dict[str, Any] = {}
            for key, slot, code in entries:
                made[key] = run.local[slot] = code(run)
            return made

        return context

    def _span(self, node: Span, scope: Scope) -> Code:
        start, end = self.code(node.start, scope), self.code(node.end, scope)

        def interval(run: Run) -> Range | None:
            low, high = start(run), end(run)
            return None if low is None or high is None else Range(low, high, node.with_start, node.with_end)

        return interval

    def _filter(self, node: Filter, scope: Scope) -> Code:
        base = self.code(node.base, scope)
        inner, slot = self._bind(scope, None)
        return collected.filtered(base, self.code(node.condition, inner), slot, _cost(node.condition))

    def _loop(self, node: Loop, scope: Scope) -> Code:
        sources: list[collected.Source] = []
        for binding in node.iterators:
            source = self.code(binding.source, scope)
            until = None if binding.until is None else self.code(binding.until, scope)
            scope, slot = self._bind(scope, binding.name)
            sources.append((source, until, slot))
        body, cost = self.code(node.body, scope), _cost(node.body)
        if node.kind == "for":
            return collected.mapped(sources, body, cost)
        return collected.quantified(sources, body, cost, decisive=node.kind == "some")

    # --- operators ---------------------------------------------------------------------------------------------

    def _negation(self, node: Negation, scope: Scope) -> Code:
        operand = self.code(node.operand, scope)
        return lambda run: negate(run, operand(run))

    def _chain(self, node: Chain, scope: Scope) -> Code:
        first = self.code(node.first, scope)
        rest = [(OPERATORS[sign], self.code(operand, scope)) for sign, operand in node.rest]

        def result(run: Run) -> Any:
            value = first(run)
            for apply, operand in rest:
                value = apply(run, value, operand(run))
            return value

        return result

    def _compare(self, node: Compare, scope: Scope) -> Code:
        return self._comparison(node.operator, self.code(node.left, scope), node.right, scope)

    def _comparison(self, sign: str, left: Code, end: Node, scope: Scope) -> Code:
        right = self.code(end, scope)
        return compared(sign, left, right, (self.constant(end),) if self.is_constant(end) else ())

    def _between(self, node: Between, scope: Scope) -> Code:
        value = self.code(node.value, scope)
        return both(
            self._comparison(">=", value, node.low, scope),
            self._comparison("<=", value, node.high, scope),
        )

    def _in(self, node: In, scope: Scope) -> Code:
        value = self.code(node.value, scope)
        slot, self.slots = self.slots, self.slots + 1
        holds = disjunction([self._test(test, slot, scope) for test in node.tests])

        def found(run: Run) -> Any:
            run.local[slot] = value(run)
            return holds(run)

        return found

    def _test(self, test: Node, slot: int, scope: Scope) -> Code:
        """The closure of one unary test about the value in a slot."""

        def subject(run: Run) -> Any:
            return run.local[slot]

        if isinstance(test, Test):
            return self._comparison(test.operator, subject, test.end, scope)
        code = self.code(test, scope)
        if slot == INPUT_SLOT and uses_input(test):
            return conjunction([code])
        return lambda run: contains(run, code(run), subject(run))

    def _instance_of(self, node: InstanceOf, scope: Scope) -> Code:
        value = self.code(node.value, scope)
        wanted, wanted_items = node.type, node.items

        def is_instance(run: Run) -> bool:
            found = value(run)
            if found is None or wanted == "Any":
                return found is not None
            if kind_of(found) != wanted:
                return False
            return wanted_items in (None, "Any") or all(kind_of(item) == wanted_items for item in found)

        return is_instance

    def _if(self, node: If, scope: Scope) -> Code:
        condition, yes, no = (self.code(part, scope) for part in (node.condition, node.yes, node.no))
        return lambda run: yes(run) if condition(run) is True else no(run)

    # --- calls -------------------------------------------------------------------------------------------------

    def _call(self, node: Call, scope: Scope) -> Code:
        if node.name == "is defined":
            return self._is_defined(node.arguments[0], scope)
        arguments = self._each(node.arguments, scope)
        if node.name == "not":
            return negation(arguments[0])
        function = FUNCTIONS.get(node.name)
        if function is None:
            return _host_call(node.name, arguments)
        applied = function.applied
        return lambda run: applied(run, [argument(run) for argument in arguments])

    def _is_defined(self, node: Node, scope: Scope) -> Code:
        if isinstance(node, Path):
            base, key = self._raw(node.base, scope), node.name
            return lambda run: key in holder if isinstance(holder := base(run), Mapping) else False
        value = self.code(node, scope)
        if isinstance(node, Name) and not any(bound.name in (None, node.name) for bound in scope):
            name = node.name
            return lambda run: name in run.context
        return lambda run: value(run) is not None


def uses_input(node: Node) -> bool:
    """Whether a test speaks of `?`, so that it is a condition and not a value to compare with."""
    return any(isinstance(part, Input) for part in descendants(node))


def endings(compiler: Compiler, cell: UnaryTests) -> Iterator[tuple[Any, bool]] | None:
    """The constants at which the answer of a cell can change, each with whether order matters; None when it depends on
    anything but the value itself."""
    found: list[tuple[Any, bool]] = []
    for test in cell.tests:
        parts = [test.end] if isinstance(test, Test) else [test]
        if not all(compiler.is_constant(part) for part in parts):
            return None
        value = compiler.constant(parts[0])
        is_ordered = isinstance(test, Test) and test.operator in _ORDERINGS
        for item in value if type(value) is list else [value]:
            if type(item) is Range:
                found += [(item.start, True), (item.end, True)]
            else:
                found.append((item, is_ordered))
    return iter(found)


def _cost(body: Node) -> int:
    """What one more round of a loop costs, by the size of its body."""
    return 1 + sum(1 for _ in descendants(body)) // 16


def _always(value: Any) -> Code:
    return lambda _run: value


def _host_call(name: str, arguments: list[Code]) -> Code:
    def called(run: Run) -> Any:
        run.spend(10)
        function = run.functions.get(name)
        return None if function is None else adapted(run, function(*(argument(run) for argument in arguments)))

    return called


__all__ = ["INPUT_SLOT", "Binding", "Compiler", "endings", "uses_input"]
