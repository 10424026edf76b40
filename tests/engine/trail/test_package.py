"""The verifier on a large package: fast enough to be run by anybody, on any computer."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

from engine.terms import Json
from engine.trail import merkle, package, verify
from engine.trail.checkpoint import Checkpoint
from engine.trail.kinds import Kind
from engine.trail.note import Note, sign
from engine.trail.package import Contents
from engine.trail.record import Head, Record, compose
from tests.engine.trail.signing import LOG, ORIGIN, private

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
FIELDS: dict[str, Json] = {
    "actor": {"ref": "a" * 32, "role": "wijkcoordinator", "groups": ["wijkcoordinator"], "mandate": []},
    "ruling": {"rule": "D09/raadplegen", "outcome": "allowed", "matrix": "0" * 64, "grounds": ["1" * 64] * 6},
    "values": {"titel": "Conceptwijkprogramma", "bedrag": 1_250_000, "onderdelen": [{"onderdeel": "I-01"}] * 5},
}


def written(root: Path, chains: int, each: int) -> None:
    """A package of the whole log: so many chains of so many records."""
    found, heads = list[Record](), list[Head]()
    for number in range(chains):
        head = Head(f"{number:036d}")
        for _ in range(each):
            found.append(compose(head, Kind.DECISION_TAKEN, FIELDS, log=ORIGIN, at=AT, nonce=bytes(16)))
            head = found[-1].head
        heads.append(head)
    scope = Contents(ORIGIN, {}, "p", "", len(found), heads, {}, [], {}).scope()
    told: dict[str, Json] = {"actor": {"ref": "p"}, "values": {"omvang": hashlib.sha256(scope).hexdigest()}}
    issued = compose(Head("organisatie"), Kind.EVIDENCE_ISSUED, told, log=ORIGIN, at=AT, nonce=bytes(16))
    leaves = [bytes.fromhex(one.digest) for one in (*found, issued)]
    end = merkle.grow(merkle.Frontier(0, ()), leaves).frontier
    text = Checkpoint(ORIGIN, end.size, end.root).text
    payload = {
        "data/scope.json": scope,
        "data/records.jsonl": b"".join(package.record_line(one.digest, one.body, at) for at, one in enumerate(found)),
        "data/issued.json": package.record_line(issued.digest, issued.body, len(found)),
        "data/checkpoint": Note(text, (sign(text, LOG, private(ORIGIN).sign),)).encode(),
        "data/digests.bin": b"".join(leaves),
    }
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in payload.items()}
    tags = {
        "bagit.txt": package.BAGIT,
        "bag-info.txt": package.bag_info(ORIGIN, date(2027, 3, 1), map(len, payload.values())),
        "manifest-sha256.txt": package.manifest(listed),
    }
    tagged = package.manifest({name: hashlib.sha256(content).hexdigest() for name, content in tags.items()})
    (root / "data").mkdir(parents=True)
    for name, content in {**payload, **tags, "tagmanifest-sha256.txt": tagged}.items():
        (root / name).write_bytes(content)


def test_20_000_records_are_checked_within_five_seconds(tmp_path: Path) -> None:
    written(tmp_path / "pakket", 20, 1_000)
    policy = verify.read_policy(f"log {LOG}\nquorum none\n".encode())
    begun = process_time()
    report = verify.check_package(tmp_path / "pakket", policy)
    taken = process_time() - begun
    assert (report.findings, report.records) == ([], 20_001)
    assert taken < 5
