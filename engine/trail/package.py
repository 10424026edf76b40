"""The evidence package (*bewijspakket*): the lines of its files, as BagIt (RFC 8493) and `verify.py` ask them.

`scope.json` says what is in it and what is not; its SHA-256 stands in the log, so that nobody makes it smaller later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.terms import Json, Values
from engine.trail.canonical import encode
from engine.trail.lines import base64_of
from engine.trail.record import Head
from engine.trail.seal import Sealed

FORMAT, VERSION = "wijkcyclus-bewijs", 1
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
GROUND = "verzegeld: persoonlijk of vertrouwelijk"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one package holds: the query, the chains up to their ends, and what is withheld, each on a ground.

    Definitions are named by their SHA-256; of each view the SHA-256 stands here, so that nobody makes it say otherwise.
    `size` says of a package of the whole log how many records have their place in it at least, and is 0 for another.
    """

    log: str
    query: Values
    requester: str
    at: str
    size: int
    heads: Sequence[Head]
    withheld: Mapping[str, str]
    definitions: Sequence[str]
    views: Mapping[str, str]

    def scope(self) -> bytes:
        """The bytes of `data/scope.json`."""
        chains: list[Json] = [{"chain": one.chain, "count": one.seq + 1, "head": one.digest} for one in self.heads]
        withheld: list[Json] = [{"digest": one, "ground": ground} for one, ground in sorted(self.withheld.items())]
        return encode(
            {
                "format": FORMAT,
                "v": VERSION,
                "log": self.log,
                "query": dict(self.query),
                "requester": self.requester,
                "at": self.at,
                "size": self.size,
                "chains": chains,
                "counts": {"records": sum(one.seq + 1 for one in self.heads), "withheld": len(withheld)},
                "withheld": withheld,
                "definitions": [*sorted(self.definitions)],
                "views": dict(self.views),
            }
        )


def record_line(digest: str, body: str, index: int | None, shown: Iterable[Sealed] = ()) -> bytes:
    """One line of `data/records.jsonl`; `index` is its place in the log, None while it has none."""
    sealed: dict[str, Json] = {one.digest: {"name": one.name, "value": one.value, "salt": one.salt} for one in shown}
    return encode({"digest": digest, "body": body, "index": index, "sealed": sealed}) + b"\n"


def consistency(path: Sequence[bytes]) -> bytes:
    """The bytes of `data/consistency/<size>.json`."""
    return encode({"path": [base64_of(one) for one in path]})


def bag_info(log: str, on: date, sizes: Iterable[int]) -> bytes:
    """The bytes of `bag-info.txt`; the sizes are those of the payload files."""
    listed = list(sizes)
    lines = (
        f"Bagging-Date: {on.isoformat()}",
        f"External-Identifier: {log}",
        f"Payload-Oxum: {sum(listed)}.{len(listed)}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def manifest(digests: Mapping[str, str]) -> bytes:
    """The bytes of a manifest: the SHA-256 of each file, by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
