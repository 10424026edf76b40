"""One subcommand: its name, what it does, its arguments, and the function that does it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from getpass import getpass

from service.config import Config
from service.installation import Installation, open_installation


@dataclass(frozen=True, slots=True)
class Command:
    """`run` answers the exit code; `sentence` is the Dutch line in help."""

    name: str
    sentence: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def config() -> Config:
    """The settings of this process."""
    return Config.read(os.environ)


def installation() -> Installation:
    """The installation that the `WIJK_*` variables describe."""
    return open_installation(config())


def password(question: str) -> str:
    """A password from `WIJK_WACHTWOORD`, else asked for at the terminal, without showing it."""
    return os.environ.get("WIJK_WACHTWOORD") or getpass(f"{question}: ")
