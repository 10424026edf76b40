"""One subcommand: its name, what it does, its arguments, and the function that does it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from getpass import getpass

from argon2 import PasswordHasher

from service import accounts, clock, second_factor
from service.config import Config
from service.installation import Installation, open_installation
from service.second_factor import Lacking
from service.store_people import PersonRow


@dataclass(frozen=True, slots=True)
class Command:
    """`run` answers the exit code; `sentence` is the Dutch line in help."""

    name: str
    sentence: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


UNTIL_DONE = ExitStack()
"""What is closed when the command is done; `main` does."""


def config() -> Config:
    """The settings of this process."""
    return Config.read(os.environ)


def installation() -> Installation:
    """The installation that the `WIJK_*` variables describe, until the command is done."""
    opened = open_installation(config())
    UNTIL_DONE.callback(opened.database.dispose)
    return opened


def password(question: str, variable: str = "WIJK_WACHTWOORD") -> str:
    """A password from this variable, else asked for at the terminal, without showing it."""
    return os.environ.get(variable) or getpass(f"{question}: ")


def person(opened: Installation, login: str, variable: str = "WIJK_WACHTWOORD") -> PersonRow:
    """The person with this login, who proves it with the password, and with a code where there is a second factor."""
    asked = password(f"Wachtwoord van {login}", variable)
    found = accounts.prove(opened.database, opened.names, login=login, password=asked, passwords=PasswordHasher())
    if second_factor.lacking(opened, found, clock.now()) is Lacking.CODE:
        second_factor.use(opened, found, password(f"Code van {login}", f"{variable}_CODE"), clock.now())
    return found
