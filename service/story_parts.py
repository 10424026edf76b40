"""What a story consists of: persons with what they may do, and steps with what must come of them; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.terms import Action, Json


@dataclass(frozen=True, slots=True)
class Membership:
    """A role given to a person of the story: city-wide, in a wijk, or in a group of the story's wijk, for a time."""

    role: str
    reach: str
    wijk: str | None
    group: str | None
    since: str | None = None
    until: str | None = None

    @property
    def place(self) -> dict[str, Json]:
        """The role as it is given: where it holds, and from and until which day."""
        held: dict[str, Json] = {"rol": self.role, "bereik": self.reach, "wijk": self.wijk, "groep": self.group}
        return held | {"van": self.since, "tot": self.until}


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate that a person of the story (`given_by`) gave before it began; `ceiling` in cents."""

    organ: str
    steps: tuple[str, ...]
    subject: str | None
    ceiling: int | None
    since: str
    until: str
    given_by: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the story, under a key that the steps use; `replaces` are the keys of those substituted for."""

    key: str
    name: str
    is_resident: bool
    memberships: tuple[Membership, ...]
    mandates: tuple[Mandate, ...]
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a step; None is not looked at.

    `opened` and `closed` are element ids, each as often as it occurs; `refused` a rule id, `faults` the wrong fields.
    """

    opened: tuple[str, ...] | None = None
    closed: tuple[str, ...] | None = None
    product: str | None = None
    refused: str | None = None
    ended: bool | None = None
    rung: str | None = None
    faults: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that somebody begins: in the dossier of the story, or (`is_apart`) as a dossier of its own in its wijk.

    `wijk` is another than the story's: the case joins the dossier of that wijk and year, or is its first.
    """

    process: str
    group: str | None
    year: int | None
    is_apart: bool
    wijk: str | None = None


@dataclass(frozen=True, slots=True)
class Votes:
    """How the electorate votes in the ballot that is open: so many for each choice, of which `paper` on paper."""

    numbers: Mapping[str, int]
    paper: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a task (`element`; its `subject`, the `year` of its case or its `place` among those, the oldest first,
    when several are open), an attempt, a message, a case that somebody begins, votes in a ballot, or time passing.

    `wijk` is where the task, attempt or new case is; None is the wijk of the story.
    """

    number: str
    at: datetime
    who: str | None
    action: Action = Action.COMPLETE
    element: str | None = None
    subject: str | None = None
    year: int | None = None
    wijk: str | None = None
    place: int | None = None
    to: str | None = None
    attempt: Mapping[str, Json] | None = None
    message: Mapping[str, Json] | None = None
    case: NewCase | None = None
    votes: Votes | None = None
    values: Mapping[str, Json] = field(default_factory=dict)
    motivation: str | None = None
    expected: Expected = field(default_factory=Expected)


@dataclass(frozen=True, slots=True)
class Story:
    """A story whose form is right; whether it comes true is shown by telling it."""

    file: str
    name: str
    process: str
    wijk: str
    year: int
    group: str | None
    begin: datetime
    starter: str
    persons: Mapping[str, Person]
    steps: tuple[Step, ...]
