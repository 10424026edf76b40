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
from engine.sentences import Sentence
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
        sentence = Sentence(
            "Het bestand heeft {aantal} stappen, meer dan {meeste}; verdeel het.",
            aantal=len(doc.nodes),
            meeste=MAX_FLOW_NODES,
        )
        yield doc.error("grens/stappen", doc.root, sentence)


def _root(doc: Document) -> Iterator[Finding]:
    if not is_bpmn(doc.root) or local(doc.root) != "definitions":
        sentence = Sentence("Het bestand is geen BPMN 2.0; bewaar het diagram als BPMN 2.0-XML.")
        yield doc.error("bpmn/geen-bpmn", doc.root, sentence)
        return
    processes = children(doc.root, "process")
    if not any(scope.kind == "process" for scope in doc.scopes.values()):
        yield doc.error("bpmn/geen-proces", doc.root, Sentence("Het bestand bevat geen proces; teken er één."))
    drawn = {node.process for node in doc.nodes.values()}
    for process in processes:
        empty = process.get("id") not in drawn
        if empty and (drawn or len(processes) > 1):
            yield doc.info(
                "bpmn/leeg-proces", process, Sentence("{wat} is leeg en telt als tekening.", wat=said(process))
            )
        elif empty:
            yield doc.error(
                "bpmn/leeg-proces", process, Sentence("{wat} heeft geen stappen; teken ze.", wat=said(process))
            )
        elif process.get("isExecutable") != "true":
            sentence = Sentence(
                "{wat} staat op 'niet uitvoerbaar'; zet 'uitvoerbaar' (isExecutable) aan.", wat=said(process)
            )
            yield doc.error("bpmn/niet-uitvoerbaar", process, sentence)


def _ids(doc: Document) -> Iterator[Finding]:
    first: dict[str, Element] = {}
    known = set(doc.elements)
    for element in doc.root.iter(etree.Element):
        own = element.get("id")
        if own is None:
            continue
        if own in first:
            sentence = Sentence(
                "De id '{id}' staat op {plaats} en op {andere_plaats}; geef elk element een eigen id.",
                id=own[:80],
                plaats=at_line(first[own]),
                andere_plaats=at_line(element),
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
                yield doc.error(
                    "bpmn/id-ontbreekt", element, Sentence("{wat} heeft geen id; geef het er een.", wat=said(element))
                )
        elif not _ID.fullmatch(own) or len(own) > MAX_ID:
            sentence = Sentence(
                "De id '{id}' is niet bruikbaar; gebruik letters, cijfers, _ - en ., te beginnen met een "
                "letter of _ en ten hoogste {meeste} tekens.",
                id=own[:80],
                meeste=MAX_ID,
            )
            yield doc.error("bpmn/id-ongeldig", element, sentence)


def _kind(doc: Document, element: Element) -> Iterator[Finding]:
    kind = local(element)
    owner = _owner(element)
    if kind in REFUSED:
        rule, verdict = REFUSED[kind]
        yield doc.error(rule, owner, Sentence("{wat} {oordeel}.", wat=_of(element, owner), oordeel=verdict))
    elif kind in DOCUMENTATION:
        if kind in DATA:
            sentence = Sentence("{wat} telt als documentatie; het wordt niet uitgevoerd.", wat=_of(element, owner))
            yield doc.info("bpmn/gegevens", element, sentence)
        else:
            sentence = Sentence("{wat} telt als documentatie; het wordt niet gelezen.", wat=_of(element, owner))
            yield doc.info("bpmn/documentatie", element, sentence)
    elif kind == "extension" and element.get("mustUnderstand") == "true":
        sentence = Sentence("Het bestand eist een uitbreiding die hier onbekend is; haal mustUnderstand weg.")
        yield doc.error("bpmn/uitbreiding", element, sentence)
    elif kind not in SILENT and kind not in FLOW_NODES and kind not in EVENT_DEFINITIONS and not _in_data(element):
        yield doc.error(
            "bpmn/onbekend", element, Sentence("{wat} is onbekend en wordt niet uitgevoerd.", wat=_of(element, owner))
        )


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


def _of(element: Element, owner: Element) -> Sentence:
    if element is owner:
        return said(element)
    return Sentence("{wat}: '{element}'", wat=said(owner), element=local(element))


def _place(doc: Document, element: Element) -> Iterator[Finding]:
    allowed, parent = PARENTS.get(local(element)), element.getparent()
    if allowed is None or parent is None or (is_bpmn(parent) and local(parent) in allowed):
        return
    sentence = Sentence(
        "{wat} staat op een plaats waar het niet gelezen wordt ('{plaats}'); verplaats het.",
        wat=said(element),
        plaats=local(parent),
    )
    yield doc.error("bpmn/plaats", element, sentence)


def _attributes(doc: Document, element: Element) -> Iterator[Finding]:
    kind = local(element)
    known = ATTRIBUTES.get(kind)
    for key in element.keys():  # noqa: SIM118 - an element is a sequence of its children
        name, value = str(key), element.get(key)
        plain, is_own = name.rpartition("}")[2], not name.startswith("{")
        if is_own and known is not None and name not in known and name not in ("id", "name"):
            sentence = Sentence(
                "{wat} heeft een onbekend kenmerk '{naam}'; het wordt niet gelezen.", wat=said(element), naam=name[:80]
            )
            yield doc.warning("bpmn/kenmerk", element, sentence)
        elif not is_own and plain in _ASSIGNMENT:
            sentence = Sentence(
                "{wat}: '{kenmerk}' wordt niet gelezen; de baan zegt wie het doet.", wat=said(element), kenmerk=plain
            )
            yield doc.warning("bpmn/toewijzing", element, sentence)
        elif name in _YES_OR_NO and value not in ("true", "false"):
            sentence = Sentence(
                "{wat}: {naam} is 'true' of 'false', niet '{waarde}'.",
                wat=said(element),
                naam=name,
                waarde=(value or "")[:40],
            )
            yield doc.error("bpmn/kenmerk", element, sentence)
        elif name in _CHANGES and value not in _CHANGES[name][0]:
            rule, verdict = _CHANGES[name][1:]
            yield doc.error(rule, element, Sentence("{wat} {oordeel}.", wat=said(element), oordeel=verdict))


def _foreign(doc: Document, element: Element) -> Iterator[Finding]:
    """Elements of other vocabularies belong in extensionElements; elsewhere nobody would read them."""
    if local(element) == "definitions" or local(element) in OPAQUE:
        return
    for child in element:
        if not is_bpmn(child) and not callable(child.tag):
            sentence = Sentence(
                "{wat} bevat '{element}' van buiten BPMN; zet het in extensionElements.",
                wat=said(element),
                element=local(child)[:80],
            )
            rule = "wijk/plaats" if child.tag.startswith("{" + WIJK + "}") else "bpmn/onbekend"
            yield doc.error(rule, child, sentence)


_ASSIGNMENT = frozenset({"assignee", "candidateUsers", "candidateGroups"})
_NO = ("false",)
_YES_OR_NO = frozenset({"isExecutable", "isSequential", "cancelActivity"})
# Attributes that change what an element means: the values that are harmless, and what to say of every other.
_CHANGES: dict[str, tuple[tuple[str, ...], str, Sentence]] = {
    "isForCompensation": (
        _NO,
        "bpmn/compensatie",
        Sentence("is compensatie; die wordt niet uitgevoerd, teken het herstel"),
    ),
    "startQuantity": (("1",), "bpmn/aantal-tokens", Sentence("wacht op meer dan één token; gebruik een parallel punt")),
    "completionQuantity": (
        ("1",),
        "bpmn/aantal-tokens",
        Sentence("geeft meer dan één token; gebruik een parallel punt"),
    ),
    "triggeredByEvent": (
        _NO,
        "bpmn/gebeurtenisdeelproces",
        Sentence("is een gebeurtenisdeelproces; gebruik randgebeurtenissen"),
    ),
    "instantiate": (_NO, "bpmn/instantiate", Sentence("begint een zaak; gebruik daarvoor een begin met een bericht")),
    "eventGatewayType": (("Exclusive",), "bpmn/gebeurteniskeuze", Sentence("is parallel; dat wordt niet uitgevoerd")),
    "parallelMultiple": (
        _NO,
        "bpmn/gebeurtenis-meervoudig",
        Sentence("wacht op meer gebeurtenissen tegelijk; teken ze apart"),
    ),
    "isInterrupting": (
        ("true",),
        "bpmn/begin",
        Sentence("onderbreekt niet; dat kan alleen in een gebeurtenisdeelproces"),
    ),
    "behavior": (
        ("All",),
        "bpmn/meervoud",
        Sentence("geeft een meervoudige taak eigen gedrag (behavior); gebruik 'All'"),
    ),
    "oneBehaviorEventRef": ((), "bpmn/meervoud", Sentence("geeft een meervoudige taak eigen gedrag; haal dat weg")),
    "noneBehaviorEventRef": ((), "bpmn/meervoud", Sentence("geeft een meervoudige taak eigen gedrag; haal dat weg")),
    "operationRef": ((), "bpmn/operatie", Sentence("roept een webdienst aan; gebruik wijk:operatie")),
}
