"""What anybody may read without logging in: an allow-list of processes, kinds of record and fields, and nothing else.

`openbaar.toml`: `processen` names the processes whose cases are public; each `[[regels]]` has `soorten` (kinds of
record) and `velden` (the fields of those that leave, as dotted paths). No file, no list: nothing is public. A sealed
value never leaves, whatever the list says, and neither does a part whose own fields the list does not name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.sentences import Sentence
from engine.submission import day_of, open_rows
from engine.terms import Act, Finding, Json, Severity, Values
from engine.trail.kinds import Kind, sentence
from engine.trail.seal import HANDLE, handles_in

FILE = "openbaar.toml"
RULE = "openbaar/lijst"
_SIMPLE = frozenset({"op", "rol", "taak", "product", "stap", "trede", "onderwerp", "orgaan", "grond"})
_PARTS = frozenset({"gegevens", "afwijkingen"})
_KINDS = frozenset(Kind)
_NEVER = frozenset(kind for kind in Kind if kind.is_refusal)  # these hold what somebody tried, in that person's words

_REFERENCE = re.compile(r"[0-9a-f]{32}")  # how records name a person: never public, wherever it was written

Paths = Mapping[str, "Paths"]


@dataclass(frozen=True, slots=True)
class Openness:
    """The list of one city: the processes, and by kind of record the fields that leave."""

    processes: frozenset[str] = frozenset()
    fields: Mapping[Kind, Paths] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of record of which anything is public."""
        return frozenset(self.fields)

    def corrected(self, values: Values, body: Values) -> dict[str, Json]:
        """What anybody may read of the values that should have stood in this record."""
        return _picked(values, (self._paths(body) or {}).get("gegevens", {}))

    def shown(self, body: Values, digest: str) -> dict[str, Json] | None:
        """What anybody may read of this record of a public case; None when that is nothing.

        `soort`, `zin` and `regel` come with every record that is shown at all, and `verzegeld` says how many sealed
        values it holds.
        """
        paths = self._paths(body)
        if paths is None:
            return None
        found: dict[str, Json] = {"regel": digest, "soort": body.get("kind"), "zin": _sentence(body, paths)}
        return found | _picked(_whole(body), paths) | {"verzegeld": sum(1 for _ in handles_in(dict(body)))}

    def _paths(self, body: Values) -> Paths | None:
        """The fields of this record that leave; one of a task that collects bookings is public as a booking is."""
        kind = str(body.get("kind"))
        if kind == Kind.CONTRIBUTION_RECEIVED and _part(body, "task").get("act") == Act.BOEKING:
            kind = Kind.BOOKED
        return self.fields.get(Kind(kind)) if kind in _KINDS else None


CLOSED = Openness()
"""Nothing is public."""


def read(content: bytes, processes: Collection[str], file: str = FILE) -> tuple[Openness, tuple[Finding, ...]]:
    """The list in a file, and all that is wrong with it; `processes` are the ids that the family has."""
    try:
        told = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        return CLOSED, (_error(file, Sentence("Dit is geen TOML: {fout}", fout=str(wrong))),)
    findings = [
        _error(file, Sentence("'{naam}' hoort hier niet; gebruik processen en [[regels]].", naam=name))
        for name in sorted(set(told) - {"processen", "regels"})
    ]
    named, listed = told.get("processen", []), told.get("regels", [])
    if not _are_texts(named):
        return CLOSED, (*findings, _error(file, Sentence("'processen' is een lijst van processen.")))
    fields: dict[Kind, Paths] = {}
    for number, row in enumerate(listed if isinstance(listed, list) else [None], 1):
        findings += [
            _error(file, Sentence("[[regels]] {nummer}: {fout}", nummer=number, fout=fault))
            for fault in _read_row(row, fields)
        ]
    if findings:
        return CLOSED, tuple(findings)
    loose = (
        Sentence("Er is geen proces '{naam}', dus er wordt niets van openbaar.", naam=name)
        for name in named
        if name not in processes
    )
    warnings = tuple(Finding(file, RULE, Severity.WARNING, sentence_) for sentence_ in loose)
    return Openness(frozenset(named), fields), warnings


def _read_row(row: object, fields: dict[Kind, Paths]) -> Iterator[Sentence]:
    if not isinstance(row, dict) or set(row) != {"soorten", "velden"} or not all(map(_are_texts, row.values())):
        yield Sentence("noem soorten en velden, elk een lijst.")
        return
    for name in row["velden"]:
        first, _, rest = name.partition(".")
        if (not (first in _SIMPLE and not rest) and not (first in _PARTS and rest)) or "" in name.split("."):
            yield Sentence("'{naam}' is geen veld dat openbaar kan zijn.", naam=name)
    for name in row["soorten"]:
        if name not in _KINDS or Kind(name) in _NEVER:
            yield Sentence("'{naam}' is geen soort regel die openbaar kan zijn.", naam=name)
        elif Kind(name) in fields:
            yield Sentence("'{naam}' staat er twee keer.", naam=name)
        else:
            fields[Kind(name)] = _tree(row["velden"])


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _tree(paths: Collection[str]) -> Paths:
    found: dict[str, list[str]] = {}
    for path in paths:
        first, _, rest = path.partition(".")
        found.setdefault(first, []).extend([rest] if rest else [])
    return {name: _tree(rest) for name, rest in found.items()}


def listed(paths: Paths) -> Iterator[str]:
    """The fields that the list names, as the dotted paths that it names them by."""
    for name, inner in paths.items():
        yield from (f"{name}.{rest}" for rest in listed(inner)) if inner else (name,)


def _whole(body: Values) -> dict[str, Json]:
    """All that a list could name of a record, in the words of the list."""
    actor, task, decision = _part(body, "actor"), _part(body, "task"), _part(body, "decision")
    at = body.get("at")
    return {
        "op": day_of(datetime.fromisoformat(at)).isoformat() if isinstance(at, str) else None,
        "rol": actor.get("role"),
        "taak": task.get("name"),
        "product": task.get("product"),
        "stap": body.get("step"),
        "trede": body.get("rung"),
        "onderwerp": body.get("subject"),
        "orgaan": decision.get("organ"),
        "grond": decision.get("ground"),
        "gegevens": dict(_part(body, "values")),
        "afwijkingen": [
            {
                "onderdeel": one.get("item"),
                "trede": one.get("rung"),
                "veld": one.get("field"),
                "van": one.get("from"),
                "naar": one.get("to"),
                "reden": one.get("reason"),
            }
            for one in open_rows(body, "deviation")
        ],
    }


def _picked(whole: Mapping[str, Json], paths: Paths) -> dict[str, Json]:
    found = {name: _pick(whole.get(name), inner) for name, inner in paths.items()}
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _pick(value: Json, paths: Paths) -> Json:
    """The value as far as the list names it; an object or list whose inside is not named does not leave."""
    if isinstance(value, list):
        return [kept for one in value if (kept := _pick(one, paths)) not in (None, [], {})]
    if isinstance(value, dict):
        return None if HANDLE in value else _picked(value, paths)
    is_person = isinstance(value, str) and _REFERENCE.fullmatch(value)
    return None if paths or is_person else value


def _sentence(body: Values, paths: Paths) -> str:
    """What the record says, with nothing in it that the list does not name."""
    told: dict[str, Json] = {"kind": body.get("kind"), "actor": {}, "task": {}}
    if "rol" in paths:
        told["actor"] = dict(_part(body, "actor"))  # its reference only tells the system from a person
    if "taak" in paths:
        told["task"] = {"name": _part(body, "task").get("name")}
    english = {"stap": "step", "onderwerp": "subject", "trede": "rung"}
    return sentence(told | {name: body.get(name) for listed, name in english.items() if listed in paths})


def _part(body: Values, name: str) -> Mapping[str, Json]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _error(file: str, sentence_: Sentence) -> Finding:
    return Finding(file, RULE, Severity.ERROR, sentence_)
