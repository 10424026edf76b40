"""The account of the year: whatever was begun, promised, disputed or asked is named in it (INV-31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import steps
from engine.initiatives import deviations_given, programme
from engine.promises import promises
from engine.question import Question
from engine.registers import decisions, pointers_to
from engine.submission import is_filled, open_rows, open_text, rows
from engine.terms import Act, Fact, Json, Values

Lacks = Iterator[str]

PRODUCT = "wijkverslag"
PER_INITIATIVE, DIFFERENCES = "verantwoording_per_initiatief", "verschillen"
_POINTERS = ("kenmerk", "besluit", "regel", "toezegging", "geschil", "aandachtspunt", "knelpunt")


def unaccounted(q: Question) -> Lacks:
    """Everything that the registers hold and the account leaves out, by name."""
    product = q.task.spec.product if q.task else q.values.get("product")
    is_account = (q.act is Act.BESLUIT and q.step == steps.ACCOUNT) or (q.act is Act.PRODUCT and product == PRODUCT)
    if not is_account:
        return
    yield from _initiatives(q)
    yield from _deviations(q)
    for field, name, facts in _owed(q):
        said = _named(q.values, field)
        for fact, pointer in zip(facts, pointers_to(facts), strict=True):
            if not said & ({pointer} | {fact.record}):
                yield f"{name} {pointer}"


def _initiatives(q: Question) -> Lacks:
    seen: set[str] = set()
    for row in rows(q.values, PER_INITIATIVE):
        name = open_text(row, "onderdeel")
        if name in seen:
            yield f"initiatief {name} staat er twee keer"
        elif is_filled(row.get("resultaat")):
            seen.add(name)
    yield from (f"initiatief {name}" for name in programme(q.registers) if name not in seen)


def _deviations(q: Question) -> Lacks:
    found = open_rows(q.values, DIFFERENCES)
    said = {(open_text(row, "onderdeel"), open_text(row, "veld")) for row in found if is_filled(row.get("toelichting"))}
    for item, field in deviations_given(q.registers):
        if (item, field) not in said:
            yield f"afwijking {item}: {field}"


def _owed(q: Question) -> Iterator[tuple[str, str, tuple[Fact, ...]]]:
    yield "knelpuntacties", "knelpuntactie", decisions(q.registers, steps.QUICK_ACTION)
    yield "toezeggingen", "toezegging", tuple(one.fact for one in promises(q.registers))
    yield "geschillen", "geschil", decisions(q.registers, steps.DISPUTE)
    yield "aandachtspunten", "aandachtspunt", decisions(q.registers, steps.POLICY_POINT)


def _named(values: Values, field: str) -> frozenset[str]:
    """The names in a list of texts, or of rows that each point at what they account for."""
    listed = values.get(field)
    return frozenset(name for one in (listed if isinstance(listed, list) else [listed]) for name in _names(one)) - {""}


def _names(one: Json) -> Sequence[str]:
    if isinstance(one, str):
        return [one.strip()] if is_filled(one) else []
    return [open_text(one, name) for name in _POINTERS] if isinstance(one, dict) else []
