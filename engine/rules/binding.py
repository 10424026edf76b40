"""*Meebeslissen*: what an organ binds itself to, what the participants decide, and what nobody may change."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import ballots, bindings, deciders
from engine.rules.content import OPTIONS
from engine.rules.rungs import COMPETENT, ONE_NAME, RUNG
from engine.rules.tasks import STATUS, TASK

BINDING_FIRST = Check(
    "INV-04",
    deciders.organ_at_binding_rung,
    "Hier beslist u niet: {wat}, en het orgaan is daaraan gebonden.",
    "Bekrachtig de uitslag van de deelnemers, of stuur een onrechtmatige uitslag met de grond terug.",
)
BINDING: Checks = (
    Check(
        "INV-05",
        ballots.decided_without_ballot,
        "Hierover beslist niet een deel van de deelnemers; nodig is: {wat}.",
        "Houd de stemming en leg haar uitslag vast.",
    ),
    Check(
        "INV-05",
        bindings.no_self_binding,
        "De deelnemers kunnen nog niet beslissen; er ontbreekt: {wat}.",
        "Laat het orgaan zich vooraf verbinden en elke optie toetsen.",
    ),
    Check(
        "INV-04",
        bindings.outcome_stands,
        "Dit verandert niemand meer: {wat}.",
        "Voer de uitslag uit; alleen een onrechtmatige uitslag gaat terug naar de deelnemers.",
    ),
    Check(
        "INV-04",
        bindings.undone_by_another_step,
        "Dit is aan de deelnemers: {wat}.",
        "Stel voor deze wijziging een kader op trede meebeslissen vast.",
    ),
    Check(
        "INV-05",
        bindings.not_an_outcome,
        "Dit is geen uitslag binnen de zelfbinding; nodig is: {wat}.",
        "Kies een getoetste optie binnen het plafond, of leg vast dat er geen overeenstemming is.",
    ),
    Check(
        "INV-04",
        bindings.binding_item_touched,
        "Wat de deelnemers beslissen wordt niet gewijzigd of weggelaten: {wat}.",
        "Neem het onderdeel over zoals de deelnemers het besloten.",
    ),
)
SELF_BINDING: Checks = (
    STATUS,
    *RUNG,
    *TASK[1:],
    COMPETENT,
    Check(
        "INV-04",
        bindings.outcome_stands,
        "Dit verandert niemand meer: {wat}.",
        "Bekrachtig de uitslag van de deelnemers.",
    ),
    Check(
        "INV-05",
        bindings.incomplete_binding,
        "Het orgaan verbindt zich volledig en vooraf; er ontbreekt of klopt niet: {wat}.",
        "Vul de zelfbinding aan.",
    ),
    *OPTIONS,
    ONE_NAME,
)
JUDGEMENT = Check(
    "INV-06",
    bindings.misjudged,
    "Of een uitslag in strijd is met de wet, zegt de jurist; er ontbreekt of klopt niet: {wat}.",
    "Laat de jurist oordelen over de grond die het orgaan noemde; tot dan staat de uitslag.",
)
RATIFICATION: Checks = (
    *TASK,
    COMPETENT,
    Check(
        "INV-04",
        bindings.nothing_to_ratify,
        "Bekrachtigen kan pas na {wat}.",
        "Wacht de uitslag van de deelnemers af.",
    ),
    Check(
        "INV-06",
        bindings.substitutes_unlawful_outcome,
        "Alleen een onrechtmatige uitslag gaat terug naar de deelnemers, zonder vervanging: {wat}.",
        "Noem alleen een nieuwe wettelijke grond, waarover de jurist oordeelt, of bekrachtig de uitslag.",
    ),
    Check(
        "INV-04",
        bindings.meddles_with_outcome,
        "Een bekrachtiging oordeelt niet over de inhoud: {wat}.",
        "Bekrachtig de uitslag zoals zij is.",
    ),
)
