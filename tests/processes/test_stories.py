"""The shipped stories come true, and each of them breaks when the rule that it shows is taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from engine import definition, rules
from engine.checks import Checks
from engine.definition import Definition
from engine.terms import Act
from service import stories, story
from service.definitions import family_files
from service.expectations import StepResult
from service.forms import Form
from service.installation import read_family
from service.story import Story

PROCESSES = Path(__file__).resolve().parent.parent.parent / "processes"
FILES = {path.stem: path for city in ("delft", "gedeeld") for path in stories.story_files(PROCESSES / city)}
# Of each rung its story, and the rules that must be there for it to come true.
SHOWN = [
    ("knelpuntactie", "INV-03"),
    ("knelpuntactie", "DT05"),
    ("raadplegen", "INV-02"),
    ("raadplegen", "INV-13"),
    ("raadplegen", "INV-16"),
    ("raadplegen", "INV-18"),
    ("raadplegen", "taak/kandidaat"),
    ("verantwoorden", "INV-10"),
    ("na_het_verslag", "INV-31"),
    ("adviseren", "INV-09"),
    ("agenderen", "INV-08"),
    ("coproduceren", "INV-07"),
    ("meebeslissen", "INV-04"),
    ("meebeslissen", "INV-05"),
    ("tweede_ronde", "INV-06"),
    ("tweede_ronde", "taak/vier-ogen"),
    ("plan_zonder_kader", "INV-01"),
    *(("trede_wijzigen", rule) for rule in ("INV-09", "INV-11", "INV-17")),
    *(("trede_verlagen", rule) for rule in ("INV-11", "taak/kandidaat")),
    ("initiatief_wijzigen", "INV-07"),
    ("tanthof-2027", "DT12"),
    *(("stemming", rule) for rule in ("INV-04", "INV-05", "INV-16")),
    ("aandachtspunt", "INV-09"),
    ("aankondiging_werk", "INV-17"),
    *(("bewonersbijeenkomst", f"INV-{number}") for number in ("02", "38", "41")),
    ("bijeenkomst", "bijeenkomst/inhoud"),
    ("publicatie", "taak/vier-ogen"),
    *(("toezegging", rule) for rule in ("INV-13", "INV-33", "{cel}")),
    *(("twee_cycli", rule) for rule in ("INV-02", "DT05")),
    *(("twee_wijken", rule) for rule in ("INV-03", "DT05")),
    ("bezwaar", "INV-13"),
    ("bezwaar", "{cel}"),
    ("bezwaar_te_laat", "{cel}"),
    ("geschil", "taak/kandidaat"),
    ("geschil", "{cel}"),
    ("geschil_zwijgen", "INV-43"),
    ("geschil_zwijgen", "taak/kandidaat"),
    ("overname_initiatief", "INV-24"),
    ("overname_initiatief", "{cel}"),
    ("proceswijziging", "taak/vier-ogen"),
    ("wijkschouw", "taak/kandidaat"),
    *(("wisseling_coordinator", rule) for rule in ("taak/kandidaat", "taak/behandelaar")),
    ("signaal", "taak/kandidaat"),
    ("signaal_over_personen", "taak/kandidaat"),
    *(("jaarcyclus", f"INV-{number}") for number in ("02", "03", "04", "07", "09", "13", "16", "17", "18")),
    *(("jaarcyclus", f"INV-{number}") for number in ("20", "28", "31")),
    ("raadplegen", "INV-27"),
]


# The arithmetic of the Awb stands in the diagram: what a story of it calculates with, and what is put in its place.
RECKONED = [
    ("bezwaar_verdaagd", ", [{van: verzuim.gevraagd_op, tot: verzuim.hersteld_op}]", ""),
    ("bezwaar_verdaagd", 'termijn("bezwaar_verdagen", beslissen_tot)', "beslissen_tot"),
    ("bezwaar_verdaagd", "bezwaarschrift.gepost_op != null and", "false and"),
    (
        "bezwaar_te_laat_verdaagd",
        'termijn("bezwaar_per_post", bezwaar_tot)',
        'termijn("bezwaar_verdagen", bezwaar_tot)',
    ),
    ("bezwaar_te_laat_verdaagd", " and today() &lt;= date(beslissen_tot)", ""),
    ("bezwaar_te_laat", "op_tijd = date(bezwaarschrift.ontvangen_op) &lt;= date(bezwaar_tot)", "op_tijd = true"),
]


@pytest.fixture(scope="module")
def delft() -> tuple[Definition, Mapping[str, Form]]:
    reading = read_family(family_files(PROCESSES / "delft"))
    assert reading.definition is not None, reading.findings
    return reading.definition, stories.forms_of(reading.definition)


def read(name: str) -> Story:
    found, findings = story.read(FILES[name].read_bytes(), FILES[name].name)
    assert found is not None, findings
    return found


@pytest.fixture(scope="module")
def year(delft: tuple[Definition, Mapping[str, Form]]) -> list[StepResult]:
    """The year cycle, played once."""
    return list(stories.run(read("jaarcyclus"), *delft))


@contextmanager
def without(rule: str) -> Iterator[None]:
    """The table of rules with every check under this id deleted, for the length of the block."""
    table = cast("dict[Act, Checks]", rules.ACTS)
    kept = dict(table)
    table.update({act: tuple(check for check in checks if check.rule != rule) for act, checks in kept.items()})
    try:
        yield
    finally:
        table.update(kept)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_shipped_story_comes_true(
    name: str, delft: tuple[Definition, Mapping[str, Form]], year: list[StepResult]
) -> None:
    told = read(name)
    results = year if name == "jaarcyclus" else list(stories.run(told, *delft))
    assert [result.message for result in results if not result.is_expected] == []
    assert len(results) >= len(told.steps)


@pytest.mark.parametrize(("name", "rule"), SHOWN)
def test_a_story_breaks_when_its_rule_is_deleted(
    name: str, rule: str, delft: tuple[Definition, Mapping[str, Form]]
) -> None:
    with without(rule):  # with the rule it comes true: see the test above
        assert not all(result.is_expected for result in stories.run(read(name), *delft))


@pytest.mark.parametrize(("name", "before", "after"), RECKONED)
def test_a_story_breaks_when_the_arithmetic_of_its_term_is_deleted(name: str, before: str, after: str) -> None:
    files = family_files(PROCESSES / "delft")
    drawn = files["bezwaar.bpmn"].decode()
    assert before in drawn
    reading = definition.read(files | {"bezwaar.bpmn": drawn.replace(before, after).encode()})
    assert reading.definition is not None, reading.findings
    results = list(stories.run(read(name), reading.definition, stories.forms_of(reading.definition)))
    assert not all(result.is_expected for result in results)


def test_the_year_holds_the_refusals_that_it_must_show() -> None:
    refused = [step.expected.refused for step in read("jaarcyclus").steps if step.expected.refused]
    assert {"INV-02", "INV-03", "INV-04", "INV-07", "INV-09", "INV-13", "INV-16"} <= set(refused)


def test_tanthof_is_refused_exactly_ten_times() -> None:
    refused = [step.expected.refused for step in read("tanthof-2027").steps if step.expected.refused]
    assert " ".join(refused) == "INV-02 DT05 INV-20 INV-17 INV-18 INV-07 INV-24 INV-04 DT12 INV-31"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        ('["wijkcoordinator@wijk:voorhof"]', '["wijkcoordinator@wijk:voorhof", "wijkcoordinator@wijk:tanthof"]', "1"),
        ('["wijkcoordinator@wijk:tanthof"]', '["wijkcoordinator@wijk:voorhof", "wijkcoordinator@wijk:tanthof"]', "2"),
        ('["bewoner@wijk:voorhof"]', '["bewoner"]', "5"),
        ('bedrag = "501,00"', 'bedrag = "500,00"', "10"),
        (
            'nr = "7"\nop = 2027-03-08\nwie = "voorhof"\nwijk = "voorhof"',
            'nr = "7"\nop = 2027-03-08\nwie = "voorhof"',
            "7",
        ),
    ],
)
def test_the_story_of_two_wijken_breaks_where_they_are_one(
    before: str, after: str, number: str, delft: tuple[Definition, Mapping[str, Form]]
) -> None:
    text = FILES["twee_wijken"].read_text("utf-8")
    assert before in text
    told, findings = story.read(text.replace(before, after, 1).encode(), "proef.toml")
    assert told is not None, findings
    last = list(stories.run(told, *delft))[-1]
    assert last.number == number and last.message


@pytest.mark.parametrize(
    "what",
    [
        'taak = "knelpunt_beschrijven"',
        'poging = { handeling = "inbreng", stap = "D12" }',
        'zaak = { proces = "wijkcyclus", jaar = 2030 }',
    ],
)
def test_in_a_wijk_where_nothing_runs_there_is_nothing_to_do(
    what: str, delft: tuple[Definition, Mapping[str, Form]]
) -> None:
    head, _, _ = FILES["twee_wijken"].read_text("utf-8").partition("[[stap]]")
    step = f'[[stap]]\nop = 2027-03-08\nwie = "tanthof"\nwijk = "wippolder"\n{what}\n'
    told, findings = story.read((head + step).encode(), "proef.toml")
    assert told is not None, findings
    _, last = stories.run(told, *delft)
    assert ("geen" in last.message) if "zaak" not in what else ("bevoegdheid/rol" in last.message)


def test_the_year_runs_through_five_phases_to_its_wijkverslag(year: list[StepResult]) -> None:
    told = read("jaarcyclus")
    assert (f"{year[0].at:%Y-%m-%d}", f"{year[-1].at:%Y-%m-%d}") == ("2026-03-02", "2028-04-11")
    assert told.steps[-1].expected.product == "wijkverslag"
    assert told.steps[-1].expected.ended is True


def test_a_story_stops_at_the_first_step_that_does_not_come_true(delft: tuple[Definition, Mapping[str, Form]]) -> None:
    text = FILES["coproduceren"].read_text("utf-8")
    wrong = text.replace('verwacht = { product = "participatiekader"', 'verwacht = { product = "iets anders"')
    told, _ = story.read(wrong.encode(), "coproduceren.toml")
    assert told is not None
    results = list(stories.run(told, *delft))
    assert results[-1].number == "2"
    assert results[-1].message == "verwacht: product = iets anders, maar het is participatiekader"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            'taak = "traject_kader_vaststellen"',
            'taak = "iets_anders"',
            "geen open taak; open: traject_kader_vaststellen",
        ),
        ('proces = "participatietraject"', 'proces = "bestaat_niet"', "dit proces bestaat niet"),
        (
            'wie = "college"\ntaak = "traject',
            'wie = "jongeren"\ntaak = "traject',
            "onverwacht geweigerd door taak/kandidaat",
        ),
        (
            'taken = ["probleemagenda_opstellen"]',
            "taken = []",
            "verwacht: taken = geen, maar het is probleemagenda_opstellen",
        ),
        ('door = "coordinator"', 'door = "jongeren"', "geweigerd"),
    ],
)
def test_a_step_that_does_not_come_true_says_why(
    before: str, after: str, message: str, delft: tuple[Definition, Mapping[str, Form]]
) -> None:
    text = FILES["coproduceren"].read_text("utf-8")
    assert before in text
    told, findings = story.read(text.replace(before, after, 1).encode(), "proef.toml")
    assert told is not None, findings
    assert message in list(stories.run(told, *delft))[-1].message
