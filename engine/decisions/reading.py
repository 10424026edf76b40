"""DMN 1.1-1.5 XML to tables: reads what it decides by, accepts drawing and documentation, refuses the rest by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from lxml import etree

from engine.decisions.document import Element, Reading, child_of, children, line_of, local, own_text, text_of
from engine.decisions.proof import proven
from engine.decisions.tables import AGGREGATIONS, HitPolicy, Input, Output, Rule, Table
from engine.expressions import Expression, Unary, Value, compile_expression, compile_unary
from engine.expressions.moments import date_of
from engine.sentences import Name, Sentence
from engine.terms import Finding

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
_NAMES: Mapping[str, Sentence] = {
    "businessKnowledgeModel": Sentence("Een herbruikbaar kennismodel (business knowledge model)"),
    "knowledgeRequirement": Sentence("Een verwijzing naar een kennismodel"),
    "decisionService": Sentence("Een beslisdienst (decision service)"),
    "import": Sentence("Het invoegen van een ander bestand (import)"),
    "invocation": Sentence("Een aanroep (invocation)"),
    "relation": Sentence("Een relatie (relation)"),
    "context": Sentence("Een context als beslissing"),
    "list": Sentence("Een lijst als beslissing"),
    "functionDefinition": Sentence("Een functie als beslissing"),
}
_MAX_CHAIN = 20
WIJK = "https://wijkcyclus.nl/schema/1.0"
_NAME = re.compile(r"[^\W\d]\w*")


def read_tables(root: Element, file: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """The decisions of a DMN document and everything found in it; a decision with an error is left out.

    Findings: `dmn/...` for the format, `feel/fout` for expressions, WL11 for gaps and overlaps.
    """
    reading = Reading(file)
    namespace = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "definitions" or not _DMN.fullmatch(namespace):
        reading.finds(
            root, "dmn/formaat", Sentence("Dit is geen DMN-bestand (het begint niet met 'definitions' van DMN).")
        )
        return (), tuple(reading.findings)
    for element in children(root):
        if local(element) == "itemDefinition":
            _read_type(reading, element)
    drafts: dict[str, tuple[Table, Element]] = {}
    for element in children(root):
        if local(element) == "decision":
            table = _read_decision(reading, element, drafts)
            if table is not None:
                drafts[table.id] = table, element
        elif local(element) not in _DOCUMENTATION:
            _refuse(reading, element)
    tables = tuple(_linked(reading, drafts))
    for table in tables:
        reading.findings += proven(table, file)
    return tables, tuple(sorted(reading.findings, key=lambda finding: finding.line or 0))


def _read_type(reading: Reading, element: Element) -> None:
    """Keep a simple type of the file: its base and its allowed values."""
    base = child_of(element, "typeRef")
    if base is None or not element.get("name"):
        return
    allowed = None
    if child_of(element, "allowedValues") is not None:
        allowed = reading.compiled(compile_unary, element, "allowedValues", Sentence("De lijst van toegestane waarden"))
    reading.types[element.get("name", "")] = (own_text(base).strip().split(":")[-1], allowed)


def _read_decision(reading: Reading, element: Element, known: Mapping[str, tuple[Table, Element]]) -> Table | None:
    """One decision, its requirements not yet linked; None when an error was found in it."""
    before = len(reading.findings)
    identity, name = element.get("id") or "", element.get("name") or element.get("id") or ""
    if not identity:
        reading.finds(element, "dmn/id", Sentence("Beslissing '{naam}' heeft geen id.", naam=Name(name)))
    elif identity in known:
        other = line_of(known[identity][1])
        sentence = Sentence(
            "Het id '{id}' staat twee keer in het bestand (regels {regel} en {andere_regel}).",
            id=identity,
            regel=str(other),
            andere_regel=str(line_of(element)),
        )
        reading.finds(element, "dmn/id", sentence)
    logic: list[Element] = []
    for child in children(element):
        if local(child) in {"decisionTable", "literalExpression"}:
            logic.append(child)
        elif local(child) not in _DOCUMENTATION | {"informationRequirement"}:
            _refuse(reading, child)
    if len(logic) == 1:
        read = _read_table if local(logic[0]) == "decisionTable" else _read_literal
        since, until = _validity(reading, element)
        table = replace(read(reading, element, logic[0]), since=since, until=until)
        return table if len(reading.findings) == before else None
    if len(reading.findings) == before:
        reading.finds(
            element, "dmn/leeg", Sentence("Beslissing '{naam}' heeft geen beslistabel; teken er één.", naam=Name(name))
        )
    return None


def _validity(reading: Reading, element: Element) -> tuple[date | None, date | None]:
    """The first and last day of a decision, from `wijk:geldigVan` and `wijk:geldigTot`."""
    since, until = _day(reading, element, "geldigVan"), _day(reading, element, "geldigTot")
    if (until or date.max) < (since or date.min):
        reading.finds(element, "dmn/geldigheid", Sentence("wijk:geldigTot ligt vóór wijk:geldigVan."))
    return since, until


def _day(reading: Reading, element: Element, attribute: str) -> date | None:
    said = element.get(f"{{{WIJK}}}{attribute}")
    day = date_of(said) if said else None
    if said and day is None:
        reading.finds(
            element,
            "dmn/geldigheid",
            Sentence("wijk:{kenmerk} is “{waarde}”; hier hoort een datum jjjj-mm-dd.", kenmerk=attribute, waarde=said),
        )
    return day


def _refuse(reading: Reading, element: Element) -> None:
    kind = local(element)
    said = _NAMES.get(kind) or Sentence("Het onderdeel '{soort}'", soort=kind)
    reading.finds(
        element,
        "dmn/niet-ondersteund",
        Sentence("{wat} wordt niet uitgevoerd; gebruik een beslistabel.", wat=said),
    )


def _read_literal(reading: Reading, decision: Element, element: Element) -> Table:
    """A literal expression: a table with one output and one rule that always holds."""
    said = Sentence("De uitdrukking van '{beslissing}'", beslissing=Name(decision.get("name")))
    expression = reading.compiled(compile_expression, element, "", said) or _NOTHING
    identity = decision.get("id") or ""
    return Table(
        identity,
        decision.get("name") or identity,
        line_of(decision),
        HitPolicy.UNIQUE,
        None,
        (),
        (Output(_variable(decision), None, (), None),),
        (Rule(element.get("id") or f"{identity}-1", 1, line_of(element), (), (expression,)),),
    )


def _read_table(reading: Reading, decision: Element, element: Element) -> Table:
    identity = decision.get("id") or ""
    policy, aggregation = _policy(reading, element)
    inputs = tuple(_read_input(reading, part) for part in children(element, "input"))
    parts = list(children(element, "output"))
    outputs = tuple(_read_output(reading, decision, part, is_only=len(parts) == 1) for part in parts)
    if not parts:
        reading.finds(element, "dmn/leeg", Sentence("De beslistabel heeft geen uitkomstkolom."))
    if len({output.name for output in outputs}) < len(outputs):
        reading.finds(element, "dmn/uitkomst", Sentence("Twee uitkomstkolommen hebben dezelfde naam."))
    if aggregation is not None and len(outputs) > 1:
        reading.finds(
            element, "dmn/trefbeleid", Sentence("Samennemen (sum, min, max, count) kan alleen met één uitkomstkolom.")
        )
    if policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER} and not any(output.ranking for output in outputs):
        sentence = Sentence(
            "Trefbeleid {beleid} vraagt een volgorde: geef bij de uitkomst de toegestane waarden op.", beleid=policy
        )
        reading.finds(element, "dmn/trefbeleid", sentence)
    for part in children(element):
        if local(part) not in _DRAWING | {"input", "output", "rule", "annotation"}:
            _refuse(reading, part)
    rules = tuple(_read_rules(reading, identity, element, inputs, outputs))
    name = decision.get("name") or identity
    return Table(identity, name, line_of(element), policy, aggregation, inputs, outputs, rules)


def _policy(reading: Reading, element: Element) -> tuple[HitPolicy, str | None]:
    said, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
    if said not in set(HitPolicy):
        reading.finds(element, "dmn/trefbeleid", Sentence("Trefbeleid '{beleid}' bestaat niet.", beleid=said))
        return HitPolicy.UNIQUE, None
    if aggregation is not None and (aggregation not in AGGREGATIONS or said != HitPolicy.COLLECT):
        reading.finds(
            element,
            "dmn/trefbeleid",
            Sentence(
                "Samennemen met '{samennemen}' kan niet bij trefbeleid {beleid}.", samennemen=aggregation, beleid=said
            ),
        )
        return HitPolicy(said), None
    return HitPolicy(said), aggregation


def _read_input(reading: Reading, element: Element) -> Input:
    source = child_of(element, "inputExpression")
    label = Name(element.get("label") or "") or (text_of(source).strip() if source is not None else "")
    expression = (
        reading.compiled(compile_expression, element, "inputExpression", Sentence("De invoerkolom")) or _NOTHING
    )
    kind = None if source is None else source.get("typeRef", "").split(":")[-1] or None
    allowed = None
    for _ in range(10):  # a type may rest on a type; a circle of types ends here
        if kind not in reading.types:
            break
        kind, own = reading.types[kind]
        allowed = allowed or own
    if child_of(element, "inputValues") is not None:
        allowed = reading.compiled(
            compile_unary, element, "inputValues", Sentence("De toegestane waarden van '{naam}'", naam=label), "-"
        )
    return Input(label, expression, kind, None if allowed is None or allowed.accepts_all else allowed)


def _read_output(reading: Reading, decision: Element, element: Element, *, is_only: bool) -> Output:
    name = element.get("name") or (_variable(decision) if is_only else "")
    if not name:
        reading.finds(element, "dmn/uitkomst", Sentence("Een uitkomstkolom heeft geen naam."))
    allowed: Unary | None = None
    ranking: tuple[Value, ...] = ()
    if child_of(element, "outputValues") is not None:
        allowed = reading.compiled(
            compile_unary, element, "outputValues", Sentence("De toegestane waarden van '{naam}'", naam=name), "-"
        )
    if allowed is not None and allowed.endings and not any(is_ordered for _, is_ordered in allowed.endings):
        ranking = tuple(compile_expression("waarde")({"waarde": value}) for value, _ in allowed.endings)
    default = None
    if child_of(element, "defaultOutputEntry") is not None:
        default = reading.compiled(
            compile_expression, element, "defaultOutputEntry", Sentence("De standaard van '{naam}'", naam=name)
        )
    return Output(name, None if allowed is None or allowed.accepts_all else allowed, ranking, default)


def _read_rules(
    reading: Reading, table: str, element: Element, inputs: tuple[Input, ...], outputs: tuple[Output, ...]
) -> Iterator[Rule]:
    taken: set[str] = set()
    for number, rule in enumerate(children(element, "rule"), 1):
        tests, values = list(children(rule, "inputEntry")), list(children(rule, "outputEntry"))
        if len(tests) != len(inputs) or len(values) != len(outputs):
            sentence = Sentence(
                "Regel {nummer} heeft {toetsen} toetsen en {uitkomsten} uitkomsten; "
                "de tabel heeft {invoer} en {uitvoer} kolommen.",
                nummer=number,
                toetsen=len(tests),
                uitkomsten=len(values),
                invoer=len(inputs),
                uitvoer=len(outputs),
            )
            reading.finds(rule, "dmn/regel", sentence)
            continue
        identity = rule.get("id") or f"{table}-{number}"
        if identity in taken:
            reading.finds(
                rule,
                "dmn/id",
                Sentence("Regel {nummer} heeft het id van een andere regel: '{id}'.", nummer=number, id=identity),
            )
        taken.add(identity)
        cells = [
            reading.compiled(
                compile_unary, cell, "", Sentence("De toets van regel {nummer}, kolom {at}", nummer=number, at=at), "-"
            )
            for at, cell in enumerate(tests, 1)
        ]
        answers = [
            reading.compiled(
                compile_expression,
                cell,
                "",
                Sentence("De uitkomst '{uitkomst}' van regel {nummer}", uitkomst=output.name, nummer=number),
            )
            for cell, output in zip(values, outputs, strict=True)
        ]
        for output, cell, answer in zip(outputs, values, answers, strict=True):
            _check_allowed(reading, cell, output, answer, number)
        yield Rule(
            identity,
            number,
            line_of(rule),
            tuple(cell for cell in cells if cell is not None),
            tuple(answer for answer in answers if answer is not None),
        )


def _check_allowed(reading: Reading, cell: Element, output: Output, answer: Expression | None, number: int) -> None:
    """A constant outcome must be one of the allowed values."""
    if answer is None or not answer.is_constant or output.allowed is None or output.allowed.endings is None:
        return
    if output.allowed(answer.constant, {}) is not True:
        sentence = Sentence(
            "De uitkomst '{uitkomst}' van regel {nummer} is geen toegestane waarde: {waarde}.",
            uitkomst=output.name,
            nummer=number,
            waarde=answer.text.strip(),
        )
        reading.finds(cell, "dmn/uitkomst", sentence)


def _linked(reading: Reading, drafts: Mapping[str, tuple[Table, Element]]) -> Iterator[Table]:
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
                sentence = Sentence(
                    "'{tabel}' steunt op beslissing '{ander}', die ontbreekt, fout is of rondloopt.",
                    tabel=Name(table.name),
                    ander=href,
                )
                reading.finds(requirement, "dmn/vereiste", sentence)
                return None
            if not _NAME.fullmatch(name):
                reading.finds(
                    requirement,
                    "dmn/vereiste",
                    Sentence("De naam '{naam}' is geen FEEL-naam (zonder spaties).", naam=name),
                )
                return None
            needed.append((name, other))
        done[identity] = replace(table, requires=tuple(needed))
        return done[identity]

    for identity in drafts:
        table = link(identity)
        if table is not None:
            yield table


def _required(decision: Element) -> Iterator[tuple[str, Element]]:
    for requirement in children(decision, "informationRequirement"):
        for target in children(requirement, "requiredDecision"):
            yield target.get("href", "").removeprefix("#"), requirement


def _variable(decision: Element) -> str:
    """The name under which others read a decision: of its variable, else its own, else its id."""
    variable = child_of(decision, "variable")
    named = None if variable is None else variable.get("name")
    return named or decision.get("name") or decision.get("id") or ""


_NOTHING = compile_expression("null")
