"""A phase: who is at the table in it, who is answerable for it, and that it ends with a product that reached all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.answerables import LEVELS, POSTS
from engine.notation import PHASES
from engine.phases import phase_before, phase_of, uninformed, unreached
from engine.question import Question
from engine.registers import ANSWERABLES, FrameRow, frames_in
from engine.roles import Kind
from engine.submission import folded, is_filled, rows, table, text, texts
from engine.terms import Act, Json, Rung

DISTRIBUTION, PRODUCT_OF_PHASE, PARTNERS = "publicatieplicht", "fase_product", "gesprekspartners"
DEVIATION = "afwijking_betrokkenheid"
_RESIDENTS = ("bewoner", "inwoner", "deelnemer", "kiesgerechtigd")

Lacks = Iterator[str]


def undistributed(q: Question) -> Lacks:
    """The product of a phase goes out by every channel and to every addressee of the city's list (INV-37)."""
    if q.task is None or q.task.spec.product is None:
        return
    if q.task.phase is None and DISTRIBUTION not in q.tables:
        return  # outside a phase a city need not have such a list; within one its absence stops everything
    owed = q.decided(DISTRIBUTION, {"product": q.task.spec.product})
    yield from unreached(q.registers, q.task.spec.product, _listed(owed), q.values)


def phase_before_is_open(q: Question) -> Lacks:
    """Nothing is set, delivered, published or decided in a phase while the one before is not closed (INV-37).

    The phase is that of the step or product, whatever the diagram calls it; a phase that the diagram names counts too.
    """
    before = dict.fromkeys(phase_before(phase) for phase in _phases_at(q))
    for phase in before:
        if phase is None:
            continue
        product = _product_of(q, phase)
        owed = _listed(q.decided(DISTRIBUTION, {"product": product}))
        yield from (f"{product}: {one}" for one in unreached(q.registers, product, owed, {}))
        yield from (f"{product}: {one}" for one in uninformed(q.registers, product, texts(owed, "ter_kennisname")))


def _phases_at(q: Question) -> Iterator[str]:
    """The phases in which a task of a phase stands; a frame may promise a rung for a step of a later phase."""
    named = q.task.phase if q.task else None
    if q.task is None or named is None:
        return
    yield named
    own = phase_of(q.step) if q.act is not Act.KADER else None
    if own is None and q.task.spec.product is not None:
        own = next((phase for phase in PHASES if _product_of(q, phase) == q.task.spec.product), None)
    if own is not None:
        yield own


def _product_of(q: Question, phase: str) -> str:
    return str(q.decided(PRODUCT_OF_PHASE, {"fase": phase}).get("product"))


def begun_apart(q: Question) -> Lacks:
    """A phase begins within its year, after the phase before it; not beside it in the same dossier (INV-37)."""
    phase = text(q.values, "fase")
    if phase and q.case.dossier != q.case.id:
        yield phase


def _listed(owed: Mapping[str, object]) -> dict[str, Json]:
    return {
        name: [one for one in given if isinstance(one, str)] for name, given in owed.items() if isinstance(given, list)
    }


def wrongly_answerable(q: Question) -> Lacks:
    """Exactly one organ and one official are answerable; a new pair takes the place of the old one (INV-35)."""
    if q.task is None or q.task.spec.product != ANSWERABLES:
        return
    if not any(q.roles.kind(holding.role) is Kind.ORGAN for holding in q.in_lane()):
        yield "de toewijzing door een bestuursorgaan"
    for post, kind in zip(POSTS, (Kind.ORGAN, Kind.OFFICIAL), strict=True):
        named = q.values.get(post)
        if not isinstance(named, str) or q.roles.kind(named.strip()) is not kind:
            yield f"{post}: precies één rol van de soort {kind}"
    levels = texts(q.values, LEVELS)
    if len(set(levels)) < len(levels) or any(q.roles.kind(role) is not Kind.ORGAN for role in levels):
        yield f"{LEVELS}: elk bestuur één keer, van laag naar hoog"


def participants_not_reconsidered(q: Question) -> Lacks:
    """Who takes part is said anew for each phase, and a matter of the whole city has the city's partners (INV-42)."""
    own = rows(q.values, "kaders")
    found = frames_in(q.step, q.subject, q.values)
    if len({phase_of(row.step) for row in found} - {None}) > 1:
        for row, given in zip(found, own, strict=True):
            if not is_filled(given.get("doelgroep")):
                yield f"{row.step}: een eigen doelgroep"
    for row in found:
        if is_filled(row.values.get("schaal")):
            yield from _missing_partners(q, row)


def _missing_partners(q: Question, row: FrameRow) -> Lacks:
    asked = {
        "schaal": text(row.values, "schaal"),
        "fase": phase_of(row.step) or (q.task.phase if q.task else None) or "uitwerken",
        "organisatiegraad": text(row.values, "organisatiegraad") or "hoog",
    }
    invited = texts(row.values, "gesprekspartners")
    for partner in texts(_listed(q.decided(PARTNERS, asked)), "partners"):
        if partner not in invited:
            yield f"{row.step}: gesprekspartner {partner}"


def residents_left_out(q: Question) -> Lacks:
    """Not involving residents is a deviation, with its reason and what takes its place (INV-48, L1748-1752)."""
    for row in frames_in(q.step, q.subject, q.values):
        why = _leaves_out(q, row)
        if why:
            said = table(row.values, DEVIATION)
            missing = [name for name in ("reden", "vervanging") if not is_filled(said.get(name))]
            yield from (f"{row.step}: {name} ({why})" for name in missing)


def _leaves_out(q: Question, row: FrameRow) -> str:
    default = q.matrix.default(row.step, q.today) if row.step else None
    if default and default.rung is not Rung.MEEWETEN and row.values.get("trede") == Rung.MEEWETEN:
        return f"de standaard is {default.rung}"
    invited = texts(row.values, "gesprekspartners")
    if invited and not any(q.roles.is_of_residents(role) for role in invited):
        return "geen van de gesprekspartners is van de bewoners"
    group = row.values.get("doelgroep")
    return "de doelgroep noemt geen bewoners" if isinstance(group, str) and _names_only_others(q, group) else ""


def _names_only_others(q: Question, group: str) -> bool:
    """Whether a target group names roles of the catalogue, and none of them, nor any word for residents, is theirs."""
    said = folded(group)
    named = {role.id for role in q.roles.by_id.values() if folded(role.id) in said or folded(role.name) in said}
    of_residents = any(word in said for word in _RESIDENTS) or any(q.roles.is_of_residents(role) for role in named)
    return bool(named) and not of_residents
