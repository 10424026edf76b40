"""Stories through the real application, and the demo that is made of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from service import demo, replay, stage, story
from service.__main__ import main
from service.config import Config
from service.expectations import StepResult
from service.play import Player
from service.stage import Stage
from service.story import Expected, Story

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CITY = Config.read({}).city


def told(name: str) -> Story:
    path = next(one for one in (CITY / "verhalen" / name, CITY.parent / "gedeeld/verhalen" / name) if one.exists())
    found, faults = story.read(path.read_bytes(), name)
    assert found is not None, faults
    return found


def staged(one: Story, url: str, directory: Path) -> Stage:
    passwords = {key: f"wachtwoord van {key}" for key in (stage.ADMINISTRATOR, *one.persons)}
    config = Config(database_url=url, key_file=directory / "sleutel", city=CITY)
    return stage.build(config, one.persons, passwords, one.begin, one.wijk, CHEAP)


def played(one: Story, url: str, directory: Path) -> tuple[list[StepResult], Stage]:
    built = staged(one, url, directory)
    return list(Player(one, built).play()), built


@pytest.mark.parametrize(
    "name",
    [
        "knelpuntactie.toml",
        "meebeslissen.toml",
        "aandachtspunt_zonder_antwoord.toml",
        "twee_cycli.toml",
        "twee_wijken.toml",
        "bezwaar_verdaagd.toml",
        "bezwaar_te_laat_verdaagd.toml",
        "trede_verlagen.toml",
        "wisseling_coordinator.toml",
    ],
)
def test_a_story_comes_true_through_the_service(name: str, url: str, tmp_path: Path) -> None:
    one = told(name)
    results, built = played(one, url, tmp_path)
    assert [result.message for result in results if not result.is_expected] == []
    assert len(results) >= len(one.steps)
    built.installation.database.dispose()


def test_what_was_played_is_judged_the_same_again_from_the_log(sqlite_url: str, tmp_path: Path) -> None:
    results, built = played(told("adviseren.toml"), sqlite_url, tmp_path)
    assert results[-1].is_expected, results[-1].message
    case = built.pages("coordinator", "/v1/zaken")[-1]["id"]
    rulings = replay.replay(built.installation, case)
    assert len(rulings) > 10 and [one for one in rulings if not one.agrees] == []
    assert any(one.recorded[0] == "refused" for one in rulings)
    built.installation.database.dispose()


@pytest.mark.parametrize(
    "wrong",
    [Expected(refused="INV-07"), Expected(opened=("niets",)), Expected(ended=True), Expected(rung="adviseren")],
    ids=["geweigerd", "taken", "gereed", "trede"],
)
def test_a_story_that_expects_something_else_stops_there(wrong: Expected, sqlite_url: str, tmp_path: Path) -> None:
    one = told("knelpuntactie.toml")
    one = replace(one, steps=(replace(one.steps[0], expected=wrong), *one.steps[1:]))
    results, built = played(one, sqlite_url, tmp_path)
    assert not results[-1].is_expected and results[-1].message.startswith("verwacht")
    assert results[-1].number == one.steps[0].number
    built.installation.database.dispose()


def test_a_task_that_is_not_open_is_said_with_what_is_open(sqlite_url: str, tmp_path: Path) -> None:
    one = told("knelpuntactie.toml")
    one = replace(one, steps=(replace(one.steps[0], element="iets_anders"),))
    results, built = played(one, sqlite_url, tmp_path)
    assert "geen open taak" in results[-1].message
    built.installation.database.dispose()


@pytest.mark.parametrize("number", ["1", "5"], ids=["taak", "poging"])
def test_a_step_in_a_wijk_where_nothing_runs_is_said(number: str, sqlite_url: str, tmp_path: Path) -> None:
    one = told("twee_wijken.toml")
    step = next(step for step in one.steps if step.number == number)
    results, built = played(replace(one, steps=(replace(step, wijk="wippolder"),)), sqlite_url, tmp_path)
    assert "geen" in results[-1].message
    built.installation.database.dispose()


def test_the_command_says_at_the_end_what_was_refused_and_what_binds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = CITY.parent / "gedeeld/verhalen/meebeslissen.toml"
    assert main(["play", str(file), "--database", f"sqlite:///{tmp_path / 'wijk.sqlite'}"]) == 0
    *_, refused, binds = capsys.readouterr().out.splitlines()
    assert refused.startswith("Geweigerd: ") and "INV-04" in refused
    assert binds.startswith("Over I-05 (D07) beslisten de deelnemers: ") and binds.endswith("bindend en bekrachtigd.")


@pytest.mark.parametrize("days", [0, 40, 200, -300])
def test_the_demo_lies_shortly_behind_today_with_work_for_several_people(
    days: int, sqlite_url: str, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=days)
    config = Config(database_url=sqlite_url, key_file=tmp_path / "sleutel", city=CITY)

    loaded = demo.load(config, now, "een demo-wachtwoord", CHEAP)

    assert loaded.results is not None
    assert [one.message for one in loaded.results if not one.is_expected] == []
    assert timedelta(0) <= now - loaded.results[-1].at < timedelta(weeks=26)
    assert [one.number for one in loaded.results[-3:]] == ["D1", "D2", "D3"], "what residents are asked"
    again = demo.load(config, now, "een demo-wachtwoord", CHEAP)
    assert again.results is None and set(again.persons) == set(loaded.persons)
    roles = {one.role for person in loaded.persons.values() for one in person.memberships}
    assert {"college", "raad", "wijkcoordinator", "bewoner", "auditor", "procesontwerper"} <= roles
