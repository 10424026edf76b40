"""Meetings as the registers hold them: who came, which groups were missing, and what was done about it.

A row: `{"soort": aankondiging|verslag, "titel", "datum", "plaats", "openbaar", "reden_besloten", "doelgroep",
"opkomst": [{"groep", "aantal"}], "ontbrekende_groepen", "actie", "betreft"}`; `betreft` points at an earlier row.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.participation import steps_heard
from engine.registers import Registers, overlaps, row_named
from engine.roles import values_of
from engine.submission import cents, folded, is_filled, rows, text, texts
from engine.terms import Act, Fact, Register, Values

ANNOUNCED, REPORTED = "aankondiging", "verslag"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who came: how many, the share of the largest group in whole percents, and the groups of which nobody came."""

    total: int
    largest_share: int
    missing: tuple[str, ...]


def attendance(values: Values) -> Attendance:
    """The attendance that a report holds; raises ValuesUnreadable when it counts otherwise than in whole numbers."""
    counted: dict[str, int] = {}
    for row in rows(values, "opkomst"):
        counted[text(row, "groep")] = counted.get(text(row, "groep"), 0) + (cents(row, "aantal") or 0)
    total = sum(counted.values())
    largest = max(counted.values(), default=0)
    absent = [name for name, number in counted.items() if number == 0]
    known = {folded(name) for name in counted}
    absent += [name for name in texts(values, "ontbrekende_groepen") if folded(name) not in known]
    return Attendance(total, -(-100 * largest // total) if total else 0, tuple(dict.fromkeys(absent)))


def of_sort(registers: Registers, sort: str) -> tuple[Fact, ...]:
    """The announcements, or the reports."""
    found = registers.of(Register.BIJEENKOMSTEN, Act.BIJEENKOMST)
    return tuple(fact for fact in found if text(values_of(fact), "soort") == sort)


def reports_on(registers: Registers, step: str, subject: str) -> tuple[Fact, ...]:
    """The reports of meetings that concern a decision."""
    found = of_sort(registers, REPORTED)
    return tuple(one for one in found if one.step in steps_heard(step) and overlaps(one.subject, subject))


def has_action(registers: Registers, report: Fact) -> bool:
    """Whether something was done about who was missing: said in the report, or in a later row that points at it."""
    if is_filled(values_of(report).get("actie")):
        return True
    found = registers.of(Register.BIJEENKOMSTEN, Act.BIJEENKOMST)
    return any(
        row_named(found, text(values_of(one), "betreft")) is report and is_filled(values_of(one).get("actie"))
        for one in found
        if one is not report and one.at >= report.at
    )
