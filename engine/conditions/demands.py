"""What each rung demands of a decision, and what the rights table demands besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.bodies import Form
from engine.ceiling import COMPOSITE
from engine.differences import Difference, Item, differences, dropped, fields_of, items_of, unreasoned
from engine.participation import (
    AGENDA,
    FIELDS,
    ITEMS,
    advices,
    contributions,
    is_solution,
    joint_proposal,
    problem_agenda,
    rung_of,
    standing_subjects,
    unanswered,
    without_handling,
)
from engine.question import Question
from engine.registers import AGREED, pointers_to
from engine.roles import values_of
from engine.submission import cents, folded, is_filled, is_same, rows, text
from engine.terms import Act, Fact, Register, Rung, Values

# Demands of the table that are conditions of their own, read from the registers; the others are fields of the decision.
FROM_REGISTERS = frozenset(
    {
        "inbrengregister",
        "advies",
        AGENDA,
        "gezamenlijk_voorstel",
        "motivering_per_afwijking",
        "zelfbinding",
        "optietoets",
    }
)
# Demands that an explicit empty list answers: "there are none".
MAY_BE_NONE = frozenset({"minderheidsstandpunten", "verschillen", "reacties"})

Lacks = Iterator[str]


def demands(q: Question, name: str) -> bool:
    """Whether the table demands this with the decision."""
    return q.cell is not None and name in q.cell.demands


def unhandled_contribution(q: Question) -> Lacks:
    """Every contribution has its handling and reply first (INV-18), also those on items of the decision."""
    places = ((q.step or "", q.subject), *item_places(q))
    heard = {fact.record: fact for step, subject in places for fact in contributions(q.registers, step, subject)}
    given = tuple(heard.values())
    yield from (f"inbreng {name}" for name in pointers_to(without_handling(q.registers, given), given))


def no_input_register(q: Question) -> Lacks:
    """At *raadplegen* there is a register of what came in (INV-10); none came in is said with its number, 0."""
    if demands(q, "inbrengregister"):
        found = len(contributions(q.registers, q.step or "", q.subject))
        said = q.values.get("inbrengregister")
        if isinstance(said, int) and said != found:
            yield f"u noemt {said} bijdragen, het register telt er {found}"
        elif not found and not is_same(said, 0):
            yield "geregistreerde inbreng, of de vermelding dat er 0 bijdragen waren"


def unanswered_advice(q: Question) -> Lacks:
    """At *adviseren* advice was given by whom the table names, and each advice has its reply (INV-09)."""
    if demands(q, "advies"):
        given = advices(q.registers, q.step or "", q.subject)
        if not any(_is_of_adviser(q, fact) for fact in given) and not is_filled(q.values.get("advies_uitgebleven")):
            yield "een advies, of de reden waarom het uitbleef"
        if q.cell is not None and "reactie_per_advies" in q.cell.owes:
            waiting = unanswered(q.registers, q.step or "", q.subject, q.values)
            yield from (f"reactie op advies {name}" for name in pointers_to(waiting, given))
    for step, subject in item_places(q):
        rung, _ = rung_of(q.registers, q.matrix, step, subject, q.today)
        if rung is Rung.ADVISEREN:
            waiting = unanswered(q.registers, step, subject, q.values)
            given = advices(q.registers, step, subject)
            if not given and not is_filled(q.values.get("advies_uitgebleven")):
                yield f"een advies over {subject}, of de reden waarom het uitbleef"
            yield from (f"reactie op advies {name} over {subject}" for name in pointers_to(waiting, given))


def _is_of_adviser(q: Question, fact: Fact) -> bool:
    body, role = (q.cell.advises if q.cell else None), fact.body.get("rol")
    kind = q.roles.kind(role) if isinstance(role, str) else None
    if body is None or kind is None:
        return False
    forms = {part.form for part in body.walk()} - {Form.ROLE, Form.ANY}
    if role in body.roles:
        return True
    return (kind.is_of_residents and bool(forms - {Form.PROFESSIONALS})) or (
        not kind.never_decides and not kind.is_of_residents and Form.PROFESSIONALS in forms
    )


def no_problem_agenda(q: Question) -> Lacks:
    """At *coproduceren* the problem agenda was agreed jointly before solutions (INV-08)."""
    if demands(q, AGENDA):
        proposal = joint_proposal(q.registers, q.step or "", q.subject)
        if problem_agenda(q.registers, q.step or "", q.subject, proposal) is None:
            yield "een gezamenlijk vastgestelde probleemagenda, vóór het voorstel"


def solutions_before_agenda(q: Question) -> Lacks:
    """A joint proposal comes after the problem agenda, never with it or before it (INV-08)."""
    is_answer = q.rung is Rung.COPRODUCEREN and (FIELDS in q.values or ITEMS in q.values)
    if is_answer and problem_agenda(q.registers, q.step or "", q.subject) is None:
        yield "een eerder vastgestelde probleemagenda"


def empty_proposal(q: Question) -> Lacks:
    """A proposal act lays down a problem agenda or the fields of a joint proposal."""
    if not is_filled(q.values.get(AGENDA)) and not is_solution(q.values):
        yield f"{AGENDA}, {FIELDS} of {ITEMS}"


def deviation_without_reason(q: Question) -> Lacks:
    """Each computed difference from a joint proposal has its reason, and each reason its difference (INV-07)."""
    if demands(q, "gezamenlijk_voorstel") and joint_proposal(q.registers, q.step or "", q.subject) is None:
        yield "een gezamenlijk voorstel"
        return
    for step, name in item_places(q):
        rung, _ = rung_of(q.registers, q.matrix, step, name, q.today)
        if rung is Rung.COPRODUCEREN and joint_proposal(q.registers, step, name) is None:
            yield f"een gezamenlijk voorstel over {name}"
    taken = q.registers.of(Register.BESLUITEN, Act.BESLUIT)
    yield from unreasoned(deviations(q), q.values, q.subject, taken)


def deviations(q: Question) -> tuple[Difference, ...]:
    """Every difference between this decision and the joint proposals on which it decides."""
    found: list[Difference] = []
    if q.rung is Rung.COPRODUCEREN and demands(q, "motivering_per_afwijking"):
        proposal = joint_proposal(q.registers, q.step or "", q.subject)
        if proposal:
            found += differences(q.subject, fields_of(values_of(proposal)), fields_of(q.values), q.values)
            found += _differences_of_items(q, values_of(proposal))
    items = {item.name: item for item in items_here(q)}
    left_out = [name for name in subjects_owed(q) if name not in items]
    for name in (*items, *left_out):
        step = governing_step(q)
        rung, _ = rung_of(q.registers, q.matrix, step, name, q.today)
        proposal = joint_proposal(q.registers, step, name)
        if rung is Rung.COPRODUCEREN and proposal:
            proposed = fields_of(values_of(proposal))
            item = items.get(name)
            found += differences(name, proposed, item.fields, item.said) if item else (dropped(name, proposed),)
    return tuple(found)


def _differences_of_items(q: Question, proposal: Values) -> Iterator[Difference]:
    """Those between the items that a proposal names itself and the same ones decided, but for items judged apart."""
    proposed = {text(row, "onderdeel"): fields_of(row) for row in rows(proposal, ITEMS)}
    decided = {text(row, "onderdeel"): fields_of(row) for row in rows(q.values, ITEMS)} if proposed else {}
    apart = {item.name for item in items_here(q)}
    for name in {**proposed, **decided}:
        if name in decided and name not in apart:
            yield from differences(name, proposed.get(name, {}), decided[name], {})
        elif name not in apart:
            yield dropped(name, proposed[name])


def item_without_frame(q: Question) -> Lacks:
    """Each item has one place in the decision and is judged by its own frame; without one nobody decides (INV-01)."""
    seen: set[str] = set()
    for item in items_here(q):
        if folded(item.name) in seen:
            yield f"onderdeel {item.name} staat er twee keer"
        elif item.step != governing_step(q):
            yield f"onderdeel {item.name} valt onder {governing_step(q)}"
        elif not item.name or rung_of(q.registers, q.matrix, item.step, item.name, q.today)[0] is None:
            yield f"onderdeel {item.name or '(zonder naam)'}: een kader voor {item.step}"
        spent = _spending(q).get(folded(item.name)) if q.step in COMPOSITE else None
        if spent is not None and item.fields.get("bedrag") != spent:
            yield f"onderdeel {item.name}: een ander bedrag in het bestedingsvoorstel"
        seen.add(folded(item.name))


def governing_step(q: Question) -> str:
    """The step whose frames govern the items of this decision."""
    return COMPOSITE.get(q.step or "", q.step or "")


def items_here(q: Question) -> tuple[Item, ...]:
    """The items that are judged apart: all of a composite decision, else those with a frame of their own."""
    if q.step is None or q.act is not Act.BESLUIT:
        return ()
    found = items_of(q.values, governing_step(q))
    if q.step in COMPOSITE:
        spent = _spending(q)
        return tuple(
            replace(item, fields={"bedrag": spent[folded(item.name)], **item.fields})
            if folded(item.name) in spent
            else item
            for item in found
        )
    framed = standing_subjects(q.registers, q.step)
    return tuple(item for item in found if item.name in framed and item.name != q.subject)


def _spending(q: Question) -> Mapping[str, int]:
    """What the spending proposal gives to each name in it, in cents: for an item that is its amount (INV-30)."""
    found: dict[str, int] = {}
    for row in rows(q.values, "bestedingsvoorstel"):
        if isinstance(row.get("post"), str) and (amount := cents(row, "bedrag")) is not None:
            found[folded(text(row, "post"))] = found.get(folded(text(row, "post")), 0) + amount
    return found


def subjects_owed(q: Question) -> tuple[str, ...]:
    """The subjects that a composite decision may not leave out silently: those with a frame of their own."""
    return standing_subjects(q.registers, governing_step(q)) if q.step in COMPOSITE and q.act is Act.BESLUIT else ()


def item_places(q: Question) -> tuple[tuple[str, str], ...]:
    """The step and subject of each item that is judged apart."""
    return tuple((governing_step(q), item.name) for item in items_here(q))


def missing_content(q: Question) -> Lacks:
    """What the cell demands with the decision and the submission does not hold."""
    if q.cell is None or not is_agreed(q):
        return
    for name in q.cell.demands:
        if name not in FROM_REGISTERS and _applies(q, name) and not _is_given(q, name):
            yield name


def _applies(q: Question, name: str) -> bool:
    """Some demands depend on the decision: a reason when it rejects, lowers a rung or departs from the advice."""
    said = {q.values.get(key) for key in ("besluit", "uitkomst", "afhandeling") if isinstance(q.values.get(key), str)}
    if name in ("reden_bij_afwijzing", "ander_pad"):
        return "toegelaten" not in said
    if name == "reden_indien_niet":
        return bool(said & {"niet", "deels"}) or not said
    if name == "instemming_bij_verlagen":
        return q.values.get("verlaging") is not False
    if name == "motivering_bij_afwijking":
        given = advices(q.registers, q.step or "", q.subject)
        return not any(is_same(values_of(fact).get("strekking"), q.values.get("uitkomst")) for fact in given)
    return True


def _is_given(q: Question, name: str) -> bool:
    if name == "instemming_of_motivering":
        return any(is_filled(q.values.get(key)) for key in ("instemming", "motivering", name))
    if name in MAY_BE_NONE:
        return name in q.values and q.values[name] is not None
    return is_filled(q.values.get(name)) or is_filled(fields_of(q.values).get(name))


def is_agreed(q: Question) -> bool:
    """Whether a decision is taken; participants who decide themselves can record that there is no agreement."""
    return q.values.get(AGREED) is not False or q.rung is not Rung.MEEBESLISSEN
