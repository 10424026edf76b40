"""SQL for the key store: a SQLite file of its own, on either database, that holds the keys of sealed values.

Each compartment of a chain has a random key of its own, wrapped by the installation's secret: who has the database, or
the key store, or their backups without that secret, reads nothing. A key that was destroyed here makes every copy of
what it closed unreadable, wherever that copy went. A key is on the disk before anything is closed with it: keys are
made some dozens at a time, so that a new case does not wait for the disk twice. Which key closed a value stands beside
that value.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_TABLE = "CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID"
_INSERT = "INSERT INTO key (id, wrapped) VALUES (?, ?)"
_BY_ID = "SELECT wrapped FROM key WHERE id = ?"
_AT_ONCE = 64
_NONCE = 12
_MOST_KEPT = 4096

Entropy = Callable[[int], bytes]
_Name = TypeVar("_Name")


class KeyStoreBusy(Exception):
    """De sleutelkast is nog door een ander in gebruik"""


class KeyUnreadable(Exception):
    """Een sleutel in de sleutelkast past niet bij het geheim van deze installatie"""


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one compartment of one chain; `id` names it beside what it closed."""

    id: str
    cipher: AESGCM


class KeyStore:
    """The keys of one installation; safe for threads, and for processes that share the file.

    `secret` (32 bytes) wraps the keys. Keys that were used lately are kept in memory; as soon as another process
    changes the file, all are read again, so that nothing is closed with a key that another process has destroyed.
    """

    def __init__(
        self,
        path: Path,
        secret: bytes,
        entropy: Entropy,
        connect: Callable[[Path], sqlite3.Connection] | None = None,
    ) -> None:
        self.path, self.secret = path, secret
        self._wrap = AESGCM(secret)
        self._entropy = entropy
        self._connect = connect or _connect
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._seen = -1
        self._spare: list[Key] = []  # on the disk, and nothing is closed with them yet
        self._current: OrderedDict[tuple[str, str], Key] = OrderedDict()
        self._known: OrderedDict[str, Key] = OrderedDict()

    def current(self, chain: str, compartment: str) -> Key:
        """The key with which this process closes this compartment of this chain now: a new one when it knows none."""
        with self._lock:
            connection = self._fresh()
            key = self._current.get((chain, compartment))
            if key is None:
                if not self._spare:
                    self._spare = self._made(connection, _AT_ONCE)
                key = self._spare.pop()
                _keep(self._current, (chain, compartment), key)
            return key

    def renew(self, chain: str, compartment: str) -> Key:
        """A new key for this compartment, with which all that comes is closed; those before it stay until destroyed.

        The file changes, from which every other process learns to forget the key that it knows.
        """
        with self._lock:
            (key,) = self._made(self._fresh(), 1)
            _keep(self._current, (chain, compartment), key)
            return key

    def find(self, key_id: str) -> Key | None:
        """The key with this id; None when it was destroyed."""
        with self._lock:
            connection = self._fresh()
            key = self._known.get(key_id)
            if key is None:
                row = connection.execute(_BY_ID, (key_id,)).fetchone()
                if row is None:
                    return None
                key = self._read(key_id, row[0])
                _keep(self._known, key_id, key)
            return key

    def destroy(self, ids: Collection[str]) -> None:
        """Let these keys be in no file any more; those that are gone already are gone. Raises KeyStoreBusy."""
        with self._lock:
            connection = self._fresh()
            self._current.clear()
            self._known.clear()
            connection.execute("PRAGMA secure_delete=ON")
            with connection:
                connection.executemany("DELETE FROM key WHERE id = ?", [(one,) for one in ids])
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise KeyStoreBusy(str(self.path))

    def _fresh(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect(self.path)
            weakref.finalize(self, self._connection.close)
            with self._connection:
                self._connection.execute(_TABLE)
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._seen:
            self._current.clear()
            self._known.clear()
            self._seen = version
        return self._connection

    def _made(self, connection: sqlite3.Connection, number: int) -> list[Key]:
        found, rows = [], []
        for _ in range(number):
            key_id, content, nonce = self._entropy(16).hex(), self._entropy(32), self._entropy(_NONCE)
            rows.append((key_id, nonce + self._wrap.encrypt(nonce, content, _place(key_id))))
            found.append(Key(key_id, AESGCM(content)))
        with connection:
            connection.executemany(_INSERT, rows)
        return found

    def _read(self, key_id: str, wrapped: bytes) -> Key:
        try:
            content = self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _place(key_id))
        except InvalidTag as wrong:
            raise KeyUnreadable(f"{key_id} in {self.path}") from wrong
        return Key(key_id, AESGCM(content))


def _place(key_id: str) -> bytes:
    return f"wijkcyclus/sleutel/v1\n{key_id}".encode()


def _keep(kept: OrderedDict[_Name, Key], name: _Name, key: Key) -> None:
    kept[name] = key
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # else it would be readable to all for a moment
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
