"""Asking colleagues for advice while a task is open, and answering: see `engine.advice_requests` for the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.advice_requests import LONGEST, AdviceRequest, Sort, requests_in
from engine.question import Question
from engine.roles import Holding, Kind, Roles, holdings
from engine.submission import is_filled, text, whole
from engine.terms import Register

Lacks = Iterator[str]


def is_staff(roles: Roles, held: Iterable[Holding]) -> bool:
    """Whether one of these memberships is of those who do the work: not of residents, nor of who watches over it."""
    kinds = {roles.kind(one.role) for one in held}
    return any(kind is not None and kind is not Kind.OVERSIGHT and not kind.is_of_residents for kind in kinds)


def asked_by_resident(q: Question) -> Lacks:
    """Among colleagues alone: a resident asks by other ways, that others can see."""
    if not is_staff(q.roles, q.held):
        yield "een medewerker"


def request_unfit(q: Question) -> Lacks:
    """A question to a colleague who may read the case and has none of this task open, with a term that ends."""
    if _sort(q) is not Sort.ASKED:
        return
    other = q.other
    if other is None or other.ref == q.actor.ref:
        yield "een ander dan uzelf"
    elif not is_staff(q.roles, _own(q)):
        yield "een medewerker die deze zaak mag lezen"
    elif any(one.is_open and one.adviser == other.ref for one in _requests(q)):
        yield "iemand die bij deze taak nog geen vraag heeft openstaan"
    if not is_filled(q.values.get("vraag")):
        yield "een vraag"
    if not 1 <= (whole(q.values, "werkdagen") or 0) <= LONGEST:
        yield f"een termijn van 1 tot {LONGEST} werkdagen"


def nothing_asked(q: Question) -> Lacks:
    """What one reminds of or withdraws is a request of this task that still waits for its answer."""
    if _sort(q) is not Sort.ASKED and _named(q) is None:
        yield "een adviesverzoek bij deze taak dat nog openstaat"


def not_the_adviser(q: Question) -> Lacks:
    """Who was asked answers in person, also while away: advice is no work that a substitute takes over."""
    request = _named(q)
    if request is None or request.adviser != q.actor.ref:
        yield "wie hierom is gevraagd"


def answer_missing(q: Question) -> Lacks:
    """An answer says something; who declines need not say why."""
    if _sort(q) is Sort.ANSWERED and not is_filled(q.values.get("antwoord")):
        yield "een antwoord"


def _sort(q: Question) -> Sort | None:
    said = text(q.values, "soort")
    return Sort(said) if said in set(Sort) else None


def _requests(q: Question) -> tuple[AdviceRequest, ...]:
    return requests_in(q.registers.all(Register.ADVIESVERZOEKEN), q.task.id if q.task else "")


def _named(q: Question) -> AdviceRequest | None:
    named = text(q.values, "verzoek")
    return next((one for one in _requests(q) if one.record == named and one.is_open), None)


def _own(q: Question) -> Iterator[Holding]:
    """What the other holds here in person: whoever is asked must be able to read the case after an absence too."""
    held = holdings(q.other, q.scope, q.subject, q.now) if q.other else ()
    return (one for one in held if one.behalf is None)
