"""Events: which kinds run where, and that each says what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from engine.errors import ExpressionError
from engine.expressions import compile_timer
from engine.expressions.timers import Interval, Kind
from engine.lint.document import Document, Element, Node, children, local, said, sentence_of, text_of
from engine.lint.vocabulary import EVENT_DEFINITIONS, EVENTS, REFUSED_EVENTS, RUNNING_EVENTS
from engine.sentences import Sentence
from engine.terms import Finding

_TIMERS: Mapping[str, Kind] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_NOUN = {
    "messageEventDefinition": ("messageRef", Sentence("bericht")),
    "signalEventDefinition": ("signalRef", Sentence("signaal")),
    "errorEventDefinition": ("errorRef", Sentence("fout")),
}
_WORD = {
    "messageEventDefinition": Sentence("een bericht"),
    "timerEventDefinition": Sentence("een timer"),
    "signalEventDefinition": Sentence("een signaal"),
    "errorEventDefinition": Sentence("een fout"),
    "terminateEventDefinition": Sentence("beëindigen"),
    "": Sentence("niets"),
}


def judge_events(doc: Document) -> Iterator[Finding]:
    """Findings on events, and on the messages, signals and errors that they name."""
    for node in doc.nodes_of(*EVENTS):
        yield from _event(doc, node)
    for element in doc.elements:
        if local(element) in ("message", "signal") and not (element.get("name") or "").strip():
            sentence = Sentence("{wat} heeft geen naam; op de naam wordt gewacht, vul hem in.", wat=said(element))
            yield doc.error("bpmn/naam-ontbreekt", element, sentence)
        if local(element) == "error" and not (element.get("errorCode") or element.get("name") or "").strip():
            sentence = Sentence(
                "{wat} heeft geen code; op de code wordt gevangen, vul errorCode in.", wat=said(element)
            )
            yield doc.error("bpmn/naam-ontbreekt", element, sentence)


def definition_of(node: Node) -> Element | None:
    """The first event definition in this event, None for an event without one."""
    found = children(node.element, *EVENT_DEFINITIONS)
    return found[0] if found else None


def kind_of(node: Node) -> str:
    """The kind of this event's definition, empty for an event without one."""
    definition = definition_of(node)
    return "" if definition is None else local(definition)


def _event(doc: Document, node: Node) -> Iterator[Finding]:
    definitions = children(node.element, *EVENT_DEFINITIONS)
    if len(definitions) > 1:
        sentence = Sentence(
            "{wat} heeft {aantal} gebeurtenissen; teken ze apart.", wat=said(node.element), aantal=len(definitions)
        )
        yield doc.error("bpmn/gebeurtenis-meervoudig", node.element, sentence)
    for refused in definitions:
        if local(refused) in REFUSED_EVENTS:
            rule, verdict = REFUSED_EVENTS[local(refused)]
            yield doc.error(rule, node.element, Sentence("{wat} {oordeel}.", wat=said(node.element), oordeel=verdict))
    kind = kind_of(node)
    if kind in REFUSED_EVENTS:
        return
    yield from _fits(doc, node, kind)
    definition = definition_of(node)
    if kind in _NOUN and definition is not None:
        attribute, noun = _NOUN[kind]
        if not definition.get(attribute):
            sentence = Sentence(
                "{wat} heeft geen {soort}; kies er een ({kenmerk}).",
                wat=said(node.element),
                soort=noun,
                kenmerk=attribute,
            )
            yield doc.error("bpmn/gebeurtenis-leeg", node.element, sentence)
    if kind == "timerEventDefinition" and definition is not None:
        yield from _timer(doc, node, definition)


def _fits(doc: Document, node: Node, kind: str) -> Iterator[Finding]:
    inside = doc.scopes[node.scope].kind != "process"
    if node.kind == "startEvent" and inside and kind:
        sentence = Sentence(
            "{wat} van een deelproces wacht op {soort}; begin een deelproces gewoon.",
            wat=said(node.element),
            soort=_WORD[kind],
        )
        yield doc.error("bpmn/begin", node.element, sentence)
    elif kind not in RUNNING_EVENTS[node.kind]:
        runs = sorted(_WORD[kind] for kind in RUNNING_EVENTS[node.kind] if kind)
        sentence = (
            Sentence(
                "{wat} met {soort} wordt niet uitgevoerd; hier kan: {soorten}.",
                wat=said(node.element),
                soort=_WORD[kind],
                soorten=runs,
            )
            if kind
            else Sentence(
                "{wat} zegt niet waarop gewacht wordt; kies: {soorten}.", wat=said(node.element), soorten=runs
            )
        )
        yield doc.error("bpmn/gebeurtenis", node.element, sentence)
    if node.kind == "boundaryEvent" and kind == "errorEventDefinition" and not interrupts(node):
        sentence = Sentence(
            "{wat} vangt een fout en onderbreekt dus altijd; zet cancelActivity op true.", wat=said(node.element)
        )
        yield doc.error("bpmn/rand-onderbreekt", node.element, sentence)


def interrupts(node: Node) -> bool:
    """A boundary event ends what it sits on, unless cancelActivity says otherwise."""
    return node.element.get("cancelActivity", "true") != "false"


def _timer(doc: Document, node: Node, definition: Element) -> Iterator[Finding]:
    given = [part for part in children(definition, *_TIMERS) if text_of(part)]
    if not given:
        sentence = Sentence("{wat} heeft geen tijd; vul een datum, duur of herhaling in.", wat=said(node.element))
        yield doc.error("bpmn/timer-leeg", node.element, sentence)
        return
    if len(given) > 1:
        sentence = Sentence("{wat} heeft meer dan één tijd; laat er één staan.", wat=said(node.element))
        yield doc.error("bpmn/timer", node.element, sentence)
    for part in given:
        try:
            fixed = compile_timer(text_of(part), _TIMERS[local(part)]).fixed
            if isinstance(fixed, Interval) and fixed.shortest < timedelta(seconds=1):
                sentence = Sentence(
                    "{wat} wacht niet; geef een duur van ten minste een seconde.", wat=said(node.element)
                )
                yield doc.error("bpmn/timer", node.element, sentence)
        except ExpressionError as error:
            yield doc.error(
                "bpmn/timer", node.element, Sentence("{wat}: {fout}", wat=said(node.element), fout=sentence_of(error))
            )
        if local(part) == "timeCycle" and not _may_repeat(node):
            sentence = Sentence(
                "{wat} herhaalt zich; dat kan alleen bij een begin of een randgebeurtenis die niet "
                "onderbreekt. Geef de {soort} een datum of een duur.",
                wat=said(node.element),
                soort=Sentence("randgebeurtenis") if node.kind == "boundaryEvent" else Sentence("gebeurtenis"),
            )
            yield doc.error("bpmn/timer", node.element, sentence)


def _may_repeat(node: Node) -> bool:
    return node.kind == "startEvent" or (node.kind == "boundaryEvent" and not interrupts(node))
