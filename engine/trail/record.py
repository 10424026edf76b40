"""The record (*regel*): one act or one refusal, as exact bytes, chained to the record before it in its case.

The fields, kinds and digest prefix are published in README.md beside this file and frozen from the first release on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from engine.errors import RecordRefused
from engine.terms import Json
from engine.trail.canonical import MAX_INTEGER, canonical, parse, written
from engine.trail.fields import DIGEST, are_fit, check_fields
from engine.trail.kinds import Kind
from engine.trail.seal import SALT_BYTES
from engine.value import value

VERSION = 1
PREFIX = b"wijkcyclus/record/v1\n"
NO_RECORD = "0" * 64
"""What the first record of a chain names as its predecessor."""
ORGANISATION = "organisatie"
"""The chain of acts that belong to no case: roles, mandates, definitions."""

_CHAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_LOG = re.compile(r"[0-9A-Za-z][0-9A-Za-z./:_-]{0,199}")


@value
class Head:
    """The end of a chain: the number and digest of its last record (-1 and zeros before the first)."""

    chain: str
    seq: int = -1
    digest: str = NO_RECORD


@value
class Record:
    """One composed record; `body` is the exact canonical text that was hashed and is never serialised again.

    The other fields are copies for queries; `at` is cut to the millisecond that stands in the body.
    """

    chain: str
    seq: int
    prev: str
    digest: str
    kind: Kind
    at: datetime
    body: str

    @property
    def head(self) -> Head:
        """The end of the chain once this record stands in it."""
        return Head(self.chain, self.seq, self.digest)


def digest_of(body: str) -> str:
    """The digest (hex) of a record: SHA-256 over the prefix and the exact UTF-8 bytes of its body."""
    return sha256(PREFIX + body.encode()).hexdigest()


@lru_cache(256)  # one act writes its moment several times
def instant(at: datetime) -> str:
    """A moment as records write it: UTC, milliseconds, `Z`. Raises RecordRefused for a moment without a zone."""
    if at.tzinfo is None:
        raise RecordRefused("at: het tijdstip heeft geen tijdzone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compose(head: Head, kind: Kind, fields: Mapping[str, Json], *, log: str, at: datetime, nonce: bytes) -> Record:
    """The record that follows on `head`, with the optional fields of `engine.trail.fields`; None leaves a field out.

    `log` names the installation. `nonce` is 16 random bytes: a body that can be guessed cannot be found by its digest.
    Raises RecordRefused for an unknown or malformed field; nothing personal is looked for: seal it before.
    """
    if not _CHAIN.fullmatch(head.chain) or not DIGEST.fullmatch(head.digest) or not _LOG.fullmatch(log):
        raise RecordRefused("de naam van de keten, van het logboek of de vorige regel heeft een verkeerde vorm")
    if len(nonce) != SALT_BYTES:
        raise RecordRefused("nonce: 16 willekeurige bytes zijn nodig")
    is_fit = are_fit(fields) and head.seq < MAX_INTEGER
    body: dict[str, Json] = dict(fields)
    if not is_fit:
        body = {name: value for name, value in fields.items() if value is not None}
        check_fields(body)
    if "actor" not in body:
        raise RecordRefused("actor: ontbreekt; ook wat het systeem doet heeft een handelende ('systeem')")
    body |= {
        "v": VERSION,
        "log": log,
        "kind": kind.value,
        "case": head.chain,
        "seq": head.seq + 1,
        "prev": head.digest,
        "at": instant(at),
        "nonce": nonce.hex(),
    }
    content = written(body) if is_fit else canonical(body)
    cut = at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    digest = sha256(PREFIX + content).hexdigest()
    return Record(head.chain, head.seq + 1, head.digest, digest, kind, cut, content.decode())


def read(body: str) -> dict[str, Json]:
    """The fields of a stored record. Raises RecordRefused when the text is not canonical or not a record."""
    value = parse(body.encode())
    if not isinstance(value, dict) or value.get("v") != VERSION:
        raise RecordRefused("dit is geen regel van versie 1")
    return value
