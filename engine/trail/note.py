"""Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature), to the letter.

A note is a text, an empty line, and lines of signatures. A key is known by its name and 4 bytes of a hash over name,
kind and public key; signatures of keys that the reader does not know are passed over, as the specification demands. Of
the kinds there are two here: 0x01 of a log, 0x04 of a witness, which also says when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.errors import NoteRefused
from engine.trail.lines import base64_of, check_text, read_base64, read_text

MAX_BYTES = 1024 * 1024
MAX_SIGNATURES = 100
_DASH = "— "
_ID_BYTES = 4
_PUBLIC_BYTES = 32
_TIME_BYTES = 8
_LAST_SECOND = 253_402_300_799  # of the year 9999, where Python's calendar ends

Ed25519 = Callable[[bytes], bytes]
"""Signs a message: the method `sign` of a private key, which itself never enters the engine."""


class KeyKind(IntEnum):
    """What a key signs: the note itself (a log), or a checkpoint at a moment (a witness)."""

    LOG = 0x01
    WITNESS = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a signing key; its text is the verifier key `name+id+base64` that policies hold."""

    name: str
    kind: KeyKind
    public: bytes

    def __post_init__(self) -> None:
        """Refuse a name or key that a note cannot hold."""
        _check_name(self.name)
        if len(self.public) != _PUBLIC_BYTES:
            raise NoteRefused(f"een openbare sleutel heeft {_PUBLIC_BYTES} bytes, niet {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names this key beside its name."""
        return sha256(self.name.encode() + b"\n" + self._typed).digest()[:_ID_BYTES]

    @property
    def _typed(self) -> bytes:
        return bytes([self.kind]) + self.public

    def __str__(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.key_id.hex()}+{base64_of(self._typed)}"

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """The key of such a text. Raises NoteRefused when the id is not that of name and key, or the kind is new."""
        name, *rest = text.split("+", 2)
        typed = read_base64(rest[1]) if len(rest) == 2 else b""
        if not typed or typed[0] not in tuple(KeyKind):
            raise NoteRefused(f"geen sleutel die hier gebruikt kan worden: {text[:80]!r}")
        key = cls(name, KeyKind(typed[0]), typed[1:])
        if rest[0] != key.key_id.hex():
            raise NoteRefused(f"het kenmerk van de sleutel hoort niet bij naam en sleutel: {text[:80]!r}")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the name and id of the key, and what that key made of the text."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH}{self.name} {base64_of(self.key_id + self.value)}\n"

    @classmethod
    def read(cls, line: str) -> Signature:
        """The signature of a line without its end."""
        name, *rest = line.removeprefix(_DASH).split(" ")
        if not line.startswith(_DASH) or len(rest) != 1:
            raise NoteRefused(f"geen regel met een handtekening: {line[:80]!r}")
        _check_name(name)
        content = read_base64(rest[0])
        if len(content) <= _ID_BYTES:
            raise NoteRefused(f"de handtekening is te kort: {line[:80]!r}")
        return cls(name, content[:_ID_BYTES], content[_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures. It says nothing until `signers` has found the signature of a key that one trusts."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be written as a note and read again."""
        check_text(self.text)
        if not self.text.endswith("\n") or not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise NoteRefused(f"een stuk is tekst tot een regeleinde met 1 tot {MAX_SIGNATURES} handtekeningen")

    def encode(self) -> bytes:
        """The bytes of the note."""
        return (self.text + "\n" + "".join(one.line for one in self.signatures)).encode()

    @classmethod
    def decode(cls, content: bytes) -> Note:
        """The note of these bytes, which `encode` gives back exactly."""
        if len(content) > MAX_BYTES:
            raise NoteRefused(f"het stuk is groter dan {MAX_BYTES} bytes")
        text, blank, signatures = read_text(content).rpartition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise NoteRefused("er staan geen handtekeningen onder de tekst, of de laatste regel is niet heel")
        return cls(text + "\n", tuple(map(Signature.read, signatures[:-1].split("\n"))))

    def signed_too(self, signatures: Iterable[Signature]) -> Note:
        """The same text with these signatures added, less those that it has already."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


def sign(text: str, key: VerifierKey, ed25519: Ed25519) -> Signature:
    """The signature of a log. Raises NoteRefused when what signs is not the private half of the key."""
    if key.kind is not KeyKind.LOG:
        raise NoteRefused(f"{key.name} is geen sleutel van een logboek")
    return _checked(text, key, ed25519(text.encode()))


def cosign(text: str, key: VerifierKey, ed25519: Ed25519, at: datetime) -> Signature:
    """The cosignature of a witness on a checkpoint: at this moment it was the largest consistent one that it knew."""
    if key.kind is not KeyKind.WITNESS or at.tzinfo is None:
        raise NoteRefused(f"{key.name} is geen sleutel van een getuige, of het tijdstip heeft geen tijdzone")
    seconds = int(at.timestamp())
    return _checked(text, key, seconds.to_bytes(_TIME_BYTES, "big") + ed25519(_cosigned(text, seconds)))


def signers(note: Note, keys: Iterable[VerifierKey]) -> dict[VerifierKey, datetime | None]:
    """Who of these keys signed the note; for a witness, when.

    Raises NoteRefused when a signature in the name of one of the keys is false: the whole note is then untrustworthy.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[VerifierKey, datetime | None] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            found[key] = _moment(note.text, key, signature)
    return found


def _checked(text: str, key: VerifierKey, value: bytes) -> Signature:
    signature = Signature(key.name, key.key_id, value)
    _moment(text, key, signature)
    return signature


def _moment(text: str, key: VerifierKey, signature: Signature) -> datetime | None:
    """When a witness signed, None for a log. Raises NoteRefused for a false signature."""
    message, made, moment = text.encode(), signature.value, None
    if key.kind is KeyKind.WITNESS:
        seconds, made = int.from_bytes(made[:_TIME_BYTES], "big"), made[_TIME_BYTES:]
        if seconds > _LAST_SECOND:
            raise NoteRefused(f"de handtekening van {key.name} noemt een tijdstip dat niet bestaat")
        message, moment = _cosigned(text, seconds), datetime.fromtimestamp(seconds, UTC)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(made, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteRefused(f"de handtekening van {key.name} klopt niet") from error
    return moment


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _check_name(name: str) -> None:
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise NoteRefused(f"de naam van een sleutel is niet leeg en heeft geen spatie of plus: {name[:80]!r}")
    check_text(name)
