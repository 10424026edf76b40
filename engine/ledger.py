"""The ledger (*grootboek*): what each post of a dossier may spend, and did; worked out from the rows, never stored.

A booking: `{"soort", "post", "bedrag", "besluit", "kenmerk", "naar"?, "posten"?: [{"post", "bedrag"}]}`, whole cents.
The budget is booked on budget posts. The post `initiatieven` is divided over the initiatives by the spending proposal
of the wijkprogramma; `knelpunten` is spent on one decision for each bottleneck. Room = allotted + shifted - spent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine import steps
from engine.binding import outcome_of
from engine.differences import amount_of
from engine.errors import ValuesUnreadable
from engine.registers import Registers, decisions, is_taken, names_of
from engine.roles import values_of
from engine.submission import folded, open_rows, open_text, whole
from engine.terms import Act, Fact, Json, Register, Rung, Values

INITIATIVES, BOTTLENECKS = "initiatieven", "knelpunten"
OUTCOMES = (Register.BESLUITEN, Register.STEMMINGEN)  # where what participants decided may stand
REGISTERS = frozenset(
    {Register.GROOTBOEK, *OUTCOMES, Register.KADERS, Register.ADVIEZEN}
)  # all that the ledger is worked out from


class Sort(StrEnum):
    """The sorts of booking; nothing is edited, so a mistake is put right by a release (*vrijval*)."""

    BUDGET = "budget"
    RESERVE = "reservering"
    SPEND = "uitgave"
    SHIFT = "verschuiving"
    RELEASE = "vrijval"


class State(StrEnum):
    """How far an initiative is, as far as its money is concerned: what is over stays with one that goes on."""

    RUNS = "loopt"
    POSTPONED = "uitgesteld"
    STOPPED = "gestopt"
    READY = "gereed"


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it stands, in cents; `state` is None for a budget post, whose `allotted` is not yet divided."""

    name: str
    budget: int
    allotted: int
    shifted: int
    reserved: int
    spent: int
    state: State | None

    @property
    def room(self) -> int:
        """What may still be spent."""
        return self.allotted + self.shifted - self.spent

    @property
    def unreserved(self) -> int:
        """What may still be spent, reserved or shifted without taking a reservation."""
        return self.room - self.reserved

    @property
    def tied(self) -> int:
        """What stays with the post: all room of an initiative that goes on, else what is reserved."""
        return self.room if self.state in (State.RUNS, State.POSTPONED) else self.reserved

    @property
    def free(self) -> int:
        """What is left and stays with nothing."""
        return self.room - self.tied


@dataclass(frozen=True, slots=True)
class Ledger:
    """The posts by folded name; what is left of each booking (record, post); what each bottleneck decision commits.

    Reservations stand by post and cover: the bottleneck decision on which a booking rests, "" on other posts.
    """

    posts: Mapping[str, Post]
    open: Mapping[tuple[str, str], int]
    reserved: Mapping[tuple[str, str], int]
    covers: Mapping[str, str]
    committed: Mapping[str, int]

    def post(self, name: str) -> Post | None:
        """The post of this name, however it is spelled."""
        return self.posts.get(folded(name))

    @property
    def budget(self) -> int:
        """The whole budget of the dossier."""
        return sum(post.budget for post in self.posts.values())

    @property
    def spent(self) -> int:
        """All that was spent."""
        return sum(post.spent for post in self.posts.values())

    @property
    def left(self) -> int:
        """What is not spent."""
        return self.budget - self.spent

    @property
    def free(self) -> int:
        """What is not spent and stays with nothing."""
        return self.left - self.tied

    @property
    def tied(self) -> int:
        """What is not spent and stays where it is."""
        return sum(post.tied for post in self.posts.values())

    @property
    def uncommitted(self) -> int:
        """What is left for new bottlenecks: the room of their post, less what was decided and is not spent."""
        post = self.posts.get(BOTTLENECKS)
        return (post.room if post else 0) - sum(self.committed.values())


def positive(values: Values, name: str) -> int | None:
    """A positive amount in whole cents, None for anything else."""
    value = whole(values, name)
    return value if value is not None and value > 0 else None


def parts(values: Values, name: str) -> tuple[tuple[str, int], ...]:
    """The rows `{"post", "bedrag"}` under `name` that say both, in their order."""
    said = [(open_text(row, "post"), positive(row, "bedrag")) for row in open_rows(values, name)]
    return tuple((post, amount) for post, amount in said if folded(post) and amount is not None)


def budgeted(values: Values) -> tuple[tuple[str, int], ...]:
    """The posts and amounts of a budget booking: its rows `posten`, or itself."""
    amount = positive(values, "bedrag")
    itself = ((open_text(values, "post"), amount),) if amount is not None and folded(open_text(values, "post")) else ()
    return parts(values, "posten") or itself


def sort_in(values: Values) -> Sort | None:
    """The sort of a booking, None for anything that is not exactly one."""
    said = values.get("soort")
    return Sort(said) if isinstance(said, str) and said in set(Sort) else None


def sort_of(fact: Fact) -> Sort | None:
    """The sort of a booking made."""
    return sort_in(values_of(fact))


def programme_of(registers: Registers) -> Fact | None:
    """The wijkprogramma that stands: the last decision that adopted one."""
    return next(reversed(decisions(registers, steps.PROGRAMME)), None)


def decided_amount(fact: Fact) -> int:
    """The amount that a decision names, 0 when it names none."""
    try:
        return amount_of(values_of(fact)) or 0
    except ValuesUnreadable:
        return 0


@dataclass(slots=True)
class _Books:
    """The bookings so far, by folded name of their post."""

    names: dict[str, str] = field(default_factory=dict)
    budget: Counter[str] = field(default_factory=Counter)
    shifted: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)
    reserved: Counter[tuple[str, str]] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)  # spent or released, by bottleneck decision
    covers: dict[str, str] = field(default_factory=dict)
    open: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: dict[str, Fact] = field(default_factory=dict)  # the first booking that bears a name
    bottlenecks: dict[str, Fact] = field(default_factory=dict)  # the first such decision that bears a name

    def book(self, fact: Fact) -> None:
        """Take up one booking."""
        values, sort = values_of(fact), sort_of(fact)
        for name in names_of(fact):
            self.known.setdefault(name, fact)
        if sort is Sort.BUDGET:
            for post, amount in budgeted(values):
                self._put(self.budget, post, amount)
                self.open[fact.record, folded(post)] += amount
            return
        post, amount = open_text(values, "post"), positive(values, "bedrag") or 0
        if sort is Sort.SHIFT:
            self._put(self.shifted, post, -amount)
            self._put(self.shifted, open_text(values, "naar"), amount)
        elif sort is Sort.RELEASE:
            self._release(values, folded(post), amount)
        elif sort is not None:
            self._take(fact, sort, post, amount)

    def _put(self, where: Counter[str], post: str, amount: int) -> None:
        self.names.setdefault(folded(post), post)
        where[folded(post)] += amount

    def cover(self, values: Values, post: str) -> str:
        """The record of the bottleneck decision that a booking on this post rests on, "" on other posts."""
        found = self.bottlenecks.get(open_text(values, "besluit")) if post == BOTTLENECKS else None
        return found.record if found else ""

    def _take(self, fact: Fact, sort: Sort, post: str, amount: int) -> None:
        place = folded(post), self.cover(values_of(fact), folded(post))
        self.covers[fact.record] = place[1]
        self.open[fact.record, place[0]] += amount
        if sort is Sort.RESERVE:
            self.reserved[place] += amount
            return
        self._put(self.spent, post, amount)
        self.reserved[place] -= min(amount, self.reserved[place])
        self.used[place[1]] += amount

    def _release(self, values: Values, post: str, amount: int) -> None:
        target = self.known.get(open_text(values, "besluit"))
        if target is None or sort_of(target) in (Sort.SHIFT, Sort.RELEASE):
            self.used[self.cover(values, post)] += amount
            return
        self.open[target.record, post] -= amount
        place = post, self.covers.get(target.record, "")
        if sort_of(target) is Sort.BUDGET:
            self.budget[post] -= amount
        elif sort_of(target) is Sort.RESERVE:
            self.reserved[place] -= amount
        else:
            self.spent[post] -= amount
            self.used[place[1]] -= amount


def ledger_of(registers: Registers, programme: Values | None = None) -> Ledger:
    """The ledger as it stands; with `programme` as it would stand under that spending proposal."""
    books = _Books()
    for decision in decisions(registers, steps.QUICK_ACTION):
        for name in names_of(decision):
            books.bottlenecks.setdefault(name, decision)
    for fact in registers.of(Register.GROOTBOEK, Act.BOEKING):
        books.book(fact)
    allotted = _allotted(registers, books, programme)
    states = _states(registers)
    divided, found = sum(allotted.values()), {}
    for post, name in books.names.items():
        is_own = post in books.budget
        given = books.budget[post] - (divided if post == INITIATIVES else 0) if is_own else allotted.get(post, 0)
        reserved = sum(amount for (where, _), amount in books.reserved.items() if where == post)
        state = None if is_own else states.get(post, State.RUNS)
        found[post] = Post(
            name, books.budget[post], given, books.shifted[post], reserved, books.spent[post], state
        )  # fmt: skip
    committed = {
        one.record: max(0, decided_amount(one) - books.used[one.record])
        for one in decisions(registers, steps.QUICK_ACTION)
    }
    return Ledger(found, books.open, books.reserved, books.covers, committed)


def _allotted(registers: Registers, books: _Books, programme: Values | None) -> dict[str, int]:
    """What the programme gives to each initiative, at most what a later decision on its contribution says."""
    standing, found = programme_of(registers), dict[str, int]()
    values = programme if programme is not None else values_of(standing) if standing else {}
    for post, amount in parts(values, "bestedingsvoorstel"):
        if folded(post) not in books.budget:
            books.names.setdefault(folded(post), post)
            found[folded(post)] = found.get(folded(post), 0) + amount
    if programme is not None or standing is None:
        return found
    for subject, amount in _contributions(registers, standing):
        if folded(subject) in found and amount:
            found[folded(subject)] = min(found[folded(subject)], amount)
    return found


def _contributions(registers: Registers, standing: Fact) -> Iterator[tuple[str, int]]:
    """What decisions after the programme give to an initiative, and what its participants decided, whenever."""
    taken = registers.of(Register.BESLUITEN, Act.BESLUIT)
    for fact in taken[taken.index(standing) :]:
        if fact.step == steps.GRANT and fact.body.get("trede") != Rung.MEEBESLISSEN and is_taken(fact):
            yield fact.subject, decided_amount(fact)
    for subject in {fact.subject for register in OUTCOMES for fact in registers.all(register)}:
        if outcome := outcome_of(registers, steps.GRANT, subject):
            yield subject, decided_amount(outcome)


def _states(registers: Registers) -> dict[str, State]:
    """How far each initiative is, by its folded code: from its last result or change."""
    found: dict[str, State] = {}
    for fact in registers.of(Register.BESLUITEN, Act.BESLUIT):
        said = values_of(fact).get("besluit")
        if fact.step == steps.RESULT and is_taken(fact):
            found[folded(fact.subject)] = State.READY
        elif fact.step == steps.CHANGE and said in (State.STOPPED, State.POSTPONED):
            found[folded(fact.subject)] = State(str(said))
    return found


def figures(ledger: Ledger) -> dict[str, Json]:
    """The totals of the *jaarrekening*: budget, spent, left, of which tied, of which free."""
    return {
        "budget": ledger.budget,
        "uitgegeven": ledger.spent,
        "over": ledger.left,
        "gebonden": ledger.tied,
        "vrij": ledger.free,
    }


def row_of(post: Post) -> dict[str, Json]:
    """A post as people read it."""
    return {
        "post": post.name,
        "budget": post.budget,
        "toegewezen": post.allotted,
        "verschoven": post.shifted,
        "gereserveerd": post.reserved,
        "uitgegeven": post.spent,
        "ruimte": post.room,
        "vrij": post.free,
        "stand": post.state.value if post.state else None,
    }


def statement(registers: Registers) -> dict[str, Json]:
    """Every post, and the totals."""
    ledger = ledger_of(registers)
    posts: list[Json] = [row_of(post) for post in ledger.posts.values()]
    return {"posten": posts, "totalen": figures(ledger), "knelpunten_over": ledger.uncommitted}


def bearers(registers: Registers, name: str) -> Iterator[Fact]:
    """The decisions and bookings that a `besluit` may mean; of a name that more than one bears it means neither."""
    for register in (Register.BESLUITEN, Register.GROOTBOEK):
        yield from (fact for fact in registers.all(register) if name in names_of(fact))
