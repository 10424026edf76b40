"""Participation in diagrams: framed before it starts, left open until its term ends, answered before the case ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from engine import steps
from engine.ceiling import FRAMED_BY_TABLE, REACTIONS
from engine.deadlines import LEAST_REACTION
from engine.lint.choices import shut_ways, ways_after
from engine.lint.destiny import Destiny
from engine.lint.document import Node, said
from engine.lint.events import interrupts, kind_of
from engine.lint.progress import Progress
from engine.lint.sequel import Sequel, place_of
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import Room, World, catches_error, is_error_end, timer_text
from engine.participation import FRAME_PRODUCTS
from engine.sentences import Sentence
from engine.terms import Act, Finding

_FRAMED, _PUBLISHED = 1, 2
_STARTS = (Act.INBRENG, Act.ADVIES, Act.VOORSTEL, Act.STEMMING, Act.BIJEENKOMST)
_TERM = re.compile(r'^[=\s${]*termijn\(\s*"([^"]*)"')
_OF_FRAME = re.compile(r"[\w\])]\s*\.\s*termijn\b(?!\s*\()")
_UNPUBLISHED = {
    "gevonden": False, "gepubliceerd": False, "trede": None, "termijn": None, "orgaan": None, "kader": None
}  # fmt: skip
_ONE_OPEN = {"aantal": 1, "open": 1, "afgehandeld": 0, "beantwoord": 0, "openstaand": ["1"]}
_COUNTED = {Act.INBRENG: "inbreng_stand", Act.ADVIES: "adviezen_stand"}


def framed_too_late(world: World) -> Iterator[Finding]:
    """WL06 (INV-02): no participation starts before its frame is set and published, whoever calls the process."""
    meetings = frozenset(world.tasks(Act.BIJEENKOMST))
    met = Progress(world, lambda node, stage: 1 if node in meetings else stage, highest=1) if meetings else None
    tasks = [
        node
        for node in world.tasks(*_STARTS)
        if _opens(world, node) and not (met is not None and node in meetings and met.at(node) > 0)
    ]
    for step in sorted({world.act(node).step or "" for node in tasks}):
        proven = frozenset(_proven(world, step))
        progress = Progress(world, partial(_framed, world, step), _PUBLISHED, partial(_on_proof, proven))
        for node in tasks:
            if (world.act(node).step or "") == step and progress.at(node) < _PUBLISHED:
                missing = (
                    Sentence("een vastgesteld kader")
                    if progress.at(node) < _FRAMED
                    else Sentence("de publicatie van het kader")
                )
                if step:
                    missing = Sentence("{wat} voor {stap}", wat=missing, stap=step)
                sentence = Sentence(
                    "{wat} kan beginnen zonder {wat_ontbreekt}; teken op elke weg ernaartoe eerst "
                    "het kader en dan zijn publicatie, hier of bij wie dit proces aanroept.",
                    wat=said(node.element),
                    wat_ontbreekt=missing,
                )
                yield world.doc(node).error("WL06", node.element, sentence)


def time_to_react_unsaid(world: World) -> Iterator[Finding]:
    """INV-29: a city that adopts a programme says how long everybody can react to its concept at the least."""
    if LEAST_REACTION in world.family.terms:
        return
    for node in world.tasks(Act.BESLUIT):
        if world.act(node).step == steps.PROGRAMME:
            sentence = Sentence(
                "{wat} kan nooit worden genomen: de termijnen van de gemeente noemen geen '{termijn}'; "
                "zet haar bij de termijnen.",
                wat=said(node.element),
                termijn=LEAST_REACTION,
            )
            yield world.doc(node).error("INV-29", node.element, sentence)


def _opens(world: World, node: Node) -> bool:
    """The task starts participation; a meeting that is about no step may be anybody's.

    Of a meeting the announcement starts it: what is told of it afterwards starts nothing.
    """
    act = world.act(node)
    return act.step not in FRAMED_BY_TABLE and (act.act is not Act.BIJEENKOMST or act.step is not None)


def _framed(world: World, step: str, node: Node, stage: int) -> int:
    if node.kind not in HUMAN_TASKS:
        return stage
    act = world.act(node)
    if act.act is Act.PUBLICATIE and act.product in FRAME_PRODUCTS:
        return _PUBLISHED if stage >= _FRAMED else stage
    if act.act is not Act.KADER:
        return stage
    if act.step == step:
        return _FRAMED  # a new frame is to be published anew
    form = world.form(node)
    is_wide = form is not None and form.asks("kaders")
    covers = is_wide or not step or act.step is None or REACTIONS.get(act.step) == step
    return max(stage, _FRAMED) if covers else stage


def _proven(world: World, step: str) -> Iterator[tuple[Node, Node]]:
    """The ways that are taken only when a frame of the step was read and found to be published, in another case too."""
    for node in world.steps("serviceTask"):
        if _counts(world, node, "kader_lezen", step):
            yield from shut_ways(world, node, {world.result(node): _UNPUBLISHED})


def _on_proof(proven: frozenset[tuple[Node, Node]], source: Node, target: Node, stage: int) -> int:
    return _PUBLISHED if (source, target) in proven else stage


def cut_short(world: World) -> Iterator[Finding]:
    """WL09 (INV-17): an announced reaction period ends with its own term or is extended; nothing else ends it."""
    sequel = Sequel(world)
    for node in world.tasks():
        if not world.act(node).collects:
            continue
        for host, edge in _around(world, node):
            if not _keeps_term(world, node, edge) and not _extends(world, node, host, edge):
                sentence = Sentence(
                    "{wat} breekt {ander} af voordat de eigen termijn om is; gebruik alleen "
                    'termijn("...") met de termijn van de taak, of een verlenging die naar de taak '
                    "terugleidt.",
                    wat=said(edge.element),
                    ander=said(node.element),
                )
                yield world.doc(edge).error("WL09", edge.element, sentence)
        rooms = {world.room_of[one] for one in (node, *_hosts(world, node))}
        for end in sorted(sequel.beside(node), key=place_of):
            if _breaks(world, end, rooms):
                sentence = Sentence(
                    "{wat} kan {ander} afbreken terwijl de termijn nog loopt; laat die tak gewoon eindigen.",
                    wat=said(end.element),
                    ander=said(node.element),
                )
                yield world.doc(end).error("WL09", end.element, sentence)


def _hosts(world: World, node: Node) -> list[Node]:
    """The subprocesses around a step and the calls of its process, all the way up."""
    found: list[Node] = []
    stack = [node]
    while stack:
        for host in world.hosts[world.room_of[stack.pop()]]:
            if host not in found:
                found.append(host)
                stack.append(host)
    return found


def _around(world: World, node: Node) -> Iterator[tuple[Node, Node]]:
    """What can interrupt the task: the step on whose border it sits, and the event. An error comes from inside."""
    for host in (node, *_hosts(world, node)):
        for edge in world.edges(host):
            if interrupts(edge) and not (catches_error(edge) and host is not node):
                yield host, edge


def _keeps_term(world: World, node: Node, edge: Node) -> bool:
    text = timer_text(edge)
    if text is None or world.host_of_edge(edge) is not node:
        return False
    named, own = _TERM.match(text), world.act(node).term
    if named is not None:
        return own is None or named[1] == own
    return _OF_FRAME.search(text) is not None


def _extends(world: World, node: Node, host: Node, edge: Node) -> bool:
    """It leads back to the step, or to the frame anew: when the rung was changed (D18) its term is never shorter."""
    step = world.act(node).step or ""
    return Destiny(world, lambda one: one is host or _counts(world, one, "kader_lezen", step), is_local=True).is_sure(
        edge
    )


def _breaks(world: World, end: Node, rooms: set[Room]) -> bool:
    """This end takes the tokens of a room in which the task is busy: at once, or by an error that nobody catches."""
    if end.kind != "endEvent":
        return False
    if kind_of(end) == "terminateEventDefinition":
        return world.room_of[end] in rooms
    stack, seen = [world.room_of[end]] if is_error_end(end) else [], set[Room]()
    while stack:
        room = stack.pop()
        if room in rooms:
            return True
        if room not in seen:
            seen.add(room)
            free = [host for host in world.hosts[room] if not any(map(catches_error, world.edges(host)))]
            stack.extend(world.room_of[host] for host in free)
    return False


def left_unanswered(world: World) -> Iterator[Finding]:
    """WL23 (INV-18): what was asked of people is handled and answered, on every way, before the case ends."""
    for act, step in sorted(_collected(world)):
        fate = Destiny(world, partial(_answers, world, act, step, gates(world, act, step)))
        for node in world.tasks(act):
            if (world.act(node).step or "") != step or not _asks_answer(world, node):
                continue
            edges = [edge for _, edge in _around(world, node)]
            if not fate.is_sure_after(node) or not fate.is_sure_from(edges):
                sentence = Sentence(
                    "Na {wat} kan de zaak eindigen zonder dat alles is afgehandeld; tel wat openstaat "
                    "({operatie}, stap {stap}) en leid bij open > 0 naar een afhandeling en terug.",
                    wat=said(node.element),
                    operatie=_COUNTED[act],
                    stap=step or "?",
                )
                yield world.doc(node).error("WL23", node.element, sentence)


def _collected(world: World) -> set[tuple[Act, str]]:
    return {
        (world.act(node).act, world.act(node).step or "")
        for node in world.tasks(*_COUNTED)
        if _asks_answer(world, node)
    }


def _asks_answer(world: World, node: Node) -> bool:
    """Every contribution is answered, and advice that is collected; a single adviser is answered in the decision."""
    return world.act(node).act is Act.INBRENG or world.act(node).collects


def _answers(world: World, act: Act, step: str, handled: frozenset[Node], node: Node) -> bool:
    """Behind this step nothing is open: a count that was seen to be nought, or a decision that answers each advice."""
    if node in handled:
        return True
    form = world.form(node) if node.kind in HUMAN_TASKS else None
    decides = world.act(node).act is Act.BESLUIT and (world.act(node).step or "") == step
    return act is Act.ADVIES and decides and form is not None and form.asks("reacties")


def gates(world: World, act: Act, step: str) -> frozenset[Node]:
    """The counts behind which nothing is open any more: as long as something is, the way leads to handling and back."""
    counts = [node for node in world.steps("serviceTask") if _counts(world, node, _COUNTED[act], step)]
    handles = Destiny(
        world,
        lambda node: (
            node.kind in HUMAN_TASKS
            and world.act(node).act is Act.AFHANDELING
            and (world.act(node).step or step) == step
        ),
        is_local=True,
    )
    returns = Destiny(world, lambda node: node in counts, is_local=True)
    return frozenset(
        node
        for node in counts
        if (ways := list(ways_after(world, node, {world.result(node): _ONE_OPEN})))
        and all(handles.is_sure(way) and returns.is_sure(way) for way in ways)
    )


def _counts(world: World, node: Node, operation: str, step: str) -> bool:
    called = world.says[node].operation
    inputs = dict(called.inputs) if called is not None else {}
    return called is not None and called.name == operation and inputs.get("stap", '""').strip() == f'"{step}"'
