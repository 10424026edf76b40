"""Loose dossiers over HTTP: what happens in one stands in the wijkverslag of its year, and must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tests.engine.bpmn import end, process, start, wijk
from tests.service.houses import body
from tests.service.promises import (
    DISPUTE,
    LEVELS,
    SETTLES,
    act,
    assert_replays,
    done,
    form,
    on,
    refused,
    village,
)
from tests.service.towns import Town

YEAR = process(
    "p", wijk("proces", jaar="today().year"), start("s"),
    act("verslag", "product", formulier="verslag", product="wijkverslag"), end("e"),
    flow="s > verslag > e",
)  # fmt: skip
COLLEGE = {"college": "beslissen"}
LOOSE = process(
    "los", start("s"), LEVELS, act("beloven", "toezegging", stap="D06", **on("I-02")),
    act("beslissen", "besluit", **SETTLES), end("e"),
    flow="s > lagen > beloven > beslissen > e", lanes={"woningcorporatie": "beloven", **COLLEGE},
)  # fmt: skip
REPORT = form(
    "verslag", toezeggingen=("toezegging",), geschillen=("geschil",), verantwoording_per_initiatief=("onderdeel",)
)
PROMISE: dict[str, Any] = {
    "kenmerk": "T-1",
    "partij": "woningcorporatie",
    "prestatie": "verlichting",
    "datum": "2026-06-18",
    "aanspreekpunt": "wonen",
}


def begun(client: FlaskClient, name: str, year: int | None) -> str:
    answer = client.post("/v1/zaken", json={"proces": name, "wijk": "tanthof"} | ({"jaar": year} if year else {}))
    assert answer.status_code == 201, answer.text
    return str(body(answer)["id"])


def happened(here: Town, year: int | None, mark: str) -> str:
    """A loose dossier in which a promise was made and a dispute decided."""
    case = begun(here.client, "los", year)
    done(here, case, "lagen", here.client, niveaus=["college"])
    done(here, case, "beloven", here.house.log_in("corporatie"), **PROMISE | {"kenmerk": f"T-{mark}"})
    stands = [{"toezegging": f"T-{mark}", "gevolg": "ongewijzigd"}]
    done(here, case, "beslissen", here.house.log_in("college"), **DISPUTE, kenmerk=f"G-{mark}", toezeggingen=stands)
    return case


def chapters(here: Town, case: str) -> dict[str, list[dict[str, Any]]]:
    return dict(here.get(f"/v1/zaken/{case}/wijkverslag")["hoofdstukken"])


def test_inv_31_a_dispute_and_a_promise_in_a_loose_dossier_of_the_year_are_accounted_for(
    url: str, tmp_path: Path
) -> None:
    """The clock of the town stands in 2026: a dossier without a year counts for that one."""
    with village(url, tmp_path, YEAR, LOOSE, verslag_form=REPORT) as here:
        year, other = begun(here.client, "p", 2026), begun(here.client, "p", 2027)
        happened(here, None, "1")
        happened(here, 2026, "2")
        happened(here, 2027, "3")
        told = chapters(here, year)
        assert {one["kenmerk"] for one in told["toezeggingen"]} == {"T-1", "T-2"}
        assert {one["inhoud"]["kenmerk"] for one in told["geschillen"]} == {"G-1", "G-2"}
        assert [one["kenmerk"] for one in chapters(here, other)["toezeggingen"]] == ["T-3"]
        named = {
            "toezeggingen": [{"toezegging": "T-1"}, {"toezegging": "T-2"}],
            "geschillen": [{"geschil": "G-1"}, {"geschil": "G-2"}],
        }
        for field, rows in named.items():
            for left in rows:
                less = named | {field: [one for one in rows if one != left]}
                found = refused(here, year, "verslag", "INV-31", here.client, **less)
                assert next(iter(left.values())) in str(found)
        refused(here, other, "verslag", "INV-31", here.client, **named)
        done(here, year, "verslag", here.client, **named)
        assert_replays(here, year)
        assert_replays(here, other)


def test_inv_31_what_a_loose_dossier_sealed_is_read_there_and_not_in_the_account(url: str, tmp_path: Path) -> None:
    written = json.loads(form("woorden", "kenmerk", "geschil", "hoorverslag", "besluit", "reden"))
    written["components"][-1] = {"type": "textarea", "id": "V_reden", "key": "reden", "label": "reden"}
    settles = act("beslissen", "besluit", **SETTLES | {"formulier": "woorden"})
    case = process("los", start("s"), LEVELS, settles, end("e"), flow="s > lagen > beslissen > e", lanes=COLLEGE)
    files = {"verslag_form": REPORT, "woorden_form": json.dumps(written).encode()}
    with village(url, tmp_path, YEAR, case, **files) as here:
        year, loose = begun(here.client, "p", 2026), begun(here.client, "los", None)
        done(here, loose, "lagen", here.client, niveaus=["college"])
        done(here, loose, "beslissen", here.house.log_in("college"), **DISPUTE, kenmerk="G-1")
        (row,) = chapters(here, year)["geschillen"]
        assert row["inhoud"]["kenmerk"] == "G-1" and set(row["inhoud"]["reden"]) == {"verzegeld"}


def test_inv_31_what_a_year_that_was_broken_off_held_is_accounted_for_in_the_next(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, YEAR, LOOSE, verslag_form=REPORT) as here:
        year, other = begun(here.client, "p", 2026), begun(here.client, "p", 2027)
        happened(here, 2026, "1")
        assert chapters(here, other)["toezeggingen"] == []
        refused(here, year, "verslag", "INV-31", here.client)
        assert here.steer(year, "afbreking").status_code == 200
        assert [one["kenmerk"] for one in chapters(here, other)["toezeggingen"]] == ["T-1"]
        refused(here, other, "verslag", "INV-31", here.client)
        third = begun(here.client, "p", 2028)
        named = {"toezeggingen": [{"toezegging": "T-1"}], "geschillen": [{"geschil": "G-1"}]}
        done(here, third, "verslag", here.client)
        done(here, other, "verslag", here.client, **named)
        for case in (year, other, third):
            assert_replays(here, case)
