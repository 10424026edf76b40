"""A process about one group's subject begins with that subject or not at all: without, nobody of a group could act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import definition
from engine.definition import Definition
from service import stories
from service.definitions import family_files
from service.story import Expected, NewCase, Step, Story
from tests.engine.bpmn import end, process, start, timer, user, wijk
from tests.engine.families import reading
from tests.service.ladders import Town, opened
from tests.service.test_play import CITY, played, told

ABOUT = ("initiatief_wijzigen", "initiatief_uitvoeren", "overname_initiatief")


@pytest.fixture(scope="module")
def town(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    yield from opened(module_url, tmp_path_factory.mktemp("groep"))


@pytest.mark.parametrize("name", ABOUT)
@pytest.mark.parametrize("group", [{}, {"groep": None}, {"groep": ""}, {"groep": "*"}, {"groep": " "}])
def test_nobody_begins_it_without_the_subject_of_a_group(town: Town, name: str, group: dict[str, Any]) -> None:
    before = len(town.stage.pages("college", "/v1/zaken?limit=200"))
    asked: dict[str, Any] = {"proces": name, "wijk": "tanthof", "jaar": 2027} | group
    reply = town.stage.send("coordinator", "POST", "/v1/zaken", asked)
    assert reply.status == 400 and [one["veld"] for one in reply.content["fouten"]] == ["groep"], reply
    assert len(town.stage.pages("college", "/v1/zaken?limit=200")) == before


@pytest.mark.parametrize("name", ABOUT)
def test_with_one_it_begins_with_a_task_about_that_subject(town: Town, name: str) -> None:
    assert town.begin("college", proces=name, groep="I-05").status == 201
    found = town.stage.pages("college", f"/v1/zaken/{town.case}/taken")
    assert {one["onderwerp"] for one in found} == {"I-05"}


@pytest.fixture(scope="module")
def delft() -> Definition:
    found = definition.read(family_files(CITY)).definition
    assert found is not None
    return found


def without_group(expected: Expected) -> Story:
    """A story in which somebody begins a change of no initiative in particular, beside one of I-03."""
    one = told("initiatief_wijzigen.toml")
    new = NewCase("initiatief_wijzigen", None, None, False)
    begins = Step("1", one.begin, "coordinator", case=new, expected=expected)
    return replace(one, steps=(begins,))


def test_a_story_says_so_on_the_engine_as_it_does_over_http(delft: Definition, url: str, tmp_path: Path) -> None:
    expects = without_group(Expected(faults=("groep",)))
    results, stage = played(expects, url, tmp_path)
    stage.installation.database.dispose()
    for told_ in (results, list(stories.run(expects, delft, stories.forms_of(delft)))):
        assert [one.message for one in told_] == ["", ""] and told_[-1].outcome == "ongeldig"


def test_a_story_that_does_not_expect_it_stops_there(delft: Definition) -> None:
    forms = stories.forms_of(delft)
    *_, last = stories.run(without_group(Expected()), delft, forms)
    assert "groep" in last.message
    (begin,) = stories.run(replace(told("initiatief_wijzigen.toml"), group=None), delft, forms)
    assert "groep" in begin.message


def test_the_calendar_begins_nothing_that_is_about_a_group() -> None:
    about, monthly = wijk("proces", groep="ja"), timer("R/2027-01-01T09:00:00Z/P1M", "timeCycle")
    drawn = [
        process("p", about, begin, user("a"), end("e"), flow="s > a > e") for begin in (start("s", monthly), start("s"))
    ]
    found = [{one.rule for one in reading(one).findings} for one in drawn]
    assert ["bpmn/groep" in one for one in found] == [True, False]
