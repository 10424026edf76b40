"""Replay: every ruling in the log, judged again from the log alone, comes out the same; a log that lies does not."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service import db, replay
from service.faults import Unknown
from service.tables import case, record
from tests.engine.bpmn import catch, end, par, process, start, timer
from tests.service.tampering import unguard
from tests.service.test_no_way_round import EYES, colleague, framing, mandate, set_frame, withdraw_role
from tests.service.test_play import played, told
from tests.service.towns import Town, town, work

RUNGS = ("tweede_ronde", "raadplegen", "adviseren", "coproduceren", "meebeslissen")
STORIES = [*(f"{rung}.toml" for rung in RUNGS), "aandachtspunt.toml", "knelpuntactie_college.toml", "analyseren.toml"]


def assert_agrees(here: Town, case: str, *expected: str) -> None:
    """Every ruling of the case agrees, and these kinds are among them."""
    found = replay.replay(here.house.installation, case)
    assert [one for one in found if not one.agrees] == []
    missing = Counter(expected) - Counter(one.kind for one in found)
    assert not missing, missing


@pytest.mark.parametrize("name", STORIES)
def test_every_ruling_of_a_shipped_story_is_judged_the_same_again(name: str, sqlite_url: str, tmp_path: Path) -> None:
    results, built = played(told(name), sqlite_url, tmp_path)
    assert results[-1].is_expected, results[-1].message
    with db.reading(built.installation.database) as tx:
        cases = [row.id for row in tx.execute(select(case.c.id))]
    rulings = [one for case_id in cases for one in replay.replay(built.installation, case_id)]
    assert rulings and [one for one in rulings if not one.agrees] == []
    built.installation.database.dispose()


def test_claims_delegation_substitution_four_eyes_suspension_and_attempts_are_judged_the_same_again(
    url: str, tmp_path: Path
) -> None:
    """All in one moment of a clock that stands still: the order in the log decides, not the time."""
    with town(url, tmp_path, EYES) as here:
        other = colleague(here)
        here.house.add("invaller", "communicatie")
        resident = here.house.log_in("bewoner")
        case = here.start()
        task = f"/v1/taken/{here.task(case, 'opstellen')}"
        assert here.do(case, "opstellen", resident).status_code == 403
        assert here.client.put(f"{task}/behandelaar", json={}).status_code == 204
        assert here.do(case, "opstellen", other).status_code == 403
        assert here.client.put(f"{task}/behandelaar", json={"persoon": here.house.ids["collega"]}).status_code == 204
        assert here.do(case, "opstellen").status_code == 403
        assert other.delete(f"{task}/behandelaar").status_code == 204
        asked = {"vervanger": here.house.ids["invaller"], "van": "2026-03-01", "tot": "2026-03-31"}
        given = here.client.post("/v1/vervangingen", json=asked)
        substitute = here.house.log_in("invaller")
        assert here.do(case, "opstellen", substitute).status_code == 200
        assert here.do(case, "vaststellen").status_code == 403
        assert here.do(case, "vaststellen", substitute).status_code == 403
        ended = f"/v1/vervangingen/{given.json['regel']}/intrekking"  # type: ignore[index]
        assert here.client.put(ended, json={"reden": "Weer terug."}).status_code == 200
        assert here.do(case, "vaststellen", substitute).status_code == 403
        here.steer(case, "opschorting")
        here.steer(case, "hervatting")
        assert here.steer(case, "afbreking", resident).status_code == 403
        attempt = {"handeling": "besluit", "stap": "D09", "gegevens": {"uitkomst": "ja"}}
        assert resident.post(f"/v1/zaken/{case}/handelingen", json=attempt).status_code == 403
        assert here.house.log_in("buur").post(f"/v1/zaken/{case}/handelingen", json=attempt).status_code == 404
        assert here.do(case, "vaststellen", other).status_code == 200
        withdraw_role(here, "collega")
        assert here.status(case) == "gereed"
        after = here.client.post(f"/v1/zaken/{case}/handelingen", json=attempt)
        assert after.status_code == 403
        kinds = ["taak:opgepakt", "taak:overgedragen", "taak:teruggegeven", "zaak:opgeschort", "zaak:hervat"]
        assert_agrees(here, case, *kinds, *["taak:geweigerd"] * 6, *["poging:geweigerd"] * 3, "handeling:geweigerd")


def test_what_the_rulings_on_a_mandate_rested_on_is_found_again(url: str, tmp_path: Path) -> None:
    with framing(url, tmp_path) as here:
        first, second = here.start(), here.start()
        assert set_frame(here, first).status_code == 403
        given = mandate(here, date(2026, 12, 31))
        assert set_frame(here, first).status_code == 200
        college = here.house.log_in("college")
        assert college.put(f"/v1/mandaten/{given}/intrekking", json={"reden": "Genoeg."}).status_code == 200
        assert set_frame(here, second).status_code == 403
        assert_agrees(here, first, "kader:geweigerd", "kader:vastgesteld")
        assert_agrees(here, second, "kader:geweigerd")


def test_a_mandate_that_expired_between_two_rulings_is_seen_again_as_it_was(url: str, tmp_path: Path) -> None:
    with framing(url, tmp_path) as here:
        mandate(here, here.house.now().date() + timedelta(days=1))
        first, second = here.start(), here.start()
        assert set_frame(here, first).status_code == 200
        here.later(timedelta(days=3))
        assert set_frame(here, second).status_code == 403
        here.later(timedelta(days=300))
        assert_agrees(here, first, "kader:vastgesteld")
        assert_agrees(here, second, "kader:geweigerd")


def test_a_retry_and_what_came_by_itself_are_replayed_too(url: str, tmp_path: Path) -> None:
    drawn = process(
        "p", start("s"), par("splits"), work("t"), catch("wacht", timer("PT1H")), work("a"), end("e"), end("e2"),
        flow="s > splits > t > e; splits > wacht > a > e2",
    )  # fmt: skip
    with town(url, tmp_path, drawn) as here:
        case = here.start()
        here.tick(timedelta(hours=1))
        here.must(case, "a")
        here.must(case, "t")
        assert here.status(case) == "gereed"
        assert_agrees(here, case, "zaak:gestart", "taak:afgerond", "taak:afgerond")


def forge(here: Town, kind: str, find: str, put: str) -> None:
    """Change the text of the first record of this kind, as somebody with the database could."""
    row = next(one for one in here.rows("record") if one["kind"] == kind and find in one["body"])
    with db.writing(here.house.installation.database) as tx:
        changed = {"body": row["body"].replace(find, put)}
        unguard(tx, "record")
        tx.execute(update(record).where(record.c.digest == row["digest"]).values(changed))


def test_a_refusal_that_was_turned_into_a_permission_does_not_agree(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EYES) as here:
        case = here.start()
        assert here.do(case, "opstellen", here.house.log_in("bewoner")).status_code == 403
        forge(here, "taak:geweigerd", '"outcome":"refused"', '"outcome":"allowed"')
        (wrong,) = [one for one in replay.replay(here.house.installation, case) if not one.agrees]
        assert wrong.recorded[0] == "allowed" and wrong.again == ("refused", "taak/kandidaat")


def test_a_role_that_was_put_into_the_log_afterwards_does_not_agree_with_the_refusal(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EYES) as here:
        case = here.start()
        assert here.do(case, "opstellen", here.house.log_in("bewoner")).status_code == 403
        forge(here, "rol:gegeven", '"rol":"bewoner"', '"rol":"wijkcoordinator"')
        assert [one.kind for one in replay.replay(here.house.installation, case) if not one.agrees] == [
            "taak:geweigerd"
        ]


def test_a_case_that_does_not_exist_has_no_rulings(sqlite_url: str, tmp_path: Path) -> None:
    with town(sqlite_url, tmp_path, EYES) as here, pytest.raises(Unknown):
        replay.replay(here.house.installation, "0" * 36)
