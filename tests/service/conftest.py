"""Fixtures of the service's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.houses import House, peopled
from tests.service.ladders import Town, opened


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[House]:
    """An installation with a few people, on SQLite and on PostgreSQL."""
    built = peopled(url, tmp_path)
    yield built
    built.installation.database.dispose()


@pytest.fixture
def small_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """The same on SQLite alone, for what the database does not change."""
    built = peopled(sqlite_url, tmp_path)
    yield built
    built.installation.database.dispose()


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    """Tanthof with its people, the shipped processes of Delft, and no case yet."""
    yield from opened(sqlite_url, tmp_path)


@pytest.fixture
def either_town(url: str, tmp_path: Path) -> Iterator[Town]:
    """The same, on SQLite and on PostgreSQL."""
    yield from opened(url, tmp_path)
