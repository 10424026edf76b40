"""Elements as specs: what they share, and the tasks.

Cured here: SpiffWorkflow has no state check on running a task (a finished one can be run again), wires callbacks into
specs while a case runs (specs shared between cases change under them), and knows one flow per task only. Specs here are
built once, hold no state of a case, and send a token over each of their flows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import (
    BpmnSpecMixin,
    ManualTaskMixin,
    NoneTaskMixin,
    ScriptTaskMixin,
    ServiceTaskMixin,
    UserTaskMixin,
)

from engine.decisions import Table
from engine.errors import CaseStuck
from engine.notation import Notation
from engine.semantics.levels import Level, Passed, Token
from engine.submission import day_of

Evaluate = Callable[..., Any]
MAX_LABEL = 200
"""How long a subject or a correlation key may be: it stands in rows that are looked up by it."""


@dataclass(slots=True)
class Flow:
    """A sequence flow; `condition` is compiled FEEL, `target` the spec at its end. Never changed once read."""

    id: str
    target: Node
    condition: Evaluate | None = None
    is_default: bool = False


class Node(BpmnSpecMixin):
    """What every element here has on top of SpiffWorkflow's task spec.

    `joins`: a token must know over which flow it came; `parks`: it waits here until no other can come; `listens`: it
    waits here for an event. `outer` is the multi-instance that runs this.
    """

    joins = False
    parks = False
    listens = False
    kind = "none"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.element = bpmn_id
        self.title: str = kwargs.get("bpmn_name") or bpmn_id
        self.notation = Notation()
        self.result = bpmn_id
        self.phase: str | None = None
        self.flows: tuple[Flow, ...] = ()
        self.boundaries: tuple[Node, ...] = ()
        self.outer: Any = None

    def annotate(self, notation: Notation) -> None:
        """Take over what the notation says of this element."""
        self.notation = notation
        self.result = notation.result or self.element
        self.phase = notation.phase

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Nothing: only what is, is in the tree."""

    def _update(self, my_task: Token) -> None:
        level: Level = my_task.workflow
        for boundary in self.boundaries:
            level.enter(boundary, host=my_task)
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.top.agenda.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        flows, detail = self.taken(my_task)
        my_task.workflow.top.passed.append(Passed(self.element, self.kind, detail))
        self.move_on(my_task, flows)

    def move_on(self, my_task: Token, flows: Iterable[Flow]) -> None:
        """Let the token go: over its flows, or back to the multi-instance that it is an instance of."""
        if self.outer is not None:
            self.outer.gather(my_task)
        else:
            my_task.workflow.leave(my_task, flows)

    def taken(self, my_task: Token) -> tuple[Iterable[Flow], tuple[str, ...]]:
        """The flows that a completed token takes, and what the log should know about the choice."""
        return self.flows, ()

    def evaluate(self, my_task: Token, expression: Evaluate) -> Any:
        """The value of a compiled expression over what this token sees."""
        return expression(my_task.data, my_task.workflow.top.functions)

    def _on_cancel(self, my_task: Token) -> None:
        pass


def _subject_of(value: Any, title: str) -> str:
    """What a task is about, as it stands open in registers and work lists: a short text or a number."""
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise CaseStuck(f"Het onderwerp van '{title}' is geen tekst of getal.")
    subject = str(value).strip()
    if not subject or len(subject) > MAX_LABEL or not subject.isprintable():
        raise CaseStuck(f"Het onderwerp van '{title}' heeft niet 1 tot {MAX_LABEL} leesbare tekens.")
    return subject


class Human(Node):
    """Work that waits for a person."""

    manual = True

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.subject: Evaluate | None = None

    def _on_ready(self, my_task: Token) -> None:
        top, notes = my_task.workflow.top, my_task.internal_data
        if self.subject is not None:
            subject = self.evaluate(my_task, self.subject)
            notes["onderwerp"] = "*" if subject is None else _subject_of(subject, self.title)
        if self.notation.act.term is not None:
            due: Any = top.functions["termijn"](self.notation.act.term)
            notes["uiterlijk"] = due.isoformat()
        top.opened[my_task.id] = my_task

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.top.opened.pop(my_task.id, None)
        self.move_on(my_task, self.flows)

    def _on_cancel(self, my_task: Token) -> None:
        top = my_task.workflow.top
        if top.opened.pop(my_task.id, None) is None:
            top.closed.append(my_task.id)


class UserTask(Human, UserTaskMixin):
    """Work on a form."""

    kind = "userTask"


class ManualTask(Human, ManualTaskMixin):
    """Work outside the system that somebody reports as done."""

    kind = "manualTask"


class PlainTask(Human, NoneTaskMixin):
    """A task without a sort: work that somebody reports as done."""

    kind = "task"


class ScriptTask(Node, ScriptTaskMixin):
    """Assignments in FEEL, each to a key of the data."""

    kind = "scriptTask"

    def _run_hook(self, my_task: Token) -> bool:
        names: Mapping[str, Any] = self.evaluate(my_task, self.script)
        for name, value in names.items():
            my_task.write(name, value)
        return True


class RuleTask(Node):
    """Asks a decision table of the bundle, on the day of the step; `table` is set when the family has been read."""

    kind = "businessRuleTask"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.table: Table | None = None

    def _run_hook(self, my_task: Token) -> bool:
        assert self.table is not None
        decided = self.table.decide(my_task.data, day_of(my_task.workflow.top.now))
        my_task.write(self.result, dict(decided.values))
        my_task.internal_data["regels"] = list(decided.rules)
        return True

    def taken(self, my_task: Token) -> tuple[Iterable[Flow], tuple[str, ...]]:
        """All flows; the log gets the rules that matched."""
        return self.flows, tuple(my_task.internal_data["regels"])


class ServiceTask(Node, ServiceTaskMixin):
    """Calls an operation of the closed list, and waits for its answer."""

    kind = "serviceTask"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.inputs_of_call: tuple[tuple[str, Evaluate], ...] = ()

    def _run_hook(self, my_task: Token) -> None:
        my_task.internal_data["invoer"] = {
            name: self.evaluate(my_task, expression) for name, expression in self.inputs_of_call
        }
        my_task.workflow.top.called[my_task.id] = my_task

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.top.called.pop(my_task.id, None)
