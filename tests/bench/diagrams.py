"""The small diagrams that the benchmark runs: user tasks in a row and a loop of one, with a form of three fields."""

from __future__ import annotations

import json
from itertools import pairwise

from engine.terms import Json

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wijk="https://wijkcyclus.nl/schema/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
GROUP = "wijkcoordinator"
FORM = "meting"
VALUES: dict[str, Json] = {
    "toelichting": "Gesproken met de bewoners van de Bosboom; verslag volgt.",
    "aantal": 42,
    "keuze": "ja",
}


def form() -> bytes:
    """A form-js form of three fields: free text (sealed), a number and a choice."""
    options = [{"label": "Ja", "value": "ja"}, {"label": "Nee", "value": "nee"}]
    components = [
        {
            "type": "textarea",
            "key": "toelichting",
            "id": "Veld_1",
            "label": "Toelichting",
            "validate": {"required": True},
        },
        {"type": "number", "key": "aantal", "id": "Veld_2", "label": "Aantal", "decimalDigits": 0},
        {"type": "select", "key": "keuze", "id": "Veld_3", "label": "Klaar", "values": options},
    ]
    document = {"type": "default", "id": FORM, "schemaVersion": 18, "components": components}
    return json.dumps(document, indent=2).encode()


def _task(number: int) -> str:
    return (
        f'<bpmn:userTask id="taak_{number}" name="Taak {number}"><bpmn:extensionElements>'
        f'<wijk:taak handeling="werk" formulier="{FORM}"/></bpmn:extensionElements></bpmn:userTask>'
    )


def _flow(number: int, source: str, target: str, condition: str = "") -> str:
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="stroom_{number}" sourceRef="{source}" targetRef="{target}">'
        f"{inner if condition else ''}</bpmn:sequenceFlow>"
    )


def _process(process: str, nodes: dict[str, str], flows: list[str]) -> bytes:
    members = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions {NAMESPACES} id="bestand_{process}" '
        f'targetNamespace="https://wijkcyclus.nl/meting">\n<bpmn:process id="{process}" name="{process}" '
        f'isExecutable="true"><bpmn:laneSet id="banen"><bpmn:lane id="baan" name="{GROUP}">{members}</bpmn:lane>'
        f"</bpmn:laneSet>\n" + "\n".join([*nodes.values(), *flows]) + "\n</bpmn:process></bpmn:definitions>\n"
    ).encode()


def row(process: str, length: int) -> bytes:
    """start -> taak_1 -> ... -> taak_n -> end."""
    nodes = {"begin": '<bpmn:startEvent id="begin"/>'}
    nodes |= {f"taak_{number}": _task(number) for number in range(1, length + 1)}
    nodes["einde"] = '<bpmn:endEvent id="einde"/>'
    names = list(nodes)
    flows = [_flow(n, a, b) for n, (a, b) in enumerate(pairwise(names), 1)]
    return _process(process, nodes, flows)


def loop(process: str) -> bytes:
    """start -> <merge> -> taak_1 -> <again?> -> end, back to the merge unless the case's own data says `klaar`."""
    nodes = {
        "begin": '<bpmn:startEvent id="begin"/>',
        "samen": '<bpmn:exclusiveGateway id="samen"/>',
        "taak_1": _task(1),
        "opnieuw": '<bpmn:exclusiveGateway id="opnieuw" name="Nog eens?" default="stroom_4"/>',
        "einde": '<bpmn:endEvent id="einde"/>',
    }
    flows = [
        _flow(1, "begin", "samen"),
        _flow(2, "samen", "taak_1"),
        _flow(3, "taak_1", "opnieuw"),
        _flow(4, "opnieuw", "samen"),
        _flow(5, "opnieuw", "einde", 'taak_1.keuze = "nee"'),
    ]
    return _process(process, nodes, flows)


def files() -> dict[str, bytes]:
    """The benchmark's family, next to the city's own data."""
    return {
        "meting.form": form(),
        "rij_5.bpmn": row("rij_5", 5),
        "rij_10.bpmn": row("rij_10", 10),
        "rij_200.bpmn": row("rij_200", 200),
        "lus.bpmn": loop("lus"),
    }
