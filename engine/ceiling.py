"""What no rights table may grant: the consequences of the rungs are universal and compiled in, not a city's data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from engine import steps
from engine.bodies import Body, Form
from engine.cells import Cell
from engine.roles import Kind, Roles
from engine.sentences import Name, Sentence
from engine.terms import Rung

_REFERRING = frozenset({Form.SAME, Form.CONTESTED})
Violation = tuple[str, Sentence, str, int]  # rule, Dutch sentence, cell, line


class Deviation(StrEnum):
    """What the deciding organ may do with what the participants brought (L2262-2285)."""

    FREE = "vrij"
    REASONED = "alleen met redenen"
    NONE = "onmogelijk"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a rung, whatever a city writes: deviation, what a decision demands and what it owes."""

    deviation: Deviation
    demands: frozenset[str] = frozenset()
    owes: frozenset[str] = frozenset()


CONSEQUENCES = {
    Rung.MEEWETEN: Consequence(Deviation.FREE),
    Rung.RAADPLEGEN: Consequence(Deviation.FREE, frozenset({"inbrengregister"}), frozenset({"reactie_op_hoofdlijnen"})),
    Rung.ADVISEREN: Consequence(Deviation.FREE, frozenset({"advies"}), frozenset({"reactie_per_advies"})),
    Rung.COPRODUCEREN: Consequence(
        Deviation.REASONED, frozenset({"probleemagenda", "gezamenlijk_voorstel", "motivering_per_afwijking"})
    ),
    Rung.MEEBESLISSEN: Consequence(
        Deviation.NONE, frozenset({"zelfbinding", "optietoets", "uitslag"}), frozenset({"bekrachtiging"})
    ),
}
# Of these steps the published table is the frame: without a frame of their own their default rung holds.
FRAMED_BY_TABLE = frozenset(
    {steps.FRAME, steps.ADMISSION, steps.COMMITMENT, steps.QUICK_ACTION}
    | {steps.TAKEOVER, steps.DISPUTE, steps.OBJECTION, steps.RUNG}
)
COMPOSITE = {steps.PROGRAMME: steps.GRANT}  # a decision with items, and the step whose frames govern the items
CHANGES = {steps.CHANGE: steps.GRANT}  # a decision that changes, postpones or stops what the other step decided
REACTIONS = {steps.PROGRAMME: steps.REPLIES}  # the reactions to its concept stand under this step


def violations(cells: tuple[Cell, ...], roles: Roles) -> Iterator[Violation]:
    """Everything in which a table grants more than the ceiling, or contradicts itself."""
    for cell in cells:
        for rule, sentence in (*_of_rung(cell, roles), *_of_deciders(cell, roles)):
            yield rule, Sentence("{cel}: {zin}", cel=cell.id, zin=sentence), cell.id, cell.line
    yield from _doubles(cells)
    yield from _defaults(cells)
    yield from _same(cells)


def _of_rung(cell: Cell, roles: Roles) -> Iterator[tuple[str, Sentence]]:
    consequence = CONSEQUENCES[cell.rung]
    demands, owes = consequence.demands, consequence.owes
    if cell.step == steps.TAKEOVER:
        demands, owes = frozenset({"verzoek", "reden", "instemming"}), frozenset[str]()
    if cell.step == steps.OBJECTION:
        demands, owes = frozenset({"advies", "motivering_bij_afwijking"}), frozenset({"bekendmaking"})
    if cell.rung is Rung.COPRODUCEREN and not _organ_takes_part(cell.decides, roles):
        demands = frozenset()  # those who made the plan decide on it: there is nobody who could deviate
    if lacking := sorted(demands - set(cell.demands)):
        yield "rechten/plafond", Sentence("deze trede eist bij het besluit ook {eisen}.", eisen=lacking)
    if lacking := sorted(owes - set(cell.owes)):
        yield "rechten/plafond", Sentence("deze trede eist na het besluit ook {eisen}.", eisen=lacking)
    if cell.rung is Rung.MEEBESLISSEN and cell.is_mandatable:
        yield "rechten/plafond", Sentence("bij meebeslissen bestaat geen mandaat.")
    if cell.step == steps.PROGRAMME and not _is_of_organs(cell.decides, roles):
        yield "rechten/plafond", Sentence("het wijkprogramma stelt een orgaan vast (L727-731).")
    if cell.step == steps.PROGRAMME and (cell.is_mandatable or cell.rung is Rung.MEEBESLISSEN):
        yield (
            "rechten/plafond",
            Sentence("het wijkprogramma als geheel stelt het orgaan zelf vast, zonder mandaat (L727-731)."),
        )
    if (cell.decides.form is Form.CONSENT) != (cell.step == steps.TAKEOVER):
        yield "rechten/plafond", Sentence("instemming hoort bij {stap}, en alleen daar.", stap=steps.TAKEOVER)


def _of_deciders(cell: Cell, roles: Roles) -> Iterator[tuple[str, Sentence]]:
    binding = cell.decides.parts[0] if cell.decides.form is Form.CONSENT else cell.decides
    if cell.rung is Rung.MEEBESLISSEN and not _is_of_residents(binding, roles):
        yield (
            "rechten/plafond",
            Sentence("bij meebeslissen beslissen de deelnemers, nooit een orgaan of ambtenaar (INV-04)."),
        )
    for role in sorted(cell.decides.roles):
        kind = roles.kind(role)
        if kind and kind.is_of_residents and cell.rung is not Rung.MEEBESLISSEN:
            yield (
                "rechten/plafond",
                Sentence(
                    "rol “{rol}” is van {soort} en kan dus niet als orgaan beslissen; noem een orgaan.",
                    rol=role,
                    soort=Name(kind),
                ),
            )
        if kind and kind.never_decides:
            yield (
                "WL20",
                Sentence(
                    "rol “{rol}” ({soort}) neemt nooit een besluit; noem een bevoegd orgaan.",
                    rol=role,
                    soort=Name(kind),
                ),
            )
    if cell.advises and cell.rung is not Rung.MEEBESLISSEN:
        deciders = {body.text for body in cell.decides.walk()}
        both = sorted(body.text for body in cell.advises.walk() if body.text in deciders)
        if both:
            yield "INV-13", Sentence("{namen} adviseert en beslist; dat is niet dezelfde.", namen=both)


def _is_of_residents(body: Body, roles: Roles) -> bool:
    if body.form is Form.ROLE:
        return roles.is_of_residents(body.name)
    if body.form in {Form.ANY, Form.TOGETHER}:
        return all(_is_of_residents(part, roles) for part in body.parts)
    return body.form in {Form.GROUP, Form.PARTICIPANTS, Form.RESIDENTS}


def _is_of_organs(body: Body, roles: Roles) -> bool:
    return bool(body.roles) and all(roles.kind(role) in (Kind.ORGAN, None) for role in body.roles)


def _organ_takes_part(body: Body, roles: Roles) -> bool:
    return body.form is not Form.PARTY and not _is_of_residents(body, roles)


def _doubles(cells: tuple[Cell, ...]) -> Iterator[Violation]:
    for one, other in combinations(cells, 2):
        if one.id == other.id and one.since <= other.until and other.since <= one.until:
            sentence = Sentence(
                "{cel} staat op regel {regel} en {andere_regel} voor dezelfde tijd; laat er één geldig zijn.",
                cel=one.id,
                regel=one.line,
                andere_regel=other.line,
            )
            yield "rechten/dubbel", sentence, one.id, other.line


def _defaults(cells: tuple[Cell, ...]) -> Iterator[Violation]:
    for step in sorted({cell.step for cell in cells}):
        own = [cell for cell in cells if cell.step == step]
        for day in sorted({cell.since for cell in own}):
            valid = [cell for cell in own if cell.holds(day)]
            defaults = [Name(cell.rung) for cell in valid if cell.is_default]
            if valid and len(defaults) != 1:
                sentence = Sentence(
                    "Stap {stap} heeft precies één standaardtrede nodig; op {dag} is dat: {gevonden}.",
                    stap=step,
                    dag=str(day),
                    gevonden=defaults or [Sentence("geen")],
                )
                yield "rechten/standaard", sentence, step, valid[0].line


def _same(cells: tuple[Cell, ...]) -> Iterator[Violation]:
    organs: dict[str, list[Body]] = {}
    for cell in cells:
        if cell.rung is not Rung.MEEBESLISSEN:
            organs.setdefault(cell.step, []).append(cell.decides)
    for cell in cells:
        for body in cell.decides.walk():
            targets = organs.get(body.name, [])
            is_said = targets and not any(part.form in _REFERRING for target in targets for part in target.walk())
            if body.form is Form.SAME and not is_said:
                sentence = Sentence(
                    "{cel}: {aanduiding} verwijst niet naar een stap die zelf zegt wie beslist.",
                    cel=cell.id,
                    aanduiding=body.text,
                )
                yield "rechten/uitdrukking", sentence, cell.id, cell.line
