"""From a trail record to register rows: total, pure, and nothing but what the record says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registers import facts_of, frames_in, moment, names_of, overlaps, pointers_to
from engine.roles import in_force, values_of
from engine.terms import Act, Action, Json, Register
from engine.trail.kinds import Kind, kind_of
from tests.engine.rights_world import START, Dossier, digest, membership
from tests.engine.rights_world import given as organisation_row

RECORD = digest("een regel")


def body(act: Act, **more: Json) -> dict[str, Json]:
    return {
        "kind": kind_of(Action.COMPLETE, act, True).value,
        "case": "zaak-1",
        "at": moment(START),
        "actor": {"ref": "p-1", "role": "college", "mandate": [digest("m")], "for": "p-2"},
        "task": {"id": "t", "element": "besluiten", "act": act.value},
        "step": "D07",
        "subject": "I-02",
        "rung": "raadplegen",
        "ruling": {"rule": "x", "outcome": "allowed"},
        "values": {"bedrag": 100, "tekst": {"verzegeld": digest("s")}},
        **more,
    }


@pytest.mark.parametrize(
    ("act", "register"),
    [
        (Act.INBRENG, Register.INBRENG),
        (Act.AFHANDELING, Register.INBRENG),
        (Act.ADVIES, Register.ADVIEZEN),
        (Act.VOORSTEL, Register.VOORSTELLEN),
        (Act.BESLUIT, Register.BESLUITEN),
        (Act.BEKRACHTIGING, Register.BESLUITEN),
        (Act.ZELFBINDING, Register.KADERS),
        (Act.KADER, Register.KADERS),
        (Act.PRODUCT, Register.PRODUCTEN),
        (Act.PUBLICATIE, Register.PUBLICATIES),
        (Act.KENNISNAME, Register.PUBLICATIES),
    ],
)
def test_a_completed_act_gives_a_row_in_its_register_and_one_in_verricht(act: Act, register: Register) -> None:
    done, row = facts_of(body(act), RECORD)
    assert (done.register, row.register) == (Register.VERRICHT, register)
    assert (row.record, row.by, row.step, row.subject, row.at) == (RECORD, "p-1", "D07", "I-02", START)
    assert row.body["handeling"] == act.value and row.body["rol"] == "college" and row.body["zaak"] == "zaak-1"
    assert row.body["namens"] == "p-2" and row.body["mandaat"] == [digest("m")]
    assert values_of(row) == {"bedrag": 100, "tekst": {"verzegeld": digest("s")}}
    assert "gegevens" not in done.body


def test_work_gives_only_who_did_it() -> None:
    assert [fact.register for fact in facts_of(body(Act.WERK), RECORD)] == [Register.VERRICHT]


@pytest.mark.parametrize("kind", sorted(kind for kind in Kind if kind.is_refusal))
def test_a_refusal_establishes_nothing(kind: Kind) -> None:
    assert facts_of(body(Act.BESLUIT, kind=kind.value), RECORD) == ()
    assert facts_of(body(Act.BESLUIT, ruling={"outcome": "refused"}), RECORD) == ()


@pytest.mark.parametrize("kind", [Kind.TASK_CLAIMED, Kind.TASK_RELEASED, Kind.CASE_STARTED, Kind.ATTEMPT_ASSESSED])
def test_what_completes_no_task_establishes_nothing(kind: Kind) -> None:
    assert facts_of(body(Act.BESLUIT, kind=kind.value), RECORD) == ()


def test_a_contribution_to_a_collecting_task_lands_in_the_register_of_its_act() -> None:
    rows = facts_of(body(Act.ADVIES, kind=Kind.CONTRIBUTION_RECEIVED.value), RECORD)
    assert [row.register for row in rows] == [Register.VERRICHT, Register.ADVIEZEN]


def test_one_frame_act_gives_a_row_for_each_step_that_it_frames() -> None:
    values: dict[str, Json] = {"doel": "x", "trede": "adviseren", "kaders": [{"stap": "D02"}, {"onderwerp": "I-05"}]}
    rows = [row for row in facts_of(body(Act.KADER, values=values), RECORD) if row.register is Register.KADERS]
    assert [(row.step, row.subject) for row in rows] == [("D02", "I-02"), ("D07", "I-05")]
    assert all(values_of(row)["doel"] == "x" and "kaders" not in values_of(row) for row in rows)
    assert [frame.step for frame in frames_in(None, "*", {})] == [None]


@pytest.mark.parametrize("kind", [Kind.ROLE_GIVEN, Kind.MANDATE_GIVEN, Kind.SUBSTITUTION_GIVEN])
def test_rows_of_the_organisation_stand_under_the_person(kind: Kind) -> None:
    person: dict[str, Json] = {"vervanger": "p-9"} if kind is Kind.SUBSTITUTION_GIVEN else {"persoon": "p-9"}
    assert organisation_row(kind, person).subject == "p-9"
    assert organisation_row(kind, {"rol": "wijkcoordinator"}).subject == "wijkcoordinator"


def test_given_and_withdrawn_are_both_rows_and_the_second_ends_the_first() -> None:
    held = membership("bewoner")
    gone = organisation_row(Kind.ROLE_WITHDRAWN, {"trekt_in": held.record, "persoon": "x"}, START.replace(day=5))
    assert in_force((held, gone), Register.ROLLEN, START.replace(day=4)) == (held,)
    assert in_force((held, gone), Register.ROLLEN, START.replace(day=6)) == ()


def test_a_row_is_pointed_at_by_its_mark_or_by_its_digest() -> None:
    dossier = Dossier()
    marked, bare = dossier.heard("D09", mark="R-07"), dossier.heard("D09", mark="")
    assert [*pointers_to([marked])] == ["R-07"] and names_of(marked) == {"R-07", marked.record}
    assert [*pointers_to([bare])] == [bare.record]
    assert [*pointers_to([marked], [marked, replace(marked, record=bare.record)])] == [marked.record]


def test_the_whole_dossier_concerns_every_subject() -> None:
    assert overlaps("*", "I-02") and overlaps("I-02", "*") and overlaps("I-02", "I-02")
    assert not overlaps("I-02", "I-05")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)
FIELDS = ["actor", "task", "values", "step", "subject", "rung", "ruling", "case"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(Kind)), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_the_projection_is_total_and_gives_the_same_rows_again(kind: Kind, damage: dict[str, Json]) -> None:
    record = body(Act.KADER, kind=kind.value) | damage
    rows = facts_of(record, RECORD)
    assert rows == facts_of(json.loads(json.dumps(record)), RECORD)
    assert all(row.record == RECORD and row.subject for row in rows)
