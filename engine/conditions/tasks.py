"""Whether the case is open and the task is this person's to do: candidate group, assignee, four eyes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.question import Question
from engine.roles import holdings
from engine.submission import texts
from engine.terms import Act, Action, Actor, Register

Lacks = Iterator[str]

RUNNING = "loopt"  # the tasks in which people can still react, as `engine.acts.standstill` finds them

# The status that a case must have for an action; every other action asks for a running case.
_STATUS = {
    Action.RESUME: ("opgeschort",),
    Action.CANCEL: ("lopend", "opgeschort"),
    Action.RETRY: ("lopend", "opgeschort"),
}


def wrong_status(q: Question) -> Lacks:
    """Nothing happens in a case that is suspended or over."""
    if q.case.status not in _STATUS.get(q.action, ("lopend",)):
        yield f"de zaak is {q.case.status}"


def ends_collecting(q: Question) -> Lacks:
    """What collects stays open for everybody as long as the announced term runs (INV-17); then one may be the last.

    A ballot has rules of its own for who ends it, and when.
    """
    collects = q.task is not None and q.task.spec.collects and q.act is not Act.STEMMING
    is_closing = q.action is Action.COMPLETE and collects
    if is_closing and (q.frame is None or q.now < q.frame.ends):
        yield "iedereen kan bijdragen tot de termijn om is"


def belongs_to_all(q: Question) -> Lacks:
    """What collects is nobody's: whoever had it alone would keep everybody else out while the term runs (INV-17)."""
    if q.task is not None and q.task.spec.collects:
        yield "iedereen kan hier bijdragen"


def reactions_cut_short(q: Question) -> Lacks:
    """Nobody takes away the time to react that was announced by putting the case away meanwhile (INV-17)."""
    yield from texts(q.values, RUNNING)


def task_missing(q: Question) -> Lacks:
    """An act without an open task is judged and recorded, never carried out."""
    if q.task is None:
        yield f"een open taak voor {q.act}"


def not_candidate(q: Question) -> Lacks:
    """Only who holds the role of the lane here and now is a candidate; who has a mandate of that organ is one as well.

    Whether the mandate carries the decision is judged by competence, so that a flaw in it is told by its own rule.
    """
    if q.task is None or q.in_lane():
        return
    body = q.decider() if q.is_in_organs_name else None
    if not (q.mandates() and body and q.lane in body.roles):
        yield f"de rol {q.lane or '(geen)'} in dit gebied"


def not_assignee(q: Question) -> Lacks:
    """A claimed task is done by who claimed it, or by whoever substitutes for that person."""
    if q.task is not None and q.case.assignee is not None and q.case.assignee not in _persons(q):
        yield "een ander heeft de taak opgepakt"


def not_claimed_by_actor(q: Question) -> Lacks:
    """Only a claimed task can be given back, and only by who has it."""
    if q.case.assignee is None:
        yield "niemand heeft de taak opgepakt"
    elif q.case.assignee not in _persons(q):
        yield "een ander heeft de taak opgepakt"


def not_own_file(q: Question) -> Lacks:
    """What somebody laid beside a task is taken away by that person alone."""
    if q.other is None or q.other.ref != q.actor.ref:
        yield "wie de bijlage zelf toevoegde"


def _persons(q: Question) -> set[str]:
    """The actor, and the persons for whom the actor substitutes in this lane."""
    return {q.actor.ref} | {holding.behalf for holding in q.in_lane() if holding.behalf}


def same_eyes(q: Question) -> Lacks:
    """Nobody who did the named element in this case, nor on whose behalf it was done, does this task (four eyes)."""
    element = q.task.spec.four_eyes if q.task else None
    if element is not None:
        yield from _seen(q, element, q.eyes())


def _seen(q: Question, element: str, eyes: frozenset[str]) -> Lacks:
    for fact in q.registers.all(Register.VERRICHT):
        is_here = fact.body.get("element") == element and fact.body.get("zaak") == q.case.id
        if is_here and {fact.by, fact.body.get("namens")} & eyes:
            yield f"u deed {element.replace('_', ' ')} zelf, of degene namens wie u handelt deed het"
            return


def delegate_unfit(q: Question) -> Lacks:
    """A task is handed over to another candidate only, who does not break the four eyes."""
    other = q.other
    if other is None or q.task is None:
        yield "aan wie de taak overgaat"
        return
    if not q.in_lane(other):
        yield "de ander heeft de rol van deze taak niet"
    if q.task.spec.four_eyes is not None:
        yield from (f"de ander: {said}" for said in _seen(q, q.task.spec.four_eyes, _eyes_of(q, other)))


def _eyes_of(q: Question, other: Actor) -> frozenset[str]:
    held = [holding for holding in holdings(other, q.scope, q.subject, q.now) if holding.role == q.lane]
    behalf = [holding.behalf for holding in held if holding.behalf]
    return frozenset({other.ref, *(behalf if len(behalf) == len(held) else ())})
