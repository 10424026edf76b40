"""A form on a page: what is drawn for each part of a form-js file, with what was filled in and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.terms import Json, Values
from service.faults import Fault
from service.fields import MAX_ROWS, Component
from service.forms import CONTAINERS, DISPLAYED, Place

_WITHIN = "gegevens."


@dataclass(frozen=True, slots=True)
class Control:
    """One part of a form on a page; `name` is its path (`onderdelen[0].bedrag`), as faults name it too."""

    kind: str
    name: str
    label: str
    help: str = ""
    is_required: bool = False
    is_amount: bool = False
    value: Json = None
    options: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()
    parts: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()

    @property
    def id(self) -> str:
        """What a link to it names."""
        return f"veld-{self.name.replace('[', '-').replace('].', '-').replace('.', '-').rstrip(']')}"


class Drawing:
    """Draws the controls of one form, for one filling in of it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """`faults` as `cases.complete` raises them, each with the path of its field."""
        self._faults: dict[str, list[str]] = {}
        for fault in faults:
            self._faults.setdefault(fault.field.removeprefix(_WITHIN), []).append(fault.message)

    def level(
        self, holder: Values, places: Sequence[Place], values: Values, context: Values, path: str = ""
    ) -> Iterator[Control]:
        """The controls of the form, a group or a row; what a condition hides now is left out."""
        known = {place.key: place for place in places}
        components = holder.get("components")
        for raw in components if isinstance(components, list) else ():
            if not isinstance(raw, dict):
                continue
            if raw.get("type") == "text":
                yield from _told(str(raw.get("text") or ""))
            elif raw.get("type") == "group" and not raw.get("path"):
                parts = tuple(self.level(raw, places, values, context, path))
                if parts:
                    yield Control("groep", "", str(raw.get("label") or ""), parts=parts)
            elif raw.get("type") not in DISPLAYED:
                component = Component.of(raw, "path" if raw.get("type") in CONTAINERS else "key")
                place = known[component.key]
                if not is_hidden(place, context):
                    here = f"{path}.{component.key}" if path else component.key
                    yield self._control(component, place, values.get(component.key), context, here)

    def _control(self, component: Component, place: Place, value: Json, context: Values, here: str) -> Control:
        parts: tuple[Control, ...] = ()
        rows: tuple[tuple[Control, ...], ...] = ()
        if component.kind == "group":
            inner = value if isinstance(value, dict) else {}
            parts = tuple(self.level(component.raw, place.places, inner, {**context, **inner}, here))
        elif component.kind == "dynamiclist":
            given = value if isinstance(value, list) else [{}] if component.is_required and value is None else []
            rows = tuple(
                tuple(self.level(component.raw, place.places, row, {**context, **row}, f"{here}[{number}]"))
                for number, row in enumerate(given[:MAX_ROWS])
                if isinstance(row, dict)
            )
        return Control(
            component.kind,
            here,
            component.label,
            help=str(component.raw.get("description") or ""),
            is_required=component.is_required,
            is_amount=component.is_amount,
            value=value,
            options=_options(component),
            faults=tuple(self._faults.get(here, ())),
            parts=parts,
            rows=rows,
        )


def is_hidden(place: Place, context: Values) -> bool:
    """Whether the condition on it says that it does not exist for what is filled in now."""
    return place.hide is not None and place.hide(context) is True


def fault_links(faults: Sequence[Fault], controls: Sequence[Control]) -> list[tuple[str, str]]:
    """Each fault with the id of the field to mend; of one without a field of its own, of what it stands in."""
    ids = {control.name: control.id for control in _all(controls) if control.name}
    return [(_nearest(fault.field.removeprefix(_WITHIN), ids), fault.message) for fault in faults]


def _nearest(path: str, ids: Mapping[str, str]) -> str:
    while path and path not in ids:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return ids.get(path, "formulier")


def _all(controls: Sequence[Control]) -> Iterator[Control]:
    for control in controls:
        yield control
        yield from _all(control.parts)
        for row in control.rows:
            yield from _all(row)


def _told(text: str) -> Iterator[Control]:
    for line in text.split("\n"):
        if line.startswith("#"):
            yield Control("kop", "", line.lstrip("#").strip())
        elif line.strip():
            yield Control("tekst", "", line.strip())


def _options(component: Component) -> tuple[tuple[str, str], ...]:
    values = component.raw.get("values")
    rows = values if isinstance(values, list) else []
    return tuple(
        (str(row.get("value")), str(row.get("label") or row.get("value"))) for row in rows if isinstance(row, dict)
    )
