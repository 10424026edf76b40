"""The life of a case, one transaction each: start it, complete its tasks, contribute, try to act without a task."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.case import Case
from engine.errors import CaseStuck, EndForbidden, ExpressionError, NoMatch, Runaway, StateUnknown, TermError
from engine.submission import table
from engine.terms import Action, Json, Ruling, Values
from engine.trail import record
from engine.trail.kinds import Kind, kind_of
from engine.trail.record import Head, instant
from engine.trail.seal import Sealed
from service import advance, ballots, db, deliveries, hearing, store, store_trail, submissions
from service.faults import Conflict, Fault, Malformed, NotLoggedIn, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store import CaseRow, TaskRow
from service.store_ballots import BallotRow
from service.store_people import PersonRow
from service.store_statement import finishing

Answer = dict[str, Json]
INCIDENTS = (CaseStuck, ExpressionError, NoMatch, Runaway, StateUnknown, TermError)
"""What the engine raises when a model cannot go on: the case stays where it was and gets an incident."""


def complete(
    installation: Installation,
    by: PersonRow,
    task_id: str,
    values: Values,
    now: datetime,
    *,
    motivation: str | None = None,
    seen: int | None = None,
    session: str | None = None,
) -> Answer:
    """Complete a task: judged, advanced, stored and recorded in one transaction.

    The same completion again by the same person gets the same answer. `seen` is the revision that the person saw.
    `session` is to be proven in this transaction (NotLoggedIn); None when the caller is known otherwise.
    Raises Unknown, Conflict, Malformed, Refused; an EngineError leaves an incident.
    """
    try:
        with db.writing(installation.database) as tx:
            held = _hold_task(tx, task_id, session, now)
            done = _complete(installation, tx, by, held, values, motivation, seen, now)
    except INCIDENTS as wrong:
        deliveries.incident_of_task(installation, task_id, f"{wrong.title()}: {wrong}", now)
        raise
    if isinstance(done, Exception):
        raise done
    return done


def _complete(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    held: tuple[TaskRow, CaseRow, int | None],
    values: Values,
    motivation: str | None,
    seen: int | None,
    now: datetime,
) -> Answer | Refused | Unknown | Conflict | Malformed:
    task_row, row, organised = held
    task = hearing.task_of(installation.definition(tx, row.definition), task_row)
    needed = acts.registers_needed(Action.COMPLETE, task)
    heard = hearing.hear(installation, tx, by, row, task_row, needed, now, organised)
    now = heard.now
    asked = submissions.fingerprint(installation, values, motivation)
    try:
        if task_row.status != "open":
            return _again(tx, task_row, by, asked)
        _require_current(row, seen)
        require_running(row)
        submission, sealed = submissions.read(installation, heard, task, values, motivation)
    except (Conflict, Malformed) as wrong:
        unseen = hearing.outsider(installation, tx, heard, Ask(heard.actor, Action.COMPLETE, task, {}), now)
        return unseen or wrong
    submission = acts.completed(task, submission, heard.standing, heard.facts, now)
    ask = Ask(heard.actor, Action.COMPLETE, task, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, now, sealed)
    if refused is not None:
        return refused
    ask, opened = ballots.prepared(installation, ask, row)
    return _carry_out(installation, tx, by, heard, ask, ruling, sealed, asked, now, opened)


def _carry_out(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    heard: Hearing,
    ask: Ask,
    ruling: Ruling,
    sealed: tuple[Sealed, ...],
    asked: str,
    now: datetime,
    opened: BallotRow | None,
) -> Answer | Refused:
    row, task = heard.row, ask.task
    assert task is not None, "a completion is always of a task"
    case = Case.restore(heard.standing.definition, row.state)
    was = advance.before(row, case)
    kind = kind_of(Action.COMPLETE, task.spec.act, allowed=True, values=ask.submission)
    fields = acts.content(ask, heard.standing, ruling, now)
    own = hearing.established("", kind, fields, row.id, now)
    done = case.complete(task.id, ask.submission, now)
    try:
        outcome = advance.settled(tx, row, heard.standing, case, done, own, now)
    except EndForbidden as wrong:
        return hearing.refused(installation, tx, heard, ask, wrong.ruling, now, sealed, {"ended": True})
    state = case.snapshot()
    fields["effect"] = acts.effect(row.state, state, outcome)
    entries: list[tuple[Kind, Values]] = [(kind, fields)]
    if outcome.ended:
        entries.append((Kind.CASE_FINISHED, advance.ending(heard.standing, outcome)))
    with finishing(tx):
        written = hearing.append(installation, tx, Head(row.id, row.seq, row.head), entries, now, sealed, row.dossier)
        advance.save(tx, row, was, case, outcome, state, written[-1].head, now)
        receipt, revision = written[0], row.revision + 1
        store.end_task(tx, task.id, by=by.id, at=now, submission=asked, record=receipt.digest, revision=revision)
        if opened is not None:
            ballots.open_ballot(tx, opened, receipt.digest)
    whole = {**fields, "case": receipt.chain, "seq": receipt.seq, "at": instant(now)}
    return completion(whole, receipt.digest, revision)


def completion(body: Values, digest: str, revision: int) -> Answer:
    """Who completed a task, when and under which rule, from the record of it and the revision that it gave the case."""
    ruling, effect = table(body, "ruling"), table(body, "effect")
    return {
        "taak": table(body, "task").get("id"),
        "zaak": body.get("case"),
        "revisie": revision,
        "afgerondDoor": table(body, "actor").get("ref"),
        "afgerondOp": body.get("at"),
        "regel": ruling.get("rule"),
        "trede": body.get("rung"),
        "verschuldigd": ruling.get("owed"),
        "ontvangst": {"regel": digest, "keten": body.get("case"), "nummer": body.get("seq")},
        "geopend": effect.get("opened"),
        "zaakGereed": effect.get("ended") is True,
    }


def completed(tx: Connection, row: TaskRow) -> Answer | None:
    """How this task was completed; None when it was not."""
    if row.record is None or row.revision is None:
        return None
    return completion(record.read(store_trail.bodies(tx, (row.record,))[row.record]), row.record, row.revision)


def _hold_task(tx: Connection, task_id: str, session: str | None, now: datetime) -> tuple[TaskRow, CaseRow, int | None]:
    found = store.hold_task_in_session(tx, task_id, session, now)
    if found is None:
        raise Unknown("Deze taak bestaat niet.")
    task_row, row, organised, is_valid = found
    if session is not None and not is_valid:
        raise NotLoggedIn("De sessie of het token is verlopen of ingetrokken.")
    return task_row, row, organised


def hold_task(tx: Connection, task_id: str) -> tuple[TaskRow, CaseRow]:
    """The task and its case, locked; Unknown when there is no such task."""
    found = store.hold_task(tx, task_id)
    if found is None:
        raise Unknown("Deze taak bestaat niet.")
    return found


def _again(tx: Connection, row: TaskRow, by: PersonRow, asked: str) -> Answer:
    if row.status == "afgerond" and row.completed_by == by.id and row.submission == asked:
        answer = completed(tx, row)
        if answer is not None:
            return answer
    what = "al afgerond" if row.status == "afgerond" else "vervallen"
    raise Conflict(f"De taak is {what}; er is niets veranderd.")


def _require_current(row: CaseRow, seen: int | None) -> None:
    if seen is not None and seen != row.revision:
        raise Conflict("De zaak is veranderd sinds u haar las; haal haar opnieuw op.")


def require_running(row: CaseRow) -> None:
    """Conflict unless the case is running."""
    if row.status != "lopend":
        raise Conflict(f"De zaak is {row.status}; er kan nu niets worden gedaan.")


def contribute(
    installation: Installation,
    by: PersonRow,
    task_id: str,
    values: Values,
    now: datetime,
    *,
    command: str | None = None,
) -> Answer:
    """Add a contribution to a task that collects until its term ends; the task stays open.

    With the same `command` (an idempotency key) again, the first answer comes back. Raises as `complete` does.
    """
    with db.writing(installation.database) as tx:
        held = hold_task(tx, task_id)  # the same command twice at once: the second one waits here, and finds the first
        done = submissions.once(
            tx,
            by,
            command,
            submissions.fingerprint(installation, values, task_id),
            now,
            lambda: _contribute(installation, tx, by, held, values, now),
        )
    if isinstance(done, Exception):
        raise done
    return done


def _contribute(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    held: tuple[TaskRow, CaseRow],
    values: Values,
    now: datetime,
) -> Answer | Refused | Unknown:
    task_row, row = held
    task = hearing.task_of(installation.definition(tx, row.definition), task_row)
    heard = hearing.hear(installation, tx, by, row, task_row, acts.registers_needed(Action.CONTRIBUTE, task), now)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, Action.CONTRIBUTE, task, {}), now)
    if outsider is not None:
        return outsider
    if task_row.status != "open":
        raise Conflict("De taak is gesloten; bijdragen kan niet meer.")
    require_running(row)
    if not task.spec.collects:
        raise Malformed((Fault("taak", "Deze taak verzamelt geen bijdragen; rond haar af."),))
    submission, sealed = submissions.read(installation, heard, task, values, None)
    ask = Ask(heard.actor, Action.CONTRIBUTE, task, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, now, sealed)
    if refused is not None:
        return refused
    fields = acts.content(ask, heard.standing, ruling, now)
    head = Head(row.id, row.seq, row.head)
    entry = (kind_of(Action.CONTRIBUTE, task.spec.act, allowed=True), fields)
    written = hearing.write(installation, tx, head, [entry], now, sealed, row.dossier)
    return {
        "taak": task.id,
        "zaak": row.id,
        "ontvangenOp": instant(now),
        "regel": ruling.rule,
        "ontvangst": {"regel": written[0].digest, "keten": row.id, "nummer": written[0].seq},
    }


def attempt(installation: Installation, by: PersonRow, case_id: str, submission: Values, now: datetime) -> Answer:
    """An act without a task at hand: judged and recorded; carried out only when exactly one task for it is open.

    `submission` is {"handeling", "stap", "onderwerp", "gegevens"}. Raises Conflict when it would be allowed but no
    task for it is open, else as `complete` does.
    """
    with db.reading(installation.database) as tx:
        open_task = _task_for(tx, case_id, submission)
    if open_task is not None:
        values = submission.get("gegevens")
        return complete(installation, by, open_task, values if isinstance(values, dict) else {}, now)
    with db.writing(installation.database) as tx:
        done = _attempt(installation, tx, by, case_id, submission, now)
    if isinstance(done, Exception):
        raise done
    return done


def _task_for(tx: Connection, case_id: str, submission: Values) -> str | None:
    wanted = (submission.get("handeling"), submission.get("stap"), submission.get("onderwerp") or "*")
    found = [
        one.id for one in store.tasks_of_case(tx, case_id, only_open=True) if (one.act, one.step, one.subject) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _attempt(
    installation: Installation, tx: Connection, by: PersonRow, case_id: str, values: Values, now: datetime
) -> Answer | Refused | Unknown | Conflict:
    row = hold_case(tx, case_id)
    needed, named = acts.registers_needed(Action.ATTEMPT, None), values.get("handeling")
    heard = hearing.hear(installation, tx, by, row, None, needed, now, attempted=named)
    now = heard.now
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, Action.ATTEMPT, None, {}), now)
    if outsider is not None:
        return outsider
    submission, sealed = submissions.read_attempt(installation, heard, values)
    ask = Ask(heard.actor, Action.ATTEMPT, None, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, now, sealed)
    if refused is not None:
        return refused
    entry = (kind_of(Action.ATTEMPT, None, allowed=True), acts.content(ask, heard.standing, ruling, now))
    head = Head(row.id, row.seq, row.head)
    hearing.write(installation, tx, head, [entry], now, sealed, row.dossier)
    return Conflict("Dit zou mogen, maar er staat geen taak voor open; er is niets veranderd.")


def hold_case(tx: Connection, case_id: str) -> CaseRow:
    """The case, locked; Unknown when there is no such case."""
    row = store.hold_case(tx, case_id)
    if row is None:
        raise Unknown("Deze zaak bestaat niet.")
    return row
