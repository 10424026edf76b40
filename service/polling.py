"""The polling station: who belongs to it, who voted on paper, and what stood on that paper, entered by two people.

Who keeps the register is judged by the engine. What is recorded are numbers: who came to vote on paper, and when, stays
out of the trail; the register itself says only that somebody did.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.terms import Action, Actor, Ruling, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import ballots, counting, db, hearing, store, store_ballots, store_people
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store_ballots import PAPER, BallotRow, PaperRow
from service.store_people import PersonRow

NOT_YOURS = "Deze stemming bestaat niet, of u houdt haar register niet bij."


def mark_paper(installation: Installation, by: PersonRow, ballot_id: str, voter: str, now: datetime) -> None:
    """This voter votes on paper, and so no other way; a second time changes nothing."""
    with db.writing(installation.database) as tx:
        row, heard = hold(installation, tx, by, ballot_id, now)
        refused = judged(installation, tx, heard, {})
        if refused is None:
            ballots.require_open(row, now)
            line = store_ballots.find_voter(tx, row.id, voter=voter)
            if line is None:
                raise Unknown("Deze kiezer staat niet in het register.")
            if line.given != PAPER and not store_ballots.give(tx, row.id, line.voter, PAPER, None):
                raise Conflict("Deze kiezer heeft al een stempas.")
    if refused is not None:
        raise refused


def enter_paper(
    installation: Installation, by: PersonRow, ballot_id: str, numbers: dict[str, int], now: datetime
) -> None:
    """What stands on paper, in numbers for each choice; it counts once somebody else has entered the same."""
    with db.writing(installation.database) as tx:
        row, heard = hold(installation, tx, by, ballot_id, now)
        total = sum(numbers.values())
        refused = judged(installation, tx, heard, {"papier": total})
        if refused is None:
            _require_countable(row, numbers, now)
            secrets = ballots.secrets_of(installation, row)
            sealed = secrets.put_away(_written(row, numbers), f"{row.id}/papier", installation.entropy)
            store_ballots.put_paper(tx, row.id, PaperRow(by.id, total, sealed, False))
            note(installation, tx, heard, Kind.PAPER_ENTERED, {"papier": total, "stemming": row.id})
    if refused is not None:
        raise refused


def confirm_paper(
    installation: Installation, by: PersonRow, ballot_id: str, numbers: dict[str, int], now: datetime
) -> None:
    """The same numbers by another pair of eyes; after closing, the count follows in the same transaction.

    Two people close the box so: of whom the register says that they came, and of whom no paper is in it, did not vote.
    """
    with db.writing(installation.database) as tx:
        row, heard = hold(installation, tx, by, ballot_id, now)
        entered = store_ballots.read_paper(tx, row.id)
        if entered is None:
            raise Conflict("Er zijn nog geen papieren stembiljetten ingevoerd.")
        total = sum(numbers.values())
        refused = judged(installation, tx, heard, {"papier": total}, other(installation, tx, entered.entered_by, row))
        if refused is None:
            _require_countable(row, numbers, now)
            _confirm(installation, tx, heard, row, entered, numbers)
            if now >= row.closes_at:
                counting.count(installation, tx, row, heard.now)
    if refused is not None:
        raise refused


def _confirm(
    installation: Installation,
    tx: Connection,
    heard: Hearing,
    row: BallotRow,
    entered: PaperRow,
    numbers: dict[str, int],
) -> None:
    opened = ballots.secrets_of(installation, row).take_out(entered.sealed, f"{row.id}/papier")
    if opened != _written(row, numbers):
        raise Conflict("U telt iets anders dan er is ingevoerd; tel samen opnieuw en voer het opnieuw in.")
    came = store_ballots.totals(tx, row.id).get(PAPER, 0)
    if entered.total > came and heard.now >= row.closes_at:
        raise Conflict(f"Volgens het register stemden er {came} op papier; ingevoerd zijn er {entered.total}.")
    store_ballots.put_paper(tx, row.id, replace(entered, confirmed=True))
    values: Values = {"papier": entered.total, "aangemerkt": came, "stemming": row.id}
    note(installation, tx, heard, Kind.PAPER_CONFIRMED, values)


def other(installation: Installation, tx: Connection, person_id: str | None, row: BallotRow) -> Actor | None:
    """Whose work the act is about, for a second pair of eyes."""
    person = None if person_id is None else store_people.read_person(tx, person_id)
    if person is None:
        return None
    return Actor(hearing.reference(installation, person.id, person.is_resident, row.case))


def _require_countable(row: BallotRow, numbers: dict[str, int], now: datetime) -> None:
    if row.counted is not None or now < row.opens_at:
        raise Conflict("Papieren stembiljetten worden ingevoerd tussen het begin van de stemming en de telling.")
    choices = ballots.choices_of(row)
    faults = [Fault("stemmen", f"{name}: kies uit {', '.join(choices)}.") for name in numbers if name not in choices]
    if faults:
        raise Malformed(tuple(faults))


def _written(row: BallotRow, numbers: dict[str, int]) -> bytes:
    return json.dumps([numbers.get(name, 0) for name in ballots.choices_of(row)]).encode()


def hold(
    installation: Installation, tx: Connection, by: PersonRow, ballot_id: str, now: datetime
) -> tuple[BallotRow, Hearing]:
    """The ballot and its case, locked in the order in which everybody does: the case first."""
    found = store_ballots.read_ballot(tx, ballot_id)
    case = None if found is None else store.hold_case(tx, found.case)
    if found is None or case is None:
        raise Unknown(NOT_YOURS)
    return ballots.held(tx, ballot_id), hearing.hear(installation, tx, by, case, None, (), now)


def may_read(installation: Installation, tx: Connection, by: PersonRow, row: BallotRow, now: datetime) -> bool:
    """Whether this person keeps the register of this ballot."""
    case = store.read_case(tx, row.case)
    heard = None if case is None else hearing.hear(installation, tx, by, case, None, (), now)
    return heard is not None and _ruled(heard, {}).allowed


def _ruled(heard: Hearing, values: Values) -> Ruling:
    return acts.judge(Ask(heard.actor, Action.POLL, None, values), heard.standing, (), heard.now)


def judged(
    installation: Installation, tx: Connection, heard: Hearing, values: Values, other: Actor | None = None
) -> Refused | Unknown | None:
    """None when this may be done; a refusal is recorded, and raised by the caller after the commit."""
    ask = Ask(heard.actor, Action.POLL, None, values, other)
    return hearing.judge(installation, tx, heard, ask, heard.now)[1]


def note(installation: Installation, tx: Connection, heard: Hearing, kind: Kind, values: Values) -> None:
    """The record of what the polling station did."""
    ask = Ask(heard.actor, Action.POLL, None, values)
    fields = acts.content(ask, heard.standing, _ruled(heard, values), heard.now)
    head = Head(heard.row.id, heard.row.seq, heard.row.head)
    hearing.write(installation, tx, head, [(kind, fields)], heard.now, (), heard.row.dossier)
