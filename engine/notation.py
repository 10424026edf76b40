"""The `wijk:` notation: what a diagram says of an element in the extension namespace, read into plain values.

`processes/README.md` documents it for designers. Nothing here knows how an element runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar, cast

from lxml import etree

from engine.sentences import Name, Sentence
from engine.terms import Act, ActSpec, Finding, Rung, Severity

NAMESPACE = "https://wijkcyclus.nl/schema/1.0"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
PHASES = ("analyseren", "agenderen", "uitwerken", "uitvoeren", "verantwoorden")
# A vote is not a contribution either: it is cast by nobody in particular, at the ballot box (INV-40).
_NEVER_COLLECTED = frozenset({Act.KADER, Act.VOORSTEL, Act.BESLUIT, Act.ZELFBINDING, Act.STEMMING, Act.BEKRACHTIGING})
RULE = "wijk/notatie"
E = TypeVar("E", bound=StrEnum)

_W = f"{{{NAMESPACE}}}"
_ATTRIBUTES = {
    "taak": {
        "handeling", "stap", "treden", "formulier", "termijn", "product", "vierOgen", "onderwerp", "verzamelt",
        "resultaat", "vertrouwelijk",
    },
    "operatie": {"naam", "resultaat"},
    "invoer": {"naam", "waarde"},
    "bericht": {"sleutel", "inhoud", "vertrouwelijk"},
    "tabel": {"besluit", "resultaat"},
    "fase": {"naam"},
    "proces": {"vertrouwelijk", "jaar", "zonderInhoud", "groep"},
}  # fmt: skip
_CARRIERS = {
    "taak": {"userTask", "manualTask", "task"},
    "operatie": {"serviceTask"},
    "bericht": {
        "startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent", "sendTask",
        "receiveTask",
    },
    "tabel": {"businessRuleTask"},
    "fase": {"callActivity", "subProcess"},
    "proces": {"process"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of one operation of the closed list, with its inputs as FEEL texts by name."""

    name: str
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notation:
    """All that the notation says of one element; expressions are still texts.

    `result` is the key under which the element's outcome lands in the case data (empty: the element id). What is
    confidential (a process, a task, a message) reaches no process that is not. `year` says of a process for which
    programme year the calendar starts it, `is_empty` that nothing which people write in it is kept, `needs_group` that
    each case of it is about one group.
    """

    act: ActSpec = field(default_factory=ActSpec)
    result: str | None = None
    operation: Operation | None = None
    key: str | None = None
    content: str | None = None
    table: str | None = None
    phase: str | None = None
    is_confidential: bool = False
    year: str | None = None
    is_empty: bool = False
    needs_group: bool = False


class _Faults:
    """Collects what is wrong with the notation of one element."""

    def __init__(self, node: etree._Element, file: str) -> None:
        self.node, self.file = node, file
        self.found: list[Finding] = []

    def add(self, sentence: Sentence, at: etree._Element) -> None:
        line = line_of(at) or line_of(self.node)
        self.found.append(
            Finding(self.file, RULE, Severity.ERROR, sentence, self.node.get("id"), self.node.get("name"), line)
        )

    def chosen(self, at: etree._Element, attribute: str, text: str, allowed: type[E]) -> E | None:
        if text in set(allowed):
            return allowed(text)
        self.add(
            Sentence(
                "'{tekst}' bestaat niet als {kenmerk}; kies uit {keuzes}.",
                tekst=text,
                kenmerk=attribute,
                keuzes=list(allowed),
            ),
            at,
        )
        return None


def line_of(node: etree._Element) -> int | None:
    """The line of an element in its file."""
    return cast("int | None", node.sourceline)


def read(node: etree._Element, file: str) -> tuple[Notation, tuple[Finding, ...]]:
    """The notation of one BPMN element, with a finding for each word of it that does not exist or stands wrong."""
    faults = _Faults(node, file)
    parts: dict[str, etree._Element] = {}
    for part in _extensions(node):
        name = str(part.tag)[len(_W) :]
        if not _is_known(part, name, node, faults):
            continue
        if name in parts:
            faults.add(Sentence("wijk:{naam} staat er twee keer; laat er een staan.", naam=name), part)
        parts[name] = part
    for attribute in node.attrib:
        if str(attribute).startswith(_W):
            faults.add(
                Sentence("Het attribuut wijk:{naam} bestaat niet; gebruik wijk:taak.", naam=str(attribute)[len(_W) :]),
                node,
            )
    task, call, rule = parts.get("taak"), parts.get("operatie"), parts.get("tabel")
    message, phase, process = parts.get("bericht"), parts.get("fase"), parts.get("proces")
    secrets = [_is_yes(part, "vertrouwelijk", faults) for part in parts.values()]
    results = [part.get("resultaat") for part in (task, call, rule) if part is not None]
    table, elsewhere = _table(node, rule)
    notation = Notation(
        act=ActSpec() if task is None else _act(task, faults),
        result=next((result for result in results if result), elsewhere),
        operation=None if call is None else _operation(call, faults),
        key=None if message is None else message.get("sleutel"),
        content=None if message is None else message.get("inhoud"),
        table=table,
        phase=None if phase is None else _phase(phase, faults),
        is_confidential=any(secrets),
        year=None if process is None else process.get("jaar"),
        is_empty=process is not None and _is_yes(process, "zonderInhoud", faults),
        needs_group=process is not None and _is_yes(process, "groep", faults),
    )
    return notation, tuple(faults.found)


def _extensions(node: etree._Element) -> Iterator[etree._Element]:
    for holder in node.findall(f"{{{BPMN}}}extensionElements"):
        for part in holder:
            if str(part.tag).startswith(_W):
                yield part


def _is_known(part: etree._Element, name: str, node: etree._Element, faults: _Faults) -> bool:
    """Whether this extension element exists, stands on an element that can carry it and has only known attributes."""
    local = etree.QName(node).localname
    if name not in _CARRIERS:
        faults.add(Sentence("wijk:{naam} bestaat niet; kies uit {namen}.", naam=name, namen=sorted(_CARRIERS)), part)
        return False
    if local not in _CARRIERS[name]:
        faults.add(Sentence("wijk:{naam} hoort niet bij een {element}; haal het weg.", naam=name, element=local), part)
        return False
    for attribute in part.attrib:
        if attribute not in _ATTRIBUTES[name]:
            faults.add(
                Sentence(
                    "wijk:{naam} kent geen attribuut '{kenmerk}'; haal het weg.", naam=name, kenmerk=str(attribute)
                ),
                part,
            )
    return True


def _is_yes(part: etree._Element, attribute: str, faults: _Faults) -> bool:
    answer = str(part.get(attribute, "nee"))
    if answer not in ("ja", "nee"):
        faults.add(Sentence("{kenmerk} is 'ja' of 'nee', niet '{waarde}'.", kenmerk=attribute, waarde=answer), part)
    return answer == "ja"


def _act(part: etree._Element, faults: _Faults) -> ActSpec:
    act = faults.chosen(part, "handeling", part.get("handeling", Act.WERK), Act) or Act.WERK
    rungs = [faults.chosen(part, "trede", text, Rung) for text in part.get("treden", "").split()]
    collects = _is_yes(part, "verzamelt", faults)
    if collects and act in _NEVER_COLLECTED:
        faults.add(
            Sentence(
                "Een {handeling} wordt één keer genomen; verzamelt hoort bij inbreng en advies.", handeling=Name(act)
            ),
            part,
        )
    step = part.get("stap")
    if step is not None and step not in {f"D{number:02}" for number in range(1, 19)}:
        faults.add(Sentence("'{stap}' bestaat niet als stap; kies D01 tot en met D18.", stap=step), part)
    return ActSpec(
        act=act,
        step=step,
        rungs=tuple(rung for rung in rungs if rung is not None),
        form=part.get("formulier"),
        term=part.get("termijn"),
        product=part.get("product"),
        four_eyes=part.get("vierOgen"),
        subject=part.get("onderwerp"),
        collects=collects,
    )


def _operation(part: etree._Element, faults: _Faults) -> Operation | None:
    inputs: list[tuple[str, str]] = []
    for child in part:
        if child.tag != f"{_W}invoer":
            faults.add(
                Sentence(
                    "In wijk:operatie kan alleen wijk:invoer staan, geen {element}.",
                    element=etree.QName(child).localname,
                ),
                child,
            )
            continue
        name, value = child.get("naam"), child.get("waarde")
        if not name or not value or set(child.attrib) - _ATTRIBUTES["invoer"]:
            faults.add(Sentence("wijk:invoer heeft precies een naam en een waarde."), child)
        else:
            inputs.append((name, value))
    name = part.get("naam")
    if not name:
        faults.add(Sentence("wijk:operatie heeft geen naam; kies een operatie uit de lijst."), part)
        return None
    return Operation(name, tuple(inputs))


def _table(node: etree._Element, part: etree._Element | None) -> tuple[str | None, str | None]:
    """The decision that a business rule task asks and its result key, also as Camunda 7 and 8 write them."""
    if part is not None:
        return part.get("besluit"), None
    called = node.find(f"{{{BPMN}}}extensionElements/{{{ZEEBE}}}calledDecision")
    if called is not None:
        return called.get("decisionId"), called.get("resultVariable")
    return node.get(f"{{{CAMUNDA}}}decisionRef"), node.get(f"{{{CAMUNDA}}}resultVariable")


def _phase(part: etree._Element, faults: _Faults) -> str | None:
    name = part.get("naam")
    if name not in PHASES:
        faults.add(Sentence("'{naam}' bestaat niet als fase; kies uit {fasen}.", naam=name or "", fasen=PHASES), part)
        return None
    return name
