"""Attachments: files that whoever may do a task lays beside it, and that whoever may read the case takes home.

1. What comes in is judged by its bytes (`service.filetypes`) before anything is held.
2. One transaction: the task held, the ruling, the record with the name and the SHA-256 of the file sealed, and the
   bytes closed with a key of their own. An order that destroys the sealed SHA-256 takes bytes and key along.
3. Only who added a file takes it away, as long as its task is open; that is a record as well, and the first one stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.terms import Action, Actor, Json, Task
from engine.trail.kinds import kind_of
from engine.trail.record import Head
from service import db, filetypes, hearing, openings, reading, sealing, store, store_attachments, submissions
from service.accounts import new_id
from service.cases import hold_task, require_running
from service.faults import Conflict, Fault, Malformed, Unknown
from service.filetypes import FIELD, Judged
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store import CaseRow
from service.store_attachments import AttachmentRow, Shelved
from service.store_people import PersonRow

COMPARTMENT = "bijlagen"
_NONCE = 12
_MOST_IN_CASE = 500
_GONE = "Deze bijlage bestaat niet, of hoort niet bij uw wijk of partij."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as people see it: `name` is empty once it was destroyed, `by` of a resident, who is nameless here."""

    id: str
    case: str
    task: str
    name: str
    type: str
    size: int
    at: datetime
    by: str
    is_own: bool


def add(installation: Installation, by: PersonRow, task_id: str, name: str, content: bytes, now: datetime) -> str:
    """Lay this file beside the task; answers its id. The same file of the same person again is the one that is there.

    Raises Unknown, Conflict (closed, no room), Malformed (not a file that is taken), Refused.
    """
    most = installation.config.most_bytes
    if len(content) > most:
        found = Judged(
            name, "", (Fault(FIELD, f"“{name}” is te groot: een bijlage is hoogstens {most // 1024**2} MB."),)
        )
    else:
        found = filetypes.judged(name, content)
    with db.writing(installation.database) as tx:
        done = _add(installation, tx, by, task_id, found, content, now)
    if isinstance(done, Exception):
        raise done
    return done


def _add(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    task_id: str,
    found: Judged,
    content: bytes,
    now: datetime,
) -> str | Refused | Unknown:
    heard, task, outsider = _held(installation, tx, by, task_id, Action.ATTACH, now)
    if outsider is not None:
        return outsider
    if found.faults:
        raise Malformed(found.faults)
    for one in shelf(installation, tx, by, heard.row.id):
        is_same = one.is_own and (one.task, one.name, one.size) == (task_id, found.name, len(content))
        if is_same and _opened(installation, tx, one.id) == content:
            return one.id
    _require_room(installation, tx, heard.row, len(content))
    attachment_id = new_id(installation.entropy)
    told: dict[str, Json] = {"bijlage": attachment_id, "soort": found.type, "grootte": len(content)}
    told |= {"naam": found.name, "inhoud": sha256(content).hexdigest()}
    values, hidden = submissions.sealed(installation, heard, told, {"naam", "inhoud"}, COMPARTMENT)
    ask = Ask(heard.actor, Action.ATTACH, task, values)
    ruling, refused = hearing.judge(installation, tx, heard, ask, heard.now, hidden)
    if refused is not None:
        return refused
    row, kind = heard.row, kind_of(Action.ATTACH, task.spec.act, allowed=True)
    fields, head = acts.content(ask, heard.standing, ruling, heard.now), Head(row.id, row.seq, row.head)
    (written,) = hearing.write(installation, tx, head, [(kind, fields)], heard.now, hidden, row.dossier)
    digests = {one.name: one.digest for one in hidden}
    key, nonce = installation.keys.current(row.id, attachment_id), installation.entropy(_NONCE)
    closed = nonce + key.cipher.encrypt(nonce, content, _place(attachment_id, row.id, digests["inhoud"]))
    kept = AttachmentRow(
        attachment_id, row.id, task_id, by.id, written.digest, digests["naam"], digests["inhoud"], found.type,
        len(content), key.id, written.at,
    )  # fmt: skip
    store_attachments.put(tx, kept, closed)
    return attachment_id


def take_away(installation: Installation, by: PersonRow, attachment_id: str, now: datetime) -> str:
    """The bytes of one's own file go; answers the task beside which it lay. Raises Unknown, Conflict, Refused."""
    with db.writing(installation.database) as tx:
        found = store_attachments.find(tx, attachment_id)
        if found is None:
            raise Unknown(_GONE)
        done = _take_away(installation, tx, by, found, now)
    if done is not None:
        raise done
    return found.row.task


def _take_away(
    installation: Installation, tx: Connection, by: PersonRow, found: Shelved, now: datetime
) -> Refused | Unknown | None:
    heard, task, outsider = _held(installation, tx, by, found.row.task, Action.DETACH, now)
    if outsider is not None:
        return outsider
    found_again = store_attachments.find(tx, found.row.id)  # as it is now that the case is held
    if found_again is None:
        return Unknown(_GONE)
    row = heard.row
    adder = Actor(hearing.reference(installation, found.row.person, found.is_resident, row.id))
    values: dict[str, Json] = {"bijlage": found.row.id, "toegevoegd": found.row.record}
    ask = Ask(heard.actor, Action.DETACH, task, values, adder)
    ruling, refused = hearing.judge(installation, tx, heard, ask, heard.now)
    if refused is not None:
        return refused
    fields, head = acts.content(ask, heard.standing, ruling, heard.now), Head(row.id, row.seq, row.head)
    kind = kind_of(Action.DETACH, task.spec.act, allowed=True)
    hearing.write(installation, tx, head, [(kind, fields)], heard.now, dossier=row.dossier)
    store_attachments.take_away(tx, found.row.id)
    return None


def of_task(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> list[Attachment]:
    """The files beside a task, oldest first; Unknown outside one's wijk and party."""
    with db.reading(installation.database) as tx:
        found = store.read_task(tx, task_id)
        if found is None:
            raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
        heard = reading.readable(installation, tx, by, found[1].id, now)
        return [one for one in shelf(installation, tx, by, heard.row.id) if one.task == task_id]


def of_case(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> list[Attachment]:
    """The files of a case, oldest first; Unknown outside one's wijk and party."""
    with db.reading(installation.database) as tx:
        return shelf(installation, tx, by, reading.readable(installation, tx, by, case_id, now).row.id)


def shelf(installation: Installation, tx: Connection, by: PersonRow, case_id: str) -> list[Attachment]:
    """The files of a case that the person may read: whoever calls asked that."""
    return [_told(installation, by, one) for one in store_attachments.of_case(tx, case_id)]


def fetch(installation: Installation, by: PersonRow, attachment_id: str, now: datetime) -> tuple[Attachment, bytes]:
    """The file with its bytes, for who may read its case; that somebody opened it is on record. Raises Unknown."""
    with db.reading(installation.database) as tx:
        found = store_attachments.find(tx, attachment_id)
        if found is None:
            raise Unknown(_GONE)
        reading.readable(installation, tx, by, found.row.case, now)
        content = _opened(installation, tx, attachment_id)
        if content is None:
            raise Unknown(_GONE)
        told = _told(installation, by, found)
    openings.note(installation, by, {(found.row.case, COMPARTMENT)}, now, "bijlage")
    return told, content


def _held(
    installation: Installation, tx: Connection, by: PersonRow, task_id: str, action: Action, now: datetime
) -> tuple[Hearing, Task, Unknown | None]:
    """The task, held, for who may see it. Raises Unknown, Conflict."""
    task_row, row = hold_task(tx, task_id)
    task = hearing.task_of(installation.definition(tx, row.definition), task_row)
    heard = hearing.hear(installation, tx, by, row, task_row, (), now)
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, action, task, {}), heard.now)
    if outsider is None:
        if task_row.status != "open":
            raise Conflict("De taak is niet meer open; de bijlagen blijven zoals zij zijn.")
        require_running(row)
    return heard, task, outsider


def _require_room(installation: Installation, tx: Connection, row: CaseRow, size: int) -> None:
    number, taken = store_attachments.room_taken(tx, row.id)
    most = installation.config.most_bytes_in_case
    if number >= _MOST_IN_CASE or taken + size > most:
        raise Conflict(
            f"Een zaak heeft hoogstens {_MOST_IN_CASE} bijlagen en {most // 1024**2} MB; hier past niets bij."
        )


def _told(installation: Installation, by: PersonRow, found: Shelved) -> Attachment:
    row = found.row
    known = {} if found.name is None else sealing.opened(installation.keys, (found.name,))
    name = str(known[row.name].value) if row.name in known else ""
    who = "" if found.is_resident else found.by
    return Attachment(row.id, row.case, row.task, name, row.type, row.size, row.at, who, row.person == by.id)


def _opened(installation: Installation, tx: Connection, attachment_id: str) -> bytes | None:
    found, closed = store_attachments.find(tx, attachment_id), store_attachments.content_of(tx, attachment_id)
    key = None if found is None else installation.keys.find(found.row.key)
    if found is None or closed is None or key is None:
        return None
    place = _place(attachment_id, found.row.case, found.row.proof)
    try:
        return key.cipher.decrypt(closed[:_NONCE], closed[_NONCE:], place)
    except InvalidTag:
        return None  # somebody put other bytes here


def _place(attachment_id: str, case: str, proof: str) -> bytes:
    return f"wijkcyclus/bijlage/v1\n{attachment_id}\n{case}\n{proof}".encode()
