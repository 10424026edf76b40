"""One reader for each sort of element: it makes the spec and compiles what the element says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine.expressions import compile_expression, compile_script, compile_timer
from engine.notation import Notation
from engine.notation import read as read_notation
from engine.semantics.activities import MultiInstance
from engine.semantics.events import Fault, MessageWait, Nothing, SignalWait, Terminate, TimerWait
from engine.semantics.nodes import Human, Node, RuleTask, ScriptTask, ServiceTask
from engine.sentences import Name, Sentence

TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class ElementReader(TaskParser):
    """Reads what all elements have: name, lane and notation."""

    notation: Notation

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """Data associations are documentation, and are left out."""
        return {"lane": self.lane, "bpmn_name": self.node.get("name")}

    @property
    def title(self) -> str:
        """The name that people know the element by."""
        return str(self.node.get("name") or self.bpmn_id)

    def add(self, rule: str, sentence: Sentence) -> None:
        """One finding on this element."""
        self.process_parser.parser.add(self.node, rule, sentence)

    def compiled(self, compile_text: Callable[[str], Any], text: str, what: Sentence) -> Any:
        """The compiled text; None after a finding when it is wrong."""
        return self.process_parser.parser.compiled(self.node, compile_text, text, what)

    def text_of(self, *path: str) -> str | None:
        """The text of the element at this path below the node; None when there is none or it is empty."""
        found = self.node.find("/".join(full_tag(step) for step in path))
        return None if found is None else "".join(map(str, found.itertext())).strip() or None

    def read(self) -> tuple[Node, Notation]:
        """The spec of this element, and its notation."""
        self.notation, findings = read_notation(self.node, self.filename)
        self.process_parser.parser.findings.extend(findings)
        task = self.create_task()
        task.annotate(self.notation)
        return self.wrapped(task), self.notation

    def create_task(self) -> Node:
        """The spec itself."""
        made: Node = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return made

    def wrapped(self, task: Node) -> Node:
        """The spec that the flows see."""
        return task


class ActivityReader(ElementReader):
    """Reads how often an activity runs."""

    def wrapped(self, task: Node) -> Node:
        """The activity, or the multi-instance around it."""
        many = self.node.find(full_tag("multiInstanceLoopCharacteristics"))
        if self.node.find(full_tag("standardLoopCharacteristics")) is not None:
            self.add(
                "bpmn/herhaling",
                Sentence("'{wat}' herhaalt zichzelf; teken een lus met een keuzepunt.", wat=Name(self.title)),
            )
        if many is None:
            return task
        inner_name = f"{task.name} [child]"
        self.spec.task_specs[inner_name] = self.spec.task_specs.pop(task.name)
        task.name = inner_name
        outer = self._many(task, many)
        outer.annotate(self.notation)
        return outer

    def _many(self, task: Node, many: etree._Element) -> MultiInstance:
        place = "multiInstanceLoopCharacteristics"
        outer = MultiInstance(self.spec, self.bpmn_id, task, **self.bpmn_attributes)
        outer.is_sequential = many.get("isSequential") == "true"
        cardinality, collection = self.text_of(place, "loopCardinality"), self.text_of(place, "loopDataInputRef")
        if (cardinality is None) == (collection is None):
            self.add(
                "bpmn/herhaling",
                Sentence("'{wat}' heeft niet precies een aantal of een verzameling.", wat=Name(self.title)),
            )
        elif cardinality is not None:
            outer.cardinality = self.compiled(compile_expression, cardinality, Sentence("aantal keren"))
        elif collection is not None:
            outer.collection = self.compiled(compile_expression, collection, Sentence("verzameling"))
        outer.item = self._item(many, "inputDataItem")
        outer.output = self.text_of(place, "loopDataOutputRef")
        if outer.output is not None:
            self.process_parser.parser.reads.add(outer.output)  # each instance adds to what stands there
        outer.output_item = self._item(many, "outputDataItem")
        if (enough := self.text_of(place, "completionCondition")) is not None:
            outer.condition = self.compiled(compile_expression, enough, Sentence("voorwaarde om te stoppen"))
        return outer

    def _item(self, many: etree._Element, tag: str) -> str | None:
        found = many.find(full_tag(tag))
        return None if found is None else found.get("name") or found.get("id")


class HumanReader(ActivityReader):
    """A task for a person."""

    def create_task(self) -> Human:
        """The task, with what it is about compiled."""
        task: Human = super().create_task()
        if (subject := self.notation.act.subject) is not None:
            task.subject = self.compiled(compile_expression, subject, Sentence("onderwerp"))
        return task


class ScriptReader(ActivityReader):
    """A script task: assignments in FEEL."""

    def create_task(self) -> ScriptTask:
        """The task, with its script compiled."""
        text = self.text_of("script")
        if text is None:
            self.add("bpmn/script", Sentence("'{wat}' heeft geen script.", wat=Name(self.title)))
        script = None if text is None else self.compiled(compile_script, text, Sentence("script"))
        made: ScriptTask = self.spec_class(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)
        return made


class RuleReader(ActivityReader):
    """A business rule task; its table is bound when the family has been read."""

    def create_task(self) -> RuleTask:
        """The task."""
        if self.notation.table is None:
            self.add("bpmn/beslistabel", Sentence("Kies een beslistabel voor '{wat}'.", wat=Name(self.title)))
        made: RuleTask = super().create_task()
        return made


class ServiceReader(ActivityReader):
    """A service task: one operation of the closed list."""

    def create_task(self) -> ServiceTask:
        """The task, with the inputs of its operation compiled."""
        task: ServiceTask = super().create_task()
        if self.notation.operation is None:
            self.add(
                "bpmn/operatie", Sentence("'{wat}' noemt geen operatie; voeg wijk:operatie toe.", wat=Name(self.title))
            )
        else:
            task.inputs_of_call = tuple(
                (name, self.compiled(compile_expression, text, Sentence("invoer '{naam}'", naam=name)))
                for name, text in self.notation.operation.inputs
            )
        return task


class EventReader(ActivityReader):
    """An event, or a task that sends or receives."""

    def create_task(self) -> Node:
        """The spec with its event definition."""
        wanted = self.event_definition()
        made: Node = self.spec_class(self.spec, self.bpmn_id, event_definition=wanted, **self.bpmn_attributes)
        return made

    def event_definition(self) -> Any:
        """What is waited for or thrown; an element with more than one or an unknown one is refused."""
        found = [child for child in self.node if str(child.tag).endswith("EventDefinition")]
        if self.node.get("messageRef") is not None or self.node.tag in (full_tag("sendTask"), full_tag("receiveTask")):
            return self._message(self.node)
        if self.node.find(full_tag("eventDefinitionRef")) is not None or len(found) > 1:
            self.add(
                "bpmn/gebeurtenis",
                Sentence("'{wat}' heeft niet precies een gebeurtenis van zichzelf.", wat=Name(self.title)),
            )
        readers: dict[str, Callable[[etree._Element], Any]] = {
            "messageEventDefinition": self._message,
            "signalEventDefinition": self._signal,
            "errorEventDefinition": self._fault,
            "timerEventDefinition": self._timer,
            "terminateEventDefinition": self._terminate,
        }
        for definition in found:
            kind = etree.QName(definition).localname
            if kind in readers:
                return readers[kind](definition)
            self.add(
                "bpmn/gebeurtenis",
                Sentence("'{soort}' wordt niet uitgevoerd (element '{wat}').", soort=kind, wat=Name(self.title)),
            )
        return Nothing()

    def _terminate(self, definition: etree._Element) -> Terminate:
        return Terminate()

    def _message(self, definition: etree._Element) -> MessageWait:
        name = self._named(definition, "messageRef", self.process_parser.parser.messages, Sentence("bericht"))
        key, content = (
            None if text is None else self.compiled(compile_expression, text, what)
            for text, what in (
                (self.notation.key, Sentence("sleutel")),
                (self.notation.content, Sentence("inhoud")),
            )
        )
        return MessageWait(name, key, content)

    def _signal(self, definition: etree._Element) -> SignalWait:
        return SignalWait(self._named(definition, "signalRef", self.process_parser.parser.signals, Sentence("signaal")))

    def _fault(self, definition: etree._Element) -> Fault:
        reference = definition.get("errorRef")
        if reference is None:
            return Fault("", None)
        fault = self.process_parser.parser.errors.get(reference)
        if fault is None:
            self.add(
                "bpmn/verwijzing",
                Sentence("De fout '{fout}' van '{wat}' bestaat niet.", fout=reference, wat=Name(self.title)),
            )
            return Fault("", None)
        return Fault(fault["name"] or "", fault["error_code"] or fault["name"] or reference)

    def _named(self, definition: etree._Element, attribute: str, known: dict[str, str], what: Sentence) -> str:
        name = known.get(definition.get(attribute, ""))
        if not name:
            self.add(
                "bpmn/verwijzing",
                Sentence("'{wat}' noemt geen {soort} met een naam.", wat=Name(self.title), soort=what),
            )
        return name or ""

    def _timer(self, definition: etree._Element) -> TimerWait:
        for tag, kind in TIMERS.items():
            found = definition.find(full_tag(tag))
            if found is not None and (text := "".join(map(str, found.itertext())).strip()):
                return TimerWait(
                    self.title, text, self.compiled(partial(compile_timer, kind=kind), text, Sentence("timer"))
                )
        self.add("bpmn/timer", Sentence("Timer '{wat}' heeft geen tijd.", wat=Name(self.title)))
        return TimerWait(self.title, "", None)


class BoundaryReader(EventReader):
    """An event on the border of an activity."""

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """With whether it interrupts."""
        return {**super().bpmn_attributes, "cancel_activity": self.node.get("cancelActivity", "true") != "false"}
