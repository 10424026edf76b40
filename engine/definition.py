"""A process family, read whole: diagrams, tables, forms, terms, roles and rights as one version that never changes.

Reading is pure and gives findings, all at once; with an error among them there is no definition. A definition is shared
by all cases on it, also between threads: nothing in it changes once it has been read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine import lint, notation, openness, operations, safexml
from engine.deadlines import Terms
from engine.decisions import Table, read_tables
from engine.errors import ExpressionError
from engine.expressions import Expression, compile_expression
from engine.expressions.timers import ZONE, Timer
from engine.ladder import FILE as LADDER
from engine.ladder import NO_LADDER, Ladder
from engine.lint import Family
from engine.lint.questions import Form
from engine.lint.validity import undated
from engine.notation import BPMN
from engine.openness import CLOSED, Openness
from engine.rights import Matrix
from engine.roles import Roles
from engine.semantics.activities import CallActivity
from engine.semantics.events import MessageWait, Nothing, StartEvent, TimerWait
from engine.semantics.levels import Functions
from engine.semantics.nodes import RuleTask
from engine.semantics.parsing import CaseParser, Element, ProcessSpec
from engine.sentences import Sentence
from engine.terms import Finding, Json, Severity
from engine.variants import Variant
from engine.variants import variants as local_variants

KINDS = (".bpmn", ".dmn", ".form", ".toml", ".csv")
ROLES, RIGHTS, TERMS, HOLIDAYS = "rollen.toml", "rechten.csv", "termijnen.toml", "feestdagen.toml"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the family, byte for byte."""

    name: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the family; `messages` and `timers` say by what else than a person it starts, at which element.

    With a `year` it is a year case: a wijk has one for each programme year, and the expression says for which one it
    starts. In an `is_empty` one nothing that people write is kept, and only its lanes see its cases (INV-39).
    One that `needs_group` is about one group's subject: nobody starts it without.
    """

    id: str
    name: str
    file: str
    executable: bool
    startable: bool
    elements: Mapping[str, Element]
    messages: Mapping[str, str] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    year: Expression | None = None
    is_empty: bool = False
    needs_group: bool = False

    @property
    def lanes(self) -> frozenset[str]:
        """The roles in whose lanes something stands."""
        return frozenset(one.lane for one in self.elements.values() if one.lane)


@dataclass(frozen=True, slots=True)
class Definition:
    """A version of a process family; `specs` is what runs, by process id or `process/subprocess`.

    `reads` are the names that any expression or table of the family reads from the data of a case.
    """

    version: str
    files: Mapping[str, File]
    processes: Mapping[str, Process]
    tables: Mapping[str, Table]
    forms: Mapping[str, Mapping[str, Json]]
    terms: Terms
    roles: Roles
    matrix: Matrix
    specs: Mapping[str, ProcessSpec] = field(repr=False)
    variants: tuple[Variant, ...] = ()
    openness: Openness = CLOSED
    reads: frozenset[str] = field(default=frozenset(), repr=False)

    def functions(self, now: datetime) -> Functions:
        """What FEEL may call in an act at this moment: the terms of the city and the clock of the act."""
        return {
            "termijn": lambda name, begin=now, pauses=(): self.terms.paused_end(name, begin, pauses),
            "now": lambda: now,
            "today": lambda: now.astimezone(ZONE).date(),
        }

    def seen_by(self, process: str) -> frozenset[str] | None:
        """For which roles a case of this process exists, when no content of it is kept; None for any other (INV-39)."""
        found = self.processes.get(process)
        return found.lanes if found is not None and found.is_empty else None

    def year_of(self, process: Process, now: datetime) -> int | None:
        """The programme year for which this process starts now; None for what is no year case."""
        if process.year is None:
            return None
        value = process.year({}, self.functions(now))
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
            raise ExpressionError(Sentence("Het jaar van proces '{proces}' is geen jaar.", proces=process.id))
        return int(value)

    def phase_of(self, process: str) -> str | None:
        """The phase as which another process of the family calls this one; None for what is no phase."""
        calls = (node for spec in self.specs.values() for node in spec.task_specs.values())
        return next(
            (node.phase for node in calls if isinstance(node, CallActivity) and node.spec == process and node.phase),
            None,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a family; without a definition at least one finding is an error."""

    definition: Definition | None
    findings: tuple[Finding, ...]


def version_of(files: Mapping[str, bytes]) -> str:
    """The version of a family: the SHA-256 (hex) over its sorted manifest of `name NUL sha256 newline`."""
    return version_of_manifest({name: hashlib.sha256(content).hexdigest() for name, content in files.items()})


def version_of_manifest(digests: Mapping[str, str]) -> str:
    """The same, from the SHA-256 (hex) of each file."""
    manifest = "".join(f"{name}\0{digests[name]}\n" for name in sorted(digests))
    return hashlib.sha256(manifest.encode()).hexdigest()


def read(files: Mapping[str, bytes]) -> Reading:
    """The definition of these files (name relative to the family's root -> bytes), or everything that is wrong."""
    reader = _Reader(files)
    definition = reader.definition()
    found = tuple(dict.fromkeys(reader.findings))
    is_wrong = any(finding.severity is Severity.ERROR for finding in found)
    return Reading(None if is_wrong else definition, found)


class _Reader:
    """Reads the files in the order in which they rest on each other, and collects findings."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.findings: list[Finding] = []
        self.asked: dict[str, Form] = {}
        self.specs: dict[str, ProcessSpec] = {}
        self.reads: set[str] = set()
        self.origins: dict[str, str] = {}  # the file of the rights, the terms and each table
        self.processes: dict[str, Process] = {}

    def definition(self) -> Definition | None:
        """All of it; None when a part without which there is nothing could not be read."""
        terms = self._terms()
        roles, matrix = self._rights()
        tables, forms = self._tables(), self._forms()
        self.findings += undated(matrix, terms, tables, self.origins)
        for name in sorted(name for name in self.files if not name.endswith(KINDS)):
            sentence = Sentence(
                "'{naam}' hoort niet in een procesfamilie; gebruik {soorten}.", naam=name, soorten=KINDS
            )
            self._error(name, "familie/soort", sentence)
        roots = dict(self._bpmn())
        for name, root in roots.items():
            self._diagram(name, root)
        family = Family(tables, self.asked, frozenset(terms.versions), roles, matrix)
        self.findings += lint.family_findings(roots, family)
        if not roots:
            self._error("", "familie/leeg", Sentence("Er is geen enkel diagram in deze procesfamilie."))
        self._bind(tables)
        variants, findings = local_variants(self.files)
        self.findings += findings
        if roles is None or matrix is None:
            return None
        return Definition(
            version=version_of(self.files),
            files={
                name: File(name, hashlib.sha256(content).hexdigest(), content)
                for name, content in sorted(self.files.items())
            },
            processes=self.processes,
            tables=tables,
            forms=forms,
            terms=terms,
            roles=roles,
            matrix=matrix,
            specs=self.specs,
            variants=variants,
            openness=self._openness(),
            reads=frozenset(self.reads).union(*(table.names for table in tables.values())),
        )

    def _error(self, file: str, rule: str, sentence: Sentence, element: str | None = None) -> None:
        self.findings.append(Finding(file, rule, Severity.ERROR, sentence, element))

    def _named(self, name: str) -> tuple[str, bytes | None]:
        """The one file of this name, in whatever directory of the family."""
        found = sorted(path for path in self.files if PurePosixPath(path).name == name)
        if len(found) > 1:
            sentence = Sentence("'{naam}' staat meer dan een keer in deze procesfamilie.", naam=name)
            self._error(found[1], "familie/dubbel", sentence)
        return (found[0], self.files[found[0]]) if found else (name, None)

    def _terms(self) -> Terms:
        name, content = self._named(TERMS)
        holiday_name, holidays = self._named(HOLIDAYS)
        self.origins["termijnen"] = name
        if content is None:
            return Terms()
        terms, findings = Terms.read(content, holidays or b"", name, holiday_name)
        self.findings += findings
        return terms

    def _rights(self) -> tuple[Roles | None, Matrix | None]:
        name, content = self._named(ROLES)
        rights_name, rights = self._named(RIGHTS)
        self.origins["rechten"] = rights_name
        for missing, file in ((content, ROLES), (rights, RIGHTS)):
            if missing is None:
                self._error(file, "familie/ontbreekt", Sentence("'{naam}' ontbreekt in deze procesfamilie.", naam=file))
        if content is None:
            return None, None
        roles, findings = Roles.read(content, name)
        self.findings += findings
        if roles is None or rights is None:
            return roles, None
        matrix, findings = Matrix.read(rights, roles, rights_name)
        self.findings += findings
        return roles, None if matrix is None else replace(matrix, ladder=self._ladder())

    def _ladder(self) -> Ladder:
        name, content = self._named(LADDER)
        if content is None:
            return NO_LADDER
        ladder, findings = Ladder.read(content, name)
        self.findings += findings
        return ladder

    def _openness(self) -> Openness:
        name, content = self._named(openness.FILE)
        if content is None:
            return CLOSED
        listed, findings = openness.read(content, self.processes, name)
        self.findings += findings
        return listed

    def _roots(self, suffix: str) -> Iterator[tuple[str, etree._Element]]:
        for name in sorted(name for name in self.files if name.endswith(suffix)):
            root, findings = safexml.read(self.files[name], name)
            self.findings += findings
            if root is not None:
                yield name, root

    def _bpmn(self) -> Iterator[tuple[str, etree._Element]]:
        for name, root in self._roots(".bpmn"):
            if root.tag == f"{{{BPMN}}}definitions":
                yield name, root
            else:
                self._error(
                    name, "bpmn/geen-bpmn", Sentence("Dit is geen BPMN 2.0: het bestand begint niet met 'definitions'.")
                )

    def _tables(self) -> dict[str, Table]:
        found: dict[str, Table] = {}
        for name, root in self._roots(".dmn"):
            tables, findings = read_tables(root, name)
            self.findings += findings
            for table in tables:
                if table.id in found:
                    sentence = Sentence("De beslistabel '{id}' bestaat al.", id=table.id)
                    self._error(name, "dmn/dubbel", sentence, table.id)
                found[table.id], self.origins[table.id] = table, name
        return found

    def _forms(self) -> dict[str, Mapping[str, Json]]:
        found: dict[str, Mapping[str, Json]] = {}
        for name in sorted(name for name in self.files if name.endswith(".form")):
            form, findings = safexml.read_json(self.files[name], name)
            self.findings += findings
            if findings:
                continue
            ident = form.get("id") if isinstance(form, dict) else None
            if not isinstance(form, dict) or not isinstance(ident, str):
                self._error(name, "formulier/id", Sentence("Dit formulier heeft geen id."))
            elif ident in found:
                self._error(name, "formulier/dubbel", Sentence("Het formulier '{id}' bestaat al.", id=ident), ident)
            else:
                found[ident] = form
                self.asked[ident] = lint.form_of(name, form)
        return found

    def _diagram(self, name: str, root: etree._Element) -> None:
        """Lint one file, and build what runs if that found no error: a file with errors is a draft."""
        found = lint.findings(root, name, operations.OPERATIONS)
        self.findings += found
        if any(finding.severity is Severity.ERROR for finding in found):
            return
        try:
            parsed = CaseParser(root, name)
        except SpiffWorkflowException as error:
            sentence = Sentence("Dit diagram kan niet gelezen worden: {fout}", fout=str(error))
            self._error(name, "bpmn/onleesbaar", sentence)
            return
        self.findings += parsed.findings
        self.reads |= parsed.reads
        for key, spec in parsed.specs.items():
            if key in self.specs:
                self._error(name, "bpmn/dubbel", Sentence("Het proces '{id}' bestaat al.", id=key), key)
            self.specs[key] = spec
            if "/" not in key:
                process = _process(key, name, spec, parsed.elements)
                node = next(node for node in root.iter(f"{{{BPMN}}}process") if node.get("id") == key)
                said = notation.read(node, name)[0]
                year = self._year(name, said.year, key)
                process = replace(process, year=year, is_empty=said.is_empty, needs_group=said.needs_group)
                self.processes[key] = process
                if process.needs_group and process.timers:
                    sentence = Sentence(
                        "Proces '{id}' gaat over een groep; de kalender begint het niet, die noemt er geen.", id=key
                    )
                    self._error(name, "bpmn/groep", sentence, key)

    def _year(self, name: str, text: str | None, key: str) -> Expression | None:
        """For which programme year a process starts, as its notation says."""
        try:
            return None if text is None else compile_expression(text)
        except ExpressionError as wrong:
            sentence = Sentence("Het jaar van proces '{id}' is niet te lezen: {fout}", id=key, fout=wrong.told)
            self._error(name, notation.RULE, sentence, key)
            return None

    def _bind(self, tables: Mapping[str, Table]) -> None:
        """Give each business rule task its table."""
        for spec in self.specs.values():
            for node in spec.task_specs.values():
                if isinstance(node, RuleTask) and (table := tables.get(node.notation.table or "")) is not None:
                    node.table = table


def _process(key: str, file: str, spec: ProcessSpec, elements: Mapping[str, Element]) -> Process:
    starts: list[Any] = [node for node in spec.made.values() if isinstance(node, StartEvent)]
    return Process(
        id=key,
        name=spec.description,
        file=file,
        executable=True,
        startable=bool(spec.plain_starts) and (not starts or any(_is_plain(start) for start in starts)),
        elements={element.id: element for element in elements.values() if element.process == key},
        messages={
            start.event_definition.name: start.element
            for start in starts
            if isinstance(start.event_definition, MessageWait)
        },
        timers={
            start.element: start.event_definition.timer
            for start in starts
            if isinstance(start.event_definition, TimerWait)
        },
    )


def _is_plain(start: StartEvent) -> bool:
    return isinstance(start.event_definition, Nothing)
