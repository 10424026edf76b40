"""The rules on asking colleagues for advice while a task is open; whoever may do the task may ask."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import advice_requests as conditions

REQUESTING: Checks = (
    Check(
        "adviesverzoek/vrager",
        conditions.asked_by_resident,
        "Om advies van een collega vraagt alleen {wat}.",
        "Stel uw vraag aan wie voor de wijk aanspreekbaar is.",
    ),
    Check(
        "adviesverzoek/gegevens",
        conditions.request_unfit,
        "Het adviesverzoek vraagt nog: {wat}.",
        "Vul dit aan, of kies een ander.",
    ),
    Check(
        "adviesverzoek/open",
        conditions.nothing_asked,
        "Dit kan niet; nodig is {wat}.",
        "Kies een verzoek waarop nog geen antwoord kwam.",
    ),
)
REPLYING: Checks = (
    Check(
        "adviesverzoek/gevraagd",
        conditions.not_the_adviser,
        "Hierop antwoordt alleen {wat}.",
        "Geef wat u weet door aan wie de taak heeft.",
    ),
    Check("adviesverzoek/antwoord", conditions.answer_missing, "Er ontbreekt {wat}.", "Schrijf op wat u adviseert."),
)
