"""The rules on acts, as data: for each act the checks that it must pass, in the order in which they are tried.

An act that has no line here can be taken by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.checks import Check, Checks
from engine.conditions import bindings, deciders, demands, frames, handlings
from engine.conditions.tasks import ends_collecting, not_assignee, not_candidate, same_eyes, task_missing, wrong_status
from engine.terms import Act

STATUS = Check(
    "zaak/status",
    wrong_status,
    "In deze zaak kan nu niets gebeuren: {wat}.",
    "Laat de zaak eerst hervatten, of begin een nieuwe.",
)
CANDIDATE = Check(
    "taak/kandidaat",
    not_candidate,
    "U hebt niet de rol die deze taak vraagt: {wat}.",
    "Laat de taak over aan wie deze rol heeft, of vraag om de rol als zij u toekomt.",
)
ASSIGNEE = Check(
    "taak/behandelaar",
    not_assignee,
    "Dit kan nu niet: {wat}.",
    "Vraag de behandelaar om de taak af te ronden, terug te geven of aan u over te dragen.",
)
FOUR_EYES = Check(
    "taak/vier-ogen",
    same_eyes,
    "Hier zijn vier ogen nodig: {wat}.",
    "Laat een ander met dezelfde rol deze taak doen.",
)
COLLECTING = Check(
    "INV-17",
    ends_collecting,
    "Deze taak wordt niet afgerond: {wat}.",
    "Voeg uw bijdrage toe; de taak blijft open voor anderen.",
)
TASK: Checks = (STATUS, CANDIDATE, ASSIGNEE, FOUR_EYES, COLLECTING)

RUNG: Checks = (
    Check(
        "INV-01",
        frames.no_rung,
        "Niemand beslist zonder vooraf beloofde trede; er ontbreekt: {wat}.",
        "Laat eerst het bevoegde orgaan het kader vaststellen en publiceren.",
    ),
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
PARTICIPATION: Checks = (FRAME, ROOM, *RUNG[1:])

COMPETENT = Check(
    "INV-13",
    deciders.not_competent,
    "U bent niet bevoegd; nodig is: {wat}.",
    "Leg het besluit voor aan wie bevoegd is, of vraag dat orgaan om een mandaat.",
)
BINDING_FIRST = Check(
    "INV-04",
    deciders.organ_at_binding_rung,
    "Hier beslist u niet: {wat}, en het orgaan is daaraan gebonden.",
    "Bekrachtig de uitslag van de deelnemers, of stuur een onrechtmatige uitslag met de grond terug.",
)
NOT_THE_ORGAN = (
    deciders.organ_among_participants,
    "Wie het orgaan is, is hier geen deelnemer: {wat}.",
    "Laat dit over aan de deelnemers zelf.",
)
BINDING: Checks = (
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
    COMPETENT,
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
    Check(
        "{cel}",
        demands.missing_content,
        "Het besluit is niet volledig; er ontbreekt: {wat}.",
        "Vul aan wat ontbreekt.",
    ),
)
SETTING_FRAME: Checks = (
    *TASK,
    COMPETENT,
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
        "INV-01",
        frames.frame_not_in_table,
        "De rechtentabel staat deze trede niet toe: {wat}.",
        "Kies een trede die de rechtentabel voor deze stap kent.",
    ),
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
    Check(
        "INV-17",
        frames.shortened,
        "Een aangekondigde termijn wordt niet korter: {wat}.",
        "Laat de termijn lopen, of verleng haar en publiceer dat.",
    ),
)
ACTS: Mapping[Act, Checks] = {
    Act.WERK: TASK,
    Act.KENNISNAME: TASK,
    Act.KADER: SETTING_FRAME,
    Act.INBRENG: (*TASK, *PARTICIPATION),
    Act.ADVIES: (*TASK, *PARTICIPATION),
    Act.BIJEENKOMST: (*TASK, FRAME),
    Act.VOORSTEL: (
        *TASK,
        *PARTICIPATION,
        Check("INV-08", *NOT_THE_ORGAN),
        Check(
            "voorstel/inhoud",
            demands.empty_proposal,
            "Een voorstel heeft inhoud; er ontbreekt: {wat}.",
            "Leg een probleemagenda of een voorstel per veld vast.",
        ),
        Check(
            "INV-08",
            demands.solutions_before_agenda,
            "Eerst de problemen, dan de oplossingen; er ontbreekt: {wat}.",
            "Stel met de deelnemers eerst de probleemagenda vast.",
        ),
    ),
    Act.AFHANDELING: (
        *TASK,
        Check(
            "INV-18",
            handlings.unclear_handling,
            "Een bijdrage krijgt een duidelijk antwoord; er ontbreekt of klopt niet: {wat}.",
            "Noem de bijdrage, wat ermee is gedaan, waarom, en de reactie.",
        ),
    ),
    Act.BESLUIT: DECISION,
    Act.ZELFBINDING: (
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
    ),
    Act.BEKRACHTIGING: (
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
            "Een onrechtmatige uitslag gaat terug naar de deelnemers, zonder vervanging: {wat}.",
            "Noem alleen de grond; de deelnemers beslissen opnieuw.",
        ),
        Check(
            "INV-04",
            bindings.meddles_with_outcome,
            "Een bekrachtiging oordeelt niet over de inhoud: {wat}.",
            "Bekrachtig de uitslag zoals zij is.",
        ),
    ),
    Act.PRODUCT: (
        *TASK,
        Check(
            "INV-18",
            handlings.unhandled_for_decision,
            "Het concept gaat nog niet naar het orgaan; zonder antwoord is: {wat}.",
            "Handel eerst elke bijdrage af, met een reactie.",
        ),
    ),
    Act.PUBLICATIE: (
        *TASK,
        Check(
            "INV-02",
            frames.no_frame_for_invitation,
            "Uitnodigen kan pas met een vastgesteld kader; er ontbreekt: {wat}.",
            "Stel eerst het kader vast.",
        ),
    ),
}
NO_TASK = Check(
    "handelen/geen-taak",
    task_missing,
    "De poging is beoordeeld en vastgelegd, maar niet uitgevoerd; er ontbreekt {wat}.",
    "Wacht tot de taak openstaat, of vraag de wijkcoördinator om haar te starten.",
)
