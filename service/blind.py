"""Blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474, for the passes of a ballot.

Whoever asks for a pass blinds it first; what is signed says nothing of the pass that later comes back. Keys and the
check of a signature come from `cryptography`, blinding itself is arithmetic on whole numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Entropy = Callable[[int], bytes]
BITS = 2048
SALT = 48  # as long as SHA-384's answer
PREFIX = 32  # the random bytes that preparing puts before a message
_HASH, _EXPONENT = 48, 65537
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=SALT)


class BlindingFailed(Exception):
    """De stempas is niet goed ondertekend"""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What everybody knows of a ballot's key."""

    n: int
    e: int

    @property
    def length(self) -> int:
        """The length of a signature in bytes."""
        return (self.n.bit_length() + 7) // 8

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key in its usual form (DER, SubjectPublicKeyInfo): whoever gets another key sees it."""
        der = self._usable().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def _usable(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(self.e, self.n).public_key()

    def verify(self, prepared: bytes, signature: bytes) -> bool:
        """Whether this is a signature of the key on the prepared message."""
        try:
            self._usable().verify(signature, prepared, _PSS, hashes.SHA384())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The key of a ballot, with which passes are signed."""

    public: PublicKey
    d: int
    p: int
    q: int

    def sign(self, blinded: bytes, entropy: Entropy) -> bytes:
        """BlindSign; raises BlindingFailed for what is no number below the modulus.

        The message is blinded once more on the way, so that the time that it takes tells nothing about the key.
        """
        n, e = self.public.n, self.public.e
        message = int.from_bytes(blinded)
        if len(blinded) != self.public.length or message >= n:
            raise BlindingFailed("het geblindeerde bericht past niet bij de sleutel")
        cover = _below(n, entropy)
        covered = message * pow(cover, e, n) % n
        signed = _power(covered, self) * pow(cover, -1, n) % n
        if pow(signed, e, n) != message:
            raise BlindingFailed("de ondertekening klopt niet")
        return signed.to_bytes(self.public.length)


def _power(message: int, key: PrivateKey) -> int:
    """The private operation, by the Chinese remainder theorem."""
    one = pow(message % key.p, key.d % (key.p - 1), key.p)
    other = pow(message % key.q, key.d % (key.q - 1), key.q)
    return other + key.q * ((one - other) * pow(key.q, -1, key.p) % key.p)


def generate() -> PrivateKey:
    """A new key of 2048 bits."""
    numbers = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=BITS).private_numbers()
    public = PublicKey(numbers.public_numbers.n, numbers.public_numbers.e)
    return PrivateKey(public, numbers.d, numbers.p, numbers.q)


def prepare(message: bytes, entropy: Entropy) -> bytes:
    """Prepare (randomized): the message behind 32 random bytes."""
    return entropy(PREFIX) + message


def blind(key: PublicKey, prepared: bytes, entropy: Entropy) -> tuple[bytes, int]:
    """Blind: what the signer sees, and the secret inverse that takes the blinding away again."""
    message = int.from_bytes(_encode(prepared, key.n.bit_length() - 1, entropy(SALT)))
    if gcd(message, key.n) != 1:
        raise BlindingFailed("het bericht is niet te blinderen")
    factor = _below(key.n, entropy)
    return (message * pow(factor, key.e, key.n) % key.n).to_bytes(key.length), pow(factor, -1, key.n)


def finalize(key: PublicKey, prepared: bytes, blind_signature: bytes, inverse: int) -> bytes:
    """Finalize: the signature on the prepared message itself; raises BlindingFailed when the signer cheated."""
    if len(blind_signature) != key.length:
        raise BlindingFailed("de ondertekening heeft een andere lengte")
    signature = (int.from_bytes(blind_signature) * inverse % key.n).to_bytes(key.length)
    if not key.verify(prepared, signature):
        raise BlindingFailed("de ondertekening hoort niet bij de sleutel van deze stemming")
    return signature


def _below(n: int, entropy: Entropy) -> int:
    """A number from 1 to n - 1 without a common divisor, every one as likely."""
    while True:
        found = int.from_bytes(entropy((n.bit_length() + 7) // 8)) >> (-n.bit_length() % 8)
        if 0 < found < n and gcd(found, n) == 1:
            return found


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017 with SHA-384."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + counter.to_bytes(4)).digest() for counter in range(-(-len(block) // _HASH)))
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"
