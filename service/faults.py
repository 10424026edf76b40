"""What is wrong with a request, before any rule is asked: all faults at once, each at its place, in Dutch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `field` is the path in the request (`gegevens.onderdelen[0].bedrag`), `message` a Dutch sentence."""

    field: str
    message: str


class Malformed(Exception):
    """Het verzoek bevat fouten"""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep all faults, so that a person mends them in one go."""
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


class NotLoggedIn(Exception):
    """U bent niet ingelogd"""


class Unknown(Exception):
    """Dit bestaat niet, of u hebt er geen toegang toe"""


class Conflict(Exception):
    """Dit is intussen veranderd"""
