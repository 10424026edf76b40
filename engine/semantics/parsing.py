"""From BPMN elements to specs: SpiffWorkflow's parser, walking nodes first and flows after.

Cured here: SpiffWorkflow follows the flows recursively (400 nodes in a row break it), sorts the flows of a gateway by
their height on the page, loops for ever on a data object two subprocesses up, drops what no flow reaches, refuses a
task with two outgoing flows or a subprocess without start, ignores conditions on the flows of a task and event
definitions by reference, and stops at the first mistake. Here a mistake is a finding, and all are found in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.errors import ExpressionError
from engine.expressions import compile_expression
from engine.notation import Notation, line_of
from engine.semantics.activities import CallActivity, MultiInstance, Subprocess
from engine.semantics.events import (
    Boundary,
    CatchEvent,
    EndEvent,
    EventGateway,
    Nothing,
    ReceiveTask,
    SendTask,
    StartEvent,
    ThrowEvent,
    TimerWait,
)
from engine.semantics.gateways import ExclusiveGateway, Gateway, InclusiveGateway, ParallelGateway
from engine.semantics.nodes import Flow, ManualTask, Node, PlainTask, RuleTask, ScriptTask, ServiceTask, UserTask
from engine.semantics.readers import (
    ActivityReader,
    BoundaryReader,
    ElementReader,
    EventReader,
    HumanReader,
    RuleReader,
    ScriptReader,
    ServiceReader,
)
from engine.sentences import Name, Sentence
from engine.terms import ActSpec, Finding, Severity


class Compiled(Protocol):
    """What is compiled from a text, and knows which names it reads."""

    @property
    def names(self) -> frozenset[str]:
        """The free variables."""


T = TypeVar("T", bound=Compiled)


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a diagram as others need to know it; `lane` is the innermost one, `result` its key in the data.

    `ends_when_due` says that a timer takes the task away when its own term is over.
    """

    id: str
    name: str
    kind: str
    process: str
    line: int | None
    lane: str | None = None
    act: ActSpec | None = None
    phase: str | None = None
    result: str = ""
    operation: str | None = None
    repeats: bool = False
    ends_when_due: bool = False


class ProcessSpec(BpmnProcessSpec):
    """A process or the content of a subprocess; `made` holds its specs by element id.

    `plain_starts` is where a token comes in when nothing in particular starts it.
    """

    def __init__(self, name: str, description: str, filename: str) -> None:
        super().__init__(name=name, description=description, filename=filename)
        self.process = name.partition("/")[0]
        self.task_specs.clear()  # SpiffWorkflow's own Start and End would collide with elements of that id
        self.made: dict[str, Node] = {}
        self.plain_starts: tuple[Node, ...] = ()


class ScopeReader(ActivityReader):
    """A subprocess, with all that it contains."""

    def create_task(self) -> Subprocess:
        """The activity; its content becomes a spec of its own under `process/subprocess`."""
        inner = ProcessReader(
            self.process_parser.parser, self.node, self.nsmap, {}, self.filename, self.lane, self.process_parser
        )
        name = inner.get_spec().name
        made: Subprocess = self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=name, **self.bpmn_attributes)
        return made


class CallReader(ActivityReader):
    """A call of another process of the family."""

    def create_task(self) -> CallActivity:
        """The activity; whether the process exists is judged when the whole family has been read."""
        called = self.node.get("calledElement") or ""
        if not called:
            self.add(
                "bpmn/aanroep", Sentence("'{wat}' roept geen proces aan; vul calledElement in.", wat=Name(self.title))
            )
        made: CallActivity = self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes)
        return made


class ProcessReader(ProcessParser):
    """Reads one process, or the content of one subprocess."""

    def __init__(
        self,
        parser: CaseParser,
        node: etree._Element,
        nsmap: Mapping[str, str],
        data_stores: object,
        filename: str,
        lane: str | None = None,
        outer: ProcessReader | None = None,
    ) -> None:
        super().__init__(parser, node, nsmap, data_stores, filename=filename, lane=lane)
        self.root_process: str = self.bpmn_id if outer is None else outer.root_process
        self.key: str = self.bpmn_id if outer is None else f"{outer.key}/{self.bpmn_id}"

    def _parse(self) -> None:
        self.spec = ProcessSpec(self.key, self.get_name(), self.filename)
        self.parser.specs[self.key] = self.spec
        for child in self.node:
            if child.tag in self.parser.OVERRIDE_PARSER_CLASSES:
                self.parse_node(child)
        flows = self._flows()
        self._attach_boundaries()
        self._find_starts(flows)
        self._prepare_joins(flows)

    def parse_node(self, node: etree._Element) -> None:
        """Make the spec of one element, with its lane or that of what contains it."""
        reader_class, spec_class = self.parser.OVERRIDE_PARSER_CLASSES[node.tag]
        lane = self.parser.lanes.get(node.get("id")) or self.lane
        reader = reader_class(self, spec_class, node, self.nsmap, lane=lane)
        if node.get("id") in self.spec.made:
            reader.add(
                "bpmn/dubbel",
                Sentence("De id '{id}' komt twee keer voor; geef elk element een eigen id.", id=str(node.get("id"))),
            )
            return
        made, notation = reader.read()
        self.spec.made[made.element] = made
        self.parser.elements[made.element] = _element(node, made, notation, self.root_process)

    def _flows(self) -> list[tuple[Node, Flow]]:
        """Connect the elements; the flows of a gateway keep the order of the file."""
        found: list[tuple[Node, Flow]] = []
        for flow in self.node.findall(full_tag("sequenceFlow")):
            source = self.spec.made.get(flow.get("sourceRef"))
            target = self.spec.made.get(flow.get("targetRef"))
            if source is None or target is None:
                self.parser.add(
                    flow,
                    "bpmn/verwijzing",
                    Sentence("De uitgang '{stroom}' loopt van of naar niets.", stroom=str(flow.get("id"))),
                )
                continue
            condition = flow.find(full_tag("conditionExpression"))
            text = None if condition is None else "".join(condition.itertext()).strip()
            if text and not isinstance(source, ExclusiveGateway | InclusiveGateway):
                self.parser.add(
                    flow,
                    "bpmn/voorwaarde",
                    Sentence("De voorwaarde op '{stroom}' hoort achter een keuzepunt.", stroom=str(flow.get("id"))),
                )
            is_default = self.nodes_by_id[source.element].get("default") == flow.get("id")
            compiled = self.parser.compiled(flow, compile_expression, text, Sentence("voorwaarde")) if text else None
            found.append((source, Flow(flow.get("id"), target, None if is_default else compiled, is_default)))
        for source, flow in found:
            source.flows = (*source.flows, flow)
            source._outputs.append(flow.target.name)
            flow.target._inputs.append(source.name)
        return found

    def _attach_boundaries(self) -> None:
        for event in self.spec.made.values():
            if isinstance(event, Boundary):
                node = self.nodes_by_id[event.element]
                host = self.spec.made.get(node.get("attachedToRef"))
                if host is None:
                    self.parser.add(
                        node,
                        "bpmn/verwijzing",
                        Sentence("De randgebeurtenis '{wat}' hangt nergens aan.", wat=Name(event.title)),
                    )
                else:
                    host.boundaries = (*host.boundaries, event)
                    known = self.parser.elements[host.element]
                    if known.act is not None and known.act.term is not None and _fires_after(event, known.act.term):
                        self.parser.elements[host.element] = replace(known, ends_when_due=True)

    def _find_starts(self, flows: list[tuple[Node, Flow]]) -> None:
        """Start events without a trigger; in a scope without any start event, what no flow leads to."""
        made = self.spec.made.values()
        starts = [node for node in made if isinstance(node, StartEvent)]
        reached = {flow.target.element for _, flow in flows}
        implicit = (node for node in made if node.element not in reached and not isinstance(node, Boundary))
        plain = (node for node in starts if isinstance(node.event_definition, Nothing))
        self.spec.plain_starts = tuple(plain if starts else implicit)

    def _prepare_joins(self, flows: list[tuple[Node, Flow]]) -> None:
        """Tell each gateway its incoming flows, and each inclusive one from where a token can still come."""
        before: dict[str, set[str]] = {}
        for source, flow in flows:
            before.setdefault(flow.target.element, set()).add(source.element)
        for host in self.spec.made.values():
            for event in host.boundaries:
                before.setdefault(event.element, set()).add(host.element)
        for gateway in self.spec.made.values():
            if isinstance(gateway, Gateway):
                arriving = [(flow.id, source.element) for source, flow in flows if flow.target is gateway]
                gateway.connect_arriving(flow for flow, _ in arriving)
                if isinstance(gateway, InclusiveGateway):
                    gateway.reach = {flow: _upstream(source, gateway.element, before) for flow, source in arriving}


def _fires_after(event: Boundary, term: str) -> bool:
    """Whether this takes its activity away when a term of this name is over that began with it."""
    timer = event.event_definition
    if not event.cancel_activity or not isinstance(timer, TimerWait):
        return False
    return "".join(timer.expression.split()) == f'termijn("{term}")'


def _upstream(start: str, gateway: str, before: Mapping[str, set[str]]) -> frozenset[str]:
    """The elements from which a token can come to `start`, and `start`, without passing the gateway."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        place = todo.pop()
        if place not in seen and place != gateway:
            seen.add(place)
            todo.extend(before.get(place, ()))
    return frozenset(seen)


def _element(node: etree._Element, made: Node, notation: Notation, process: str) -> Element:
    return Element(
        id=made.element,
        name=made.title,
        kind=made.kind,
        process=process,
        line=line_of(node),
        lane=made.lane,
        act=notation.act if made.kind in ("userTask", "manualTask", "task") else None,
        phase=notation.phase,
        result=made.result,
        operation=None if notation.operation is None else notation.operation.name,
        repeats=isinstance(made, MultiInstance),
    )


class CaseParser(BpmnParser):
    """Reads one file; `specs`, `elements` and `findings` are what came out."""

    PROCESS_PARSER_CLASS = ProcessReader
    OVERRIDE_PARSER_CLASSES = {
        full_tag(name): classes
        for name, classes in {
            "startEvent": (EventReader, StartEvent),
            "endEvent": (EventReader, EndEvent),
            "intermediateCatchEvent": (EventReader, CatchEvent),
            "intermediateThrowEvent": (EventReader, ThrowEvent),
            "boundaryEvent": (BoundaryReader, Boundary),
            "sendTask": (EventReader, SendTask),
            "receiveTask": (EventReader, ReceiveTask),
            "userTask": (HumanReader, UserTask),
            "manualTask": (HumanReader, ManualTask),
            "task": (HumanReader, PlainTask),
            "scriptTask": (ScriptReader, ScriptTask),
            "businessRuleTask": (RuleReader, RuleTask),
            "serviceTask": (ServiceReader, ServiceTask),
            "subProcess": (ScopeReader, Subprocess),
            "callActivity": (CallReader, CallActivity),
            "exclusiveGateway": (ElementReader, ExclusiveGateway),
            "parallelGateway": (ElementReader, ParallelGateway),
            "inclusiveGateway": (ElementReader, InclusiveGateway),
            "eventBasedGateway": (ElementReader, EventGateway),
        }.items()
    }

    def __init__(self, root: etree._Element, file: str) -> None:
        super().__init__()
        self.file = file
        self.findings: list[Finding] = []
        self.reads: set[str] = set()  # the names that its expressions read from the data of a case
        self.specs: dict[str, ProcessSpec] = {}
        self.elements: dict[str, Element] = {}
        self.lanes = _lanes(root)
        self.add_bpmn_xml(root, file)
        for reader in self.process_parsers.values():
            if reader.process_executable:
                reader.get_spec()

    def add(self, node: etree._Element, rule: str, sentence: Sentence) -> None:
        """One finding, at this element."""
        found = Finding(self.file, rule, Severity.ERROR, sentence, node.get("id"), node.get("name"), line_of(node))
        self.findings.append(found)

    def compiled(self, node: etree._Element, compile_text: Callable[[str], T], text: str, what: Sentence) -> T | None:
        """The compiled text, or a finding that says what is wrong with it."""
        try:
            compiled = compile_text(text)
        except ExpressionError as error:
            self.add(
                node,
                "bpmn/uitdrukking",
                Sentence("De {wat} '{tekst}' is fout: {fout}", wat=what, tekst=text[:80], fout=error.told),
            )
            return None
        self.reads |= compiled.names
        return compiled

    def _add_data_stores(self, bpmn: etree._Element) -> None:
        """Data stores are documentation."""

    def _add_correlations(self, bpmn: etree._Element) -> None:
        """Correlation is ours: `wijk:bericht sleutel`."""

    def _add_diagram_indexes(self, bpmn: etree._Element) -> None:
        """Positions on the page mean nothing, and lanes are read here."""


def _lanes(root: etree._Element) -> dict[str, str]:
    """For each element id the name of the innermost lane that refers to it."""
    found: dict[str, tuple[int, str]] = {}
    for reference in root.iter(full_tag("flowNodeRef")):
        lane = reference.getparent()
        if lane is None or not reference.text:
            continue
        depth = sum(1 for _ in lane.iterancestors(full_tag("lane")))
        element = reference.text.strip()
        if depth >= found.get(element, (0, ""))[0]:
            found[element] = (depth, lane.get("name") or lane.get("id") or "")
    return {element: name for element, (_, name) in found.items()}
