"""For each rule of the format one diagram that breaks it, and one that is close to it and does not."""

from __future__ import annotations

import pytest

from tests.engine.lint.diagrams import (
    END,
    START,
    TASK,
    around,
    chain,
    diagram,
    document,
    el,
    errors_in,
    flow,
    found_in,
    wijk,
)

MESSAGE = el("message", "m1", name="Aanmelding")
SIGNAL = el("signal", "s1", name="Klaar")
FAULT = el("error", "f1", name="Mis", errorCode="E1")
ON_MESSAGE = '<messageEventDefinition messageRef="m1"/>'
ON_SIGNAL = '<signalEventDefinition signalRef="s1"/>'
ON_FAULT = '<errorEventDefinition errorRef="f1"/>'
TOP = MESSAGE + SIGNAL + FAULT


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def catch(definition: str) -> str:
    return diagram(around(el("intermediateCatchEvent", "c", definition)), top=TOP)


def catch_with(definition: str, **attributes: str) -> str:
    return diagram(around(el("intermediateCatchEvent", "c", wijk("bericht", **attributes) + definition)), top=TOP)


def throw(definition: str) -> str:
    return diagram(around(el("intermediateThrowEvent", "c", definition)), top=TOP)


def start(definition: str, **attributes: str) -> str:
    return diagram(chain(el("startEvent", "s", definition, **attributes), TASK, END), top=TOP)


def boundary(definition: str, host: str = "t", **attributes: str) -> str:
    edge = el("boundaryEvent", "b", definition, attachedToRef=host, **attributes)
    return diagram(around(TASK), chain(edge, el("endEvent", "e2")), top=TOP)


def many(inner: str, **attributes: str) -> str:
    loop = el("multiInstanceLoopCharacteristics", "mi", inner, **attributes)
    return diagram(around(el("userTask", "t", loop)))


def choice(kind: str = "exclusiveGateway", first: str | None = "x = 1", second: str | None = None, **extra: str) -> str:
    ways = flow("g", "e", first) + flow("g", "e2", second)
    return diagram(START, el(kind, "g", **extra), END, el("endEvent", "e2"), flow("s", "g"), ways)


def task(kind: str, inner: str = "", top: str = TOP, **attributes: str) -> str:
    return diagram(around(el(kind, "t", inner, **attributes)), top=top)


def loop(*inside: str) -> str:
    """s -> g -> inside... -> x -(default)-> e, and from x back to g."""
    back = el("exclusiveGateway", "x", default="x_e")
    return diagram(chain(START, el("exclusiveGateway", "g"), *inside, back, END), flow("x", "g", "nog = true"))


def pools(second: str, message_flow: str) -> str:
    body = around(TASK)
    other = second and f'<process id="q" isExecutable="true">{body.replace(chr(34) + "s", chr(34) + "q_s")}</process>'
    return document(
        "<collaboration id='k'><participant id='pa' processRef='p'/>",
        "<participant id='pb' processRef='q'/>" if second else "<participant id='pb' name='Bewoners'/>",
        message_flow,
        "</collaboration>",
        f'<process id="p" isExecutable="true">{body}</process>',
        other and _other_process(),
    )


def _other_process() -> str:
    body = chain(el("startEvent", "qs"), el("userTask", "qt"), el("endEvent", "qe"))
    return f'<process id="q" isExecutable="true">{body}</process>'


GOOD = diagram(around(TASK))
SUB = el("subProcess", "t", chain(el("startEvent", "is"), el("userTask", "it"), el("endEvent", "ie")))
EVENT_CHOICE = (
    chain(START, el("eventBasedGateway", "g"), el("intermediateCatchEvent", "d", ON_SIGNAL), END)
    + chain(el("intermediateCatchEvent", "c", ON_MESSAGE), el("endEvent", "e2"))
    + flow("g", "c")
)
FIRST = el("startEvent", "bs")
NEEDS = el("userTask", "bt", wijk("taak", vierOgen="t"))
EMPTY_PROCESS = '<process id="p" isExecutable="true"/>'

# rule, a diagram that breaks it, a diagram that does not
CASES: list[tuple[str, str, str]] = [
    ("bpmn/geen-bpmn", "<a/>", GOOD),
    ("bpmn/geen-bpmn", '<definitions xmlns="urn:iets-anders"/>', GOOD),
    ("bpmn/geen-proces", document(), GOOD),
    ("bpmn/leeg-proces", document(EMPTY_PROCESS), GOOD),
    ("bpmn/niet-uitvoerbaar", diagram(around(TASK), executable="false"), GOOD),
    ("bpmn/niet-uitvoerbaar", GOOD.replace(' isExecutable="true"', ""), GOOD),
    # ids and references
    ("bpmn/id-dubbel", diagram(around(TASK), el("userTask", "t")), GOOD),
    ("bpmn/id-ontbreekt", diagram(around(TASK), "<userTask/>"), GOOD),
    ("bpmn/id-ongeldig", diagram(chain(START, el("userTask", "mijn taak"), END)), GOOD),
    ("bpmn/id-ongeldig", diagram(chain(START, el("userTask", "../t"), END)), GOOD),
    ("bpmn/id-ongeldig", diagram(chain(START, el("userTask", "t" * 121), END)), GOOD),
    ("bpmn/verwijzing", catch('<messageEventDefinition messageRef="weg"/>'), catch(ON_MESSAGE)),
    ("bpmn/verwijzing", catch('<messageEventDefinition messageRef="s1"/>'), catch(ON_MESSAGE)),
    ("bpmn/verwijzing", catch('<messageEventDefinition messageRef="tns:m1"/>'), catch(ON_MESSAGE)),
    ("bpmn/verwijzing", choice(default="weg"), choice(default="g_e2")),
    ("bpmn/stroom-los", diagram(around(TASK), flow("t", "weg")), GOOD),
    ("bpmn/stroom-los", diagram(around(TASK), el("sequenceFlow", "f")), GOOD),
    ("bpmn/stroom-los", task("userTask", "<incoming>t_e</incoming>"), task("userTask", "<incoming>s_t</incoming>")),
    ("bpmn/stroom-over-grens", diagram(around(SUB), flow("it", "e")), diagram(around(SUB))),
    ("bpmn/stroom-over-grens", diagram(around(SUB), flow("is", "it")), diagram(around(SUB))),
    ("bpmn/einde-uitgang", diagram(around(TASK), flow("e", "t")), GOOD),
    ("bpmn/begin-ingang", diagram(around(TASK), flow("t", "s")), GOOD),
    # the positive list
    ("bpmn/onbekend", diagram(around(TASK), "<warpGate id='w'/>"), GOOD),
    (
        "bpmn/onbekend",
        diagram(around(TASK), "<x:iets/>"),
        task("userTask", "<extensionElements><x:i/></extensionElements>"),
    ),
    ("bpmn/plaats", diagram(around(el("userTask", "t", el("userTask", "t2")))), GOOD),
    ("bpmn/plaats", document("<userTask id='t'/>", GOOD.partition("\n")[2].removesuffix("</definitions>")), GOOD),
    ("bpmn/complex-punt", task("complexGateway"), task("exclusiveGateway")),
    ("bpmn/transactie", diagram(around(SUB.replace("subProcess", "transaction"))), diagram(around(SUB))),
    ("bpmn/ad-hoc", diagram(around(SUB.replace("subProcess", "adHocSubProcess"))), diagram(around(SUB))),
    ("bpmn/choreografie", document("<choreography id='c'/>"), GOOD),
    ("bpmn/choreografie", diagram(around(TASK), "<choreographyTask id='c'/>"), GOOD),
    (
        "bpmn/conversatie",
        diagram(around(TASK), top="<collaboration id='k'><conversation id='c'/></collaboration>"),
        diagram(around(TASK), top="<collaboration id='k'/>"),
    ),
    (
        "bpmn/pool-meervoud",
        diagram(
            around(TASK),
            top="<collaboration id='k'><participant id='a' processRef='proces'><participantMultiplicity/></participant>"
            "</collaboration>",
        ),
        pools("", ""),
    ),
    ("bpmn/globale-taak", diagram(around(TASK), top="<globalUserTask id='g'/>"), GOOD),
    ("bpmn/herhaling", task("userTask", "<standardLoopCharacteristics/>"), GOOD),
    ("bpmn/correlatie", diagram(around(TASK), top="<correlationProperty id='c'/>"), GOOD),
    ("bpmn/toewijzing", task("userTask", "<potentialOwner id='o'/>"), GOOD),
    ("bpmn/toewijzing", task("userTask", "<humanPerformer id='o'/>"), GOOD),
    ("bpmn/uitbreiding", diagram(around(TASK), top="<extension mustUnderstand='true'/>"), GOOD),
    ("bpmn/compensatie", task("userTask", isForCompensation="true"), task("userTask", isForCompensation="false")),
    ("bpmn/aantal-tokens", task("userTask", startQuantity="2"), task("userTask", startQuantity="1")),
    ("bpmn/aantal-tokens", task("userTask", completionQuantity="2"), task("userTask", completionQuantity="1")),
    ("bpmn/gebeurtenisdeelproces", task("subProcess", triggeredByEvent="true"), task("subProcess")),
    (
        "bpmn/instantiate",
        task("receiveTask", instantiate="true", messageRef="m1"),
        task("receiveTask", messageRef="m1"),
    ),
    ("bpmn/operatie", task("serviceTask", wijk("operatie", naam="inbreng_stand"), operationRef="o"), GOOD),
    ("bpmn/kenmerk", many("<loopCardinality>3</loopCardinality>", isSequential="1"), GOOD),
    # events
    ("bpmn/koppeling", throw('<linkEventDefinition name="verder"/>'), throw(ON_MESSAGE)),
    ("bpmn/compensatie", throw("<compensateEventDefinition/>"), throw(ON_SIGNAL)),
    ("bpmn/escalatie", throw("<escalationEventDefinition/>"), throw("")),
    (
        "bpmn/voorwaardegebeurtenis",
        catch("<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>"),
        catch(ON_SIGNAL),
    ),
    (
        "bpmn/annulering",
        diagram(chain(START, TASK, el("endEvent", "e", "<cancelEventDefinition/>"))),
        diagram(chain(START, TASK, el("endEvent", "e", "<terminateEventDefinition/>"))),
    ),
    ("bpmn/gebeurtenis-verwijzing", catch("<eventDefinitionRef>d</eventDefinitionRef>"), catch(ON_SIGNAL)),
    ("bpmn/gebeurtenis-meervoudig", catch(ON_SIGNAL + ON_MESSAGE), catch(ON_SIGNAL)),
    (
        "bpmn/gebeurtenis-meervoudig",
        diagram(around(el("intermediateCatchEvent", "c", ON_SIGNAL, parallelMultiple="true")), top=TOP),
        catch(ON_SIGNAL),
    ),
    ("bpmn/gebeurtenis", catch(""), catch(ON_MESSAGE)),
    ("bpmn/gebeurtenis", start(ON_SIGNAL), start(ON_MESSAGE)),
    ("bpmn/gebeurtenis", start(ON_FAULT), start(timer("timeDate", "2027-03-01T09:00:00+01:00"))),
    ("bpmn/gebeurtenis", boundary(""), boundary(ON_MESSAGE)),
    ("bpmn/gebeurtenis", catch("<terminateEventDefinition/>"), catch(ON_MESSAGE)),
    ("bpmn/gebeurtenis-leeg", catch("<messageEventDefinition/>"), catch(ON_MESSAGE)),
    ("bpmn/gebeurtenis-leeg", catch("<signalEventDefinition/>"), catch(ON_SIGNAL)),
    ("bpmn/gebeurtenis-leeg", boundary("<errorEventDefinition/>"), boundary(ON_FAULT)),
    ("bpmn/gebeurtenis-leeg", task("sendTask"), task("sendTask", messageRef="m1")),
    ("bpmn/gebeurtenis-leeg", task("receiveTask"), task("receiveTask", messageRef="m1")),
    ("bpmn/naam-ontbreekt", diagram(around(TASK), top="<message id='m'/>"), diagram(around(TASK), top=MESSAGE)),
    ("bpmn/naam-ontbreekt", diagram(around(TASK), top="<signal id='m'/>"), diagram(around(TASK), top=SIGNAL)),
    ("bpmn/naam-ontbreekt", diagram(around(TASK), top="<error id='m'/>"), diagram(around(TASK), top=FAULT)),
    ("bpmn/begin", start("", isInterrupting="false"), start("", isInterrupting="true")),
    ("bpmn/begin", diagram(around(SUB.replace('"is">', f'"is">{ON_MESSAGE}')), top=TOP), diagram(around(SUB))),
    ("bpmn/begin", diagram(el("userTask", "t"), el("userTask", "u"), flow("t", "u"), flow("u", "t")), GOOD),
    (
        "bpmn/begin",
        diagram(around(SUB.replace("</subProcess>", "<startEvent id='i2'/></subProcess>"))),
        diagram(around(SUB)),
    ),
    ("bpmn/timer-leeg", catch("<timerEventDefinition/>"), catch(timer("timeDuration", "PT1H"))),
    ("bpmn/timer", catch(timer("timeDuration", "morgen vroeg")), catch(timer("timeDuration", "P6W"))),
    ("bpmn/timer", catch(timer("timeDate", "9999-12-31T00:00:00Z")), catch(timer("timeDate", "2027-12-31T00:00:00Z"))),
    ("bpmn/timer", catch(timer("timeDate", "2027-03-01T09:00:00")), catch(timer("timeDate", 'termijn("inspraak")'))),
    (
        "bpmn/timer",
        boundary(timer("timeCycle", "R/PT0S"), cancelActivity="false"),
        boundary(timer("timeDuration", "PT1H")),
    ),
    (
        "bpmn/timer",
        boundary(timer("timeCycle", "R3/PT1H")),
        boundary(timer("timeCycle", "R3/PT1H"), cancelActivity="false"),
    ),
    (
        "bpmn/timer",
        catch("<timerEventDefinition><timeDuration>P1D</timeDuration><timeDate>d</timeDate></timerEventDefinition>"),
        catch("<timerEventDefinition><timeDuration>P1D</timeDuration><timeDate/></timerEventDefinition>"),
    ),
    ("bpmn/timer", catch(timer("timeDuration", "PT0S")), catch(timer("timeDuration", "PT1S"))),
    ("bpmn/timer", catch(timer("timeCycle", "R3/PT1H")), start(timer("timeCycle", "R3/PT1H"))),
    ("bpmn/rand-onderbreekt", boundary(ON_FAULT, cancelActivity="false"), boundary(ON_SIGNAL, cancelActivity="false")),
    ("bpmn/rand-ingang", boundary(ON_SIGNAL).replace("</process>", flow("s", "b") + "</process>"), boundary(ON_SIGNAL)),
    (
        "bpmn/rand-uitgang",
        diagram(around(TASK), el("boundaryEvent", "b", ON_SIGNAL, attachedToRef="t"), top=TOP),
        boundary(ON_SIGNAL),
    ),
    ("bpmn/rand-los", boundary(ON_SIGNAL).replace(' attachedToRef="t"', ""), boundary(ON_SIGNAL)),
    ("bpmn/verwijzing", boundary(ON_SIGNAL, host="s"), boundary(ON_SIGNAL)),
    # gateways
    ("bpmn/voorwaarde-ontbreekt", choice(second=None), choice(second="x = 2", default="g_e")),
    ("bpmn/voorwaarde-ontbreekt", choice(kind="inclusiveGateway"), choice(kind="inclusiveGateway", default="g_e2")),
    ("bpmn/voorwaarde-ontbreekt", choice(first="", default="g_e2"), choice(default="g_e2")),
    ("WL10", choice(second="x = 2"), choice(second="true")),
    ("WL10", choice(first="x = 1", second="x != 1"), choice(first="x = 1", default="g_e2")),
    ("bpmn/voorwaarde", choice(first="__import__('os')", default="g_e2"), choice(default="g_e2")),
    ("bpmn/voorwaarde", choice(first="x ==", default="g_e2"), choice(first="${x = 1}", default="g_e2")),
    (
        "bpmn/voorwaarde",
        choice(default="g_e2").replace("<conditionExpression>", '<conditionExpression language="urn:x/XPath">'),
        choice(default="g_e2").replace("<conditionExpression>", '<conditionExpression language="urn:x/FEEL/">'),
    ),
    (
        "bpmn/voorwaarde-plaats",
        diagram(START, TASK, END, flow("s", "t"), flow("t", "e", "x = 1")),
        GOOD,
    ),
    ("bpmn/voorwaarde-plaats", choice(kind="parallelGateway"), choice(kind="parallelGateway", first=None)),
    ("bpmn/standaard", choice(default="s_g"), choice(default="g_e2")),
    ("bpmn/standaard", task("userTask", default="t_e"), GOOD),
    ("bpmn/standaard", choice("parallelGateway", None, default="g_e"), choice("parallelGateway", None)),
    ("bpmn/keuze-uitgang", diagram(chain(START, el("exclusiveGateway", "g"))), GOOD),
    (
        "bpmn/gebeurteniskeuze",
        diagram(EVENT_CHOICE, TASK, flow("g", "t"), flow("t", "e"), top=TOP),
        diagram(EVENT_CHOICE, top=TOP),
    ),
    (
        "bpmn/gebeurteniskeuze",
        diagram(chain(START, el("eventBasedGateway", "g"), el("intermediateCatchEvent", "d", ON_SIGNAL), END), top=TOP),
        GOOD,
    ),
    (
        "bpmn/gebeurteniskeuze",
        diagram(EVENT_CHOICE, flow("s", "d"), top=TOP),
        diagram(EVENT_CHOICE, top=TOP),
    ),
    # activities
    ("wijk/operatie", task("serviceTask"), task("serviceTask", wijk("operatie", naam="inbreng_stand"))),
    (
        "wijk/operatie",
        task("serviceTask", wijk("operatie", naam="alles_wissen")),
        task("serviceTask", wijk("operatie", naam="inbreng_stand")),
    ),
    ("wijk/tabel", task("businessRuleTask"), task("businessRuleTask", wijk("tabel", besluit="d"))),
    ("bpmn/aanroep-leeg", task("callActivity"), task("callActivity", calledElement="q")),
    (
        "bpmn/meervoud",
        task(
            "sendTask",
            "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>",
            messageRef="m1",
        ),
        task("sendTask", messageRef="m1"),
    ),
    (
        "bpmn/meervoud",
        many("<loopDataInputRef>a</loopDataInputRef><loopDataOutputRef>a b</loopDataOutputRef>"),
        many("<loopDataInputRef>a</loopDataInputRef><loopDataOutputRef>b</loopDataOutputRef>"),
    ),
    ("wijk/bericht", catch_with(timer("timeDuration", "PT1H"), sleutel='"a"'), catch_with(ON_MESSAGE, sleutel='"a"')),
    (
        "wijk/bericht",
        catch_with(ON_MESSAGE, inhoud="{a: 1}"),
        task("sendTask", wijk("bericht", inhoud="{a: 1}"), messageRef="m1"),
    ),
    ("bpmn/script-leeg", task("scriptTask"), task("scriptTask", "<script>x = 1</script>")),
    (
        "bpmn/script-taal",
        task("scriptTask", "<script>x = 1</script>", scriptFormat="python"),
        task("scriptTask", "<script>x = 1</script>", scriptFormat="feel"),
    ),
    ("feel/fout", task("scriptTask", "<script>import os</script>"), task("scriptTask", "<script>x = 1 + y</script>")),
    (
        "feel/fout",
        task("userTask", wijk("taak", onderwerp="__import__('os')")),
        task("userTask", wijk("taak", onderwerp="initiatief.id")),
    ),
    (
        "feel/fout",
        task("serviceTask", wijk("operatie", '<wijk:invoer naam="a" waarde="1 +"/>', naam="inbreng_stand")),
        task("serviceTask", wijk("operatie", '<wijk:invoer naam="a" waarde="1 + 1"/>', naam="inbreng_stand")),
    ),
    (
        "feel/fout",
        many("<loopCardinality>3</loopCardinality><completionCondition>x ==</completionCondition>"),
        many("<loopDataInputRef>vragen.lijst</loopDataInputRef>"),
    ),
    ("bpmn/meervoud", many(""), many("<loopCardinality>3</loopCardinality>")),
    ("bpmn/meervoud", many("<loopCardinality>-1</loopCardinality>"), many("<loopCardinality>aantal</loopCardinality>")),
    (
        "bpmn/meervoud",
        many("<loopCardinality>1.5</loopCardinality>"),
        many("<loopDataInputRef>lijst</loopDataInputRef>"),
    ),
    (
        "bpmn/meervoud",
        many("<loopCardinality>3</loopCardinality>", behavior="One"),
        many("<loopCardinality>3</loopCardinality>", behavior="All"),
    ),
    (
        "bpmn/meervoud",
        many("<loopCardinality>3</loopCardinality>", behavior="None", noneBehaviorEventRef="x"),
        many("<loopCardinality>3</loopCardinality>", isSequential="true"),
    ),
    (
        "bpmn/meervoud",
        many("<loopCardinality>3</loopCardinality><complexBehaviorDefinition/>"),
        many("<loopCardinality>3</loopCardinality><completionCondition>x = 1</completionCondition>"),
    ),
    (
        "grens/meervoud",
        many("<loopCardinality>1000000</loopCardinality>"),
        many("<loopCardinality>1000</loopCardinality>"),
    ),
    (
        "grens/meervoud",
        many("<loopCardinality>10 ** 6</loopCardinality>"),
        many("<loopCardinality>10 ** 3</loopCardinality>"),
    ),
    (
        "wijk/notatie",
        task("userTask", wijk("taak", handeling="toveren")),
        task("userTask", wijk("taak", handeling="werk")),
    ),
    ("wijk/notatie", task("userTask", wijk("taak", stap="D19")), task("userTask", wijk("taak", stap="D18"))),
    (
        "wijk/notatie",
        task("userTask", wijk("taak", treden="overleggen")),
        task("userTask", wijk("taak", treden="adviseren")),
    ),
    ("wijk/notatie", task("userTask", wijk("taak", verzamelt="soms")), task("userTask", wijk("taak", verzamelt="ja"))),
    ("wijk/notatie", task("userTask", wijk("taak", kleur="rood")), GOOD),
    ("wijk/notatie", task("userTask", wijk("opdracht")), GOOD),
    ("wijk/notatie", task("manualTask", wijk("operatie", naam="inbreng_stand")), GOOD),
    (
        "wijk/plaats",
        task("userTask", '<wijk:taak handeling="werk"/>'),
        task("userTask", wijk("taak", handeling="werk")),
    ),
    (
        "wijk/resultaat",
        task("userTask", wijk("taak", resultaat="a-b")),
        task("userTask", wijk("taak", resultaat="a_b")),
    ),
    (
        "wijk/vier-ogen",
        task("userTask", wijk("taak", vierOgen="weg")),
        diagram(chain(START, TASK, el("userTask", "u", wijk("taak", vierOgen="t")), END)),
    ),
    (
        "wijk/vier-ogen",
        diagram(chain(START, el("userTask", "u", wijk("taak", vierOgen="t")), TASK, END)),
        diagram(chain(START, TASK, el("userTask", "u", wijk("taak", vierOgen="t")), END)),
    ),
    (
        "wijk/vier-ogen",
        diagram(chain(START, el("subProcess", "b", chain(FIRST, NEEDS)), TASK, END)),
        diagram(chain(START, TASK, el("subProcess", "b", chain(FIRST, NEEDS)), END)),
    ),
    (
        "WL01",
        task("userTask", wijk("taak", handeling="besluit")),
        task("userTask", wijk("taak", handeling="besluit", stap="D09")),
    ),
    # lanes and pools
    (
        "bpmn/baan-naam",
        diagram("<laneSet id='ls'><lane id='l'/></laneSet>", around(TASK)),
        diagram("<laneSet id='ls'><lane id='l' name='raad'/></laneSet>", around(TASK)),
    ),
    (
        "bpmn/verwijzing",
        diagram("<laneSet id='ls'><lane id='l' name='r'><flowNodeRef>weg</flowNodeRef></lane></laneSet>", around(TASK)),
        diagram("<laneSet id='ls'><lane id='l' name='r'><flowNodeRef>t</flowNodeRef></lane></laneSet>", around(TASK)),
    ),
    (
        "bpmn/baan-dubbel",
        diagram(
            "<laneSet id='ls'><lane id='l' name='r'><flowNodeRef>t</flowNodeRef></lane>",
            "<lane id='l2' name='q'><flowNodeRef>t</flowNodeRef></lane></laneSet>",
            around(TASK),
        ),
        diagram(
            "<laneSet id='ls'><lane id='l' name='r'><flowNodeRef>t</flowNodeRef><childLaneSet id='cs'>",
            "<lane id='l2' name='q'><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>",
            around(TASK),
        ),
    ),
    (
        "bpmn/berichtstroom",
        pools("q", "<messageFlow id='mf' sourceRef='t' targetRef='qt'/>"),
        pools("", "<messageFlow id='mf' sourceRef='t' targetRef='pb'/>"),
    ),
    ("bpmn/berichtstroom", pools("q", "<messageFlow id='mf' sourceRef='pa' targetRef='pb'/>"), pools("q", "")),
    ("bpmn/berichtstroom", pools("", "<messageFlow id='mf' sourceRef='t' targetRef='t'/>"), pools("q", "")),
    ("bpmn/pool-dubbel", pools("", "<participant id='pc' processRef='p'/>"), pools("", "<participant id='pc'/>")),
    (
        "bpmn/stroom-over-grens",
        diagram(
            around(SUB), chain(el("boundaryEvent", "b", ON_SIGNAL, attachedToRef="it"), el("endEvent", "e2")), top=TOP
        ),
        diagram(
            around(SUB), chain(el("boundaryEvent", "b", ON_SIGNAL, attachedToRef="t"), el("endEvent", "e2")), top=TOP
        ),
    ),
    (
        "bpmn/stroom-los",
        pools("", "<messageFlow id='mf' sourceRef='t' targetRef='weg'/>"),
        pools("", "<messageFlow id='mf' sourceRef='pb' targetRef='t'/>"),
    ),
]


@pytest.mark.parametrize(("rule", "bad", "good"), CASES, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(CASES)])
def test_what_breaks_a_rule_is_refused_by_name_and_its_neighbour_is_not(rule: str, bad: str, good: str) -> None:
    assert rule in errors_in(bad)
    assert errors_in(good) == set()


@pytest.mark.parametrize(("rule", "bad", "good"), CASES, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(CASES)])
def test_every_finding_has_a_line_and_one_dutch_sentence(rule: str, bad: str, good: str) -> None:
    findings = found_in(bad)
    assert all(finding.line and finding.sentence.endswith((".", "!")) for finding in findings)
    assert [finding.line or 0 for finding in findings] == sorted(finding.line or 0 for finding in findings)


def test_a_duplicate_id_names_both_lines() -> None:
    text = diagram(around(TASK), "\n\n", el("userTask", "t"))
    (finding,) = [finding for finding in found_in(text) if finding.rule == "bpmn/id-dubbel"]
    first, second = (number for number, line in enumerate(text.split("\n"), 1) if 'id="t"' in line)
    assert f"regel {first} " in finding.sentence
    assert f"regel {second};" in finding.sentence
    assert finding.line == second


def test_the_sentence_names_the_element_as_the_designer_does() -> None:
    text = diagram(around(el("userTask", "t", name="Wijkagenda vaststellen", isForCompensation="true")))
    (finding,) = found_in(text)
    assert finding.element == "t"
    assert finding.name == "Wijkagenda vaststellen"
    assert "Taak 'Wijkagenda vaststellen'" in finding.sentence


def test_all_findings_come_at_once() -> None:
    text = diagram(chain(START, el("complexGateway", "g"), el("callActivity", "c"), el("scriptTask", "x"), END))
    assert {"bpmn/complex-punt", "bpmn/aanroep-leeg", "bpmn/script-leeg"} <= errors_in(text)


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        ("<dataObject id='d'/><dataObjectReference id='dr' dataObjectRef='d'/>", "bpmn/gegevens"),
        ("<ioSpecification id='i'><dataInput id='di'/><inputSet/><outputSet/></ioSpecification>", "bpmn/gegevens"),
        ("<dataObjectReference id='dr' dataObjectRef='weg'/>", "bpmn/verwijzing"),
    ],
)
def test_data_is_accepted_as_documentation_but_not_in_silence(inner: str, rule: str) -> None:
    text = diagram(around(TASK), inner)
    assert errors_in(text) == set()
    assert rule in {finding.rule for finding in found_in(text)}


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        (task("task"), "bpmn/taak-zonder-soort", "waarschuwing"),
        (diagram(around(TASK), top='<process id="q"/>'), "bpmn/leeg-proces", "info"),
        (choice("exclusiveGateway", "x = 1", "x = 2", default="g_e2"), "bpmn/standaard", "waarschuwing"),
        (diagram(around(TASK), top="<interface id='i' name='web'/>"), "bpmn/documentatie", "info"),
        (diagram(around(TASK), flow("t", "e").replace("t_e", "nog_een")), "bpmn/splitsing", "info"),
        (diagram(around(TASK), flow("s", "t").replace("s_t", "nog_een")), "bpmn/samenkomst", "info"),
    ],
)
def test_what_runs_otherwise_than_some_expect_is_said_and_does_not_block(text: str, rule: str, severity: str) -> None:
    assert errors_in(text) == set()
    assert (rule, severity) in {(finding.rule, finding.severity.value) for finding in found_in(text)}


@pytest.mark.parametrize(
    "inner",
    [
        "<textAnnotation id='a'><text>let op</text></textAnnotation><association id='as' sourceRef='a' targetRef='t'/>",
        "<group id='gr'/>",
        "<extensionElements><x:panel kleur='groen'/></extensionElements>",
        "<documentation>Lees <userTask>dit</userTask></documentation>",
    ],
)
def test_drawing_and_the_extensions_of_others_are_accepted_without_a_word(inner: str) -> None:
    assert found_in(diagram(inner, around(TASK))) == ()


def test_a_candidate_group_of_another_tool_is_mentioned_because_it_does_nothing_here() -> None:
    text = diagram(around(el("userTask", "t", **{"x:candidateGroups": "raad"})))
    assert [(finding.rule, finding.severity.value) for finding in found_in(text)] == [
        ("bpmn/toewijzing", "waarschuwing")
    ]


def test_an_unknown_attribute_is_mentioned() -> None:
    assert [finding.rule for finding in found_in(task("userTask", top="", kleur="rood"))] == ["bpmn/kenmerk"]


def test_more_flow_nodes_than_the_limit_are_refused() -> None:
    assert "grens/stappen" in errors_in(diagram(*(el("userTask", f"t{number}") for number in range(2001))))


def test_comments_in_the_tree_do_no_harm() -> None:
    assert errors_in(diagram("<!-- a -->", around(TASK), "<?php echo 1 ?>")) == set()
