"""Of mediation no content is kept, and only numbers of five and more leave it (INV-39)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.authority import rule
from engine.conditions.mediation import LEFT_OUT, released
from engine.question import CaseFacts
from engine.terms import Act, Action, Actor, Json, Ruling
from tests.engine.bpmn import extension
from tests.engine.lint.rules.drawings import form, line, task, where
from tests.engine.rights_world import (
    AFTER_TERM,
    CASE,
    COLLEGE,
    COORDINATOR,
    HERE,
    MATRIX,
    RESIDENT,
    ROLES,
    TABLES,
    TERMS,
    allowed,
    person,
    refused,
    task_for,
)

DESK = person("balie", "publieksbalie")
MODULE = CaseFacts(CASE, CASE, lanes=frozenset({"publieksbalie", "wijkcoordinator"}))
WORK = task_for(Act.WERK, "wijkcoordinator")


def ask(actor: Actor, action: Action, values: dict[str, Json], case: CaseFacts = MODULE) -> Ruling:
    return rule(
        actor, action, WORK if action in (Action.COMPLETE, Action.CLAIM) else None, (),
        matrix=MATRIX, roles=ROLES, tables=TABLES, terms=TERMS, scope=HERE, submission=values, case=case,
        now=AFTER_TERM,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "values"),
    [
        (Action.COMPLETE, {"uitkomst": "opgepakt", "motivering": dict(LEFT_OUT)}),
        (Action.COMPLETE, {"rijen": [{"verhaal": dict(LEFT_OUT)}]}),
        (Action.ATTEMPT, {"handeling": "werk", "gegevens": {"tekst": dict(LEFT_OUT)}}),
        (Action.CORRECT, {"regel": "0" * 64, "gegevens": {"tekst": dict(LEFT_OUT)}}),
        (Action.CANCEL, {"reden": dict(LEFT_OUT)}),
        (Action.SUSPEND, {"reden": dict(LEFT_OUT)}),
        (Action.OPEN, {"reden": dict(LEFT_OUT)}),
    ],
)
def test_inv_39_whatever_somebody_writes_there_is_refused(action: Action, values: dict[str, Json]) -> None:
    refused(ask(COORDINATOR, action, values), "INV-39", "wat u schreef")


def test_inv_39_a_choice_is_taken_and_elsewhere_nothing_changes() -> None:
    allowed(ask(COORDINATOR, Action.COMPLETE, {"uitkomst": "opgepakt"}))
    allowed(
        ask(COORDINATOR, Action.COMPLETE, {"uitkomst": "opgepakt", "x": dict(LEFT_OUT)}, replace(MODULE, lanes=None))
    )


def test_inv_39_only_its_own_lanes_and_who_oversees_see_such_a_case() -> None:
    for who in (DESK, COORDINATOR, person("rekenkamer", "auditor")):
        allowed(ask(who, Action.READ, {}))
    for who in (COLLEGE, RESIDENT, person("b", "beheerder"), person("o", "wijkopbouwwerker")):
        refused(ask(who, Action.READ, {}), "INV-39")
        allowed(ask(who, Action.READ, {}, replace(MODULE, lanes=None)))


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, None), (4, None), (5, 5), (6, 6), (120, 120)])
def test_inv_39_only_numbers_of_five_and_more_are_released(count: int, told: int | None) -> None:
    assert released(count) == told


EMPTY = extension('<wijk:proces vertrouwelijk="ja" zonderInhoud="ja"/>')


def drawn(fields: dict[str, Any], said: str = EMPTY) -> list[str | None]:
    head, _, tail = line("p", task("t", formulier="f")).partition("><")
    return where("WL14", f"{head}>{said}<{tail}", files=form("f", fields))


def test_wl_14_a_process_that_keeps_no_content_asks_for_none_and_is_confidential() -> None:
    assert drawn({"uitkomst": ["a", "b"]}) == []
    assert drawn({"verhaal": None}) == ["t"]
    assert drawn({"rijen": {"verhaal": None}}) == ["t"]
    assert drawn({"uitkomst": ["a"]}, extension('<wijk:proces zonderInhoud="ja"/>')) == ["t"]
    assert drawn({"verhaal": None}, extension('<wijk:proces vertrouwelijk="ja"/>')) == []
