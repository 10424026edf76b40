"""What happened in a case, for who controls: its records, and the versions of the diagrams under which it ran.

Read from the log alone, without opening what is sealed; who may ask is judged by `service.questions.require`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.questions.material import CaseLine, Entry
from engine.trail.kinds import Kind, sentence
from service import db, store_definitions, store_log, store_questions, store_wijken
from service.faults import Unknown
from service.installation import Installation
from service.store_questions import Scope

_NO_CASE = "Deze zaak bestaat niet."
_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records `first` to `last` of a case were written under this version; `processes` are its diagrams that ran."""

    version: str
    first: int
    last: int
    processes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A case with its records, oldest first; `others` are the other cases of its dossier.

    `drawn` names the file in which a version holds the drawing of a process.
    """

    case: CaseLine
    name: str
    wijk: str
    entries: tuple[Entry, ...]
    stretches: tuple[Stretch, ...]
    others: tuple[CaseLine, ...]
    names: Mapping[str, str]
    drawn: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Found:
    """One record, and its place in the log; None while it waits for one.

    `grounds` is what its ruling rests on, each with whether that is a record that can be looked up: of a resident the
    grounds are named in each case by another number.
    """

    entry: Entry
    place: int | None
    grounds: tuple[tuple[str, bool], ...]


def list_cases(installation: Installation, scope: Scope) -> tuple[list[CaseLine], Mapping[str, str]]:
    """The cases within this part of the log, and the name of each of their processes."""
    with db.reading(installation.database) as tx:
        if scope.wijk is not None and store_wijken.find(tx, scope.wijk) is None:
            raise Unknown("Deze wijk bestaat niet.")
        found = store_questions.cases_in(tx, scope)
        return found, _names(installation, tx, found)


def read_timeline(installation: Installation, case_id: str) -> Timeline:
    """All that is on record of a case."""
    with db.reading(installation.database) as tx:
        dossier = store_questions.cases_in(tx, Scope(case=case_id))
        case = next((one for one in dossier if one.id == case_id), None)
        if case is None:
            raise Unknown(_NO_CASE)
        entries = store_questions.entries_of(tx, [case_id], frozenset(Kind))
        names = _names(installation, tx, dossier)
        wijk = store_wijken.find(tx, case.wijk) or case.wijk
        stretches = _stretches(entries)
        drawn = _drawn(installation, tx, stretches)
    others = tuple(one for one in dossier if one.id != case_id)
    return Timeline(case, names[case.process], wijk, tuple(entries), tuple(stretches), others, names, drawn)


def read_record(installation: Installation, digest: str) -> Found:
    """One record by its digest, as it is kept."""
    with db.reading(installation.database) as tx:
        found = store_questions.entries_named(tx, [digest])
        if not found:
            raise Unknown("Deze regel bestaat niet.")
        grounds = found[0].part("ruling").get("grounds")
        named = [one for one in grounds if isinstance(one, str)] if isinstance(grounds, list) else []
        known = {one.digest for one in store_questions.entries_named(tx, named)}
        place = store_log.place_of(tx, store_log.read_tree(tx).log, digest)
    return Found(found[0], place, tuple((one, one in known) for one in named))


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says to a reader, and what its own version calls its elements, by id."""

    sentence: str
    names: Mapping[str, str]


def say(installation: Installation, digests: Collection[str], told: Callable[[str], str] = str) -> dict[str, Said]:
    """What these records say, by digest, with steps and roles under their own names; nothing of one that was altered.

    `told` says the parts in another language, when somebody reads that.
    """
    with db.reading(installation.database) as tx:
        entries = [one for one in store_questions.entries_named(tx, [*digests]) if one.is_sound and one.kind in _KINDS]
        versions = dict.fromkeys(str(one.part("definition").get("version") or "") for one in entries)
        names = {version: _called(installation, tx, version) for version in versions}
    found = {}
    for one in entries:
        ran, element = one.part("definition"), str(one.part("task").get("element") or "")
        called, roles = names[str(ran.get("version") or "")]
        name, role = called.get(f"{ran.get('id')}/{element}", ""), roles.get(str(one.part("actor").get("role")), "")
        found[one.digest] = Said(sentence(one.body, told, name, role), called)
    return found


def _called(installation: Installation, tx: Connection, version: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a version calls its elements, by id and by `process/id`, and its roles; nothing when it is not kept here."""
    if not version or (version not in installation.read and store_definitions.find_version(tx, version) is None):
        return {}, {}
    found = installation.definition(tx, version)
    named = [(process, one) for process in found.processes.values() for one in process.elements.values() if one.name]
    elements = {one.id: one.name for _, one in named} | {f"{process.id}/{one.id}": one.name for process, one in named}
    return elements, {one.id: one.name for one in found.roles.by_id.values()}


def chosen(entries: Sequence[Entry], nouns: Collection[str], *, only_refused: bool) -> list[Entry]:
    """The records about these things (`besluit`, `taak`; none: all), or of them only what was refused."""
    return [
        one
        for one in entries
        if (not nouns or noun_of(one) in nouns) and (not only_refused or one.part("ruling").get("outcome") == "refused")
    ]


def noun_of(entry: Entry) -> str:
    """What a record is about, as its kind says."""
    return entry.kind.partition(":")[0]


def _stretches(entries: Sequence[Entry]) -> list[Stretch]:
    found: list[Stretch] = []
    for one in entries:
        said = one.part("definition")
        version, process = str(said.get("version") or ""), str(said.get("id") or "")
        if not version:
            continue
        same = found.pop() if found and found[-1].version == version else Stretch(version, one.seq, one.seq, ())
        ran = dict.fromkeys((*same.processes, *([process] if process else ())))
        found.append(Stretch(version, same.first, one.seq, tuple(ran)))
    return found


def _drawn(installation: Installation, tx: Connection, stretches: Sequence[Stretch]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for version in dict.fromkeys(one.version for one in stretches):
        if store_definitions.find_version(tx, version) is not None:
            processes = installation.definition(tx, version).processes
            found |= {(version, name): one.file for name, one in processes.items()}
    return found


def _names(installation: Installation, tx: Connection, cases: Sequence[CaseLine]) -> dict[str, str]:
    """What these cases' own versions call their processes."""
    found: dict[str, str] = {}
    for version in dict.fromkeys(one.version for one in cases):
        found |= {name: one.name or name for name, one in installation.definition(tx, version).processes.items()}
    return found
