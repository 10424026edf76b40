"""Decision tables: what they hold and how they decide, failing closed on a gap, an overlap or an unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.errors import NoMatch, ValuesUnreadable
from engine.expressions import Expression, Unary, Value, compile_expression
from engine.expressions.limits import NO_FUNCTIONS, Functions


class HitPolicy(StrEnum):
    """What happens when several rules match, by the words of DMN."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"

    @property
    def is_single(self) -> bool:
        """Whether the answer is one row, not a list."""
        return self in {HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST}


AGGREGATIONS: Mapping[str, Expression] = {
    "SUM": compile_expression("sum(waarden)"),
    "MIN": compile_expression("min(waarden)"),
    "MAX": compile_expression("max(waarden)"),
    "COUNT": compile_expression("count(waarden)"),
}


_SAME = compile_expression("a = b")


@dataclass(frozen=True, slots=True)
class Input:
    """One input column; `type` is the FEEL type that the file declares, `allowed` its allowed values."""

    label: str
    expression: Expression
    type: str | None
    allowed: Unary | None


@dataclass(frozen=True, slots=True)
class Output:
    """One output column; `ranking` are its values from first to last priority."""

    name: str
    allowed: Unary | None
    ranking: tuple[Value, ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row; `number` is its place as people count."""

    id: str
    number: int
    line: int | None
    tests: tuple[Unary, ...]
    outputs: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer: output name -> value (a list of values when the policy gives several), and the rules that matched."""

    values: dict[str, Value]
    rules: tuple[str, ...]


Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One decision of a DMN file: a decision table, or a literal expression as a table with one rule and no inputs.

    `requires` are the decisions that are taken first, each under the name by which this one reads its answer.
    """

    id: str
    name: str
    line: int | None
    policy: HitPolicy
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    requires: tuple[tuple[str, Table], ...] = ()
    since: date | None = None  # the first and the last day on which it may be asked
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it may be asked on this day; what it rests on as well."""
        is_valid = (self.since or date.min) <= on <= (self.until or date.max)
        return is_valid and all(table.holds(on) for _, table in self.requires)

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads from outside."""
        read = {name for column in self.inputs for name in column.expression.names}
        for rule in self.rules:
            read.update(*(cell.names for cell in rule.tests), *(cell.names for cell in rule.outputs))
        own = {name for name, _ in self.requires}
        return frozenset(read - own).union(*(table.names for _, table in self.requires))

    @property
    def has_default(self) -> bool:
        """Whether every output has a default, so that no combination is without an answer."""
        return all(output.default is not None for output in self.outputs)

    def decide(self, context: Mapping[str, object], on: date, functions: Functions = NO_FUNCTIONS) -> Decided:
        """The answer in this context, on a day on which it may be asked: out of date it decides nothing (INV-44).

        Raises NoMatch on a gap, an overlap, a contradiction or an unknown as well (INV-15).
        """
        if not self.holds(on):
            raise self._refused(f"zij geldt niet op {on}")
        return self._decide(context, functions, {})

    def _decide(self, context: Mapping[str, object], functions: Functions, answers: dict[str, Value]) -> Decided:
        """The answer; `answers` holds those of the decisions that were already taken on the way."""
        for _, table in self.requires:
            if table.id not in answers:
                answers[table.id] = table._told(table._decide(context, functions, answers).values)
        if self.requires:
            context = {**context, **{name: answers[table.id] for name, table in self.requires}}
        matched = self._matched(context, functions)
        if not matched:
            return Decided(self._without_match(context, functions), ())
        rows = [self._row(rule, context, functions) for rule in matched]
        if self.policy is HitPolicy.UNIQUE and len(matched) > 1:
            raise self._refused(f"regels {_numbers(matched)} gelden tegelijk")
        if self.policy is HitPolicy.ANY and not all(_agree(row, rows[0]) for row in rows):
            raise self._refused(f"regels {_numbers(matched)} spreken elkaar tegen")
        if self.policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
            order = sorted(range(len(rows)), key=lambda at: self._rank(rows[at]))
            rows, matched = [rows[at] for at in order], [matched[at] for at in order]
        return Decided(self._values(rows), tuple(rule.id for rule in matched))

    def _told(self, values: dict[str, Value]) -> Value:
        """An answer as another decision reads it: a value, a context of all outputs, or a list of these."""
        if len(self.outputs) == 1:
            return values[self.outputs[0].name]
        if self.policy.is_single:
            return values
        columns = [column if isinstance(column, list) else [] for column in values.values()]
        return [dict(zip(values, row, strict=True)) for row in zip(*columns, strict=True)]

    def _matched(self, context: Mapping[str, object], functions: Functions) -> list[Rule]:
        """The rules that hold, in order (only the first under FIRST)."""
        values = [self._value_of(column, context, functions) for column in self.inputs]
        matched: list[Rule] = []
        for rule in self.rules:
            holds = _holds(rule, values, context, functions)
            if holds is None:
                raise self._unclear(rule, values)
            if holds:
                matched.append(rule)
                if self.policy is HitPolicy.FIRST:
                    break
        return matched

    def _value_of(self, column: Input, context: Mapping[str, object], functions: Functions) -> Value:
        value = column.expression(context, functions)
        if column.allowed is not None and column.allowed(value, context, functions) is not True:
            raise self._refused(f"de waarde van '{column.label}' is leeg of niet toegestaan")
        return value

    def _row(self, rule: Rule, context: Mapping[str, object], functions: Functions) -> Row:
        row = tuple(cell(context, functions) for cell in rule.outputs)
        for output, cell, value in zip(self.outputs, rule.outputs, row, strict=True):
            if value is None and not cell.is_constant:
                raise self._refused(f"de uitkomst '{output.name}' van regel {rule.number} is niet te berekenen")
            if output.allowed is not None and output.allowed(value, context, functions) is not True:
                raise self._refused(f"de uitkomst '{output.name}' van regel {rule.number} is niet toegestaan")
        return row

    def _rank(self, row: Row) -> tuple[int, ...]:
        ranked = ((output.ranking, value) for output, value in zip(self.outputs, row, strict=True) if output.ranking)
        return tuple(ranking.index(value) for ranking, value in ranked)

    def _values(self, rows: list[Row]) -> dict[str, Value]:
        names = [output.name for output in self.outputs]
        if self.policy.is_single:
            return dict(zip(names, rows[0], strict=True))
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        if self.aggregation is None:
            return dict(columns)
        value = AGGREGATIONS[self.aggregation]({"waarden": columns[names[0]]})
        if value is None:
            raise self._refused("de uitkomsten zijn niet samen te nemen")
        return {names[0]: value}

    def _without_match(self, context: Mapping[str, object], functions: Functions) -> dict[str, Value]:
        """The defaults; without them an empty list or a count of 0, and otherwise no answer at all."""
        if self.has_default:
            row = tuple(output.default(context, functions) for output in self.outputs if output.default is not None)
            is_list = not self.policy.is_single and self.aggregation is None
            return {output.name: [value] if is_list else value for output, value in zip(self.outputs, row, strict=True)}
        if self.policy.is_single or self.aggregation not in (None, "COUNT"):
            raise self._refused("geen enkele regel geldt voor deze gegevens")
        return self._values([])

    def _unclear(self, rule: Rule, values: list[Value]) -> NoMatch:
        empty = [f"'{column.label}'" for column, value in zip(self.inputs, values, strict=True) if value is None]
        if not empty:
            return self._refused(f"van regel {rule.number} is niet te bepalen of hij geldt")
        return self._refused(f"van regel {rule.number} is niet te bepalen of hij geldt (leeg: {', '.join(empty)})")

    def _refused(self, reason: str) -> NoMatch:
        return NoMatch(f"Beslistabel '{self.name}': {reason}.")


def _holds(rule: Rule, values: list[Value], context: Mapping[str, object], functions: Functions) -> bool | None:
    """Whether all cells of a rule hold: false as soon as one is false, null when one is null and none is false."""
    answer: bool | None = True
    for cell, value in zip(rule.tests, values, strict=True):
        holds = cell(value, context, functions)
        if holds is False:
            return False
        if holds is None:
            answer = None
    return answer


def _agree(row: Row, other: Row) -> bool:
    return _SAME({"a": list(row), "b": list(other)}) is True


def _numbers(rules: list[Rule]) -> str:
    return ", ".join(str(rule.number) for rule in rules)


def decided(tables: Mapping[str, Table], name: str, context: Mapping[str, object], on: date) -> Decided:
    """What a table of the city says on a day; none, one out of date, a gap or an overlap raises, so nobody decides."""
    found = tables.get(name)
    if found is None:
        raise ValuesUnreadable(f"de beslistabel “{name}” ontbreekt")
    return found.decide(context, on)
