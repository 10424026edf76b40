"""Paths through a process: every step can be reached, every path can end, every loop waits, every join can fire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.errors import ExpressionError
from engine.expressions import compile_timer
from engine.lint.document import Document, Node, Scope, children, said, text_of
from engine.lint.events import definition_of, interrupts, kind_of
from engine.lint.graph import backwards, cycles, reach, successors
from engine.lint.vocabulary import ACTIVITIES, HUMAN_TASKS
from engine.sentences import Sentence
from engine.terms import Finding

_WAITING = HUMAN_TASKS | {"receiveTask", "intermediateCatchEvent", "boundaryEvent", "eventBasedGateway"}
_ENDING = frozenset({"terminateEventDefinition", "errorEventDefinition"})


def judge_paths(doc: Document) -> Iterator[Finding]:
    """Findings on the graph of each scope; for n steps and j parallel joins the cost is O(n * j)."""
    passing = passing_scopes(doc, frozenset())
    for scope in doc.scopes.values():
        graph = successors(doc, scope.key)
        if graph:
            yield from _reach(doc, scope, graph)
            yield from _loops(doc, graph, passing)


def starts_of(doc: Document, graph: Mapping[str, object]) -> list[str]:
    """Where tokens begin: the start events, or without any the steps that nothing leads to (implicit start)."""
    given = [key for key in graph if doc.nodes[key].kind == "startEvent"]
    return given or [key for key in graph if not doc.incoming[key] and doc.nodes[key].kind != "boundaryEvent"]


def _reach(doc: Document, scope: Scope, graph: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    starts = starts_of(doc, graph)
    if not starts:
        yield doc.error(
            "bpmn/begin", scope.element, Sentence("{wat} heeft geen begin; teken een begin.", wat=said(scope.element))
        )
        return
    if not any(doc.nodes[key].kind == "startEvent" for key in graph):
        sentence = Sentence("{wat} heeft geen begin; het begint bij elke stap zonder ingang.", wat=said(scope.element))
        yield doc.info("bpmn/begin-impliciet", scope.element, sentence)
    if scope.kind != "process" and sum(doc.nodes[key].kind == "startEvent" for key in graph) > 1:
        sentence = Sentence("{wat} heeft meer dan één begin; laat er één staan.", wat=said(scope.element))
        yield doc.error("bpmn/begin", scope.element, sentence)
    reached = reach(graph, starts)
    for key in graph.keys() - reached:
        node = doc.nodes[key]
        if not (node.kind == "boundaryEvent" and node.element.get("attachedToRef") not in graph):
            sentence = Sentence("{wat} is niet te bereiken; verbind of verwijder deze stap.", wat=said(node.element))
            yield doc.error("WL16", node.element, sentence)
    yield from _ends(doc, scope, graph, reached)


def _ends(doc: Document, scope: Scope, graph: Mapping[str, tuple[str, ...]], reached: set[str]) -> Iterator[Finding]:
    last = [key for key in graph if not doc.outgoing[key]]
    open_ended = [key for key in last if doc.nodes[key].kind in ACTIVITIES]
    if open_ended:
        last_said = said(doc.nodes[open_ended[0]].element)
        sentence = Sentence(
            "{wat} eindigt ook bij een stap zonder uitgang, zoals {einde}.", wat=said(scope.element), einde=last_said
        )
        yield doc.info("bpmn/einde-impliciet", scope.element, sentence)
    if _is_cut_off(doc, scope):
        return
    leaving = {
        key: [
            target for target in targets if doc.nodes[target].kind != "boundaryEvent" or interrupts(doc.nodes[target])
        ]
        for key, targets in graph.items()
    }
    may_end = reach(backwards(leaving), last)
    stuck = [key for key in graph if key in reached and key not in may_end]
    if stuck:
        node = doc.nodes[stuck[0]]
        sentence = Sentence("Vanaf {wat} is geen einde te bereiken; geef de lus een uitgang.", wat=said(node.element))
        yield doc.error("WL16", node.element, sentence)


def _is_cut_off(doc: Document, scope: Scope) -> bool:
    """Something else ends this scope: a terminate or error end in it or around it, or a boundary that interrupts it."""
    here: Scope | None = scope
    while here is not None:
        if any(interrupts(edge) for edge in doc.boundaries.get(here.key, ())):
            return True
        if any(node.kind == "endEvent" and kind_of(node) in _ENDING for node in doc.inside[here.key]):
            return True
        here = doc.scopes.get(here.parent or "")
    return False


def _loops(doc: Document, graph: Mapping[str, tuple[str, ...]], passing: frozenset[str]) -> Iterator[Finding]:
    for keys in cycles(graph):
        for key in keys:
            node = doc.nodes[key]
            if node.kind == "inclusiveGateway" and len(doc.incoming[key]) > 1:
                sentence = Sentence(
                    "{wat} komt samen in een lus; of er nog iets onderweg is, is dan niet te zeggen. "
                    "Gebruik een parallel punt, of houd hem buiten de lus.",
                    wat=said(node.element),
                )
                yield doc.error("bpmn/samenkomst-in-lus", node.element, sentence)
    starts = starts_of(doc, graph)
    for key in graph:
        node = doc.nodes[key]
        if node.kind == "parallelGateway" and len(doc.incoming[key]) > 1:
            before = reach(graph, starts, without=key)
            if any(flow.source not in before for flow in doc.incoming[key]):
                sentence = Sentence(
                    "{wat} wacht op een stroom die pas na hemzelf komt en gaat dus nooit open; laat de "
                    "lus bij een keuzepunt beginnen.",
                    wat=said(node.element),
                )
                yield doc.error("bpmn/parallel-lus", node.element, sentence)
    for keys in endless(doc, graph, passing):
        node = doc.nodes[keys[0]]
        sentence = Sentence(
            "De lus bij {wat} wacht nergens en kan eindeloos doorlopen; zet er een taak of timer in.",
            wat=said(node.element),
        )
        yield doc.error("bpmn/lus-zonder-wachten", node.element, sentence)


def endless(doc: Document, graph: Mapping[str, tuple[str, ...]], passing: frozenset[str]) -> list[list[str]]:
    """The cycles in this scope round which a token can go without waiting for anybody."""
    quick = {key for key in graph if _passes(doc.nodes[key], passing)}
    at_once = {
        key: [target for target in targets if key in quick or _is_past(doc.nodes[target])]
        for key, targets in graph.items()
    }
    return [keys for keys in cycles(at_once) if any(_comes_back(doc, at_once, key) for key in keys)]


def _comes_back(doc: Document, at_once: Mapping[str, list[str]], start: str) -> bool:
    """A token at `start` can be there again at once; a parallel join lets through only when all its sources did."""
    arrived: set[str] = set()
    stack = [start]
    while stack:
        for target in at_once[stack.pop()]:
            is_join = doc.nodes[target].kind == "parallelGateway"
            sources = [flow.source for flow in doc.incoming[target]] if is_join else []
            if target not in arrived and all(
                (source in arrived or source == start) and target in at_once[source] for source in sources
            ):
                arrived.add(target)
                stack.append(target)
    return start in arrived


def passing_scopes(doc: Document, called: frozenset[str]) -> frozenset[str]:
    """The scopes, by key, and the call activities that a token can pass through without waiting for anybody.

    `called` are the ids of processes, of other files too, of which that is known already.
    """
    found = {node.key for node in doc.nodes_of("callActivity") if (node.element.get("calledElement") or "") in called}
    for scope in reversed(list(doc.scopes.values())):  # inner scopes stand after the scope around them
        graph = successors(doc, scope.key)
        starts = starts_of(doc, graph)
        if not graph or (starts and set(starts) <= _finishing(doc, graph, frozenset(found))):
            found.add(scope.key)
    return frozenset(found)


def _finishing(doc: Document, graph: Mapping[str, tuple[str, ...]], passing: frozenset[str]) -> set[str]:
    """The nodes from which all tokens can reach an end at once: every way out of a fork, one way out of a choice."""
    quick = {key for key in graph if _passes(doc.nodes[key], passing)}
    turned = backwards(graph)
    done: set[str] = set()
    pending = [key for key in quick if not doc.outgoing[key]]
    while pending:
        key = pending.pop()
        ways = [flow.target in done for flow in doc.outgoing[key]]
        chooses = doc.nodes[key].kind in ("exclusiveGateway", "inclusiveGateway")
        escapes = any(edge.key in done for edge in doc.boundaries[key])
        if key in quick and key not in done and (escapes or (any(ways) if chooses and ways else all(ways))):
            done.add(key)
            pending.extend(turned[key])
    return done


def _passes(node: Node, passing: frozenset[str]) -> bool:
    """A token can go through this node at once; a caught error does not wait, nor does a date in its second round."""
    if node.kind in ("subProcess", "callActivity", "transaction", "adHocSubProcess"):
        return node.key in passing
    is_caught = node.kind == "boundaryEvent" and kind_of(node) == "errorEventDefinition"
    return node.kind not in _WAITING or is_caught or _is_past(node)


def _is_past(node: Node) -> bool:
    """This event waits for one fixed date, which is past when the loop comes round again."""
    definition = definition_of(node)
    dates = [] if definition is None else children(definition, "timeDate")
    try:
        return any(isinstance(compile_timer(text_of(date), "date").fixed, datetime) for date in dates)
    except ExpressionError:
        return False  # reported where it stands
