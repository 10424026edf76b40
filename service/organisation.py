"""Acts of the organisation itself, in its own chain: roles, mandates, substitutions, accounts.

They are judged by the rights of the newest released process family, exactly as acts in a case are, and every refusal is
recorded. One transaction each; who acts queues on the head of the organisation's chain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from engine import acts, definition
from engine import roles as catalogue
from engine.acts import Ask, Standing
from engine.question import CaseFacts
from engine.roles import Scope, holdings
from engine.terms import Action, Actor, Json, Register, Values
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record
from engine.trail.seal import Sealed
from service import db, hearing, store_definitions, store_people, store_questions, store_trail
from service.faults import Conflict
from service.hearing import Refused
from service.installation import Installation
from service.store_people import PersonRow
from service.store_trail import ORGANISATION


@dataclass(frozen=True, slots=True)
class Administration:
    """One act of the organisation: what is asked, the kind of record it leaves, and what it leaves when refused."""

    action: Action
    kind: Kind
    submission: Values
    other: str | None = None  # the reference of the person whom the act concerns
    refused: Kind = Kind.ACT_REFUSED
    first: Kind | None = None  # what is recorded before it when it is allowed: a new account


_MOST_KNOWN = 10_000
DESTRUCTION = (Register.VERNIETIGINGEN, Register.BEWAARPLICHTEN)
_RESTS_ON = {
    Action.DEPLOY: (Register.PROCESMODELLEN,),
    Action.DISMISS: (Register.ROLLEN,),
    Action.REVOKE: (Register.MANDATEN, Register.VERVANGINGEN),
    Action.SUBSTITUTE: (Register.VERVANGINGEN,),
    **dict.fromkeys((Action.DESTROY, Action.ORDER, Action.ABANDON, Action.PRESERVE), DESTRUCTION),
}


def hold_head(tx: Connection) -> Head:
    """The head of the organisation's chain, locked; the chain begins at its first record."""
    head = store_trail.hold_chain(tx, ORGANISATION)
    if head is None:
        head = Head(ORGANISATION)
        store_trail.start_chain(tx, head)
    return head


def standing(installation: Installation, tx: Connection) -> Standing:
    """The rights that govern the organisation now; Conflict before the first process family is released."""
    version = store_definitions.current_version(tx)
    if version is None:
        raise Conflict("Er is nog geen procesmodel vrijgegeven; daarin staan de rollen en rechten.")
    case = CaseFacts(id=ORGANISATION, dossier=ORGANISATION, status="lopend", assignee=None)
    return Standing(installation.definition(tx, version), Scope(gemeente=""), case)


def actor(tx: Connection, ref: str) -> Actor:
    """The person with this reference as the rules see them: with the roles, mandates and substitutions on record."""
    return Actor(ref, store_trail.facts_about(tx, ref))


def reference(installation: Installation, person: PersonRow) -> str:
    """The person's stable reference in the organisation's chain."""
    return hearing.reference(installation, person.id, person.is_resident, ORGANISATION)


def people_named(installation: Installation, tx: Connection, references: Collection[str]) -> dict[str, PersonRow]:
    """Who these references stand for in the organisation's chain, in the order of the people."""
    found = store_people.everybody(tx) if references else []
    named = ((reference(installation, one), one) for one in found)
    return {ref: installation.names.opened(one) for ref, one in named if ref in references}


def act(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    asked: Administration,
    now: datetime,
    sealed: tuple[Sealed, ...] = (),
) -> Record | Refused:
    """Judge and record one act in the caller's transaction; a Refused is to be raised after the commit."""
    head = hold_head(tx)
    where = standing(installation, tx)
    other = None if asked.other is None else actor(tx, asked.other)
    ask = Ask(actor(tx, reference(installation, by)), asked.action, None, asked.submission, other)
    facts = store_trail.facts_of(tx, ORGANISATION, _RESTS_ON.get(asked.action, ()))
    now = hearing.not_before(now, (*facts, *ask.actor.facts, *(() if other is None else other.facts)))
    ruling = acts.judge(ask, where, facts, now)
    fields = acts.content(ask, where, ruling, now)
    entries: list[tuple[Kind, Values]] = [(asked.kind if ruling.allowed else asked.refused, fields)]
    if ruling.allowed and asked.first is not None:
        entries.insert(0, (asked.first, {name: fields[name] for name in ("actor", "other") if name in fields}))
    record = hearing.write(installation, tx, head, entries, now, sealed)[-1]
    return record if ruling.allowed else Refused(ruling, record.digest)


def appoints(installation: Installation, tx: Connection, by: PersonRow, now: datetime) -> bool:
    """Whether this person may appoint people, by a role of his own."""
    where = standing(installation, tx)
    appointers = where.definition.roles.may.get(Action.APPOINT, frozenset())
    return any(
        held.role in appointers for held in holdings(actor(tx, reference(installation, by)), where.scope, "*", now)
    )


def require_appointer(installation: Installation, by: PersonRow, now: datetime) -> None:
    """Raise Refused, recorded, unless this person may appoint people: who may not does not look into accounts."""
    with db.reading(installation.database) as tx:
        if appoints(installation, tx, by, now):
            return
    _refuse(installation, by, Action.APPOINT, now)


def require_operator(installation: Installation, by: PersonRow, now: datetime) -> None:
    """Raise Refused, recorded, unless this person may retry what got stuck, in the whole city."""
    with db.reading(installation.database) as tx:
        asker = actor(tx, reference(installation, by))
        if acts.judge(Ask(asker, Action.RETRY, None, {}), standing(installation, tx), (), now).allowed:
            return
    _refuse(installation, by, Action.RETRY, now)


def _refuse(installation: Installation, by: PersonRow, action: Action, now: datetime) -> None:
    with db.writing(installation.database) as tx:
        refused = act(installation, tx, by, Administration(action, Kind.ACT_REFUSED, {}), now)
    if isinstance(refused, Refused):
        raise refused


def offered(installation: Installation, by: PersonRow, now: datetime) -> frozenset[str]:
    """The powers that this person holds for the whole organisation: what a page offers; no ruling rests on it.

    One SELECT as long as nothing in the organisation has changed.
    """
    with db.glancing(installation.database) as tx:
        head = store_questions.head_of_organisation(tx)
    if head is None:
        return frozenset()
    known = installation.offered.get(by.id)
    if known is None or known[0] != head[0]:
        with db.reading(installation.database) as tx:
            version = store_definitions.current_version(tx)
            facts = store_trail.facts_about(tx, reference(installation, by))
            may = installation.definition(tx, version).roles.may if version else {}
        if len(installation.offered) >= _MOST_KNOWN:
            installation.offered.clear()
        known = installation.offered[by.id] = head[0], facts, may
    held = {one.role for one in holdings(Actor("", known[1]), Scope(gemeente=""), "*", now)}
    return frozenset(power for power, roles in known[2].items() if roles & held)


def administrator_role(installation: Installation, tx: Connection) -> str:
    """The role that the first administrator gets: one of management to which the city gives appointing.

    Before the first release the catalogue in the directory of the city says which.
    """
    if store_definitions.current_version(tx) is None:
        roles, _ = catalogue.Roles.read((installation.config.city / definition.ROLES).read_bytes())
    else:
        roles = standing(installation, tx).definition.roles
    found = roles and sorted(
        role for role in roles.may.get(Action.APPOINT, frozenset()) if roles.kind(role) is catalogue.Kind.MANAGEMENT
    )
    if not found:
        raise Conflict("In rollen.toml mag geen rol van de soort beheer benoemen; geef er een die bevoegdheid.")
    return found[0]


def note_account(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    person: PersonRow,
    now: datetime,
    kind: Kind = Kind.PERSON_ADDED,
) -> None:
    """Record what `by`, who appoints people, did with the account of a person."""
    fields: dict[str, Json] = {"actor": {"ref": reference(installation, by)}, "other": reference(installation, person)}
    hearing.write(installation, tx, hold_head(tx), [(kind, fields)], now)


def actor_in(installation: Installation, tx: Connection, person: PersonRow, chain: str) -> Actor:
    """The person under the reference of this chain (a resident has another one in each case)."""
    known = actor(tx, reference(installation, person))
    return replace(known, ref=hearing.reference(installation, person.id, person.is_resident, chain))


def reference_of(installation: Installation, tx: Connection, person_id: str | None) -> str | None:
    """The stable reference of the person with this id; None for nobody (the command line)."""
    found = None if person_id is None else store_people.read_person(tx, person_id)
    return None if found is None else reference(installation, found)
