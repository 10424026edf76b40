"""Small BPMN texts for the tests: elements by kind and id, chained by flows named `from_to`."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from engine import lint, safexml
from engine.terms import Finding, Severity

OPERATIONS = frozenset({"inbreng_stand"})
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:wijk="https://wijkcyclus.nl/schema/1.0" xmlns:x="urn:een-ander" id="defs" targetNamespace="urn:test">'
)


def el(kind: str, key: str, inner: str = "", **attributes: str) -> str:
    """One element of this kind and id, on a line of its own."""
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{kind} id="{key}"{given}>{inner}</{kind}>\n'


def flow(source: str, target: str, condition: str | None = None) -> str:
    """A sequence flow with the id `source_target`."""
    inner = "" if condition is None else f"<conditionExpression>{condition}</conditionExpression>"
    return el("sequenceFlow", f"{source}_{target}", inner, sourceRef=source, targetRef=target)


def chain(*elements: str) -> str:
    """The elements, each connected to the next."""
    keys = [re.findall(r'id="([^"]*)"', element)[0] for element in elements]
    return "".join(elements) + "".join(map(flow, keys, keys[1:]))


def wijk(name: str, inner: str = "", **attributes: str) -> str:
    """Extension elements that hold one element of the notation."""
    return f"<extensionElements>{el('wijk:' + name, 'weg', inner, **attributes)}</extensionElements>".replace(
        ' id="weg"', ""
    )


START = el("startEvent", "s")
END = el("endEvent", "e")
TASK = el("userTask", "t")


def around(element: str) -> str:
    """Start, this element, end."""
    return chain(START, element, END)


def diagram(*body: str, top: str = "", process: str = "proces", executable: str = "true") -> str:
    """A document with one process that holds the body, and `top` beside it."""
    return (
        f"{_HEAD}\n{top}<process id={quoteattr(process)} isExecutable={quoteattr(executable)}>\n{''.join(body)}"
        "</process></definitions>"
    )


def document(*body: str) -> str:
    """A document with exactly this in it."""
    return f"{_HEAD}\n{''.join(body)}</definitions>"


def found_in(text: str, file: str = "proces.bpmn") -> tuple[Finding, ...]:
    """What safexml and, when it reads, lint find in this text."""
    root, findings = safexml.read(text.encode(), file)
    return findings if root is None else lint.findings(root, file, OPERATIONS)


def errors_in(text: str) -> set[str]:
    """The rules that this text breaks as an error."""
    return {finding.rule for finding in found_in(text) if finding.severity is Severity.ERROR}
