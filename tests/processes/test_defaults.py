"""The defaults where the source is silent are data: each is named once, with a validity, and stands where it says."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

DELFT = Path(__file__).resolve().parent.parent.parent / "processes" / "delft"
DEFAULTS: list[dict[str, Any]] = tomllib.loads((DELFT / "standaarden.toml").read_text("utf-8"))["standaard"]


def test_every_silence_of_the_source_has_its_default_once() -> None:
    assert [one["nr"] for one in DEFAULTS] == [f"Q{number}" for number in range(1, 25)]


@pytest.mark.parametrize("one", DEFAULTS, ids=lambda one: one["nr"])
def test_a_default_says_what_holds_since_when_and_where(one: dict[str, Any]) -> None:
    assert one["punt"] and one["waarde"]
    assert isinstance(one["geldig_van"], date)
    if "plaats" in one:
        places = [folder / one["plaats"] for folder in (DELFT, DELFT.parent / "gedeeld")]
        found = [place.read_text("utf-8") for place in places if place.exists()]
        assert found, f"{one['plaats']} is er niet"
        assert one["naam"] in found[0]
