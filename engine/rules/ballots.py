"""What a ballot must pass: whoever opens it or lays down its result decides nothing by doing so."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import ballots, bindings
from engine.rules.binding import BINDING_FIRST
from engine.rules.content import OPTIONS
from engine.rules.phases import CLOSED_BEFORE
from engine.rules.rungs import COMPETENT, FRAME, NOT_THE_ORGAN, ONE_NAME, RUNG
from engine.rules.tasks import ASSIGNEE, CANDIDATE, FOUR_EYES, STATUS

BALLOT: Checks = (
    STATUS,
    *RUNG,
    BINDING_FIRST,
    Check("INV-04", *NOT_THE_ORGAN),
    CANDIDATE,
    ASSIGNEE,
    FOUR_EYES,
    Check(
        "INV-05",
        ballots.not_at_binding_rung,
        "Een stemming beslist alleen op de trede meebeslissen; nodig is: {wat}.",
        "Stel een kader op trede meebeslissen vast, of vraag de deelnemers om advies.",
    ),
    COMPETENT,
    FRAME,
    CLOSED_BEFORE,
    Check(
        "INV-05",
        ballots.ballot_not_promised,
        "Er kan nog niet worden gestemd; er ontbreekt: {wat}.",
        "Laat het orgaan zich vooraf verbinden aan een stemming en elke optie toetsen.",
    ),
    Check(
        "INV-04",
        bindings.outcome_stands,
        "Dit verandert niemand meer: {wat}.",
        "Voer de uitslag uit; alleen een onrechtmatige uitslag gaat terug naar de deelnemers.",
    ),
    Check(
        "INV-40",
        ballots.more_than_numbers,
        "Bij een stemming wordt niet vastgelegd wie stemde of wat iemand stemde: {wat}.",
        "Leg alleen vast wat het formulier vraagt; de aantallen komen uit de stembus.",
    ),
    Check(
        "INV-16",
        ballots.result_too_early,
        "De uitslag is er nog niet: {wat}.",
        "Wacht tot de termijn om is en de stemming is gesloten.",
    ),
    Check(
        "INV-05",
        ballots.opening_unfit,
        "Deze stemming past niet bij de zelfbinding; er ontbreekt of klopt niet: {wat}.",
        "Open de stemming zoals zij is beloofd.",
    ),
    *OPTIONS,
    ONE_NAME,
    Check(
        "INV-04",
        ballots.not_the_count,
        "De uitslag is wat de stembus zegt, en niets anders; er ontbreekt of klopt niet: {wat}.",
        "Wacht de telling af en leg haar ongewijzigd vast.",
    ),
    Check(
        "{cel}",
        ballots.missing_in_result,
        "De uitslag is niet volledig; er ontbreekt: {wat}.",
        "Vul aan wat ontbreekt.",
    ),
)
