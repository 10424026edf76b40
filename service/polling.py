"""The polling station: who may vote, who voted on paper, and what stood on that paper, entered by two people.

Who keeps the register is judged by the engine. What is recorded are numbers: who came to vote on paper, and when, stays
out of the trail; the register itself says only that somebody did.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.terms import Action, Actor, Json, Ruling
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import ballots, counting, db, hearing, store, store_ballots, store_people
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store_ballots import PAPER, BallotRow, PaperRow, VoterRow
from service.store_people import PersonRow

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 that nobody mistakes for another: 5 bits each
_CODE = 16


@dataclass(frozen=True, slots=True)
class NewVoter:
    """A line to be added: a person with an account, or else a number for which a code goes out by letter."""

    voter: str
    person: str | None = None


def read_register(
    installation: Installation, by: PersonRow, ballot_id: str, now: datetime
) -> tuple[BallotRow, list[VoterRow]]:
    """The register, for the polling station alone; for anybody else it is not there."""
    with db.reading(installation.database) as tx:
        row = store_ballots.read_ballot(tx, ballot_id)
        heard = None if row is None else _heard(installation, tx, by, row, now)
        if row is None or heard is None or not _ruled(heard, {}, None).allowed:
            raise Unknown("Deze stemming bestaat niet, of u houdt haar register niet bij.")
        return row, store_ballots.voters(tx, row.id)


def add_voters(
    installation: Installation, by: PersonRow, ballot_id: str, lines: Sequence[NewVoter], more: int, now: datetime
) -> dict[str, str]:
    """Add these lines and `more` numbered ones to the register, until the first vote.

    Answers the codes for the letters; nobody can ask for them again.
    """
    with db.writing(installation.database) as tx:
        row, heard = _hold(installation, tx, by, ballot_id, now)
        totals = store_ballots.totals(tx, row.id)
        lines = (*lines, *(NewVoter(f"{sum(totals.values()) + one:06}") for one in range(1, more + 1)))
        number = sum(totals.values()) + len(lines)
        refused = _judged(installation, tx, heard, {"aantal": number})
        if refused is None:
            codes = _add(installation, tx, row, lines, totals, now)
            _record(installation, tx, heard, Kind.ELECTORATE_SET, {"aantal": number, "stemming": row.id})
    if refused is not None:
        raise refused
    return codes


def _add(
    installation: Installation,
    tx: Connection,
    row: BallotRow,
    lines: Sequence[NewVoter],
    totals: dict[str | None, int],
    now: datetime,
) -> dict[str, str]:
    if now >= row.closes_at or set(totals) - {None}:
        raise Conflict("Er is al gestemd; het kiezersregister ligt vast.")
    if sum(totals.values()) + len(lines) > row.most:
        raise Conflict(f"De zelfbinding noemt {row.most} kiesgerechtigden; meer kunnen er niet in het register.")
    known = store_ballots.voters(tx, row.id)
    numbers, persons = {one.voter for one in known}, {one.person for one in known if one.person}
    faults: list[Fault] = []
    codes: dict[str, str] = {}
    rows: list[VoterRow] = []
    for place, line in enumerate(lines):
        if line.voter in numbers or line.person in persons:
            faults.append(Fault(f"kiezers[{place}]", "Deze kiezer staat er al in."))
        elif line.person is not None and store_people.read_person(tx, line.person) is None:
            faults.append(Fault(f"kiezers[{place}].persoon", "Deze persoon bestaat niet."))
        numbers.add(line.voter)
        persons |= {line.person} if line.person else set()
        code = None if line.person else "".join(_LETTERS[byte % 32] for byte in installation.entropy(_CODE))
        if code is not None:
            codes[line.voter] = "-".join(code[part : part + 4] for part in range(0, _CODE, 4))
        digest = None if code is None else ballots.code_digest(row.id, code)
        rows.append(VoterRow(line.voter, line.person, digest, None, None))
    if faults:
        raise Malformed(tuple(faults))
    store_ballots.insert_voters(tx, row.id, rows)
    return codes


def mark_paper(installation: Installation, by: PersonRow, ballot_id: str, voter: str, now: datetime) -> None:
    """This voter votes on paper, and so no other way; a second time changes nothing."""
    with db.writing(installation.database) as tx:
        row, heard = _hold(installation, tx, by, ballot_id, now)
        refused = _judged(installation, tx, heard, {})
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
        row, heard = _hold(installation, tx, by, ballot_id, now)
        total = sum(numbers.values())
        refused = _judged(installation, tx, heard, {"papier": total})
        if refused is None:
            _require_countable(row, numbers, now)
            secrets = ballots.secrets_of(installation, row)
            sealed = secrets.put_away(_written(row, numbers), f"{row.id}/papier", installation.entropy)
            store_ballots.put_paper(tx, row.id, PaperRow(by.id, total, sealed, False))
            _record(installation, tx, heard, Kind.PAPER_ENTERED, {"papier": total, "stemming": row.id})
    if refused is not None:
        raise refused


def confirm_paper(
    installation: Installation, by: PersonRow, ballot_id: str, numbers: dict[str, int], now: datetime
) -> None:
    """The same numbers by another pair of eyes; after closing, the count follows in the same transaction."""
    with db.writing(installation.database) as tx:
        row, heard = _hold(installation, tx, by, ballot_id, now)
        entered = store_ballots.read_paper(tx, row.id)
        if entered is None:
            raise Conflict("Er zijn nog geen papieren stembiljetten ingevoerd.")
        total = sum(numbers.values())
        refused = _judged(installation, tx, heard, {"papier": total}, _other(installation, tx, entered, row))
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
    if entered.total != came and heard.now >= row.closes_at:
        raise Conflict(f"Volgens het register stemden er {came} op papier; ingevoerd zijn er {entered.total}.")
    store_ballots.put_paper(tx, row.id, replace(entered, confirmed=True))
    _record(installation, tx, heard, Kind.PAPER_CONFIRMED, {"papier": entered.total, "stemming": row.id})


def _other(installation: Installation, tx: Connection, entered: PaperRow, row: BallotRow) -> Actor | None:
    person = store_people.read_person(tx, entered.entered_by)
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


def _hold(
    installation: Installation, tx: Connection, by: PersonRow, ballot_id: str, now: datetime
) -> tuple[BallotRow, Hearing]:
    """The ballot and its case, locked in the order in which everybody does: the case first."""
    found = store_ballots.read_ballot(tx, ballot_id)
    case = None if found is None else store.hold_case(tx, found.case)
    if found is None or case is None:
        raise Unknown("Deze stemming bestaat niet, of u houdt haar register niet bij.")
    return ballots.held(tx, ballot_id), hearing.hear(installation, tx, by, case, None, (), now)


def _heard(installation: Installation, tx: Connection, by: PersonRow, row: BallotRow, now: datetime) -> Hearing | None:
    case = store.read_case(tx, row.case)
    return None if case is None else hearing.hear(installation, tx, by, case, None, (), now)


def _ruled(heard: Hearing, values: dict[str, Json], other: Actor | None) -> Ruling:
    return acts.judge(Ask(heard.actor, Action.POLL, None, values, other), heard.standing, (), heard.now)


def _judged(
    installation: Installation, tx: Connection, heard: Hearing, values: dict[str, Json], other: Actor | None = None
) -> Refused | Unknown | None:
    ask = Ask(heard.actor, Action.POLL, None, values, other)
    return hearing.judge(installation, tx, heard, ask, heard.now)[1]


def _record(installation: Installation, tx: Connection, heard: Hearing, kind: Kind, values: dict[str, Json]) -> None:
    ask = Ask(heard.actor, Action.POLL, None, values)
    fields = acts.content(ask, heard.standing, _ruled(heard, values, None), heard.now)
    head = Head(heard.row.id, heard.row.seq, heard.row.head)
    hearing.write(installation, tx, head, [(kind, fields)], heard.now, (), heard.row.dossier)
