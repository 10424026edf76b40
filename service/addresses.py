"""Addresses for mail: what is one, and how it lies in the database, closed under a key of its own.

When the address has to go its key goes too, from every file; then no copy of the database tells it any more. By its
digest, under the secret of the installation, an address is found without being opened.
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag

from service.config import MAIL_ADDRESS
from service.faults import Fault, Malformed
from service.installation import Installation

FIELD = "adres"
_CHAIN, _NONCE = "post", 12


def read(text: str) -> str:
    """The address as it goes on an envelope, its domain in ASCII. Raises Malformed."""
    name, at, domain = text.strip().rpartition("@")
    try:
        plain = f"{name}{at}{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        plain = ""
    if not MAIL_ADDRESS.fullmatch(plain):
        raise Malformed((Fault(FIELD, "Dit is geen e-mailadres. Schrijf het zoals naam@voorbeeld.nl."),))
    return plain


def digest(installation: Installation, address: str) -> str:
    """By what the mailbox with this address is found; capitals make no difference."""
    return hmac.digest(installation.secret, f"wijkcyclus/post/v1\n{address.lower()}".encode(), "sha256").hex()


def closed(installation: Installation, mailbox: str, address: str) -> str:
    """The address as it may be stored with this mailbox."""
    key = installation.keys.current(_CHAIN, mailbox)
    nonce = installation.entropy(_NONCE)
    return f"{key.id}:{(nonce + key.cipher.encrypt(nonce, address.encode(), mailbox.encode())).hex()}"


def opened(installation: Installation, mailbox: str, content: str) -> str | None:
    """The address; None when its key was destroyed, or it was put here from another mailbox."""
    key = installation.keys.find(key_of(content))
    stored = bytes.fromhex(content.partition(":")[2])
    try:
        return None if key is None else key.cipher.decrypt(stored[:_NONCE], stored[_NONCE:], mailbox.encode()).decode()
    except InvalidTag:
        return None


def key_of(content: str) -> str:
    """The key under which an address is closed."""
    return content.partition(":")[0]
