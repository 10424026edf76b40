"""One BPMN document laid out for judging: its nodes, flows and scopes by key, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from lxml import etree

from engine.errors import ExpressionError
from engine.lint.vocabulary import DUTCH, FLOW_NODES, MODEL, OPAQUE, SCOPES
from engine.sentences import Name, Sentence
from engine.terms import Finding, Severity

Element = etree._Element

_NAMELESS = Sentence("zonder naam")
_KNOWN_BY_NAME = frozenset({"lane", "message", "signal", "error"})  # their name is the id of a role, or a key


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A flow node; `key` is its id, or a made-up one where that is missing or taken; `scope` is its container's key."""

    key: str
    kind: str
    element: Element
    scope: str
    process: str


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A sequence flow with the keys it names as source and target, whether or not these exist."""

    key: str
    source: str
    target: str
    element: Element
    scope: str
    condition: Element | None


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A process or subprocess: a container in which tokens move; `parent` is the key of the scope around it."""

    key: str
    kind: str
    element: Element
    parent: str | None
    process: str


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A BPMN document; `elements` are all BPMN elements outside extensions, `ids` the first element of each id."""

    file: str
    root: Element
    elements: tuple[Element, ...]
    ids: Mapping[str, Element]
    scopes: Mapping[str, Scope]
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    incoming: Mapping[str, tuple[Flow, ...]]
    outgoing: Mapping[str, tuple[Flow, ...]]
    boundaries: Mapping[str, tuple[Node, ...]]
    inside: Mapping[str, tuple[Node, ...]]

    def error(self, rule: str, element: Element, sentence: Sentence) -> Finding:
        """An error at this element."""
        return self._finding(Severity.ERROR, rule, element, sentence)

    def warning(self, rule: str, element: Element, sentence: Sentence) -> Finding:
        """A warning at this element."""
        return self._finding(Severity.WARNING, rule, element, sentence)

    def info(self, rule: str, element: Element, sentence: Sentence) -> Finding:
        """An explanation at this element of what was done with it."""
        return self._finding(Severity.INFO, rule, element, sentence)

    def nodes_of(self, *kinds: str) -> Iterator[Node]:
        """The nodes of these kinds, in the order of the file."""
        return (node for node in self.nodes.values() if node.kind in kinds)

    def _finding(self, severity: Severity, rule: str, element: Element, sentence: Sentence) -> Finding:
        return Finding(
            file=self.file,
            rule=rule,
            severity=severity,
            sentence=sentence,
            element=element.get("id"),
            name=element.get("name"),
            line=line_of(element),
        )


def local(element: Element) -> str:
    """The name of a tag without its namespace."""
    return element.tag.rpartition("}")[2]


def is_bpmn(element: Element) -> bool:
    """This element is in the namespace of the BPMN 2.0 model."""
    return str(element.tag).startswith("{" + MODEL + "}")


def line_of(element: Element) -> int | None:
    """The line in the file on which the element starts."""
    return cast("int | None", element.sourceline)


def children(element: Element, *kinds: str) -> list[Element]:
    """The BPMN children of these kinds (all BPMN children when none is named)."""
    return [child for child in element if is_bpmn(child) and (not kinds or local(child) in kinds)]


def text_of(element: Element) -> str:
    """The text of an element and of what is in it, without blanks around it."""
    return "".join(str(part) for part in element.itertext()).strip()


def said(element: Element) -> Sentence:
    """How a sentence names this element: its kind in Dutch and its name, else its id: `Taak 'Advies geven'`."""
    name = " ".join((element.get("name") or "").split())[:80]
    shown = (name if local(element) in _KNOWN_BY_NAME else Name(name)) or (element.get("id") or "")[:80] or _NAMELESS
    return Sentence("{soort} '{naam}'", soort=_kind_of(element), naam=shown)


def _kind_of(element: Element) -> str:
    kind = local(element)
    return Name(DUTCH[kind]) if kind in DUTCH else kind


def at_line(element: Element) -> Sentence:
    """`regel 12`, for a sentence that names a second place."""
    return Sentence("regel {nummer}", nummer=str(line_of(element)))


def sentence_of(error: ExpressionError) -> Sentence:
    """What an expression's error says, as the end of a sentence."""
    return error.told if error.told.endswith(".") else Sentence("{zin}.", zin=error.told)


def layout(root: Element, file: str) -> Document:
    """The document as nodes, flows and scopes; total: what is missing or double gets a key of its own."""
    elements = tuple(_walk(root))
    ids: dict[str, Element] = {}
    keys: dict[Element, str] = {}
    for number, element in enumerate(elements):
        own = element.get("id")
        if own and own not in ids:
            ids[own] = element
            keys[element] = own
        else:
            keys[element] = f"#{number}"
    scopes: dict[str, Scope] = {}
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for element in elements:
        kind, parent = local(element), element.getparent()
        inside = scopes.get(keys.get(parent, "")) if parent is not None else None
        if kind in FLOW_NODES and inside is not None:
            nodes[keys[element]] = Node(keys[element], kind, element, inside.key, inside.process)
        if kind == "process" or (kind in SCOPES and inside is not None):
            process = inside.process if inside is not None else keys[element]
            around = inside.key if inside is not None else None
            scopes[keys[element]] = Scope(keys[element], kind, element, around, process)
        if kind == "sequenceFlow" and inside is not None:
            flows[keys[element]] = _flow(keys[element], element, inside.key)
    return Document(
        file=file,
        root=root,
        elements=elements,
        ids=ids,
        scopes=scopes,
        nodes=nodes,
        flows=flows,
        incoming=_by_end(nodes, flows.values(), incoming=True),
        outgoing=_by_end(nodes, flows.values(), incoming=False),
        boundaries=_boundaries(nodes),
        inside=_inside(scopes, nodes),
    )


def _walk(root: Element) -> Iterator[Element]:
    """All BPMN elements in the order of the file, without what stands in an extension or in another namespace."""
    stack = [root] if is_bpmn(root) else []
    while stack:
        element = stack.pop()
        yield element
        if local(element) not in OPAQUE:
            stack.extend(child for child in reversed(element) if is_bpmn(child))


def _flow(key: str, element: Element, scope: str) -> Flow:
    conditions = children(element, "conditionExpression")
    return Flow(
        key=key,
        source=element.get("sourceRef") or "",
        target=element.get("targetRef") or "",
        element=element,
        scope=scope,
        condition=conditions[0] if conditions else None,
    )


def _by_end(nodes: Mapping[str, Node], flows: Iterable[Flow], *, incoming: bool) -> dict[str, tuple[Flow, ...]]:
    found: dict[str, list[Flow]] = {key: [] for key in nodes}
    for flow in flows:
        end = flow.target if incoming else flow.source
        if end in found and flow.source in nodes and flow.target in nodes:
            found[end].append(flow)
    return {key: tuple(value) for key, value in found.items()}


def _boundaries(nodes: Mapping[str, Node]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, list[Node]] = {key: [] for key in nodes}
    for node in nodes.values():
        if node.kind == "boundaryEvent":
            found.get(node.element.get("attachedToRef") or "", []).append(node)
    return {key: tuple(value) for key, value in found.items()}


def _inside(scopes: Mapping[str, Scope], nodes: Mapping[str, Node]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, list[Node]] = {key: [] for key in scopes}
    for node in nodes.values():
        found[node.scope].append(node)
    return {key: tuple(value) for key, value in found.items()}
