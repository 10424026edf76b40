"""What is known of BPMN 2.0 and of the `wijk:` notation, as data: what runs, what is documentation, what is refused.

The list is positive: what stands in none of these tables is refused as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.sentences import Sentence

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
WIJK = "https://wijkcyclus.nl/schema/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

HUMAN_TASKS = frozenset({"task", "userTask", "manualTask"})
TASKS = HUMAN_TASKS | {"serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY | {"implicitThrowEvent", "event"}
SCOPES = SUBPROCESSES | {"process"}

EVENT_DEFINITIONS = frozenset(
    {
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "terminateEventDefinition",
        "linkEventDefinition",
        "compensateEventDefinition",
        "conditionalEventDefinition",
        "escalationEventDefinition",
        "cancelEventDefinition",
    }
)

DUTCH: Mapping[str, str] = {
    "task": "Taak",
    "userTask": "Taak",
    "manualTask": "Taak",
    "serviceTask": "Servicetaak",
    "scriptTask": "Scripttaak",
    "businessRuleTask": "Regeltaak",
    "sendTask": "Verzendtaak",
    "receiveTask": "Ontvangsttaak",
    "callActivity": "Aanroep",
    "subProcess": "Deelproces",
    "transaction": "Transactie",
    "adHocSubProcess": "Ad-hoc-deelproces",
    "process": "Proces",
    "exclusiveGateway": "Keuzepunt",
    "inclusiveGateway": "Meervoudig keuzepunt",
    "parallelGateway": "Parallel punt",
    "eventBasedGateway": "Gebeurteniskeuze",
    "complexGateway": "Complex punt",
    "startEvent": "Begin",
    "endEvent": "Einde",
    "intermediateCatchEvent": "Gebeurtenis",
    "intermediateThrowEvent": "Gebeurtenis",
    "boundaryEvent": "Randgebeurtenis",
    "sequenceFlow": "Stroom",
    "messageFlow": "Berichtstroom",
    "lane": "Baan",
    "participant": "Pool",
    "message": "Bericht",
    "signal": "Signaal",
    "error": "Fout",
}

# What never runs here: element -> (rule, what is wrong and what to do). The sentence is preceded by the element's name.
REFUSED: Mapping[str, tuple[str, Sentence]] = {
    "complexGateway": (
        "bpmn/complex-punt",
        Sentence("wordt niet uitgevoerd; gebruik een keuzepunt of een parallel punt"),
    ),
    "transaction": ("bpmn/transactie", Sentence("wordt niet uitgevoerd; gebruik een gewoon deelproces")),
    "adHocSubProcess": ("bpmn/ad-hoc", Sentence("wordt niet uitgevoerd; teken de volgorde uit of gebruik losse zaken")),
    "choreographyTask": ("bpmn/choreografie", Sentence("hoort bij een choreografie; die wordt niet uitgevoerd")),
    "subChoreography": ("bpmn/choreografie", Sentence("hoort bij een choreografie; die wordt niet uitgevoerd")),
    "callChoreography": ("bpmn/choreografie", Sentence("hoort bij een choreografie; die wordt niet uitgevoerd")),
    "choreography": ("bpmn/choreografie", Sentence("is een choreografie; die wordt niet uitgevoerd, teken een proces")),
    "globalChoreographyTask": (
        "bpmn/choreografie",
        Sentence("is een choreografie; die wordt niet uitgevoerd, teken een proces"),
    ),
    "choreographyRef": ("bpmn/choreografie", Sentence("verwijst naar een choreografie; die wordt niet uitgevoerd")),
    "conversation": (
        "bpmn/conversatie",
        Sentence("is een conversatie; die wordt niet uitgevoerd, teken berichtstromen"),
    ),
    "subConversation": (
        "bpmn/conversatie",
        Sentence("is een conversatie; die wordt niet uitgevoerd, teken berichtstromen"),
    ),
    "callConversation": (
        "bpmn/conversatie",
        Sentence("is een conversatie; die wordt niet uitgevoerd, teken berichtstromen"),
    ),
    "globalConversation": (
        "bpmn/conversatie",
        Sentence("is een conversatie; die wordt niet uitgevoerd, teken berichtstromen"),
    ),
    "conversationLink": ("bpmn/conversatie", Sentence("hoort bij een conversatie; die wordt niet uitgevoerd")),
    "conversationAssociation": ("bpmn/conversatie", Sentence("hoort bij een conversatie; die wordt niet uitgevoerd")),
    "participantMultiplicity": ("bpmn/pool-meervoud", Sentence("maakt een pool meervoudig; dat wordt niet uitgevoerd")),
    "globalTask": ("bpmn/globale-taak", Sentence("is een globale taak; zet de taak in een proces")),
    "globalUserTask": ("bpmn/globale-taak", Sentence("is een globale taak; zet de taak in een proces")),
    "globalManualTask": ("bpmn/globale-taak", Sentence("is een globale taak; zet de taak in een proces")),
    "globalScriptTask": ("bpmn/globale-taak", Sentence("is een globale taak; zet de taak in een proces")),
    "globalBusinessRuleTask": ("bpmn/globale-taak", Sentence("is een globale taak; zet de taak in een proces")),
    "implicitThrowEvent": ("bpmn/onbekend", Sentence("is geen gebeurtenis die wordt uitgevoerd")),
    "event": ("bpmn/onbekend", Sentence("is geen gebeurtenis die wordt uitgevoerd")),
    "standardLoopCharacteristics": ("bpmn/herhaling", Sentence("herhaalt een taak; teken een lus met een keuzepunt")),
    "complexBehaviorDefinition": (
        "bpmn/meervoud",
        Sentence("geeft een meervoudige taak eigen gedrag; dat wordt niet uitgevoerd"),
    ),
    "eventDefinitionRef": (
        "bpmn/gebeurtenis-verwijzing",
        Sentence("verwijst naar een gebeurtenis elders; zet de timer, het bericht of het signaal in het element zelf"),
    ),
    "correlationKey": ("bpmn/correlatie", Sentence('wordt niet gelezen; zet de sleutel in wijk:bericht sleutel="..."')),
    "correlationProperty": (
        "bpmn/correlatie",
        Sentence('wordt niet gelezen; zet de sleutel in wijk:bericht sleutel="..."'),
    ),
    "correlationSubscription": (
        "bpmn/correlatie",
        Sentence('wordt niet gelezen; zet de sleutel in wijk:bericht sleutel="..."'),
    ),
    "potentialOwner": ("bpmn/toewijzing", Sentence("wijst werk toe; dat wordt niet gelezen, zet de taak in een baan")),
    "humanPerformer": ("bpmn/toewijzing", Sentence("wijst werk toe; dat wordt niet gelezen, zet de taak in een baan")),
    "performer": ("bpmn/toewijzing", Sentence("wijst werk toe; dat wordt niet gelezen, zet de taak in een baan")),
    "resourceRole": ("bpmn/toewijzing", Sentence("wijst werk toe; dat wordt niet gelezen, zet de taak in een baan")),
}

# Event definitions that never run here.
REFUSED_EVENTS: Mapping[str, tuple[str, Sentence]] = {
    "linkEventDefinition": ("bpmn/koppeling", Sentence("is een koppelgebeurtenis; teken de stroom door")),
    "compensateEventDefinition": (
        "bpmn/compensatie",
        Sentence("is compensatie; die wordt niet uitgevoerd, teken het herstel"),
    ),
    "conditionalEventDefinition": (
        "bpmn/voorwaardegebeurtenis",
        Sentence("wacht op een voorwaarde; dat wordt niet uitgevoerd, gebruik een bericht of een keuzepunt"),
    ),
    "escalationEventDefinition": ("bpmn/escalatie", Sentence("is een escalatie; gebruik een bericht of een timer")),
    "cancelEventDefinition": ("bpmn/annulering", Sentence("annuleert een transactie; die wordt niet uitgevoerd")),
}

# Event definitions that run, by the kind of event ("" is an event without a definition).
RUNNING_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"", "messageEventDefinition", "timerEventDefinition"}),
    "intermediateCatchEvent": frozenset({"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"}),
    "intermediateThrowEvent": frozenset({"", "messageEventDefinition", "signalEventDefinition"}),
    "endEvent": frozenset(
        {
            "",
            "messageEventDefinition",
            "signalEventDefinition",
            "errorEventDefinition",
            "terminateEventDefinition",
        }
    ),
    "boundaryEvent": frozenset(
        {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "errorEventDefinition"}
    ),
}

# Data and services: kept and shown, never executed.
DATA = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStore",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "ioBinding",
        "property",
    }
)
DOCUMENTATION = DATA | {
    "auditing",
    "endPoint",
    "escalation",
    "import",
    "interface",
    "monitoring",
    "partnerEntity",
    "partnerRole",
    "relationship",
    "rendering",
    "resource",
    "supports",
}

# Accepted without a word: drawing, text and the parts of what was judged already.
SILENT = frozenset(
    {
        "artifact",
        "association",
        "category",
        "categoryValue",
        "categoryValueRef",
        "childLaneSet",
        "collaboration",
        "completionCondition",
        "conditionExpression",
        "definitions",
        "documentation",
        "error",
        "extension",
        "extensionElements",
        "flowNodeRef",
        "group",
        "incoming",
        "inputDataItem",
        "interfaceRef",
        "itemDefinition",
        "lane",
        "laneSet",
        "loopCardinality",
        "loopDataInputRef",
        "loopDataOutputRef",
        "message",
        "messageFlow",
        "messageFlowAssociation",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "outputDataItem",
        "participant",
        "participantAssociation",
        "partitionElement",
        "process",
        "script",
        "sequenceFlow",
        "signal",
        "text",
        "textAnnotation",
        "timeCycle",
        "timeDate",
        "timeDuration",
    }
)

# What is text or extension: nothing in it is BPMN, whatever its namespace says.
OPAQUE = frozenset({"conditionExpression", "documentation", "extension", "extensionElements", "script", "text"})

_EVENT_PARENTS = EVENTS | {"definitions"}
# Where an element may stand; elsewhere it would be skipped without a word.
PARENTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(FLOW_NODES - CHOREOGRAPHY, SCOPES),
    "sequenceFlow": SCOPES,
    "laneSet": SCOPES,
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
    "flowNodeRef": frozenset({"lane"}),
    **dict.fromkeys(EVENT_DEFINITIONS, _EVENT_PARENTS),
    "conditionExpression": frozenset({"sequenceFlow"}),
    "multiInstanceLoopCharacteristics": ACTIVITIES,
    "loopCardinality": frozenset({"multiInstanceLoopCharacteristics"}),
    "loopDataInputRef": frozenset({"multiInstanceLoopCharacteristics"}),
    "inputDataItem": frozenset({"multiInstanceLoopCharacteristics"}),
    "loopDataOutputRef": frozenset({"multiInstanceLoopCharacteristics"}),
    "outputDataItem": frozenset({"multiInstanceLoopCharacteristics"}),
    "completionCondition": frozenset({"multiInstanceLoopCharacteristics"}),
    "script": frozenset({"scriptTask"}),
    **{kind: frozenset({"timerEventDefinition"}) for kind in ("timeDate", "timeDuration", "timeCycle")},
    **{kind: frozenset({"definitions"}) for kind in ("process", "collaboration", "message", "signal", "error")},
    "participant": frozenset({"collaboration"}),
    "messageFlow": frozenset({"collaboration"}),
}

_ACTIVITY = frozenset({"isForCompensation", "startQuantity", "completionQuantity", "default"})
_TASK = _ACTIVITY | {"implementation", "operationRef"}
_CATCH = frozenset({"parallelMultiple"})
_SUBPROCESS = _ACTIVITY | {"triggeredByEvent"}
# The plain attributes that an element may carry beside id and name.
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "process": frozenset({"isExecutable", "processType", "isClosed", "definitionalCollaborationRef"}),
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "userTask": _TASK,
    "serviceTask": _TASK,
    "businessRuleTask": _TASK,
    "sendTask": _TASK | {"messageRef"},
    "receiveTask": _TASK | {"messageRef", "instantiate"},
    "scriptTask": _ACTIVITY | {"scriptFormat"},
    "callActivity": _ACTIVITY | {"calledElement"},
    "subProcess": _SUBPROCESS,
    "transaction": _SUBPROCESS | {"method"},
    "adHocSubProcess": _SUBPROCESS | {"ordering", "cancelRemainingInstances"},
    "exclusiveGateway": frozenset({"gatewayDirection", "default"}),
    "inclusiveGateway": frozenset({"gatewayDirection", "default"}),
    "complexGateway": frozenset({"gatewayDirection", "default"}),
    "parallelGateway": frozenset({"gatewayDirection"}),
    "eventBasedGateway": frozenset({"gatewayDirection", "instantiate", "eventGatewayType"}),
    "startEvent": _CATCH | {"isInterrupting"},
    "intermediateCatchEvent": _CATCH,
    "intermediateThrowEvent": frozenset(),
    "endEvent": frozenset(),
    "boundaryEvent": _CATCH | {"attachedToRef", "cancelActivity"},
    "sequenceFlow": frozenset({"sourceRef", "targetRef", "isImmediate"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {"isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"}
    ),
    "messageEventDefinition": frozenset({"messageRef"}),
    "signalEventDefinition": frozenset({"signalRef"}),
    "errorEventDefinition": frozenset({"errorRef"}),
    "timerEventDefinition": frozenset(),
    "terminateEventDefinition": frozenset(),
    "lane": frozenset({"partitionElementRef"}),
    "participant": frozenset({"processRef"}),
    "messageFlow": frozenset({"sourceRef", "targetRef", "messageRef"}),
    "message": frozenset({"itemRef"}),
    "signal": frozenset({"structureRef"}),
    "error": frozenset({"errorCode", "structureRef"}),
}
