"""Phases and levels: who takes part, who is answerable, who is on turn, and that a product reaches everybody."""

from __future__ import annotations

from engine.checks import Check
from engine.conditions import levels, phases

_OUT = "Verspreid het product langs elk kanaal en aan ieder van de lijst, en laat wie dat moet kennis nemen."
DISTRIBUTED = Check(
    "INV-37",
    phases.undistributed,
    "Het product gaat naar iedereen van de lijst; er ontbreekt: {wat}.",
    "Noem elk kanaal en elke geadresseerde van de publicatieplicht.",
)
CLOSED_BEFORE = Check(
    "INV-37",
    phases.phase_before_is_open,
    "De vorige fase is nog niet klaar; er ontbreekt: {wat}.",
    _OUT,
)
BEGUN_WITHIN = Check(
    "INV-37",
    phases.begun_apart,
    "Een fase begint vanzelf, na de fase ervoor, en niet los in een dossier: {wat}.",
    "Rond de fase ervoor af; de zaak van de wijkcyclus begint deze fase dan zelf.",
)
ANSWERABLE = Check(
    "INV-35",
    phases.wrongly_answerable,
    "Er is altijd precies één bestuurder en één ambtenaar aanspreekbaar; er ontbreekt of klopt niet: {wat}.",
    "Noem één bestuurlijke en één ambtelijke rol uit de rollencatalogus.",
)
RECONSIDERED = Check(
    "INV-42",
    phases.participants_not_reconsidered,
    "Wie meepraat, wordt voor elke fase opnieuw bekeken; er ontbreekt: {wat}.",
    "Noem per fase de doelgroep, en nodig de gesprekspartners van deze schaal uit.",
)
INVOLVED = Check(
    "INV-48",
    phases.residents_left_out,
    "Bewoners niet betrekken is een afwijking die wordt vastgelegd; er ontbreekt: {wat}.",
    "Betrek de bewoners, of leg bij afwijking_betrokkenheid de reden vast en wat ervoor in de plaats komt.",
)
ON_TURN = Check(
    "INV-43",
    levels.out_of_turn,
    "Dit bestuur is nu niet aan zet: {wat}.",
    "Laat het bestuur beslissen dat aan zet is; zwijgt het, dan gaat het vanzelf naar het volgende.",
)
