"""Commitments: each party promises for itself, a date moves by reason and consent alone, nothing is taken back."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.bodies import Body
from engine.conditions import deciders
from engine.consents import NEW_DATE, answer_on, is_yes
from engine.errors import ValuesUnreadable
from engine.promises import KEPT, MADE, MOVED, SORTS, Promise, promise_named, promises
from engine.question import Question
from engine.registers import names_of, overlaps, pointers_to
from engine.roles import Kind, values_of
from engine.submission import end_of, is_filled, rows, text
from engine.terms import Act, Register, Values

CITED, STANDS = "toezeggingen", "ongewijzigd"
_SAID = ("partij", "prestatie", "datum", "aanspreekpunt")

Lacks = Iterator[str]


def takes_back(q: Question) -> Lacks:
    """A promise is made, moved or kept, and nothing else: no act withdraws or replaces it (INV-33)."""
    if q.step != steps.COMMITMENT:
        yield f"beslisstap {steps.COMMITMENT}"
    if _sort(q) not in SORTS:
        yield f"soort: een van {', '.join(SORTS)}; een toezegging wordt niet ingetrokken of vervangen"
    if _sort(q) == MADE and is_filled(q.values.get("toezegging")):
        yield "een nieuwe toezegging vervangt geen andere"
    given = q.values.get("kenmerk")
    if (
        _sort(q) == MADE
        and isinstance(given, str)
        and any(given in names_of(one.fact) for one in promises(q.registers))
    ):
        yield f"een eigen kenmerk; {given} is al van een andere toezegging"


def not_the_party(q: Question) -> Lacks:
    """Each party promises for itself alone (D06)."""
    if _sort(q) == MADE:
        yield from deciders.not_competent(q)


def incomplete(q: Question) -> Lacks:
    """A promise says who, what, by when and whom to ask; its day is still to come."""
    if _sort(q) != MADE:
        return
    demanded = q.cell.demands if q.cell else ()
    yield from (name for name in dict.fromkeys((*_SAID, *demanded)) if not is_filled(q.values.get(name)))
    if is_filled(q.values.get("datum")):
        yield from _day_to_come(q)


def _day_to_come(q: Question) -> Lacks:
    try:
        if end_of(q.values.get("datum")) <= q.now:
            yield "datum: vandaag of later"
    except ValuesUnreadable:
        yield "datum (jjjj-mm-dd)"


def points_nowhere(q: Question) -> Lacks:
    """A new date or a fulfilment names one promise that still stands open (INV-33)."""
    if _sort(q) not in (MOVED, KEPT):
        return
    promise = _named(q)
    if promise is None:
        yield "toezegging: het kenmerk of de regel van precies één toezegging"
    elif promise.kept is not None:
        yield "de toezegging is al nagekomen; dat blijft zo"


def of_another(q: Question) -> Lacks:
    """Only who promised asks for another day, and no other organ says that it is done with (INV-36)."""
    promise = _named(q) if _sort(q) in (MOVED, KEPT) else None
    if promise is None or any(one.is_party(promise.party) for one in q.held):
        return
    organ = any(q.roles.kind(holding.role) is Kind.ORGAN for holding in q.held)
    if _sort(q) == MOVED or organ:
        yield f"dit is een toezegging van {promise.party}, en zij bindt ook een ander bestuur"


def moved_without_consent(q: Question) -> Lacks:
    """A new date needs a reason, and the group's consent to that date, given after the last one was set (INV-33)."""
    promise = _named(q) if _sort(q) == MOVED else None
    if promise is None:
        return
    if not is_filled(q.values.get("reden")):
        yield "reden"
    yield from _day_to_come(q)
    if q.values.get("datum") == promise.dates[-1]:
        yield f"een andere datum dan {promise.dates[-1]}"
    answer = answer_on(q.registers, NEW_DATE, promise.names, promise.fact.subject)
    if not is_yes(answer) or answer is None or answer.at < promise.last_said:
        yield "de instemming van de groep met een nieuwe datum"
    elif values_of(answer).get("datum") != q.values.get("datum"):
        yield f"de datum waarmee de groep instemde ({values_of(answer).get('datum')})"


def kept_without_evidence(q: Question) -> Lacks:
    """That a promise was kept is shown (INV-33)."""
    if _sort(q) == KEPT and not is_filled(q.values.get("bewijs")):
        yield "bewijs"


def set_aside(q: Question) -> Lacks:
    """What one government promised binds the other: its decision on that subject cites each promise as it stands.

    Whether a decision contradicts a promise no register can tell. So the organ says of each open promise of another
    organ on this subject `{"toezegging", "gevolg": "ongewijzigd"}`; any other effect is not for it to decide (INV-36).
    """
    open_ones = [one for one in _of_other_organs(q) if one.kept is None]
    said = {text(row, "toezegging"): row for row in rows(q.values, CITED)} if open_ones else {}
    for name, promise in zip(pointers_to([one.fact for one in open_ones]), open_ones, strict=True):
        cited: Values | None = next((said[one] for one in promise.names if one in said), None)
        if cited is None:
            yield f"de verwijzing naar toezegging {name} van {promise.party}"
        elif cited.get("gevolg") != STANDS:
            yield f"toezegging {name} van {promise.party}: gevolg “{STANDS}”"


def _of_other_organs(q: Question) -> Iterator[Promise]:
    if q.act is not Act.BESLUIT or not any(known.all(Register.TOEZEGGINGEN) for known in (q.registers, q.elsewhere)):
        return
    acting = {holding.role for holding in q.deciding()}
    mandate, body = q.mandate(), q.decider()
    if mandate is not None:
        acting |= _roles_of(body)
    acting = {role for role in acting if q.roles.kind(role) is Kind.ORGAN}
    for promise in (*promises(q.registers), *promises(q.elsewhere)):
        of_organ = q.roles.kind(promise.party) is Kind.ORGAN
        if acting and of_organ and promise.party not in acting and _is_decided_on(q, promise):
            yield promise


def _is_decided_on(q: Question, promise: Promise) -> bool:
    return any(overlaps(name, subject) for name in promise.about for subject in q.subjects)


def _roles_of(body: Body | None) -> frozenset[str]:
    return body.roles if body else frozenset()


def _named(q: Question) -> Promise | None:
    return promise_named(q.registers, text(q.values, "toezegging"))


def _sort(q: Question) -> str:
    said = q.values.get("soort")
    return MADE if said in (None, "") else str(said)
