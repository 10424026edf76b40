"""What can still come after a step, and what can go on beside it: through calls, back to callers, and by messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from engine.lint.document import Node, line_of
from engine.lint.events import interrupts, kind_of
from engine.lint.world import Room, World, catches_error

MAX_FORKS = 400  # of one room; of further ones what goes on beside a step is not judged

_CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway", "complexGateway"})


@dataclass(frozen=True, slots=True)
class _Forks:
    """The places of a room where a token becomes more of them: for each branch the steps it comes to, as a bit mask."""

    bits: dict[Node, int]
    branches: list[tuple[int, ...]]


class Sequel:
    """The steps that can come after others. What is entered by a call comes back to that call only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._inside: dict[Room, frozenset[Node]] = {}
        self._forks: dict[Room, _Forks] = {}

    def after(self, *nodes: Node, until: Collection[Node] = ()) -> frozenset[Node]:
        """All steps that a token can come to once one of these is done, and before one of `until` is come to.

        Of a single step that does not count what follows when it is done once more.
        """
        found: set[Node] = set()
        pending = list(nodes)
        seen: set[Node] = set()
        while pending:
            done = pending.pop()
            if done in seen:
                continue
            seen.add(done)
            room = self.world.room_of[done]
            stop = self.world.host_of_edge(done) if done.kind == "boundaryEvent" else done
            stops = {*until, stop} if len(nodes) == 1 else until
            here = self._closed(self.world.next(done), without=stops, known=found)
            found |= here
            last = here | {done}
            if any(end in last for end in room.ends):
                pending.extend(self.world.hosts[room])
            if any(end in last for end in room.errors):
                pending.extend(
                    edge for host in self.world.hosts[room] for edge in self.world.edges(host) if catches_error(edge)
                )
        found |= self._entered(found)
        return frozenset(found | self._started(found))

    def inside(self, room: Room) -> frozenset[Node]:
        """All steps of a room that can be reached, and those of the rooms that it enters."""
        if room not in self._inside:
            here = self._closed(room.starts)
            self._inside[room] = frozenset(here | self._entered(here))
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
            forks = self._forked(room)
            other = 0
            for branches in forks.branches:
                own = [branch for branch in branches if branch & forks.bits[here]]
                if own and len(own) < len(branches):
                    other |= _union(branch for branch in branches if branch not in own) & ~_union(own)
            found.update(one for one in room.nodes if other & forks.bits[one])
            stack.extend(self.world.hosts[room])
        return frozenset(found | self._entered(found))

    def _forked(self, room: Room) -> _Forks:
        if room not in self._forks:
            bits = {node: 1 << at for at, node in enumerate(room.nodes)}
            self._forks[room] = _Forks(bits, [])
            for split, branches in self._splits(room):
                if len(self._forks[room].branches) >= MAX_FORKS:
                    break
                reached = [own | self._closed(starts, without=(split,)) for starts, own in branches]
                self._forks[room].branches.append(tuple(_union(bits[one] for one in branch) for branch in reached))
        return self._forks[room]

    def _splits(self, room: Room) -> Iterator[tuple[Node, list[tuple[tuple[Node, ...], frozenset[Node]]]]]:
        """Each split with its branches: where a branch begins, and the step that itself goes on in it."""
        nobody: frozenset[Node] = frozenset()
        for node in room.nodes:
            after = self.world.next(node)
            if len(after) > 1 and node.kind not in _CHOOSING:
                yield node, [((target,), nobody) for target in after]
            for edge in self.world.edges(node):
                if not interrupts(edge):
                    yield node, [(after, frozenset({node})), (self.world.next(edge), nobody)]

    def _closed(
        self, starts: Iterable[Node], without: Collection[Node | None] = (), known: Collection[Node] = frozenset()
    ) -> frozenset[Node]:
        """The starts and what can be reached from them in their own room: not beyond `without`, and not `known`."""
        found: set[Node] = set()
        stack = list(starts)
        while stack:
            node = stack.pop()
            if node in found or node in known:
                continue
            found.add(node)
            if node not in without:
                stack += self.world.next(node)
                stack += self.world.edges(node)
        return frozenset(found)

    def _entered(self, nodes: Iterable[Node]) -> set[Node]:
        """The steps of the rooms that these steps enter."""
        rooms = {self.world.inner[node] for node in nodes if node in self.world.inner}
        return set().union(*(self.inside(room) for room in rooms))

    def _started(self, found: Iterable[Node]) -> set[Node]:
        """What runs in the cases that a message from these steps starts, and those that these start in turn."""
        rooms: set[Room] = set()
        stack = list(found)
        reached: set[Node] = set()
        while stack:
            for start in self._letters(stack.pop()):
                room = self.world.room_of[start]
                if room not in rooms:
                    rooms.add(room)
                    stack += self.inside(room) - reached
                    reached |= self.inside(room)
        return reached

    def _letters(self, node: Node) -> Iterator[Node]:
        name = self.world.message(node) if node.kind in ("intermediateThrowEvent", "endEvent", "sendTask") else None
        for receiver in self.world.receivers.get(name or "", ()):
            if receiver.kind == "startEvent" and kind_of(receiver) == "messageEventDefinition":
                yield receiver


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def first(nodes: Iterable[Node]) -> Node | None:
    """The first of these steps, for a finding that names one."""
    return min(nodes, key=place_of, default=None)


def place_of(node: Node) -> tuple[str, int, str]:
    """Where a step stands, as an order that is the same each time."""
    return node.process, line_of(node.element) or 0, node.key
