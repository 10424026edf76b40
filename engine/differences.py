"""The difference between a joint proposal and the decision on it, computed; and whether each difference has its reason.

Difference = any key added, missing or unequal between the proposal's `velden` and the decision's or item's fields.
Reasons: `afwijkingen: [{"onderdeel", "veld", "reden"}]`; a later act that carries out a decision may name that decision
(`besluit`: digest or `kenmerk`) instead of a reason, if the same difference was reasoned there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.registers import names_of
from engine.roles import values_of
from engine.submission import cents, is_filled, is_same, pairs, rows, text
from engine.terms import Fact, Json, Rung, Values

ALL_FIELDS = "*"
_ABOUT_ITEM = frozenset({"onderdeel", "stap", "naam", "toelichting", "velden"})
# What a row says of its item beside what is decided on it: no proposal is compared with it, unless it names it too.
_SAID_OF_ITEM = frozenset(
    {"beoogd_effect", "wat_heeft_de_burger_hieraan", "thema", "wb5_reden", "herkomst", "nieuw_feit"}
    | {"aantal_belanghebbenden", "individueel_voordeel", "openbare_ruimte", "oordeel_belang", "reden_oordeel"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a composite decision, with the step whose frame governs it; `said` is told of it, not decided."""

    name: str
    step: str
    fields: Mapping[str, Json]
    said: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one item in which the decision departs from the joint proposal; None where the key is missing."""

    item: str
    rung: Rung
    field: str
    before: Json
    after: Json


def fields_of(values: Values) -> Mapping[str, Json]:
    """The fields of a proposal or decision, under `velden`."""
    return pairs(values, "velden")


def items_of(values: Values, step: str) -> tuple[Item, ...]:
    """The items of a decision; `step` governs those that name no step. Fields stand under `velden` or in the row."""
    found = []
    for row in rows(values, "onderdelen"):
        loose = {name: value for name, value in row.items() if name not in _ABOUT_ITEM | _SAID_OF_ITEM}
        said = {name: value for name, value in row.items() if name in _SAID_OF_ITEM}
        found.append(Item(text(row, "onderdeel"), text(row, "stap") or step, {**loose, **fields_of(row)}, said))
    return tuple(found)


def amount_of(values: Values) -> int | None:
    """The largest amount in cents that a submission names: its own, of its fields or of its items together."""
    items = [cents(item.fields, "bedrag") for item in items_of(values, "")]
    summed = [sum(amount for amount in items if amount is not None)] if any(items) else []
    named = (cents(values, "bedrag"), cents(fields_of(values), "bedrag"), *summed)
    return max((amount for amount in named if amount is not None), default=None)


def differences(item: str, proposed: Values, decided: Values, beside: Values) -> tuple[Difference, ...]:
    """The differences between the fields proposed and decided.

    `beside` are the other values of the decision: a proposed field that is repeated there must be equal as well.
    """
    found = []
    for name in {**proposed, **decided}:
        before, after = proposed.get(name), decided.get(name)
        if name in proposed and name not in decided and name in beside:
            after = beside[name]
            is_equal = is_same(before, after)
        else:
            is_equal = name in proposed and name in decided and is_same(before, after)
            if is_equal and name in beside and not is_same(before, beside[name]):
                is_equal, after = False, beside[name]
        if not is_equal:
            found.append(Difference(item, Rung.COPRODUCEREN, name, before, after))
    return tuple(found)


def dropped(item: str, proposed: Values) -> Difference:
    """The one difference that an item left out altogether makes."""
    return Difference(item, Rung.COPRODUCEREN, ALL_FIELDS, dict(proposed), None)


def reasons_in(decision: Values, subject: str) -> Mapping[tuple[str, str], Values]:
    """The rows `afwijkingen` of a decision, by the item and field for which each gives a reason."""
    return {(text(row, "onderdeel") or subject, text(row, "veld")): row for row in rows(decision, "afwijkingen")}


def unreasoned(found: tuple[Difference, ...], decision: Values, subject: str, taken: tuple[Fact, ...]) -> Iterator[str]:
    """What stands in the way: each difference without a reason, and each reason without a difference."""
    reasons = reasons_in(decision, subject)
    for one in found:
        row = reasons.get((one.item, one.field))
        if row is None or not (is_filled(row.get("reden")) or _is_cited(one, row, taken)):
            yield f"reden voor {_place(one.item, one.field)}"
    for item, name in sorted(set(reasons) - {(one.item, one.field) for one in found}):
        yield f"{_place(item, name)} wijkt niet af, maar heeft wel een reden"


def _place(item: str, field: str) -> str:
    what = "het hele onderdeel" if field == ALL_FIELDS else field
    return what if item == ALL_FIELDS else f"{item}: {what}"


def _is_cited(one: Difference, row: Values, taken: tuple[Fact, ...]) -> bool:
    cited = text(row, "besluit")
    for fact in taken:
        if cited and cited in names_of(fact):
            values = values_of(fact)
            said = reasons_in(values, fact.subject).get((one.item, one.field), {})
            return is_filled(said.get("reden")) and is_same(_decided(values, one, fact), one.after)
    return False


def _decided(values: Values, one: Difference, fact: Fact) -> Json:
    for item in items_of(values, ""):
        if item.name == one.item:
            return item.fields.get(one.field)
    return fields_of(values).get(one.field) if fact.subject == one.item else None


def as_recorded(found: tuple[Difference, ...], decision: Values, subject: str) -> tuple[Values, ...]:
    """The differences as a record writes them: item, rung, field, from, to, and the reason or the decision cited."""
    reasons = reasons_in(decision, subject)
    recorded: list[Values] = []
    for one in found:
        said = reasons.get((one.item, one.field), {})
        row: dict[str, Json] = {"item": one.item, "rung": one.rung.value, "field": one.field}
        row |= {"from": one.before, "to": one.after}
        if isinstance(said.get("reden"), dict):
            row["reason"] = said["reden"]
        recorded.append(row)
    return tuple(recorded)
