"""Secrets in files of their own: made once, readable by their owner alone (mode 0600), durable before they are used."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BYTES = 32


@dataclass(frozen=True, slots=True)
class Disk:
    """What makes a file durable and puts it in its place; whoever wants to see a machine die there gives others."""

    fsync: Callable[[int], None] = os.fsync
    replace: Callable[[Path, Path], None] = os.replace


def kept(path: Path, disk: Disk | None = None) -> bytes:
    """The secret in this file, made when there is none. Raises ValueError when the file is damaged."""
    if not path.exists():
        make(path, secrets.token_bytes(BYTES), disk)
    content = path.read_bytes()
    if len(content) < BYTES:
        raise ValueError(f"Het sleutelbestand {path} is te kort; het is beschadigd.")
    return content


def make(path: Path, content: bytes, disk: Disk | None = None) -> None:
    """Put this content in a new file; one that stands already stays as it is.

    Written whole under another name and then linked: two processes that start at once get one and the same.
    """
    disk = disk or Disk()
    fresh = _written(path, content, disk)
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    _settle(path.parent, disk)


def put(path: Path, content: bytes, disk: Disk) -> None:
    """Put this content in the file instead of what is there: after a crash it holds the one or the other, whole."""
    disk.replace(_written(path, content, disk), path)
    _settle(path.parent, disk)


def _written(path: Path, content: bytes, disk: Disk) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        disk.fsync(file.fileno())
    return fresh


def _settle(directory: Path, disk: Disk) -> None:
    """Make the name durable too, not only what it stands for."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        disk.fsync(handle)
    finally:
        os.close(handle)
