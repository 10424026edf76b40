"""What expressions mean: a table of text, context and value, in the manner of the public conformance tests of DMN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from engine.errors import ExpressionError
from engine.expressions import Duration, Value, compile_expression
from engine.sentences import Sentence

D = Decimal
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DATA: Mapping[str, object] = {
    "bedrag": 250_000,
    "advies": {"uitslag": "akkoord", "leden": [{"naam": "A", "stem": 1}, {"naam": "B", "stem": 3}]},
    "trede": "adviseren",
    "waar": True,
    "leeg": None,
    "getallen": [1, 2, 3, 4],
    "dag": date(2027, 3, 1),
    "moment": datetime(2027, 3, 1, 9, 30, 15, tzinfo=AMSTERDAM),
    "één_ding": 1,
}


def days(count: float) -> Duration:
    return Duration.of(timedelta(days=count))


VECTORS: list[tuple[str, Value]] = [
    # literals
    ("1", D(1)),
    ("1.50", D("1.5")),
    (".5", D("0.5")),
    ("-1", D(-1)),
    ("--1", D(1)),
    ('"tekst"', "tekst"),
    (r'"a\"b\\c\n\u00e9\U01F600"', 'a"b\\c\né😀'),
    ("true", True),
    ("null", None),
    ('[1, "a", [null]]', [D(1), "a", [None]]),
    ('{a: 1, "b c": a + 1}', {"a": D(1), "b c": D(2)}),
    ("[]", []),
    ("{}", {}),
    # names and paths
    ("bedrag", D(250_000)),
    ("één_ding + 1", D(2)),
    ("onbekend", None),
    ("onbekend.a.b", None),
    ("advies.uitslag", "akkoord"),
    ("advies.leden.stem", [D(1), D(3)]),
    ("`advies`.`uitslag`", "akkoord"),
    ("bedrag.uitslag", None),
    ("advies.__class__", None),
    # arithmetic
    ("10+5", D(15)),
    ("-10--5", D(-5)),
    ("(10+20)-(-5+3)", D(32)),
    ("(10+20)/(-5*3)", D(-2)),
    ("10/0", None),
    ("10**5", D(100_000)),
    ("10**-5", D("0.00001")),
    ("-2**2", D(4)),
    ("3**2**3", D(729)),
    ("5+2**5+3", D(40)),
    ("10 + 20 / -5 - 3", D(3)),
    ("1.2*10**3", D(1200)),
    ("0.1+0.2", D("0.3")),
    ("1/3", D("0.3333333333333333333333333333333333")),
    ("10+null", None),
    ('"a" + "b"', "ab"),
    ('"a" + 1', None),
    ("bedrag / 100", D(2500)),
    # comparison
    ("1 = 1.0", True),
    ("1 != 2", True),
    ('1 = "1"', None),
    ('1 != "1"', None),
    ("true = 1", None),
    ("null = null", True),
    ("leeg != null", False),
    ("leeg = 1", False),
    ("1 < 2", True),
    ("leeg < 2", None),
    ('"a" < "b"', True),
    ("[1,2] = [1,2.0]", True),
    ("[1,2] = [2,1]", False),
    ("{a: 1} = {a: 1}", True),
    ("{a: 1} = {b: 1}", False),
    ("2 between 1 and 3", True),
    ("leeg between 1 and 3", None),
    ("5 between 1 and leeg", None),
    ("0 between 1 and leeg", False),
    # membership
    ("5 in [1..5]", True),
    ("5 in [1..5)", False),
    ("1 in (1..5]", False),
    ("1 in ]1..5]", False),
    ("5 in [1..5[", False),
    ("5 in (1..5)", False),
    ("3 in (1, 3)", True),
    ("3 in (< 2, > 2)", True),
    ("3 in < 2", False),
    ("3 in [1, 2, 3]", True),
    ("3 in ([1..2], [3..4])", True),
    ("3 in getallen", True),
    ('"x" in [1, 2]', None),
    ("leeg in [null]", True),
    ('trede in ("adviseren", "coproduceren")', True),
    ('dag in [date("2027-01-01")..date("2027-12-31")]', True),
    # logic
    ("true and false", False),
    ("true and null", None),
    ("false and null", False),
    ("true or null", True),
    ("false or null", None),
    ("false and 5", False),
    ("true and 5", None),
    ("not(true)", False),
    ("not(null)", None),
    ("not(5)", None),
    ("true or false and false", True),
    ('waar and bedrag <= 250000 and trede = "adviseren"', True),
    # choice and loops
    ('if bedrag > 1 then "veel" else "weinig"', "veel"),
    ("if null then 1 else 2", D(2)),
    ("if 1 then 1 else 2", D(2)),
    ("if false then 1 else if true then 2 else 3", D(2)),
    ("for x in [1,2] return x * 2", [D(2), D(4)]),
    ("for x in 1..3 return x", [D(1), D(2), D(3)]),
    ("for x in 3..1 return x", [D(3), D(2), D(1)]),
    ("for x in [1..3) return x", [D(1), D(2)]),
    ("for x in [1,2], y in [x, 10] return x * y", [D(1), D(10), D(4), D(20)]),
    ("for x in null return x", None),
    ("for x in 1.5..2 return x", None),
    ("some x in getallen satisfies x > 3", True),
    ("every x in getallen satisfies x > 3", False),
    ("every x in [] satisfies x > 3", True),
    ("some x in [] satisfies x > 3", False),
    ("some x in [null, 1] satisfies x > 3", None),
    ("some x in [null, 5] satisfies x > 3", True),
    ("every x in [null, 1] satisfies x > 3", False),
    ("some x in null satisfies true", None),
    # filters
    ("getallen[1]", D(1)),
    ("getallen[-1]", D(4)),
    ("getallen[5]", None),
    ("getallen[0]", None),
    ("getallen[één_ding + 1]", D(2)),
    ("getallen[item > 2]", [D(3), D(4)]),
    ("getallen[leeg]", []),
    ('advies.leden[naam = "B"].stem', [D(3)]),
    ('advies.leden[naam = "B"][1].stem', D(3)),
    ("advies.leden[item.stem > 1].naam", ["B"]),
    ("advies.leden[stem < bedrag].naam", ["A", "B"]),
    ("[[1,2],[3]][item[1] = 3]", [[D(3)]]),
    ("5[1]", D(5)),
    ("leeg[1]", None),
    ("count([1,2,3][item > 1])", D(2)),
    # types
    ("1 instance of number", True),
    ('"a" instance of number', False),
    ("null instance of Any", False),
    ("dag instance of date", True),
    ("moment instance of date and time", True),
    ("getallen instance of list<number>", True),
    ("getallen instance of list<string>", False),
    ("advies instance of context", True),
    ('duration("P1Y") instance of years and months duration', True),
    ('not(duration("P1D") instance of days and time duration)', False),
    # moments
    ('date("2027-03-01")', date(2027, 3, 1)),
    ('@"2027-03-01" = date(2027, 3, 1)', True),
    ('date("2027-02-30")', None),
    ('date("1-1-2027")', None),
    ('time("09:30:00")', time(9, 30)),
    ('time("25:00:00")', None),
    ('date and time("2027-03-01T09:00:00Z")', datetime(2027, 3, 1, 9, tzinfo=UTC)),
    ('date and time("2027-03-01T09:00:00@Europe/Amsterdam") = date and time("2027-03-01T08:00:00Z")', True),
    ('date and time("2027-03-01T09:00:00@Mars/Noord")', None),
    ('date and time("2027-03-01T09:00:00") < date and time("2027-03-01T09:00:00Z")', None),
    ('date and time(dag, time("09:00:00Z"))', datetime(2027, 3, 1, 9, tzinfo=UTC)),
    ("date(moment)", date(2027, 3, 1)),
    ('time(moment) = time("08:30:15Z")', None),
    ("moment.hour", D(9)),
    ("moment.timezone", "Europe/Amsterdam"),
    ("moment.time offset", Duration.of(timedelta(hours=1))),
    ("dag.year * 10000 + dag.month * 100 + dag.day", D(20270301)),
    ("dag.weekday", D(1)),
    ("dag.onzin", None),
    ('duration("P1Y2M")', Duration("months", 14)),
    ('duration("P6W")', days(42)),
    ('duration("P1M1D")', None),
    ('@"P1DT2H30M".hours', D(2)),
    ('@"-P1DT2H".days', D(-1)),
    ('@"P14M".years', D(1)),
    ('dag + duration("P6W")', date(2027, 4, 12)),
    ('date("2027-01-31") + duration("P1M")', date(2027, 2, 28)),
    ('date("2028-02-29") - duration("P1Y")', date(2027, 2, 28)),
    ('date("9999-12-31") + duration("P1D")', None),
    ('date("9999-12-01") + duration("P1M")', None),
    ('dag - date("2027-02-27")', days(2)),
    ('moment - duration("PT30M") = date and time("2027-03-01T09:00:15@Europe/Amsterdam")', True),
    # a day of 24 hours over the change to summer time is not the same clock time
    (
        '(date and time("2027-03-27T09:00:00@Europe/Amsterdam") + duration("PT24H")).hour',
        D(10),
    ),
    (
        'date and time("2027-03-28T09:00:00@Europe/Amsterdam") - date and time("2027-03-27T09:00:00@Europe/Amsterdam")',
        Duration.of(timedelta(hours=23)),
    ),
    ('time("23:00:00") + duration("PT2H")', time(1)),
    ('duration("P1D") + duration("PT12H") = duration("PT36H")', True),
    ('duration("P1D") < duration("P1M")', None),
    ('duration("P1D") * 3', days(3)),
    ('duration("P3D") / duration("P1D")', D(3)),
    ('duration("P1Y") / 2', Duration("months", 6)),
    ('-duration("P1D")', days(-1)),
    ("dag + 1", None),
    ('date("2027-03-01") < date("2027-03-02")', True),
    ('date("2027-03-01") = "2027-03-01"', None),
    # wrappers and comments
    ("${bedrag}", D(250_000)),
    ("#{ bedrag }", D(250_000)),
    ("= bedrag", D(250_000)),
    ("bedrag // het bedrag", D(250_000)),
    ("bedrag /* in centen */ + 1", D(250_001)),
    ("is defined(bedrag)", True),
    ("is defined(onbekend)", False),
    ("is defined(leeg)", True),
    ("is defined(advies.uitslag)", True),
    ("is defined(advies.datum)", False),
    ("is defined(onbekend.datum)", False),
]


@pytest.mark.parametrize(("text", "value"), VECTORS, ids=[text for text, _ in VECTORS])
def test_an_expression_has_its_value(text: str, value: Value) -> None:
    found = compile_expression(text)(DATA)
    assert found == value
    assert type(found) is type(value)


def test_the_variables_that_an_expression_reads_are_known() -> None:
    names = compile_expression("for x in lijst return x + y.z[a > 1] + (if b then {c: 1, d: c} else 2)").names
    assert names == {"lijst", "y", "a", "b"}


def test_a_bound_variable_hides_one_of_the_context() -> None:
    assert compile_expression("for bedrag in [1] return bedrag")(DATA) == [D(1)]
    assert compile_expression("{bedrag: 1, b: bedrag}.b")(DATA) == D(1)


def test_nested_filters_and_loops_keep_their_own_items() -> None:
    text = "for x in [1,2] return [10,20][item > x * 6][1] + count([1,2,3][item > x])"
    assert compile_expression(text)({}) == [D(12), D(21)]


def test_a_key_named_item_in_a_filtered_context_wins() -> None:
    assert compile_expression("lijst[item = 2]")({"lijst": [{"item": 1}, {"item": 2}]}) == [{"item": D(2)}]


def test_values_from_outside_become_feel_values() -> None:
    class Kleur(StrEnum):
        ROOD = "rood"

    context = {
        "kleur": Kleur.ROOD,
        "paar": (1, 2),
        "tijd": timedelta(hours=1),
        "komma": 0.1,
        "nan": float("nan"),
        "oneindig": D("Infinity"),
        "ding": object(),
    }
    read = {name: compile_expression(name)(context) for name in context}
    assert read == {
        "kleur": "rood",
        "paar": [D(1), D(2)],
        "tijd": Duration.of(timedelta(hours=1)),
        "komma": D("0.1"),
        "nan": None,
        "oneindig": None,
        "ding": None,
    }
    assert compile_expression('kleur = "rood" and komma + 0.2 = 0.3')(context) is True


def test_numbers_inside_a_whole_value_become_decimal_too() -> None:
    assert compile_expression("a")({"a": {"b": [1, True]}}) == {"b": [D(1), True]}
    found = compile_expression("a")({"a": {"b": [1]}})
    assert isinstance(found, dict)
    assert isinstance(found["b"], list)
    assert type(found["b"][0]) is D


def test_an_expression_never_changes_its_context() -> None:
    context = {"lijst": [1, [2]], "object": {"a": [1]}}
    result = compile_expression("append(concatenate(lijst, object.a), lijst)")(context)
    assert isinstance(result, list)
    result.append(None)
    assert context == {"lijst": [1, [2]], "object": {"a": [1]}}


def test_host_functions_are_called_only_when_they_are_given() -> None:
    expression = compile_expression('termijn("inspraak") > now()')
    moment = datetime(2027, 3, 1, tzinfo=UTC)
    functions: dict[str, Callable[..., object]] = {
        "termijn": lambda name: moment + timedelta(days=len(str(name))),
        "now": lambda: moment,
    }
    assert expression({}, functions) is True
    assert expression({}) is None
    assert expression({"termijn": lambda _name: moment}) is None


def test_a_mistake_in_a_host_function_is_not_swallowed() -> None:
    def unknown(_name: object) -> None:
        raise ExpressionError(Sentence("De termijn bestaat niet."))

    with pytest.raises(ExpressionError, match="bestaat niet"):
        compile_expression('termijn("x")')({}, {"termijn": unknown})


def test_a_duration_is_written_as_iso_8601() -> None:
    texts = ["P1Y2M", "P0M", "-P3M", "P1DT2H3M4S", "PT0S", "PT0.5S", "-PT36H"]
    written = [str(compile_expression(f'duration("{text}")')({})) for text in texts]
    assert written == ["P1Y2M", "P0M", "-P3M", "P1DT2H3M4S", "PT0S", "PT0.5S", "-P1DT12H"]
