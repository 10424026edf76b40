"""What came of a step of a story, and whether that is what the story said; shared by both ways of telling one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.terms import ActSpec, Ruling, Task
from service.story import Expected, Step


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step; `message` says in Dutch what was expected instead, empty when it came true."""

    number: str
    at: datetime
    who: str
    what: str
    outcome: str
    rule: str
    message: str = ""

    @property
    def is_expected(self) -> bool:
        """Whether the step came true."""
        return not self.message


@dataclass(frozen=True, slots=True)
class Done:
    """What an attempted step brought about, before it is compared with what was expected."""

    outcome: str
    rule: str = ""
    ruling: Ruling | None = None
    task: Task | None = None
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    ended: bool = False
    reason: str = ""
    is_trouble: bool = False


NO_CASE = Done("in deze wijk en dit jaar is geen zaak", is_trouble=True)


def refused(ruling: Ruling, task: Task | None) -> Done:
    """The step as the ruling refused it."""
    reason = " ".join(part for part in (ruling.reason, ruling.remedy) if part)
    return Done("geweigerd", ruling.rule, ruling, task, reason=reason)


def what_of(step: Step) -> str:
    """What the step does, for people."""
    if step.element is not None:
        return f"{step.element} ({step.subject})" if step.subject else step.element
    if step.attempt is not None:
        named = (step.attempt.get(name) for name in ("handeling", "stap", "onderwerp"))
        return "poging: " + " ".join(str(one) for one in named if one)
    if step.case is not None:
        return f"zaak: {step.case.process}" + (f" ({step.case.group})" if step.case.group else "")
    if step.votes is not None:
        return "stemming: " + ", ".join(f"{name} {number}" for name, number in step.votes.numbers.items())
    return f"bericht: {step.message['naam']}" if step.message is not None else "de tijd verstrijkt"


def disappointment(expected: Expected, done: Done) -> str:
    """What was expected and did not come, "" when all of it came true."""
    if done.is_trouble:
        return done.outcome
    if done.outcome == "geweigerd" or expected.refused is not None:
        if done.outcome != "geweigerd":
            return f"verwacht: geweigerd door {expected.refused}, maar dit is {done.outcome}"
        return "" if expected.refused == done.rule else f"onverwacht geweigerd door {done.rule}: {done.reason}"
    if sorted(done.faults) != sorted(expected.faults or ()):
        return (
            f"verwacht: fouten in {', '.join(expected.faults or ()) or 'niets'}, maar: {done.reason or 'geen fouten'}"
        )
    spec = done.task.spec if done.task is not None else ActSpec()
    rung = done.ruling.rung.value if done.ruling is not None and done.ruling.rung else None
    compared: tuple[tuple[str, object, object], ...] = (
        ("taken", _sorted(expected.opened), sorted(done.opened)),
        ("gesloten", _sorted(expected.closed), sorted(done.closed)),
        ("product", expected.product, spec.product),
        ("trede", expected.rung, rung),
        ("gereed", expected.ended, done.ended),
    )
    for name, wanted, found in compared:
        if wanted is not None and wanted != found:
            return f"verwacht: {name} = {_shown(wanted)}, maar het is {_shown(found)}"
    return ""


def _sorted(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _shown(value: object) -> str:
    return (
        ", ".join(value) or "geen"
        if isinstance(value, list)
        else "ja"
        if value is True
        else "nee"
        if value is False
        else str(value)
    )
