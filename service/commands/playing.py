"""play, demo: stories through the real application and database, and the demo that is made of one."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from engine.errors import DefinitionRefused
from service import clock, demo, stage, story
from service.closing import closing
from service.commands.command import Command, config
from service.commands.stories import print_table
from service.play import Player

# The people of a story are made up: their passwords need not be slow to guess (and are hashed anew when they log in).
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _play_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="het verhaal")
    parser.add_argument("--database", metavar="URL", help="een lege database (WIJK_DATABASE_URL)")


def _play(given: Namespace) -> int:
    told, findings = story.read(given.file.read_bytes(), str(given.file))
    if told is None:
        raise DefinitionRefused(findings)
    city = given.file.resolve().parent.parent
    settings = config()
    settings = replace(
        settings,
        city=city if (city / "rollen.toml").is_file() else settings.city,
        database_url=given.database or settings.database_url,
    )
    passwords = {key: secrets.token_hex(16) for key in (stage.ADMINISTRATOR, *told.persons)}
    built = stage.build(settings, told.persons, passwords, told.begin, told.wijk, _QUICK)
    results = tuple(Player(told, built).play())
    lines = tuple(closing(built.installation, results, told.wijk, told.year, built.moment[0]))
    built.installation.database.dispose()
    is_true = results[-1].is_expected
    print(f"{given.file}: {told.name}: {len(results)} stappen, {'klopt' if is_true else 'KLOPT NIET'}.")
    print_table(results)
    print("", *lines, sep="\n")
    return 0 if is_true else 1


def _demo_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--password", default=demo.PASSWORD, help="het wachtwoord van iedereen in de demo")


def _demo(given: Namespace) -> int:
    loaded = demo.load(config(), clock.now(), given.password, _QUICK)
    if loaded.results is None:
        print("Er staat al iets in deze database; de demo is niet opnieuw geladen.")
    else:
        print_table(loaded.results)
        if not loaded.results[-1].is_expected:
            print("De demo is blijven staan bij de laatste stap hierboven.")
    print("\nVerzonnen voorbeeldgegevens; geen feiten over een echte gemeente.")
    print(f"Iedereen heeft het wachtwoord: {given.password}\n")
    for person in loaded.persons.values():
        roles = ", ".join(one.role for one in person.memberships) or "-"
        print(f"  {person.key:<22} {person.name:<30} {roles}")
    print("\nInloggen: in een browser op /inloggen, of met POST /v1/sessies; wat er te doen is: /werk, /v1/taken.")
    return 0


COMMANDS = (
    Command("play", "speelt een verhaal door de dienst en de database", _play_arguments, _play),
    Command("demo", "laadt de demo van de stad: een wijk, halverwege een cyclus", _demo_arguments, _demo),
)
