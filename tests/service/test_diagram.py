"""Diagrams as they are drawn and told: all shipped ones, each sign of BPMN, and files of people who mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from lxml import etree

from engine.lint.vocabulary import EVENT_DEFINITIONS, FLOW_NODES
from service.web import diagram
from service.web.diagram import Mark
from service.web.diagram.lettering import LEADING, width_of
from service.web.diagram.plan import MOST_DRAWN
from tests.service.browser import flaws, read

SHIPPED = sorted((Path(__file__).resolve().parent.parent.parent / "processes").glob("*/*.bpmn"))
OMG = "http://www.omg.org/spec"
HEAD = (
    f'<definitions xmlns="{OMG}/BPMN/20100524/MODEL" xmlns:bpmndi="{OMG}/BPMN/20100524/DI" '
    f'xmlns:di="{OMG}/DD/20100524/DI" xmlns:dc="{OMG}/DD/20100524/DC">'
)
XSS = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&"
SVG = "{http://www.w3.org/2000/svg}"


def bounds(x: object = 0, y: object = 0, width: object = 100, height: object = 80) -> str:
    return f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'


def shape(ident: str, inner: str = "", **attributes: str) -> str:
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<bpmndi:BPMNShape bpmnElement={quoteattr(ident)}{more}>{inner or bounds()}</bpmndi:BPMNShape>"


def file(model: str, *drawn: str) -> bytes:
    plane = f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{''.join(drawn)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    return f"{HEAD}{model}{plane if drawn else ''}</definitions>".encode()


def drawn(content: bytes, **marks: Mark) -> str:
    plan = diagram.read(content)
    assert plan is not None
    return str(diagram.draw(plan, "Titel", marks))


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def page(svg: str) -> list[str]:
    """What is wrong with a page of this drawing alone."""
    told = f'<figure>{svg}<figcaption id="tekening-zin">Zin</figcaption></figure>'
    return flaws(read(f'<html lang="nl"><title>T – Wijkcyclus</title><body><h1>T</h1>{told}</body></html>'))


def letters(svg: etree._Element) -> Iterator[tuple[etree._Element, float, list[tuple[float, str]]]]:
    """Each name that stands upright: its element, the size of its letters, and its lines with their height."""
    for text in svg.iter(f"{SVG}text"):
        if text.get("transform") is None:
            spans = [(float(one.get("y", "")), one.text or "") for one in text.iter(f"{SVG}tspan")]
            yield text, float(text.get("font-size", "12")), spans


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_diagram_is_drawn_whole_and_its_names_stay_within_their_boxes(path: Path) -> None:
    plan = diagram.read(path.read_bytes())
    assert plan is not None and plan.shapes and not plan.is_too_large
    marks = {one.id: Mark("hier", 1) for one in plan.shapes if one.id in plan.nodes}
    text = str(diagram.draw(plan, path.stem, marks))
    svg = parsed(text)
    assert page(text) == [] and len(text) < 60_000
    placed = {one.get("id") for one in svg.iter(f"{SVG}g")}
    assert {f"tekening-{node}" for node in plan.nodes} <= placed, "every step has its place"
    for group in svg.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        if box is None or not group.get("id"):
            continue
        for _, size, lines in letters(group):
            x, y, width, height = (float(box.get(name, "")) for name in ("x", "y", "width", "height"))
            assert all(width_of(line, size) <= width for _, line in lines), lines
            assert y <= lines[0][0] - size and lines[-1][0] <= y + height, lines
            assert not lines[-1][1].endswith("…"), f"{lines} does not fit"
            assert x >= 0 and x + width <= plan.width
    steps = [step for lane in diagram.steps_of(plan, marks) for step in lane.steps]
    assert {step.id for step in steps} == set(plan.nodes) and all(step.mark for step in steps)
    assert all(target != "?" for step in steps for _, target in step.ways)


@pytest.mark.parametrize("kind", sorted(FLOW_NODES))
def test_each_kind_of_node_has_a_place_a_name_and_words(kind: str) -> None:
    for event in ("", *sorted(EVENT_DEFINITIONS)):
        inner = f"<{event}/>" if event else ""
        content = file(f'<process id="p"><{kind} id="a" name="Naam">{inner}</{kind}></process>', shape("a"))
        mark = Mark("te-laat", 3)
        text = drawn(content, a=mark)
        assert page(text) == [] and "Naam" in text and 'id="tekening-a" class="te-laat"' in text
        plan = diagram.read(content)
        assert plan is not None
        (lane,) = diagram.steps_of(plan, {"a": mark})
        assert (lane.steps[0].name, lane.steps[0].mark) == ("Naam", mark) and lane.steps[0].kind


def test_signs_that_differ_in_meaning_differ_on_paper() -> None:
    def boundary(**more: str) -> str:
        attributes = "".join(f' {name}="{value}"' for name, value in more.items())
        event = f'<boundaryEvent id="a" attachedToRef="b"{attributes}><timerEventDefinition/></boundaryEvent>'
        return drawn(file(f'<process id="p">{event}</process>', shape("a")))

    def activity(kind: str, inner: str = "", **drawing: str) -> str:
        return drawn(file(f'<process id="p"><{kind} id="a">{inner}</{kind}></process>', shape("a", **drawing)))

    many = "multiInstanceLoopCharacteristics"
    found = [
        boundary(),
        boundary(cancelActivity="false"),
        *(activity(kind) for kind in ("task", "userTask", "serviceTask", "sendTask", "receiveTask", "callActivity")),
        activity("subProcess"),
        activity("subProcess", isExpanded="false"),
        activity("transaction"),
        activity("userTask", f"<{many}/>"),
        activity("userTask", f'<{many} isSequential="true"/>'),
        activity("userTask", "<standardLoopCharacteristics/>"),
        *(activity(f"{kind}Gateway") for kind in ("exclusive", "parallel", "inclusive", "eventBased", "complex")),
        *(activity("endEvent", f"<{one}EventDefinition/>") for one in ("terminate", "error", "message")),
        activity("intermediateThrowEvent", "<messageEventDefinition/>"),
        activity("intermediateCatchEvent", "<messageEventDefinition/>"),
        activity("endEvent"),
        activity("startEvent"),
    ]
    assert len(set(found)) == len(found)


def test_lines_pools_notes_and_data_are_drawn() -> None:
    model = (
        '<collaboration id="c"><participant id="pool" name="De stad" processRef="p"/>'
        '<messageFlow id="m" name="Brief" sourceRef="a" targetRef="pool"/></collaboration>'
        '<process id="p"><laneSet id="l"><lane id="lane" name="college"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
        '<userTask id="a" name="A" default="f"><outgoing>f</outgoing></userTask><endEvent id="e" name="Klaar"/>'
        '<sequenceFlow id="f" name="nee" sourceRef="a" targetRef="e"/>'
        '<dataObjectReference id="d" name="Lijst"/><dataStoreReference id="s" name="Archief"/>'
        '<textAnnotation id="n"><text>Let op dit</text></textAnnotation>'
        '<association id="as" sourceRef="n" targetRef="a"/></process>'
    )
    points = '<di:waypoint x="0" y="0"/><di:waypoint x="60" y="10"/>'
    edges = [f'<bpmndi:BPMNEdge bpmnElement="{one}">{points}</bpmndi:BPMNEdge>' for one in ("m", "f", "as")]
    text = drawn(file(model, *(shape(one) for one in ("pool", "lane", "a", "e", "d", "s", "n")), *edges))
    for word in ("De stad", "college", "Klaar", "nee", "Brief", "Lijst", "Archief", "Let op dit"):
        assert word in text
    assert text.count("marker-end") == 2 and "stippel" in text and "bericht" in text and page(text) == []


def test_what_a_file_says_is_never_part_of_the_drawing() -> None:
    name = quoteattr(XSS)
    model = (
        f'<process id="p" name={name}><laneSet id="l"><lane id="lane" name={name}><flowNodeRef>a</flowNodeRef>'
        f'</lane></laneSet><userTask id={quoteattr("a" + XSS)} name={name}/><startEvent id="s" name={name}/>'
        f'<callActivity id="c" calledElement={name} name={name}/></process>'
    )
    content = file(model, *(shape(one) for one in ("lane", "a" + XSS, "s", "c")))
    plan = diagram.read(content)
    assert plan is not None and len(plan.shapes) == 4
    text = str(diagram.draw(plan, XSS, {"a" + XSS: Mark("hier", 1)}))
    assert page(text) == [] and "<script" not in text and "<img" not in text
    assert not {tag for tag, _ in read(text).tags} - {
        *("svg", "title", "defs", "marker", "path", "g", "rect", "text", "tspan", "circle"),
    }  # fmt: skip
    assert diagram.anchor("tekening", "a" + XSS) == ""


@pytest.mark.parametrize("wrong", ["NaN", "inf", "-inf", "1e400", "x", "", "9" * 5000, "-1"])
@pytest.mark.parametrize("where", ["x", "width"])
def test_a_place_that_is_no_place_leaves_the_shape_out_and_draws_the_rest(where: str, wrong: str) -> None:
    model = '<process id="p"><task id="a" name="A"/><task id="b" name="B"/></process>'
    text = drawn(file(model, shape("a", bounds(**{where: wrong})), shape("b")))
    assert "nan" not in text.lower() and "inf" not in text.lower() and "B" in text and page(text) == []
    assert ("tekening-a" in text) == (where == "x" and wrong == "-1")


@pytest.mark.parametrize("name", ["w" * 5000, "mm " * 2000, "日" * 400, "\u202e" * 300, "participatietraject" * 9])
def test_a_name_without_end_stays_within_its_box_and_is_told_whole_to_who_asks(name: str) -> None:
    content = file(f'<process id="p"><task id="a" name="{name}"/></process>', shape("a"))
    text = drawn(content)
    (_, size, lines), *_ = letters(parsed(text))
    assert len(lines) * size * LEADING <= 80 and lines[-1][1].endswith("…")
    assert all(width_of(line, size) <= 100 for _, line in lines)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a/>",
        b"PK\x03\x04",
        b"\xff\xfe",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>',
        b"<definitions " + b"a" * 6_000_000 + b"/>",
        HEAD.encode() + b"<process>" * 100,
    ],
    ids=str,
)
def test_what_is_no_diagram_is_not_read(content: bytes) -> None:
    assert diagram.read(content) is None


def test_a_file_without_a_drawing_is_told_in_words_alone() -> None:
    plan = diagram.read(file('<process id="p"><startEvent id="s"/><userTask id="a" name="Doen"/></process>'))
    assert plan is not None and not plan.shapes
    assert [step.name for lane in diagram.steps_of(plan, {}) for step in lane.steps] == ["", "Doen"]


@pytest.mark.parametrize("is_drawn", [True, False])
def test_of_a_model_that_no_page_can_hold_only_the_marked_steps_are_told(is_drawn: bool) -> None:
    nodes = [f"n{number}" for number in range(MOST_DRAWN + 1)]
    model = "".join(f'<task id="{one}"/>' for one in nodes)
    plan = diagram.read(file(f'<process id="p">{model}</process>', *(shape(one) for one in nodes if is_drawn)))
    assert plan is not None and plan.is_too_large and not plan.shapes
    assert [step.id for lane in diagram.steps_of(plan, {"n7": Mark("fout")}) for step in lane.steps] == ["n7"]


def test_the_inside_of_a_folded_subprocess_stands_under_the_rest() -> None:
    model = '<process id="p"><subProcess id="a"><task id="b" name="Binnen"/></subProcess></process>'
    second = f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{shape('b')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    content = file(model, shape("a", isExpanded="false")).decode().replace("</definitions>", second).encode()
    plan = diagram.read(content)
    assert plan is not None
    outer, inner = plan.shapes
    assert inner.box.y > outer.box.y + outer.box.height and plan.height > inner.box.y + inner.box.height
