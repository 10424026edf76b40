"""What anybody may read without logging in: cases, what was done in them, decisions and counts, by the city's list.

The list (`openbaar.toml` of the newest process family that was released) names processes, kinds of record and fields;
what it does not name does not leave (`engine.openness`). Nothing here opens a sealed value, and reading leaves no
record. What is not public does not exist: every function raises Unknown for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from engine.definition import Definition
from engine.openness import Openness
from engine.questions.exceptions import LISTS
from engine.questions.material import Entry, Row, projected
from engine.submission import day_of, text
from engine.terms import Json, Register
from engine.trail.kinds import Kind
from service import db, organisation, questions, store_public, store_questions, store_wijken
from service.faults import Unknown
from service.installation import Installation
from service.store_public import OpenCase
from service.store_questions import Scope

_MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """A wijk, with how many of its cases are public, and the phase of the oldest year that runs there; "": none yet."""

    id: str
    name: str
    cases: int
    phase: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A public case; `process` is what people call its process, and `dossier` the year case if that is public too."""

    id: str
    kind: str
    process: str
    wijk: str
    place: str
    dossier: str | None
    year: int | None
    status: str
    phase: str | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Lines:
    """What is public of a trail, oldest first: `shown` records of the `recorded`; `unsound` are no longer as hashed.

    `kept` has them by register, of the registers that were asked for.
    """

    rows: tuple[Row, ...]
    shown: int
    recorded: int
    unsound: int
    kept: Mapping[Register, tuple[Row, ...]] = field(default_factory=dict)

    def of(self, register: Register) -> tuple[Row, ...]:
        """Those that established something in this register."""
        return self.kept.get(register, ())


@dataclass(frozen=True, slots=True)
class Count:
    """How many exceptions of one kind there were; `text` says of which."""

    name: str
    text: str
    count: int


def openness(installation: Installation) -> Openness:
    """The list itself, for whoever wants to know what is kept from view."""
    with db.reading(installation.database) as tx:
        return _definition(installation, tx).openness


def places(installation: Installation) -> list[Place]:
    """Every wijk, by name."""
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        found = store_public.list_cases(tx, definition.openness.processes)
        named = store_wijken.all_wijken(tx)
    yearly = {id_ for id_, process in definition.processes.items() if process.year is not None}
    running = (one for one in found if one.process in yearly and one.ended_at is None)
    phases = {one.wijk: one.phase or "" for one in running}  # the newest come first, so the oldest is what stays
    return [Place(id_, name, sum(one.wijk == id_ for one in found), phases.get(id_)) for id_, name in named]


def cases(installation: Installation, wijk: str, year: int | None = None) -> list[Case]:
    """The public cases of a wijk, of one programme year or of all, the newest first."""
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        return _told(definition, _cases(tx, definition, wijk, year))


def read_case(installation: Installation, case_id: str) -> Case:
    """One public case."""
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        return _told(definition, [_case(tx, definition, case_id)])[0]


def lines(installation: Installation, case_id: str, register: Register | None = None) -> Lines:
    """What is public of the trail of a case, or of what it established in one register."""
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        wanted = None if register is None else frozenset({register})
        return _lines(tx, definition.openness, [_case(tx, definition, case_id)], wanted)


def register(installation: Installation, wijk: str, year: int, *wanted: Register) -> Lines:
    """What the public cases of a wijk and programme year established in a register: its decisions, promises, money."""
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        return _lines(tx, definition.openness, _cases(tx, definition, wijk, year), frozenset(wanted))


def exceptions(installation: Installation, wijk: str, year: int, now: datetime) -> list[Count]:
    """How many exceptions the public cases of a wijk and programme year had, of each kind; never which.

    They are counted again when something was recorded since, or an hour has begun in which a term may have passed.
    """
    with db.reading(installation.database) as tx:
        definition = _definition(installation, tx)
        found = {one.id for one in _cases(tx, definition, wijk, year)}
        stamp = definition.version, now.replace(minute=0, second=0, microsecond=0), *store_public.moves(tx, wijk)
    seen, counts = installation.counted.get((wijk, year), ((), {}))
    if seen != stamp:
        rows = questions.exceptions(installation, Scope(wijk, year), now)
        counts = {name: sum(row.get("zaak") in found for row in rows[name]) for name in LISTS}
        if len(installation.counted) >= _MOST_COUNTED:
            installation.counted.clear()
        installation.counted[wijk, year] = stamp, counts
    return [Count(name, one.text, counts[name]) for name, one in LISTS.items()]


def _definition(installation: Installation, tx: Connection) -> Definition:
    return organisation.standing(installation, tx).definition


def _case(tx: Connection, definition: Definition, case_id: str) -> OpenCase:
    for found in store_public.list_cases(tx, definition.openness.processes, case_id=case_id):
        return found
    raise Unknown("Deze zaak bestaat niet, of is niet openbaar.")


def _cases(tx: Connection, definition: Definition, wijk: str, year: int | None) -> list[OpenCase]:
    if wijk not in dict(store_wijken.all_wijken(tx)):
        raise Unknown("Deze wijk bestaat niet.")
    return store_public.list_cases(tx, definition.openness.processes, wijk_id=wijk, year=year)


def _told(definition: Definition, found: Sequence[OpenCase]) -> list[Case]:
    names = {id_: process.name for id_, process in definition.processes.items()}  # not of what ran before alone
    return [
        Case(
            id=one.id,
            kind=one.process,
            process=names.get(one.process) or one.process,
            wijk=one.wijk,
            place=one.place,
            dossier=one.dossier if one.root in definition.openness.processes else None,
            year=one.year,
            status=one.status,
            phase=one.phase,
            since=day_of(one.started_at),
            until=None if one.ended_at is None else day_of(one.ended_at),
        )
        for one in found
    ]


def _lines(tx: Connection, allowed: Openness, found: Sequence[OpenCase], wanted: Set[Register] | None) -> Lines:
    read = store_questions.entries_of(tx, [one.id for one in found], allowed.kinds)
    sound = [one for one in read if one.is_sound]
    beside = _corrections(allowed, sound)
    rows: list[Row] = []
    kept: dict[Register, list[Row]] = {}
    for one in sorted(sound, key=lambda entry: (entry.at, entry.chain, entry.seq)):
        row = allowed.shown(one.body, one.digest)
        where = {fact.register for fact in projected(one)} & wanted if row is not None and wanted is not None else ()
        if row is not None and (wanted is None or where):
            rows.append(row | {"zaak": one.chain, "verbeteringen": beside.get(one.digest, [])})
            for register in where:
                kept.setdefault(register, []).append(rows[-1])
    by_register = {register: tuple(found) for register, found in kept.items()}
    return Lines(tuple(rows), len(rows), sum(one.length for one in found), len(read) - len(sound), by_register)


def _corrections(allowed: Openness, sound: Sequence[Entry]) -> Mapping[str, list[Json]]:
    """What should have stood in a record, by that record, as far as that record is public."""
    bodies = {one.digest: one.body for one in sound}
    found: dict[str, list[Json]] = {}
    for one in sound:
        if one.kind == Kind.RECORD_CORRECTED:
            values = one.part("values")
            corrected, given = text(values, "regel"), values.get("gegevens")
            shown = allowed.corrected(given if isinstance(given, dict) else {}, bodies.get(corrected, {}))
            found.setdefault(corrected, []).append({"regel": one.digest, "gegevens": shown})
    return found
