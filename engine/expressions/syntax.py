"""The syntax tree of a FEEL expression: plain frozen nodes, without behaviour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

TYPES = frozenset(
    {
        "Any",
        "boolean",
        "context",
        "date",
        "date and time",
        "days and time duration",
        "list",
        "number",
        "string",
        "time",
        "years and months duration",
    }
)
"""The types that `instance of` knows."""


@dataclass(frozen=True, slots=True)
class Node:
    """One construct of the grammar; its fields are values, nodes, or tuples of them."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written out: number, string, boolean, null or `@"..."`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Input(Node):
    """The question mark: the value that a unary test is about."""


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written out."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries(Node):
    """A context written out; later entries see earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Span(Node):
    """An interval, with for each end whether it belongs to it."""

    start: Node
    end: Node
    with_start: bool
    with_end: bool


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.name`."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[condition]`, also an index."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call of a built-in or host function by its name."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operators of one level from left to right: `first`, then (`+`/`-` or `*`/`/` or `**`, operand) pairs."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left operator right`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A unary test with an operator, such as `< 5`."""

    operator: str
    end: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in (tests)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`; `items` is the type of the items of a list."""

    value: Node
    type: str
    items: str | None


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """`a and b and ...`."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """`a or b or ...`."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Binding(Node):
    """`name in source`, or `name in source..until`."""

    name: str
    source: Node
    until: Node | None


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`for ... return body`, or `some`/`every ... satisfies body` by `kind`."""

    kind: str
    iterators: tuple[Binding, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """A cell of a decision table: tests of which one must hold, or none when `negated`; no tests at all is anything."""

    tests: tuple[Node, ...]
    negated: bool


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below this one, in the order of the text."""
    for field in fields(node):
        yield from _nodes_in(getattr(node, field.name))


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def descendants(node: Node) -> Iterator[Node]:
    """This node and all nodes below it."""
    yield node
    for child in children(node):
        yield from descendants(child)
