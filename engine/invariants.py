"""The catalogue: what always holds (INV) and what a diagram or table must satisfy (WL), each in one Dutch sentence.

`source` names the lines of the source report, the law or a decision on a question (Q) on which a rule rests, `by` who
guards it. Where a rule is enforced and by which tests it is attacked is read from the code itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Guard(StrEnum):
    """Who guards a rule: the engine at every act, the lint at deployment, or an auditor by a question to the log."""

    ENGINE = "motor"
    LINT = "lint"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Rule:
    """One invariant or lint rule; `follows` says with what it is completed, when it is not complete yet."""

    id: str
    sentence: str
    source: str
    by: tuple[Guard, ...]
    follows: str = ""


_LETTERS = {"E": Guard.ENGINE, "L": Guard.LINT, "A": Guard.AUDIT}
_DESIGN = "de ontwerpomgeving"


def _inv(number: int, by: str, sentence: str, source: str = "", follows: str = "") -> Rule:
    return Rule(f"INV-{number:02}", sentence, source, tuple(_LETTERS[letter] for letter in by), follows)


def _wl(number: int, sentence: str, serves: str, follows: str = "") -> Rule:
    return Rule(f"WL{number:02}", sentence, serves, (Guard.LINT,), follows)


INVARIANTS: tuple[Rule, ...] = (
    _inv(
        1,
        "EL",
        "Elk besluit heeft precies één trede, vastgesteld vóór de eerste bijdrage en nooit afgeleid",
        "L2256-2257",
    ),
    _inv(
        2,
        "EL",
        "Geen participatie begint voordat doel, ruimte, trede, orgaan, doelgroep, werkvorm, termijn en terugkoppeling"
        " zijn vastgelegd en gepubliceerd",
        "L141-146, L1283-1303",
    ),
    _inv(3, "E", "Zonder ruimte voor inbreng alleen meeweten; ruimte zegt wat open en wat dicht is", "L1302-1303"),
    _inv(
        4,
        "EL",
        "Bij meebeslissen kan niemand de uitslag opzij zetten, wijzigen, vervangen of achterhouden",
        "L2284-2285",
    ),
    _inv(
        5, "EL", "Meebeslissen kan alleen na een zelfbinding van het bevoegde orgaan en een toets van elke optie", "Q7"
    ),
    _inv(6, "E", "Een onrechtmatige uitslag gaat terug naar de deelnemers; niets komt ervoor in de plaats", "Q7"),
    _inv(7, "EL", "Bij coproduceren vraagt elk berekend verschil met het gezamenlijk voorstel een reden", "L2277-2280"),
    _inv(8, "EL", "Bij coproduceren is de probleemagenda samen vastgesteld vóór de oplossingen", "L2277-2278"),
    _inv(
        9,
        "E",
        "Bij adviseren mag iedereen problemen en oplossingen inbrengen en krijgt elk advies antwoord",
        "L2271-2273",
    ),
    _inv(10, "EA", "Bij raadplegen wordt inbreng geregistreerd en gemeld wat ermee is gedaan", "L2264-2267"),
    _inv(11, "E", "Een trede mag omhoog; omlaag alleen met reden vóór de inbreng en met instemming daarna", "Q22"),
    _inv(12, "L", "“Meebeslissen” zonder vastgelegde overdracht is en heet coproduceren", "L1292-1293"),
    _inv(
        13,
        "EL",
        "Alleen het bevoegde orgaan of een geldig mandaat beslist; wie adviseert beslist niet, en niemand oordeelt over"
        " een bezwaar tegen zijn eigen besluit in mandaat",
        "L1403-1409; Awb 10:3 lid 3",
    ),
    _inv(
        14,
        "E",
        "Elk besluit legt orgaan, grondslag, mandaat, trede, gehoorden, alternatieven, redenen, datum en versies vast",
    ),
    _inv(15, "EL", "Geen regel, twee regels of een fout: niemand beslist, en het wordt vastgelegd"),
    _inv(16, "E", "Geen besluit voordat de aangekondigde termijn om is", "L722-727"),
    _inv(17, "EL", "Een aangekondigde reactietermijn wordt niet korter; een verlenging wordt gepubliceerd", "L722-724"),
    _inv(
        18,
        "EA",
        "Geen concept gaat naar het orgaan en geen zaak sluit zolang een bijdrage geen afhandeling en antwoord heeft",
        "L724-726, L668-672",
    ),
    _inv(19, "E", "Niets wordt gewist of overschreven: een verbetering is een nieuwe regel"),
    _inv(20, "E", "Geen individueel belang op de wijkagenda of in het wijkbudget", "L624-629, L1172"),
    _inv(
        21,
        "EA",
        "Elk punt op de wijkagenda rust op een bevinding, een signaal of een vastgelegd nieuw feit",
        "L615-617",
    ),
    _inv(
        22, "EA", "Elk initiatief rust op een thema van de wijkagenda, of op een reden volgens WB5", "L720-721, L1174"
    ),
    _inv(23, "E", "Elk initiatief heeft precies één eigenaar", "L1170"),
    _inv(24, "EL", "De overheid neemt een bewonersinitiatief niet over zonder instemming van de groep", "L1334"),
    _inv(
        25, "E", "De woorden van bewoners blijven zoals zij zijn; medewerkers stellen hoogstens iets voor", "L1331-1332"
    ),
    _inv(
        26,
        "E",
        "Beoogd effect en “wat heeft de burger hieraan” staan er vóór het wijkprogramma",
        "L1720-1723, L1849-1852",
    ),
    _inv(27, "E", "De spelregels WB1 tot WB5 en WB7 zijn gehaald; de inspanning van WB6 is vastgelegd", "L1168-1176"),
    _inv(28, "E", "Elke afwijzing noemt de regel en een ander pad", "L624-629"),
    _inv(
        29,
        "EL",
        "Het programma kan pas worden vastgesteld als het concept gepubliceerd is, de termijn om is, elke reactie is"
        " afgehandeld, het binnen het budget past en elk initiatief een toezegging met datum heeft",
        "L701-731",
    ),
    _inv(30, "E", "Programma en bestedingsvoorstel zijn één besluit", "L730-731"),
    _inv(
        31,
        "EA",
        "Het wijkverslag legt elk initiatief, elke actie, toezegging, afwijking, elk geschil en onbeantwoord punt"
        " verantwoord voor; de totalen zijn die van het grootboek",
        "L572-574, L817-822",
    ),
    _inv(32, "E", "Er wordt nooit boven het budget uitgegeven; verschuiven kan alleen volgens DT12", "L797-798"),
    _inv(
        33,
        "EA",
        "Een toezegging wordt niet gewist; een gemiste wordt opgeschaald; een nieuwe datum vraagt reden en instemming",
        "L1780-1788",
    ),
    _inv(34, "EL", "Geen uitvoering zonder plan van aanpak", "L778-786"),
    _inv(
        35,
        "EA",
        "Er is altijd precies één bestuurlijk en één ambtelijk aanspreekbare; een vacature alarmeert",
        "L119-129",
    ),
    _inv(36, "E", "Een toezegging van de ene overheidslaag bindt de andere", "L1793-1797"),
    _inv(37, "E", "Een fase sluit pas als haar product naar iedereen op de lijst is verspreid", "L612-613, L830-843"),
    _inv(38, "E", "Bijeenkomsten zijn openbaar, tenzij een reden is vastgelegd", "L423"),
    _inv(
        39,
        "EL",
        "Van buurtbemiddeling wordt geen inhoud bewaard; alleen aantallen vanaf 5 gaan eruit",
        "L1186-1187",
    ),
    _inv(
        40,
        "EL",
        "Geen persoonsgegevens in de openbare verantwoording; stemmen zijn geheim en niet te herleiden; de kiezerslijst"
        " staat apart",
        "AVG",
    ),
    _inv(41, "E", "Een eenzijdig gesprek vraagt een actie voordat het sluit", "L1279-1281"),
    _inv(
        42,
        "E",
        "Per fase wordt opnieuw bezien wie meedoet; een stadsbreed punt gaat naar partners van de stad",
        "L1295-1300",
    ),
    _inv(43, "E", "Zwijgen schaalt op naar het volgende niveau", "L1669-1672"),
    _inv(
        44,
        "E",
        "Regels en tabellen hebben een geldigheid en veranderen met vier ogen en publicatie",
        "L450-453, L1840-1842",
    ),
    _inv(
        45,
        "EA",
        "De verantwoording groeit alleen aan, is geketend en blijft controleerbaar, ook na rechtmatige vernietiging",
        "BIO2 8.15.05-06; zrc-023",
    ),
    _inv(
        46,
        "E",
        "Een lopende zaak houdt haar versie; overzetten is een besluit en verlaagt geen trede en verkort geen termijn",
    ),
    _inv(
        47, "LA", "Eén procesfamilie voor alle wijken; een plaatselijke variant heeft een reden", "L131-133, L2182-2185"
    ),
    _inv(
        48,
        "EA",
        "Bewoners niet betrekken is een vastgelegde afwijking, met reden en met wat ervoor in de plaats komt",
        "L1748-1752",
    ),
)

LINT_RULES: tuple[Rule, ...] = (
    _wl(1, "Elke besluittaak noemt stap, orgaan en trede", "INV-01"),
    _wl(2, "Een besluittaak ligt in de baan die de rechtentabel voor stap en trede noemt", "INV-13"),
    _wl(3, "Vóór een taak op trede meebeslissen liggen op elk pad zelfbinding en optietoets", "INV-05"),
    _wl(4, "Na meebeslissen is voor het orgaan over hetzelfde onderwerp alleen bekrachtigen bereikbaar", "INV-04"),
    _wl(
        5, "Een besluit op trede coproduceren heeft een tak voor afwijkingen, met motivering vóór publicatie", "INV-07"
    ),
    _wl(6, "Vóór het begin van participatie ligt op elk pad de kadertaak", "INV-02"),
    _wl(7, "Elke fase eindigt met publiceren of verspreiden, en elke stap staat in haar eigen fase", "INV-37"),
    _wl(8, "Geen losse termijnen of bedragen in een diagram, alleen verwijzingen naar tabellen", "INV-44"),
    _wl(9, "Een reactietermijn heeft geen uitgang die haar afbreekt, behalve verlengen", "INV-17"),
    _wl(10, "Elk keuzepunt is sluitend: een standaarduitgang of aantoonbaar volledige voorwaarden", "INV-15"),
    _wl(11, "Elke beslistabel is bewezen eenduidig en volledig", "INV-15"),
    _wl(12, "Geen script- of servicetaak schrijft een besluit in de baan van een orgaan", "INV-14"),
    _wl(13, "Elk besluit heeft een publicatieklasse en een bewaarklasse", "INV-14, INV-37"),
    _wl(14, "Vertrouwelijke gegevens stromen niet naar een proces dat niet vertrouwelijk is", "INV-39, INV-40"),
    _wl(15, "Aangeroepen processen en tabellen staan vast op een versie", "INV-46"),
    _wl(16, "Gezond: geen dode taak, geen klem, elk pad eindigt", ""),
    _wl(17, "Een afwijzing leidt naar een reden en een ander pad", "INV-28"),
    _wl(18, "De eigenaar van een initiatief verandert alleen via het proces van overname", "INV-24"),
    _wl(19, "Verantwoorden loopt langs alle initiatieven van het vastgestelde programma", "INV-31"),
    _wl(20, "Banen staan in de rollencatalogus; toezicht, beheer en ontwerp liggen nooit in een besluitbaan", "INV-13"),
    _wl(21, "Elke taak heeft een termijn, een aanspreekbare en een escalatie", "INV-33, INV-35, INV-43"),
    _wl(22, "Elke taak heeft een naam en uitleg in gewoon Nederlands", "begrijpelijkheid"),
    _wl(23, "Geen pad van inbreng naar het einde slaat afhandeling en antwoord over", "INV-18"),
    _wl(
        24,
        "Twee versies naast elkaar: elke verlaagde trede, kortere termijn of verloren geadresseerde",
        "INV-46",
        _DESIGN,
    ),
)

RULES: tuple[Rule, ...] = (*INVARIANTS, *LINT_RULES)
