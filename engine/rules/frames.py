"""What a frame must say, and what it may not take back."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import frames
from engine.rules.phases import CLOSED_BEFORE, INVOLVED, RECONSIDERED
from engine.rules.rungs import CHANGE_CARRIED_OUT, COMPETENT, ONE_NAME
from engine.rules.tasks import TASK

SETTING_FRAME: Checks = (
    *TASK,
    COMPETENT,
    CLOSED_BEFORE,
    Check(
        "INV-02",
        frames.incomplete_frame,
        "Een kader zegt alles wat deelnemers moeten weten; er ontbreekt: {wat}.",
        "Vul het kader aan.",
    ),
    Check(
        "INV-03",
        frames.room_without_rung,
        "Zonder ruimte voor inbreng kan alleen meeweten worden beloofd; er ontbreekt: {wat}.",
        "Benoem wat open ligt, of kies de trede meeweten.",
    ),
    Check(
        "INV-12",
        frames.other_than_the_ladder,
        "De trede klopt niet met wat deze gemeente eronder verstaat: {wat}.",
        "Kies de trede die erbij hoort, of noem de delegatie waarop de overdracht van de beslissing rust.",
    ),
    Check(
        "INV-01",
        frames.frame_not_in_table,
        "De rechtentabel staat deze trede niet toe: {wat}.",
        "Kies een trede die de rechtentabel voor deze stap kent.",
    ),
    RECONSIDERED,
    INVOLVED,
    Check(
        "INV-13",
        frames.unknown_organ,
        "Het kader noemt een verkeerd orgaan: {wat}.",
        "Noem het orgaan dat volgens de rechtentabel beslist.",
    ),
    Check(
        "INV-04",
        frames.bound_already,
        "Wat aan de deelnemers is gelaten, wordt niet teruggenomen: {wat}.",
        "Wacht de uitslag af en bekrachtig die.",
    ),
    Check(
        "INV-11",
        frames.lowered,
        "Een beloofde trede gaat niet zomaar omlaag: {wat}.",
        "Geef de reden, of vraag na de start de instemming van de deelnemers (trede wijzigen, D18).",
    ),
    CHANGE_CARRIED_OUT,
    Check(
        "INV-17",
        frames.shortened,
        "Een aangekondigde termijn wordt niet korter: {wat}.",
        "Laat de termijn lopen, of verleng haar en publiceer dat.",
    ),
    Check(
        "INV-16",
        frames.term_over,
        "Een kader geeft tijd om mee te doen: {wat}.",
        "Noem een dag die nog komt.",
    ),
    ONE_NAME,
)
