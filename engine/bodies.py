"""Who decides or advises, as the rights table writes it: a closed language of bodies, parsed once.

rol:x   partij   groep   deelnemers   deelnemers:groep   ingeschreven_deelnemers   professionals   bewoners
bewoners_buiten_groep   initiatiefnemer   melder   indiener   a+b   samen:a+b   zelfde:D09
zelfde:bestreden_besluit(niet de gemandateerde)   laag:DT05(a,b)   laag:1..n(a,b)   instemming:groep(verzoek rol:x)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import EngineError


class BodyUnknown(EngineError):
    """Deze aanduiding van wie beslist of adviseert is onbekend"""


class Form(StrEnum):
    """How a body is put together; `parts` and `name` of Body mean what the form says."""

    ROLE = "rol"  # name: a role id
    GROUP = "groep"  # a member of the group of this subject
    PARTICIPANTS = "deelnemers"
    RESIDENTS = "bewoners"
    PROFESSIONALS = "professionals"
    PARTY = "partij"  # each party for itself: the role named in the submission
    ANY = "een van"  # parts: one of them
    TOGETHER = "samen"  # parts: each of them must take the same decision
    SAME = "zelfde"  # name: the step whose decider decides here as well
    CONTESTED = "bestreden"  # the decider of the contested decision, never the mandatee who took it
    CEILING = "plafond"  # parts: up to the ceiling of the cell the first, above it the last
    LAYERS = "laag"  # parts: levels of government
    CONSENT = "instemming"  # parts: who consents, who asks


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed body; `text` is what the table says, for people and for messages."""

    form: Form
    text: str
    name: str = ""
    parts: tuple[Body, ...] = ()

    def walk(self) -> Iterator[Body]:
        """This body and all its parts, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def roles(self) -> frozenset[str]:
        """The role ids named anywhere in it."""
        return frozenset(body.name for body in self.walk() if body.form is Form.ROLE)


_ATOMS = {
    "groep": Form.GROUP,
    "deelnemers:groep": Form.GROUP,
    "deelnemers": Form.PARTICIPANTS,
    "ingeschreven_deelnemers": Form.PARTICIPANTS,
    "bewoners": Form.RESIDENTS,
    "bewoners_buiten_groep": Form.RESIDENTS,
    "initiatiefnemer": Form.RESIDENTS,
    "melder": Form.RESIDENTS,
    "indiener": Form.RESIDENTS,
    "professionals": Form.PROFESSIONALS,
    "partij": Form.PARTY,
}
_CONTESTED = "zelfde:bestreden_besluit(niet de gemandateerde)"
_ROLE = re.compile(r"rol:([a-z][a-z0-9_]*)")
_SAME = re.compile(r"zelfde:(D\d\d)")
_LAYERED = re.compile(r"laag:(DT05|1\.\.n)\(([^(),]+),([^(),]+)\)")
_CONSENT = re.compile(r"instemming:([^()]+)\(verzoek ([^()]+)\)")


def body_of(text: str) -> Body:
    """The body that an expression of the table denotes; raises BodyUnknown for anything outside the closed language."""
    if text == _CONTESTED:
        return Body(Form.CONTESTED, text)
    if layered := _LAYERED.fullmatch(text):
        form = Form.CEILING if layered[1] == "DT05" else Form.LAYERS
        return Body(form, text, parts=(_atom(layered[2]), _atom(layered[3])))
    if consent := _CONSENT.fullmatch(text):
        return Body(Form.CONSENT, text, parts=(_atom(consent[1]), _atom(consent[2])))
    if text.startswith("samen:"):
        parts = _parts(text.removeprefix("samen:"))
        if len(parts) < 2:
            raise BodyUnknown(text)
        return Body(Form.TOGETHER, text, parts=parts)
    if "+" in text:
        return Body(Form.ANY, text, parts=_parts(text))
    return _atom(text)


def _parts(text: str) -> tuple[Body, ...]:
    parts = tuple(_atom(part) for part in text.split("+"))
    if len({part.text for part in parts}) != len(parts):
        raise BodyUnknown(f"{text}: dezelfde staat er twee keer")
    return parts


def _atom(text: str) -> Body:
    if text in _ATOMS:
        return Body(_ATOMS[text], text)
    if role := _ROLE.fullmatch(text):
        return Body(Form.ROLE, text, name=role[1])
    if same := _SAME.fullmatch(text):
        return Body(Form.SAME, text, name=same[1])
    raise BodyUnknown(text)
