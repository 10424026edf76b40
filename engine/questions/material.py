"""What a question is answered from: records of the log and nothing else, with what the cases of a wijk and year are.

Registers are worked out here from the records themselves, so that an answer does not rest on any copy beside the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from engine.decisions import Table
from engine.registers import Registers, facts_of, moment
from engine.terms import Fact, Json, Values
from engine.trail.kinds import Kind, sentence
from engine.trail.record import ORGANISATION, digest_of

Row = dict[str, Json]
"""One line of an answer, by column; `regel` is the record from which it comes."""

FRAMES = frozenset({Kind.FRAME_SET, Kind.SELF_BOUND})
DECISIONS = frozenset({Kind.DECISION_TAKEN, Kind.RATIFIED})
BALLOTS = frozenset({Kind.BALLOT_HELD, Kind.BALLOT_COUNTED})
COLLECTED = frozenset({Kind.CONTRIBUTION_RECEIVED})  # what a collecting task took in, of whatever act
HEARD = COLLECTED | {Kind.INPUT_REGISTERED, Kind.ADVICE_GIVEN}
PROMISES = frozenset({Kind.COMMITMENT_MADE, Kind.COMMITMENT_MOVED, Kind.COMMITMENT_KEPT})
PUBLIC = frozenset({Kind.PUBLISHED})
PRODUCTS = frozenset({Kind.PRODUCT_DELIVERED})
MONEY = COLLECTED | DECISIONS | BALLOTS | FRAMES | {Kind.BOOKED}
CONSENTS = frozenset({Kind.CONSENT_GIVEN, Kind.CONSENT_WITHHELD})
REFUSED = frozenset(kind for kind in Kind if kind.is_refusal)
EVERYTHING = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it was found: believed in nothing, so an unreadable body is an empty one and not an error."""

    digest: str
    chain: str
    seq: int
    kind: str
    at: datetime
    text: str
    body: Values

    @classmethod
    def read(cls, digest: str, chain: str, seq: int, kind: str, at: datetime, text: str) -> Entry:
        """The record of a stored row."""
        try:
            body = json.loads(text)
        except ValueError:
            body = {}
        return cls(digest, chain, seq, kind, at, text, body if isinstance(body, dict) else {})

    @property
    def is_sound(self) -> bool:
        """Whether the body is the one that was hashed, and the columns beside it say the same."""
        said = (self.body.get("case"), self.body.get("seq"), self.body.get("kind"))
        return digest_of(self.text) == self.digest and said == (self.chain, self.seq, self.kind)

    def part(self, name: str) -> Mapping[str, Json]:
        """The object under a name; empty where there is none."""
        value = self.body.get(name)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case: what it is of, under which version, and from when to when."""

    id: str
    process: str
    dossier: str
    wijk: str
    year: int | None
    status: str
    version: str
    seq: int
    head: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task that a case opened: a record names it by its id, and whose it is stands here."""

    id: str
    case: str
    element: str
    group: str | None
    step: str | None
    subject: str
    status: str
    due: datetime | None


@dataclass(frozen=True)
class Dossier:
    """The cases that share registers, with their records of the kinds asked for."""

    id: str
    cases: tuple[CaseLine, ...]
    entries: tuple[Entry, ...]
    now: datetime

    @cached_property
    def registers(self) -> Registers:
        """The registers as these records establish them, in the order of time."""
        found = (fact for one in self.entries for fact in projected(one))
        return Registers(sorted(found, key=lambda fact: fact.at), self.now)

    @property
    def root(self) -> CaseLine:
        """The case after which the dossier is named; the oldest one where that is missing."""
        return next((one for one in self.cases if one.id == self.id), self.cases[0])


@dataclass(frozen=True, slots=True)
class Material:
    """All that one question may look at; `organisation` holds the records of no case.

    What is not what was hashed is left out, but for the question whether the log is whole; `unsound` says how many.
    `heads` are the ends of the chains as they are kept; `values` says of each sealed value that still exists in
    which compartment it lies; `retention` is the city's table of how long what is kept, and `manifests` holds of each
    version of the process models its files with their SHA-256.
    """

    now: datetime
    dossiers: tuple[Dossier, ...]
    organisation: tuple[Entry, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    heads: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    unsound: int = 0
    retention: Table | None = None
    manifests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def entries(self) -> Iterator[Entry]:
        """The records of all dossiers, and then those of the organisation."""
        for one in self.dossiers:
            yield from one.entries
        yield from self.organisation

    @property
    def cases(self) -> Iterator[CaseLine]:
        """Every case."""
        for one in self.dossiers:
            yield from one.cases

    def of(self, kinds: Collection[str]) -> Iterator[Entry]:
        """The records of these kinds."""
        return (one for one in self.entries if one.kind in kinds)

    def meanwhile(self, kinds: Collection[str]) -> Iterator[Entry]:
        """The same, and of what happened in no case only what happened while these cases ran."""
        since = min((one.started_at for one in self.cases), default=self.now)
        until = max((one.ended_at or self.now for one in self.cases), default=self.now)
        for one in self.of(kinds):
            if one.chain != ORGANISATION or since <= one.at <= until:
                yield one

    def given(self) -> tuple[Fact, ...]:
        """The roles, mandates, substitutions and process models of the organisation."""
        return tuple(fact for one in self.organisation for fact in projected(one))


Answers = Callable[[Material], Iterable[Row]]


def projected(entry: Entry) -> tuple[Fact, ...]:
    """The register rows of one record; none of a body that cannot be read."""
    try:
        return facts_of(entry.body, entry.digest)
    except (KeyError, TypeError, ValueError):
        return ()


def line(fact: Fact, **more: Json) -> Row:
    """The row of an answer that comes from one register row: where it is from, and what more is said of it."""
    found: Row = {
        "op": moment(fact.at),
        "zaak": fact.body.get("zaak"),
        "stap": fact.step,
        "onderwerp": fact.subject,
        "rol": fact.body.get("rol"),
    }
    return {**found, **more, "regel": fact.record}


def recorded(entry: Entry, **more: Json) -> Row:
    """The row of an answer that comes from one record; what no task was open for says itself what it is about."""
    asked = entry.part("values")
    found: Row = {
        "op": moment(entry.at),
        "zaak": entry.chain,
        "stap": entry.body.get("step") or asked.get("stap"),
        "onderwerp": entry.body.get("subject") or asked.get("onderwerp"),
        "rol": entry.part("actor").get("role"),
    }
    return {**found, **more, "regel": entry.digest}


def sentence_of(entry: Entry) -> str:
    """What a record says in Dutch; "" when it is of no kind that there is."""
    return sentence(entry.body) if entry.body.get("kind") in EVERYTHING else ""


def days(since: datetime, until: datetime) -> int:
    """Whole days between two moments."""
    return max(0, (until - since).days)
