"""*Meebeslissen*: how an organ binds itself beforehand, what the participants decided, and what nobody may change.

A self-binding: `{"onderwerp", "opties", "plafond", "kiesgerechtigden", "beslisregel", "vervaldatum"}`; options are
texts or rows with `optie`. An option check: rows `optietoets: [{"optie", "rechtmatig", "uitvoerbaar"}]` in an advice, a
product or the self-binding. An outcome: `{"overeenstemming": true, "uitslag": option, "bedrag"?, "velden"?}`; with
`overeenstemming: false` the participants record that there is none. An organ that holds an outcome unlawful claims a
ground of the closed list (`terug_naar_deelnemers`, `grond`); the outcome stands until the jurist advises
`{"onrechtmatig": true, "reden", "vervaldatum"?}` on that claim, and then the participants decide anew; the self-binding
holds until that day if it would expire before. An outcome is a decision of the
participants or the result of a ballot (`engine.ballot`): a self-binding with the `beslisregel` `hoogste_aantal`
promises a ballot, and then also says `aantal_kiesgerechtigden`, `quorum` and, if it likes, `bij_geen_quorum`:
`opnieuw` (else) or `overeenstemming`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.differences import fields_of
from engine.errors import ValuesUnreadable
from engine.registers import AGREED, WHOLE, Registers, act_of, is_taken
from engine.roles import values_of
from engine.submission import cents, end_of, folded, is_filled, is_same, rows, text, whole
from engine.terms import Act, Fact, Json, Register, Rung, Values

BINDING_FIELDS = ("onderwerp", "opties", "plafond", "kiesgerechtigden", "beslisregel", "vervaldatum")
OUTCOME, BACK, GROUND = "uitslag", "terug_naar_deelnemers", "grond"
UNLAWFUL = "onrechtmatig"  # the jurist's advice on a claim
EXPIRES = "vervaldatum"
# On these grounds alone an organ may hold that an outcome is against the law: whether it is wise is not among them.
GROUNDS = ("wettelijk_voorschrift", "omgevingsplan", "rechten_van_een_ander", "bevoegdheid", "wijze_van_beslissen")
HIGHEST_NUMBER = "hoogste_aantal"  # the decision rule by which a self-binding promises a ballot
ELECTORATE, QUORUM, WITHOUT_QUORUM = "aantal_kiesgerechtigden", "quorum", "bij_geen_quorum"
AGAIN, BLANK = "opnieuw", "blanco"
# What a ratification may say of itself; anything else is content, and the content is the participants'.
FORMAL = frozenset({"bekrachtigd", "datum", "notulen", "kenmerk", "vergadering", "motivering", BACK, GROUND})


def options_of(values: Values) -> tuple[str, ...]:
    """The options of a self-binding, by name."""
    listed = values.get("opties")
    if not isinstance(listed, list):
        raise ValuesUnreadable("veld opties: hier hoort een lijst")
    found = tuple(text(row, "optie") if isinstance(row, dict) else str(row or "") for row in listed)
    if not all(found):
        raise ValuesUnreadable("veld opties: elke optie heeft een openbare naam")
    return found


def lacks_in_binding(values: Values, now: datetime) -> tuple[str, ...]:
    """What a self-binding must say and does not (Q7): each of its fields, a readable ceiling, an expiry to come."""
    missing = [name for name in BINDING_FIELDS if not is_filled(values.get(name))]
    if "opties" not in missing and len(set(options_of(values))) != len(options_of(values)):
        missing.append("opties (elke optie één keer)")
    if "plafond" not in missing:
        cents(values, "plafond")
    if "vervaldatum" not in missing and now >= end_of(values.get("vervaldatum")):
        missing.append("vervaldatum (na vandaag)")
    return (*missing, *_lacks_in_promise(values))


def promises_ballot(values: Values) -> bool:
    """Whether this self-binding leaves the decision to a ballot, in which the highest number of votes wins."""
    return folded(text(values, "beslisregel")) == folded(HIGHEST_NUMBER)


def _lacks_in_promise(values: Values) -> Iterator[str]:
    """What a promise of a ballot must say as well: how many may vote, and how many must."""
    if not is_filled(values.get("opties")) or not promises_ballot(values):
        return
    electorate, quorum = whole(values, ELECTORATE), whole(values, QUORUM)
    if electorate is None or electorate < 1:
        yield f"{ELECTORATE} (een aantal)"
    if quorum is None or quorum < 1 or quorum > (electorate or quorum):
        yield f"{QUORUM} (1 tot en met het aantal kiesgerechtigden)"
    if folded(BLANK) in {folded(option) for option in options_of(values)}:
        yield f"opties (een blanco stem is geen optie en heet al {BLANK})"
    if text(values, WITHOUT_QUORUM) not in ("", AGAIN, AGREED):
        yield f"{WITHOUT_QUORUM} ({AGAIN} of {AGREED})"


def binding_of(registers: Registers, step: str, subject: str, now: datetime) -> Fact | None:
    """The self-binding that stands: the last, most specific one that has not expired."""
    found: Fact | None = None
    for fact in registers.of(Register.KADERS, Act.ZELFBINDING):
        if fact.step != step or fact.subject not in (subject, WHOLE):
            continue
        if now < expiry_of(registers, fact, subject) and (
            found is None or fact.subject == subject or found.subject == WHOLE
        ):
            found = fact
    return found


def expiry_of(registers: Registers, bound: Fact, subject: str) -> datetime:
    """When a self-binding no longer holds on a subject: on its own day, or later if an outcome went back meanwhile.

    Whoever gets the decision back has the time that the judgement gives, however late it comes (INV-06).
    """
    given = (
        values_of(fact)
        for fact in registers.all(Register.ADVIEZEN)
        if (fact.step, fact.subject) == (bound.step, subject) and fact.at >= bound.at and is_judgement(fact)
    )
    later = (end_of(one[EXPIRES]) for one in given if one[UNLAWFUL] is True and is_filled(one.get(EXPIRES)))
    return max((end_of(values_of(bound).get(EXPIRES)), *later))


def checks_of(registers: Registers, step: str, subject: str, binding: Fact) -> Mapping[str, bool]:
    """Each checked option, with whether it was found lawful and feasible; of several checks the last counts."""
    return {option: is_fit(row) for option, row in check_rows(registers, step, subject, binding).items()}


def is_fit(row: Values) -> bool:
    """Whether this row of an option check finds its option lawful and feasible."""
    return row.get("rechtmatig") is True and row.get("uitvoerbaar") is True


def check_rows(
    registers: Registers, step: str, subject: str, binding: Fact, until: datetime | None = None
) -> Mapping[str, Values]:
    """The row of each checked option, from the last check of it between the self-binding and now, or another moment."""
    found: dict[str, Values] = {}
    for fact in (
        binding,
        *registers.about(Register.ADVIEZEN, Act.ADVIES, (step,), subject),
        *registers.about(Register.PRODUCTEN, Act.PRODUCT, (step,), subject),
    ):
        if binding.at <= fact.at <= (until or registers.now):
            for row in rows(values_of(fact), "optietoets"):
                found[text(row, "optie")] = row
    return found


@dataclass(frozen=True, slots=True)
class Claim:
    """An organ's claim that an outcome is against the law; `is_upheld` is the jurist's advice, None before it."""

    outcome: Fact
    fact: Fact
    is_upheld: bool | None = None

    @property
    def ground(self) -> str:
        """The ground that it names."""
        return text(values_of(self.fact), GROUND)


def outcome_of(registers: Registers, step: str, subject: str) -> Fact | None:
    """The outcome that binds: the participants' last agreement, unless it went back to them as unlawful."""
    return outcome_and_claims(registers, step, subject)[0]


def outcome_and_claims(registers: Registers, step: str, subject: str) -> tuple[Fact | None, tuple[Claim, ...]]:
    """The outcome that binds, and every claim of the organ against this outcome or an earlier one."""
    found: Fact | None = None
    claims: list[Claim] = []
    for fact in registers.in_turn(Register.STEMMINGEN, Register.BESLUITEN, Register.ADVIEZEN):
        if fact.step != step or fact.subject != subject:
            continue
        values, waits = values_of(fact), bool(claims) and claims[-1].is_upheld is None
        if fact.register is Register.ADVIEZEN:
            if waits and is_judgement(fact):
                claims[-1] = replace(claims[-1], is_upheld=values[UNLAWFUL] is True)
                found = None if claims[-1].is_upheld else found
        elif act_of(fact) == Act.BEKRACHTIGING:
            if waits:
                claims.pop()  # ratified after all
            elif found is not None and values.get(BACK) is True:
                claims.append(Claim(found, fact))
        elif fact.body.get("trede") == Rung.MEEBESLISSEN and values.get(AGREED) is True and is_taken(fact):
            found = fact
    return found, tuple(claims)


def is_judgement(fact: Fact) -> bool:
    """Whether this is advice that judges a claim of the organ."""
    return act_of(fact) == Act.ADVIES and UNLAWFUL in values_of(fact)


def _decided(registers: Registers) -> tuple[Fact, ...]:
    """The results of ballots, the decisions and the ratifications, in order."""
    found = registers.in_turn(Register.STEMMINGEN, Register.BESLUITEN)
    return tuple(fact for fact in found if fact.register is Register.BESLUITEN or act_of(fact) == Act.STEMMING)


def decided_subjects(registers: Registers, step: str) -> tuple[str, ...]:
    """The subjects on which this step was decided."""
    return tuple(dict.fromkeys(fact.subject for fact in _decided(registers) if fact.step == step))


def is_ratified(registers: Registers, outcome: Fact) -> bool:
    """Whether the organ has ratified this outcome."""
    rows = _decided(registers)
    return any(
        (fact.step, fact.subject) == (outcome.step, outcome.subject) and values_of(fact).get("bekrachtigd") is True
        for fact in rows[rows.index(outcome) :]
        if act_of(fact) == Act.BEKRACHTIGING
    )


def content_of(values: Values) -> Mapping[str, Json]:
    """What an outcome decided: its outcome, amount and fields, without what is only said about it."""
    fields = fields_of(values)
    return {**{name: values[name] for name in (OUTCOME, "bedrag") if name in values}, **fields}


def meddling(values: Values, outcome: Fact) -> Iterator[str]:
    """Each field of a ratification that is content and not exactly the participants' own."""
    decided = values_of(outcome)
    for name, value in values.items():
        if name not in FORMAL and (name not in decided or not is_same(value, decided[name])):
            yield name


def changes_to_item(fields: Values, outcome: Fact | None, binding: Fact | None) -> Iterator[str]:
    """Each field in which an item of a larger decision departs from what the participants decided, or may still decide.

    With an outcome: all its fields, unchanged, and nothing else. Without one: at most the ceiling as its amount.
    """
    if outcome is None:
        ceiling = values_of(binding).get("plafond") if binding else None
        for name, value in fields.items():
            if name != "bedrag" or not is_same(value, ceiling):
                yield name
        return
    decided = content_of(values_of(outcome))
    for name in {**decided, **fields}:
        is_optional = name in (OUTCOME, "bedrag") and name not in fields
        if not is_optional and (name not in fields or name not in decided or not is_same(fields[name], decided[name])):
            yield name
