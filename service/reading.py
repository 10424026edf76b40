"""What a person may see: work lists, cases, tasks and their trail; reading is a right too, and changes nothing.

Outside one's wijk and party nothing exists: every function raises Unknown there, as for what really is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from engine import acts, ledger
from engine.acts import Ask
from engine.case import Case
from engine.conditions.mediation import released
from engine.definition import Definition
from engine.ledger import Ledger
from engine.registers import Registers
from engine.roles import Kind, Reach, holdings, in_force, values_of
from engine.submission import text
from engine.terms import Action, Fact, Register, Values
from engine.trail import kinds, record
from service import (
    cases,
    db,
    hearing,
    openings,
    organisation,
    store,
    store_jobs,
    store_reading,
    store_trail,
    store_wijken,
    store_worklist,
)
from service.faults import Unknown
from service.hearing import Hearing
from service.installation import Installation
from service.openings import Reader
from service.store import CaseRow, TaskRow
from service.store_jobs import Incident, OpenIncident
from service.store_people import PersonRow
from service.store_reading import CaseFilter, CaseLine
from service.store_worklist import Line, Seat, Wanted


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the trail as people read it: the sentence, and the exact body with its digest."""

    seq: int
    digest: str
    kind: str
    at: datetime
    sentence: str
    body: Values
    corrections: tuple[str, ...] = ()  # the records that say what should have stood in it


@dataclass(frozen=True, slots=True)
class Correction:
    """What should have stood in a row, by whom it was said, and in which record."""

    record: str
    at: datetime
    by: str
    values: Values


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a register as it was recorded, with the corrections beside it."""

    record: str
    at: datetime
    by: str
    step: str | None
    subject: str
    body: Values
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its data (handles for what is sealed), the messages it waits for, and when its next timer fires.

    `name` is what its process is called, `wijk` its wijk's name; its `definition` is the version that it runs on, and
    `places` says where its tokens stand: (process, element) and how many.
    """

    row: CaseRow
    values: Values
    waits: tuple[str, ...]
    due: datetime | None
    name: str
    wijk: str
    definition: Definition
    places: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with its form; it `is_own` of who has it or may take it up, and for whom sealed inputs are opened."""

    row: TaskRow
    case: CaseRow
    inputs: Values
    form: Values | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody sits: by own roles, and for each person stood in for (by reference) by those of that person."""

    own: list[Seat]
    behalf: Mapping[str, list[Seat]]

    @property
    def seats(self) -> list[Seat]:
        """All of them together."""
        return [*self.own, *(seat for found in self.behalf.values() for seat in found)]


def places(installation: Installation, tx: Connection, by: PersonRow, now: datetime) -> Places:
    """Where the person sits now; a substitution reaches no further than the roles of the person named."""
    own = store_trail.facts_about(tx, organisation.reference(installation, by))
    absent = {text(values_of(fact), "vervangt") for fact in in_force(own, Register.VERVANGINGEN, now)} - {""}
    return Places(_seats(own, now), {one: _seats(store_trail.facts_about(tx, one), now) for one in sorted(absent)})


def seats(installation: Installation, tx: Connection, by: PersonRow, now: datetime) -> list[Seat]:
    """Where the person sits: own roles, and those of the persons for whom the person stands in."""
    return places(installation, tx, by, now).seats


def _seats(facts: tuple[Fact, ...], now: datetime) -> list[Seat]:
    return [seat_of(fact) for fact in in_force(facts, Register.ROLLEN, now)]


def seat_of(fact: Fact) -> Seat:
    """The seat that a row of the register of roles gives."""
    row = values_of(fact)
    reach = text(row, "bereik")
    wijk = None if reach == Reach.CITY else text(row, "wijk")
    return Seat(text(row, "rol"), wijk, text(row, "groep") if reach == Reach.GROUP else None)


def work_list(installation: Installation, by: PersonRow, wanted: Wanted, now: datetime) -> list[Line]:
    """The open tasks that the person (or who is stood in for) has or may take up, oldest first."""
    with db.reading(installation.database) as tx:
        found = places(installation, tx, by, now)
        absent = organisation.people_named(installation, tx, found.behalf)
        return store_worklist.work_list(tx, [by.id, *(one.id for one in absent.values())], found.seats, wanted)


def list_cases(installation: Installation, by: PersonRow, wanted: CaseFilter, now: datetime) -> list[CaseLine]:
    """The cases in the wijken where the person sits, newest first."""
    with db.reading(installation.database) as tx:
        found = seats(installation, tx, by, now)
        wanted = replace(wanted, hidden=hidden(organisation.standing(installation, tx).definition, found))
        return store_reading.list_cases(tx, found, wanted)


def hidden(definition: Definition, found: list[Seat]) -> frozenset[str]:
    """The processes of whose cases only numbers leave their lanes, for who sits in none of those (INV-39)."""
    sits = {seat.role for seat in found}
    if any(definition.roles.kind(role) is Kind.OVERSIGHT for role in sits):
        return frozenset()
    return frozenset(one.id for one in definition.processes.values() if one.is_empty and not one.lanes & sits)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of a process there are in a wijk; None is fewer than may be told."""

    wijk: str
    count: int | None


def tally(installation: Installation, process: str, year: int | None) -> list[Tally]:
    """The numbers of a process by wijk, for everybody; small ones are not told where no content is kept (INV-39)."""
    with db.reading(installation.database) as tx:
        found = organisation.standing(installation, tx).definition.processes.get(process)
        if found is None:
            raise Unknown("Dit proces bestaat niet.")
        counts = dict.fromkeys((one for one, _ in store_wijken.all_wijken(tx)), 0) | store_reading.tally(
            tx, process, year
        )
    # Of every wijk, so that an absent one does not tell what a number under five hides.
    return [Tally(wijk, released(count) if found.is_empty else count) for wijk, count in sorted(counts.items())]


def read_case(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> CaseView:
    """The case as it stands; what is sealed stays sealed."""
    with db.reading(installation.database) as tx:
        return viewed(tx, readable(installation, tx, by, case_id, now))


def viewed(tx: Connection, heard: Hearing) -> CaseView:
    """The view of a case that the person may read."""
    row, definition = heard.row, heard.standing.definition
    case = Case.restore(definition, row.state)
    waits = tuple(sorted(one.name for one in case.waits))
    name = definition.processes[row.process].name or row.process
    wijk = store_wijken.find(tx, row.wijk) or row.wijk
    return CaseView(row, case.data, waits, case.due, name, wijk, definition, case.places)


def list_tasks(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> list[TaskRow]:
    """All tasks that the case ever opened, oldest first."""
    with db.reading(installation.database) as tx:
        readable(installation, tx, by, case_id, now)
        return store.tasks_of_case(tx, case_id)


def list_incidents(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> list[Incident]:
    """What the engine could not do in this case, the newest first."""
    with db.reading(installation.database) as tx:
        readable(installation, tx, by, case_id, now)
        return store_jobs.incidents(tx, case_id)


def list_open_incidents(installation: Installation, by: PersonRow, most: int, now: datetime) -> list[OpenIncident]:
    """What nobody solved yet in the wijken where the person sits, the newest first; not where content is hidden.

    The process of each is told by its name.
    """
    with db.reading(installation.database) as tx:
        found = seats(installation, tx, by, now)
        places = {seat.wijk for seat in found}
        wijken = None if None in places else {wijk for wijk in places if wijk is not None}
        unseen = hidden(organisation.standing(installation, tx).definition, found)
        return [
            replace(one, process=installation.definition(tx, one.definition).processes[one.process].name or one.process)
            for one in store_jobs.open_incidents(tx, wijken, unseen, most)
        ]


def read_task(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> TaskView:
    """The task, its form, and its inputs; sealed inputs are opened for who may take the task up."""
    with db.reading(installation.database) as tx:
        reader = Reader(installation, tx)
        heard, row = _task(installation, tx, by, task_id, now)
        definition = heard.standing.definition
        task = hearing.task_of(definition, row)
        form = definition.forms.get(task.spec.form) if task.spec.form else None
        inputs = dict(row.inputs)
        is_own = may_handle(installation, tx, by, heard, row, now)
        if is_own:
            inputs = reader.opened(inputs)
    openings.note(installation, by, reader.met, now)
    return TaskView(row, heard.row, inputs, form, is_own)


def read_completion(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> Values:
    """Who completed this task, when and under which rule; Unknown while it is open."""
    with db.reading(installation.database) as tx:
        found = cases.completed(tx, _task(installation, tx, by, task_id, now)[1])
    if found is None:
        raise Unknown("Deze taak is niet afgerond.")
    return found


def read_trail(
    installation: Installation, by: PersonRow, case_id: str, now: datetime, *, first: int, most: int
) -> list[Entry]:
    """The case's records from number `first` on, each with its Dutch sentence; sealed values stay sealed."""
    with db.reading(installation.database) as tx:
        heard = readable(installation, tx, by, case_id, now)
        return entries(tx, heard, store_trail.records(tx, case_id, first, most))


def entries(tx: Connection, heard: Hearing, found: Iterable[tuple[int, str, str, datetime, str]]) -> list[Entry]:
    """These records of the case as people read them, each with its corrections."""
    beside: dict[str, list[str]] = defaultdict(list)
    for fact in store_trail.facts_of(tx, heard.row.dossier, (Register.CORRECTIES,)):
        beside[text(values_of(fact), "regel")].append(fact.record)
    told = [_entry(*row) for row in found]
    return [replace(one, corrections=tuple(beside.get(one.digest, ()))) for one in told]


def read_register(
    installation: Installation, by: PersonRow, case_id: str, register: Register, now: datetime
) -> list[Row]:
    """What the case's dossier established in this register, oldest first, each row with its corrections.

    Sealed values are opened for who may take up an open task of the case: one cannot answer what one cannot read.
    """
    with db.reading(installation.database) as tx:
        reader = Reader(installation, tx)
        heard = readable(installation, tx, by, case_id, now)
        found = store_trail.facts_of(tx, heard.row.dossier, (register, Register.CORRECTIES))
        if has_work_in(tx, heard, now):
            found = tuple(replace(fact, body=reader.opened(fact.body)) for fact in found)
    openings.note(installation, by, reader.met, now)
    return rows_of(found, register)


def rows_of(found: Sequence[Fact], register: Register) -> list[Row]:
    """The rows of one register among these facts, each with its corrections."""
    beside: dict[str, list[Correction]] = defaultdict(list)
    for fact in found:
        if fact.register is Register.CORRECTIES:
            values = values_of(fact)
            told = Correction(fact.record, fact.at, fact.by, {name: values.get(name) for name in ("gegevens", "reden")})
            beside[text(values, "regel")].append(told)
    return [_row(fact, tuple(beside.get(fact.record, ()))) for fact in found if fact.register is register]


def _row(fact: Fact, corrections: tuple[Correction, ...]) -> Row:
    return Row(fact.record, fact.at, fact.by, fact.step, fact.subject, fact.body, corrections)


def read_ledger(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> Ledger:
    """What the posts of the case's dossier may spend and did, worked out from its bookings and decisions."""
    with db.reading(installation.database) as tx:
        heard = readable(installation, tx, by, case_id, now)
        found = store_trail.facts_of(tx, heard.row.dossier, ledger.REGISTERS)
    return ledger.ledger_of(Registers(found, hearing.not_before(now, found)))


def has_work_in(tx: Connection, heard: Hearing, now: datetime) -> bool:
    """Whether an open task of the case waits for a role that the person has in it."""
    for task in store.tasks_of_case(tx, heard.row.id, only_open=True):
        held = holdings(heard.actor, heard.standing.scope, task.subject, now)
        if any(one.role == task.group for one in held):
            return True
    return False


def _entry(seq: int, digest: str, kind: str, at: datetime, body: str) -> Entry:
    content = record.read(body)
    return Entry(seq, digest, kind, at, kinds.sentence(content), content)


def readable(installation: Installation, tx: Connection, by: PersonRow, case_id: str, now: datetime) -> Hearing:
    """The case as this person may read it; Unknown outside the person's wijk and party."""
    row = store.read_case(tx, case_id)
    if row is None:
        raise Unknown("Deze zaak bestaat niet, of hoort niet bij uw wijk of partij.")
    return _heard(installation, tx, by, row, None, now)


def _task(
    installation: Installation, tx: Connection, by: PersonRow, task_id: str, now: datetime
) -> tuple[Hearing, TaskRow]:
    found = store.read_task(tx, task_id)
    if found is None:
        raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
    return _heard(installation, tx, by, found[1], found[0], now), found[0]


def _heard(
    installation: Installation, tx: Connection, by: PersonRow, row: CaseRow, task_row: TaskRow | None, now: datetime
) -> Hearing:
    heard = hearing.hear(installation, tx, by, row, task_row, (), now)
    if not hearing.may_read(heard, now).allowed:
        raise Unknown("Deze zaak bestaat niet, of hoort niet bij uw wijk of partij.")
    return heard


def may_handle(
    installation: Installation, tx: Connection, by: PersonRow, heard: Hearing, row: TaskRow, now: datetime
) -> bool:
    """Whether the person has the task, may take it up, or stands in for who has it.

    Of one that is completed: whether the person did that.
    """
    if row.status != "open":
        return row.completed_by == by.id
    if row.assignee == by.id:
        return True
    ask = Ask(heard.actor, Action.CLAIM, heard.task, {})
    return acts.judge(ask, heard.standing, heard.facts, now).allowed
