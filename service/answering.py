"""Who is answerable for a dossier, now or on another day, and which of the two posts is vacant (INV-35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.answerables import answerables, vacancies
from engine.registers import Registers
from engine.roles import Scope, in_force, reaches, values_of
from engine.submission import end_of, text
from engine.terms import Fact, Register
from service import db, reading, store_trail
from service.installation import Installation
from service.store_people import PersonRow
from service.store_trail import ORGANISATION


@dataclass(frozen=True, slots=True)
class Answerable:
    """The roles that are answerable, since when, by which record; None where nobody was assigned."""

    political: str | None
    civil: str | None
    since: datetime | None
    record: str | None
    vacant: tuple[str, ...]


def answerable(installation: Installation, by: PersonRow, case_id: str, on: date | None, now: datetime) -> Answerable:
    """Who is answerable at the end of that day (now, when it is not over), with the vacancies that alarm (INV-35).

    Raises Unknown for a case that this person cannot read.
    """
    at = now if on is None else min(now, end_of(on.isoformat()))
    with db.reading(installation.database) as tx:
        row = reading.readable(installation, tx, by, case_id, now).row
        facts = store_trail.facts_of(tx, row.dossier, {Register.AANSPREEKBAREN})
        given = store_trail.facts_of(tx, ORGANISATION, {Register.ROLLEN})
    scope = Scope(gemeente="", wijk=row.wijk)
    held = {text(values_of(fact), "rol") for fact in in_force(given, Register.ROLLEN, at) if _reaches(fact, scope)}
    found = answerables(Registers(facts, at), at)
    vacant = vacancies(found, held)
    if found is None:
        return Answerable(None, None, None, None, vacant)
    return Answerable(found.political, found.civil, found.fact.at, found.fact.record, vacant)


def _reaches(fact: Fact, scope: Scope) -> bool:
    return reaches(values_of(fact), scope, "*")
