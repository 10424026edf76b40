"""What surely still happens: whether a token at a step inevitably passes a goal before its case ends.

At a choice every way must pass the goal; at a parallel split one of the ways is enough, for all of them are gone. What
a non-interrupting event starts is extra and promises nothing; an interrupting one is one more way out. A step that is
done for each of a number of things may be done for none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.lint.document import Node
from engine.lint.events import interrupts
from engine.lint.world import Room, World, catches_error, is_error_end

Goal = Callable[[Node], bool]
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})


class Destiny:
    """The fate of the tokens of a world with respect to one goal.

    `is_local` looks at each process on its own: its end is the end, whoever called it.
    """

    def __init__(self, world: World, goal: Goal, *, is_local: bool = False) -> None:
        self.world, self.goal, self.is_local = world, goal, is_local
        self._fates: dict[tuple[Room, bool, bool], dict[Node, bool]] = {}
        self._ends: dict[Room, bool] = {}
        self._caught: dict[Room, bool] = {}

    def is_sure(self, node: Node) -> bool:
        """A token that arrives at this step surely passes the goal, here or later."""
        return self._fate(node)[node]

    def is_sure_after(self, node: Node) -> bool:
        """Once this step is done the goal is surely still passed."""
        room = self.world.room_of[node]
        return self._onwards(node, self._fate(node), is_end=self._end(room), is_caught=self._error(room))

    def is_sure_from(self, nodes: Iterable[Node]) -> bool:
        """The same for each of these steps."""
        return all(self.is_sure(node) for node in nodes)

    def is_caught(self, room: Room) -> bool:
        """An error that ends this room is caught somewhere, and from there the goal is surely passed."""
        edges = list(catching(self.world, room))
        return bool(edges) and all(self.is_sure(edge) for edge in edges)

    def _fate(self, node: Node) -> dict[Node, bool]:
        room = self.world.room_of[node]
        return self._judged(room, is_end=self._end(room), is_caught=self._error(room))

    def _end(self, room: Room) -> bool:
        """Whether the goal is still sure when the room has ended."""
        if room not in self._ends:
            hosts = self.world.hosts[room]
            is_last = (room.is_process and self.is_local) or any(self.world.is_entry(start) for start in room.starts)
            self._ends[room] = not is_last and bool(hosts) and all(self.is_sure_after(host) for host in hosts)
        return self._ends[room]

    def _error(self, room: Room) -> bool:
        """Whether the goal is still sure when an error has ended the room; one that nobody catches ends nothing."""
        if room not in self._caught:
            edges = () if room.is_process and self.is_local else catching(self.world, room)
            self._caught[room] = all(self.is_sure(edge) for edge in edges)
        return self._caught[room]

    def _within(self, room: Room) -> bool:
        """Whoever enters the room surely passes the goal in it."""
        fate = self._judged(room, is_end=False, is_caught=True)
        return all(fate[start] for start in room.starts)

    def _judged(self, room: Room, *, is_end: bool, is_caught: bool) -> dict[Node, bool]:
        """The fate of each step of the room, from the ends backwards."""
        key = (room, is_end, is_caught)
        if key in self._fates:
            return self._fates[key]
        fate = dict.fromkeys(room.nodes, True)
        queue = dict.fromkeys(reversed(room.nodes))
        while queue:
            node = next(iter(queue))
            del queue[node]
            if fate[node] and not self._passes(node, fate, is_end=is_end, is_caught=is_caught):
                fate[node] = False
                host = self.world.host_of_edge(node) if node.kind == "boundaryEvent" else None
                queue.update(dict.fromkeys(self.world.before(node) if host is None else (host,)))
        self._fates[key] = fate
        return fate

    def _passes(self, node: Node, fate: dict[Node, bool], *, is_end: bool, is_caught: bool) -> bool:
        if not all(fate[edge] for edge in self.world.edges(node) if interrupts(edge)):
            return False
        inner = self.world.inner.get(node)
        if self.goal(node) or (inner is not None and not self.world.is_many(node) and self._within(inner)):
            return True
        return self._onwards(node, fate, is_end=is_end, is_caught=is_caught)

    def _onwards(self, node: Node, fate: dict[Node, bool], *, is_end: bool, is_caught: bool) -> bool:
        targets = [fate[target] for target in self.world.next(node)]
        if not targets:
            return is_caught if is_error_end(node) else is_end
        return all(targets) if node.kind in _CHOOSING else any(targets)


def catching(world: World, room: Room) -> Iterable[Node]:
    """The events that catch an error which ends this room: the nearest on each way up."""
    seen: set[Room] = set()
    stack = [room]
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        for host in world.hosts[here]:
            edges = [edge for edge in world.edges(host) if catches_error(edge)]
            yield from edges
            if not edges:
                stack.append(world.room_of[host])
