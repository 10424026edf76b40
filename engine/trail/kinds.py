"""The kinds of record, in one grammar `noun:verb`, and the Dutch sentence that each of them says to a reader.

Published and frozen (see README.md beside this file): a kind may be added, never renamed, re-used or taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from engine.submission import yes_or_no
from engine.terms import Act, Action, Json, Values

_NOTHING: Values = {}


class Kind(StrEnum):
    """What one record says has happened."""

    TASK_COMPLETED = "taak:afgerond"
    TASK_REFUSED = "taak:geweigerd"
    TASK_CLAIMED = "taak:opgepakt"
    TASK_RELEASED = "taak:teruggegeven"
    TASK_DELEGATED = "taak:overgedragen"
    ATTACHED = "bijlage:toegevoegd"
    DETACHED = "bijlage:weggehaald"
    ATTACHING_REFUSED = "bijlage:geweigerd"
    ADVICE_REQUESTED = "adviesverzoek:gevraagd"
    REQUEST_ANSWERED = "adviesverzoek:beantwoord"
    REQUEST_DECLINED = "adviesverzoek:afgewezen"
    REQUEST_REMINDED = "adviesverzoek:herinnerd"
    REQUEST_WITHDRAWN = "adviesverzoek:ingetrokken"
    CONTRIBUTION_RECEIVED = "bijdrage:ontvangen"
    CONTRIBUTION_REFUSED = "bijdrage:geweigerd"
    INPUT_REGISTERED = "inbreng:vastgelegd"
    INPUT_HANDLED = "inbreng:afgehandeld"
    ADVICE_GIVEN = "advies:uitgebracht"
    PROPOSAL_LAID_DOWN = "voorstel:vastgelegd"
    FRAME_SET = "kader:vastgesteld"
    FRAME_REFUSED = "kader:geweigerd"
    SELF_BOUND = "zelfbinding:vastgesteld"
    DECISION_TAKEN = "besluit:genomen"
    DECISION_REFUSED = "besluit:geweigerd"
    RATIFIED = "bekrachtiging:gedaan"
    RATIFICATION_REFUSED = "bekrachtiging:geweigerd"
    PRODUCT_DELIVERED = "product:opgeleverd"
    PUBLISHED = "publicatie:gedaan"
    NOTE_TAKEN = "kennisname:gedaan"
    BALLOT_HELD = "stemming:gehouden"
    ELECTORATE_SET = "kiezersregister:aangevuld"
    ELECTORATE_CONFIRMED = "kiezersregister:bevestigd"
    CODES_GIVEN = "stemcodes:uitgegeven"
    PAPER_ENTERED = "papier:ingevoerd"
    PAPER_CONFIRMED = "papier:bevestigd"
    BALLOT_COUNTED = "stemming:geteld"
    COMMITMENT_MADE = "toezegging:gedaan"
    COMMITMENT_MOVED = "toezegging:verzet"
    COMMITMENT_KEPT = "toezegging:nagekomen"
    COMMITMENT_MISSED = "toezegging:gemist"
    BOOKED = "boeking:gedaan"
    MEETING_HELD = "bijeenkomst:gehouden"
    CONSENT_GIVEN = "instemming:gegeven"
    CONSENT_WITHHELD = "instemming:onthouden"
    CASE_STARTED = "zaak:gestart"
    CASE_SUSPENDED = "zaak:opgeschort"
    CASE_RESUMED = "zaak:hervat"
    CASE_CANCELLED = "zaak:afgebroken"
    CASE_FINISHED = "zaak:gereed"
    CASE_MIGRATED = "zaak:overgezet"
    TERM_EXTENDED = "termijn:verlengd"
    TIME_PASSED = "tijd:verstreken"
    MESSAGE_RECEIVED = "bericht:ontvangen"
    INCIDENT_RAISED = "incident:ontstaan"
    INCIDENT_SOLVED = "incident:hersteld"
    ROLE_GIVEN = "rol:gegeven"
    ROLE_WITHDRAWN = "rol:ingetrokken"
    MANDATE_GIVEN = "mandaat:gegeven"
    MANDATE_WITHDRAWN = "mandaat:ingetrokken"
    SUBSTITUTION_GIVEN = "vervanging:gegeven"
    SUBSTITUTION_WITHDRAWN = "vervanging:ingetrokken"
    PERSON_ADDED = "persoon:toegevoegd"
    PERSON_BLOCKED = "persoon:geblokkeerd"
    SESSION_ENDED = "sessie:beeindigd"
    FACTOR_SET = "factor:ingesteld"
    FACTOR_DROPPED = "factor:ingetrokken"
    DEFINITION_PROPOSED = "procesmodel:voorgesteld"
    DEFINITION_DEPLOYED = "procesmodel:uitgerold"
    DEFINITION_REFUSED = "procesmodel:geweigerd"
    ATTEMPT_ASSESSED = "poging:beoordeeld"
    ATTEMPT_REFUSED = "poging:geweigerd"
    ACT_REFUSED = "handeling:geweigerd"
    RECORD_CORRECTED = "regel:gecorrigeerd"
    VALUE_OPENED = "verzegeling:geopend"
    EVIDENCE_ISSUED = "bewijs:uitgegeven"
    PERSON_INSPECTED = "persoon:ingezien"
    DESTRUCTION_ASKED = "vernietiging:gevraagd"
    DESTRUCTION_ORDERED = "vernietiging:opgedragen"
    DESTRUCTION_CALLED_OFF = "vernietiging:ingetrokken"
    DESTRUCTION_DONE = "vernietiging:uitgevoerd"
    DESTRUCTION_CERTIFIED = "vernietiging:bevestigd"
    KEEPING_ORDERED = "bewaarplicht:opgelegd"
    KEEPING_LIFTED = "bewaarplicht:opgeheven"
    LOG_REOPENED = "verantwoording:heropend"
    LOG_KEY_REPLACED = "logsleutel:vervangen"

    @property
    def is_refusal(self) -> bool:
        """Whether this kind says that somebody was refused something."""
        return self.value.endswith(":geweigerd")


_COMPLETED = {
    Act.KADER: Kind.FRAME_SET,
    Act.INBRENG: Kind.INPUT_REGISTERED,
    Act.AFHANDELING: Kind.INPUT_HANDLED,
    Act.ADVIES: Kind.ADVICE_GIVEN,
    Act.VOORSTEL: Kind.PROPOSAL_LAID_DOWN,
    Act.BESLUIT: Kind.DECISION_TAKEN,
    Act.ZELFBINDING: Kind.SELF_BOUND,
    Act.STEMMING: Kind.BALLOT_HELD,
    Act.BEKRACHTIGING: Kind.RATIFIED,
    Act.TOEZEGGING: Kind.COMMITMENT_MADE,
    Act.PRODUCT: Kind.PRODUCT_DELIVERED,
    Act.PUBLICATIE: Kind.PUBLISHED,
    Act.KENNISNAME: Kind.NOTE_TAKEN,
    Act.BOEKING: Kind.BOOKED,
    Act.BIJEENKOMST: Kind.MEETING_HELD,
    Act.INSTEMMING: Kind.CONSENT_GIVEN,
    Act.WERK: Kind.TASK_COMPLETED,
}
_REFUSED = {
    Act.KADER: Kind.FRAME_REFUSED,
    Act.BESLUIT: Kind.DECISION_REFUSED,
    Act.BEKRACHTIGING: Kind.RATIFICATION_REFUSED,
}
_MOVED = {"nieuwe_datum": Kind.COMMITMENT_MOVED, "nagekomen": Kind.COMMITMENT_KEPT}
_FOLLOWED = {
    "afgewezen": Kind.REQUEST_DECLINED,
    "herinnerd": Kind.REQUEST_REMINDED,
    "ingetrokken": Kind.REQUEST_WITHDRAWN,
}
_ADMINISTERED = {
    Action.CLAIM: Kind.TASK_CLAIMED,
    Action.RELEASE: Kind.TASK_RELEASED,
    Action.DELEGATE: Kind.TASK_DELEGATED,
    Action.ATTACH: Kind.ATTACHED,
    Action.DETACH: Kind.DETACHED,
    Action.REQUEST: Kind.ADVICE_REQUESTED,
    Action.REPLY: Kind.REQUEST_ANSWERED,
    Action.CONTRIBUTE: Kind.CONTRIBUTION_RECEIVED,
    Action.ATTEMPT: Kind.ATTEMPT_ASSESSED,
    Action.CORRECT: Kind.RECORD_CORRECTED,
    Action.START: Kind.CASE_STARTED,
    Action.SUSPEND: Kind.CASE_SUSPENDED,
    Action.RESUME: Kind.CASE_RESUMED,
    Action.CANCEL: Kind.CASE_CANCELLED,
    Action.FINISH: Kind.CASE_FINISHED,
    Action.RETRY: Kind.INCIDENT_SOLVED,
    Action.DEPLOY: Kind.DEFINITION_DEPLOYED,
    Action.APPOINT: Kind.ROLE_GIVEN,
    Action.DISMISS: Kind.ROLE_WITHDRAWN,
    Action.MANDATE: Kind.MANDATE_GIVEN,
    Action.SUBSTITUTE: Kind.SUBSTITUTION_GIVEN,
    Action.POLL: Kind.ELECTORATE_SET,
    Action.AUDIT: Kind.EVIDENCE_ISSUED,
    Action.OPEN: Kind.VALUE_OPENED,
    Action.DESTROY: Kind.DESTRUCTION_ASKED,
    Action.ORDER: Kind.DESTRUCTION_ORDERED,
    Action.ABANDON: Kind.DESTRUCTION_CALLED_OFF,
    Action.PRESERVE: Kind.KEEPING_ORDERED,
    Action.REOPEN: Kind.LOG_REOPENED,
}

_NOT_ALLOWED = {
    Action.ATTEMPT: Kind.ATTEMPT_REFUSED,
    Action.CONTRIBUTE: Kind.CONTRIBUTION_REFUSED,
    Action.DEPLOY: Kind.DEFINITION_REFUSED,
    **dict.fromkeys((Action.ATTACH, Action.DETACH), Kind.ATTACHING_REFUSED),
    **dict.fromkeys((Action.CLAIM, Action.RELEASE, Action.DELEGATE), Kind.TASK_REFUSED),
}


def kind_of(action: Action, act: Act | None, allowed: bool, values: Values = _NOTHING) -> Kind:
    """The kind of the record that an asked action leaves; `act` is the act of the task, if there is one.

    What was submitted tells a promise from its new date or its fulfilment, a yes from anything else, and a request for
    advice from what follows on it.
    Withdrawing (REVOKE) has a kind of its own for mandates and one for substitutions, the polling station (POLL) for
    codes and paper, and the log (REOPEN) for its key: the caller names it.
    """
    if action is Action.COMPLETE:
        if allowed:
            return _completed(act or Act.WERK, values)
        return _REFUSED.get(act or Act.WERK, Kind.TASK_REFUSED)
    if allowed:
        follows = str(values.get("soort")) if action in (Action.REQUEST, Action.REPLY) else ""
        return _FOLLOWED.get(follows, _ADMINISTERED[action])
    return _NOT_ALLOWED.get(action, Kind.ACT_REFUSED)


def _completed(act: Act, values: Values) -> Kind:
    if act is Act.TOEZEGGING and isinstance(values.get("soort"), str):
        return _MOVED.get(str(values["soort"]), Kind.COMMITMENT_MADE)
    if act is Act.INSTEMMING and values and yes_or_no(values, "instemming") is not True:
        return Kind.CONSENT_WITHHELD
    return _COMPLETED[act]


_SENTENCES = {
    Kind.TASK_COMPLETED: "{wie} rondde {taak} af",
    Kind.TASK_REFUSED: "{wie} mocht {taak} niet uitvoeren{regel}",
    Kind.TASK_CLAIMED: "{wie} pakte {taak} op",
    Kind.TASK_RELEASED: "{wie} gaf {taak} terug",
    Kind.TASK_DELEGATED: "{wie} droeg {taak} over",
    Kind.ATTACHED: "{wie} voegde een bijlage toe aan {taak}",
    Kind.DETACHED: "{wie} haalde een eigen bijlage weg bij {taak}",
    Kind.ATTACHING_REFUSED: "{wie} mocht bij {taak} geen bijlage toevoegen of weghalen{regel}",
    Kind.ADVICE_REQUESTED: "{wie} vroeg een collega om advies bij {taak}",
    Kind.REQUEST_ANSWERED: "{wie} beantwoordde een adviesverzoek bij {taak}",
    Kind.REQUEST_DECLINED: "{wie} wees een adviesverzoek af bij {taak}",
    Kind.REQUEST_REMINDED: "{wie} herinnerde aan een adviesverzoek bij {taak}",
    Kind.REQUEST_WITHDRAWN: "{wie} trok een adviesverzoek in bij {taak}",
    Kind.CONTRIBUTION_RECEIVED: "{wie} leverde een bijdrage aan {taak}{trede}",
    Kind.CONTRIBUTION_REFUSED: "{wie} mocht geen bijdrage leveren aan {taak}{regel}",
    Kind.INPUT_REGISTERED: "{wie} legde inbreng vast bij {taak}{onderwerp}",
    Kind.INPUT_HANDLED: "{wie} handelde inbreng af bij {taak}{onderwerp}",
    Kind.ADVICE_GIVEN: "{wie} bracht advies uit bij {taak}{onderwerp}",
    Kind.PROPOSAL_LAID_DOWN: "{wie} legde een gezamenlijk voorstel vast bij {taak}{onderwerp}",
    Kind.FRAME_SET: "{wie} stelde een participatiekader vast{stap}{onderwerp}{trede}",
    Kind.FRAME_REFUSED: "{wie} mocht het participatiekader niet vaststellen{stap}{onderwerp}{regel}",
    Kind.SELF_BOUND: "{wie} verbond zich vooraf aan de uitkomst{stap}{onderwerp}",
    Kind.DECISION_TAKEN: "{wie} nam een besluit bij {taak}{stap}{onderwerp}{trede}{uitkomst}",
    Kind.DECISION_REFUSED: "{wie} mocht het besluit bij {taak} niet nemen{stap}{onderwerp}{trede}{regel}",
    Kind.RATIFIED: "{wie} bekrachtigde de uitkomst{stap}{onderwerp}",
    Kind.RATIFICATION_REFUSED: "{wie} kon de uitkomst zo niet bekrachtigen{stap}{onderwerp}{regel}",
    Kind.PRODUCT_DELIVERED: "{wie} leverde een product op bij {taak}{onderwerp}",
    Kind.PUBLISHED: "{wie} maakte openbaar bij {taak}{onderwerp}",
    Kind.NOTE_TAKEN: "{wie} nam kennis bij {taak}{onderwerp}",
    Kind.BALLOT_HELD: "{wie} legde een stemming vast bij {taak}{onderwerp}{uitkomst}",
    Kind.ELECTORATE_SET: "{wie} vulde het kiezersregister van een stemming aan{onderwerp}",
    Kind.ELECTORATE_CONFIRMED: "{wie} bevestigde kiezers die een ander in het kiezersregister zette{onderwerp}",
    Kind.CODES_GIVEN: "{wie} kreeg de ene helft van de stemcodes voor de brieven{onderwerp}",
    Kind.PAPER_ENTERED: "{wie} voerde papieren stembiljetten in{onderwerp}",
    Kind.PAPER_CONFIRMED: "{wie} bevestigde de papieren stembiljetten{onderwerp}",
    Kind.BALLOT_COUNTED: "de stembus is geopend en geteld{onderwerp}",
    Kind.COMMITMENT_MADE: "{wie} deed een toezegging{onderwerp}",
    Kind.COMMITMENT_MOVED: "{wie} verzette de datum van een toezegging{onderwerp}",
    Kind.COMMITMENT_KEPT: "een toezegging is nagekomen{onderwerp}",
    Kind.COMMITMENT_MISSED: "een toezegging is niet op tijd nagekomen{onderwerp}",
    Kind.BOOKED: "{wie} boekte een bedrag{onderwerp}",
    Kind.MEETING_HELD: "{wie} legde een bijeenkomst vast{onderwerp}",
    Kind.CONSENT_GIVEN: "{wie} gaf antwoord op een verzoek om instemming{onderwerp}{uitkomst}",
    Kind.CONSENT_WITHHELD: "{wie} stemde niet in{onderwerp}",
    Kind.CASE_STARTED: "{wie} startte de zaak",
    Kind.CASE_SUSPENDED: "{wie} schortte de zaak op",
    Kind.CASE_RESUMED: "{wie} hervatte de zaak",
    Kind.CASE_CANCELLED: "{wie} brak de zaak af",
    Kind.CASE_FINISHED: "de zaak is gereed",
    Kind.CASE_MIGRATED: "{wie} zette de zaak over op een andere versie van het procesmodel",
    Kind.TERM_EXTENDED: "{wie} verlengde een termijn{onderwerp}",
    Kind.TIME_PASSED: "een termijn verstreek en de zaak ging verder",
    Kind.MESSAGE_RECEIVED: "de zaak ontving een bericht",
    Kind.INCIDENT_RAISED: "de zaak kon niet verder: er ontstond een incident{regel}",
    Kind.INCIDENT_SOLVED: "{wie} herstelde een incident",
    Kind.ROLE_GIVEN: "{wie} gaf iemand een rol{onderwerp}",
    Kind.ROLE_WITHDRAWN: "{wie} trok een rol in{onderwerp}",
    Kind.MANDATE_GIVEN: "{wie} gaf een mandaat{stap}{onderwerp}",
    Kind.MANDATE_WITHDRAWN: "{wie} trok een mandaat in{stap}{onderwerp}",
    Kind.SUBSTITUTION_GIVEN: "{wie} wees een vervanger aan",
    Kind.SUBSTITUTION_WITHDRAWN: "{wie} trok een vervanging in",
    Kind.PERSON_ADDED: "{wie} voegde een persoon toe",
    Kind.PERSON_BLOCKED: "{wie} blokkeerde de toegang van een persoon",
    Kind.SESSION_ENDED: "{wie} beëindigde een sessie of token van een persoon",
    Kind.FACTOR_SET: "iemand stelde voor zichzelf een tweede factor in",
    Kind.FACTOR_DROPPED: "{wie} trok de tweede factor van een persoon in",
    Kind.DEFINITION_PROPOSED: "{wie} stelde een procesmodel voor{onderwerp}",
    Kind.DEFINITION_DEPLOYED: "{wie} rolde een procesmodel uit{onderwerp}",
    Kind.DEFINITION_REFUSED: "{wie} mocht een procesmodel niet uitrollen{onderwerp}{regel}",
    Kind.ATTEMPT_ASSESSED: "{wie} vroeg om te handelen zonder dat daarvoor een taak openstond{stap}{onderwerp}",
    Kind.ATTEMPT_REFUSED: "{wie} probeerde te handelen zonder bevoegdheid{stap}{onderwerp}{regel}",
    Kind.ACT_REFUSED: "{wie} mocht dit niet doen{regel}",
    Kind.RECORD_CORRECTED: "{wie} verbeterde een eerdere regel",
    Kind.VALUE_OPENED: "{wie} opende een verzegelde waarde",
    Kind.EVIDENCE_ISSUED: "{wie} gaf een bewijspakket uit",
    Kind.PERSON_INSPECTED: "{wie} gaf inzage in alles wat over een persoon is vastgelegd",
    Kind.DESTRUCTION_ASKED: "{wie} vroeg om verzegelde waarden te vernietigen",
    Kind.DESTRUCTION_ORDERED: "{wie} gaf opdracht tot vernietiging",
    Kind.DESTRUCTION_CALLED_OFF: "{wie} zag af van een vernietiging",
    Kind.DESTRUCTION_DONE: "een opdracht tot vernietiging is uitgevoerd",
    Kind.DESTRUCTION_CERTIFIED: "van een vernietiging is vastgesteld dat geen sleutel en geen waarde bleef",
    Kind.KEEPING_ORDERED: "{wie} legde vast dat verzegelde waarden bewaard moeten blijven",
    Kind.KEEPING_LIFTED: "{wie} hief een bewaarplicht op",
    Kind.LOG_REOPENED: "{wie} heropende de verantwoording na een breuk",
    Kind.LOG_KEY_REPLACED: "{wie} verving de sleutel waarmee het logboek ondertekent",
}


def sentence(body: Mapping[str, Json], told: Callable[[str], str] = str, step: str = "", role: str = "") -> str:
    """What a record says, as one Dutch sentence, from nothing but its own facts; sealed values are never in it.

    `body` is a parsed record; `told` says its parts in another language, when somebody reads that; `step` and `role`
    are what its version calls those, of which the record holds the ids. Raises ValueError for an unknown kind.
    """
    actor, task, ruling = _part(body, "actor"), _part(body, "task"), _part(body, "ruling")
    name = step or _text(task, "name") or _text(task, "element").replace("_", " ")
    actors = "het systeem" if _text(actor, "ref") == "systeem" else "iemand"
    role = role or _text(actor, "role").replace("_", " ") or actors
    subject, reason = _text(body, "subject"), _text(ruling, "reason").rstrip(".")
    rule, outcome = _text(ruling, "rule"), _text(_part(body, "decision"), "outcome")

    def part(text: str, *values: Json) -> str:
        return told(text).format(*values) if all(values) else ""

    because = told(f"{reason}.").rstrip(".") if reason else ""
    said = told(_SENTENCES[Kind(_text(body, "kind"))]).format(
        wie=told(role),
        taak=part("‘{0}’", told(name)) if name else told("de taak"),
        stap=part(" (beslisstap {0})", body.get("step")),
        onderwerp=part(" over {0}", subject) if subject != "*" else "",
        trede=part(", trede {0}", told(_text(body, "rung")) if body.get("rung") else ""),
        uitkomst=part(": {0}", told(outcome) if outcome else ""),
        regel=part(": {0} (regel {1})", because, rule) if because else part(" (regel {0})", rule),
    )
    return said[0].upper() + said[1:] + "."


def _part(body: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _text(part: Mapping[str, Json], name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""
