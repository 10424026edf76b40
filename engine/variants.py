"""One process family for all wijken (INV-47): what holds in one wijk alone is found, and has a recorded reason.

A variant is a file whose name holds the id of a wijk, or a text in a diagram or table that names one. `varianten.toml`
gives each its reason: `[[varianten]]` with `wijk`, `bestand`, `reden` and `van` (a date).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from engine.errors import ValuesUnreadable
from engine.sentences import Name, Sentence
from engine.submission import begin_of, is_filled
from engine.terms import Finding, Severity

RULE = "INV-47"
FILE, CITY = "varianten.toml", "stad.toml"
_JUDGED = (".bpmn", ".dmn", ".form", ".csv")


@dataclass(frozen=True, slots=True)
class Variant:
    """What holds in one wijk alone, in which file, why and since when."""

    wijk: str
    file: str
    reason: str
    since: str


def variants(files: Mapping[str, bytes]) -> tuple[tuple[Variant, ...], tuple[Finding, ...]]:
    """The variants of a family with their reasons, and a finding for each that has none or that is not there."""
    findings: list[Finding] = []
    given = {(one.wijk, one.file): one for one in _given(files, findings)}
    there = sorted(_there(files))
    for wijk, file in there:
        if (wijk, file) not in given:
            sentence = Sentence(
                "Dit geldt anders in wijk “{wijk}”; geef de reden in {bestand}, of maak het overal gelijk.",
                wijk=wijk,
                bestand=FILE,
            )
            findings.append(Finding(file, RULE, Severity.ERROR, sentence, name=wijk))
    for key, one in given.items():
        if key not in there:
            sentence = Sentence(
                "Voor wijk “{wijk}” staat in '{bestand}' niets wat afwijkt; haal de regel weg.",
                wijk=one.wijk,
                bestand=one.file,
            )
            findings.append(Finding(FILE, RULE, Severity.WARNING, sentence, name=one.wijk))
        else:
            sentence = Sentence(
                "Geldt anders in wijk “{wijk}” sinds {sinds}: {reden}",
                wijk=one.wijk,
                sinds=one.since,
                reden=Name(one.reason),
            )
            findings.append(Finding(one.file, RULE, Severity.INFO, sentence, name=one.wijk))
    return tuple(given[key] for key in there if key in given), tuple(findings)


def _there(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each wijk and file in which that wijk is treated apart."""
    wijken = {str(row["id"]) for row in _listed(files, CITY, "wijken") if row.get("id")}
    for name, content in files.items():
        if name.endswith(_JUDGED):
            said = content.decode("utf-8", "replace")
            for wijk in wijken:
                in_name = re.search(rf"(?<![a-z0-9]){re.escape(wijk)}(?![a-z0-9])", PurePosixPath(name).stem)
                if in_name or f'"{wijk}"' in said or f"&quot;{wijk}&quot;" in said:
                    yield wijk, name


def _given(files: Mapping[str, bytes], findings: list[Finding]) -> Iterator[Variant]:
    for number, row in enumerate(_listed(files, FILE, "varianten"), 1):
        said = {name: row.get(name) for name in ("wijk", "bestand", "reden", "van")}
        said["van"] = str(said["van"] or "")
        if not all(isinstance(one, str) and is_filled(one) for one in said.values()) or not _is_day(said["van"]):
            sentence = Sentence("Variant {nummer} noemt geen wijk, bestand, reden of datum (van).", nummer=number)
            findings.append(Finding(FILE, RULE, Severity.ERROR, sentence))
            continue
        yield Variant(str(said["wijk"]), str(said["bestand"]), str(said["reden"]), str(said["van"]))


def _is_day(value: Any) -> bool:
    try:
        begin_of(value)
    except ValuesUnreadable:
        return False
    return True


def _listed(files: Mapping[str, bytes], name: str, key: str) -> list[Mapping[str, Any]]:
    """The rows under a key of a file of the city; none when there is no such file."""
    try:
        found = tomllib.loads(files.get(name, b"").decode()).get(key, [])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return []
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
