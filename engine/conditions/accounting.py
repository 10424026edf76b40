"""The account of the year: whatever was begun, promised, disputed or asked is named in it (INV-31)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.accounting import PER_INITIATIVE, deviations_in, explained, is_account, named, owed
from engine.initiatives import programme
from engine.question import Question
from engine.registers import pointers_to
from engine.submission import is_filled, open_text, rows

Lacks = Iterator[str]


def unaccounted(q: Question) -> Lacks:
    """Everything that the registers hold and the account leaves out, by name.

    That is what the dossier holds, and what its account answers for in other dossiers of the wijk (engine.accounting).
    """
    if not is_account(q.act, q.step, q.task.spec.product if q.task else q.values.get("product")):
        return
    yield from _initiatives(q)
    yield from _deviations(q)
    for field, name, facts in owed((q.registers, *q.accounted)):
        said = named(q.values, field)
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
    said = explained(q.values)
    for item, field in deviations_in((q.registers, *q.accounted)):
        if (item, field) not in said:
            yield f"afwijking {item}: {field}"
