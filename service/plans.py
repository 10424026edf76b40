"""What the initiatives of a wijk's year are called and for, and what was granted, from what is public alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import steps
from engine.definition import Definition
from engine.questions.material import Row
from engine.submission import open_rows, whole
from engine.terms import Json, Register, Values
from service import public
from service.faults import Unknown
from service.installation import Installation
from service.public import Lines

REGISTERS = (Register.PRODUCTEN, Register.BESLUITEN)
"""What tells of them."""
_DRAFTS = {steps.REPLIES: "conceptwijkprogramma", steps.ACCOUNT: "conceptwijkverslag"}


@dataclass(frozen=True, slots=True)
class Plan:
    """An initiative: `aim` is what it is for, `verdict` whether it was let in, `amount` in cents what was granted."""

    code: str
    name: str = ""
    theme: str = ""
    aim: str = ""
    verdict: str = ""
    amount: int | None = None
    is_adopted: bool = False


def plans(lines: Lines) -> dict[str, Plan]:
    """The initiatives by code, as the last record about each has it."""
    found: dict[str, Plan] = {}
    for row in (one for register in REGISTERS for one in lines.of(register)):
        for code, told in _told(row):
            if code:
                known = {name: one for name, one in told.items() if one not in ("", None)}
                found[code] = replace(found.get(code, Plan(code)), **known)
    return found


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked about: the initiatives, and the draft of the programme or the account when one lies there."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    draft: Row | None = None


def matter(installation: Installation, case_id: str, step: str | None, subject: str) -> Matter:
    """What somebody reads before reacting in this case, from its programme year; nothing when it is not public."""
    try:
        case = public.read_case(installation, case_id)
    except Unknown:
        return Matter()
    if case.year is None:
        return Matter()
    lines = public.register(installation, case.wijk, case.year, *REGISTERS)
    found = plans(lines)
    drafts = [row for row in lines.of(Register.PRODUCTEN) if row.get("product") == _DRAFTS.get(step or "")]
    mine = found if subject == "*" else {subject: found[subject]} if subject in found else {}
    return Matter(mine, drafts[-1] if drafts else None)


def _told(row: Values) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a record says of each initiative that it names."""
    values, step, subject = _part(row, "gegevens"), _said(row, "stap"), _said(row, "onderwerp")
    for one in open_rows(values, "initiatieven"):
        yield _said(one, "code"), {"name": _said(one, "naam"), "theme": _said(one, "thema")}
    if step == steps.ADMISSION:
        yield subject, {"verdict": _said(values, "besluit"), "aim": _said(values, "beoogd_effect")}
    if step == steps.GRANT and "bedrag" in values:
        yield subject, {"amount": whole(values, "bedrag")}
    for one in open_rows(values, "onderdelen") if step == steps.PROGRAMME else ():
        told = {"name": _said(one, "naam"), "aim": _said(one, "beoogd_effect"), "is_adopted": True}
        yield _said(one, "onderdeel"), told | {"amount": whole(_part(one, "velden"), "bedrag")}


def labels(definition: Definition) -> dict[str, str]:
    """What a field is called in the forms of the city, where all forms that have it call it the same."""
    found: dict[str, set[str]] = {}
    for form in definition.forms.values():
        for key, label in _labelled(form.get("components")):
            found.setdefault(key, set()).add(label)
    return {key: next(iter(told)) for key, told in found.items() if len(told) == 1}


def _labelled(parts: Json) -> Iterator[tuple[str, str]]:
    for one in parts if isinstance(parts, list) else ():
        if isinstance(one, dict):
            label = one.get("label") or one.get("dateLabel")
            if isinstance(label, str) and isinstance(one.get("key"), str):
                yield str(one["key"]), label
            yield from _labelled(one.get("components"))


def _part(row: Values, name: str) -> Values:
    given = row.get(name)
    return given if isinstance(given, dict) else {}


def _said(row: Values, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
