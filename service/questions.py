"""Asking the log: the 25 questions, the lists of exceptions and the sample, for who may control the organisation.

Reading changes nothing and opens no sealed value; who may not is refused, and that is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.decisions import Table
from engine.errors import ValuesUnreadable
from engine.questions import sample
from engine.questions.catalogue import BY_NAME
from engine.questions.exceptions import LISTS
from engine.questions.material import CaseLine, Dossier, Entry, Material, Row, recorded, sentence_of
from engine.questions.question import Answer, Question, answered
from engine.terms import Action, Json
from engine.trail.kinds import Kind
from engine.trail.seal import handles_in
from service import db, organisation, store_definitions, store_evidence, store_log, store_questions, store_wijken
from service.faults import Conflict, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.organisation import Administration
from service.store_people import PersonRow
from service.store_questions import Scope
from service.store_trail import ORGANISATION


@dataclass(frozen=True, slots=True)
class Totals:
    """The control totals of an answer: what it holds beside what the log holds.

    `read` are the records of the kinds that can answer the question, within the scope; `logged` all that the log has.
    `unsound` says how many of those read are not what was hashed. Of the sealed values that the rows name, `withheld`
    are there and not shown, `destroyed` are gone.
    """

    rows: int
    cited: int
    read: int
    logged: int
    unsound: int
    destroyed: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Told:
    """An answer with its totals, as it stands at a moment."""

    question: Question
    rows: tuple[Row, ...]
    totals: Totals
    at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """Records chosen by chance, with the seed and the number from which everybody draws the same."""

    seed: str
    source: str
    among: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Askable:
    """About what can be asked: the wijken by id, and the years of which there is a dossier, the newest first.

    `steps` and `roles` are those of the version in force, each with its name.
    """

    wijken: Mapping[str, str]
    years: tuple[int, ...]
    steps: Sequence[tuple[str, str]]
    roles: Sequence[tuple[str, str]]


def askable(installation: Installation) -> Askable:
    """The wijken and years from which a reader chooses."""
    with db.reading(installation.database) as tx:
        wijken, years = dict(store_wijken.all_wijken(tx)), tuple(store_questions.years(tx))
        version = store_definitions.current_version(tx)
        if version is None:
            return Askable(wijken, years, (), ())
        definition = installation.definition(tx, version)
    steps = {step: f"{step}: {name}" for step, name in definition.matrix.names.items()}
    roles = {role.id: role.name for role in definition.roles.by_id.values()}
    return Askable(wijken, years, sorted(steps.items()), sorted(roles.items(), key=lambda one: one[1]))


def question_named(name: str) -> Question:
    """One of the 25, by its number; Unknown for another."""
    found = BY_NAME.get(name)
    if found is None:
        raise Unknown(f"Er zijn {len(BY_NAME)} vragen, genummerd vanaf 1.")
    return found


def list_named(name: str) -> Question:
    """A list of exceptions; Unknown for another."""
    found = LISTS.get(name)
    if found is None:
        raise Unknown(f"Er zijn deze lijsten: {', '.join(LISTS)}.")
    return found


def require(installation: Installation, by: PersonRow, what: str, now: datetime) -> None:
    """Raise Refused, recorded, unless this person may control the organisation."""
    submission: Row = {"vraag": what}
    with db.reading(installation.database) as tx:
        standing = organisation.standing(installation, tx)
        asker = organisation.actor(tx, organisation.reference(installation, by))
        if acts.judge(Ask(asker, Action.AUDIT, None, submission), standing, (), now).allowed:
            return
    with db.writing(installation.database) as tx:
        asked = Administration(Action.AUDIT, Kind.EVIDENCE_ISSUED, submission)
        refused = organisation.act(installation, tx, by, asked, now)
    if isinstance(refused, Refused):
        raise refused


def ask(
    installation: Installation, question: Question, scope: Scope, wanted: Mapping[str, Json], now: datetime
) -> Told:
    """The answer, from the log alone. Raises Unknown for a wijk or case that does not exist.

    Raises Conflict when a record says something that this question cannot read.
    """
    with db.reading(installation.database) as tx:
        material = _material(installation, tx, question, scope, now)
        found = _answered(question, material, wanted)
        handles = found.handles()
        known = store_questions.values_named(tx, handles)
        totals = _totals(found, len(handles), len(known), store_questions.count_all(tx))
    return Told(question, found.rows, totals, material.now)


def exceptions(installation: Installation, scope: Scope, now: datetime) -> dict[str, tuple[Row, ...]]:
    """The rows of every list of exceptions, from one reading of the log; raises as `ask` does."""
    widest = max(LISTS.values(), key=lambda one: (len(one.needs), len(one.kinds)))  # what it reads is enough for all
    with db.reading(installation.database) as tx:
        material = _material(installation, tx, widest, scope, now)
    return {name: _answered(one, material, {}).rows for name, one in LISTS.items()}


def _answered(question: Question, material: Material, wanted: Mapping[str, Json]) -> Answer:
    try:
        return answered(question, material, dict(wanted))
    except ValuesUnreadable as unreadable:
        raise Conflict(f"Een regel is voor deze vraag niet te lezen ({unreadable}); zie vraag 24.") from unreadable


def _totals(found: Answer, named: int, known: int, logged: int) -> Totals:
    return Totals(len(found.rows), found.cited, found.read, logged, found.unsound, named - known, known)


def _material(installation: Installation, tx: Connection, question: Question, scope: Scope, now: datetime) -> Material:
    cases = _cases(tx, scope, is_of_city=question.is_of_city)
    kinds = question.kinds | {Kind.RECORD_CORRECTED}
    chains = [*(one.id for one in cases), ORGANISATION]
    read = store_questions.entries_of(tx, chains, kinds)
    is_sound = {one.digest: one.is_sound for one in read}
    believed = [one for one in read if is_sound[one.digest] or "alles" in question.needs]
    now = max((now, *(one.at for one in believed if is_sound[one.digest])))
    of_chain: dict[str, list[Entry]] = {}
    for one in believed:
        of_chain.setdefault(one.chain, []).append(one)
    return Material(
        now=now,
        dossiers=tuple(
            Dossier(key, ones, tuple(entry for case in ones for entry in of_chain.get(case.id, ())), now)
            for key, ones in store_questions.by_dossier(cases).items()
        ),
        organisation=tuple(of_chain.get(ORGANISATION, ())),
        tasks=tuple(store_questions.tasks_of(tx, [one.id for one in cases])) if "taken" in question.needs else (),
        heads=_heads(tx, cases) if "alles" in question.needs else {},
        values=_values(tx, believed) if "waarden" in question.needs else {},
        unsound=sum(not one for one in is_sound.values()),
        retention=_retention(installation, tx) if "bewaartermijnen" in question.needs else None,
        manifests=_manifests(tx, believed) if "versies" in question.needs else {},
    )


def _retention(installation: Installation, tx: Connection) -> Table | None:
    """How long what is kept, by the newest process family."""
    version = store_definitions.current_version(tx)
    return None if version is None else installation.definition(tx, version).tables.get("bewaartermijn")


def _manifests(tx: Connection, entries: Sequence[Entry]) -> Mapping[str, Mapping[str, str]]:
    """The files of each version that these records name."""
    named = {str(one.part("values").get("versie")) for one in entries if one.chain == ORGANISATION}
    return {version: store_definitions.file_names(tx, version) for version in sorted(named)}


def _values(tx: Connection, entries: Sequence[Entry]) -> Mapping[str, str]:
    named = dict.fromkeys(digest for one in entries for digest in handles_in(dict(one.body)))
    return store_questions.values_named(tx, [*named])


def _cases(tx: Connection, scope: Scope, *, is_of_city: bool) -> list[CaseLine]:
    if scope.wijk is not None and store_wijken.find(tx, scope.wijk) is None:
        raise Unknown("Deze wijk bestaat niet.")
    found = store_questions.cases_in(tx, scope)
    if scope.case is not None and not found:
        raise Unknown("Deze zaak bestaat niet.")
    if not is_of_city:
        return found
    years: set[int | None] = {one.year for one in found if one.id == one.dossier and one.year} or {scope.year}
    return [case for year in sorted(years, key=str) for case in store_questions.cases_in(tx, Scope(year=year))]


def _heads(tx: Connection, cases: Sequence[CaseLine]) -> dict[str, tuple[int, str]]:
    own = store_questions.head_of_organisation(tx)
    found = {one.id: (one.seq, one.head) for one in cases}
    return found if own is None else {**found, ORGANISATION: own}


def draw(installation: Installation, size: int) -> Sample:
    """A sample of all that was signed last; of the whole log, by the ends of its chains, before anything was signed."""
    with db.reading(installation.database) as tx:
        signed = store_log.newest_checkpoint(tx)
        if signed is None:
            seed, source = sample.seed_of_heads(store_questions.heads(tx)), "de einden van alle ketens"
            digests, among = store_questions.digests(tx), store_questions.count_all(tx)
        else:
            among = signed.frontier.size
            seed, source = sample.seed_of_checkpoint(signed.note), f"het controlepunt van {among} regels"
            digests = (one.hex() for one in store_evidence.leaves(tx, signed.log, among))
        chosen = sample.drawn(digests, seed, size)
        entries = {one.digest: one for one in store_questions.entries_named(tx, chosen)}
    rows = tuple(recorded(entries[one]) | {"zin": sentence_of(entries[one])} for one in chosen if one in entries)
    return Sample(seed, source, among, rows)
