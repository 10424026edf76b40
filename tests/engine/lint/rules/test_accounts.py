"""WL07, WL12, WL14, WL15, WL18, WL19: what phases end with, who writes what, what stays inside."""

from __future__ import annotations

import pytest

from tests.engine.bpmn import (
    ANY_ERROR,
    call,
    el,
    end,
    extension,
    many,
    message,
    par,
    process,
    script,
    service,
    start,
    throw,
    wijk,
    xor,
)
from tests.engine.lint.rules.drawings import form, frame, line, phase, publish, task, where

YEAR = line("jaar", phase("fase", "q", "agenderen"))
DECIDE = task("besluit", "besluit", stap="D03", treden="coproduceren")
PUBLIC = publish("uit")


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((DECIDE, PUBLIC), []),
        ((PUBLIC, DECIDE), ["besluit"]),
        ((DECIDE,), ["besluit", "q"]),
        ((task("t"),), ["q"]),
        ((DECIDE, publish("uit", "participatiekader")), ["besluit", "q"]),
        ((DECIDE, PUBLIC, task("na")), []),
    ],
)
def test_wl_07_a_phase_ends_with_its_product_made_public(steps: tuple[str, ...], wrong: list[str]) -> None:
    assert where("WL07", YEAR, line("q", *steps)) == wrong


def test_wl_07_on_every_way_and_on_the_same_branch() -> None:
    round_it = process(
        "q", start("s"), DECIDE, xor("k"), PUBLIC, end("e"), flow="s > besluit > k; k [x = 1] > uit > e; k * > e"
    )
    assert where("WL07", YEAR, round_it) == ["besluit", "q"]
    parts = (par("f"), PUBLIC, task("kennis"), task("product", "product", product="kaart"), par("j"), end("e"))
    spread = process("q", start("s"), DECIDE, *parts, flow="s > besluit > product > f > uit > j > e; f > kennis > j")
    assert where("WL07", YEAR, spread) == []
    beside = process("q", start("s"), DECIDE, *parts, flow="s > besluit > f > uit > j > e; f > product > kennis > j")
    assert where("WL07", YEAR, beside) == ["product"]


def test_wl_07_only_a_phase_and_an_error_end_finishes_none() -> None:
    assert where("WL07", line("q", DECIDE)) == []
    stops = process(
        "q",
        start("s"),
        DECIDE,
        xor("k"),
        PUBLIC,
        end("e"),
        end("weg", ANY_ERROR),
        flow="s > besluit > k; k [x = 1] > weg; k * > uit > e",
    )
    assert where("WL07", YEAR, stops) == []


def test_wl_07_a_step_stands_in_its_own_phase_and_in_no_other() -> None:
    inner = line("r", DECIDE, PUBLIC)
    assert where("WL07", YEAR, line("q", call("r", "r"), publish("na"))) == []
    for name in ("analyseren", "uitwerken", "uitvoeren", "verantwoorden"):
        wrong = line("jaar", phase("fase", "q", name))
        assert where("WL07", wrong, line("q", DECIDE, PUBLIC)) == ["besluit"]
        assert where("WL07", wrong, line("q", call("c", "r"), publish("na")), inner) == ["besluit"]
    both = line("jaar", phase("een", "q", "agenderen"), phase("twee", "q", "analyseren"))
    assert where("WL07", both, line("q", DECIDE, PUBLIC)) == ["besluit"]
    framed = line("q", *frame("D09"), DECIDE, PUBLIC)
    assert where("WL07", YEAR, framed) == []


def test_wl_07_what_ends_a_phase_is_not_decided_outside_all_phases() -> None:
    quiet = line("q", task("t"), PUBLIC)
    assert where("WL07", YEAR, quiet, line("los", DECIDE)) == ["besluit"]
    assert where("WL07", line("jaar", phase("fase", "q", "agenderen"), DECIDE), quiet) == ["besluit"]
    told = process(
        "q",
        start("s"),
        start("los", message("m")),
        DECIDE,
        PUBLIC,
        end("e"),
        flow="s > besluit; los > besluit > uit > e",
    )
    assert where("WL07", YEAR, told) == ["besluit"]
    assert where("WL07", YEAR, quiet, line("los", task("punt", "besluit", stap="D04", treden="adviseren"))) == []


def test_wl_07_many_calls_of_each_other_are_judged_in_no_time() -> None:
    ladder = [line(f"p{n}", call(f"a{n}", f"p{n + 1}"), call(f"b{n}", f"p{n + 1}")) for n in range(18)]
    assert where("WL07", line("jaar", phase("fase", "p0", "analyseren")), *ladder, line("p18", DECIDE, PUBLIC))[:1]


@pytest.mark.parametrize(
    ("machine", "wrong"),
    [
        (script("m", 'uitkomst = "ja"'), ["m"]),
        (script("m", 'iets = "ja"'), []),
        (el("serviceTask", "m", wijk("operatie", naam="verslag_samenstellen", resultaat="uitkomst")), ["m"]),
        (service("m", "verslag_samenstellen"), []),
        (task("m", inner=many(over="lijst", item="uitkomst")), []),
        (call("m", "q", many(over="lijst", item="uitkomst")), ["m"]),
    ],
)
def test_wl_12_no_machine_writes_a_decision(machine: str, wrong: list[str]) -> None:
    decides = task("besluit", "besluit", stap="D09", treden="raadplegen", resultaat="uitkomst")
    assert where("WL12", line("p", decides, machine, lanes={"college": "besluit"}), line("q", task("t"))) == wrong


def test_wl_12_also_in_a_called_process_but_not_in_one_that_has_nothing_to_do_with_it() -> None:
    decides = task("uitkomst", "besluit", stap="D09", treden="raadplegen")
    writes = line("q", task("t"), script("m", "uitkomst = 1"))
    lanes = {"college": "uitkomst"}
    assert where("WL12", line("p", decides, call("c", "q"), lanes=lanes), writes) == ["m"]
    assert where("WL12", line("p", decides, lanes=lanes), writes) == []


def test_wl_12_no_machine_works_in_the_lane_of_an_organ() -> None:
    drawn = (task("t"), script("m", "x = 1"))
    assert where("WL12", line("p", *drawn, lanes={"college": "m"})) == ["m"]
    assert where("WL12", line("p", *drawn, lanes={"communicatie": "m"})) == []


SECRET = extension('<wijk:proces vertrouwelijk="ja"/>')


def secret(drawn: str) -> str:
    head, _, tail = drawn.partition("><")
    return f"{head}>{SECRET}<{tail}"


def test_wl_14_a_confidential_task_lies_in_a_confidential_process() -> None:
    drawn = line("p", task("t", vertrouwelijk="ja"))
    assert where("WL14", drawn) == ["t"]
    assert where("WL14", secret(drawn)) == []


def test_wl_14_confidential_and_other_processes_do_not_call_each_other() -> None:
    inner, outer = line("q", task("t")), line("p", call("c", "q"))
    assert where("WL14", secret(inner), outer) == ["c"]
    assert where("WL14", inner, secret(outer)) == ["c"]
    assert where("WL14", secret(inner), secret(outer)) == []
    assert where("WL14", inner, outer) == []


@pytest.mark.parametrize(
    ("said", "is_closed", "is_wrong"),
    [
        ({"inhoud": "{verhaal: t.verhaal}"}, False, True),
        ({"inhoud": "{verhaal: t.verhaal}"}, True, False),
        ({"sleutel": "dossier", "inhoud": "{jaar: jaar, aantal: 1}"}, False, False),
        ({"sleutel": "t.naam"}, False, True),
        ({"sleutel": "dossier", "vertrouwelijk": "ja"}, False, True),
        ({"sleutel": "dossier", "vertrouwelijk": "ja"}, True, False),
    ],
)
def test_wl_14_a_message_tells_no_other_process(said: dict[str, str], is_closed: bool, is_wrong: bool) -> None:
    sender = secret(line("p", task("t"), throw("stuur", wijk("bericht", **said) + message("m"))))
    receiver = process("q", start("b", message("m")), task("u"), end("z"), flow="b > u > z")
    assert where("WL14", sender, secret(receiver) if is_closed else receiver) == (["stuur"] if is_wrong else [])


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:'
ZEEBE = '<z:calledElement xmlns:z="http://camunda.org/schema/zeebe/1.0" processId="q" bindingType="{}"/>'


@pytest.mark.parametrize(
    ("attribute", "inner", "is_wrong"),
    [
        ("", "", False),
        (f'{CAMUNDA}calledElementBinding="latest"', "", True),
        (f'{CAMUNDA}calledElementBinding="deployment"', "", False),
        (f'{CAMUNDA}calledElementVersion="3"', "", True),
        ("", ZEEBE.format("latest"), True),
        ("", ZEEBE.format("deployment"), False),
    ],
)
def test_wl_15_a_called_process_is_of_the_same_version(attribute: str, inner: str, is_wrong: bool) -> None:
    called = call("c", "q", extension(inner) if inner else "").replace("<callActivity", f"<callActivity {attribute}")
    drawn = line("p", called)
    assert where("WL15", line("q", task("t")), drawn) == (["c"] if is_wrong else [])


def test_wl_15_a_computed_process_and_a_table_of_the_newest_version_are_refused() -> None:
    assert where("WL15", line("p", call("c", "${welk}"))) == ["c"]
    rule = el("businessRuleTask", "r", wijk("tabel", besluit="bewaartermijn"))
    latest = rule.replace("<businessRuleTask", f'<businessRuleTask {CAMUNDA}decisionRefBinding="latest"')
    assert where("WL15", line("p", task("t"), rule)) == []
    assert where("WL15", line("p", task("t"), latest)) == ["r"]


OWNER = form("eigenaar", {"initiatieven": {"eigenaar": None}}) | form("nieuw", {"nieuwe_eigenaar": None})
ADMIT = task("toelaten", "besluit", stap="D05", treden="raadplegen", formulier="eigenaar")
WRITE = task("schrijf", formulier="eigenaar")
TAKE = task("overname", "instemming", stap="D15", formulier="nieuw")


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((WRITE, ADMIT), []),
        ((ADMIT, WRITE), ["schrijf"]),
        ((WRITE,), ["schrijf"]),
        ((ADMIT, TAKE), []),
        ((ADMIT, task("schrijf", formulier="nieuw")), ["schrijf"]),
        ((ADMIT, task("t"), script("m", 'eigenaar = "college"')), ["m"]),
        ((ADMIT, task("t")), []),
    ],
)
def test_wl_18_an_owner_changes_by_the_takeover_alone(steps: tuple[str, ...], wrong: list[str]) -> None:
    assert where("WL18", line("p", *steps), files=OWNER) == wrong


def test_wl_18_also_in_the_process_that_called_and_in_a_loop() -> None:
    assert where("WL18", line("q", ADMIT), line("p", call("c", "q"), WRITE), files=OWNER) == ["schrijf"]
    loop = process(
        "p",
        start("s"),
        WRITE,
        ADMIT,
        xor("k"),
        end("e"),
        flow="s > schrijf > toelaten > k; k [x = 1] > schrijf; k * > e",
    )
    assert where("WL18", loop, files=OWNER) == ["schrijf"]


ACCOUNT = line("jaar", phase("fase", "q", "verantwoorden"))
REPORT = task("verslag", "besluit", stap="D14", treden="raadplegen", formulier="verslag")
GATHER = service("verzamel", "verslag_samenstellen")
ASKS = form("verslag", {"verantwoording_per_initiatief": {"onderdeel": None}})
PROGRAMME = task("programma", "besluit", stap="D09", treden="raadplegen")
EACH = task("elk", inner=many(over="onderdelen", item="een"))


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((GATHER, REPORT), []),
        ((REPORT, GATHER), ["verslag"]),
        ((REPORT,), ["verslag"]),
        ((task("t"),), ["e_q"]),
        ((script("m", "onderdelen = programma.onderdelen"), EACH, REPORT), []),
        ((script("m", "onderdelen = iets.anders"), EACH, REPORT), ["verslag"]),
    ],
)
def test_wl_19_the_account_goes_by_every_initiative(steps: tuple[str, ...], wrong: list[str]) -> None:
    adopts = line("w", PROGRAMME, lanes={"college": "programma"})
    assert where("WL19", ACCOUNT, adopts, line("q", *steps), files=ASKS) == wrong


def test_wl_19_on_every_way_and_asked_in_the_report() -> None:
    round_it = process(
        "q",
        start("s"),
        xor("k"),
        GATHER,
        REPORT,
        end("e"),
        flow="s > k; k [x = 1] > verzamel > verslag > e; k * > verslag",
    )
    assert where("WL19", ACCOUNT, round_it, files=ASKS) == ["verslag"]
    assert where("WL19", ACCOUNT, line("q", GATHER, REPORT), files=form("verslag", {"totalen": None})) == ["verslag"]
    assert where("WL19", line("jaar", phase("fase", "q", "agenderen")), line("q", REPORT)) == []
