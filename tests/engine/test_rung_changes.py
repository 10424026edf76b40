"""A decision on a rung (D18) is carried out as taken: the frame that follows sets that step, subject and rung."""

from __future__ import annotations

import pytest

from engine.terms import Act, Json, Task
from tests.engine.rights_world import COLLEGE, IN_TERM, Dossier, allowed, ask, frame_values, refused, task_for

CHANGES: dict[str, Json] = {
    "besluit": "wijzigen",
    "stap": "D07",
    "van": "adviseren",
    "naar": "coproduceren",
    "verlaging": False,
}


def decided(**more: Json) -> Dossier:
    dossier = Dossier().framed("D07", "adviseren", "I-02")
    dossier.decided(CHANGES | more, "D18", "I-02", "adviseren", by=COLLEGE.ref, role="college")
    return dossier


def sets(step: str = "D07", subject: str = "I-02") -> Task:
    return task_for(Act.KADER, "college", step, subject)


def frame(step: str, rung: str, **more: Json) -> dict[str, Json]:
    return frame_values(step, rung, reden="zo besloten", **more)


@pytest.mark.parametrize(
    "values",
    [
        frame("D07", "adviseren"),
        frame("D07", "meebeslissen"),
        frame("D11", "coproduceren"),
        frame("D07", "adviseren", kaders=[{"stap": "D11", "trede": "coproduceren", "doelgroep": "de groep"}]),
    ],
)
def test_inv_11_the_frame_after_a_decision_on_a_rung_sets_no_other(values: dict[str, Json]) -> None:
    refused(ask(COLLEGE, sets(), values, decided(), now=IN_TERM), "INV-11", "D07 over I-02 op trede coproduceren")
    allowed(ask(COLLEGE, sets(), frame("D07", "coproduceren"), decided(), now=IN_TERM))


def test_inv_11_a_decision_on_another_step_is_carried_out_by_a_row_that_names_it() -> None:
    dossier = Dossier().framed("D07", "adviseren", "I-02").framed("D11", "raadplegen", "I-02")
    change = CHANGES | {"stap": "D11", "van": "raadplegen", "naar": "adviseren"}
    dossier.decided(change, "D18", "I-02", "adviseren", by=COLLEGE.ref, role="college")
    refused(ask(COLLEGE, sets(), frame("D07", "adviseren"), dossier, now=IN_TERM), "INV-11", "D11")
    rows: list[Json] = [{"stap": "D11", "trede": "adviseren", "doelgroep": "de groep"}]
    given = {name: value for name, value in frame("D07", "adviseren", kaders=rows).items() if name != "stap"}
    allowed(ask(COLLEGE, sets(), given, dossier, now=IN_TERM))


def test_inv_11_once_carried_out_other_frames_are_free_and_so_are_other_cases_and_subjects() -> None:
    other = frame("D11", "raadplegen")
    elsewhere = Dossier().framed("D07", "adviseren", "I-02")
    elsewhere.decided(CHANGES, "D18", "I-02", "adviseren", by=COLLEGE.ref, role="college", case="zaak-2")
    allowed(ask(COLLEGE, sets("D11"), other, elsewhere, now=IN_TERM))
    allowed(ask(COLLEGE, sets("D11", "I-05"), other, decided(), now=IN_TERM))
    allowed(ask(COLLEGE, sets("D11"), other, decided(besluit="laten"), now=IN_TERM))
    refused(ask(COLLEGE, sets("D11"), other, decided(), now=IN_TERM), "INV-11")
    done = decided().framed("D07", "coproduceren", "I-02")
    allowed(ask(COLLEGE, sets("D11"), other, done, now=IN_TERM))
