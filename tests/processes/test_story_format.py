"""A story with faults names all of them at once, each at its place; a sound one means what it says."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.terms import Action
from service import story
from service.story import NewCase, Story

PROCESSES = Path(__file__).resolve().parent.parent.parent / "processes"
HEAD = """
[verhaal]
naam = "Proef"
proces = "traject"
wijk = "tanthof"
jaar = 2027
begin = 2026-10-12
door = "anna"

[personen.anna]
rollen = ["wijkcoordinator@wijk:tanthof", "raad", "deelnemers@groep:I-02"]
"""
STEP = """
[[stap]]
op = 2026-10-13
wie = "anna"
taak = "iets_doen"
"""


def read(text: str) -> Story:
    found, findings = story.read(text.encode(), "proef.toml")
    assert found is not None, findings
    return found


def faults(text: str) -> list[str]:
    found, findings = story.read(text.encode(), "proef.toml")
    assert found is None
    return [finding.sentence for finding in findings]


def test_a_role_may_be_held_for_a_time() -> None:
    period = HEAD.replace('"raad"', '"raad van 2026-07-01 tot 2027-06-30", "raad tot 2026-05-31"')
    held = read(period + STEP).persons["anna"].memberships[1:3]
    assert [(one.role, one.since, one.until) for one in held] == [
        ("raad", "2026-07-01", "2027-06-30"),
        ("raad", None, "2026-05-31"),
    ]


def test_a_sound_story_is_read() -> None:
    told = read(HEAD + STEP + 'handeling = "bijdragen"\nverwacht = { taken = ["a"], geweigerd = "INV-07" }')
    (step,) = told.steps
    assert (step.number, step.action, step.element) == ("1", Action.CONTRIBUTE, "iets_doen")
    assert (step.expected.opened, step.expected.refused) == (("a",), "INV-07")
    assert [(m.role, m.reach, m.wijk, m.group) for m in told.persons["anna"].memberships] == [
        ("wijkcoordinator", "wijk", "tanthof", None),
        ("raad", "gemeente", None, None),
        ("deelnemers", "groep", None, "I-02"),
    ]


def test_a_date_is_nine_in_the_morning_in_the_netherlands() -> None:
    assert read(HEAD + STEP).steps[0].at.astimezone(UTC) == datetime(2026, 10, 13, 7, tzinfo=UTC)
    later = STEP.replace("2026-10-13", "2026-12-13T14:30:00")
    assert read(HEAD + later).steps[0].at.astimezone(UTC) == datetime(2026, 12, 13, 13, 30, tzinfo=UTC)


def test_dates_in_values_become_their_iso_text() -> None:
    step = STEP + "gegevens = { termijn = 2026-11-02, lijst = [{ dag = 2026-11-03 }], getal = 3, ja = true }"
    assert read(HEAD + step).steps[0].values == {
        "termijn": "2026-11-02",
        "lijst": [{"dag": "2026-11-03"}],
        "getal": 3,
        "ja": True,
    }


def test_a_step_may_begin_a_case() -> None:
    step = STEP.replace('taak = "iets_doen"', 'zaak = { proces = "geschil", groep = "I-02", jaar = 2028 }')
    assert read(HEAD + step).steps[0].case == NewCase("geschil", "I-02", 2028, False)


def test_a_step_may_be_in_another_wijk() -> None:
    step = STEP.replace('taak = "iets_doen"', 'wijk = "voorhof"\nzaak = { proces = "geschil", nieuw_dossier = true }')
    (read_step,) = read(HEAD + step).steps
    assert (read_step.wijk, read_step.case) == ("voorhof", NewCase("geschil", None, None, True, "voorhof"))
    assert read(HEAD + STEP).steps[0].wijk is None


def test_all_faults_come_at_once() -> None:
    text = HEAD.replace('wijk = "tanthof"', "wijk = 5").replace("jaar = 2027", 'kleur = "rood"') + STEP.replace(
        'wie = "anna"', 'wie = "piet"'
    )
    assert [sentence.partition(":")[0] for sentence in faults(text)] == [
        "verhaal.kleur",
        "stap 1",
        "verhaal.jaar",
        "verhaal.wijk",
    ]


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("op = 2026-10-13", "op = 2026-10-11", "stap 1"),
        ("op = 2026-10-13", 'op = "morgen"', "stap 1.op"),
        ("op = 2026-10-13", "", "stap 1.op"),
        ('taak = "iets_doen"', "", "stap 1"),
        ('taak = "iets_doen"', 'taak = "a"\ntijd = true', "stap 1"),
        ('taak = "iets_doen"', "tijd = false", "stap 1.tijd"),
        ('taak = "iets_doen"', 'taak = "a"\nhandeling = "toveren"', "stap 1.handeling"),
        ('taak = "iets_doen"', 'taak = "a"\naan = "niemand"', "stap 1"),
        ('taak = "iets_doen"', 'taak = "a"\ngegevens = 5', "stap 1.gegevens"),
        ('taak = "iets_doen"', 'taak = "a"\ngegevens = { x = 1.5 }', "stap 1.gegevens.x"),
        ('taak = "iets_doen"', 'taak = "a"\nverwacht = { kleur = 1 }', "stap 1.verwacht.kleur"),
        ('taak = "iets_doen"', 'taak = "a"\nverwacht = { trede = "zwaaien" }', "stap 1.verwacht.trede"),
        ('taak = "iets_doen"', 'taak = "a"\nverwacht = { gereed = "ja" }', "stap 1.verwacht.gereed"),
        ('taak = "iets_doen"', 'taak = "a"\nverwacht = { taken = 5 }', "stap 1.verwacht.taken"),
        ('taak = "iets_doen"', 'poging = { handeling = "raden" }', "stap 1.poging.handeling"),
        ('taak = "iets_doen"', "poging = 5", "stap 1.poging"),
        ('taak = "iets_doen"', "zaak = 5", "stap 1.zaak"),
        ('taak = "iets_doen"', 'taak = "a"\nwijk = 5', "stap 1.wijk"),
        ('taak = "iets_doen"', 'tijd = true\nwijk = "voorhof"', "stap 1.wijk"),
        ('taak = "iets_doen"', 'bericht = { naam = "a" }\nwijk = "voorhof"', "stap 1.wijk"),
        ('taak = "iets_doen"', 'zaak = { proces = "a", wijk = "voorhof" }', "stap 1.zaak.wijk"),
        ('taak = "iets_doen"', 'zaak = { groep = "I-02" }', "stap 1.zaak.proces"),
        ('taak = "iets_doen"', 'zaak = { proces = "a", jaar = "nu" }', "stap 1.zaak.jaar"),
        ('taak = "iets_doen"', 'zaak = { proces = "a", nieuw_dossier = "ja" }', "stap 1.zaak.nieuw_dossier"),
        ('taak = "iets_doen"', 'taak = "a"\njaar = "nu"', "stap 1.jaar"),
        ('taak = "iets_doen"', 'taak = "a"\nkeus = 0', "stap 1.keus"),
        ('taak = "iets_doen"', "bericht = { sleutel = 5 }", "stap 1.bericht.sleutel"),
        ('wie = "anna"', "", "stap 1"),
        ('door = "anna"', 'door = "piet"', "verhaal.door"),
        ('rollen = ["wijk', 'vervangt = ["piet"]\nrollen = ["wijk', "personen.anna"),
        ('"raad"', '"raad@land:nl"', "personen.anna.rollen"),
        ('"raad"', '"raad tot 2027-02-30"', "personen.anna.rollen"),
        ('"raad"', '"raad van 2026-W01-1"', "personen.anna.rollen"),
        ("[personen.anna]", '[personen.anna]\nbewoner = "ja"', "personen.anna.bewoner"),
        ("[personen.anna]", "[personen.anna]\nmandaten = 5", "personen.anna.mandaten"),
        ("[personen.anna]", '[personen.anna]\nmandaten = [{ plafond = "veel" }]', "personen.anna.mandaten.plafond"),
    ],
)
def test_a_fault_names_its_place(before: str, after: str, place: str) -> None:
    text = HEAD + STEP
    assert before in text
    assert place in [sentence.partition(":")[0] for sentence in faults(text.replace(before, after, 1))]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[verhaal", b"a = 1", b"stap = 5", b"personen = 1\nstap = [1]"])
def test_a_file_that_is_no_story_is_a_finding(content: bytes) -> None:
    found, findings = story.read(content, "proef.toml")
    assert found is None
    assert findings


@settings(max_examples=100, deadline=None)
@given(line=st.integers(0, 12), text=st.text(max_size=20))
def test_no_change_to_a_story_makes_the_reader_stumble(line: int, text: str) -> None:
    lines = (HEAD + STEP).split("\n")
    lines[line] = text
    found, findings = story.read("\n".join(lines).encode("utf-8", "ignore"), "proef.toml")
    assert (found is None) == bool(findings)


def test_the_story_that_the_readme_shows_is_sound() -> None:
    (example,) = re.findall(
        r"^```toml\n(.*?)^```", (PROCESSES / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert read(example).steps[0].expected.refused == "INV-02"


def test_the_readme_names_every_field_of_a_step_and_of_what_is_expected() -> None:
    text = (PROCESSES / "README.md").read_text("utf-8")
    for name in (
        "taken",
        "gesloten",
        "product",
        "trede",
        "geweigerd",
        "fouten",
        "gereed",
        "bij",
        "aan",
        "poging",
        "bericht",
        "wijk",
    ):
        assert f"`{name}`" in text or f"{name} =" in text, name


def test_the_dictionary_has_one_sentence_for_each_word() -> None:
    words = tomllib.loads((PROCESSES / "woordenlijst.toml").read_text("utf-8"))["woord"]
    assert all(sentence.endswith((".", "?")) for sentence in words.values())
