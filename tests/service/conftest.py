"""Fixtures of the service's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.service.houses import House, peopled
from tests.service.ladders import Town, opened
from tests.service.mailserver import Post, mail_server
from tests.service.sites import Site, made
from tests.service.test_mediation import FILES
from tests.service.towns import FAMILY
from tests.service.towns import Town as MadeUp


class KnownRule(Rule):
    """A rule that is compiled once in a process: each test has an application of its own, with the same addresses.

    How an address is matched and built depends on the text of the rule alone; what builds it takes the rule along.
    """

    known: dict[str, Rule] = {}

    def compile(self) -> None:
        """As the first rule of this text was compiled."""
        assert not self.defaults and not self.subdomain and not self.host, "these are compiled along"
        first = self.known.setdefault(self.rule, self)
        if first is self:
            super().compile()
        for name in ("arguments", "_trace", "_converters", "_parts"):
            setattr(self, name, getattr(first, name))
        for name in ("_build", "_build_unknown"):
            setattr(self, name, getattr(first, name).__func__.__get__(self))


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
def mediation(url: str, tmp_path: Path) -> Iterator[MadeUp]:
    """A town in which a case keeps nothing that people write, seen from the desk (INV-39)."""
    built = peopled(url, tmp_path, FAMILY | FILES)
    built.add("balie", "publieksbalie")
    yield MadeUp(built, built.log_in("balie"), tmp_path, "balie")
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


@pytest.fixture
def server() -> Iterator[Post]:
    """A mail server that takes our mail in."""
    with mail_server() as found:
        yield found
