"""Ballots: what must stand before one is opened, and what nobody may do to its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from engine.ballot import (
    KIND,
    OPENING,
    PUBLIC,
    RESULT,
    binding_under,
    count_of,
    does_add_up,
    kind_of,
    last_result,
    opening_values,
    result_values,
    running,
)
from engine.binding import WITHOUT_QUORUM, binding_of, checks_of, expiry_of, options_of, promises_ballot
from engine.conditions.demands import missing_content
from engine.conditions.frames import term_not_ended
from engine.errors import ValuesUnreadable
from engine.question import Question
from engine.registers import AGREED
from engine.roles import values_of
from engine.submission import begin_of, day_of, end_of, is_same, text
from engine.terms import Act, Fact, Rung

Lacks = Iterator[str]

# What one pair of hands does not do alone at a ballot, by the value that tells which it is.
_OWN_HANDS = {
    "papier": "u voerde de papieren stembiljetten zelf in",
    "bevestigd": "u zette zelf een van deze kiezers in het register",
    "deel": "u kreeg de andere helft van de stemcodes",
}


def is_result(q: Question) -> bool:
    """Whether this act lays down the result of a ballot."""
    return q.act is Act.STEMMING and kind_of(q.values) == RESULT


def resting_on(q: Question) -> Iterator[str]:
    """The records on which a ballot rests: the self-binding, and for a result the opening and the count."""
    opening = running(q.registers, q.step or "", q.subject) if is_result(q) else None
    bound, counted = _bound(q), count_of(q.registers, opening) if opening else None
    yield from (fact.record for fact in (bound, opening, counted) if fact)


def _bound(q: Question) -> Fact | None:
    """The self-binding that holds: for a result the one under which was voted."""
    opening = running(q.registers, q.step or "", q.subject) if is_result(q) else None
    if opening is not None:
        return binding_under(q.registers, opening)
    return binding_of(q.registers, q.step or "", q.subject, q.now)


def not_at_binding_rung(q: Question) -> Lacks:
    """A ballot decides, so it is held only where the participants do (INV-05)."""
    if q.rung is not Rung.MEEBESLISSEN:
        yield f"een kader op trede meebeslissen (het kader zegt {q.rung})"


def ballot_not_promised(q: Question) -> Lacks:
    """The organ bound itself beforehand to the outcome of a ballot, and every option was checked (INV-05)."""
    bound = _bound(q)
    if bound is None:
        yield "een geldige zelfbinding van het orgaan"
        return
    if not promises_ballot(values_of(bound)):
        yield "een zelfbinding met de beslisregel hoogste_aantal"
    checks = checks_of(q.registers, q.step or "", q.subject, bound)
    yield from (f"toets van optie {option}" for option in options_of(values_of(bound)) if option not in checks)


def decided_without_ballot(q: Question) -> Lacks:
    """Where a ballot was promised no smaller circle decides (INV-05), unless the self-binding says so for no quorum."""
    if q.rung is not Rung.MEEBESLISSEN or q.step is None:
        return
    bound = binding_of(q.registers, q.step, q.subject, q.now)
    if bound is None or not promises_ballot(values_of(bound)):
        return
    held = last_result(q.registers, q.step, q.subject)
    has_failed = held is not None and held.at >= bound.at and values_of(held).get(AGREED) is not True
    if not has_failed or text(values_of(bound), WITHOUT_QUORUM) != AGREED or running(q.registers, q.step, q.subject):
        yield "de stemming die in de zelfbinding is beloofd"


def more_than_numbers(q: Question) -> Lacks:
    """An act of a ballot holds numbers and dates, never who voted or what somebody voted (INV-40)."""
    allowed = PUBLIC | set(q.cell.demands if q.cell else ())
    yield from (f"{name} hoort hier niet" for name in q.values if name not in allowed)


def opening_unfit(q: Question) -> Lacks:
    """One ballot at a time, on what was promised, within the life of the self-binding (INV-05)."""
    if is_result(q):
        return
    if kind_of(q.values) != OPENING:
        yield f"{KIND}: {OPENING} of {RESULT}"
        return
    if running(q.registers, q.step or "", q.subject):
        yield "de uitslag van de stemming die al loopt"
    bound = _bound(q)
    promised = opening_values(q.step or "", q.subject, q.registers, q.now) or {}
    yield from (
        f"{name} zoals in de zelfbinding" for name in promised if not is_same(q.values.get(name), promised[name])
    )
    if promised and not promised["opties"]:
        yield "een optie die rechtmatig en uitvoerbaar is"
    opens, closes = begin_of(q.values.get("van")), end_of(q.values.get("tot"))
    if day_of(opens) <= q.today:
        yield "van: een dag die nog komt"
    if closes <= max(opens, q.now):
        yield "tot: na het begin"
    if bound is not None and closes > expiry_of(q.registers, bound, q.subject):
        yield "tot: voordat de zelfbinding vervalt"


def result_too_early(q: Question) -> Lacks:
    """No result before voting has ended, nor before the announced term has (INV-16)."""
    if is_result(q):
        yield from term_not_ended(q)
    opening = running(q.registers, q.step or "", q.subject) if is_result(q) else None
    if opening is not None and q.now < end_of(values_of(opening).get("tot")):
        yield f"er kan worden gestemd tot en met {text(values_of(opening), 'tot')}"


def not_the_count(q: Question) -> Lacks:
    """A result is the count of the ballot box and what follows from it: nobody types, leaves out or adds (INV-04)."""
    if not is_result(q):
        return
    opening = running(q.registers, q.step or "", q.subject)
    if opening is None:
        yield "een stemming waarvan de uitslag nog moet worden vastgelegd"
        return
    counted = count_of(q.registers, opening)
    if counted is None:
        yield "de telling van de stembus (ook van wat op papier is gestemd)"
        return
    if not does_add_up(values_of(counted), values_of(opening)):
        raise ValuesUnreadable("de telling van de stembus klopt niet met zichzelf")
    known = result_values(q.step or "", q.subject, q.registers, q.decided) or {}
    yield from (f"{name} zoals geteld" for name in known if not is_same(q.values.get(name), known[name]))
    computed = {"uitslag", "bedrag", "velden", "staken"} - set(known)
    yield from (f"{name} volgt niet uit de telling" for name in sorted(computed) if name in q.values)


def missing_in_result(q: Question) -> Lacks:
    """What the rights table demands with the decision, when the ballot decided."""
    if is_result(q) and q.values.get(AGREED) is True:
        yield from missing_content(q)


def same_hands(q: Question) -> Lacks:
    """What one person of the polling station entered another one confirms, and nobody gets whole codes (INV-40)."""
    if q.other is not None and q.other.ref == q.actor.ref:
        yield next((said for name, said in _OWN_HANDS.items() if name in q.values), "u deed dit al zelf")
