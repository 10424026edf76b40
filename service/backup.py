"""Safe copies: the database, the key store and the installation's secret together, with their SHA-256, and back again.

Without the secret the references of people in the trail cannot be made again, and without the key store no sealed value
can be opened: one is worth nothing without the others. The directory is to be kept as well as the installation itself,
and not for long: a value that is destroyed afterwards can still be opened with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from service.config import Config
from service.faults import Conflict

_MANIFEST, _KEY, _KEYS = "manifest.json", "sleutel", "sleutelkast"
_SQLITE, _POSTGRES = "wijkcyclus.sqlite", "wijkcyclus.dump"


class BackupFailed(Exception):
    """De reservekopie is niet gelukt"""


def back_up(config: Config, directory: Path) -> dict[str, str]:
    """Copy the running installation to a new directory; answers the SHA-256 of each file. Raises BackupFailed."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise BackupFailed(f"{directory} is niet leeg.")
    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        name = _SQLITE
        _copy(_path(url), directory / name)
    else:
        name = _POSTGRES
        _run(url, ["pg_dump", "--format=custom", f"--file={directory / name}"])
    # After the database: what it holds was closed with keys that were there before.
    _copy(config.key_store_file, directory / _KEYS)
    shutil.copyfile(config.key_file, directory / _KEY)
    os.chmod(directory / _KEY, 0o600)
    digests = {each: _sha256(directory / each) for each in (name, _KEYS, _KEY)}
    (directory / _MANIFEST).write_text(json.dumps({"v": 1, "bestanden": digests}, indent=1) + "\n", "utf-8")
    return digests


def restore(config: Config, directory: Path) -> None:
    """Put a copy back where nothing stands yet. Raises BackupFailed for a damaged copy, Conflict for a used place."""
    digests = _manifest(directory)
    for name, digest in digests.items():
        if not (directory / name).is_file() or _sha256(directory / name) != digest:
            raise BackupFailed(f"{name} ontbreekt of is beschadigd.")
    if config.key_file.exists() and config.key_file.read_bytes() != (directory / _KEY).read_bytes():
        raise Conflict(f"Op {config.key_file} staat een andere sleutel; haal die eerst weg.")
    if config.key_store_file.exists():
        raise Conflict(f"Op {config.key_store_file} staat al een sleutelkast; haal die eerst weg.")
    url = make_url(config.database_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    name = _SQLITE if is_sqlite else _POSTGRES
    if name not in digests:
        raise BackupFailed("De kopie is van een andere soort database.")
    if is_sqlite:
        if _path(url).exists():
            raise Conflict(f"Op {_path(url)} staat al een database.")
        _path(url).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(directory / name, _path(url))
    else:
        _run(url, ["pg_restore", "--exit-on-error", "--single-transaction", str(directory / name)])
    for kept, place in ((_KEYS, config.key_store_file), (_KEY, config.key_file)):
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(directory / kept, place)
        os.chmod(place, 0o600)


def _copy(source: Path, to: Path) -> None:
    for each in (source, to):
        each.touch(0o600)  # a key store that was never needed is copied as an empty one
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(to)) as copy:
        original.backup(copy)


def _manifest(directory: Path) -> dict[str, str]:
    try:
        content = json.loads((directory / _MANIFEST).read_text("utf-8"))
        files = content["bestanden"]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BackupFailed(f"{directory} is geen reservekopie.") from wrong
    if (
        not isinstance(files, dict)
        or not {_KEY, _KEYS} <= set(files)
        or any(name not in (_SQLITE, _POSTGRES, _KEY, _KEYS) for name in files)
    ):
        raise BackupFailed(f"{directory} is geen reservekopie.")
    return {str(name): str(digest) for name, digest in files.items()}


def _path(url: URL) -> Path:
    return Path(url.database or "")


def _without_password(url: URL) -> str:
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(url: URL, command: list[str]) -> None:
    # The password goes by the environment: everybody on the machine can read a command line.
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    command = [*command, f"--dbname={_without_password(url)}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **secret})
    except FileNotFoundError as wrong:
        raise BackupFailed(f"Het programma {command[0]} staat niet op deze machine.") from wrong
    if done.returncode != 0:
        raise BackupFailed(f"{command[0]}: {done.stderr.strip()[-500:]}")
