"""What participants bring, how it is answered, and what goes out."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import demands, frames, handlings
from engine.rules.content import COLLECTIVE, COMPLETE, EFFECT, OPTIONS, OWN_MARK, PLAN_FIRST, TIME_TO_REACT, WORDING
from engine.rules.money import ACCOUNT
from engine.rules.phases import ANSWERABLE, CLOSED_BEFORE, DISTRIBUTED
from engine.rules.rungs import NOT_THE_ORGAN, PARTICIPATION
from engine.rules.tasks import TASK

CONTRIBUTION: Checks = (*TASK, *PARTICIPATION, OWN_MARK)
ADVICE: Checks = (*CONTRIBUTION, *OPTIONS)
PROPOSAL: Checks = (
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
    COLLECTIVE,
    OWN_MARK,
)
HANDLING: Checks = (
    *TASK,
    Check(
        "INV-18",
        handlings.unclear_handling,
        "Een bijdrage krijgt een duidelijk antwoord; er ontbreekt of klopt niet: {wat}.",
        "Noem de bijdrage, wat ermee is gedaan, waarom, en de reactie.",
    ),
    OWN_MARK,
    WORDING,
)
PRODUCT: Checks = (
    *TASK,
    CLOSED_BEFORE,
    ANSWERABLE,
    Check(
        "INV-18",
        handlings.unhandled_for_decision,
        "Het concept gaat nog niet naar het orgaan; zonder antwoord is: {wat}.",
        "Handel eerst elke bijdrage af, met een reactie.",
    ),
    EFFECT,
    PLAN_FIRST,
    COMPLETE,
    ACCOUNT,
    OWN_MARK,
    *OPTIONS,
    WORDING,
)
PUBLICATION: Checks = (
    *TASK,
    CLOSED_BEFORE,
    Check(
        "INV-02",
        frames.no_frame_for_invitation,
        "Uitnodigen kan pas met een vastgesteld kader; er ontbreekt: {wat}.",
        "Stel eerst het kader vast.",
    ),
    Check(
        "INV-16",
        frames.published_too_late,
        "Een kader wordt openbaar zolang meedoen nog kan: {wat}.",
        "Stel het kader opnieuw vast, met een termijn die nog komt, en publiceer dat.",
    ),
    Check(
        "publicatie/inhoud",
        frames.not_yet_public,
        "Wat nog openbaar wordt, is nog niet openbaar; er klopt niet: {wat}.",
        "Publiceer, en leg het daarna vast met de dag waarop het gebeurde.",
    ),
    TIME_TO_REACT,
    DISTRIBUTED,
    OWN_MARK,
    WORDING,
)
