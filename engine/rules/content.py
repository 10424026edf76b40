"""What decisions, proposals, answers and products must hold, whoever brings them: the content of the year."""

from __future__ import annotations

from engine.checks import Check, Checks
from engine.conditions import accounting, agenda, initiatives, options, programme

COLLECTIVE = Check(
    "INV-20",
    agenda.individual_interest,
    "Op de wijkagenda en in het wijkbudget komen alleen collectieve belangen: {wat}.",
    "Breng een individueel belang naar het loket dat ervoor is, zoals het vergunningenloket, of meld het als signaal.",
)
OPTIONS: Checks = (
    Check(
        "INV-27",
        options.option_fails_rule,
        "Een optie die een spelregel van het wijkbudget niet haalt, komt niet in stemming: {wat}.",
        "Toets elke optie aan elke spelregel, en keur af wat een regel niet haalt.",
    ),
    Check(
        "INV-20",
        options.option_of_individual_interest,
        "Over een individueel belang wordt niet gestemd: {wat}.",
        "Beantwoord bij elke optie de vragen over het belang, en keur een individueel belang af.",
    ),
)
WORDING = Check(
    "INV-25",
    agenda.wording_replaced,
    "De woorden van een bewoner blijven zoals zij zijn: {wat}.",
    "Verwijs naar de bijdrage, en zet uw voorstel voor een andere tekst in uw reactie.",
)
OWN_MARK = Check(
    "INV-25",
    agenda.name_of_another,
    "Een kenmerk hoort bij één bijdrage: {wat}.",
    "Kies een eigen kenmerk, en verwijs naar de bijdrage in het veld dat daarvoor is.",
)
EFFECT = Check(
    "INV-26",
    programme.effect_unsaid,
    "Elk onderdeel zegt vooraf wat het beoogt en wat de burger eraan heeft; er ontbreekt: {wat}.",
    "Vul het beoogde effect in en wat de burger eraan heeft.",
)
COMPLETE = Check(
    "INV-31",
    accounting.unaccounted,
    "Het wijkverslag verantwoordt alles wat in het programma stond en in het jaar gebeurde; er ontbreekt: {wat}.",
    "Neem op wat ontbreekt, ook wat is gestopt of doorgeschoven, met het kenmerk uit het register.",
)
PLAN_FIRST = Check(
    "INV-34",
    initiatives.no_plan_yet,
    "Eerst het plan, dan de uitvoering; er ontbreekt: {wat}.",
    "Laat de groep eerst haar plan van aanpak vaststellen (D10).",
)
TIME_TO_REACT = Check(
    "INV-29",
    programme.shown_too_late,
    "Op het concept kan niet lang genoeg meer worden gereageerd; er ontbreekt: {wat}.",
    "Verleng eerst de reactietermijn en maak dat openbaar; publiceer dan het concept.",
)
CONTENT: Checks = (
    COLLECTIVE,
    Check(
        "INV-21",
        agenda.untraced_theme,
        "Elk thema van de wijkagenda komt ergens vandaan; er ontbreekt of klopt niet: {wat}.",
        "Noem het kenmerk van de bevinding of het signaal, of leg het nieuwe feit vast.",
    ),
    Check(
        "INV-22",
        initiatives.outside_the_agenda,
        "Een initiatief hoort bij de vastgestelde wijkagenda; er ontbreekt of klopt niet: {wat}.",
        "Noem het thema, zeg waarom het initiatief erbij past (WB5), of neem eerst het besluit over toelating.",
    ),
    Check(
        "INV-27",
        initiatives.rule_failed,
        "De spelregels van het wijkbudget zijn niet gehaald: {wat}.",
        "Pas het initiatief aan, of wijs het af met de regel en een ander pad.",
    ),
    Check(
        "INV-23",
        initiatives.not_one_owner,
        "Een initiatief heeft precies één eigenaar; er ontbreekt of klopt niet: {wat}.",
        "Noem één lichaam; voor een andere eigenaar is er de overname met instemming (D15).",
    ),
    Check(
        "INV-28",
        initiatives.refusal_without_path,
        "Wie wordt afgewezen hoort welke regel dat zegt en wat wel kan; er ontbreekt: {wat}.",
        "Noem de regel en een ander pad.",
    ),
    Check(
        "INV-29",
        programme.concept_unheard,
        "Het wijkprogramma kan nog niet worden vastgesteld; er ontbreekt: {wat}.",
        "Publiceer het concept, verleng zo nodig de reactietermijn en maak dat openbaar, en wacht haar af.",
    ),
    EFFECT,
    Check(
        "INV-29",
        programme.without_commitment,
        "Achter elk initiatief staat een afspraak; er ontbreekt: {wat}.",
        "Leg eerst een toezegging met een datum vast (D06).",
    ),
    PLAN_FIRST,
    COMPLETE,
    OWN_MARK,
    WORDING,
)
