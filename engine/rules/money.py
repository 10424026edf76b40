"""What may be booked, and what decisions and accounts say of money."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import money, spending
from engine.rules.content import PLAN_FIRST
from engine.rules.tasks import TASK

BOOKING: Checks = (
    *TASK,
    Check(
        "INV-32",
        money.may_not_book,
        "Geld boekt alleen de gemeente zelf; nodig is: {wat}.",
        "Vraag de wijkcoördinator om de boeking te doen.",
    ),
    Check(
        "INV-32",
        money.unclear_booking,
        "Een boeking zegt wat, waarop en hoeveel; er ontbreekt of klopt niet: {wat}.",
        "Vul aan wat ontbreekt; een fout herstelt u met een nieuwe boeking (vrijval).",
    ),
    Check(
        "INV-32",
        money.budget_without_organ,
        "Een budget wordt door een orgaan vastgesteld; nodig is: {wat}.",
        "Leg het budget voor aan het orgaan.",
    ),
    Check(
        "INV-04",
        money.takes_from_participants,
        "Wat aan de deelnemers is gelaten, wordt niet weggehaald: {wat}.",
        "Vraag de deelnemers om hun eigen besluit te wijzigen, of verschuif van een andere post.",
    ),
    Check(
        "INV-04",
        money.ahead_of_participants,
        "Aan wat de deelnemers nog beslissen wordt niets uitgegeven; eerst is nodig: {wat}.",
        "Wacht tot de deelnemers hebben beslist.",
    ),
    Check(
        "DT12",
        money.shift_without_right,
        "Deze verschuiving mag u niet doen; er ontbreekt: {wat}.",
        "Vraag beide groepen om instemming en blijf binnen het mandaat, of leg de verschuiving voor aan het orgaan.",
    ),
    Check(
        "INV-32",
        money.not_covered,
        "Elke boeking rust op een besluit; er ontbreekt of klopt niet: {wat}.",
        "Noem de regel of het kenmerk van het besluit dat deze post en dit bedrag dekt.",
    ),
    Check(
        "INV-32",
        money.above_room,
        "Er wordt niet meer uitgegeven dan er is: {wat}.",
        "Boek een lager bedrag, of laat eerst het budget verhogen of een bedrag verschuiven.",
    ),
    PLAN_FIRST,
)
BOTTLENECKS = Check(
    "DT05",
    spending.above_what_is_left,
    "Dit gaat boven uw bevoegdheid: {wat}.",
    "Leg het knelpunt voor aan wie boven het budget beslist.",
)
SPENDING: Checks = (
    Check(
        "INV-30",
        spending.without_spending,
        "Programma en bestedingsvoorstel zijn één besluit; er ontbreekt: {wat}.",
        "Geef elk onderdeel een bedrag in het bestedingsvoorstel, en elke post een onderdeel.",
    ),
    Check(
        "INV-29",
        spending.above_budget,
        "Het wijkprogramma past niet in het wijkbudget; te hoog of ontbrekend: {wat}.",
        "Verlaag bedragen in het bestedingsvoorstel, of laat eerst het orgaan het budget vaststellen of verhogen.",
    ),
)
ACCOUNT = Check(
    "INV-31",
    spending.account_differs,
    "Het verslag geeft de bedragen van het grootboek; er ontbreekt of klopt niet: {wat}.",
    "Neem de bedragen over uit het grootboek.",
)
