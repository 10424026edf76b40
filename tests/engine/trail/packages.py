"""A package of as many records as one likes, written without a service: for tests and for the benchmark."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

from engine.terms import Json
from engine.trail import merkle, package
from engine.trail.checkpoint import Checkpoint
from engine.trail.kinds import Kind
from engine.trail.note import Note, sign
from engine.trail.package import Contents
from engine.trail.receipt import Receipt
from engine.trail.record import Head, Record, compose
from tests.engine.trail.signing import LOG, ORIGIN, private

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
FIELDS: dict[str, Json] = {
    "actor": {"ref": "a" * 32, "role": "wijkcoordinator", "groups": ["wijkcoordinator"], "mandate": []},
    "ruling": {"rule": "D09/raadplegen", "outcome": "allowed", "matrix": "0" * 64, "grounds": ["1" * 64] * 6},
    "values": {"titel": "Conceptwijkprogramma", "bedrag": 1_250_000, "onderdelen": [{"onderdeel": "I-01"}] * 5},
}


def written(root: Path, chains: int, each: int, *, whole: bool) -> None:
    """A package of so many chains of so many records: of the whole log, or with a proof for each record."""
    found, heads = list[Record](), list[Head]()
    for number in range(chains):
        head = Head(f"{number:036d}")
        for _ in range(each):
            found.append(compose(head, Kind.DECISION_TAKEN, FIELDS, log=ORIGIN, at=AT, nonce=bytes(16)))
            head = found[-1].head
        heads.append(head)
    packed(root, found, heads, whole=whole)


def packed(root: Path, found: list[Record], heads: list[Head], *, whole: bool) -> None:
    """A package of these records, of chains that end in these heads."""
    scope = Contents(ORIGIN, {}, "p", "", len(found) if whole else 0, heads, {}, [], {}).scope()
    told: dict[str, Json] = {"actor": {"ref": "p"}, "values": {"omvang": hashlib.sha256(scope).hexdigest()}}
    issued = compose(Head("organisatie"), Kind.EVIDENCE_ISSUED, told, log=ORIGIN, at=AT, nonce=bytes(16))
    leaves = [bytes.fromhex(one.digest) for one in (*found, issued)]
    end = merkle.grow(merkle.Frontier(0, ()), leaves).frontier
    text = Checkpoint(ORIGIN, end.size, end.root).text
    note = Note(text, (sign(text, LOG, private(ORIGIN).sign),))
    payload = {
        "data/scope.json": scope,
        "data/records.jsonl": b"".join(package.record_line(one.digest, one.body, at) for at, one in enumerate(found)),
        "data/issued.json": package.record_line(issued.digest, issued.body, len(found)),
        "data/checkpoint": note.encode(),
    }
    if whole:
        payload["data/digests.bin"] = b"".join(leaves)
    else:
        payload |= proofs(leaves, note)
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in payload.items()}
    tags = {
        "bagit.txt": package.BAGIT,
        "bag-info.txt": package.bag_info(ORIGIN, date(2027, 3, 1), map(len, payload.values())),
        "manifest-sha256.txt": package.manifest(listed),
    }
    tagged = package.manifest({name: hashlib.sha256(content).hexdigest() for name, content in tags.items()})
    (root / "data/proofs").mkdir(parents=True)
    for name, content in {**payload, **tags, "tagmanifest-sha256.txt": tagged}.items():
        (root / name).write_bytes(content)


def proofs(leaves: list[bytes], note: Note) -> dict[str, bytes]:
    """The proof of each of these records, by the name of its file."""
    grown = merkle.grow(merkle.Frontier(), leaves)
    levels = {0: leaves}
    for block in grown.blocks:
        levels.setdefault(block.level, []).append(block.root)
    paths = (
        merkle.inclusion_proof(at, grown.frontier, lambda level, start, stop: levels[level][start:stop])
        for at in range(len(leaves))
    )
    return {
        f"data/proofs/{at}.tlog-proof": Receipt(at, path, note, leaves[at]).encode() for at, path in enumerate(paths)
    }
