"""Drafts: what somebody filled in for a task and did not send in yet, kept closed, and read by nobody else.

A draft is no act: it is not recorded, judged or counted. It goes with the task: the database drops it as soon as that
is completed or ends otherwise. Each person has a key of its own in each case, so that a destruction takes no other
along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from engine.terms import Json
from service import db, hearing, reading, store_drafts
from service.cases import hold_task, require_running
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing
from service.installation import Installation
from service.store import TaskRow
from service.store_drafts import DraftRow
from service.store_keys import Key
from service.store_people import PersonRow

_NONCE = 12
_LONGEST = 200_000  # bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What was filled in so far, as the form has it, and when it was kept."""

    values: dict[str, Json]
    motivation: str
    at: datetime


def keep(
    installation: Installation, by: PersonRow, task_id: str, values: dict[str, Json], motivation: str, now: datetime
) -> None:
    """Keep this instead of an earlier draft. Raises Unknown, Malformed (too long), Conflict (closed, not one's own)."""
    content = json.dumps([values, motivation]).encode()
    if len(content) > _LONGEST:
        raise Malformed((Fault("concept", "Dit is te lang om als concept te bewaren."),))
    with db.writing(installation.database) as tx:
        task_row, row = hold_task(tx, task_id)
        heard = hearing.hear(installation, tx, by, row, task_row, (), now)
        if not hearing.may_read(heard, heard.now).allowed:
            raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
        if task_row.status != "open":
            raise Conflict("De taak is niet meer open; er is niets bewaard.")
        require_running(row)
        _require_own(installation, tx, by, heard, task_row)
        key = _key(installation, store_drafts.find(tx, task_id, by.id), row.id, by.id)
        nonce = installation.entropy(_NONCE)
        closed = nonce + key.cipher.encrypt(nonce, content, _place(task_id, by.id))
        store_drafts.put(tx, DraftRow(task_id, by.id, row.id, key.id, closed, now))


def find(installation: Installation, by: PersonRow, task_id: str) -> Draft | None:
    """One's own draft for this task, as far as it can be opened."""
    with db.reading(installation.database) as tx:
        row = store_drafts.find(tx, task_id, by.id)
    key = None if row is None else installation.keys.find(row.key)
    if row is None or key is None:
        return None
    try:
        content = key.cipher.decrypt(row.content[:_NONCE], row.content[_NONCE:], _place(task_id, by.id))
    except InvalidTag:
        return None  # somebody put it here: it is no draft of this person for this task
    values, motivation = json.loads(content)
    return Draft(values, motivation, row.at)


def throw_away(installation: Installation, by: PersonRow, task_id: str) -> None:
    """One has no draft for this task any more."""
    with db.writing(installation.database) as tx:
        store_drafts.drop(tx, task_id, by.id)


def _require_own(installation: Installation, tx: Connection, by: PersonRow, heard: Hearing, row: TaskRow) -> None:
    if heard.standing.case.lanes is not None:
        raise Conflict("Van deze zaak wordt niets bewaard wat mensen schrijven (INV-39), ook geen concept.")
    if not reading.may_handle(installation, tx, by, heard, row, heard.now):
        raise Conflict("Een concept bewaart alleen wie de taak heeft of mag oppakken; er is niets bewaard.")


def _key(installation: Installation, before: DraftRow | None, case: str, person: str) -> Key:
    """The key of the draft that is replaced, so that destroying it takes what was written before as well."""
    known = None if before is None else installation.keys.find(before.key)
    return known or installation.keys.current(case, f"concept {person}")


def _place(task: str, person: str) -> bytes:
    return f"wijkcyclus/concept/v1\n{task}\n{person}".encode()
