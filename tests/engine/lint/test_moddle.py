"""The descriptor for editors says the same as the reader of the notation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from engine import notation
from engine.terms import Act

DESCRIPTOR = json.loads((Path(__file__).parents[3] / "processes" / "wijk.moddle.json").read_text())
TYPES = {one["name"][0].lower() + one["name"][1:]: one for one in DESCRIPTOR["types"]}
GOOD = {
    "treden": "adviseren",
    "stap": "D09",
    "verzamelt": "ja",
    "handeling": "werk",
    "vertrouwelijk": "ja",
    "zonderInhoud": "ja",
    "groep": "ja",
}
PLACES = [
    (name, allowed.removeprefix("bpmn:"))
    for name, one in TYPES.items()
    for allowed in one["meta"]["allowedIn"]
    if allowed.startswith("bpmn:")
]


def faults(kind: str, inner: etree._Element) -> list[str]:
    node = etree.Element(f"{{{notation.BPMN}}}{kind[0].lower()}{kind[1:]}", id="x")
    etree.SubElement(node, f"{{{notation.BPMN}}}extensionElements").append(inner)
    return [finding.sentence for finding in notation.read(node, "f.bpmn")[1]]


def element(name: str) -> etree._Element:
    """One element with every attribute that the descriptor gives it, and one of each child."""
    found = etree.Element(f"{{{notation.NAMESPACE}}}{name}")
    for one in TYPES[name]["properties"]:
        if one.get("isAttr"):
            found.set(one["name"], "analyseren" if name == "fase" else GOOD.get(one["name"], "a"))
        else:
            found.append(element(one["name"]))
    return found


def test_the_namespace_is_that_of_the_notation() -> None:
    assert DESCRIPTOR["uri"] == notation.NAMESPACE


@pytest.mark.parametrize(("name", "kind"), PLACES)
def test_what_an_editor_can_write_the_engine_reads(name: str, kind: str) -> None:
    assert faults(kind, element(name)) == []


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_an_editor_cannot_write_the_engine_does_not_read(name: str) -> None:
    assert faults("UserTask", etree.Element(f"{{{notation.NAMESPACE}}}{name}", kleur="rood")) != []


@pytest.mark.parametrize("name", sorted(set(TYPES) - {"invoer"}))
def test_an_element_is_allowed_nowhere_else(name: str) -> None:
    allowed = {kind for of, kind in PLACES if of == name}
    kinds = {kind for _, kind in PLACES} | {"ExclusiveGateway", "Process", "ScriptTask"}
    assert {kind for kind in kinds if faults(kind, element(name)) == []} == allowed


def test_the_choices_are_those_of_the_engine() -> None:
    choices = {one["name"]: [value["name"] for value in one["literalValues"]] for one in DESCRIPTOR["enumerations"]}
    assert choices["Handeling"] == list(Act)
    assert choices["FaseNaam"] == list(notation.PHASES)


def test_every_attribute_of_the_notation_is_in_the_descriptor() -> None:
    written = {name: {one["name"] for one in of["properties"] if one.get("isAttr")} for name, of in TYPES.items()}
    assert written == {name: set(attributes) for name, attributes in notation._ATTRIBUTES.items()}
