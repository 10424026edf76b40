"""The diagrams of a case: of the process that runs and of those that it calls, with marks where the case stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from engine.definition import Definition
from service.briefing import role_name
from service.dossier import Course
from service.faults import Unknown
from service.store import TaskRow
from service.web import diagram, language
from service.web.diagram import LaneSteps, Mark, Plan, Step

HERE, LATE, DONE = "hier", "te-laat", "geweest"
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One diagram on a page: the drawing (None: the file holds none, or one that `is_too_large`) and its words.

    `processes` are all diagrams of the case, the calling one first: (id, name, how many tokens stand in it).
    """

    process: str
    name: str
    svg: Markup | None
    is_too_large: bool
    lanes: tuple[LaneSteps, ...]
    here: tuple[Step, ...]
    processes: tuple[tuple[str, str, int], ...]


def sheet(found: Course, process: str, now: datetime) -> Sheet:
    """The diagram of this process of the case ("": the one that the case is); Unknown for one that it never calls."""
    definition, root = found.view.definition, found.view.row.process
    plans = _plans(definition, root)
    chosen = process or root
    if chosen not in plans:
        raise Unknown("Dit proces hoort niet bij deze zaak.")
    plan = plans[chosen]
    marks = _marks(chosen, plans, found.view.places, found.tasks, now)
    named = reader(definition)
    here = {ident for ident, mark in marks.items() if mark.what in (HERE, LATE)}
    lanes = tuple(diagram.steps_of(plan, marks, said=named))
    name = definition.processes[chosen].name or chosen
    return Sheet(
        chosen,
        name,
        drawn(plan, name, marks, named),
        plan.is_too_large,
        lanes,
        tuple(step for lane in lanes for step in lane.steps if step.id in here),
        tuple((one, definition.processes[one].name or one, _tokens(one, found.view.places)) for one in plans),
    )


def reader(definition: Definition) -> Callable[[str], str]:
    """What people read for a name in a diagram: a lane is called as its role is."""
    roles = definition.roles
    return lambda name: role_name(roles, name) if name in roles.by_id else name


def drawn(plan: Plan, title: str, marks: Mapping[str, Mark], named: Callable[[str], str]) -> Markup | None:
    """The drawing with its names in the language of the page; None when there is none to be made."""
    if not plan.shapes:
        return None
    return diagram.draw(
        plan,
        title,
        marks,
        said=lambda name: language.translated(named(name)),
        stays_dutch=lambda name: language.stays_dutch(named(name)),
    )


def _plans(definition: Definition, root: str) -> dict[str, Plan]:
    """The process and all that it calls, however deep, in the order in which they are called."""
    found: dict[str, Plan] = {}
    wanted = [root]
    while wanted:
        process = wanted.pop(0)
        known = definition.processes.get(process)
        if process in found or known is None:
            continue
        plan = diagram.read(definition.files[known.file].content)
        if plan is not None:
            found[process] = plan
            wanted += [node.called for node in plan.nodes.values() if node.called]
    return found


def _within(process: str, plans: Mapping[str, Plan]) -> set[str]:
    """The processes that this one is or calls."""
    found: set[str] = set()
    wanted = [process]
    while wanted:
        one = wanted.pop()
        if one in plans and one not in found:
            found.add(one)
            wanted += [node.called for node in plans[one].nodes.values() if node.called]
    return found


def _marks(
    process: str, plans: Mapping[str, Plan], places: Mapping[Place, int], tasks: list[TaskRow], now: datetime
) -> dict[str, Mark]:
    """What is marked in one process: where tokens stand, which of them are late, and which steps were done."""
    late = {(one.process, one.element) for one in tasks if one.status == "open" and one.due and one.due < now}
    done = {(one.process, one.element) for one in tasks if one.status == "afgerond"}
    late_in, done_in = ({process for process, _ in some} for some in (late, done))
    calls = [node.called for node in plans[process].nodes.values() if node.called]
    found: dict[str, Mark] = {}
    for ident, node in plans[process].nodes.items():
        place = process, ident
        inner = _within(node.called, plans) if node.called else set()
        if count := places.get(place, 0):
            found[ident] = Mark(LATE if place in late or inner & late_in else HERE, count)
        elif place in done or (calls.count(node.called) == 1 and inner & done_in):
            found[ident] = Mark(DONE)
    return found


def _tokens(process: str, places: Mapping[Place, int]) -> int:
    return sum(count for (inside, _), count in places.items() if inside == process)
