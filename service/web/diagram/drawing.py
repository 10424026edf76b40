"""A plan as SVG: classes instead of colours, so that a page, print and the dark decide how it looks.

Everything that a file says is escaped; what is drawn is named in words beside it (`steps`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from engine.lint.vocabulary import ACTIVITIES, EVENTS, GATEWAYS, SUBPROCESSES
from service.web.diagram import symbols
from service.web.diagram.lettering import LEADING, SIZES, Lettering, fitted, width_of
from service.web.diagram.plan import Box, Line, Node, Plan, Shape

_BAR = 30.0  # what the name of a pool or lane takes of it
_BOLD = 0.85  # what bold letters leave of a line
_BESIDE = 96.0  # how wide a name beside its sign may become
_PLAIN_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,119}", re.ASCII)
_AREAS = ("participant", "lane")
_BACKDROP = (*_AREAS, "group")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be seen at an element: `what` is a class ("hier", "te-laat", "geweest", "fout", "waarschuwing")."""

    what: str
    count: int = 0


def draw(
    plan: Plan,
    title: str,
    marks: Mapping[str, Mark],
    name: str = "tekening",
    said: Callable[[str], str] = str,
    stays_dutch: Callable[[str], bool] = lambda _: False,
) -> Markup:
    """The drawing, called `title`; `name` keeps its ids apart on a page, where `name-zin` is what describes it.

    `said` gives what people read for a name in the file (a lane is named by its role); of one that `stays_dutch` on a
    page in another language it says so.
    """
    pen = _Pen(plan, marks, name, said, stays_dutch)
    size = f'viewBox="0 0 {_n(plan.width)} {_n(plan.height)}" width="{_n(plan.width)}" height="{_n(plan.height)}"'
    naming = f'aria-labelledby="{name}-titel" aria-describedby="{name}-zin"'
    return Markup("").join(
        (
            Markup(f'<svg class="tekening" role="img" {naming} {size}>'),
            Markup('<title id="{}-titel"{}>{}</title>').format(
                name, Markup(' lang="nl"') if stays_dutch(title) else "", said(title)
            ),
            Markup(
                f'<defs><marker id="{name}-punt" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
                'markerHeight="8" orient="auto"><path class="punt" d="M0 1l9 4-9 4z"/></marker></defs>'
            ),
            *pen.strokes(),
            Markup("</svg>"),
        )
    )


def anchor(name: str, element: str) -> str:
    """The id of an element in the drawing of this name, "" for one that cannot be pointed at."""
    return f"{name}-{element}" if _PLAIN_ID.fullmatch(element) else ""


def _n(value: float) -> str:
    return f"{round(value, 1):g}" if abs(value) < 100_000 else str(round(value))


def _path(kind: str, path: str, x: float = 0, y: float = 0) -> Markup:
    where = f' transform="translate({_n(x)} {_n(y)})"' if x or y else ""
    return Markup(f'<path class="{kind}"{where} d="{path}"/>')


def _rectangle(kind: str, box: Box, corner: int = 0, inset: float = 0) -> Markup:
    rounded = f' rx="{corner}"' if corner else ""
    width, height = max(box.width - 2 * inset, 0), max(box.height - 2 * inset, 0)
    at = f'x="{_n(box.x + inset)}" y="{_n(box.y + inset)}" width="{_n(width)}" height="{_n(height)}"'
    return Markup(f'<rect class="{kind}" {at}{rounded}/>')


def _circle(kind: str, x: float, y: float, radius: float) -> Markup:
    return Markup(f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>')


def _text(letters: Lettering, x: float, top: float, kind: str = "", turned: bool = False, lang: str = "") -> Markup:
    """Lines around x, from `top` down; turned: around x and `top`, read upwards."""
    step = letters.size * LEADING
    first = top + letters.size * 0.95 if not turned else -letters.height / 2 + letters.size * 0.95
    where = f' transform="translate({_n(x)} {_n(top)}) rotate(-90)"' if turned else ""
    across = 0.0 if turned else x
    spans = "".join(
        f'<tspan x="{_n(across)}" y="{_n(first + number * step)}">{escape(line)}</tspan>'
        for number, line in enumerate(letters.lines)
    )
    small = "" if letters.size == SIZES[0] else f' font-size="{_n(letters.size)}"'
    named = f' class="{kind}"' if kind else ""
    return Markup(f"<text{named}{lang}{where}{small}>{spans}</text>")


class _Pen:
    """Draws one plan from back to front: pools and lanes, flows, nodes, and over them the marks."""

    def __init__(
        self,
        plan: Plan,
        marks: Mapping[str, Mark],
        name: str,
        said: Callable[[str], str],
        stays_dutch: Callable[[str], bool],
    ) -> None:
        self.plan, self.marks, self.name, self.said, self.stays_dutch = plan, marks, name, said, stays_dutch
        self.ids: set[str] = set()

    def strokes(self) -> Iterator[Markup]:
        """All of it."""
        order = sorted(self.plan.shapes, key=self._depth)
        yield from (self._area(one) for one in order if one.kind in _BACKDROP)
        opened = [one for one in order if one.kind in SUBPROCESSES and one.is_open]
        yield from (self._node(one) for one in opened)
        yield from (self._line(one) for one in self.plan.lines)
        rest = [one for one in order if one.kind not in _BACKDROP and one not in opened]
        yield from (self._node(one) for one in rest)
        yield from (self._badge(one, self.marks[one.id]) for one in order if one.id in self.marks)

    def _depth(self, one: Shape) -> tuple[bool, bool, float]:
        """What lies under what: pools under lanes, the larger under the smaller, boundary events over all."""
        return one.kind == "boundaryEvent", one.kind != "participant", -one.box.width * one.box.height

    def _lang(self, one: Shape | Line) -> str:
        return ' lang="nl"' if self.stays_dutch(one.name) else ""

    def _area(self, one: Shape) -> Markup:
        if one.kind == "group":
            return _rectangle("groep", one.box, 8) + self._beside(one, one.label)
        kind = "pool" if one.kind == "participant" else "baan"
        drawn = _rectangle(kind, one.box)
        name = self.said(one.name)
        if not name:
            return drawn
        if one.is_upright:
            bar = Box(one.box.x, one.box.y, one.box.width, _BAR)
            letters = fitted(name, _BOLD * bar.width - 8, _BAR)
            text = _text(letters, bar.middle[0], bar.middle[1] - letters.height / 2, "bord", lang=self._lang(one))
        else:
            bar = Box(one.box.x, one.box.y, _BAR, one.box.height)
            text = _text(
                fitted(name, _BOLD * bar.height - 8, _BAR), *bar.middle, kind="bord", turned=True, lang=self._lang(one)
            )
        return drawn + _rectangle(f"{kind} balk", bar) + text

    def _node(self, one: Shape) -> Markup:
        mark = self.marks.get(one.id)
        ident = anchor(self.name, one.id)
        known = f' id="{ident}"' if ident and ident not in self.ids else ""
        self.ids.add(ident)
        kind = f' class="{mark.what}"' if mark else ""
        inner = self._figure(one)
        return Markup(f"<g{known}{kind}>") + inner + Markup("</g>")

    def _figure(self, one: Shape) -> Markup:
        node = self.plan.nodes.get(one.id)
        if node is None:
            return self._thing(one)
        if one.kind in EVENTS:
            return self._event(one, node) + self._beside(one, one.label)
        if one.kind in GATEWAYS:
            return self._gateway(one) + self._beside(one, one.label)
        if one.kind in ACTIVITIES:
            return self._activity(one, node)
        return _rectangle("vorm", one.box) + self._within(one, 4)

    def _event(self, one: Shape, node: Node) -> Markup:
        x, y = one.box.middle
        radius = min(one.box.width, one.box.height) / 2
        ends, throws = one.kind == "endEvent", one.kind in ("endEvent", "intermediateThrowEvent")
        dashed = " streepjes" if node.is_quiet else ""
        drawn = _circle(f"vorm{' dik' if ends else ''}{dashed}", x, y, radius)
        if one.kind not in ("startEvent", "endEvent"):
            drawn += _circle(f"rand{dashed}", x, y, max(radius - 3.5, 0))
        sign = symbols.EVENTS.get(node.event)
        return drawn + _path("teken vol" if throws else "teken", sign, x, y) if sign else drawn

    def _gateway(self, one: Shape) -> Markup:
        box, (x, y) = one.box, one.box.middle
        right, bottom = box.x + box.width, box.y + box.height
        edge = f"M{_n(x)} {_n(box.y)}L{_n(right)} {_n(y)} {_n(x)} {_n(bottom)} {_n(box.x)} {_n(y)}z"
        thick = "teken dik" if one.kind in symbols.THICK else "teken"
        return _path("vorm", edge) + _path(thick, symbols.GATEWAYS.get(one.kind, ""), x, y)

    def _activity(self, one: Shape, node: Node) -> Markup:
        box, is_inside = one.box, one.kind in SUBPROCESSES and one.is_open
        calls = one.kind == "callActivity"
        drawn = _rectangle(f"vorm{' dik' if calls else ''}", box, 8)
        if one.kind == "transaction":
            drawn += _rectangle("rand", box, 6, 3)
        if sign := symbols.TASKS.get(one.kind):
            drawn += _path("teken vol" if one.kind == "sendTask" else "teken", sign, box.x + 5, box.y + 4)
        feet = [node.repeats] if node.repeats else []
        feet += ["adHoc"] if one.kind == "adHocSubProcess" else []
        feet += ["folded"] if calls or (one.kind in SUBPROCESSES and not one.is_open) else []
        for number, foot in enumerate(feet):
            across = box.middle[0] + 16 * (number - (len(feet) - 1) / 2)
            drawn += _path("teken", symbols.FEET[foot], across, box.y + box.height - 9)
        if is_inside:
            letters = fitted(self.said(one.name), max(box.width - 24, 30), 3 * SIZES[0])
            return drawn + _text(letters, box.middle[0], box.y + 4, lang=self._lang(one))
        return drawn + self._within(one, 18 if sign else 4, 18 if feet else 4)

    def _within(self, one: Shape, above: float, below: float = 4) -> Markup:
        """The name inside the shape, in the middle of what its signs leave free; a full one takes the corner too."""
        name = self.said(one.name)
        if not name:
            return Markup("")
        box, wide = one.box, max(one.box.width - 8, 20)
        most = max(box.height - above - below, SIZES[-1])
        letters = fitted(name, wide, most)
        full = Markup("<title>{}</title>").format(name) if letters.lines[-1].endswith("…") else Markup("")
        return full + _text(letters, box.middle[0], box.y + above + (most - letters.height) / 2, lang=self._lang(one))

    def _beside(self, one: Shape | Line, label: Box | None) -> Markup:
        name = self.said(one.name)
        if not name:
            return Markup("")
        if label is not None:
            width = max(_BESIDE, label.width)
            letters = fitted(name, width, max(label.height, 5 * SIZES[0]), (11.0, 10.0))
            return self._loose(one, letters, label.middle[0], label.y)
        if isinstance(one, Shape):
            letters = fitted(name, _BESIDE, 60, (11.0, 10.0))
            return self._loose(one, letters, one.box.middle[0], one.box.y + one.box.height + 4)
        (x, y), (to_x, to_y) = one.points[0], one.points[1]
        letters = fitted(name, _BESIDE, 40, (11.0, 10.0))
        return self._loose(one, letters, (x + to_x) / 2, (y + to_y) / 2 - letters.height - 2)

    def _loose(self, one: Shape | Line, letters: Lettering, x: float, top: float) -> Markup:
        """A name beside its sign, moved out of the name of the pool or lane that it stands in."""
        half = max(width_of(line, letters.size) for line in letters.lines) / 2
        around = (area for area in self.plan.shapes if area.kind in _AREAS and not area.is_upright)
        bars = [area.box.x + _BAR for area in around if area.box.y <= top <= area.box.y + area.box.height]
        left = max((bar for bar in bars if bar - _BAR <= x), default=0) + half
        return _text(letters, max(x, left), top, "los", lang=self._lang(one))

    def _thing(self, one: Shape) -> Markup:
        """What is documentation in a diagram: a note, data, a store."""
        box = one.box
        if one.kind == "textAnnotation":
            edge = f"M{_n(box.x + 10)} {_n(box.y)}h-10v{_n(box.height)}h10"
            return _path("rand", edge) + self._within(one, 2, 2)
        if one.kind == "dataStoreReference":
            top = min(10.0, box.height / 4)
            arc = f"a{_n(box.width / 2)} {_n(top)} 0 0 "
            edge = (
                f"M{_n(box.x)} {_n(box.y + top)}{arc}1 {_n(box.width)} 0{arc}1 {_n(-box.width)} 0"
                f"v{_n(box.height - 2 * top)}{arc}0 {_n(box.width)} 0v{_n(2 * top - box.height)}"
            )
            return _path("vorm", edge) + self._beside(one, one.label)
        fold = min(12.0, box.width / 2)
        edge = (
            f"M{_n(box.x)} {_n(box.y)}h{_n(box.width - fold)}l{_n(fold)} {_n(fold)}v{_n(box.height - fold)}"
            f"h{_n(-box.width)}zM{_n(box.x + box.width - fold)} {_n(box.y)}v{_n(fold)}h{_n(fold)}"
        )
        return _path("vorm", edge) + self._beside(one, one.label)

    def _line(self, one: Line) -> Markup:
        points = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in one.points)
        kind = {"sequenceFlow": "lijn", "messageFlow": "lijn bericht"}.get(one.kind, "lijn stippel")
        points_at = f' marker-end="url(#{self.name}-punt)"' if one.kind != "association" else ""
        drawn = Markup(f'<path class="{kind}"{points_at} d="{points}"/>')
        return drawn + self._beginning(one) + self._beside(one, one.label)

    def _beginning(self, one: Line) -> Markup:
        """The sign at the beginning of a line: the circle of a message, the stroke of a default, the diamond."""
        (x, y), (to_x, to_y) = one.points[0], one.points[1]
        length = max(((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5, 1)
        along, up = (to_x - x) / length, (to_y - y) / length
        if one.kind == "messageFlow":
            return _circle("vorm", x + 4 * along, y + 4 * up, 4)
        if one.sign == "default":
            stroke = f"M{_n(-4 * (along + up))} {_n(4 * (along - up))}l{_n(8 * (along + up))} {_n(8 * (up - along))}"
            return _path("lijn", stroke, x + 12 * along, y + 12 * up)
        if one.sign == "condition":
            half = f"l{_n(7 * along - 4 * up)} {_n(7 * up + 4 * along)}"
            other = f"l{_n(7 * along + 4 * up)} {_n(7 * up - 4 * along)}"
            back = f"l{_n(-7 * along + 4 * up)} {_n(-7 * up - 4 * along)}"
            return _path("vorm", f"M0 0{half}{other}{back}z", x, y)
        return Markup("")

    def _badge(self, one: Shape, mark: Mark) -> Markup:
        """The mark on the right upper corner: how many stand there, or its sign."""
        x, y = one.box.x + one.box.width - 2, one.box.y + 2
        drawn = _circle("plek", x, y, 11)
        sign = symbols.MARKS.get(mark.what)
        if mark.count:
            many = Lettering((str(min(mark.count, 999)),), SIZES[0])
            drawn += _text(many, x, y - many.height / 2)
        elif sign:
            drawn += _path("teken", sign, x, y)
        return Markup(f'<g class="merk {escape(mark.what)}">') + drawn + Markup("</g>")
