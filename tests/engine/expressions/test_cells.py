"""Cells of decision tables (unary tests) and scripts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.expressions import compile_script, compile_unary

D = Decimal
CELLS: list[tuple[str, object, bool | None]] = [
    ("-", None, True),
    ("", 5, True),
    ('"a"', "a", True),
    ('"a"', "b", False),
    ('"a"', 1, None),
    ('"a"', None, False),
    ('"a", "b"', "b", True),
    ('not("a", "b")', "c", True),
    ('not("a", "b")', "b", False),
    ("not(< 5)", None, None),
    ("null", None, True),
    ("not(null)", None, False),
    ("not(null)", "", True),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("< 5", None, None),
    ("<= grens", 10, True),
    ("= 5", 5, True),
    ("!= 5", 5, False),
    ("[1..5]", 5, True),
    ("(1..5)", 5, False),
    ("]1..5[", 1, False),
    ("[1..5], > 9", 10, True),
    ("-5", -5, True),
    ("[-5..-1]", -3, True),
    ("grens", 10, True),
    ("grens + 1", 11, True),
    ("lijst", 2, True),
    ("lijst", 3, False),
    ("true", True, True),
    ("true", False, False),
    ("not(true)", False, True),
    ("? > 3 and ? < grens", 5, True),
    ("modulo(?, 2) = 0", 3, False),
    ("? in [1, 2]", 2, True),
    ('contains(?, "raad")', "wijkraad", True),
    ('contains(?, "raad")', 5, None),
    ("? + 1", 5, None),
    ("not(?) or ?", True, True),
    ('date("2027-03-01")', None, False),
    ("onbekend", 5, False),
    ("< onbekend", 5, None),
]


@pytest.mark.parametrize(("text", "value", "holds"), CELLS)
def test_a_cell_holds_or_not(text: str, value: object, holds: bool | None) -> None:
    assert compile_unary(text)(value, {"grens": 10, "lijst": [1, 2]}) is holds


def test_a_cell_tells_where_its_answer_can_change() -> None:
    assert compile_unary("< 5, [7..9]").endings == ((5, True), (7, True), (9, True))
    assert compile_unary('not("a", null)').endings == (("a", False), (None, False))
    assert compile_unary("-").endings == ()
    assert compile_unary("< grens").endings is None
    assert compile_unary("? > 5").endings is None


def test_a_script_gives_only_what_it_assigns() -> None:
    script = compile_script("totaal = bedrag + btw; btw = 0\nlaatste = totaal * 2")
    assert script({"bedrag": 100, "btw": 21}) == {"totaal": D(121), "btw": D(0), "laatste": D(242)}
    assert script.names == {"bedrag", "btw"}
    assert script.assigned == {"totaal", "btw", "laatste"}


def test_a_statement_may_run_over_several_lines() -> None:
    assert compile_script('a = [1,\n  2]\nb = if count(a) = 2\n then "x"\n else "y";;\n')({}) == {
        "a": [D(1), D(2)],
        "b": "x",
    }


def test_a_script_leaves_the_data_of_the_case_alone() -> None:
    data = {"a": [1]}
    assert compile_script("a = append(a, 2)")(data) == {"a": [D(1), D(2)]}
    assert data == {"a": [1]}
