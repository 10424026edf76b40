"""A case as staff look into it: where it stands, what was agreed beforehand, delivered and spent, and what happened.

Each look is one transaction of few statements. What is sealed stays sealed: nothing here is for handling a task.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import ledger
from engine.ledger import Ledger
from engine.participation import Frame, frame_of
from engine.registers import Registers
from engine.terms import Act, Fact, Register
from engine.trail.kinds import Kind
from service import attachments, db, hearing, organisation, reading, store, store_reading, store_trail
from service.attachments import Attachment
from service.installation import Installation
from service.reading import CaseView, Entry, Row
from service.store import TaskRow
from service.store_people import PersonRow
from service.store_reading import CaseFilter, CaseLine

# What concerns people and processes as such stands in the chain of the organisation; what colleagues ask each other is
# told at the task.
REGISTERS: tuple[Register, ...] = tuple(
    register
    for register in Register
    if register
    not in (Register.ROLLEN, Register.MANDATEN, Register.VERVANGINGEN, Register.PROCESMODELLEN, Register.VERRICHT)
    and register is not Register.ADVIESVERZOEKEN
)
_MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class Course:
    """Where a case stands: its view, every task that it ever opened, the frames that stand, and its dossier's cases.

    `attachments` are the files that lie beside its tasks.
    """

    view: CaseView
    tasks: list[TaskRow]
    frames: tuple[Frame, ...]
    cases: list[CaseLine]
    attachments: list[Attachment]


@dataclass(frozen=True, slots=True)
class Established:
    """What the dossier holds: the newest rows of each register, and of each product every version, newest first.

    `counts` says how many rows each register has.
    """

    view: CaseView
    rows: Mapping[Register, list[Row]]
    counts: Mapping[Register, int]
    products: Mapping[str, list[Row]]


def course(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> Course:
    """How far the case is; Unknown outside one's wijk and party."""
    with db.reading(installation.database) as tx:
        heard = reading.readable(installation, tx, by, case_id, now)
        facts = store_trail.facts_of(tx, heard.row.dossier, (Register.KADERS,))
        seats = reading.seats(installation, tx, by, now)
        hidden = reading.hidden(organisation.standing(installation, tx).definition, seats)
        wanted = CaseFilter(dossier=heard.row.dossier, hidden=hidden, limit=_MOST_CASES)
        return Course(
            reading.viewed(tx, heard),
            store.tasks_of_case(tx, case_id),
            frames(Registers(facts, hearing.not_before(now, facts))),
            store_reading.list_cases(tx, seats, wanted),
            attachments.shelf(installation, tx, by, case_id),
        )


def frames(registers: Registers) -> tuple[Frame, ...]:
    """The frames that stand, by step and subject."""
    places = {(fact.step or "", fact.subject) for fact in registers.of(Register.KADERS, Act.KADER)}
    found = (frame_of(registers, step, subject) for step, subject in sorted(places))
    return tuple({(one.fact.record, one.fact.step, one.fact.subject): one for one in found if one}.values())


def established(installation: Installation, by: PersonRow, case_id: str, most: int, now: datetime) -> Established:
    """What the dossier of the case established, at most this many rows of each register."""
    with db.reading(installation.database) as tx:
        heard = reading.readable(installation, tx, by, case_id, now)
        facts = store_trail.facts_of(tx, heard.row.dossier, (*REGISTERS,))
        view = reading.viewed(tx, heard)
    rows: dict[Register, list[Row]] = {register: reading.rows_of(facts, register)[::-1] for register in REGISTERS}
    products: dict[str, list[Row]] = {}
    for row in rows[Register.PRODUCTEN]:
        products.setdefault(str(row.body.get("product") or ""), []).append(row)
    shown = {register: found[:most] for register, found in rows.items() if found}
    return Established(view, shown, {register: len(rows[register]) for register in shown}, products)


def money(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> tuple[CaseView, Ledger, list[Row]]:
    """The posts of the dossier, worked out from its bookings and decisions, and the bookings, newest first."""
    with db.reading(installation.database) as tx:
        heard = reading.readable(installation, tx, by, case_id, now)
        facts = store_trail.facts_of(tx, heard.row.dossier, {*ledger.REGISTERS, Register.CORRECTIES})
        view = reading.viewed(tx, heard)
    books = ledger.ledger_of(_registers(facts, now))
    return view, books, reading.rows_of(facts, Register.GROOTBOEK)[::-1]


def _registers(facts: Collection[Fact], now: datetime) -> Registers:
    kept = [fact for fact in facts if fact.register is not Register.CORRECTIES]
    return Registers(kept, hearing.not_before(now, kept))


def history(
    installation: Installation,
    by: PersonRow,
    case_id: str,
    now: datetime,
    *,
    kinds: Collection[Kind] | None,
    before: int | None,
    most: int,
) -> tuple[CaseView, list[Entry]]:
    """The newest records of the case before this number, of these kinds alone when they are given; newest first."""
    with db.reading(installation.database) as tx:
        heard = reading.readable(installation, tx, by, case_id, now)
        end = heard.row.seq + 1 if before is None else min(before, heard.row.seq + 1)
        named = None if kinds is None else [kind.value for kind in kinds]
        found = store_trail.records_back(tx, case_id, end, named, most)
        return reading.viewed(tx, heard), reading.entries(tx, heard, found)
