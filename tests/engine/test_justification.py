"""What the record of a decision holds (INV-14): organ, ground, mandate, rung, who was heard, alternatives, versions."""

from __future__ import annotations

from typing import Any

import pytest

from engine import acts
from engine.acts import Ask, Standing
from engine.question import CaseFacts
from engine.roles import Scope
from engine.terms import Act, Action, Actor, Json, Ruling, Task, Values
from engine.trail.fields import check_fields
from tests.engine.bpmn import end, process, start, user
from tests.engine.families import family
from tests.engine.rights_world import (
    AFTER_TERM,
    CASE,
    COLLEGE,
    COORDINATOR,
    GRANT,
    OUTCOME,
    PLAY,
    Dossier,
    allowed,
    ask,
    binding_values,
    mandate,
    person,
    refused,
    task_for,
)

GRANTS = task_for(Act.BESLUIT, "college", "D07", "I-02")
ANY = process("proces", start("s"), user("element"), end("e"), flow="s > element > e")


def decision_of(ruling: Ruling) -> dict[str, Json]:
    assert ruling.decision is not None
    return dict(ruling.decision)


def record(actor: Actor, task: Task, values: Values, dossier: Dossier, ruling: Ruling) -> dict[str, Any]:
    """The fields of the record, as the service writes them; the trail accepts them."""
    standing = Standing(family(ANY), Scope("delft", "tanthof"), CaseFacts(CASE, CASE))
    fields = acts.content(Ask(actor, Action.COMPLETE, task, values), standing, ruling, AFTER_TERM, {"ended": False})
    check_fields(fields)
    return fields


def test_inv_14_the_record_of_a_decision_says_all_that_a_later_judge_needs() -> None:
    dossier = Dossier().framed("D07", "coproduceren", "I-02")
    heard = dossier.heard("D07", "I-02")
    dossier.handled()
    proposal = dossier.proposed("D07", "I-02", locatie="A")
    sealed: Json = {"verzegeld": "0" * 64}
    values = GRANT | {"velden": {"locatie": "A"}, "motivering": sealed, "alternatieven": sealed}
    ruling = allowed(ask(COLLEGE, GRANTS, values, dossier))
    fields = record(COLLEGE, GRANTS, values, dossier, ruling)
    decision = fields["decision"]
    assert decision["organ"] == "rol:college" and decision["ground"] == "D07/coproduceren" == fields["ruling"]["rule"]
    assert decision["rung"] == "coproduceren" and decision["date"] == "2026-10-20"
    assert decision["heard"] == [heard.record] and "mandate" not in decision
    assert proposal.record in decision["alternatives"] and decision["alternatives"][-1] == sealed
    assert decision["motivation"] == ["motivering"] and fields["motivation"] == sealed
    assert set(decision["tables"]) == {"collectief_belang", "wijkbudget_spelregels"}
    assert all(decision["tables"].values()), "each with the rules that answered"
    assert len(fields["ruling"]["matrix"]) == len(fields["definition"]["version"]) == 64


def test_inv_14_a_mandate_and_its_organ_stand_in_the_record() -> None:
    given = mandate("wijkcoordinator", "D07", {"plafond": 4_000_000})
    official = person("coordinator", "wijkcoordinator", facts=(given,))
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D07", "I-02")
    decision = decision_of(allowed(ask(official, task, GRANT | {"inbrengregister": 0}, dossier)))
    assert decision["mandate"] == given.record and decision["organ"] == "rol:college"


def test_inv_14_the_options_of_a_self_binding_are_the_alternatives() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    checks = dossier.checked()
    task = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
    decision = decision_of(allowed(ask(PLAY, task, OUTCOME, dossier)))
    assert decision["alternatives"] == ["A", "B", "C"] and checks.record in _list(decision["heard"])
    bare = Dossier().framed("D07", "meebeslissen", "I-05")
    binds = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    assert decision_of(allowed(ask(COLLEGE, binds, binding_values(), bare)))["organ"] == "rol:college"


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize("claim", [{"decision": {"organ": "rol:raad"}}, {"organ": "raad", "mandate": "x", "heard": []}])
def test_inv_14_nobody_writes_it_himself(claim: dict[str, Json]) -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    values = GRANT | {"inbrengregister": 0} | claim
    ruling = allowed(ask(COLLEGE, GRANTS, values, dossier))
    fields = record(COLLEGE, GRANTS, values, dossier, ruling)
    assert fields["decision"]["organ"] == "rol:college" and fields["values"].items() >= claim.items()


def test_inv_14_what_is_refused_or_decides_nothing_says_no_decision() -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    ruling = ask(COORDINATOR, GRANTS, GRANT, dossier)
    refused(ruling, "taak/kandidaat")
    assert ruling.decision is None and "decision" not in record(COORDINATOR, GRANTS, GRANT, dossier, ruling)
    assert allowed(ask(COORDINATOR, task_for(Act.WERK, "wijkcoordinator"), {}, dossier)).decision is None
