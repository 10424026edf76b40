"""The last step of the scenario (S50): the signals of a year are destroyed by two people, and the log still stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engine.trail import verify
from service import db, evidence, exports, sealing, story
from service.play import Player
from service.store_questions import Scope
from service.store_sealed import Closed
from service.tables import case, sealed
from tests.service.logs import findings, policy_file
from tests.service.test_play import staged, told

ARCHIVE = b"""
[personen.archief]
naam = "de archivaris"
rollen = ["archivaris"]
[personen.eigenaar]
naam = "de proceseigenaar"
rollen = ["proceseigenaar"]
[personen.rekenkamer]
naam = "de rekenkamer"
rollen = ["auditor"]
"""
WHY = {"reden": "De bewaartermijn van de signalen van dit jaar is om."}
WRITTEN = "Bij de bushalte ligt een tegel los"


def test_inv_45_s50_the_signals_of_a_year_go_by_a_list_of_two_people_and_the_chain_still_verifies(
    url: str, tmp_path: Path
) -> None:
    more, faults = story.read_persons(ARCHIVE, "archief")
    assert not faults
    one = told("signaal.toml")
    one = replace(one, persons={**one.persons, **more})
    stage = staged(one, url, tmp_path)
    assert all(step.is_expected for step in Player(one, stage).play())
    stage.let_pass(datetime.fromisoformat("2033-01-10T09:00+01:00"))
    installation = stage.installation

    def kept() -> list[str]:
        with db.reading(installation.database) as tx:
            found = [Closed(**row) for row in tx.execute(select(sealed)).mappings()]
        return [str(value.value) for value in sealing.opened(installation.keys, found).values()]

    assert WRITTEN in kept()
    with db.reading(installation.database) as tx:
        (signal,) = tx.execute(select(case.c.id).where(case.c.process == "signaal", case.c.year == 2027)).scalars()
    asked = stage.send("archief", "POST", "/v1/vernietigingen", {"zaak": signal, "grond": "bewaartermijn", **WHY})
    assert asked.status == 201, asked.content
    address = f"/v1/vernietigingen/{asked.content['regel']}/opdracht"
    assert stage.send("archief", "PUT", address, WHY).status == 403, "nobody destroys alone"
    assert stage.send("eigenaar", "PUT", address, WHY).status == 200
    for day in range(1, 15):
        stage.let_pass(datetime.fromisoformat("2033-01-10T09:00+01:00") + timedelta(days=day))
    assert kept() == [WHY["reden"]] * len(kept()), "only why it was done is left"
    rows = stage.must("rekenkamer", "GET", f"/v1/verantwoording/vragen/25?zaak={signal}")["resultaten"]
    done = [row for row in rows if row["soort"] == "uitgevoerd"]
    assert done and done[0]["door"] != done[0]["en_door"]
    file = tmp_path / "keten.jsonl"
    exports.export(installation, signal, file)
    bag = tmp_path / "bewijs"
    evidence.issue(installation, Scope(), bag, stage.moment[0])
    assert verify.main([str(file)]) == 0
    assert verify.main([str(bag), "--policy", str(policy_file(installation, tmp_path))]) == 0
    records = (bag / "data/records.jsonl").read_text("utf-8")
    assert all(f"vernietiging:{one}" in records for one in ("opgedragen", "uitgevoerd", "bevestigd"))
    assert findings(installation) == ()
    installation.database.dispose()
