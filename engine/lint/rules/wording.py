"""What people read in a diagram: no numbers that belong in a table, a term and an answerable, and plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.errors import ExpressionError
from engine.expressions import compile_timer
from engine.lint.document import Document, Element, Node, children, local, said, text_of
from engine.lint.events import kind_of
from engine.lint.questions import named
from engine.lint.world import World, timer_text
from engine.sentences import Sentence
from engine.terms import Finding, Json, Severity

ESCALATION = "escalatie"  # DT13: who is told what is overdue, and when
_KINDS = ("date", "duration", "cycle")
_TEXTS = ("conditionExpression", "completionCondition", "script", "timeDate", "timeDuration", "timeCycle")
_LITERAL = re.compile(r'(?:duration|date and time|date|time)\s*\(\s*"([^"]*)"\s*\)|@\s*"([^"]*)"')
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_FREE = frozenset({"0", "1"})
_DAY_AFTER = "P1D"
_MAX_NAME = 80


def literal_in_diagram(world: World) -> Iterator[Finding]:
    """WL08 (INV-44): durations, dates and amounts stand in the tables, where they have a period of validity."""
    for doc in world.docs.values():
        for owner, text in _written(world, doc):
            found = _literal(text)
            if found is not None:
                sentence = Sentence(
                    "{wat} noemt '{waarde}' zelf; zet een termijn in termijnen.toml en een bedrag of "
                    "aantal in een beslistabel, en verwijs daarnaar.",
                    wat=said(owner),
                    waarde=found[:40],
                )
                yield doc.warning("WL08", owner, sentence)


def _written(world: World, doc: Document) -> Iterator[tuple[Element, str]]:
    for element in doc.elements:
        if local(element) in _TEXTS:
            owner = next((above for above in element.iterancestors() if above.get("id")), element)
            yield owner, text_of(element)
    for node in doc.nodes.values():
        says = world.says.get(node)
        inputs = [] if says is None or says.operation is None else [value for _, value in says.operation.inputs]
        for text in (*inputs, *(() if says is None else (says.content, says.key, says.act.subject))):
            if text:
                yield node.element, text


def _literal(text: str) -> str | None:
    """The first duration, date or number that the text spells out itself, None when there is none."""
    if _is_fixed(text):
        return text
    for match in _LITERAL.finditer(text):
        found = match[1] or match[2] or ""
        if found and found != _DAY_AFTER:
            return found
    numbers = _NUMBER.findall(_TEXT.sub('""', text))
    return next((number for number in numbers if number not in _FREE), None)


def _is_fixed(text: str) -> bool:
    """The text is a timer as other tools write it, like `P14D` or `2027-03-01`."""
    if not re.match(r"^\s*(P|R\d*/|\d{4}-)", text):
        return False
    for kind in _KINDS:
        try:
            if compile_timer(text, kind).fixed is not None:
                return True
        except ExpressionError:
            continue
    return False


def literal_in_form(world: World) -> Iterator[Finding]:
    """WL08 (INV-44): a form sets no amount of its own; a power of ten only guards against slips of the pen."""
    for ident, form in sorted(world.family.forms.items()):
        for name, one in named(form.fields):
            properties, validate = one.component.get("properties"), one.component.get("validate")
            is_amount = isinstance(properties, dict) and properties.get("soort") == "bedrag"
            bounds = [validate.get("min"), validate.get("max")] if isinstance(validate, dict) else []
            given = [one.component.get("defaultValue"), *bounds] if is_amount else []
            hidden = one.component.get("conditional")
            hides = str(hidden.get("hide") or "") if isinstance(hidden, dict) else ""
            found = next((str(value) for value in given if not _is_guard(value)), None) or _literal(hides)
            if found is not None:
                sentence = Sentence(
                    "Veld '{naam}' van formulier '{formulier}' noemt '{waarde}' zelf; zet een bedrag of "
                    "termijn in een tabel en verwijs daarnaar.",
                    naam=name[:80],
                    formulier=ident[:80],
                    waarde=found[:40],
                )
                yield Finding(form.file, "WL08", Severity.WARNING, sentence, ident, name)


def _is_guard(value: Json) -> bool:
    return value is None or re.fullmatch(r"0|10*|0[.,]01|", str(value)) is not None


def nobody_waits(world: World) -> Iterator[Finding]:
    """WL21 (INV-33, INV-35, INV-43): every task has a term, an answerable, and somebody who is told when it is late."""
    has_table = ESCALATION in world.family.tables
    for node in world.tasks():
        clocks = [edge for edge in _edges(world, node) if timer_text(edge) is not None]
        has_term = world.act(node).term is not None or bool(clocks)
        missing = [
            word
            for word, is_there in (
                (Sentence("termijn"), has_term),
                (Sentence("baan"), bool(world.roles(node))),
                (Sentence("escalatie"), bool(clocks) or (has_table and has_term)),
            )
            if not is_there
        ]
        if missing:
            lacking = missing[0]
            for word in missing[1:]:
                lacking = Sentence("{een} en geen {ander}", een=lacking, ander=word)
            sentence = Sentence(
                "{wat} heeft geen {delen}; noem een termijn, leg de taak in een baan, en teken een "
                "herinnering op de rand of voeg tabel '{tabel}' toe.",
                wat=said(node.element),
                delen=lacking,
                tabel=ESCALATION,
            )
            yield world.doc(node).warning("WL21", node.element, sentence)


def _edges(world: World, node: Node) -> Iterator[Node]:
    """The events on the border of a task, and on those of the subprocesses around it."""
    here = node
    while True:
        yield from (edge for edge in world.edges(here) if kind_of(edge))
        room = world.room_of[here]
        if room.is_process or not world.hosts[room]:
            return
        here = world.hosts[room][0]


def not_explained(world: World) -> Iterator[Finding]:
    """WL22 (access): every task has a name in plain words and a sentence of help for who does it."""
    for node in world.tasks():
        name = " ".join((node.element.get("name") or "").split())
        if not name or name == node.element.get("id") or "_" in name or len(name) > _MAX_NAME:
            sentence = Sentence(
                "{wat} heeft geen naam in gewone woorden; schrijf kort wat iemand hier doet.", wat=said(node.element)
            )
            yield world.doc(node).warning("WL22", node.element, sentence)
        if not any(text_of(one) for one in children(node.element, "documentation")):
            sentence = Sentence(
                "{wat} heeft geen uitleg; schrijf in de documentatie één zin voor wie dit doet.", wat=said(node.element)
            )
            yield world.doc(node).warning("WL22", node.element, sentence)
