"""Commitments and consent: what is promised stands, and what belongs to a group changes by its own word alone."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import consent, promises
from engine.rules.rungs import COMPETENT, RUNG
from engine.rules.tasks import TASK

OWNERSHIP = Check(
    "INV-24",
    consent.changes_owner,
    "Een initiatief gaat niet over naar een ander zonder {wat}.",
    "Vraag de groep om instemming (D15); zonder antwoord of bij nee blijft het initiatief bij de groep.",
)
HONOURED = Check(
    "INV-36",
    promises.set_aside,
    "Wat het ene bestuur toezegt, bindt ook het andere; er ontbreekt of klopt niet: {wat}.",
    "Noem elke toezegging van het andere bestuur met gevolg “ongewijzigd”, of laat dat bestuur met de groep spreken.",
)
COMMITMENT: Checks = (
    *TASK,
    Check(
        "INV-33",
        promises.takes_back,
        "Een toezegging blijft staan; er ontbreekt of klopt niet: {wat}.",
        "Doe een toezegging, spreek met reden en instemming een nieuwe datum af, of toon dat zij is nagekomen.",
    ),
    *RUNG,
    Check(
        "INV-33",
        promises.points_nowhere,
        "Het is niet duidelijk over welke toezegging dit gaat: {wat}.",
        "Noem het kenmerk van een toezegging die nog openstaat.",
    ),
    Check(
        "INV-36",
        promises.of_another,
        "Een toezegging is niet van een ander bestuur: {wat}.",
        "Laat wie het toezegde de nieuwe datum vragen of laten zien dat het is nagekomen.",
    ),
    Check(COMPETENT.rule, promises.not_the_party, COMPETENT.reason, "Laat de partij zelf toezeggen wat zij doet."),
    Check(
        "{cel}",
        promises.incomplete,
        "De toezegging is niet volledig; er ontbreekt of klopt niet: {wat}.",
        "Vul aan wie wat toezegt, voor welke dag, en wie aanspreekbaar is.",
    ),
    Check(
        "INV-33",
        promises.moved_without_consent,
        "Een toegezegde datum verschuift niet zomaar; er ontbreekt of klopt niet: {wat}.",
        "Geef de reden en vraag de groep om instemming met de nieuwe datum; tot dan geldt de oude.",
    ),
    Check(
        "INV-33",
        promises.kept_without_evidence,
        "Dat een toezegging is nagekomen, moet te zien zijn; er ontbreekt: {wat}.",
        "Voeg toe waaruit het blijkt.",
    ),
)
CONSENT: Checks = (
    *TASK,
    Check(
        "INV-24",
        consent.taken_over_by_another,
        "De overheid neemt een bewonersinitiatief niet over; nodig is: {wat}.",
        "Vraag de groep om instemming; zonder antwoord of bij nee blijft het initiatief bij de groep.",
    ),
    Check(
        "INV-13",
        consent.given_by_another,
        "Instemmen kan alleen wie het aangaat; nodig is: {wat}.",
        "Leg het verzoek voor aan de groep zelf.",
    ),
    Check(
        "instemming/inhoud",
        consent.unclear,
        "Een antwoord op een verzoek om instemming is duidelijk; er ontbreekt of klopt niet: {wat}.",
        "Noem het verzoek, waar het over gaat, en ja of nee.",
    ),
)
