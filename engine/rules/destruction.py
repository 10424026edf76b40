"""Who may have sealed values destroyed or kept, and on what: two people, a ground, nothing that must be kept."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import destruction

_KEPT = Check(
    "vernietigen/bewaarplicht",
    destruction.must_be_kept,
    "Dit moet bewaard blijven, volgens: {wat}.",
    "Wacht tot de bewaarplicht is opgeheven.",
)
REQUEST: Checks = (
    Check(
        "vernietigen/gegevens",
        destruction.request_unfit,
        "Het verzoek om te vernietigen mist: {wat}.",
        "Noem wat er vernietigd moet worden, en waarom dat mag.",
    ),
    _KEPT,
)
ORDER: Checks = (
    Check(
        "vernietigen/verzoek",
        destruction.nothing_asked,
        "Een opdracht om te vernietigen vraagt: {wat}.",
        "Noem de regel van het verzoek.",
    ),
    Check(
        "vernietigen/vier-ogen",
        destruction.one_pair_of_hands,
        "De opdracht om te vernietigen geeft {wat}.",
        "Laat een andere bevoegde de opdracht geven.",
    ),
    _KEPT,
)
CALLING_OFF: Checks = (
    Check(
        "vernietigen/intrekken",
        destruction.nothing_to_call_off,
        "Hier is niets in te trekken; er ontbreekt {wat}.",
        "Noem de regel van het verzoek of de opdracht.",
    ),
)
KEEPING: Checks = (
    Check(
        "bewaren/gegevens",
        destruction.keeping_unfit,
        "De bewaarplicht mist: {wat}.",
        "Noem de waarden of de zaken, of de regel van de bewaarplicht die u opheft.",
    ),
)
