"""The export of one chain: JSON Lines that `verify.py` checks without anything of ours.

Line 1 is the header {"format", "v", "chain", "count", "head"}; then one line per record, {"digest", "body", "columns",
"sealed", "withheld", "destroyed"}: the exact body as text, the query columns beside it, and of the sealed values that
it names those shown, the digests of those that are there but withheld, and those destroyed, each with its order. Every
line is canonical JSON, so that not one byte of it can differ unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.terms import Json
from engine.trail.canonical import encode
from engine.trail.record import Head, Record, instant
from engine.trail.seal import HANDLE, Sealed

FORMAT = "wijkcyclus-export"
VERSION = 1
_HANDLES = re.compile(rf'"{HANDLE}":"([0-9a-f]{{64}})"')


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is found in storage, believed in nothing; `columns` are its query columns by their field's name.

    Known columns are `chain`, `seq`, `prev`, `kind`, `at` (as `engine.trail.record.instant` writes it) and `log`.
    """

    digest: str
    body: str
    columns: Mapping[str, Json]

    @classmethod
    def of(cls, record: Record) -> Stored:
        """A record that was just composed, as it would be stored."""
        columns: dict[str, Json] = {
            "chain": record.chain,
            "seq": record.seq,
            "prev": record.prev,
            "kind": record.kind.value,
            "at": instant(record.at),
        }
        return cls(record.digest, record.body, columns)


def export_lines(
    head: Head,
    records: Iterable[Stored],
    sealed: Mapping[str, Sealed],
    *,
    withheld: Collection[str] = (),
    destroyed: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[bytes]:
    """The lines of an export, each ending in a newline.

    `head` is the end of the chain as it is kept, not as computed from the records: a lost tail is then found. `records`
    come in order; of `sealed` (by digest) each value is shown with the records that hold its handle. `withheld` holds
    digests of values that are there and not shown; `destroyed` gives the digest of the order by which a value went. The
    verifier calls missing what is in none of them.
    """
    header: dict[str, Json] = {
        "format": FORMAT,
        "v": VERSION,
        "chain": head.chain,
        "count": head.seq + 1,
        "head": head.digest,
    }
    yield encode(header) + b"\n"
    for record in records:
        line: dict[str, Json] = {"digest": record.digest, "body": record.body, "columns": dict(record.columns)}
        named = _HANDLES.findall(record.body)
        line |= _told(
            sealed={
                digest: {"name": value.name, "value": value.value, "salt": value.salt}
                for digest in named
                if (value := sealed.get(digest)) is not None
            },
            withheld=sorted({digest for digest in named if digest in withheld and digest not in sealed}),
            destroyed={digest: destroyed[digest] for digest in named if digest in destroyed},
        )
        yield encode(line) + b"\n"


def _told(**parts: Json) -> dict[str, Json]:
    return {name: part for name, part in parts.items() if part}
