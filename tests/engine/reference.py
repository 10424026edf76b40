"""An independent meaning of processes, to hold the engine against: blocks that run inside each other.

No graph, no token positions and none of the engine's code: each block of a structured process knows how to start, how
to be taken away and whom to tell when it is done (a token comes out) or dead (its token ended inside).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any


@dataclass(frozen=True)
class Condition:
    """`ident.v > least`; unknown is not true."""

    ident: str
    least: int

    def holds(self, data: dict[str, Any]) -> bool:
        found = data.get(self.ident)
        return isinstance(found, dict) and found.get("v", -1) > self.least


@dataclass(frozen=True)
class Step:
    """One element: kind is task, script, message, timer, signal (caught), throw, end, terminate or error."""

    kind: str
    ident: str
    name: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Seq:
    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Split:
    """Kind is xor, and, or; the last branch is the default, without a condition."""

    kind: str
    ident: str
    branches: tuple[Block, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Loop:
    ident: str
    body: Block
    again: Condition


@dataclass(frozen=True)
class Race:
    """After an event gateway: the first event that happens chooses its branch."""

    ident: str
    branches: tuple[tuple[Step, Block], ...]


@dataclass(frozen=True)
class Border:
    """A boundary event; kind is message, timer, signal or error (name empty: any)."""

    kind: str
    ident: str
    handler: Block
    interrupts: bool
    name: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Activity:
    """A task, subprocess or call, perhaps several times, perhaps with borders; `times` None is once."""

    kind: str
    ident: str
    body: Block | None = None
    times: int | None = None
    sequential: bool = False
    borders: tuple[Border, ...] = ()


Block = Step | Seq | Split | Loop | Race | Activity


@dataclass
class Wait:
    """Something that waits for the outside."""

    kind: str
    ident: str
    name: str
    fire: Callable[[], None]
    scope: Scope
    due: datetime | None = None
    done: bool = False


@dataclass
class Scope:
    data: dict[str, Any]
    written: set[str] | None = None

    def write(self, key: str, value: Any) -> None:
        self.data[key] = value
        if self.written is not None:
            self.written.add(key)

    def copy(self) -> Scope:
        return Scope(dict(self.data), set())

    def merge_into(self, outer: Scope) -> None:
        for key in self.written or ():
            outer.write(key, self.data[key])


@dataclass
class Level:
    """A process or subprocess in progress: its threads, and what to do when none is left."""

    scope: Scope
    finished: Callable[[], None]
    fault: Callable[[str], None]
    threads: list[Run] = field(default_factory=list)
    over: bool = False

    def run(self, world: World, block: Block) -> None:
        thread = Run(world, self)
        self.threads.append(thread)
        thread.begin(block, lambda alive: self.end(thread))

    def end(self, thread: Run) -> None:
        self.threads.remove(thread)
        if not self.threads and not self.over:
            self.over = True
            self.finished()

    def cancel(self) -> None:
        self.over = True
        for thread in self.threads:
            thread.cancel()
        self.threads.clear()


class World:
    """The whole case."""

    def __init__(self, body: Block, now: datetime, data: dict[str, Any]) -> None:
        self.now, self.waiting = now, list[Wait]()
        self.ended, self.error = False, ""
        self.level = Level(Scope({**data}), self._finish, self._fail)
        self.level.run(self, body)

    def _finish(self) -> None:
        self.ended = True

    def _fail(self, code: str) -> None:
        self.ended, self.error = True, code

    @property
    def live(self) -> list[Wait]:
        self.waiting = [wait for wait in self.waiting if not wait.done]
        return self.waiting

    def of(self, kind: str) -> list[Wait]:
        return [wait for wait in self.live if wait.kind == kind]

    def complete(self, ident: str, number: int, values: dict[str, Any]) -> None:
        wait = [wait for wait in self.of("task") if wait.ident == ident][number]
        wait.scope.write(ident, values)
        wait.fire()

    def deliver(self, name: str, values: dict[str, Any]) -> None:
        wait = next(wait for wait in self.of("message") if wait.name == name)
        wait.scope.write(wait.ident, values)
        wait.fire()

    def tick(self, now: datetime) -> None:
        self.now = now
        due = [(wait.due, wait) for wait in self.of("timer") if wait.due is not None and wait.due <= now]
        for _, wait in sorted(due, key=lambda pair: pair[0]):
            if not wait.done:
                wait.fire()

    def throw(self, name: str) -> None:
        for wait in [wait for wait in self.of("signal") if wait.name == name]:
            if not wait.done:
                wait.fire()


class Run:
    """One block in progress: what waits in it, what runs in it, and whom it tells."""

    def __init__(self, world: World, level: Level, scope: Scope | None = None) -> None:
        self.world, self.level = world, level
        self.scope = scope or level.scope
        self.waits: list[Wait] = []
        self.inner: list[Run | Level] = []
        self.gone = False

    def cancel(self) -> None:
        self.gone = True
        for wait in self.waits:
            wait.done = True
        for inner in self.inner:
            inner.cancel()

    def child(self, block: Block, done: Callable[[bool], None], scope: Scope | None = None) -> None:
        run = Run(self.world, self.level, scope or self.scope)
        self.inner.append(run)
        run.begin(block, lambda alive: None if self.gone else done(alive))

    def wait(self, kind: str, ident: str, name: str, fire: Callable[[], None], minutes: int = 0) -> Wait:
        due = self.world.now + timedelta(minutes=minutes) if kind == "timer" else None
        wait = Wait(kind, ident, name, fire, self.scope, due)
        self.waits.append(wait)
        self.world.waiting.append(wait)
        return wait

    def begin(self, block: Block, done: Callable[[bool], None]) -> None:
        match block:
            case Step():
                self.step(block, done)
            case Seq():
                self.sequence(block.parts, done)
            case Split():
                self.split(block, done)
            case Loop():
                self.loop(block, done)
            case Race():
                self.race(block, done)
            case Activity():
                self.activity(block, done)

    def step(self, step: Step, done: Callable[[bool], None]) -> None:
        match step.kind:
            case "task" | "message" | "timer" | "signal":
                self.once(step.kind, step.ident, step.name, lambda: done(True), step.minutes)
            case "script":
                self.scope.write(step.ident, self.scope.data.get(step.ident, 0) + 1)
                done(True)
            case "throw":
                self.world.throw(step.name)
                if not self.gone:
                    done(True)
            case "end":
                done(False)
            case "terminate":
                self.level.cancel()
                self.level.finished()
            case "error":
                self.level.cancel()
                self.level.fault(step.name)

    def once(self, kind: str, ident: str, name: str, then: Callable[[], None], minutes: int = 0) -> None:
        def fire() -> None:
            wait.done = True
            then()

        wait = self.wait(kind, ident, name, fire, minutes)

    def sequence(self, parts: tuple[Block, ...], done: Callable[[bool], None]) -> None:
        if not parts:
            done(True)
            return
        self.child(parts[0], lambda alive: self.sequence(parts[1:], done) if alive else done(False))

    def split(self, split: Split, done: Callable[[bool], None]) -> None:
        data = self.scope.data
        true = [one for one, condition in zip(split.branches, split.conditions, strict=False) if condition.holds(data)]
        chosen = {"and": list(split.branches), "xor": true[:1], "or": true}[split.kind] or [split.branches[-1]]
        results: list[bool] = []

        def joined(alive: bool) -> None:
            results.append(alive)
            if len(results) < len(chosen):
                return
            if split.kind == "and" and any(results) and not all(results):
                return  # tokens wait at the join for one that never comes
            done(any(results))

        for branch in chosen:
            self.child(branch, joined)

    def loop(self, loop: Loop, done: Callable[[bool], None]) -> None:
        def after(alive: bool) -> None:
            if alive and loop.again.holds(self.scope.data):
                self.loop(loop, done)
            else:
                done(alive)

        self.child(loop.body, after)

    def race(self, race: Race, done: Callable[[bool], None]) -> None:
        waits: list[Wait] = []

        def chosen(block: Block) -> None:
            for wait in waits:
                wait.done = True
            self.child(block, done)

        for event, block in race.branches:
            waits.append(self.wait(event.kind, event.ident, event.name, partial(chosen, block), event.minutes))

    def activity(self, activity: Activity, done: Callable[[bool], None]) -> None:
        work = Run(self.world, self.level, self.scope)
        self.inner.append(work)
        borders: list[Wait] = []

        def close() -> None:
            for wait in borders:
                wait.done = True

        def finished() -> None:
            close()
            work.gone = True
            done(True)

        def interrupt(handler: Block) -> None:
            close()
            work.cancel()
            self.child(handler, done)

        def fault(code: str) -> None:
            named = [one for one in activity.borders if one.kind == "error" and one.name == code]
            for border in named + [one for one in activity.borders if one.kind == "error" and not one.name]:
                interrupt(border.handler)
                return
            self.level.cancel()
            self.level.fault(code)

        for border in activity.borders:
            if border.kind != "error":
                borders.append(self.border(border, interrupt))
        if activity.times is None:
            work.single(activity, self.scope, finished, fault)
        else:
            work.instances(activity, finished, fault)

    def border(self, border: Border, interrupt: Callable[[Block], None]) -> Wait:
        def fire() -> None:
            if border.interrupts:
                interrupt(border.handler)
            else:
                wait.done = border.kind == "timer"
                self.level.run(self.world, border.handler)

        wait = self.wait(border.kind, border.ident, border.name, fire, border.minutes)
        return wait

    def single(
        self, activity: Activity, scope: Scope, finished: Callable[[], None], fault: Callable[[str], None]
    ) -> None:
        if activity.kind == "task":
            self.scope = scope
            self.once("task", activity.ident, "", finished)
            return
        shares = activity.kind == "sub" and scope is self.scope
        inner = scope if shares else scope.copy()

        def end() -> None:
            if not shares:
                inner.merge_into(scope)
            finished()

        level = Level(inner, end, fault)
        self.inner.append(level)
        assert activity.body is not None
        level.run(self.world, activity.body)

    def instances(self, activity: Activity, finished: Callable[[], None], fault: Callable[[str], None]) -> None:
        assert activity.times is not None
        left = activity.times
        outer = self.scope

        def start(own: Scope) -> None:
            run = Run(self.world, self.level, self.scope)
            self.inner.append(run)

            def end() -> None:
                nonlocal left
                left -= 1
                own.merge_into(outer)
                if left == 0:
                    finished()
                elif activity.sequential:
                    start(outer.copy())

            run.single(activity, own, end, fault)

        if left == 0:
            finished()
        for own in [outer.copy() for _ in range(min(left, 1) if activity.sequential else left)]:
            start(own)
