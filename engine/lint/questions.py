"""What a form asks: the fields of a form-js file by name, as far as a rule for designers looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.terms import Json, Values

_CHOICES = ("values", "options")


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `choices` are the values of a choice, `inside` the fields of a group or of the rows of a list."""

    kind: str
    component: Values
    choices: frozenset[str] = frozenset()
    inside: Mapping[str, Field] = field(default_factory=dict)


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the family: its file, what stands in it, and the fields that it asks, by name."""

    file: str
    content: Values
    fields: Fields

    def asks(self, name: str, inside: str | None = None) -> bool:
        """It has a field of this name, and in that one of the name `inside`."""
        found = self.fields.get(name)
        return found is not None and (inside is None or inside in found.inside)


def form_of(file: str, content: Values) -> Form:
    """The form in this file; whatever is not a field as form-js writes it is left out."""
    return Form(file, content, dict(_fields(content.get("components"))))


def named(fields: Fields) -> Iterator[tuple[str, Field]]:
    """All fields with their names, also those in groups and lists."""
    stack = list(fields.items())
    while stack:
        name, one = stack.pop()
        yield name, one
        stack.extend(one.inside.items())


def _fields(components: Json) -> Iterator[tuple[str, Field]]:
    for one in components if isinstance(components, list) else []:
        if not isinstance(one, dict):
            continue
        kind, inside = str(one.get("type") or ""), dict(_fields(one.get("components")))
        name = one.get("path") if kind in ("group", "dynamiclist") else one.get("key")
        if isinstance(name, str) and name:
            yield name, Field(kind, one, frozenset(_choices(one)), inside)
        else:
            yield from inside.items()


def _choices(component: Values) -> Iterator[str]:
    for attribute in _CHOICES:
        listed = component.get(attribute)
        for one in listed if isinstance(listed, list) else []:
            value = one.get("value") if isinstance(one, dict) else None
            if isinstance(value, str):
                yield value
