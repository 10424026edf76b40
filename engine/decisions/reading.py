"""DMN 1.1-1.5 XML to tables: reads what it decides by, accepts drawing and documentation, refuses the rest by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar, cast

from lxml import etree

from engine.decisions.proof import proven
from engine.decisions.tables import AGGREGATIONS, HitPolicy, Input, Output, Rule, Table
from engine.errors import ExpressionError
from engine.expressions import Expression, Unary, Value, compile_expression, compile_unary
from engine.expressions.moments import date_of
from engine.terms import Finding, Severity

Element = etree._Element
Compiled = TypeVar("Compiled")

_DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/.+")
_DRAWING = frozenset({"textAnnotation", "association", "group", "DMNDI", "extensionElements", "description"})
_DOCUMENTATION = _DRAWING | {
    *("itemDefinition", "inputData", "knowledgeSource", "elementCollection", "performanceIndicator"),
    *("organizationUnit", "organisationUnit", "question", "allowedAnswers", "variable", "authorityRequirement"),
    *(
        "impactedPerformanceIndicator",
        "decisionMaker",
        "decisionOwner",
        "usingProcess",
        "usingTask",
        "supportedObjective",
    ),
}
_NAMES: Mapping[str, str] = {
    "businessKnowledgeModel": "Een herbruikbaar kennismodel (business knowledge model)",
    "knowledgeRequirement": "Een verwijzing naar een kennismodel",
    "decisionService": "Een beslisdienst (decision service)",
    "import": "Het invoegen van een ander bestand (import)",
    "invocation": "Een aanroep (invocation)",
    "relation": "Een relatie (relation)",
    "context": "Een context als beslissing",
    "list": "Een lijst als beslissing",
    "functionDefinition": "Een functie als beslissing",
}
_MAX_CHAIN = 20
WIJK = "https://wijkcyclus.nl/schema/1.0"
_NAME = re.compile(r"[^\W\d]\w*")
_FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(FEEL|DMN)/.*", re.IGNORECASE)


@dataclass(slots=True)
class _Reading:
    """One file being read: the types that it defines, and the findings so far."""

    file: str
    types: dict[str, tuple[str, Unary | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def finds(self, element: Element, rule: str, sentence: str, severity: Severity = Severity.ERROR) -> None:
        """Note a finding at the nearest element with an id."""
        owner: Element | None = element
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        self.findings.append(
            Finding(
                self.file,
                rule,
                severity,
                sentence,
                None if owner is None else owner.get("id"),
                None if owner is None else owner.get("name") or owner.get("label"),
                _line(element),
            )
        )

    def compiled(
        self, compile_: Callable[[str], Compiled], parent: Element, path: str, said: str, otherwise: str | None = None
    ) -> Compiled | None:
        """The compiled text of a part; a missing or wrong one is a finding (or `otherwise`, if given)."""
        element = parent if not path else _child(parent, path)
        text = otherwise or "" if element is None else _text(element)
        if element is not None and not _FEEL.fullmatch(element.get("expressionLanguage") or "feel"):
            self.finds(element, "dmn/taal", f"{said} is niet in FEEL geschreven; alleen FEEL wordt uitgevoerd.")
            return None
        if not text.strip() and otherwise is None:
            self.finds(parent, "dmn/leeg", f"{said} is leeg; vul een FEEL-uitdrukking in.")
            return None
        try:
            return compile_(text)
        except ExpressionError as error:
            self.finds(parent, "feel/fout", f"{said} klopt niet: {error}")
            return None


def read_tables(root: Element, file: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """The decisions of a DMN document and everything found in it; a decision with an error is left out.

    Findings: `dmn/...` for the format, `feel/fout` for expressions, WL11 for gaps and overlaps.
    """
    reading = _Reading(file)
    namespace = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "definitions" or not _DMN.fullmatch(namespace):
        reading.finds(root, "dmn/formaat", "Dit is geen DMN-bestand (het begint niet met 'definitions' van DMN).")
        return (), tuple(reading.findings)
    for element in _children(root):
        if _local(element) == "itemDefinition":
            _read_type(reading, element)
    drafts: dict[str, tuple[Table, Element]] = {}
    for element in _children(root):
        if _local(element) == "decision":
            table = _read_decision(reading, element, drafts)
            if table is not None:
                drafts[table.id] = table, element
        elif _local(element) not in _DOCUMENTATION:
            _refuse(reading, element)
    tables = tuple(_linked(reading, drafts))
    for table in tables:
        reading.findings += proven(table, file)
    return tables, tuple(sorted(reading.findings, key=lambda finding: finding.line or 0))


def _read_type(reading: _Reading, element: Element) -> None:
    """Keep a simple type of the file: its base and its allowed values."""
    base = _child(element, "typeRef")
    if base is None or not element.get("name"):
        return
    allowed = None
    if _child(element, "allowedValues") is not None:
        allowed = reading.compiled(compile_unary, element, "allowedValues", "De lijst van toegestane waarden")
    reading.types[element.get("name", "")] = (_own_text(base).strip().split(":")[-1], allowed)


def _read_decision(reading: _Reading, element: Element, known: Mapping[str, tuple[Table, Element]]) -> Table | None:
    """One decision, its requirements not yet linked; None when an error was found in it."""
    before = len(reading.findings)
    identity, name = element.get("id") or "", element.get("name") or element.get("id") or ""
    if not identity:
        reading.finds(element, "dmn/id", f"Beslissing '{name}' heeft geen id.")
    elif identity in known:
        other = _line(known[identity][1])
        sentence = f"Het id '{identity}' staat twee keer in het bestand (regels {other} en {_line(element)})."
        reading.finds(element, "dmn/id", sentence)
    logic: list[Element] = []
    for child in _children(element):
        if _local(child) in {"decisionTable", "literalExpression"}:
            logic.append(child)
        elif _local(child) not in _DOCUMENTATION | {"informationRequirement"}:
            _refuse(reading, child)
    if len(logic) == 1:
        read = _read_table if _local(logic[0]) == "decisionTable" else _read_literal
        since, until = _validity(reading, element)
        table = replace(read(reading, element, logic[0]), since=since, until=until)
        return table if len(reading.findings) == before else None
    if len(reading.findings) == before:
        reading.finds(element, "dmn/leeg", f"Beslissing '{name}' heeft geen beslistabel; teken er één.")
    return None


def _validity(reading: _Reading, element: Element) -> tuple[date | None, date | None]:
    """The first and last day of a decision, from `wijk:geldigVan` and `wijk:geldigTot`."""
    since, until = _day(reading, element, "geldigVan"), _day(reading, element, "geldigTot")
    if (until or date.max) < (since or date.min):
        reading.finds(element, "dmn/geldigheid", "wijk:geldigTot ligt vóór wijk:geldigVan.")
    return since, until


def _day(reading: _Reading, element: Element, attribute: str) -> date | None:
    said = element.get(f"{{{WIJK}}}{attribute}")
    day = date_of(said) if said else None
    if said and day is None:
        reading.finds(element, "dmn/geldigheid", f"wijk:{attribute} is “{said}”; hier hoort een datum jjjj-mm-dd.")
    return day


def _refuse(reading: _Reading, element: Element) -> None:
    kind = _local(element)
    said = _NAMES.get(kind, f"Het onderdeel '{kind}'")
    reading.finds(element, "dmn/niet-ondersteund", f"{said} wordt niet uitgevoerd; gebruik een beslistabel.")


def _read_literal(reading: _Reading, decision: Element, element: Element) -> Table:
    """A literal expression: a table with one output and one rule that always holds."""
    said = f"De uitdrukking van '{decision.get('name')}'"
    expression = reading.compiled(compile_expression, element, "", said) or _NOTHING
    identity = decision.get("id") or ""
    return Table(
        identity,
        decision.get("name") or identity,
        _line(decision),
        HitPolicy.UNIQUE,
        None,
        (),
        (Output(_variable(decision), None, (), None),),
        (Rule(element.get("id") or f"{identity}-1", 1, _line(element), (), (expression,)),),
    )


def _read_table(reading: _Reading, decision: Element, element: Element) -> Table:
    identity = decision.get("id") or ""
    policy, aggregation = _policy(reading, element)
    inputs = tuple(_read_input(reading, part) for part in _children(element, "input"))
    parts = list(_children(element, "output"))
    outputs = tuple(_read_output(reading, decision, part, is_only=len(parts) == 1) for part in parts)
    if not parts:
        reading.finds(element, "dmn/leeg", "De beslistabel heeft geen uitkomstkolom.")
    if len({output.name for output in outputs}) < len(outputs):
        reading.finds(element, "dmn/uitkomst", "Twee uitkomstkolommen hebben dezelfde naam.")
    if aggregation is not None and len(outputs) > 1:
        reading.finds(element, "dmn/trefbeleid", "Samennemen (sum, min, max, count) kan alleen met één uitkomstkolom.")
    if policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER} and not any(output.ranking for output in outputs):
        sentence = f"Trefbeleid {policy} vraagt een volgorde: geef bij de uitkomst de toegestane waarden op."
        reading.finds(element, "dmn/trefbeleid", sentence)
    for part in _children(element):
        if _local(part) not in _DRAWING | {"input", "output", "rule", "annotation"}:
            _refuse(reading, part)
    rules = tuple(_read_rules(reading, identity, element, inputs, outputs))
    name = decision.get("name") or identity
    return Table(identity, name, _line(element), policy, aggregation, inputs, outputs, rules)


def _policy(reading: _Reading, element: Element) -> tuple[HitPolicy, str | None]:
    said, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
    if said not in set(HitPolicy):
        reading.finds(element, "dmn/trefbeleid", f"Trefbeleid '{said}' bestaat niet.")
        return HitPolicy.UNIQUE, None
    if aggregation is not None and (aggregation not in AGGREGATIONS or said != HitPolicy.COLLECT):
        reading.finds(element, "dmn/trefbeleid", f"Samennemen met '{aggregation}' kan niet bij trefbeleid {said}.")
        return HitPolicy(said), None
    return HitPolicy(said), aggregation


def _read_input(reading: _Reading, element: Element) -> Input:
    source = _child(element, "inputExpression")
    label = element.get("label") or (_text(source).strip() if source is not None else "")
    expression = reading.compiled(compile_expression, element, "inputExpression", "De invoerkolom") or _NOTHING
    kind = None if source is None else source.get("typeRef", "").split(":")[-1] or None
    allowed = None
    for _ in range(10):  # a type may rest on a type; a circle of types ends here
        if kind not in reading.types:
            break
        kind, own = reading.types[kind]
        allowed = allowed or own
    if _child(element, "inputValues") is not None:
        allowed = reading.compiled(compile_unary, element, "inputValues", f"De toegestane waarden van '{label}'", "-")
    return Input(label, expression, kind, None if allowed is None or allowed.accepts_all else allowed)


def _read_output(reading: _Reading, decision: Element, element: Element, *, is_only: bool) -> Output:
    name = element.get("name") or (_variable(decision) if is_only else "")
    if not name:
        reading.finds(element, "dmn/uitkomst", "Een uitkomstkolom heeft geen naam.")
    allowed: Unary | None = None
    ranking: tuple[Value, ...] = ()
    if _child(element, "outputValues") is not None:
        allowed = reading.compiled(compile_unary, element, "outputValues", f"De toegestane waarden van '{name}'", "-")
    if allowed is not None and allowed.endings and not any(is_ordered for _, is_ordered in allowed.endings):
        ranking = tuple(compile_expression("waarde")({"waarde": value}) for value, _ in allowed.endings)
    default = None
    if _child(element, "defaultOutputEntry") is not None:
        default = reading.compiled(compile_expression, element, "defaultOutputEntry", f"De standaard van '{name}'")
    return Output(name, None if allowed is None or allowed.accepts_all else allowed, ranking, default)


def _read_rules(
    reading: _Reading, table: str, element: Element, inputs: tuple[Input, ...], outputs: tuple[Output, ...]
) -> Iterator[Rule]:
    taken: set[str] = set()
    for number, rule in enumerate(_children(element, "rule"), 1):
        tests, values = list(_children(rule, "inputEntry")), list(_children(rule, "outputEntry"))
        if len(tests) != len(inputs) or len(values) != len(outputs):
            sentence = f"Regel {number} heeft {len(tests)} toetsen en {len(values)} uitkomsten; "
            sentence += f"de tabel heeft {len(inputs)} en {len(outputs)} kolommen."
            reading.finds(rule, "dmn/regel", sentence)
            continue
        identity = rule.get("id") or f"{table}-{number}"
        if identity in taken:
            reading.finds(rule, "dmn/id", f"Regel {number} heeft het id van een andere regel: '{identity}'.")
        taken.add(identity)
        cells = [
            reading.compiled(compile_unary, cell, "", f"De toets van regel {number}, kolom {at}", "-")
            for at, cell in enumerate(tests, 1)
        ]
        answers = [
            reading.compiled(compile_expression, cell, "", f"De uitkomst '{output.name}' van regel {number}")
            for cell, output in zip(values, outputs, strict=True)
        ]
        for output, cell, answer in zip(outputs, values, answers, strict=True):
            _check_allowed(reading, cell, output, answer, number)
        yield Rule(
            identity,
            number,
            _line(rule),
            tuple(cell for cell in cells if cell is not None),
            tuple(answer for answer in answers if answer is not None),
        )


def _check_allowed(reading: _Reading, cell: Element, output: Output, answer: Expression | None, number: int) -> None:
    """A constant outcome must be one of the allowed values."""
    if answer is None or not answer.is_constant or output.allowed is None or output.allowed.endings is None:
        return
    if output.allowed(answer.constant, {}) is not True:
        sentence = f"De uitkomst '{output.name}' van regel {number} is geen toegestane waarde: {answer.text.strip()}."
        reading.finds(cell, "dmn/uitkomst", sentence)


def _linked(reading: _Reading, drafts: Mapping[str, tuple[Table, Element]]) -> Iterator[Table]:
    """The tables with the decisions that they require; one that requires a missing or circular one is left out."""
    done: dict[str, Table | None] = {}

    def link(identity: str, depth: int = 0) -> Table | None:
        if identity in done:
            return done[identity]
        table, element = drafts[identity]
        needed: list[tuple[str, Table]] = []
        done[identity] = None  # while it is being linked: a circle meets this
        for href, requirement in _required(element):
            is_near = href in drafts and depth < _MAX_CHAIN
            other = link(href, depth + 1) if is_near else None
            name = None if href not in drafts else _variable(drafts[href][1])
            if other is None or name is None:
                sentence = f"'{table.name}' steunt op beslissing '{href}', die ontbreekt, fout is of rondloopt."
                reading.finds(requirement, "dmn/vereiste", sentence)
                return None
            if not _NAME.fullmatch(name):
                reading.finds(requirement, "dmn/vereiste", f"De naam '{name}' is geen FEEL-naam (zonder spaties).")
                return None
            needed.append((name, other))
        done[identity] = replace(table, requires=tuple(needed))
        return done[identity]

    for identity in drafts:
        table = link(identity)
        if table is not None:
            yield table


def _required(decision: Element) -> Iterator[tuple[str, Element]]:
    for requirement in _children(decision, "informationRequirement"):
        for target in _children(requirement, "requiredDecision"):
            yield target.get("href", "").removeprefix("#"), requirement


def _variable(decision: Element) -> str:
    """The name under which others read a decision: of its variable, else its own, else its id."""
    variable = _child(decision, "variable")
    named = None if variable is None else variable.get("name")
    return named or decision.get("name") or decision.get("id") or ""


def _children(element: Element, name: str | None = None) -> Iterator[Element]:
    """The child elements in document order, without comments and processing instructions."""
    for child in element.iterchildren("*"):
        if name is None or _local(child) == name:
            yield child


def _child(element: Element, name: str) -> Element | None:
    return next(_children(element, name), None)


def _line(element: Element) -> int | None:
    return cast("int | None", element.sourceline)


def _local(element: Element) -> str:
    return str(etree.QName(element).localname)


def _text(element: Element) -> str:
    """The text of a cell or expression: of its `text` child."""
    inner = _child(element, "text")
    return "" if inner is None else _own_text(inner)


def _own_text(element: Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


_NOTHING = compile_expression("null")
