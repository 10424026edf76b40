"""May this person do this, now? One function, `rule`, answers for every action; it is pure and it fails closed.

    rule(actor, action, task, facts, *, matrix, roles, tables, terms, scope, submission, case, now, other=None,
         elsewhere=NOTHING) -> Ruling

- `actor`: who asks, with the membership, mandate and substitution facts about that person.
- `action`: what is asked. CONTRIBUTE is the completion of a collecting task; ATTEMPT is an act without an open task.
- `task`: the open task, or None (administrative actions, ATTEMPT).
- `facts`: the register rows of the dossier (all cases of it), in the order of recording; rows after `now` are ignored.
- `elsewhere`: what the other dossiers of the wijk hold for this one (`engine.elsewhere`).
- `submission`: the values as they will be recorded (sealed ones as handles). For ATTEMPT without a task:
  `{"handeling", "stap", "onderwerp", "gegevens"}`. For administrative actions see `engine.administration`.
- `case`: what the service knows of the case: id, status, and the assignee of this task.
- `other`: the person whom the action concerns (DELEGATE, APPOINT, MANDATE, SUBSTITUTE), else None.
A refusal is a Ruling with `allowed=False`; nothing is raised for one. The rules are data (`engine.rules`,
`engine.administration`): checks for each act and action, tried in order; the first one that lacks something refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.administration import ADMINISTRATION
from engine.binding import BACK, UNLAWFUL
from engine.checks import Check, Checks
from engine.conditions import deciders, demands
from engine.conditions.ballots import is_result, resting_on
from engine.conditions.rungs import changed_by
from engine.consents import NEW_DATE, answer_on, owners_in, takeover_answer
from engine.deadlines import Terms
from engine.decisions import Table
from engine.differences import as_recorded
from engine.elsewhere import NOTHING, Elsewhere
from engine.errors import EngineError
from engine.justification import justification
from engine.participation import advices, contributions, joint_proposal, problem_agenda
from engine.promises import promise_named
from engine.question import CaseFacts, Question, asked
from engine.registers import DECISION_OF
from engine.rights import Matrix
from engine.roles import Holding, Roles, Scope
from engine.rules import ACTS
from engine.rules.mediation import NO_CONTENT
from engine.rules.tasks import NO_TASK
from engine.submission import text
from engine.terms import Act, Action, Actor, Fact, Ruling, Task, Values

__all__ = ["CaseFacts", "Scope", "rule"]

FAIL_CLOSED = "INV-15"
SAME_TEXT_AS = "zelfde_tekst_als:"


def rule(
    actor: Actor,
    action: Action,
    task: Task | None,
    facts: tuple[Fact, ...],
    *,
    matrix: Matrix,
    roles: Roles,
    tables: Mapping[str, Table],
    terms: Terms,
    scope: Scope,
    submission: Values,
    case: CaseFacts,
    now: datetime,
    other: Actor | None = None,
    elsewhere: Elsewhere = NOTHING,
) -> Ruling:
    """The ruling on one request; the module says what the arguments are. What no rule covers or can read is refused."""
    try:
        question = asked(
            actor, action, task, facts, matrix=matrix, roles=roles, tables=tables, terms=terms, scope=scope,
            submission=submission, case=case, now=now, other=other, elsewhere=elsewhere,
        )  # fmt: skip
        if any(NO_CONTENT.lacks(question)):
            return _ruled(question, (NO_CONTENT,), NO_CONTENT.rule)
        if action in ADMINISTRATION:
            return _ruled(question, ADMINISTRATION[action], f"{'taak' if task else 'zaak'}/{action.value}")
        if action is Action.ATTEMPT and task is None and submission.get("handeling") not in set(Act):
            return _unruled("de poging noemt geen bekende handeling")
        checks = ACTS.get(question.act)
        if checks is None or (task is None and action is not Action.ATTEMPT):
            return _unruled(f"voor {question.act if task else action} bestaat hier geen regel")
        question = question.governed()
        return _ruled(question, (*checks, NO_TASK), _rule_of(question))
    except EngineError as failed:
        return _unruled(f"{failed.title()} ({failed})")


def _unruled(why: str) -> Ruling:
    return Ruling(
        allowed=False,
        rule=FAIL_CLOSED,
        reason=f"Hierover kan niet worden geoordeeld, dus mag het niet: {why}.",
        remedy="Controleer de gegevens, of meld het aan de beheerder.",
    )


def _ruled(question: Question, checks: Checks, passed: str) -> Ruling:
    for check in checks:
        if lacking := tuple(check.lacks(question)):
            return _refusal(question, check, lacking)
    mandate, capacity = question.mandate(), question.capacity()
    behalf = capacity.behalf if capacity else None
    return Ruling(
        allowed=True,
        rule=passed,
        grounds=_grounds(question, capacity, mandate),
        rung=question.rung,
        role=capacity.role if capacity else None,
        mandate=mandate.record if mandate else None,
        behalf=behalf or (mandate.by if mandate else None),
        owed=_owed(question),
        deviations=_deviations(question),
        decision=justification(question, passed),
    )


def _rule_of(question: Question) -> str:
    if question.cell and (question.act is Act.BESLUIT or is_result(question)):
        return question.cell.id
    return f"handeling/{question.act}"


def _refusal(question: Question, check: Check, lacking: tuple[str, ...]) -> Ruling:
    capacity = question.capacity()
    return Ruling(
        allowed=False,
        rule=check.rule.format(cel=f"{question.step}/{question.rung}"),
        reason=check.reason.format(wat="; ".join(lacking)),
        remedy=check.remedy,
        grounds=_grounds(question, capacity, question.mandate()),
        rung=question.rung,
        role=capacity.role if capacity else None,
    )


def _owed(question: Question) -> tuple[str, ...]:
    """What the table demands afterwards; the other bodies that must still decide; what went back to its deciders.

    When such a body decided otherwise, the same text is owed: until one of the two decides anew nothing is decided.
    """
    if question.act is Act.BEKRACHTIGING and question.values.get(BACK) is True:
        return ("oordeel_van_jurist",)
    if question.act is Act.ADVIES and question.values.get(UNLAWFUL) is True:
        return ("besluit_van_deelnemers",)
    is_decision = question.act is Act.BESLUIT or is_result(question)
    if not is_decision or question.cell is None or not demands.is_agreed(question):
        return ()
    waiting = (f"{DECISION_OF}{body}" for body in deciders.awaited(question))
    unlike = (f"{SAME_TEXT_AS}{body}" for body in deciders.contradicted(question))
    return (*waiting, *unlike, *question.cell.owes)


def _deviations(question: Question) -> tuple[Values, ...]:
    if question.act is not Act.BESLUIT:
        return ()
    return as_recorded(demands.deviations(question), question.values, question.subject)


def _grounds(question: Question, capacity: Holding | None, mandate: Fact | None) -> tuple[str, ...]:
    """The records on which the ruling rests: capacity, mandate, frame, and what came in for a decision."""
    return tuple(dict.fromkeys(_resting_on(question, capacity, mandate)))


def _promised(question: Question) -> Iterator[str]:
    """The commitment of which the submission speaks, and the group's answer on it."""
    if question.act is Act.TOEZEGGING:
        promise = promise_named(question.registers, text(question.values, "toezegging"))
        if promise:
            answer = answer_on(question.registers, NEW_DATE, promise.names, promise.fact.subject)
            yield from (fact.record for fact in (promise.fact, answer) if fact)
    if question.act is Act.BESLUIT:
        found = (takeover_answer(question.registers, name) for name in owners_in(question.values, question.subject))
        yield from (fact.record for fact in found if fact)


def _resting_on(question: Question, capacity: Holding | None, mandate: Fact | None) -> Iterator[str]:
    if capacity:
        yield capacity.record
    if mandate:
        yield mandate.record
    if question.frame:
        yield question.frame.fact.record
    if question.act is Act.STEMMING:
        yield from resting_on(question)
    yield from _promised(question)
    if question.act is not Act.BESLUIT or question.step is None:
        return
    for found in (contributions, advices):
        yield from (fact.record for fact in found(question.registers, question.step, question.subject))
    yield from (fact.record for fact in changed_by(question))
    agenda = problem_agenda(question.registers, question.step, question.subject)
    proposal = joint_proposal(question.registers, question.step, question.subject)
    yield from (fact.record for fact in (agenda, proposal) if fact)
