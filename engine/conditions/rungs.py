"""Changing a promised rung (D18): the decision says which frame it changes, from which rung to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import steps
from engine.consents import CHANGE, LOWERING, answer_on, proposals_to_change
from engine.participation import rung_in, rung_of
from engine.question import Question
from engine.registers import decisions, frames_in, names_of, row_named
from engine.roles import values_of
from engine.submission import folded, text
from engine.terms import Act, Fact, Register, Rung

Lacks = Iterator[str]


def change_unnamed(q: Question) -> Lacks:
    """What changes stands in the record itself: the step, the rung that holds, the new one, and the proposal for it."""
    if not _is_change(q):
        return
    step, named = text(q.values, "stap"), text(q.values, "naar")
    holds, _ = rung_of(q.registers, q.matrix, step, q.subject, q.today)
    if holds is None:
        yield "stap: de beslisstap waarvan de trede wijzigt"
        return
    if text(q.values, "van") != holds:
        yield f"van: {holds}, de trede die nu voor {step} geldt"
    if named not in set(Rung) or named == holds or q.matrix.cell(step, Rung(named), q.today) is None:
        yield f"naar: een andere trede die de rechtentabel voor {step} kent"
    elif q.values.get("verlaging") is not (is_lower := Rung(named).level < holds.level):
        yield f"verlaging: {'ja' if is_lower else 'nee'}"
    if _proposal(q) is None:
        yield f"voorstel: het kenmerk of de regel van het voorstel om {step} van {q.subject} zo te wijzigen"


def change_not_carried_out(q: Question) -> Lacks:
    """The frame that follows a decision on a rung in its case sets that rung, for that step and subject (INV-11)."""
    for step, fact in _changes_decided_here(q).items():
        rung = text(values_of(fact), "naar")
        later = (row for row in q.registers.of(Register.KADERS, Act.KADER) if row.at >= fact.at)
        known = [(row.step, rung_in(values_of(row))) for row in later if row.subject == q.subject]
        framed = frames_in(q.step, q.subject, q.values)
        asked = [(row.step, rung_in(row.values)) for row in framed if row.subject == q.subject]
        if asked and (step, rung) not in (*known, *asked):
            yield f"een kader voor {step} over {fact.subject} op trede {rung}, zoals is besloten"


def _changes_decided_here(q: Question) -> Mapping[str, Fact]:
    """The last decision to change a rung that this case took on the subject, by the step that it changes."""
    if q.task is None:
        return {}
    return {
        text(values_of(fact), "stap"): fact
        for fact in decisions(q.registers, steps.RUNG)
        if fact.body.get("zaak") == q.case.id and fact.subject == q.subject and values_of(fact).get("besluit") == CHANGE
    }


def changed_by(q: Question) -> Iterator[Fact]:
    """The frame that a decision on a rung changes, the proposal that it follows, and the group's answer to that."""
    if _is_change(q):
        _, frame = rung_of(q.registers, q.matrix, text(q.values, "stap"), q.subject, q.today)
        proposal = _proposal(q)
        answer = answer_on(q.registers, LOWERING, names_of(proposal), q.subject) if proposal else None
        yield from (fact for fact in (frame.fact if frame else None, proposal, answer) if fact)


def _is_change(q: Question) -> bool:
    return q.act is Act.BESLUIT and q.step == steps.RUNG and q.values.get("besluit") == CHANGE


def _proposal(q: Question) -> Fact | None:
    found = row_named(proposals_to_change(q.registers), text(q.values, "voorstel"))
    about = proposals_to_change(q.registers, text(q.values, "stap"), text(q.values, "naar"))
    return found if found in about and folded(found.subject) == folded(q.subject) else None
