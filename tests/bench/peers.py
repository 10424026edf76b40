"""The peers: the raw driver's UPDATE + INSERT + COMMIT, and SpiffWorkflow's own serializer on top of the same."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Protocol

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.bench import diagrams

TASKS = 10
# As long as the state of such a case and the body of its record are here.
STATE, BODY = "s" * 1500, "b" * 1000


class Raw(Protocol):
    """A raw connection that can store one completion."""

    def store(self, case: int, state: str, body: str) -> None:
        """UPDATE the case, INSERT a row of history, COMMIT."""

    def close(self) -> None:
        """Give the connection back."""


class RawSqlite:
    """The standard library's driver: WAL, synchronous FULL, as the service sets it."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE raw_case (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL)",
            "CREATE TABLE raw_history (id INTEGER PRIMARY KEY, raw_case INTEGER NOT NULL, body TEXT NOT NULL)",
            "INSERT INTO raw_case VALUES (1, 0, '')",
        ):
            self._connection.execute(statement)

    def store(self, case: int, state: str, body: str) -> None:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        run("UPDATE raw_case SET state = ?, revision = revision + 1 WHERE id = ?", (state, case))
        run("INSERT INTO raw_history (raw_case, body) VALUES (?, ?)", (case, body))
        run("COMMIT")

    def close(self) -> None:
        self._connection.close()


class RawPostgres:
    """psycopg with prepared statements."""

    def __init__(self, directory: str, name: str) -> None:
        self._connection: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            host=directory, user="postgres", dbname=name
        )
        with self._connection.transaction():
            self._connection.execute(
                "CREATE TABLE raw_case (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL);"
                "CREATE TABLE raw_history (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                "raw_case INTEGER NOT NULL, body TEXT NOT NULL); INSERT INTO raw_case VALUES (1, 0, '')"
            )

    def store(self, case: int, state: str, body: str) -> None:
        run = self._connection.execute
        run("UPDATE raw_case SET state = %s, revision = revision + 1 WHERE id = %s", (state, case), prepare=True)
        run("INSERT INTO raw_history (raw_case, body) VALUES (%s, %s)", (case, body), prepare=True)
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


def raw_round(raw: Raw) -> Callable[[], float]:
    """A round of ten bare completions; its outcome is completions per second."""

    def play() -> float:
        start = time.perf_counter()
        for _ in range(TASKS):
            raw.store(1, STATE, BODY)
        return TASKS / (time.perf_counter() - start)

    return play


def spiff_round(raw: Raw) -> Callable[[], float]:
    """A round of ten completions by the library's own means: deserialize, run, serialize, store."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(diagrams.row("rij_10", TASKS))))
    specification = parser.get_spec("rij_10")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def play() -> float:
        workflow = BpmnWorkflow(specification)
        workflow.do_engine_steps()
        state: str = serializer.serialize_json(workflow)
        start = time.perf_counter()
        for _ in range(TASKS):
            workflow = serializer.deserialize_json(state)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.set_data(**{task.task_spec.name: diagrams.VALUES})
            task.run()
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
            raw.store(1, state, BODY)
        if not workflow.is_completed():
            raise AssertionError("the peer did not finish its case")
        return TASKS / (time.perf_counter() - start)

    return play
