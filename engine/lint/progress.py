"""How far every token has surely come when it arrives at a step: stages in a fixed order, on all paths to it.

Tokens are followed through subprocesses, called processes (for each stage at which they are called) and messages that
start a case. Where ways meet, the least stage counts; where a parallel point waits for all its ways, the greatest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.lint.document import Node
from engine.lint.events import interrupts, kind_of
from engine.lint.world import Room, World

MAX_ROUNDS = 12

Advance = Callable[[Node, int], int]
Along = Callable[[Node, Node, int], int]


@dataclass(frozen=True, slots=True)
class _Passage:
    """A room entered at one stage: the stage on arrival at each step, at its end, and the least one inside."""

    at: dict[Node, int]
    out: int
    low: int


class Progress:
    """The stages of one rule. `advance` says at which stage a token leaves a step that it reached at a stage.

    `along` says the same of the way from one step to the next. Both must keep order: of two stages the higher never
    leaves lower.
    """

    def __init__(self, world: World, advance: Advance, highest: int, along: Along | None = None) -> None:
        self.world, self.advance, self.highest, self.along = world, advance, highest, along
        self._passages: dict[tuple[Room, int | None], _Passage] = {}
        self._letters: dict[str, int] = {}
        self._at: dict[Node, int] = {}
        for number in range(MAX_ROUNDS):
            if not self._round(is_last=number == MAX_ROUNDS - 1):
                break

    def at(self, node: Node) -> int:
        """The stage at which every token arrives here; the highest for a step that none reaches."""
        return self._at.get(node, self.highest)

    def _round(self, *, is_last: bool) -> bool:
        """Follow all cases from their starts; True when a message turns out to be sent earlier than was thought."""
        self._passages.clear()
        if is_last:
            self._letters = dict.fromkeys(self.world.senders, 0)  # no more is known, so nothing is promised
        for room in self.world.rooms:
            if any(self.world.is_entry(start) for start in room.starts):
                self._pass(room, None)
        self._at = {}
        for passage in self._passages.values():
            for node, stage in passage.at.items():
                self._at[node] = min(stage, self.at(node))
        sent = {name: min(map(self.at, senders)) for name, senders in self.world.senders.items()}
        lower = {name: stage for name, stage in sent.items() if stage < self._letters.get(name, self.highest)}
        self._letters.update(lower)
        return bool(lower) and not is_last

    def _pass(self, room: Room, stage: int | None) -> _Passage:
        """The room entered by its caller at this stage, or (None) by what starts a case of its own."""
        known = self._passages.get((room, stage))
        if known is None:
            at = self._followed(room, self._begun(room, stage))
            outs = [self._leaves(end, at) for end in main_ends(self.world, room)]
            low = min([self._least(node, at) for node in room.nodes], default=self.highest)
            known = _Passage(at, min(outs, default=self.highest), low)
            self._passages[room, stage] = known
        return known

    def _begun(self, room: Room, stage: int | None) -> dict[Node, int]:
        if stage is not None:
            return {start: stage for start in room.starts if kind_of(start) == ""}
        return {start: self._opening(start) for start in room.starts if self.world.is_entry(start)}

    def _opening(self, start: Node) -> int:
        """The stage at which a case begins here: nothing was done yet, but before the message that starts it."""
        name = self.world.message(start) if kind_of(start) == "messageEventDefinition" else None
        return self._letters.get(name, self.highest) if name is not None and name in self.world.senders else 0

    def _followed(self, room: Room, begun: dict[Node, int]) -> dict[Node, int]:
        at = dict.fromkeys(room.nodes, self.highest)
        queue = dict.fromkeys(room.nodes)
        while queue:
            node = next(iter(queue))
            del queue[node]
            stage = begun[node] if node in begun else self._arrives(node, at)
            if stage < at[node]:
                at[node] = stage
                queue.update(dict.fromkeys((*self.world.next(node), *self.world.edges(node))))
        return at

    def _arrives(self, node: Node, at: dict[Node, int]) -> int:
        if node.kind == "boundaryEvent":
            host = self.world.host_of_edge(node)
            return self.highest if host is None else self._least(host, at)
        stages = [self._moves(one, node, at) for one in self.world.before(node)]
        choose = max if node.kind == "parallelGateway" else min
        return choose(stages, default=self.highest)

    def _moves(self, source: Node, target: Node, at: dict[Node, int]) -> int:
        stage = self._leaves(source, at)
        return stage if self.along is None else self.along(source, target, stage)

    def _leaves(self, node: Node, at: dict[Node, int]) -> int:
        inner = self.world.inner.get(node)
        if inner is None:
            return self.advance(node, at[node])
        out = self._pass(inner, at[node]).out
        return min(out, at[node]) if self.world.is_many(node) else out

    def _least(self, node: Node, at: dict[Node, int]) -> int:
        """The least stage that a token can have in this step, also when it is interrupted there."""
        inner = self.world.inner.get(node)
        return at[node] if inner is None else min(at[node], self._pass(inner, at[node]).low)


def main_ends(world: World, room: Room) -> tuple[Node, ...]:
    """The ends that the main course of a room reaches; what only a non-interrupting event leads to is beside it."""
    seen = set(room.starts)
    stack = list(room.starts)
    while stack:
        node = stack.pop()
        after = (*world.next(node), *(edge for edge in world.edges(node) if interrupts(edge)))
        stack.extend(one for one in after if one not in seen)
        seen.update(after)
    return tuple(end for end in room.ends if end in seen)
