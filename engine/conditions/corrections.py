"""Corrections: nothing is overwritten (INV-19); a correction is a record of its own beside the one that it corrects.

A correction: `{"regel": digest, "gegevens": {field: value}, "reden"}`, with the rows of that record among the facts. It
is read by people; rules go on looking at the row that was corrected, so that no correction can change a ruling.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.question import Question
from engine.registers import act_of
from engine.roles import holdings
from engine.submission import is_filled, text
from engine.terms import Act, Fact, Register

Lacks = Iterator[str]

WITH_EFFECT = frozenset(
    {Act.KADER, Act.ZELFBINDING, Act.VOORSTEL, Act.BESLUIT, Act.BEKRACHTIGING, Act.STEMMING}
    | {Act.BOEKING, Act.TOEZEGGING, Act.INSTEMMING}
)
OWN_WORDS = frozenset({Act.INBRENG, Act.ADVIES})
# Fields on which rulings rest, or by which others point at a row, whatever the act.
RESTED_ON = frozenset({"kenmerk", "optietoets", "strekking", "betreft", "voor_besluit"})


def corrected(q: Question) -> Fact | None:
    """Who did what in the record that is to be corrected; None when this case has no such act."""
    named = text(q.values, "regel")
    found = (fact for fact in q.registers.all(Register.VERRICHT) if fact.record == named)
    return next((fact for fact in found if fact.body.get("zaak") == q.case.id), None)


def nothing_to_correct(q: Question) -> Lacks:
    """A correction names an act of this case, and says what it corrects."""
    if corrected(q) is None:
        yield "een handeling in deze zaak, bij haar regel genoemd"
    if not is_filled(q.values.get("gegevens")):
        yield "gegevens: wat er had moeten staan"


def has_legal_effect(q: Question) -> Lacks:
    """What others may build on is not corrected but decided, booked or promised anew (INV-19)."""
    fact = corrected(q)
    if fact is not None and act_of(fact) in WITH_EFFECT:
        yield f"een {act_of(fact)} heeft gevolgen voor anderen"
    given = q.values.get("gegevens")
    for name in sorted(RESTED_ON & set(given)) if isinstance(given, dict) else ():
        yield f"op {name} rusten andere regels"


def words_of_another(q: Question) -> Lacks:
    """What somebody brought in or advised is corrected by that person alone (INV-25)."""
    fact = corrected(q)
    if fact is not None and act_of(fact) in OWN_WORDS and fact.by != q.actor.ref:
        yield "degene van wie deze woorden zijn"


def another_role(q: Question) -> Lacks:
    """Any other record is corrected by who made it, or holds the role in which it was made."""
    fact = corrected(q)
    if fact is None or fact.by == q.actor.ref or act_of(fact) in OWN_WORDS:
        return
    held = holdings(q.actor, q.scope, fact.subject, q.now)
    if fact.body.get("rol") not in {holding.role for holding in held}:
        yield f"de rol {fact.body.get('rol')}"
