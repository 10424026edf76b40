"""Asking outsiders to cosign the log (c2sp.org/tlog-witness): they too see it grow, and refuse a second story.

A witness that does not answer, or answers nonsense, holds nothing up: it is asked again at the next round.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable

import structlog

from engine.errors import NoteRefused, ProofRefused, TreeBroken
from engine.trail import merkle, witness
from engine.trail.note import Note, signers
from engine.trail.policy import Policy, Witness
from service import db, store_log
from service.installation import Installation
from service.store_log import Signed

Ask = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a body to an address; answers status and body."""

_PATIENCE = 5
_MOST = 64 * 1024
_log = structlog.get_logger("wijkcyclus.getuigen")


def over_http(address: str, body: bytes) -> tuple[int, bytes]:
    """Ask over HTTP."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body), timeout=_PATIENCE) as answer:
            return int(answer.status), answer.read(_MOST)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(_MOST)


def cosign(installation: Installation, ask: Ask = over_http) -> int:
    """Ask every witness of the settings that did not sign the newest checkpoint; answers how many signed now."""
    if installation.config.witnesses is None:
        return 0
    policy = Policy.read(installation.config.witnesses.read_bytes())
    with db.reading(installation.database) as tx:
        newest = store_log.newest_checkpoint(tx)
        have = {} if newest is None else store_log.cosignatures(tx, newest)
    if newest is None:
        return 0
    asked = [one for one in policy.witnesses if one.url is not None and str(one.key) not in have]
    return sum(_cosigned(installation, newest, one, ask) for one in asked)


def _cosigned(installation: Installation, newest: Signed, one: Witness, ask: Ask) -> bool:
    with db.reading(installation.database) as tx:
        known = store_log.cosigned_size(tx, newest.log, str(one.key))
    try:
        line = _asked(installation, newest, one, known, ask)
    except (OSError, NoteRefused, ProofRefused, TreeBroken) as wrong:
        _log.warning("getuige tekent niet", getuige=one.key.name, fout=f"{wrong}")
        return False
    with db.writing(installation.database) as tx:
        store_log.add_cosignature(tx, newest, str(one.key), line)
    return True


def _asked(installation: Installation, newest: Signed, one: Witness, known: int, ask: Ask) -> str:
    """The line that the witness wrote; it says itself which size it knows when we are mistaken in that."""
    address = f"{(one.url or '').rstrip('/')}/{witness.ADDRESS}"
    note = Note.decode(newest.note)
    status, body = ask(address, _request(installation, newest, note, known))
    if status == 409:
        status, body = ask(address, _request(installation, newest, note, witness.read_known_size(body)))
    if status != 200:
        raise NoteRefused(f"de getuige weigert met {status}")
    for signature in witness.read_answer(body):
        if signers(Note(note.text, (signature,)), (one.key,)):
            return signature.line.removesuffix("\n")
    raise NoteRefused("de getuige tekende met een andere sleutel")


def _request(installation: Installation, newest: Signed, note: Note, known: int) -> bytes:
    path: tuple[bytes, ...] = ()
    if known:
        with db.reading(installation.database) as tx:
            path = merkle.consistency_proof(known, newest.frontier, store_log.reader(tx, newest.log))
    return witness.request(known, path, note)
