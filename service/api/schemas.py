"""The border between Dutch JSON and English code: every name that goes over the line, and what may be in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from engine.expressions.moments import date_of
from service.faults import Fault, Malformed

_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_REQUIRED: _Messages = {
    "required": "Verplicht veld.",
    "null": "Mag niet leeg zijn.",
    "validator_failed": "Ongeldige waarde.",
}
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 20
SLUG = validate.Regexp(r"[a-z0-9][a-z0-9-]{0,63}\Z", error="Alleen kleine letters, cijfers en streepjes.")


def _check_text(value: str) -> None:
    if _UNWRITABLE.search(value):
        raise ValidationError("De tekst bevat tekens die niet kunnen worden opgeslagen.")


def at_most(length: int, least: int = 0) -> validate.Length:
    """A bound on the length of a text, with a Dutch sentence."""
    message = f"Gebruik {least} tot {length} tekens." if least else f"Gebruik hoogstens {length} tekens."
    return validate.Length(min=least or None, max=length, error=message)


def one_of(*choices: str) -> validate.OneOf:
    """A closed list, with a Dutch sentence that names it."""
    return validate.OneOf(choices, error=f"Kies uit: {', '.join(filter(None, choices))}.")


class TextField(fields.String):
    """Text that both databases can keep: no NUL, no half characters; 20,000 characters unless told otherwise."""

    default_error_messages = _REQUIRED | {
        "invalid": "Dit moet tekst zijn.",
        "invalid_utf8": "Geen geldige UTF-8.",
    }

    def __init__(self, longest: int = 20_000, least: int = 0, **rest: Any) -> None:
        given = rest.pop("validate", [])
        extra = list(given) if isinstance(given, list | tuple) else [given]
        super().__init__(validate=[_check_text, at_most(longest, least), *extra], **rest)


class FlagField(fields.Boolean):
    """Exactly true or false."""

    default_error_messages = _REQUIRED | {"invalid": "Dit moet true of false zijn."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class NumberField(fields.Integer):
    """A whole number, in JSON a number and in a query digits."""

    default_error_messages = _REQUIRED | {
        "invalid": "Dit moet een geheel getal zijn.",
        "too_large": "Te groot.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"-?\d{1,15}", value, re.ASCII)):
            raise self.make_error("invalid")
        return int(super()._deserialize(value, attr, data, **rest))


class MomentField(fields.DateTime):
    """A moment with its time zone, sent out in UTC with a Z."""

    default_error_messages = _REQUIRED | {
        "invalid": "Dit is geen tijdstip; schrijf bijvoorbeeld 2027-03-01T09:00:00Z.",
        "invalid_awareness": "Geef de tijdzone erbij, bijvoorbeeld Z.",
        "format": "Dit is geen tijdstip.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise self.make_error("invalid_awareness", input=value, awareness="aware", obj_type="datetime")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as wrong:
            if isinstance(wrong, ValidationError):
                raise
            raise self.make_error("invalid", input=value, obj_type="datetime") from wrong

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **rest: Any) -> str | None:
        return None if value is None else utc(value)


class DateField(fields.Date):
    """A day, as 2027-03-01."""

    default_error_messages = _REQUIRED | {
        "invalid": "Dit is geen datum; schrijf bijvoorbeeld 2027-03-01.",
        "format": "Dit is geen datum.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> date:
        day = date_of(value) if isinstance(value, str) else None
        if day is None:
            raise self.make_error("invalid", input=value, obj_type="date")
        return day


class ValuesField(fields.Dict):
    """Values of a form: JSON that can be recorded (no floats, whole numbers of at most 2^53, at most 20 deep)."""

    default_error_messages = _REQUIRED | {"invalid": "Dit moet een object zijn, tussen accolades."}

    def __init__(self, **rest: Any) -> None:
        super().__init__(validate=_check_values, **rest)


class ListField(fields.List[Any]):
    """A list of at most 1,000."""

    default_error_messages = _REQUIRED | {"invalid": "Dit moet een lijst zijn: [...]."}

    def __init__(self, inner: fields.Field[Any] | type[fields.Field[Any]], **rest: Any) -> None:
        super().__init__(inner, validate=validate.Length(max=1000, error="Hoogstens 1000."), **rest)


class NestedField(fields.Nested):
    """An object within an object."""

    default_error_messages = _REQUIRED | {"type": "Dit moet een object zijn, tussen accolades."}


def utc(moment: datetime) -> str:
    """A moment as JSON writes it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def are_values(value: Any) -> bool:
    """Whether a `ValuesField` takes this as it is."""
    return type(value) is dict and not _faults(value, "", 0)


def _check_values(value: Any, path: str = "", depth: int = 0) -> None:
    faults = list(_faults(value, path, depth))
    if faults:
        raise ValidationError({where or "_schema": [message] for where, message in faults})


def _faults(value: Any, path: str, depth: int) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(path, "De tekst bevat tekens die niet kunnen worden opgeslagen.")] if _UNWRITABLE.search(value) else []
    if value is None or isinstance(value, bool | int):
        return []
    if depth >= _DEEPEST:
        return [(path, "Dit is te diep genest.")]
    if isinstance(value, list):
        pairs = [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]
    elif isinstance(value, dict):
        strange = [name for name in value if not name.isascii() or len(name) > 200 or _UNWRITABLE.search(name)]
        if strange:
            return [(path, f"De veldnaam {name[:60]!a} kan niet.") for name in strange]
        pairs = [(f"{path}.{name}" if path else name, inner) for name, inner in value.items()]
    else:
        return [(path, "Dit kan niet worden vastgelegd.")]
    return [fault for where, inner in pairs for fault in _faults(inner, where, depth + 1)]


class Dutch(Schema):
    """A schema that speaks Dutch, refuses names that it does not know and keeps the order of the text."""

    error_messages = {"unknown": "Dit veld bestaat niet.", "type": "Dit moet een object zijn, tussen accolades."}


class PersonSchema(Dutch):
    """A person with an account; what that person may do follows from the roles on record."""

    id = TextField()
    login = TextField(data_key="gebruikersnaam")
    name = TextField(data_key="naam")
    is_resident = FlagField(data_key="isBewoner")
    created_at = MomentField(data_key="gemaakt")
    blocked_at = MomentField(data_key="geblokkeerd")


class PageSchema(Dutch):
    """Which part of a list: `cursor` comes from `_links.next`."""

    cursor = TextField(longest=200, load_default="")
    limit = NumberField(load_default=50, validate=validate.Range(1, 200, error="Kies 1 tot 200."))


class FaultSchema(Dutch):
    """One fault; findings in a process model have a rule and a weight as well."""

    veld = TextField()
    melding = TextField()
    regel = TextField()
    ernst = TextField()


class ProblemSchema(Dutch):
    """Why not (RFC 9457): `regel` and `oplossing` for a refusal, `fouten` for what is wrong with the request."""

    type = TextField()
    title = TextField()
    status = NumberField()
    detail = TextField()
    instance = TextField()
    verzoek = TextField()
    regel = TextField()
    oplossing = TextField()
    trede = TextField()
    verantwoording = TextField()
    fouten = ListField(NestedField(FaultSchema))


_CURSOR = re.compile(r"(\d{8}T\d{12})-([0-9a-f-]{32,36})", re.ASCII)


def write_cursor(at: datetime, id_: str) -> str:
    """Where the next page of a list begins: after the line of this moment and id."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{id_}"


def read_cursor(cursor: str) -> tuple[datetime, str] | None:
    """The place that a cursor names, None for the first page; Malformed for what we did not write."""
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    try:
        if found is not None:
            return datetime.strptime(found[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), found[2]
    except ValueError:
        found = None
    raise Malformed((Fault("cursor", "Neem de cursor over uit _links.next."),))
