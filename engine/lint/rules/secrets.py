"""What is confidential stays in confidential processes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import ExpressionError
from engine.expressions import compile_expression
from engine.lint.document import Node, said
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import Room, World
from engine.notation import read
from engine.sentences import Sentence
from engine.terms import Finding, Json

# What a message may always carry: where it comes from, not what it is about.
_PLACES = frozenset({"wijk", "jaar", "zaak", "dossier"})


def confidential_flows_out(world: World) -> Iterator[Finding]:
    """WL14 (INV-39, INV-40): data of a confidential process reach no other: not by a call, not in a message."""
    closed = {room: read(_process(world, room).scope.element, room.doc.file)[0].is_confidential for room in world.rooms}
    for node in world.says:
        is_closed = closed[world.room_of[node]]
        if node.kind in HUMAN_TASKS and world.says[node].is_confidential and not is_closed:
            sentence = Sentence(
                "{wat} is vertrouwelijk, maar het proces niet; leg de taak in een vertrouwelijk proces "
                '(<wijk:proces vertrouwelijk="ja"/>).',
                wat=said(node.element),
            )
            yield world.doc(node).error("WL14", node.element, sentence)
        inner = world.inner.get(node)
        if inner is not None and closed[inner] != is_closed:
            inward = Sentence("een vertrouwelijk proces aan vanuit een openbaar")
            outward = Sentence("een openbaar proces aan vanuit een vertrouwelijk")
            sentence = Sentence(
                "{wat} roept {hoe}; een aanroep geeft alle gegevens door, begin het met een bericht.",
                wat=said(node.element),
                hoe=inward if closed[inner] else outward,
            )
            yield world.doc(node).error("WL14", node.element, sentence)
    for name, senders in world.senders.items():
        receivers = world.receivers.get(name, ())
        safe = bool(receivers) and all(closed[world.room_of[one]] for one in receivers)
        for node in senders:
            says = world.says[node]
            is_marked = says.is_confidential or any(world.says[one].is_confidential for one in receivers)
            if not safe and (is_marked or closed[world.room_of[node]]) and (is_marked or _tells(world, node)):
                sentence = Sentence(
                    "{wat} brengt vertrouwelijke gegevens naar een proces dat het niet is; geef alleen "
                    "{namen} of een vaste tekst mee, of maak de ontvanger vertrouwelijk.",
                    wat=said(node.element),
                    namen=sorted(_PLACES),
                )
                yield world.doc(node).error("WL14", node.element, sentence)


def content_is_kept_out(world: World) -> Iterator[Finding]:
    """WL14 (INV-39): a process that keeps no content asks for none, and is confidential."""
    for node in world.says:
        room = _process(world, world.room_of[node])
        said_ = read(room.scope.element, room.doc.file)[0]
        if not said_.is_empty:
            continue
        form = world.form(node)
        asked = [] if form is None else sorted(_written(dict(form.content)))
        if node.kind in HUMAN_TASKS and asked:
            sentence = Sentence(
                "{wat} vraagt tekst ({velden}), maar van het proces wordt geen inhoud bewaard; vraag een "
                "keuze, een getal of een datum.",
                wat=said(node.element),
                velden=asked,
            )
            yield world.doc(node).error("WL14", node.element, sentence)
        if node.kind in HUMAN_TASKS and not said_.is_confidential:
            sentence = Sentence(
                "Van {wat} wordt geen inhoud bewaard; maak het ook vertrouwelijk.", wat=said(room.scope.element)
            )
            yield world.doc(node).error("WL14", node.element, sentence)


def _written(content: Json) -> Iterator[str]:
    """The fields of a form in which people write."""
    if isinstance(content, list):
        for one in content:
            yield from _written(one)
    elif isinstance(content, dict):
        if content.get("type") in ("textfield", "textarea"):
            yield str(content.get("key"))
        yield from _written(content.get("components"))


def _process(world: World, room: Room) -> Room:
    while not room.is_process and world.hosts[room]:
        room = world.room_of[world.hosts[room][0]]
    return room


def _tells(world: World, node: Node) -> bool:
    """The message carries more than where it comes from; `groep` may be a person here."""
    says = world.says[node]
    for text in (says.content, says.key):
        try:
            if text is not None and not compile_expression(text).names <= _PLACES:
                return True
        except ExpressionError:
            continue  # reported where it stands
    return False
