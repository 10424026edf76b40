"""What is being asked, with everything that a rule may look at worked out once: who acts as what, and what governs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date, datetime

from engine import steps
from engine.accounting import answered_for, is_account
from engine.bodies import Body, Form
from engine.cells import Cell
from engine.deadlines import Terms
from engine.decisions import Table, decided
from engine.differences import amount_of, items_of
from engine.elsewhere import Elsewhere
from engine.expressions import Value
from engine.ledger import Sort, sort_in
from engine.mandates import flaws, mandates_of
from engine.participation import Frame, rung_of
from engine.registers import WHOLE, Registers, frames_in, names_of
from engine.rights import Matrix
from engine.roles import Holding, Kind, Reach, Roles, Scope, holdings
from engine.submission import day_of, text
from engine.terms import Act, Action, Actor, Fact, Register, Rung, Task, Values
from engine.value import value

TERMS = "termijnen"  # under this name the record of a decision says which term of the city was asked
_KINDS = {
    Form.PARTICIPANTS: {Kind.PARTICIPANTS},
    Form.RESIDENTS: {Kind.RESIDENTS, Kind.PARTICIPANTS},
    Form.PROFESSIONALS: {Kind.PARTNER, Kind.OFFICIAL},
}


@value
class CaseFacts:
    """What the service knows of the case at hand; `assignee` is the reference of who has claimed this task.

    `status` is `lopend`, `opgeschort`, `gereed` or `afgebroken`. `lanes` are the roles for which the case exists, when
    no content of it is kept (INV-39); None for any other case.
    """

    id: str
    dossier: str
    status: str = "lopend"
    assignee: str | None = None
    lanes: frozenset[str] | None = None


@value
class Question:
    """One request for a ruling; `cell` is the cell of the rights table that governs it, when one does.

    `elsewhere` holds what binds in the other dossiers of the wijk, `accounted` what the account of this one answers for
    in them (engine.accounting), for acts that look there.
    `consulted` gathers which tables of the city were asked while it was judged, with the rules that answered, and which
    term.
    """

    actor: Actor
    action: Action
    task: Task | None
    act: Act
    step: str | None
    subject: str
    values: Values
    registers: Registers
    elsewhere: Registers
    accounted: tuple[Registers, ...]
    matrix: Matrix
    roles: Roles
    tables: Mapping[str, Table]
    terms: Terms
    scope: Scope
    case: CaseFacts
    now: datetime
    other: Actor | None
    held: tuple[Holding, ...]
    frame: Frame | None = None
    rung: Rung | None = None
    cell: Cell | None = None
    consulted: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day in Europe/Amsterdam."""
        return day_of(self.now)

    @property
    def lane(self) -> str | None:
        """The candidate group of the task."""
        return self.task.group if self.task else None

    @property
    def is_in_organs_name(self) -> bool:
        """Whether a mandate of the organ of the step can carry the act: a decision, a frame, or a shift of money."""
        is_shift = self.act is Act.BOEKING and sort_in(self.values) is Sort.SHIFT
        return is_shift or self.act in (Act.BESLUIT, Act.KADER)

    @property
    def amount(self) -> int | None:
        """The largest amount in cents that the submission names: its own, of its fields or of its items together."""
        return amount_of(self.values)

    @property
    def subjects(self) -> frozenset[str]:
        """Everything that the act is about: its subject, and what the frames that it sets or its items name."""
        framed = frames_in(self.step, self.subject, self.values) if self.act is Act.KADER else ()
        items = items_of(self.values, "") if self.act is Act.BESLUIT else ()
        return frozenset({self.subject, *(one.subject for one in framed), *(one.name for one in items)})

    def decided(self, table: str, context: Mapping[str, object]) -> Mapping[str, Value]:
        """What a table of the city says; none, one out of date, a gap or an overlap raises, so that nobody decides."""
        found = decided(self.tables, table, context, self.today)
        self.consulted[table] = tuple(dict.fromkeys((*self.consulted.get(table, ()), *found.rules)))
        return found.values

    def term_end(self, term: str, start: datetime) -> datetime:
        """When a term of the city ends; one that it does not have on that day raises, so that nobody decides."""
        self.consulted[TERMS] = tuple(dict.fromkeys((*self.consulted.get(TERMS, ()), term)))
        return self.terms.end(term, start)

    def governed(self) -> Question:
        """The same question with the rung, frame and cell that govern its step and subject."""
        if self.step is None:
            return self
        rung, frame = rung_of(self.registers, self.matrix, self.step, self.subject, self.today)
        cell = self.matrix.cell(self.step, rung, self.today) if rung else None
        return replace(self, rung=rung, frame=frame, cell=cell)

    def in_lane(self, actor: Actor | None = None) -> tuple[Holding, ...]:
        """The memberships by which somebody (the actor unless told otherwise) is a candidate for the task.

        What a lane collects may come in along a channel of its own as well, when the city says so: such a role brings
        in, and is no candidate for anything else in that lane.
        """
        held = self.held if actor is None else holdings(actor, self.scope, self.subject, self.now)
        lane = self.lane
        roles = {lane, *self.roles.channels(lane)} if self.action is Action.CONTRIBUTE else {lane}
        return tuple([holding for holding in held if holding.role in roles])

    def decider(self) -> Body | None:
        """Who decides: the body of the cell, or for acts in the organ's name the organ of the step."""
        if self.step is None:
            return None
        if self.act in (Act.ZELFBINDING, Act.BEKRACHTIGING, Act.BOEKING):
            body = self.matrix.organ(self.step, self.today)
        elif self.act is Act.KADER:
            body = self.matrix.organ(steps.FRAME, self.today)
        else:
            body = self.cell.decides if self.cell else None
        if body is not None and body.form is Form.CONTESTED:
            contested = self.contested()
            body = self.matrix.organ(contested.step, self.today) if contested and contested.step else None
        return self.matrix.resolved(body, self.today) if body else None

    def contested(self) -> Fact | None:
        """The one decision that an objection contests, as the submission names it; a name that two bear names none."""
        named = text(self.values, "bestreden_besluit")
        found = [fact for fact in self.registers.of(Register.BESLUITEN, Act.BESLUIT) if named in names_of(fact)]
        return found[0] if named and len(found) == 1 else None

    def deciding(self) -> tuple[Holding, ...]:
        """The memberships by which the actor is competent to decide, whatever the amount."""
        body = self.decider()
        return tuple(holding for holding in self.held if body and self.admits(body, holding))

    def admits(self, body: Body, holding: Holding) -> bool:
        """Whether a membership makes somebody (part of) this body."""
        kind = self.roles.kind(holding.role)
        if kind is None or kind.never_decides:
            return False
        if body.form is Form.ROLE:
            return holding.role == body.name
        if body.form is Form.PARTY:
            return holding.is_party(text(self.values, "partij"))
        if body.form is Form.GROUP:
            return kind.is_of_residents and holding.reach is Reach.GROUP
        if body.form in _KINDS:
            return kind in _KINDS[body.form]
        parts = body.parts[:1] if body.form is Form.CONSENT else body.parts
        return any(self.admits(part, holding) for part in parts)

    def mandates(self) -> tuple[Fact, ...]:
        """The mandates that the actor ever got for this step from whoever decides it, in force or not."""
        body = self.decider()
        step = steps.FRAME if self.act is Act.KADER else self.step
        if body is None or step is None or not self.is_in_organs_name:
            return ()
        return mandates_of(self.actor, body.roles, step, self.now)

    def flaws_of(self, mandate: Fact) -> tuple[str, ...]:
        """Why this mandate does not carry what is asked."""
        step = {Act.KADER: steps.FRAME, Act.BOEKING: self.step}.get(self.act)
        cell = self.matrix.default(step, self.today) if step else self.cell
        if cell is None or not cell.is_mandatable:
            return ("de rechtentabel staat hier geen mandaat toe",)
        return tuple(flaws(mandate, self.actor, self.held, self.subjects, self.amount, self.now))

    def mandate(self) -> Fact | None:
        """The mandate under which the actor decides: the first without a flaw, when no own role makes him competent."""
        if self.deciding():
            return None
        return next((mandate for mandate in self.mandates() if not self.flaws_of(mandate)), None)

    def capacity(self) -> Holding | None:
        """The membership in which the actor acts: one that fits; an own one goes before one held for somebody else."""
        groups = [self.in_lane(), self.held]
        if self.act is Act.BESLUIT:
            in_lane, fitting = groups[0], self.deciding()
            both = tuple(holding for holding in fitting if holding in in_lane)
            groups = [both, (*in_lane, *fitting), self.held]
        for group in groups:
            if group:
                return min(group, key=lambda holding: holding.behalf is not None)
        return None

    def eyes(self) -> frozenset[str]:
        """Whose eyes look when the actor acts: the actor's, and of everybody for whom he then acts."""
        return frozenset(self._eyes())

    def _eyes(self) -> Iterator[str]:
        yield self.actor.ref
        for fitting in (self.in_lane(), self.deciding()):
            if all(holding.behalf for holding in fitting):
                yield from (holding.behalf for holding in fitting if holding.behalf)
        mandate = self.mandate()
        if mandate:
            yield mandate.by


def asked(
    actor: Actor,
    action: Action,
    task: Task | None,
    facts: tuple[Fact, ...],
    *,
    elsewhere: Elsewhere,
    matrix: Matrix,
    roles: Roles,
    tables: Mapping[str, Table],
    terms: Terms,
    scope: Scope,
    submission: Values,
    case: CaseFacts,
    now: datetime,
    other: Actor | None,
) -> Question:
    """The question in a request; raises ValuesUnreadable when an attempt names no act, step or subject of ours."""
    act, step, subject, values = Act.WERK, None, WHOLE, submission
    if task is not None:
        act, step, subject = task.spec.act, task.spec.step, task.subject
    elif action is Action.ATTEMPT:
        named = text(submission, "handeling")
        act = Act(named) if named in set(Act) else Act.WERK
        step, subject = text(submission, "stap") or None, text(submission, "onderwerp") or WHOLE
        given = submission.get("gegevens")
        values = given if isinstance(given, dict) else {}
    registers = Registers(facts, now)
    product = task.spec.product if task else values.get("product")
    return Question(
        actor=actor,
        action=action,
        task=task,
        act=act,
        step=step,
        subject=subject,
        values=values,
        registers=registers,
        elsewhere=Registers(elsewhere.binding, now),
        accounted=answered_for(registers, elsewhere) if is_account(act, step, product) else (),
        matrix=matrix,
        roles=roles,
        tables=tables,
        terms=terms,
        scope=scope,
        case=case,
        now=now,
        other=other,
        held=holdings(actor, scope, subject, now),
    )
