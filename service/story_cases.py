"""A case of a story that is told on the engine alone: how it stands, and what the other dossiers of its wijk hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine import elsewhere
from engine.acts import Standing
from engine.definition import Definition
from engine.elsewhere import Elsewhere, Neighbour
from engine.question import CaseFacts
from engine.roles import Scope
from engine.terms import Fact
from engine.trail.record import Head


@dataclass(slots=True)
class Running:
    """A case of the story: its snapshot, the end of its chain, and who has which task."""

    id: str
    process: str
    dossier: str
    wijk: str
    year: int
    group: str | None
    state: str
    head: Head
    began: datetime
    ended_at: datetime | None = None
    assignees: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether it came to its end."""
        return self.ended_at is not None

    def is_at(self, wijk: str, year: int | None) -> bool:
        """Whether it is of this wijk, and of this year when one is named."""
        return self.wijk == wijk and year in (None, self.year)


def standing_of(definition: Definition, running: Running, assignee: str | None) -> Standing:
    """Where an act in this case is asked, by whoever has the task."""
    scope = Scope(gemeente="", wijk=running.wijk, group=running.group)
    lanes = definition.seen_by(running.process)
    return Standing(definition, scope, CaseFacts(running.id, running.dossier, assignee=assignee, lanes=lanes))


def elsewhere_of(
    definition: Definition, running: Running, cases: Iterable[Running], facts: Mapping[str, Sequence[Fact]]
) -> Elsewhere:
    """What the other dossiers of its wijk hold for an act in this case."""
    dossiers = {
        one.id: _neighbour(definition, one) for one in cases if one.id == one.dossier and one.wijk == running.wijk
    }
    own = dossiers.pop(running.dossier)
    return elsewhere.seen_from(own, ((one, facts.get(one.id, ())) for one in dossiers.values()))


def _neighbour(definition: Definition, one: Running) -> Neighbour:
    is_year_case = definition.processes[one.process].year is not None
    return Neighbour(one.id, one.process, one.year, one.began, one.ended_at, is_year_case)
