"""What somebody must know before acting on a task: who decides, at which rung, what was heard, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine import acts, participation
from engine.acts import Ask
from engine.bodies import Body, Form
from engine.definition import Definition
from engine.registers import Registers
from engine.roles import Roles, values_of
from engine.submission import day_of
from engine.terms import Action, Register, Ruling, Rung, Task, Values
from service import (
    absences,
    advice_reading,
    attachments,
    comments,
    db,
    forms,
    hearing,
    material,
    openings,
    reading,
    store,
    store_planning,
    store_wijken,
)
from service.absences import Absence
from service.advice_reading import Told
from service.attachments import Attachment
from service.comments import Comment
from service.faults import Unknown
from service.installation import Installation
from service.material import Material
from service.openings import Reader
from service.reading import TaskView
from service.reports import euros
from service.store import TaskRow
from service.store_people import PersonRow
from service.store_planning import Plan
from service.store_trail import ORGANISATION

_REMARKS = 3  # that are shown beside a task


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides a step at the rung that holds, and what the rights table asks; `frame` is what was promised."""

    step: str
    rung: Rung
    name: str
    decides: str
    advises: str
    demands: tuple[str, ...]
    owes: tuple[str, ...]
    is_mandatable: bool
    frame: Values | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in for the decision so far, and how much of it still waits for an answer."""

    contributions: int
    unhandled: int
    advices: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """A task as one reads it before acting; `claim` and `bare` are what the engine would say now.

    `bare` is its ruling on completing the task with nothing filled in: what it looks at first. Neither is recorded.
    `attach` is what it would say to a file, `attachments` those that lie beside the task, `comments` the newest remarks
    about its case (None: not for this person). `keeps_words` is false of a case in which nothing that people write is
    stored (INV-39). `away` is the absence of who has the task, if any; `advice` what colleagues were asked, which is no
    part of who was `heard`. `material` is what was brought in, when this person must answer it or decide.
    """

    view: TaskView
    task: Task
    form: forms.Form
    wijk: str
    lane: str
    deciding: Deciding | None
    heard: Heard | None
    claim: Ruling
    bare: Ruling
    attach: Ruling
    attachments: list[Attachment]
    comments: list[Comment] | None
    keeps_words: bool
    plan: Plan
    away: Absence | None
    advice: list[Told]
    material: Material | None


def brief(installation: Installation, by: PersonRow, task_id: str, now: datetime) -> Briefing:
    """The briefing on a task; Unknown outside one's wijk and party."""
    view = reading.read_task(installation, by, task_id, now)
    with db.reading(installation.database) as tx:
        found = store.read_task(tx, task_id)
        if found is None:
            raise Unknown("Deze taak bestaat niet, of hoort niet bij uw wijk of partij.")
        task_row, row = found
        definition = installation.definition(tx, row.definition)
        task = hearing.task_of(definition, task_row)
        action = Action.CONTRIBUTE if task.spec.collects else Action.COMPLETE
        needed = acts.registers_needed(action, task)
        heard = hearing.hear(installation, tx, by, row, task_row, needed, now)
        wijk = store_wijken.find(tx, row.wijk) or row.wijk
        remarks = comments.shelf(installation, tx, by, row.id, _REMARKS) if comments.are_for(by) else None
        shelf = [one for one in attachments.shelf(installation, tx, by, row.id) if one.task == task_id]
        plan = store_planning.find(tx, task_id)
        away = _away(installation, tx, by, task_row, heard.now)
        reader = Reader(installation, tx)
        advice = advice_reading.told_in(reader, by, heard, task_id, view.is_own, Register.ADVIESVERZOEKEN in needed)
        registers, table = Registers(heard.facts, heard.now), Reader(installation, tx)
        must_know = view.is_own and not by.is_resident and task_row.status == "open" and material.is_for(task)
        brought_in = material.lying(table, definition, task, registers) if must_know else None
    openings.note(installation, by, reader.met, now, advice_reading.GROUND)
    openings.note(installation, by, table.met, now)

    def ruled(asked: Action) -> Ruling:
        return acts.judge(Ask(heard.actor, asked, task, {}), heard.standing, heard.facts, heard.now, heard.elsewhere)

    return Briefing(
        view,
        task,
        installation.form(definition, task.spec.form),
        wijk,
        role_name(definition.roles, task.group),
        deciding(definition, task, registers, day_of(heard.now)),
        _heard(task, registers),
        ruled(Action.CLAIM),
        ruled(action),
        ruled(Action.ATTACH),
        shelf,
        remarks,
        heard.standing.case.lanes is None,
        plan,
        away,
        advice,
        brought_in,
    )


def _away(installation: Installation, tx: Connection, by: PersonRow, row: TaskRow, now: datetime) -> Absence | None:
    """The absence of another who has the task; to a resident nobody says who works here."""
    if by.is_resident or row.status != "open" or row.assignee in (None, by.id):
        return None
    holder = hearing.reference(installation, str(row.assignee), row.assignee_is_resident, ORGANISATION)
    return absences.away_now(installation, tx, now).get(holder)


def role_name(roles: Roles, role: str | None) -> str:
    """What people call a role."""
    known = roles.by_id.get(role or "")
    return known.name if known else (role or "").replace("_", " ")


def deciding(definition: Definition, task: Task, registers: Registers, on: date) -> Deciding | None:
    """Who decides on what this task is about, at the rung that holds on this day; None when nobody does."""
    step, matrix = task.spec.step, definition.matrix
    if step is None:
        return None
    rung, frame = participation.rung_of(registers, matrix, step, task.subject, on)
    return promised(definition, step, rung, values_of(frame.fact) if frame else None, on) if rung else None


def promised(definition: Definition, step: str, rung: Rung, frame: Values | None, on: date) -> Deciding | None:
    """Who decides a step at this rung, with the frame that promised it; None when the table does not allow it."""
    matrix, roles, cell = definition.matrix, definition.roles, definition.matrix.cell(step, rung, on)
    if cell is None:
        return None
    return Deciding(
        cell.step,
        cell.rung,
        cell.name,
        body_said(matrix.resolved(cell.decides, on), roles, cell.ceiling),
        body_said(cell.advises, roles) if cell.advises else "",
        cell.demands,
        cell.owes,
        cell.is_mandatable,
        frame,
    )


def _heard(task: Task, registers: Registers) -> Heard | None:
    step, subject = task.spec.step, task.subject
    if step is None:
        return None
    return Heard(
        len(participation.contributions(registers, step, subject)),
        len(participation.unhandled(registers, step, subject)),
        len(participation.advices(registers, step, subject)),
        len(participation.unanswered(registers, step, subject, {})),
    )


def body_said(body: Body, roles: Roles, ceiling: int | None = None) -> str:
    """Who a body of the rights table is, in words."""
    parts = [body_said(part, roles) for part in body.parts]
    match body.form:
        case Form.ROLE:
            return role_name(roles, body.name)
        case Form.ANY:
            return f"een van deze: {', '.join(parts)}"
        case Form.TOGETHER:
            return f"{', '.join(parts[:-1])} en {parts[-1]} samen"
        case Form.CEILING:
            return f"{parts[0]} tot € {euros(ceiling)}, daarboven {parts[-1]}"
        case Form.LAYERS:
            return f"eerst {parts[0]}; zwijgt die, dan {parts[-1]}"
        case Form.CONSENT:
            return f"{parts[0]} stemt in, op verzoek van {parts[-1]}"
    return _WORDS[body.form]


_WORDS: Mapping[Form, str] = {
    Form.GROUP: "de groep van dit onderwerp",
    Form.PARTICIPANTS: "de deelnemers",
    Form.RESIDENTS: "bewoners",
    Form.PROFESSIONALS: "de professionals",
    Form.PARTY: "elke partij voor zichzelf",
    Form.SAME: "wie over de andere stap beslist",
    Form.CONTESTED: "wie het bestreden besluit mag nemen, en niet de gemandateerde die het nam",
}
