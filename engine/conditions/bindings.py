"""*Meebeslissen*: the self-binding, the outcome, and what nobody may do to it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.ballot import running
from engine.binding import (
    BACK,
    EXPIRES,
    GROUND,
    GROUNDS,
    OUTCOME,
    UNLAWFUL,
    binding_of,
    changes_to_item,
    checks_of,
    content_of,
    decided_subjects,
    expiry_of,
    is_ratified,
    lacks_in_binding,
    meddling,
    options_of,
    outcome_and_claims,
    outcome_of,
)
from engine.ceiling import CHANGES
from engine.conditions.deciders import stands_for_organ
from engine.conditions.demands import demands, governing_step, is_agreed, items_here, subjects_owed
from engine.differences import Item, fields_of, items_of
from engine.participation import rung_of
from engine.question import Question
from engine.registers import AGREED, WHOLE, overlaps
from engine.roles import Kind, values_of
from engine.submission import appearance, cents, day_of, end_of, folded, is_filled, is_same
from engine.terms import Act, Fact, Register, Rung

Lacks = Iterator[str]

DECIDE_ANEW = "nieuwe_uitslag"  # the term that participants have when an outcome comes back to them, in every city


def no_self_binding(q: Question) -> Lacks:
    """The organ bound itself beforehand, and every option was checked before the participants decide (INV-05)."""
    if not demands(q, "zelfbinding"):
        return
    bound = binding_of(q.registers, q.step or "", q.subject, q.now)
    if bound is None:
        yield "een geldige zelfbinding van het orgaan"
        return
    checks = checks_of(q.registers, q.step or "", q.subject, bound)
    yield from (f"toets van optie {option}" for option in options_of(values_of(bound)) if option not in checks)


def not_an_outcome(q: Question) -> Lacks:
    """An outcome is an agreement on one of the checked options, within the ceiling (INV-05)."""
    bound = binding_of(q.registers, q.step or "", q.subject, q.now) if demands(q, "zelfbinding") else None
    if bound is None or not is_agreed(q):
        return
    if q.values.get(AGREED) is not True:
        yield "de vastgelegde overeenstemming van de deelnemers"
    options, choice = options_of(values_of(bound)), q.values.get(OUTCOME)
    checks = checks_of(q.registers, q.step or "", q.subject, bound)
    if choice not in options:
        yield f"uitslag: een van {', '.join(options)}"
    elif not checks.get(str(choice)):
        yield f"optie {choice} is niet rechtmatig en uitvoerbaar bevonden"
    ceiling = cents(values_of(bound), "plafond")
    for amount in (q.amount, cents(fields_of(q.values), "bedrag")):
        if ceiling is not None and amount is not None and amount > ceiling:
            yield f"bedrag binnen het plafond van {ceiling} cent"


def undone_by_another_step(q: Question) -> Lacks:
    """What the participants decided is changed, postponed or stopped by the participants alone (INV-04)."""
    changed = CHANGES.get(q.step or "")
    if changed is None or q.rung is Rung.MEEBESLISSEN:
        return
    about = (q.subject, *(item.name for item in items_of(q.values, "")))
    here = [one for one in decided_subjects(q.registers, changed) if any(overlaps(one, name) for name in about)]
    there = decided_subjects(q.elsewhere, changed) if WHOLE in about else about
    theirs = [subject for subject in here if outcome_of(q.registers, changed, subject)]
    theirs += [subject for subject in there if _outcome_elsewhere(q, changed, subject)]
    for subject in dict.fromkeys(theirs):
        yield f"over {subject} beslisten de deelnemers; wat daaraan verandert, beslissen zij ook"


def outcome_stands(q: Question) -> Lacks:
    """Nobody replaces an outcome that binds, nor the self-binding under it, whatever the dossier (INV-04)."""
    if q.step is None:
        return
    if outcome_of(q.registers, q.step, q.subject):
        yield "er is al een bindende uitslag van de deelnemers"
    elif _outcome_elsewhere(q, q.step, q.subject):
        yield "in een ander dossier van deze wijk is er al een bindende uitslag van de deelnemers"
    elif _bound_elsewhere(q, q.step, q.subject) and (q.rung is not Rung.MEEBESLISSEN or q.act is Act.ZELFBINDING):
        yield "in een ander dossier van deze wijk heeft het orgaan zich verbonden aan wat de deelnemers beslissen"


def _outcome_elsewhere(q: Question, step: str, subject: str) -> Fact | None:
    """The outcome that binds in another dossier, on this subject however it is spelled there."""
    found = (outcome_of(q.elsewhere, step, name) for name in _names_elsewhere(q, step, subject))
    return next((outcome for outcome in found if outcome is not None), None)


def _bound_elsewhere(q: Question, step: str, subject: str) -> Fact | None:
    """The self-binding that stands in another dossier, on this very subject however it is spelled there."""
    for name in _names_elsewhere(q, step, subject):
        bound = binding_of(q.elsewhere, step, name, q.now)
        if bound is not None and bound.subject == name:
            return bound
    return None


def _names_elsewhere(q: Question, step: str, subject: str) -> Iterator[str]:
    bound = (fact.subject for fact in q.elsewhere.of(Register.KADERS, Act.ZELFBINDING) if fact.step == step)
    known = dict.fromkeys((*bound, *decided_subjects(q.elsewhere, step)))
    return (name for name in known if appearance(name) == appearance(subject))


def incomplete_binding(q: Question) -> Lacks:
    """A self-binding says all that binds, for a subject whose frame promises *meebeslissen* (INV-05)."""
    if q.rung is not Rung.MEEBESLISSEN:
        yield f"een kader op trede meebeslissen (het kader zegt {q.rung})"
    yield from lacks_in_binding(q.values, q.now)
    if q.step and binding_of(q.registers, q.step, q.subject, q.now):
        yield "er geldt al een zelfbinding; die wordt niet vervangen"


def nothing_to_ratify(q: Question) -> Lacks:
    """Only an outcome of the participants can be ratified, once; a ratified one stays where it is (INV-04)."""
    outcome = outcome_of(q.registers, q.step, q.subject) if q.step else None
    if outcome is None or is_ratified(q.registers, outcome):
        yield "een uitslag van de deelnemers die nog niet is bekrachtigd"


def withholds_outcome(q: Question) -> Lacks:
    """No case is broken off or put away while its organ is bound and there is no outcome, or no ratification (INV-04).

    The self-binding may stand in another case of the dossier than the one of its group, or in which the ballot runs.
    """
    for fact in q.registers.of(Register.KADERS, Act.ZELFBINDING):
        if fact.step is None or not _concerns_case(q, fact):
            continue
        outcome = outcome_of(q.registers, fact.step, fact.subject)
        if outcome is None and binding_of(q.registers, fact.step, fact.subject, q.now):
            yield f"de uitslag over {fact.subject}, waaraan het orgaan zich verbond"
        elif outcome is not None and not is_ratified(q.registers, outcome):
            yield f"de bekrachtiging van de uitslag over {fact.subject}"


def _concerns_case(q: Question, bound: Fact) -> bool:
    if bound.body.get("zaak") == q.case.id or folded(q.scope.group or "") == folded(bound.subject) != "":
        return True
    opening = running(q.registers, bound.step or "", bound.subject)
    return opening is not None and opening.body.get("zaak") == q.case.id


def meddles_with_outcome(q: Question) -> Lacks:
    """A ratification adds, changes and withholds nothing (INV-04)."""
    outcome = outcome_of(q.registers, q.step or "", q.subject)
    if outcome is None or q.values.get(BACK) is True:
        return
    yield from (f"{name} is inhoud van de deelnemers" for name in meddling(q.values, outcome))
    if q.values.get("bekrachtigd") is not True:
        yield "zij bekrachtigt, of stuurt terug om een grond in de wet"


def substitutes_unlawful_outcome(q: Question) -> Lacks:
    """An unlawful outcome goes back to the group with its ground, and nothing takes its place (INV-06).

    The organ claims it, the jurist judges it. Against one and the same outcome each ground is claimed once, and none
    once the jurist found it lawful: so the organ cannot withhold an outcome by sending it back (INV-04).
    """
    outcome, claims = outcome_and_claims(q.registers, q.step or "", q.subject)
    if outcome is None or q.values.get(BACK) is not True:
        return
    ground, decided = q.values.get(GROUND), content_of(values_of(outcome))
    if ground not in GROUNDS:
        yield f"grond: een van {', '.join(GROUNDS)}"
    same = [claim for claim in claims if is_same({**content_of(values_of(claim.outcome))}, {**decided})]
    if any(claim.is_upheld is None for claim in same):
        yield "het oordeel van de jurist over de grond die al is genoemd"
    elif any(claim.is_upheld is False for claim in same):
        yield "alleen nog bekrachtigen kan, want de jurist vond deze uitslag rechtmatig"
    elif ground in [claim.ground for claim in same]:
        yield f"een andere grond, want {ground} is tegen deze uitslag al genoemd"
    if q.values.get("bekrachtigd") is True:
        yield "bekrachtigd en terug naar de deelnemers gaan niet samen"
    yield from (f"{name} komt van de deelnemers" for name in meddling(q.values, outcome))


def misjudged(q: Question) -> Lacks:
    """Whether an outcome is unlawful the jurist says, on the claim that waits, and never the organ itself (INV-06)."""
    if UNLAWFUL not in q.values:
        return
    _, claims = outcome_and_claims(q.registers, q.step or "", q.subject)
    waiting = claims[-1] if claims and claims[-1].is_upheld is None else None
    if waiting is None:
        yield "een grond van het orgaan waarover nog niet is geoordeeld"
    elif {waiting.fact.by, waiting.fact.body.get("namens")} & q.eyes():
        yield "een ander dan wie de grond noemde"
    if q.lane is None or q.roles.kind(q.lane) is not Kind.SUPPORT:
        yield "een rol die zelf niets beslist, zoals de jurist"
    yield from stands_for_organ(q)
    is_unlawful = q.values[UNLAWFUL]
    if not isinstance(is_unlawful, bool):
        yield f"{UNLAWFUL}: ja of nee"
    elif is_unlawful:
        yield from _lacks_when_unlawful(q)


def _lacks_when_unlawful(q: Question) -> Lacks:
    """The participants know why it went back, and have a whole term to decide anew, however late it is."""
    if not is_filled(q.values.get("reden")):
        yield "reden"
    bound = [fact for fact in q.registers.of(Register.KADERS, Act.ZELFBINDING) if fact.step == q.step]
    mine = [fact for fact in bound if fact.subject in (q.subject, WHOLE)]
    ends = [expiry_of(q.registers, fact, q.subject) for fact in mine]
    if is_filled(q.values.get(EXPIRES)):
        ends.append(end_of(q.values[EXPIRES]))
    needed = q.term_end(DECIDE_ANEW, q.now)
    if max(ends, default=q.now) < needed:
        yield f"{EXPIRES}: {day_of(needed)} of later, zodat de deelnemers opnieuw kunnen beslissen"


def binding_item_touched(q: Question) -> Lacks:
    """What participants decide is neither changed nor dropped in a larger decision (INV-04)."""
    step = governing_step(q)
    items = {item.name: item for item in (*_items_bound_elsewhere(q, step), *items_here(q))}
    for subject in dict.fromkeys((*items, *subjects_owed(q))):
        rung, _ = rung_of(q.registers, q.matrix, step, subject, q.today)
        outcome_there, bound_there = _outcome_elsewhere(q, step, subject), _bound_elsewhere(q, step, subject)
        if rung is not Rung.MEEBESLISSEN and outcome_there is None and bound_there is None:
            continue
        if subject not in items:
            yield f"{subject}: het onderdeel ontbreekt"
            continue
        outcome = outcome_of(q.registers, step, subject) or outcome_there
        bound = binding_of(q.registers, step, subject, q.now) or bound_there
        item, decided = items[subject], content_of(values_of(outcome)) if outcome else {}
        repeated = {name: value for name, value in item.said.items() if name in decided}
        fields = {**item.fields, **repeated}
        yield from (f"{subject}: {name}" for name in changes_to_item(fields, outcome, bound))


def _items_bound_elsewhere(q: Question, step: str) -> tuple[Item, ...]:
    """The items of a decision, framed here or not, on which another dossier leaves the decision to the participants."""
    if q.act is not Act.BESLUIT:
        return ()
    return tuple(
        item
        for item in items_of(q.values, step)
        if item.name != q.subject and (_outcome_elsewhere(q, step, item.name) or _bound_elsewhere(q, step, item.name))
    )
