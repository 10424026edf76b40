"""Two accounts of one wijk over HTTP (INV-31): what came too late for the one stands in the other, and in no third."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from service import replay
from service.expectations import StepResult
from service.stage import Stage
from tests.service.test_play import played, told

YEARS = {2027: "K-1", 2028: "K-2"}


@pytest.fixture(scope="module")
def told_twice(
    module_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[StepResult], Stage, dict[int, str]]]:
    results, stage = played(told("na_het_verslag.toml"), module_url, tmp_path_factory.mktemp("verslagen"))
    cases = {
        int(one["jaar"]): str(one["id"])
        for one in stage.pages("coordinator", "/v1/zaken?limit=200&proces=verantwoorden")
    }
    yield results, stage, cases
    stage.installation.database.dispose()


Twice = tuple[list[StepResult], Stage, dict[int, str]]


def test_inv_31_the_account_that_is_still_to_come_answers_for_what_came_late(told_twice: Twice) -> None:
    results, _, _ = told_twice
    assert [one.message for one in results if not one.is_expected] == []
    assert [one.rule for one in results if one.outcome == "geweigerd"] == ["INV-31"] * 3


def test_inv_31_the_report_and_what_the_operation_composed_hold_just_what_the_account_names(told_twice: Twice) -> None:
    _, stage, cases = told_twice
    for year, mark in YEARS.items():
        drawn = stage.must("coordinator", "GET", f"/v1/zaken/{cases[year]}/wijkverslag")["hoofdstukken"]
        assert [one["inhoud"]["kenmerk"] for one in drawn["knelpuntacties"]] == [mark]
        case = stage.must("coordinator", "GET", f"/v1/zaken/{cases[year]}")
        composed: dict[str, Any] = case["gegevens"]["verslagposten"]
        assert composed["knelpuntacties"] == [mark]
        assert [one["stap"] for one in composed["besluiten"]].count("D12") == 1


def test_inv_31_both_accounts_are_judged_the_same_again_from_the_log(told_twice: Twice) -> None:
    _, stage, cases = told_twice
    for case in cases.values():
        found = replay.replay(stage.installation, case)
        assert len(found) > 5 and [one for one in found if not one.agrees] == []
