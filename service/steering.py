"""Acts on a case as a whole, each with its reason: suspend, resume, cancel, and retry what got stuck."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.case import Case
from engine.terms import Action, Json, Values
from engine.trail.kinds import kind_of
from engine.trail.record import Head
from service import advance, db, hearing, store, store_jobs, submissions
from service.cases import hold_case
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store import CaseRow
from service.store_people import PersonRow

_FROM = {Action.SUSPEND: ("lopend",), Action.RESUME: ("opgeschort",), Action.CANCEL: ("lopend", "opgeschort")}
_TO = {Action.SUSPEND: "opgeschort", Action.RESUME: "lopend", Action.CANCEL: "afgebroken"}
_REASON = "reden"


def steer(
    installation: Installation,
    by: PersonRow,
    case_id: str,
    action: Action,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> CaseRow:
    """Suspend, resume or cancel a case. Already so is fine. Raises Unknown, Malformed, Conflict, Refused."""
    with db.writing(installation.database) as tx:
        done = _steer(installation, tx, by, case_id, action, reason, seen, now)
    if isinstance(done, Exception):
        raise done
    return done


def _steer(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    case_id: str,
    action: Action,
    reason: str,
    seen: int | None,
    now: datetime,
) -> CaseRow | Refused | Unknown:
    row = hold_case(tx, case_id)
    heard = hearing.hear(installation, tx, by, row, None, acts.registers_needed(action, None), now)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, action, None, {}), now)
    if outsider is not None:
        return outsider
    if seen is not None and seen != row.revision:
        raise Conflict("De zaak is veranderd sinds u haar las; haal haar opnieuw op.")
    if row.status == _TO[action]:
        return row
    if row.status not in _FROM[action]:
        raise Conflict(f"De zaak is {row.status}.")
    values: dict[str, Json] = {_REASON: reason}
    if action is not Action.RESUME:
        tasks = store.tasks_of_case(tx, row.id, only_open=True)
        values |= acts.standstill([hearing.task_of(heard.standing.definition, one) for one in tasks], heard.facts, now)
    refused = _decide(installation, tx, heard, action, values, now)
    if refused is not None:
        return refused
    _apply(tx, heard, action, now)
    return hold_case(tx, case_id)


def _decide(
    installation: Installation, tx: Connection, heard: Hearing, action: Action, values: Values, now: datetime
) -> Refused | Unknown | None:
    if not str(values.get(_REASON, "")).strip():
        raise Malformed((Fault(_REASON, "Geef een reden."),))
    submission, sealed = submissions.sealed(installation, heard, values, {_REASON}, action.value)
    ask = Ask(heard.actor, action, None, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, now, sealed)
    if refused is None:
        head = Head(heard.row.id, heard.row.seq, heard.row.head)
        entry = (kind_of(action, None, allowed=True), acts.content(ask, heard.standing, ruling, now))
        hearing.write(installation, tx, head, [entry], now, sealed, heard.row.dossier)
    return refused


def _apply(tx: Connection, heard: Hearing, action: Action, now: datetime) -> None:
    row = heard.row
    ended = now if action is Action.CANCEL else None
    store.set_status(tx, row, _TO[action], ended)
    if action is Action.CANCEL:
        store_jobs.drop_expectations(tx, row.id)
        store.drop_tasks(tx, [one.id for one in store.tasks_of_case(tx, row.id, only_open=True)], now)
    if action is Action.RESUME:
        # What came due or came in while the case was suspended was let go; it is done at the next round.
        case = Case.restore(heard.standing.definition, row.state)
        store_jobs.drop_timer(tx, row.id)
        store_jobs.set_timer(tx, row.id, None, case.due)
        store_jobs.wake(tx, advance.waits_of(case), now)


def retry(
    installation: Installation, by: PersonRow, case_id: str, incident_id: str, reason: str, now: datetime
) -> None:
    """Try what got stuck once more. Raises Unknown, Malformed, Conflict (solved already), Refused."""
    with db.writing(installation.database) as tx:
        done = _retry(installation, tx, by, case_id, incident_id, reason, now)
    if done is not None:
        raise done


def _retry(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    case_id: str,
    incident_id: str,
    reason: str,
    now: datetime,
) -> Refused | Unknown | None:
    row = hold_case(tx, case_id)
    heard = hearing.hear(installation, tx, by, row, None, (), now)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, Action.RETRY, None, {}), now)
    if outsider is not None:
        return outsider
    found = next((one for one in store_jobs.incidents(tx, case_id) if one.id == incident_id), None)
    if found is None:
        raise Unknown("Dit incident bestaat niet.")
    if found.solved_at is not None:
        raise Conflict("Dit incident is al hersteld.")
    values: dict[str, Json] = {"incident": incident_id, _REASON: reason}
    refused = _decide(installation, tx, heard, Action.RETRY, values, now)
    if refused is None:
        store_jobs.solve_incident(tx, incident_id, now)
        if found.job is not None:
            store_jobs.release_job(tx, found.job, now)
    return refused
