"""The signer signs only what extends what it signed, whatever is done to the database, its files or its name."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.trail import merkle, verify
from service import db, evidence, exports, signing, store_log
from service.signing import LogBroken
from service.store_questions import Scope
from tests.service.logs import act, believed, findings, kept, policy_file
from tests.service.tampering import copy_of, cut_off, owning, put_back
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite and on PostgreSQL."""
    with town(url, tmp_path, ONE) as built:
        yield built


def refuses(here: Town, why: str) -> None:
    """The signer refuses with this, everybody sees that, and people go on: what they do is recorded."""
    signed = len(here.rows("checkpoint"))
    with pytest.raises(LogBroken, match=why):
        kept(here)
    assert len(here.rows("checkpoint")) == signed
    health = here.client.get("/healthz")
    assert health.status_code == 503 and re.search(why, str(health.json))
    assert here.client.get("/readyz").status_code == 200
    records = len(here.rows("record"))
    act(here)
    assert len(here.rows("record")) > records
    with pytest.raises(LogBroken):
        kept(here)


def test_every_checkpoint_is_believed_and_extends_every_earlier_one(here: Town) -> None:
    installation, signed = here.house.installation, []
    for _ in range(4):
        act(here)
        signed.append(kept(here))
    assert here.client.get("/healthz").status_code == 200
    policy = policy_file(installation, here.directory)
    assert [believed(one.note, policy) for one in signed] == [one.frontier.size for one in signed]
    with db.reading(installation.database) as tx:
        read = store_log.reader(tx, 1)
        for number, later in enumerate(signed):
            for earlier in signed[: number + 1]:
                path = merkle.consistency_proof(earlier.frontier.size, later.frontier, read)
                sizes = earlier.frontier.size, earlier.root, later.frontier.size, later.root
                assert merkle.consistency_holds(*sizes, path)
    assert findings(installation) == ()


def test_what_did_not_change_is_not_signed_twice(here: Town) -> None:
    act(here)
    assert kept(here) == kept(here)
    assert len(here.rows("checkpoint")) == 1


def test_key_and_memory_are_for_their_owner_alone(here: Town) -> None:
    act(here)
    kept(here)
    path = here.house.installation.config.log_key_file
    for one in (path, path.with_name(f"{path.name}.geheugen")):
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert path.parent == here.house.installation.config.key_file.parent
    assert path.read_bytes() != here.house.installation.config.key_file.read_bytes()


def test_a_restored_backup_is_not_signed(here: Town) -> None:
    act(here)
    before = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    put_back(here.house.installation.database, before)
    assert findings(here.house.installation) == (), "the database itself cannot know"
    refuses(here, "ondertekend, en het logboek telt er nog")


def test_a_restored_backup_with_another_history_is_not_signed(here: Town) -> None:
    act(here)
    kept(here)
    before = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    put_back(here.house.installation.database, before)
    for _ in range(3):
        act(here)
    refuses(here, "niet meer wat er is ondertekend")
    assert findings(here.house.installation) == ()


def test_a_signed_tail_that_was_deleted_and_computed_anew_is_not_signed(here: Town) -> None:
    for _ in range(3):
        digest = act(here)
    kept(here)
    cut_off(here.house.installation.database, digest)
    with pytest.raises(LogBroken):
        kept(here)
    assert findings(here.house.installation) == (), "the database itself cannot know"
    for _ in range(3):
        act(here)
    refuses(here, "niet meer wat er is ondertekend")


@pytest.mark.parametrize("later", [0, 3])
def test_a_second_history_that_even_the_signer_forgot_is_found_by_who_kept_a_checkpoint(here: Town, later: int) -> None:
    installation = here.house.installation
    act(here)
    kept(here)
    memory = installation.config.log_key_file.with_name(f"{installation.config.log_key_file.name}.geheugen")
    before, then = copy_of(installation.database), memory.read_bytes()
    for _ in range(3):
        act(here)
    note = here.directory / "bewaard"
    note.write_bytes(kept(here).note)
    put_back(installation.database, before)
    memory.write_bytes(then)  # by who has the database, the key and the memory
    for _ in range(later):
        act(here)
    kept(here)
    assert findings(installation) == (), "nothing of ours can know"
    bag = here.directory / "bewijs"
    evidence.issue(installation, Scope(), bag, here.house.now())
    command = [str(bag), "--policy", str(policy_file(installation, here.directory))]
    assert verify.main(command) == 0 and verify.main([*command, "--kept", str(note)]) == 1


def test_what_was_rewritten_before_it_was_signed_is_found_by_who_kept_the_digest_alone(here: Town) -> None:
    act(here)
    kept(here)
    case = here.start()
    digest = str(here.must(case, "t")["ontvangst"]["regel"])
    cut_off(here.house.installation.database, digest)
    file = here.directory / "keten.jsonl"
    exports.export(here.house.installation, case, file)
    assert findings(here.house.installation) == ()
    assert verify.main([str(file)]) == 0 and verify.main([str(file), "--kept", digest]) == 1


def test_a_leaf_that_was_changed_is_named_and_a_head_that_was_changed_is_not_signed(here: Town) -> None:
    act(here)
    before = kept(here)
    with owning(here.house.installation.database) as tx:
        tx.execute(text('UPDATE leaf SET digest = :other WHERE "index" = 0'), {"other": bytes(32)})
    assert findings(here.house.installation)
    act(here)
    assert kept(here).frontier.size > before.frontier.size, "the end of the log still follows from every true record"
    with owning(here.house.installation.database) as tx:
        tx.execute(text("UPDATE tree SET frontier = :other"), {"other": bytes(32)})
        tx.execute(text("UPDATE tree SET size = 16"))
    act(here)
    refuses(here, "niet meer wat er is ondertekend|niet heel")


SPOILED = [
    "UPDATE tree SET frontier = ''",
    "UPDATE tree SET size = -1",
    "UPDATE tree SET size = 3",
    "DELETE FROM leaf; DELETE FROM block; DELETE FROM checkpoint; DELETE FROM log_key; DELETE FROM tree",
    "UPDATE pending SET digest = 'geen digest'",
    "UPDATE pending SET digest = '00'",
    "INSERT INTO pending (digest) SELECT digest FROM record",
    "UPDATE checkpoint SET frontier = ''",
    "UPDATE log_key SET key = 'x'",
]


def test_whatever_row_of_the_log_was_spoiled_keeping_it_goes_on_and_everybody_is_told(here: Town) -> None:
    installation = here.house.installation
    act(here)
    kept(here)
    act(here)
    whole = copy_of(installation.database)
    for statement in SPOILED:
        with owning(installation.database) as tx:
            for one in statement.split("; "):
                tx.execute(text(one))
        assert findings(installation), statement
        for _ in range(2):
            with pytest.raises(LogBroken):
                kept(here)
            told = here.client.get("/healthz")
            assert told.status_code == 503 and told.json["reden"], statement  # type: ignore[index]
        put_back(installation.database, whole)
        kept(here)
        assert here.client.get("/healthz").status_code == 200, statement
        put_back(installation.database, whole)


def _without(path: Path) -> None:
    path.unlink()


def _other(path: Path) -> None:
    path.write_bytes(os.urandom(32))


def _garbage(path: Path) -> None:
    path.write_bytes(b"{}")


@pytest.mark.parametrize(
    ("name", "harm", "why"),
    [
        ("sleutel.logboek", _without, "staat niet op deze machine"),
        ("sleutel.logboek", _other, "is niet die waarmee"),
        ("sleutel.logboek", _garbage, "sleutel van het logboek is beschadigd"),
        ("sleutel.logboek.geheugen", _without, "geheugen van de ondertekenaar is weg"),
        ("sleutel.logboek.geheugen", _garbage, "geheugen van de ondertekenaar is beschadigd"),
    ],
)
def test_without_its_own_key_and_memory_the_signer_tells_no_second_story(
    here: Town, name: str, harm: Callable[[Path], None], why: str
) -> None:
    act(here)
    kept(here)
    harm(here.directory / name)
    act(here)
    refuses(here, why)


def test_an_emptied_database_is_not_signed_as_a_new_log(here: Town) -> None:
    empty = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    put_back(here.house.installation.database, empty)
    refuses(here, "ondertekend, en het logboek telt er nog|niet meer wat er is ondertekend")


def test_another_name_for_the_same_log_is_not_signed(here: Town) -> None:
    act(here)
    kept(here)
    installation = here.house.installation
    renamed = replace(installation, config=replace(installation.config, origin="proef.example/log/9"))
    with pytest.raises(LogBroken, match="WIJK_LOG"):
        signing.sign_head(renamed, here.house.now())


def test_a_checkpoint_that_somebody_deleted_comes_back_from_the_memory(here: Town) -> None:
    act(here)
    signed = kept(here)
    with owning(here.house.installation.database) as tx:
        tx.execute(text("DELETE FROM checkpoint"))
    assert kept(here).note == signed.note


def test_what_was_put_back_in_order_is_signed_again(here: Town) -> None:
    old = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    whole = copy_of(here.house.installation.database)
    put_back(here.house.installation.database, old)
    with pytest.raises(LogBroken):
        kept(here)
    put_back(here.house.installation.database, whole)
    act(here)
    kept(here)
    assert here.client.get("/healthz").status_code == 200
