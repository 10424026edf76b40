"""What comes in from people without an account, in the name of the website, and what becomes of it.

Whoever contributes gets a code. Nothing but its digest is kept, as the key under which the answer to the request is
found again; the mark that the register shows follows from the code, and not the other way round. A form on paper has
such a code too: the desk enters it under its mark.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from engine import acts
from engine.acts import Ask
from engine.definition import Definition
from engine.questions.taking_part import answer_to
from engine.registers import Registers, names_of
from engine.submission import day_of, end_of, text
from engine.terms import Act, Action, Fact, Json, Register, Ruling, Task, Values
from engine.trail import record
from service import (
    briefing,
    cases,
    db,
    hearing,
    openings,
    receipts,
    store,
    store_commands,
    store_people,
    store_trail,
    store_wijken,
)
from service.accounts import WEBSITE
from service.briefing import Deciding
from service.faults import Conflict, Fault, Malformed, Unknown
from service.forms import Form
from service.installation import Installation
from service.openings import Reader
from service.store import CaseRow, TaskRow
from service.store_people import PersonRow

MARK, CHANNEL = "kenmerk", "kanaal"
NOT_ASKED = frozenset({MARK, CHANNEL, "indiener"})  # the website fills these in itself, or has no need of them
GROUND = "bijdragecode"  # on which the answer to a contribution is opened
_ONLINE, _ON_PAPER = "W", "P"
_INSTANT = timedelta(milliseconds=1)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
_CODE, _MARK = 20, 10  # letters of 5 bits each
_MOST_OPEN = 40
_CLOSED = "Reageren via de website kan hier nu niet. Bel de gemeente, of kom langs aan de balie: dat telt even zwaar."
_NO_CODE = (
    "Onder deze code is niets bekend. Kijk de code na; letters en cijfers die op elkaar lijken mogen door elkaar."
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to which somebody can react now: the task that takes it in, and what was promised about it.

    `ends_when_due` says that it closes when the task is due, whatever day was announced.
    """

    task: TaskRow
    case: CaseRow
    deciding: Deciding | None
    ends_when_due: bool

    @property
    def until(self) -> datetime | None:
        """The last moment to react: of the day that the frame announced (INV-16), else when the task is due."""
        promised = self.deciding.frame if self.deciding and not self.ends_when_due else None
        announced = text(promised or {}, "termijn")
        return end_of(announced) - _INSTANT if announced else self.task.due


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its form; `ruling` is what the engine would say now of a reaction, which is not recorded."""

    question: Question
    wijk: str  # its name
    raw: Values
    form: Form
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Given:
    """What was taken in, with the code that is told this once, and the mark that the register shows."""

    code: str
    mark: str
    answer: Values


@dataclass(frozen=True, slots=True)
class Slip:
    """A form on paper: the code on the part that is kept, the mark on the part that is handed in."""

    code: str
    mark: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision that says it heard the contribution, by the names of its step and of who took it."""

    step: str
    subject: str
    role: str
    at: datetime
    record: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a contribution; no `record` as long as the desk has not entered the form on paper."""

    mark: str
    wijk: str
    record: str | None = None
    at: datetime | None = None
    step: str = ""  # its name
    subject: str = "*"
    outcome: str | None = None
    reason: Json = None
    reply: Json = None
    handled_at: datetime | None = None
    decisions: tuple[Weighed, ...] = ()


def list_open(installation: Installation, wijk: str, lanes: Collection[str], now: datetime) -> list[Question]:
    """The questions to which one can react without an account in this wijk, in these lanes (`channel_lanes`)."""
    with db.reading(installation.database) as tx:
        website = _website(installation, tx)
        if website is None:
            return []
        facts: dict[str, tuple[Fact, ...]] = {}
        found = []
        for row, case in store.open_in_wijk(tx, wijk, lanes, Act.INBRENG, _MOST_OPEN) if lanes else ():
            definition = installation.definition(tx, case.definition)
            task = hearing.task_of(definition, row)
            if _takes_in(definition, row, task):
                known = facts.get(case.dossier)
                if known is None:
                    known = facts[case.dossier] = store_trail.facts_of(tx, case.dossier, {Register.KADERS})
                found.append(_question(definition, row, case, _deciding(definition, task, known, now)))
    return found


def ask(installation: Installation, wijk: str, task_id: str, now: datetime) -> Asked:
    """One such question with its form. Raises Unknown, and Conflict when the website takes nothing in."""
    with db.reading(installation.database) as tx:
        website, (row, case, definition) = _taking_part(installation, tx), _task(installation, tx, wijk, task_id)
        task = hearing.task_of(definition, row)
        needed = acts.registers_needed(Action.CONTRIBUTE, task)
        heard = hearing.hear(installation, tx, website, case, row, needed, now)
        name = store_wijken.find(tx, wijk) or wijk
    if row.status != "open":
        raise Conflict("De termijn om te reageren is om. Wat er met de reacties gebeurt, leest u bij uw wijk.")
    tried = Ask(heard.actor, Action.CONTRIBUTE, heard.task, {MARK: f"{_ONLINE}-0"})
    ruling = acts.judge(tried, heard.standing, heard.facts, heard.now, heard.elsewhere)
    raw = definition.forms.get(task.spec.form or "")
    question = _question(definition, row, case, _deciding(definition, task, heard.facts, heard.now))
    return Asked(question, name, raw or {"components": []}, installation.form(definition, task.spec.form), ruling)


def give(installation: Installation, wijk: str, task_id: str, token: str, values: Values, now: datetime) -> Given:
    """Take in what somebody wrote; with the same token again, the same answer. Raises as `cases.contribute` does."""
    with db.reading(installation.database) as tx:
        website, (row, _, definition) = _taking_part(installation, tx), _task(installation, tx, wijk, task_id)
        form = installation.form(definition, hearing.task_of(definition, row).spec.form)
    code = _code(installation, f"{task_id}\n{token}")
    mark = _mark(installation, code, _ONLINE)
    key = _digest(installation, code)
    asked = {place.key for place in form.places}
    filled: dict[str, Json] = {name: value for name, value in values.items() if name not in NOT_ASKED}
    filled |= {name: value for name, value in ((MARK, mark), (CHANNEL, "online")) if name in asked}
    try:
        answer = cases.contribute(installation, website, task_id, filled, now, command=key)
    except Conflict:
        with db.reading(installation.database) as tx:
            if store_commands.find(tx, key, website.id) is None:
                raise
        raise Conflict("Met dit formulier is al een bijdrage gegeven. Open het opnieuw voor een volgende.") from None
    return Given(_said(code), mark, answer)


def print_form(installation: Installation, wijk: str, task_id: str, token: str, now: datetime) -> Slip:
    """A form on paper for this question: the desk enters it under its mark, and the code tells what becomes of it."""
    found = ask(installation, wijk, task_id, now)
    code = _code(installation, f"papier\n{task_id}\n{token}")
    mark, key = _mark(installation, code, _ON_PAPER), _digest(installation, code)
    with db.writing(installation.database) as tx:
        website = _taking_part(installation, tx)
        if store_commands.find(tx, key, website.id) is None:
            answer: dict[str, Json] = {"zaak": found.question.case.id, MARK: mark}
            store_commands.keep(tx, key, website.id, _digest(installation, mark), answer, now)
    return Slip(_said(code), mark)


def follow(installation: Installation, code: str, now: datetime) -> Followed:
    """What became of the contribution with this code. Raises Unknown, alike for every code that is not one."""
    with db.reading(installation.database) as tx:
        website, case, mark, digest = _known(installation, tx, code)
        facts = store_trail.facts_of(tx, case.dossier, (Register.INBRENG, Register.BESLUITEN))
        registers = Registers(facts, hearing.not_before(now, facts))
        given = registers.of(Register.INBRENG, Act.INBRENG)
        own = next((one for one in given if _is(one, case, mark, digest)), None)
        if own is None:
            return Followed(mark, case.wijk)
        told, by = answer_to(registers, own, given)
        reader = Reader(installation, tx)
        answer = reader.opened({name: told[name] for name in ("reden", "reactie") if name in told})
        definition = installation.definition(tx, case.definition)
        weighed = _weighed(tx, definition, registers, own)
    openings.note(installation, website, reader.met, now, GROUND)
    return Followed(
        mark,
        case.wijk,
        own.record,
        own.at,
        definition.matrix.names.get(own.step or "", ""),
        own.subject,
        str(told["uitkomst"]) if "uitkomst" in told else None,
        answer.get("reden"),
        answer.get("reactie"),
        by.at if by else None,
        weighed,
    )


def receipt(installation: Installation, code: str, now: datetime) -> bytes:
    """The receipt of the record of this contribution. Raises Unknown, and Conflict as long as it is not signed."""
    found = follow(installation, code, now).record
    if found is None:
        raise Conflict("Dit formulier is nog niet ingevoerd; er is nog geen regel om te bewijzen.")
    return receipts.receipt_of(installation, found)


def _website(installation: Installation, tx: Connection) -> PersonRow | None:
    found = store_people.read_login(tx, WEBSITE, installation.names.hidden(WEBSITE))
    return None if found is None or found[0].blocked_at is not None else found[0]


def _taking_part(installation: Installation, tx: Connection) -> PersonRow:
    website = _website(installation, tx)
    if website is None:
        raise Conflict(_CLOSED)
    return website


def channel_lanes(definition: Definition) -> frozenset[str]:
    """The lanes in which something comes in along a channel besides their own role."""
    return frozenset(lane for lane in definition.roles.by_id if definition.roles.channels(lane))


def _takes_in(definition: Definition, row: TaskRow, task: Task) -> bool:
    """Whether this task collects where the website may bring in, in a case that is not hidden (INV-39)."""
    is_hidden = definition.seen_by(row.process) is not None
    return task.spec.collects and row.group in channel_lanes(definition) and not is_hidden


def _task(installation: Installation, tx: Connection, wijk: str, task_id: str) -> tuple[TaskRow, CaseRow, Definition]:
    found = store.read_task(tx, task_id)
    if found is not None and found[1].wijk == wijk and found[0].act == Act.INBRENG:
        definition = installation.definition(tx, found[1].definition)
        task = hearing.task_of(definition, found[0])
        if _takes_in(definition, found[0], task):
            return *found, definition
    raise Unknown("Hier wordt in deze wijk niets gevraagd.")


def _question(definition: Definition, row: TaskRow, case: CaseRow, deciding: Deciding | None) -> Question:
    return Question(row, case, deciding, definition.processes[row.process].elements[row.element].ends_when_due)


def _deciding(definition: Definition, task: Task, facts: tuple[Fact, ...], now: datetime) -> Deciding | None:
    return briefing.deciding(definition, task, Registers(facts, hearing.not_before(now, facts)), day_of(now))


def _known(installation: Installation, tx: Connection, code: str) -> tuple[PersonRow, CaseRow, str, str | None]:
    """The website, and what was answered under this code: the case, the mark and the record if there is one yet."""
    plain = read_code(code)
    found = store_people.read_login(tx, WEBSITE, installation.names.hidden(WEBSITE))
    known = None if found is None else store_commands.find(tx, _digest(installation, plain), found[0].id)
    if found is None or known is None:
        raise Unknown(_NO_CODE)
    answer = known[1]
    case = store.read_case(tx, str(answer.get("zaak")))
    if case is None:
        raise Unknown(_NO_CODE)
    taken = answer.get("ontvangst")
    digest = str(taken["regel"]) if isinstance(taken, dict) else None
    return found[0], case, str(answer.get(MARK) or _mark(installation, plain, _ONLINE)), digest


def _is(fact: Fact, case: CaseRow, mark: str, digest: str | None) -> bool:
    if digest is not None:
        return fact.record == digest
    return fact.body.get("zaak") == case.id and mark in names_of(fact)


def _weighed(tx: Connection, definition: Definition, registers: Registers, own: Fact) -> tuple[Weighed, ...]:
    steps, roles = definition.matrix.names, definition.roles
    taken = [one for one in registers.of(Register.BESLUITEN, Act.BESLUIT) if one.at >= own.at]
    bodies = {digest: record.read(body) for digest, body in store_trail.bodies(tx, {o.record for o in taken}).items()}
    return tuple(
        Weighed(
            steps.get(one.step or "", ""),
            one.subject,
            briefing.role_name(roles, str(one.body.get("rol"))),
            one.at,
            one.record,
        )
        for one in taken
        if own.record in _heard(bodies.get(one.record, {}))
    )


def _heard(body: Mapping[str, Json]) -> list[Json]:
    decision = body.get("decision")
    heard = decision.get("heard") if isinstance(decision, dict) else None
    return heard if isinstance(heard, list) else []


def read_code(text: str) -> str:
    """A code as somebody typed it: capitals, spaces and hyphens make no difference, nor do look-alikes."""
    plain = "".join(char for char in text.upper() if char.isalnum()).translate(str.maketrans("OIL", "011"))
    if len(plain) != _CODE or not set(plain) <= set(_LETTERS):
        raise Malformed((Fault("code", f"Een code heeft {_CODE} letters en cijfers, zoals op uw ontvangstbewijs."),))
    return plain


def _said(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _code(installation: Installation, token: str) -> str:
    return _letters(installation, f"bijdragecode\n{token}", _CODE)


def _mark(installation: Installation, code: str, channel: str) -> str:
    return f"{channel}-" + _letters(installation, f"kenmerk van bijdrage\n{code}", _MARK)


def _digest(installation: Installation, code: str) -> str:
    return hmac.new(installation.secret, f"onder bijdragecode\n{code}".encode(), sha256).hexdigest()


def _letters(installation: Installation, text: str, count: int) -> str:
    bits = int.from_bytes(hmac.new(installation.secret, text.encode("utf-8", "surrogatepass"), sha256).digest())
    return "".join(_LETTERS[(bits >> (5 * place)) & 31] for place in range(count))
