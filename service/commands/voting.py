"""stem: how a voter takes part in a ballot from a computer of his own."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from service import voter
from service.commands.command import Command
from service.faults import Conflict
from service.voter import Content, Send, Ticket

_SENT = 2048  # every request is as long, so that its length tells no choice


def over_http(address: str) -> Send:
    """How to reach the service at this address."""

    def send(method: str, path: str, content: Content | None) -> Content:
        body = None if content is None else json.dumps(content).encode().ljust(_SENT)
        asked = urllib.request.Request(
            address.rstrip("/") + path, data=body, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                found: Content = json.load(answer)
                return found
        except urllib.error.HTTPError as wrong:
            raise Conflict(_said(wrong)) from wrong

    return send


def _said(wrong: urllib.error.HTTPError) -> str:
    try:
        told: Any = json.load(wrong)
        faults = "; ".join(str(one["melding"]) for one in told.get("fouten", ()))
        return f"{told.get('detail', wrong.reason)} {faults}".strip()
    except ValueError:
        return str(wrong.reason)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADRES", help="van de dienst, zoals https://wijkcyclus.voorbeeld.nl")
    parser.add_argument("ballot", metavar="STEMMING", help="het nummer van de stemming")
    parser.add_argument("--bewijs", required=True, type=Path, help="bestand waarin uw stempas en stembewijs staan")
    parser.add_argument("--code", default="", help="de code uit uw brief; vraagt uw stempas aan")
    parser.add_argument("--keuze", default="", help="uw keuze, of blanco; brengt uw stem uit")
    parser.add_argument("--sleutel", default="", help="de sleutel van de stemming uit de verantwoording, ter controle")
    parser.add_argument("--controle", action="store_true", help="zoekt uw stem na de telling in de lijst")


def _vote(given: Namespace) -> int:
    send = over_http(given.address)
    ticket = _kept(given.bewijs)
    if ticket is None:
        ticket = voter.new_ticket(send, given.ballot, given.sleutel)
        _keep(given.bewijs, ticket)  # before it is asked for: an answer that gets lost can be asked again
    if given.code and not ticket.signature:
        ticket = voter.take_pass(send, ticket, given.code)
        _keep(given.bewijs, ticket)
        print("U hebt een stempas. Wacht gerust even met stemmen: dan verraadt ook het tijdstip niets.")
    if given.keuze:
        if not ticket.signature:
            raise Conflict("U hebt nog geen stempas; vraag die aan met --code.")
        ticket = voter.cast(send, ticket, given.keuze)
        _keep(given.bewijs, ticket)
        print(f"Uw stem is in de stembus. Uw sleutel: {ticket.key}")
    if given.controle:
        counted = voter.check(send, ticket)
        print(f"Uw stem ({ticket.choice}) is geteld. Er zijn {counted['uitgebracht']} stemmen; de lijst klopt.")
    return 0


def _kept(path: Path) -> Ticket | None:
    return Ticket(**json.loads(path.read_text("utf-8"))) if path.exists() else None


def _keep(path: Path, ticket: Ticket) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(ticket.kept(), file, indent=1)


COMMANDS = (Command("stem", "neemt een stempas, stemt, en controleert de telling", _arguments, _vote),)
