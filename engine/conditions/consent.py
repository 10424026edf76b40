"""Consent: who may give it, what an answer says, and what no organ does without it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.ceiling import COMPOSITE
from engine.consents import (
    LOWERING,
    NEW_DATE,
    OF_CONSENT,
    REQUESTS,
    TAKEOVER,
    is_same_owner,
    is_yes,
    owner_of,
    owners_in,
    takeover_answer,
)
from engine.promises import promise_named
from engine.question import Question
from engine.registers import WHOLE
from engine.roles import Holding, Kind, Reach, values_of
from engine.submission import folded, is_filled, text, yes_or_no
from engine.terms import Act, Fact, Json

_OF_GOVERNMENT = frozenset({Kind.ORGAN, Kind.OFFICIAL})

Lacks = Iterator[str]


def taken_over_by_another(q: Question) -> Lacks:
    """To a takeover the group of the initiative answers itself, and nobody who also sits on the other side (INV-24)."""
    if _request(q) == TAKEOVER or q.step == steps.TAKEOVER:
        yield from _not_the_group(q)
        if any(q.roles.kind(holding.role) in _OF_GOVERNMENT for holding in q.held):
            yield "iemand die zelf geen rol van de overheid heeft of vervangt"


def given_by_another(q: Question) -> Lacks:
    """Consent is given by the residents or the group that it concerns, never by the organ that asks it (INV-13)."""
    if _request(q) != TAKEOVER and q.step != steps.TAKEOVER:
        yield from _not_the_group(q)
        if any(q.roles.kind(holding.role) is Kind.ORGAN for holding in q.held):
            yield "iemand die zelf geen bestuur is of vervangt"
        if _request(q) == LOWERING and q.subject == WHOLE and yes_or_no(q.values, "instemming") is True:
            yield "een voorstel per onderwerp, want niemand stemt in voor iedereen die aan het geheel meedoet"


def _not_the_group(q: Question) -> Lacks:
    if not any(_speaks_for(q, holding) for holding in (q.in_lane() if q.task else q.held)):
        about = f"de groep van {q.subject}" if q.subject != WHOLE else "de deelnemers"
        yield f"de instemming van {about} zelf"


def _speaks_for(q: Question, holding: Holding) -> bool:
    if not q.roles.is_of_residents(holding.role):
        return False
    if q.subject == WHOLE:
        return _request(q) != TAKEOVER and q.step != steps.TAKEOVER
    return holding.reach is Reach.GROUP and folded(holding.group or "") == folded(q.subject)


def unclear(q: Question) -> Lacks:
    """An answer says to which request it answers, about what, and yes or no."""
    request = _request(q)
    if request not in REQUESTS:
        yield f"verzoek: een van {', '.join(REQUESTS)}"
    if yes_or_no(q.values, "instemming") is None:
        yield "instemming: ja of nee"
    if request not in (TAKEOVER, "") and not is_filled(q.values.get("over")):
        yield "over: waarop dit het antwoord is"
    if q.step == steps.TAKEOVER and request != TAKEOVER:
        yield f"verzoek {TAKEOVER}; in {steps.TAKEOVER} gaat het over niets anders"
    if request == TAKEOVER:
        if q.step != steps.TAKEOVER:
            yield f"beslisstap {steps.TAKEOVER}"
        if not is_filled(q.values.get("reden")):
            yield "reden"
    if request == NEW_DATE:
        yield from _about_date(q)


def _about_date(q: Question) -> Lacks:
    promise = promise_named(q.registers, text(q.values, "over"))
    if promise is None:
        yield "over: het kenmerk of de regel van precies één toezegging"
    elif folded(promise.fact.subject) != folded(q.subject):
        yield f"een toezegging over {q.subject}"
    if not is_filled(q.values.get("datum")):
        yield "datum: de nieuwe datum waarmee de groep instemt"


def changes_owner(q: Question) -> Lacks:
    """An initiative changes hands by its group's consent alone, whatever the step or the spelling of its code (INV-24).

    Silence is no consent. One consent carries one transfer, to whom the group named if it named anybody. What was said
    of the initiative in another dossier of the wijk counts as well.
    """
    if q.act is not Act.BESLUIT:
        return
    for subject, owner in owners_in(q.values, q.subject).items():
        if subject == WHOLE:
            yield "het initiatief waarvan de eigenaar wordt genoemd"
            continue
        known = _last_owner(owner_of(q.registers, subject), owner_of(q.elsewhere, subject))
        if known is None and q.step in (steps.ADMISSION, *COMPOSITE):
            continue
        if (known and is_same_owner(known[0], owner)) or _decides_itself(q, subject):
            continue
        answers = (takeover_answer(one, subject) for one in (q.registers, q.elsewhere))
        answer = max((one for one in answers if one), key=lambda fact: fact.at, default=None)
        if not is_yes(answer) or answer is None or (known is not None and _is_spent(q, answer, known[1])):
            yield f"de instemming van de groep van {subject}"
        elif not is_same_owner(values_of(answer).get("nieuwe_eigenaar") or owner, owner):
            yield f"de eigenaar waarmee de groep van {subject} instemde"


def _last_owner(*owners: tuple[Json, Fact] | None) -> tuple[Json, Fact] | None:
    return max((one for one in owners if one), key=lambda one: one[1].at, default=None)


def _is_spent(q: Question, answer: Fact, transfer: Fact) -> bool:
    """Whether the transfer came after the answer, and so was carried by it or by an earlier one.

    In one and the same millisecond the order of their chain tells; two chains have none, and then it counts as spent.
    """
    if answer.at != transfer.at or answer.record == transfer.record:
        return answer.at < transfer.at
    if answer.body.get("zaak") != transfer.body.get("zaak"):
        return True
    turn = [fact.record for one in (q.registers, q.elsewhere) for fact in one.in_turn(*OF_CONSENT)]
    return turn.index(answer.record) < turn.index(transfer.record)


def _decides_itself(q: Question, subject: str) -> bool:
    own = (holding for holding in q.deciding() if holding.reach is Reach.GROUP)
    return any(folded(holding.group or "") == folded(subject) for holding in own)


def _request(q: Question) -> str:
    return text(q.values, "verzoek")
