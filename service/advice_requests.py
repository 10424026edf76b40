"""Advice requests (*adviesverzoeken*): asking colleagues something while a task is open, and answering; on record.

Each is a row of the register `adviesverzoeken`, in the chain of the task's case (`engine.advice_requests`); what people
write is sealed there, in a compartment of its own. The task is completed whether there is an answer or not: from then
on what is still open has lapsed, without a record of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.advice_requests import REPLIES, Sort, requests_in
from engine.deadlines import Term, Unit, last_day
from engine.submission import day_of
from engine.terms import Action, Actor, Json, Values
from engine.trail.kinds import Kind, kind_of
from engine.trail.record import Head, Record
from engine.trail.seal import Sealed
from service import advice_notices, db, hearing, organisation, store_people, submissions
from service.cases import hold_task, require_running
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store_people import PersonRow

MOST_AT_ONCE = 10
_COMPARTMENT = "adviesverzoek"
_WORDS = {"vraag", "antwoord"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ask (a person's id), and how many working days that person has."""

    person: str
    working_days: int


def ask(
    installation: Installation, by: PersonRow, task_id: str, question: str, wanted: Sequence[Wanted], now: datetime
) -> list[Record]:
    """Ask each of these people, each with a term of its own; all of them or, when one may not be asked, nobody.

    Raises Unknown, Malformed, Conflict (closed), Refused.
    """
    named = [one.person for one in wanted]
    if not 0 < len(named) <= MOST_AT_ONCE:
        raise Malformed((Fault("aan", f"Vraag 1 tot {MOST_AT_ONCE} mensen tegelijk."),))
    if len(set(named)) < len(named):
        raise Malformed((Fault("aan", "Noem iedereen één keer."),))
    with db.writing(installation.database) as tx:
        done = _ask(installation, tx, by, task_id, question, wanted, now)
    if isinstance(done, Exception):
        raise done
    return done


def _ask(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    task_id: str,
    question: str,
    wanted: Sequence[Wanted],
    now: datetime,
) -> list[Record] | Refused | Unknown:
    heard = _held(installation, tx, by, task_id, Action.REQUEST, now)
    if isinstance(heard, Unknown):
        return heard
    entries: list[tuple[Kind, Values]] = []
    hidden: list[Sealed] = []
    advisers: list[str] = []
    for one in wanted:
        adviser = _adviser(installation, tx, heard, one.person)
        values = _asked(heard, adviser, one.working_days) | {"vraag": question}
        judged = _judged(installation, tx, heard, Action.REQUEST, values, adviser)
        if isinstance(judged, Exception):
            return judged
        entries.append(judged[0])
        advisers.append(adviser.ref)
        hidden += judged[1]
    records = _written(installation, tx, heard, entries, hidden)
    requests = {one.digest: adviser for one, adviser in zip(records, advisers, strict=True)}
    advice_notices.asked(installation, tx, by, task_id, requests, heard.now)
    return records


def _adviser(installation: Installation, tx: Connection, heard: Hearing, person_id: str) -> Actor:
    found = store_people.read_person(tx, person_id)
    if found is None:
        raise Malformed((Fault("aan", "Deze persoon is hier niet bekend."),))
    if found.is_resident or found.blocked_at is not None:
        raise Malformed((Fault("aan", "Vraag advies aan een medewerker die kan inloggen."),))
    return organisation.actor_in(installation, tx, found, heard.row.id)


def _asked(heard: Hearing, adviser: Actor, days: int) -> dict[str, Json]:
    term = Term(_COMPARTMENT, days, Unit.WORKING_DAYS)
    until = last_day(term, day_of(heard.now), heard.standing.definition.terms.calendar)
    found: dict[str, Json] = {"soort": Sort.ASKED.value, "taak": heard.task.id if heard.task else ""}
    return found | {"adviseur": adviser.ref, "werkdagen": days, "uiterlijk": until.isoformat()}


def answer(installation: Installation, by: PersonRow, task_id: str, request: str, words: str, now: datetime) -> Record:
    """Answer what one was asked. Raises Unknown, Conflict (closed, or over), Refused."""
    return _follow_up(installation, by, task_id, request, Sort.ANSWERED, words, now)


def decline(installation: Installation, by: PersonRow, task_id: str, request: str, words: str, now: datetime) -> Record:
    """Say that one gives no advice, and why if one likes. Raises Unknown, Conflict (closed, or over), Refused."""
    return _follow_up(installation, by, task_id, request, Sort.DECLINED, words, now)


def remind(installation: Installation, by: PersonRow, task_id: str, request: str, now: datetime) -> Record:
    """Remind who did not answer yet, at most once a day. Raises Unknown, Conflict, Refused."""
    return _follow_up(installation, by, task_id, request, Sort.REMINDED, "", now)


def withdraw(installation: Installation, by: PersonRow, task_id: str, request: str, now: datetime) -> Record:
    """Let nobody wait for an answer any more. Raises Unknown, Conflict, Refused."""
    return _follow_up(installation, by, task_id, request, Sort.WITHDRAWN, "", now)


def _follow_up(
    installation: Installation, by: PersonRow, task_id: str, request: str, sort: Sort, words: str, now: datetime
) -> Record:
    with db.writing(installation.database) as tx:
        done = _followed(installation, tx, by, task_id, request, sort, words, now)
    if isinstance(done, Exception):
        raise done
    return done[0]


def _followed(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    task_id: str,
    request: str,
    sort: Sort,
    words: str,
    now: datetime,
) -> list[Record] | Refused | Unknown:
    action = Action.REPLY if sort in REPLIES else Action.REQUEST
    heard = _held(installation, tx, by, task_id, action, now)
    if isinstance(heard, Unknown):
        return heard
    known = next((one for one in requests_in(heard.facts, task_id) if one.record == request), None)
    if known is None:
        raise Unknown("Dit adviesverzoek is er niet.")
    if known.ended is not None:
        raise Conflict(f"Dit adviesverzoek is al {known.ended}; er is niets veranderd.")
    values: dict[str, Json] = {"soort": sort.value, "taak": task_id, "adviseur": known.adviser, "verzoek": request}
    if action is Action.REPLY:
        values["antwoord"] = words or None
    judged = _judged(installation, tx, heard, action, values, None)
    if isinstance(judged, Exception):
        return judged
    if sort is Sort.REMINDED and known.reminded_at and day_of(known.reminded_at) == day_of(heard.now):
        raise Conflict("Hieraan is vandaag al herinnerd; er is niets gedaan.")
    records = _written(installation, tx, heard, [judged[0]], judged[1])
    advice_notices.followed(installation, tx, by, known, sort, heard.standing.case.assignee, heard.now)
    return records


def _held(
    installation: Installation, tx: Connection, by: PersonRow, task_id: str, action: Action, now: datetime
) -> Hearing | Unknown:
    """The case of the task, locked, and all that is judged by; Conflict when there is nothing left to ask or answer."""
    task_row, row = hold_task(tx, task_id)
    task = hearing.task_of(installation.definition(tx, row.definition), task_row)
    needed = acts.registers_needed(action, task)
    heard = hearing.hear(installation, tx, by, row, task_row, needed, now)
    outsider = hearing.outsider(installation, tx, heard, Ask(heard.actor, action, task, {}), heard.now)
    if outsider is not None:
        return outsider
    if task_row.status != "open":
        raise Conflict("De taak is niet meer open; er is niets veranderd.")
    require_running(row)
    return heard


def _judged(
    installation: Installation, tx: Connection, heard: Hearing, action: Action, values: Values, other: Actor | None
) -> tuple[tuple[Kind, Values], tuple[Sealed, ...]] | Refused | Unknown:
    """What is to be recorded, with the words sealed; or the refusal, which is recorded already."""
    submission, hidden = submissions.sealed(installation, heard, values, _WORDS, _COMPARTMENT)
    asked = Ask(heard.actor, action, heard.task, submission, other)
    ruling, refused = hearing.judge(installation, tx, heard, asked, heard.now, hidden)
    if refused is not None:
        return refused
    act = heard.task.spec.act if heard.task else None
    kind = kind_of(action, act, allowed=True, values=submission)
    return (kind, acts.content(asked, heard.standing, ruling, heard.now)), hidden


def _written(
    installation: Installation,
    tx: Connection,
    heard: Hearing,
    entries: Sequence[tuple[Kind, Values]],
    hidden: Sequence[Sealed],
) -> list[Record]:
    row = heard.row
    head = Head(row.id, row.seq, row.head)
    return hearing.write(installation, tx, head, entries, heard.now, hidden, row.dossier)
