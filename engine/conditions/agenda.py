"""The agenda: only what concerns many, only what comes from a finding, and in the words of who said it."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.conditions.demands import is_agreed
from engine.differences import fields_of, items_of
from engine.initiatives import (
    REJECTED,
    admission,
    contributions_named,
    findings_known,
    names_in,
)
from engine.participation import FIELDS, ITEMS
from engine.question import Question
from engine.roles import values_of
from engine.submission import folded, is_filled, is_same, open_text, rows, text, whole, yes_or_no
from engine.terms import Act, Fact, Json, Register, Values

Lacks = Iterator[str]

INTEREST_TABLE = "collectief_belang"
INTEREST = ("aantal_belanghebbenden", "individueel_voordeel", "openbare_ruimte")
COLLECTIVE, DOUBT = "collectief", "twijfel"
# The fields of an answer to a contribution; every other field that a contribution has is its author's.
_OF_AN_ANSWER = frozenset(folded(name) for name in ("inbreng", "advies", "uitkomst", "reden", "reactie", "kenmerk"))


def answer(values: Values, name: str) -> str:
    """The answer under `name` as a decision table reads it: `ja` or `nee`; "" for anything else."""
    said = yes_or_no(values, name)
    return "" if said is None else "ja" if said else "nee"


def individual_interest(q: Question) -> Lacks:
    """Only collective interests come on the agenda and in the budget (INV-20); doubt is judged by a person."""
    if not is_agreed(q):
        return
    if q.step == steps.AGENDA:
        yield from _of_themes(q)
    elif q.act is Act.BESLUIT and _answers_itself(q):
        yield from interest(q, q.values)
    elif q.act is Act.BESLUIT and q.step == steps.PROGRAMME:
        for item in items_of(q.values, steps.GRANT):
            if any(name in item.said for name in INTEREST):
                yield from _of_row(q, item.said, item.name)


def _answers_itself(q: Question) -> bool:
    """Whether the interest is judged by this decision: an admission, or money for what nobody judged before."""
    if q.step == steps.ADMISSION:
        return q.values.get("besluit") != REJECTED
    return q.step == steps.GRANT and admission(q.registers, q.subject) is None


def _of_themes(q: Question) -> Lacks:
    found = rows(q.values, ITEMS)
    if q.act is Act.VOORSTEL and FIELDS in q.values and not found:
        yield f"{ITEMS}: elk thema, met {', '.join(INTEREST)}"
    for row in found:
        yield from _of_row(q, row, open_text(row, "onderdeel") or "(zonder naam)")


def _of_row(q: Question, row: Values, name: str) -> Lacks:
    yield from (f"{name}: {said}" for said in interest(q, row))


def interest(q: Question, values: Values) -> Lacks:
    """Why these values describe no collective interest: a proposal may leave a doubt, whatever decides may not."""
    households = whole(values, INTEREST[0])
    if households is None or households < 0:
        yield f"{INTEREST[0]} (een aantal)"
        return
    answers = {name: answer(values, name) for name in INTEREST[1:]}
    if missing := [name for name, said in answers.items() if not said]:
        yield from (f"{name} (ja of nee)" for name in missing)
        return
    is_of_one = answers[INTEREST[1]] == "ja" and households < 2  # no table of a city makes this a common interest
    found = q.decided(INTEREST_TABLE, {INTEREST[0]: households, **answers}).get("belang")
    if found == DOUBT and q.act is not Act.VOORSTEL and not is_of_one:
        if values.get("oordeel_belang") != COLLECTIVE or not is_filled(values.get("reden_oordeel")):
            yield "twijfel: een oordeel_belang (collectief) met reden_oordeel"
    elif is_of_one or found not in (COLLECTIVE, DOUBT):
        yield "dit is een individueel belang"


def untraced_theme(q: Question) -> Lacks:
    """Each theme comes from a finding or signal of this dossier, or from a new fact that is recorded (INV-21)."""
    if q.step != steps.AGENDA or q.act is not Act.BESLUIT or not is_agreed(q):
        return
    found, known = rows(q.values, ITEMS), findings_known(q.registers)
    if not found:
        yield f"{ITEMS}: elk thema, met zijn herkomst"
    seen: set[str] = set()
    said: set[str] = set()
    for row in found:
        name, fields = open_text(row, "onderdeel"), fields_of(row)
        if not name or not open_text(fields, "thema"):
            yield f"{name or 'onderdeel (zonder naam)'}: het thema"
        if folded(name) in seen:
            yield f"{name} staat er twee keer"
        seen.add(folded(name))
        said |= {value.strip() for value in fields.values() if isinstance(value, str)}
        yield from _origin(row, name, known)
    for name, value in fields_of(q.values).items():
        if is_filled(value) and not (isinstance(value, str) and value.strip() in said):
            yield f"{name} in velden is geen thema van de onderdelen"


def _origin(row: Values, name: str, known: frozenset[str]) -> Lacks:
    origins = names_in(row.get("herkomst"))
    for origin in origins:
        if origin not in known:
            yield f"{name}: herkomst {origin or '(onleesbaar)'} is geen bevinding of signaal in dit dossier"
    if not origins and not is_filled(row.get("nieuw_feit")):
        yield f"{name}: herkomst, of een nieuw_feit"


def name_of_another(q: Question) -> Lacks:
    """The `kenmerk` of what a resident said is not used again: whoever looks it up would find other words (INV-25)."""
    own = open_text(q.values, "kenmerk").casefold()
    said = (*q.registers.of(Register.INBRENG, Act.INBRENG), *q.registers.of(Register.ADVIEZEN, Act.ADVIES))
    if own and any(own == open_text(values_of(fact), "kenmerk").casefold() for fact in said):
        yield f"{open_text(q.values, 'kenmerk')} is al van een bijdrage"


def wording_replaced(q: Question) -> Lacks:
    """What a resident said stays as it was said; who answers or reports points at it and never rewrites it (INV-25)."""
    yield from dict.fromkeys(_rewritten(q, q.values, ()))


def _rewritten(q: Question, value: Json | Values, about: tuple[Fact, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _rewritten(q, one, about)
    elif isinstance(value, dict):
        names = frozenset({open_text(value, "inbreng"), open_text(value, "kenmerk")} - {""})
        named = contributions_named(q.registers, names) or about
        for fact in named:
            own = {folded(name): given for name, given in values_of(fact).items()}
            for name, given in value.items():
                is_theirs = folded(name) in own and folded(name) not in _OF_AN_ANSWER
                if is_theirs and not is_same(given, own[folded(name)]):
                    yield f"{name} van inbreng {text(values_of(fact), 'kenmerk') or fact.record}"
        for one in value.values():
            yield from _rewritten(q, one, named)
