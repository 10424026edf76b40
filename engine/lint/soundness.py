"""Deadlocks: a parallel join that may wait for ever, found by playing tokens through each scope (rule WL16).

A marking is the sorted tuple of the flows that hold a token. A flow has one target, so steps never take each other's
tokens: firing any one enabled step, and branching only over its own choices, reaches every deadlock there is. What is
not explored (too many markings, too many tokens on a flow) is not judged, so a finding is always a way that exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.lint.document import Document, Flow, Node, Scope, said
from engine.lint.events import interrupts, kind_of
from engine.lint.graph import backwards, reach, successors
from engine.lint.paths import starts_of
from engine.sentences import Sentence
from engine.terms import Finding

MAX_WORK = 200_000  # tokens looked at, over all markings of a scope
MAX_TOKENS = 3  # on one flow
MAX_SUBSETS = 5

Marking = tuple[str, ...]


def judge_soundness(doc: Document) -> Iterator[Finding]:
    """One finding for each parallel join that a token can reach and then wait at for ever."""
    for scope in doc.scopes.values():
        waiting: dict[str, Flow] = {}
        net = _Net(doc, scope)
        for marking in net.deadlocks():
            for key in marking:
                join = doc.nodes[doc.flows[key].target]
                missing = [flow for flow in net.incoming[join.key] if flow.key not in marking]
                if missing:
                    waiting.setdefault(join.key, missing[0])
        for key, flow in waiting.items():
            sentence = Sentence(
                "{wat} kan blijven wachten op de stroom vanaf {ander}, die niet altijd komt; laat elke "
                "ingang altijd aankomen of gebruik een keuzepunt.",
                wat=said(doc.nodes[key].element),
                ander=said(doc.nodes[flow.source].element),
            )
            yield doc.error("WL16", doc.nodes[key].element, sentence)


class _Net:
    """The token game of one scope."""

    def __init__(self, doc: Document, scope: Scope) -> None:
        self.doc = doc
        self.graph = successors(doc, scope.key)
        self.incoming: Mapping[str, tuple[Flow, ...]] = {key: self._inside(doc.incoming[key]) for key in self.graph}
        self.outgoing: Mapping[str, tuple[Flow, ...]] = {key: self._inside(doc.outgoing[key]) for key in self.graph}
        self._before: dict[str, set[str]] = {}

    def _inside(self, flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
        return tuple(flow for flow in flows if flow.source in self.graph and flow.target in self.graph)

    def deadlocks(self) -> Iterator[Marking]:
        """The markings, found within the limits, in which tokens are left and nothing can move."""
        seen: set[Marking] = set()
        stack = [marking for marking in self._initial() if marking]
        work = 0
        while stack and work < MAX_WORK:
            marking = stack.pop()
            is_flooded = any(key == other for key, other in zip(marking, marking[MAX_TOKENS:], strict=False))
            if marking in seen or is_flooded:
                continue
            seen.add(marking)
            work += len(marking)
            node = self._enabled(marking)
            if node is None:
                yield marking
            else:
                stack.extend(after for after in self._fired(node, marking) if after)

    def _initial(self) -> Iterator[Marking]:
        """All that starts of itself together; each start that waits for something on its own."""
        starts = [self.doc.nodes[key] for key in starts_of(self.doc, self.graph)]
        plain = [node for node in starts if kind_of(node) == ""]
        for together in [plain, *([node] for node in starts if kind_of(node) != "")]:
            ways = [self._ways(node) for node in together]
            first = [tuple(sorted(key for way in ways for key in way[0]))] if ways else []
            others = [
                tuple(sorted([*way, *(key for other in ways if other is not choices for key in other[0])]))
                for choices in ways
                for way in choices[1:]
            ]
            yield from [*first, *others]

    def _enabled(self, marking: Marking) -> Node | None:
        """A step that can fire now; an inclusive join only when no other step can bring it one more token first."""
        later: Node | None = None
        held = set(marking)
        for key in marking:
            node = self.doc.nodes[self.doc.flows[key].target]
            incoming = self.incoming[node.key]
            if node.kind == "inclusiveGateway" and len(incoming) > 1:
                if later is None and self._is_complete(node, held):
                    later = node
            elif node.kind != "parallelGateway" or all(flow.key in held for flow in incoming):
                return node
        return later

    def _is_complete(self, join: Node, held: set[str]) -> bool:
        empty = [flow for flow in self.incoming[join.key] if flow.key not in held]
        targets = {self.doc.flows[key].target for key in held}
        return not any(targets & self._upstream(join.key, flow) for flow in empty)

    def _upstream(self, join: str, flow: Flow) -> set[str]:
        """The steps from which a token can still come along this flow to the join."""
        if flow.key not in self._before:
            self._before[flow.key] = reach(backwards(self.graph), [flow.source], without=join)
        return self._before[flow.key]

    def _fired(self, node: Node, marking: Marking) -> Iterator[Marking]:
        if node.kind == "endEvent" and kind_of(node) in ("terminateEventDefinition", "errorEventDefinition"):
            return  # it takes all tokens of the scope with it
        left = list(marking)
        taken = [flow.key for flow in self.incoming[node.key] if flow.key in marking]
        for key in taken if node.kind in ("parallelGateway", "inclusiveGateway") else taken[:1]:
            left.remove(key)
        for way in self._ways(node):
            yield tuple(sorted([*left, *way]))

    def _ways(self, node: Node) -> list[Marking]:
        """The flows that get a token when this step is done: one entry for each way in which that can go."""
        leaving = tuple(flow.key for flow in self.outgoing[node.key])
        if node.kind in ("exclusiveGateway", "eventBasedGateway", "complexGateway"):
            return [(key,) for key in leaving] or [()]
        if node.kind == "inclusiveGateway":
            sizes = range(1, len(leaving) + 1) if len(leaving) <= MAX_SUBSETS else (1, len(leaving))
            return [way for size in sizes for way in combinations(leaving, size)] or [()]
        found = [leaving]
        for edge in self.doc.boundaries[node.key]:
            if edge.key in self.graph:
                beside = tuple(flow.key for flow in self.outgoing[edge.key])
                found.append(beside if interrupts(edge) else (*leaving, *beside))
        return found
