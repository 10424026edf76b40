"""Where a case goes from a step when some of its data are known: each choice on the way is made as far as they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.errors import ExpressionError
from engine.expressions import compile_expression
from engine.lint.document import Flow, Node, text_of
from engine.lint.world import World

Data = Mapping[str, object]


def ways_after(world: World, node: Node, data: Data) -> Iterator[Node]:
    """The steps to which this one leads with these data, choices on the way being made as far as the data say."""
    seen: set[Node] = set()
    stack = list(world.next(node))
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        if here.kind not in ("exclusiveGateway", "inclusiveGateway"):
            yield here
            continue
        doc = world.doc(here)
        stack.extend(doc.nodes[flow.target] for flow in _taken(world, here, data))


def shut_ways(world: World, node: Node, data: Data) -> Iterator[tuple[Node, Node]]:
    """The ways, from a choice to the step after it, that are surely not taken after this step with these data.

    Only choices that nothing else leads to count: there the data are always those of this step.
    """
    through = {node}
    stack = list(world.next(node))
    while stack:
        here = stack.pop()
        if here in through or here.kind != "exclusiveGateway" or not through.issuperset(world.before(here)):
            continue
        through.add(here)
        doc = world.doc(here)
        taken = {flow.key for flow in _taken(world, here, data)}
        open_ways = {flow.target for flow in doc.outgoing[here.key] if flow.key in taken}
        yield from ((here, one) for one in world.next(here) if one.key not in open_ways)
        stack += [one for one in world.next(here) if one.key in open_ways]


def _taken(world: World, gateway: Node, data: Data) -> list[Flow]:
    """The flows that can be taken with these data: what surely holds, else all that is not surely untrue."""
    flows = world.doc(gateway).outgoing[gateway.key]
    default = gateway.element.get("default")
    answers = {flow.key: _answer(flow, data) for flow in flows if flow.key != default}
    sure = [flow for flow in flows if answers.get(flow.key) is True]
    if sure:
        return sure
    return [flow for flow in flows if flow.key == default or answers.get(flow.key) is not False]


def _answer(flow: Flow, data: Data) -> bool | None:
    if flow.condition is None:
        return None
    try:
        condition = compile_expression(text_of(flow.condition))
        answer = condition(data) if condition.names <= data.keys() else None
    except ExpressionError:
        return None  # reported where it stands
    return answer if isinstance(answer, bool) else None
