"""Where no content of a case is kept: nothing is written in it, and only its own lanes see it (INV-39)."""

from __future__ import annotations

from engine.checks import Check
from engine.conditions import mediation

NO_CONTENT = Check(
    "INV-39",
    mediation.content_brought,
    "Van deze zaak wordt geen inhoud bewaard; er blijft niets van {wat}.",
    "Kies een van de antwoorden, en vertel het verhaal aan de bemiddelaar.",
)
OWN_LANES = Check(
    "INV-39",
    mediation.not_of_the_module,
    "Van deze zaak gaan alleen aantallen naar buiten; lezen vraagt {wat}.",
    "Vraag naar de aantallen.",
)
