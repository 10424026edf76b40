"""Telling a story on the engine alone: the same path of acts that the service walks, without database or network.

A story holds a dossier: the case that it begins, and the cases that messages start from there. Before each step the
clock moves to its moment, and every timer on the way fires when it is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from engine import acts, registers
from engine.acts import Ask, Standing
from engine.binding import BLANK, options_of
from engine.case import Case, Message, Outcome
from engine.conditions import mediation
from engine.definition import Definition
from engine.elsewhere import NOTHING, Elsewhere
from engine.errors import EndForbidden, EngineError
from engine.roles import values_of
from engine.submission import holds_at
from engine.terms import Action, Fact, Json, Task, Values
from engine.trail import record, seal
from engine.trail.kinds import Kind, kind_of
from engine.trail.record import Head
from service import story_votes
from service.cast import actors_of, reference
from service.expectations import NO_CASE, Done, StepResult, disappointment, refused, what_of
from service.forms import NO_FORM, Form
from service.story import NewCase, Step, Story, Votes
from service.story_cases import Running, elsewhere_of, standing_of

LOG = "verhaal"
_SAID = {
    Action.COMPLETE: "afgerond",
    Action.CONTRIBUTE: "bijgedragen",
    Action.CLAIM: "opgepakt",
    Action.RELEASE: "teruggegeven",
    Action.DELEGATE: "overgedragen",
    Action.ATTEMPT: "toegestaan, maar er is geen taak",
}


def run(story: Story, definition: Definition, forms: Mapping[str, Form]) -> Iterator[StepResult]:
    """The steps as they come true, the last one being the first that does not."""
    told = _Told(story, definition, forms)
    begun = told.begin()
    if begun is not None:
        yield begun
        if not begun.is_expected:
            return
    for step in story.steps:
        result = told.tell(step)
        yield result
        if not result.is_expected:
            return


def forms_of(definition: Definition) -> dict[str, Form]:
    """The forms of a definition by id; those with faults are left out."""
    files = (file for name, file in definition.files.items() if name.endswith(".form"))
    read = (Form.read(file.content, file.name)[0] for file in files)
    return {form.id: form for form in read if form is not None}


def story_files(path: Path) -> tuple[Path, ...]:
    """The story files under a path: the file itself, or every `verhalen/*.toml` in the directory."""
    if path.is_file():
        return (path,)
    found = path.glob("*.toml") if path.name == "verhalen" else path.rglob("verhalen/*.toml")
    return tuple(sorted(found))


class _Told:
    """A story on its way: its cases, its registers, and what its persons are."""

    def __init__(self, story: Story, definition: Definition, forms: Mapping[str, Form]) -> None:
        self.story, self.definition, self.forms = story, definition, forms
        self.cases: list[Running] = []
        self.facts: dict[str, list[Fact]] = {}
        self.waiting: list[Message] = []
        self.votes: dict[str, Votes] = {}  # by the record that opened the ballot
        self.drawn = 0
        self.actors = actors_of(story)

    # --- beginning ---------------------------------------------------------------------------------------------------

    def begin(self) -> StepResult | None:
        """Start the story's process; None for a process that begins with a message, which a step then sends."""
        story = self.story
        process = self.definition.processes.get(story.process)
        if process is None:
            return self._said("begin", story.begin, story.starter, story.process, Done("dit proces bestaat niet"), "")
        if not process.startable:
            return None
        done = self._started(NewCase(story.process, story.group, story.year, True), story.starter, story.begin)
        message = None if done.outcome == "gestart" else ""
        return self._said("begin", story.begin, story.starter, story.process, done, message)

    def _started(self, new: NewCase, who: str, now: datetime) -> Done:
        """Somebody begins a case, if he may."""
        if new.group is None and self.definition.processes[new.process].needs_group:
            return Done("ongeldig", faults=("groep",), reason="groep: deze zaak gaat over het onderwerp van een groep")
        submission = acts.beginning(self.definition, new.process) | {"wijk": new.wijk or self.story.wijk}
        ask = Ask(self.actors[who], Action.START, None, submission)
        running = self._named(new, now)
        ruling = acts.judge(ask, self._standing(running, None), (), now)
        if not ruling.allowed:
            return refused(ruling, None)
        outcome = self._open(running, now, None)
        opened = tuple(task.element for task in outcome.opened)
        return Done("gestart", ruling.rule, ruling, opened=opened, ended=outcome.ended)

    def _named(self, new: NewCase, now: datetime) -> Running:
        name = f"verhaal-{len(self.cases) + 1}"
        year = self.story.year if new.year is None else new.year
        wijk = new.wijk or self.story.wijk
        there = [one for one in self.cases if one.wijk == wijk]
        of_year = next((one.dossier for one in (*(o for o in there if o.year == year), *there)), name)
        dossier = name if new.is_apart else of_year
        return Running(name, new.process, dossier, wijk, year, new.group, "", Head(name), now)

    def _open(self, running: Running, now: datetime, message: Message | None) -> Outcome:
        values: Values = {
            "wijk": running.wijk,
            "jaar": running.year,
            "groep": running.group,
            "zaak": running.id,
            "dossier": running.dossier,
        }
        self.cases.append(running)
        case, outcome = Case.start(self.definition, running.process, values, now, message=message)
        return self._rest(running, case, outcome, now)

    # --- steps -------------------------------------------------------------------------------------------------------

    def tell(self, step: Step) -> StepResult:
        """The step done, and compared with what was expected of it."""
        who = step.who or "systeem"
        try:
            passed = self._let_time_pass(step.at)
            if step.element is not None:
                done = self._on_task(step, step.element)
            elif step.attempt is not None:
                done = self._attempted(step, step.attempt)
            elif step.message is not None:
                done = self._message(step.message, step.at)
            elif step.case is not None:
                done = self._begun(step, step.case)
            elif step.votes is not None:
                done = self._voted(step, step.votes)
            else:
                done = passed
        except EngineError as wrong:
            done = Done(f"{wrong.title()}: {wrong}", is_trouble=True)
        return self._said(step.number, step.at, who, what_of(step), done, disappointment(step.expected, done))

    def _said(self, number: str, at: datetime, who: str, what: str, done: Done, message: str | None) -> StepResult:
        person = self.story.persons.get(who)
        wrong = f"{done.outcome}. {done.reason}".strip() if message == "" and number == "begin" else message or ""
        return StepResult(number, at, person.name if person else who, what, done.outcome, done.rule, wrong)

    def _let_time_pass(self, until: datetime) -> Done:
        opened: list[str] = []
        closed: list[str] = []
        ended = False
        while True:
            self._count(until)
            due = [
                (moment, running)
                for running in self.cases
                if not running.ended and (moment := self._case(running).due) is not None and moment <= until
            ]
            if not due:
                return Done("tijd verstreken", opened=tuple(opened), closed=tuple(closed), ended=ended)
            moment, running = min(due, key=lambda one: one[0])
            case = self._case(running)
            was = dict(case.tasks)
            names = {task.id: task.element for task in was.values()}
            ticked = case.tick(moment)
            if fields := acts.lapsed(was, ticked):
                self._write(running, Kind.TIME_PASSED, acts.follow_up(self._standing(running, None)) | fields, moment)
            self._tell_broken_promises(running, was, ticked, moment)
            outcome = self._rest(running, case, ticked, moment)
            opened += [task.element for task in outcome.opened]
            closed += [names[task] for task in outcome.closed if task in names]
            ended = ended or outcome.ended

    def _tell_broken_promises(self, running: Running, was: Mapping[str, Task], ticked: Outcome, now: datetime) -> None:
        standing = self._standing(running, None)
        for one in acts.broken_promises(was, ticked, standing, lambda: self._facts_of(running), now):
            self._write(running, Kind.COMMITMENT_MISSED, {**acts.follow_up(standing), **one}, now)

    def _voted(self, step: Step, votes: Votes) -> Done:
        """So was voted in the ballot that is open: only the numbers are told."""
        known = [fact for facts in self.facts.values() for fact in story_votes.openings(facts)]
        found = [fact for fact in known if step.subject in (None, fact.subject) and holds_at(values_of(fact), step.at)]
        if len(found) != 1:
            return Done(f"{len(found)} stemmingen staan open; kies met bij", is_trouble=True)
        options = {*options_of(values_of(found[0])), BLANK}
        if strange := sorted(set(votes.numbers) - options):
            return Done(f"geen keuze in deze stemming: {', '.join(strange)}", is_trouble=True)
        before = self.votes.get(found[0].record, Votes({}, 0))
        numbers = {name: before.numbers.get(name, 0) + votes.numbers.get(name, 0) for name in options}
        self.votes[found[0].record] = Votes(numbers, before.paper + votes.paper)
        return Done("gestemd")

    def _count(self, until: datetime) -> None:
        """Each ballot that closes by then is counted at that moment, as the service does."""
        while closing := story_votes.due(self.facts, until):
            at, opening = closing
            running = next(one for one in self.cases if one.id == opening.body.get("zaak"))
            values = story_votes.counted(opening, self.votes.get(opening.record))
            place: Values = {"step": opening.step, "subject": opening.subject, "values": dict(values)}
            self._write(running, Kind.BALLOT_COUNTED, {**acts.follow_up(self._standing(running, None)), **place}, at)

    def _on_task(self, step: Step, element: str) -> Done:
        found = [
            (running, task)
            for running in self.cases
            if not running.ended and running.is_at(step.wijk or self.story.wijk, step.year)
            for task in self._case(running).tasks.values()
            if task.element == element and step.subject in (None, task.subject)
        ]
        found = found if step.place is None else found[step.place - 1 : step.place]
        if len(found) != 1:
            there = [one for one in self.cases if one.is_at(step.wijk or self.story.wijk, None)]
            stand = ", ".join(sorted({task.element for one in there for task in self._tasks(one)})) or "geen"
            how = "geen open taak" if not found else f"{len(found)} open taken (kies met bij)"
            return Done(f"{how}; open: {stand}", is_trouble=True)
        return self._act(step, *found[0])

    def _tasks(self, running: Running) -> Sequence[Task]:
        return () if running.ended else tuple(self._case(running).tasks.values())

    def _act(self, step: Step, running: Running, task: Task) -> Done:
        other = self.actors[step.to] if step.to else None
        values: Values = {}
        if step.action in (Action.COMPLETE, Action.CONTRIBUTE):
            form = NO_FORM if task.spec.form is None else self.forms[task.spec.form]
            clean, faults = form.load(step.values)
            if faults:
                reason = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
                return self._unseen(step, running, task) or Done(
                    "ongeldig", faults=tuple(fault.field for fault in faults), reason=reason, task=task
                )
            motivation: dict[str, Json] = {acts.MOTIVATION: step.motivation} if step.motivation else {}
            paths = {*form.sealed, acts.MOTIVATION} if motivation else form.sealed
            values, _ = seal.seal_form({**clean, **motivation}, paths, compartment=LOG, entropy=self._draw)
            if self.definition.seen_by(running.process) is not None:
                values = mediation.leave_out(values)
        standing, facts = self._standing(running, running.assignees.get(task.id)), self._facts_of(running)
        values = acts.completed(task, values, standing, facts, step.at)
        ask = Ask(self.actors[step.who or ""], step.action, task, values, other)
        ruling = acts.judge(ask, standing, facts, step.at, self._elsewhere(running, task))
        if not ruling.allowed:
            return self._unseen(step, running, task) or refused(ruling, task)
        fields = acts.content(ask, standing, ruling, step.at)
        before = running.head, len(self.facts.get(running.dossier, ()))
        self._write(running, kind_of(step.action, task.spec.act, True, values), fields, step.at)
        done = Done(_SAID[step.action], ruling.rule, ruling, task)
        if step.action is not Action.COMPLETE:
            self._assign(running, task, step)
            return done
        case = self._case(running)
        names = {one.id: one.element for one in case.tasks.values()}
        try:
            outcome = self._rest(running, case, case.complete(task.id, values, step.at), step.at)
        except EndForbidden as wrong:
            running.head, known = before
            del self.facts[running.dossier][known:]
            return refused(wrong.ruling, task)
        return replace(
            done,
            opened=tuple(one.element for one in outcome.opened),
            closed=tuple(names[one] for one in outcome.closed if one in names),
            ended=outcome.ended,
        )

    def _unseen(self, step: Step, running: Running, task: Task | None) -> Done | None:
        """The refusal of somebody for whom this case does not exist, whatever else is wrong with the act."""
        ask = Ask(self.actors[step.who or ""], Action.READ, None, {})
        ruling = acts.judge(ask, self._standing(running, None), (), step.at)
        return None if ruling.allowed else refused(ruling, task)

    def _assign(self, running: Running, task: Task, step: Step) -> None:
        if step.action is Action.CLAIM:
            running.assignees[task.id] = reference(step.who or "")
        elif step.action is Action.DELEGATE and step.to:
            running.assignees[task.id] = reference(step.to)
        elif step.action is Action.RELEASE:
            running.assignees.pop(task.id, None)

    def _attempted(self, step: Step, attempt: Mapping[str, Json]) -> Done:
        wanted = (attempt.get("handeling"), attempt.get("stap"), attempt.get("onderwerp") or registers.WHOLE)
        running = next((one for one in self.cases if one.is_at(step.wijk or self.story.wijk, step.year)), None)
        if running is None:
            return NO_CASE
        fitting = [t for t in self._tasks(running) if (t.spec.act, t.spec.step, t.subject) == wanted]
        given = attempt.get("gegevens")
        if len(fitting) == 1:
            return self._act(replace(step, values=given if isinstance(given, dict) else {}), running, fitting[0])
        if unseen := self._unseen(step, running, None):
            return unseen
        ask = Ask(self.actors[step.who or ""], Action.ATTEMPT, None, attempt)
        others = self._elsewhere(running, None, attempt.get("handeling"))
        ruling = acts.judge(ask, self._standing(running, None), self._facts_of(running), step.at, others)
        if not ruling.allowed:
            return refused(ruling, None)
        return Done(_SAID[Action.ATTEMPT], ruling.rule, ruling)

    def _message(self, message: Mapping[str, Json], now: datetime) -> Done:
        values = message.get("gegevens")
        sent = Message(str(message["naam"]), str(message["sleutel"]), values if isinstance(values, dict) else {})
        outcome = self._deliver(sent, now)
        if outcome is None:
            return Done(f"geen zaak wacht op bericht {sent.name} met sleutel “{sent.key}”", is_trouble=True)
        return Done("bezorgd", opened=tuple(task.element for task in outcome.opened), ended=outcome.ended)

    def _begun(self, step: Step, new: NewCase) -> Done:
        process = self.definition.processes.get(new.process)
        if process is None or not process.startable:
            return Done(f"niemand kan proces {new.process} starten", is_trouble=True)
        return self._started(new, step.who or "", step.at)

    def _deliver(self, message: Message, now: datetime, sender: Running | None = None) -> Outcome | None:
        for running in self.cases:
            if running.ended:
                continue
            case = self._case(running)
            if any((wait.name, wait.key) == (message.name, message.key) for wait in case.waits):
                return self._rest(
                    running, case, case.deliver(message.name, message.key, message.values or {}, now), now
                )
        for process in self.definition.processes.values():
            if message.name in process.messages:
                by = sender or (self.cases[0] if self.cases else None)
                running = self._named(NewCase(process.id, self.story.group, None, False), now)
                if by is not None:
                    running = replace(running, dossier=by.dossier, wijk=by.wijk, year=by.year, group=by.group)
                self._open(running, now, message)
                return Outcome(opened=tuple(self._tasks(running)), ended=running.ended)
        return None

    # --- what an act leaves behind -----------------------------------------------------------------------------------

    def _case(self, running: Running) -> Case:
        return Case.restore(self.definition, running.state)

    def _standing(self, running: Running, assignee: str | None) -> Standing:
        return standing_of(self.definition, running, assignee)

    def _facts_of(self, running: Running) -> tuple[Fact, ...]:
        """The registers of the case's dossier."""
        return tuple(self.facts.get(running.dossier, ()))

    def _elsewhere(self, running: Running, task: Task | None, attempted: Json = None) -> Elsewhere:
        if not acts.looks_elsewhere(task, attempted):
            return NOTHING
        return elsewhere_of(self.definition, running, self.cases, self.facts)

    def _rest(self, running: Running, case: Case, outcome: Outcome, now: datetime) -> Outcome:
        """Answer the operations, keep the state, and hand on the messages."""
        outcome = acts.settle(
            case,
            outcome,
            lambda: self._facts_of(running),
            self._standing(running, None),
            now,
            lambda: elsewhere_of(self.definition, running, self.cases, self.facts),
        )
        running.state = case.snapshot()
        running.ended_at = now if outcome.ended else None
        for message in outcome.sent:
            if self._deliver(message, now, running) is None:
                self.waiting.append(message)
        self.waiting = [message for message in self.waiting if self._deliver(message, now, running) is None]
        return outcome

    def _write(self, running: Running, kind: Kind, fields: Values, now: datetime) -> None:
        one = record.compose(running.head, kind, fields, log=LOG, at=now, nonce=self._draw(16))
        running.head = one.head
        body = {**fields, "kind": kind.value, "case": running.id, "at": record.instant(now)}
        self.facts.setdefault(running.dossier, []).extend(registers.facts_of(body, one.digest))

    def _draw(self, size: int) -> bytes:
        """Bytes that differ each time, the same in every telling."""
        self.drawn += 1
        return sha256(f"{self.story.name} {self.drawn}".encode()).digest()[:size]
