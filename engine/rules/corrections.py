"""What may be corrected, and by whom; a correction never takes the place of what it corrects."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import corrections

CORRECTION: Checks = (
    Check(
        "correctie/regel",
        corrections.nothing_to_correct,
        "Hier is niets te verbeteren; er ontbreekt: {wat}.",
        "Noem de regel uit de verantwoording van deze zaak, en de juiste gegevens.",
    ),
    Check(
        "INV-19",
        corrections.has_legal_effect,
        "Dit wordt niet verbeterd maar opnieuw besloten, geboekt of vastgelegd: {wat}.",
        "Neem een nieuw besluit, of leg een nieuwe regel vast; de eerste blijft staan.",
    ),
    Check(
        "INV-25",
        corrections.words_of_another,
        "De woorden van een ander blijven zoals zij zijn; verbeteren kan alleen: {wat}.",
        "Stel de ander een wijziging voor.",
    ),
    Check(
        "correctie/rol",
        corrections.another_role,
        "Verbeteren kan wie dit vastlegde, of wie die rol heeft: {wat}.",
        "Vraag het aan wie deze rol heeft.",
    ),
)
