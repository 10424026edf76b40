"""Ballots as voters meet them: opened by an act, one pass for each, a vote that is nobody's, and the list afterwards.

Two halves that never touch. The register knows who got a pass, and signed it blindly; the box knows which pass was
used, by nobody in particular. A pass and a vote are asked for in two requests; neither leaves a record, a moment or an
idempotency key, and what the log says of them is the route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Connection

from engine import ballot
from engine.acts import Ask
from engine.binding import BLANK, QUORUM, options_of
from engine.roles import values_of
from engine.submission import begin_of, end_of, whole
from engine.terms import Act, Json, Register, Values
from service import ballot_keys, db, store_ballots, store_jobs, store_trail
from service.ballot_keys import Secrets
from service.blind import BlindingFailed
from service.faults import Conflict, Fault, Malformed, Unknown
from service.installation import Installation
from service.store import CaseRow
from service.store_ballots import PAPER, PASS, BallotRow, VoterRow
from service.store_people import PersonRow

CLOSING = "stemming"  # the job that counts
HALF = 8  # the letters in one half of a code: 40 bits
_PASS_BYTES = 64  # the prepared message: 32 bytes by RFC 9474, and 32 of the voter
_NO_BALLOT = "Deze stemming bestaat niet."
_GONE = "De sleutel van deze stemming is er niet meer; er kan niet meer worden gestemd."


def prepared(installation: Installation, ask: Ask, row: CaseRow) -> tuple[Ask, BallotRow | None]:
    """For an act that opens a ballot: the act with the id and the fingerprint of the new key, and the ballot."""
    task, values = ask.task, ask.submission
    is_opening = task is not None and task.spec.act is Act.STEMMING and ballot.kind_of(values) == ballot.OPENING
    if task is None or not is_opening:
        return ask, None
    ballot_id = str(uuid4())
    key = ballot_keys.make(installation.config, ballot_id, installation.entropy)
    found = BallotRow(
        id=ballot_id,
        case=row.id,
        opening="",
        step=task.spec.step or "",
        subject=task.subject,
        round=whole(values, "ronde") or 1,
        options=options_of(values),
        most=whole(values, "kiesgerechtigden") or 0,
        opens_at=begin_of(values.get("van")),
        closes_at=end_of(values.get("tot")),
        key=key,
        counted=None,
    )
    return replace(ask, submission={**values, "stemming": ballot_id, "sleutel": key.fingerprint}), found


def open_ballot(tx: Connection, row: BallotRow, opening: str) -> None:
    """The ballot stands, under the digest of the record that opened it, and is counted when it closes."""
    store_ballots.insert_ballot(tx, replace(row, opening=opening))
    store_jobs.plan(tx, CLOSING, row.closes_at, {"stemming": row.id}, row.case)


def held(tx: Connection, ballot_id: str) -> BallotRow:
    """The ballot, locked; Unknown when there is none."""
    found = store_ballots.read_ballot(tx, ballot_id, hold=True)
    if found is None:
        raise Unknown(_NO_BALLOT)
    return found


def status_of(row: BallotRow, now: datetime) -> str:
    """`voorbereiding`, `open`, `gesloten` or `geteld`."""
    if row.counted is not None:
        return "geteld"
    if now >= row.closes_at:
        return "gesloten"
    return "open" if now >= row.opens_at else "voorbereiding"


def require_open(row: BallotRow, now: datetime) -> None:
    """Conflict before voting has begun and after it has ended."""
    status = status_of(row, now)
    if status != "open":
        raise Conflict("Er kan nog niet worden gestemd." if status == "voorbereiding" else "De stemming is gesloten.")


def secrets_of(installation: Installation, row: BallotRow) -> Secrets:
    """The secrets of a ballot that runs; Conflict when they are gone, as after putting back a backup."""
    found = ballot_keys.load(installation.config, row.id)
    if found is None:
        raise Conflict(_GONE)
    return found


def give_pass(
    installation: Installation,
    ballot_id: str,
    blinded: bytes,
    now: datetime,
    *,
    person: PersonRow | None = None,
    code: str | None = None,
) -> bytes:
    """Sign blindly, once for each voter of the register: the person logged in, or whoever has the code of a letter.

    The same blinded message again gets the same signature: an answer can get lost on its way.
    """
    with db.writing(installation.database) as tx:
        row = held(tx, ballot_id)
        require_open(row, now)
        voter = _voter(installation, tx, row, person, code)
        asked = sha256(blinded).hexdigest()
        if voter.given == PAPER:
            raise Conflict("U hebt op papier gestemd.")
        if voter.given == PASS and voter.blinded != asked:
            raise Conflict("U hebt al een stempas voor deze stemming.")
        if voter.given is None:
            signed = _signed(installation, row, blinded)
            store_ballots.give(tx, row.id, voter.voter, PASS, asked)
            return signed
    return _signed(installation, row, blinded)


def _signed(installation: Installation, row: BallotRow, blinded: bytes) -> bytes:
    try:
        return secrets_of(installation, row).signing.sign(blinded, installation.entropy)
    except BlindingFailed as wrong:
        raise Malformed((Fault("geblindeerd", f"Dit is geen geblindeerde stempas: {wrong}."),)) from wrong


def _voter(
    installation: Installation, tx: Connection, row: BallotRow, person: PersonRow | None, code: str | None
) -> VoterRow:
    known = None if person is None else store_ballots.find_voter(tx, row.id, person=person.id)
    if known is None and code is not None:
        secrets, plain = secrets_of(installation, row), _plain(code)
        first, second = plain[:HALF], plain[HALF:]
        halves = code_digest(secrets, 1, first), code_digest(secrets, 2, second)
        known = store_ballots.find_voter(tx, row.id, code=halves)
    if known is None:
        raise Unknown("U staat niet in het kiezersregister van deze stemming, of de code klopt niet.")
    return known


def code_digest(secrets: Secrets, part: int, code: str) -> str:
    """What the register keeps of one half of the code in a letter: without the ballot's secret nobody can try it."""
    return secrets.mark(f"stemcode {part}\n{_plain(code)}")


def _plain(code: str) -> str:
    """The code as it was given: capitals and hyphens make no difference."""
    return "".join(char for char in code.upper() if char.isalnum())


def cast(
    installation: Installation, ballot_id: str, ticket: bytes, signature: bytes, key: str, choice: str, now: datetime
) -> None:
    """One vote for one pass, by nobody; the same vote again with the same pass changes nothing. Raises Conflict."""
    with db.writing(installation.database) as tx:
        row = held(tx, ballot_id)
        require_open(row, now)
        choices = choices_of(row)
        if choice not in choices:
            raise Malformed((Fault("keuze", f"Kies uit: {', '.join(choices)}."),))
        if len(ticket) != _PASS_BYTES or not row.key.verify(ticket, signature):
            raise Malformed((Fault("handtekening", "Dit is geen stempas van deze stemming."),))
        secrets = secrets_of(installation, row)
        nullifier, content = sha256(ticket).hexdigest(), f"{key} {choices.index(choice)}".encode()
        place = f"{row.id}/{nullifier}"
        before = store_ballots.find_cast(tx, row.id, nullifier)
        if before is not None:
            if secrets.take_out(before, place) != content:
                raise Conflict("Met deze stempas is al gestemd.")
            return
        mark = secrets.mark(key)
        if store_ballots.is_marked(tx, row.id, mark):
            raise Conflict("Deze sleutel is al gebruikt; kies een andere.")
        store_ballots.insert_cast(tx, row.id, nullifier, mark, secrets.put_away(content, place, installation.entropy))


def choices_of(row: BallotRow) -> tuple[str, ...]:
    """What can be voted: the options, or blank."""
    return (*row.options, BLANK)


def list_ballots(installation: Installation) -> list[BallotRow]:
    """All ballots: that they are held is public."""
    with db.reading(installation.database) as tx:
        return store_ballots.list_ballots(tx)


def places(installation: Installation) -> dict[str, tuple[str, int | None]]:
    """Of every ballot the wijk, by name, and the programme year."""
    with db.reading(installation.database) as tx:
        return store_ballots.places(tx)


def read_ballot(installation: Installation, ballot_id: str) -> BallotRow:
    """What everybody may know of a ballot."""
    with db.reading(installation.database) as tx:
        return _known(tx, ballot_id)


def _known(tx: Connection, ballot_id: str) -> BallotRow:
    found = store_ballots.read_ballot(tx, ballot_id)
    if found is None:
        raise Unknown(_NO_BALLOT)
    return found


def published(installation: Installation, ballot_id: str) -> tuple[BallotRow, list[tuple[str, str]]]:
    """The ballot and every vote under its key, once they are counted: voters find their own, and all can add up."""
    with db.reading(installation.database) as tx:
        row = _known(tx, ballot_id)
        if row.counted is None:
            raise Conflict("De stembiljetten zijn nog niet geteld.")
        return row, store_ballots.votes(tx, row.id)


def list_digest(votes: Sequence[tuple[str, str]]) -> str:
    """The digest of a published list, as it stands in the record of the count."""
    lines = "".join(f"{key} {choice}\n" for key, choice in sorted(votes))
    return sha256(f"wijkcyclus/stembiljetten/v1\n{lines}".encode()).hexdigest()


def result(installation: Installation, ballot_id: str) -> tuple[Values, Values]:
    """The count, and what was laid down as the result of it ({} as long as nobody did)."""
    with db.reading(installation.database) as tx:
        row = _known(tx, ballot_id)
        if row.counted is None:
            raise Conflict("De stembiljetten zijn nog niet geteld.")
        return row.counted, _laid_down(tx, row)


def _laid_down(tx: Connection, row: BallotRow) -> dict[str, Json]:
    for fact in store_trail.facts_of(tx, store_ballots.dossier_of(tx, row.case), (Register.STEMMINGEN,)):
        values = values_of(fact)
        if values.get("soort") == ballot.RESULT and values.get(ballot.OPENING) == row.opening:
            return {name: values.get(name) for name in ("resultaat", "vervolg", "uitslag", "ronde", QUORUM)}
    return {}
