"""Starting a case: by a person who may, by a message from another case, or by the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask, Standing
from engine.case import Case, Message
from engine.definition import Definition
from engine.expressions.timers import MAX_YEAR
from engine.question import CaseFacts
from engine.roles import Scope
from engine.terms import Action, Actor, Json, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head
from service import advance, db, hearing, organisation, store, store_definitions, store_trail, store_wijken
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Hearing, Refused
from service.installation import Installation
from service.store import CaseRow
from service.store_people import PersonRow

_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")  # it becomes the subject: one spelling, never the whole (*)


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is to be started: `id` is chosen by the caller, so that a repeated request starts nothing twice.

    `dossier` is the year case to which a child case belongs (None: the case is a dossier of its own).
    """

    id: str
    process: str
    wijk: str
    group: str | None = None
    year: int | None = None
    dossier: str | None = None


def start(installation: Installation, by: PersonRow, new: NewCase, now: datetime) -> CaseRow:
    """Start a case on the newest released version. The same again answers the case as it stands.

    Raises Malformed, Unknown (wijk), Conflict (the id stands for another case), Refused.
    """
    with db.writing(installation.database) as tx:
        done = _start(installation, tx, by, new, now)
    if isinstance(done, Exception):
        raise done
    return done


def _start(
    installation: Installation, tx: Connection, by: PersonRow, new: NewCase, now: datetime
) -> CaseRow | Refused | Unknown:
    definition = _checked(installation, tx, new)
    if new.year is None:
        new = replace(new, year=definition.year_of(definition.processes[new.process], now))
    known = store.hold_case(tx, new.id)
    row = known or _new_row(new, definition, now)
    ref = hearing.reference(installation, by.id, by.is_resident, row.id)
    organisation_ref = hearing.reference(installation, by.id, by.is_resident, store_trail.ORGANISATION)
    actor = replace(organisation.actor(tx, organisation_ref), ref=ref)
    now = hearing.not_before(now, actor.facts)
    facts = CaseFacts(id=row.id, dossier=row.dossier, status=row.status)
    standing = Standing(definition, Scope(gemeente="", wijk=row.wijk, group=row.group), facts)
    submission = acts.beginning(definition, new.process) | {"wijk": new.wijk, "jaar": new.year}
    ask = Ask(actor, Action.START, None, submission)
    ruling = acts.judge(ask, standing, (), now)
    if not ruling.allowed:
        head = organisation.hold_head(tx)
        fields = acts.content(ask, standing, ruling, now)
        return Refused(ruling, hearing.write(installation, tx, head, [(Kind.ACT_REFUSED, fields)], now)[-1].digest)
    if known is not None:
        if (known.process, known.wijk, known.group, known.year) != (new.process, new.wijk, new.group, new.year):
            raise Conflict("Onder dit id bestaat al een andere zaak.")
        return known
    if not is_free(tx, definition, new):
        raise Conflict(f"Deze wijk heeft voor {new.year} al zo'n zaak.")
    return open_case(
        installation, tx, Hearing(row, None, actor, (), standing, now), acts.content(ask, standing, ruling, now), now
    )


def is_free(tx: Connection, definition: Definition, new: NewCase) -> bool:
    """Whether the wijk has no such case for that programme year yet; of what is no year case there may be several."""
    if definition.processes[new.process].year is None or new.year is None:
        return True
    organisation.hold_head(tx)  # a person and the calendar at once start one
    return not store.has_year_case(tx, new.process, new.wijk, new.year)


def _checked(installation: Installation, tx: Connection, new: NewCase) -> Definition:
    version = store_definitions.current_version(tx)
    if version is None:
        raise Conflict("Er is nog geen procesmodel vrijgegeven.")
    definition = installation.definition(tx, version)
    faults = []
    process = definition.processes.get(new.process)
    if process is None or not process.startable:
        faults.append(Fault("proces", f"Het procesmodel kent geen proces '{new.process}' dat iemand kan starten."))
    if store_wijken.find(tx, new.wijk) is None:
        faults.append(Fault("wijk", f"De wijk '{new.wijk}' is hier niet bekend."))
    if new.group is None and process is not None and process.needs_group:
        faults.append(Fault("groep", "Deze zaak gaat over het onderwerp van een groep; noem dat, zoals I-03."))
    if new.group is not None and not _GROUP.fullmatch(new.group):
        faults.append(Fault("groep", "Een groep is een korte aanduiding van letters, cijfers, punten en streepjes."))
    if new.group is not None and process is not None and process.is_empty:
        faults.append(Fault("groep", "Van deze zaak wordt geen inhoud bewaard, ook geen groep; laat dit weg."))
    if new.year is not None and not 1900 <= new.year <= MAX_YEAR:
        faults.append(Fault("jaar", f"Een programmajaar ligt tussen 1900 en {MAX_YEAR}."))
    if new.dossier is not None:
        holder = store.read_case(tx, new.dossier)
        if holder is None or holder.wijk != new.wijk or holder.dossier != holder.id:
            faults.append(Fault("dossier", "Dit dossier is in deze wijk niet bekend."))
    if faults:
        raise Malformed(tuple(faults))
    return definition


def _new_row(new: NewCase, definition: Definition, now: datetime) -> CaseRow:
    return CaseRow(
        id=new.id,
        definition=definition.version,
        process=new.process,
        dossier=new.dossier or new.id,
        wijk=new.wijk,
        group=new.group,
        year=new.year,
        status="lopend",
        phase=None,
        revision=0,
        state="",
        started_at=now,
        ended_at=None,
        seq=-1,
        head=Head(new.id).digest,
    )


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a case: nothing in particular (a person), a start event of the calendar, or a message."""

    element: str | None = None
    message: Message | None = None
    sender: str | None = None  # the case that sent the message


def open_case(
    installation: Installation,
    tx: Connection,
    heard: Hearing,
    fields: dict[str, Json],
    now: datetime,
    trigger: Trigger = Trigger(),
) -> CaseRow:
    """The case of `heard.row`, started and stored, its chain begun with `fields`."""
    row = heard.row
    values: Values = {"wijk": row.wijk, "jaar": row.year, "groep": row.group, "zaak": row.id, "dossier": row.dossier}
    case, outcome = Case.start(
        heard.standing.definition, row.process, values, now, element=trigger.element, message=trigger.message
    )
    outcome = advance.settled(tx, row, heard.standing, case, outcome, (), now)
    state = case.snapshot()
    phase = next((task.phase for task in case.tasks.values() if task.phase), None)
    status, ended_at = ("gereed", now) if outcome.ended else (row.status, None)
    fields = {**fields, "effect": acts.effect(None, state, outcome)}
    entries: list[tuple[Kind, Values]] = [(Kind.CASE_STARTED, fields)]
    if outcome.ended:
        entries.append((Kind.CASE_FINISHED, advance.ending(heard.standing, outcome)))
    written = hearing.append(installation, tx, Head(row.id), entries, now, dossier=row.dossier)
    head = written[-1].head
    row = row._replace(state=state, phase=phase, revision=1, status=status, ended_at=ended_at)
    row = row._replace(seq=head.seq, head=head.digest)
    store.insert_case(tx, row)
    advance.open_work(tx, row, case, outcome, now)
    return row


def open_by_system(
    installation: Installation, tx: Connection, definition: Definition, new: NewCase, trigger: Trigger, now: datetime
) -> CaseRow:
    """A case that nobody in particular starts: the calendar does, or a message from another case."""
    row = _new_row(new, definition, now)
    facts = CaseFacts(id=row.id, dossier=row.dossier, status=row.status)
    standing = Standing(definition, Scope(gemeente="", wijk=row.wijk, group=row.group), facts)
    heard = Hearing(row, None, Actor("systeem"), (), standing, now)
    fields = acts.follow_up(standing)
    if trigger.message is not None:
        sent: dict[str, Json] = {"bericht": trigger.message.name, "sleutel": trigger.message.key, "van": trigger.sender}
        fields |= {"values": sent}
    return open_case(installation, tx, heard, fields, now, trigger)
