"""Uploads that attack: each is answered with findings within its time, and the server that asked is unharmed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine import definition
from engine.sentences import Name, Sentence
from engine.terms import Severity
from service import forms
from service.checking import check, findings
from tests.engine.lint.diagrams import END, START, TASK, around, chain, diagram, el, flow, wijk

DATA = Path(__file__).parents[2] / "processes"
BASE = {
    "rollen.toml": (DATA / "delft" / "rollen.toml").read_bytes(),
    "rechten.csv": (DATA / "delft" / "rechten.csv").read_bytes(),
    "termijnen.toml": (DATA / "delft" / "termijnen.toml").read_bytes(),
    "feestdagen.toml": (DATA / "feestdagen.toml").read_bytes(),
}
LANES = "<laneSet id='ls'><lane id='l' name='wijkcoordinator'><flowNodeRef>t</flowNodeRef></lane></laneSet>"
ENDED = el("endEvent", "e2")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def bpmn(*body: str, process: str = "proces") -> bytes:
    return diagram(LANES, *body, process=process).encode()


def timed(kind: str, text: str) -> bytes:
    edge = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return bpmn(around(TASK), chain(el("boundaryEvent", "b", edge, attachedToRef="t", cancelActivity="false"), ENDED))


def many(count: str) -> bytes:
    loop = el("multiInstanceLoopCharacteristics", "mi", f"<loopCardinality>{count}</loopCardinality>")
    return bpmn(around(el("userTask", "t", loop)))


def dmn(first: str, second: str) -> bytes:
    rules = "".join(
        f'<rule id="r{number}"><inputEntry id="i{number}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>{number}</text></outputEntry></rule>'
        for number, test in enumerate((first, second))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d" '
        'xmlns:wijk="https://wijkcyclus.nl/schema/1.0"><decision id="tabel" name="Tabel" wijk:geldigVan="2025-01-01">'
        '<decisionTable id="t" hitPolicy="UNIQUE"><input id="in">'
        '<inputExpression id="ie" typeRef="number"><text>bedrag</text></inputExpression></input>'
        f'<output id="out" name="uitkomst" typeRef="number"/>{rules}</decisionTable></decision></definitions>'
    ).encode()


def conditional(condition: str) -> bytes:
    ways = flow("g", "t", condition) + flow("g", "e")
    return bpmn(START, el("exclusiveGateway", "g", default="g_e"), TASK, END, flow("s", "g"), ways, flow("t", "e"))


LOOP = (
    chain(START, el("exclusiveGateway", "g"), el("exclusiveGateway", "x", default="x_t"), TASK, END)
    + flow("x", "g", "true"),
)
ATTACKS: list[tuple[str, dict[str, bytes], str]] = [
    ("XXE", {"p.bpmn": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}, "xml/doctype"),
    ("billion laughs", {"p.bpmn": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode()}, "xml/doctype"),
    ("a DTD", {"p.bpmn": b"<!DOCTYPE definitions>" + bpmn(around(TASK))}, "xml/doctype"),
    ("a DTD in a table", {"t.dmn": b"<!DOCTYPE definitions>" + dmn("&lt; 1", "&gt;= 1")}, "xml/doctype"),
    ("100,000 elements", {"p.bpmn": b"<a>" + b"<b/>" * 100_000 + b"</a>"}, "grens/elementen"),
    (
        "recursive calls",
        {
            "p.bpmn": bpmn(around(el("callActivity", "c", calledElement="q"))),
            "q.bpmn": bpmn(around(el("callActivity", "c", calledElement="proces")), process="q"),
        },
        "bpmn/aanroep-kring",
    ),
    ("duplicate ids", {"p.bpmn": bpmn(around(TASK), el("userTask", "t"))}, "bpmn/id-dubbel"),
    ("duplicate processes", {"p.bpmn": bpmn(around(TASK)), "q.bpmn": bpmn(around(TASK))}, "bpmn/id-dubbel"),
    ("an endless loop", {"p.bpmn": bpmn(*LOOP)}, "bpmn/lus-zonder-wachten"),
    ("Python in a condition", {"p.bpmn": conditional("__import__('os')")}, "bpmn/voorwaarde"),
    ("Python by attributes", {"p.bpmn": conditional("().__class__.__base__.__subclasses__()")}, "bpmn/voorwaarde"),
    (
        "Python in a subject",
        {"p.bpmn": bpmn(around(el("userTask", "t", wijk("taak", onderwerp="lambda: 1"))))},
        "feel/fout",
    ),
    ("invalid UTF-8", {"p.bpmn": bpmn(around(TASK)).replace(b'id="t"', b'id="t" name="\xc3\x28"')}, "xml/codering"),
    ("the year 9999", {"p.bpmn": timed("timeDate", "9999-12-31T23:59:59Z")}, "bpmn/timer"),
    ("R/PT0S", {"p.bpmn": timed("timeCycle", "R/PT0S")}, "bpmn/timer"),
    ("PT0S", {"p.bpmn": timed("timeDuration", "PT0S")}, "bpmn/timer"),
    ("10^6 instances", {"p.bpmn": many("1000000")}, "grens/meervoud"),
    ("10^6 instances, computed", {"p.bpmn": many("10 ** 6")}, "grens/meervoud"),
    ("a table with a gap", {"t.dmn": dmn("&lt; 10", "&gt; 10")}, "WL11"),
    ("a table with an overlap", {"t.dmn": dmn("&lt;= 10", "&gt;= 10")}, "WL11"),
    ("a form of brackets", {"f.form": b"[" * 100_000}, "grens/diepte"),
    ("a form with two ids", {"f.form": b'{"id": "a", "id": "b"}'}, "json/dubbel"),
    ("terms of brackets", {"termijnen.toml": b"a = " + b"[" * 100_000}, "grens/diepte"),
]


def read(files: dict[str, bytes]) -> definition.Reading:
    return definition.read({**BASE, "basis.bpmn": bpmn(around(TASK), process="basis"), **files})


def test_the_child_tells_how_each_sentence_was_made() -> None:
    files = BASE | {"een.bpmn": conditional("x = = 1"), "een.dmn": dmn("> 1", "> 2"), "half.form": b"{"}
    told, own = check(files), findings(files)
    assert told == own and len({one.file for one in told}) > 2
    assert [made_of(one.sentence) for one in told] == [made_of(one.sentence) for one in own]


def made_of(value: object) -> object:
    """The kinds, templates and values of a sentence, all the way down."""
    if isinstance(value, Sentence):
        return value.template, {name: made_of(one) for name, one in value.values.items()}
    if isinstance(value, list | tuple):
        return [made_of(one) for one in value]
    return isinstance(value, Name), value


@pytest.mark.parametrize(("files", "rule"), [row[1:] for row in ATTACKS], ids=[row[0] for row in ATTACKS])
def test_an_attack_is_answered_with_its_finding_in_time_and_gives_no_definition(
    files: dict[str, bytes], rule: str
) -> None:
    began = time.process_time()
    reading = read(files)
    assert time.process_time() - began < 3
    assert reading.definition is None
    assert rule in {finding.rule for finding in reading.findings if finding.severity is Severity.ERROR}


def test_the_family_that_the_attacks_are_added_to_is_sound_itself() -> None:
    good = {"p.bpmn": conditional("bedrag &lt; 10"), "t.dmn": dmn("&lt; 10", "&gt;= 10")}
    reading = read(good)
    assert [finding for finding in reading.findings if finding.severity is Severity.ERROR] == []
    assert reading.definition is not None


def test_the_child_finds_what_the_engine_and_the_forms_find() -> None:
    files = {**BASE, "p.bpmn": bpmn(around(TASK), el("userTask", "t")), "q.bpmn": b"<a", "r.form": b"{}"}
    found = check(files)
    assert found == findings(files)
    assert set(definition.read(files).findings) | set(forms.findings(files)) == set(found)
    assert {"bpmn/id-dubbel", "xml/afgebroken", "formulier/id"} <= {finding.rule for finding in found}


def test_a_model_that_takes_too_long_is_a_finding_within_its_time() -> None:
    joins = [el("parallelGateway", f"n{number}") for number in range(1900)]
    back = "".join(flow(f"n{number + 1}", f"n{number}") for number in range(0, 1800, 2))
    slow = {f"{n}.bpmn": diagram(chain(START, *joins, END), back, process=f"p{n}").encode() for n in range(20)}
    began = time.monotonic()
    assert [finding.rule for finding in check(slow, seconds=2)] == ["grens/tijd"]
    assert time.monotonic() - began < 12


def test_a_model_that_takes_too_much_memory_is_a_finding() -> None:
    large = {f"{n}.bpmn": b"<a>" + b" " * 4_000_000 + b"</a>" for n in range(7)}
    assert [finding.rule for finding in check(large, megabytes=64)] == ["grens/geheugen"]


def test_a_child_that_falls_over_is_a_finding() -> None:
    assert [finding.rule for finding in check({}, seconds=-1)] == ["grens/afgebroken"]


def test_too_many_or_too_large_files_are_refused_before_a_child_is_started() -> None:
    assert [finding.rule for finding in check({f"{n}.form": b"{}" for n in range(501)})] == ["grens/omvang"]
    assert [finding.rule for finding in check({"a.bpmn": b" " * (33 * 1024 * 1024)})] == ["grens/omvang"]
