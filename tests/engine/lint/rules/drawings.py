"""Drawings for the rules for designers: tasks by act and step, forms by their fields, and what a rule finds in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.terms import Finding
from tests.engine.bpmn import boundary, call, el, end, process, start, timer, user, wijk
from tests.engine.families import PROCESSES, reading

TABLES = {name: (PROCESSES / "gedeeld" / name).read_bytes() for name in ("bewaartermijn.dmn", "publicatieplicht.dmn")}
Fields = Mapping[str, Any]


def form(ident: str, fields: Fields) -> dict[str, bytes]:
    """A form file: a field is None (text), a list of choices, a list of rows with fields, or a component."""
    content = {"type": "default", "id": ident, "components": [_component(name, one) for name, one in fields.items()]}
    return {f"{ident}.form": json.dumps(content).encode()}


def _component(name: str, one: Any) -> dict[str, Any]:
    if isinstance(one, Mapping) and "type" in one:
        return {"key": name, **one}
    if isinstance(one, Mapping):
        return {"type": "dynamiclist", "path": name, "components": [_component(*inner) for inner in one.items()]}
    if isinstance(one, list):
        return {"type": "select", "key": name, "values": [{"label": value, "value": value} for value in one]}
    return {"type": "textfield", "key": name}


def task(ident: str, handeling: str = "werk", inner: str = "", **attributes: str) -> str:
    """A human task with this act; `inner` comes after its extension."""
    return user(ident, wijk("taak", handeling=handeling, **attributes) + inner)


def publish(ident: str, product: str = "wijkagenda", **attributes: str) -> str:
    return task(ident, "publicatie", product=product, **attributes)


def frame(step: str, ident: str = "kader") -> tuple[str, str]:
    """The frame of a step and its publication: `kader > kader_uit`."""
    return task(ident, "kader", stap=step), publish(f"{ident}_uit", "participatiekader")


def phase(ident: str, called: str, name: str) -> str:
    return call(ident, called, wijk("fase", naam=name))


def line(ident: str, *steps: str, lanes: Mapping[str, str] = {}) -> str:
    """A process with these steps in a row, between a start and an end."""
    names = [one.split('id="', 1)[1].split('"', 1)[0] for one in steps]
    begin, last = f"s_{ident}", f"e_{ident}"
    return process(ident, start(begin), *steps, end(last), flow=" > ".join((begin, *names, last)), lanes=lanes)


def stand(ident: str, step: str, operation: str = "inbreng_stand", result: str = "stand") -> str:
    """A count of what is open at this step."""
    given = f'<wijk:invoer naam="stap" waarde="&quot;{step}&quot;"/>'
    return el("serviceTask", ident, wijk("operatie", given, naam=operation, resultaat=result))


def own_timer(host: str, term: str, ident: str = "dicht", **how: Any) -> str:
    return boundary(ident, host, timer(f'termijn("{term}")', "timeDate"), **how)


def found(rule: str, *processes: str, files: Mapping[str, bytes] = {}) -> list[Finding]:
    """What this rule finds in these processes, with the roles, rights, terms and classes of Delft."""
    read = reading(*processes, files={**TABLES, **files})
    return [one for one in read.findings if one.rule == rule]


def where(rule: str, *processes: str, files: Mapping[str, bytes] = {}) -> list[str | None]:
    """The elements at which this rule finds something."""
    return [one.element for one in found(rule, *processes, files=files)]
