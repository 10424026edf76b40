"""Who decides: competence, mandate, ceiling, and who may not decide because of what was done before."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.bodies import Form
from engine.conditions.demands import item_places
from engine.mandates import flaws, mandates_of
from engine.participation import advices
from engine.question import Question
from engine.registers import AGREED, WHOLE, names_of
from engine.roles import values_of
from engine.submission import is_same, text
from engine.terms import Act, Fact, Json, Register, Rung, Values

_CONTESTED = "bestreden_besluit"

Lacks = Iterator[str]


def without_consent(q: Question) -> Lacks:
    """A residents' initiative changes hands by the group's consent alone (INV-24)."""
    if q.step == steps.TAKEOVER and q.act is Act.BESLUIT and not q.deciding():
        yield "de instemming van de groep zelf"


def organ_at_binding_rung(q: Question) -> Lacks:
    """At *meebeslissen* the organ's own decision does not exist (INV-04)."""
    if q.rung is Rung.MEEBESLISSEN and q.step != steps.TAKEOVER and not q.deciding():
        yield f"over {q.subject if q.subject != WHOLE else q.step} beslissen de deelnemers"


def organ_among_participants(q: Question) -> Lacks:
    """Who is the organ, or has its mandate, or stands in for it, is no participant in what the organ left to them.

    That holds for deciding at *meebeslissen*, by ballot as well (INV-04), and for the joint proposal at *coproduceren*
    (INV-08).
    """
    is_decision = q.act in (Act.BESLUIT, Act.STEMMING)
    is_theirs = q.rung is Rung.MEEBESLISSEN if is_decision else q.rung is Rung.COPRODUCEREN
    if not is_theirs or q.step is None:
        return
    if q.act is Act.VOORSTEL and q.lane is not None and not q.roles.is_of_residents(q.lane):
        yield f"{q.lane} is geen rol van bewoners of deelnemers"
    yield from stands_for_organ(q)


def stands_for_organ(q: Question) -> Lacks:
    """Who is the organ of the step, stands in for it, or has a mandate of it that holds here."""
    if q.step is None:
        return
    organ = {role for role in q.matrix.organ_roles(q.step, q.today) if not q.roles.is_of_residents(role)}
    if any(holding.role in organ for holding in q.held):
        yield "u hebt of vervangt zelf de rol van het orgaan"
        return
    for mandate in mandates_of(q.actor, organ, q.step, q.now):
        if not any(flaws(mandate, q.actor, q.held, (q.subject,), 0, q.now)):
            yield "u hebt hier een mandaat van het orgaan"
            return


def above_ceiling(q: Question) -> Lacks:
    """Up to the ceiling the first of the layered bodies decides, above it the last alone (DT05)."""
    body = q.decider()
    if q.cell is None or body is None or body.form is not Form.CEILING or q.cell.ceiling is None:
        return
    if any(q.admits(body.parts[-1], holding) for holding in q.deciding()):
        return
    if q.deciding() and (q.amount is None or q.amount > q.cell.ceiling):
        found = "er is geen bedrag genoemd" if q.amount is None else f"gevraagd is {q.amount} cent"
        yield f"het plafond is {q.cell.ceiling} cent en {found}; daarboven beslist {body.parts[-1].text}"


def not_competent(q: Question) -> Lacks:
    """Only the competent organ, or a mandate valid in subject, amount and date, decides (INV-13)."""
    if q.deciding() or q.mandate():
        return
    body = q.decider()
    given = [flaw for mandate in q.mandates() for flaw in q.flaws_of(mandate)]
    yield from dict.fromkeys(given)
    if not given:
        yield f"een rol of mandaat van wie hier beslist ({body.text if body else 'niemand'})"


def adviser_decides(q: Question) -> Lacks:
    """Who advised does not decide on the same item (INV-13); participants who decide themselves are the exception."""
    if q.rung is Rung.MEEBESLISSEN or q.step is None:
        return
    eyes = q.eyes()
    for step, subject in ((q.step, q.subject), *item_places(q)):
        if any({fact.by, fact.body.get("namens")} & eyes for fact in advices(q.registers, step, subject)):
            yield "u gaf hierover advies" if subject == q.subject else f"u gaf advies over {subject}"


def decides_on_own_decision(q: Question) -> Lacks:
    """An objection is never decided by the mandatee who took the contested decision (INV-13, Awb 10:3 (3))."""
    body = q.cell.decides if q.cell else None
    if body is None or body.form is not Form.CONTESTED:
        return
    contested = q.contested()
    lodged = {
        text(values_of(fact), _CONTESTED) for fact in q.registers.of(Register.INBRENG, Act.INBRENG) if _is_here(q, fact)
    }
    if contested is None or (lodged - {""} and not lodged & names_of(contested)):
        yield "het bestreden besluit"
    elif contested.body.get("mandaat") and (
        contested.by in q.eyes() or (contested.body.get("namens") in q.eyes() and not _gave_the_mandate(q, contested))
    ):
        yield "u nam het bestreden besluit zelf, in mandaat"


def _gave_the_mandate(q: Question, contested: Fact) -> bool:
    """Whether the actor is the organ itself, in whose name somebody else took the contested decision."""
    used = contested.body.get("mandaat")
    is_own = any(isinstance(used, list) and fact.record in used for fact in q.actor.facts)
    return not is_own and any(holding.behalf is None for holding in q.deciding())


def _is_here(q: Question, fact: Fact) -> bool:
    return fact.body.get("zaak") == q.case.id and isinstance(values_of(fact).get(_CONTESTED), str)


def disagrees_for_others(q: Question) -> Lacks:
    """That there is no agreement only participants record; a decision of an organ stands, and counts, whatever it says.

    A row on which nobody agreed is no decision to the registers: it commits no money and is not accounted for.
    """
    if q.values.get(AGREED) is False and not any(q.roles.is_of_residents(holding.role) for holding in q.deciding()):
        yield f"een besluit zonder {AGREED}: nee"


def awaited(q: Question) -> tuple[str, ...]:
    """The other bodies that must still take the same decision before it stands (`samen:a+b`)."""
    return tuple(name for name, taken in _decided_beside(q) if taken is None or not _is_like(q, taken))


def contradicted(q: Question) -> tuple[str, ...]:
    """Those of the other bodies that decided before, and otherwise: one of the two decides anew, with the same text."""
    return tuple(name for name, taken in _decided_beside(q) if taken is not None and not _is_like(q, taken))


def _decided_beside(q: Question) -> Iterator[tuple[str, Fact | None]]:
    """Each other body of a decision that is taken together, and what it decided last."""
    body = q.cell.decides if q.cell else None
    if body is None or body.form is not Form.TOGETHER or q.step is None:
        return
    mine = {part.text for part in body.parts if any(q.admits(part, holding) for holding in q.deciding())}
    for part in body.parts:
        taken = [
            fact
            for fact in q.registers.of(Register.BESLUITEN, Act.BESLUIT)
            if fact.step == q.step and fact.subject == q.subject and _is_by(q, fact, part.text, part.form)
        ]
        if part.text not in mine:
            yield part.text, taken[-1] if taken else None


def _is_like(q: Question, taken: Fact) -> bool:
    return is_same(_substance(values_of(taken)), _substance(q.values))


def _is_by(q: Question, fact: Fact, name: str, form: Form) -> bool:
    role = fact.body.get("rol")
    if form is Form.ROLE:
        return name == f"rol:{role}"
    return isinstance(role, str) and q.roles.is_of_residents(role)


def _substance(values: Values) -> dict[str, Json]:
    aside = {"kenmerk", "motivering", "notulen", "datum", "afwijkingen", "reacties"}
    return {name: value for name, value in values.items() if name not in aside}
