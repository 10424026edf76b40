"""What the record of a decision says of it (INV-14), so that nobody has to look it up, or to believe it, years later.

`{"organ", "ground", "rung", "mandate", "heard", "alternatives", "motivation", "tables", "date"}`: who decides by the
rights table, under which cell, on which rung and mandate; the records of whoever was heard; the options, proposals and
alternatives that lay on the table; the fields that hold its reasons; the tables of the city that were asked, with the
answer. The versions of process and tables stand beside it, in `definition` and `ruling.matrix`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.binding import binding_of, options_of
from engine.conditions.ballots import is_result
from engine.conditions.demands import item_places
from engine.participation import advices, contributions, joint_proposal, problem_agenda
from engine.question import Question
from engine.roles import values_of
from engine.submission import is_filled
from engine.terms import Act, Fact, Json, Values

_DECISIONS = frozenset({Act.BESLUIT, Act.ZELFBINDING, Act.BEKRACHTIGING})
_REASONS = ("motivering", "reden", "reden_bij_afwijzing", "spoedreden", "grond", "instemming_of_motivering")
ALTERNATIVES = "alternatieven"


def justification(q: Question, ground: str) -> Values | None:
    """What the record of this decision says of it; None for an act that decides nothing."""
    if q.act not in _DECISIONS and not is_result(q):
        return None
    body, mandate = q.decider(), q.mandate()
    heard: list[Json] = [*dict.fromkeys(fact.record for fact in _heard(q))]
    found: dict[str, Json] = {
        "organ": body.text if body else None,
        "ground": ground,
        "rung": q.rung.value if q.rung else None,
        "mandate": mandate.record if mandate else None,
        "heard": heard,
        "alternatives": [*_alternatives(q)],
        "motivation": [name for name in _REASONS if is_filled(q.values.get(name))],
        "tables": {name: [*rules] for name, rules in q.consulted.items()},
        "date": q.today.isoformat(),
    }
    return {name: value for name, value in found.items() if value is not None}


def _places(q: Question) -> tuple[tuple[str, str], ...]:
    return ((q.step or "", q.subject), *item_places(q))


def _heard(q: Question) -> Iterator[Fact]:
    """Whoever contributed or advised, on the whole or on an item of it."""
    for step, subject in _places(q):
        yield from contributions(q.registers, step, subject)
        yield from advices(q.registers, step, subject)


def _alternatives(q: Question) -> Iterator[Json]:
    """The options of the self-binding, the records of what was proposed, and what the decision names itself."""
    for step, subject in _places(q):
        bound = binding_of(q.registers, step, subject, q.now)
        yield from options_of(values_of(bound)) if bound else ()
        for fact in (problem_agenda(q.registers, step, subject), joint_proposal(q.registers, step, subject)):
            if fact:
                yield fact.record
    if is_filled(q.values.get(ALTERNATIVES)):
        yield q.values[ALTERNATIVES]
