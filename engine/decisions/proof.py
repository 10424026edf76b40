"""Proof that a decision table has exactly one answer for every combination of inputs (rule WL11, INV-15).

Every test is constant between the values that it names. So each input falls apart into finitely many kinds of values:
the named ones, and one from each stretch between and beyond them. For each of those we know exactly which rules match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.decisions.samples import Sample, Unprovable, samples_of
from engine.decisions.tables import HitPolicy, Rule, Table
from engine.expressions import Unary
from engine.sentences import Name, Sentence
from engine.terms import Finding, Severity

RULE = "WL11"
MAX_STATES = 200_000
_MAX_REPORTED = 5


@dataclass(frozen=True, slots=True)
class _Case:
    """One kind of value of one input: the rules that may hold (`possible`) or surely do (`certain`), as bit masks."""

    label: Sentence
    possible: int
    certain: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """One combination of kinds of values, with the rules for it."""

    labels: tuple[Sentence, ...]
    possible: int
    certain: int


def proven(table: Table, file: str) -> tuple[Finding, ...]:
    """The findings: gaps and overlaps by name, or why nothing can be proven; nothing for policies that cannot clash."""
    if table.policy not in {HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST}:
        return ()
    must_differ = table.policy in {HitPolicy.UNIQUE, HitPolicy.ANY}
    if table.has_default and not must_differ:
        return ()
    try:
        dimensions = _dimensions(table)
        problems = _problems(table, dimensions, must_differ=must_differ)
        return tuple(_finding(table, file, line, sentence) for line, sentence in problems)
    except Unprovable as reason:
        severity = Severity.ERROR if must_differ else Severity.WARNING
        sentence = Sentence(
            "Van beslistabel '{tabel}' is niet te bewijzen dat zij altijd één antwoord geeft: {reden}",
            tabel=Name(table.name),
            reden=reason.told,
        )
        return (_finding(table, file, table.line, sentence, severity),)


def _finding(
    table: Table, file: str, line: int | None, sentence: Sentence, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(file, RULE, severity, sentence, table.id, table.name, line)


def _dimensions(table: Table) -> list[list[_Case]]:
    """For each input that the rules look at, its kinds of values; two columns about the same input are one."""
    columns: dict[str, list[int]] = {}
    for at, column in enumerate(table.inputs):
        columns.setdefault(column.expression.text.strip(), []).append(at)
    dimensions: list[list[_Case]] = []
    for places in columns.values():
        cells = [[rule.tests[at] for at in places] for rule in table.rules]
        if all(cell.accepts_all for row in cells for cell in row):
            continue
        column = table.inputs[places[0]]
        samples = samples_of(column, [(rule, rule.tests[at]) for rule in table.rules for at in places])
        dimensions.append(_distinct(column.label, samples, table.rules, cells))
    return dimensions


def _distinct(label: str, samples: Sequence[Sample], rules: Sequence[Rule], cells: list[list[Unary]]) -> list[_Case]:
    """One case for each different set of matching rules."""
    found: dict[tuple[int, int], _Case] = {}
    for sample in samples:
        possible = certain = 0
        for bit, row in enumerate(cells):
            answers = [cell(sample.value, {}) for cell in row]
            if False in answers:
                continue
            possible |= 1 << bit
            if None not in answers:
                certain |= 1 << bit
            elif sample.value is not None:
                raise Unprovable(
                    Sentence(
                        "een toets van regel {regel} past niet bij '{kolom}' {waarde}.",
                        regel=rules[bit].number,
                        kolom=label,
                        waarde=sample.label,
                    )
                )
        found.setdefault(
            (possible, certain),
            _Case(Sentence("'{kolom}' {waarde}", kolom=label, waarde=sample.label), possible, certain),
        )
    return list(found.values())


def _problems(table: Table, dimensions: list[list[_Case]], *, must_differ: bool) -> list[tuple[int | None, Sentence]]:
    """Line and sentence of the first few gaps and clashes."""
    found: dict[tuple[str, int, int], tuple[int | None, Sentence]] = {}
    counts = {"gat": 0, "overlap": 0}
    for cell in _cells(dimensions, (1 << len(table.rules)) - 1):
        problem = _problem(table, cell, must_differ=must_differ)
        if problem is None:
            continue
        kind, first, second, sentence = problem
        key = (kind, first, second) if kind == "overlap" else (sentence, 0, 0)
        if key not in found and counts[kind] < _MAX_REPORTED:
            counts[kind] += 1
            found[key] = (table.rules[second].line if kind == "overlap" else table.line, sentence)
    return list(found.values())


def _problem(table: Table, cell: _Cell, *, must_differ: bool) -> tuple[str, int, int, Sentence] | None:
    """What is wrong in one cell: kind, the indices of two clashing rules, and the sentence."""
    name, where = Name(table.name), cell.labels or (Sentence("alle gegevens"),)
    if not cell.possible:
        if table.has_default:
            return None
        sentence = Sentence(
            "Beslistabel '{tabel}' heeft geen regel voor: {waar}. Voeg een regel toe.", tabel=name, waar=where
        )
        return "gat", 0, 0, sentence
    if cell.possible != cell.certain:
        sentence = Sentence(
            "Beslistabel '{tabel}' geeft geen uitsluitsel voor: {waar}. Maak de toetsen volledig.",
            tabel=name,
            waar=where,
        )
        return "gat", 0, 0, sentence
    clash = _clash(table, list(_bits(cell.certain))) if must_differ else None
    if clash is None:
        return None
    first, second = clash
    sentence = Sentence(
        "In beslistabel '{tabel}' {fout} regel {regel} en regel {andere_regel} voor: {waar}.",
        tabel=name,
        fout=Sentence("gelden beide") if table.policy is HitPolicy.UNIQUE else Sentence("spreken elkaar tegen"),
        regel=table.rules[first].number,
        andere_regel=table.rules[second].number,
        waar=where,
    )
    return "overlap", first, second, sentence


def _clash(table: Table, matched: list[int]) -> tuple[int, int] | None:
    """Two rules that may not both match: any two under UNIQUE, two with other outputs under ANY."""
    for other in matched[1:]:
        if table.policy is HitPolicy.UNIQUE or not _same_outputs(table.rules[matched[0]], table.rules[other]):
            return matched[0], other
    return None


def _same_outputs(one: Rule, other: Rule) -> bool:
    return all(
        a.constant == b.constant if a.is_constant and b.is_constant else a.text.split() == b.text.split()
        for a, b in zip(one.outputs, other.outputs, strict=True)
    )


def _cells(dimensions: list[list[_Case]], everything: int) -> Iterator[_Cell]:
    """All combinations that differ in their rules; raises Unprovable when these are too many."""
    seen: set[tuple[int, int, int]] = set()
    stack = [(0, _Cell((), everything, everything))]
    while stack:
        depth, cell = stack.pop()
        key = (depth, cell.possible, cell.certain)
        if key in seen:
            continue
        seen.add(key)
        if len(seen) > MAX_STATES:
            raise Unprovable(Sentence("er zijn te veel combinaties; splits de tabel."))
        if depth == len(dimensions) or not cell.possible:
            yield cell
            continue
        for case in reversed(dimensions[depth]):
            labels = (*cell.labels, case.label)
            stack.append((depth + 1, _Cell(labels, cell.possible & case.possible, cell.certain & case.certain)))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
