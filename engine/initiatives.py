"""What the registers say of themes and initiatives: where they come from, whether they are admitted, whose they are.

A theme of the agenda: a row of `onderdelen` in the decision D03: `{"onderdeel", "velden": {"thema", "prioriteit"},
"herkomst" or "nieuw_feit", ...}`. An initiative is a subject: admitted in D05, granted in D07, adopted as an item of
D09, planned in D10. What a row points at is named by digest or `kenmerk`; a name that two rows bear points at neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from engine import steps
from engine.differences import Item, items_of
from engine.registers import Registers, act_of, decisions, names_of
from engine.roles import values_of
from engine.submission import is_filled, open_rows, open_text
from engine.terms import Act, Fact, Json, Register, Values

TESTS = "toets_per_regel"  # the answer to each of the city's own rules for a contribution

ADMITTED, REJECTED = "toegelaten", "afgewezen"
EFFECTS = ("beoogd_effect", "wat_heeft_de_burger_hieraan")
_SOURCES = {
    (Register.INBRENG, Act.INBRENG),
    (Register.ADVIEZEN, Act.ADVIES),
    (Register.PRODUCTEN, Act.PRODUCT),
    (Register.BIJEENKOMSTEN, Act.BIJEENKOMST),
    (Register.VOORSTELLEN, Act.VOORSTEL),
}
_PARTS = ("conclusies", "bevindingen", "signalen", "probleemagenda")


def findings_known(registers: Registers) -> frozenset[str]:
    """The names under which one finding or signal of the dossier is known: a row, or a part of it with a `kenmerk`."""
    borne: Counter[str] = Counter()
    sources = [fact for register, act in _SOURCES for fact in registers.of(register, act)]
    for fact in (*sources, *decisions(registers, steps.ANALYSIS)):
        own = names_of(fact)
        borne.update(own | (_parts_of(values_of(fact)) - own))
    return frozenset(name for name, times in borne.items() if times == 1)


def _parts_of(values: Values) -> frozenset[str]:
    parts = (part for name in _PARTS for part in open_rows(values, name))
    return frozenset(open_text(part, "kenmerk") for part in parts) - {""}


def names_in(value: Json) -> tuple[str, ...]:
    """The names that somebody lists: a list of texts, or one text with commas; anything else names nothing."""
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if is_filled(name))
    if isinstance(value, list):
        return tuple(name.strip() if isinstance(name, str) else "" for name in value)
    return ()


def themes(registers: Registers) -> Mapping[str, str]:
    """The themes of the adopted agenda, by code; none as long as the dossier has no decision D03."""
    taken = decisions(registers, steps.AGENDA)
    found = items_of(values_of(taken[-1]), steps.AGENDA) if taken else ()
    return {item.name: open_text(item.fields, "thema") for item in found}


def admission(registers: Registers, subject: str) -> Fact | None:
    """The last decision on whether this initiative is admitted."""
    taken = decisions(registers, steps.ADMISSION, subject)
    return taken[-1] if taken else None


def is_admitted(fact: Fact | None) -> bool:
    """Whether this decision admits."""
    return fact is not None and values_of(fact).get("besluit") == ADMITTED


def programme(registers: Registers) -> tuple[str, ...]:
    """Every initiative of the adopted programme, also when a later version left it out."""
    taken = decisions(registers, steps.PROGRAMME)
    return tuple(dict.fromkeys(item.name for fact in taken for item in items_of(values_of(fact), steps.GRANT)))


def said_of(registers: Registers, item: Item) -> Iterator[Values]:
    """What was said of an initiative: in its item, when its money was granted and when it was admitted."""
    yield item.fields
    yield item.said
    for step in (steps.GRANT, steps.ADMISSION):
        yield from (values_of(fact) for fact in reversed(decisions(registers, step, item.name)))


def admitted_subjects(registers: Registers) -> tuple[str, ...]:
    """The initiatives whose last decision D05 admits them."""
    found = dict.fromkeys(fact.subject for fact in decisions(registers, steps.ADMISSION))
    return tuple(subject for subject in found if is_admitted(admission(registers, subject)))


def contributions_named(registers: Registers, names: frozenset[str]) -> tuple[Fact, ...]:
    """The contributions that bear one of these names."""
    given = registers.all(Register.INBRENG)
    return tuple(fact for fact in given if act_of(fact) == Act.INBRENG and names_of(fact) & names)
