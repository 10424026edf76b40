"""story: tell stories on the engine alone, without a database."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from engine import definition
from engine.definition import Definition
from engine.errors import DefinitionRefused
from service import definitions, forms, stories, story
from service.commands.command import Command
from service.config import Config
from service.expectations import StepResult
from service.forms import Form


def _story_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="+", help="een verhaal, of een map met verhalen")
    parser.add_argument("--kort", action="store_true", help="toon van elk verhaal alleen de uitkomst")


def _story(given: Namespace) -> int:
    told, failed = 0, 0
    families: dict[Path, tuple[Definition, Mapping[str, Form]]] = {}
    for path in given.path:
        found = stories.story_files(path)
        if not found:
            raise ValueError(f"Onder {path} staat geen enkel verhaal (verhalen/*.toml).")
        for file in found:
            city = _city_of(file)
            if city not in families:
                families[city] = _family(city)
            told += 1
            failed += not _tell(file, *families[city], given.kort)
    print(f"{told} verhalen, {failed} mislukt.")
    return 1 if failed else 0


def _city_of(file: Path) -> Path:
    """The city whose family a story is told on: its own, or for the shared stories the one of the settings."""
    city = file.resolve().parent.parent
    return city if (city / "rollen.toml").is_file() else Config.read(os.environ).city


def _family(city: Path) -> tuple[Definition, Mapping[str, Form]]:
    files = definitions.family_files(city)
    reading = definition.read(files)
    faults = forms.findings(files)
    if reading.definition is None or faults:
        raise DefinitionRefused((*reading.findings, *faults))
    return reading.definition, stories.forms_of(reading.definition)


def _tell(file: Path, family: Definition, by_id: Mapping[str, Form], is_short: bool) -> bool:
    read, findings = story.read(file.read_bytes(), file.name)
    if read is None:
        print(f"{file}: het verhaal heeft fouten.")
        for finding in findings:
            print(f"  {finding.sentence}")
        return False
    results = tuple(stories.run(read, family, by_id))
    is_true = results[-1].is_expected
    print(f"{file}: {read.name}: {len(results)} stappen, {'klopt' if is_true else 'KLOPT NIET'}.")
    if not is_short or not is_true:
        print_table(results)
    return is_true


def print_table(results: tuple[StepResult, ...]) -> None:
    """The steps as a table: number, day, who, step, outcome, rule; under a step that failed what was expected."""
    rows = [(one.number, f"{one.at:%Y-%m-%d}", one.who, one.what, one.outcome, one.rule) for one in results]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row, one in zip(rows, results, strict=True):
        print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        if not one.is_expected:
            print(f"  !! {one.message}")


COMMANDS = (Command("story", "speelt verhalen na op de motor alleen", _story_arguments, _story),)
