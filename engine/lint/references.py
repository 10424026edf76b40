"""What points at something else: references, flows and their borders, lanes, pools and boundary events."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.document import Document, Element, Flow, at_line, children, local, said, text_of
from engine.lint.vocabulary import ACTIVITIES, DATA
from engine.sentences import Sentence
from engine.terms import Finding

# Attribute -> the kinds of element it may name (empty: any).
_REFERENCES = {
    "messageRef": frozenset({"message"}),
    "signalRef": frozenset({"signal"}),
    "errorRef": frozenset({"error"}),
    "processRef": frozenset({"process"}),
    "attachedToRef": ACTIVITIES,
    "default": frozenset({"sequenceFlow"}),
}
_DRAWN = frozenset({"dataObjectRef", "dataStoreRef", "categoryValueRef", "itemSubjectRef"})


def judge_references(doc: Document) -> Iterator[Finding]:
    """Findings on references that lead nowhere, or to the wrong kind of thing."""
    for element in doc.elements:
        for attribute, kinds in _REFERENCES.items():
            named = element.get(attribute)
            if named is not None:
                yield from _reference(doc, element, attribute, named, kinds)
        for attribute in _DRAWN & set(element.keys()):
            if element.get(attribute) not in doc.ids:
                sentence = Sentence(
                    "{wat} verwijst naar '{id}'; dat is er niet.",
                    wat=said(element),
                    id=(element.get(attribute) or "")[:80],
                )
                yield doc.warning("bpmn/verwijzing", element, sentence)
    yield from _flows(doc)
    yield from _declared_flows(doc)
    yield from _lanes(doc)
    yield from _pools(doc)
    yield from _boundaries(doc)


def _reference(doc: Document, element: Element, attribute: str, named: str, kinds: frozenset[str]) -> Iterator[Finding]:
    target = doc.ids.get(named)
    if target is None:
        shown = named[:80] or Sentence("(leeg)")
        advice = Sentence("kies een bestaande zonder voorvoegsel") if ":" in named else Sentence("kies een bestaande")
        sentence = Sentence(
            "{wat} verwijst met {kenmerk} naar '{id}', dat er niet is; {raad}.",
            wat=said(element),
            kenmerk=attribute,
            id=shown,
            raad=advice,
        )
        yield doc.error("bpmn/verwijzing", element, sentence)
    elif local(target) not in kinds:
        sentence = Sentence(
            "{wat} verwijst met {kenmerk} naar {ander} ({plaats}); dat past niet.",
            wat=said(element),
            kenmerk=attribute,
            ander=said(target),
            plaats=at_line(target),
        )
        yield doc.error("bpmn/verwijzing", element, sentence)


def _flows(doc: Document) -> Iterator[Finding]:
    for flow in doc.flows.values():
        source, target = doc.nodes.get(flow.source), doc.nodes.get(flow.target)
        for end, key, word in ((source, flow.source, Sentence("begint")), (target, flow.target, Sentence("eindigt"))):
            if end is None:
                sentence = Sentence(
                    "{wat} {woord} bij '{naam}', en dat is geen stap; verbind de stroom.",
                    wat=said(flow.element),
                    woord=word,
                    naam=key[:80],
                )
                yield doc.error("bpmn/stroom-los", flow.element, sentence)
        if source is None or target is None:
            continue
        if source.scope != target.scope or source.scope != flow.scope:
            sentence = Sentence(
                "{wat} van {bron} naar {doel} gaat over de rand van een pool of deelproces; verbind "
                "alleen stappen in hetzelfde deel.",
                wat=said(flow.element),
                bron=said(source.element),
                doel=said(target.element),
            )
            yield doc.error("bpmn/stroom-over-grens", flow.element, sentence)
        yield from _ends(doc, flow)


def _ends(doc: Document, flow: Flow) -> Iterator[Finding]:
    source, target = doc.nodes[flow.source], doc.nodes[flow.target]
    if source.kind == "endEvent":
        sentence = Sentence(
            "{wat} heeft een uitgaande stroom; een einde is het einde, haal de stroom weg.", wat=said(source.element)
        )
        yield doc.error("bpmn/einde-uitgang", source.element, sentence)
    if target.kind == "startEvent":
        sentence = Sentence(
            "{wat} heeft een inkomende stroom; laat de lus naar de eerste stap gaan.", wat=said(target.element)
        )
        yield doc.error("bpmn/begin-ingang", target.element, sentence)
    if target.kind == "boundaryEvent":
        sentence = Sentence(
            "{wat} heeft een inkomende stroom; een randgebeurtenis begint zelf.", wat=said(target.element)
        )
        yield doc.error("bpmn/rand-ingang", target.element, sentence)


def _declared_flows(doc: Document) -> Iterator[Finding]:
    """The lists `incoming` and `outgoing` of a node may be absent, but may not contradict the flows themselves."""
    for node in doc.nodes.values():
        for element in children(node.element, "incoming", "outgoing"):
            named = text_of(element)
            flow = doc.flows.get(named)
            end = None if flow is None else (flow.target if local(element) == "incoming" else flow.source)
            if end != node.key:
                word = Sentence("inkomende") if local(element) == "incoming" else Sentence("uitgaande")
                sentence = Sentence(
                    "{wat} noemt '{naam}' als {soort} stroom, maar zo loopt die niet.",
                    wat=said(node.element),
                    naam=named[:80],
                    soort=word,
                )
                yield doc.error("bpmn/stroom-los", element, sentence)


def _lanes(doc: Document) -> Iterator[Finding]:
    placed: dict[str, Element] = {}
    for lane in (element for element in doc.elements if local(element) == "lane"):
        if not (lane.get("name") or "").strip():
            sentence = Sentence(
                "{wat} heeft geen naam; de naam van een baan is de rol die het werk doet.", wat=said(lane)
            )
            yield doc.error("bpmn/baan-naam", lane, sentence)
        for reference in children(lane, "flowNodeRef"):
            named = text_of(reference)
            if named not in doc.nodes and not _is_data(doc, named):
                sentence = Sentence(
                    "{wat} noemt '{naam}', en dat is geen stap; haal het weg.", wat=said(lane), naam=named[:80]
                )
                yield doc.error("bpmn/verwijzing", reference, sentence)
                continue
            other = placed.get(named)
            if other is not None and other is not lane and other not in set(lane.iterancestors()):
                sentence = Sentence(
                    "'{naam}' ligt in {wat} ({plaats}) en in {ander}; kies er één.",
                    naam=named[:80],
                    wat=said(other),
                    plaats=at_line(other),
                    ander=said(lane),
                )
                yield doc.error("bpmn/baan-dubbel", reference, sentence)
            placed[named] = lane


def _is_data(doc: Document, named: str) -> bool:
    return named in doc.ids and local(doc.ids[named]) in DATA


def _pools(doc: Document) -> Iterator[Finding]:
    drawn = {node.process for node in doc.nodes.values()}
    pools: dict[str, str] = {}
    for pool in (element for element in doc.elements if local(element) == "participant"):
        process = pool.get("processRef") or ""
        if process in pools:
            sentence = Sentence(
                "{wat} toont hetzelfde proces als een andere pool; geef elke pool een eigen proces.", wat=said(pool)
            )
            yield doc.error("bpmn/pool-dubbel", pool, sentence)
        if process:
            pools[process] = pool.get("id") or ""
    of_pool = {pool: process for process, pool in pools.items() if process in drawn}
    for flow in (element for element in doc.elements if local(element) == "messageFlow"):
        ends = [flow.get("sourceRef") or "", flow.get("targetRef") or ""]
        missing = [end for end in ends if end not in doc.ids]
        for end in missing:
            sentence = Sentence(
                "{wat} noemt '{id}', dat er niet is; verbind de berichtstroom.", wat=said(flow), id=end[:80]
            )
            yield doc.error("bpmn/stroom-los", flow, sentence)
        processes = [doc.nodes[end].process if end in doc.nodes else of_pool.get(end) for end in ends]
        if missing or None in processes:
            continue
        if processes[0] == processes[1]:
            sentence = Sentence("{wat} blijft binnen één pool; teken daar een gewone stroom.", wat=said(flow))
            yield doc.error("bpmn/berichtstroom", flow, sentence)
        else:
            sentence = Sentence(
                "{wat} verbindt twee pools die allebei worden uitgevoerd; haal de lijn weg en stuur een "
                "bericht met een sleutel (wijk:bericht).",
                wat=said(flow),
            )
            yield doc.error("bpmn/berichtstroom", flow, sentence)


def _boundaries(doc: Document) -> Iterator[Finding]:
    for node in doc.nodes_of("boundaryEvent"):
        host = doc.nodes.get(node.element.get("attachedToRef") or "")
        if node.element.get("attachedToRef") is None:
            sentence = Sentence(
                "{wat} zit aan geen taak vast; zet hem op de rand van een taak of deelproces.", wat=said(node.element)
            )
            yield doc.error("bpmn/rand-los", node.element, sentence)
        elif host is not None and host.scope != node.scope:
            sentence = Sentence(
                "{wat} zit vast aan {ander} in een ander deelproces; verplaats hem.",
                wat=said(node.element),
                ander=said(host.element),
            )
            yield doc.error("bpmn/stroom-over-grens", node.element, sentence)
        if not doc.outgoing[node.key]:
            sentence = Sentence("{wat} heeft geen uitgaande stroom; teken wat er dan gebeurt.", wat=said(node.element))
            yield doc.error("bpmn/rand-uitgang", node.element, sentence)
