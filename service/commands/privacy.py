"""inzage: what is held about one person."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from service import clock, inspection
from service.commands.command import Command, installation


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--persoon", required=True, metavar="LOGIN", help="de gebruikersnaam")


def _inspect(given: Namespace) -> int:
    found = inspection.inspect(installation(), given.persoon, clock.now())
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0


COMMANDS = (
    Command("inzage", "toont alles wat over een persoon is vastgelegd; dat wordt vastgelegd", _arguments, _inspect),
)
