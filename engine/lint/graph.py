"""Graphs of steps, as plain successor maps: reach, strong components and dominators; none of it recursive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engine.lint.document import Document

Graph = Mapping[str, Collection[str]]


def successors(doc: Document, scope: str) -> dict[str, tuple[str, ...]]:
    """Where a token can go next within one scope: along the flows, and from an activity to its boundary events."""
    return {
        node.key: tuple(flow.target for flow in doc.outgoing[node.key] if doc.nodes[flow.target].scope == scope)
        + tuple(edge.key for edge in doc.boundaries[node.key] if edge.scope == scope)
        for node in doc.inside[scope]
    }


def reachable(doc: Document, starts: Iterable[str]) -> set[str]:
    """The nodes that come after these in their own scope (the starts themselves only when a loop leads back)."""
    found: set[str] = set()
    stack = list(starts)
    while stack:
        key = stack.pop()
        after = [flow.target for flow in doc.outgoing[key]] + [edge.key for edge in doc.boundaries[key]]
        stack.extend(target for target in after if target not in found)
        found.update(after)
    return found


def reach(graph: Graph, starts: Iterable[str], without: str | None = None) -> set[str]:
    """The starts and everything that can be reached from them, not going through `without`."""
    found = set(starts) - {without}
    stack = list(found)
    while stack:
        for target in graph[stack.pop()]:
            if target not in found and target != without:
                found.add(target)
                stack.append(target)
    return found


def backwards(graph: Graph) -> dict[str, list[str]]:
    """The same graph with every edge turned round."""
    turned: dict[str, list[str]] = {key: [] for key in graph}
    for key, targets in graph.items():
        for target in targets:
            turned[target].append(key)
    return turned


def cycles(graph: Graph) -> list[list[str]]:
    """The strong components that hold a cycle, each in the order of the graph (Kosaraju)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in graph:
        stack = [(start, False)]
        while stack:
            key, is_done = stack.pop()
            if is_done:
                order.append(key)
            elif key not in seen:
                seen.add(key)
                stack.append((key, True))
                stack.extend((target, False) for target in graph[key] if target not in seen)
    turned = backwards(graph)
    component: dict[str, int] = {}
    for number, start in enumerate(reversed(order)):
        pending = [start]
        while pending:
            key = pending.pop()
            if key not in component:
                component[key] = number
                pending.extend(turned[key])
    members: dict[int, list[str]] = {}
    for key in graph:
        members.setdefault(component[key], []).append(key)
    return [keys for keys in members.values() if len(keys) > 1 or keys[0] in graph[keys[0]]]
