"""How the C2SP texts write bytes and numbers on a line: one spelling each, and any other is refused."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable

from engine.errors import NoteRefused

MAX_NUMBER = 2**63 - 1
MAX_PATH = 63
HASH_BYTES = 32
_NUMBER = re.compile("0|[1-9][0-9]{0,18}")


def base64_of(content: bytes) -> str:
    """Bytes in the standard base 64 (RFC 4648, chapter 4)."""
    return b64encode(content).decode()


def read_base64(text: str) -> bytes:
    """The bytes, unless another text would give the same ones: Python itself overlooks the last bits."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as error:
        raise NoteRefused(f"geen base64: {text[:80]!r}") from error
    if base64_of(content) != text:
        raise NoteRefused(f"geen gewone base64: {text[:80]!r}")
    return content


def read_hash(text: str) -> bytes:
    """The 32 bytes of a SHA-256 digest."""
    content = read_base64(text)
    if len(content) != HASH_BYTES:
        raise NoteRefused(f"een hash heeft {HASH_BYTES} bytes, niet {len(content)}")
    return content


def read_path(lines: Iterable[str]) -> tuple[bytes, ...]:
    """The hashes of a proof, one a line."""
    path = tuple(map(read_hash, lines))
    if len(path) > MAX_PATH:
        raise NoteRefused(f"een bewijs heeft hooguit {MAX_PATH} hashes, niet {len(path)}")
    return path


def read_number(text: str) -> int:
    """A whole number in ASCII digits without leading zeros."""
    if not _NUMBER.fullmatch(text) or (number := int(text)) > MAX_NUMBER:
        raise NoteRefused(f"geen getal zonder voorloopnullen: {text[:80]!r}")
    return number


def read_text(content: bytes) -> str:
    """The text of a file that must be valid UTF-8, without other control characters than the end of a line."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NoteRefused("geen geldige UTF-8") from error
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Raise NoteRefused for a text that no note can hold."""
    if any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in text):
        raise NoteRefused("er staat een stuurteken of een half teken in de tekst")
