"""*Meebeslissen* in diagrams: what comes before the participants decide, and what may not come after it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine import steps
from engine.ceiling import CHANGES
from engine.lint.document import Node, said
from engine.lint.progress import Progress
from engine.lint.sequel import Sequel, first
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import World
from engine.sentences import Sentence
from engine.terms import Act, Finding, Rung

_BOUND, _CHECKED = 1, 2


def bound_too_late(world: World) -> Iterator[Finding]:
    """WL03 (INV-05): participants decide only after the organ bound itself and then each option was checked."""
    tasks = [node for node in world.tasks(Act.BESLUIT, Act.STEMMING) if Rung.MEEBESLISSEN in world.act(node).rungs]
    for step in sorted({world.act(node).step or "" for node in tasks} - {steps.TAKEOVER}):
        progress = Progress(world, partial(_bound, world, step), _CHECKED)
        for node in tasks:
            if (world.act(node).step or "") == step and progress.at(node) < _CHECKED:
                missing = (
                    Sentence("de zelfbinding van het orgaan")
                    if progress.at(node) < _BOUND
                    else Sentence("de toets van de opties")
                )
                sentence = Sentence(
                    "{wat} kan beginnen zonder {wat_ontbreekt}; laat op elke weg ernaartoe eerst het "
                    "orgaan zich verbinden en dan elke optie toetsen.",
                    wat=said(node.element),
                    wat_ontbreekt=missing,
                )
                yield world.doc(node).error("WL03", node.element, sentence)


def _bound(world: World, step: str, node: Node, stage: int) -> int:
    act = world.act(node)
    if node.kind not in HUMAN_TASKS or (act.step or "") != step:
        return stage
    form = world.form(node)
    is_check = form is not None and form.asks("optietoets")
    if act.act is Act.ZELFBINDING:
        return _CHECKED if is_check else _BOUND  # a new binding asks for new checks
    return _CHECKED if is_check and act.act in (Act.ADVIES, Act.PRODUCT) and stage >= _BOUND else stage


def overruled(world: World) -> Iterator[Finding]:
    """WL04 (INV-04): once participants decide, no organ decides the same later or beside it; it only ratifies."""
    binding = [node for node in world.tasks(Act.BESLUIT, Act.STEMMING) if _is_binding(world, node)]
    if not binding:
        return
    others = [node for node in world.tasks(Act.BESLUIT) if _is_of_organ(world, node)]
    sequel = Sequel(world)
    for node in binding:
        step = world.act(node).step
        again = [one for one in binding if world.act(one).step == step]  # there the participants decide anew
        same = {one for one in others if step in (world.act(one).step, CHANGES.get(world.act(one).step or ""))}
        if not same:
            continue
        for found, how in (
            (sequel.after(node, until=again), Sentence("daarna")),
            (sequel.beside(node), Sentence("tegelijk")),
        ):
            other = first(same & found)
            if other is not None:
                sentence = Sentence(
                    "Na {wat} beslissen de deelnemers, maar {ander} kan er {wanneer} nog over beslissen "
                    "({proces}); laat het orgaan alleen bekrachtigen.",
                    wat=said(node.element),
                    ander=said(other.element),
                    wanneer=how,
                    proces=other.process,
                )
                yield world.doc(other).error("WL04", other.element, sentence)


def _is_binding(world: World, node: Node) -> bool:
    return world.act(node).rungs == (Rung.MEEBESLISSEN,) and world.act(node).step != steps.TAKEOVER


def _is_of_organ(world: World, node: Node) -> bool:
    """Somebody else than residents or participants decides here, on a rung that does not bind."""
    roles = world.family.roles
    held = [roles.kind(role) for role in world.roles(node)] if roles is not None else []
    is_outside = any(kind is None or not kind.is_of_residents for kind in held)
    return is_outside and world.act(node).rungs != (Rung.MEEBESLISSEN,)
