"""The positive list applied: every element, its place, its id and its attributes; all else is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.lint.document import Document, Element, at_line, children, is_bpmn, local, said
from engine.lint.vocabulary import (
    ATTRIBUTES,
    DATA,
    DOCUMENTATION,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    OPAQUE,
    PARENTS,
    REFUSED,
    REFUSED_EVENTS,
    SILENT,
    WIJK,
)
from engine.terms import Finding

MAX_FLOW_NODES = 2_000
MAX_ID = 120

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_COVERS = DOCUMENTATION | REFUSED.keys() | REFUSED_EVENTS.keys()
_NAMED = frozenset({"sequenceFlow", "process", "message", "signal", "error", "lane", "participant"}) | FLOW_NODES


def judge_elements(doc: Document) -> Iterator[Finding]:
    """Findings on elements one by one, whatever stands around them."""
    yield from _root(doc)
    yield from _ids(doc)
    for element in doc.elements:
        yield from _kind(doc, element)
        yield from _place(doc, element)
        yield from _attributes(doc, element)
        yield from _foreign(doc, element)
    if len(doc.nodes) > MAX_FLOW_NODES:
        sentence = f"Het bestand heeft {len(doc.nodes)} stappen, meer dan {MAX_FLOW_NODES}; verdeel het."
        yield doc.error("grens/stappen", doc.root, sentence)


def _root(doc: Document) -> Iterator[Finding]:
    if not is_bpmn(doc.root) or local(doc.root) != "definitions":
        sentence = "Het bestand is geen BPMN 2.0; bewaar het diagram als BPMN 2.0-XML."
        yield doc.error("bpmn/geen-bpmn", doc.root, sentence)
        return
    processes = children(doc.root, "process")
    if not any(scope.kind == "process" for scope in doc.scopes.values()):
        yield doc.error("bpmn/geen-proces", doc.root, "Het bestand bevat geen proces; teken er één.")
    drawn = {node.process for node in doc.nodes.values()}
    for process in processes:
        empty = process.get("id") not in drawn
        if empty and (drawn or len(processes) > 1):
            yield doc.info("bpmn/leeg-proces", process, f"{said(process)} is leeg en telt als tekening.")
        elif empty:
            yield doc.error("bpmn/leeg-proces", process, f"{said(process)} heeft geen stappen; teken ze.")
        elif process.get("isExecutable") != "true":
            sentence = f"{said(process)} staat op 'niet uitvoerbaar'; zet 'uitvoerbaar' (isExecutable) aan."
            yield doc.error("bpmn/niet-uitvoerbaar", process, sentence)


def _ids(doc: Document) -> Iterator[Finding]:
    first: dict[str, Element] = {}
    known = set(doc.elements)
    for element in doc.root.iter(etree.Element):
        own = element.get("id")
        if own is None:
            continue
        if own in first:
            sentence = (
                f"De id '{own[:80]}' staat op {at_line(first[own])} en op {at_line(element)}; "
                "geef elk element een eigen id."
            )
            both = element in known and first[own] in known
            yield (doc.error if both else doc.warning)("bpmn/id-dubbel", element, sentence)
            if element not in known:
                continue
        first.setdefault(own, element)
    for element in doc.elements:
        own = element.get("id")
        if own is None:
            if local(element) in _NAMED:
                yield doc.error("bpmn/id-ontbreekt", element, f"{said(element)} heeft geen id; geef het er een.")
        elif not _ID.fullmatch(own) or len(own) > MAX_ID:
            sentence = (
                f"De id '{own[:80]}' is niet bruikbaar; gebruik letters, cijfers, _ - en ., "
                f"te beginnen met een letter of _ en ten hoogste {MAX_ID} tekens."
            )
            yield doc.error("bpmn/id-ongeldig", element, sentence)


def _kind(doc: Document, element: Element) -> Iterator[Finding]:
    kind = local(element)
    owner = _owner(element)
    if kind in REFUSED:
        rule, sentence = REFUSED[kind]
        yield doc.error(rule, owner, f"{_of(element, owner)} {sentence}.")
    elif kind in DOCUMENTATION:
        if kind in DATA:
            sentence = f"{_of(element, owner)} telt als documentatie; het wordt niet uitgevoerd."
            yield doc.info("bpmn/gegevens", element, sentence)
        else:
            sentence = f"{_of(element, owner)} telt als documentatie; het wordt niet gelezen."
            yield doc.info("bpmn/documentatie", element, sentence)
    elif kind == "extension" and element.get("mustUnderstand") == "true":
        sentence = "Het bestand eist een uitbreiding die hier onbekend is; haal mustUnderstand weg."
        yield doc.error("bpmn/uitbreiding", element, sentence)
    elif kind not in SILENT and kind not in FLOW_NODES and kind not in EVENT_DEFINITIONS and not _in_data(element):
        yield doc.error("bpmn/onbekend", element, f"{_of(element, owner)} is onbekend en wordt niet uitgevoerd.")


def _in_data(element: Element) -> bool:
    """What stands inside documentation, or inside what is refused, is judged with it."""
    return local(element) == "dataState" or any(local(ancestor) in _COVERS for ancestor in element.iterancestors())


def _owner(element: Element) -> Element:
    """The nearest element with an id, to which a designer can go."""
    if element.get("id") or element.get("name"):
        return element
    for ancestor in element.iterancestors():
        if ancestor.get("id"):
            return ancestor
    return element


def _of(element: Element, owner: Element) -> str:
    return said(element) if element is owner else f"{said(owner)}: '{local(element)}'"


def _place(doc: Document, element: Element) -> Iterator[Finding]:
    allowed, parent = PARENTS.get(local(element)), element.getparent()
    if allowed is None or parent is None or (is_bpmn(parent) and local(parent) in allowed):
        return
    sentence = f"{said(element)} staat op een plaats waar het niet gelezen wordt ('{local(parent)}'); verplaats het."
    yield doc.error("bpmn/plaats", element, sentence)


def _attributes(doc: Document, element: Element) -> Iterator[Finding]:
    kind = local(element)
    known = ATTRIBUTES.get(kind)
    for key in element.keys():  # noqa: SIM118 - an element is a sequence of its children
        name, value = str(key), element.get(key)
        plain, is_own = name.rpartition("}")[2], not name.startswith("{")
        if is_own and known is not None and name not in known and name not in ("id", "name"):
            sentence = f"{said(element)} heeft een onbekend kenmerk '{name[:80]}'; het wordt niet gelezen."
            yield doc.warning("bpmn/kenmerk", element, sentence)
        elif not is_own and plain in _ASSIGNMENT:
            sentence = f"{said(element)}: '{plain}' wordt niet gelezen; de baan zegt wie het doet."
            yield doc.warning("bpmn/toewijzing", element, sentence)
        elif name in _YES_OR_NO and value not in ("true", "false"):
            sentence = f"{said(element)}: {name} is 'true' of 'false', niet '{(value or '')[:40]}'."
            yield doc.error("bpmn/kenmerk", element, sentence)
        elif name in _CHANGES and value not in _CHANGES[name][0]:
            rule, sentence = _CHANGES[name][1:]
            yield doc.error(rule, element, f"{said(element)} {sentence}.")


def _foreign(doc: Document, element: Element) -> Iterator[Finding]:
    """Elements of other vocabularies belong in extensionElements; elsewhere nobody would read them."""
    if local(element) == "definitions" or local(element) in OPAQUE:
        return
    for child in element:
        if not is_bpmn(child) and not callable(child.tag):
            sentence = f"{said(element)} bevat '{local(child)[:80]}' van buiten BPMN; zet het in extensionElements."
            rule = "wijk/plaats" if child.tag.startswith("{" + WIJK + "}") else "bpmn/onbekend"
            yield doc.error(rule, child, sentence)


_ASSIGNMENT = frozenset({"assignee", "candidateUsers", "candidateGroups"})
_NO = ("false",)
_YES_OR_NO = frozenset({"isExecutable", "isSequential", "cancelActivity"})
# Attributes that change what an element means: the values that are harmless, and what to say of every other.
_CHANGES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "isForCompensation": (_NO, "bpmn/compensatie", "is compensatie; die wordt niet uitgevoerd, teken het herstel"),
    "startQuantity": (("1",), "bpmn/aantal-tokens", "wacht op meer dan één token; gebruik een parallel punt"),
    "completionQuantity": (("1",), "bpmn/aantal-tokens", "geeft meer dan één token; gebruik een parallel punt"),
    "triggeredByEvent": (_NO, "bpmn/gebeurtenisdeelproces", "is een gebeurtenisdeelproces; gebruik randgebeurtenissen"),
    "instantiate": (_NO, "bpmn/instantiate", "begint een zaak; gebruik daarvoor een begin met een bericht"),
    "eventGatewayType": (("Exclusive",), "bpmn/gebeurteniskeuze", "is parallel; dat wordt niet uitgevoerd"),
    "parallelMultiple": (_NO, "bpmn/gebeurtenis-meervoudig", "wacht op meer gebeurtenissen tegelijk; teken ze apart"),
    "isInterrupting": (("true",), "bpmn/begin", "onderbreekt niet; dat kan alleen in een gebeurtenisdeelproces"),
    "behavior": (("All",), "bpmn/meervoud", "geeft een meervoudige taak eigen gedrag (behavior); gebruik 'All'"),
    "oneBehaviorEventRef": ((), "bpmn/meervoud", "geeft een meervoudige taak eigen gedrag; haal dat weg"),
    "noneBehaviorEventRef": ((), "bpmn/meervoud", "geeft een meervoudige taak eigen gedrag; haal dat weg"),
    "operationRef": ((), "bpmn/operatie", "roept een webdienst aan; gebruik wijk:operatie"),
}
