"""The account of the year: whatever was begun, promised, disputed or asked is named in it (INV-31)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import steps
from engine.initiatives import deviations_given, programme
from engine.promises import promises
from engine.question import Question
from engine.registers import Registers, decisions, pointers_to
from engine.submission import is_filled, open_rows, open_text, rows
from engine.terms import Act, Fact, Json, Values

Lacks = Iterator[str]

PRODUCT = "wijkverslag"
PER_INITIATIVE, DIFFERENCES = "verantwoording_per_initiatief", "verschillen"
_POINTERS = ("kenmerk", "besluit", "regel", "toezegging", "geschil", "aandachtspunt", "knelpunt")


def is_account(act: Act, step: str | None, product: Json) -> bool:
    """Whether this act gives the account of the year, or decides on it."""
    return (act is Act.BESLUIT and step == steps.ACCOUNT) or (act is Act.PRODUCT and product == PRODUCT)


def unaccounted(q: Question) -> Lacks:
    """Everything that the registers hold and the account leaves out, by name.

    That is what the dossier holds, and each loose dossier of the wijk that counts for the same year (engine.elsewhere).
    """
    if not is_account(q.act, q.step, q.task.spec.product if q.task else q.values.get("product")):
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
    given = (one for kept in (q.registers, *q.accounted) for one in deviations_given(kept))
    for item, field in dict.fromkeys(given):
        if (item, field) not in said:
            yield f"afwijking {item}: {field}"


def _owed(q: Question) -> Iterator[tuple[str, str, tuple[Fact, ...]]]:
    everywhere = (q.registers, *q.accounted)
    yield "knelpuntacties", "knelpuntactie", _taken(everywhere, steps.QUICK_ACTION)
    yield "toezeggingen", "toezegging", tuple(one.fact for kept in everywhere for one in promises(kept))
    yield "geschillen", "geschil", _taken(everywhere, steps.DISPUTE)
    yield "aandachtspunten", "aandachtspunt", _taken(everywhere, steps.POLICY_POINT)


def _taken(everywhere: Sequence[Registers], step: str) -> tuple[Fact, ...]:
    return tuple(fact for kept in everywhere for fact in decisions(kept, step))


def _named(values: Values, field: str) -> frozenset[str]:
    """The names in a list of texts, or of rows that each point at what they account for."""
    listed = values.get(field)
    return frozenset(name for one in (listed if isinstance(listed, list) else [listed]) for name in _names(one)) - {""}


def _names(one: Json) -> Sequence[str]:
    if isinstance(one, str):
        return [one.strip()] if is_filled(one) else []
    return [open_text(one, name) for name in _POINTERS] if isinstance(one, dict) else []
