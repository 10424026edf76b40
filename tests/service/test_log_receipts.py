"""Receipts, checkpoints and proofs over HTTP: for whom, and that an auditor's own program believes them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.trail import merkle
from engine.trail.checkpoint import Checkpoint
from engine.trail.note import Note
from engine.trail.receipt import Receipt
from service.signing import LogBroken
from tests.bench.diagrams import VALUES
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, body
from tests.service.logs import act, believed, findings, kept, policy_file, verifies
from tests.service.tampering import copy_of, owning, put_back
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

AT = "/v1/verantwoording"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite and on PostgreSQL."""
    with town(url, tmp_path, ONE) as built:
        yield built


def test_whoever_acted_gets_a_receipt_that_proves_this_record_and_no_other(here: Town) -> None:
    digest, other = act(here), act(here)
    waiting = here.client.get(f"{AT}/ontvangsten/{digest}")
    assert waiting.status_code == 409 and "nog niet ondertekend" in waiting.json["detail"]  # type: ignore[index]
    kept(here)
    answer = here.client.get(f"{AT}/ontvangsten/{digest}")
    assert answer.status_code == 200 and answer.data.startswith(b"c2sp.org/tlog-proof@v1\n")
    policy = policy_file(here.house.installation, here.directory)
    assert verifies(answer.data, policy, digest)
    assert not verifies(answer.data, policy, other)
    for place in range(0, len(answer.data), 29):
        changed = answer.data[:place] + bytes([answer.data[place] ^ 1]) + answer.data[place + 1 :]
        assert not verifies(changed, policy, digest), place


def test_a_receipt_stays_true_whatever_comes_after_it(here: Town) -> None:
    digest = act(here)
    kept(here)
    old = here.client.get(f"{AT}/ontvangsten/{digest}").data
    for _ in range(3):
        act(here)
        kept(here)
    policy = policy_file(here.house.installation, here.directory)
    assert verifies(old, policy, digest)
    assert verifies(here.client.get(f"{AT}/ontvangsten/{digest}").data, policy, digest)


def test_only_who_may_read_a_record_or_did_what_it_says_gets_its_receipt(here: Town) -> None:
    case = here.start()
    resident, neighbour = here.house.log_in("bewoner"), here.house.log_in("buur")
    refused = here.do(case, "t", resident)
    outside = neighbour.put(f"/v1/taken/{here.task(case, 't')}/afronding", json={"gegevens": VALUES})
    assert refused.status_code == 403 and outside.status_code == 404
    own = body(refused)["verantwoording"]
    (unseen,) = [row["digest"] for row in here.rows("record") if row["chain"] == case and row["seq"] == 2]
    kept(here)
    assert resident.get(f"{AT}/ontvangsten/{own}").status_code == 200
    assert neighbour.get(f"{AT}/ontvangsten/{own}").status_code == 404
    assert neighbour.get(f"{AT}/ontvangsten/{unseen}").status_code == 200, "a refusal is an act of one's own too"
    assert here.house.app.test_client().get(f"{AT}/ontvangsten/{own}").status_code == 401
    role = next(row["digest"] for row in here.rows("record") if row["kind"] == "rol:gegeven")
    assert here.house.log_in("beheer").get(f"{AT}/ontvangsten/{role}").status_code == 200
    assert neighbour.get(f"{AT}/ontvangsten/{role}").status_code == 404
    assert here.client.get(f"{AT}/ontvangsten/{'0' * 64}").status_code == 404


def test_whoever_waits_for_the_signature_gets_the_receipt_in_the_answer(here: Town) -> None:
    address = f"/v1/taken/{here.task(here.start(), 't')}/afronding"
    assert here.client.put(f"{address}?wacht=morgen", json={"gegevens": VALUES}).status_code == 400
    answer = body(here.client.put(f"{address}?wacht=ondertekend", json={"gegevens": VALUES}))
    digest, receipt = answer["ontvangst"]["regel"], answer["ontvangstbewijs"].encode()
    assert verifies(receipt, policy_file(here.house.installation, here.directory), digest)
    assert here.client.get(f"{AT}/ontvangsten/{digest}").data == receipt
    again = body(here.client.put(f"{address}?wacht=ondertekend", json={"gegevens": VALUES}))
    assert again["ontvangstbewijs"].encode() == receipt
    assert findings(here.house.installation) == ()


def test_whoever_waits_while_the_log_is_broken_is_answered_without_a_receipt(here: Town) -> None:
    act(here)
    kept(here)
    (here.directory / "sleutel.logboek.geheugen").unlink()
    address = f"/v1/taken/{here.task(here.start(), 't')}/afronding?wacht=ondertekend"
    answer = here.client.put(address, json={"gegevens": VALUES})
    assert answer.status_code == 200 and body(answer)["ontvangstbewijs"] is None
    assert body(answer)["ontvangst"]["regel"] in {row["digest"] for row in here.rows("record")}


def test_after_a_fork_what_was_signed_is_still_proven_and_the_rest_is_said_to_wait_for_people(here: Town) -> None:
    old = act(here)
    kept(here)
    before = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    put_back(here.house.installation.database, before)
    new = act(here)
    with pytest.raises(LogBroken):
        kept(here)
    answer = here.client.get(f"{AT}/ontvangsten/{old}")
    assert answer.status_code == 200
    assert verifies(answer.data, policy_file(here.house.installation, here.directory), old)
    here.house.add("rekenkamer", "auditor")
    asked = {f"{AT}/ontvangsten/{new}": here.client, f"{AT}/bewijs?jaar=2027": here.house.log_in("rekenkamer")}
    for address, client in asked.items():
        told = client.get(address)
        assert (told.status_code, body(told)["type"]) == (503, "urn:wijkcyclus:probleem:gebroken"), told.text
        assert "heropenen" in body(told)["detail"] and "/healthz" in body(told)["detail"]
    controls = inside(here.house.app, "rekenkamer", PASSWORD)
    controls.open("/verantwoording/bewijs")
    assert controls.send("/verantwoording/bewijs", {"jaar": "2027"}) == 503
    assert "heropenen" in controls.sheet.text and flaws(controls.sheet) == []


def test_a_tree_that_somebody_damaged_is_a_problem_that_names_it_and_no_failure(here: Town) -> None:
    digest = act(here)
    act(here)
    kept(here)
    with owning(here.house.installation.database) as tx:
        tx.execute(text("DELETE FROM leaf WHERE digest <> :own"), {"own": bytes.fromhex(digest)})
    for address in (f"{AT}/ontvangsten/{digest}", f"{AT}/consistentie?van=1"):
        told = here.client.get(address)
        assert (told.status_code, body(told)["type"]) == (503, "urn:wijkcyclus:probleem:gebroken"), told.text


def test_everybody_can_see_that_the_log_only_grows(here: Town) -> None:
    anybody = here.house.app.test_client()
    assert anybody.get(f"{AT}/checkpoint").status_code == 404
    assert anybody.get(f"{AT}/consistentie?van=1").status_code == 404
    act(here)
    kept(here)
    first = anybody.get(f"{AT}/checkpoint").data
    policy = policy_file(here.house.installation, here.directory)
    size = believed(first, policy)
    act(here)
    kept(here)
    told = body(anybody.get(f"{AT}/consistentie?van={size}"))
    before = Checkpoint.read(Note.decode(first).text)
    after = Checkpoint.read(Note.decode(told["controlepunt"].encode()).text)
    path = [b64decode(one) for one in told["pad"]]
    assert after.size > size and believed(told["controlepunt"].encode(), policy) == after.size
    assert merkle.consistency_holds(size, before.root, after.size, after.root, path)
    assert anybody.get(f"{AT}/checkpoint").data == told["controlepunt"].encode()
    for wrong, status in (("0", 400), ("-1", 400), ("x", 400), ("", 400), (str(after.size + 1), 409)):
        assert anybody.get(f"{AT}/consistentie?van={wrong}").status_code == status


def test_a_checkpoint_and_a_receipt_tell_nothing_but_digests(here: Town) -> None:
    digest = act(here)
    kept(here)
    told = Receipt.decode(here.client.get(f"{AT}/ontvangsten/{digest}").data)
    assert told.extra.hex() == digest
    assert told.checkpoint.extensions == ()
