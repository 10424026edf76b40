"""Opening sealed values: an act with a ground, on record before anybody reads what was sealed.

Who has a task that needs a value reads it with the task, recorded once a day for each person, case and compartment. Who
oversees gives a ground, and every time is recorded. Nobody else opens anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.submission import day_of, is_blank
from engine.terms import Action, Json, Values
from engine.trail import record, seal
from engine.trail.kinds import Kind
from engine.trail.record import Head
from engine.trail.seal import Sealed
from service import db, hearing, organisation, sealing, store, store_sealed, store_trail, submissions
from service.faults import Fault, Malformed, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.store_people import PersonRow
from service.store_trail import ORGANISATION

OPENED = "inzage"  # the compartment of the grounds themselves
_REASON = "reden"
_MOST_NOTED = 10_000


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened of a case, in which record, and what was destroyed there, each value with its order."""

    record: str
    values: tuple[Sealed, ...]
    destroyed: dict[str, str]


class Reader:
    """Opens the sealed values in what somebody is about to read, and keeps which compartments they were of."""

    def __init__(self, installation: Installation, tx: Connection) -> None:
        """Read in this transaction."""
        self.installation, self.tx = installation, tx
        self.met: set[tuple[str, str]] = set()

    def opened(self, values: Values, left: Collection[str] = ()) -> dict[str, Json]:
        """The values with the sealed ones in place of their handles, but for those `left` sealed.

        What was destroyed is a handle with its order.
        """
        named = set(seal.handles_in(dict(values))) - set(left)
        rows = store_sealed.find(self.tx, named)
        known = sealing.opened(self.installation.keys, rows)
        gone = store_sealed.orders_of(self.tx, named - set(known))
        self.met |= {(row.chain, row.compartment) for row in rows if row.digest in known}

        def inside(value: Json) -> Json:
            if isinstance(value, dict):
                digest = value.get(seal.HANDLE)
                if isinstance(digest, str) and digest in known:
                    return known[digest].value
                if isinstance(digest, str) and digest in gone:
                    return {seal.HANDLE: digest, "vernietigd": gone[digest]}
                return {name: inside(one) for name, one in value.items()}
            return [inside(one) for one in value] if isinstance(value, list) else value

        return {name: inside(one) for name, one in values.items()}


def note(
    installation: Installation, by: PersonRow, met: Iterable[tuple[str, str]], now: datetime, ground: str = "taak"
) -> None:
    """Record that this person reads these compartments (chain, compartment), for a task unless told, once a day."""
    for chain, compartment in sorted(met):
        seen = (by.id, chain, compartment, day_of(now).isoformat())
        if seen in installation.noted:
            continue
        with db.writing(installation.database) as tx:
            head, dossier = _hold(tx, chain)
            ref = hearing.reference(installation, by.id, by.is_resident, chain)
            if not _noted_today(tx, chain, ref, compartment, now):
                values: dict[str, Json] = {"compartiment": compartment, "grond": ground}
                fields: dict[str, Json] = {"actor": {"ref": ref}, "dossier": dossier, "values": values}
                hearing.write(installation, tx, head, [(Kind.VALUE_OPENED, fields)], now, (), dossier)
        if len(installation.noted) > _MOST_NOTED:
            installation.noted.clear()  # what was noted is on record, and found there
        installation.noted.add(seen)


def _noted_today(tx: Connection, chain: str, ref: str, compartment: str, now: datetime) -> bool:
    for body in store_trail.openings(tx, chain, ref):
        read = record.read(body)
        at, values = datetime.fromisoformat(str(read["at"])), read.get("values")
        if isinstance(values, dict) and day_of(at) == day_of(now) and values.get("compartiment") == compartment:
            return True
    return False


def _hold(tx: Connection, chain: str) -> tuple[Head, str]:
    if chain == ORGANISATION:
        return organisation.hold_head(tx), ORGANISATION
    row = store.hold_case(tx, chain)
    if row is None:
        raise Unknown(f"Er is geen keten {chain}.")
    return Head(row.id, row.seq, row.head), row.dossier


def open_compartment(
    installation: Installation, by: PersonRow, case_id: str, compartment: str, ground: str, now: datetime
) -> Opened:
    """All values of one compartment of a case, for who oversees, with a ground. Raises Unknown, Malformed, Refused."""
    if is_blank(ground):
        raise Malformed((Fault("grond", "Zeg waarom u dit inziet."),))
    with db.writing(installation.database) as tx:
        done = _open(installation, tx, by, case_id, compartment, ground, now)
    if isinstance(done, Exception):
        raise done
    return done


def _open(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    case_id: str,
    compartment: str,
    ground: str,
    now: datetime,
) -> Opened | Refused | Unknown:
    row = store.hold_case(tx, case_id)
    if row is None:
        raise Unknown("Deze zaak bestaat niet, of hoort niet bij uw wijk of partij.")
    heard = hearing.hear(installation, tx, by, row, None, (), now)
    named = store_trail.handles_of(tx, case_id)
    rows = store_sealed.find(tx, named)
    if compartment not in {one.compartment for one in rows}:
        compartment = "*"  # what people type stands in no record
    submission, hidden = submissions.sealed(
        installation, heard, {"compartiment": compartment, _REASON: ground}, {_REASON}, OPENED
    )
    ask = Ask(heard.actor, Action.OPEN, None, submission)
    ruling, refused = hearing.judge(installation, tx, heard, ask, heard.now, hidden)
    if refused is not None:
        return refused
    fields = acts.content(ask, heard.standing, ruling, heard.now)
    head = Head(row.id, row.seq, row.head)
    written = hearing.write(installation, tx, head, [(Kind.VALUE_OPENED, fields)], heard.now, hidden, row.dossier)
    known = sealing.opened(installation.keys, (one for one in rows if one.compartment == compartment))
    return Opened(written[-1].digest, tuple(known.values()), store_sealed.orders_of(tx, named))


def compartments(tx: Connection, case_id: str) -> Counter[str]:
    """How many sealed values there are in each compartment of a case."""
    return Counter(row.compartment for row in store_sealed.find(tx, store_trail.handles_of(tx, case_id)))


def issue(installation: Installation, chain: str, ground: str, now: datetime) -> None:
    """Record that all sealed values of a chain are given out from the command line. Raises Unknown."""
    with db.writing(installation.database) as tx:
        head, dossier = _hold(tx, chain)
        submission, hidden = seal.seal_form(
            {"compartiment": "*", _REASON: ground}, {_REASON}, compartment=OPENED, entropy=installation.entropy
        )
        fields: dict[str, Json] = {
            "actor": {"ref": "opdrachtregel", "role": "beheer"},
            "dossier": dossier,
            "values": submission,
        }
        hearing.write(installation, tx, head, [(Kind.VALUE_OPENED, fields)], now, hidden, dossier)
