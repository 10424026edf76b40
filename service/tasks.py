"""Who has a task: claim it, give it back, hand it over; one transaction each, recorded in the chain of its case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.terms import Action, Values
from engine.trail.kinds import kind_of
from engine.trail.record import Head
from service import db, hearing, notices, organisation, store, store_people
from service.cases import hold_task, require_running
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.store_people import PersonRow


def assign(installation: Installation, by: PersonRow, task_id: str, to: str, now: datetime) -> None:
    """The task gets `to` (a person's id): a claim when it is the caller, else a delegation; the same again is fine.

    Raises Unknown, Malformed (no such person), Conflict (closed, or somebody else has it), Refused.
    """
    action = Action.CLAIM if to == by.id else Action.DELEGATE
    with db.writing(installation.database) as tx:
        done = _assign(installation, tx, by, task_id, action, to, now)
    if done is not None:
        raise done


def release(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> None:
    """The task has no assignee any more; it is everybody's again. Raises Unknown, Conflict, Refused."""
    with db.writing(installation.database) as tx:
        done = _assign(installation, tx, by, task_id, Action.RELEASE, None, now)
    if done is not None:
        raise done


def _assign(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    task_id: str,
    action: Action,
    to: str | None,
    now: datetime,
) -> Refused | Unknown | None:
    task_row, row = hold_task(tx, task_id)
    task = hearing.task_of(installation.definition(tx, row.definition), task_row)
    heard = hearing.hear(installation, tx, by, row, task_row, (), now)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, action, task, {}), now)
    if outsider is not None:
        return outsider
    if task_row.status != "open":
        raise Conflict("De taak is niet meer open; er is niets veranderd.")
    require_running(row)
    if task_row.assignee == to:
        return None
    if action is Action.CLAIM and task_row.assignee is not None:
        raise Conflict("Iemand anders heeft deze taak al opgepakt.")
    other, submission = None, dict[str, str]()
    if action is Action.DELEGATE:
        receiver = store_people.read_person(tx, to or "")
        if receiver is None:
            raise Malformed((Fault("persoon", "Deze persoon is hier niet bekend."),))
        other = organisation.actor_in(installation, tx, receiver, row.id)
        submission = {"persoon": other.ref}
    values: Values = dict(submission)
    ask = Ask(heard.actor, action, task, values, other)
    ruling, refused = hearing.judge(installation, tx, heard, ask, now)
    if refused is not None:
        return refused
    store.assign_task(tx, task_id, to)
    fields = acts.content(ask, heard.standing, ruling, now)
    head = Head(row.id, row.seq, row.head)
    kind = kind_of(action, task.spec.act, allowed=True)
    hearing.write(installation, tx, head, [(kind, fields)], now, dossier=row.dossier)
    if action is Action.DELEGATE and to is not None:
        notices.assigned(tx, task_id, by, to, now)
    elif action is Action.RELEASE:
        notices.given_back(tx, task_id, by, task_row.assignee, now)
    return None
