"""The rung that holds, the frame that promised it, and who decides on it."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import deciders, frames, rungs

ONE_NAME = Check(
    "INV-01",
    frames.look_alike,
    "Een onderwerp heeft één naam, en zo één trede: {wat}.",
    "Gebruik de naam die al in het dossier staat, of kies een naam die er niet op lijkt.",
)
_SERVED: Checks = (
    Check(
        "INV-01",
        frames.rung_outside_task,
        "De taak past niet bij de beloofde trede: {wat}.",
        "Gebruik de taak voor de trede die het kader noemt.",
    ),
    Check(
        "{cel}",
        frames.rung_not_in_table,
        "De rechtentabel staat dit niet toe: {wat}.",
        "Kies een trede die de rechtentabel voor deze stap kent.",
    ),
)
RUNG: Checks = (
    Check(
        "INV-01",
        frames.no_rung,
        "Niemand beslist zonder vooraf beloofde trede; er ontbreekt: {wat}.",
        "Laat eerst het bevoegde orgaan het kader vaststellen en publiceren.",
    ),
    *_SERVED,
)
FRAME = Check(
    "INV-02",
    frames.incomplete_or_unpublished_frame,
    "Participatie begint pas met een volledig en gepubliceerd kader; er ontbreekt: {wat}.",
    "Stel eerst het kader vast en publiceer het.",
)
ROOM = Check(
    "INV-03",
    frames.only_informed,
    "Hier is geen inbreng mogelijk; er ontbreekt {wat}.",
    "Stel een vraag aan de wijkcoördinator, of meld het punt als signaal.",
)
PARTICIPATION: Checks = (FRAME, ROOM, *_SERVED, ONE_NAME)

COMPETENT = Check(
    "INV-13",
    deciders.not_competent,
    "U bent niet bevoegd; nodig is: {wat}.",
    "Leg het besluit voor aan wie bevoegd is, of vraag dat orgaan om een mandaat.",
)
NOT_THE_ORGAN = (
    deciders.organ_among_participants,
    "Wie het orgaan is, is hier geen deelnemer: {wat}.",
    "Laat dit over aan de deelnemers zelf.",
)
CHANGE_CARRIED_OUT = Check(
    "INV-11",
    rungs.change_not_carried_out,
    "Een besluit over de trede wordt uitgevoerd zoals het is genomen; er ontbreekt: {wat}.",
    "Noem in het kader de stap en de trede van het besluit, zo nodig als regel met een eigen stap.",
)
CHANGE_NAMED = Check(
    "INV-11",
    rungs.change_unnamed,
    "Een besluit over de trede zegt precies wat er wijzigt; er ontbreekt of klopt niet: {wat}.",
    "Neem uit het voorstel over: de stap, de trede die geldt, de nieuwe trede, en zijn kenmerk.",
)
