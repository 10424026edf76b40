"""beheerder, backup, restore: setting up and keeping an installation."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from argon2 import PasswordHasher

from service import backup, clock, db, people
from service.commands.command import Command, config, installation, password
from service.people import NewPerson


def _administrator_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("login", help="gebruikersnaam")
    parser.add_argument("name", help="naam")


def _administrator(given: Namespace) -> int:
    opened = installation()
    db.migrate(opened.config.database_url)
    new = NewPerson(given.login, given.name, password(f"Nieuw wachtwoord van {given.login}"), False)
    row = people.add_first_administrator(opened, new, clock.now(), PasswordHasher())
    print(f"{row.login} is beheerder; alle anderen voegt {row.login} toe met POST /v1/personen en POST /v1/rollen.")
    return 0


def _backup_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, help="een nieuwe map")


def _back_up(given: Namespace) -> int:
    for name, digest in backup.back_up(config(), given.directory).items():
        print(f"{digest}  {given.directory / name}")
    return 0


def _restore(given: Namespace) -> int:
    settings = config()
    backup.restore(settings, given.directory)
    db.migrate(settings.database_url)
    print("Teruggezet.")
    return 0


COMMANDS = (
    Command("beheerder", "maakt de eerste beheerder, één keer", _administrator_arguments, _administrator),
    Command("backup", "maakt een reservekopie van database en sleutel", _backup_arguments, _back_up),
    Command("restore", "zet een reservekopie terug waar nog niets staat", _backup_arguments, _restore),
)
