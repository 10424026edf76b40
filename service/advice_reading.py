"""What people read of advice requests: what was asked for a task and what came of it, and what waits for oneself.

The words are opened for who has the task or may take it up, and for who was asked; that they were read is recorded,
once a day. A resident is told nothing of what colleagues ask each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.advice_requests import AdviceRequest, requests_in
from engine.conditions.advice_requests import is_staff
from engine.roles import Holding, Reach, reaches
from engine.submission import text
from engine.terms import Json, Register, Values
from service import absences, db, hearing, openings, organisation, reading, store, store_reading, store_trail
from service.absences import Absence, Colleague
from service.faults import Unknown
from service.hearing import Hearing
from service.installation import Installation
from service.openings import Reader
from service.store import TaskRow
from service.store_people import PersonRow
from service.store_reading import OpenTask

GROUND = "adviesverzoek"  # on which who has the task, or was asked, reads what was written
_UNKNOWN = "Deze taak bestaat niet, of hoort niet bij uw wijk of partij."


@dataclass(frozen=True, slots=True)
class Told:
    """A request with the names of who asks and who was asked; the words are None for who may not read them."""

    request: AdviceRequest
    asker: str
    adviser: str
    question: Json
    reply: Json


@dataclass(frozen=True, slots=True)
class Consultation:
    """All that was asked for a task; `may_ask` says whether one may ask, remind and withdraw, as far as is known."""

    row: TaskRow
    requests: list[Told]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for somebody's answer, with its task."""

    request: AdviceRequest
    task: OpenTask


def of_task(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> Consultation:
    """What was asked for this task, in order. Raises Unknown outside one's wijk and party."""
    with db.reading(installation.database) as tx:
        heard, row = _heard(installation, tx, by, task_id, now)
        reader = Reader(installation, tx)
        is_own = not by.is_resident and reading.may_handle(installation, tx, by, heard, row, heard.now)
        told = told_in(reader, by, heard, task_id, is_own)
    openings.note(installation, by, reader.met, now, GROUND)
    keeps_words = heard.standing.case.lanes is None
    return Consultation(row, told, is_own and keeps_words and row.status == "open")


def told_in(
    reader: Reader, by: PersonRow, heard: Hearing, task_id: str, is_own: bool, is_known: bool = False
) -> list[Told]:
    """What was asked for this task, as this reader may know it; whoever reads notes what the reader met.

    `is_known` says that who heard the case read this register with it.
    """
    if by.is_resident:
        return []
    tx, only = reader.tx, (Register.ADVIESVERZOEKEN,)
    found = requests_in(heard.facts if is_known else store_trail.facts_of(tx, heard.row.dossier, only), task_id)
    refs = {ref for one in found for ref in (one.by, one.adviser)}
    names = {ref: one.name for ref, one in organisation.people_named(reader.installation, tx, refs).items()}
    return [_told(reader, one, names, is_own or one.adviser == heard.actor.ref) for one in found]


def read_one(
    installation: Installation, by: PersonRow, task_id: str, request: str, now: datetime
) -> tuple[Consultation, Told, bool, Absence | None]:
    """One request with its task, whether it waits for this person's answer, and who is away that it waits for.

    Raises Unknown.
    """
    found = of_task(installation, by, task_id, now)
    told = next((one for one in found.requests if one.request.record == request), None)
    if told is None:
        raise Unknown("Dit adviesverzoek is er niet.")
    is_asked = told.request.adviser == organisation.reference(installation, by)
    if not told.request.is_open or found.row.status != "open":
        return found, told, False, None
    with db.reading(installation.database) as tx:
        away = absences.away_now(installation, tx, now).get(told.request.adviser)
    return found, told, is_asked, away


def waiting_for(installation: Installation, by: PersonRow, now: datetime) -> list[Waiting]:
    """What this person was asked and did not answer yet, where the task is still open; the first to end first."""
    if by.is_resident:
        return []
    with db.reading(installation.database) as tx:
        facts = store_trail.facts_of_adviser(tx, organisation.reference(installation, by))
        found = [one for one in requests_in(facts) if one.is_open]
        if not found:
            return []
        tasks = store_reading.open_tasks(tx, {one.task for one in found})
        wijken = {seat.wijk for seat in reading.seats(installation, tx, by, now)}
    seen = [Waiting(one, tasks[one.task]) for one in found if one.task in tasks]
    return sorted(
        (one for one in seen if wijken & {None, one.task.wijk}), key=lambda one: (one.request.due, one.request.at)
    )


def advisers(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> list[Colleague]:
    """Whom one may ask: the colleagues who may read the case; told to who may ask alone. Raises Unknown."""
    with db.reading(installation.database) as tx:
        heard, row = _heard(installation, tx, by, task_id, now)
        if by.is_resident or not reading.may_handle(installation, tx, by, heard, row, heard.now):
            return []
        roles, scope = heard.standing.definition.roles, heard.standing.scope

        def fits(role: Values) -> bool:
            held = Holding(text(role, "rol"), Reach(text(role, "bereik")), text(role, "groep") or None, "")
            return reaches(role, scope, row.subject) and is_staff(roles, (held,))

        return [one for one in absences.colleagues(installation, tx, heard.now, fits) if one.id != by.id]


def _heard(
    installation: Installation, tx: Connection, by: PersonRow, task_id: str, now: datetime
) -> tuple[Hearing, TaskRow]:
    found = store.read_task(tx, task_id)
    if found is None:
        raise Unknown(_UNKNOWN)
    heard = hearing.hear(installation, tx, by, found[1], found[0], (), now)
    if not hearing.may_read(heard, heard.now).allowed:
        raise Unknown(_UNKNOWN)
    return heard, found[0]


def _told(reader: Reader, one: AdviceRequest, names: dict[str, str], may_read: bool) -> Told:
    words: dict[str, Json] = {"vraag": None, "antwoord": None}
    if may_read:
        words = reader.opened({"vraag": one.question, "antwoord": one.reply})
    return Told(one, names.get(one.by, ""), names.get(one.adviser, ""), words["vraag"], words["antwoord"])
