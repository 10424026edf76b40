"""What can still come after a step, and what can go on beside it: through calls, back to callers, and by messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.lint.document import Node, line_of
from engine.lint.events import interrupts, kind_of
from engine.lint.world import Room, World, catches_error

MAX_FORKS = 400  # of one room; with more of them what goes on beside a step is not judged there

_KEEPS = frozenset({"exclusiveGateway", "eventBasedGateway", "complexGateway"})
Branch = frozenset[Node]


class Sequel:
    """The steps that can come after others. What is entered by a call comes back to that call only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._inside: dict[Room, frozenset[Node]] = {}
        self._forks: dict[Room, list[tuple[Branch, ...]]] = {}

    def after(self, node: Node) -> frozenset[Node]:
        """All steps that a token can come to once this step is done; not what follows when it is done once more."""
        found: set[Node] = set()
        pending = [node]
        seen: set[Node] = set()
        while pending:
            done = pending.pop()
            if done in seen:
                continue
            seen.add(done)
            room = self.world.room_of[done]
            is_edge = done.kind == "boundaryEvent"
            here = self._closed(self.world.next(done), without=self.world.host_of_edge(done) if is_edge else done)
            found |= here.union(*(self.inside(self.world.inner[one]) for one in here if one in self.world.inner))
            last = here | {done}
            if any(end in last for end in room.ends):
                pending.extend(self.world.hosts[room])
            if any(end in last for end in room.errors):
                pending.extend(
                    edge for host in self.world.hosts[room] for edge in self.world.edges(host) if catches_error(edge)
                )
        return frozenset(found | self._started(found))

    def inside(self, room: Room) -> frozenset[Node]:
        """All steps of a room that can be reached, and those of the rooms that it enters."""
        if room not in self._inside:
            here = self._closed(room.starts)
            self._inside[room] = frozenset(
                here.union(*(self.inside(self.world.inner[one]) for one in here if one in self.world.inner))
            )
        return self._inside[room]

    def beside(self, node: Node) -> frozenset[Node]:
        """The steps that can be busy while this one is: on another branch of a split, here or around a caller."""
        found: set[Node] = set()
        seen: set[Node] = set()
        stack = [node]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            room = self.world.room_of[here]
            for branches in self.forks(room):
                with_it = [branch for branch in branches if here in branch]
                if with_it and len(with_it) < len(branches):
                    others = frozenset().union(*(one for one in branches if here not in one))
                    found |= others.difference(*with_it)
            stack.extend(self.world.hosts[room])
        return frozenset(found.union(*(self.inside(self.world.inner[one]) for one in found if one in self.world.inner)))

    def forks(self, room: Room) -> list[tuple[Branch, ...]]:
        """For each place where a token becomes more of them, the steps that each of these can come to."""
        if room not in self._forks:
            places = list(self._splits(room))
            self._forks[room] = (
                [
                    tuple(self._closed(starts, without=split) | own for starts, own in branches)
                    for split, branches in places
                ]
                if len(places) <= MAX_FORKS
                else []
            )
        return self._forks[room]

    def _splits(self, room: Room) -> Iterator[tuple[Node, list[tuple[Iterable[Node], frozenset[Node]]]]]:
        for node in room.nodes:
            after = self.world.next(node)
            if len(after) > 1 and node.kind not in _KEEPS:
                yield node, [((target,), frozenset()) for target in after]
            for edge in self.world.edges(node):
                if not interrupts(edge):
                    yield node, [(after, frozenset({node})), (self.world.next(edge), frozenset())]

    def _closed(self, starts: Iterable[Node], without: Node | None = None) -> frozenset[Node]:
        """The starts and what can be reached from them in their own room, not going on through `without`."""
        found = set(starts)
        stack = [one for one in found if one is not without]
        while stack:
            node = stack.pop()
            for target in (*self.world.next(node), *self.world.edges(node)):
                if target not in found:
                    found.add(target)
                    if target is not without:
                        stack.append(target)
        return frozenset(found)

    def _started(self, found: Iterable[Node]) -> frozenset[Node]:
        """What runs in the cases that a message from these steps starts, and those that these start in turn."""
        rooms: set[Room] = set()
        stack = list(found)
        reached: set[Node] = set()
        while stack:
            node = stack.pop()
            for start in self._letters(node):
                room = self.world.room_of[start]
                if room not in rooms:
                    rooms.add(room)
                    stack.extend(self.inside(room) - reached)
                    reached |= self.inside(room)
        return frozenset(reached)

    def _letters(self, node: Node) -> Iterator[Node]:
        name = self.world.message(node) if node.kind in ("intermediateThrowEvent", "endEvent", "sendTask") else None
        for receiver in self.world.receivers.get(name or "", ()):
            if receiver.kind == "startEvent" and kind_of(receiver) == "messageEventDefinition":
                yield receiver


def first(nodes: Iterable[Node]) -> Node | None:
    """The first of these steps, for a finding that names one."""
    return min(nodes, key=place_of, default=None)


def place_of(node: Node) -> tuple[str, int, str]:
    """Where a step stands, as an order that is the same each time."""
    return node.process, line_of(node.element) or 0, node.key
