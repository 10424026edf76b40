"""What only shows across files: calls, tables, forms, terms, and whose lane a decision lies in."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import lint, safexml
from engine.deadlines import LEAST_REACTION
from engine.decisions import read_tables
from engine.lint import Family, form_of
from engine.rights import Matrix
from engine.roles import Roles
from engine.terms import Finding
from tests.engine.lint.diagrams import END, START, TASK, around, chain, diagram, el, flow, wijk

CITY = Path(__file__).parents[3] / "processes" / "delft"
ROLES = Roles.read((CITY / "rollen.toml").read_bytes())[0]
assert ROLES is not None
MATRIX = Matrix.read((CITY / "rechten.csv").read_bytes(), ROLES)[0]
ROOT = safexml.read((CITY / "knelpunt_bevoegdheid.dmn").read_bytes(), "t.dmn")[0]
assert ROOT is not None
TABLE = read_tables(ROOT, "t.dmn")[0][0]
HERE = {"WL02", "WL20"}  # the other rules for designers have tests of their own
TERMS = frozenset({"inspraak", LEAST_REACTION})
FAMILY = Family({"tabel": TABLE}, {"formulier": form_of("f.form", {})}, TERMS, ROLES, MATRIX)


def found(*texts: str, family: Family = FAMILY) -> tuple[Finding, ...]:
    roots = {}
    for number, text in enumerate(texts):
        root, findings = safexml.read(text.encode(), f"{number}.bpmn")
        assert root is not None, findings
        roots[f"{number}.bpmn"] = root
    return tuple(one for one in lint.family_findings(roots, family) if one.rule in HERE or one.rule[:2] != "WL")


def rules(*texts: str) -> set[str]:
    return {finding.rule for finding in found(*texts)}


def lanes(**nodes: str) -> str:
    """One lane for each role, holding the nodes named, separated by blanks."""
    return (
        "<laneSet id='ls'>"
        + "".join(
            el("lane", f"lane{number}", "".join(f"<flowNodeRef>{key}</flowNodeRef>" for key in keys.split()), name=role)
            for number, (role, keys) in enumerate(nodes.items())
        )
        + "</laneSet>"
    )


def process(key: str, *calls: str, inside: str = TASK) -> str:
    steps = [el("callActivity", f"c{number}", calledElement=called) for number, called in enumerate(calls)]
    return diagram(lanes(wijkcoordinator="t"), chain(START, *steps, inside, END), process=key)


def decision(role: str, **act: str) -> str:
    return diagram(lanes(**{role: "t"}), around(el("userTask", "t", wijk("taak", **act))))


CASES = [
    ("bpmn/id-dubbel", [process("a"), process("a")], [process("a"), process("b")]),
    ("bpmn/aanroep-onbekend", [process("a", "weg")], [process("a", "b"), process("b")]),
    (
        "bpmn/aanroep-begin",
        [process("a", "b"), process("b").replace('"s">', '"s"><messageEventDefinition messageRef="m"/>')],
        [process("a", "b"), process("b")],
    ),
    ("bpmn/aanroep-kring", [process("a", "a")], [process("a")]),
    (
        "bpmn/aanroep-kring",
        [process("a", "b"), process("b", "c"), process("c", "a")],
        [process("a", "b"), process("b")],
    ),
    (
        "grens/aanroepen",
        [process(f"p{n}", f"p{n + 1}") for n in range(21)] + [process("p21")],
        [process(f"p{n}", f"p{n + 1}") for n in range(20)] + [process("p20")],
    ),
    (
        "wijk/formulier",
        [decision("raad", handeling="werk", formulier="weg")],
        [decision("raad", handeling="werk", formulier="formulier")],
    ),
    (
        "wijk/termijn",
        [decision("raad", handeling="werk", termijn="weg")],
        [decision("raad", handeling="werk", termijn="inspraak")],
    ),
    (
        "wijk/tabel",
        [diagram(around(el("businessRuleTask", "b", wijk("tabel", besluit="weg"))))],
        [diagram(around(el("businessRuleTask", "b", wijk("tabel", besluit="tabel"))))],
    ),
    ("WL20", [decision("wethouder_van_alles", handeling="werk")], [decision("raad", handeling="werk")]),
    ("WL20", [decision("raad ", handeling="werk")], [decision("raad", handeling="werk")]),
    (
        "WL20",
        [decision("auditor", handeling="besluit", stap="D09", treden="raadplegen")],
        [decision("auditor", handeling="werk")],
    ),
    (
        "WL20",
        [decision("beheerder", handeling="bekrachtiging", stap="D03")],
        [decision("wijkcoordinator", handeling="bekrachtiging", stap="D03")],
    ),
    (
        "WL02",
        [decision("wijkcoordinator", handeling="besluit", stap="D09", treden="raadplegen adviseren")],
        [decision("college", handeling="besluit", stap="D09", treden="raadplegen adviseren")],
    ),
    (
        "WL02",
        [decision("college", handeling="besluit", stap="D07", treden="coproduceren meebeslissen")],
        [decision("college", handeling="besluit", stap="D07", treden="coproduceren")],
    ),
    (
        "WL02",
        [decision("college", handeling="besluit", stap="D09", treden="meeweten")],
        [decision("college", handeling="besluit", stap="D09")],
    ),
    (
        "WL02",
        [decision("raad", handeling="besluit", stap="D09")],
        [decision("college", handeling="besluit", stap="D09")],
    ),
    (
        "WL02",
        [decision("bewoner", handeling="zelfbinding", stap="D07")],
        [decision("college", handeling="zelfbinding", stap="D07")],
    ),
    ("wijk/baan", [diagram(around(TASK))], [diagram(lanes(raad="t"), around(TASK))]),
    ("wijk/baan", [diagram(lanes(raad="s e"), around(TASK))], [diagram(lanes(raad="s t e"), around(TASK))]),
]


@pytest.mark.parametrize(("rule", "bad", "good"), CASES, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(CASES)])
def test_what_breaks_a_rule_across_files_is_refused_and_its_neighbour_is_not(
    rule: str, bad: list[str], good: list[str]
) -> None:
    assert rule in rules(*bad)
    assert rules(*good) == set()


@pytest.mark.parametrize(
    "text",
    [
        "<timerEventDefinition><timeDate>termijn(&quot;weg&quot;)</timeDate></timerEventDefinition>",
        "<timerEventDefinition><timeDate>termijn(naam)</timeDate></timerEventDefinition>",
        "<timerEventDefinition><timeDate>termijn(&quot;weg&quot;, today())</timeDate></timerEventDefinition>",
    ],
)
def test_a_term_in_an_expression_must_be_there_by_name(text: str) -> None:
    step = el("intermediateCatchEvent", "c", text)
    assert rules(diagram(around(step))) == {"wijk/termijn"}
    good = step.replace("naam", '"inspraak"').replace("weg", "inspraak")
    assert rules(diagram(around(good))) == set()


@pytest.mark.parametrize("attribute", ["sleutel", "inhoud"])
def test_a_term_in_the_notation_must_be_there_too(attribute: str) -> None:
    def text(term: str) -> str:
        message = wijk("bericht", **{attribute: f'termijn("{term}")'})
        return diagram(around(el("sendTask", "c", message, messageRef="m")))

    assert rules(text("weg")) == {"wijk/termijn"}
    assert rules(text("inspraak")) == set()


def test_the_content_of_a_subprocess_lies_in_the_lane_of_the_subprocess() -> None:
    inner = el("subProcess", "b", chain(el("startEvent", "i"), TASK, el("endEvent", "ie")))
    assert rules(diagram(lanes(raad="b"), around(inner))) == set()
    assert rules(diagram(lanes(raad="s"), around(inner))) == {"wijk/baan"}


def test_a_called_process_without_lanes_lies_in_the_lane_of_each_call() -> None:
    called = diagram(around(el("userTask", "t", wijk("taak", handeling="besluit", stap="D09"))), process="q")

    def caller(role: str, key: str = "proces") -> str:
        held = lanes(**{role: "c"}) if role else ""
        return diagram(held, around(el("callActivity", "c", calledElement="q")), process=key)

    assert rules(caller("college"), called) == set()
    assert rules(caller("raad"), called) == {"WL02"}
    assert rules(caller(""), called) == {"wijk/baan"}
    assert rules(caller("college"), caller("raad", "tweede"), called) == {"WL02"}


def test_processes_that_call_each_other_in_a_ring_do_not_hang_the_search_for_a_lane() -> None:
    ring = [diagram(around(el("callActivity", "c", calledElement=to)), TASK, process=key) for key, to in ("ab", "ba")]
    assert "bpmn/aanroep-kring" in rules(*ring)


def test_a_loop_through_a_called_process_must_wait_somewhere() -> None:
    # s -> g -> [q] -> x -> e,  x -> g
    back = el("exclusiveGateway", "x", default="x_e")
    loop = chain(START, el("exclusiveGateway", "g"), el("callActivity", "c", calledElement="q"), back, END)
    caller = diagram(loop, flow("x", "g", "nog"))
    quick = diagram(around(el("scriptTask", "a", "<script>n = 1</script>")), process="q")
    between = diagram(around(el("callActivity", "c", calledElement="r")), process="q")
    assert rules(caller, quick) == {"bpmn/lus-zonder-wachten"}
    assert rules(caller, between, quick.replace('"q"', '"r"')) == {"bpmn/lus-zonder-wachten"}
    assert rules(caller, process("q")) == set()


def test_findings_of_a_family_are_in_the_order_of_files_and_lines() -> None:
    findings = found(process("b", "weg"), process("a", "weg", "ook_weg"))
    assert [(finding.file, finding.line or 0) for finding in findings] == sorted(
        (finding.file, finding.line or 0) for finding in findings
    )
    assert len(findings) == 3


def test_without_roles_or_rights_only_what_rests_on_them_is_left_out() -> None:
    bare = Family({}, {}, TERMS)
    text = decision("niemand", handeling="besluit", stap="D09", formulier="weg")
    assert {finding.rule for finding in found(text, family=bare)} == {"wijk/formulier"}
