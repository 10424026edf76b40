"""trail: checking the log, and what two people do to it together."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from service import clock, db, log_check, receipts, reopening, store_log
from service.commands.command import Command, installation, person
from service.faults import Unknown


def _arguments(parser: ArgumentParser) -> None:
    does = parser.add_subparsers(dest="does", required=True, metavar="{" + ",".join(_DOES) + "}")
    for name, (sentence, _) in _DOES.items():
        one = does.add_parser(name, help=sentence, description=sentence)
        if name in ("reopen", "rotate"):
            one.add_argument("--als", metavar="LOGIN", required=True, help="wie dit doet")
            one.add_argument("--met", metavar="LOGIN", required=True, help="wie dit mee doet; een ander")
            one.add_argument("--reden", required=True, help="waarom; dit wordt verzegeld vastgelegd")


def _trail(given: Namespace) -> int:
    return _DOES[given.does][1](given)


def _check(_given: Namespace) -> int:
    told = log_check.check(installation())
    for finding in told.findings:
        print(finding)
    waiting = f", {told.waiting} wachten op hun plaats" if told.waiting else ""
    print(
        f"{told.records} regels in het logboek{waiting}, {told.checkpoints} controlepunten: "
        f"{len(told.findings) or 'geen'} bevindingen."
    )
    return 1 if told.findings else 0


def _key(_given: Namespace) -> int:
    opened = installation()
    with db.reading(opened.database) as tx:
        known = store_log.keys(tx)
    if not known:
        raise Unknown("Er is nog niets ondertekend, dus er is nog geen sleutel.")
    for key in known:
        print(key)
    return 0


def _policy(_given: Namespace) -> int:
    print(receipts.policy(installation()), end="")
    return 0


def _reopen(given: Namespace) -> int:
    opened = installation()
    by, second = person(opened, given.als), person(opened, given.met, "WIJK_WACHTWOORD_MET")
    reopening.reopen(opened, by, second, given.reden, clock.now())
    print(f"De verantwoording gaat verder in {opened.config.origin}; het vorige logboek blijft staan zoals het is.")
    return 0


def _rotate(given: Namespace) -> int:
    opened = installation()
    by, second = person(opened, given.als), person(opened, given.met, "WIJK_WACHTWOORD_MET")
    reopening.replace_key(opened, by, second, given.reden, clock.now())
    print(
        "Vanaf nu ondertekent een nieuwe sleutel; geef het nieuwe beleid (wijkcyclus trail policy) aan wie controleert."
    )
    return 0


_DOES = {
    "check": ("rekent ketens, registers, boom en controlepunten na en zegt wat er niet klopt", _check),
    "key": ("toont de openbare sleutels waarmee het logboek is ondertekend, de nieuwste onderaan", _key),
    "policy": ("toont het beleid waarmee een ander ontvangstbewijzen nagaat", _policy),
    "reopen": ("begint na een breuk een nieuw logboek, door twee personen", _reopen),
    "rotate": ("laat voortaan een andere sleutel ondertekenen, door twee personen", _rotate),
}

COMMANDS = (Command("trail", "gaat het logboek na, en doet wat twee personen er samen mee doen", _arguments, _trail),)
