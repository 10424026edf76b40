"""Hearing an act: who asks, in which case, with which facts; and the ruling of the engine, recorded when it refuses."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from engine import acts, registers
from engine.acts import Ask, Standing
from engine.definition import Definition
from engine.elsewhere import NOTHING, Elsewhere
from engine.question import CaseFacts
from engine.roles import Scope, in_force, values_of
from engine.submission import text
from engine.terms import Action, Actor, ActSpec, Fact, Json, Register, Ruling, Task, Values
from engine.trail import record, seal
from engine.trail.kinds import Kind, kind_of
from engine.trail.record import Head, Record
from engine.trail.seal import Sealed
from service import neighbours, sealing, store, store_people, store_sealed, store_trail, store_wijken
from service.faults import Unknown
from service.installation import Installation
from service.store import CaseRow, TaskRow
from service.store_people import PersonRow
from service.store_trail import ORGANISATION

_MOST_KNOWN = 10_000


class Refused(Exception):
    """Dit mag niet; het is vastgelegd"""

    def __init__(self, ruling: Ruling, digest: str) -> None:
        """Keep the ruling, and the digest of the record that holds it."""
        super().__init__(f"{ruling.rule}: {ruling.reason}")
        self.ruling, self.record = ruling, digest


class Hearing(NamedTuple):
    """All that an act in a case is judged by, within its transaction; `task` is None outside a task.

    `elsewhere` is what the other dossiers of the wijk hold, for acts that look there.
    `now` is the moment of the act: acts happen in the order in which they get hold of the case.
    """

    row: CaseRow
    task: Task | None
    actor: Actor
    facts: tuple[Fact, ...]
    standing: Standing
    now: datetime
    elsewhere: Elsewhere = NOTHING


def reference(installation: Installation, person: str, is_resident: bool, chain: str) -> str:
    """How a person is named in this chain: an official by one stable reference, a resident by one per case."""
    return seal.reference(installation.secret, person, chain if is_resident and chain != ORGANISATION else None)


def hear(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    row: CaseRow,
    task_row: TaskRow | None,
    registers_needed: Collection[Register],
    now: datetime,
    organised: int | None = None,
    attempted: Json = None,
) -> Hearing:
    """Load what the ruling rests on: the person's roles, mandates and substitutions, and the registers it needs.

    `organised` is how far the chain of the organisation is, when the caller holds it there: what somebody may do only
    changes with it, and is read again when it has moved. `attempted` is the act that an attempt without a task names.
    """
    definition = installation.definition(tx, row.definition)
    own = _facts_about(installation, tx, reference(installation, by.id, by.is_resident, ORGANISATION), organised)
    if registers_needed:  # a mandate may be given to a role; work needs none
        own += tuple(fact for role in acts.roles_in(own) for fact in store_trail.facts_about(tx, role))
    now = not_before(now, own)
    actor = _actor(installation, tx, by, own, row.id, now)
    facts = store_trail.facts_of(tx, row.dossier, registers_needed)
    task = None if task_row is None else task_of(definition, task_row)
    scope = Scope(gemeente="", wijk=row.wijk, group=row.group)
    standing = Standing(definition, scope, case_facts(installation, tx, row, task_row))
    elsewhere = NOTHING
    if registers_needed and acts.looks_elsewhere(task, attempted):
        store_wijken.hold(tx, row.wijk)  # two dossiers do not bind and decide at once, each unseen by the other
        elsewhere = neighbours.elsewhere_of(tx, definition, row, acts.gives_account(task, attempted))
    if task is not None and task.spec.four_eyes is not None:
        facts = (*facts, *performed(tx, row.id, task.spec.four_eyes))
    known = [*facts, *elsewhere.facts, *(fact for others in actor.stands_in_for.values() for fact in others)]
    return Hearing(row, task, actor, facts, standing, not_before(now, known), elsewhere)


def _facts_about(installation: Installation, tx: Connection, person: str, organised: int | None) -> tuple[Fact, ...]:
    seen, known = installation.powers.get(person, (None, ()))
    if organised is not None and seen == organised:
        return known
    found = store_trail.facts_about(tx, person)
    if organised is not None:
        if len(installation.powers) >= _MOST_KNOWN:
            installation.powers.clear()
        installation.powers[person] = organised, found
    return found


def not_before(now: datetime, facts: Sequence[Fact]) -> datetime:
    """`now`, or the moment of the newest of these facts when that is later.

    A request waits for its turn with the moment at which it came in; what others did meanwhile, or a server whose clock
    is ahead, would otherwise be in its future, and a rule looks at no fact from the future.
    """
    return max(now, *(fact.at for fact in facts)) if facts else now


def _actor(
    installation: Installation, tx: Connection, by: PersonRow, own: tuple[Fact, ...], chain: str, now: datetime
) -> Actor:
    """The person as this chain may know her: of a resident nothing stands in it that stands in another chain too."""
    named = sorted({text(values_of(fact), "vervangt") for fact in in_force(own, Register.VERVANGINGEN, now)})
    others = {name: store_trail.facts_about(tx, name) for name in named}
    here = {name: name for name in named}
    if named:
        for person in store_people.residents(tx):
            everywhere = reference(installation, person, True, ORGANISATION)
            if everywhere in here:
                here[everywhere] = reference(installation, person, True, chain)
    stands_in_for = {
        here[name]: facts if here[name] == name else unlinked(installation, facts, chain)
        for name, facts in others.items()
    }
    own = replaced(own, here)
    return Actor(
        reference(installation, by.id, by.is_resident, chain),
        unlinked(installation, own, chain) if by.is_resident else own,
        stands_in_for,
    )


def replaced(facts: tuple[Fact, ...], here: Mapping[str, str]) -> tuple[Fact, ...]:
    """The rows, in which a substitution names the person substituted as this chain does."""
    return tuple(
        _with(fact, "vervangt", here[name]) if (name := text(values_of(fact), "vervangt")) in here else fact
        for fact in facts
    )


def unlinked(installation: Installation, facts: tuple[Fact, ...], chain: str) -> tuple[Fact, ...]:
    """The rows of a resident under digests that hold in this chain alone.

    The record that gave a role would be the same ground in every case, and so tell who acts in all of them.
    """

    def name(digest: str) -> str:
        return hmac.new(installation.secret, f"grond\n{chain}\n{digest}".encode(), "sha256").hexdigest()

    found = (replace(fact, record=name(fact.record)) for fact in facts)
    return tuple(
        _with(fact, "trekt_in", name(gone)) if (gone := text(values_of(fact), "trekt_in")) else fact for fact in found
    )


def _with(fact: Fact, name: str, value: str) -> Fact:
    return replace(fact, body={**fact.body, "gegevens": {**values_of(fact), name: value}})


def case_facts(installation: Installation, tx: Connection, row: CaseRow, task_row: TaskRow | None) -> CaseFacts:
    """What the rulings need to know of the case and of who has the task."""
    assignee = None
    if task_row is not None and task_row.assignee is not None:
        assignee = reference(installation, task_row.assignee, task_row.assignee_is_resident, row.id)
    lanes = installation.definition(tx, row.definition).seen_by(row.process)
    return CaseFacts(id=row.id, dossier=row.dossier, status=row.status, assignee=assignee, lanes=lanes)


def task_of(definition: Definition, row: TaskRow) -> Task:
    """The engine's task of this row; what its act asks stands in the definition to which the case is pinned."""
    element = definition.processes[row.process].elements[row.element]
    return Task(
        id=row.id,
        element=row.element,
        name=row.name,
        process=row.process,
        phase=row.phase,
        group=row.group,
        spec=element.act or ActSpec(),
        subject=row.subject,
        due=row.due,
        inputs=row.inputs,
    )


def performed(tx: Connection, case_id: str, element: str) -> tuple[Fact, ...]:
    """Who performed this element in this case, as facts: read from the records themselves."""
    bodies = store_trail.bodies(tx, store.records_of_element(tx, case_id, element))
    return tuple(
        fact
        for digest, body in bodies.items()
        for fact in registers.facts_of(record.read(body), digest)
        if fact.register is Register.VERRICHT
    )


def write(
    installation: Installation,
    tx: Connection,
    head: Head,
    entries: Sequence[tuple[Kind, Values]],
    now: datetime,
    sealed: Sequence[Sealed] = (),
    dossier: str | None = None,
) -> list[Record]:
    """Record these entries at the end of a chain that this transaction holds, with the register rows that follow."""
    written = append(installation, tx, head, entries, now, sealed, dossier)
    store_trail.move_head(tx, written[-1].head)
    return written


def append(
    installation: Installation,
    tx: Connection,
    head: Head,
    entries: Sequence[tuple[Kind, Values]],
    now: datetime,
    sealed: Sequence[Sealed] = (),
    dossier: str | None = None,
) -> list[Record]:
    """As `write`, but the caller moves the head: together with the case, in the one UPDATE that saves it."""
    written: list[Record] = []
    facts: list[Fact] = []
    for kind, fields in entries:
        one = record.compose(head, kind, fields, log=installation.config.origin, at=now, nonce=installation.entropy(16))
        head = one.head
        written.append(one)
        facts += established(one.digest, kind, fields, head.chain, now)
    store_trail.append(tx, written)
    if sealed:
        store_sealed.put(tx, sealing.close(installation.keys, head.chain, sealed, installation.entropy))
    store_trail.insert_facts(tx, dossier or head.chain, facts)
    return written


def established(digest: str, kind: Kind, fields: Values, chain: str, now: datetime) -> list[Fact]:
    """The register rows of a record that is about to be written; who did what is read from the records themselves."""
    if kind is Kind.TASK_COMPLETED:
        return []  # work lands in no register
    body = {**fields, "kind": kind.value, "case": chain, "at": record.instant(now)}
    return [one for one in registers.facts_of(body, digest) if one.register is not Register.VERRICHT]


def judge(
    installation: Installation,
    tx: Connection,
    hearing: Hearing,
    ask: Ask,
    now: datetime,
    sealed: Sequence[Sealed] = (),
) -> tuple[Ruling, Refused | Unknown | None]:
    """The ruling; a refusal is recorded now, and comes with the exception to raise after the commit."""
    ruling = acts.judge(ask, hearing.standing, hearing.facts, now, hearing.elsewhere)
    if ruling.allowed:
        return ruling, None
    unseen = outsider(installation, tx, hearing, ask, now)
    if unseen is not None:
        return ruling, unseen
    return ruling, refused(installation, tx, hearing, ask, ruling, now, sealed)


def refused(
    installation: Installation,
    tx: Connection,
    hearing: Hearing,
    ask: Ask,
    ruling: Ruling,
    now: datetime,
    sealed: Sequence[Sealed],
    done: Values | None = None,
) -> Refused:
    """The refusal, recorded; `done` is what the act would have done, when that is why it is refused."""
    return Refused(ruling, _record_refusal(installation, tx, hearing, ask, ruling, now, sealed, done))


def outsider(installation: Installation, tx: Connection, hearing: Hearing, ask: Ask, now: datetime) -> Unknown | None:
    """For whom the case does not exist: somebody outside its wijk and party; the attempt is recorded all the same."""
    ruling = may_read(hearing, now)
    if ruling.allowed:
        return None
    _record_refusal(installation, tx, hearing, ask, ruling, now, ())
    return Unknown("Deze zaak bestaat niet, of hoort niet bij uw wijk of partij.")


def may_read(hearing: Hearing, now: datetime) -> Ruling:
    """The ruling on reading this case."""
    return acts.judge(Ask(hearing.actor, Action.READ, None, {}), hearing.standing, (), now)


def _record_refusal(
    installation: Installation,
    tx: Connection,
    hearing: Hearing,
    ask: Ask,
    ruling: Ruling,
    now: datetime,
    sealed: Sequence[Sealed],
    done: Values | None = None,
) -> str:
    kind = kind_of(ask.action, None if ask.task is None else ask.task.spec.act, allowed=False)
    fields = acts.content(ask, hearing.standing, ruling, now, done)
    head = Head(hearing.row.id, hearing.row.seq, hearing.row.head)
    return write(installation, tx, head, [(kind, fields)], now, sealed, hearing.row.dossier)[-1].digest
