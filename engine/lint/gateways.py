"""Gateways and the flows that leave a step: conditions, defaults, and what may follow an event gateway."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import ExpressionError
from engine.expressions import compile_expression
from engine.lint.document import Document, Flow, Node, at_line, said, sentence_of, text_of
from engine.lint.events import kind_of
from engine.lint.vocabulary import ACTIVITIES, GATEWAYS
from engine.sentences import Name, Sentence
from engine.terms import Finding

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")
_FEEL = ("", "feel")
_AFTER_EVENT_GATEWAY = frozenset({"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"})


def judge_gateways(doc: Document) -> Iterator[Finding]:
    """Findings on the ways out of each step."""
    for node in doc.nodes.values():
        yield from _default(doc, node)
        if node.kind in _CHOOSING:
            yield from _choice(doc, node)
        elif node.kind != "complexGateway":
            yield from _unconditional(doc, node)
        if node.kind in ACTIVITIES:
            yield from _forks(doc, node)
        if node.kind == "eventBasedGateway":
            yield from _event_gateway(doc, node)
        if node.kind in GATEWAYS and not doc.outgoing[node.key]:
            sentence = Sentence("{wat} heeft geen uitgang; teken wat er daarna gebeurt.", wat=said(node.element))
            yield doc.error("bpmn/keuze-uitgang", node.element, sentence)
    for flow in doc.flows.values():
        yield from _condition(doc, flow)


def _default(doc: Document, node: Node) -> Iterator[Finding]:
    named = node.element.get("default")
    if named is None or named not in doc.flows:
        return
    flow = doc.flows[named]
    if flow.source != node.key:
        sentence = Sentence(
            "{wat} noemt als standaard een stroom die er niet begint ({plaats}).",
            wat=said(node.element),
            plaats=at_line(flow.element),
        )
        yield doc.error("bpmn/standaard", node.element, sentence)
    elif flow.condition is not None:
        sentence = Sentence(
            "{wat} is de standaarduitgang; zijn voorwaarde wordt niet gelezen, haal haar weg.", wat=said(flow.element)
        )
        yield doc.warning("bpmn/standaard", flow.element, sentence)


def _choice(doc: Document, node: Node) -> Iterator[Finding]:
    """A choice always has an answer: conditions may all be untrue or unknown, so only a default makes it total."""
    leaving = doc.outgoing[node.key]
    default = node.element.get("default")
    bare = [flow for flow in leaving if flow.condition is None and flow.key != default]
    if len(leaving) > 1:
        for flow in bare:
            sentence = Sentence(
                "Uitgang '{uitgang}' van {wat} heeft geen voorwaarde; geef een voorwaarde of maak hem standaard.",
                uitgang=_exit(flow),
                wat=said(node.element),
            )
            yield doc.error("bpmn/voorwaarde-ontbreekt", flow.element, sentence)
    conditions = [flow for flow in leaving if flow.condition is not None]
    if conditions and not any(flow.key == default for flow in leaving) and not any(map(_is_always, conditions)):
        sentence = Sentence(
            "{wat} heeft geen standaarduitgang; als geen voorwaarde geldt, loopt de zaak vast.", wat=said(node.element)
        )
        yield doc.error("WL10", node.element, sentence)


def _exit(flow: Flow) -> str:
    return Name(flow.element.get("name") or "") or flow.key


def _is_always(flow: Flow) -> bool:
    return flow.condition is not None and text_of(flow.condition).strip("${} =\n\t") == "true"


def _unconditional(doc: Document, node: Node) -> Iterator[Finding]:
    for flow in doc.outgoing[node.key]:
        if flow.condition is not None:
            sentence = Sentence(
                "De voorwaarde op {wat} na {ander} wordt niet gelezen; zet er een keuzepunt tussen.",
                wat=said(flow.element),
                ander=said(node.element),
            )
            yield doc.error("bpmn/voorwaarde-plaats", flow.element, sentence)
    if node.element.get("default"):
        sentence = Sentence(
            "{wat} heeft een standaarduitgang; die wordt alleen bij een keuzepunt gelezen.", wat=said(node.element)
        )
        yield doc.error("bpmn/standaard", node.element, sentence)


def _forks(doc: Document, node: Node) -> Iterator[Finding]:
    if len(doc.outgoing[node.key]) > 1:
        sentence = Sentence(
            "{wat} heeft meer uitgangen; ze worden alle tegelijk gevolgd (parallel).", wat=said(node.element)
        )
        yield doc.info("bpmn/splitsing", node.element, sentence)
    if len(doc.incoming[node.key]) > 1:
        sentence = Sentence(
            "{wat} heeft meer ingangen; elke aankomst begint hem opnieuw, zonder te wachten.", wat=said(node.element)
        )
        yield doc.info("bpmn/samenkomst", node.element, sentence)


def _event_gateway(doc: Document, node: Node) -> Iterator[Finding]:
    if len(doc.outgoing[node.key]) < 2:
        sentence = Sentence(
            "{wat} heeft minder dan twee uitgangen; teken er twee of haal hem weg.", wat=said(node.element)
        )
        yield doc.error("bpmn/gebeurteniskeuze", node.element, sentence)
    for flow in doc.outgoing[node.key]:
        target = doc.nodes[flow.target]
        waits = target.kind == "receiveTask" or (
            target.kind == "intermediateCatchEvent" and kind_of(target) in _AFTER_EVENT_GATEWAY
        )
        if not waits:
            sentence = Sentence(
                "Na {wat} komt {ander}; daar kan alleen een gebeurtenis staan.",
                wat=said(node.element),
                ander=said(target.element),
            )
            yield doc.error("bpmn/gebeurteniskeuze", target.element, sentence)
        elif len(doc.incoming[target.key]) > 1 or doc.boundaries[target.key]:
            sentence = Sentence(
                "{wat} na {ander} heeft ook een andere ingang of randgebeurtenis; teken haar apart.",
                wat=said(target.element),
                ander=said(node.element),
            )
            yield doc.error("bpmn/gebeurteniskeuze", target.element, sentence)


def _condition(doc: Document, flow: Flow) -> Iterator[Finding]:
    if flow.condition is None:
        return
    language = (flow.condition.get("language") or "").rstrip("/").rpartition("/")[2].lower()
    if language not in _FEEL:
        sentence = Sentence(
            "De voorwaarde van {wat} is in '{taal}'; schrijf haar in FEEL.", wat=said(flow.element), taal=language[:40]
        )
        yield doc.error("bpmn/voorwaarde", flow.element, sentence)
        return
    if not text_of(flow.condition):
        sentence = Sentence(
            "De voorwaarde van {wat} is leeg; vul haar in of maak de uitgang standaard.", wat=said(flow.element)
        )
        yield doc.error("bpmn/voorwaarde-ontbreekt", flow.element, sentence)
        return
    try:
        compile_expression(text_of(flow.condition))
    except ExpressionError as error:
        yield doc.error(
            "bpmn/voorwaarde",
            flow.element,
            Sentence("De voorwaarde van {wat}: {fout}", wat=said(flow.element), fout=sentence_of(error)),
        )
