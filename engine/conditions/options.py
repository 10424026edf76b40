"""The options of a ballot on money: none that fails a rule, or serves one household, is put to the vote."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.ballot import OPENING, kind_of
from engine.binding import binding_of, check_rows, expiry_of, is_fit, promises_ballot
from engine.conditions.agenda import interest
from engine.conditions.initiatives import rules_failed
from engine.initiatives import admission
from engine.question import Question
from engine.registers import overlaps
from engine.roles import values_of
from engine.submission import rows, text
from engine.terms import Act, Register, Values

Lacks = Iterator[str]


def option_fails_rule(q: Question) -> Lacks:
    """Each option passes each of the city's own rules for a contribution before anybody can vote for it (INV-27)."""
    for name, row in _options(q):
        yield from (f"optie {name}: {said}" for said in rules_failed(q, row))


def option_of_individual_interest(q: Question) -> Lacks:
    """Where nobody judged the interest before, each option is of collective interest (INV-20)."""
    if q.step == steps.GRANT and admission(q.registers, q.subject) is None:
        for name, row in _options(q):
            yield from (f"optie {name}: {said}" for said in interest(q, row))


def _options(q: Question) -> Iterator[tuple[str, Values]]:
    """The options of a ballot that this act finds fit, or puts to the vote, with what their check says of them."""
    if q.step != steps.GRANT:
        return
    if q.act is Act.STEMMING:
        bound = binding_of(q.registers, q.step, q.subject, q.now)
        checked = check_rows(q.registers, q.step, q.subject, bound) if bound else {}
        listed = q.values.get("opties") if kind_of(q.values) == OPENING else ()
        yield from ((name, row) for name, row in checked.items() if isinstance(listed, list) and name in listed)
    elif _is_for_ballot(q):
        yield from ((text(row, "optie"), row) for row in rows(q.values, "optietoets") if is_fit(row))


def _is_for_ballot(q: Question) -> bool:
    """Whether what is checked here is put to the vote: by this self-binding, or one that stands."""
    if q.act is Act.ZELFBINDING:
        return promises_ballot(q.values)
    return any(
        fact.step == q.step
        and overlaps(fact.subject, q.subject)
        and promises_ballot(values_of(fact))
        and q.now < expiry_of(q.registers, fact, q.subject)
        for fact in q.registers.of(Register.KADERS, Act.ZELFBINDING)
    )
