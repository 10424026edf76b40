"""Keys for the tests of signed texts: made from a word, so that a test that fails does so again."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.trail.note import KeyKind, VerifierKey

ORIGIN = "wijkcyclus.example/log/1"


def private(word: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(word.encode()).digest())


def key_of(name: str, kind: KeyKind = KeyKind.LOG, word: str = "") -> VerifierKey:
    """The public half of the key of a word; without one, the word is the name."""
    return VerifierKey(name, kind, private(word or name).public_key().public_bytes_raw())


LOG = key_of(ORIGIN)
WITNESSES = [key_of(f"getuige-{number}.example", KeyKind.WITNESS) for number in range(1, 4)]
