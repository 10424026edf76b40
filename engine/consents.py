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
from engine.registers import WHOLE, Registers, decisions, names_of, overlaps
from engine.roles import values_of
from engine.submission import folded, is_filled, text, yes_or_no
from engine.terms import Act, Fact, Json, Register, Rung, Values

TAKEOVER, NEW_DATE, SHIFT, LOWERING, CONTENT = "overname", "nieuwe_datum", "verschuiving", "verlaging", "inhoud"
REQUESTS = (TAKEOVER, SHIFT, NEW_DATE, LOWERING, CONTENT)
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


def lowering_agreed(registers: Registers, step: str, subject: str, rung: Rung, since: datetime | None) -> bool:
    """Whether the participants consented to a proposal to lower this step to this rung, and it was decided (D18).

    Only what was proposed, answered and decided after the frame that stands counts: it lowers once.
    """
    decided = [
        fact.at
        for fact in decisions(registers, steps.RUNG)
        if overlaps(fact.subject, subject) and values_of(fact).get("besluit") == "wijzigen"
    ]
    proposals = registers.of(Register.PRODUCTEN, Act.PRODUCT)
    borne = Counter(name for proposal in proposals for name in names_of(proposal))
    for proposal in proposals:
        said = values_of(proposal)
        is_it = (text(said, "stap"), text(said, "naar")) == (step, rung.value) and folded(proposal.subject) == folded(
            subject
        )
        answer = answer_on(registers, LOWERING, _own(proposal, borne), subject) if is_it else None
        is_new = since is None or proposal.at > since
        if is_new and answer is not None and is_yes(answer) and any(at >= answer.at for at in decided):
            return answer.at >= proposal.at
    return False


def _own(proposal: Fact, borne: Mapping[str, int]) -> frozenset[str]:
    """The names by which one proposal alone is known: consent to a name that two bear is consent to neither."""
    return frozenset(name for name in names_of(proposal) if borne[name] == 1)


def takeover_answer(registers: Registers, subject: str) -> Fact | None:
    """The last answer of the group to a takeover of its initiative: an *instemming*, or its own decision at D15."""
    found = [
        fact
        for fact in (
            *registers.of(Register.INSTEMMINGEN, Act.INSTEMMING),
            *registers.of(Register.BESLUITEN, Act.BESLUIT),
        )
        if folded(fact.subject) == folded(subject)
        and (fact.step == steps.TAKEOVER if fact.register is Register.BESLUITEN else _asks_takeover(fact))
    ]
    return max(found, key=lambda fact: fact.at, default=None)


def _asks_takeover(fact: Fact) -> bool:
    return text(values_of(fact), "verzoek") == TAKEOVER


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
    rows = [*registers.of(Register.BESLUITEN, Act.BESLUIT)]
    rows += [fact for fact in registers.of(Register.INSTEMMINGEN, Act.INSTEMMING) if _asks_takeover(fact)]
    found: tuple[Json, Fact] | None = None
    for fact in sorted(rows, key=lambda fact: fact.at):
        if fact.register is Register.INSTEMMINGEN and not is_yes(fact):
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
