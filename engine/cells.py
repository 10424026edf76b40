"""One allowed cell of the rights table: a decision step at a rung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.bodies import Body
from engine.terms import Rung


@dataclass(frozen=True, slots=True)
class Cell:
    """Who decides and advises a step at a rung, what must be there with the decision and what is owed afterwards.

    `ceiling` is in whole cents and only there for `laag:DT05`; `since` and `until` are both inclusive.
    """

    step: str
    name: str
    rung: Rung
    is_default: bool
    decides: Body
    advises: Body | None
    informs: tuple[str, ...]
    is_mandatable: bool
    ceiling: int | None
    demands: tuple[str, ...]
    owes: tuple[str, ...]
    since: date
    until: date
    line: int

    @property
    def id(self) -> str:
        """The rule id under which it is cited, such as `D09/raadplegen`."""
        return f"{self.step}/{self.rung}"

    def holds(self, on: date) -> bool:
        """Whether the cell holds on that day."""
        return self.since <= on <= self.until
