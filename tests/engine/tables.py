"""Builds DMN documents for tests, from one line of text per rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from engine.decisions import Decided, Table, read_tables
from engine.terms import Finding

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def document(*parts: str, namespace: str = NAMESPACE) -> bytes:
    """A DMN file with these parts."""
    wijk = 'xmlns:wijk="https://wijkcyclus.nl/schema/1.0"'
    return f'<definitions xmlns="{namespace}" {wijk} id="d" name="d">{"".join(parts)}</definitions>'.encode()


def decision(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[str],
    *,
    policy: str = "UNIQUE",
    name: str = "tabel",
    more: str = "",
    attributes: str = "",
) -> str:
    """A decision with a table. An input is `expression: type = allowed`, an output `name = allowed ! default`, a rule
    `test | test => output | output`.
    """
    columns = "".join(_input(text) for text in inputs) + "".join(_output(text) for text in outputs)
    rows = "".join(_rule(number, text, len(inputs)) for number, text in enumerate(rules, 1))
    table = f'<decisionTable id="{name}_t" hitPolicy="{policy}" {attributes}>{columns}{rows}</decisionTable>'
    return f'<decision id="{name}" name="{name}" wijk:geldigVan="2025-01-01">{more}{table}</decision>'


def _input(text: str) -> str:
    expression, has_type, rest = text.partition(": ")
    kind, _, allowed = rest.partition(" = ")
    if not has_type:
        expression, _, allowed = text.partition(" = ")
    values = f"<inputValues>{_text(allowed)}</inputValues>" if allowed else ""
    typed = f"typeRef={quoteattr(kind)}" if kind else ""
    return f"<input><inputExpression {typed}>{_text(expression)}</inputExpression>{values}</input>"


def _output(text: str) -> str:
    head, _, default = text.partition(" ! ")
    name, _, allowed = head.partition(" = ")
    values = f"<outputValues>{_text(allowed)}</outputValues>" if allowed else ""
    otherwise = f"<defaultOutputEntry>{_text(default)}</defaultOutputEntry>" if default else ""
    return f"<output name={quoteattr(name)}>{values}{otherwise}</output>"


def _rule(number: int, text: str, inputs: int) -> str:
    left, _, right = text.partition("=>")
    tests = left.split("|") if inputs else []
    cells = "".join(f"<inputEntry>{_text(cell)}</inputEntry>" for cell in tests)
    cells += "".join(f"<outputEntry>{_text(cell)}</outputEntry>" for cell in right.split("|"))
    return f'\n<rule id="r{number}">{cells}</rule>'


def _text(text: str) -> str:
    return f"<text>{escape(text.strip())}</text>"


def read(*parts: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """The tables and findings of a document with these parts."""
    return read_tables(etree.fromstring(document(*parts)), "t.dmn")


def sound(*parts: str) -> Table:
    """The last table of a document in which nothing is found."""
    tables, findings = read(*parts)
    assert findings == ()
    return tables[-1]


def found(*parts: str) -> list[str]:
    """The sentences of all findings, with their rule."""
    return [f"{finding.rule}: {finding.sentence}" for finding in read(*parts)[1]]


def decided(table: Table, **context: object) -> Decided:
    """The answer of a table in this context."""
    return table.decide(context, table.since or date.max)
