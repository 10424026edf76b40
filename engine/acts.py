"""One act, whole and pure: the question, what stands around it, and what the trail holds of it.

The service and the stories walk this same path (judge, advance, settle, content): a story shows what the service does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine import authority, ballot, operations, participation, registers, steps
from engine.accounting import is_account
from engine.administration import SYSTEM
from engine.case import Case, Outcome
from engine.conditions.tasks import RUNNING
from engine.definition import Definition
from engine.elsewhere import BINDING, NOTHING, Elsewhere
from engine.errors import EndForbidden, EngineError
from engine.promises import missed
from engine.question import CaseFacts
from engine.roles import Scope, holdings, values_of
from engine.submission import text
from engine.terms import Act, Action, Actor, Fact, Json, Register, Ruling, Task, Values
from engine.value import value

MOTIVATION = "motivering"
_TAKES_PART = (Act.INBRENG, Act.ADVIES, Act.VOORSTEL)
_LOOKING = (Act.KADER, Act.ZELFBINDING, Act.STEMMING, Act.BESLUIT)


@value
class Ask:
    """What is asked: by whom, of which open task (None outside one), with which values (sealed ones as handles).

    `other` is the person whom the action concerns, when there is one.
    """

    actor: Actor
    action: Action
    task: Task | None
    submission: Values
    other: Actor | None = None


@value
class Standing:
    """Where it is asked: the definition that governs, the scope in which lanes resolve, and the case."""

    definition: Definition
    scope: Scope
    case: CaseFacts


def registers_needed(action: Action, task: Task | None) -> frozenset[Register]:
    """Which registers of the dossier a ruling may rest on: none for work, so that it stays cheap in a long dossier."""
    if action in (Action.COMPLETE, Action.CONTRIBUTE) and task is not None:
        if task.spec.act is Act.WERK:
            return frozenset({Register.BESLUITEN}) if task.spec.step == steps.RESULT else frozenset()
        if task.spec.act is Act.INBRENG:
            return frozenset({Register.KADERS, Register.PUBLICATIES, Register.INBRENG, Register.ADVIEZEN})
        return frozenset(Register)
    if action is Action.CANCEL:
        return frozenset({Register.INBRENG, Register.BIJEENKOMSTEN, *BINDING})
    if action is Action.SUSPEND:
        return BINDING
    if action in (Action.REQUEST, Action.REPLY):
        return frozenset({Register.ADVIESVERZOEKEN})
    return frozenset(Register) if action is Action.ATTEMPT else frozenset()


def beginning(definition: Definition, process: str) -> dict[str, Json]:
    """The submission of who starts a process: which one, and as which phase of the year the family calls it."""
    phase = definition.phase_of(process)
    said: dict[str, Json] = {"proces": process}
    return said if phase is None else said | {"fase": phase}


def standstill(tasks: Iterable[Task], facts: Sequence[Fact], now: datetime) -> dict[str, Json]:
    """What the submission of who suspends or breaks off a case says besides the reason: where people can still react.

    Nobody types it. A task that collects is open to the public until its own term closes it, and everything that takes
    part until the announced term is over.
    """
    known = registers.Registers(facts, now)
    found: list[Json] = [task.name for task in tasks if _is_open_to_the_public(task, known, now)]
    return {RUNNING: found} if found else {}


def _is_open_to_the_public(task: Task, known: registers.Registers, now: datetime) -> bool:
    spec = task.spec
    if spec.act in (Act.BOEKING, Act.STEMMING):  # a cash book; and a ballot has rules of its own (INV-04)
        return False
    if spec.collects and (task.due is None or now < task.due):
        return True
    frame = participation.frame_of(known, spec.step, task.subject) if spec.step else None
    return frame is not None and now < frame.ends and (spec.collects or spec.act in _TAKES_PART)


def looks_elsewhere(task: Task | None, attempted: Json = None) -> bool:
    """Whether a ruling also rests on the other dossiers of the wijk; `attempted` is the act that an attempt names.

    No frame and no decision may undo what binds there, and the account of the year names what happened there.
    """
    if task is None:
        return attempted in _LOOKING
    return task.spec.act in _LOOKING or is_account(task.spec.act, task.spec.step, task.spec.product)


def gives_account(task: Task | None, attempted: Json = None) -> bool:
    """Whether a ruling rests on all that the account of a year answers for; an attempt names its step too late."""
    if task is None:
        return attempted == Act.BESLUIT
    return is_account(task.spec.act, task.spec.step, task.spec.product)


def roles_in(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The roles that these facts about a person give, whatever their period: mandates may be given to a role."""
    found = {text(values_of(fact), "rol") for fact in facts if fact.register is Register.ROLLEN}
    return tuple(sorted(found - {""}))


def judge(ask: Ask, standing: Standing, facts: Sequence[Fact], now: datetime, elsewhere: Elsewhere = NOTHING) -> Ruling:
    """The engine's ruling on what is asked; `elsewhere` is what the other dossiers hold, where it looks there."""
    return authority.rule(
        ask.actor,
        ask.action,
        ask.task,
        tuple(facts),
        matrix=standing.definition.matrix,
        roles=standing.definition.roles,
        tables=standing.definition.tables,
        terms=standing.definition.terms,
        scope=standing.scope,
        submission=ask.submission,
        case=standing.case,
        now=now,
        other=ask.other,
        elsewhere=elsewhere,
    )


def completed(task: Task, values: Values, standing: Standing, facts: Sequence[Fact], now: datetime) -> Values:
    """The values of an act, with what nobody types: what is put to the vote, and what the count says (INV-04).

    What cannot be worked out is left to the ruling, which then refuses.
    """
    if task.spec.act is not Act.STEMMING or task.spec.step is None:
        return values
    known = registers.Registers(facts, now)
    try:
        return ballot.completed(values, task.spec.step, task.subject, known, standing.definition.tables, now)
    except EngineError:
        return values


def settle(
    case: Case,
    outcome: Outcome,
    facts: Callable[[], Sequence[Fact]],
    standing: Standing,
    now: datetime,
    others: Callable[[], Elsewhere],
) -> Outcome:
    """The outcome after the case's service tasks were answered, each by its operation over the facts, until none waits.

    `facts` is called only when an operation or the end is reached, and `others` (what other dossiers hold for the
    account of the year) only by the operation that composes it, so that other steps do not pay for it.
    Raises EndForbidden when the case would end while something in it still waits for an answer (INV-18, INV-41).
    """
    while outcome.calls:
        call, *later = outcome.calls
        values = operations.run(call.operation, call.inputs, tuple(facts()), now, others)
        outcome = joined(replace(outcome, calls=tuple(later)), case.answer(call.id, values, now))
    if outcome.ended:
        ruling = ending(standing, facts(), now)
        if not ruling.allowed:
            raise EndForbidden(ruling)
    return outcome


def ending(standing: Standing, facts: Sequence[Fact], now: datetime) -> Ruling:
    """Whether the case may end, with these registers of its dossier."""
    return judge(Ask(Actor(SYSTEM), Action.FINISH, None, {}), standing, facts, now)


def joined(first: Outcome, second: Outcome) -> Outcome:
    """Two outcomes of one act as one: a task that the first opened and the second closed was never there."""
    opened = {task.id: task for task in (*first.opened, *second.opened)}
    brief = set(opened) & set(second.closed)
    return replace(
        second,
        opened=tuple(task for task in opened.values() if task.id not in brief),
        closed=tuple(task_id for task_id in (*first.closed, *second.closed) if task_id not in brief),
        passed=(*first.passed, *second.passed),
        sent=(*first.sent, *second.sent),
        calls=(*first.calls, *second.calls),
    )


def lapsed(before: Mapping[str, Task], outcome: Outcome) -> dict[str, Json]:
    """The fields of the record that a term passed, when it closed tasks of a decision step: which, and whose."""
    found: list[Json] = [
        {
            "element": task.element,
            "handeling": task.spec.act.value,
            "stap": task.spec.step,
            "onderwerp": task.subject,
            "baan": task.group,
        }
        for task_id in outcome.closed
        if (task := before.get(task_id)) is not None and task.spec.step is not None and not task.spec.collects
    ]
    return {"values": {"verstreken": found}} if found else {}


def broken_promises(
    before: Mapping[str, Task], outcome: Outcome, standing: Standing, facts: Callable[[], Sequence[Fact]], now: datetime
) -> tuple[dict[str, Json], ...]:
    """The fields of a record for each promise of this case that is missed, once a term closed the wait for it (INV-33).

    `facts` is called only then. That a promise is missed follows from its dates; the record says when it was seen.
    """
    if not any(before[one].spec.act is Act.TOEZEGGING for one in outcome.closed if one in before):
        return ()
    found = missed(registers.Registers(facts(), now), now)
    return tuple(
        {
            "step": one.fact.step,
            "subject": one.fact.subject,
            "values": {"toezegging": one.fact.record, "datum": one.dates[-1]},
        }
        for one in found
        if one.fact.body.get("zaak") == standing.case.id
    )


def digest_of(state: str) -> str:
    """How a record names a state of the case: the SHA-256 of the snapshot."""
    return "sha256:" + hashlib.sha256(state.encode()).hexdigest()


def effect(before: str | None, after: str, outcome: Outcome) -> dict[str, Json]:
    """What an act did to the case, for the record."""
    found: dict[str, Json] = {"state_after": digest_of(after), "opened": [task.id for task in outcome.opened]}
    if before is not None:
        found["state_before"] = digest_of(before)
    if outcome.closed:
        found["closed"] = list(outcome.closed)
    if outcome.ended:
        found["ended"] = True
    return found


def content(ask: Ask, standing: Standing, ruling: Ruling, now: datetime, done: Values | None = None) -> dict[str, Json]:
    """The fields of the record about this act (or its refusal): all that a later judge needs to rule again."""
    definition, scope, task = standing.definition, standing.scope, ask.task
    held = holdings(ask.actor, scope, "*" if task is None else task.subject, now)
    groups: list[Json] = [*sorted({one.role for one in held if one.behalf is None})]
    mandate: list[Json] = [] if ruling.mandate is None else [ruling.mandate]
    actor: dict[str, Json] = {"ref": ask.actor.ref, "groups": groups, "mandate": mandate}
    fields: dict[str, Json] = {
        "action": ask.action.value,
        "actor": actor | _present({"role": ruling.role, "for": ruling.behalf}),
        "dossier": standing.case.dossier,
        "scope": _present({"wijk": scope.wijk, "groep": scope.group}),
        "ruling": {
            "rule": ruling.rule,
            "outcome": "allowed" if ruling.allowed else "refused",
            "matrix": definition.matrix.digest,
            "grounds": list(ruling.grounds),
            "owed": list(ruling.owed),
        },
        "definition": {"version": definition.version},
    }
    if task is not None:
        process = definition.processes[task.process]
        fields["task"], fields["subject"] = _task(task), task.subject
        fields["definition"] = {
            "id": process.id,
            "version": definition.version,
            "sha256": definition.files[process.file].sha256,
        }
    return fields | _present(
        {
            "other": None if ask.other is None else ask.other.ref,
            "step": None if task is None else task.spec.step,
            "rung": None if ruling.rung is None else ruling.rung.value,
            "values": _present(ask.submission) if ask.submission else None,
            "motivation": None if standing.case.lanes is not None else ask.submission.get(MOTIVATION),
            "deviation": [dict(one) for one in ruling.deviations] or None,
            "decision": None if ruling.decision is None else _present(ruling.decision),
            "effect": None if done is None else _present(done),
        }
    )


def _present(values: Values) -> dict[str, Json]:
    return {name: one for name, one in values.items() if one is not None}


def _task(task: Task) -> dict[str, Json]:
    spec = task.spec
    rungs: list[Json] = [rung.value for rung in spec.rungs]
    told: dict[str, Json] = {
        "id": task.id,
        "element": task.element,
        "process": task.process,
        "act": spec.act.value,
        "subject": task.subject,
        "rungs": rungs,
        "collects": spec.collects,
    }
    return told | _present(
        {
            "phase": task.phase,
            "group": task.group,
            "step": spec.step,
            "four_eyes": spec.four_eyes,
            "product": spec.product,
        }
    )


def follow_up(standing: Standing, effect: Values | None = None) -> dict[str, Json]:
    """The fields of a record that nobody asked for: a term that passed, a message, an incident, the end of a case."""
    fields: dict[str, Json] = {
        "actor": {"ref": SYSTEM, "role": SYSTEM},
        "dossier": standing.case.dossier,
        "definition": {"version": standing.definition.version},
    }
    return fields if effect is None else fields | {"effect": dict(effect)}
