"""The fields of a form: each kind of form-js component as a marshmallow field that takes what it says and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from marshmallow import Schema, ValidationError, fields

from engine.errors import ExpressionError
from engine.expressions import Expression, compile_expression
from engine.sentences import Sentence
from engine.submission import is_blank
from engine.terms import Json

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_LINE = 500
MAX_TEXT = 10_000
MAX_NUMBER = 10**12
MAX_ROWS = 200
_AMOUNT = re.compile(r"(?:€ ?)?(\d{1,3}(?:\.\d{3}){0,3}|\d{1,12})(?:,(\d{2}))?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CHECKS = frozenset({"required", "minLength", "maxLength", "min", "max", "pattern", "validationType"})
_UNREAD = ("valuesKey", "valuesExpression", "disabled", "readonly")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class FieldFault(Exception):
    """Dit onderdeel van het formulier kan niet"""

    def __init__(self, told: Sentence) -> None:
        """Keep what is told, the end of a sentence."""
        super().__init__(told)
        self.told = told


@dataclass(frozen=True, slots=True)
class Component:
    """A form-js component as far as it decides what is accepted."""

    raw: Mapping[str, Json]
    kind: str
    key: str
    label: str
    checks: Mapping[str, Json]
    properties: Mapping[str, Json]

    @classmethod
    def of(cls, raw: Mapping[str, Json], key: str) -> Self:
        """The component of one JSON object; `key` names where its key stands (`key`, or `path` of a group or list)."""
        name = raw.get(key)
        label = raw.get("label") or raw.get("dateLabel") or name
        checks, properties = raw.get("validate"), raw.get("properties")
        return cls(
            raw,
            str(raw.get("type")),
            name if isinstance(name, str) else "",
            label if isinstance(label, str) else "",
            checks if isinstance(checks, dict) else {},
            properties if isinstance(properties, dict) else {},
        )

    @property
    def is_required(self) -> bool:
        """Whether it must be filled in whenever it is shown."""
        return self.checks.get("required") is True

    @property
    def is_amount(self) -> bool:
        """Whether it takes euros ("1.850,00"), kept in whole cents."""
        return self.properties.get("soort") == "bedrag"

    @property
    def is_open(self) -> bool:
        """Whether its value may stand in the open trail; free text may not, unless the designer says so."""
        return self.is_amount or self.properties.get("openbaar") == "ja"

    def number(self, name: str, fallback: int) -> int:
        """A whole number among the checks; form-js writes them as numbers or as digits."""
        value = self.checks.get(name)
        if value is None or value == "":
            return fallback
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
            return value
        raise FieldFault(Sentence("'{naam}' is een heel getal", naam=name))


class Checked(fields.Field[Json]):
    """A field whose value is judged by one function that answers with the value to keep or raises ValidationError."""

    def __init__(self, component: Component, judge: Callable[[Json], Json], *, required: bool) -> None:
        """`required` is false too for a field with a condition: that one is judged after loading."""
        self._judge = judge
        self._label = component.label
        must = component.is_required
        answers: dict[str, Any] = {
            "required": f"{component.label}: vul dit in",
            "null": f"{component.label}: vul dit in",
        }
        super().__init__(required=required, allow_none=not must, error_messages=answers)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Json:
        try:
            return self._judge(value)
        except ValidationError as wrong:
            raise ValidationError(f"{self._label}: {wrong.messages[0]}") from wrong


class Section(fields.Nested):
    """A group of fields under one name."""

    def __init__(self, component: Component, schema: Schema, *, required: bool) -> None:
        """`schema` judges what stands inside."""
        answers: dict[str, Any] = {
            "required": f"{component.label}: vul dit in",
            "null": f"{component.label}: vul dit in",
            "type": f"{component.label}: hier horen velden met een naam",
        }
        super().__init__(schema, required=required, allow_none=not component.is_required, error_messages=answers)


class Rows(fields.List[Any]):
    """A repeating group; each row is judged by one schema, and the number of rows is bounded."""

    def __init__(self, component: Component, schema: Schema, *, required: bool) -> None:
        """`schema` judges each row; the properties `minimaal` and `maximaal` bound the number of rows."""
        label = component.label
        self._least = _bound(component, "minimaal", 1 if component.is_required else 0)
        self._most = _bound(component, "maximaal", MAX_ROWS)
        self._label = label
        answers: dict[str, Any] = {
            "required": f"{label}: vul dit in",
            "null": f"{label}: vul dit in",
            "invalid": f"{label}: hier hoort een lijst",
        }
        row = fields.Nested(
            schema,
            error_messages={
                "type": f"{label}: elke regel heeft velden met een naam",
                "null": f"{label}: een regel is leeg",
            },
        )
        super().__init__(row, required=required, allow_none=not component.is_required, error_messages=answers)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and not self._least <= len(value) <= self._most:
            raise ValidationError(f"{self._label}: geef {self._least} tot {self._most} regels")
        return super()._deserialize(value, attr, data, **kwargs)


def field_of(component: Component, *, required: bool) -> Checked:
    """The field of one component; raises FieldFault when the component asks for what is not read."""
    for name in component.checks:
        if name not in _CHECKS:
            raise FieldFault(Sentence("de controle '{naam}' wordt niet gelezen", naam=name))
    for name in _UNREAD:
        if component.raw.get(name):
            raise FieldFault(Sentence("'{naam}' wordt niet gelezen", naam=name))
    kind = component.checks.get("validationType")
    if kind not in (None, "", "custom"):
        raise FieldFault(Sentence("de controle '{soort}' wordt niet gelezen; gebruik een patroon", soort=str(kind)))
    return Checked(component, FIELDS[component.kind](component), required=required)


def _bound(component: Component, name: str, fallback: int) -> int:
    value = component.properties.get(name)
    if value is None:
        return fallback
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or int(value) > MAX_ROWS:
        raise FieldFault(Sentence("'{naam}' is een getal tot en met {meeste}, als tekst", naam=name, meeste=MAX_ROWS))
    return int(value)


def _text(component: Component) -> Callable[[Json], Json]:
    if component.is_amount:
        return _amount(component)
    longest = MAX_LINE if component.kind == "textfield" else MAX_TEXT
    least = component.number("minLength", 1 if component.is_required else 0)
    most = min(component.number("maxLength", longest), longest)
    pattern = _pattern(component)

    def judge(value: Json) -> Json:
        if not isinstance(value, str):
            raise ValidationError("hier hoort tekst")
        if len(value) > most:
            raise ValidationError(f"ten hoogste {most} tekens")
        if _CONTROL.search(value):
            raise ValidationError("deze tekst bevat tekens die niet kunnen")
        if least and (len(value.strip()) < least or is_blank(value)):
            raise ValidationError("vul dit in" if least == 1 else f"ten minste {least} tekens")
        if pattern is not None and value and pattern({"waarde": value}) is not True:
            raise ValidationError("dit heeft niet de gevraagde vorm")
        return value

    return judge


def _pattern(component: Component) -> Expression | None:
    """Whether a text has, as a whole, the shape asked; by FEEL's `matches`, which no pattern can keep busy for ever."""
    text = component.checks.get("pattern")
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise FieldFault(Sentence("het patroon is een reguliere uitdrukking, als tekst"))
    quoted = json.dumps(f"^({text})$", ensure_ascii=False)
    try:
        shaped = compile_expression(f"matches(waarde, {quoted})")
        known = shaped({"waarde": ""}) is not None
    except ExpressionError as wrong:
        raise FieldFault(Sentence("het patroon is geen geldige reguliere uitdrukking")) from wrong
    if not known:
        raise FieldFault(Sentence("het patroon is geen geldige reguliere uitdrukking"))
    return shaped


def _amount(component: Component) -> Callable[[Json], Json]:
    least, most = component.number("min", 0), component.number("max", 10**9)

    def judge(value: Json) -> Json:
        if not isinstance(value, str) or len(value) > 30 or not value.isprintable():
            raise ValidationError("schrijf een bedrag als 1.850,00")
        match = _AMOUNT.fullmatch(value.strip())
        if match is None:
            raise ValidationError("schrijf een bedrag als 1.850,00")
        if not value.isascii() and not value.startswith("€"):
            raise ValidationError("schrijf een bedrag als 1.850,00")
        cents = int(match[1].replace(".", "")) * 100 + int(match[2] or 0)
        if not least * 100 <= cents <= most * 100:
            raise ValidationError(f"een bedrag van {least} tot en met {most} euro")
        return cents

    return judge


def _number(component: Component) -> Callable[[Json], Json]:
    least, most = component.number("min", -MAX_NUMBER), component.number("max", MAX_NUMBER)
    if component.raw.get("decimalDigits") not in (None, 0):
        raise FieldFault(Sentence("getallen met decimalen worden niet gelezen; gebruik soort=bedrag voor geld"))

    def judge(value: Json) -> Json:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("hier hoort een heel getal")
        if not least <= value <= most:
            raise ValidationError(f"een getal van {least} tot en met {most}")
        return value

    return judge


def _checkbox(component: Component) -> Callable[[Json], Json]:
    must = component.is_required

    def judge(value: Json) -> Json:
        if not isinstance(value, bool):
            raise ValidationError("dit is ja of nee (true of false)")
        if must and not value:
            raise ValidationError("vink dit aan")
        return value

    return judge


def _choice(component: Component) -> Callable[[Json], Json]:
    options = _options(component)

    def judge(value: Json) -> Json:
        if not isinstance(value, str) or value not in options:
            raise ValidationError(f"kies uit {', '.join(options)}")
        return value

    return judge


def _choices(component: Component) -> Callable[[Json], Json]:
    options, must = _options(component), component.is_required

    def judge(value: Json) -> Json:
        if not isinstance(value, list) or not all(isinstance(item, str) and item in options for item in value):
            raise ValidationError(f"kies een of meer uit {', '.join(options)}")
        if len(set(map(str, value))) != len(value):
            raise ValidationError("elke keuze telt een keer")
        if must and not value:
            raise ValidationError("kies er ten minste een")
        return value

    return judge


def _options(component: Component) -> tuple[str, ...]:
    values = component.raw.get("values")
    rows = values if isinstance(values, list) else []
    found = tuple(str(row["value"]) for row in rows if isinstance(row, dict) and isinstance(row.get("value"), str))
    if not found or len(found) != len(rows) or len(set(found)) != len(found):
        raise FieldFault(Sentence("de keuzes staan onder 'values', elk met een eigen 'value' als tekst"))
    return found


def _date(component: Component) -> Callable[[Json], Json]:
    if component.raw.get("subtype", "date") != "date":
        raise FieldFault(Sentence("alleen een datum wordt gelezen, geen tijd"))

    def judge(value: Json) -> Json:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValidationError("schrijf een datum als 2027-03-31")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValidationError("deze datum bestaat niet") from None
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(f"een datum van {_FIRST_YEAR} tot en met {_LAST_YEAR}")
        return value

    return judge


FIELDS: Mapping[str, Callable[[Component], Callable[[Json], Json]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "checklist": _choices,
    "datetime": _date,
}
