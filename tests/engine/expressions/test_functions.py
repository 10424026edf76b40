"""The built-in functions: a table of call and answer; wrong arguments give null."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from engine.expressions import Duration, Value, compile_expression
from engine.expressions.functions import FUNCTIONS

D = Decimal
VECTORS: list[tuple[str, Value]] = [
    # strings
    ('string length("wijk")', D(4)),
    ('string length("😀")', D(1)),
    ("string length(1)", None),
    ('substring("wijkraad", 5)', "raad"),
    ('substring("wijkraad", 1, 4)', "wijk"),
    ('substring("wijkraad", -4, 2)', "ra"),
    ('substring("wijkraad", 0)', None),
    ('substring("wijkraad", 99)', None),
    ('substring("wijkraad", 1.5)', None),
    ('substring before("a-b-c", "-")', "a"),
    ('substring before("a", "-")', ""),
    ('substring after("a-b-c", "-")', "b-c"),
    ('substring after("a", "-")', ""),
    ('upper case("één")', "ÉÉN"),
    ('lower case("ÉÉN")', "één"),
    ('contains("wijkraad", "raad")', True),
    ('starts with("wijkraad", "wijk")', True),
    ('ends with("wijkraad", "wijk")', False),
    ('contains("wijkraad", null)', None),
    ('trim("  a ")', "a"),
    ("string(1.10)", "1.1"),
    ("string(100)", "100"),
    ("string(10**20)", "100000000000000000000"),
    ("string(true)", "true"),
    ("string(null)", None),
    ('string([1, "a", null])', '[1, "a", null]'),
    ("string({a: [1..2)})", "{a: [1..2)}"),
    ('string(date("2027-03-01"))', "2027-03-01"),
    ('string(date and time("2027-03-01T09:00:00Z"))', "2027-03-01T09:00:00Z"),
    ('string(@"2027-03-01T09:00:00.500@Europe/Amsterdam")', "2027-03-01T09:00:00.5@Europe/Amsterdam"),
    ('string(duration("PT36H"))', "P1DT12H"),
    ('number("1.5")', D("1.5")),
    ('number("1.000,5", ".", ",")', D("1000.5")),
    ('number("1 000", " ", null)', D(1000)),
    ('number("1.5", ".", ".")', None),
    ('number("1e9")', None),
    ('number("NaN")', None),
    ('number("٣")', None),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('split("a1b22c", "[0-9]+")', ["a", "b", "c"]),
    ('string join(["a", null, "b"], ", ")', "a, b"),
    ('string join(["a", 1])', None),
    ('matches("2611 AB", "^[0-9]{4} ?[A-Z]{2}$")', True),
    ('matches("wijk", "WIJK", "i")', True),
    ('matches("wijk", "(")', None),
    ('matches("a", "a", "q")', None),
    (r'matches("12-03", "^\d{2}-\d{2}$")', True),
    ('replace("abcabc", "(b)(c)", "$2$1")', "acbacb"),
    ('replace("abc", "x*", "-")', None),
    ('replace("aaa", "a", "b")', "bbb"),
    # numbers
    ("floor(-1.5)", D(-2)),
    ("ceiling(-1.5)", D(-1)),
    ("ceiling(1.25, 1)", D("1.3")),
    ("abs(-5)", D(5)),
    ('abs(@"-P1D")', Duration("microseconds", 86_400_000_000)),
    ("modulo(10, 3)", D(1)),
    ("modulo(-10, 3)", D(2)),
    ("modulo(10, -3)", D(-2)),
    ("modulo(10, 0)", None),
    ("decimal(1/3, 2)", D("0.33")),
    ("decimal(2.5, 0)", D(2)),
    ("decimal(1.5, 7000)", None),
    ("round up(1.21, 1)", D("1.3")),
    ("round down(1.29, 1)", D("1.2")),
    ("round half up(2.5, 0)", D(3)),
    ("round half up(-2.5, 0)", D(-3)),
    ("round half down(2.5, 0)", D(2)),
    ("round half up(1250, -2)", D(1300)),
    ("sqrt(16)", D(4)),
    ("sqrt(-1)", None),
    ("odd(3)", True),
    ("even(3)", False),
    ("odd(1.5)", None),
    # moments
    ("date(2027, 3, 1)", date(2027, 3, 1)),
    ("date(2027, 13, 1)", None),
    ("date(10**30, 1, 1)", None),
    ("time(9, 30, 0)", time(9, 30)),
    ('years and months duration(date("2026-05-31"), date("2027-03-01"))', Duration("months", 9)),
    ('years and months duration(date("2027-03-01"), date("2026-05-31"))', Duration("months", -9)),
    ('day of year(date("2027-02-01"))', D(32)),
    ('day of week(date("2027-03-01"))', "Monday"),
    ('month of year(date("2027-03-01"))', "March"),
    ('week of year(date("2027-01-01"))', D(53)),
    ('last day of month(date("2028-02-10"))', D(29)),
    # lists
    ("list contains([1, 2], 2)", True),
    ("list contains([1, null], null)", True),
    ('list contains([1, 2], "2")', False),
    ("count([1, 2, null])", D(3)),
    ("count([])", D(0)),
    ("count(null)", None),
    ("min(3, 1, 2)", D(1)),
    ("max([1, 3, 2])", D(3)),
    ('max("a", "b")', "b"),
    ("max([])", None),
    ('min([1, "a"])', None),
    ("sum([1, 2, 0.5])", D("3.5")),
    ("sum(1, 2)", D(3)),
    ("sum([])", None),
    ('sum(["a", "b"])', None),
    ("sum([1, null])", None),
    ("mean([1, 2])", D("1.5")),
    ("mean([])", None),
    ("all([true, null, false])", False),
    ("all([true, null])", None),
    ("all([])", True),
    ("any([false, null, true])", True),
    ("any([false, null])", None),
    ("any([])", False),
    ("any(false, true)", True),
    ("sublist([1,2,3], 2)", [D(2), D(3)]),
    ("sublist([1,2,3], -2, 1)", [D(2)]),
    ("sublist([1,2,3], 4)", None),
    ("append([1], 2, 3)", [D(1), D(2), D(3)]),
    ("concatenate([1], [2], [])", [D(1), D(2)]),
    ("insert before([1, 3], 2, 2)", [D(1), D(2), D(3)]),
    ("remove([1, 2, 3], -1)", [D(1), D(2)]),
    ("remove([1, 2, 3], 4)", None),
    ("reverse([1, 2])", [D(2), D(1)]),
    ("index of([1, 2, 1], 1)", [D(1), D(3)]),
    ("union([1, 2], [2, 3])", [D(1), D(2), D(3)]),
    ("distinct values([1, 1.0, null, null])", [D(1), None]),
    ("flatten([1, [2, [3]]])", [D(1), D(2), D(3)]),
    ('get value({"a-b": 1}, "a-b")', D(1)),
    ('get value({a: 1}, "b")', None),
    ("get entries({a: 1})", [{"key": "a", "value": D(1)}]),
]


@pytest.mark.parametrize(("text", "value"), VECTORS, ids=[text for text, _ in VECTORS])
def test_a_function_gives_its_answer(text: str, value: Value) -> None:
    found = compile_expression(text)({})
    assert found == value
    assert type(found) is type(value)


def test_every_function_has_an_example() -> None:
    texts = " ".join(text for text, _ in VECTORS)
    texts += ' date and time("2027-03-01T09:00:00Z") time(9, 30, 0) duration("P1D")'
    assert {name for name in FUNCTIONS if f"{name}(" not in texts} == set()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize(
    "value", ["null", "1", '"a"', "true", "[]", "{}", '@"P1D"', '@"P1M"', '@"2027-03-01"', "[1..2]"]
)
def test_no_argument_makes_a_function_fail(name: str, value: str) -> None:
    function = FUNCTIONS[name]
    for count in range(function.required, min(function.maximum, 5) + 1):
        compile_expression(f"{name}({', '.join([value] * count)})")({})
        compile_expression(f"{name}({', '.join(['a'] * count)})")({"a": -(10**400)})
