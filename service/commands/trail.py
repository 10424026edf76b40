"""export, evidence, replay, verslag: what an auditor asks for, and the account of the year."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from service import clock, evidence, exports, replay, reports
from service.commands.command import Command, installation
from service.store_questions import Scope


def _export_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--case", required=True, metavar="ID", help="de zaak, of 'organisatie'")
    parser.add_argument("--grond", default="", help="toon ook wat verzegeld is, om deze reden; dat wordt vastgelegd")
    parser.add_argument("file", type=Path, help="het bestand dat geschreven wordt")


def _export(given: Namespace) -> int:
    count = exports.export(installation(), given.case, given.file, clock.now(), given.grond)
    print(f"{count} regels geschreven; controleer ze met: python3 -I engine/trail/verify.py {given.file}")
    return 0


def _replay_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("case", metavar="ID", help="de zaak")


def _replay(given: Namespace) -> int:
    rulings = replay.replay(installation(), given.case)
    different = [one for one in rulings if not one.agrees]
    for one in different:
        print(f"regel {one.seq} ({one.kind}): vastgelegd {' '.join(one.recorded)}, nu {' '.join(one.again)}")
    print(f"{len(rulings)} oordelen opnieuw gegeven, {len(different)} anders.")
    return 1 if different else 0


def _report_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--case", required=True, metavar="ID", help="een zaak van het dossier")
    parser.add_argument("file", type=Path, help="het bestand dat geschreven wordt: .html of .pdf")


def _report(given: Namespace) -> int:
    told = reports.draw_up(installation(), given.case, clock.now())
    content = reports.pdf(told) if given.file.suffix.lower() == ".pdf" else reports.html(told).encode()
    given.file.write_bytes(content)
    print(f"Het concept van het wijkverslag staat in {given.file}; wat verzegeld is, is dicht gelaten.")
    return 0


def _evidence_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--case", metavar="ID", help="het dossier van deze zaak")
    parser.add_argument("--wijk", metavar="WIJK", help="alles van deze wijk")
    parser.add_argument("--year", metavar="JAAR", type=int, help="alles van dit programmajaar")
    parser.add_argument("--all", action="store_true", help="het hele logboek")
    parser.add_argument("directory", type=Path, help="de map die gemaakt wordt")


def _evidence(given: Namespace) -> int:
    scope = Scope(given.wijk, given.year, given.case)
    if given.all == (scope != Scope()):
        raise ValueError("noem --case, --wijk of --year, of --all voor het hele logboek")
    count = evidence.issue(installation(), scope, given.directory, clock.now())
    print(
        f"{count} regels in {given.directory}; controleer met: python3 -I verify.py {given.directory} --policy BELEID"
    )
    return 0


COMMANDS = (
    Command("export", "schrijft de verantwoording van een zaak naar een bestand", _export_arguments, _export),
    Command("evidence", "maakt een bewijspakket dat iedereen zonder ons nagaat", _evidence_arguments, _evidence),
    Command("replay", "geeft elk oordeel van een zaak opnieuw, uit de regels alleen", _replay_arguments, _replay),
    Command("verslag", "schrijft het concept van wijkverslag en jaarrekening", _report_arguments, _report),
)
