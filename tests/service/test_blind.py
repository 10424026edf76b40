"""Blind signatures: the published vector of RFC 9474 (A.1), an independent check, and what a cheat gets."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from service import blind
from service.blind import BlindingFailed, PrivateKey, PublicKey

VECTOR: dict[str, str] = json.loads((Path(__file__).parent / "rfc9474.json").read_text("utf-8"))
KEY = blind.generate()


def published() -> PrivateKey:
    p, q, e = (int(VECTOR[name], 16) for name in ("p", "q", "e"))
    return PrivateKey(PublicKey(p * q, e), pow(e, -1, (p - 1) * (q - 1)), p, q)


class Drawn:
    """Random bytes that were drawn beforehand: those of the vector."""

    def __init__(self, *values: bytes) -> None:
        self.values = list(values)

    def __call__(self, size: int) -> bytes:
        value = self.values.pop(0)
        assert len(value) == size
        return value


def test_the_published_vector_of_rfc_9474_comes_out_byte_for_byte() -> None:
    key, inverse = published(), int(VECTOR["inv"], 16)
    factor = pow(inverse, -1, key.public.n).to_bytes(key.public.length)
    prefix, salt = bytes.fromhex(VECTOR["msg_prefix"]), bytes.fromhex(VECTOR["salt"])
    prepared = blind.prepare(bytes.fromhex(VECTOR["msg"]), Drawn(prefix))
    assert prepared.hex() == VECTOR["msg_prefix"] + VECTOR["msg"]
    blinded, found = blind.blind(key.public, prepared, Drawn(salt, factor))
    assert (blinded.hex(), found) == (VECTOR["blinded_msg"], inverse)
    signed = key.sign(blinded, secrets.token_bytes)
    assert signed.hex() == VECTOR["blind_sig"]
    assert blind.finalize(key.public, prepared, signed, inverse).hex() == VECTOR["sig"]


def test_what_comes_out_is_an_ordinary_pss_signature() -> None:
    prepared = blind.prepare(b"pas", secrets.token_bytes)
    blinded, inverse = blind.blind(KEY.public, prepared, secrets.token_bytes)
    signature = blind.finalize(KEY.public, prepared, KEY.sign(blinded, secrets.token_bytes), inverse)
    public = rsa.RSAPublicNumbers(KEY.public.e, KEY.public.n).public_key()
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
    public.verify(signature, prepared, pss, hashes.SHA384())
    with pytest.raises(InvalidSignature):
        public.verify(signature, prepared + b"x", pss, hashes.SHA384())
    assert KEY.public.verify(prepared, signature)
    assert not KEY.public.verify(prepared, signature[:-1])
    assert not KEY.public.verify(prepared, bytes(256))


def test_inv_40_every_pass_fits_every_blinded_message() -> None:
    """Perfectly blind: for each pass there is a factor under which the signer saw exactly this message."""
    seen, _ = blind.blind(KEY.public, b"een", secrets.token_bytes)
    for other in (b"een", b"twee"):
        prepared = blind.prepare(other, secrets.token_bytes)
        blinded, inverse = blind.blind(KEY.public, prepared, secrets.token_bytes)
        encoded = int.from_bytes(blinded) * pow(inverse, KEY.public.e, KEY.public.n) % KEY.public.n
        factor_e = int.from_bytes(seen) * pow(encoded, -1, KEY.public.n) % KEY.public.n
        factor = int.from_bytes(KEY.sign(factor_e.to_bytes(256), secrets.token_bytes))
        assert (encoded * pow(factor, KEY.public.e, KEY.public.n) % KEY.public.n).to_bytes(256) == seen


@pytest.mark.parametrize("wrong", [b"", bytes(255), bytes(257), b"\xff" * 256])
def test_what_is_no_number_below_the_modulus_is_not_signed(wrong: bytes) -> None:
    with pytest.raises(BlindingFailed):
        KEY.sign(wrong, secrets.token_bytes)


def test_a_signer_who_cheats_is_found_out() -> None:
    prepared = blind.prepare(b"pas", secrets.token_bytes)
    blinded, inverse = blind.blind(KEY.public, prepared, secrets.token_bytes)
    other = blind.generate()
    small = (int.from_bytes(blinded) % other.public.n).to_bytes(256)
    for signed in (other.sign(small, secrets.token_bytes), b"", bytes(256)):
        with pytest.raises(BlindingFailed):
            blind.finalize(KEY.public, prepared, signed, inverse)


def test_a_fingerprint_tells_one_key_from_another() -> None:
    assert KEY.public.fingerprint != blind.generate().public.fingerprint
    assert KEY.public.fingerprint == PublicKey(KEY.public.n, KEY.public.e).fingerprint
