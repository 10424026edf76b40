"""Meetings: what an announcement and a report say, and what a one-sided discussion asks."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import meetings
from engine.rules.rungs import FRAME
from engine.rules.tasks import TASK

BALANCED = Check(
    "INV-41",
    meetings.one_sided,
    "De bespreking was eenzijdig en daar is niets aan gedaan: {wat}.",
    "Spreek wie ontbrak alsnog, en leg als actie bij die bijeenkomst vast wat er is gedaan.",
)
MEETING: Checks = (
    *TASK,
    FRAME,
    Check(
        "INV-38",
        meetings.closed_without_reason,
        "Bijeenkomsten zijn openbaar; er ontbreekt of klopt niet: {wat}.",
        "Maak de bijeenkomst openbaar, of geef de reden waarom zij besloten is.",
    ),
    Check(
        "bijeenkomst/inhoud",
        meetings.incomplete,
        "De bijeenkomst is niet volledig vastgelegd; er ontbreekt of klopt niet: {wat}.",
        "Vul aan wat ontbreekt.",
    ),
)
