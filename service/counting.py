"""Closing a ballot: the box is opened once, all votes come out shuffled, and only numbers go to the case."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from engine import acts
from engine.ballot import OPENING
from engine.binding import BLANK
from engine.errors import CaseStuck
from engine.terms import Json, Register, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import ballot_keys, ballots, deliveries, hearing, store, store_ballots, store_jobs, store_trail
from service.ballot_keys import Secrets
from service.installation import Installation
from service.store_ballots import PAPER, PASS, BallotRow
from service.store_jobs import Job

FORGETTING = "stembus"  # the job that destroys the secrets, after what it may not outlive was committed
_KEY_BYTES = 16


def close(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Voting has ended: count, unless votes on paper are still to be entered; who confirms those counts then."""
    row = store_ballots.read_ballot(tx, str(job.payload["stemming"]))
    if row is not None:
        store.hold_case(tx, row.case)
    if not store_jobs.hold_job(tx, job.id):
        return  # somebody else did it
    store_jobs.finish(tx, job.id)
    if row is not None and _is_complete(tx, row):
        count(installation, tx, ballots.held(tx, row.id), now)


def _is_complete(tx: Connection, row: BallotRow) -> bool:
    """Whether all that was voted on paper has been entered, by two people."""
    came, entered = store_ballots.totals(tx, row.id).get(PAPER, 0), store_ballots.read_paper(tx, row.id)
    return came == 0 if entered is None else (entered.confirmed and entered.total == came)


def forget(installation: Installation, tx: Connection, job: Job) -> None:
    """Destroy the secrets of a ballot that was counted; done twice it does nothing."""
    if store_jobs.hold_job(tx, job.id):
        ballot_keys.destroy(installation.config, str(job.payload["stemming"]))
        store_jobs.finish(tx, job.id)


def count(installation: Installation, tx: Connection, row: BallotRow, now: datetime) -> None:
    """Count a ballot, held, that is closed and complete: its votes stand by random key, the case learns numbers.

    The caller's transaction holds the case as well. Raises CaseStuck when the box cannot be opened.
    """
    case = store.hold_case(tx, row.case)
    if row.counted is not None or case is None:
        return
    secrets = ballot_keys.load(installation.config, row.id)
    if secrets is None:
        raise CaseStuck("de sleutel van de stembus is er niet meer; deze stemming moet over")
    try:
        votes, paper = _opened(installation, tx, row, secrets)
    except (InvalidTag, ValueError, LookupError) as wrong:
        raise CaseStuck("de stembus is beschadigd; deze stemming moet over") from wrong
    totals = store_ballots.totals(tx, row.id)
    if len(votes) - paper > totals.get(PASS, 0):
        raise CaseStuck("er liggen meer stemmen in de stembus dan er passen zijn gegeven; deze stemming moet over")
    numbers = Counter(votes.values())
    stemmen: list[Json] = [{"optie": name, "aantal": numbers[name]} for name in row.options]
    counted: dict[str, Json] = {
        "stemmen": stemmen,
        "blanco": numbers[BLANK],
        "papier": paper,
        "uitgebracht": len(votes),
        "kiesgerechtigden": sum(totals.values()),
        "lijst": ballots.list_digest(list(votes.items())),
    }
    store_ballots.store_count(tx, row.id, votes, counted)
    store_jobs.plan(tx, FORGETTING, now, {"stemming": row.id}, row.case)
    values: dict[str, Json] = {"soort": "telling", OPENING: row.opening, **counted}
    fields: Values = {
        **acts.follow_up(deliveries.standing_of(installation, tx, case)),
        "step": row.step,
        "subject": row.subject,
        "values": values,
    }
    known = store_trail.facts_of(tx, case.dossier, (Register.STEMMINGEN,))
    head = Head(case.id, case.seq, case.head)
    moment = hearing.not_before(now, known)
    hearing.write(installation, tx, head, [(Kind.BALLOT_COUNTED, fields)], moment, (), case.dossier)


def _opened(installation: Installation, tx: Connection, row: BallotRow, secrets: Secrets) -> tuple[dict[str, str], int]:
    """Every vote by its key, in no order, and how many were on paper: those get a random key like all others."""
    choices, votes = ballots.choices_of(row), dict[str, str]()
    for nullifier, sealed in store_ballots.empty_box(tx, row.id):
        key, _, index = secrets.take_out(sealed, f"{row.id}/{nullifier}").decode().partition(" ")
        votes[key] = choices[int(index)]
    entered = store_ballots.read_paper(tx, row.id)
    if entered is None:
        return votes, 0
    for choice, number in zip(choices, json.loads(secrets.take_out(entered.sealed, f"{row.id}/papier")), strict=True):
        for _ in range(number):
            votes[installation.entropy(_KEY_BYTES).hex()] = choice
    store_ballots.drop_paper(tx, row.id)
    return votes, entered.total
