"""SQL for ballots: the register, the closed box, the paper, and the votes once counted; rows in, terms out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from engine.terms import Json
from service.blind import PublicKey
from service.tables import case, wijk
from service.tables_ballots import ballot, ballot_box, ballot_paper, ballot_vote, ballot_voter

PASS, PAPER = "pas", "papier"


@dataclass(frozen=True, slots=True)
class BallotRow:
    """A ballot; `counted` is the count as recorded, None before it."""

    id: str
    case: str
    opening: str
    step: str
    subject: str
    round: int
    options: tuple[str, ...]
    most: int
    opens_at: datetime
    closes_at: datetime
    key: PublicKey
    counted: Mapping[str, Json] | None
    first_to: str | None = None
    second_to: str | None = None


@dataclass(frozen=True, slots=True)
class VoterRow:
    """A line of the register: by what the voter is recognised, who vouches for it, and what was given."""

    voter: str
    identity: str
    person: str | None
    added_by: str
    confirmed: bool = False
    given: str | None = None
    blinded: str | None = None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """What was entered of the votes on paper, sealed as every other vote."""

    entered_by: str
    total: int
    sealed: bytes
    confirmed: bool


_BALLOT: Select[*tuple[Any, ...]] = select(*ballot.c)
_VOTER: Select[*tuple[Any, ...]] = select(
    ballot_voter.c.voter,
    ballot_voter.c.identity,
    ballot_voter.c.person,
    ballot_voter.c.added_by,
    ballot_voter.c.confirmed,
    ballot_voter.c.given,
    ballot_voter.c.blinded,
)


def insert_ballot(tx: Connection, row: BallotRow) -> None:
    """A ballot that was opened."""
    values: dict[str, Any] = {
        "id": row.id,
        "case": row.case,
        "opening": row.opening,
        "step": row.step,
        "subject": row.subject,
        "round": row.round,
        "options": json.dumps(row.options, ensure_ascii=False),
        "most": row.most,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "modulus": f"{row.key.n:x}",
        "exponent": row.key.e,
    }
    tx.execute(insert(ballot), values)


def _ballot(row: Sequence[Any]) -> BallotRow:
    named = dict(zip((column.name for column in ballot.c), row, strict=True))
    key = PublicKey(int(named.pop("modulus"), 16), named.pop("exponent"))
    counted = named.pop("counted")
    options = tuple(json.loads(named.pop("options")))
    return BallotRow(**named, options=options, key=key, counted=None if counted is None else json.loads(counted))


def read_ballot(tx: Connection, ballot_id: str, *, hold: bool = False) -> BallotRow | None:
    """The ballot; held, nobody else casts or counts until this transaction ends."""
    found = _BALLOT.where(ballot.c.id == ballot_id)
    row = tx.execute(found.with_for_update() if hold else found).one_or_none()
    return None if row is None else _ballot(row)


def list_ballots(tx: Connection) -> list[BallotRow]:
    """All ballots, the one that closes last first."""
    return [_ballot(row) for row in tx.execute(_BALLOT.order_by(ballot.c.closes_at.desc(), ballot.c.id))]


def places(tx: Connection) -> dict[str, tuple[str, int | None]]:
    """The wijk, by name, and the programme year of every ballot."""
    of_case = select(ballot.c.id, wijk.c.name, case.c.year).join(case, case.c.id == ballot.c.case)
    return {row[0]: (row[1], row[2]) for row in tx.execute(of_case.join(wijk, wijk.c.id == case.c.wijk))}


def dossier_of(tx: Connection, case_id: str) -> str:
    """The dossier of a ballot's case."""
    return str(tx.execute(select(case.c.dossier).where(case.c.id == case_id)).scalar_one())


def put_voters(tx: Connection, ballot_id: str, rows: Sequence[VoterRow]) -> None:
    """These lines, none of them confirmed, stand in the register, instead of what stood under their numbers."""
    values = [
        {
            "ballot": ballot_id,
            "voter": one.voter,
            "identity": one.identity,
            "person": one.person,
            "added_by": one.added_by,
            "confirmed": False,
        }
        for one in rows
    ]
    numbers = [one.voter for one in rows]
    tx.execute(delete(ballot_voter).where(ballot_voter.c.ballot == ballot_id, ballot_voter.c.voter.in_(numbers)))
    tx.execute(insert(ballot_voter), values)


def confirm_voters(tx: Connection, ballot_id: str, numbers: Sequence[str]) -> None:
    """The lines with these numbers are voters from now on."""
    these = (ballot_voter.c.ballot == ballot_id, ballot_voter.c.voter.in_(numbers))
    tx.execute(update(ballot_voter).where(*these).values(confirmed=True))


def put_codes(tx: Connection, ballot_id: str, part: int, digests: Mapping[str, str], given_to: str) -> None:
    """One half of the code of each of these voters, and to whom all those halves were given."""
    column, holder = [(ballot_voter.c.first, ballot.c.first_to), (ballot_voter.c.second, ballot.c.second_to)][part - 1]
    line = update(ballot_voter).where(
        ballot_voter.c.ballot == bindparam("of"), ballot_voter.c.voter == bindparam("number")
    )
    values = [{"of": ballot_id, "number": voter, "digest": digest} for voter, digest in digests.items()]
    tx.execute(line.values({column: bindparam("digest")}), values)
    tx.execute(update(ballot).where(ballot.c.id == ballot_id).values({holder: given_to}))


def voters(tx: Connection, ballot_id: str) -> list[VoterRow]:
    """The whole register, by number, with the lines that nobody has confirmed."""
    rows = tx.execute(_VOTER.where(ballot_voter.c.ballot == ballot_id).order_by(ballot_voter.c.voter))
    return [VoterRow(*row) for row in rows]


def registered(tx: Connection, person: str) -> list[str]:
    """The ballots in whose register this account is."""
    found = select(ballot_voter.c.ballot).where(ballot_voter.c.person == person).order_by(ballot_voter.c.ballot)
    return list(tx.execute(found).scalars())


def find_voter(
    tx: Connection,
    ballot_id: str,
    *,
    voter: str | None = None,
    person: str | None = None,
    code: tuple[str, str] | None = None,
) -> VoterRow | None:
    """The voter with this number, person or code (the digests of both halves), among those who were confirmed."""
    wanted = [ballot_voter.c.voter == voter] if voter is not None else []
    wanted += [ballot_voter.c.person == person] if person is not None else []
    wanted += [ballot_voter.c.first == code[0], ballot_voter.c.second == code[1]] if code is not None else []
    row = tx.execute(
        _VOTER.where(ballot_voter.c.ballot == ballot_id, ballot_voter.c.confirmed.is_(True), *wanted)
    ).one_or_none()
    return None if row is None else VoterRow(*row)


def give(tx: Connection, ballot_id: str, voter: str, given: str, blinded: str | None) -> bool:
    """Whether this voter, who had nothing yet, is the one who now has a pass or voted on paper: one vote each."""
    changed = tx.execute(
        update(ballot_voter)
        .where(ballot_voter.c.ballot == ballot_id, ballot_voter.c.voter == voter, ballot_voter.c.given.is_(None))
        .values(given=given, blinded=blinded)
    )
    return changed.rowcount == 1


def totals(tx: Connection, ballot_id: str) -> dict[str | None, int]:
    """How many of the confirmed voters have a pass, voted on paper, or neither (None)."""
    rows = tx.execute(
        select(ballot_voter.c.given, func.count())
        .where(ballot_voter.c.ballot == ballot_id, ballot_voter.c.confirmed.is_(True))
        .group_by(ballot_voter.c.given)
    )
    return {given: int(number) for given, number in rows}


def find_cast(tx: Connection, ballot_id: str, nullifier: str) -> bytes | None:
    """What was cast with this pass, sealed."""
    return tx.execute(
        select(ballot_box.c.sealed).where(ballot_box.c.ballot == ballot_id, ballot_box.c.nullifier == nullifier)
    ).scalar_one_or_none()


def is_marked(tx: Connection, ballot_id: str, mark: str) -> bool:
    """Whether a ballot in the box bears this key."""
    found = select(ballot_box.c.nullifier).where(ballot_box.c.ballot == ballot_id, ballot_box.c.mark == mark)
    return tx.execute(found).one_or_none() is not None


def insert_cast(tx: Connection, ballot_id: str, nullifier: str, mark: str, sealed: bytes) -> None:
    """A ballot goes into the box."""
    tx.execute(insert(ballot_box), {"ballot": ballot_id, "nullifier": nullifier, "mark": mark, "sealed": sealed})


def empty_box(tx: Connection, ballot_id: str) -> list[tuple[str, bytes]]:
    """All that was in the box: (nullifier, sealed); it is empty from now on."""
    rows = tx.execute(select(ballot_box.c.nullifier, ballot_box.c.sealed).where(ballot_box.c.ballot == ballot_id)).all()
    tx.execute(delete(ballot_box).where(ballot_box.c.ballot == ballot_id))
    return [(str(nullifier), bytes(sealed)) for nullifier, sealed in rows]


def read_paper(tx: Connection, ballot_id: str) -> PaperRow | None:
    """What was entered of the votes on paper."""
    row = tx.execute(
        select(ballot_paper.c.entered_by, ballot_paper.c.total, ballot_paper.c.sealed, ballot_paper.c.confirmed).where(
            ballot_paper.c.ballot == ballot_id
        )
    ).one_or_none()
    return None if row is None else PaperRow(row[0], row[1], bytes(row[2]), row[3])


def put_paper(tx: Connection, ballot_id: str, row: PaperRow) -> None:
    """The votes on paper are these, instead of what was entered before."""
    drop_paper(tx, ballot_id)
    tx.execute(
        insert(ballot_paper),
        {
            "ballot": ballot_id,
            "entered_by": row.entered_by,
            "total": row.total,
            "sealed": row.sealed,
            "confirmed": row.confirmed,
        },
    )


def drop_paper(tx: Connection, ballot_id: str) -> None:
    """Nothing is entered of the votes on paper: they are counted with the others, or are replaced."""
    tx.execute(delete(ballot_paper).where(ballot_paper.c.ballot == ballot_id))


def store_count(tx: Connection, ballot_id: str, votes: Mapping[str, str], counted: Mapping[str, Json]) -> None:
    """The votes by key, written in the order of their keys, and what they add up to."""
    rows = [{"ballot": ballot_id, "key": key, "choice": votes[key]} for key in sorted(votes)]
    if rows:
        tx.execute(insert(ballot_vote), rows)
    content = json.dumps(counted, ensure_ascii=False)
    tx.execute(update(ballot).where(ballot.c.id == ballot_id).values(counted=content))


def votes(tx: Connection, ballot_id: str) -> list[tuple[str, str]]:
    """(key, choice) of every vote counted, by key."""
    rows = tx.execute(
        select(ballot_vote.c.key, ballot_vote.c.choice)
        .where(ballot_vote.c.ballot == ballot_id)
        .order_by(ballot_vote.c.key)
    )
    return [(str(key), str(choice)) for key, choice in rows]
