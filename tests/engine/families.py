"""Definitions for tests of the engine: built from BPMN text by the real reader, with the roles and rights of Delft."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine import definition as definitions
from engine import safexml
from engine.case import Case, Outcome
from engine.definition import Definition, Reading
from engine.semantics.parsing import CaseParser
from engine.terms import Severity, Task, Values
from tests.engine.bpmn import diagram, end, process, start, user

PROCESSES = Path(__file__).parents[2] / "processes"
CITY = {
    name: (PROCESSES / place / name).read_bytes()
    for place, name in (
        ("delft", "rollen.toml"),
        ("delft", "rechten.csv"),
        ("delft", "termijnen.toml"),
        ("", "feestdagen.toml"),
    )
}
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def reading(*processes: str, files: Mapping[str, bytes] = {}) -> Reading:
    """What `definition.read` makes of these processes in one file, and of the other files."""
    return definitions.read({**CITY, "proef.bpmn": diagram(*processes), **files})


def family(*processes: str, files: Mapping[str, bytes] = {}) -> Definition:
    """The definition; fails with the findings when there is none."""
    read = reading(*processes, files=files)
    wrong = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    assert read.definition is not None, "\n".join(f"{one.rule} {one.element}: {one.sentence}" for one in wrong)
    return read.definition


def unlinted(*processes: str) -> Definition:
    """A definition that skips the lint: to show what happens to a diagram that should never have come in."""
    content = diagram(*processes)
    root, findings = safexml.read(content, "proef.bpmn")
    assert root is not None and not findings
    read = CaseParser(root, "proef.bpmn")
    assert not read.findings
    empty = family(process("leeg", start("s"), user("t"), end("e"), flow="s > t > e"))
    return replace(empty, specs=read.specs, reads=frozenset(read.reads))


def stock(process: str, *others: str) -> BpmnWorkflow:
    """The same diagram run by SpiffWorkflow as it comes, up to its first rest."""
    parser = BpmnParser()
    safexml.read(diagram(process, *others), "stock.bpmn")
    parser.add_bpmn_io(io.BytesIO(diagram(process, *others)))
    name = parser.get_process_ids()[0]
    workflow = BpmnWorkflow(parser.get_spec(name), parser.get_subprocess_specs(name))
    workflow.do_engine_steps()
    return workflow


def ready(workflow: BpmnWorkflow) -> list[str]:
    """The names of the open human tasks of a stock workflow."""
    return sorted(task.task_spec.name for task in workflow.get_tasks(state=16, manual=True))


def finish(workflow: BpmnWorkflow, name: str, **data: Any) -> None:
    """Complete the first open task of this name in a stock workflow."""
    task = workflow.get_tasks(state=16, spec_name=name)[0]
    task.data.update(data)
    task.run()
    workflow.do_engine_steps()


class Play:
    """A case played as in the service: restored from text for each act, and snapshotted after it."""

    def __init__(self, definition: Definition, process: str = "p", values: Values | None = None, **how: Any) -> None:
        self.definition, self.now = definition, NOW
        case, self.outcome = Case.start(definition, process, values or {}, NOW, **how)
        self.text = case.snapshot()

    @property
    def case(self) -> Case:
        return Case.restore(self.definition, self.text)

    @property
    def open(self) -> list[str]:
        """The elements of the open tasks, sorted."""
        return sorted(task.element for task in self.case.tasks.values())

    def due(self) -> datetime | None:
        return self.case.due

    @property
    def waits(self) -> set[tuple[str, str]]:
        """The messages that the case waits for: (name, key)."""
        return {(wait.name, wait.key) for wait in self.case.waits}

    @property
    def data(self) -> dict[str, Any]:
        return self.case.data

    @property
    def ended(self) -> bool:
        return self.case.ended

    def task(self, element: str, number: int = 0) -> Task:
        return [task for task in self.case.tasks.values() if task.element == element][number]

    def do(self, element: str, number: int = 0, **values: Any) -> Outcome:
        """Complete the open task of this element."""
        return self._keep(lambda case: case.complete(self.task(element, number).id, values, self.now))

    def deliver(self, name: str, key: Any = "", **values: Any) -> Outcome:
        return self._keep(lambda case: case.deliver(name, key, values, self.now))

    def answer(self, call: str, **values: Any) -> Outcome:
        return self._keep(lambda case: case.answer(call, values, self.now))

    def wait(self, span: timedelta) -> Outcome:
        """Let time pass, and fire once what is due then."""
        self.now += span
        return self._keep(lambda case: case.tick(self.now))

    def _keep(self, act: Any) -> Outcome:
        case = self.case
        self.outcome = act(case)
        assert {task.id for task in self.outcome.opened} <= set(case.tasks)
        self.text = case.snapshot()
        assert Case.restore(self.definition, self.text).snapshot() == self.text
        return self.outcome
