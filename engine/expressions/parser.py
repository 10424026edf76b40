"""FEEL text to syntax tree, by recursive descent; every mistake is an ExpressionError with its column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.errors import ExpressionError
from engine.expressions.functions import FUNCTIONS, HOST_FUNCTIONS, SPECIAL_FORMS, miscounted
from engine.expressions.lexer import Words
from engine.expressions.limits import MAX_DEPTH, MAX_NODES
from engine.expressions.moments import moment_of
from engine.expressions.syntax import (
    TYPES,
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
)
from engine.sentences import Sentence

Part = TypeVar("Part")
Tree = TypeVar("Tree", bound=Node)
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, _COMPARE, _SUM, _PRODUCT, _POWER = range(1, 7)
_LEVELS = {
    "or": _OR,
    "and": _AND,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "**": _POWER,
    **dict.fromkeys(("in", "between", *_COMPARISONS), _COMPARE),
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_ARITIES = {**{name: (one.required, one.maximum) for name, one in FUNCTIONS.items()}, **HOST_FUNCTIONS, **SPECIAL_FORMS}
_TOO_LARGE = Sentence("De uitdrukking heeft meer dan {meeste} onderdelen; splits haar.", meeste=MAX_NODES)
_TOO_DEEP = Sentence("De uitdrukking is dieper genest dan {meeste} niveaus.", meeste=MAX_DEPTH)
_CHAINED = Sentence("Vergelijkingen kunnen niet aaneengeregen worden; gebruik 'and'.")
_LONGEST = max(len(name.split()) for name in _ARITIES)


def expression_of(text: str) -> Node:
    """The tree of one FEEL expression."""
    parser = _Parser(text)
    node = parser.expression()
    parser.words.finish()
    return node


def unary_tests_of(text: str) -> UnaryTests:
    """The tree of one cell of a decision table."""
    parser = _Parser(text, has_input=True)
    tests = parser.unary_tests()
    parser.words.finish()
    return tests


def statements_of(text: str) -> tuple[tuple[str, Node], ...]:
    """The assignments of a script, in order."""
    return _Parser(text).statements()


class _Parser:
    """One pass over the tokens; counts nodes and depth so that no tree exceeds the limits."""

    def __init__(self, text: str, *, has_input: bool = False) -> None:
        self.words = Words(text)
        self.nodes = 0
        self.nesting = 0
        self.depths: dict[int, tuple[int, Node]] = {}
        self.has_input = has_input
        self.filters = True

    def made(self, node: Tree) -> Tree:
        """The node itself, counted; raises ExpressionError when the tree becomes too large or too deep."""
        self.nodes += 1
        depth = 1 + max((self.depths[id(child)][0] for child in children(node) if id(child) in self.depths), default=0)
        self.depths[id(node)] = depth, node
        if self.nodes > MAX_NODES:
            raise ExpressionError(_TOO_LARGE)
        if depth > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP, self.words.token.column)
        return node

    # --- from loose to tight -----------------------------------------------------------------------------------

    def expression(self) -> Node:
        """A whole expression: if, for, some, every, or operators."""
        if not self.words.sees("if", "for", "some", "every"):
            return self.operation(_OR)
        self.descend()
        kind = self.words.expect("if", "for", "some", "every")
        node: Node
        if kind == "if":
            condition = self.expression()
            self.words.expect("then")
            yes = self.expression()
            self.words.expect("else")
            node = self.made(If(condition, yes, self.expression()))
        else:
            bindings = self.listed(self.binding)
            self.words.expect("return" if kind == "for" else "satisfies")
            node = self.made(Loop(kind, bindings, self.expression()))
        self.nesting -= 1
        return node

    def binding(self) -> Binding:
        """`name in list` or `name in 1..9`."""
        name = self.words.name()
        self.words.expect("in")
        source = self.expression()
        return self.made(Binding(name, source, self.expression() if self.words.takes("..") else None))

    def descend(self) -> None:
        """Go one level deeper; raises ExpressionError at the limit, long before Python's own."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise ExpressionError(_TOO_DEEP, self.words.token.column)

    def operation(self, least: int) -> Node:
        """Operators that bind at least so tight, by precedence climbing."""
        self.descend()
        node = self.signed()
        while self.level() >= least:
            node = self.joined(node, self.level())
        self.nesting -= 1
        return node

    def operand(self) -> Node:
        """What may stand beside a comparison: anything that binds tighter."""
        return self.operation(_COMPARE + 1)

    def level(self) -> int:
        """How tight the next word binds as an operator; 0 when it is none."""
        token = self.words.token
        return _LEVELS.get(token.text, 0) if token.kind in {"operator", "keyword"} else 0

    def joined(self, left: Node, level: int) -> Node:
        """The operators of one level that follow, with what stands to the right of each."""
        if level == _COMPARE:
            return self.compared(left)
        rest: list[tuple[str, Node]] = []
        while self.level() == level:
            sign = self.words.token.text
            self.words.at += 1
            rest.append((sign, self.operation(level + 1)))
        if level > _COMPARE:
            return self.made(Chain(left, tuple(rest)))
        operands = (left, *(operand for _, operand in rest))
        return self.made(Disjunction(operands) if level == _OR else Conjunction(operands))

    def compared(self, left: Node) -> Node:
        """One comparison: `a < b < c` has no meaning in FEEL."""
        node: Node
        if self.words.takes("between"):
            low = self.operand()
            self.words.expect("and")
            node = self.made(Between(left, low, self.operand()))
        elif self.words.takes("in"):
            node = self.made(In(left, self.membership()))
        else:
            node = self.made(Compare(self.words.expect(*_COMPARISONS), left, self.operand()))
        if self.level() == _COMPARE:
            raise ExpressionError(_CHAINED, self.words.token.column)
        return node

    def membership(self) -> tuple[Node, ...]:
        """What follows `in`: one test, or tests between parentheses (which may also be an open interval)."""
        if not self.words.takes("("):
            return (self.test(self.operand),)
        first = self.test(self.expression)
        if self.words.takes(".."):
            return (self.span(first, with_start=False),)
        tests = [first]
        while self.words.takes(","):
            tests.append(self.test(self.expression))
        self.words.expect(")")
        return tuple(tests)

    def signed(self) -> Node:
        """Unary minus, which binds tighter than `**`."""
        minuses = 0
        while self.words.takes("-"):
            minuses += 1
        operand = self.postfix()
        for _ in range(2 - minuses % 2 if minuses else 0):
            operand = self.made(Negation(operand))
        return operand

    def postfix(self) -> Node:
        """A value followed by paths, filters and `instance of`."""
        node = self.primary()
        while True:
            if self.words.takes("."):
                node = self.made(Path(node, self.property_name()))
            elif self.filters and self.words.takes("["):
                node = self.made(Filter(node, self.expression()))
                self.words.expect("]")
            elif self.words.takes("instance"):
                self.words.expect("of")
                node = self.made(self.instance_of(node))
            else:
                return node

    def property_name(self) -> str:
        token = self.words.token
        if token.kind not in {"name", "keyword"}:
            raise self.words.wrong(Sentence("Na een punt hoort een naam"))
        self.words.at += 1
        if token.text == "time" and self.words.token.text == "offset":
            self.words.at += 1
            return "time offset"
        return token.text

    def instance_of(self, value: Node) -> Node:
        name = self.words.longest(TYPES, 5)
        if name is None:
            raise self.words.wrong(Sentence("Hier hoort een type (number, string, boolean, date, list ...)"))
        items = None
        if name == "list" and self.words.takes("<"):
            items = self.words.longest(TYPES, 5)
            if items is None:
                raise self.words.wrong(Sentence("Hier hoort een type"))
            self.words.expect(">")
        return InstanceOf(value, name, items)

    # --- values ------------------------------------------------------------------------------------------------

    def primary(self) -> Node:
        """A literal, a name, a call, or something between brackets."""
        token = self.words.token
        if token.kind in {"number", "string"}:
            self.words.at += 1
            return self.made(Literal(token.value))
        if token.kind == "keyword" and token.text in _CONSTANTS:
            self.words.at += 1
            return self.made(Literal(_CONSTANTS[token.text]))
        if token.kind in {"name", "keyword"}:
            return self.named()
        return self.bracketed()

    def named(self) -> Node:
        function = self.words.longest(_ARITIES, _LONGEST, before="(")
        if function is not None:
            return self.call(function)
        token = self.words.token
        if token.text == "function":
            raise ExpressionError(Sentence("Functies maken kan hier niet."), token.column)
        name = self.words.name()
        if self.words.sees("("):
            raise ExpressionError(Sentence("De functie '{naam}' bestaat niet.", naam=name), token.column)
        return self.made(Name(name))

    def call(self, name: str) -> Node:
        column = self.words.before.column
        self.words.expect("(")
        arguments = () if self.words.sees(")") else self.listed(self.expression)
        self.words.expect(")")
        least, most = _ARITIES[name]
        if not least <= len(arguments) <= most:
            raise ExpressionError(miscounted(name, len(arguments), least, most), column)
        return self.made(Call(name, arguments))

    def bracketed(self) -> Node:
        """Parentheses, a list, an interval, a context, `?` or `@"..."`."""
        if self.words.takes("("):
            node = self.expression()
            if self.words.takes(".."):
                return self.span(node, with_start=False)
            self.words.expect(")")
            return node
        if self.words.takes("["):
            return self.list_or_interval()
        if self.words.takes("]"):
            start = self.expression()
            self.words.expect("..")
            return self.span(start, with_start=False)
        if self.words.takes("{"):
            return self.context()
        if self.words.takes("@"):
            return self.at_literal()
        if self.has_input and self.words.takes("?"):
            return self.made(Input())
        if self.words.sees("=") and self.words.at and self.words.before.text == "=":
            raise ExpressionError(Sentence("Gebruik één '=' om te vergelijken."), self.words.token.column)
        raise self.words.wrong(Sentence("Hier hoort een waarde"))

    def list_or_interval(self) -> Node:
        if self.words.takes("]"):
            return self.made(Items(()))
        first = self.expression()
        if self.words.takes(".."):
            return self.span(first, with_start=True)
        items = [first]
        while self.words.takes(","):
            items.append(self.expression())
        self.words.expect("]")
        return self.made(Items(tuple(items)))

    def span(self, start: Node, *, with_start: bool) -> Node:
        """The rest of an interval; a `[` after its end closes it, so its end takes no filter."""
        outer, self.filters = self.filters, False
        end = self.operand()
        self.filters = outer
        closing = self.words.expect("]", ")", "[")
        return self.made(Span(start, end, with_start, closing == "]"))

    def context(self) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self.words.takes("}"):
            token = self.words.token
            if token.kind == "string":
                self.words.at += 1
            key = str(token.value) if token.kind == "string" else self.words.name()
            if key in dict(entries):
                raise ExpressionError(Sentence("De naam '{id}' staat twee keer in dit object.", id=key), token.column)
            self.words.expect(":")
            entries.append((key, self.expression()))
            if not self.words.sees("}"):
                self.words.expect(",")
        return self.made(Entries(tuple(entries)))

    def at_literal(self) -> Node:
        token = self.words.token
        value = moment_of(str(token.value)) if token.kind == "string" else None
        if value is None:
            raise self.words.wrong(Sentence("Na @ hoort een datum, tijd of duur tussen aanhalingstekens"))
        self.words.at += 1
        return self.made(Literal(value))

    def listed(self, part: Callable[[], Part]) -> tuple[Part, ...]:
        """One or more parts with commas between them."""
        parts = [part()]
        while self.words.takes(","):
            parts.append(part())
        return tuple(parts)

    # --- cells and scripts -------------------------------------------------------------------------------------

    def unary_tests(self) -> UnaryTests:
        """`-` or nothing (anything goes), tests, or `not(tests)`."""
        if self.words.token.kind == "end" or (
            self.words.sees("-") and self.words.tokens[self.words.at + 1].kind == "end"
        ):
            self.words.at = len(self.words.tokens) - 1
            return UnaryTests((), negated=False)
        start = self.words.at
        if self.words.token.text == "not" and self.words.tokens[self.words.at + 1].text == "(":
            self.words.at += 2
            tests = self.listed(lambda: self.test(self.expression))
            self.words.expect(")")
            if self.words.token.kind == "end":
                return UnaryTests(tests, negated=True)
            self.words.at = start
        return UnaryTests(self.listed(lambda: self.test(self.expression)), negated=False)

    def test(self, otherwise: Callable[[], Node]) -> Node:
        """`< 5` and the like, or a value, list or interval."""
        if self.words.sees(*_COMPARISONS):
            return self.made(Test(self.words.expect(*_COMPARISONS), self.operand()))
        return otherwise()

    def statements(self) -> tuple[tuple[str, Node], ...]:
        """`name = expression`, each on its own line or after a semicolon."""
        found: list[tuple[str, Node]] = []
        while self.words.token.kind != "end":
            name = self.words.name()
            self.words.expect("=")
            if self.words.sees("="):
                raise ExpressionError(Sentence("Gebruik één '=' om een waarde te geven."), self.words.token.column)
            found.append((name, self.expression()))
            if self.words.token.kind != "end" and not self.words.sees(";") and not self.words.token.after_newline:
                self.words.finish()
            while self.words.takes(";"):
                pass
        if not found:
            raise ExpressionError(Sentence("Het script is leeg; schrijf: naam = uitdrukking."))
        return tuple(found)
