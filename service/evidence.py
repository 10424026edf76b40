"""Giving evidence out: a package that anybody checks with `verify.py` and the public key of the log, without us.

1. what is in it is settled: the chains up to their ends, and what is withheld, on which ground;
2. that is recorded, by the SHA-256 of the scope; so that the package cannot be made smaller afterwards;
3. every record gets its place in the log, and the log is signed;
4. the files are written under another name, and renamed when they are whole.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from sqlalchemy import Connection

from engine.terms import Action, Json, Values
from engine.trail import merkle, package, record
from engine.trail.kinds import Kind
from engine.trail.note import Note
from engine.trail.package import Contents
from engine.trail.receipt import Receipt
from engine.trail.record import Head, Record
from engine.trail.seal import handles_in
from engine.trail.views import Seen, csv_view, page_view, xes_view
from service import (
    db,
    hearing,
    organisation,
    questions,
    receipts,
    sequencing,
    signing,
    store_definitions,
    store_evidence,
    store_log,
    store_questions,
)
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.organisation import Administration
from service.store_log import Signed
from service.store_people import PersonRow
from service.store_questions import Scope
from service.store_trail import ORGANISATION

REQUESTER = "opdrachtregel"
MOST_AT_ONCE = 20_000  # records that one request packs; the command line has no limit
_ELSEWHERE = "kies een zaak of een wijk, of laat het pakket op de opdrachtregel maken (wijkcyclus evidence)."
_EARLIER = 200  # checkpoints to which a package leads back; a package of the whole log leads back to any


def issue(
    installation: Installation,
    scope: Scope,
    to: Path,
    now: datetime,
    *,
    by: PersonRow | None = None,
    most: int | None = None,
) -> int:
    """Write the package of this part of the log (of all of it, for an empty scope); answers the number of records.

    `by` asks for it, or the command line does. Raises Unknown for a case that does not exist, Conflict for a directory
    that does, Malformed for more than `most` records, Refused to a person, and LogBroken if none may sign.
    """
    if to.exists():
        raise Conflict(f"{to} bestaat al; kies een nieuwe map.")
    sequencing.sequence_all(installation)
    requester = REQUESTER if by is None else organisation.reference(installation, by)
    contents, models = _settle(installation, scope, requester, now)
    if most is not None and sum(one.seq + 1 for one in contents.heads) > most:
        raise Malformed((Fault("jaar", f"Dit zijn meer dan {most} regels; {_ELSEWHERE}"),))
    issued = _record(installation, contents.scope(), by, now)
    sequencing.sequence_all(installation)
    signed = signing.sign_head(installation, now)
    assert signed is not None, "the record that this was given out has its place by now"
    part = to.with_name(f"{to.name}.deel")
    rmtree(part, ignore_errors=True)
    with db.reading(installation.database) as tx:
        bag = _Bag(part)
        _write(tx, bag, contents, issued, signed)
    for digest, content in models.items():
        bag.put(f"definitions/{digest}", [content])
    bag.close(contents.log, now)
    part.rename(to)
    return sum(one.seq + 1 for one in contents.heads)


def download(
    installation: Installation, by: PersonRow, scope: Scope, now: datetime, most: int = MOST_AT_ONCE
) -> IO[bytes]:
    """The same package, for who may control the organisation, as one ZIP file that is gone when it is closed.

    Raises as `issue` does.
    """
    questions.require(installation, by, "bewijs", now)
    with TemporaryDirectory() as directory:
        bag = Path(directory) / "bewijs"
        issue(installation, scope, bag, now, by=by, most=most)
        file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(one for one in bag.rglob("*") if one.is_file()):
                packed.write(path, path.relative_to(directory))
    file.seek(0)
    return file


def _settle(
    installation: Installation, scope: Scope, requester: str, now: datetime
) -> tuple[Contents, dict[str, bytes]]:
    """What the package will hold, and the files of the process models that governed it, by SHA-256."""
    with db.reading(installation.database) as tx:
        size = store_log.read_tree(tx).frontier.size  # read before the chains: what has a place is then in one of them
        cases = store_questions.cases_in(tx, scope)
        if not cases and scope != Scope():
            raise Unknown("Er is geen zaak waarvan hier bewijs is.")
        heads = [Head(one.id, one.seq, one.head) for one in cases]
        own = store_questions.head_of_organisation(tx)
        if scope == Scope() and own is not None:
            heads.append(Head(ORGANISATION, *own))
        models = {
            hashlib.sha256(content).hexdigest(): content
            for version in sorted({one.version for one in cases})
            for content in store_definitions.file_bytes(tx, version).values()
        }
        found = [one for head in heads for one in _records(tx, head)]
        contents = Contents(
            log=installation.config.origin,
            query={"wijk": scope.wijk, "jaar": scope.year, "zaak": scope.case},
            requester=requester,
            at=record.instant(now),
            size=size if scope == Scope() else 0,
            heads=heads,
            withheld=_withheld(tx, found),
            definitions=[*models],
            views={name: _sha256(lines) for name, lines in _views(installation.config.origin, found).items()},
        )
    return contents, models


def _withheld(tx: Connection, found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Every sealed value that these records name and that still exists; none of them is opened for a package."""
    named = [*dict.fromkeys(one for _, body in found for one in handles_in(dict(record.read(body))))]
    return dict.fromkeys(store_questions.values_named(tx, named), package.GROUND)


def _views(log: str, found: Sequence[tuple[str, str]]) -> dict[str, Iterator[str]]:
    """The views of these records, by file name; the same at each call."""
    seen = [Seen(digest, record.read(body)) for digest, body in found]
    return {
        "trail.csv": csv_view(seen),
        "trail.xes": xes_view(seen),
        "dossier.html": page_view(f"Bewijs uit {log}", seen),
    }


def _sha256(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()


def _records(tx: Connection, head: Head) -> Iterator[tuple[str, str]]:
    """The digest and body of each record of a chain up to this end."""
    for one in store_questions.entries_of(tx, [head.chain], frozenset(Kind)):
        if one.seq <= head.seq:
            yield one.digest, one.text


def _record(installation: Installation, scope: bytes, by: PersonRow | None, now: datetime) -> Record:
    """The record that exactly this was given out, and to whom. Raises Refused."""
    values: dict[str, Json] = {"omvang": hashlib.sha256(scope).hexdigest()}
    with db.writing(installation.database) as tx:
        if by is not None:
            done = organisation.act(
                installation, tx, by, Administration(Action.AUDIT, Kind.EVIDENCE_ISSUED, values), now
            )
        else:
            fields: Values = {"actor": {"ref": REQUESTER, "role": "beheer"}, "values": values}
            done = hearing.write(installation, tx, organisation.hold_head(tx), [(Kind.EVIDENCE_ISSUED, fields)], now)[
                -1
            ]
    if isinstance(done, Refused):
        raise done
    return done


@dataclass(slots=True)
class _Bag:
    """A BagIt directory that is being filled: the SHA-256 and size of each payload file."""

    root: Path
    digests: dict[str, str] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def put(self, name: str, content: Iterable[bytes]) -> None:
        """Write one payload file."""
        digest, size = self._write(f"data/{name}", content)
        self.digests[f"data/{name}"] = digest
        self.sizes.append(size)

    def close(self, log: str, now: datetime) -> None:
        """Write the files that say what is in it."""
        tags = {
            "bagit.txt": package.BAGIT,
            "bag-info.txt": package.bag_info(log, now.date(), self.sizes),
            "manifest-sha256.txt": package.manifest(self.digests),
        }
        digests = {name: self._write(name, [content])[0] for name, content in tags.items()}
        self._write("tagmanifest-sha256.txt", [package.manifest(digests)])

    def _write(self, name: str, content: Iterable[bytes]) -> tuple[str, int]:
        path, digest, size = self.root / name, hashlib.sha256(), 0
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for some in content:
                file.write(some)
                digest.update(some)
                size += len(some)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest(), size


def _write(tx: Connection, bag: _Bag, contents: Contents, issued: Record, signed: Signed) -> None:
    found = [one for head in contents.heads for one in _records(tx, head)]
    places = store_evidence.places(tx, signed.log, [*(digest for digest, _ in found), issued.digest])
    at = {digest: index for digest, index in places.items() if index < signed.frontier.size}
    bag.put("scope.json", [contents.scope()])
    bag.put("records.jsonl", (package.record_line(digest, body, at.get(digest)) for digest, body in found))
    bag.put("issued.json", [package.record_line(issued.digest, issued.body, at.get(issued.digest))])
    note = receipts.note_of(tx, signed)
    bag.put("checkpoint", [note.encode()])
    if contents.size:
        bag.put("digests.bin", store_evidence.leaves(tx, signed.log, signed.frontier.size))
    else:
        _prove(tx, bag, signed, note, at)
    for name, lines in _views(contents.log, found).items():
        bag.put(f"views/{name}", (line.encode() for line in lines))


def _prove(tx: Connection, bag: _Bag, signed: Signed, note: Note, at: dict[str, int]) -> None:
    """For each record its receipt, and for earlier checkpoints that the log only grew since."""
    read = store_log.reader(tx, signed.log)
    for digest, index in sorted(at.items(), key=lambda one: one[1]):
        path = merkle.inclusion_proof(index, signed.frontier, read)
        bag.put(f"proofs/{index}.tlog-proof", [Receipt(index, path, note, bytes.fromhex(digest)).encode()])
    for size in store_evidence.sizes_signed(tx, signed.log, signed.frontier.size, _EARLIER):
        proof = merkle.consistency_proof(size, signed.frontier, read)
        bag.put(f"consistency/{size}.json", [package.consistency(proof)])
