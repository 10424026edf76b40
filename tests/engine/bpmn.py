"""BPMN in a few words, for tests: elements by small functions, flows as a line of arrows.

`flows("s > a > g; g [x = 1] > b; g * > c")` draws flows; a condition stands in square brackets, `*` marks the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:wijk="https://wijkcyclus.nl/schema/1.0" id="definities" targetNamespace="t">'
)
_LINK = re.compile(r"\s*(\w+)\s*(?:\[(.*)\]|(\*))?\s*$", re.DOTALL)


def el(tag: str, ident: str, inner: str = "", **attributes: str) -> str:
    """Any BPMN element with an id, named after its id."""
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<{tag} id="{ident}" name="{ident}"{more}>{inner}</{tag}>'


def extension(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def wijk(tag: str, inner: str = "", **attributes: str) -> str:
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return extension(f"<wijk:{tag}{more}>{inner}</wijk:{tag}>")


def _simple(tag: str) -> Callable[..., str]:
    def build(ident: str, inner: str = "", **attributes: str) -> str:
        return el(tag, ident, inner, **attributes)

    return build


user, manual, task = _simple("userTask"), _simple("manualTask"), _simple("task")
start, end = _simple("startEvent"), _simple("endEvent")
xor, par, inc, race = (
    _simple("exclusiveGateway"),
    _simple("parallelGateway"),
    _simple("inclusiveGateway"),
    _simple("eventBasedGateway"),
)
catch, throw = _simple("intermediateCatchEvent"), _simple("intermediateThrowEvent")
send, receive, sub = _simple("sendTask"), _simple("receiveTask"), _simple("subProcess")


def script(ident: str, text: str, inner: str = "") -> str:
    return el("scriptTask", ident, f"{inner}<script>{escape(text)}</script>")


def call(ident: str, process: str, inner: str = "") -> str:
    return el("callActivity", ident, inner, calledElement=process)


def service(ident: str, operation: str, inputs: dict[str, str] | None = None) -> str:
    given = "".join(
        f"<wijk:invoer naam={quoteattr(name)} waarde={quoteattr(value)}/>" for name, value in (inputs or {}).items()
    )
    return el("serviceTask", ident, wijk("operatie", given, naam=operation))


def boundary(ident: str, host: str, event: str, *, interrupts: bool = True, inner: str = "") -> str:
    return el(
        "boundaryEvent", ident, inner + event, attachedToRef=host, cancelActivity="true" if interrupts else "false"
    )


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="m_{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="s_{name}"/>'


def error(code: str) -> str:
    return f'<errorEventDefinition errorRef="f_{code}"/>'


ANY_ERROR = "<errorEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"


def many(
    *, times: str = "", over: str = "", item: str = "", sequential: bool = False, until: str = "", into: str = "",
    out: str = "",
) -> str:  # fmt: skip
    """Multi-instance: a number of times, or over a collection."""
    inner = f"<loopCardinality>{escape(times)}</loopCardinality>" if times else ""
    inner += f"<loopDataInputRef>{escape(over)}</loopDataInputRef>" if over else ""
    inner += f"<loopDataOutputRef>{into}</loopDataOutputRef>" if into else ""
    inner += f'<inputDataItem id="i_{item}" name="{item}"/>' if item else ""
    inner += f'<outputDataItem id="o_{out}" name="{out}"/>' if out else ""
    inner += f"<completionCondition>{escape(until)}</completionCondition>" if until else ""
    way = "true" if sequential else "false"
    return f'<multiInstanceLoopCharacteristics isSequential="{way}">{inner}</multiInstanceLoopCharacteristics>'


def flows(text: str) -> str:
    """Sequence flows, and nothing else; ids are `source_target`."""
    drawn = []
    for chain in text.split(";"):
        parts = re.split(r">(?![^\[]*\])", chain)
        links = [_LINK.match(part) for part in parts]
        for source, target in pairwise(links):
            assert source is not None and target is not None, chain
            condition = source.group(2)
            inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
            drawn.append(
                f'<sequenceFlow id="{source.group(1)}_{target.group(1)}" sourceRef="{source.group(1)}" '
                f'targetRef="{target.group(1)}">{inner}</sequenceFlow>'
            )
    return "".join(drawn)


def defaults(text: str) -> dict[str, str]:
    """For each gateway with a default flow the id of that flow."""
    found = re.findall(r"(\w+)\s*\*\s*>\s*(\w+)", text)
    return {source: f"{source}_{target}" for source, target in found}


def lane_set(ident: str, placed: Mapping[str, list[str]]) -> str:
    drawn = ""
    for role, ids in placed.items():
        inner = "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in ids)
        drawn += f'<lane id="{ident}_{role}" name="{role}">{inner}</lane>'
    return f'<laneSet id="{ident}">{drawn}</laneSet>'


def content(*elements: str, flow: str) -> str:
    """Elements and the flows between them."""
    drawn = "".join(elements)
    for gateway, default in defaults(flow).items():
        drawn = drawn.replace(f' id="{gateway}" ', f' id="{gateway}" default="{default}" ')
    return drawn + flows(flow)


def process(
    ident: str, *elements: str, flow: str, executable: bool = True, lanes: Mapping[str, str] = {}, bare: bool = False
) -> str:
    """A process; what is in none of the `lanes` (role -> ids) lies in that of the wijkcoordinator, unless `bare`."""
    drawn = content(*elements, flow=flow)
    if not bare:
        placed = {role: ids.split() for role, ids in lanes.items()}
        known = {ident for ids in placed.values() for ident in ids}
        own = [match for element in elements if (match := re.match(r'<\w+ id="(\w+)"', element)) is not None]
        placed["wijkcoordinator"] = [match.group(1) for match in own if match.group(1) not in known]
        drawn = lane_set(f"banen_{ident}", placed) + drawn
    return f'<process id="{ident}" name="{ident}" isExecutable="{str(executable).lower()}">{drawn}</process>'


def diagram(*processes: str) -> bytes:
    """A file with these processes, and the messages, signals and errors that they name."""
    body = "".join(processes)
    named = ""
    for name in sorted(set(re.findall(r'messageRef="m_(\w+)"', body))):
        named += f'<message id="m_{name}" name="{name}"/>'
    for name in sorted(set(re.findall(r'signalRef="s_(\w+)"', body))):
        named += f'<signal id="s_{name}" name="{name}"/>'
    for code in sorted(set(re.findall(r'errorRef="f_(\w+)"', body))):
        named += f'<error id="f_{code}" name="{code}" errorCode="{code}"/>'
    return f"{HEAD}{named}{body}</definitions>".encode()
