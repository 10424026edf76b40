"""The log in tests: acting in it, keeping it, and holding it to what must always be true of it."""

from __future__ import annotations

from pathlib import Path

from engine.trail import verify
from engine.trail.note import Note
from engine.trail.policy import Policy
from service import db, log_check, sequencing, signing, store_log
from service.installation import Installation
from service.store_log import Signed
from tests.service.towns import Town


def act(here: Town) -> str:
    """A completion in a case of its own; the digest of its record."""
    return str(here.must(here.start(), "t")["ontvangst"]["regel"])


def kept(here: Town) -> Signed:
    """The log with all records in their places, signed."""
    sequencing.sequence_all(here.house.installation)
    signed = signing.sign_head(here.house.installation, here.house.now())
    assert signed is not None
    return signed


def findings(installation: Installation) -> tuple[str, ...]:
    """What the self-check says."""
    return log_check.check(installation).findings


def policy_file(installation: Installation, directory: Path) -> Path:
    """The policy that an auditor got from us beforehand."""
    with db.reading(installation.database) as tx:
        keys = store_log.keys(tx)
    path = directory / "beleid"
    path.write_text("".join(f"log {key}\n" for key in keys) + "quorum none\n")
    return path


def verifies(receipt: bytes, policy: Path, digest: str) -> bool:
    """Whether the auditor's own program finds that the receipt proves this record."""
    path = policy.parent / "ontvangst.tlog-proof"
    path.write_bytes(receipt)
    return verify.main([str(path), "--policy", str(policy), "--kept", digest]) == 0


def believed(note: bytes, policy: Path) -> int:
    """The size of the log that a checkpoint proves to whoever has the policy."""
    return Policy.read(policy.read_bytes()).accept(Note.decode(note)).size
