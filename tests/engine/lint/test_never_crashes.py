"""However a diagram is damaged: findings, never an exception."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import lint, safexml
from engine.lint import Family, form_of
from engine.lint.vocabulary import FLOW_NODES, MODEL
from engine.operations import OPERATIONS as SHIPPED_OPERATIONS
from engine.rights import Matrix
from engine.roles import Roles
from tests.engine.lint.diagrams import OPERATIONS

SHIPPED = sorted((Path(__file__).parents[3] / "processes").rglob("*.bpmn"))
CITY = Path(__file__).parents[3] / "processes" / "delft"
ROLES = Roles.read((CITY / "rollen.toml").read_bytes())[0]
assert ROLES is not None
MATRIX = Matrix.read((CITY / "rechten.csv").read_bytes(), ROLES)[0]
FORMS = {path.stem: form_of(path.name, json.loads(path.read_text())) for path in CITY.parent.rglob("*.form")}
FAMILY = Family({}, FORMS, frozenset(), ROLES, MATRIX)
WORDS = ["", "p", "t", "true", "-1", "9999-12-31T00:00:00Z", "R/PT0S", "__import__('os')", "\u202e", "a" * 5000, "raad"]


def judged(content: bytes) -> None:
    root, findings = safexml.read(content, "f.bpmn")
    if root is None:
        assert findings
        return
    for finding in (*lint.findings(root, "f.bpmn", OPERATIONS), *lint.family_findings({"f.bpmn": root}, FAMILY)):
        assert finding.sentence
        assert finding.rule


def damaged(root: etree._Element, data: st.DataObject) -> None:
    """Drop, double, move, rename or rewrite something, somewhere."""
    elements = [element for element in root.iter(etree.Element) if element.getparent() is not None]
    if not elements:
        return
    element = data.draw(st.sampled_from(elements))
    parent = element.getparent()
    assert parent is not None
    how = data.draw(st.sampled_from(["drop", "double", "move", "rename", "set", "unset", "text"]))
    if how == "drop":
        parent.remove(element)
    elif how == "double":
        parent.append(etree.fromstring(etree.tostring(element)))
    elif how == "move":
        target = data.draw(st.sampled_from(elements))
        if element not in set(target.iterancestors()) and target is not element:
            target.append(element)
    elif how == "rename":
        element.tag = f"{{{MODEL}}}{data.draw(st.sampled_from(sorted(FLOW_NODES)))}"
    elif how == "text":
        element.text = data.draw(st.sampled_from(WORDS))
    elif element.attrib:
        name = data.draw(st.sampled_from(sorted(str(key) for key in element.attrib)))
        if how == "set":
            element.set(name, data.draw(st.sampled_from([*WORDS, *(other.get("id") or "" for other in elements)])))
        else:
            del element.attrib[name]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_shipped_diagram_damaged_anywhere_gives_findings_and_no_exception(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SHIPPED)).read_bytes()
    root, _ = safexml.read(content, "f.bpmn")
    assert root is not None
    for _ in range(data.draw(st.integers(1, 6))):
        damaged(root, data)
    judged(etree.tostring(root))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_bytes_changed_anywhere_give_findings_and_no_exception(data: st.DataObject) -> None:
    content = bytearray(SHIPPED[0].read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    judged(bytes(content))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_diagrams_have_nothing_against_them(path: Path) -> None:
    root, findings = safexml.read(path.read_bytes(), path.name)
    assert root is not None
    found = [*findings, *lint.findings(root, path.name, SHIPPED_OPERATIONS)]
    assert [finding for finding in found if finding.severity.value != "info"] == []
