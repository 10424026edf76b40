"""The command `wijkcyclus`: what an administrator and a designer do outside the browser."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from engine.errors import DefinitionRefused, EngineError
from service import logs
from service.backup import BackupFailed
from service.blind import BlindingFailed
from service.commands import COMMANDS
from service.commands.command import UNTIL_DONE
from service.db import UnsafeDatabase
from service.faults import Conflict, Malformed, Unknown
from service.hearing import Refused
from service.signing import LogBroken
from service.voter import VoteNotFound

_EXPECTED = (
    BackupFailed,
    BlindingFailed,
    Conflict,
    EngineError,
    LogBroken,
    Malformed,
    OSError,
    Refused,
    SQLAlchemyError,
    Unknown,
    UnsafeDatabase,
    ValueError,
    VoteNotFound,
)


def parser() -> ArgumentParser:
    """The parser of all commands."""
    top = ArgumentParser(prog="wijkcyclus", description="Wijkcyclus: de wijkcyclus uitvoeren en verantwoorden.")
    names = top.add_subparsers(
        dest="command", required=True, metavar="{" + ",".join(one.name for one in COMMANDS) + "}"
    )
    for one in COMMANDS:
        one.arguments(names.add_parser(one.name, help=one.sentence, description=one.sentence))
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0: all is well, 1: something was refused or wrong, 2: there is no such command."""
    given = parser().parse_args(arguments)
    logs.configure(
        level=logging.WARNING
    )  # a command speaks by what it prints; serve and worker log each request and job
    command = next(one for one in COMMANDS if one.name == given.command)
    try:
        with UNTIL_DONE:
            return command.run(given)
    except DefinitionRefused as refused:
        for finding in refused.findings:
            print(f"{finding.file}: {finding.rule}: {finding.sentence}", file=sys.stderr)
    except _EXPECTED as wrong:
        title = (type(wrong).__doc__ or "").strip().split("\n")[0] if not isinstance(wrong, OSError) else "Fout"
        print(f"{title}: {wrong}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
