"""Random processes, walked at random, agree with the reference after every step; seeds are printed on failure."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from engine.case import Case
from engine.terms import Json
from tests.engine.bpmn import (
    ANY_ERROR,
    TERMINATE,
    boundary,
    call,
    catch,
    diagram,
    el,
    end,
    error,
    inc,
    many,
    message,
    par,
    race,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.engine.families import NOW, unlinted
from tests.engine.reference import Activity, Block, Border, Condition, Loop, Race, Seq, Split, Step, World

WALKS = int(os.environ.get("WIJK_WALKS", "500"))
SHARDS = 20
STEPS = 14


def leaves(block: Block) -> bool:
    """Whether a token can come out of this block at all."""
    match block:
        case Step():
            return block.kind not in ("end", "terminate", "error")
        case Seq():
            return all(leaves(part) for part in block.parts)
        case Split():
            return (all if block.kind == "and" else any)(leaves(branch) for branch in block.branches)
        case Loop():
            return leaves(block.body)
    return True


@dataclass
class Inventor:
    """Invents a structured process; `known` are the ids whose answers a condition may ask for."""

    chance: random.Random
    number: int = 0
    budget: int = 16
    known: list[str] = field(default_factory=lambda: ["begin", "begin"])

    def ident(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def condition(self) -> Condition:
        return Condition(self.chance.choice([*self.known, "niets"]), self.chance.choice([0, 0, 1, 2]))

    def task(self) -> Activity:
        ident = self.ident("t")
        self.known.append(ident)
        return Activity("task", ident)

    def sequence(self, depth: int, **may: bool) -> Seq:
        parts: list[Block] = []
        for _ in range(self.chance.choice([1, 1, 2, 2, 3])):
            parts.append(self.block(depth, **may))
            if not leaves(parts[-1]):
                break
        return Seq(tuple(parts))

    def ending(self, depth: int, **may: bool) -> Seq:
        """A sequence that sometimes ends for good; always just after a task, so that nothing else moves then."""
        parts: list[Block] = [self.sequence(depth, **may)]
        if may["ends"] and leaves(parts[0]) and self.chance.random() < 0.25:
            kind = self.chance.choice(["end", "end", "terminate", "error", "error"])
            name = self.chance.choice(["e1", "e2"]) if kind == "error" else ""
            parts += [self.task(), Step(kind, self.ident("x"), name)]
        return Seq(tuple(parts))

    def block(self, depth: int, *, forks: bool, ors: bool, ends: bool) -> Block:
        """`forks`, `ors` and `ends`: whether parallel and inclusive splits, and ends halfway, may come here."""
        self.budget -= 1
        pick = self.chance.random()
        if depth <= 0 or self.budget <= 0 or pick < 0.2:
            return self.leaf()
        may = {"forks": forks, "ors": ors, "ends": ends}
        if pick < 0.32:
            return self.split("xor", depth, **may)
        if pick < 0.45 and forks:
            return self.split("and", depth, **may)
        if pick < 0.58 and ors and forks:
            return self.split("or", depth, **may)
        if pick < 0.65:
            first = self.task()
            body = Seq((first, self.sequence(depth - 1, forks=forks, ors=False, ends=ends)))
            return Loop(self.ident("l"), body, Condition(first.ident, 1))
        if pick < 0.72:
            return self.race(depth, **may)
        return self.activity(depth, **may)

    def leaf(self) -> Block:
        pick = self.chance.random()
        if pick < 0.5:
            return self.task()
        if pick < 0.65:
            return Step("script", self.ident("c"))
        if pick < 0.75:
            return self.event("message")
        if pick < 0.85:
            return self.event("timer")
        if pick < 0.92:
            return Seq((self.task(), Step("throw", self.ident("h"), self.chance.choice(["s1", "s2"]))))
        return self.event("signal")

    def event(self, kind: str) -> Step:
        ident = self.ident(kind[0])
        if kind == "signal":
            return Step(kind, ident, self.chance.choice(["s1", "s2"]))
        if kind == "message":
            self.known.append(ident)
        return Step(kind, ident, ident, 100 + 7 * self.number)

    def split(self, kind: str, depth: int, **may: bool) -> Split:
        conditions = tuple(self.condition() for _ in range(self.chance.choice([1, 2])))
        if kind == "or" and self.chance.random() < 0.7:  # so that often more than one branch runs
            conditions = tuple(Condition("begin", 0) for _ in conditions)
        if kind == "or":
            may["ends"] = False  # a token that can only end no longer holds an inclusive join up
        branches = [
            self.ending(depth - 1, **may) if self.chance.random() < 0.85 else Seq(())
            for _ in range(len(conditions) + 1)
        ]
        if kind == "and":  # a branch that never reaches the join is no branch of it
            branches = [branch if leaves(branch) else Seq(()) for branch in branches]
        return Split(kind, self.ident("g"), tuple(branches), conditions)

    def race(self, depth: int, **may: bool) -> Race:
        kinds = self.chance.sample(["message", "timer", "signal", "timer"], 2)
        return Race(self.ident("r"), tuple((self.event(kind), self.sequence(depth - 1, **may)) for kind in kinds))

    def activity(self, depth: int, **may: bool) -> Activity:
        kind = self.chance.choice(["task", "sub", "sub", "call", "call"])
        ident = self.ident({"task": "t", "sub": "d", "call": "p"}[kind])
        body = None if kind == "task" else self.ending(depth - 1, forks=True, ors=True, ends=True)
        if kind == "task":
            self.known.append(ident)
        times = self.chance.choice([None, None, 0, 1, 2, 3])
        borders = tuple(self.border(kind, depth, **may) for _ in range(self.chance.choice([0, 0, 1, 1, 2])))
        return Activity(kind, ident, body, times, self.chance.random() < 0.5, borders)

    def border(self, host: str, depth: int, **may: bool) -> Border:
        kind = self.chance.choice(["message", "timer", "signal"] + ([] if host == "task" else ["error", "error"]))
        interrupts = kind == "error" or self.chance.random() < 0.6
        ident = self.ident("b")
        # what can run twice at once on one level may not fork: its joins would mix the tokens of both
        handler = self.sequence(depth - 1, **(may if interrupts else {"forks": False, "ors": False, "ends": True}))
        name = {"message": ident, "timer": "", "signal": "s1", "error": self.chance.choice(["", "e1", "e2"])}[kind]
        return Border(kind, ident, handler, interrupts, name, 50 + 11 * self.number)


EVENTS = {"message": message, "signal": signal}


class Drawing:
    """Draws blocks as BPMN elements and flows; called processes go beside it."""

    def __init__(self, processes: list[str]) -> None:
        self.processes = processes
        self.elements: list[str] = []
        self.flows: list[str] = []
        self.defaults: dict[str, str] = {}

    def flow(self, source: str, target: str, condition: Condition | None = None, *, default: bool = False) -> None:
        ident = f"f_{len(self.flows)}_{source}_{target}"
        inner = "" if condition is None else f"{condition.ident}.v &gt; {condition.least}"
        inner = f"<conditionExpression>{inner}</conditionExpression>" if inner else ""
        self.flows.append(
            f'<sequenceFlow id="{ident}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
        if default:
            self.defaults[source] = ident

    def whole(self, name: str, block: Block) -> str:
        """The content of a process or subprocess."""
        self.elements += [start(f"{name}_s")]
        last = self.draw(block, f"{name}_s")
        if last is not None:
            self.elements.append(end(f"{name}_e"))
            self.flow(last, f"{name}_e")
        drawn = "".join(self.elements)
        for gateway, default in self.defaults.items():
            drawn = drawn.replace(f' id="{gateway}" ', f' id="{gateway}" default="{default}" ')
        return drawn + "".join(self.flows)

    def draw(
        self, block: Block, before: str, condition: Condition | None = None, *, default: bool = False
    ) -> str | None:
        """Draw a block after `before`; answers its last element, None when no token leaves it."""
        if isinstance(block, Seq):
            return self.sequence(block, before, condition, default=default)
        self.flow(before, block.ident, condition, default=default)
        match block:
            case Step():
                self.elements.append(_step(block))
                return block.ident if leaves(block) else None
            case Split():
                return self.split(block)
            case Loop():
                return self.loop(block)
            case Race():
                return self.race(block)
            case Activity():
                return self.activity(block)

    def sequence(self, block: Seq, before: str, condition: Condition | None, *, default: bool) -> str | None:
        parts = block.parts or (Step("merge", f"{before}_leeg{len(self.elements)}"),)
        last: str | None = before
        for part in parts:
            assert last is not None
            last = self.draw(part, last, condition, default=default)
            condition, default = None, False
        return last

    def split(self, split: Split) -> str | None:
        build = {"xor": xor, "and": par, "or": inc}[split.kind]
        self.elements += [build(split.ident), build(f"{split.ident}_j")]
        asked = [None] * len(split.branches) if split.kind == "and" else [*split.conditions, None]
        lasts = [
            self.draw(one, split.ident, asks, default=asks is None and split.kind != "and")
            for one, asks in zip(split.branches, asked, strict=True)
        ]
        for last in lasts:
            if last is not None:
                self.flow(last, f"{split.ident}_j")
        return f"{split.ident}_j" if any(lasts) else None

    def loop(self, loop: Loop) -> str | None:
        self.elements += [xor(loop.ident), xor(f"{loop.ident}_j"), xor(f"{loop.ident}_k")]
        last = self.draw(loop.body, loop.ident)
        if last is None:
            return None
        self.flow(last, f"{loop.ident}_j")
        self.flow(f"{loop.ident}_j", loop.ident, loop.again)
        self.flow(f"{loop.ident}_j", f"{loop.ident}_k", default=True)
        return f"{loop.ident}_k"

    def race(self, block: Race) -> str:
        self.elements += [race(block.ident), xor(f"{block.ident}_j")]
        for event, then in block.branches:
            self.elements.append(_step(event))
            self.flow(block.ident, event.ident)
            if (last := self.draw(then, event.ident)) is not None:
                self.flow(last, f"{block.ident}_j")
        return f"{block.ident}_j"

    def activity(self, activity: Activity) -> str:
        how = "" if activity.times is None else many(times=str(activity.times), sequential=activity.sequential)
        if activity.kind == "task":
            self.elements.append(user(activity.ident, how))
        else:
            assert activity.body is not None
            drawn = Drawing(self.processes).whole(activity.ident, activity.body)
            if activity.kind == "sub":
                self.elements.append(sub(activity.ident, drawn + how))
            else:
                self.processes.append(el("process", f"q_{activity.ident}", drawn, isExecutable="true"))
                self.elements.append(call(activity.ident, f"q_{activity.ident}", how))
        after = f"{activity.ident}_j"
        self.elements.append(xor(after))
        self.flow(activity.ident, after)
        for border in activity.borders:
            self.elements.append(boundary(border.ident, activity.ident, _event(border), interrupts=border.interrupts))
            last = self.draw(border.handler, border.ident)
            if last is not None and border.interrupts:
                self.flow(last, after)
            elif last is not None:
                self.elements.append(end(f"{border.ident}_e"))
                self.flow(last, f"{border.ident}_e")
        return after


def _event(border: Border) -> str:
    if border.kind == "timer":
        return timer(f"PT{border.minutes}M")
    if border.kind == "error":
        return error(border.name) if border.name else ANY_ERROR
    return EVENTS[border.kind](border.name)


def _step(step: Step) -> str:
    match step.kind:
        case "merge":
            return xor(step.ident)
        case "script":
            return script(step.ident, f"{step.ident} = if {step.ident} = null then 1 else {step.ident} + 1")
        case "timer":
            return catch(step.ident, timer(f"PT{step.minutes}M"))
        case "message" | "signal":
            return catch(step.ident, EVENTS[step.kind](step.name))
        case "throw":
            return throw(step.ident, signal(step.name))
        case "terminate":
            return end(step.ident, TERMINATE)
        case "error":
            return end(step.ident, error(step.name))
    return end(step.ident)


def walk(seed: int) -> tuple[int, bool]:
    """Play one random process; answers the number of steps and whether it ended."""
    chance = random.Random(seed)
    body = Inventor(chance).ending(3, forks=True, ors=True, ends=True)
    processes: list[str] = []
    drawn = Drawing(processes).whole("p", body)
    processes.append(el("process", "p", drawn, isExecutable="true"))
    text = f"seed {seed}\n{diagram(*processes).decode()}\n{body}"
    definition = unlinted(*processes)
    first: dict[str, Json] = {"begin": {"v": chance.randrange(4)}}
    world = World(body, NOW, first)
    case, _ = Case.start(definition, "p", first, NOW)
    told: list[str] = []
    for number in range(STEPS):
        case = Case.restore(definition, case.snapshot()) if chance.random() < 0.8 else case
        _agree(case, world, f"{text}\n{told}")
        choices = ["task"] * len(world.of("task")) + ["message"] * len(world.of("message"))
        choices += ["tick"] * min(1, len(world.of("timer")))
        if not choices:
            return number, world.ended
        kind = chance.choice(choices)
        values = {"v": chance.randrange(4)}
        if kind == "task":
            ident = chance.choice(world.of("task")).ident
            among = [wait for wait in world.of("task") if wait.ident == ident]
            which = chance.randrange(len(among))
            told.append(f"{ident}[{which}]={values}")
            tokens = [token for level in case._top.levels() for token in level.tasks.values()]
            same = [token for token in tokens if token.task_spec.element == ident and token.task_spec.manual]
            case.complete(sorted(same, key=lambda token: token.thread_id)[which].id, values, world.now)
            world.complete(ident, which, values)
        elif kind == "message":
            name = chance.choice(world.of("message")).name
            told.append(f"{name}!{values}")
            case.deliver(name, "", values, world.now)
            world.deliver(name, values)
        else:
            due = min(wait.due for wait in world.of("timer") if wait.due is not None)
            now = max(due, world.now) + timedelta(minutes=chance.choice([0, 0, 30]))
            told.append(f"tick {now}")
            case.tick(now)
            world.tick(now)
    _agree(case, world, f"{text}\n{told}")
    return STEPS, world.ended


def _agree(case: Case, world: World, text: str) -> None:
    found = (
        Counter(task.element for task in case.tasks.values()),
        {wait.name for wait in case.waits},
        case.due,
        case.ended,
        case.data,
    )
    due = min((wait.due for wait in world.of("timer") if wait.due is not None), default=None)
    expected = (
        Counter(wait.ident for wait in world.of("task")),
        {wait.name for wait in world.of("message")},
        due,
        world.ended,
        world.level.scope.data,
    )
    assert found == expected, f"{text}\nengine:    {found}\nreference: {expected}"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_processes_agree_with_the_reference_after_every_step(shard: int) -> None:
    results = [walk(seed) for seed in range(shard, WALKS, SHARDS)]
    assert sum(steps for steps, _ in results) > 2 * len(results)
    assert any(ended for _, ended in results)
