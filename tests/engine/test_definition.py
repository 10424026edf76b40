"""Reading a process family: one version, all faults at once, and nothing that changes afterwards."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from engine import definition as definitions
from engine.errors import ExpressionError
from engine.terms import Act, Finding, Severity
from tests.engine.bpmn import (
    call,
    diagram,
    el,
    end,
    many,
    process,
    script,
    start,
    sub,
    timer,
    user,
    wijk,
    xor,
)
from tests.engine.bpmn import catch as waits
from tests.engine.bpmn import content as inside
from tests.engine.families import CITY, NOW, PROCESSES, Play, family, reading

SIMPLE = process("p", start("s"), user("a"), end("e"), flow="s > a > e")
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="n"
xmlns:wijk="https://wijkcyclus.nl/schema/1.0">
<decision id="trede_kiezen" name="trede" wijk:geldigVan="2025-01-01">
<decisionTable id="dt" hitPolicy="UNIQUE">
<input id="i1"><inputExpression id="ie" typeRef="boolean"><text>bindend</text></inputExpression></input>
<output id="o1" name="trede" typeRef="string"/>
<rule id="r1"><inputEntry id="c1"><text>true</text></inputEntry>
<outputEntry id="u1"><text>"meebeslissen"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text>false</text></inputEntry>
<outputEntry id="u2"><text>"raadplegen"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def errors(*processes: str, **files: bytes) -> list[Finding]:
    named = {name.replace("_", ".", 1): content for name, content in files.items()}
    read = reading(*processes, files=named)
    found = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    assert bool(found) == (read.definition is None)
    return found


def test_the_version_is_the_hash_of_the_sorted_manifest_of_the_bytes() -> None:
    files = {**CITY, "b.bpmn": diagram(SIMPLE)}
    manifest = "".join(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files))
    read = definitions.read(dict(reversed(files.items())))
    assert read.definition is not None
    assert read.definition.version == hashlib.sha256(manifest.encode()).hexdigest() == definitions.version_of(files)
    assert read.definition.files["b.bpmn"].content == files["b.bpmn"]
    assert definitions.version_of({**files, "b.bpmn": files["b.bpmn"] + b" "}) != read.definition.version


def test_processes_and_their_elements_are_known_by_id_also_inside_subprocesses() -> None:
    inner = inside(start("ds"), user("dw", wijk("taak", handeling="werk")), end("de"), flow="ds > dw > de")
    read = family(process("p", start("s"), sub("d", inner), user("na"), end("e"), flow="s > d > na > e"))
    found = read.processes["p"].elements
    assert {"s", "d", "ds", "dw", "de", "na", "e"} == set(found)
    assert (found["dw"].lane, found["dw"].kind, found["dw"].process, found["dw"].line) == (
        "wijkcoordinator",
        "userTask",
        "p",
        1,
    )
    assert found["dw"].act is not None and found["dw"].act.act is Act.WERK
    assert found["d"].act is None


def year_case(text: str) -> str:
    said = f'<extensionElements><wijk:proces jaar="{text}" /></extensionElements>'
    drawn = process("p", start("s"), user("t"), end("e"), flow="s > t > e")
    return drawn.replace('isExecutable="true">', f'isExecutable="true">{said}')


def test_a_year_case_says_for_which_programme_year_it_starts() -> None:
    read = family(year_case("today().year + 1"))
    assert read.year_of(read.processes["p"], NOW) == NOW.year + 1
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # the next year has begun in the Netherlands
    assert read.year_of(read.processes["p"], late) == 2028
    plain = family(process("p", start("s"), user("t"), end("e"), flow="s > t > e"))
    assert plain.year_of(plain.processes["p"], NOW) is None


@pytest.mark.parametrize("text", ["onbekend", "&quot;2028&quot;", "today()", "2027.5", "true", "null"])
def test_a_year_that_is_none_starts_nothing(text: str) -> None:
    read = family(year_case(text))
    with pytest.raises(ExpressionError):
        read.year_of(read.processes["p"], NOW)


def test_a_year_that_cannot_be_read_is_a_fault() -> None:
    (found,) = errors(year_case("today( +"))
    assert (found.rule, found.element) == ("wijk/notatie", "p")


def test_the_shipped_processes_of_delft_are_a_definition_without_errors() -> None:
    files = {
        path.name: path.read_bytes()
        for place in ("gedeeld", "delft")
        for path in (PROCESSES / place).glob("*")
        if path.suffix in (".bpmn", ".dmn", ".form", ".csv") or path.name in ("rollen.toml", "termijnen.toml")
    } | {"feestdagen.toml": CITY["feestdagen.toml"]}
    read = definitions.read(files)
    assert [finding for finding in read.findings if finding.severity is Severity.ERROR] == []
    assert read.definition is not None and read.definition.processes["wijkcyclus"].startable


def test_a_decision_table_of_the_family_decides_and_the_rules_that_matched_are_told() -> None:
    asks = wijk("tabel", besluit="trede_kiezen", resultaat="keuze")
    activity = el("businessRuleTask", "b", asks)
    text = process("p", start("s"), user("a"), activity, user("na"), end("e"), flow="s > a > b > na > e")
    play = Play(family(text, files={"t.dmn": TABLE}), values={"bindend": True})
    outcome = play.do("a")
    assert play.data["keuze"] == {"trede": "meebeslissen"}
    assert [one.detail for one in outcome.passed if one.element == "b"] == [("r1",)]


def test_all_faults_of_all_files_come_at_once() -> None:
    wrong = process("p", start("s"), user("a"), xor("g"), end("e"), flow="s > a > g; g [a.x =] > e; g * > a")
    other = diagram(process("q", start("qs"), call("c", "weg"), end("qe"), flow="qs > c > qe"))
    found = errors(wrong, ander_bpmn=other, f_form=b"{", kapot_bpmn=b"<", t_dmn=b"\xff")
    assert {"proef.bpmn", "ander.bpmn", "f.form", "kapot.bpmn", "t.dmn"} <= {one.file for one in found}
    assert all(one.sentence for one in found)


@pytest.mark.parametrize(
    "wrong",
    [
        process("p", start("s"), script("x", "import os"), end("e"), flow="s > x > e"),
        process("p", start("s"), user("a"), xor("g"), end("e"), flow="s > a > g; g [__import__('os')] > e; g * > a"),
        process("p", start("s"), waits("t", timer("morgen vroeg")), end("e"), flow="s > t > e"),
        process("p", start("s"), user("a", many(times="1 +")), end("e"), flow="s > a > e"),
        process("p", start("s"), user("a", wijk("taak", onderwerp="(")), end("e"), flow="s > a > e"),
        process("p", start("s"), user("a", wijk("taak", handeling="verzinnen")), end("e"), flow="s > a > e"),
        process("p", start("s"), user("a", wijk("onzin")), end("e"), flow="s > a > e"),
        process("p", start("s"), call("c", ""), end("e"), flow="s > c > e"),
        process("p", start("s"), call("c", "p"), end("e"), flow="s > c > e"),
        SIMPLE + SIMPLE,
    ],
)
def test_a_mistake_in_a_diagram_is_found_when_it_is_read_and_not_when_it_is_reached(wrong: str) -> None:
    found = errors(wrong)
    assert all(one.file == "proef.bpmn" for one in found)


@pytest.mark.parametrize("missing", ["rollen.toml", "rechten.csv"])
def test_without_roles_or_rights_there_is_no_definition(missing: str) -> None:
    files = {name: content for name, content in CITY.items() if name != missing} | {"p.bpmn": diagram(SIMPLE)}
    read = definitions.read(files)
    assert read.definition is None
    assert missing in {finding.file for finding in read.findings}


def test_an_empty_family_and_two_files_of_one_name_are_findings() -> None:
    assert definitions.read({}).definition is None
    twice = {**CITY, "p.bpmn": diagram(SIMPLE), "ander/rollen.toml": CITY["rollen.toml"]}
    assert "familie/dubbel" in {finding.rule for finding in definitions.read(twice).findings}


def test_a_file_of_an_unknown_sort_is_refused() -> None:
    assert [one.rule for one in errors(SIMPLE, evil_py=b"import os")] == ["familie/soort"]


def test_two_processes_with_a_subprocess_of_the_same_id_do_not_collide() -> None:
    def one(name: str) -> str:
        inner = inside(start(f"{name}s"), user(f"{name}w"), end(f"{name}e"), flow=f"{name}s > {name}w > {name}e")
        return process(name, start(f"b{name}"), sub("deel", inner), end(f"z{name}"), flow=f"b{name} > deel > z{name}")

    read = definitions.read({**CITY, "p.bpmn": diagram(one("p")), "q.bpmn": diagram(one("q"))})
    assert read.definition is not None
    assert Play(read.definition, "p").open == ["pw"]
    assert Play(read.definition, "q").open == ["qw"]


def test_four_hundred_tasks_in_a_row_are_read() -> None:
    names = [f"t{number}" for number in range(400)]
    text = process("p", start("s"), *(user(name) for name in names), end("e"), flow=f"s > {' > '.join(names)} > e")
    assert Play(family(text)).open == ["t0"]
