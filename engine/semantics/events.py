"""Events: what is waited for, and what is thrown.

Cured here: SpiffWorkflow does nothing at a signal end event, reads the clock itself, shares one clock between two
timers after an event gateway, wants Python quotes round a timer, accepts any message while a case has no correlations
yet, and lets an interrupted subprocess run its automatic tasks to the end. Here each waiting event has its own token
with its own moment or key, `now` is given, and interrupting takes the host away at once with all that runs in it.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import (
    BoundaryEventMixin,
    EndEventMixin,
    EventBasedGatewayMixin,
    IntermediateCatchEventMixin,
    IntermediateThrowEventMixin,
    ReceiveTaskMixin,
    SendTaskMixin,
    StartEventMixin,
)

from engine.errors import CaseStuck
from engine.semantics.levels import WAITING, CaseLevel, Level, Message, Passed, Token
from engine.semantics.nodes import MAX_LABEL, Evaluate, Node


def key_text(value: object) -> str:
    """A correlation key as text: a string as it is, anything else as canonical JSON."""
    if isinstance(value, str):
        return value
    plain = {name: key_text(part) for name, part in value.items()} if isinstance(value, dict) else value
    if isinstance(plain, Decimal):
        return str(int(plain)) if plain == plain.to_integral_value() else str(plain)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)


class MessageWait(MessageEventDefinition):
    """A message by name; `key` and `content` are compiled FEEL over the data at the moment of waiting or throwing."""

    def __init__(self, name: str, key: Evaluate | None = None, content: Evaluate | None = None) -> None:
        super().__init__(name)
        self.key, self.content = key, content

    def begin(self, token: Token) -> None:
        """Note the key that this token waits under."""
        token.internal_data["sleutel"] = self.key_of(token)

    def key_of(self, token: Token) -> str:
        """The key as text; refuses an empty answer, because an empty key would match the messages of others."""
        if self.key is None:
            return ""
        value = token.task_spec.evaluate(token, self.key)
        if value is None or value == "":
            raise CaseStuck(f"De sleutel van bericht '{self.name}' bij '{token.task_spec.title}' is leeg.")
        key = key_text(value)
        if len(key) > MAX_LABEL or not key.isprintable():
            title = token.task_spec.title
            raise CaseStuck(f"De sleutel van bericht '{self.name}' bij '{title}' is geen leesbare, korte tekst.")
        return key

    def throw(self, token: Token) -> None:
        """Send it out of the case."""
        values = None if self.content is None else token.task_spec.evaluate(token, self.content)
        if values is not None and not isinstance(values, dict):
            raise CaseStuck(f"De inhoud van bericht '{self.name}' bij '{token.task_spec.title}' is geen context.")
        token.workflow.top.sent.append(Message(self.name, self.key_of(token), values or {}))


class SignalWait(SignalEventDefinition):
    """A signal by name, heard by all that wait for it in this case."""

    def begin(self, token: Token) -> None:
        """Nothing to note."""

    def throw(self, token: Token) -> None:
        """Let every token of the case that waits for this signal go on."""
        for waiting in list(token.workflow.top.event_manager.tasks.values()):
            wanted = waiting.task_spec.event_definition
            if waiting._state == WAITING and isinstance(wanted, SignalWait) and wanted.name == self.name:
                waiting.task_spec.fire(waiting)


class Fault(ErrorEventDefinition):
    """An error by code; a catching one without a code catches all."""

    def begin(self, token: Token) -> None:
        """Nothing to note."""

    def throw(self, token: Token) -> None:
        """End the level of this token, and go on at the nearest activity around it that catches this error."""
        level: Level = token.workflow
        while True:
            level.completed = True
            level.clear()
            host = level.host
            if host is None:
                level.top.error = self.code or ""
                return
            while host is not None:
                caught = self._boundary(host)
                if caught is not None:
                    caught.task_spec.fire(caught)
                    return
                level, host = host.workflow, host.parent

    def _boundary(self, host: Token) -> Token | None:
        """The boundary event on this activity that catches this error; one with the very code goes first."""
        borders = [child for child in host.children if isinstance(child.task_spec, Boundary)]
        codes = [(child.task_spec.event_definition, child) for child in borders]
        exact = [child for wanted, child in codes if isinstance(wanted, Fault) and wanted.code == self.code]
        other = [child for wanted, child in codes if isinstance(wanted, Fault) and wanted.code is None]
        return next(iter(exact + other), None)


class TimerWait(TimerEventDefinition):
    """A moment, duration or cycle; `timer` is compiled at deployment and asked with the clock of the act."""

    def __init__(self, name: str, text: str, timer: Any) -> None:
        super().__init__(name, text)
        self.timer = timer

    def begin(self, token: Token) -> None:
        """Note the first moment at which this token goes on."""
        top: CaseLevel = token.workflow.top
        due = self.timer.first(top.now, token.data, top.functions)
        token.internal_data["moment"] = due.isoformat()
        if self.timer.repetitions is not None:
            token.internal_data["resteert"] = self.timer.repetitions

    def rearm(self, token: Token) -> bool:
        """Note the next moment of a cycle; False when there is none any more."""
        left = token.internal_data.get("resteert")
        after = self.timer.next(due_of(token))
        if after is None or left == 1:
            return False
        if left is not None:
            token.internal_data["resteert"] = left - 1
        token.internal_data["moment"] = after.isoformat()
        return True


def due_of(token: Token) -> datetime:
    """The moment that a token with a timer waits for."""
    return datetime.fromisoformat(token.internal_data["moment"])


class Terminate(TerminateEventDefinition):
    """Ends the level it stands in, whatever else lives there."""

    def throw(self, token: Token) -> None:
        """Take all tokens of this level away."""
        token.workflow.terminate()


class Nothing(NoneEventDefinition):
    """No event: a start, an end or a milestone."""


class Catching(Node):
    """Waits for its event; `fire` lets the token go on."""

    event_definition: Any

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.listens = isinstance(self.event_definition, MessageWait | SignalWait | TimerWait)

    def _update_hook(self, my_task: Token) -> bool:
        if isinstance(self.event_definition, Nothing):
            return True
        self.event_definition.begin(my_task)
        if self.listens:
            my_task.workflow.top.event_manager.add_task(my_task)
        return False

    def fire(self, my_task: Token) -> None:
        """The event happened: go on, and take away the other events of the same event gateway."""
        level: Level = my_task.workflow
        level.top.passed.append(Passed(self.element, self.kind))
        if self.outer is not None:
            self.outer.gather(my_task)
            return
        (my_task.parent or my_task).cancel()
        for flow in self.flows:
            level.enter(flow.target, flow.id)
        level.settle()


class CatchEvent(Catching, IntermediateCatchEventMixin):
    """Waits on its way for a message, a signal or a moment."""

    kind = "intermediateCatchEvent"


class ReceiveTask(Catching, ReceiveTaskMixin):
    """Waits for a message as an activity: it can have boundary events and instances."""

    kind = "receiveTask"


class StartEvent(Node, StartEventMixin):
    """A start event that was entered has happened, whatever it is a start by."""

    kind = "startEvent"


class Boundary(Catching, BoundaryEventMixin):
    """Hangs on an activity; the errors of an activity always interrupt it."""

    kind = "boundaryEvent"

    def fire(self, my_task: Token) -> None:
        """Take the activity away, or leave it and stay for the next time."""
        level: Level = my_task.workflow
        level.top.passed.append(Passed(self.element, self.kind))
        wanted = self.event_definition
        if self.cancel_activity or isinstance(wanted, Fault):
            host = my_task.parent
            (host.parent or host).cancel()  # a receive task behind an event gateway hangs on that gateway
        elif isinstance(wanted, TimerWait) and not wanted.rearm(my_task):
            level.drop(my_task)
        for flow in self.flows:
            level.enter(flow.target, flow.id)
        level.settle()


class EventGateway(Node, EventBasedGatewayMixin):
    """Waits with all events behind it at once; the first that happens takes the others away."""

    kind = "eventBasedGateway"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=Nothing(), **kwargs)

    def _update_hook(self, my_task: Token) -> bool:
        level: Level = my_task.workflow
        level.top.passed.append(Passed(self.element, self.kind))
        for flow in self.flows:
            level.enter(flow.target, flow.id, host=my_task)
        return False


class Throwing(Node):
    """Throws its event, and goes on unless the event took its own token away."""

    event_definition: Any

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.top.passed.append(Passed(self.element, self.kind))
        self.event_definition.throw(my_task)
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.move_on(my_task, self.flows)


class ThrowEvent(Throwing, IntermediateThrowEventMixin):
    """Throws a message or a signal on its way, or nothing."""

    kind = "intermediateThrowEvent"


class SendTask(Throwing, SendTaskMixin):
    """Sends a message as an activity."""

    kind = "sendTask"


class EndEvent(Throwing, EndEventMixin):
    """Ends a token: quietly, or with a message, a signal, an error or the end of its whole level."""

    kind = "endEvent"
