"""The table of the 25 questions; a number keeps its meaning for ever, so that an auditor can cite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from engine.questions import deciding, delivering, governing, proving, taking_part
from engine.questions.material import (
    BALLOTS,
    COLLECTED,
    CONSENTS,
    DECISIONS,
    EVERYTHING,
    FRAMES,
    HEARD,
    MONEY,
    PRODUCTS,
    PROMISES,
    PUBLIC,
    REFUSED,
    Answers,
)
from engine.questions.question import Question, columns_of
from engine.trail.kinds import Kind

_HANDLED = HEARD | DECISIONS | {Kind.INPUT_HANDLED}
_ORGANISED = frozenset({Kind.ROLE_GIVEN, Kind.ROLE_WITHDRAWN})
_MODELS = frozenset({Kind.DEFINITION_PROPOSED, Kind.DEFINITION_DEPLOYED})
_SOURCES = HEARD | DECISIONS | PRODUCTS | {Kind.MEETING_HELD, Kind.PROPOSAL_LAID_DOWN}


def _asked(
    nr: int,
    text: str,
    columns: str,
    answer: Answers,
    kinds: frozenset[Kind],
    *,
    is_of_city: bool = False,
    needs: frozenset[str] = frozenset(),
) -> Question:
    return Question(str(nr), text, columns_of(columns), answer, kinds, is_of_city, needs)


QUESTIONS: Sequence[Question] = (
    _asked(
        1,
        "Wie besloot dit, in welke hoedanigheid, op welke grond of welk mandaat, en wanneer?",
        "wie namens orgaan grond mandaat trede uitkomst gehoord",
        deciding.who_decided,
        DECISIONS | {Kind.SELF_BOUND, Kind.BALLOT_HELD},
    ),
    _asked(
        2,
        "Welke trede is hiervoor beloofd, wanneer en door wie, en is zij ooit gewijzigd?",
        "soort trede eerder gewijzigd wie",
        deciding.which_rung,
        FRAMES | DECISIONS,
    ),
    _asked(
        3,
        "Waren het doel en de ruimte voor inbreng openbaar voordat de eerste bijdrage binnenkwam?",
        "doel ruimte_open ruimte_dicht gepubliceerd_op eerste_inbreng_op vooraf",
        taking_part.published_before_input,
        FRAMES | HEARD | PUBLIC,
    ),
    _asked(
        4,
        "Wie is uitgenodigd, wie kwam, welke groepen ontbraken, en wat is daaraan gedaan?",
        "soort titel datum uitgenodigd openbaar opkomst groepen ontbrak actie actie_gedaan",
        taking_part.who_came,
        COLLECTED | {Kind.MEETING_HELD},
    ),
    _asked(
        5,
        "Wat brachten bewoners in, in hun eigen woorden?",
        "soort kenmerk kanaal woorden trede",
        taking_part.said_by_residents,
        HEARD,
    ),
    _asked(
        6,
        "Wat is er met mijn bijdrage gebeurd, en waarom?",
        "soort kenmerk uitkomst reden reactie afgehandeld_op afgehandeld_door besluiten",
        taking_part.what_became_of_it,
        _HANDLED,
    ),
    _asked(
        7,
        "Waar week het bestuur af van een gezamenlijk voorstel, en met welke redenen?",
        "onderdeel trede veld van naar reden reden_uit",
        deciding.where_deviated,
        frozenset({Kind.DECISION_TAKEN}),
    ),
    _asked(
        8,
        "Zijn alle bindende besluiten van bewoners onveranderd uitgevoerd?",
        "trede uitslag bedrag bekrachtigd_op bekrachtigd_door gewijzigd ongewijzigd_uitgevoerd",
        deciding.bound_outcomes,
        BALLOTS | DECISIONS | COLLECTED,
    ),
    _asked(
        9,
        "Heeft iemand geprobeerd buiten zijn bevoegdheid te handelen, en wat hield dat tegen?",
        "wie groepen wat taak trede regel_van regel_zegt",
        governing.attempts,
        REFUSED,
    ),
    _asked(
        10,
        "Is elk thema van de agenda te herleiden tot de analyse, en elk initiatief tot een thema?",
        "soort naam herkomst nieuw_feit herleidbaar",
        delivering.traces,
        _SOURCES,
    ),
    _asked(
        11,
        "Welke voorstellen zijn afgewezen, op welke regel, en welk ander pad is geboden?",
        "naam regels reden ander_pad",
        deciding.refused_proposals,
        DECISIONS,
    ),
    _asked(
        12,
        "Wie beloofde wat en wanneer, en wat is nagekomen, te laat of vervallen?",
        "kenmerk partij prestatie datum eerdere_datums gemiste_datums nagekomen_op stand",
        delivering.promised,
        PROMISES | COLLECTED,
    ),
    _asked(
        13,
        "Hoe lang duurde elke stap, en op wie werd gewacht?",
        "taak wacht_op van tot dagen opgeschort termijn te_laat afgerond",
        governing.waiting,
        EVERYTHING,
        needs=frozenset({"taken"}),
    ),
    _asked(
        14,
        "Wat is uitgegeven, door wie, op grond van welk besluit, en wat is er over?",
        "soort kenmerk post naar bedrag besluit toegewezen verschoven gereserveerd over",
        delivering.money,
        MONEY,
    ),
    _asked(
        15,
        "Wat droegen bewoners zelf bij, en wat kwam van anderen?",
        "eigen_inzet inzet_van_bewoners van_derden gezocht_bij_derden inspanning",
        delivering.own_and_others,
        DECISIONS | PROMISES | COLLECTED,
    ),
    _asked(
        16,
        "Is het programma ter inzage gelegd, hoe lang, wie reageerde, en is elke reactie vooraf behandeld?",
        "vastgesteld gepubliceerd_op reageren_tot dagen reacties van onbehandeld alles_behandeld",
        taking_part.concept_and_reactions,
        _HANDLED | PUBLIC | FRAMES,
    ),
    _asked(
        17,
        "Verantwoordt het wijkverslag elk initiatief, en zijn de bedragen gelijk aan het grootboek?",
        "resultaat verantwoord uitgaven_verslag uitgaven_grootboek gelijk",
        delivering.accounted,
        MONEY,
    ),
    _asked(
        18,
        "Welke initiatieven kregen een andere eigenaar, en stemde de groep in?",
        "instemming geantwoord_op nieuwe_eigenaar reden",
        deciding.changed_hands,
        DECISIONS | CONSENTS | COLLECTED | REFUSED,
    ),
    _asked(
        19,
        "Welke geschillen en bezwaren zijn er geweest, op welk niveau beslist, en binnen de termijn?",
        "soort kenmerk ingediend_op ingediend_door niveau besluit reden termijn binnen_termijn",
        deciding.disputes,
        DECISIONS | PRODUCTS,
        needs=frozenset({"taken"}),
    ),
    _asked(
        20,
        "Welke aandachtspunten zijn verstuurd, aan wie, en wie antwoordde nooit?",
        "kenmerk geadresseerde verzoek antwoord geantwoord_op termijn_verstreken",
        delivering.policy_points,
        DECISIONS | PRODUCTS | {Kind.TIME_PASSED, Kind.CASE_STARTED},
    ),
    _asked(
        21,
        "Waarin verschilt de behandeling van deze wijk van die van andere: trede, budget, duur?",
        "op wijk treden budget uitgegeven zaken gereed dagen_gemiddeld weigeringen procesmodellen",
        governing.compared,
        FRAMES | COLLECTED | REFUSED | {Kind.BOOKED},
        is_of_city=True,
    ),
    _asked(
        22,
        "Wie is nu aanspreekbaar, en wie was dat op een andere dag?",
        "post rol_aanspreekbaar van tot personen vacant",
        governing.who_is_answerable,
        PRODUCTS | _ORGANISED,
    ),
    _asked(
        23,
        "Welke versie van proces en regels gold, wat veranderde sindsdien, en wie keurde dat goed?",
        "versie wat wie voorgesteld_door zaken gold ten_opzichte_van nieuw gewijzigd vervallen",
        governing.which_version,
        _MODELS,
        needs=frozenset({"versies"}),
    ),
    _asked(
        24,
        "Is de verantwoording volledig en ongewijzigd, en kan ik dat nagaan zonder u?",
        "regels einde fouten klopt zelf_nagaan",
        proving.whole,
        EVERYTHING,
        needs=frozenset({"alles"}),
    ),
    _asked(
        25,
        "Welke persoonsgegevens zijn er, waarom en tot wanneer, en wat is op wiens besluit vernietigd?",
        "soort veld vak aantal waarom categorie nominatie termijn bewaren_tot bron door en_door",
        proving.personal_data,
        EVERYTHING,
        needs=frozenset({"waarden", "bewaartermijnen"}),
    ),
)
BY_NAME: Mapping[str, Question] = MappingProxyType({one.name: one for one in QUESTIONS})
