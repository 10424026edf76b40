"""Attempts over HTTP that slip items into a decision: each is judged by its own rule, whatever form the step has."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from service import replay
from tests.engine.bpmn import end, process, start, user, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.test_deciding_together import FRAME, must
from tests.service.towns import Town, town

BARE = {"type": "default", "id": "bedrag", "components": [{"type": "number", "key": "bedrag", "id": "b"}]}
FORMS = {
    f"{name}_{kind}": (PROCESSES / place / f"{name}.{kind}").read_bytes()
    for place, kind, names in (
        ("gedeeld", "form", ("kader", "publicatie", "probleemagenda", "voorstel")),
        ("delft", "form", ("besluit_wijkprogramma",)),
        ("gedeeld", "dmn", ("bewaartermijn", "collectief_belang", "wijkbudget_spelregels")),
        ("delft", "dmn", ("publicatieplicht",)),
    )
    for name in names
} | {"bedrag_form": json.dumps(BARE).encode()}


def act(ident: str, handeling: str, formulier: str, **more: str) -> str:
    return user(ident, wijk("taak", handeling=handeling, formulier=formulier, **more))


OWN = {"stap": "D07", "onderwerp": '"I-02"'}
YEAR = process(
    "p",
    start("s"),
    act("kader", "kader", "kader", stap="D07"),
    act("bekend", "publicatie", "publicatie", product="participatiekader"),
    act("agenda", "voorstel", "probleemagenda", **OWN),
    act("plan", "voorstel", "voorstel", **OWN),
    act("programma", "besluit", "besluit_wijkprogramma", stap="D09", treden="raadplegen"),
    end("e"),
    flow="s > kader > bekend > agenda > plan > programma > e",
    lanes={"college": "kader programma", "communicatie": "bekend", "deelnemers": "agenda plan"},
)
GRANT = process(
    "los", start("s"), act("geld", "besluit", "bedrag", stap="D07", treden="raadplegen"), end("e"),
    flow="s > geld > e", lanes={"college": "geld"},
)  # fmt: skip
EVERYBODY = {"doelgroep": "Alle bewoners", "orgaan": "college"}
FRAMES: dict[str, Any] = FRAME | {
    "kaders": [
        {"stap": "D07", **EVERYBODY},
        {"stap": "D07", "onderwerp": "I-02", "trede": "coproduceren", **EVERYBODY},
        {"stap": "D07", "onderwerp": "I-05", "trede": "meebeslissen", **EVERYBODY},
        {"stap": "D11", **EVERYBODY},
    ]
}
THEIRS: dict[str, Any] = {"onderdeel": "I-02", "velden": {"locatie": "A"}}


def tried(client: FlaskClient, case: str, *items: dict[str, Any], subject: str = "*") -> dict[str, Any]:
    """What is said to a decision on D07 with these items; its form asks an amount and knows no items."""
    given = {"onderdelen": [*items], "inbrengregister": 0}
    asked = {"handeling": "besluit", "stap": "D07", "onderwerp": subject, "gegevens": given}
    answer = client.post(f"/v1/zaken/{case}/handelingen", json=asked)
    assert answer.status_code == 403, answer.text
    return body(answer)


def told(here: Town) -> tuple[str, FlaskClient]:
    """A case with frames for each initiative and a joint proposal on one of them, after its term."""
    for login in ("college", "communicatie"):
        here.house.add(login, login)
    here.house.add("graver", "deelnemers", "groep", is_resident=True, wijk="tanthof", groep="I-02")
    case = here.start()
    must(here, case, "kader", here.house.log_in("college"), **FRAMES)
    must(here, case, "bekend", here.house.log_in("communicatie"), kanalen=["website"], datum="2026-03-02")
    group = here.house.log_in("graver")
    must(here, case, "agenda", group, probleemagenda=[{"probleem": "Er is niets"}])
    must(here, case, "plan", group, velden={"locatie": "A"})
    here.later(timedelta(days=20))
    return case, here.house.log_in("college")


def test_inv_15_items_in_an_attempt_reach_the_rules_of_items(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, YEAR, GRANT, **FORMS) as here:
        case, college = told(here)
        attacks: tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...] = (
            ("INV-04", "I-05: bedrag", (THEIRS, {"onderdeel": "I-05", "velden": {"bedrag": 100}})),
            ("INV-07", "I-02: locatie", (THEIRS | {"velden": {"locatie": "B"}},)),
            ("INV-01", "twee keer", (THEIRS, THEIRS | {"onderdeel": "I-02"})),
            ("INV-01", "valt onder D07", (THEIRS | {"stap": "D11"},)),
        )
        for rule, words, items in attacks:
            found = tried(college, case, *items)
            assert found["regel"] == rule and words in found["detail"], (items, found)
            assert here.kinds(case)[-1] == "poging:geweigerd"
        assert all(one.agrees for one in replay.replay(here.house.installation, case))
        here.assert_whole(case)


def test_inv_15_what_is_no_code_is_sealed_all_the_same(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, YEAR, GRANT, **FORMS) as here:
        case, college = told(here)
        for name in ("De tuin van mevrouw Jansen", "Jansen", "0612345678", "2611AB 12", "I-02\n"):
            assert tried(college, case, THEIRS | {"onderdeel": name})["regel"] == "INV-15"
            (item,) = here.trail(case)[-1]["inhoud"]["values"]["gegevens"]["onderdelen"]
            assert set(item["onderdeel"]) == {"verzegeld"}, item
