"""The diagrams of a family as one world: who calls whom, where a message starts a case, and what each step says.

A room is a process or an embedded subprocess: a container in which tokens move. A step that holds a room (a subprocess)
or opens one (a call activity) is its host. Steps are compared as they are, so a key may occur in two files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import notation
from engine.decisions import Table
from engine.lint.document import Document, Element, Node, Scope, children, text_of
from engine.lint.events import definition_of, kind_of
from engine.lint.graph import successors
from engine.lint.lanes import Holders
from engine.lint.paths import starts_of
from engine.lint.questions import Form
from engine.lint.vocabulary import HUMAN_TASKS
from engine.notation import Notation
from engine.participation import FRAME_PRODUCTS
from engine.rights import Matrix
from engine.roles import Roles
from engine.terms import Act, ActSpec

DECISIONS = frozenset({Act.BESLUIT, Act.ZELFBINDING, Act.BEKRACHTIGING})


@dataclass(frozen=True, slots=True)
class Family:
    """What the diagrams of a bundle may name: decision tables and forms by id, names of terms, roles and rights.

    `roles` or `matrix` is None when its own file could not be read; then only what rests on it is left out.
    """

    tables: Mapping[str, Table]
    forms: Mapping[str, Form]
    terms: frozenset[str]
    roles: Roles | None = None
    matrix: Matrix | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """A container in which tokens move; `ends` are the steps after which nothing comes, error ends apart."""

    doc: Document
    scope: Scope
    nodes: tuple[Node, ...]
    starts: tuple[Node, ...]
    ends: tuple[Node, ...]
    errors: tuple[Node, ...]

    @property
    def is_process(self) -> bool:
        """A process, not a subprocess."""
        return self.scope.kind == "process"


@dataclass(frozen=True, slots=True)
class Ways:
    """Where tokens go from a step and come from, in its own room; `edges` are the events on its border."""

    next: tuple[Node, ...]
    before: tuple[Node, ...]
    edges: tuple[Node, ...]
    is_many: bool


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All rooms of a family, with the ways between them; rooms that calls connect have the same name in `trees`."""

    family: Family
    docs: Mapping[str, Document]
    holders: Holders
    rooms: tuple[Room, ...]
    room_of: Mapping[Node, Room]
    inner: Mapping[Node, Room]
    hosts: Mapping[Room, tuple[Node, ...]]
    ways: Mapping[Node, Ways]
    trees: Mapping[Room, str]
    says: Mapping[Node, Notation]
    senders: Mapping[str, tuple[Node, ...]]
    receivers: Mapping[str, tuple[Node, ...]]

    def next(self, node: Node) -> tuple[Node, ...]:
        """The steps to which the flows of this one lead."""
        return self.ways[node].next

    def before(self, node: Node) -> tuple[Node, ...]:
        """The steps whose flows lead to this one, once for each flow."""
        return self.ways[node].before

    def edges(self, node: Node) -> tuple[Node, ...]:
        """The events on the border of this step."""
        return self.ways[node].edges

    def is_many(self, node: Node) -> bool:
        """This step is done once for each of a number of things, and so perhaps not at all."""
        return self.ways[node].is_many

    def host_of_edge(self, edge: Node) -> Node | None:
        """The step on whose border this event sits."""
        host = self.room_of[edge].doc.nodes.get(edge.element.get("attachedToRef") or "")
        return host if host is not None and host.scope == edge.scope else None

    def act(self, node: Node) -> ActSpec:
        """What the diagram says of a human task; plain work for any other step."""
        return self.says[node].act

    def tasks(self, *acts: Act) -> Iterator[Node]:
        """The human tasks with one of these acts (all human tasks when none is named), file by file."""
        for node in self.says:
            if node.kind in HUMAN_TASKS and (not acts or self.act(node).act in acts):
                yield node

    def steps(self, *kinds: str) -> Iterator[Node]:
        """The steps of these kinds, file by file."""
        return (node for node in self.says if node.kind in kinds)

    def form(self, node: Node) -> Form | None:
        """The form of a task; None when it has none, or one that is not in the family."""
        return self.family.forms.get(self.act(node).form or "")

    def has_unknown_form(self, node: Node) -> bool:
        """The task names a form that is not there; that is reported where it is named."""
        named = self.act(node).form
        return named is not None and named not in self.family.forms

    def result(self, node: Node) -> str:
        """The name under which the outcome of this step comes into the case."""
        return self.says[node].result or node.key

    def doc(self, node: Node) -> Document:
        """The document in which this step stands."""
        return self.room_of[node].doc

    def roles(self, node: Node) -> frozenset[str]:
        """The roles in whose lane this step can lie, its own or that of its callers."""
        return frozenset(role for role in self.holders.of(self.doc(node), node) if role is not None)

    def is_entry(self, start: Node) -> bool:
        """A case of its own begins at this start: nobody calls the process here."""
        room = self.room_of[start]
        return room.is_process and (kind_of(start) != "" or not self.hosts[room])

    def message(self, node: Node) -> str | None:
        """The name of the message that this step sends or waits for."""
        return _message(self.doc(node), node)


def world_of(docs: Mapping[str, Document], holders: Holders, family: Family) -> World:
    """The world of these documents; of two processes with one id the first counts."""
    rooms = {(doc.file, key): _room(doc, scope) for doc in docs.values() for key, scope in doc.scopes.items()}
    room_of = {node: room for room in rooms.values() for node in room.nodes}
    processes = {key: room for (_, key), room in reversed(rooms.items()) if room.is_process}
    inner: dict[Node, Room] = {}
    for node, room in room_of.items():
        held = rooms.get((room.doc.file, node.key))
        called = processes.get((node.element.get("calledElement") or "").strip())
        found = held if held is not None else called if node.kind == "callActivity" else None
        if found is not None and found.nodes:
            inner[node] = found
    hosts: dict[Room, list[Node]] = {room: [] for room in rooms.values()}
    for node, room in inner.items():
        hosts[room].append(node)
    return World(
        family=family,
        docs=docs,
        holders=holders,
        rooms=tuple(rooms.values()),
        room_of=room_of,
        inner=inner,
        hosts={room: tuple(found) for room, found in hosts.items()},
        ways={node: _ways(room.doc, node) for node, room in room_of.items()},
        trees=_trees(rooms.values(), inner, room_of),
        says={node: notation.read(node.element, room.doc.file)[0] for node, room in room_of.items()},
        senders=_by_message(room_of, _sends),
        receivers=_by_message(room_of, _waits),
    )


def _ways(doc: Document, node: Node) -> Ways:
    after = (doc.nodes[flow.target] for flow in doc.outgoing[node.key])
    before = (doc.nodes[flow.source] for flow in doc.incoming[node.key])
    return Ways(
        next=tuple(one for one in after if one.scope == node.scope),
        before=tuple(one for one in before if one.scope == node.scope),
        edges=tuple(edge for edge in doc.boundaries[node.key] if edge.scope == node.scope),
        is_many=bool(children(node.element, "multiInstanceLoopCharacteristics")),
    )


def _trees(rooms: Collection[Room], inner: Mapping[Node, Room], room_of: Mapping[Node, Room]) -> dict[Room, str]:
    near: dict[Room, list[Room]] = {room: [] for room in rooms}
    for host, room in inner.items():
        near[room_of[host]].append(room)
        near[room].append(room_of[host])
    found: dict[Room, str] = {}
    for room in rooms:
        stack = [room]
        while stack:
            here = stack.pop()
            if here not in found:
                found[here] = found.get(room, f"{room.doc.file}/{room.scope.key}")
                stack.extend(near[here])
    return found


def _by_message(room_of: Mapping[Node, Room], counts: Callable[[Node], bool]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for node, room in room_of.items():
        name = _message(room.doc, node) if counts(node) else None
        if name is not None:
            found[name] = (*found.get(name, ()), node)
    return found


def _message(doc: Document, node: Node) -> str | None:
    definition = definition_of(node) if node.kind.endswith("Event") else node.element
    found = None if definition is None else doc.ids.get(definition.get("messageRef") or "")
    return None if found is None else found.get("name")


def _room(doc: Document, scope: Scope) -> Room:
    graph = successors(doc, scope.key)
    last = [doc.nodes[key] for key in graph if not doc.outgoing[key]]
    return Room(
        doc=doc,
        scope=scope,
        nodes=doc.inside[scope.key],
        starts=tuple(doc.nodes[key] for key in starts_of(doc, graph)),
        ends=tuple(node for node in last if not is_error_end(node)),
        errors=tuple(node for node in last if is_error_end(node)),
    )


def is_error_end(node: Node) -> bool:
    """This end is an error, which goes to whoever catches it around here."""
    return node.kind == "endEvent" and kind_of(node) == "errorEventDefinition"


def catches_error(edge: Node) -> bool:
    """This event on a border catches an error from inside."""
    return kind_of(edge) == "errorEventDefinition"


def is_human(node: Node) -> bool:
    """A person does this step."""
    return node.kind in HUMAN_TASKS


def timer_text(event: Node) -> str | None:
    """What a timer waits for, as it is written; None for another event."""
    definition = definition_of(event)
    if definition is None or kind_of(event) != "timerEventDefinition":
        return None
    return " ".join(text_of(part) for part in children(definition))


def list_of(node: Node) -> str:
    """The expression for the things over which a multi-instance step goes, empty without one."""
    return " ".join(text_of(part) for part in loop_parts(node, "loopDataInputRef"))


def loop_parts(node: Node, *kinds: str) -> Iterator[Element]:
    """The parts of these kinds of the multi-instance characteristics of this step."""
    for loop in children(node.element, "multiInstanceLoopCharacteristics"):
        yield from children(loop, *kinds)


def is_publication(world: World) -> Callable[[Node], bool]:
    """A step that makes something public, other than a frame."""

    def publishes(node: Node) -> bool:
        act = world.act(node)
        return is_human(node) and act.act is Act.PUBLICATIE and act.product not in FRAME_PRODUCTS

    return publishes


def _sends(node: Node) -> bool:
    throws = node.kind in ("intermediateThrowEvent", "endEvent") and kind_of(node) == "messageEventDefinition"
    return throws or node.kind == "sendTask"


def _waits(node: Node) -> bool:
    catches = node.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent")
    return (catches and kind_of(node) == "messageEventDefinition") or node.kind == "receiveTask"
