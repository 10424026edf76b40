"""Tokens, and the levels of a running case that hold them: SpiffWorkflow's task tree, kept to what lives.

SpiffWorkflow predicts every possible future as tasks, keeps every finished task, and walks that whole tree at each
step. Three of its defects come from there, and are cured here:
- it stops looking at depth 1,000, so that a loop of one task is silently "completed" after 500 rounds;
- prediction doubles with every parallel block, so that a valid 9 kB diagram can kill a server;
- the cost of a step, and the size of the state, grow with the history and with the future.
Here a token exists only while it lives. Ready automatic tokens wait on an agenda, so nothing is ever searched for.
A fourth: the data of branches is copied one level deep and then changed in place, so that branches leak into each
other. Here data belongs to a level (a case, a called process), each step replaces its own key in it, and no value in it
is ever changed in place.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task as SpiffTask
from SpiffWorkflow.util.task import TaskState

from engine.errors import Runaway

_PLAIN_KEY = re.compile(r"[\w.-]+")  # what stands in JSON as it is

MAX_STEPS = 400
MAX_TOKENS = 1_000
MAX_INSTANCES = 1_000
MAX_DEPTH = 20
STEPS_PER_INSTANCE = 20
"""Each multi-instance instance buys this many automatic steps: 1,000 instances are allowed, an endless loop is not."""

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED = TaskState.COMPLETED, TaskState.CANCELLED

Functions = Mapping[str, Callable[..., object]]
Spec = Any
"""A spec of `engine.semantics.nodes`: what runs rests on where it runs, and not the other way round."""


class Way(Protocol):
    """A sequence flow, seen from a token: where it leads."""

    id: str
    target: Spec


@dataclass(frozen=True, slots=True)
class Passed:
    """An automatic element that a token went through; `detail` holds the flows taken or the DMN rules that matched."""

    element: str
    kind: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message to or from another case; `key` is the correlation key as text, empty when the diagram gives none."""

    name: str
    key: str = ""
    values: Mapping[str, Any] | None = None


class Token(SpiffTask):
    """One token (SpiffWorkflow: task); its host is the activity, multi-instance or event gateway that it hangs on.

    `internal_data` holds JSON only: it is the token's part of the snapshot. `thread_id` is its number of birth.
    """

    def __init__(
        self, level: Level, spec: Spec, host: Token | None, state: int, ident: str, born: int, notes: dict[str, Any]
    ) -> None:
        self.id = ident
        self.workflow = level
        self.task_spec = spec
        self._parent = None if host is None else host.id
        self._children: dict[str, None] = {}
        self._state = state
        self.triggered = False
        self.thread_id = born
        self.internal_data = notes
        self.last_state_change = 0.0

    @property
    def data(self) -> dict[str, Any]:
        """What this token sees: the data of its level, and over it the item of its multi-instance instance."""
        own = self.internal_data.get("eigen")
        return {**self.workflow.data, **own} if own else self.workflow.data

    def write(self, key: str, value: object) -> None:
        """Put an outcome under its key; within a multi-instance instance it stays there until the instance ends."""
        notes = self.internal_data
        if "eigen" in notes:
            notes["eigen"][key] = value
            notes.setdefault("geschreven", []).append(key)
        else:
            self.workflow.write(key, value)

    def _set_state(self, value: int) -> None:
        self._state = value

    def run(self) -> bool | None:
        """Do the automatic work of this token, and move on unless it waits or its own work took it away."""
        done: bool | None = self.task_spec._run_hook(self)
        if self._state == READY:
            if done is None:
                self._state = STARTED
            else:
                self.complete()
        return done

    def cancel(self) -> None:
        """Take this token away, with all that hangs on it and runs in it."""
        if self._state >= COMPLETED:
            return
        self._state = CANCELLED
        for child in self.children:
            child.cancel()
        self.task_spec._on_cancel(self)
        self.workflow.drop(self)


class Level:
    """What the case itself and each subprocess or called process running in it have in common.

    `written` holds the keys that must go back to the caller; None for the case itself.
    """

    spec: Any
    tasks: dict[str, Token]
    task_tree: Token
    data: dict[str, Any]
    completed: bool
    top: CaseLevel
    host: Token | None
    written: set[str] | None
    loose: int
    layer: int
    phase: str | None
    group: str | None

    def _begin(self, top: CaseLevel, host: Token | None) -> None:
        self.top, self.host = top, host
        self.loose = 0
        self.task_tree = Token(self, self.spec.start, None, COMPLETED, "", 0, {})

    def place(self, spec: Spec, host: Token | None, state: int, ident: str, born: int, notes: dict[str, Any]) -> Token:
        """A token at an element, without any consequence yet: how tokens are born and how they come back from text."""
        token = Token(self, spec, host, state, ident, born, notes)
        self.tasks[ident] = token
        if host is None:
            self.task_tree._children[ident] = None
            self.loose += 1
            if self.loose > MAX_TOKENS:
                raise Runaway(f"Er lopen meer dan {MAX_TOKENS} tokens tegelijk in '{self.spec.name}'.")
        else:
            host._children[ident] = None
        return token

    def enter(self, spec: Spec, via: str = "", host: Token | None = None, own: dict[str, Any] | None = None) -> Token:
        """Let a token arrive at an element; `via` is the flow that it came over, `own` its multi-instance variables."""
        top = self.top
        top.born += 1
        notes: dict[str, Any] = {"via": via} if spec.joins else {}
        if own is not None:
            notes["eigen"] = own
        token = self.place(spec, host, WAITING, uuid4().hex, top.born, notes)
        spec._update(token)
        return token

    def leave(self, token: Token, flows: Iterable[Way]) -> None:
        """Move a completed token on over these flows; without flows it ends here, and perhaps the level with it."""
        for flow in flows:
            self.enter(flow.target, flow.id)
        for child in token.children:
            child.cancel()
        self.drop(token)
        self.settle()

    def drop(self, token: Token) -> None:
        """Forget a token that lives no longer."""
        if self.tasks.pop(token.id, None) is None:
            return
        if token._parent is None:
            self.task_tree._children.pop(token.id, None)
            self.loose -= 1
        else:
            host = self.tasks.get(token._parent)
            if host is not None:
                host._children.pop(token.id, None)
        self.top.event_manager.remove_task(token)

    def settle(self) -> None:
        """End this level if nothing lives in it any more."""
        if self.tasks or self.completed:
            return
        self.completed = True
        if self.host is not None:
            self.host._ready()

    def terminate(self) -> None:
        """Take away every token of this level and end it."""
        self.clear()
        self.settle()

    def clear(self) -> None:
        """Take away every token of this level."""
        for token in list(self.tasks.values()):
            token.cancel()

    def write(self, key: str, value: object) -> None:
        """Replace one key of the data of this level; what no expression reads is laid aside by the case."""
        if self.data is self.top.data and key not in self.top.reads and _PLAIN_KEY.fullmatch(key):
            self.data.pop(key, None)
            self.top.unread[key] = value
        else:
            self.data[key] = value
        if self.written is not None:
            self.written.add(key)


class CaseLevel(Level, BpmnWorkflow):
    """A running case: the top level, its agenda, the clock it was given and what this advance has brought about.

    `reads` are the names that expressions read; `unread` holds what was written under any other name. The snapshot
    carries it as the text that it was, so that a step does not pay for the forms of all steps before it.
    """

    def __init__(
        self,
        spec: Any,
        specs: Mapping[str, Any],
        functions: Callable[[datetime], Functions],
        reads: frozenset[str],
    ) -> None:
        self._functions, self.reads = functions, reads
        self.unread: dict[str, Any] = {}
        super().__init__(spec, specs, script_engine=self, deserializing=True)
        self.written, self.layer, self.phase, self.group = None, 0, None, None
        self.born = 0
        self.error: str | None = None
        self.parked: dict[str, Token] = {}
        self._begin(self, None)

    def begin_advance(self, now: datetime) -> None:
        """Start counting and collecting for one act at this moment."""
        self.now = now
        self.functions = self._functions(now)
        self.agenda: deque[Token] = deque()
        self.steps = self.instances = 0
        self.opened: dict[str, Token] = {}
        self.closed: list[str] = []
        self.passed: list[Passed] = []
        self.sent: list[Message] = []
        self.called: dict[str, Token] = {}

    def advance(self) -> None:
        """Run all that can run by itself; raises Runaway when that does not come to rest within the budget."""
        agenda = self.agenda
        while True:
            while agenda:
                token = agenda.popleft()
                if token._state == READY:
                    self.steps += 1
                    if self.steps > MAX_STEPS + STEPS_PER_INSTANCE * self.instances:
                        raise Runaway(
                            f"Na {self.steps - 1} automatische stappen was er nog geen rust; de laatste stap was "
                            f"'{token.task_spec.element}'. Controleer de lus op een taak of gebeurtenis die wacht."
                        )
                    token.run()
            if not self._release():
                return

    def _release(self) -> bool:
        """Open the first inclusive join that no token can reach any more, if there is one."""
        for token in self.parked.values():
            if token._state == WAITING and token.task_spec.may_open(token):
                token.task_spec.open(token)
                return True
        return False

    def count_instance(self) -> None:
        """Count one multi-instance instance against the budget of this advance."""
        self.instances += 1
        if self.instances > MAX_INSTANCES:
            raise Runaway(f"Er ontstaan meer dan {MAX_INSTANCES} instanties in een keer.")

    def token(self, ident: str) -> Token | None:
        """The living token with this id, on whatever level."""
        found = self.tasks.get(ident)
        if found is None:
            for level in self.subprocesses.values():
                found = level.tasks.get(ident)
                if found is not None:
                    break
        return found

    def levels(self) -> Iterable[Level]:
        """This level and all levels that run in it."""
        return (self, *self.subprocesses.values())

    def open_level(self, host: Token, spec: Any, *, shared: bool) -> InnerLevel:
        """A new level in an activity; `shared` lets it work in the data of its surroundings, else on a copy."""
        level = InnerLevel(spec, host, self, shared=shared)
        if level.layer > MAX_DEPTH:
            raise Runaway(f"Processen roepen elkaar dieper dan {MAX_DEPTH} lagen aan, het laatst '{spec.name}'.")
        self.subprocesses[host.id] = level
        return level

    def close_level(self, host: Token) -> None:
        """Forget the level in an activity, with every token that still lives in it."""
        level = self.subprocesses.pop(host.id, None)
        if level is not None:
            level.completed = True
            level.clear()


class InnerLevel(Level, BpmnSubWorkflow):
    """A running subprocess or called process."""

    def __init__(self, spec: Any, host: Token, top: CaseLevel, *, shared: bool) -> None:
        outer: Level = host.workflow
        super().__init__(spec, host.id, top, deserializing=True)
        self.layer = outer.layer + 1
        self.shared = shared
        self.phase = host.task_spec.phase or outer.phase
        self.group = host.task_spec.lane or outer.group
        self.data = outer.data if shared else dict(host.data)
        self.written = outer.written if shared else set()
        self._begin(top, host)

    def _calculate_depth(self) -> int:
        return 0
