"""WL01, WL03, WL04, WL05, WL13, WL17: what a decision declares, rests on and leads to."""

from __future__ import annotations

import pytest

from engine.terms import Severity
from tests.engine.bpmn import ANY_ERROR, boundary, call, end, error, par, process, start, xor
from tests.engine.lint.rules.drawings import TABLES, form, found, line, publish, task, where

REASONS = form("redenen", {"bedrag": None, "afwijkingen": {"onderdeel": None, "veld": None, "reden": None}})
CHECK = form("toets", {"optietoets": {"optie": None}})
RATIFY = task("bekrachtigen", "bekrachtiging", stap="D07", treden="meebeslissen")
BIND = task("binden", "zelfbinding", stap="D07", treden="meebeslissen")
TEST = task("toetsen", "advies", stap="D07", treden="meebeslissen", formulier="toets")
TOGETHER = task("samen", "besluit", stap="D07", treden="meebeslissen")
PEOPLE = {"deelnemers": "samen", "college": "binden bekrachtigen besluit", "jurist": "toetsen"}


def decision(rungs: str, step: str = "D07", ident: str = "besluit", **more: str) -> str:
    return task(ident, "besluit", stap=step, treden=rungs, **more)


@pytest.mark.parametrize(
    ("given", "is_wrong"),
    [
        ({"handeling": "besluit", "stap": "D09"}, True),
        ({"handeling": "besluit", "treden": "raadplegen"}, True),
        ({"handeling": "zelfbinding", "stap": "D07", "treden": "coproduceren"}, True),
        ({"handeling": "bekrachtiging", "stap": "D07", "treden": "meebeslissen"}, False),
        ({"handeling": "besluit", "stap": "D09", "treden": "raadplegen adviseren"}, False),
        ({"handeling": "werk"}, False),
    ],
)
def test_wl_01_a_decision_declares_step_and_rung(given: dict[str, str], is_wrong: bool) -> None:
    assert where("WL01", line("p", task("t", **given), lanes={"college": "t"})) == (["t"] if is_wrong else [])


@pytest.mark.parametrize("steps", [(TOGETHER,), (BIND, TOGETHER), (TEST, TOGETHER), (TEST, BIND, TOGETHER)])
def test_wl_03_participants_do_not_decide_before_binding_and_check(steps: tuple[str, ...]) -> None:
    assert where("WL03", line("p", *steps, lanes=PEOPLE), files=CHECK) == ["samen"]


def test_wl_03_participants_decide_after_binding_and_check() -> None:
    assert where("WL03", line("p", BIND, TEST, TOGETHER, RATIFY, lanes=PEOPLE), files=CHECK) == []


def test_wl_03_one_way_round_the_check_is_enough_to_refuse() -> None:
    round_it = process(
        "p", start("s"), BIND, xor("k"), TEST, TOGETHER, end("e"),
        flow="s > binden > k; k [x = 1] > toetsen > samen > e; k * > samen", lanes=PEOPLE,
    )  # fmt: skip
    assert where("WL03", round_it, files=CHECK) == ["samen"]


def test_wl_03_a_check_in_every_caller_counts_and_in_one_of_them_does_not() -> None:
    inner = line("q", TOGETHER, lanes=PEOPLE)
    good = line("p", BIND, TEST, call("roep", "q"), lanes=PEOPLE)
    bad = line("r", call("roep_ook", "q"))
    assert where("WL03", inner, good, files=CHECK) == []
    assert where("WL03", inner, good, bad, files=CHECK) == ["samen"]


def test_wl_03_a_check_on_a_parallel_way_that_is_waited_for_counts() -> None:
    parts = (par("f"), BIND, TEST, task("ander"), par("j"), TOGETHER, end("e"))
    flow = "s > f > binden > toetsen > j > samen > e; f > ander > j"
    assert where("WL03", process("p", start("s"), *parts, flow=flow, lanes=PEOPLE), files=CHECK) == []
    beside = "s > f > binden > toetsen > e; f > samen > j; f > ander > j; j > e"
    assert where("WL03", process("p", start("s"), *parts, flow=beside, lanes=PEOPLE), files=CHECK) == ["samen"]


def test_wl_03_consent_to_a_takeover_needs_no_binding() -> None:
    consent = task("samen", "besluit", stap="D15", treden="meebeslissen")
    assert where("WL03", line("p", consent, lanes=PEOPLE)) == []


AGAIN = decision("coproduceren")
ROUTE = (BIND, TEST, TOGETHER)


@pytest.mark.parametrize(
    ("steps", "is_wrong"),
    [
        ((*ROUTE, RATIFY, AGAIN), True),
        ((*ROUTE, decision("raadplegen", "D11")), True),
        ((AGAIN, *ROUTE, RATIFY), False),
        ((*ROUTE, RATIFY, decision("raadplegen", "D09")), False),
        ((*ROUTE, RATIFY, decision("meebeslissen", "D11")), False),
    ],
)
def test_wl_04_no_organ_decides_again_what_participants_decided(steps: tuple[str, ...], is_wrong: bool) -> None:
    lanes = (
        PEOPLE
        if "D11" not in steps[-1] or "meebeslissen" not in steps[-1]
        else {**PEOPLE, "deelnemers": "samen besluit", "college": "binden"}
    )
    assert where("WL04", line("p", *steps, lanes=lanes), files=CHECK) == (["besluit"] if is_wrong else [])


def test_wl_04_also_not_in_the_process_that_called() -> None:
    inner = line("q", *ROUTE, lanes=PEOPLE)
    assert where("WL04", inner, line("p", call("c", "q"), AGAIN, lanes=PEOPLE), files=CHECK) == ["besluit"]
    assert where("WL04", inner, line("p", AGAIN, call("c", "q"), lanes=PEOPLE), files=CHECK) == []


def test_wl_04_also_not_on_a_branch_beside_it_but_instead_of_it() -> None:
    def drawn(fork: str, flow: str) -> str:
        return process("p", start("s"), fork, *ROUTE, AGAIN, end("e"), end("f"), flow=flow, lanes=PEOPLE)

    beside = drawn(par("k"), "s > k > binden > toetsen > samen > e; k > besluit > f")
    instead = drawn(xor("k"), "s > k; k [x = 1] > binden > toetsen > samen > e; k * > besluit > f")
    assert where("WL04", beside, files=CHECK) == ["besluit"]
    assert where("WL04", instead, files=CHECK) == []


def test_wl_04_without_an_outcome_the_organ_may_set_another_course() -> None:
    inner = process(
        "q", start("s"), *ROUTE, boundary("om", "samen", ANY_ERROR), end("e"), end("weg", error("geen")),
        flow="s > binden > toetsen > samen > e; om > weg", lanes=PEOPLE,
    )  # fmt: skip
    outer = process(
        "p", start("t"), call("c", "q"), boundary("vang", "c", error("geen")), AGAIN, end("u"), end("v"),
        flow="t > c > u; vang > besluit > v", lanes=PEOPLE,
    )  # fmt: skip
    assert where("WL04", inner, outer, files=CHECK) == []


def test_wl_04_an_unlawful_outcome_goes_back_to_the_participants_and_to_nobody_else() -> None:
    ballot = task("stemmen", "stemming", stap="D07", treden="meebeslissen")
    people = {**PEOPLE, "deelnemers": "samen stemmen"}

    def drawn(back: str) -> str:
        parts = (*ROUTE, ballot, RATIFY, xor("k"), AGAIN, boundary("om", "stemmen", ANY_ERROR), end("e"))
        flow = f"s > binden > toetsen > stemmen > samen > bekrachtigen > k; k [x = 1] > {back}; k * > e; besluit > e; "
        return process("p", start("s"), *parts, flow=flow + "om > besluit", lanes=people)

    assert where("WL04", drawn("stemmen"), files=CHECK) == []
    assert where("WL04", drawn("besluit"), files=CHECK) == ["besluit"]


PROPOSAL = task("voorstel", "voorstel", stap="D07", treden="coproduceren")
LANES = {"deelnemers": "voorstel", "college": "besluit"}


@pytest.mark.parametrize(
    ("steps", "times"),
    [
        ((PROPOSAL, decision("coproduceren", formulier="redenen")), 0),
        ((decision("coproduceren", formulier="redenen"), PROPOSAL), 1),
        ((PROPOSAL, decision("coproduceren")), 1),
        ((PROPOSAL, decision("coproduceren", formulier="zonder")), 1),
        ((decision("coproduceren"),), 2),
        ((decision("raadplegen"),), 0),
    ],
)
def test_wl_05_a_difference_from_the_joint_proposal_asks_for_a_reason(steps: tuple[str, ...], times: int) -> None:
    files = {**REASONS, **form("zonder", {"afwijkingen": {"veld": None}})}
    assert where("WL05", line("p", *steps, lanes=LANES), files=files) == ["besluit"] * times


def test_wl_05_a_group_that_makes_its_own_plan_deviates_from_nobody() -> None:
    assert where("WL05", line("p", decision("coproduceren", "D10"), lanes={"deelnemers": "besluit"})) == []


def test_wl_13_a_decision_has_a_publication_class_and_a_retention_class() -> None:
    drawn = line("p", decision("raadplegen", "D09"), lanes={"college": "besluit"})
    assert where("WL13", drawn) == []
    for name, content in TABLES.items():
        without = content.decode().replace('"D09",', "").encode()
        assert where("WL13", drawn, files={name: without}) == ["besluit"], name


def test_wl_13_the_row_for_all_the_rest_is_no_class() -> None:
    drawn = line("p", decision("raadplegen", "D09"), lanes={"college": "besluit"})
    text = TABLES["publicatieplicht.dmn"].decode()
    start_at = text.index('<rule id="publicatieplicht_regel_1">')
    only_rest = text[:start_at] + text[text.index('<rule id="publicatieplicht_regel_2">') :]
    rest = only_rest[: only_rest.index("<text>not(")] + "<text>-</text>" + only_rest[only_rest.index("</inputEntry>") :]
    assert where("WL13", drawn, files={"publicatieplicht.dmn": rest.encode()}) == ["besluit"]


OUTCOMES = ["toegelaten", "afgewezen"]
REFUSAL = form("toelating", {"besluit": OUTCOMES, "reden_bij_afwijzing": None, "ander_pad": None})
BARE = form("kaal", {"besluit": OUTCOMES})


def admission(ident_of_form: str, *, refused: str, admitted: str = "toe > e") -> str:
    return process(
        "p", start("s"), decision("raadplegen", "D05", formulier=ident_of_form), xor("k"), publish("afwijzing"),
        task("toe"), end("e"), end("f"),
        flow=f's > besluit > k; k [besluit.besluit = "toegelaten"] > {admitted}; k * > {refused}',
    )  # fmt: skip


def test_wl_17_a_refusal_gives_a_reason_and_another_path() -> None:
    assert where("WL17", admission("toelating", refused="afwijzing > f"), files=REFUSAL) == []


def test_wl_17_a_refusal_that_just_ends_is_refused() -> None:
    assert where("WL17", admission("toelating", refused="f"), files=REFUSAL) == ["besluit"]
    assert "afgewezen" in found("WL17", admission("toelating", refused="f"), files=REFUSAL)[0].sentence


def test_wl_17_the_way_of_the_admitted_does_not_count_for_the_refused() -> None:
    assert where("WL17", admission("toelating", refused="f", admitted="toe > afwijzing > e"), files=REFUSAL) == [
        "besluit"
    ]


def test_wl_17_a_form_without_reason_and_path_is_refused() -> None:
    assert where("WL17", admission("kaal", refused="afwijzing > f"), files=BARE) == ["besluit"]


def test_wl_17_an_error_after_a_decision_is_caught_and_leads_to_a_task() -> None:
    inner = process(
        "q",
        start("s"),
        decision("raadplegen", "D09"),
        end("e", error("nee")),
        flow="s > besluit > e",
        lanes={"college": "besluit"},
    )

    def outer(flow: str) -> str:
        parts = (call("c", "q"), boundary("vang", "c", error("nee")), task("pad"), end("u"))
        return process("p", start("t"), *parts, flow=flow)

    assert where("WL17", inner) == ["e"]
    assert where("WL17", inner, line("p", call("c", "q"))) == ["e"]
    assert where("WL17", inner, outer("t > c > pad > u; vang > u")) == ["e"]
    assert where("WL17", inner, outer("t > c > u; vang > pad > u")) == []


def test_all_these_are_errors_and_say_where() -> None:
    one = found("WL05", line("p", decision("coproduceren"), lanes=LANES))[0]
    assert (one.severity, one.file, one.element, one.name) == (Severity.ERROR, "proef.bpmn", "besluit", "besluit")
    assert one.line is not None
