"""Proofs about decision tables: every gap and overlap is found, none is invented, and the proof agrees with running."""

from __future__ import annotations

import itertools
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NoMatch
from engine.terms import Severity
from tests.engine.tables import decided, decision, found, read


def proof(inputs: list[str], *tests: str, outputs: list[str] | None = None, policy: str = "UNIQUE") -> list[str]:
    """What is found about a table whose rules are these tests; the outcome of each rule is its number."""
    rules = [text if "=>" in text else f"{text} => {number}" for number, text in enumerate(tests)]
    sentences = found(decision(inputs, outputs or ["u"], rules, policy=policy))
    assert all(sentence.startswith("WL11: ") for sentence in sentences)
    return [sentence.removeprefix("WL11: ") for sentence in sentences]


COMPLETE = [
    (["a: boolean"], ["true", "false"]),
    (["a"], ["true", "false"]),
    (["n: number"], ["< 5", "5", "> 5"]),
    (["n: number"], ["< 5", "[5..10]", "> 10"]),
    (["n: number"], ["not(5)", "5"]),
    (["n: number"], ["< 0.1", ">= 0.1"]),
    (["n: integer"], ["<= 5", ">= 6"]),
    (["n: long"], ["< 5", "5, 6", "(6..9]", "> 9"]),
    (["d: date"], ['<= date("2027-03-01")', '>= date("2027-03-02")']),
    (["d: dateTime"], ['< @"2027-03-01T00:00:00Z"', '>= @"2027-03-01T00:00:00Z"']),
    (["t: time"], ['< @"12:00:00"', '>= @"12:00:00"']),
    (["d: days and time duration"], ['< @"P1D"', '>= @"P1D"']),
    (["d: yearMonthDuration"], ['<= @"P1M"', '>= @"P2M"']),
    (["n: number = [0..10]"], ["[0..5]", "(5..10]"]),
    (['k: string = "a", "b"'], ['"a"', '"b"']),
    (["k: string"], ['"a"', 'not("a")']),
    (["k"], ['"a", "b"', 'not("a", "b")']),
    (["k: string"], ["-"]),
    (["k"], ["null", "not(null)"]),
    (["a: boolean", "n: number"], ["true | -", "false | < 5", "false | >= 5"]),
    # two columns about one input are judged together
    (["n: number", "n: number"], [">= 0 | < 5", ">= 0 | >= 5", "< 0 | -"]),
]


@pytest.mark.parametrize(("inputs", "tests"), COMPLETE)
def test_a_complete_table_without_overlap_passes(inputs: list[str], tests: list[str]) -> None:
    assert proof(inputs, *tests) == []


GAPS = [
    (["a: boolean"], ["true"], "'a' is onwaar"),
    (["n: number"], ["< 5", "> 5"], "'n' = 5"),
    (["n: number"], ["<= 5", ">= 6"], "'n' tussen 5 en 6"),
    (["n: number"], [">= 0"], "'n' kleiner dan 0"),
    (["n: number"], ["<= 250000"], "'n' groter dan 250000"),
    (["n: integer"], ["< 5", "> 6"], "'n' = 5"),
    (["d: date"], ['< date("2027-03-01")', '> date("2027-03-01")'], "'d' = 2027-03-01"),
    (["d: date"], ['< date("2027-03-01")', '> date("2027-03-02")'], "'d' = 2027-03-01"),
    (["d: date"], ['<= date("2027-03-01")', '>= date("2027-03-03")'], "'d' tussen 2027-03-01 en 2027-03-03"),
    (["t: time"], ['> @"00:00:00"'], "'t' = 00:00:00"),
    (["k: string"], ['"a"', '"b"'], "'k' is een andere waarde"),
    (['k: string = "a", "b", "c"'], ['"a"', '"b"'], "'k' = \"c\""),
    (["a: boolean", "b: boolean"], ["true | -", "false | true"], "'a' is onwaar, 'b' is onwaar"),
    (["n: number = [0..10]"], ["[0..5)", "(5..10]"], "'n' = 5"),
    (["n: number"], ["null", "< 5", ">= 6"], "'n' = 5"),
    (["k"], ["null", '"a"'], "'k' is een andere waarde"),
]


@pytest.mark.parametrize(("inputs", "tests", "place"), GAPS)
def test_a_gap_is_found_and_named(inputs: list[str], tests: list[str], place: str) -> None:
    sentences = proof(inputs, *tests)
    assert any(f"heeft geen regel voor: {place}" in sentence for sentence in sentences), sentences
    for policy in ("ANY", "FIRST"):
        assert any(place in sentence for sentence in proof(inputs, *tests, policy=policy))


OVERLAPS = [
    (["a: boolean"], ["true", "-"], "regel 1 en regel 2 voor: 'a' is waar"),
    (["n: number"], ["<= 5", ">= 5"], "regel 1 en regel 2 voor: 'n' = 5"),
    (["n: number"], ["< 5", "[5..9]", "> 8"], "regel 2 en regel 3 voor: 'n' tussen 8 en 9"),
    (["k: string"], ['"a"', "-"], "regel 1 en regel 2 voor: 'k' = \"a\""),
    (["k: string"], ['not("a")', 'not("b")'], "regel 1 en regel 2 voor: 'k' is een andere waarde"),
    (["a: boolean", "b: boolean"], ["true | -", "- | true", "false | false"], "'a' is waar, 'b' is waar"),
]


@pytest.mark.parametrize(("inputs", "tests", "place"), OVERLAPS)
def test_an_overlap_is_found_and_named(inputs: list[str], tests: list[str], place: str) -> None:
    sentences = proof(inputs, *tests)
    assert any(place in sentence and "gelden beide" in sentence for sentence in sentences), sentences
    assert not any("gelden beide" in sentence for sentence in proof(inputs, *tests, policy="FIRST"))


def test_an_empty_value_needs_a_column_of_its_own_beside_a_comparison() -> None:
    assert "geen uitsluitsel voor: 'n' is leeg" in proof(["n: number"], "null", "< 5", ">= 5")[0]
    tests = ["true | -", "false | < 5", "false | >= 5"]
    assert proof(["n = null: boolean", "n: number"], *tests) == []
    tables, _ = read(decision(["n = null: boolean", "n: number"], ["u"], [f"{test} => 1" for test in tests]))
    assert decided(tables[0], n=None).rules == ("r1",)


def test_an_overlap_points_at_the_line_of_the_second_rule() -> None:
    finding = read(decision(["n: number"], ["u"], ["< 5 => 1", ">= 5 => 2", "> 7 => 3"]))[1][0]
    assert (finding.element, finding.line, finding.severity) == ("tabel", 4, Severity.ERROR)


def test_any_allows_an_overlap_with_equal_outcomes_only() -> None:
    assert proof(["n: number"], "<= 5 => 1", ">= 5 => 1.0", policy="ANY") == []
    assert proof(["n: number"], "<= 5 => a + 1", ">= 5 => a  +  1", policy="ANY") == []
    assert "spreken elkaar tegen" in proof(["n: number"], "<= 5 => 1", ">= 5 => 2", policy="ANY")[0]
    assert "spreken elkaar tegen" in proof(["n: number"], "<= 5 => a", ">= 5 => b", policy="ANY")[0]


def test_a_default_closes_gaps_but_hides_no_overlap() -> None:
    assert proof(["n: number"], "< 5", "> 5", outputs=["u ! 0"]) == []
    assert len(proof(["n: number"], "<= 5", ">= 5", outputs=["u ! 0"])) == 1


def test_collecting_policies_have_neither_gaps_nor_overlaps() -> None:
    for policy in ("COLLECT", "RULE ORDER"):
        assert proof(["n: number"], "< 5", "< 9", policy=policy) == []


UNPROVABLE = [
    (["n: number"], ["< grens", ">= grens"], "hangt van meer af"),
    (["n: number"], ["modulo(?, 2) = 0", "modulo(?, 2) != 0"], "hangt van meer af"),
    (["k: string"], ['< "m"', '>= "m"'], "alfabetisch"),
    (["k: string"], ["5", "not(5)"], "een ander soort waarde"),
    (["k"], ['5, "a"', 'not(5, "a")'], "type"),
    (["k: tOnbekend"], ['5, "a"', 'not(5, "a")'], "type"),
    (["k: context"], ["{a: 1}", "not({a: 1})"], "hangt van meer af"),
    (["d: dateTime"], ['< @"2027-03-01T00:00:00Z"', '>= @"2027-03-01T00:00:00"'], "tijdzone"),
]


@pytest.mark.parametrize(("inputs", "tests", "reason"), UNPROVABLE)
def test_what_cannot_be_proven_is_an_error_for_unique_and_a_warning_for_first(
    inputs: list[str], tests: list[str], reason: str
) -> None:
    sentences = proof(inputs, *tests)
    assert len(sentences) == 1
    assert "niet te bewijzen" in sentences[0]
    assert reason in sentences[0]
    rules = [f"{test} => 1" for test in tests]
    assert read(decision(inputs, ["u"], rules, policy="FIRST"))[1][0].severity is Severity.WARNING


def test_a_table_with_too_many_combinations_is_refused_in_time() -> None:
    # every column splits the rules in another way, so no two combinations are alike
    count = 18
    inputs = [f"a{column}: boolean" for column in range(count)]
    rules = [" | ".join("true" if at == column else "-" for at in range(count)) for column in range(count)]
    started = time.process_time()
    assert "te veel combinaties" in proof(inputs, *rules)[0]
    assert time.process_time() - started < 10


def test_a_large_ordinary_table_is_proven_quickly() -> None:
    inputs = ["n: number", 'k: string = "a", "b", "c"', "b: boolean"]
    rules = [
        f"{test} | {kind} | {truth}"
        for test in ("< 0", *(f"[{low}..{low + 1})" for low in range(40)), ">= 40")
        for kind in ('"a"', '"b"', '"c"')
        for truth in ("true", "false")
    ]
    started = time.process_time()
    assert proof(inputs, *rules) == []
    assert time.process_time() - started < 5


# --- the proof agrees with running the table on every value -----------------------------------------------------------

NUMBER_CELLS = st.sampled_from(
    ["-", "< 2", "<= 2", "> 3", ">= 3", "[2..3]", "(1..4)", "2, 3", "not(2)", "not(< 2, > 3)"]
)
STRING_CELLS = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "b")'])
DATE_CELLS = st.sampled_from(
    [
        *("-", '< @"2027-03-02"', '>= @"2027-03-02"', '[@"2027-03-01"..@"2027-03-02"]', 'not(@"2027-03-01")'),
        *('> date("2027-03-03")', '(@"2027-03-01"..@"2027-03-03")'),
    ]
)
NUMBERS = [Decimal(half) / 2 for half in range(12)]
DAYS = [date(2027, 2, 27) + timedelta(days=count) for count in range(8)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NUMBER_CELLS, STRING_CELLS, DATE_CELLS), min_size=1, max_size=6))
def test_the_proof_finds_exactly_what_running_finds(rows: list[tuple[str, str, str]]) -> None:
    rules = [f"{' | '.join(row)} => {number}" for number, row in enumerate(rows)]
    tables, findings = read(decision(["n: number", "k: string", "d: date"], ["u"], rules))
    has_gap = has_overlap = False
    for n, k, d in itertools.product(NUMBERS, ["a", "b", "c"], DAYS):
        try:
            decided(tables[0], n=n, k=k, d=d)
        except NoMatch as refusal:
            has_gap = has_gap or "geen enkele regel" in str(refusal)
            has_overlap = has_overlap or "tegelijk" in str(refusal)
    assert any("geen regel voor" in finding.sentence for finding in findings) == has_gap
    assert any("gelden beide" in finding.sentence for finding in findings) == has_overlap
