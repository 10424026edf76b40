"""Correcting a record: a new record beside it, in one transaction; the first stays as it is (INV-19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine import acts, registers
from engine.acts import Ask
from engine.definition import Definition
from engine.terms import Action, Fact, Json, Values
from engine.trail import record
from engine.trail.kinds import kind_of
from engine.trail.record import Head, instant
from service import db, hearing, store_trail, submissions
from service.cases import Answer, hold_case
from service.faults import Malformed, Unknown
from service.forms import NO_FORM, Form
from service.hearing import Refused
from service.installation import Installation
from service.store_people import PersonRow


def correct(
    installation: Installation,
    by: PersonRow,
    case_id: str,
    submission: Values,
    now: datetime,
    *,
    command: str | None = None,
) -> Answer:
    """Say what should have stood in a record of this case: `{"regel", "gegevens", "reden"}`.

    `gegevens` holds the fields that change. With the same `command` (an idempotency key) again, the first answer comes
    back. Raises Unknown, Malformed, Refused.
    """
    with db.writing(installation.database) as tx:
        hold_case(tx, case_id)  # the same command twice at once: the second one waits here, and finds the first
        asked = submissions.fingerprint(installation, submission, case_id)
        done = submissions.once(
            tx, by, command, asked, now, lambda: _correct(installation, tx, by, case_id, submission, now)
        )
    if isinstance(done, Exception):
        raise done
    return done


def _correct(
    installation: Installation, tx: Connection, by: PersonRow, case_id: str, asked: Values, now: datetime
) -> Answer | Refused | Unknown | Malformed:
    row = hold_case(tx, case_id)
    heard = hearing.hear(installation, tx, by, row, None, acts.registers_needed(Action.CORRECT, None), now)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, Action.CORRECT, None, {}), now)
    if outsider is not None:
        return outsider
    original, form = _original(installation, tx, heard.standing.definition, str(asked["regel"]))
    heard = hearing.Hearing(row, None, heard.actor, original, heard.standing, hearing.not_before(now, original))
    submission, sealed, faults = submissions.read_correction(installation, heard, form, asked)
    ask = Ask(heard.actor, Action.CORRECT, None, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, heard.now, sealed)
    if refused is not None:
        return refused
    if faults:
        return Malformed(faults)
    fields: dict[str, Json] = acts.content(ask, heard.standing, ruling, heard.now)
    fields |= {"subject": original[0].subject, "effect": {"replaces": original[0].record}}
    fields |= {"step": original[0].step} if original[0].step else {}
    entry = (kind_of(Action.CORRECT, None, allowed=True), fields)
    (written,) = hearing.write(
        installation, tx, Head(row.id, row.seq, row.head), [entry], heard.now, sealed, row.dossier
    )
    return {
        "zaak": row.id,
        "verbetert": original[0].record,
        "op": instant(heard.now),
        "regel": ruling.rule,
        "ontvangst": {"regel": written.digest, "keten": row.id, "nummer": written.seq},
    }


def _original(
    installation: Installation, tx: Connection, definition: Definition, digest: str
) -> tuple[tuple[Fact, ...], Form]:
    """The rows of the record to be corrected and the form on which it was given; none when there is no such act."""
    body = store_trail.bodies(tx, [digest]).get(digest)
    content = {} if body is None else record.read(body)
    task = content.get("task")
    if body is None or not isinstance(task, dict):
        return (), NO_FORM
    process = definition.processes.get(str(task.get("process")))
    element = process.elements.get(str(task.get("element"))) if process else None
    form = installation.form(definition, element.act.form) if element and element.act else NO_FORM
    return registers.facts_of(content, digest), form
