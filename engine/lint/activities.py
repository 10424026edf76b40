"""Tasks, calls and multi-instance: that each names what it does, and what the `wijk:` notation says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal

from engine import notation
from engine.errors import ExpressionError
from engine.expressions import compile_expression, compile_script
from engine.lint.document import Document, Element, Node, children, local, said, sentence_of, text_of
from engine.lint.graph import reachable
from engine.lint.vocabulary import ACTIVITIES, HUMAN_TASKS
from engine.sentences import Name, Sentence
from engine.terms import Act, Finding

MAX_INSTANCES = 1_000
DECIDING = frozenset({Act.BESLUIT, Act.BEKRACHTIGING, Act.ZELFBINDING})

_NAME = re.compile(r"[^\W\d]\w*")
_FEEL = ("", "feel", "application/feel", "text/feel", "text/x-feel")


def judge_activities(doc: Document, operations: Collection[str]) -> Iterator[Finding]:
    """Findings on activities; `operations` are the names that a service task may call."""
    yield from _notations(doc)
    for node in doc.nodes_of(*ACTIVITIES):
        said_here = notation.read(node.element, doc.file)[0]
        yield from _by_kind(doc, node, said_here, operations)
        yield from _act(doc, node, said_here)
        yield from _instances(doc, node)
        if node.kind == "subProcess" and not doc.inside[node.key]:
            sentence = Sentence("{wat} is leeg; de zaak loopt er zonder meer doorheen.", wat=said(node.element))
            yield doc.warning("bpmn/leeg-deelproces", node.element, sentence)


def _notations(doc: Document) -> Iterator[Finding]:
    """Every word of the notation that does not exist or stands wrong, and every expression in it that is not right."""
    for element in doc.elements:
        read, faults = notation.read(element, doc.file)
        yield from faults
        texts = [("sleutel", read.key), ("inhoud", read.content), ("onderwerp", read.act.subject)]
        texts += [] if read.operation is None else list(read.operation.inputs)
        for name, text in texts:
            if text is not None:
                yield from _compiles(
                    doc, element, Sentence("{deel} van {wat}", deel=name, wat=said(element)), text, compile_expression
                )
        yield from _message(doc, element, read)
        if read.result is not None and not _NAME.fullmatch(read.result):
            sentence = Sentence(
                "'{naam}' is geen naam voor een resultaat; gebruik letters, cijfers en _.", naam=read.result[:80]
            )
            yield doc.error("wijk/resultaat", element, Sentence("{wat}: {zin}", wat=said(element), zin=sentence))


def _message(doc: Document, element: Element, read: notation.Notation) -> Iterator[Finding]:
    """A key or content where no message is thrown or caught would be skipped without a word."""
    kind = local(element)
    if kind in ("sendTask", "receiveTask") or (read.key is None and read.content is None):
        catches = kind == "receiveTask"
    elif children(element, "messageEventDefinition"):
        catches = kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent")
    else:
        yield doc.error(
            "wijk/bericht",
            element,
            Sentence("{wat} heeft een wijk:bericht, maar geen bericht; kies er een.", wat=said(element)),
        )
        return
    if catches and read.content is not None:
        sentence = Sentence(
            "{wat} ontvangt een bericht; alleen wie verstuurt geeft inhoud mee, haal die weg.", wat=said(element)
        )
        yield doc.error("wijk/bericht", element, sentence)


def _compiles(
    doc: Document, element: Element, where: str, text: str, compiler: Callable[[str], object]
) -> Iterator[Finding]:
    try:
        compiler(text)
    except ExpressionError as error:
        yield doc.error("feel/fout", element, Sentence("{waar}: {fout}", waar=where, fout=sentence_of(error)))


def _by_kind(doc: Document, node: Node, read: notation.Notation, operations: Collection[str]) -> Iterator[Finding]:
    element, name = node.element, said(node.element)
    if node.kind == "task":
        sentence = Sentence(
            "{wat} heeft geen soort en wacht op een persoon; maak er een gebruikerstaak van als dat klopt.", wat=name
        )
        yield doc.warning("bpmn/taak-zonder-soort", element, sentence)
    elif node.kind == "serviceTask":
        if read.operation is None:
            yield doc.error(
                "wijk/operatie", element, Sentence("{wat} zegt niet wat hij doet; kies een wijk:operatie.", wat=name)
            )
        elif read.operation.name not in operations:
            sentence = Sentence(
                "{wat} roept '{operatie}' aan; kies uit {namen}.",
                wat=name,
                operatie=read.operation.name[:80],
                namen=sorted(operations),
            )
            yield doc.error("wijk/operatie", element, sentence)
    elif node.kind == "scriptTask":
        yield from _script(doc, node)
    elif node.kind == "businessRuleTask" and not read.table:
        yield doc.error(
            "wijk/tabel",
            element,
            Sentence("{wat} heeft geen beslistabel; kies een beslistabel (wijk:tabel).", wat=name),
        )
    elif node.kind == "callActivity" and not (element.get("calledElement") or "").strip():
        yield doc.error(
            "bpmn/aanroep-leeg",
            element,
            Sentence("{wat} roept geen proces aan; kies een proces (calledElement).", wat=name),
        )
    elif node.kind in ("sendTask", "receiveTask") and not element.get("messageRef"):
        yield doc.error(
            "bpmn/gebeurtenis-leeg",
            element,
            Sentence("{wat} heeft geen bericht; kies er een (messageRef).", wat=name),
        )


def _script(doc: Document, node: Node) -> Iterator[Finding]:
    form = (node.element.get("scriptFormat") or "").strip().lower()
    if form not in _FEEL and not form.rstrip("/").endswith("/feel"):
        sentence = Sentence(
            "{wat} is geschreven in '{taal}'; schrijf toekenningen in FEEL (scriptFormat).",
            wat=said(node.element),
            taal=form[:40],
        )
        yield doc.error("bpmn/script-taal", node.element, sentence)
        return
    scripts = [part for part in children(node.element, "script") if text_of(part)]
    if not scripts:
        yield doc.error(
            "bpmn/script-leeg", node.element, Sentence("{wat} heeft geen script; vul het in.", wat=said(node.element))
        )
    for part in scripts:
        yield from _compiles(
            doc, node.element, Sentence("Het script van {wat}", wat=said(node.element)), text_of(part), compile_script
        )


def _act(doc: Document, node: Node, read: notation.Notation) -> Iterator[Finding]:
    act, element = read.act, node.element
    if node.kind not in HUMAN_TASKS:
        return
    if act.act in DECIDING and act.step is None:
        sentence = Sentence(
            "{wat} is een {handeling}, maar noemt geen beslisstap; vul stap in (D01 tot en met D18).",
            wat=said(element),
            handeling=Name(act.act),
        )
        yield doc.error("WL01", element, sentence)
    if act.four_eyes is None:
        return
    other = doc.nodes.get(act.four_eyes)
    if other is None or other.kind not in HUMAN_TASKS or other.process != node.process or other is node:
        sentence = Sentence(
            "{wat} vraagt vier ogen met '{taak}'; dat is geen andere taak in dit proces.",
            wat=said(element),
            taak=act.four_eyes[:80],
        )
        yield doc.error("wijk/vier-ogen", element, sentence)
    elif not _comes_before(doc, other, node):
        sentence = Sentence(
            "{wat} vraagt vier ogen met {ander}, maar die komt er niet voor.",
            wat=said(element),
            ander=said(other.element),
        )
        yield doc.error("wijk/vier-ogen", element, sentence)


def _comes_before(doc: Document, first: Node, second: Node) -> bool:
    """The first task, or the subprocess that it is in, can be done before the second, or the one that that is in."""
    around = {node.scope: node for node in _with_scopes(doc, second)}
    here, there = next((node, around[node.scope]) for node in _with_scopes(doc, first) if node.scope in around)
    return there.key in reachable(doc, {here.key})


def _with_scopes(doc: Document, node: Node) -> Iterator[Node]:
    """The node and the subprocesses around it, innermost first."""
    here: Node | None = node
    while here is not None:
        yield here
        here = doc.nodes.get(here.scope)


def _instances(doc: Document, node: Node) -> Iterator[Finding]:
    for loop in children(node.element, "multiInstanceLoopCharacteristics"):
        counts = [part for part in children(loop, "loopCardinality") if text_of(part)]
        lists = [part for part in children(loop, "loopDataInputRef") if text_of(part)]
        if len(counts) + len(lists) != 1:
            sentence = Sentence(
                "{wat} is meervoudig; geef óf een aantal (loopCardinality) óf een verzameling (loopDataInputRef).",
                wat=said(node.element),
            )
            yield doc.error("bpmn/meervoud", node.element, sentence)
        for part in (*counts, *lists, *children(loop, "completionCondition")):
            where = Sentence("{deel} van {wat}", deel=local(part), wat=said(node.element))
            yield from _compiles(doc, node.element, where, text_of(part), compile_expression)
        for part in counts:
            yield from _count(doc, node, text_of(part))
        for part in children(loop, "loopDataOutputRef"):
            if text_of(part) and not _NAME.fullmatch(text_of(part)):
                sentence = Sentence(
                    "{wat}: '{naam}' is geen naam om de uitkomsten onder te bewaren.",
                    wat=said(node.element),
                    naam=text_of(part)[:40],
                )
                yield doc.error("bpmn/meervoud", node.element, sentence)
        if node.kind in ("sendTask", "receiveTask"):
            sentence = Sentence(
                "{wat} kan niet meervoudig zijn; zet hem in een meervoudig deelproces.", wat=said(node.element)
            )
            yield doc.error("bpmn/meervoud", node.element, sentence)


def _count(doc: Document, node: Node, text: str) -> Iterator[Finding]:
    """A number written out is known beforehand; a computed one is held to the same bound when it runs."""
    try:
        expression = compile_expression(text)
        if expression.names:
            return
        count = expression({})
    except ExpressionError:
        return  # reported where it is compiled
    if isinstance(count, bool) or not isinstance(count, Decimal) or count != int(count) or count < 0:
        sentence = Sentence(
            "{wat}: '{tekst}' is geen aantal; geef een geheel getal van 0 of meer.",
            wat=said(node.element),
            tekst=text[:40],
        )
        yield doc.error("bpmn/meervoud", node.element, sentence)
    elif count > MAX_INSTANCES:
        sentence = Sentence(
            "{wat} wordt {aantal} keer uitgevoerd; ten hoogste {meeste} kan.",
            wat=said(node.element),
            aantal=f"{count:f}",
            meeste=MAX_INSTANCES,
        )
        yield doc.error("grens/meervoud", node.element, sentence)
