"""Signing the log: only a head that extends the last one that was signed, whatever has become of the database.

What was signed last is remembered in a file outside the database, durable before the note is given out:

1. alone on this machine, read key and memory;
2. read the committed tree, and prove that it extends what is remembered;
3. sign, and put the note in the memory: fsync, rename, fsync of the directory;
4. store the checkpoint, from where everybody gets it.

A crash after 3 is mended at the next round: the note is in the memory, and is stored then. When 2 fails, the log is
broken: somebody restored a backup, or changed what was signed. Then nothing is signed, health turns red, and recording
goes on, until two people reopen the log (`service.reopening`). Nobody repairs a log silently.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from engine.errors import NoteRefused, ProofRefused, TreeBroken
from engine.trail import merkle
from engine.trail.checkpoint import Checkpoint
from engine.trail.lines import base64_of, read_base64
from engine.trail.note import KeyKind, Note, VerifierKey, sign
from service import db, keyfile, store_log
from service.config import Config
from service.installation import Installation
from service.keyfile import BYTES, Disk
from service.store_log import Signed, Tree
from service.store_statement import finishing

_MEMORY, _NEXT, _LOCK = ".geheugen", ".nieuw", ".slot"


class LogBroken(Exception):
    """De verantwoording past niet op wat eerder is ondertekend; er wordt niets meer ondertekend"""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the signer signed last: of which log, how many records, which root, and the note (none yet at size 0)."""

    origin: str
    size: int = 0
    root: bytes = merkle.NO_LEAVES
    note: bytes = b""

    def encode(self) -> bytes:
        """The bytes of the file."""
        fields = {"log": self.origin, "omvang": self.size, "wortel": base64_of(self.root), "stuk": self.note.decode()}
        return json.dumps(fields, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def decode(cls, content: bytes) -> Memory:
        """The memory as it was kept. Raises LogBroken for a file that is not whole: forgetting is not starting anew."""
        try:
            told = json.loads(content)
            return cls(told["log"], int(told["omvang"]), read_base64(told["wortel"]), told["stuk"].encode())
        except (ValueError, KeyError, TypeError, AttributeError, NoteRefused) as wrong:
            raise LogBroken("Het geheugen van de ondertekenaar is beschadigd.") from wrong


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs, and its public half under the name of the log."""

    private: Ed25519PrivateKey
    key: VerifierKey


def sign_head(installation: Installation, now: datetime, disk: Disk | None = None) -> Signed | None:
    """Sign the log as it stands, unless that was done already; answers the newest checkpoint, None before the first.

    Raises LogBroken, which everybody can read at `/healthz` from then on.
    """
    disk = disk or Disk()
    try:
        with alone(installation.config):
            return _sign(installation, now, disk)
    except (TreeBroken, ProofRefused, NoteRefused, LogBroken) as wrong:
        raise broken(installation, f"{wrong}") from wrong


def broken(installation: Installation, why: str) -> LogBroken:
    """Let everybody read at `/healthz` that nothing is signed any more, and why; answers what to raise."""
    with db.writing(installation.database) as tx:
        store_log.set_broken(tx, why)
    return LogBroken(why)


def _sign(installation: Installation, now: datetime, disk: Disk) -> Signed | None:
    with db.reading(installation.database) as tx:
        standing, newest = store_log.read_tree(tx), store_log.newest_checkpoint(tx)
        keys = store_log.keys(tx)
        signer = open_signer(installation.config, keys, disk)
        memory = remembered(installation.config)
        _prove(tx, installation.config, standing, memory)
    end = standing.frontier
    if end.size == 0:
        return None
    if newest is not None and newest.frontier == end and standing.broken is None:
        return newest
    if end.size > memory.size:
        text = Checkpoint(signer.key.name, end.size, end.root).text
        note = Note(text, (sign(text, signer.key, signer.private.sign),)).encode()
        memory = Memory(signer.key.name, end.size, end.root, note)
        remember(installation.config, memory, disk)
    signed = Signed(standing.log, end, end.root, memory.note, now)
    with db.writing(installation.database) as tx, finishing(tx):
        store_log.keep_checkpoint(tx, signed, str(signer.key))
    return signed


def _prove(tx: Connection, config: Config, standing: Tree, memory: Memory) -> None:
    """Raise LogBroken unless the tree extends what was signed last, under the same name."""
    size, end = memory.size, standing.frontier
    if memory.origin != config.origin or standing.origin not in (None, config.origin):
        raise LogBroken(
            f"Dit logboek heet {standing.origin or memory.origin}, en de instelling WIJK_LOG zegt {config.origin}."
        )
    if end.size < size:
        raise LogBroken(f"Er zijn {size} regels ondertekend, en het logboek telt er nog {end.size}.")
    if size == 0:
        return
    path = merkle.consistency_proof(size, end, store_log.reader(tx, standing.log))
    if not merkle.consistency_holds(size, memory.root, end.size, end.root, path):
        raise LogBroken(f"De eerste {size} regels zijn niet meer wat er is ondertekend.")


def open_signer(config: Config, known: list[VerifierKey], disk: Disk) -> Signer:
    """The key on this machine, made at the first start; `known` are the keys that the log has had, the newest last.

    Raises LogBroken when it is not the key that signs now: a second key would tell a second story.
    """
    path, following = config.log_key_file, _beside(config.log_key_file, _NEXT)
    own = [key for key in known if key.name == config.origin]
    if own and following.exists() and _signer(config, following.read_bytes()).key == own[-1]:
        disk.replace(following, path)  # the last step of a replacement that is on record
    if not path.exists():
        if known:
            raise LogBroken("De sleutel van het logboek staat niet op deze machine.")
        keyfile.make(_beside(path, _MEMORY), Memory(config.origin).encode(), disk)
        keyfile.kept(path, disk)
    signer = _signer(config, path.read_bytes())
    if own and own[-1] != signer.key:
        raise LogBroken("De sleutel op deze machine is niet die waarmee dit logboek ondertekent.")
    return signer


def _signer(config: Config, content: bytes) -> Signer:
    if len(content) != BYTES:
        raise LogBroken("De sleutel van het logboek is beschadigd.")
    private = Ed25519PrivateKey.from_private_bytes(content)
    return Signer(private, VerifierKey(config.origin, KeyKind.LOG, private.public_key().public_bytes_raw()))


def next_signer(config: Config, content: bytes, disk: Disk) -> Signer:
    """A key that is to sign from now on: kept beside the one that does, until it is recorded."""
    keyfile.put(_beside(config.log_key_file, _NEXT), content, disk)
    return _signer(config, content)


def remembered(config: Config) -> Memory:
    """What was signed last. Raises LogBroken when nobody knows any more."""
    try:
        return Memory.decode(_beside(config.log_key_file, _MEMORY).read_bytes())
    except FileNotFoundError as gone:
        raise LogBroken("Het geheugen van de ondertekenaar is weg.") from gone


def remember(config: Config, memory: Memory, disk: Disk) -> None:
    """Remember this, durably."""
    keyfile.put(_beside(config.log_key_file, _MEMORY), memory.encode(), disk)


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """Nobody else on this machine signs meanwhile; whoever wants to waits."""
    path = _beside(config.log_key_file, _LOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
