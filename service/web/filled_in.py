"""What a browser sends of a form, as the values that the form judges: without scripts, rows come and go by buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.terms import Json, Values
from service.faults import Fault, Malformed
from service.fields import MAX_ROWS, Component
from service.forms import CONTAINERS, DISPLAYED, Place
from service.web.controls import is_hidden

ROWS = "[]"  # after the path of a list: how many rows the page showed
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_STEP = re.compile(r"([a-z][a-z0-9_]*)|\[([0-9]{1,3})\]")

Posted = MultiDict[str, str]


def read(form: Values, posted: Posted) -> dict[str, Json]:
    """The values of the fields of this form (form-js); a field that is left empty is not there."""
    return dict(_level(form, posted, ""))


def finished(values: Values, places: Sequence[Place], context: Values | None = None) -> dict[str, Json]:
    """The values as they are sent in: without what a condition hides now, and without rows that were left empty."""
    around = values if context is None else {**context, **values}
    found: dict[str, Json] = {}
    known = {place.key: place for place in places}
    for key, value in values.items():
        place = known[key]
        if is_hidden(place, around):
            continue
        if isinstance(value, list) and place.repeats:
            rows = [finished(row, place.places, around) for row in value if isinstance(row, dict)]
            value = [row for row in rows if not _is_blank(row)]
        elif isinstance(value, dict):
            value = finished(value, place.places, around)
        if place.is_required or not _is_blank(value) or isinstance(value, bool):
            found[key] = value
    return found


def with_row(values: dict[str, Json], path: str) -> dict[str, Json]:
    """The values with one empty row more in the list at this path."""
    holder, key = _holder(values, path)
    rows = holder.get(key) if isinstance(holder, dict) and isinstance(key, str) else None
    if isinstance(holder, dict) and isinstance(key, str) and not isinstance(rows, list):
        rows = holder[key] = []
    if not isinstance(rows, list):
        raise _no_such(path)
    if len(rows) < MAX_ROWS:
        rows.append({})
    return values


def without_row(values: dict[str, Json], path: str) -> dict[str, Json]:
    """The values without the row at this path."""
    holder, number = _holder(values, path)
    if not isinstance(holder, list) or not isinstance(number, int) or number >= len(holder):
        raise _no_such(path)
    del holder[number]
    return values


def _holder(values: dict[str, Json], path: str) -> tuple[Json, str | int]:
    steps: list[str | int] = [name or int(number) for name, number in _STEP.findall(path)]
    if not steps:
        raise _no_such(path)
    here: Any = values
    for step in steps[:-1]:
        if isinstance(here, dict) and isinstance(step, str):
            here = here.setdefault(step, {})
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            raise _no_such(path)
    return here, steps[-1]


def _no_such(path: str) -> Malformed:
    return Malformed((Fault("doe", f"Dit formulier heeft geen lijst '{path[:80]}'."),))


def _level(holder: Values, posted: Posted, path: str) -> Iterator[tuple[str, Json]]:
    components = holder.get("components")
    for raw in components if isinstance(components, list) else ():
        if not isinstance(raw, dict) or raw.get("type") in DISPLAYED:
            continue
        if raw.get("type") == "group" and not raw.get("path"):
            yield from _level(raw, posted, path)
            continue
        component = Component.of(raw, "path" if raw.get("type") in CONTAINERS else "key")
        here = f"{path}.{component.key}" if path else component.key
        value = _value(component, posted, here)
        if value is not None:
            yield component.key, value


def _value(component: Component, posted: Posted, here: str) -> Json:
    if component.kind == "group":
        return dict(_level(component.raw, posted, here))
    if component.kind == "dynamiclist":
        shown = posted.get(f"{here}{ROWS}", "0")
        if not shown.isascii() or not shown.isdigit() or len(shown) > 3 or int(shown) > MAX_ROWS:
            raise Malformed((Fault(here, f"{component.label}: geef ten hoogste {MAX_ROWS} regels"),))
        return [dict(_level(component.raw, posted, f"{here}[{number}]")) for number in range(int(shown))]
    if component.kind == "checkbox":
        return here in posted
    if component.kind == "checklist":
        return list(posted.getlist(here)) or None
    text = posted.get(here, "").replace("\r\n", "\n")
    if component.kind == "number" and _NUMBER.fullmatch(text.strip()):
        return int(text)
    return text if text.strip() else None


def _is_blank(value: Json) -> bool:
    if isinstance(value, Mapping):
        return all(_is_blank(one) for one in value.values())
    return value is None or value is False or value == "" or value == []
