"""The register of a ballot: one person of the polling station enters who may vote, another one enters it again.

A line that nobody else has confirmed is no voter. Of a name and an address only a digest is kept, under the ballot's
own secret: nobody stands in one register twice, neither by account and letter nor by two spellings, and when the votes
are counted nobody can tell any more who stood there. The code in a letter has two halves, given to two people: none of
the staff can vote with it alone. All this ends when voting begins; what is recorded of it are numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.submission import folded
from engine.terms import Values
from engine.trail.kinds import Kind
from service import ballots, db, polling, store_ballots, store_people
from service.ballot_keys import Secrets
from service.faults import Conflict, Fault, Malformed, Unknown
from service.installation import Installation
from service.store_ballots import BallotRow, VoterRow
from service.store_people import PersonRow

PARTS = (1, 2)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 that nobody mistakes for another: 5 bits each


@dataclass(frozen=True, slots=True)
class NewVoter:
    """A line to be added or confirmed: who it is, and the account by which this person votes (else by letter)."""

    voter: str
    name: str
    address: str
    person: str | None = None


def read_register(
    installation: Installation, by: PersonRow, ballot_id: str, now: datetime
) -> tuple[BallotRow, list[VoterRow]]:
    """The register, for the polling station alone; for anybody else it is not there."""
    with db.reading(installation.database) as tx:
        row = store_ballots.read_ballot(tx, ballot_id)
        if row is None or not polling.may_read(installation, tx, by, row, now):
            raise Unknown(polling.NOT_YOURS)
        return row, store_ballots.voters(tx, row.id)


def add_voters(
    installation: Installation, by: PersonRow, ballot_id: str, lines: Sequence[NewVoter], now: datetime
) -> int:
    """Add these lines, or put them in the place of unconfirmed ones with their numbers; answers how many there are."""
    with db.writing(installation.database) as tx:
        row, heard = polling.hold(installation, tx, by, ballot_id, now)
        known = {one.voter: one for one in store_ballots.voters(tx, row.id)}
        number = len({*known, *(line.voter for line in lines)})
        refused = polling.judged(installation, tx, heard, {"aantal": number})
        if refused is None:
            require_preparing(row, now)
            if number > row.most:
                raise Conflict(
                    f"De zelfbinding noemt {row.most} kiesgerechtigden; meer kunnen er niet in het register."
                )
            store_ballots.put_voters(tx, row.id, _fitting(installation, tx, row, lines, known, by))
            values: Values = {"aantal": number, "stemming": row.id}
            polling.note(installation, tx, heard, Kind.ELECTORATE_SET, values)
    if refused is not None:
        raise refused
    return number


def confirm_voters(
    installation: Installation, by: PersonRow, ballot_id: str, lines: Sequence[NewVoter], now: datetime
) -> int:
    """The same lines, entered again by another pair of eyes, are voters; answers how many there are now."""
    with db.writing(installation.database) as tx:
        row, heard = polling.hold(installation, tx, by, ballot_id, now)
        known = {one.voter: one for one in store_ballots.voters(tx, row.id)}
        adders = [known[line.voter].added_by for line in lines if line.voter in known]
        other = by.id if by.id in adders else next(iter(adders), None)
        number = len({line.voter for line in lines} | {one.voter for one in known.values() if one.confirmed})
        judged = {"bevestigd": number}
        refused = polling.judged(installation, tx, heard, judged, polling.other(installation, tx, other, row))
        if refused is None:
            require_preparing(row, now)
            _require_same(ballots.secrets_of(installation, row), lines, known)
            store_ballots.confirm_voters(tx, row.id, [line.voter for line in lines])
            values: Values = {"bevestigd": number, "aantal": len(known), "stemming": row.id}
            polling.note(installation, tx, heard, Kind.ELECTORATE_CONFIRMED, values)
    if refused is not None:
        raise refused
    return number


def give_codes(
    installation: Installation, by: PersonRow, ballot_id: str, part: int, now: datetime
) -> Mapping[str, str]:
    """One half of the codes for the letters, by voter; asked for again there are others, and these open nothing more.

    Whoever got the one half does not get the other: it takes two people to know a code.
    """
    if part not in PARTS:
        raise Unknown("Een stemcode heeft twee helften: 1 en 2.")
    with db.writing(installation.database) as tx:
        row, heard = polling.hold(installation, tx, by, ballot_id, now)
        holder = row.second_to if part == 1 else row.first_to
        letters = [one.voter for one in store_ballots.voters(tx, row.id) if one.confirmed and one.person is None]
        values = {"deel": part, "aantal": len(letters)}
        refused = polling.judged(installation, tx, heard, values, polling.other(installation, tx, holder, row))
        if refused is None:
            require_preparing(row, now)
            if not letters:
                raise Conflict("Er zijn nog geen bevestigde kiezers die een brief krijgen.")
            secrets = ballots.secrets_of(installation, row)
            codes = {voter: _half(installation) for voter in letters}
            digests = {voter: ballots.code_digest(secrets, part, code) for voter, code in codes.items()}
            store_ballots.put_codes(tx, row.id, part, digests, by.id)
            polling.note(installation, tx, heard, Kind.CODES_GIVEN, {**values, "stemming": row.id})
    if refused is not None:
        raise refused
    return {voter: f"{code[:4]}-{code[4:]}" for voter, code in codes.items()}


def took_part(installation: Installation, ballot_id: str) -> list[VoterRow]:
    """Once the votes are counted: each voter by number, and whether a pass was given or paper marked for this number.

    So whoever did not vote sees whether somebody else did.
    """
    with db.reading(installation.database) as tx:
        row = store_ballots.read_ballot(tx, ballot_id)
        if row is None:
            raise Unknown("Deze stemming bestaat niet.")
        if row.counted is None:
            raise Conflict("De stembiljetten zijn nog niet geteld.")
        return [one for one in store_ballots.voters(tx, row.id) if one.confirmed]


def require_preparing(row: BallotRow, now: datetime) -> None:
    """Conflict once voting has begun: the register and the codes stand as everybody can see them."""
    if now >= row.opens_at:
        raise Conflict("Het stemmen is begonnen; het kiezersregister en de stemcodes liggen vast.")


def _half(installation: Installation) -> str:
    return "".join(_LETTERS[byte % 32] for byte in installation.entropy(ballots.HALF))


def _identity(secrets: Secrets, line: NewVoter) -> str:
    return secrets.mark(f"kiezer\n{folded(line.name)}\n{folded(line.address)}")


def _fitting(
    installation: Installation,
    tx: Connection,
    row: BallotRow,
    lines: Sequence[NewVoter],
    known: Mapping[str, VoterRow],
    by: PersonRow,
) -> list[VoterRow]:
    """The rows of these lines; raises Malformed with every line that is no voter, or one who stands there already."""
    secrets = ballots.secrets_of(installation, row)
    replaced = {line.voter for line in lines}
    staying = [one for voter, one in known.items() if voter not in replaced]
    rows = [VoterRow(line.voter, _identity(secrets, line), line.person, by.id) for line in lines]
    numbers = Counter(one.voter for one in (*staying, *rows))
    identities = Counter(one.identity for one in (*staying, *rows))
    persons = Counter(one.person for one in (*staying, *rows) if one.person)
    faults: list[Fault] = []
    for place, (line, one) in enumerate(zip(lines, rows, strict=True)):
        at = f"kiezers[{place}]"
        old = known.get(line.voter)
        if numbers[one.voter] > 1 or (old is not None and old.confirmed):
            faults.append(Fault(f"{at}.kiezer", "Dit nummer staat er al in."))
        if identities[one.identity] > 1:
            faults.append(Fault(at, "Deze kiezer staat er al in, met deze naam op dit adres."))
        if one.person is not None and persons[one.person] > 1:
            faults.append(Fault(f"{at}.persoon", "Deze persoon staat er al in, onder een ander nummer."))
        faults += _unknown(installation, tx, line, at)
    if faults:
        raise Malformed(tuple(faults))
    return rows


def _unknown(installation: Installation, tx: Connection, line: NewVoter, at: str) -> Iterator[Fault]:
    """What is wrong with who a line speaks of."""
    if not folded(line.name) or not folded(line.address):
        yield Fault(at, "Noem de naam en het adres van de kiezer.")
    if line.person is None:
        return
    person = store_people.read_person(tx, line.person)
    if person is None:
        yield Fault(f"{at}.persoon", "Deze persoon bestaat niet.")
    elif folded(installation.names.opened(person).name) != folded(line.name):
        yield Fault(f"{at}.naam", "Het account van deze persoon staat op een andere naam.")


def _require_same(secrets: Secrets, lines: Sequence[NewVoter], known: Mapping[str, VoterRow]) -> None:
    """Malformed with every line that is not exactly what the other person entered."""
    faults: list[Fault] = []
    for place, line in enumerate(lines):
        old = known.get(line.voter)
        if old is None or (old.identity, old.person) != (_identity(secrets, line), line.person):
            faults.append(Fault(f"kiezers[{place}]", "Dit is niet wat een ander onder dit nummer invoerde."))
    if faults:
        raise Malformed(tuple(faults))
