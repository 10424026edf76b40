"""What anybody may hold against the log later: the newest checkpoint, receipts of records, proofs of what was added."""

from __future__ import annotations

from datetime import datetime
from threading import Event

from sqlalchemy import Connection

from engine.terms import Values
from engine.trail import merkle, record
from engine.trail.note import Note, Signature
from engine.trail.receipt import Receipt
from engine.trail.record import ORGANISATION
from service import db, hearing, organisation, reading, sequencing, signing, store_log, store_trail
from service.faults import Conflict, Unknown
from service.installation import Installation
from service.signing import LogBroken
from service.store_log import Signed
from service.store_people import PersonRow

_NO_SUCH = "Deze regel bestaat niet, of u mag haar niet zien."
_TRIES, _PAUSE = 20, 0.1


def newest_note(installation: Installation) -> bytes:
    """The newest checkpoint with all its signatures; Unknown before the first."""
    with db.reading(installation.database) as tx:
        return note_of(tx, _newest(tx)).encode()


def policy(installation: Installation) -> str:
    """Whom to believe about this log (c2sp.org/tlog-policy): its keys and witnesses; Unknown before the first key."""
    with db.reading(installation.database) as tx:
        known = store_log.keys(tx)
    if not known:
        raise Unknown("Er is nog niets ondertekend, dus er is nog geen sleutel.")
    asked = installation.config.witnesses
    lines = ["quorum none"] if asked is None else asked.read_text("utf-8").splitlines()
    own = (f"log {key}" for key in known)
    return "".join(f"{line}\n" for line in (*own, *(line for line in lines if line.split()[:1] != ["log"])))


def consistency(installation: Installation, size: int) -> tuple[Note, tuple[bytes, ...]]:
    """The newest checkpoint, and the proof that it only added to the log of this earlier size.

    Raises Unknown before the first checkpoint, and ProofRefused for a size that cannot be proven.
    """
    with db.reading(installation.database) as tx:
        newest = _newest(tx)
        path = merkle.consistency_proof(size, newest.frontier, store_log.reader(tx, newest.log))
        return note_of(tx, newest), path


def read_receipt(installation: Installation, by: PersonRow, digest: str, now: datetime) -> bytes:
    """The receipt of a record for who may read it or did what it says; Conflict as long as it is not signed."""
    with db.reading(installation.database) as tx:
        body = store_trail.bodies(tx, (digest,)).get(digest)
        if body is None or not _may_have(installation, tx, by, record.read(body), now):
            raise Unknown(_NO_SUCH)
    return receipt_of(installation, digest)


def receipt_of(installation: Installation, digest: str) -> bytes:
    """The receipt of a record, for a caller who showed that he may have it.

    Raises Conflict as long as it is not signed, and LogBroken when it will not be.
    """
    with db.reading(installation.database) as tx:
        found, broken = _receipt(tx, digest), store_log.why_broken(tx)
    if found is None and broken is not None:
        raise LogBroken(broken)
    if found is None:
        raise Conflict("Deze regel is nog niet ondertekend; vraag het over enkele seconden opnieuw.")
    return found.encode()


def awaited(installation: Installation, digest: str, now: datetime) -> str | None:
    """The receipt of a record that was just written, as soon as it is signed; None when that does not come.

    The caller gives it its place and signs it here and now; who signs elsewhere is waited for, for a moment.
    """
    pause = Event()
    for _ in range(_TRIES):
        try:
            sequencing.sequence_all(installation)
            signing.sign_head(installation, now)
        except LogBroken:
            return None
        with db.reading(installation.database) as tx:
            found = _receipt(tx, digest)
        if found is not None:
            return found.encode().decode()
        pause.wait(_PAUSE)
    return None


def _receipt(tx: Connection, digest: str) -> Receipt | None:
    newest = store_log.newest_checkpoint(tx)
    if newest is None:
        return None
    index = store_log.place_of(tx, newest.log, digest)
    if index is None or index >= newest.frontier.size:
        return None
    path = merkle.inclusion_proof(index, newest.frontier, store_log.reader(tx, newest.log))
    return Receipt(index, path, note_of(tx, newest), bytes.fromhex(digest))


def _newest(tx: Connection) -> Signed:
    found = store_log.newest_checkpoint(tx)
    if found is None:
        raise Unknown("Er is nog niets ondertekend.")
    return found


def note_of(tx: Connection, signed: Signed) -> Note:
    """A checkpoint with all its signatures: that of the log, and those of its witnesses."""
    lines = store_log.cosignatures(tx, signed).values()
    return Note.decode(signed.note).signed_too(Signature.read(line) for line in lines)


def _may_have(installation: Installation, tx: Connection, by: PersonRow, body: Values, now: datetime) -> bool:
    chain, actor = str(body["case"]), body["actor"]
    own = hearing.reference(installation, by.id, by.is_resident, chain)
    if isinstance(actor, dict) and own in (actor.get("ref"), body.get("other")):
        return True
    if chain == ORGANISATION:
        return organisation.appoints(installation, tx, by, now)
    try:
        reading.readable(installation, tx, by, chain, now)
    except Unknown:
        return False
    return True
