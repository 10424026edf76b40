"""All that runs in a wijk, for who works there: its cycles, who answers for them, what was promised, what comes, money.

Reading alone: what is sealed stays sealed, and nobody without a role in the wijk or the city sees that it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from engine import ledger
from engine.answerables import answerables, vacancies
from engine.definition import Definition
from engine.errors import ValuesUnreadable
from engine.ledger import Ledger
from engine.meetings import ANNOUNCED, of_sort
from engine.promises import Promise, promises
from engine.registers import Registers
from engine.roles import Scope, in_force, reaches, values_of
from engine.submission import day_of, end_of, open_text, text
from engine.terms import Fact, Json, Register
from service import db, dossier, hearing, organisation, reading, store_reading, store_trail, store_wijken
from service.briefing import role_name
from service.faults import Unknown
from service.installation import Installation
from service.store_people import PersonRow
from service.store_reading import CaseFilter, CaseLine, Due, Load
from service.store_trail import ORGANISATION
from service.store_worklist import Seat

_REGISTERS = frozenset({Register.AANSPREEKBAREN, Register.TOEZEGGINGEN, Register.BIJEENKOMSTEN, *ledger.REGISTERS})
_MOST_CASES = 500
_MOST_DUE = 40
MEETING, DEADLINE, REACTION = "bijeenkomst", "termijn", "reactie"


@dataclass(frozen=True, slots=True)
class Place:
    """A wijk with the year cases that run in it, and how many other dossiers do."""

    id: str
    name: str
    years: list[CaseLine]
    others: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """One dossier that runs: who is answerable for it (names of roles), what was promised in it, its money, its work.

    `is_year`: a year of the wijk, which has answerables; of another dossier nobody is asked to be.
    """

    case: CaseLine
    name: str
    is_year: bool
    political: str
    civil: str
    vacant: tuple[str, ...]
    promises: tuple[Promise, ...]
    money: Ledger
    load: Load


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that comes: a meeting, the last day of a task, or the last day on which people may react."""

    on: date
    kind: str
    name: str
    case: str
    task: str = ""
    subject: str = "*"
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """A wijk as it runs; `parties` says what people call who promised something."""

    id: str
    name: str
    cycles: list[Cycle]
    agenda: list[Moment]
    parties: Mapping[str, str] = field(default_factory=dict)


def places(installation: Installation, by: PersonRow, now: datetime) -> list[Place]:
    """The wijken in which the person has a role, or all of them with one in the city."""
    with db.reading(installation.database) as tx:
        seats, definition = _seats(installation, tx, by, now), organisation.standing(installation, tx).definition
        found = _dossiers(tx, seats, definition, None)
        wijken = store_wijken.all_wijken(tx)
    seen = {seat.wijk for seat in seats}
    years = _years(definition)
    return [
        Place(
            wijk,
            name,
            [one for one in found if one.wijk == wijk and one.process in years],
            sum(one.wijk == wijk and one.process not in years for one in found),
        )
        for wijk, name in wijken
        if None in seen or wijk in seen
    ]


def overview(installation: Installation, by: PersonRow, wijk: str, now: datetime) -> Overview:
    """What runs in this wijk; Unknown without a role in it or in the city."""
    with db.reading(installation.database) as tx:
        seats, definition = _seats(installation, tx, by, now), organisation.standing(installation, tx).definition
        name = dict(store_wijken.all_wijken(tx)).get(wijk)  # what was asked for goes to no database
        if name is None or not {None, wijk} & {seat.wijk for seat in seats}:
            raise Unknown("Deze wijk bestaat niet, of u hebt er geen rol.")
        hidden = reading.hidden(definition, seats)
        found = _dossiers(tx, seats, definition, wijk)
        facts = store_trail.facts_of_dossiers(tx, [one.id for one in found], _REGISTERS)
        given = store_trail.facts_of(tx, ORGANISATION, {Register.ROLLEN})
        loads = store_reading.loads(tx, wijk, hidden, now)
        due = store_reading.due_in(tx, wijk, hidden, _MOST_DUE)
    scope = Scope(gemeente="", wijk=wijk)
    held = {text(values_of(one), "rol") for one in in_force(given, Register.ROLLEN, now) if _reaches(one, scope)}
    known = [(one, _known(facts.get(one.id, ()), now)) for one in found]
    cycles = [_cycle(definition, one, own, held, loads.get(one.id, Load(0, 0)), now) for one, own in known]
    agenda = sorted(
        (*_deadlines(due, now), *(moment for one, own in known for moment in _ahead(definition, one, own, now))),
        key=lambda moment: (moment.on, moment.kind, moment.name),
    )
    parties = {one.party: role_name(definition.roles, one.party) for cycle in cycles for one in cycle.promises}
    return Overview(wijk, name, cycles, agenda, parties)


def _seats(installation: Installation, tx: Connection, by: PersonRow, now: datetime) -> list[Seat]:
    """Where the person has a role for a wijk or the city: taking part in one group is no view of the whole."""
    return [seat for seat in reading.seats(installation, tx, by, now) if seat.group is None]


def _dossiers(tx: Connection, seats: Sequence[Seat], definition: Definition, wijk: str | None) -> list[CaseLine]:
    """The dossiers that run, the years first and the newest of those first."""
    hidden = reading.hidden(definition, [*seats])
    wanted = CaseFilter(wijk=wijk, status="lopend", hidden=hidden, limit=_MOST_CASES, is_root=True)
    years = _years(definition)
    found = store_reading.list_cases(tx, seats, wanted)
    return sorted(found, key=lambda one: (one.process not in years, -(one.year or 0)))


def _years(definition: Definition) -> frozenset[str]:
    return frozenset(one.id for one in definition.processes.values() if one.year is not None)


def _known(facts: Sequence[Fact], now: datetime) -> Registers:
    return Registers(facts, hearing.not_before(now, facts))


def _reaches(fact: Fact, scope: Scope) -> bool:
    return reaches(values_of(fact), scope, "*")


def _cycle(definition: Definition, case: CaseLine, own: Registers, held: set[str], load: Load, now: datetime) -> Cycle:
    process, is_year = definition.processes.get(case.process), case.process in _years(definition)
    assigned = answerables(own, own.now)
    return Cycle(
        case,
        process.name if process and process.name else case.process,
        is_year,
        role_name(definition.roles, assigned.political) if assigned else "",
        role_name(definition.roles, assigned.civil) if assigned else "",
        vacancies(assigned, held) if is_year or assigned else (),
        promises(own),
        ledger.ledger_of(own),
        load,
    )


def _deadlines(due: Sequence[Due], now: datetime) -> Iterator[Moment]:
    for one in due:
        yield Moment(day_of(one.due), DEADLINE, one.name, one.case, one.task, one.subject, one.due < now)


def _ahead(definition: Definition, case: CaseLine, own: Registers, now: datetime) -> Iterator[Moment]:
    """The meetings and the ends of terms for reactions that lie ahead."""
    today = day_of(now)
    for fact in of_sort(own, ANNOUNCED):
        on = _day(values_of(fact).get("datum"))
        if on is not None and on >= today:
            yield Moment(on, MEETING, open_text(values_of(fact), "titel") or MEETING, case.id, subject=fact.subject)
    for frame in dossier.frames(own):
        last, step = _day(values_of(frame.fact).get("termijn")), frame.fact.step or ""
        if last is not None and last >= today:
            known = definition.matrix.default(step, today)
            yield Moment(last, REACTION, known.name if known else step, case.id, subject=frame.fact.subject)


def _day(value: Json) -> date | None:
    """The day that a row names; None for what is none."""
    try:
        end_of(value)
        return date.fromisoformat(str(value)[:10])
    except (ValuesUnreadable, ValueError):
        return None
