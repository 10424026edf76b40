"""What a voter does: take a pass that nobody can follow, cast a vote with it, and find that vote in the list.

All that is secret stays with the voter: the pass, its blinding and the key of the vote are drawn here. `send` reaches
the API, over HTTP or in a story.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from service import ballots, blind
from service.blind import BlindingFailed, PublicKey

Content = Mapping[str, Any]
Send = Callable[[str, str, Content | None], Content]


class VoteNotFound(Exception):
    """Uw stem staat niet in de lijst zoals u haar uitbracht"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A pass on its way: everything in hex. Whoever keeps it can ask for the same answer again, and check the vote."""

    ballot: str
    modulus: str
    exponent: int
    prepared: str
    blinded: str
    inverse: str
    key: str
    signature: str = ""
    choice: str = ""

    @property
    def public(self) -> PublicKey:
        """The key of the ballot."""
        return PublicKey(int(self.modulus, 16), self.exponent)

    def kept(self) -> dict[str, Any]:
        """The ticket as JSON."""
        return asdict(self)


def new_ticket(send: Send, ballot: str, fingerprint: str = "") -> Ticket:
    """A pass for this ballot, blinded. With the `fingerprint` that stands in the trail a false key is found out."""
    return blinded_ticket(send("GET", f"/v1/stemmingen/{ballot}", None), fingerprint)


def blinded_ticket(shown: Content, fingerprint: str = "") -> Ticket:
    """A pass for the ballot that is shown so."""
    public = PublicKey(int(shown["modulus"], 16), int(shown["exponent"]))
    if public.fingerprint != (fingerprint or shown["sleutel"]):
        raise BlindingFailed("de sleutel van deze stemming is een andere dan in de verantwoording")
    prepared = blind.prepare(secrets.token_bytes(32), secrets.token_bytes)
    blinded, inverse = blind.blind(public, prepared, secrets.token_bytes)
    return Ticket(
        ballot=shown["id"],
        modulus=shown["modulus"],
        exponent=public.e,
        prepared=prepared.hex(),
        blinded=blinded.hex(),
        inverse=f"{inverse:x}",
        key=secrets.token_hex(16),
    )


def take_pass(send: Send, ticket: Ticket, code: str = "") -> Ticket:
    """The ticket with its signature; without a code `send` is logged in."""
    address = f"/v1/stemmingen/{ticket.ballot}/passen"
    asked = {"geblindeerd": ticket.blinded}
    answer = send("POST", f"{address}/code", asked | {"code": code}) if code else send("POST", address, asked)
    signed = bytes.fromhex(answer["ondertekend"])
    found = blind.finalize(ticket.public, bytes.fromhex(ticket.prepared), signed, int(ticket.inverse, 16))
    return replace(ticket, signature=found.hex())


def cast(send: Send, ticket: Ticket, choice: str) -> Ticket:
    """The vote, in the box; sent again it changes nothing."""
    vote = {"pas": ticket.prepared, "handtekening": ticket.signature, "sleutel": ticket.key, "keuze": choice}
    send("POST", f"/v1/stemmingen/{ticket.ballot}/stembiljetten", vote)
    return replace(ticket, choice=choice)


def check(send: Send, ticket: Ticket) -> Content:
    """The count, when this vote is in the list as it was cast and the list adds up; VoteNotFound says what does not."""
    address = f"/v1/stemmingen/{ticket.ballot}"
    listed = send("GET", f"{address}/stembiljetten", None)
    counted = send("GET", f"{address}/uitslag", None)
    votes = [(str(row["sleutel"]), str(row["keuze"])) for row in listed["resultaten"]]
    if (ticket.key, ticket.choice) not in votes:
        raise VoteNotFound(f"sleutel {ticket.key} met keuze {ticket.choice}")
    if ballots.list_digest(votes) != counted["lijst"]:
        raise VoteNotFound("de lijst is niet die van de telling")
    for row in counted["stemmen"]:
        if sum(choice == row["optie"] for _, choice in votes) != row["aantal"]:
            raise VoteNotFound(f"de telling van {row['optie']} klopt niet met de lijst")
    if len(votes) != counted["uitgebracht"]:
        raise VoteNotFound("het aantal uitgebrachte stemmen klopt niet met de lijst")
    return counted
