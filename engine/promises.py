"""Commitments as the registers hold them: who promised what, every date that it had, whether it was kept or missed.

A row: `{"soort": toezegging|nieuwe_datum|nagekomen, ...}`. A promise: `partij`, `prestatie`, `datum`, `aanspreekpunt`.
A new date: `toezegging` (digest or `kenmerk`), `datum`, `reden`. A promise kept: `toezegging`, `bewijs`.
Nothing takes a promise away: a new date stands beside the old one, and a missed day stays missed (INV-33).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.errors import ValuesUnreadable
from engine.registers import Registers, names_of, row_named
from engine.roles import values_of
from engine.submission import end_of, text
from engine.terms import Act, Fact, Json, Register

MADE, MOVED, KEPT = "toezegging", "nieuwe_datum", "nagekomen"
SORTS = (MADE, MOVED, KEPT)


class State(StrEnum):
    """How a promise stands at a moment."""

    OPEN = "open"
    MISSED = "gemist"
    KEPT = "nagekomen"
    KEPT_LATE = "te_laat_nagekomen"


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment: the row that made it, the rows that moved its date, and the one that says that it was kept."""

    fact: Fact
    moves: tuple[Fact, ...] = ()
    kept: Fact | None = None

    @property
    def party(self) -> str:
        """Who promised: a role, or the group of a subject."""
        return text(values_of(self.fact), "partij")

    @property
    def about(self) -> frozenset[str]:
        """The subjects that it concerns: that of its task, and the one that it names."""
        return frozenset({self.fact.subject, text(values_of(self.fact), "onderwerp")}) - {""}

    @property
    def dates(self) -> tuple[str, ...]:
        """Every date that was promised, the first one first."""
        return tuple(text(values_of(row), "datum") for row in (self.fact, *self.moves))

    @property
    def ends(self) -> datetime:
        """The first instant after the day by which it is due now."""
        return end_of(self.dates[-1])

    @property
    def names(self) -> frozenset[str]:
        """How people may point at it."""
        return names_of(self.fact)

    @property
    def last_said(self) -> datetime:
        """When its date was last set."""
        return (self.moves[-1] if self.moves else self.fact).at

    def missed_days(self, now: datetime) -> tuple[str, ...]:
        """Each promised date that passed before it was moved or kept: it stays visible, whatever came later."""
        found = []
        ended = [*(row.at for row in self.moves), self.kept.at if self.kept else now]
        for day, until in zip(self.dates, ended, strict=True):
            if min(until, now) >= end_of(day):
                found.append(day)
        return tuple(found)

    def state(self, now: datetime) -> State:
        """How it stands now."""
        if self.kept is not None:
            return State.KEPT_LATE if self.kept.at >= self.ends else State.KEPT
        return State.MISSED if now >= self.ends else State.OPEN


def promises(registers: Registers) -> tuple[Promise, ...]:
    """Every commitment of the dossier, in the order in which they were made."""
    rows = registers.of(Register.TOEZEGGINGEN, Act.TOEZEGGING)
    made = [fact for fact in rows if sort_of(values_of(fact).get("soort")) == MADE]
    found = []
    for fact in made:
        mine = [row for row in rows if _points_at(row, fact, made)]
        moves = tuple(row for row in mine if values_of(row).get("soort") == MOVED)
        kept = next((row for row in mine if values_of(row).get("soort") == KEPT), None)
        found.append(Promise(fact, moves, kept))
    return tuple(found)


def _points_at(row: Fact, fact: Fact, made: list[Fact]) -> bool:
    return row_named(made, text(values_of(row), "toezegging")) is fact and values_of(row).get("soort") in (MOVED, KEPT)


def sort_of(said: Json) -> str:
    """What a row or submission is: a promise unless it says otherwise; raises ValuesUnreadable for an unknown word."""
    if said in (None, ""):
        return MADE
    if not isinstance(said, str) or said not in SORTS:
        raise ValuesUnreadable(f"soort van een toezegging: een van {', '.join(SORTS)}")
    return said


def promise_named(registers: Registers, name: str) -> Promise | None:
    """The one commitment at which this digest or `kenmerk` points; None when it points at none or at several."""
    found = [one for one in promises(registers) if name in one.names]
    return found[0] if len(found) == 1 else None


def missed(registers: Registers, now: datetime) -> tuple[Promise, ...]:
    """The commitments whose day has passed without their being kept (INV-33)."""
    return tuple(one for one in promises(registers) if one.state(now) is State.MISSED)
