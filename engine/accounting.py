"""Which account of a year answers for what, read from the registers (INV-31).

An account answers for its own dossier, and for what other dossiers of the wijk established for its year or an earlier
one, unless another account does: one that was adopted and names it, or the one still to come of an earlier year. So
what comes after an account was adopted counts for the next one; nothing falls between two, and nothing counts twice.
What is of a year before the first that the wijk accounts for here was accounted for elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine import steps
from engine.differences import reasons_in
from engine.elsewhere import Elsewhere
from engine.promises import promises
from engine.registers import Registers, decisions, names_of
from engine.roles import values_of
from engine.submission import is_filled, open_rows, open_text
from engine.terms import Act, Fact, Json, Register, Values

PER_INITIATIVE, DIFFERENCES, PROMISES = "verantwoording_per_initiatief", "verschillen", "toezeggingen"
# By the field of the account in which each of them is named: what one of them is called, and the step of its decision.
_OWED: Mapping[str, tuple[str, str | None]] = {
    "knelpuntacties": ("knelpuntactie", steps.QUICK_ACTION),
    PROMISES: ("toezegging", None),
    "geschillen": ("geschil", steps.DISPUTE),
    "aandachtspunten": ("aandachtspunt", steps.POLICY_POINT),
}
PRODUCT = "wijkverslag"
_POINTERS = ("kenmerk", "besluit", "regel", "toezegging", "geschil", "aandachtspunt", "knelpunt")


def is_account(act: Act, step: str | None, product: Json) -> bool:
    """Whether this act gives the account of the year, or decides on it."""
    return (act is Act.BESLUIT and step == steps.ACCOUNT) or (act is Act.PRODUCT and product == PRODUCT)


def owed(everywhere: Sequence[Registers]) -> Iterator[tuple[str, str, tuple[Fact, ...]]]:
    """What has to be named, row by row: the field of the account, what such a row is called, and the rows."""
    for field, (name, step) in _OWED.items():
        yield field, name, tuple(fact for kept in everywhere for fact in _rows(kept, step))


def _rows(kept: Registers, step: str | None) -> Sequence[Fact]:
    return [one.fact for one in promises(kept)] if step is None else decisions(kept, step)


def deviations_in(everywhere: Sequence[Registers]) -> tuple[tuple[str, str], ...]:
    """Each difference from a joint proposal for which a decision gave a reason, as item and field."""
    taken = (fact for kept in everywhere for fact in kept.of(Register.BESLUITEN, Act.BESLUIT))
    return tuple(dict.fromkeys(one for fact in taken for one in reasons_in(values_of(fact), fact.subject)))


def answered_for(own: Registers, elsewhere: Elsewhere) -> tuple[Registers, ...]:
    """What other dossiers hold for which the account of this one answers as well, dossier by dossier."""
    here = elsewhere.own
    if here is None:
        return ()
    known = [(one, Registers(facts, own.now)) for one, facts in elsewhere.accounted]
    given = [fact for _, kept in known for fact in _adopted(kept)]
    to_come = [one.counts_for for one, kept in known if one.may_account(own.now) and not _adopted(kept)]
    begun = (one.counts_for for one, kept in known if one.has_year(own.now) or _adopted(kept))
    first = min((here.counts_for, *begun))
    return tuple(
        _left(kept, given, _adopted(own))
        for one, kept in known
        if first <= one.counts_for <= here.counts_for
        and not any(one.counts_for <= year < here.counts_for for year in to_come)
    )


def _adopted(kept: Registers) -> tuple[Fact, ...]:
    return decisions(kept, steps.ACCOUNT)


def _left(kept: Registers, given: Sequence[Fact], own: Sequence[Fact]) -> Registers:
    """The rows that no account given elsewhere names; once the account of this dossier was adopted, those it names."""
    debts = _debts(kept)

    def is_answered(fact: Fact) -> bool:
        fields = debts.get(fact.record)
        if fields is None:
            return True
        if any(_names(account, fact, fields) for account in given):
            return False
        return not own or any(_names(account, fact, fields) for account in own)

    return Registers(filter(is_answered, kept.in_turn(Register.BESLUITEN, Register.TOEZEGGINGEN)), kept.now)


def _debts(kept: Registers) -> Mapping[str, Sequence[str]]:
    """By record, the fields in which an account names what it established; none for a difference alone."""
    found: dict[str, list[str]] = {}
    for field, _, facts in owed([kept]):
        for fact in facts:
            found.setdefault(fact.record, []).append(field)
    for fact in kept.of(Register.BESLUITEN, Act.BESLUIT):
        if reasons_in(values_of(fact), fact.subject):
            found.setdefault(fact.record, [])
    return found


def _names(account: Fact, fact: Fact, fields: Sequence[str]) -> bool:
    """Whether an adopted account, of then or later, names all that this row owes."""
    values = values_of(account)
    if fact.at > account.at or not all(names_of(fact) & named(values, field) for field in fields):
        return False
    return reasons_in(values_of(fact), fact.subject).keys() <= explained(values)


def named(values: Values, field: str) -> frozenset[str]:
    """The names in a list of texts, or of rows that each point at what they account for."""
    listed = values.get(field)
    return frozenset(name for one in (listed if isinstance(listed, list) else [listed]) for name in _said(one)) - {""}


def _said(one: Json) -> Sequence[str]:
    if isinstance(one, str):
        return [one.strip()] if is_filled(one) else []
    return [open_text(one, name) for name in _POINTERS] if isinstance(one, dict) else []


def explained(values: Values) -> frozenset[tuple[str, str]]:
    """The differences, by item and field, that an account explains."""
    rows = [row for row in open_rows(values, DIFFERENCES) if is_filled(row.get("toelichting"))]
    return frozenset((open_text(row, "onderdeel"), open_text(row, "veld")) for row in rows)
