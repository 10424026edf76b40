"""Fixtures of the service's own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.service.houses import House, peopled
from tests.service.ladders import Town, opened
from tests.service.sites import Site, made

Built = Callable[..., tuple[str, str]]


class KnownRule(Rule):
    """A rule of which is compiled once in a process how its address is built: each test has an application of its own.

    What is compiled takes the rule as an argument, and depends on the text of the rule alone.
    """

    built: dict[tuple[str, bool], Built] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Built:
        assert not self.defaults, "the defaults of a rule are compiled along"
        key = self.rule, append_unknown
        if key not in self.built:
            self.built[key] = super()._compile_builder(append_unknown)
        return self.built[key]


Flask.url_rule_class = KnownRule


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


@pytest.fixture
def place(url: str, tmp_path: Path) -> Iterator[Site]:
    """A town with a website, on SQLite and on PostgreSQL."""
    found = made(url, tmp_path)
    yield found
    found.town.stage.installation.database.dispose()


@pytest.fixture
def site(place: Site) -> Site:
    """The same, with a question that is open."""
    place.ask()
    return place
