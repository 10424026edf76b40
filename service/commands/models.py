"""check, deploy: process models from a directory."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.terms import Finding, Severity
from service import checking, clock, db, definitions, store_definitions, wijken
from service.commands.command import Command, installation, person

_PATIENCE = 60  # seconds of processor time for files of our own, on a machine of our own


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="+", help="een map van een stad, of een bestand daarin")


def _check(given: Namespace) -> int:
    errors = 0
    for path in given.path:
        files = definitions.family_files(path if path.is_dir() else path.parent)
        findings = [one for one in checking.check(files, _PATIENCE) if path.is_dir() or one.file == path.name]
        for one in findings:
            print(_line(one))
        wrong = sum(one.severity is Severity.ERROR for one in findings)
        errors += wrong
        print(f"{path}: {len(files)} bestanden, {wrong} fouten, {len(findings) - wrong} opmerkingen.")
    return 1 if errors else 0


def _line(one: Finding) -> str:
    where = f"{one.file}:{one.line}" if one.line else one.file
    what = f" [{one.element}{f' “{one.name}”' if one.name else ''}]" if one.element else ""
    return f"{where}: {one.severity.value} {one.rule}{what}: {one.sentence}"


def _deploy_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, help="de map van de stad")
    parser.add_argument("--als", metavar="LOGIN", help="wie dit voorstelt of vrijgeeft; de eerste keer niemand")
    parser.add_argument("--vrijgeven", action="store_true", help="geef een al voorgestelde versie vrij (een ander)")
    parser.add_argument("--toelichting", default="", help="wat er veranderd is")


def _deploy(given: Namespace) -> int:
    opened = installation()
    db.migrate(opened.config.database_url)
    files = definitions.family_files(given.directory)
    with db.reading(opened.database) as tx:
        is_first = not store_definitions.versions(tx)
    now = clock.now()
    if is_first:
        version = definitions.release_first(opened, files, now)
        wijken.put_wijken(opened, given.directory)
        print(f"Versie {version.number} ({version.version[:12]}) is vrijgegeven: de eerste inrichting.")
        return 0
    if given.als is None:
        raise ValueError("Er staat al een procesmodel; zeg met --als wie dit voorstelt of vrijgeeft.")
    by = person(opened, given.als)
    proposed, findings = definitions.propose(opened, by, files, given.toelichting, now)
    for one in findings:
        print(_line(one))
    if given.vrijgeven:
        proposed = definitions.release(opened, by, proposed.version, now)
        wijken.put_wijken(opened, given.directory)
    print(f"Versie {proposed.number} ({proposed.version[:12]}) is {proposed.status}.")
    return 0


COMMANDS = (
    Command("check", "kijkt procesmodellen na en zegt per element wat er mis is", _check_arguments, _check),
    Command("deploy", "rolt de procesmodellen van een stad uit", _deploy_arguments, _deploy),
)
