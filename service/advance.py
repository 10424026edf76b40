"""Storing what an act did to a case: its new state, the tasks that opened and closed, timers, waits and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from engine import acts
from engine.acts import Standing
from engine.case import Case, Outcome
from engine.elsewhere import Elsewhere
from engine.errors import CaseStuck, ValuesUnreadable
from engine.terms import Fact, Register, Values
from engine.trail.record import Head
from service import neighbours, store, store_jobs, store_trail
from service.store import CaseRow


class Before(NamedTuple):
    """What the database holds for the case now, so that only what changes is written."""

    state: str
    due: datetime | None
    waits: frozenset[tuple[str, str]]


def before(row: CaseRow, case: Case) -> Before:
    """As the case was restored."""
    return Before(row.state, case.due, waits_of(case))


def waits_of(case: Case) -> frozenset[tuple[str, str]]:
    """The messages that the case waits for: (name, key)."""
    return frozenset((wait.name, wait.key) for wait in case.waits)


def settled(
    tx: Connection,
    row: CaseRow,
    standing: Standing,
    case: Case,
    outcome: Outcome,
    own: Sequence[Fact],
    now: datetime,
) -> Outcome:
    """The outcome with all service tasks answered; `own` are the facts that this very act establishes.

    Raises EndForbidden when the case would end too early.
    """

    def facts() -> Sequence[Fact]:
        return (*store_trail.facts_of(tx, row.dossier, frozenset(Register)), *own)

    def others() -> Elsewhere:
        return neighbours.elsewhere_of(tx, standing.definition, row, for_account=True)

    try:
        return acts.settle(case, outcome, facts, standing, now, others)
    except ValuesUnreadable as wrong:  # not what somebody sent in just now, but what stands in the dossier
        raise CaseStuck(f"{wrong}") from wrong


def ending(standing: Standing, outcome: Outcome) -> Values:
    """The fields of the record that says that the case is done; an error that nothing caught is named in it."""
    return acts.follow_up(standing) | ({} if outcome.error is None else {"values": {"fout": outcome.error}})


def save(
    tx: Connection, row: CaseRow, was: Before, case: Case, outcome: Outcome, state: str, head: Head, now: datetime
) -> None:
    """Write the step: the new snapshot, where the chain ends now, and what opened. This transaction holds the case."""
    status = "gereed" if outcome.ended else row.status
    phase = case.phase or row.phase
    ended_at = now if outcome.ended else None
    store.save_case(tx, row, state=state, status=status, phase=phase, ended_at=ended_at, head=head)
    store.drop_tasks(tx, outcome.closed, now)
    if outcome.ended:
        store_jobs.drop_expectations(tx, row.id)
    _open_work(tx, row, was, case, outcome, now)


def open_work(tx: Connection, row: CaseRow, case: Case, outcome: Outcome, now: datetime) -> None:
    """Write what a new case opens."""
    _open_work(tx, row, Before("", None, frozenset()), case, outcome, now)


def _open_work(tx: Connection, row: CaseRow, was: Before, case: Case, outcome: Outcome, now: datetime) -> None:
    store.insert_tasks(tx, row, outcome.opened, now)
    if not outcome.ended:
        store_jobs.set_timer(tx, row.id, was.due, case.due)
        store_jobs.set_waits(tx, row.id, was.waits, waits_of(case), now)
    for message in outcome.sent:
        store_jobs.send(tx, row.id, message.name, message.key, message.values or {}, now)
