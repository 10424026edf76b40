"""What two people do to the log together, with a reason, on record: reopen it after a break, or replace its key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine.terms import Action, Json, Values
from engine.trail import seal
from engine.trail.checkpoint import Checkpoint
from engine.trail.kinds import Kind
from engine.trail.lines import base64_of
from engine.trail.note import Note
from engine.trail.record import ORGANISATION, Record
from service import db, organisation, signing, store_log
from service.faults import Conflict
from service.hearing import Refused
from service.installation import Installation
from service.keyfile import BYTES, Disk
from service.organisation import Administration
from service.signing import LogBroken, Memory
from service.store_people import PersonRow

_REASON = "reden"


def reopen(
    installation: Installation, by: PersonRow, second: PersonRow, reason: str, now: datetime, disk: Disk | None = None
) -> Record | None:
    """Begin a new log after a break, under the new name that `WIJK_LOG` has now.

    Its first record quotes the last checkpoint of the log before; all records of the installation follow it, those that
    were never signed too, so that they are held from now on as they stand. A key of its own signs it. None when it was
    on record already and only the last steps were still to be done. Raises Conflict, and Refused (which is recorded).
    """
    disk, config = disk or Disk(), installation.config
    with signing.alone(config):
        with db.writing(installation.database) as tx:
            held = store_log.hold_tree(tx)
            if held.origin == config.origin and _remembers(installation) in (None, config.origin):
                raise Conflict("Geef het nieuwe logboek eerst een nieuwe naam met WIJK_LOG, zoals .../log/2.")
            done: Record | Refused | None = None
            if held.origin != config.origin:
                if held.broken is None:
                    raise Conflict("Het logboek is niet gebroken; er valt niets te heropenen.")
                values: Values = {_REASON: reason, "log": config.origin, "vorige": _last(installation, tx)}
                done = _together(installation, tx, by, second, values, Kind.LOG_REOPENED, now)
                if isinstance(done, Record):
                    store_log.start_over(tx, held, config.origin, done.digest)
                    key = signing.next_signer(config, installation.entropy(BYTES), disk).key
                    store_log.add_key(tx, held.log + 1, str(key), now)
            known = store_log.keys(tx)
        if isinstance(done, Refused):
            raise done
        signing.remember(config, Memory(config.origin), disk)
        signing.open_signer(config, known, disk)
    return done


def replace_key(
    installation: Installation, by: PersonRow, second: PersonRow, reason: str, now: datetime, disk: Disk | None = None
) -> Record:
    """Let another key sign from now on. Raises Refused (which is recorded), and LogBroken when there is no key yet."""
    disk, config = disk or Disk(), installation.config
    with signing.alone(config):
        with db.writing(installation.database) as tx:
            held, known = store_log.hold_tree(tx), store_log.keys(tx)
            if not known:
                raise LogBroken("Er is nog niets ondertekend.")
            before = signing.open_signer(config, known, disk).key
            after = signing.next_signer(config, installation.entropy(BYTES), disk).key
            values: Values = {_REASON: reason, "oud": str(before), "nieuw": str(after)}
            done = _together(installation, tx, by, second, values, Kind.LOG_KEY_REPLACED, now)
            if isinstance(done, Record):
                store_log.add_key(tx, held.log, str(after), now)
        if isinstance(done, Refused):
            raise done
        signing.open_signer(config, [*known, after], disk)
    return done


def _together(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    second: PersonRow,
    values: Values,
    kind: Kind,
    now: datetime,
) -> Record | Refused:
    submission, sealed = seal.seal_form(
        values, {_REASON}, compartment=f"{ORGANISATION}/verantwoording", entropy=installation.entropy
    )
    other = organisation.reference(installation, second)
    return organisation.act(installation, tx, by, Administration(Action.REOPEN, kind, submission, other), now, sealed)


def _remembers(installation: Installation) -> str | None:
    try:
        return signing.remembered(installation.config).origin
    except LogBroken:
        return None


def _last(installation: Installation, tx: Connection) -> Json:
    """The last checkpoint that was signed: as the signer remembers it, else as the database still has it."""
    try:
        note = signing.remembered(installation.config).note
    except LogBroken:
        note = b""
    if not note:
        newest = store_log.newest_checkpoint(tx)
        note = b"" if newest is None else newest.note
    if not note:
        return None
    told = Checkpoint.read(Note.decode(note).text)
    return {"log": told.origin, "omvang": told.size, "wortel": base64_of(told.root), "controlepunt": note.decode()}
