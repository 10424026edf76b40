"""Sealing: a personal or confidential value stands in a record as a salted digest only, and its value beside it.

The disclosure construction of RFC 9901 in our domain: the digest of [salt, name, value]. With a fresh salt of 128 bits,
equal values give unequal digests and a digest betrays nothing, also after the value and its salt are destroyed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256

from engine.errors import RecordRefused
from engine.submission import is_blank
from engine.terms import Json
from engine.trail.canonical import canonical
from engine.value import value

PREFIX = b"wijkcyclus/sealed/v1\n"
REFERENCE_PREFIX = b"wijkcyclus/reference/v1\n"
HANDLE = "verzegeld"
SALT_BYTES = 16
_HEX = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
_NESTED = (dict, list)

Entropy = Callable[[int], bytes]
"""Gives so many random bytes: `secrets.token_bytes` at the outermost edge, a counter in a test."""


@value
class Sealed:
    """A sealed value with all that opens it; it lives in a table beside the records and can be destroyed there.

    `compartment` groups values that share a fate: who may open them, and when they are destroyed. `content` is what the
    digest is of: canonical [salt, name, value].
    """

    digest: str
    name: str
    value: Json
    salt: str
    compartment: str
    content: bytes

    @property
    def handle(self) -> dict[str, Json]:
        """What stands in records, registers and snapshots instead of the value."""
        return {HANDLE: self.digest}


def seal(name: str, value: Json, salt: str) -> str:
    """The digest (hex) of a value under a salt (32 hex digits): SHA-256 of prefix and canonical [salt, name, value]."""
    return sha256(PREFIX + _content(name, value, salt)).hexdigest()


def _content(name: str, value: Json, salt: str) -> bytes:
    if not _SALT.fullmatch(salt):
        raise RecordRefused("het zout van een verzegeling is 128 bits, geschreven als 32 hexadecimale cijfers")
    return canonical([salt, name, value])


def seal_value(name: str, value: Json, *, compartment: str, entropy: Entropy) -> Sealed:
    """The value sealed under a fresh salt."""
    salt = entropy(SALT_BYTES).hex()
    content = _content(name, value, salt)
    return Sealed(sha256(PREFIX + content).hexdigest(), name, value, salt, compartment, content)


def seal_form(
    values: Mapping[str, Json], sealed_fields: Iterable[str], *, compartment: str, entropy: Entropy
) -> tuple[dict[str, Json], tuple[Sealed, ...]]:
    """The submission with a handle in the place of each value of a sealed field, and those values.

    A field is a dotted path; in a repeating group the path names the field of each row (`afwijkingen.reden`). An empty
    value (null, blank, empty list) stays as it is: that something is missing is no secret, and the rules must see it.
    Raises RecordRefused for a submission that brings a handle itself: it would quote what it was never shown.
    """
    paths = {tuple(path.split(".")) for path in sealed_fields}
    found: list[Sealed] = []

    def covered(value: Json, path: tuple[str, ...]) -> Json:
        if path in paths and not _is_empty(value):
            sealed = seal_value(".".join(path), value, compartment=compartment, entropy=entropy)
            found.append(sealed)
            return sealed.handle
        if isinstance(value, dict):
            return {key: covered(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [covered(item, path) for item in value]
        return value

    _refuse_handles(dict(values), "")
    handles = covered(dict(values), ())
    assert isinstance(handles, dict), "a mapping stays a mapping"
    return handles, tuple(found)


def handles_in(value: Json) -> Iterator[str]:
    """The digests of all handles in a value, in order of appearance; each `{"verzegeld": "<64 hex>"}` is one."""
    if isinstance(value, dict):
        digest = value.get(HANDLE)
        if len(value) == 1 and isinstance(digest, str) and _HEX.fullmatch(digest):
            yield digest
        for item in value.values():
            yield from handles_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from handles_in(item)


def _is_empty(value: Json) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and is_blank(value))


def _refuse_handles(value: Json, path: str) -> None:
    if isinstance(value, dict):
        if HANDLE in value:
            raise RecordRefused(f"{path or 'gegevens'}: een ingezonden waarde kan niet al verzegeld zijn")
        for key, item in value.items():
            if isinstance(item, _NESTED):
                _refuse_handles(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            _refuse_handles(item, path)


@lru_cache(maxsize=4096)
def reference(secret: bytes, person: str, case: str | None = None) -> str:
    """A person's reference (32 hex digits): one and stable for an official (`case` None), one per case for a resident.

    HMAC-SHA-256, so that nobody without the secret can compute or compare references. Raises RecordRefused for a
    secret shorter than 32 bytes.
    """
    if len(secret) < 32:
        raise RecordRefused("het geheim achter de verwijzingen is korter dan 32 bytes")
    message = REFERENCE_PREFIX + canonical([person, case])
    return hmac.new(secret, message, sha256).hexdigest()[:32]
