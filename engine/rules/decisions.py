"""What a decision must pass: the checks of the rung, of who decides, and of what must lie on the table first."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import deciders, demands, frames
from engine.rules.binding import BINDING, BINDING_FIRST
from engine.rules.content import CONTENT
from engine.rules.meetings import BALANCED
from engine.rules.money import ACCOUNT, BOTTLENECKS, SPENDING
from engine.rules.phases import CLOSED_BEFORE, ON_TURN
from engine.rules.promises import HONOURED, OWNERSHIP
from engine.rules.rungs import CHANGE_NAMED, COMPETENT, FRAME, NOT_THE_ORGAN, ONE_NAME, RUNG
from engine.rules.tasks import ASSIGNEE, CANDIDATE, FOUR_EYES, STATUS

DECISION: Checks = (
    STATUS,
    *RUNG,
    Check(
        "INV-24",
        deciders.without_consent,
        "De overheid neemt een bewonersinitiatief niet over zonder {wat}.",
        "Vraag de groep om instemming; zonder antwoord of bij nee blijft het initiatief bij de groep.",
    ),
    BINDING_FIRST,
    Check("INV-04", *NOT_THE_ORGAN),
    CANDIDATE,
    ASSIGNEE,
    FOUR_EYES,
    Check(
        "DT05",
        deciders.above_ceiling,
        "Dit gaat boven uw bevoegdheid: {wat}.",
        "Leg het knelpunt voor aan wie boven het plafond beslist.",
    ),
    BOTTLENECKS,
    COMPETENT,
    ON_TURN,
    OWNERSHIP,
    HONOURED,
    Check(
        "INV-13",
        deciders.decides_on_own_decision,
        "Een bezwaar wordt door een ander behandeld; nodig is of geldt: {wat}.",
        "Noem het bestreden besluit en laat een ander beslissen.",
    ),
    Check(
        "INV-13",
        deciders.adviser_decides,
        "Wie adviseert, beslist niet over hetzelfde: {wat}.",
        "Laat een ander met deze bevoegdheid beslissen.",
    ),
    FRAME,
    CLOSED_BEFORE,
    Check(
        "INV-16",
        frames.term_not_ended,
        "Er kan nog niet worden besloten: {wat}.",
        "Wacht het einde van de termijn af.",
    ),
    Check(
        "INV-01",
        demands.item_without_frame,
        "Elk onderdeel heeft één plaats en een eigen trede; er ontbreekt of klopt niet: {wat}.",
        "Stel voor elk onderdeel een kader vast.",
    ),
    Check(
        "INV-18",
        demands.unhandled_contribution,
        "Er is inbreng zonder antwoord: {wat}.",
        "Handel eerst elke bijdrage af, met een reactie.",
    ),
    BALANCED,
    Check(
        "INV-10",
        demands.no_input_register,
        "Bij raadplegen hoort een inbrengregister; er klopt iets niet: {wat}.",
        "Leg de inbreng vast, of vermeld hoeveel bijdragen er waren.",
    ),
    Check(
        "INV-09",
        demands.unanswered_advice,
        "Bij adviseren krijgt elk advies een reactie; er ontbreekt: {wat}.",
        "Geef bij het besluit of daarvoor een reactie op elk advies.",
    ),
    Check(
        "INV-08",
        demands.no_problem_agenda,
        "Bij coproduceren gaan problemen aan oplossingen vooraf; er ontbreekt: {wat}.",
        "Stel met de deelnemers eerst de probleemagenda vast.",
    ),
    *BINDING,
    Check(
        "INV-07",
        demands.deviation_without_reason,
        "Het besluit wijkt af van het gezamenlijk voorstel; er ontbreekt of klopt niet: {wat}.",
        "Volg het voorstel, of geef per verschil een reden.",
    ),
    *SPENDING,
    ACCOUNT,
    *CONTENT,
    CHANGE_NAMED,
    ONE_NAME,
    Check(
        "INV-14",
        deciders.disagrees_for_others,
        "Wie zelf beslist, besluit of besluit niet; nodig is: {wat}.",
        "Neem het besluit, of laat de deelnemers vastleggen dat zij het niet eens werden.",
    ),
    Check(
        "{cel}",
        demands.missing_content,
        "Het besluit is niet volledig; er ontbreekt: {wat}.",
        "Vul aan wat ontbreekt.",
    ),
)
