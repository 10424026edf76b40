"""Ballots: what is put to the vote, and what the counts say under the self-binding that promised it.

A ballot leaves three rows in `stemmingen`, each of its own record. The opening (act `stemming`): `{"soort": "opening",
"van", "tot", "ronde", "opties", "kiesgerechtigden", "quorum"}`. The count, by the service when the box is opened,
of no act and by nobody: `{"soort": "telling", "opening", "stemmen": [{"optie", "aantal"}], "blanco", "papier",
"uitgebracht", "kiesgerechtigden", "lijst"}`. The result (act `stemming`): the same numbers, and what follows from them:
`{"soort": "uitslag", "resultaat", "vervolg", "overeenstemming", "uitslag"?, "bedrag"?, "staken"?}`.

Nobody types a number or an outcome: `completed` fills them in before the act is judged, and the rule works them out
again. The outcome binds as every other one (`engine.binding`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.binding import (
    BLANK,
    ELECTORATE,
    OUTCOME,
    QUORUM,
    binding_of,
    check_rows,
    checks_of,
    options_of,
)
from engine.decisions import Table, decided
from engine.errors import ValuesUnreadable
from engine.expressions import Value
from engine.initiatives import TESTS
from engine.registers import AGREED, Registers, act_of
from engine.roles import values_of
from engine.submission import cents, day_of, open_rows, rows, text, whole
from engine.terms import Act, Fact, Json, Register, Values

KIND, OPENING, COUNT, RESULT = "soort", "opening", "telling", "uitslag"
VALID, INVALID, SECOND_ROUND = "geldig", "ongeldig", "tweede_ronde"
TABLE = "uitslag"  # the decision table (DT14) that says what follows; it can only narrow what is worked out here
COUNTED = ("stemmen", BLANK, "papier", "uitgebracht", "kiesgerechtigden", "lijst")
# All that an act of a ballot may say by itself, besides what the rights table demands: numbers, never a person.
PUBLIC = frozenset(
    {KIND, "van", "tot", "ronde", "opties", "kiesgerechtigden", QUORUM, "kenmerk", "stemming", "sleutel"}
    | {OPENING, COUNT, *COUNTED, "resultaat", "vervolg", "staken", AGREED, OUTCOME, "bedrag", "velden", "motivering"}
)
Decide = Callable[[str, Mapping[str, object]], Mapping[str, Value]]  # what a table of the city says in this context


@dataclass(frozen=True, slots=True)
class Tally:
    """What the counts say: who leads, whether enough voted, and whether the lead is shared."""

    leading: tuple[str, ...]
    is_enough: bool

    @property
    def is_tied(self) -> bool:
        """Whether no option has more votes than every other."""
        return len(self.leading) != 1


def kind_of(values: Values) -> str:
    """Whether this act opens a ballot or lays down its result: an opening names until when can be voted."""
    return text(values, KIND) or (OPENING if "tot" in values else RESULT)


def running(registers: Registers, step: str, subject: str) -> Fact | None:
    """The ballot that was opened last, as long as it has no result."""
    found: Fact | None = None
    for fact in _acts(registers, step, subject):
        found = fact if values_of(fact).get(KIND) == OPENING else None
    return found


def last_result(registers: Registers, step: str, subject: str) -> Fact | None:
    """The result of the ballot held last."""
    found = [fact for fact in _acts(registers, step, subject) if values_of(fact).get(KIND) == RESULT]
    return found[-1] if found else None


def _acts(registers: Registers, step: str, subject: str) -> Sequence[Fact]:
    found = registers.of(Register.STEMMINGEN, Act.STEMMING)
    return [fact for fact in found if (fact.step, fact.subject) == (step, subject)]


def count_of(registers: Registers, opening: Fact) -> Fact | None:
    """The count of this ballot: of no act, so that no act can bring one in."""
    found = [
        fact
        for fact in registers.all(Register.STEMMINGEN)
        if not act_of(fact) and values_of(fact).get(OPENING) == opening.record
    ]
    return found[0] if found else None


def tally(counted: Values, quorum: int) -> Tally:
    """Who leads and whether enough voted: blank votes are votes cast, and never win."""
    numbers = {text(row, "optie"): whole(row, "aantal") or 0 for row in rows(counted, "stemmen")}
    most = max(numbers.values(), default=0)
    leading = tuple(name for name, number in numbers.items() if number == most)
    return Tally(leading, (whole(counted, "uitgebracht") or 0) >= quorum)


def does_add_up(counted: Values, opening: Values) -> bool:
    """Whether the numbers of a count agree with each other and with what was put to the vote."""
    numbers = [whole(row, "aantal") for row in rows(counted, "stemmen")]
    cast, blank, paper, most = (whole(counted, name) for name in ("uitgebracht", BLANK, "papier", "kiesgerechtigden"))
    if cast is None or blank is None or paper is None or most is None:
        return False
    known = [number for number in (*numbers, blank, paper) if number is not None and number >= 0]
    return (
        len(known) == len(numbers) + 2
        and tuple(text(row, "optie") for row in rows(counted, "stemmen")) == options_of(opening)
        and sum(known) - paper == cast
        and paper <= cast <= most <= (whole(opening, "kiesgerechtigden") or 0)
    )


def completed(
    values: Values, step: str, subject: str, registers: Registers, tables: Mapping[str, Table], now: datetime
) -> Values:
    """The act with everything that follows from the self-binding and from the count; what is missing stays missing."""
    kind, on = kind_of(values), day_of(now)
    known: Values | None = None
    if kind == OPENING:
        known = opening_values(step, subject, registers, now)
    elif kind == RESULT:
        known = result_values(step, subject, registers, lambda name, given: decided(tables, name, given, on).values)
    return {**(known or {}), **values, KIND: kind}


def opening_values(step: str, subject: str, registers: Registers, now: datetime) -> dict[str, Json] | None:
    """What is put to the vote: the options found lawful and feasible, or in a next round those that tied."""
    bound = binding_of(registers, step, subject, now)
    if bound is None:
        return None
    promised, before = values_of(bound), last_result(registers, step, subject)
    checks = checks_of(registers, step, subject, bound)
    options: list[Json] = [name for name in options_of(promised) if checks.get(name)]
    number = 1
    if before is not None and before.at >= bound.at and values_of(before).get("resultaat") == SECOND_ROUND:
        tied, number = values_of(before).get("staken"), 1 + (whole(values_of(before), "ronde") or 1)
        options = [name for name in options if isinstance(tied, list) and name in tied]
    return {
        "ronde": number,
        "opties": options,
        "kiesgerechtigden": promised.get(ELECTORATE),
        QUORUM: promised.get(QUORUM),
    }


def result_values(step: str, subject: str, registers: Registers, decide: Decide) -> dict[str, Json] | None:
    """The result of the ballot that runs, from its count; None as long as there is none.

    Raises ValuesUnreadable when the city's table says something else than the votes do: then nobody decides.
    """
    opening = running(registers, step, subject)
    counted = count_of(registers, opening) if opening else None
    if opening is None or counted is None:
        return None
    opened, numbers = values_of(opening), values_of(counted)
    found = tally(numbers, whole(opened, QUORUM) or 0)
    answer, then = _follows(found, whole(opened, "ronde") or 1, decide)
    values: dict[str, Json] = {
        OPENING: opening.record,
        COUNT: counted.record,
        "ronde": opened.get("ronde"),
        QUORUM: opened.get(QUORUM),
        **{name: numbers[name] for name in COUNTED if name in numbers},
        "resultaat": answer,
        "vervolg": then,
        AGREED: answer == VALID,
    }
    if answer == VALID:
        values |= {OUTCOME: found.leading[0], **_promised(opening, registers, found.leading[0])}
    elif answer == SECOND_ROUND:
        values["staken"] = [*found.leading]
    return values


def _follows(found: Tally, number: int, decide: Decide) -> tuple[str, str]:
    """What the table makes of it: valid exactly when enough voted and one option leads, whatever it says."""
    context = {
        "geldige_opkomst": "ja" if found.is_enough else "nee",
        "gelijk": "ja" if found.is_tied else "nee",
        "ronde": number,
    }
    said = decide(TABLE, context)
    answer = str(said.get("uitslag"))
    is_valid = found.is_enough and not found.is_tied
    if answer not in (VALID, INVALID, SECOND_ROUND) or (answer == VALID) != is_valid:
        raise ValuesUnreadable(f"de beslistabel “{TABLE}” zegt “{answer}”, en dat zeggen de stemmen niet")
    if answer == SECOND_ROUND and not found.is_enough:
        raise ValuesUnreadable(f"de beslistabel “{TABLE}” geeft een tweede ronde zonder quorum")
    return answer, str(said.get("vervolg") or "")


def binding_under(registers: Registers, opening: Fact) -> Fact | None:
    """The self-binding under which a ballot was opened: what was voted in time stands, also when it expires after."""
    return binding_of(registers, opening.step or "", opening.subject, opening.at)


def _promised(opening: Fact, registers: Registers, option: str) -> dict[str, Json]:
    """What the self-binding attached to an option: its amount (else the ceiling), its fields, and how it was tested."""
    bound = binding_under(registers, opening)
    listed = open_rows(values_of(bound), "opties") if bound else ()
    row: Values = next((row for row in listed if text(row, "optie") == option), {})
    amount, ceiling = cents(row, "bedrag"), cents(values_of(bound), "plafond") if bound else None
    promised: dict[str, Json] = {"bedrag": ceiling if amount is None else amount}
    if "velden" in row:
        promised["velden"] = row["velden"]
    place = (opening.step or "", opening.subject)
    tested = check_rows(registers, *place, bound, opening.at).get(option, {}) if bound else {}
    return promised | ({TESTS: tested[TESTS]} if TESTS in tested else {})
