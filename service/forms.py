"""Forms: a form-js file becomes the schema that judges every submission, and the list of what must be sealed.

The file is what designers draw (form-js JSON); nothing is checked in the browser that is not checked here. Free text is
sealed by default: a text field whose content may stand in the open trail says `"properties": {"openbaar": "ja"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from marshmallow import RAISE, Schema, ValidationError

from engine.errors import ExpressionError
from engine.expressions import Expression, compile_expression
from engine.safexml import read_json
from engine.sentences import Name, Sentence
from engine.terms import Finding, Json, Severity
from service.faults import Fault
from service.fields import FIELDS, KEY, Component, FieldFault, Rows, Section, field_of

DISPLAYED = frozenset({"text", "spacer", "separator", "button"})
CONTAINERS = frozenset({"group", "dynamiclist"})
RULE = "formulier/veld"
MAX_COMPONENTS = 200
_SEALED_TYPES = frozenset({"textfield", "textarea"})
_ANSWERS = {
    "unknown": "dit veld hoort niet bij dit formulier",
    "type": "hier horen velden met een naam",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One field in the tree of a form; `hide` is the condition under which it does not exist for this submission."""

    key: str
    label: str
    is_required: bool
    hide: Expression | None
    repeats: bool
    places: tuple[Place, ...] = ()

    @property
    def is_conditional(self) -> bool:
        """Whether a condition stands on it or on anything inside it."""
        return self.hide is not None or any(place.is_conditional for place in self.places)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was read without faults; `schema` is its marshmallow class and `sealed` the dotted paths to seal.

    In a repeating group a path names the field of each row, as in `afwijkingen.reden`.
    """

    id: str
    schema: type[Schema]
    sealed: frozenset[str]
    places: tuple[Place, ...]
    has_conditions: bool
    _loader: Schema

    @classmethod
    @lru_cache(maxsize=256)
    def read(cls, content: bytes, file: str) -> tuple[Self | None, tuple[Finding, ...]]:
        """The form in a form-js file, or None with everything that is wrong with it; the last few hundred are kept."""
        value, findings = read_json(content, file)
        if findings:
            return None, findings
        reader = _Reader(file)
        if not isinstance(value, dict):
            reader.add(Sentence("Het bestand is geen formulier; maak het met de formuliereditor."))
            return None, tuple(reader.findings)
        name = value.get("id")
        if not isinstance(name, str) or not KEY.fullmatch(name):
            reader.add(Sentence("Het formulier heeft een id nodig: kleine letters, cijfers en _."))
            name = ""
        schema, places = reader.level(value, name or "formulier", "", False)
        if any(finding.severity is Severity.ERROR for finding in reader.findings):
            return None, tuple(reader.findings)
        conditional = any(place.is_conditional for place in places)
        form = cls(name, schema, frozenset(reader.sealed), places, conditional, schema(unknown=RAISE))
        return form, tuple(reader.findings)

    def load(self, values: Mapping[str, Json]) -> tuple[dict[str, Json], tuple[Fault, ...]]:
        """The values as the engine takes them (amounts in cents), with all faults at once; no values when one is wrong.

        A hidden field may not be sent; a field that is not hidden and is required must be.
        """
        try:
            loaded: dict[str, Json] = self._loader.load(values)
        except ValidationError as wrong:
            found: dict[str, Any] = wrong.normalized_messages()  # type: ignore[no-untyped-call]
            if self.has_conditions and isinstance(values, Mapping):
                return {}, (*_faults(found), *self._missing(values, found))
            return {}, tuple(_faults(found))
        if self.has_conditions:
            faults = tuple(_conditions(self.places, loaded, loaded, ""))
            if faults:
                return {}, faults
        return loaded, ()

    def load_part(self, values: Mapping[str, Json]) -> tuple[dict[str, Json], tuple[Fault, ...]]:
        """As `load`, for some of the fields: what is left out is not asked, and no condition is judged without it."""
        try:
            loaded: dict[str, Json] = self.schema(unknown=RAISE, partial=[place.key for place in self.places]).load(
                values
            )
        except ValidationError as wrong:
            return {}, tuple(_faults(wrong.normalized_messages()))  # type: ignore[no-untyped-call]
        return loaded, ()

    def _missing(self, values: Mapping[str, Json], found: Mapping[str, Any]) -> Iterator[Fault]:
        """The conditional faults of a submission that has other faults too, judged over its sound fields only."""
        sound = {key: value for key, value in values.items() if key not in found}
        for fault in _conditions(self.places, sound, sound, ""):
            if fault.field.partition(".")[0].partition("[")[0] not in found:
                yield fault


def _faults(messages: Mapping[Any, Any], path: str = "") -> Iterator[Fault]:
    """The leaves of marshmallow's tree of messages, each at its path."""
    for key, inner in messages.items():
        here = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else str(key)
        if key == "_schema":
            here = path
        if isinstance(inner, Mapping):
            yield from _faults(inner, here)
        else:
            for message in inner:
                yield Fault(here, str(message))


def _conditions(
    places: tuple[Place, ...], values: Mapping[str, Json], context: Mapping[str, Json], path: str
) -> Iterator[Fault]:
    """What is sent though hidden, and what is missing though shown."""
    for place in places:
        here = f"{path}.{place.key}" if path else place.key
        given = values.get(place.key)
        if place.hide is not None and place.hide(context) is True:
            if place.key in values:
                yield Fault(here, f"{place.label}: dit veld is hier niet van toepassing en mag niet worden ingevuld")
            continue
        if place.is_required and place.key not in values:
            yield Fault(here, f"{place.label}: vul dit in")
        if not place.places or not place.is_conditional:
            continue
        if place.repeats and isinstance(given, list):
            for number, row in enumerate(given):
                if isinstance(row, dict):
                    yield from _conditions(place.places, row, {**context, **row}, f"{here}[{number}]")
        elif isinstance(given, dict):
            yield from _conditions(place.places, given, {**context, **given}, here)


class _Reader:
    """Reads one form file and collects its findings and its sealed paths."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.sealed: set[str] = set()
        self.count = 0

    def add(self, sentence: Sentence, key: str | None = None, label: str | None = None) -> None:
        self.findings.append(Finding(self.file, RULE, Severity.ERROR, sentence, key, label))

    def level(
        self, holder: Mapping[str, Json], name: str, path: str, conditional: bool
    ) -> tuple[type[Schema], tuple[Place, ...]]:
        """The schema and the places of one level: the form itself, a group with a path, or a row."""
        declared: dict[str, Any] = {"error_messages": _ANSWERS}
        places: list[Place] = []
        for field, place in self._fields(holder, path, None, conditional):
            if place.key in declared:
                self.add(
                    Sentence(
                        "Veld '{sleutel}' staat er twee keer; geef elk veld een eigen sleutel.", sleutel=place.key
                    ),
                    place.key,
                )
            declared[place.key] = field
            places.append(place)
        schema: type[Schema] = type(f"Formulier_{name}", (Schema,), declared)
        return schema, tuple(places)

    def _fields(
        self, holder: Mapping[str, Json], path: str, hide: Expression | None, conditional: bool
    ) -> Iterator[tuple[Any, Place]]:
        components = holder.get("components")
        if not isinstance(components, list):
            self.add(Sentence("Het formulier (of een groep erin) heeft geen lijst 'components'."))
            return
        for raw in components:
            self.count += 1
            if not isinstance(raw, dict) or self.count > MAX_COMPONENTS:
                self.add(
                    Sentence(
                        "Een formulier heeft ten hoogste {meeste} onderdelen, elk met een type.", meeste=MAX_COMPONENTS
                    )
                )
                return
            yield from self._component(raw, path, hide, conditional)

    def _component(
        self, raw: Mapping[str, Json], path: str, hide: Expression | None, conditional: bool
    ) -> Iterator[tuple[Any, Place]]:
        kind = raw.get("type")
        if kind in DISPLAYED:
            return
        own = self._hide(raw)
        if own is not None and hide is not None:
            self.add(
                Sentence("Een voorwaarde in een groep met een voorwaarde wordt niet gelezen; zet ze samen op een plek.")
            )
        condition = own or hide
        is_bound = conditional or condition is not None
        if kind == "group" and not raw.get("path"):
            yield from self._fields(raw, path, condition, is_bound)
            return
        if kind not in FIELDS and kind not in CONTAINERS:
            self.add(
                Sentence(
                    "Een onderdeel van het type '{soort}' wordt niet gelezen; kies uit {soorten}.",
                    soort=str(kind),
                    soorten=sorted(FIELDS),
                )
            )
            return
        component = Component.of(raw, "path" if kind in CONTAINERS else "key")
        if not KEY.fullmatch(component.key):
            self.add(
                Sentence(
                    "De sleutel '{sleutel}' kan niet: kleine letters, cijfers en _, en begin met een letter.",
                    sleutel=component.key,
                ),
                component.key,
                component.label,
            )
            return
        here = f"{path}.{component.key}" if path else component.key
        yield from self._field(component, here, condition, is_bound)

    def _field(
        self, component: Component, here: str, condition: Expression | None, conditional: bool
    ) -> Iterator[tuple[Any, Place]]:
        is_required = component.is_required
        inner: tuple[Place, ...] = ()
        try:
            if component.kind in CONTAINERS:
                # a row judges the conditions inside it itself, so only what is bound above makes its fields optional
                schema, inner = self.level(component.raw, component.key, here, False)
                wrap = Rows if component.kind == "dynamiclist" else Section
                field: Any = wrap(component, schema(unknown=RAISE), required=is_required and not conditional)
            else:
                field = field_of(component, required=is_required and not conditional)
        except FieldFault as wrong:
            self.add(
                Sentence("Veld '{veld}': {fout}.", veld=Name(component.label), fout=wrong.told),
                component.key,
                component.label,
            )
            return
        if component.kind in _SEALED_TYPES and not component.is_open:
            self.sealed.add(here)
        repeats = component.kind == "dynamiclist"
        yield field, Place(component.key, component.label, is_required, condition, repeats, inner)

    def _hide(self, raw: Mapping[str, Json]) -> Expression | None:
        conditional = raw.get("conditional")
        if conditional is None:
            return None
        text = conditional.get("hide") if isinstance(conditional, dict) else None
        if not isinstance(text, str):
            self.add(
                Sentence("Een voorwaarde staat onder conditional.hide, als FEEL-uitdrukking."), str(raw.get("key", ""))
            )
            return None
        try:
            return compile_expression(text)
        except ExpressionError as wrong:
            self.add(
                Sentence("De voorwaarde '{tekst}' klopt niet: {fout}", tekst=text, fout=wrong.told),
                str(raw.get("key", "")),
                str(raw.get("label", "")),
            )
            return None


_NOTHING: type[Schema] = type("Formulier_zonder_velden", (Schema,), {"error_messages": _ANSWERS})
NO_FORM = Form("", _NOTHING, frozenset(), (), False, _NOTHING(unknown=RAISE))
"""The form of a task that asks nothing: any field is refused."""


def findings(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything that is wrong with the forms of a family (name -> bytes)."""
    return tuple(
        finding
        for name, content in sorted(files.items())
        if name.endswith(".form")
        for finding in Form.read(content, name)[1]
    )
