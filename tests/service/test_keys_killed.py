"""Power that fails while the key store destroys a key: the key is wholly there or wholly gone, and again completes it.

SQLite writes and syncs by itself, out of reach of a test. But what it can leave is known: a write-ahead log that ends
anywhere after what was synced before, and, while that is brought over, a file of which only some pages are new.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.store_keys import KeyStore

SECRET, PAGE, FRAME, NUMBER = bytes(range(32)), 4096, 4096 + 24, 300


@dataclass(frozen=True, slots=True)
class Files:
    """What stands on the disk: the key store and its write-ahead log."""

    main: bytes
    log: bytes


def files_of(path: Path) -> Files:
    log = path.with_name(f"{path.name}-wal")
    return Files(path.read_bytes(), log.read_bytes() if log.exists() else b"")


def watching(seen: list[Files]) -> Callable[[Path], sqlite3.Connection]:
    """How to open a key store so that its files are kept as they are before each of its statements."""

    class Connection(sqlite3.Connection):
        def execute(self, *given: Any) -> sqlite3.Cursor:
            seen.append(files_of(self.at))
            return super().execute(*given)

        def executemany(self, *given: Any) -> sqlite3.Cursor:
            seen.append(files_of(self.at))
            return super().executemany(*given)

        at: Path

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, factory=Connection)
        connection.at = path
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            sqlite3.Connection.execute(connection, f"PRAGMA {pragma}")
        return connection

    return connect


def left_by(before: Files, after: Files) -> Iterator[Files]:
    """What power that fails between these two can leave."""
    if len(after.log) > len(before.log):  # a commit: the log grew by whole frames, and may end in any of them
        for end in range(len(before.log), len(after.log), FRAME // 2):
            yield Files(before.main, after.log[:end])
    elif after.main != before.main:  # the log is brought over page by page, and cut off only after that was synced
        for end in range(0, len(after.main) + 1, PAGE):
            yield Files(after.main[:end] + before.main[end:], before.log)
            yield Files(before.main[:end] + after.main[end:], before.log)
    yield after


def put(directory: Path, files: Files) -> Path:
    path = directory / "kast"
    for old in directory.glob("kast*"):
        old.unlink()
    path.write_bytes(files.main)
    if files.log:
        path.with_name("kast-wal").write_bytes(files.log)
    return path


def test_inv_45_power_that_fails_at_any_write_leaves_the_key_whole_or_gone_and_again_completes_it(
    tmp_path: Path,
) -> None:
    seen: list[Files] = []
    store = KeyStore(tmp_path / "sleutelkast", SECRET, os.urandom, watching(seen))
    keys = [store.current(f"zaak {number}", "*") for number in range(NUMBER)]
    gone, *others = (key.id for key in keys)
    with closing(sqlite3.connect(store.path)) as connection:
        ((wrapped,),) = connection.execute("SELECT wrapped FROM key WHERE id = ?", (gone,)).fetchall()
    seen.clear()
    store.destroy([gone])
    seen.append(files_of(store.path))
    assert wrapped in seen[0].main + seen[0].log and wrapped not in seen[-1].main + seen[-1].log
    left = [files for before, after in itertools.pairwise(seen) for files in left_by(before, after)]
    assert len(left) > 40
    states = set()
    (tmp_path / "na").mkdir()
    for files in left:
        path = put(tmp_path / "na", files)
        again = KeyStore(path, SECRET, os.urandom)
        states.add(again.find(gone) is None)
        assert all(again.find(one) is not None for one in others)
        again.destroy([gone])
        assert again.find(gone) is None and all(again.find(one) is not None for one in others)
        del again
        assert not any(wrapped in file.read_bytes() for file in path.parent.glob("kast*"))
    assert states == {True, False}
