"""What every act asks first: an open case, a task that is this person's to do, four eyes."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions.tasks import ends_collecting, not_assignee, not_candidate, same_eyes, task_missing, wrong_status

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
NO_TASK = Check(
    "handelen/geen-taak",
    task_missing,
    "De poging is beoordeeld en vastgelegd, maar niet uitgevoerd; er ontbreekt {wat}.",
    "Wacht tot de taak openstaat, of vraag de wijkcoördinator om haar te starten.",
)
