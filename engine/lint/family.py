"""The documents of one bundle judged together: what they call, ask and name must be there, and nothing calls itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from engine import notation
from engine.lint.document import Document, Node, at_line, layout, local, said, text_of
from engine.lint.events import kind_of
from engine.lint.graph import cycles, successors
from engine.lint.lanes import holders, judge_lanes
from engine.lint.paths import endless, passing_scopes, starts_of
from engine.lint.rules import judge_rules
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import Family, world_of
from engine.sentences import Sentence
from engine.terms import Finding

MAX_CALL_DEPTH = 20

_EXPRESSIONS = frozenset(
    {
        "conditionExpression",
        "completionCondition",
        "loopCardinality",
        "loopDataInputRef",
        "script",
        "timeCycle",
        "timeDate",
        "timeDuration",
    }
)
_TERM = re.compile(r"""(?<![\w."])termijn\s*\(\s*(?:"([^"]*)"\s*[,)])?""")


def family_findings(roots: Mapping[str, etree._Element], family: Family) -> tuple[Finding, ...]:
    """All findings that only show across files, by file and line; `roots` are the BPMN documents by file name."""
    docs = {file: layout(root, file) for file, root in sorted(roots.items())}
    processes = {
        scope.key: (doc, scope.key)
        for doc in reversed(docs.values())
        for scope in doc.scopes.values()
        if scope.kind == "process"
    }
    callers: dict[str, list[tuple[Document, Node]]] = {}
    for doc in docs.values():
        for node in doc.nodes_of("callActivity"):
            callers.setdefault(_called(node), []).append((doc, node))
    chains = _chains(callers)
    held_by = holders(docs, callers)
    found = [
        *_doubles(docs),
        *_calls(callers, processes),
        *_recursion(callers, chains),
        *_endless(docs),
        *(finding for doc in docs.values() for finding in _named(doc, family)),
    ]
    if family.roles is not None:
        found += judge_lanes(docs, held_by, family.roles, family.matrix)
    if not cycles(chains) and max(_depths(chains).values(), default=0) <= MAX_CALL_DEPTH:
        found += judge_rules(world_of(docs, held_by, family))
    return tuple(
        sorted(
            dict.fromkeys(found), key=lambda finding: (finding.file, finding.line or 0, finding.rule, finding.sentence)
        )
    )


def _called(node: Node) -> str:
    return (node.element.get("calledElement") or "").strip()


def _doubles(docs: Mapping[str, Document]) -> Iterator[Finding]:
    first: dict[str, tuple[Document, str]] = {}
    for doc in docs.values():
        for scope in doc.scopes.values():
            if scope.kind != "process":
                continue
            if scope.key in first and first[scope.key][0] is not doc:
                other = first[scope.key][0]
                place = at_line(other.scopes[scope.key].element)
                sentence = Sentence(
                    "{wat} bestaat ook in {bestand} ({plaats}); geef het een eigen id.",
                    wat=said(scope.element),
                    bestand=other.file,
                    plaats=place,
                )
                yield doc.error("bpmn/id-dubbel", scope.element, sentence)
            first.setdefault(scope.key, (doc, scope.key))


def _calls(
    callers: Mapping[str, list[tuple[Document, Node]]], processes: Mapping[str, tuple[Document, str]]
) -> Iterator[Finding]:
    for name, calls in callers.items():
        for doc, node in calls:
            if name and name not in processes:
                sentence = Sentence(
                    "{wat} roept '{naam}' aan; dat proces is er niet, kies een bestaand.",
                    wat=said(node.element),
                    naam=name[:80],
                )
                yield doc.error("bpmn/aanroep-onbekend", node.element, sentence)
        if name in processes and calls:
            target, key = processes[name]
            starts = [target.nodes[start] for start in starts_of(target, successors(target, key))]
            if starts and not any(kind_of(start) == "" for start in starts):
                doc, node = calls[0]
                sentence = Sentence(
                    "{wat} roept '{naam}' aan, dat geen gewoon begin heeft; teken dat erbij.",
                    wat=said(node.element),
                    naam=name[:80],
                )
                yield doc.error("bpmn/aanroep-begin", node.element, sentence)


def _chains(callers: Mapping[str, list[tuple[Document, Node]]]) -> dict[str, list[str]]:
    """Which processes each process calls."""
    graph: dict[str, list[str]] = {name: [] for name in callers}
    for name, calls in callers.items():
        for _, node in calls:
            graph.setdefault(node.process, []).append(name)
    return graph


def _recursion(callers: Mapping[str, list[tuple[Document, Node]]], graph: Mapping[str, list[str]]) -> Iterator[Finding]:
    looping = cycles(graph)
    for keys in looping:
        for name in keys:
            for doc, node in callers.get(name, []):
                if node.process in keys:
                    sentence = Sentence(
                        "{wat} roept via '{naam}' het eigen proces weer aan; dat eindigt niet.",
                        wat=said(node.element),
                        naam=name[:80],
                    )
                    yield doc.error("bpmn/aanroep-kring", node.element, sentence)
    depth = {} if looping else _depths(graph)
    for name, calls in callers.items():
        for doc, node in calls:
            if depth.get(node.process, 0) == MAX_CALL_DEPTH + 1:
                sentence = Sentence(
                    "{wat} roept meer dan {meeste} processen in elkaar aan ('{naam}').",
                    wat=said(node.element),
                    meeste=MAX_CALL_DEPTH,
                    naam=name[:80],
                )
                yield doc.error("grens/aanroepen", node.element, sentence)


def _depths(graph: Mapping[str, list[str]]) -> dict[str, int]:
    """How many levels of calls lie under each process of a graph without cycles."""
    depth = dict.fromkeys(graph, 0)
    for _ in range(MAX_CALL_DEPTH + 1):
        for name, called in graph.items():
            depth[name] = max([depth[inner] + 1 for inner in called], default=0)
    return {name: min(levels, MAX_CALL_DEPTH + 1) for name, levels in depth.items()}


def _endless(docs: Mapping[str, Document]) -> Iterator[Finding]:
    """Loops that wait nowhere once it is known which called processes can be passed without waiting."""
    known: frozenset[str] = frozenset()
    passing = {file: passing_scopes(doc, known) for file, doc in docs.items()}
    while True:
        found = frozenset(
            key
            for file, doc in docs.items()
            for key in passing[file]
            if key in doc.scopes and doc.scopes[key].kind == "process"
        )
        if found == known:
            break
        known = found
        passing = {file: passing_scopes(doc, known) for file, doc in docs.items()}
    for file, doc in docs.items():
        alone = passing_scopes(doc, frozenset())
        for scope in doc.scopes:
            graph = successors(doc, scope)
            before = endless(doc, graph, alone)
            for keys in endless(doc, graph, passing[file]):
                if keys not in before:
                    node = doc.nodes[keys[0]]
                    sentence = Sentence(
                        "De lus bij {wat} roept processen aan die nergens wachten en kan eindeloos "
                        "doorlopen; zet er een taak of timer in.",
                        wat=said(node.element),
                    )
                    yield doc.error("bpmn/lus-zonder-wachten", node.element, sentence)


def _named(doc: Document, family: Family) -> Iterator[Finding]:
    for node in doc.nodes.values():
        read = notation.read(node.element, doc.file)[0]
        act = read.act
        if node.kind in HUMAN_TASKS and act.form is not None and act.form not in family.forms:
            sentence = Sentence(
                "{wat} gebruikt formulier '{formulier}'; dat is er niet, voeg het toe.",
                wat=said(node.element),
                formulier=act.form[:80],
            )
            yield doc.error("wijk/formulier", node.element, sentence)
        if node.kind in HUMAN_TASKS and act.term is not None and act.term not in family.terms:
            sentence = Sentence(
                "{wat} gebruikt termijn '{termijn}'; die is er niet, voeg haar toe.",
                wat=said(node.element),
                termijn=act.term[:80],
            )
            yield doc.error("wijk/termijn", node.element, sentence)
        if node.kind == "businessRuleTask" and read.table and read.table not in family.tables:
            sentence = Sentence(
                "{wat} vraagt tabel '{tabel}'; die is er niet, voeg haar toe.",
                wat=said(node.element),
                tabel=read.table[:80],
            )
            yield doc.error("wijk/tabel", node.element, sentence)
        inputs = [] if read.operation is None else [value for _, value in read.operation.inputs]
        for text in (*inputs, read.key, read.content, act.subject):
            yield from _terms(doc, node.element, text or "", family)
    for element in doc.elements:
        if local(element) in _EXPRESSIONS:
            owner = next((above for above in element.iterancestors() if above.get("id")), element)
            yield from _terms(doc, owner, text_of(element), family)


def _terms(doc: Document, owner: etree._Element, text: str, family: Family) -> Iterator[Finding]:
    """The terms that an expression names; a name that is computed cannot be checked and is refused."""
    for match in _TERM.finditer(text):
        if match[1] is None:
            sentence = Sentence(
                '{wat}: schrijf de naam van de termijn tussen aanhalingstekens, als termijn("naam").', wat=said(owner)
            )
            yield doc.error("wijk/termijn", owner, sentence)
        elif match[1] not in family.terms:
            sentence = Sentence(
                "{wat} gebruikt termijn '{termijn}'; die is er niet, voeg haar toe.",
                wat=said(owner),
                termijn=match[1][:80],
            )
            yield doc.error("wijk/termijn", owner, sentence)
