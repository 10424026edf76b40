"""Activities that contain work: subprocesses, called processes and multi-instance.

Cured here: SpiffWorkflow connects callbacks to shared specs while a case runs (in a fresh process the instances of a
restored case never come together), raises at a multi-instance behind a boundary event, keeps a growing list of finished
instances, hangs on a negative cardinality, and merges the data of instances into each other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin, SubWorkflowTaskMixin

from engine.errors import CaseStuck, Runaway
from engine.semantics.levels import MAX_INSTANCES, Level, Token
from engine.semantics.nodes import Evaluate, Node


class Subprocess(Node, SubWorkflowTaskMixin):
    """Runs its content on a level of its own, in the data of its surroundings (as an instance: on a copy)."""

    kind = "subProcess"
    shares_data = True

    def _run_hook(self, my_task: Token) -> bool | None:
        top = my_task.workflow.top
        level = top.subprocesses.get(my_task.id)
        if level is None:
            spec = top.subprocess_specs[self.spec]
            if not spec.plain_starts:
                return True
            level = top.open_level(my_task, spec, shared=self.shares_data and self.outer is None)
            for start in spec.plain_starts:
                level.enter(start)
            return None
        if not level.shared:
            for key in sorted(level.written):
                my_task.write(key, level.data[key])
        top.close_level(my_task)
        return True

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.top.close_level(my_task)


class CallActivity(Subprocess, CallActivityMixin):
    """Runs another process of the family on a copy of the data; what that wrote comes back when it ends."""

    kind = "callActivity"
    shares_data = False


class MultiInstance(Node):
    """One instance for each item of a collection or each number up to a cardinality, at the same time or in a row.

    `inner` is the activity that runs; this spec is what the flows and boundary events see.
    With `output` the outcomes come into a list under that name, in the order of the items; without it each instance
    writes its own keys, and the last to finish wins.
    """

    is_sequential: bool = False
    cardinality: Evaluate | None = None
    collection: Evaluate | None = None
    item: str | None = None
    output: str | None = None
    output_item: str | None = None
    condition: Evaluate | None = None

    def __init__(self, wf_spec: Any, bpmn_id: str, inner: Node, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.inner = inner
        self.kind = inner.kind
        inner.outer = self

    def _run_hook(self, my_task: Token) -> bool | None:
        if "aantal" in my_task.internal_data:
            return True
        items = self._items(my_task)
        if len(items) > MAX_INSTANCES:
            raise Runaway(f"'{self.title}' zou {len(items)} keer lopen; meer dan {MAX_INSTANCES} kan niet.")
        notes = my_task.internal_data
        notes["aantal"], notes["klaar"] = len(items), 0
        if self.output is not None:
            my_task.write(self.output, [None] * len(items))
        if not items:
            return True
        if self.is_sequential:
            notes["rest"] = items[1:] if self.item is not None else []
            items = items[:1]
        for number, item in enumerate(items):
            self._start_instance(my_task, number, {} if self.item is None else {self.item: item})
        return None

    def _items(self, my_task: Token) -> list[Any]:
        if self.collection is not None:
            items = self.evaluate(my_task, self.collection)
            if not isinstance(items, list):
                raise CaseStuck(f"De verzameling van '{self.title}' is geen lijst.")
            return list(items)
        assert self.cardinality is not None
        number = self.evaluate(my_task, self.cardinality)
        if isinstance(number, bool) or not isinstance(number, Decimal | int) or number != int(number) or number < 0:
            raise CaseStuck(f"Het aantal keren van '{self.title}' is geen geheel getal van nul of meer.")
        if number > MAX_INSTANCES:
            raise Runaway(f"'{self.title}' zou {number} keer lopen; meer dan {MAX_INSTANCES} kan niet.")
        return list(range(int(number)))

    def gather(self, instance: Token) -> None:
        """Take over what an instance brought, and go on with the next or end."""
        my_task: Token = instance.parent
        notes, own = my_task.internal_data, instance.internal_data["eigen"]
        number = own["loopCounter"] - 1
        brought = {key: own[key] for key in instance.internal_data.get("geschreven", ())}
        if self.output is None:
            for key, value in brought.items():
                my_task.write(key, value)
        else:
            outcome = self._outcome(brought, own)
            so_far = my_task.data[self.output]
            my_task.write(self.output, [*so_far[:number], outcome, *so_far[number + 1 :]])
        notes["klaar"] += 1
        my_task.workflow.drop(instance)
        if notes["klaar"] == notes["aantal"] or self._is_enough(my_task, brought):
            self._end(my_task)
        elif self.is_sequential:
            rest = notes["rest"]
            following = {} if self.item is None else {self.item: rest[0]}
            notes["rest"] = rest[1:]
            self._start_instance(my_task, number + 1, following)

    def _outcome(self, brought: dict[str, Any], own: dict[str, Any]) -> Any:
        """What an instance contributes to the list: the item named for it, else its outcome, else all that it wrote."""
        if self.output_item is not None:
            return own.get(self.output_item)
        return brought.get(self.inner.result, brought)

    def _is_enough(self, my_task: Token, brought: dict[str, Any]) -> bool:
        """Whether the completion condition holds, seen from the instance that has just finished."""
        if self.condition is None:
            return False
        notes = my_task.internal_data
        counts = {
            "nrOfInstances": notes["aantal"],
            "nrOfCompletedInstances": notes["klaar"],
            "nrOfActiveInstances": sum(child.task_spec is self.inner for child in my_task.children),
        }
        seen = {**my_task.data, **brought, **counts}
        return self.condition(seen, my_task.workflow.top.functions) is True

    def _start_instance(self, my_task: Token, number: int, own: dict[str, Any]) -> None:
        level: Level = my_task.workflow
        level.top.count_instance()
        level.enter(self.inner, host=my_task, own={"loopCounter": number + 1, **own})

    def _end(self, my_task: Token) -> None:
        """Stop what still runs, and let the token go on."""
        for child in my_task.children:
            if child.task_spec is self.inner:
                child.cancel()
        my_task._ready()
