"""A drawing in words: the steps of each lane in their order, what each is, where it leads, and what is marked there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from engine.lint.vocabulary import DUTCH
from service.web.diagram.drawing import Mark, anchor
from service.web.diagram.plan import Node, Plan


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words; `ways` are (what stands on the flow, where it leads), `place` is its id in the drawing."""

    id: str
    name: str
    kind: str
    event: str
    ways: tuple[tuple[str, str], ...]
    called: str
    mark: Mark | None
    place: str


@dataclass(frozen=True, slots=True)
class LaneSteps:
    """The steps of one lane, as they follow each other from left to right."""

    name: str
    steps: tuple[Step, ...]


def steps_of(
    plan: Plan, marks: Mapping[str, Mark], name: str = "tekening", said: Callable[[str], str] = str
) -> Sequence[LaneSteps]:
    """The steps of the file by lane, those without a lane under no name; `name` as the drawing has it.

    Of a plan that is too large for a page only those that are marked.
    """
    drawn = {one.id: one for one in plan.shapes}
    order = {
        ident: (drawn[ident].box.x, drawn[ident].box.y) if ident in drawn else (0.0, float(number))
        for number, ident in enumerate(plan.nodes)
    }
    lanes: dict[str, list[Node]] = {}
    for node in sorted(plan.nodes.values(), key=lambda one: order[one.id]):
        if node.id in marks or not plan.is_too_large:
            lanes.setdefault(node.lane, []).append(node)

    def step(node: Node) -> Step:
        ways = tuple((said(way.name), _named(plan.nodes.get(way.target), said)) for way in node.ways)
        place = anchor(name, node.id) if node.id in drawn else ""
        kind = DUTCH.get(node.kind, node.kind)
        return Step(node.id, said(node.name), kind, node.event, ways, node.called, marks.get(node.id), place)

    found = [LaneSteps(said(lane), tuple(step(node) for node in nodes)) for lane, nodes in lanes.items()]
    return sorted(found, key=attrgetter("name"))


def _named(node: Node | None, said: Callable[[str], str]) -> str:
    if node is None:
        return "?"
    return said(node.name) or DUTCH.get(node.kind, node.kind)
