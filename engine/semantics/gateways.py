"""Gateways.

Cured here: SpiffWorkflow's parallel join looks at all its own earlier instances in the tree, so that in the second
round of a loop it opens after one branch, while an advice is still awaited; its inclusive join has the same roots. Here
a join holds the tokens that have arrived and not been used: one for each flow opens it, and uses those up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import ExclusiveGatewayMixin, InclusiveGatewayMixin, ParallelGatewayMixin

from engine.errors import CaseStuck
from engine.semantics.levels import READY, WAITING, Level, Token
from engine.semantics.nodes import Flow, Node


class Gateway(Node):
    """A gateway; `arriving` holds the ids of its incoming flows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: tuple[str, ...] = ()

    def connect_arriving(self, flows: Iterable[str]) -> None:
        """Fix the incoming flows; with one or none there is nothing to join."""
        self.arriving = tuple(flows)
        is_join = len(self.arriving) > 1
        self.joins = is_join and isinstance(self, ParallelGateway | InclusiveGateway)
        self.parks = is_join and isinstance(self, InclusiveGateway)

    def _holds(self, token: Token, condition: Flow) -> bool:
        return condition.condition is not None and self.evaluate(token, condition.condition) is True

    def _choose(self, my_task: Token, chosen: list[Flow]) -> tuple[list[Flow], tuple[str, ...]]:
        """The chosen flows, else the default; with neither the case cannot go on, and nobody decides for it."""
        chosen = chosen or [flow for flow in self.flows if flow.is_default]
        if not chosen and self.flows:
            raise CaseStuck(f"Bij '{self.title}' is geen enkele voorwaarde waar en er is geen standaarduitgang.")
        return chosen, tuple(flow.id for flow in chosen)

    def _held(self, my_task: Token) -> dict[str, Token]:
        """For each incoming flow the oldest token that came over it and waits here, this one included."""
        held: dict[str, Token] = {}
        for token in my_task.workflow.tasks.values():
            if token.task_spec is self and token._state == WAITING:
                held.setdefault(token.internal_data["via"], token)
        return held


class ExclusiveGateway(Gateway, ExclusiveGatewayMixin):
    """Takes the first flow whose condition is true; what is unknown is not true."""

    kind = "exclusiveGateway"

    def taken(self, my_task: Token) -> tuple[list[Flow], tuple[str, ...]]:
        """One flow."""
        if len(self.flows) == 1 and self.flows[0].condition is None:
            return list(self.flows), (self.flows[0].id,)
        first = next((flow for flow in self.flows if self._holds(my_task, flow)), None)
        return self._choose(my_task, [] if first is None else [first])


class ParallelGateway(Gateway, ParallelGatewayMixin):
    """Opens when a token waits for each incoming flow, uses up one of each, and sends one over each outgoing flow."""

    kind = "parallelGateway"

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return True
        held = self._held(my_task)
        if len(held) < len(self.arriving):
            return False
        level: Level = my_task.workflow
        for token in held.values():
            if token is not my_task:
                level.drop(token)
        return True


class InclusiveGateway(Gateway, InclusiveGatewayMixin):
    """Opens when no token can still reach a flow on which it has none; sends over every flow whose condition is true.

    `reach` holds for each incoming flow the elements from which a token can come to it without passing this gateway.
    """

    kind = "inclusiveGateway"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach: dict[str, frozenset[str]] = {}

    def _update_hook(self, my_task: Token) -> bool:
        if not self.joins:
            return True
        my_task.workflow.top.parked[my_task.id] = my_task
        return False

    def may_open(self, my_task: Token) -> bool:
        """Whether no token elsewhere on this level can still bring one to an empty incoming flow."""
        held = self._held(my_task)
        empty = [self.reach[flow] for flow in self.arriving if flow not in held]
        filled = [self.reach[flow] for flow in held]
        for token in my_task.workflow.tasks.values():
            place = token.task_spec.element
            if token.task_spec is self or not any(place in reach for reach in empty):
                continue
            if not any(place in reach for reach in filled):
                return False
        return True

    def open(self, my_task: Token) -> None:
        """Use up one waiting token of each flow, and go on with one."""
        level: Level = my_task.workflow
        held = list(self._held(my_task).values())
        for token in held[1:]:
            level.drop(token)
            level.top.parked.pop(token.id, None)
        level.top.parked.pop(held[0].id, None)
        held[0]._state = READY
        level.top.agenda.append(held[0])

    def taken(self, my_task: Token) -> tuple[list[Flow], tuple[str, ...]]:
        """All flows whose condition is true."""
        if len(self.flows) == 1 and self.flows[0].condition is None:
            return list(self.flows), (self.flows[0].id,)
        return self._choose(my_task, [flow for flow in self.flows if self._holds(my_task, flow)])

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.top.parked.pop(my_task.id, None)
