"""A ballot in a story: the same numbers on the engine alone and through the service, where every voter votes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from service import stories, story
from service.config import Config
from service.definitions import family_files
from service.expectations import StepResult
from service.installation import read_family
from service.play import Player
from service.stage import ADMINISTRATOR, build
from service.story import Story
from tests.service.houses import PASSWORD
from tests.service.moulds import CHEAP
from tests.service.polls import CAST, city

TESTED = (
    'toets_per_regel = { wb1 = "ja", wb2 = "ja", wb3 = "ja", wb4 = "ja", wb5 = "ja", wb6 = "inspanning", wb7 = "ja" }, '
    'inspanning = "Gevraagd", aantal_belanghebbenden = 120, individueel_voordeel = "nee", openbare_ruimte = "ja"'
)
STORY = """
[verhaal]
naam = "De wijk stemt over de speelplek"
proces = "stemproef"
wijk = "tanthof"
jaar = 2027
groep = "I-05"
begin = 2027-03-01
door = "coordinator"
{cast}
[[stap]]
op = 2027-03-01
wie = "college"
taak = "kader"
[stap.gegevens]
doel = "Samen kiezen"
ruimte_open = "Welke speelplek"
ruimte_dicht = "Het bedrag"
orgaan = "college"
doelgroep = "Alle bewoners"
werkvorm = "Een stemming"
terugkoppeling = "Schriftelijk"
termijn = 2027-03-20
trede = "meebeslissen"

[[stap]]
op = 2027-03-01
wie = "communicatie"
taak = "publiceren"
gegevens = {{ kanalen = ["website"], datum = 2027-03-01 }}

[[stap]]
op = 2027-03-02
wie = "college"
taak = "binden"
[stap.gegevens]
onderwerp = "De speelplek"
opties = [{{ optie = "A" }}, {{ optie = "B" }}, {{ optie = "C" }}]
plafond = "25.000,00"
kiesgerechtigden = "Alle bewoners vanaf 12 jaar"
beslisregel = "hoogste_aantal"
aantal_kiesgerechtigden = 231
quorum = 23
vervaldatum = 2027-07-01

[[stap]]
op = 2027-03-30
wie = "jurist"
taak = "toetsen"
[stap.gegevens]
optietoets = [
  {{ optie = "A", rechtmatig = true, uitvoerbaar = true, {tested} }},
  {{ optie = "B", rechtmatig = true, uitvoerbaar = true, {tested} }},
  {{ optie = "C", rechtmatig = true, uitvoerbaar = true, {tested} }},
]

[[stap]]
op = 2027-04-01
wie = "college"
taak = "openen"
gegevens = {{ van = 2027-04-07, tot = 2027-04-21 }}
verwacht = {{ geweigerd = "INV-04" }}

[[stap]]
op = 2027-04-01
wie = "speelplek"
taak = "openen"
gegevens = {{ van = 2027-04-07, tot = 2027-04-21 }}

[[stap]]
op = 2027-04-07
stemming = {votes}

[[stap]]
op = 2027-04-22
wie = "speelplek"
taak = "vaststellen"
verwacht = {after}
[stap.gegevens]
dekking = "wijkbudget 2027"
"""
SECOND_ROUND = """
[[stap]]
op = 2027-04-23
wie = "speelplek"
taak = "openen"
gegevens = {{ van = 2027-05-03, tot = 2027-05-10 }}

[[stap]]
op = 2027-05-04
stemming = {votes}

[[stap]]
op = 2027-05-11
wie = "speelplek"
taak = "vaststellen"
verwacht = {after}
[stap.gegevens]
dekking = "wijkbudget 2027"
"""
RATIFIED = """
[[stap]]
op = 2027-05-11
wie = "college"
taak = "bekrachtigen"
gegevens = { bekrachtigd = true, uitslag = "B" }
verwacht = { geweigerd = "INV-04" }

[[stap]]
op = 2027-05-11
wie = "college"
taak = "bekrachtigen"
gegevens = { bekrachtigd = true, uitslag = "A" }
verwacht = { gereed = true }
"""
VOTES = "{ opties = { A = 21, B = 15, C = 10, blanco = 1 }, papier = 6 }"


def told(votes: str, after: str, more: str = "") -> Story:
    text = STORY.format(cast=CAST.decode(), tested=TESTED, votes=votes, after=after) + more
    found, findings = story.read(text.encode(), "proef")
    assert found is not None, findings
    return found


def on_the_engine(one: Story, directory: Path) -> list[StepResult]:
    read = read_family(family_files(city(directory)))
    assert read.definition is not None, read.findings
    return list(stories.run(one, read.definition, stories.forms_of(read.definition)))


def over_http(one: Story, url: str, directory: Path) -> list[StepResult]:
    config = Config(database_url=url, key_file=directory / "sleutel", city=city(directory))
    passwords = dict.fromkeys((ADMINISTRATOR, *one.persons), PASSWORD)
    stage = build(config, one.persons, passwords, one.begin, one.wijk, CHEAP)
    found = list(Player(one, stage).play())
    stage.installation.database.dispose()
    return found


def test_47_voters_decide_on_the_engine_and_over_http(url: str, tmp_path: Path) -> None:
    one = told(VOTES, '{ taken = ["bekrachtigen"], trede = "meebeslissen" }', RATIFIED)
    results = on_the_engine(one, tmp_path / "motor")
    assert results[-1].is_expected, results[-1]
    results = over_http(one, url, tmp_path)
    assert results[-1].is_expected, results[-1]
    assert len(results) == 1 + len(one.steps)


def assert_on_both(one: Story, url: str, directory: Path) -> None:
    """The engine alone and the service tell this story to its end, and in the same way."""
    for results in (on_the_engine(one, directory / "motor"), over_http(one, url, directory)):
        assert results[-1].is_expected, results[-1]
        assert len(results) == 1 + len(one.steps)


def test_inv_04_without_a_quorum_there_is_no_outcome_for_anybody(url: str, tmp_path: Path) -> None:
    assert_on_both(told("{ opties = { A = 20, B = 2 } }", "{ taken = [], gereed = true }"), url, tmp_path)


@pytest.mark.parametrize(
    ("votes", "after"),
    [
        ("{ opties = { A = 13, B = 14 } }", '{ taken = ["bekrachtigen"], trede = "meebeslissen" }'),
        ("{ opties = { A = 14, B = 14, blanco = 2 } }", "{ taken = [], gereed = true }"),
        ("{ opties = { A = 12, B = 2 } }", "{ taken = [], gereed = true }"),
    ],
    ids=["one leads", "a tie again", "no quorum any more"],
)
def test_inv_04_a_tie_is_decided_in_one_second_round_or_by_nobody(
    url: str, tmp_path: Path, votes: str, after: str
) -> None:
    tied = "{ opties = { A = 12, B = 12, C = 3 }, papier = 2 }"
    second = SECOND_ROUND.format(votes=votes, after=after)
    assert_on_both(told(tied, '{ taken = ["openen"] }', second), url, tmp_path)


def test_inv_05_who_lost_the_first_round_is_no_choice_in_the_second(url: str, tmp_path: Path) -> None:
    tied, lost = "{ opties = { A = 12, B = 12, C = 3 } }", "{ opties = { C = 30 } }"
    one = told(tied, '{ taken = ["openen"] }', SECOND_ROUND.format(votes=lost, after="{}"))
    assert "geen keuze in deze stemming: C" in on_the_engine(one, tmp_path / "motor")[-1].message
    assert not over_http(one, url, tmp_path)[-1].is_expected


def test_votes_that_cannot_be_are_said(tmp_path: Path) -> None:
    strange = on_the_engine(told("{ opties = { D = 2 } }", "{}"), tmp_path / "een")
    assert "geen keuze in deze stemming: D" in strange[-1].message
    one = told(VOTES, "{}")
    late = replace(one, steps=tuple(replace(step, at=one.steps[-1].at) if step.votes else step for step in one.steps))
    assert "0 stemmingen staan open" in on_the_engine(late, tmp_path / "twee")[-1].message


@pytest.mark.parametrize(
    "votes",
    [
        "{ opties = { A = -1 } }",
        '{ opties = { A = "veel" } }',
        "{ opties = { A = 1 }, papier = 2 }",
        "{ opties = { A = true } }",
        "{ stemmen = { A = 1 } }",
    ],
)
def test_the_form_of_votes_is_checked(votes: str) -> None:
    text = STORY.format(cast=CAST.decode(), tested=TESTED, votes=votes, after="{}")
    found, findings = story.read(text.encode(), "proef")
    assert found is None and findings
