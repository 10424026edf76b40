"""What holds for every person, rung, step and order of events: drawn at random, never to be broken."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from engine.terms import Act, Actor, Json, Rung
from tests.engine.rights_world import (
    COLLEGE,
    COORDINATOR,
    GRANT,
    LAWYER,
    MATRIX,
    OUTCOME,
    PLAY,
    RESIDENT,
    ROLES,
    Dossier,
    ask,
    attempt,
    binding_values,
    frame_values,
    mandate,
    person,
    substitute,
    task_for,
)

CHECKS = task_for(Act.WERK, "wijkcoordinator", four_eyes="opstellen")
SMALL: dict[str, Json] = GRANT | {"bedrag": 400_000, "inbrengregister": 0}


def consulted() -> Dossier:
    return Dossier().framed("D07", "raadplegen", "I-02")


ANY_ROLE = st.sampled_from(sorted(ROLES.by_id))
ANY_STEP = st.sampled_from(sorted({step for step, _ in MATRIX.cells}))
ANY_RUNG = st.sampled_from(list(Rung))
PIECES = st.lists(
    st.sampled_from(["inbreng", "antwoord", "advies", "voorstel", "binding", "toets", "uitslag"]), max_size=7
)


def built(step: str, rung: Rung, pieces: list[str], subject: str = "I-02") -> Dossier:
    dossier = Dossier().framed(step, rung, subject)
    for piece in pieces:
        if piece == "inbreng":
            dossier.heard(step, subject)
        elif piece == "antwoord":
            dossier.handled()
        elif piece == "advies":
            dossier.advised(step, subject)
        elif piece == "voorstel":
            dossier.proposed(step, subject, locatie="A")
        elif piece == "binding":
            dossier.bound(step, subject)
        elif piece == "toets":
            dossier.checked(None, step, subject)
        else:
            dossier.decided(OUTCOME, step, subject, "meebeslissen")
    return dossier


DEMANDED: dict[str, Json] = {
    name: "ingevuld" for cells in MATRIX.cells.values() for cell in cells for name in cell.demands
}
FULL: dict[str, Json] = DEMANDED | {
    "inbrengregister": 0,
    "advies_uitgebleven": "ja",
    "bedrag": 1_000,
    "velden": {"locatie": "A"},
    "afwijkingen": [],
}


@settings(max_examples=150, deadline=None)
@every(ANY_ROLE, ANY_STEP, PIECES, st.booleans())
def test_no_organ_ever_decides_at_meebeslissen(role: str, step: str, pieces: list[str], in_group: bool) -> None:
    if ROLES.by_id[role].kind.is_of_residents or (step, Rung.MEEBESLISSEN) not in MATRIX.cells:
        return
    actor = person("iemand", role, group="I-02" if in_group else None)
    dossier = built(step, Rung.MEEBESLISSEN, pieces)
    values = FULL | OUTCOME
    assert not ask(actor, task_for(Act.BESLUIT, role, step, "I-02"), values, dossier).allowed


@settings(max_examples=150, deadline=None)
@every(
    ANY_STEP,
    PIECES,
    st.dictionaries(st.sampled_from(["locatie", "hek", "kleur"]), st.sampled_from(["A", "B", 1, None])),
)
def test_no_deviation_from_a_joint_proposal_is_ever_allowed_without_its_reason(
    step: str, pieces: list[str], fields: dict[str, Json]
) -> None:
    dossier = built(step, Rung.COPRODUCEREN, [*pieces, "antwoord", "voorstel"])
    for actor, lane in ((COLLEGE, "college"), (COORDINATOR, "wijkcoordinator")):
        task = task_for(Act.BESLUIT, lane, step, "I-02")
        ruling = ask(actor, task, FULL | {"velden": fields}, dossier)
        cell = MATRIX.cell(step, Rung.COPRODUCEREN, dossier.now.date())
        if fields != {"locatie": "A"} and cell and "gezamenlijk_voorstel" in cell.demands:
            assert not ruling.allowed


@settings(max_examples=150, deadline=None)
@every(ANY_ROLE, ANY_STEP, ANY_RUNG)
def test_with_an_empty_dossier_nothing_is_decided_where_the_table_demands_something_from_it(
    role: str, step: str, rung: Rung
) -> None:
    dossier = Dossier().framed(step, rung, "I-02")
    values = {name: value for name, value in FULL.items() if name not in ("inbrengregister", "advies_uitgebleven")}
    ruling = ask(person("iemand", role, group="I-02"), task_for(Act.BESLUIT, role, step, "I-02"), values, dossier)
    cell = MATRIX.cell(step, rung, dossier.now.date())
    taken_from_registers = {"inbrengregister", "advies", "gezamenlijk_voorstel", "zelfbinding"}
    if cell is None or taken_from_registers & set(cell.demands):
        assert not ruling.allowed


PEOPLE = ["an", "bo", "cy"]


@settings(max_examples=200, deadline=None)
@every(
    first=st.sampled_from(PEOPLE),
    first_for=st.sampled_from([None, *PEOPLE]),
    second=st.sampled_from(PEOPLE),
    second_for=st.sampled_from([None, *PEOPLE]),
    has_role=st.booleans(),
    has_mandate=st.booleans(),
)
def test_substitution_and_mandate_never_give_one_person_two_pairs_of_eyes(
    first: str, first_for: str | None, second: str, second_for: str | None, has_role: bool, has_mandate: bool
) -> None:
    actor = person(second, *(["wijkcoordinator"] if has_role else []))
    giver = second_for or "an"
    if has_mandate:
        actor = replace(actor, facts=(*actor.facts, mandate("wijkcoordinator", "D07", by=giver)))
    if second_for not in (None, second):
        actor = substitute(actor, person(str(second_for), "wijkcoordinator"))
    dossier = consulted()
    dossier.act(Act.WERK, first, element="opstellen", behalf=first_for)
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02", four_eyes="opstellen")
    for ruling in (
        ask(actor, task, SMALL, dossier),
        ask(actor, replace(CHECKS, spec=replace(CHECKS.spec, four_eyes="opstellen")), dossier=dossier),
    ):
        if ruling.allowed:
            assert not {first, first_for or first} & {second, ruling.behalf or second}


@settings(max_examples=100, deadline=None)
@every(
    st.sampled_from([COLLEGE, COORDINATOR, PLAY, RESIDENT, LAWYER]),
    st.sampled_from(list(Act)),
    ANY_STEP,
    PIECES,
    st.data(),
)
def test_a_ruling_always_answers_and_every_refusal_says_what_is_missing_and_what_to_do(
    actor: Actor, act: Act, step: str, pieces: list[str], data: st.DataObject
) -> None:
    leaf = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["A", "I-02", "", "2026-10-15"])
    anything = st.recursive(
        leaf, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner)
    )
    names = [*FULL, *OUTCOME, *binding_values(), *frame_values(step, "adviseren"), "onderdelen", "reacties", "inbreng"]
    values = data.draw(st.dictionaries(st.sampled_from(sorted(set(names))), anything, max_size=8))
    dossier = built(step, data.draw(ANY_RUNG), pieces)
    lane = data.draw(st.sampled_from(["college", "wijkcoordinator", "deelnemers", "bewoner"]))
    ruling = ask(actor, task_for(act, lane, step, "I-02"), values, dossier)
    assert ruling.allowed or (ruling.reason and ruling.remedy and ruling.rule)
    assert not attempt(actor, act, step, "I-02", values, dossier).allowed
