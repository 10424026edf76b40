"""The other dossiers of a wijk: which of them an act in this one has to do with, and what of them.

A dossier counts for its programme year, and without one for the calendar year in which it began. Initiatives are named
anew each year, so two year cases of different years do not concern each other. The year of a loose dossier is what
somebody typed: it concerns every dossier that holds at the same time, whatever year either of them names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.binding import is_judgement
from engine.registers import WHOLE, act_of
from engine.submission import day_of
from engine.terms import Act, Fact, Register

# From these is worked out what the participants decide, or decided.
BINDING = frozenset({Register.KADERS, Register.BESLUITEN, Register.STEMMINGEN, Register.ADVIEZEN})
# These bind in every dossier of the wijk: what was left to the participants, what was promised and consented to.
BINDING_ELSEWHERE = BINDING | {Register.TOEZEGGINGEN, Register.INSTEMMINGEN}
_WHOLLY_BINDING = BINDING_ELSEWHERE - {Register.KADERS, Register.ADVIEZEN}
_ACCOUNTED = frozenset({Register.BESLUITEN, Register.TOEZEGGINGEN})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A dossier as the others of its wijk see it; `is_year_case` when its first case is the one of a whole year."""

    id: str
    process: str
    year: int | None
    began: datetime
    ended: datetime | None
    is_year_case: bool = False

    @property
    def counts_for(self) -> int:
        """The year to which it belongs."""
        return day_of(self.began).year if self.year is None else self.year

    def holds_after(self, moment: datetime) -> bool:
        """Whether it had not ended by then, or what it established still held in its year."""
        return self.ended is None or self.ended >= moment or self.counts_for >= day_of(moment).year

    def binds_in(self, own: Neighbour) -> bool:
        """Whether what was bound, promised or decided here holds in that dossier as well."""
        if self.counts_for == own.counts_for:
            return True
        return not (self.is_year_case and own.is_year_case) and self.holds_after(own.began)

    def concerns_account_of(self, own: Neighbour) -> bool:
        """Whether the account of that dossier has to do with this one, or with an account of this one (INV-31)."""
        return self.is_year_case or self.counts_for <= own.counts_for

    def has_year(self, moment: datetime) -> bool:
        """Whether it is the case of a year, and had begun by then."""
        return self.is_year_case and self.began <= moment

    def may_account(self, moment: datetime) -> bool:
        """Whether it is the case of a year that ran then, so that an account of it may still come."""
        return self.has_year(moment) and (self.ended is None or self.ended > moment)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the others hold for an act in `own`: `binding` for all of them together, `accounted` by dossier.

    `engine.accounting` says what of the latter an account answers for.
    """

    binding: tuple[Fact, ...] = ()
    accounted: tuple[tuple[Neighbour, tuple[Fact, ...]], ...] = ()
    own: Neighbour | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them."""
        return (*self.binding, *(fact for _, facts in self.accounted for fact in facts))

    def of(self, is_known: Callable[[Fact], bool]) -> Elsewhere:
        """The same with only the rows that are known."""
        accounted = tuple((one, tuple(filter(is_known, facts))) for one, facts in self.accounted)
        return Elsewhere(tuple(filter(is_known, self.binding)), accounted, self.own)


NOTHING = Elsewhere()


def seen_from(own: Neighbour, others: Iterable[tuple[Neighbour, Sequence[Fact]]]) -> Elsewhere:
    """What these dossiers hold for an act in `own`.

    What concerns a dossier as a whole (subject `*`) binds only in a dossier of the same process.
    """
    binding: list[Fact] = []
    accounted: list[tuple[Neighbour, tuple[Fact, ...]]] = []
    for other, facts in others:
        if other.binds_in(own):
            is_same = other.process == own.process
            binding += bindings_in([fact for fact in facts if is_same or fact.subject != WHOLE])
        if other.concerns_account_of(own):
            accounted.append((other, tuple(fact for fact in facts if fact.register in _ACCOUNTED)))
    return Elsewhere(tuple(binding), tuple(accounted), own)


def bindings_in(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """What binds among these facts: self-bindings, ballots, decisions, judgements, commitments and consents."""
    return tuple(
        fact
        for fact in facts
        if fact.register in _WHOLLY_BINDING
        or (fact.register is Register.KADERS and act_of(fact) == Act.ZELFBINDING)
        or is_judgement(fact)
    )
