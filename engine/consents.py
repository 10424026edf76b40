"""What a group answered to a request for its consent, and to whom an initiative belongs; pure readers of the registers.

An answer: `{"verzoek": overname|verschuiving|nieuwe_datum|verlaging|inhoud, "over", "instemming", "reden"}`, with
`datum` for a new date and, if the group wishes, `nieuwe_eigenaar` for a takeover. Silence is no answer, so it is a no.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from engine import steps
from engine.differences import fields_of, items_of
from engine.registers import WHOLE, Registers, act_of, decisions, names_of
from engine.roles import values_of
from engine.submission import folded, is_filled, text, yes_or_no
from engine.terms import Act, Fact, Json, Register, Rung, Values

TAKEOVER, NEW_DATE, SHIFT, LOWERING, CONTENT = "overname", "nieuwe_datum", "verschuiving", "verlaging", "inhoud"
CHANGE = "wijzigen"  # what a decision on a rung says when it changes (D18)
REQUESTS = (TAKEOVER, SHIFT, NEW_DATE, LOWERING, CONTENT)
OF_CONSENT = (Register.BESLUITEN, Register.INSTEMMINGEN)  # where a group answers, and where an owner is named
OWNER = ("eigenaar", "nieuwe_eigenaar", "overname_door", "overgenomen_door")


def answer_on(registers: Registers, request: str, over: Collection[str], subject: str) -> Fact | None:
    """The last answer of the group of `subject` to a request about one of the names in `over`; None is silence."""
    found = [
        fact
        for fact in registers.of(Register.INSTEMMINGEN, Act.INSTEMMING)
        if text(values_of(fact), "verzoek") == request
        and text(values_of(fact), "over") in over
        and folded(fact.subject) == folded(subject)
    ]
    return found[-1] if found else None


def is_yes(answer: Fact | None) -> bool:
    """Whether there is an answer, and it is a yes."""
    return answer is not None and yes_or_no(values_of(answer), "instemming") is True


def proposals_to_change(registers: Registers, step: str = "", rung: str = "") -> tuple[Fact, ...]:
    """The proposals to change a rung (`stap`, `van`, `naar`): all of them, or those of this step to this rung."""
    return tuple(
        fact
        for fact in registers.of(Register.PRODUCTEN, Act.PRODUCT)
        if is_filled(values_of(fact).get("naar"))
        and (not step or (text(values_of(fact), "stap"), text(values_of(fact), "naar")) == (step, rung))
    )


def lowering_agreed(registers: Registers, step: str, subject: str, rung: Rung, since: datetime | None) -> bool:
    """Whether the group of this subject consented to a proposal to lower it to this rung, and that was decided (D18).

    Only what was proposed, answered and decided after the frame that stands counts: it lowers once. On the whole
    dossier there is no group that could consent for everybody who takes part, so nobody consents.
    """
    if subject == WHOLE:
        return False
    borne = Counter(name for proposal in proposals_to_change(registers) for name in names_of(proposal))
    for proposal in proposals_to_change(registers, step, rung.value):
        own = frozenset(name for name in names_of(proposal) if borne[name] == 1)  # a name that two bear is of neither
        answer = answer_on(registers, LOWERING, own, subject) if folded(proposal.subject) == folded(subject) else None
        if answer is None or not is_yes(answer) or answer.at < proposal.at or (since and proposal.at <= since):
            continue
        if any(_changes(fact, step, subject, rung, own) for fact in _changed_since(registers, answer.at)):
            return True
    return False


def _changed_since(registers: Registers, moment: datetime) -> Iterator[Fact]:
    for fact in decisions(registers, steps.RUNG):
        if fact.at >= moment and values_of(fact).get("besluit") == CHANGE:
            yield fact


def _changes(decided: Fact, step: str, subject: str, rung: Rung, names: Collection[str]) -> bool:
    """Whether a decision is about this frame, this rung and the proposal that bears one of these names."""
    said = values_of(decided)
    is_about = (text(said, "stap"), text(said, "naar")) == (step, rung.value) and text(said, "voorstel") in names
    return is_about and folded(decided.subject) == folded(subject)


def takeover_answer(registers: Registers, subject: str) -> Fact | None:
    """The last answer of the group to a takeover of its initiative: an *instemming*, or its own decision at D15."""
    found = [
        fact
        for fact in registers.in_turn(*OF_CONSENT)
        if folded(fact.subject) == folded(subject)
        and ((_decides(fact) and fact.step == steps.TAKEOVER) or _asks_takeover(fact))
    ]
    return found[-1] if found else None


def _decides(fact: Fact) -> bool:
    return fact.register is Register.BESLUITEN and act_of(fact) == Act.BESLUIT


def _asks_takeover(fact: Fact) -> bool:
    return fact.register is Register.INSTEMMINGEN and text(values_of(fact), "verzoek") == TAKEOVER


def owners_in(values: Values, subject: str) -> Mapping[str, Json]:
    """Whom a submission names as owner, by subject: for itself, in its fields or in its items."""
    found: dict[str, Json] = {}
    for name, fields in _places(values, subject):
        owner = next((fields[key] for key in OWNER if is_filled(fields.get(key))), None)
        if owner is not None:
            found.setdefault(name, owner)
    return found


def _places(values: Values, subject: str) -> Iterator[tuple[str, Values]]:
    yield subject, values
    yield subject, fields_of(values)
    for item in items_of(values, ""):
        yield item.name or subject, item.fields


def owner_of(registers: Registers, subject: str) -> tuple[Json, Fact] | None:
    """Who owns the initiative, and the row that said so last; None when nobody ever did."""
    found: tuple[Json, Fact] | None = None
    for fact in registers.in_turn(*OF_CONSENT):
        if not _decides(fact) and not (_asks_takeover(fact) and is_yes(fact)):
            continue
        for name, owner in owners_in(values_of(fact), fact.subject).items():
            if name != WHOLE and folded(name) == folded(subject):
                found = owner, fact
    return found


def is_same_owner(one: Json, other: Json) -> bool:
    """Whether two names of an owner are the same; a sealed name is the same as no other."""
    if isinstance(one, str) and isinstance(other, str):
        return folded(one) == folded(other)
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
