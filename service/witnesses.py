"""Asking outsiders to cosign the log (c2sp.org/tlog-witness): they too see it grow, and refuse a second story.

A witness that does not answer, answers nonsense or endlessly, or has another time, holds nothing up: it is asked again
at the next round.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

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

_PATIENCE = 5.0
"""Seconds to reach a witness, and again to hear all that it has to say."""
_AMISS = timedelta(hours=1)
"""By so much the clock of a witness may differ from ours; the time that it signs is for others to rely on."""
_MOST = 64 * 1024
_log = structlog.get_logger("wijkcyclus.getuigen")


def over_http(address: str, body: bytes, patience: float = _PATIENCE) -> tuple[int, bytes]:
    """Ask over HTTP, at this address and no other. Raises OSError, HTTPException, ValueError for no such address."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or parts.hostname is None:
        raise ValueError("het adres van een getuige begint met http:// of https://")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=patience)
    connection.connect()
    # The patience of a socket begins anew at each byte; one who sends them slowly is cut off here.
    enough = Timer(patience, _cut_off, (connection.sock,))
    enough.start()
    try:
        connection.request("POST", parts.path, body)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST)
    finally:
        enough.cancel()
        connection.close()


def _cut_off(to: socket.socket) -> None:
    with suppress(OSError):  # it left by itself meanwhile
        to.shutdown(socket.SHUT_RDWR)


def cosign(installation: Installation, now: datetime, ask: Ask = over_http) -> int:
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
    return sum(_cosigned(installation, newest, one, now, ask) for one in asked)


def _cosigned(installation: Installation, newest: Signed, one: Witness, now: datetime, ask: Ask) -> bool:
    with db.reading(installation.database) as tx:
        known = store_log.cosigned_size(tx, newest.log, str(one.key))
    try:
        line = _asked(installation, newest, one, known, now, ask)
    except (OSError, HTTPException, ValueError, NoteRefused, ProofRefused, TreeBroken) as wrong:
        _log.warning("getuige tekent niet", getuige=one.key.name, fout=f"{wrong}")
        return False
    with db.writing(installation.database) as tx:
        store_log.add_cosignature(tx, newest, str(one.key), line)
    return True


def _asked(installation: Installation, newest: Signed, one: Witness, known: int, now: datetime, ask: Ask) -> str:
    """The line that the witness wrote; it says itself which size it knows when we are mistaken in that."""
    address = f"{(one.url or '').rstrip('/')}/{witness.ADDRESS}"
    note = Note.decode(newest.note)
    status, body = ask(address, _request(installation, newest, note, known))
    if status == 409:
        status, body = ask(address, _request(installation, newest, note, witness.read_known_size(body)))
    if status != 200:
        raise NoteRefused(f"de getuige weigert met {status}")
    for signature in witness.read_answer(body):
        at = signers(Note(note.text, (signature,)), (one.key,)).get(one.key)
        if at is not None and abs(at - now) > _AMISS:
            raise NoteRefused("de klok van de getuige loopt meer dan een uur voor of achter")
        if at is not None:
            return signature.line.removesuffix("\n")
    raise NoteRefused("de getuige tekende met een andere sleutel")


def _request(installation: Installation, newest: Signed, note: Note, known: int) -> bytes:
    path: tuple[bytes, ...] = ()
    if known:
        with db.reading(installation.database) as tx:
            path = merkle.consistency_proof(known, newest.frontier, store_log.reader(tx, newest.log))
    return witness.request(known, path, note)
