"""Canonical JSON: the one byte form of a record, RFC 8785 in a narrower domain.

The domain: objects with printable ASCII keys, lists, strings of valid Unicode without NUL, integers within
+-(2**53 - 1), booleans and null. No fractions: amounts stand in cents. Within this domain the standard library's writer
and RFC 8785 give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

from engine.errors import RecordRefused
from engine.terms import Json
from engine.writing import writer

MAX_DEPTH = 40
MAX_BYTES = 4 * 1024 * 1024
MAX_INTEGER = 2**53 - 1

_encode = writer(sort_keys=True, allow_nan=False)
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_WRITTEN_NUL = b"\\u0000"  # what a NUL becomes, and what a text may say of its own
_KEY = re.compile("[\x20-\x7e]+")
_PLAIN = frozenset({str, bool, type(None)})


def canonical(value: Json | Mapping[str, Json]) -> bytes:
    """The canonical bytes of a value. Raises RecordRefused, naming the place, for a value outside the domain."""
    if not are_sound((value,)):
        _check(value, "", 0)  # slower: it names the place
    return written(value)


def written(value: Json | Mapping[str, Json]) -> bytes:
    """As `canonical`, for a value that is known to be sound: what its texts hold is seen in what they become."""
    text = _encode(value)
    try:
        content = text.encode()
    except UnicodeEncodeError:
        _check(value, "", 0)
        raise
    if _WRITTEN_NUL in content:
        _check(value, "", 0)
    if len(content) > MAX_BYTES:
        raise RecordRefused(f"de waarde is groter dan {MAX_BYTES} bytes")
    return content


def encode(value: Json | Mapping[str, Json]) -> bytes:
    """The same bytes without the check of the domain: to show stored data as they are, tampered or not."""
    return _encode(value).encode()


def parse(content: bytes) -> Json:
    """The value of canonical bytes. Raises RecordRefused when they are not canonical (so also for a repeated key)."""
    if len(content) > MAX_BYTES:
        raise RecordRefused(f"de waarde is groter dan {MAX_BYTES} bytes")
    try:
        value: Json = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise RecordRefused(f"geen leesbare JSON: {error}") from error
    if canonical(value) != content:
        raise RecordRefused("de JSON staat niet in de vaste vorm")
    return value


def are_sound(values: Collection[object], room: int = MAX_DEPTH) -> bool:
    """True only when all of it has the types, keys, numbers and depth of the domain; else `canonical` says what not.

    `room` is how many levels of objects and lists may begin here.
    """
    if _PLAIN.issuperset(map(type, values)):
        return True
    for one in values:
        if one is None or isinstance(one, str):
            continue
        if isinstance(one, dict):
            if room == 0 or not _are_keys(one) or not are_sound(one.values(), room - 1):
                return False
        elif isinstance(one, list):
            if room == 0 or not are_sound(one, room - 1):
                return False
        elif not isinstance(one, int) or not -MAX_INTEGER <= one <= MAX_INTEGER:  # a truth value is one too
            return False
    return True


def _are_keys(names: dict[object, object]) -> bool:
    """True when all are printable ASCII; looked at as one text, because this is asked of every object of a record."""
    try:
        text = "".join(names)  # type: ignore[arg-type]
    except TypeError:
        return False
    return text.isascii() and text.isprintable() and "" not in names


def _check(value: object, path: str, depth: int) -> None:
    if isinstance(value, str):
        if _UNFIT.search(value):
            raise RecordRefused(f"{path or 'waarde'}: tekst met een NUL of een half teken")
    elif value is None or isinstance(value, bool):
        return
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise RecordRefused(f"{path or 'waarde'}: getal buiten de grens van 2^53")
    elif depth >= MAX_DEPTH:
        raise RecordRefused(f"{path}: dieper dan {MAX_DEPTH} niveaus")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                raise RecordRefused(f"{path or 'waarde'}: sleutel {key!r} heeft andere tekens dan gewone ASCII")
            _check(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{path}[{index}]", depth + 1)
    else:
        name = "een kommagetal" if isinstance(value, float) else f"een waarde van soort {type(value).__name__}"
        raise RecordRefused(f"{path or 'waarde'}: {name} kan niet in een regel staan; schrijf bedragen in centen")
