"""Who may start, suspend, deploy, appoint, mandate, substitute and read; none of it changes a register of decisions.

Which roles may do what stands in `[bevoegdheden]` of the role catalogue. Submissions:
- START: `{"proces", "fase"?}` (`engine.acts.beginning`); RESUME, RETRY: `{"reden"}`
- SUSPEND, CANCEL: `{"reden", "loopt"?}` (`engine.acts.standstill`)
- ATTACH: `{"bijlage", "soort", "grootte", "naam", "inhoud"}`; DETACH: `{"bijlage", "toegevoegd"}`, `other` added it
- DELEGATE: none, `other` is who gets the task; FINISH: none, asked by the system when the last step ends a case
- DEPLOY: `{"versie", "stap": "voorstellen" | "vrijgeven"}`, with the PROCESMODELLEN rows among the facts
- APPOINT: `{"persoon", "rol", "bereik", "wijk"?, "groep"?, "van"?, "tot"?}`; DISMISS, REVOKE: `{"trekt_in", "reden"}`,
  with the row withdrawn among the facts or those of `other`
- POLL (the register, the codes and the paper of a ballot): counts alone, `papier`, `bevestigd` or `deel` among them;
  `other` is who entered what is now confirmed, or got the other half of the codes
- AUDIT (asking the log, having evidence given out): `{"vraag"}`, or what was given out
- CORRECT: see `engine.conditions.corrections`; MANDATE: see `engine.mandates`
- REQUEST, REPLY: see `engine.advice_requests`
- REOPEN (the log after a break, or its key): `{"reden", ...}`, `other` is the second person
- SUBSTITUTE: `{"vervangt", "vervanger", "van", "tot"}`
- DESTROY, ORDER, ABANDON, PRESERVE: see `engine.conditions.destruction`; OPEN: `{"compartiment", "reden"}`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.checks import Check, Checks
from engine.conditions.ballots import same_hands
from engine.conditions.bindings import withholds_outcome
from engine.conditions.handlings import unhandled_in_case
from engine.conditions.meetings import one_sided_in_case
from engine.conditions.substitutions import period_unfit
from engine.conditions.tasks import (
    belongs_to_all,
    delegate_unfit,
    not_claimed_by_actor,
    not_own_file,
    reactions_cut_short,
    task_missing,
)
from engine.mandates import lacks_in_mandate
from engine.question import Question
from engine.roles import RELEASE, Reach, in_force, power_to_start, reaches, values_of
from engine.rules import destruction
from engine.rules.advice_requests import REPLYING, REQUESTING
from engine.rules.corrections import CORRECTION
from engine.rules.mediation import OWN_LANES
from engine.rules.phases import BEGUN_WITHIN
from engine.rules.tasks import ASSIGNEE, CANDIDATE, FOUR_EYES, STATUS
from engine.submission import begin_of, end_of, is_filled, text
from engine.terms import Action, Fact, Register

Lacks = Iterator[str]
PROPOSE = "voorstellen"
SYSTEM = "systeem"  # who acts when nobody does: a term, a message, the end of a case


def _may(q: Question, action: str) -> bool:
    """Whether the actor holds a role (an own one, or a substituted person's) that may take this action."""
    return any(holding.role in q.roles.may.get(action, frozenset()) for holding in q.held)


def _may_himself(q: Question, action: str) -> bool:
    """The same by an own membership: what gives others their powers is never done in somebody's place."""
    allowed = q.roles.may.get(action, frozenset())
    return any(holding.role in allowed for holding in q.held if holding.behalf is None)


def no_power(q: Question) -> Lacks:
    """The role catalogue gives this action to none of the actor's roles."""
    powers = [q.action.value]
    if q.action is Action.START:
        powers.append(power_to_start(text(q.values, "proces")))
    if not any(_may(q, power) for power in powers):
        allowed = {role for power in powers for role in q.roles.may.get(power, frozenset())}
        yield ", ".join(sorted(allowed)) or "een rol die dit mag"


def no_own_power(q: Question) -> Lacks:
    """As no_power, but a substitute does not do."""
    if not _may_himself(q, q.action):
        yield ", ".join(sorted(q.roles.may.get(q.action, frozenset()))) or "een rol die dit mag"


def no_power_over_destruction(q: Question) -> Lacks:
    """Who may ask for a destruction or order it may call it off."""
    if not any(_may_himself(q, action) for action in (Action.DESTROY, Action.ORDER)):
        powers = (Action.DESTROY.value, Action.ORDER.value)
        allowed = {role for power in powers for role in q.roles.may.get(power, frozenset())}
        yield ", ".join(sorted(allowed)) or "een rol die dit mag"


def not_given_back(q: Question) -> Lacks:
    """A claimed task is given back by who has it, or by who may do that for somebody who left or does not answer."""
    if q.case.assignee is None or not _may(q, q.action):
        yield from not_claimed_by_actor(q)


def no_reason(q: Question) -> Lacks:
    """What stops, resumes or withdraws something says why."""
    if not is_filled(q.values.get("reden")):
        yield "reden"


def finished_by_somebody(q: Question) -> Lacks:
    """Nobody ends a case in the ordinary way: its last step does."""
    if q.actor.ref != SYSTEM:
        yield "de zaak zelf"


def no_reach(q: Question) -> Lacks:
    """A case is read by who holds a role in its wijk, or for the whole city."""
    if q.held:
        return
    for fact in in_force(q.actor.facts, Register.ROLLEN, q.now):
        if reaches({**values_of(fact), "bereik": Reach.WIJK.value}, q.scope, q.subject):
            return
    yield "een rol in deze wijk"


def no_power_to_deploy(q: Question) -> Lacks:
    """Proposing and releasing are two powers."""
    action = RELEASE if q.values.get("stap") == RELEASE else Action.DEPLOY.value
    if q.values.get("stap") not in (PROPOSE, RELEASE):
        yield f"stap: {PROPOSE} of {RELEASE}"
    elif not _may_himself(q, action):
        yield ", ".join(sorted(q.roles.may.get(action, frozenset()))) or "een rol die dit mag"


def one_pair_of_eyes(q: Question) -> Lacks:
    """A process model is released by somebody else than who proposed it: four eyes (INV-44)."""
    if q.values.get("stap") != RELEASE:
        return
    proposed = [
        fact
        for fact in q.registers.all(Register.PROCESMODELLEN)
        if values_of(fact).get("versie") == q.values.get("versie") and values_of(fact).get("stap") == PROPOSE
    ]
    if not proposed:
        yield "een voorstel voor deze versie"
    elif q.actor.ref in {proposed[-1].by, proposed[-1].body.get("namens")}:
        yield "u stelde deze versie zelf voor"


def appointment_unfit(q: Question) -> Lacks:
    """A role of the catalogue, given no wider than it may be given, for a readable period."""
    role = q.roles.by_id.get(text(q.values, "rol"))
    reach = text(q.values, "bereik")
    if not text(q.values, "persoon"):
        yield "persoon"
    if role is None:
        yield "een rol uit de catalogus"
    if reach not in set(Reach):
        yield f"bereik: {', '.join(Reach)}"
    elif role is not None and Reach(reach).breadth > role.reach.breadth:
        yield f"{role.id} wordt hoogstens voor {role.reach} gegeven"
    if reach in (Reach.WIJK, Reach.GROUP) and not text(q.values, "wijk"):
        yield "wijk"
    if reach == Reach.GROUP and not text(q.values, "groep"):
        yield "groep"
    yield from _period(q, is_demanded=False)


def appoints_himself(q: Question) -> Lacks:
    """Nobody gives himself a role that can decide, least of all who manages the installation."""
    kind = q.roles.kind(text(q.values, "rol"))
    is_himself = q.actor.ref in {text(q.values, "persoon"), q.other.ref if q.other else None}
    if is_himself and (kind is None or not kind.never_decides):
        yield "een ander die u deze rol geeft"


def withdraws_his_own(q: Question) -> Lacks:
    """Nobody takes from himself what lets him appoint: so that there is always somebody left who can."""
    values = values_of(fact) if (fact := _withdrawn(q)) else {}
    if text(values, "persoon") == q.actor.ref and text(values, "rol") in q.roles.may.get(Action.APPOINT, frozenset()):
        yield "een ander die mag benoemen"


def mandate_unfit(q: Question) -> Lacks:
    """A mandate is given by who holds the organ's role, within the table, and not to himself (INV-13)."""
    yield from lacks_in_mandate(q.values, q.matrix, q.held, q.now)
    if q.actor.ref in {text(q.values, "persoon"), q.other.ref if q.other else None}:
        yield "een ander dan uzelf"
    kind = q.roles.kind(text(q.values, "rol")) if text(q.values, "rol") else None
    if text(q.values, "rol") and (kind is None or kind.never_decides):
        yield "een rol die besluiten kan nemen"
    yield from _period(q, is_demanded=True)


def substitution_unfit(q: Question) -> Lacks:
    """A substitution is given by the person substituted or by who may, never by the substitute for himself."""
    replaced, substitute = text(q.values, "vervangt"), text(q.values, "vervanger")
    if not replaced or not substitute or replaced == substitute:
        yield "twee verschillende personen: vervangt en vervanger"
    elif q.actor.ref != replaced and not _may_himself(q, q.action):
        yield "de persoon zelf, of wie vervangingen regelt"
    elif q.actor.ref == substitute:
        yield "een ander die u als vervanger aanwijst"
    yield from tuple(_period(q, is_demanded=True)) or period_unfit(q)


def no_second_person(q: Question) -> Lacks:
    """Nobody touches the log alone: another person, with such a role of his own, does it too."""
    allowed = q.roles.may.get(q.action, frozenset())
    if q.other is None or q.other.ref == q.actor.ref:
        yield "een ander dan u"
    elif not any(text(values_of(fact), "rol") in allowed for fact in in_force(q.other.facts, Register.ROLLEN, q.now)):
        yield ", ".join(sorted(allowed)) or "een rol die dit mag"


def nothing_to_withdraw(q: Question) -> Lacks:
    """What is withdrawn must be there."""
    if _withdrawn(q) is None:
        yield "wat u intrekt: een gegeven rol, mandaat of vervanging"


def withdraws_for_another(q: Question) -> Lacks:
    """A mandate is withdrawn by its organ, a substitution by its person or who may, a role by who may or its holder."""
    fact = _withdrawn(q)
    if fact is None:
        return
    values = values_of(fact)
    if fact.register is Register.MANDATEN:
        if text(values, "orgaan") not in {holding.role for holding in q.held if holding.behalf is None}:
            yield f"de rol {text(values, 'orgaan')} zelf"
    elif fact.register is Register.VERVANGINGEN:
        if q.actor.ref != text(values, "vervangt") and not _may_himself(q, Action.SUBSTITUTE):
            yield "de persoon zelf, of wie vervangingen regelt"
    elif not _may_himself(q, Action.DISMISS):
        yield ", ".join(sorted(q.roles.may.get(Action.DISMISS, frozenset())))


def _withdrawn(q: Question) -> Fact | None:
    named = text(q.values, "trekt_in")
    registers = (Register.ROLLEN,) if q.action is Action.DISMISS else (Register.MANDATEN, Register.VERVANGINGEN)
    known = [fact for register in registers for fact in q.registers.all(register)]
    known += [fact for person in (q.actor, q.other) if person for fact in person.facts if fact.register in registers]
    return next((fact for fact in known if named and fact.record == named and "trekt_in" not in values_of(fact)), None)


def _period(q: Question, *, is_demanded: bool) -> Lacks:
    since, until = q.values.get("van"), q.values.get("tot")
    if is_demanded and not (is_filled(since) and is_filled(until)):
        yield "van en tot"
    elif is_filled(since) and is_filled(until) and begin_of(since) >= end_of(until):
        yield "een tot die na van ligt"


OPEN_TASK = Check("taak/open", task_missing, "Er ontbreekt {wat}.", "Kies een taak die openstaat.")
_POWER = Check(
    "bevoegdheid/rol", no_power, "Dit mag alleen wie een van deze rollen heeft: {wat}.", "Vraag het aan een van hen."
)
_OWN_POWER = Check(
    "bevoegdheid/rol", no_own_power, "Dit mag alleen wie zelf een van deze rollen heeft: {wat}.", "Vraag het aan hen."
)
_REASON = Check("bevoegdheid/reden", no_reason, "Er ontbreekt een {wat}.", "Geef de reden erbij.")

_WITHHELD = Check(
    "INV-04",
    withholds_outcome,
    "De zaak kan niet dicht of stil, want de deelnemers beslissen; eerst is nodig: {wat}.",
    "Laat de deelnemers beslissen en bekrachtig hun uitslag.",
)
_CUT_SHORT = Check(
    "INV-17",
    reactions_cut_short,
    "De zaak kan niet dicht of stil, want er kan nog worden gereageerd: {wat}.",
    "Wacht tot die termijn om is.",
)
_WITHDRAWAL = (
    Check("intrekken/regel", nothing_to_withdraw, "Er ontbreekt {wat}.", "Noem de regel waarin het gegeven is."),
    Check("intrekken/bevoegd", withdraws_for_another, "Dit mag alleen: {wat}.", "Vraag het aan een van hen."),
)
_FOR_ALL = Check(
    "INV-17",
    belongs_to_all,
    "Deze taak neemt niemand alleen: {wat}.",
    "Voeg uw bijdrage toe; de taak blijft open voor anderen.",
)
_HANDED_OVER = Check("taak/overdragen", delegate_unfit, "Overdragen kan zo niet: {wat}.", "Kies een andere kandidaat.")
_ANSWERED = Check(
    "INV-18",
    unhandled_in_case,
    "De zaak kan niet dicht; zonder antwoord is nog: {wat}.",
    "Handel eerst elke bijdrage af, met een reactie.",
)
_HEARD = Check(
    "INV-41",
    one_sided_in_case,
    "De zaak kan niet dicht, want de bespreking was eenzijdig en daar is niets aan gedaan: {wat}.",
    "Spreek wie ontbrak alsnog, en leg als actie bij die bijeenkomst vast wat er is gedaan.",
)
ADMINISTRATION: Mapping[Action, Checks] = {
    Action.CLAIM: (OPEN_TASK, STATUS, CANDIDATE, _FOR_ALL, ASSIGNEE, FOUR_EYES),
    Action.RELEASE: (
        OPEN_TASK,
        STATUS,
        Check(
            "taak/behandelaar",
            not_given_back,
            "Dit kan niet: {wat}.",
            "Vraag de behandelaar om de taak terug te geven, of wie dat voor een ander mag.",
        ),
    ),
    Action.DELEGATE: (OPEN_TASK, STATUS, CANDIDATE, _FOR_ALL, ASSIGNEE, _HANDED_OVER),
    Action.ATTACH: (OPEN_TASK, STATUS, CANDIDATE, ASSIGNEE, FOUR_EYES),
    Action.DETACH: (
        OPEN_TASK,
        STATUS,
        Check("bijlage/eigen", not_own_file, "Weghalen kan alleen: {wat}.", "Vraag het aan wie haar toevoegde."),
    ),
    Action.REQUEST: (OPEN_TASK, STATUS, CANDIDATE, ASSIGNEE, *REQUESTING),
    Action.REPLY: (OPEN_TASK, STATUS, *REPLYING),
    Action.CORRECT: (*CORRECTION, _REASON),
    Action.START: (_POWER, BEGUN_WITHIN),
    Action.SUSPEND: (STATUS, _POWER, _REASON, _WITHHELD, _CUT_SHORT),
    Action.RESUME: (STATUS, _POWER, _REASON),
    Action.CANCEL: (STATUS, _POWER, _REASON, _ANSWERED, _WITHHELD, _HEARD, _CUT_SHORT),
    Action.FINISH: (
        Check(
            "bevoegdheid/rol",
            finished_by_somebody,
            "Een zaak eindigt vanzelf, na haar laatste taak; dit kan alleen: {wat}.",
            "Rond de laatste taak af.",
        ),
        _ANSWERED,
        _HEARD,
    ),
    Action.RETRY: (STATUS, _POWER),
    Action.DEPLOY: (
        Check(
            "uitrollen/rol",
            no_power_to_deploy,
            "Een procesmodel uitrollen vraagt: {wat}.",
            "Vraag het aan een van hen.",
        ),
        Check(
            "uitrollen/vier-ogen", one_pair_of_eyes, "Vrijgeven kan niet: {wat}.", "Laat een ander de versie vrijgeven."
        ),
    ),
    Action.APPOINT: (
        _OWN_POWER,
        Check("benoemen/gegevens", appointment_unfit, "De benoeming mist: {wat}.", "Vul dit aan."),
        Check("benoemen/zelf", appoints_himself, "Dit vraagt {wat}.", "Laat een andere bevoegde u benoemen."),
    ),
    Action.DISMISS: (
        *_WITHDRAWAL,
        Check(
            "intrekken/zelf", withdraws_his_own, "Dit vraagt {wat}.", "Laat een ander het doen; zo blijft er iemand."
        ),
        _REASON,
    ),
    Action.MANDATE: (
        Check("INV-13", mandate_unfit, "Dit mandaat kan zo niet: {wat}.", "Laat het orgaan zelf besluiten."),
    ),
    Action.REVOKE: (*_WITHDRAWAL, _REASON),
    Action.SUBSTITUTE: (
        Check("vervangen/gegevens", substitution_unfit, "Deze vervanging kan zo niet: {wat}.", "Pas dit aan."),
    ),
    Action.POLL: (
        STATUS,
        _OWN_POWER,
        Check(
            "stemming/vier-ogen",
            same_hands,
            "Bij een stemming doet dit een ander dan u: {wat}.",
            "Laat een ander van het stembureau het bevestigen, of de andere helft van de stemcodes ophalen.",
        ),
    ),
    Action.AUDIT: (_POWER,),
    Action.OPEN: (_OWN_POWER, _REASON),
    Action.DESTROY: (_OWN_POWER, *destruction.REQUEST, _REASON),
    Action.ORDER: (_OWN_POWER, *destruction.ORDER, _REASON),
    Action.ABANDON: (
        Check(
            "bevoegdheid/rol",
            no_power_over_destruction,
            "Dit mag alleen wie zelf een van deze rollen heeft: {wat}.",
            "Vraag het aan hen.",
        ),
        *destruction.CALLING_OFF,
        _REASON,
    ),
    Action.PRESERVE: (_OWN_POWER, *destruction.KEEPING, _REASON),
    Action.REOPEN: (
        _OWN_POWER,
        Check(
            "verantwoording/vier-ogen",
            no_second_person,
            "Dit vraagt een tweede persoon, met een rol die dit mag: {wat}.",
            "Doe het samen met een ander die dit ook mag.",
        ),
        _REASON,
    ),
    Action.READ: (
        Check("lezen/bereik", no_reach, "Deze zaak lezen vraagt {wat}.", "Vraag om een rol in de wijk."),
        OWN_LANES,
    ),
}
