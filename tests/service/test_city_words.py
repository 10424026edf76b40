"""Over HTTP: a city's own words for its rungs, what holds in one wijk alone, and what a decision's record says."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service import exports
from tests.engine.bpmn import end, process, start, user, wijk
from tests.engine.tables import decision, document
from tests.service.houses import House, body
from tests.service.test_content import AGENDA, EVERYBODY, FORMS, FRAME, at, send
from tests.service.towns import town

WORDS = b"""
[[soorten]]
naam = "Meedenken"
trede = "adviseren"
[[soorten]]
naam = "Meebeslissen"
trede = "meebeslissen"
delegatie = true
"""
FRAMING = process(
    "p", start("s"), user("kader", wijk("taak", handeling="kader", stap="D07", formulier="kader")), end("e"),
    flow="s > kader > e", lanes={"college": "kader"},
)  # fmt: skip
KIND: dict[str, Any] = {name: value for name, value in FRAME.items() if name != "kaders"} | {"orgaan": "college"}


def test_inv_12_deciding_together_without_a_delegation_is_set_as_coproduction(url: str, tmp_path: Path) -> None:
    forms = {"kader_form": FORMS["kader_form"], "ladder_toml": WORDS}
    with town(url, tmp_path, FRAMING, **forms) as here:
        here.house.add("college", "college")
        case = here.start()
        wrong: list[dict[str, Any]] = [
            {"trede": "meebeslissen"},
            {"trede": "meebeslissen", "soort": "Meebeslissen"},
            {"trede": "meebeslissen", "soort": "mee beslissen", "delegatie": "\u200b"},
            {"trede": "coproduceren", "soort": "Meebeslissen", "delegatie": "raadsbesluit"},
            {"trede": "meebeslissen", "soort": "Meedenken", "delegatie": "raadsbesluit"},
            {"trede": "adviseren", "soort": "Inspraak"},
            {"trede": "adviseren", "kaders": [{"stap": "D09", "trede": "meebeslissen", **EVERYBODY}]},
        ]
        for more in wrong:
            answer = send(here, case, "kader", "college", KIND | more)
            assert answer.status_code == 403 and body(answer)["regel"] == "INV-12", (more, answer.text)
        right = KIND | {"trede": "coproduceren", "soort": "Meebeslissen"}
        assert send(here, case, "kader", "college", right).status_code == 200
        assert here.kinds(case)[-2:] == ["kader:vastgesteld", "zaak:gereed"]


@pytest.mark.parametrize("kind", [b"", b"delegatie = false"])
def test_inv_12_no_ladder_is_proposed_that_gives_deciding_away(small_house: House, kind: bytes) -> None:
    small_house.add("ontwerper", "procesontwerper")
    words = b"[[soorten]]\nnaam = 'Meebeslissen'\ntrede = 'meebeslissen'\n" + kind
    refused = propose(small_house, {"ladder.toml": words})
    assert refused == {"INV-12"}


def propose(house: House, files: dict[str, bytes]) -> set[str]:
    """The rules of the errors for which a version with these files is refused; nothing when it is kept."""
    listed = [{"naam": name, "tekst": content.decode()} for name, content in files.items()]
    answer = house.log_in("ontwerper").post("/v1/procesmodellen", json={"bestanden": listed, "aanvulling": True})
    if answer.status_code == 201:
        return set()
    found = body(answer)["fouten"]
    return {one["regel"] for one in found if one["ernst"] == "fout"}


APART = document(decision(("wijk: string",), ("uit",), ('"tanthof" => 1', 'not("tanthof") => 2'), name="apart"))
REASON = b"[[varianten]]\nwijk = 'tanthof'\nbestand = 'apart.dmn'\nreden = 'Een proef tot 2028'\nvan = 2027-01-01\n"


def test_inv_47_no_model_treats_one_wijk_apart_without_a_recorded_reason(small_house: House) -> None:
    small_house.add("ontwerper", "procesontwerper")
    assert propose(small_house, {"apart.dmn": APART}) == {"INV-47"}
    assert propose(small_house, {"apart.dmn": APART, "varianten.toml": REASON.replace(b"tanthof", b"voorhof")}) == {
        "INV-47"
    }
    assert propose(
        small_house, {"apart.dmn": APART, "varianten.toml": REASON.replace(b"Een proef tot 2028", b" ")}
    ) == {"INV-47"}
    assert propose(small_house, {"apart.dmn": APART, "varianten.toml": REASON}) == set()


def test_inv_14_the_chain_holds_what_a_decision_rests_on(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "agenda") as (here, case):
        claimed = AGENDA | {"organ": "rol:raad"}
        assert send(here, case, "agenda", "coordinator", claimed).status_code == 400, "nobody writes it himself"
        assert send(here, case, "agenda", "coordinator", AGENDA).status_code == 200
        file = tmp_path / "keten.jsonl"
        exports.export(here.house.installation, case, file)
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()[1:]]
        bodies = [json.loads(line["body"]) for line in lines]
        taken = next(one for one in bodies if one["kind"] == "besluit:genomen")
        heard = next(line["digest"] for line in lines if json.loads(line["body"])["kind"] == "inbreng:vastgelegd")
        said = taken["decision"]
        assert said["organ"] == "rol:wijkcoordinator" and said["ground"] == "D03/raadplegen" == taken["ruling"]["rule"]
        assert said["heard"] == [heard] and said["rung"] == "raadplegen" and said["alternatives"] == []
        assert said["date"] == (here.house.now().date()).isoformat() and set(said["tables"]) == {"collectief_belang"}
        assert len(taken["ruling"]["matrix"]) == 64 == len(taken["definition"]["version"])
        assert all("decision" not in one for one in bodies if one["kind"].startswith(("taak:", "inbreng:")))
        here.later(timedelta(seconds=1))
        here.assert_whole(case)
