"""What a phase ends with: its product made public, and in the last one an account of every initiative."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.errors import ExpressionError
from engine.expressions import compile_expression, compile_script
from engine.lint.destiny import Destiny
from engine.lint.document import Node, children, said, text_of
from engine.lint.progress import Progress, main_ends
from engine.lint.sequel import first
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import Room, World, is_publication, list_of
from engine.phases import phase_of
from engine.sentences import Sentence
from engine.terms import Act, Finding

ACCOUNTING = "verantwoorden"
_ASKED = "verantwoording_per_initiatief"
_ENDING = (steps.ANALYSIS, steps.AGENDA, steps.PROGRAMME, steps.ACCOUNT)  # the decisions with which a phase ends
_MADE = (Act.BESLUIT, Act.PRODUCT, Act.BEKRACHTIGING)


def phase_not_published(world: World) -> Iterator[Finding]:
    """WL07 (INV-37): a phase ends with its product made public: what it decides or makes is published on every way."""
    published = Destiny(world, is_publication(world), is_local=True)
    for phase in _phases(world):
        room = phase.room
        if not published.is_sure_from(room.starts):
            sentence = Sentence(
                "{wat} kan eindigen zonder publicatie; sluit de fase op elke weg af met het publiceren "
                "en verspreiden van haar product.",
                wat=said(room.scope.element),
            )
            yield room.doc.error("WL07", room.scope.element, sentence)
        for node in world.tasks(*_MADE):
            if _ends_here(world, node, room) and not published.is_sure_after(node):
                sentence = Sentence(
                    "Na {wat} kan de fase eindigen zonder dat dit openbaar is; teken erachter de publicatie.",
                    wat=said(node.element),
                )
                yield world.doc(node).error("WL07", node.element, sentence)


def _ends_here(world: World, node: Node, room: Room) -> bool:
    """The task lies in this room, or in a subprocess of it."""
    here = world.room_of[node]
    while here is not room and not here.is_process:
        here = world.room_of[world.hosts[here][0]]
    return here is room


class _Phase:
    """A phase: its name and the room in which it runs."""

    def __init__(self, name: str, room: Room) -> None:
        self.name, self.room = name, room


def _phases(world: World) -> list[_Phase]:
    found: dict[Room, _Phase] = {}
    for host, room in world.inner.items():
        name = world.says[host].phase
        if name is not None:
            found.setdefault(room, _Phase(name, room))
    return list(found.values())


def outside_its_phase(world: World) -> Iterator[Finding]:
    """WL07 (INV-37): a step stands in its own phase: under another name it would not wait for the phase before it.

    A frame may promise a rung for a later phase. What ends a phase stands in one, once a family has phases at all.
    """
    under = _phases_by_room(world) if _phases(world) else {}
    for node in world.steps(*HUMAN_TASKS):
        act, named = world.act(node), under.get(world.room_of[node], set())
        own = phase_of(act.step) if act.act is not Act.KADER else None
        if own is None:
            continue
        for other in sorted(phase for phase in named if phase not in (None, own)):
            sentence = Sentence(
                "{wat} ({stap}) hoort bij {eigen} en staat in {ander}; zet de taak in {eigen}.",
                wat=said(node.element),
                stap=act.step or "",
                eigen=own,
                ander=other or "",
            )
            yield world.doc(node).error("WL07", node.element, sentence)
        if None in named and act.act is Act.BESLUIT and act.step in _ENDING:
            sentence = Sentence(
                "{wat} ({stap}) kan buiten elke fase; zet de taak alleen in {eigen}.",
                wat=said(node.element),
                stap=act.step,
                eigen=own,
            )
            yield world.doc(node).error("WL07", node.element, sentence)


def _phases_by_room(world: World) -> dict[Room, set[str | None]]:
    """The phases as which each room runs: that of its host, or of the room around it; None for outside any phase."""
    found: dict[Room, set[str | None]] = {room: set() for room in world.rooms}
    for room in world.rooms:
        if any(world.is_entry(start) for start in room.starts):
            found[room].add(None)
    is_changed = True
    while is_changed:
        is_changed = False
        for host, room in world.inner.items():
            phase = world.says[host].phase
            more = {phase} if phase is not None else found[world.room_of[host]]
            is_changed = is_changed or not more <= found[room]
            found[room] |= more
    return found


def account_incomplete(world: World) -> Iterator[Finding]:
    """WL19 (INV-31): the phase *verantwoorden* goes by every initiative of the programme before its report."""
    rooms = [phase.room for phase in _phases(world) if phase.name == ACCOUNTING]
    if not rooms:
        return
    passed = frozenset(node for node in world.says if _goes_by_all(world, node))
    progress = Progress(world, lambda node, stage: 1 if node in passed else stage, highest=1)
    for room in rooms:
        reports = [
            node
            for node in world.tasks(Act.BESLUIT)
            if world.act(node).step == steps.ACCOUNT
            and node.process == room.scope.process
            and world.doc(node) is room.doc
        ]
        late = first(node for node in (reports or main_ends(world, room)) if progress.at(node) < 1)
        if late is not None:
            sentence = Sentence(
                "{wat} komt zonder dat elk initiatief van het wijkprogramma is langsgelopen; zet er op "
                "elke weg de operatie verslag_samenstellen voor, of een meervoudige stap over het "
                "programma.",
                wat=said(late.element),
            )
            yield room.doc.error("WL19", late.element, sentence)
        for node in reports:
            form = world.form(node)
            if not world.has_unknown_form(node) and (form is None or not form.asks(_ASKED)):
                sentence = Sentence(
                    "{wat} legt niet per initiatief verantwoording af; vraag '{veld}'.",
                    wat=said(node.element),
                    veld=_ASKED,
                )
                yield room.doc.error("WL19", node.element, sentence)


def _goes_by_all(world: World, node: Node) -> bool:
    operation = world.says[node].operation
    if operation is not None:
        return operation.name == "verslag_samenstellen"
    if not world.is_many(node):
        return False
    adopted = {world.result(task) for task in world.tasks(Act.BESLUIT) if world.act(task).step == steps.PROGRAMME}
    return bool(adopted & _read(world, node))


def _read(world: World, node: Node) -> set[str]:
    """The names on which the list of a multi-instance step rests, through the scripts that fill them."""
    try:
        known = set(compile_expression(list_of(node)).names)
    except ExpressionError:
        return set()  # reported where it stands
    for script in world.steps("scriptTask"):
        for part in children(script.element, "script"):
            try:
                compiled = compile_script(text_of(part))
            except ExpressionError:
                continue
            if compiled.assigned & known:
                known |= compiled.names
    return known
