"""Process families: propose a version, release it with a second pair of eyes, and read what stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from engine import acts
from engine import definition as definitions
from engine.acts import Ask
from engine.errors import DefinitionRefused
from engine.terms import Action, Finding, Json, Severity
from engine.trail.kinds import Kind
from engine.trail.record import Record
from service import checking, db, deliveries, forms, hearing, organisation, reading, store_definitions
from service.faults import Conflict, Unknown
from service.hearing import Refused
from service.installation import Installation, read_family
from service.organisation import Administration
from service.store_definitions import Version
from service.store_people import PersonRow
from service.store_reading import CaseFilter, CaseLine

SUFFIXES = (".bpmn", ".dmn", ".form", ".toml", ".csv")


def family_files(city: Path) -> dict[str, bytes]:
    """The files of a city's family by name: its own, which win over those of `gedeeld` beside it, and the holidays."""
    shipped = Path(__file__).resolve().parent.parent / "processes"
    shared = city.parent / "gedeeld"
    holidays = city.parent / "feestdagen.toml"
    found = [*_family(shared if shared.is_dir() else shipped / "gedeeld"), *_family(city)]
    files = {path.name: path.read_bytes() for path in found}
    files.setdefault("feestdagen.toml", (holidays if holidays.is_file() else shipped / "feestdagen.toml").read_bytes())
    return files


def _family(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.suffix in SUFFIXES)


def propose(
    installation: Installation, by: PersonRow, files: Mapping[str, bytes], note: str, now: datetime
) -> tuple[Version, tuple[Finding, ...]]:
    """Keep a version that has no errors, byte for byte, with its warnings; nothing runs on it before its release.

    The same files again answer the same version. Raises DefinitionRefused with all findings, Refused.
    """
    version = definitions.version_of(files)
    submission: dict[str, Json] = {"stap": "voorstellen", "versie": version}
    asked = Administration(Action.DEPLOY, Kind.DEFINITION_PROPOSED, submission, refused=Kind.DEFINITION_REFUSED)
    is_checked = _may(installation, by, asked, now)
    findings = checking.check_again(files) if is_checked else ()  # who may not propose costs us no seconds
    if any(one.severity is Severity.ERROR for one in findings):
        raise DefinitionRefused(findings)
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)  # the same files twice at once are one version
        known = store_definitions.find_version(tx, version) if is_checked else None
        if known is not None:
            return known, findings
        done = organisation.act(installation, tx, by, asked, now)
        if isinstance(done, Record):
            if not is_checked:
                raise Conflict("Uw rol is zojuist veranderd; stuur het opnieuw.")
            known = store_definitions.insert_version(tx, version, files, by=by.id, at=now, note=note)
    if isinstance(done, Refused):
        raise done
    assert known is not None, "a recorded proposal is stored"
    return known, findings


def _may(installation: Installation, by: PersonRow, asked: Administration, now: datetime) -> bool:
    with db.reading(installation.database) as tx:
        where = organisation.standing(installation, tx)
        who = organisation.actor(tx, organisation.reference(installation, by))
    return acts.judge(Ask(who, asked.action, None, asked.submission), where, (), now).allowed


def release(installation: Installation, by: PersonRow, version: str, now: datetime) -> Version:
    """New cases start on this version from now on; running ones stay on theirs (INV-46). Raises Unknown, Refused."""
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)  # released once, by whoever comes first
        known = store_definitions.find_version(tx, version)
        if known is None:
            raise Unknown("Deze versie is hier niet voorgesteld.")
        if known.status == "vrijgegeven":
            return known
        proposer = organisation.reference_of(installation, tx, known.proposed_by)
        submission: dict[str, Json] = {"stap": "vrijgeven", "versie": version, "voorgesteld_door": proposer}
        asked = Administration(Action.DEPLOY, Kind.DEFINITION_DEPLOYED, submission, refused=Kind.DEFINITION_REFUSED)
        done = organisation.act(installation, tx, by, asked, now)
        if isinstance(done, Record):
            store_definitions.release_version(tx, version, now)
            deliveries.plan_starts(tx, installation.definition(tx, version), now)
    if isinstance(done, Refused):
        raise done
    return read_version(installation, version)


def release_first(installation: Installation, files: Mapping[str, bytes], now: datetime) -> Version:
    """The first version of an empty installation, from the command line, once: nobody is there yet to release it.

    Raises DefinitionRefused, and Conflict when a version stands already.
    """
    reading = read_family(files)
    findings = (*reading.findings, *forms.findings(files))
    if reading.definition is None or any(one.severity is Severity.ERROR for one in findings):
        raise DefinitionRefused(findings)
    with db.writing(installation.database) as tx:
        head = organisation.hold_head(tx)
        if store_definitions.versions(tx):
            raise Conflict("Er staat al een procesmodel; stel een nieuwe versie voor en laat een ander haar vrijgeven.")
        version = reading.definition.version
        store_definitions.insert_version(tx, version, files, by=None, at=now, note="eerste inrichting")
        store_definitions.release_version(tx, version, now)
        deliveries.plan_starts(tx, reading.definition, now)
        fields: dict[str, Json] = {
            "actor": {"ref": "opdrachtregel", "role": "beheer"},
            "values": {"stap": "vrijgeven", "versie": version},
            "definition": {"version": version},
        }
        hearing.write(installation, tx, head, [(Kind.DEFINITION_DEPLOYED, fields)], now)
    return read_version(installation, version)


def current_files(installation: Installation) -> dict[str, bytes]:
    """The files of the version that new cases start on; none before the first release."""
    with db.reading(installation.database) as tx:
        current = store_definitions.current_version(tx)
        return store_definitions.file_bytes(tx, current) if current else {}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every version, newest first, which of them is `current`, and how many cases run on each."""

    versions: list[Version]
    current: str | None
    running: Mapping[str, int]


def shelf(installation: Installation) -> Shelf:
    """All versions with what runs on them."""
    with db.reading(installation.database) as tx:
        return Shelf(
            store_definitions.versions(tx), store_definitions.current_version(tx), store_definitions.running(tx)
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """In which files a version differs from the one before it: new here, other than there, or there alone."""

    base: int  # the number of the version before it
    added: list[str]
    changed: list[str]
    removed: list[str]


@dataclass(frozen=True, slots=True)
class Holding:
    """One version with its files, how many cases run on it, and those of them that the reader may see.

    `changes` compares it with what it replaces: the version that was in force when it was released, or is now.
    """

    version: Version
    files: Mapping[str, bytes]
    running: int
    cases: list[CaseLine]
    names: Mapping[str, str]  # what the processes of these cases are called
    is_own: bool  # proposed by the reader, who then does not release it
    changes: Changes | None  # None of the first version, which replaces nothing


def hold(installation: Installation, by: PersonRow, version: str, most: int, now: datetime) -> Holding:
    """What stands of this version; Unknown when nothing does."""
    known = read_version(installation, version)
    cases = reading.list_cases(installation, by, CaseFilter(definition=version, status="lopend", limit=most), now)
    with db.reading(installation.database) as tx:
        files = store_definitions.file_bytes(tx, version)
        running = store_definitions.running(tx).get(version, 0)
        processes = installation.definition(tx, version).processes if cases else {}
        changes = _changes(tx, known)
    names = {one.process: processes[one.process].name or one.process for one in cases}
    return Holding(known, files, running, cases, names, known.proposed_by == by.id, changes)


def _changes(tx: Connection, version: Version) -> Changes | None:
    released = [(one.released_at, one.number, one) for one in store_definitions.versions(tx) if one.released_at]
    if version.released_at is not None:
        released = [one for one in released if one[:2] < (version.released_at, version.number)]
    if not released:
        return None
    base = max(released, key=lambda one: one[:2])[2]
    here, there = (store_definitions.file_names(tx, one.version) for one in (version, base))
    return Changes(
        base.number,
        sorted(here.keys() - there.keys()),
        sorted(name for name in here.keys() & there.keys() if here[name] != there[name]),
        sorted(there.keys() - here.keys()),
    )


def read_version(installation: Installation, version: str) -> Version:
    """What stands of this version; Unknown when nothing does."""
    with db.reading(installation.database) as tx:
        known = store_definitions.find_version(tx, version)
    if known is None:
        raise Unknown("Deze versie is hier niet bekend.")
    return known
