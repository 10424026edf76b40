"""WL02, WL08, WL10, WL11, WL16, WL20, WL21, WL22: what a reader sees, and what was judged before the other rules."""

from __future__ import annotations

import pytest

from engine.terms import Severity
from tests.engine.bpmn import boundary, end, par, process, script, start, timer, xor
from tests.engine.lint.rules.drawings import TABLES, form, found, line, own_timer, task, where


def test_wl_02_a_decision_lies_in_the_lane_that_the_table_names() -> None:
    drawn = task("besluit", "besluit", stap="D09", treden="raadplegen")
    assert where("WL02", line("p", drawn, lanes={"vakdienst": "besluit"})) == ["besluit"]
    assert where("WL02", line("p", drawn, lanes={"college": "besluit"})) == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("x > 250000", True),
        ("x > 2.5", True),
        ("x > 0 and y = 1", False),
        ('x = "2500 euro"', False),
        ("x.open_2027 = y", False),
        ('x > date("2027-03-01")', True),
        ('x + duration("P6W") > y', True),
        ('x + duration("P1D") > y', False),
        ('x > termijn("inbreng")', False),
    ],
)
def test_wl_08_no_literal_in_a_condition_or_script(text: str, is_wrong: bool) -> None:
    asked = process(
        "p", start("s"), task("t"), xor("k"), end("e"), end("f"), flow=f"s > t > k; k [{text}] > e; k * > f"
    )
    assert where("WL08", asked) == (["k_e"] if is_wrong else [])
    assert where("WL08", line("p", task("t"), script("m", f"z = {text}"))) == (["m"] if is_wrong else [])


@pytest.mark.parametrize(
    ("text", "kind", "is_wrong"),
    [
        ("P14D", "timeDuration", True),
        ("2027-03-01", "timeDate", True),
        ("R3/P7D", "timeCycle", True),
        ('termijn("inbreng")', "timeDate", False),
        ('date(t.dag) + duration("P1D")', "timeDate", False),
    ],
)
def test_wl_08_no_literal_in_a_timer(text: str, kind: str, is_wrong: bool) -> None:
    edge = boundary("rand", "t", timer(text, kind), interrupts=False)
    drawn = process("p", start("s"), task("t"), edge, end("e"), end("f"), flow="s > t > e; rand > f")
    assert [one.severity for one in found("WL08", drawn)] == ([Severity.WARNING] if is_wrong else [])


@pytest.mark.parametrize(("bound", "is_wrong"), [(100000, False), (2500, True), (0, False)])
def test_wl_08_no_amount_in_a_form(bound: int, is_wrong: bool) -> None:
    files = form(
        "f",
        {
            "bedrag": {"type": "textfield", "properties": {"soort": "bedrag"}, "validate": {"max": bound}},
            "aantal": {"type": "number", "validate": {"max": 7}},
        },
    )
    assert where("WL08", line("p", task("t", formulier="f")), files=files) == (["f"] if is_wrong else [])


def test_wl_10_a_choice_always_has_an_answer() -> None:
    def drawn(other: str) -> str:
        return process(
            "p", start("s"), task("t"), xor("k"), end("e"), end("f"), flow=f"s > t > k; k [x = 1] > e; k {other} > f"
        )

    assert where("WL10", drawn("[x = 2]")) == ["k"]
    assert where("WL10", drawn("*")) == []


def test_wl_11_a_table_has_exactly_one_answer() -> None:
    assert where("WL11", line("p", task("t"))) == []
    gap = TABLES["bewaartermijn.dmn"].decode().replace('"D09",', "", 1).encode()
    assert where("WL11", line("p", task("t")), files={"bewaartermijn.dmn": gap}) == ["bewaartermijn"]
    double = TABLES["bewaartermijn.dmn"].decode().replace('"D09",', '"D09","D12",', 1).encode()
    assert where("WL11", line("p", task("t")), files={"bewaartermijn.dmn": double}) == ["bewaartermijn"]


def test_wl_16_every_step_is_reached_and_no_join_waits_for_ever() -> None:
    assert where("WL16", line("p", task("t"))) == []
    dead = process("p", start("s"), task("t"), task("los"), end("e"), flow="s > t > e; los > e")
    assert where("WL16", dead) == ["los"]
    assert found("WL16", dead)[0].severity is Severity.ERROR
    waits = process(
        "p",
        start("s"),
        xor("k"),
        task("t"),
        task("u"),
        par("j"),
        end("e"),
        flow="s > k; k [x = 1] > t > j > e; k * > u > j",
    )
    assert where("WL16", waits) == ["j"]


def test_wl_20_a_lane_is_a_role_and_an_auditor_decides_nothing() -> None:
    drawn = task("besluit", "besluit", stap="D09", treden="raadplegen")
    assert where("WL20", line("p", drawn, lanes={"college": "besluit"})) == []
    assert where("WL20", line("p", drawn, lanes={"auditor": "besluit"})) == ["besluit"]
    assert where("WL20", line("p", task("t"), lanes={"burgemeester_van_niets": "t"})) == [
        "banen_p_burgemeester_van_niets"
    ]


ESCALATES = {"escalatie.dmn": TABLES["bewaartermijn.dmn"].replace(b"bewaartermijn", b"escalatie")}


def test_wl_21_every_task_has_a_term_and_somebody_who_is_told() -> None:
    assert where("WL21", line("p", task("t"))) == ["t"]
    assert where("WL21", line("p", task("t", termijn="inbreng"))) == ["t"]
    assert where("WL21", line("p", task("t")), files=ESCALATES) == ["t"]
    assert where("WL21", line("p", task("t", termijn="inbreng")), files=ESCALATES) == []
    edge = own_timer("t", "inbreng", interrupts=False)
    drawn = process("p", start("s"), task("t"), edge, end("e"), end("f"), flow="s > t > e; dicht > f")
    assert where("WL21", drawn) == []
    assert found("WL21", line("p", task("t")))[0].severity is Severity.WARNING


def test_wl_22_every_task_has_a_plain_name_and_a_sentence_of_help() -> None:
    bare = line("p", task("t"))
    assert where("WL22", bare) == ["t", "t"]
    explained = bare.replace('name="t">', 'name="Idee opschrijven"><documentation>Schrijf het op.</documentation>')
    assert where("WL22", explained) == []
    assert where("WL22", explained.replace("Idee opschrijven", "idee_opschrijven")) == ["t"]
    assert found("WL22", bare)[0].severity is Severity.WARNING
