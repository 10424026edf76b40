"""The signs of BPMN as paths: what kind of task it is, what an event waits for, how a gateway chooses, what repeats."""

from __future__ import annotations

from collections.abc import Mapping

# In the corner of a task, in 16 by 16.
TASKS: Mapping[str, str] = {
    "userTask": "M5 5.5a3 3 0 1 0 6 0a3 3 0 1 0-6 0M2 15v-2q0-3.5 3.5-3.5h5q3.5 0 3.5 3.5v2z",
    "manualTask": "M2 13V7l4-4 1.5 1-2 3H14v1.6H8.5H15v1.7H8.5h5.5V12H8.5h4v1.5z",
    "serviceTask": "M5.5 8a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M8 1v3.5M8 11.5V15M1 8h3.5M11.5 8H15"
    "M3 3l2.5 2.5M10.5 10.5L13 13M13 3l-2.5 2.5M5.5 10.5L3 13",
    "scriptTask": "M4 1.5h9q-3 3.5 0 6.5t0 6.5H3.5q3-3.5 0-6.5T4 1.5M6 5h5M6 8h5M6.5 11h5",
    "businessRuleTask": "M1.5 2.5h13v11h-13zM1.5 6h13M1.5 9.700h13M5.5 6v7.5",
    "sendTask": "M1.5 3.5h13v9.5h-13zM1.5 3.5l6.5 5.5 6.5-5.5",
    "receiveTask": "M1.5 3.5h13v9.5h-13zM1.5 3.5l6.5 5.5 6.5-5.5",
}  # fmt: skip

# In the middle of an event, around (0, 0).
EVENTS: Mapping[str, str] = {
    "message": "M-8-5.5h16v11h-16zM-8-5.5l8 6 8-6",
    "timer": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M0-6v6l4 2.5M0-9v2M0 9v-2M9 0h-2M-9 0h2",
    "signal": "M0-8l8 13.5h-16z",
    "error": "M-7 7l3-13 5 7 6-9-3 14-5-7z",
    "escalation": "M0-8l6 15-6-6-6 6z",
    "terminate": "M-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0-19 0",
    "conditional": "M-6-8h12v16h-12zM-4-4.5h8M-4-1.5h8M-4 1.5h8M-4 4.5h8",
    "link": "M-8-3h8v-4l8 7-8 7v-4h-8z",
    "compensate": "M0-6v12l-8-6zM8-6v12l-8-6z",
    "cancel": "M-7-5l2-2 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5z",
    "multiple": "M0-8l8 6-3 9h-10l-3-9z",
}

# In the middle of a gateway, around (0, 0).
GATEWAYS: Mapping[str, str] = {
    "exclusiveGateway": "M-7-8l14 16M7-8l-14 16",
    "parallelGateway": "M0-11v22M-11 0h22",
    "inclusiveGateway": "M-10 0a10 10 0 1 0 20 0a10 10 0 1 0-20 0",
    "complexGateway": "M0-11v22M-11 0h22M-8-8l16 16M8-8l-16 16",
    "eventBasedGateway": "M-13 0a13 13 0 1 0 26 0a13 13 0 1 0-26 0M-10 0a10 10 0 1 0 20 0a10 10 0 1 0-20 0"
    "M0-6l6 4.5-2.5 7h-7l-2.5-7z",
}
THICK = frozenset({"exclusiveGateway", "parallelGateway", "complexGateway", "inclusiveGateway"})

# At the foot of an activity, around (0, 0).
FEET: Mapping[str, str] = {
    "parallel": "M-4-5v10M0-5v10M4-5v10",
    "sequential": "M-5-4h10M-5 0h10M-5 4h10",
    "loop": "M-2 4.5a5 5 0 1 1 4 0M2 4.5l1-3.5M2 4.5l3.5.5",
    "folded": "M-6-6h12v12h-12zM0-4v8M-4 0h8",
    "adHoc": "M-5 1q2.5-5 5 0t5 0",
}

# What a mark says, around (0, 0), so that no mark rests on its colour alone.
MARKS: Mapping[str, str] = {
    "geweest": "M-5 0l3.5 4 6.5-8",
    "te-laat": "M0-6v7M0 4v1.5",
    "fout": "M-4-4l8 8M4-4l-8 8",
    "waarschuwing": "M0-6v7M0 4v1.5",
}
