"""After a break two people begin a new log, on record; and two people replace the key. Nobody does either alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.trail.checkpoint import Checkpoint
from engine.trail.note import Note
from service import receipts, reopening, sequencing, signing
from service.__main__ import main
from service.faults import Conflict
from service.hearing import Refused
from service.installation import Installation
from service.keyfile import Disk
from service.signing import LogBroken
from tests.service.houses import PASSWORD
from tests.service.logs import act, findings, kept, policy_file, verifies
from tests.service.tampering import copy_of, put_back
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

NEW = "wijkcyclus.localhost/log/2"
WHY = "De back-up van dinsdag is teruggezet na brand."


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A town with a second administrator, whose log is broken: a backup was restored over what had been signed."""
    with town(url, tmp_path, ONE) as built:
        break_log(built)
        yield built


def break_log(here: Town) -> None:
    here.house.add("griffier", "griffie")
    act(here)
    kept(here)
    before = copy_of(here.house.installation.database)
    act(here)
    kept(here)
    put_back(here.house.installation.database, before)
    act(here)
    act(here)
    with pytest.raises(LogBroken):
        kept(here)


def renamed(here: Town, origin: str = NEW) -> Installation:
    """The installation with the new name of the log in its settings."""
    installation = here.house.installation
    return replace(installation, config=replace(installation.config, origin=origin))


def reopened(here: Town, by: str = "beheer", second: str = "griffier") -> Installation:
    new = renamed(here)
    reopening.reopen(new, here.person(by), here.person(second), WHY, here.house.now())
    return new


def test_two_people_begin_a_new_log_that_quotes_the_last_checkpoint_of_the_old_one(here: Town) -> None:
    signed = (here.directory / "sleutel.logboek.geheugen").read_text()
    new = reopened(here)
    sequencing.sequence_all(new)
    assert signing.sign_head(new, here.house.now())
    assert here.client.get("/healthz").status_code == 200
    assert findings(new) == ()
    leaves = {row["index"]: row["digest"].hex() for row in here.rows("leaf") if row["log"] == 2}
    assert len(leaves) == len(here.rows("record")), "all that stands is held from now on"
    (first,) = [row for row in here.rows("record") if row["digest"] == leaves[0]]
    assert first["kind"] == "verantwoording:heropend"
    told = Checkpoint.read(Note.decode(receipts.newest_note(new)).text)
    assert told.origin == NEW and told.size == len(leaves)
    assert WHY not in first["body"] and "wijkcyclus.localhost/log/1" in first["body"]
    assert signed.split('"wortel": "')[1].split('"')[0] in first["body"]


def test_receipts_of_the_old_log_and_of_the_new_one_both_verify(here: Town) -> None:
    new = reopened(here)
    sequencing.sequence_all(new)
    signing.sign_head(new, here.house.now())
    policy = policy_file(new, here.directory)
    for row in here.rows("record"):
        if row["kind"] == "taak:afgerond":
            receipt = receipts.read_receipt(new, here.person("coordinator"), row["digest"], here.house.now())
            assert verifies(receipt, policy, row["digest"])


@pytest.mark.parametrize(("by", "second"), [("beheer", "beheer"), ("beheer", "bewoner"), ("coordinator", "griffier")])
def test_nobody_reopens_it_alone_or_without_the_power_and_who_tries_is_recorded(
    here: Town, by: str, second: str
) -> None:
    before = len(here.rows("record"))
    with pytest.raises(Refused) as refused:
        reopened(here, by, second)
    assert refused.value.ruling.rule in ("verantwoording/vier-ogen", "bevoegdheid/rol")
    added = [row for row in here.rows("record") if row["digest"] == refused.value.record]
    assert len(here.rows("record")) == before + 1 and added[0]["kind"] == "handeling:geweigerd"
    assert len(here.rows("tree")) == 1
    with pytest.raises(LogBroken):
        kept(here)


def test_no_reason_no_reopening(here: Town) -> None:
    with pytest.raises(Refused, match="reden"):
        reopening.reopen(renamed(here), here.person("beheer"), here.person("griffier"), " ", here.house.now())


def test_a_new_log_needs_a_new_name_and_a_sound_log_is_not_reopened(here: Town) -> None:
    with pytest.raises(Conflict, match="WIJK_LOG"):
        reopening.reopen(here.house.installation, here.person("beheer"), here.person("griffier"), WHY, here.house.now())
    new = reopened(here)
    sequencing.sequence_all(new)
    signing.sign_head(new, here.house.now())
    third = renamed(here, "wijkcyclus.localhost/log/3")
    with pytest.raises(Conflict, match="niet gebroken"):
        reopening.reopen(third, here.person("beheer"), here.person("griffier"), WHY, here.house.now())


class Death(BaseException):
    """The machine stops here."""


def _dying_at_rename(number: int) -> Disk:
    """Lets files come into their places, and dies at this one."""
    renamed: list[Path] = []

    def rename(source: Path, target: Path) -> None:
        renamed.append(target)
        if len(renamed) == number:
            raise Death
        source.replace(target)

    return Disk(replace=rename)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_who_dies_while_reopening_takes_only_the_steps_again_that_were_left(here: Town, at: int) -> None:
    new = renamed(here)
    people = here.person("beheer"), here.person("griffier")
    with pytest.raises(Death):
        reopening.reopen(new, *people, WHY, here.house.now(), _dying_at_rename(at))
    if at < 3:  # the last rename is mended by whoever signs
        with pytest.raises(LogBroken):
            signing.sign_head(new, here.house.now())
        done = reopening.reopen(new, *people, WHY, here.house.now())
        assert (done is None) == (at == 2)
    sequencing.sequence_all(new)
    assert signing.sign_head(new, here.house.now())
    assert len(here.rows("tree")) == 2 and findings(new) == ()


def test_a_new_key_signs_from_the_record_that_says_so_and_the_old_signatures_stay_true(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, ONE) as here:
        here.house.add("griffier", "griffie")
        installation, people = here.house.installation, (here.person("beheer"), here.person("griffier"))
        digest = act(here)
        kept(here)
        old = here.client.get(f"/v1/verantwoording/ontvangsten/{digest}").data
        old_policy = policy_file(installation, tmp_path).read_bytes()
        with pytest.raises(Refused):
            reopening.replace_key(installation, people[0], people[0], WHY, here.house.now())
        act(here)
        kept(here)
        with pytest.raises(Death):
            reopening.replace_key(installation, *people, WHY, here.house.now(), _dying_at_rename(2))
        kept(here)
        assert [row["kind"] for row in here.rows("record")].count("logsleutel:vervangen") == 1
        assert len(here.rows("log_key")) == 2 and findings(installation) == ()
        policy = policy_file(installation, tmp_path)
        assert verifies(old, policy, digest)
        new = here.client.get(f"/v1/verantwoording/ontvangsten/{digest}").data
        assert verifies(new, policy, digest)
        policy.write_bytes(old_policy)
        assert not verifies(new, policy, digest)


def test_the_command_checks_shows_and_reopens(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with town(sqlite_url, tmp_path, ONE) as here:
        break_log(here)
    monkeypatch.setenv("WIJK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("WIJK_SLEUTEL", str(tmp_path / "sleutel"))
    monkeypatch.setenv("WIJK_WACHTWOORD", PASSWORD)
    monkeypatch.setenv("WIJK_WACHTWOORD_MET", PASSWORD)
    assert main(["trail", "check"]) == 0
    assert "geen bevindingen" in capsys.readouterr().out
    assert main(["worker", "--once"]) == 1
    assert "niet meer wat er is ondertekend" in capsys.readouterr().err
    two = ["--als", "beheer", "--met", "griffier", "--reden", WHY]
    assert main(["trail", "reopen", *two]) == 1
    monkeypatch.setenv("WIJK_LOG", NEW)
    assert main(["trail", "reopen", *two]) == 0
    assert main(["worker", "--once"]) == 0
    assert main(["trail", "rotate", *two]) == 0
    assert main(["worker", "--once"]) == 0
    capsys.readouterr()
    assert main(["trail", "key"]) == 0
    keys = capsys.readouterr().out.split()
    assert len(keys) == 3 and keys[1].startswith(f"{NEW}+")
    assert main(["trail", "policy"]) == 0
    assert capsys.readouterr().out == "".join(f"log {key}\n" for key in keys) + "quorum none\n"
    assert main(["trail", "check"]) == 0
