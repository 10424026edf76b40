"""Judging every ruling of a case again, from the log alone: the same question must get the same answer.

The registers are rebuilt from the records (never read from the tables), the actor's roles from the organisation's
chain. Only the way from a resident's reference in a case to the one in that chain needs the installation's secret.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product

from sqlalchemy import Connection

from engine import acts, elsewhere, registers
from engine.acts import Ask, Standing
from engine.definition import Definition
from engine.elsewhere import NOTHING, Elsewhere
from engine.question import CaseFacts
from engine.roles import Scope, in_force, values_of
from engine.submission import text
from engine.terms import Action, Actor, ActSpec, Fact, Json, Register, Ruling, Task
from engine.trail import record
from engine.trail.kinds import kind_of
from service import db, hearing, neighbours, store, store_people, store_trail
from service.faults import Unknown
from service.installation import Installation
from service.store import CaseRow
from service.store_trail import ORGANISATION

_EVERYBODY = 10_000_000
_MANY = 1_000  # orders that are tried of what happened in one millisecond
_ASSIGNED = {"taak:opgepakt": "actor", "taak:overgedragen": "other", "taak:teruggegeven": None}
_STATUS = {
    "zaak:opgeschort": "opgeschort",
    "zaak:hervat": "lopend",
    "zaak:afgebroken": "afgebroken",
    "zaak:gereed": "gereed",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One ruling of the log beside the ruling that the engine gives today on the same facts."""

    seq: int
    kind: str
    recorded: tuple[str, str]  # outcome, rule
    again: tuple[str, str]

    @property
    def agrees(self) -> bool:
        """Whether outcome and rule are the same."""
        return self.recorded == self.again


def replay(installation: Installation, case_id: str) -> list[Replayed]:
    """Every ruling in the chain of this case, judged again. Raises Unknown."""
    with db.reading(installation.database) as tx:
        row = store.read_case(tx, case_id)
        if row is None:
            raise Unknown("Deze zaak bestaat niet.")
        return list(_Log(installation, tx, row).judged())


class _Log:
    """The log of one dossier, read once: its facts in order, who had which task, and what state the case was in."""

    def __init__(self, installation: Installation, tx: Connection, row: CaseRow) -> None:
        self.installation, self.tx, self.row = installation, tx, row
        self.definition: Definition = installation.definition(tx, row.definition)
        self.own: list[Fact] = []  # of the case's own chain, as far as it has been judged
        self.others: list[Fact] = []
        at_once: dict[tuple[datetime, str], list[str]] = defaultdict(list)  # when each other chain recorded what
        for key in (one for one in store_trail.chains_of_dossier(tx, row.dossier) if one != row.id):
            for one in self._facts(key):
                self.others.append(one)
                at_once[one.at, key].append(one.record)
        self.organisation: dict[str, list[Fact]] = defaultdict(list)
        for one in self._facts(ORGANISATION):
            self.organisation[one.subject].append(one)
            at_once[one.at, ORGANISATION].append(one.record)
        self.recorded: dict[datetime, list[list[str]]] = defaultdict(list)  # in order, for each chain
        for (at, _), records in at_once.items():
            self.recorded[at].append(list(dict.fromkeys(records)))
        self.unseen: frozenset[str] = frozenset()
        self.references = {
            hearing.reference(installation, one.id, one.is_resident, row.id): hearing.reference(
                installation, one.id, one.is_resident, ORGANISATION
            )
            for one in store_people.people(tx, after="", limit=_EVERYBODY)
        }
        self.elsewhere: Elsewhere | None = None  # read when something is judged that looks there
        self.assignees: dict[str, str | None] = {}
        self.status = "lopend"

    def _facts(self, key: str) -> Iterator[Fact]:
        for _seq, digest, _kind, _at, body in store_trail.records(self.tx, key):
            yield from registers.facts_of(record.read(body), digest)

    def _elsewhere(self) -> Elsewhere:
        """What other dossiers hold; like the other chains of this one they have no order with it but time."""
        if self.elsewhere is None:
            own, others = neighbours.neighbours(self.tx, self.definition, self.row, for_account=True)
            chains = {one.id: store_trail.chains_of_dossier(self.tx, one.id) for one in others}
            facts = {key: list(self._facts(key)) for keys in chains.values() for key in keys}
            known = ((one, [fact for key in chains[one.id] for fact in facts[key]]) for one in others)
            self.elsewhere = elsewhere.seen_from(own, known)
            seen = {fact.record for fact in self.elsewhere.facts}
            for listed in facts.values():
                at_once: dict[datetime, list[str]] = defaultdict(list)
                for fact in listed:
                    if fact.record in seen:
                        at_once[fact.at].append(fact.record)
                for at, records in at_once.items():
                    self.recorded[at].append(list(dict.fromkeys(records)))
        return self.elsewhere

    def judged(self) -> Iterator[Replayed]:
        """Each ruling of the case's chain with today's."""
        for seq, digest, kind, at, text_ in store_trail.records(self.tx, self.row.id):
            body = record.read(text_)
            ruling = body.get("ruling")
            if isinstance(ruling, dict) and "action" in body:
                recorded = (str(ruling.get("outcome")), str(ruling.get("rule")))
                yield Replayed(seq, kind, recorded, self._judged(body, at, recorded))
            self.own += registers.facts_of(body, digest)
            self._note(kind, body)

    def _judged(self, body: Mapping[str, Json], at: datetime, recorded: tuple[str, str]) -> tuple[str, str]:
        """Today's outcome and rule.

        What other chains recorded in the very millisecond of the ruling came before it or after it: two chains have no
        order between them but time. Each place among those records is a log that can have been.
        """
        if self._looks_elsewhere(body):
            self._elsewhere()
        at_once = self.recorded.get(at, [])
        found: list[tuple[str, str]] = []
        for places in islice(product(*(range(len(chain), -1, -1) for chain in at_once)), _MANY):
            self.unseen = frozenset(one for chain, seen in zip(at_once, places, strict=True) for one in chain[seen:])
            again = self._again(body, at)
            found.append(("allowed" if again.allowed else "refused", again.rule))
            if found[-1] == recorded:
                return recorded
        return found[0]

    def _about(self, ref: str) -> tuple[Fact, ...]:
        return tuple(filter(self._is_seen, self.organisation.get(ref, ())))

    def _is_seen(self, one: Fact) -> bool:
        return one.record not in self.unseen

    def _looks_elsewhere(self, body: Mapping[str, Json]) -> bool:
        is_attempt = body.get("action") == Action.ATTEMPT
        return acts.looks_elsewhere(self._task(body), _part(body, "values").get("handeling") if is_attempt else None)

    def _note(self, kind: str, body: Mapping[str, Json]) -> None:
        self.status = _STATUS.get(kind, self.status)
        if kind in _ASSIGNED:
            task, named = _part(body, "task"), _ASSIGNED[kind]
            who = _part(body, "actor").get("ref") if named == "actor" else body.get("other")
            self.assignees[str(task["id"])] = None if named is None else str(who)

    def _again(self, body: Mapping[str, Json], at: datetime) -> Ruling:
        action, task = Action(str(body["action"])), self._task(body)
        actor = self._actor(str(_part(body, "actor")["ref"]), at)
        other = body.get("other")
        ask = Ask(actor, action, task, _part(body, "values"), None if other is None else self._actor(str(other), at))
        needed = acts.registers_needed(action, task)
        known = [*(one for one in self.others if one.at <= at and self._is_seen(one)), *self.own]
        facts = [one for one in known if one.register in needed]
        others = self._elsewhere().of(self._is_seen) if self._looks_elsewhere(body) else NOTHING
        if task is not None and task.spec.four_eyes is not None:
            facts += [one for one in self.own if one.register is Register.VERRICHT]
        if action is Action.CORRECT:
            facts += [one for one in self.own if one.record == _part(body, "values").get("regel")]
        assignee = None if task is None else self.assignees.get(task.id)
        scope = Scope(gemeente="", wijk=self.row.wijk, group=self.row.group)
        lanes = self.definition.seen_by(self.row.process)
        case = CaseFacts(self.row.id, self.row.dossier, self.status, assignee, lanes)
        standing = Standing(self.definition, scope, case)
        if ask.action is not Action.START and not acts.judge(_reading(actor), standing, (), at).allowed:
            return acts.judge(_reading(actor), standing, (), at)
        ruling = acts.judge(ask, standing, facts, at, others)
        if ruling.allowed and task is not None and _part(body, "effect").get("ended") is True:
            kind = kind_of(action, task.spec.act, allowed=True, values=ask.submission)
            own = registers.facts_of({**body, "kind": kind.value, "ruling": {}}, "")
            last = acts.ending(standing, [*known, *own], at)
            return ruling if last.allowed else last
        return ruling

    def _task(self, body: Mapping[str, Json]) -> Task | None:
        told = _part(body, "task")
        if not told:
            return None
        element = self.definition.processes[str(told["process"])].elements[str(told["element"])]
        group = told.get("group")
        return Task(
            id=str(told["id"]),
            element=element.id,
            name=element.name,
            process=str(told["process"]),
            phase=None if told.get("phase") is None else str(told["phase"]),
            group=None if group is None else str(group),
            spec=element.act or ActSpec(),
            subject=str(told.get("subject", "*")),
        )

    def _actor(self, ref: str, at: datetime) -> Actor:
        known = self.references.get(ref, ref)
        own = self._about(known)
        facts = (*own, *(fact for role in acts.roles_in(own) for fact in self._about(role)))
        named = {text(values_of(one), "vervangt") for one in in_force(facts, Register.VERVANGINGEN, at)}
        here = {everywhere: one for one, everywhere in self.references.items()}
        others = {here.get(name, name): self._about(name) for name in sorted(named)}
        return Actor(ref, hearing.replaced(facts, here), others)


def _reading(actor: Actor) -> Ask:
    return Ask(actor, Action.READ, None, {})


def _part(body: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
