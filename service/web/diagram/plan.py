"""What a BPMN file draws (BPMN-DI): its shapes and lines where the designer put them, whatever else is wrong with it.

Only the drawing is read here, from bytes of anybody; what runs is read by `engine.definition`. A file without a drawing
still has its nodes, so that its steps can be told in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

from lxml import etree

from engine import safexml
from engine.lint.vocabulary import FLOW_NODES

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_PHASE = "{https://wijkcyclus.nl/schema/1.0}fase"
_EVENT = "EventDefinition"
_FARTHEST = 100_000.0
_MARGIN = 12.0
_MOST_KEPT = 200_000  # bytes of a file whose plan is kept at hand
MOST_DRAWN = 400  # shapes and lines, or nodes; more is no drawing that anybody reads, and no page that anybody can load

_Node = etree._Element


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Way:
    """Where a flow leads that leaves a node, and what stands on it."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node of a process. `event` is what it waits for or throws ("timer", "message" ...), "" for nothing.

    `is_quiet`: an event that interrupts nothing. `repeats`: "parallel", "sequential", "loop" or "". `called`: the
    process that it calls, as `phase` of the year when it is one.
    """

    id: str
    kind: str
    name: str
    process: str
    lane: str
    event: str = ""
    is_quiet: bool = False
    repeats: str = ""
    called: str = ""
    phase: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """Something with a place: a node, or a pool, lane, note or data. `label`: where its name stands beside it."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None = None
    is_open: bool = True  # a subprocess whose inside is drawn
    is_upright: bool = False  # a pool or lane from top to bottom


@dataclass(frozen=True, slots=True)
class Line:
    """A flow or association along its points."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    sign: str = ""  # "default" or "condition", at its beginning


@dataclass(frozen=True, slots=True)
class Plan:
    """A file as it is drawn; without shapes it holds no drawing, or one that `is_too_large` for a page."""

    nodes: Mapping[str, Node]
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    width: float
    height: float
    is_too_large: bool = False


def read(content: bytes) -> Plan | None:
    """What these bytes draw; None when they are not BPMN that can be read. Ordinary files are read once."""
    return _known(content) if len(content) <= _MOST_KEPT else _read(content)


@lru_cache(maxsize=64)
def _known(content: bytes) -> Plan | None:
    return _read(content)


def _read(content: bytes) -> Plan | None:
    root, _ = safexml.read(content, "")
    if root is None or root.tag != f"{_BPMN}definitions":
        return None
    return _Reader(root).plan()


class _Reader:
    def __init__(self, root: _Node) -> None:
        self.root = root
        self.elements: dict[str, _Node] = {}
        for element in root.iter(f"{_BPMN}*"):
            if ident := element.get("id"):
                self.elements.setdefault(ident, element)
        self.names: dict[str, str] = {ident: one.get("name") or "" for ident, one in self.elements.items()}

    def plan(self) -> Plan:
        nodes = dict(self._nodes())
        drawn = sum(1 for _ in self.root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge"))
        if max(drawn, len(nodes)) > MOST_DRAWN:
            return Plan(nodes, (), (), 0, 0, is_too_large=True)
        shapes: list[Shape] = []
        lines: list[Line] = []
        width, height = 0.0, 0.0
        for plane in self.root.iter(f"{_DI}BPMNPlane"):  # the inside of a folded subprocess comes under the rest
            own, flows = list(self._shapes(plane)), list(self._lines(plane))
            if not own:
                continue
            left, top, right, bottom = _extent(own, flows)
            across, down = _MARGIN - left, height + _MARGIN - top
            shapes += [_moved_shape(one, across, down) for one in own]
            lines += [_moved_line(one, across, down) for one in flows]
            width, height = max(width, right - left + 2 * _MARGIN), height + bottom - top + 2 * _MARGIN
        return Plan(nodes, tuple(shapes), tuple(lines), width, height)

    def _nodes(self) -> Iterator[tuple[str, Node]]:
        lanes = self._lanes()
        for ident, element in self.elements.items():
            kind = _local(element)
            if kind not in FLOW_NODES:
                continue
            above = [one for one in element.iterancestors() if one.get("id")]
            process = next((one.get("id") or "" for one in above if _local(one) == "process"), "")
            lane = next((lanes[one] for one in (ident, *(up.get("id") or "" for up in above)) if one in lanes), "")
            loop = next((one for one in element if _local(one).endswith("LoopCharacteristics")), None)
            yield (
                ident,
                Node(
                    id=ident,
                    kind=kind,
                    name=self.names[ident],
                    process=process,
                    lane=lane,
                    event=_event(element),
                    is_quiet="false" in (element.get("cancelActivity"), element.get("isInterrupting")),
                    repeats=_repeats(loop),
                    called=element.get("calledElement") or "",
                    phase=next((one.get("naam") or "" for one in element.iter(_PHASE)), ""),
                    ways=tuple(self._ways(element)),
                ),
            )

    def _lanes(self) -> dict[str, str]:
        """The name of the innermost lane in which each node stands."""
        return {
            (ref.text or "").strip(): lane.get("name") or ""
            for lane in self.root.iter(f"{_BPMN}lane")
            for ref in lane.iterchildren(f"{_BPMN}flowNodeRef")
        }

    def _ways(self, element: _Node) -> Iterator[Way]:
        for out in element.iterchildren(f"{_BPMN}outgoing"):
            flow = self.elements.get((out.text or "").strip())
            if flow is not None:
                yield Way(flow.get("name") or "", flow.get("targetRef") or "")

    def _shapes(self, plane: _Node) -> Iterator[Shape]:
        for drawn in plane.iterchildren(f"{_DI}BPMNShape"):
            element, box = self.elements.get(drawn.get("bpmnElement") or ""), _box(drawn.find(_BOUNDS))
            if element is None or box is None:
                continue
            kind = _local(element)
            yield Shape(
                id=element.get("id") or "",
                kind=kind,
                name=self._said(element, kind),
                box=box,
                label=_box(drawn.find(f"{_DI}BPMNLabel/{_BOUNDS}")),
                is_open=drawn.get("isExpanded") != "false",
                is_upright=drawn.get("isHorizontal") == "false",
            )

    def _said(self, element: _Node, kind: str) -> str:
        if kind == "textAnnotation":
            return " ".join("".join(map(str, element.itertext(f"{_BPMN}text"))).split())
        if kind == "group":
            return self.names.get((element.get("categoryValueRef") or "").rpartition(":")[2], "")
        return element.get("name") or ""

    def _lines(self, plane: _Node) -> Iterator[Line]:
        for drawn in plane.iterchildren(f"{_DI}BPMNEdge"):
            element = self.elements.get(drawn.get("bpmnElement") or "")
            points = [_point(one) for one in drawn.iterchildren(_WAYPOINT)]
            known = tuple(one for one in points if one is not None)
            if element is None or len(known) < 2:
                continue
            yield Line(
                id=element.get("id") or "",
                kind=_local(element),
                name=element.get("name") or "",
                points=known,
                label=_box(drawn.find(f"{_DI}BPMNLabel/{_BOUNDS}")),
                sign=self._sign(element),
            )

    def _sign(self, flow: _Node) -> str:
        source = self.elements.get(flow.get("sourceRef") or "")
        if source is None or _local(flow) != "sequenceFlow":
            return ""
        if source.get("default") == flow.get("id"):
            return "default"
        has_condition = flow.find(f"{_BPMN}conditionExpression") is not None
        return "condition" if has_condition and not _local(source).endswith("Gateway") else ""


def _local(element: _Node) -> str:
    return str(element.tag).rpartition("}")[2]


def _event(element: _Node) -> str:
    found = [_local(one).removesuffix(_EVENT) for one in element if _local(one).endswith(_EVENT)]
    return "" if not found else found[0] if len(found) == 1 else "multiple"


def _repeats(loop: _Node | None) -> str:
    if loop is None:
        return ""
    if _local(loop) == "standardLoopCharacteristics":
        return "loop"
    return "sequential" if loop.get("isSequential") == "true" else "parallel"


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= _FARTHEST else None


def _point(element: _Node) -> tuple[float, float] | None:
    x, y = _number(element.get("x")), _number(element.get("y"))
    return None if x is None or y is None else (x, y)


def _box(element: _Node | None) -> Box | None:
    if element is None:
        return None
    x, y, width, height = (_number(element.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or width < 0 or height < 0:
        return None
    return Box(x, y, width, height)


def _extent(shapes: list[Shape], lines: list[Line]) -> tuple[float, float, float, float]:
    labels = [*(one.label for one in shapes), *(one.label for one in lines)]
    boxes = [*(one.box for one in shapes), *(one for one in labels if one)]
    points = [point for one in lines for point in one.points]
    across = [side for box in boxes for side in (box.x, box.x + box.width)] + [x for x, _ in points]
    down = [side for box in boxes for side in (box.y, box.y + box.height)] + [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _moved(box: Box | None, across: float, down: float) -> Box | None:
    return None if box is None else replace(box, x=box.x + across, y=box.y + down)


def _moved_shape(one: Shape, across: float, down: float) -> Shape:
    return replace(one, box=_moved(one.box, across, down) or one.box, label=_moved(one.label, across, down))


def _moved_line(one: Line, across: float, down: float) -> Line:
    points = tuple((x + across, y + down) for x, y in one.points)
    return replace(one, points=points, label=_moved(one.label, across, down))
