"""The names of residents: closed in the table of people under a key of their own, so that an order can destroy them.

What a city keeps of an official stays; what it keeps of a resident may have to go from every file and backup, also
where the database itself cannot wipe a page or its log. A row that nobody opened shows nothing: whoever forgets to open
one tells less, never more.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag

from service.store_keys import KeyStore
from service.store_people import PersonRow

_CHAIN, _PREFIX, _NONCE = "personen", "bewoner:", 12
GONE = "vernietigd"


@dataclass(frozen=True, slots=True)
class Names:
    """How the names of residents lie in the database: the login as a digest under `secret`, both closed with a key."""

    keys: KeyStore
    secret: bytes
    entropy: Callable[[int], bytes]

    def hidden(self, login: str) -> str:
        """By what the account of the resident with this login is found."""
        return _PREFIX + hmac.digest(self.secret, f"wijkcyclus/naam/v1\n{login}".encode(), "sha256").hex()

    def closed(self, row: PersonRow) -> PersonRow:
        """The row as it may be stored: that of an official as it is."""
        if not row.is_resident:
            return row
        key = self.keys.current(_CHAIN, row.id)
        nonce = self.entropy(_NONCE)
        content = json.dumps([row.login, row.name], ensure_ascii=False).encode()
        name = f"{key.id}:{(nonce + key.cipher.encrypt(nonce, content, row.id.encode())).hex()}"
        return replace(row, login=self.hidden(row.login), name=name)

    def opened(self, row: PersonRow) -> PersonRow:
        """The row with its names, or with none when their key was destroyed."""
        named = key_of(row)
        if named is None:
            return row
        key = self.keys.find(named)
        content = bytes.fromhex(row.name.partition(":")[2])
        try:
            if key is None:
                raise InvalidTag
            login, name = json.loads(key.cipher.decrypt(content[:_NONCE], content[_NONCE:], row.id.encode()))
        except InvalidTag:
            return replace(row, login=GONE, name=GONE)
        return replace(row, login=login, name=name)


def key_of(row: PersonRow) -> str | None:
    """The key under which the names of this row are closed; None when they are not."""
    return row.name.partition(":")[0] if row.is_resident and row.login.startswith(_PREFIX) else None
