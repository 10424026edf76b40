"""rules: what always holds, where it is enforced, and by which tests it is attacked."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from engine.invariants import INVARIANTS, LINT_RULES
from service import rulebook
from service.commands.command import Command


def _rules_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("rule", nargs="*", metavar="REGEL", help="alleen deze, zoals INV-04 of WL16")


def _rules(given: Namespace) -> int:
    entries = rulebook.rulebook()
    with_tests = rulebook.has_tests()
    wanted = {one.upper() for one in given.rule}
    if unknown := wanted - {one.rule.id for one in entries}:
        raise ValueError(f"Deze regels bestaan niet: {', '.join(sorted(unknown))}.")
    for one in entries:
        if not wanted or one.rule.id in wanted:
            print("\n".join(rulebook.told(one, with_tests=with_tests)))
    print(f"{len(INVARIANTS)} invarianten, {len(LINT_RULES)} regels voor diagrammen en tabellen.")
    if not with_tests:
        print("De proeven horen niet bij een geïnstalleerd pakket; zie de broncode voor de aanvallen.")
        return 0
    owed = [one.rule.id for one in entries if one.is_owed]
    print(f"Zonder aanval: {', '.join(owed) or 'geen'}.")
    return 1 if owed else 0


COMMANDS = (
    Command(
        "rules", "noemt elke regel, waar hij wordt bewaakt en welke proeven hem aanvallen", _rules_arguments, _rules
    ),
)
