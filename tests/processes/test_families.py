"""The shipped families are sound: no errors or warnings, forms that can be filled in, and pictures that fit."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.definition import Definition
from engine.lint import form_of
from engine.terms import Act, Severity
from service import forms
from service.definitions import family_files
from service.installation import read_family

PROCESSES = Path(__file__).resolve().parent.parent.parent / "processes"
DELFT = PROCESSES / "delft"
DIAGRAMS = sorted(PROCESSES.glob("*/*.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
}
PHASES = ("analyseren", "agenderen", "uitwerken", "uitvoeren", "verantwoorden")
Box = tuple[float, float, float, float]


def tree(path: Path) -> Any:
    return etree.parse(str(path))


@pytest.fixture(scope="module")
def delft() -> Definition:
    reading = read_family(family_files(DELFT))
    assert reading.definition is not None, reading.findings
    return reading.definition


def test_the_family_of_delft_has_no_errors_and_no_warnings() -> None:
    found = read_family(family_files(DELFT)).findings
    assert [one for one in found if one.severity is not Severity.INFO] == []


def test_every_form_of_the_family_can_be_read() -> None:
    assert forms.findings(family_files(DELFT)) == ()


def test_every_form_is_used_and_every_used_form_is_there(delft: Definition) -> None:
    used = {act.form for process in delft.processes.values() for e in process.elements.values() if (act := e.act)}
    assert used - {None} == set(delft.forms)


@pytest.mark.parametrize("city", ["delft", "proefstad"])
def test_every_form_of_a_frame_asks_why_when_it_changes_an_earlier_one(city: str) -> None:
    """Without the field a rung could not go down before anybody took part, whatever the reason (INV-11)."""
    family = read_family(family_files(PROCESSES / city)).definition
    assert family is not None
    acts = [act for process in family.processes.values() for e in process.elements.values() if (act := e.act)]
    named = {act.form for act in acts if act.act is Act.KADER}
    assert named and all(name and form_of(name, family.forms[name]).asks("reden") for name in named)


def test_the_year_has_the_five_phases_in_order(delft: Definition) -> None:
    root = tree(DELFT / "wijkcyclus.bpmn")
    phases = root.xpath("//*[local-name()='fase']/@naam")
    assert tuple(phases) == PHASES
    assert {phase for phase in PHASES if phase in delft.processes} == set(PHASES)


def test_every_phase_ends_with_a_publication_of_its_product(delft: Definition) -> None:
    products = ("wijkanalyse", "wijkagenda", "wijkprogramma", "resultaten", "wijkverslag")
    for phase, product in zip(PHASES, products, strict=True):
        acts = [element.act for element in delft.processes[phase].elements.values() if element.act]
        assert any(act.act is Act.PUBLICATIE and act.product == product for act in acts), phase


def test_every_task_says_in_a_sentence_what_is_asked() -> None:
    for diagram in DIAGRAMS:
        for task in tree(diagram).iterfind(".//bpmn:userTask", NS):
            said = task.findtext("bpmn:documentation", "", NS)
            assert said.endswith((".", "?")), f"{diagram.name}: {task.get('id')}"


def test_no_diagram_holds_a_literal_duration_or_date() -> None:
    for diagram in DIAGRAMS:
        texts = tree(diagram).xpath("//*[starts-with(local-name(), 'time')]/text()")
        for text in texts:
            assert not re.match(r"\s*[\"']?(P\d|PT\d|R\d*/|\d{4}-)", str(text)), f"{diagram.name}: {text}"


def test_wijken_and_demo_people_are_readable() -> None:
    city = tomllib.loads((DELFT / "stad.toml").read_text("utf-8"))
    assert "tanthof" in {wijk["id"] for wijk in city["wijken"]}
    people = tomllib.loads((DELFT / "demo" / "personen.toml").read_text("utf-8"))["personen"]
    roles = tomllib.loads((DELFT / "rollen.toml").read_text("utf-8"))["rollen"]
    given = {role.partition("@")[0] for person in people.values() for role in person["rollen"]}
    assert given <= set(roles)


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_the_picture_shows_every_element_once_within_its_lane(diagram: Path) -> None:
    root = tree(diagram)
    boxes = _boxes(root)
    lane_of = {ref.text: lane.get("id") for lane in root.iterfind(".//bpmn:lane", NS) for ref in lane.iterfind("*", NS)}
    nodes = [node for node in root.find("bpmn:process", NS) if node.get("id") in lane_of]
    assert nodes
    for node in nodes:
        inner, outer = boxes[node.get("id")], boxes[lane_of[node.get("id")]]
        assert outer[0] <= inner[0] and inner[0] + inner[2] <= outer[0] + outer[2], node.get("id")
        assert outer[1] <= inner[1] and inner[1] + inner[3] <= outer[1] + outer[3], node.get("id")
    placed = [(n.get("id"), boxes[n.get("id")]) for n in nodes if etree.QName(n).localname != "boundaryEvent"]
    for number, (one, box) in enumerate(placed):
        for other, beside in placed[number + 1 :]:
            assert not _overlap(box, beside), f"{one} en {other}"


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_flow_is_a_line_that_touches_both_its_ends_and_crosses_no_element(diagram: Path) -> None:
    root = tree(diagram)
    boxes = _boxes(root)
    lines = {
        edge.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("dd:waypoint", NS)]
        for edge in root.iterfind(".//di:BPMNEdge", NS)
    }
    flows = root.findall(".//bpmn:sequenceFlow", NS)
    hosts = {event.get("id"): event.get("attachedToRef") for event in root.iterfind(".//bpmn:boundaryEvent", NS)}
    nodes = [ref.text for ref in root.iterfind(".//bpmn:flowNodeRef", NS)]
    assert set(lines) == {flow.get("id") for flow in flows}
    for flow in flows:
        points, source, target = lines[flow.get("id")], flow.get("sourceRef"), flow.get("targetRef")
        assert _touches(boxes[source], points[0]), flow.get("id")
        assert _touches(boxes[target], points[-1]), flow.get("id")
        for one, other in pairwise(points):
            assert one[0] == other[0] or one[1] == other[1], f"{flow.get('id')} loopt schuin"
            path = (min(one[0], other[0]), min(one[1], other[1]), abs(one[0] - other[0]), abs(one[1] - other[1]))
            for node in nodes:
                if node not in (source, target, hosts.get(source)):
                    assert not _overlap(path, boxes[node]), f"{flow.get('id')} loopt door {node}"


def _boxes(root: Any) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for shape in root.iterfind(".//di:BPMNShape", NS):
        bounds = shape.find("dc:Bounds", NS)
        name = shape.get("bpmnElement")
        assert name not in found, f"{name} staat er twee keer"
        x, y, width, height = (float(bounds.get(side)) for side in ("x", "y", "width", "height"))
        found[name] = (x, y, width, height)
    return found


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def _touches(box: Box, point: tuple[float, float]) -> bool:
    x, y, width, height = box
    return x - 1 <= point[0] <= x + width + 1 and y - 1 <= point[1] <= y + height + 1
