"""A made-up city with other roles, names for the rungs, terms and amounts runs its own year with data files alone."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.decisions import Table
from engine.definition import Definition
from engine.openness import listed
from engine.terms import Act, Json, Severity
from engine.trail.kinds import Kind
from service import forms, stories, story
from service.definitions import family_files
from service.installation import read_family
from service.story import Story
from tests.processes.test_stories import without

PROCESSES = Path(__file__).resolve().parent.parent.parent / "processes"
DELFT, PROEFSTAD = PROCESSES / "delft", PROCESSES / "proefstad"
PHASES = {
    "analyseren": ("verkennen", "wijkanalyse"),
    "agenderen": ("kiezen", "wijkagenda"),
    "uitwerken": ("plannen", "wijkprogramma"),
    "uitvoeren": ("doen", "resultaten"),
    "verantwoorden": ("terugkijken", "wijkverslag"),
}
REFUSED = ["INV-02", "INV-12", "INV-07", "INV-27", "INV-12", "INV-05", "INV-04", "INV-18", "INV-29", "DT05"]
REFUSED += ["INV-13", "INV-13", "INV-31"]  # website and desk decide nothing; everything is accounted for
# A number in a cell of a table that is no part of a text.
NUMBER = re.compile(r"(?<![\w\"-])\d+(?![\w\"])")
COUNTS = {"niveau"}  # columns that count along with a process, and are no amount of a city


def read(city: Path) -> Definition:
    reading = read_family(family_files(city))
    assert reading.definition is not None, reading.findings
    return reading.definition


@pytest.fixture(scope="module")
def delft() -> Definition:
    return read(DELFT)


@pytest.fixture(scope="module")
def proefstad() -> Definition:
    return read(PROEFSTAD)


@pytest.fixture(scope="module")
def year() -> Story:
    told, findings = story.read((PROEFSTAD / "verhalen" / "jaar.toml").read_bytes(), "jaar.toml")
    assert told is not None, findings
    return told


def rows(city: Path, name: str, table: str) -> dict[str, Mapping[str, Json]]:
    listed = tomllib.loads((city / name).read_text("utf-8"))[table]
    return {str(row["naam"]): row for row in listed}


def test_the_family_of_proefstad_has_no_errors_no_warnings_and_forms_that_can_be_filled_in() -> None:
    found = read_family(family_files(PROEFSTAD)).findings
    assert [one for one in found if one.severity is not Severity.INFO] == []
    assert forms.findings(family_files(PROEFSTAD)) == ()


def test_its_year_comes_true_with_its_refusals(proefstad: Definition, year: Story) -> None:
    results = list(stories.run(year, proefstad, stories.forms_of(proefstad)))
    assert [result.message for result in results if not result.is_expected] == []
    assert [step.expected.refused for step in year.steps if step.expected.refused] == REFUSED
    assert year.steps[-1].expected.ended is True


@pytest.mark.parametrize("rule", dict.fromkeys(REFUSED))
def test_its_year_breaks_when_a_rule_is_deleted(rule: str, proefstad: Definition, year: Story) -> None:
    with without(rule):
        results = stories.run(year, proefstad, stories.forms_of(proefstad))
        assert not all(result.is_expected for result in results)


def test_it_goes_through_the_five_phases_with_its_own_diagrams(proefstad: Definition, delft: Definition) -> None:
    for process, product in PHASES.values():
        acts = [element.act for element in proefstad.processes[process].elements.values() if element.act]
        assert any(act.act is Act.PUBLICATIE and act.product == product for act in acts), process
        assert process not in delft.processes


def test_no_role_is_called_as_in_another_city(proefstad: Definition, delft: Definition) -> None:
    assert set(proefstad.roles.by_id) & set(delft.roles.by_id) == set()
    lanes = {element.lane for process in proefstad.processes.values() for element in process.elements.values()}
    assert lanes - {None} <= set(proefstad.roles.by_id)


def test_every_term_has_another_length() -> None:
    lengths = ("aantal", "eenheid", "duur", "op")
    theirs, ours = rows(DELFT, "termijnen.toml", "termijn"), rows(PROEFSTAD, "termijnen.toml", "termijn")
    shared = set(theirs) & set(ours)
    assert len(shared) > 25
    for name in shared:
        assert [theirs[name].get(key) for key in lengths] != [ours[name].get(key) for key in lengths], name


def test_every_amount_and_every_bound_in_a_table_is_another(proefstad: Definition, delft: Definition) -> None:
    compared = 0
    for ident in set(proefstad.tables) & set(delft.tables):
        for theirs, ours in zip(_numbers(delft.tables[ident]), _numbers(proefstad.tables[ident]), strict=True):
            compared += bool(theirs or ours)
            assert theirs & ours == set(), ident
    assert compared > 5
    ceilings = [
        {row["plafond"] for row in csv.DictReader((city / "rechten.csv").read_text("utf-8").splitlines())} - {""}
        for city in (DELFT, PROEFSTAD)
    ]
    assert all(ceilings) and ceilings[0] & ceilings[1] == set()


COPIED = sorted(path.name for path in PROEFSTAD.glob("*.bpmn") if (PROCESSES / "gedeeld" / path.name).exists())
PEOPLE = {"lane", "laneSet", "flowNodeRef", "participant", "collaboration", "documentation", "definitions"}


def shape(path: Path) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """Every element of a diagram with its attributes, but for who does it, how it is drawn and what people read."""
    found = []
    for element in etree.fromstring(path.read_bytes()).iter("{*}*"):
        place = etree.QName(element)
        if place.localname not in PEOPLE and "/DI" not in str(place.namespace) and "/DC" not in str(place.namespace):
            attributes = sorted((str(key), str(value)) for key, value in element.attrib.items() if key != "name")
            found.append((place.localname, tuple(attributes), (element.text or "").strip()))
    return found


@pytest.mark.parametrize("name", COPIED)
def test_a_diagram_that_it_took_over_differs_in_people_and_words_alone(name: str) -> None:
    """What is mended in the shared one is mended here: else the ladder of this city would fall behind unseen."""
    theirs, ours = shape(PROCESSES / "gedeeld" / name), shape(PROEFSTAD / name)
    assert len(theirs) > 10 and ours == theirs


def test_it_took_over_every_rung_of_the_ladder() -> None:
    assert {"raadplegen.bpmn", "adviseren.bpmn", "coproduceren.bpmn", "meebeslissen.bpmn"} <= set(COPIED)


def test_other_people_decide_and_other_rungs_are_usual() -> None:
    def cells(city: Path, column: str) -> set[tuple[str, str, str]]:
        listed = csv.DictReader((city / "rechten.csv").read_text("utf-8").splitlines())
        return {(row["stap"], row["trede"], row[column]) for row in listed}

    assert not {one for one in cells(DELFT, "beslist") & cells(PROEFSTAD, "beslist") if one[2].startswith("rol:")}
    usual = cells(DELFT, "standaard") ^ cells(PROEFSTAD, "standaard")
    assert {"D01", "D02", "D07", "D13"} <= {step for step, _, _ in usual}


def test_it_has_its_own_rules_for_a_contribution_and_its_own_names_for_the_rungs(proefstad: Definition) -> None:
    def allowed(table: str, column: int) -> list[str]:
        listed = proefstad.tables[table].inputs[column].allowed
        return [str(value) for value, _ in (listed.endings if listed else None) or ()]

    assert allowed("wijkbudget_spelregels", 0) == ["ps1", "ps2", "ps3", "ps4"]
    rungs = {kind.name: kind.rung.value for kind in proefstad.matrix.ladder.kinds.values()}
    assert rungs == {
        "meeweten": "meeweten",
        "meedenken": "raadplegen",
        "meedoen": "coproduceren",
        "meebeslissen": "meebeslissen",
    }
    assert [one.name for one in proefstad.matrix.ladder.kinds.values() if one.needs_delegation] == ["meebeslissen"]


OF_THE_SYSTEM = {
    "uitgebracht",
    "kiesgerechtigden",
    "papier",
    "blanco",
    "lijst",
    "stemmen",
    "uitslag",
    "regel",
    "verzoek",
}
NAMING = {"indiener", "wie", "eigenaar", "aanspreekpunt", "herkomst", "notulen", "tekst", "reactie"}


def open_fields(city: Path) -> set[str]:
    """The fields of the forms of a city that are not sealed, as the paths of its list."""
    files = family_files(city)
    found: set[str] = set()
    for name, content in files.items():
        if name.endswith(".form"):
            form, faults = forms.Form.read(content, name)
            assert form is not None, faults
            found |= set(_paths(json.loads(content)["components"])) - form.sealed
    return found


def _paths(components: list[Any], inside: str = "") -> Iterator[str]:
    for one in components:
        key = one.get("key") or one.get("path")
        path = ".".join(filter(None, (inside, key)))
        if "components" in one:
            yield from _paths(one["components"], path)
        elif key:
            yield path


@pytest.mark.parametrize("city", [DELFT, PROEFSTAD], ids=["delft", "proefstad"])
def test_the_list_of_a_city_names_fields_that_its_own_forms_leave_open(city: Path) -> None:
    """A field that no form has is one that was taken over from elsewhere; a sealed one never leaves anyhow."""
    allowed, known = read(city).openness, open_fields(city)
    named = {path.removeprefix("gegevens.") for paths in allowed.fields.values() for path in listed(paths)}
    fields = {path for paths in allowed.fields.values() for path in listed(paths) if path.startswith("gegevens.")}
    strange = {one.removeprefix("gegevens.") for one in fields} - known
    assert {one for one in strange if one.partition(".")[0] not in OF_THE_SYSTEM} == set()
    assert not {one for one in named if one.rpartition(".")[2] in NAMING} - {"onderdelen.herkomst"}


def test_the_list_of_proefstad_is_of_its_own_processes_sorts_and_rules(proefstad: Definition) -> None:
    allowed = proefstad.openness
    assert allowed.processes <= set(proefstad.processes) and "wijkjaar" in allowed.processes
    shown = {kind: set(listed(paths)) for kind, paths in allowed.fields.items()}
    assert {"gegevens.soort", "gegevens.delegatie"} <= shown[Kind.FRAME_SET]
    assert {f"gegevens.toets_per_regel.ps{number}" for number in range(1, 5)} <= shown[Kind.DECISION_TAKEN]
    assert not [one for paths in shown.values() for one in paths if ".wb" in one]


def _numbers(table: Table) -> Iterator[set[str]]:
    """The numbers in each column of conditions."""
    for place, column in enumerate(table.inputs):
        if column.expression.text.strip() not in COUNTS:
            yield {found for rule in table.rules for found in NUMBER.findall(rule.tests[place].text)}
