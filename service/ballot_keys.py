"""The secrets of a ballot while it runs: the key that signs passes and the key of the ballot box, each in no database.

They stand in a file of their own beside the installation's secret (`stemmingen/<id>`, mode 0600) and are destroyed when
the votes are counted. The database, its write-ahead log and its backups hold ballots only as that box: once the file is
gone, nobody opens what they still hold of it, and so nobody learns in which order the votes were cast (INV-40).
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from service import blind
from service.blind import PrivateKey, PublicKey
from service.config import Config

_DIRECTORY = "stemmingen"
_NUMBERS = ("n", "e", "d", "p", "q")
_PADDED, _NONCE = 256, 12


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not outlive the count."""

    signing: PrivateKey
    box: bytes

    def put_away(self, content: bytes, place: str, entropy: Callable[[int], bytes]) -> bytes:
        """The content sealed for the box at this place; all of them are equally long, so that none shows its choice."""
        if len(content) > _PADDED:
            raise ValueError("te lang voor de stembus")
        nonce = entropy(_NONCE)
        return nonce + ChaCha20Poly1305(self.box).encrypt(nonce, content.ljust(_PADDED), place.encode())

    def take_out(self, sealed: bytes, place: str) -> bytes:
        """What was put away at this place."""
        opened = ChaCha20Poly1305(self.box).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        return opened.rstrip()

    def mark(self, key: str) -> str:
        """By which a key that was used before is recognised, for as long as the box is closed."""
        return hmac.new(self.box, key.encode(), "sha256").hexdigest()


def make(config: Config, ballot: str, entropy: Callable[[int], bytes]) -> PublicKey:
    """New secrets of a ballot, kept; answers the key that everybody may know."""
    key = blind.generate()
    numbers = dict(zip(_NUMBERS, (key.public.n, key.public.e, key.d, key.p, key.q), strict=True))
    content = {name: f"{number:x}" for name, number in numbers.items()} | {"bus": entropy(32).hex()}
    path = _path(config, ballot)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    return key.public


def load(config: Config, ballot: str) -> Secrets | None:
    """The secrets of a ballot that is not counted yet; None when they are gone."""
    try:
        content = json.loads(_path(config, ballot).read_text("ascii"))
    except FileNotFoundError:
        return None
    n, e, d, p, q = (int(content[name], 16) for name in _NUMBERS)
    return Secrets(PrivateKey(PublicKey(n, e), d, p, q), bytes.fromhex(content["bus"]))


def destroy(config: Config, ballot: str) -> None:
    """Destroy the secrets; nothing happens when they are gone already."""
    path = _path(config, ballot)
    with suppress(FileNotFoundError):
        with open(path, "r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _path(config: Config, ballot: str) -> Path:
    return config.key_file.parent / _DIRECTORY / ballot
