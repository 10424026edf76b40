"""Decision tables: what they answer, which rules matched, and that they fail closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from engine.decisions import Decided, Table, read_tables
from engine.errors import ExpressionError, NoMatch
from engine.terms import Severity
from tests.engine.tables import decided, decision, document, found, read, sound

TODAY = date(2026, 10, 1)
GRADES = ['< 10 => "laag"', '[10..20) => "midden"', '>= 20 => "hoog"']


def two_rules(policy: str, first: str = '"a"', second: str = '"b"', **more: str) -> Table:
    """Rule 1 holds below 10, rule 2 below 20; findings about gaps and overlaps are left aside."""
    output = more.pop("output", "x")
    tables, _ = read(
        decision(["n: number"], [output], [f"< 10 => {first}", f"< 20 => {second}"], policy=policy, **more)
    )
    return tables[0]


# --- hit policies ----------------------------------------------------------------------------------------------------


def test_a_unique_table_gives_the_values_and_the_rule_that_matched() -> None:
    table = sound(decision(["bedrag: number"], ["klasse"], GRADES))
    assert decided(table, bedrag=10) == Decided({"klasse": "midden"}, ("r2",))
    assert decided(table, bedrag=Decimal("9.99")) == Decided({"klasse": "laag"}, ("r1",))
    assert (table.id, table.name, table.names) == ("tabel", "tabel", frozenset({"bedrag"}))


def test_two_matches_in_a_unique_table_are_refused_and_not_resolved_by_order() -> None:
    table = two_rules("UNIQUE")
    assert decided(table, n=15).rules == ("r2",)
    with pytest.raises(NoMatch, match="regels 1, 2 gelden tegelijk"):
        decided(table, n=5)


def test_any_accepts_two_matches_only_when_they_agree() -> None:
    assert decided(two_rules("ANY", '"a"', '"a"'), n=5) == Decided({"x": "a"}, ("r1", "r2"))
    with pytest.raises(NoMatch, match="spreken elkaar tegen"):
        decided(two_rules("ANY"), n=5)


def test_any_does_not_take_true_for_one() -> None:
    with pytest.raises(NoMatch):
        decided(two_rules("ANY", "true", "1"), n=5)


def test_first_takes_the_first_match_and_names_only_that() -> None:
    assert decided(two_rules("FIRST"), n=5) == Decided({"x": "a"}, ("r1",))


def test_priority_takes_the_highest_output_and_not_the_first_rule() -> None:
    table = two_rules("PRIORITY", output='x = "b", "a"')
    assert decided(table, n=5) == Decided({"x": "b"}, ("r2", "r1"))


def test_output_order_lists_by_priority_and_rule_order_by_place() -> None:
    assert decided(two_rules("OUTPUT ORDER", output='x = "b", "a"'), n=5) == Decided({"x": ["b", "a"]}, ("r2", "r1"))
    assert decided(two_rules("RULE ORDER"), n=5) == Decided({"x": ["a", "b"]}, ("r1", "r2"))
    assert decided(two_rules("COLLECT"), n=5) == Decided({"x": ["a", "b"]}, ("r1", "r2"))


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 7), ("MIN", 3), ("MAX", 4), ("COUNT", 2)])
def test_collect_takes_outputs_together(aggregation: str, value: int) -> None:
    table = two_rules("COLLECT", "3", "4", attributes=f'aggregation="{aggregation}"')
    assert decided(table, n=5) == Decided({"x": Decimal(value)}, ("r1", "r2"))


def test_outputs_that_cannot_be_added_are_refused() -> None:
    with pytest.raises(NoMatch, match="niet samen te nemen"):
        decided(two_rules("COLLECT", '"a"', "4", attributes='aggregation="SUM"'), n=5)


def test_a_collection_may_be_empty_but_a_sum_of_nothing_is_no_answer() -> None:
    assert decided(two_rules("COLLECT"), n=99) == Decided({"x": []}, ())
    assert decided(two_rules("COLLECT", "3", "4", attributes='aggregation="COUNT"'), n=99).values == {"x": 0}
    with pytest.raises(NoMatch, match="geen enkele regel"):
        decided(two_rules("COLLECT", "3", "4", attributes='aggregation="SUM"'), n=99)


def test_several_outputs_each_have_their_name() -> None:
    table = sound(decision(["a: boolean"], ["x", "y"], ['true => 1 | "p"', 'false => 2 | "q"']))
    assert decided(table, a=False).values == {"x": Decimal(2), "y": "q"}
    both, _ = read(decision(["a: boolean"], ["x", "y"], ["- => 1 | 2", "- => 3 | 4"], policy="COLLECT"))
    assert decided(both[0], a=True).values == {"x": [Decimal(1), Decimal(3)], "y": [Decimal(2), Decimal(4)]}


# --- failing closed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
def test_a_gap_is_refused_and_never_answered_with_nothing(policy: str) -> None:
    with pytest.raises(NoMatch, match=r"Beslistabel 'tabel': geen enkele regel"):
        decided(two_rules(policy, output='x = "a", "b"'), n=99)


def test_a_default_answers_for_a_gap() -> None:
    assert decided(two_rules("UNIQUE", output='x ! "c"'), n=99) == Decided({"x": "c"}, ())
    assert decided(two_rules("COLLECT", output='x ! "c"'), n=99) == Decided({"x": ["c"]}, ())


@pytest.mark.parametrize("value", [None, "12", True, [12], {"n": 12}])
@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "COLLECT", "RULE ORDER"])
def test_a_test_that_is_neither_true_nor_false_is_refused(policy: str, value: object) -> None:
    with pytest.raises(NoMatch, match="niet te bepalen"):
        decided(two_rules(policy, output='x ! "c"'), n=value)


def test_a_missing_input_is_named() -> None:
    with pytest.raises(NoMatch, match=r"leeg: 'n'"):
        decided(two_rules("UNIQUE"))


def test_a_rule_that_fails_on_one_input_needs_no_other() -> None:
    rules = ['"x" | - => 1', '"y" | < 5 => 2', '"y" | >= 5 => 3']
    table = sound(decision(['soort = "x", "y"', "bedrag: number"], ["u"], rules))
    assert decided(table, soort="x").values == {"u": Decimal(1)}
    with pytest.raises(NoMatch):
        decided(table, soort="y")


def test_a_value_that_is_not_allowed_is_refused_before_any_rule_is_asked() -> None:
    table = sound(decision(['k = "a", "b"'], ["u"], ["- => 1"]))
    assert decided(table, k="a").values == {"u": Decimal(1)}
    for value in ("c", None, 1):
        with pytest.raises(NoMatch, match="niet toegestaan"):
            decided(table, k=value)


def test_an_outcome_that_cannot_be_calculated_or_is_not_allowed_is_refused() -> None:
    table = sound(decision(["a: boolean"], ["u"], ["true => b + 1", "false => null"]))
    assert decided(table, a=True, b=1).values == {"u": Decimal(2)}
    assert decided(table, a=False).values == {"u": None}
    with pytest.raises(NoMatch, match="niet te berekenen"):
        decided(table, a=True)
    closed = sound(decision(["a: boolean"], ["u = 1, 2"], ["true => b", "false => 1"]))
    with pytest.raises(NoMatch, match="niet toegestaan"):
        decided(closed, a=True, b=3)


def test_an_exhausted_budget_is_an_error_and_no_answer() -> None:
    table = sound(decision(["count(for x in 1..n return x): number"], ["u"], ["- => 1"]))
    assert decided(table, n=5).values == {"u": Decimal(1)}
    with pytest.raises(ExpressionError):
        decided(table, n=99_999)


def test_host_functions_reach_inputs_tests_and_outputs() -> None:
    table = sound(decision(['termijn("x"): number'], ["u"], ["< 5 => now()", ">= 5 => 0"]))
    assert table.decide({}, TODAY, {"termijn": lambda _name: 3, "now": lambda: 7}).values == {"u": Decimal(7)}
    with pytest.raises(NoMatch):
        table.decide({}, TODAY)


# --- decisions that rest on others -----------------------------------------------------------------------------------


def requires(*names: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>' for name in names
    )


def literal(name: str, text: str, *names: str) -> str:
    logic = f"<literalExpression><text>{text}</text></literalExpression>"
    return f'<decision id="{name}" name="{name}">{requires(*names)}{logic}</decision>'


def test_a_literal_expression_is_a_decision_too() -> None:
    assert decided(sound(literal("som", "a + 1")), a=1).values == {"som": Decimal(2)}
    with pytest.raises(NoMatch):
        decided(sound(literal("som", "a + 1")))


def test_a_decision_reads_the_answers_of_those_that_it_requires() -> None:
    tables, findings = read(
        decision(["hoofd: number"], ["u"], ["< 5 => deel.x", ">= 5 => deel.y"], more=requires("hoofd", "deel")),
        literal("hoofd", "a + 1"),
        decision(["a: number"], ["x", "y"], ["- => 1 | hoofd"], name="deel", more=requires("hoofd")),
    )
    assert findings == ()
    assert decided(tables[0], a=7) == Decided({"u": Decimal(8)}, ("r2",))
    assert decided(tables[0], a=1) == Decided({"u": Decimal(1)}, ("r1",))
    assert tables[0].names == {"a"}
    with pytest.raises(NoMatch, match="'hoofd'"):
        decided(tables[0])


def test_a_decision_reads_a_list_of_rows_as_contexts() -> None:
    rows = decision(["a: boolean"], ["x", "y"], ["- => 1 | 2", "- => 3 | 4"], policy="COLLECT", name="rijen")
    tables, _ = read(rows, literal("som", "sum(rijen[x > 1].y)", "rijen"))
    assert decided(tables[1], a=True).values == {"som": Decimal(4)}


def test_a_missing_or_circular_requirement_is_found() -> None:
    assert "steunt op beslissing 'weg'" in found(literal("a", "1", "weg"))[0]
    assert len(found(literal("a", "b", "b"), literal("b", "a", "a"))) == 2
    assert found(literal("a", "a", "a")) != []
    assert read(literal("a", "b", "b"), literal("b", "a", "a"))[0] == ()


def test_a_long_chain_of_decisions_is_refused_and_a_wide_one_is_quick() -> None:
    chain = [literal(f"a{n}", f"a{n + 1}", f"a{n + 1}") for n in range(3000)]
    assert any("steunt op" in sentence for sentence in found(*chain, literal("a3000", "1")))
    wide = [literal(f"b{n}", f"b{n + 1} + c{n + 1}", f"b{n + 1}", f"c{n + 1}") for n in range(18)]
    wide += [literal(f"c{n}", f"b{n + 1} + c{n + 1}", f"b{n + 1}", f"c{n + 1}") for n in range(18)]
    tables, findings = read(*wide, literal("b18", "1"), literal("c18", "1"))
    assert findings == ()
    assert decided(tables[0]).values == {"b0": Decimal(2**18)}


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    root = etree.fromstring(document(decision(["a: boolean"], ["u"], ["- => 1"]), namespace=namespace))
    tables, findings = read_tables(root, "t.dmn")
    assert findings == ()
    assert decided(tables[0], a=True).values == {"u": Decimal(1)}


def test_another_kind_of_file_is_refused() -> None:
    for content in (b"<a/>", b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'):
        tables, findings = read_tables(etree.fromstring(content), "t.dmn")
        assert tables == ()
        assert findings[0].rule == "dmn/formaat"


def test_comments_drawing_and_documentation_are_no_findings() -> None:
    text = decision(["a: boolean"], ["u"], ["- => 1"]).replace("<text>1", "<text><!-- een -->1<!-- twee -->")
    text = text.replace("<rule", "<!-- regel --><rule").replace("</rule>", "<annotationEntry/><description/></rule>")
    rest = "<inputData id='i' name='a'/><textAnnotation/><association/><DMNDI/><knowledgeSource/><extensionElements/>"
    assert decided(sound(text, rest), a=True).values == {"u": Decimal(1)}


def test_several_decisions_in_one_file_are_all_read() -> None:
    parts = [decision(["a: boolean"], ["u"], [f"- => {n}"], name=f"t{n}") for n in range(3)]
    tables, findings = read(*parts)
    assert [table.id for table in tables] == ["t0", "t1", "t2"]
    assert findings == ()


def test_types_of_the_file_give_allowed_values() -> None:
    kind = '<itemDefinition name="tKleur"><typeRef>string</typeRef><allowedValues><text>"r","g"</text></allowedValues>'
    table = sound(kind + "</itemDefinition>", decision(["k: tKleur"], ["u"], ['"r" => 1', '"g" => 2']))
    with pytest.raises(NoMatch, match="niet toegestaan"):
        decided(table, k="b")


MISTAKES = [
    (decision(["a: boolean"], ["u"], ["foo(1) => 1"]), "feel/fout: De toets van regel 1, kolom 1 klopt niet"),
    (decision(["a: boolean"], ["u"], ["- => 1 +"]), "feel/fout: De uitkomst 'u' van regel 1 klopt niet"),
    (decision(["a: boolean"], ["u"], ["- =>"]), "dmn/leeg: De uitkomst 'u' van regel 1 is leeg"),
    (decision(["a b"], ["u"], ["- => 1"]), "feel/fout: De invoerkolom klopt niet"),
    (decision([""], ["u"], ["- => 1"]), "dmn/leeg: De invoerkolom is leeg"),
    (decision(["a: boolean"], [], ["- =>"]), "dmn/leeg: De beslistabel heeft geen uitkomstkolom"),
    (decision(["a: boolean"], ["u", "u"], ["- => 1 | 2"]), "dmn/uitkomst: Twee uitkomstkolommen"),
    (decision(["a: boolean"], ["u", ""], ["- => 1 | 2"]), "dmn/uitkomst: Een uitkomstkolom heeft geen naam"),
    (
        decision(["a: boolean"], ["u = 1, 2"], ["- => 3"]),
        "dmn/uitkomst: De uitkomst 'u' van regel 1 is geen toegestane",
    ),
    (decision(["a: boolean"], ["u"], ["- | - => 1"]), "dmn/regel: Regel 1 heeft 2 toetsen en 1 uitkomsten"),
    (decision(["a: boolean"], ["u"], ["- => 1"], policy="BEST"), "dmn/trefbeleid: Trefbeleid 'BEST' bestaat niet"),
    (decision(["a: boolean"], ["u"], ["- => 1"], policy="PRIORITY"), "dmn/trefbeleid: Trefbeleid PRIORITY vraagt"),
    (decision(["a: boolean"], ["u"], ["- => 1"], attributes='aggregation="SUM"'), "dmn/trefbeleid: Samennemen met"),
    (decision(["a: boolean"], ["u"], ["- => 1"], policy="COLLECT", attributes='aggregation="AVG"'), "dmn/trefbeleid"),
    (
        decision(["a: boolean"], ["u", "v"], ["- => 1 | 2"], policy="COLLECT", attributes='aggregation="SUM"'),
        "dmn/trefbeleid: Samennemen",
    ),
    (decision(["a: boolean"], ["u"], ["- => 1"]).replace('id="tabel"', ""), "dmn/id: Beslissing 'tabel' heeft geen id"),
    (decision(["a: boolean"], ["u"], ["- => 1"]) * 2, "dmn/id: Het id 'tabel' staat twee keer"),
    (decision(["a: boolean"], ["u"], ["- => 1", "- => 1"]).replace("r2", "r1"), "dmn/id: Regel 2 heeft het id"),
    ('<decision id="a" name="A"/>', "dmn/leeg: Beslissing 'A' heeft geen beslistabel"),
    ('<decision id="a" name="A"><invocation/></decision>', "dmn/niet-ondersteund: Een aanroep"),
    ('<decision id="a"><relation/></decision>', "dmn/niet-ondersteund: Een relatie"),
    ('<decision id="a"><boxedList/></decision>', "dmn/niet-ondersteund: Het onderdeel 'boxedList'"),
    ('<businessKnowledgeModel id="k" name="K"/>', "dmn/niet-ondersteund: Een herbruikbaar kennismodel"),
    ('<decisionService id="s"/>', "dmn/niet-ondersteund: Een beslisdienst"),
    ("<import/>", "dmn/niet-ondersteund: Het invoegen"),
    (
        decision(["a: boolean"], ["u"], ["- => 1"]).replace("<inputEntry>", '<inputEntry expressionLanguage="juel">'),
        "dmn/taal: De toets van regel 1, kolom 1 is niet in FEEL",
    ),
]


@pytest.mark.parametrize(("part", "sentence"), MISTAKES, ids=[sentence for _, sentence in MISTAKES])
def test_a_mistake_is_found_by_name_and_the_table_is_left_out(part: str, sentence: str) -> None:
    tables, findings = read(part)
    assert [finding for finding in findings if f"{finding.rule}: {finding.sentence}".startswith(sentence)]
    assert all(finding.severity is Severity.ERROR and finding.line for finding in findings)
    assert len(tables) == part.count('id="tabel"') // 2


def test_a_finding_names_element_and_line() -> None:
    finding = read(decision(["a: boolean"], ["u"], ["- => 1", "- => foo(2)"]))[1][0]
    assert (finding.element, finding.line, finding.file) == ("r2", 3, "t.dmn")


def test_all_mistakes_of_a_file_are_found_at_once() -> None:
    assert len(found(decision(["a b", ""], ["u"], ["foo(1) | 1 + => ("]), "<import/>")) == 6
