"""Side roads beside the shipped ones, over HTTP: a mandate stretched, a day to come, another spelling or dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.terms import Json
from tests.engine.bpmn import end, process, start
from tests.service.ladders import FRAME, PUBLIC, Town, opened
from tests.service.ladders import refused as is_refused
from tests.service.promises import (
    DISPUTE,
    LEVELS,
    SETTLES,
    act,
    assert_replays,
    done,
    on,
    only_college,
    refused,
    village,
)
from tests.service.test_promises import LIGHT, TAKEOVER

# The borough promises under one spelling what the college decides on under the other.
SPELLED = process(
    "p", start("s"), LEVELS, act("beloven", "toezegging", stap="D06", **on("i-02")),
    act("beslissen", "besluit", **SETTLES, **on("I-02")), end("e"),
    flow="s > lagen > beloven > beslissen > e",
    lanes={"deelgemeentebestuur": "beloven", "college": "beslissen"},
)  # fmt: skip
STANDS = [{"toezegging": "T-1", "gevolg": "ongewijzigd"}]


@pytest.fixture
def town(url: str, tmp_path: Path) -> Iterator[Town]:
    yield from opened(url, tmp_path)


def test_inv_13_a_mandate_for_one_subject_frames_no_other(town: Town) -> None:
    asked: dict[str, Json] = {"orgaan": "college", "persoon": town.stage.ids["coordinator"], "stap": ["D01"]}
    asked |= {"onderwerp": "I-05", "van": "2026-01-01", "tot": "2027-12-31"}
    given = town.stage.send("college", "POST", "/v1/mandaten", asked)
    assert given.status == 201, given
    for subject in ("I-07", "*"):
        assert town.begin().status == 201
        row = {"stap": "D07", "onderwerp": subject, "trede": "raadplegen"}
        reply = town.do("coordinator", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen", "kaders": [row]})
        assert is_refused(reply, "INV-13"), reply
        assert town.trail()[-1]["soort"] == "kader:geweigerd"
    assert town.agrees()


@pytest.mark.parametrize("day", ["2026-10-13", "2099-01-01"])
def test_what_will_be_public_some_day_opens_nothing(town: Town, day: str) -> None:
    assert town.begin().status == 201
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"})
    reply = town.do("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": day})
    assert is_refused(reply, "publicatie/inhoud"), reply
    assert town.trail()[-1]["soort"] == "taak:geweigerd"
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    assert town.agrees()


def test_inv_36_a_promise_binds_under_every_spelling_of_its_subject(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, SPELLED) as here:
        case, college = only_college(here), here.house.log_in("college")
        done(here, case, "beloven", here.house.log_in("bestuur"), **LIGHT | {"partij": "deelgemeentebestuur"})
        refused(here, case, "beslissen", "INV-36", college, **DISPUTE)
        done(here, case, "beslissen", college, **DISPUTE, toezeggingen=STANDS)
        assert_replays(here, case)


def test_inv_36_a_promise_binds_in_every_dossier_of_the_wijk(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, SPELLED) as here:
        college, borough = here.house.log_in("college"), here.house.log_in("bestuur")
        first, second = only_college(here), only_college(here)
        for case, mark in ((first, "T-1"), (second, "T-2")):
            done(here, case, "beloven", borough, **LIGHT | {"partij": "deelgemeentebestuur", "kenmerk": mark})
        own = [{"toezegging": "T-2", "gevolg": "ongewijzigd"}]
        refused(here, second, "beslissen", "INV-36", college, **DISPUTE, toezeggingen=own)
        done(here, second, "beslissen", college, **DISPUTE, toezeggingen=own + STANDS)
        assert_replays(here, second)


def test_inv_24_one_consent_carries_one_transfer_in_all_dossiers_together(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, TAKEOVER) as here:
        college, group = here.house.log_in("college"), here.house.log_in("groep")
        first, second = only_college(here), only_college(here)
        moves = DISPUTE | {"overname_door": "vakdienst groen"}
        refused(here, second, "overdragen", "INV-24", college, **moves)
        done(here, first, "ja", group, verzoek="overname", reden="wij stoppen", instemming="ja")
        here.house.later(timedelta(minutes=1))
        done(here, second, "overdragen", college, **moves)
        refused(here, first, "overdragen", "INV-24", college, **DISPUTE | {"overname_door": "woningcorporatie"})
        for case in (first, second):
            assert_replays(here, case)
