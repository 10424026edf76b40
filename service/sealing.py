"""Sealed values on their way to the database and back: salt, name and value encrypted with AES-256-GCM.

What was closed is bound to its digest, chain and compartment: put in another place, it does not open. Two nets hold a
value: the cipher, which refuses content that was changed, and the digest in the record, which any reader can compute.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag

from engine.trail.seal import Sealed
from service.store_keys import Key, KeyStore
from service.store_sealed import Closed

_NONCE = 12

Entropy = Callable[[int], bytes]


def close(keys: KeyStore, chain: str, values: Iterable[Sealed], entropy: Entropy) -> list[Closed]:
    """The values as they may be stored, each under the key of its compartment of this chain.

    The caller holds the chain: nobody destroys keys of a chain that somebody else holds.
    """
    found = []
    for one in values:
        key = keys.current(chain, one.compartment)
        content = _closed(key, one, chain, entropy)
        found.append(Closed(one.digest, chain, one.compartment, one.name, key.id, content))
    return found


def opened(keys: KeyStore, rows: Iterable[Closed]) -> dict[str, Sealed]:
    """The values by digest; one whose key was destroyed, or whose content was changed, is not among them."""
    return {row.digest: value for row in rows if (value := _opened(keys, row)) is not None}


def moved(rows: Iterable[Closed], keys: KeyStore, key: Key, entropy: Entropy) -> Iterator[Closed]:
    """The rows under another key of the same compartment; one that does not open stays as it is."""
    for row in rows:
        value = _opened(keys, row)
        if value is not None:
            content = _closed(key, value, row.chain, entropy)
            yield Closed(row.digest, row.chain, row.compartment, row.name, key.id, content)


def _closed(key: Key, value: Sealed, chain: str, entropy: Entropy) -> bytes:
    nonce = entropy(_NONCE)
    place = _place(value.digest, chain, value.compartment)
    return nonce + key.cipher.encrypt(nonce, value.content, place)


def _opened(keys: KeyStore, row: Closed) -> Sealed | None:
    key = keys.find(row.key)
    if key is None:
        return None
    place = _place(row.digest, row.chain, row.compartment)
    try:
        content = key.cipher.decrypt(row.content[:_NONCE], row.content[_NONCE:], place)
    except InvalidTag:
        return None  # what is missing without an order is found by whoever checks the trail
    salt, name, value = json.loads(content)
    return Sealed(row.digest, name, value, salt, row.compartment, content)


def _place(digest: str, chain: str, compartment: str) -> bytes:
    return f"wijkcyclus/waarde/v1\n{digest}\n{chain}\n{compartment}".encode()
