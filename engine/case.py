"""A case: what can be asked of it, and what each act brings about.

Life of a case: `start` or `restore`, then one act (`complete`, `answer`, `deliver`, `tick`), then `snapshot`. An act is
whole or not at all: after an exception this object is spent, and the stored snapshot is the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import state
from engine.definition import Definition
from engine.errors import CaseStuck, MessageUnexpected, StartUnknown, TaskNotOpen
from engine.semantics.events import MessageWait, StartEvent, TimerWait, due_of, key_text
from engine.semantics.levels import READY, STARTED, WAITING, CaseLevel, Message, Passed, Token
from engine.terms import Json, Task, Values
from engine.value import value

__all__ = ["Call", "Case", "Message", "Outcome", "Passed", "Wait"]


@dataclass(frozen=True, slots=True)
class Call:
    """A service task that waits for the answer of its operation."""

    id: str
    element: str
    operation: str
    inputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Wait:
    """A message that the case waits for, with its correlation key (empty when the diagram gives none)."""

    name: str
    key: str


@value
class Outcome:
    """What an act brought about.

    `opened`: the tasks that it opened and left open; `closed`: ids of tasks that were open and ended without being
    completed; `passed`: automatic elements in order; `calls`: service tasks that now wait; `error`: the code of an
    error that nothing in the case caught, and that ended it.
    """

    opened: tuple[Task, ...] = ()
    closed: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()
    sent: tuple[Message, ...] = ()
    calls: tuple[Call, ...] = ()
    ended: bool = False
    error: str | None = None


class Case:
    """A running case on a definition; not for use by two threads at once."""

    __slots__ = ("_is_spent", "_top", "definition")

    def __init__(self, definition: Definition, top: CaseLevel) -> None:
        self.definition = definition
        self._top = top
        self._is_spent = False

    @classmethod
    def start(
        cls,
        definition: Definition,
        process: str,
        values: Values,
        now: datetime,
        element: str | None = None,
        message: Message | None = None,
    ) -> tuple[Case, Outcome]:
        """A new case; `values` become its first data, those of a message stand under the id of its start event.

        `element` names a start event (of a timer, say). Raises StartUnknown when the process cannot begin like this.
        """
        spec = definition.specs.get(process)
        if spec is None or spec.process != process:
            raise StartUnknown(f"Het proces '{process}' bestaat niet.")
        if element is None and message is not None:
            element = definition.processes[process].messages.get(message.name)
            if element is None:
                raise StartUnknown(f"Het proces '{process}' begint niet met bericht '{message.name}'.")
        starts = spec.plain_starts
        if element is not None:
            named = spec.made.get(element)
            starts = (named,) if isinstance(named, StartEvent) else ()
        if not starts:
            raise StartUnknown(f"Het proces '{process}' heeft geen begin {element or 'zonder gebeurtenis'}.")
        case = cls(definition, CaseLevel(spec, definition.specs, definition.functions, definition.reads))
        top = case._top
        top.data = state.checked(values)
        if message is not None and element is not None:
            top.data[element] = state.checked(message.values or {})
        return case, case._act(now, lambda: [top.enter(start) for start in starts])

    @classmethod
    def restore(cls, definition: Definition, snapshot: str) -> Case:
        """The case as it was; raises StateUnknown when the text does not belong to this definition."""

        def new_case(process: str) -> CaseLevel:
            return CaseLevel(definition.specs[process], definition.specs, definition.functions, definition.reads)

        return cls(definition, state.load(snapshot, new_case))

    def snapshot(self) -> str:
        """The living part of the case as text (strict JSON, versioned): keep it as text, the order in it counts."""
        self._refuse_if_spent()
        return state.dump(self._top)

    def complete(self, task_id: str, values: Values, now: datetime) -> Outcome:
        """Complete a task; `values` land under its result key. Raises TaskNotOpen, with nothing changed."""
        token = self._top.token(task_id)
        if token is None or not token.task_spec.manual or token._state != READY:
            raise TaskNotOpen(f"De taak {task_id} staat niet open in deze zaak.")
        return self._finish(token, values, now)

    def answer(self, call_id: str, values: Values, now: datetime) -> Outcome:
        """Give the answer of an operation to the service task that waits for it. Raises TaskNotOpen."""
        token = self._top.token(call_id)
        if token is None or not _is_call(token):
            raise TaskNotOpen(f"De aanroep {call_id} wacht niet in deze zaak.")
        return self._finish(token, values, now)

    def _finish(self, token: Token, values: Values, now: datetime) -> Outcome:
        kept = state.checked(values)

        def finish() -> None:
            token.write(token.task_spec.result, kept)
            token.complete()

        return self._act(now, finish)

    def deliver(self, name: str, key: str | Mapping[str, object], values: Values, now: datetime) -> Outcome:
        """Hand a message to the token that has waited longest under this name and key. Raises MessageUnexpected."""
        wanted = key_text(key)
        for token in self._listening(MessageWait):
            if token.task_spec.event_definition.name == name and token.internal_data["sleutel"] == wanted:
                break
        else:
            raise MessageUnexpected(f"De zaak wacht niet op bericht '{name}' met sleutel '{wanted}'.")
        kept = state.checked(values)

        def fire() -> None:
            token.write(token.task_spec.result, kept)
            token.task_spec.fire(token)

        return self._act(now, fire)

    def tick(self, now: datetime) -> Outcome:
        """Fire each timer that is due, once, the earliest first.

        What becomes due by it, and what a cycle has missed, waits for the next tick: look at `due` again.
        """
        due = [token for token in self._listening(TimerWait) if due_of(token) <= now]
        due.sort(key=lambda token: (due_of(token), token.thread_id))

        def fire() -> None:
            for token in due:
                if token._state == WAITING:
                    token.task_spec.fire(token)
                    self._top.advance()

        return self._act(now, fire)

    def _act(self, now: datetime, begin: Callable[[], object]) -> Outcome:
        """Begin something, let the case come to rest, and say what came of it."""
        if now.utcoffset() is None:
            raise ValueError("The moment of an act has a time zone.")
        self._refuse_if_spent()
        top = self._top
        self._is_spent = True
        top.begin_advance(now)
        begin()
        top.advance()
        self._is_spent = False
        return Outcome(
            opened=tuple([self._task(token) for token in top.opened.values()]),
            closed=tuple(top.closed),
            passed=tuple(top.passed),
            sent=tuple([Message(one.name, one.key, state.plain_values(one.values or {})) for one in top.sent]),
            calls=tuple([self._call(token) for token in top.called.values()]),
            ended=top.completed,
            error=top.error,
        )

    def _refuse_if_spent(self) -> None:
        if self._is_spent:
            raise CaseStuck("Deze zaak is blijven steken; herstel haar uit de bewaarde toestand.")

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The open tasks by id."""
        return {
            token.id: self._task(token)
            for level in self._top.levels()
            for token in level.tasks.values()
            if token.task_spec.manual
        }

    @property
    def phase(self) -> str | None:
        """The phase of the first open task that has one."""
        for level in self._top.levels():
            if level.phase is not None and any(token.task_spec.manual for token in level.tasks.values()):
                return level.phase
        return None

    @property
    def places(self) -> Mapping[tuple[str, str], int]:
        """Where its tokens stand, as (process, element), and how many; what listens on the border stands nowhere."""
        return Counter(
            (level.spec.process, token.task_spec.element)
            for level in self._top.levels()
            for token in level.tasks.values()
            if _stands(token)
        )

    @property
    def calls(self) -> tuple[Call, ...]:
        """The service tasks that wait for an answer."""
        return tuple(
            self._call(token) for level in self._top.levels() for token in level.tasks.values() if _is_call(token)
        )

    @property
    def due(self) -> datetime | None:
        """The earliest moment at which a timer fires; None when no timer runs."""
        return min((due_of(token) for token in self._listening(TimerWait)), default=None)

    @property
    def waits(self) -> frozenset[Wait]:
        """The messages that the case waits for."""
        return frozenset(
            Wait(token.task_spec.event_definition.name, token.internal_data["sleutel"])
            for token in self._listening(MessageWait)
        )

    @property
    def data(self) -> dict[str, Json]:
        """The data of the case as JSON (numbers that are not whole, dates and durations as text)."""
        return state.plain_values({**state.unread(self._top), **self._top.data})

    def visible(self, task_id: str) -> dict[str, Json]:
        """The data that an open task sees, as JSON: those of its own process, and its item of a multi-instance."""
        token = self._top.token(task_id)
        if token is None:
            raise TaskNotOpen(f"De taak {task_id} staat niet open in deze zaak.")
        return state.plain_values({**state.unread(self._top), **token.data})

    @property
    def ended(self) -> bool:
        """Whether nothing can happen in the case any more."""
        return self._top.completed

    def _listening(self, kind: type) -> list[Token]:
        waiting = self._top.event_manager.tasks
        if not waiting:
            return []
        return [token for token in waiting.values() if isinstance(token.task_spec.event_definition, kind)]

    def _task(self, token: Token) -> Task:
        spec: Any = token.task_spec
        level, notes = token.workflow, token.internal_data
        due = notes.get("uiterlijk")
        return Task(
            id=token.id,
            element=spec.element,
            name=spec.title,
            process=level.spec.process,
            phase=level.phase,
            group=spec.lane or level.group,
            spec=spec.notation.act,
            subject=notes.get("onderwerp", "*"),
            due=None if due is None else datetime.fromisoformat(due),
            inputs=state.plain_values(_instance_of(token)),
        )

    def _call(self, token: Token) -> Call:
        spec: Any = token.task_spec
        return Call(
            token.id, spec.element, spec.notation.operation.name, state.plain_values(token.internal_data["invoer"])
        )


def _stands(token: Token) -> bool:
    """Whether people see a token here: of a multi-instance each instance, of an event gateway the gateway itself."""
    own = token.task_spec.element
    host = token.workflow.tasks.get(token._parent or "")
    if host is not None and host.task_spec.element != own:
        return False
    return all(child.task_spec.element != own for child in token.children)


def _is_call(token: Token) -> bool:
    return token._state == STARTED and token.task_spec.kind == "serviceTask" and "invoer" in token.internal_data


def _instance_of(token: Token) -> Mapping[str, Any]:
    """The item and number of the innermost multi-instance instance that this token is or runs in."""
    around: Token | None = token
    while around is not None:
        if own := around.internal_data.get("eigen"):
            return dict(own)
        around = around.workflow.host
    return {}
