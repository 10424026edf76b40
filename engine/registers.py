"""The registers: what a trail record establishes, as rows (facts), and how rows are found again.

A row is a projection of one record and of nothing else, so the registers can be rebuilt from the log at any time.
The body of a row: `{"handeling", "rol", "zaak", "element", "product", "trede", "namens", "mandaat", "wacht_op",
"gegevens"}`; `gegevens` holds the recorded values, in which sealed ones are handles, and `wacht_op` names the other
bodies that must still take the same decision.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.errors import ValuesUnreadable
from engine.roles import values_of
from engine.submission import appearance, rows, text
from engine.terms import Act, Action, Fact, Json, Register, Values
from engine.trail.kinds import Kind, kind_of

ANSWERABLES = "aanspreekbaren"  # the product that says who is answerable has a register of its own
WHOLE = "*"  # the subject that stands for the dossier as a whole
AGREED = "overeenstemming"  # with false participants record that they do not agree: then nothing was decided
DECISION_OF = "besluit:"  # what a decision still owes when other bodies decide as well (`samen:a+b`): each of theirs

_LANDS_IN = {
    Act.KADER: Register.KADERS,
    Act.ZELFBINDING: Register.KADERS,
    Act.INBRENG: Register.INBRENG,
    Act.AFHANDELING: Register.INBRENG,
    Act.ADVIES: Register.ADVIEZEN,
    Act.VOORSTEL: Register.VOORSTELLEN,
    Act.BESLUIT: Register.BESLUITEN,
    Act.BEKRACHTIGING: Register.BESLUITEN,
    Act.PRODUCT: Register.PRODUCTEN,
    Act.PUBLICATIE: Register.PUBLICATIES,
    Act.KENNISNAME: Register.PUBLICATIES,
    Act.STEMMING: Register.STEMMINGEN,
    Act.TOEZEGGING: Register.TOEZEGGINGEN,
    Act.BOEKING: Register.GROOTBOEK,
    Act.BIJEENKOMST: Register.BIJEENKOMSTEN,
    Act.INSTEMMING: Register.INSTEMMINGEN,
}
_COMPLETED = {kind_of(Action.COMPLETE, act, True) for act in Act} | {
    *(Kind.CONTRIBUTION_RECEIVED, Kind.COMMITMENT_MOVED, Kind.COMMITMENT_KEPT, Kind.CONSENT_WITHHELD),
}
_OF_ORGANISATION = {
    Kind.ROLE_GIVEN: Register.ROLLEN,
    Kind.ROLE_WITHDRAWN: Register.ROLLEN,
    Kind.MANDATE_GIVEN: Register.MANDATEN,
    Kind.MANDATE_WITHDRAWN: Register.MANDATEN,
    Kind.SUBSTITUTION_GIVEN: Register.VERVANGINGEN,
    Kind.SUBSTITUTION_WITHDRAWN: Register.VERVANGINGEN,
    Kind.DEFINITION_PROPOSED: Register.PROCESMODELLEN,
    Kind.DEFINITION_DEPLOYED: Register.PROCESMODELLEN,
    Kind.DESTRUCTION_ASKED: Register.VERNIETIGINGEN,
    Kind.DESTRUCTION_ORDERED: Register.VERNIETIGINGEN,
    Kind.DESTRUCTION_CALLED_OFF: Register.VERNIETIGINGEN,
    Kind.KEEPING_ORDERED: Register.BEWAARPLICHTEN,
    Kind.KEEPING_LIFTED: Register.BEWAARPLICHTEN,
}

_ADVISING = {  # rows by whom was asked, so that what waits for one person is found in every dossier
    Kind.ADVICE_REQUESTED,
    Kind.REQUEST_ANSWERED,
    Kind.REQUEST_DECLINED,
    Kind.REQUEST_REMINDED,
    Kind.REQUEST_WITHDRAWN,
}
_OF_NO_ACT = {  # what no task established: a count, and a correction
    Kind.BALLOT_COUNTED: Register.STEMMINGEN,
    Kind.RECORD_CORRECTED: Register.CORRECTIES,
}

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KINDS = frozenset(Kind)
_ACTS = frozenset(Act)


def moment(at: datetime) -> str:
    """A moment as records write it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def facts_of(body: Mapping[str, Json], record: str) -> tuple[Fact, ...]:
    """The register rows that the parsed record `body` with digest `record` establishes; none for a refusal.

    A completed task gives a row in VERRICHT (who did which element) and one in the register of its act; a frame act
    gives one for each step that it frames. A correction is a row of its own beside the one corrected (INV-19). Rows
    about roles, mandates and substitutions have the person as subject, those about advice requests who was asked.
    """
    kind, ruling = body.get("kind"), _part(body, "ruling")
    if kind not in _KINDS or ruling.get("outcome", "allowed") != "allowed":
        return ()
    if register := _OF_ORGANISATION.get(Kind(str(kind))):
        values = _part(body, "values")
        person = values.get("vervanger") or values.get("persoon") or values.get("rol") or body.get("subject")
        return (_row(record, body, register, subject=_said(person) or WHOLE, values=values),)
    if kind in _ADVISING:
        values = _part(body, "values")
        return (_row(record, body, Register.ADVIESVERZOEKEN, subject=_said(values.get("adviseur")), values=values),)
    if register := _OF_NO_ACT.get(Kind(str(kind))):
        return (_row(record, body, register, values=_part(body, "values")),)
    if kind == Kind.TIME_PASSED:
        return tuple(_lapses(record, body))
    task = _part(body, "task")
    if kind not in _COMPLETED or not task.get("id"):
        return ()
    act = Act(_said(task.get("act"))) if task.get("act") in _ACTS else Act.WERK
    return (_row(record, body, Register.VERRICHT, values={}), *_registered(record, body, act))


def _lapses(record: str, body: Mapping[str, Json]) -> Iterator[Fact]:
    """The tasks of a decision step that a term closed undone: silence, as a row (see `engine.acts.lapsed`)."""
    for one in rows(_part(body, "values"), "verstreken"):
        step, subject = _said(one.get("stap")) or None, _said(one.get("onderwerp"))
        yield _row(record, body, Register.VERSTREKEN, step=step, subject=subject or WHOLE, values=one)


def _registered(record: str, body: Mapping[str, Json], act: Act) -> Iterator[Fact]:
    values, register = _part(body, "values"), _LANDS_IN.get(act)
    if act is Act.PRODUCT and _part(body, "task").get("product") == ANSWERABLES:
        register = Register.AANSPREEKBAREN
    if register is None:
        return
    if act is not Act.KADER:
        yield _row(record, body, register, values=values)
        return
    for frame in frames_in(_said(body.get("step")) or None, _said(body.get("subject")) or WHOLE, values):
        yield _row(record, body, register, step=frame.step, subject=frame.subject, values=frame.values)


def _row(
    record: str,
    body: Mapping[str, Json],
    register: Register,
    *,
    values: Mapping[str, Json],
    step: str | None = None,
    subject: str | None = None,
) -> Fact:
    actor, task = _part(body, "actor"), _part(body, "task")
    kept: dict[str, Json] = {
        "handeling": task.get("act"),
        "rol": actor.get("role"),
        "zaak": body.get("case"),
        "element": task.get("element"),
        "product": task.get("product"),
        "trede": body.get("rung"),
        "namens": actor.get("behalf") or actor.get("for"),
        "mandaat": actor.get("mandate") or None,
        "wacht_op": [*_awaited(_part(body, "ruling"))] or None,
        "gegevens": dict(values) or None,
    }
    return Fact(
        register=register,
        record=record,
        at=datetime.fromisoformat(_said(body.get("at"))),
        by=_said(actor.get("ref")),
        step=step or _said(body.get("step")) or None,
        subject=subject or _said(body.get("subject")) or WHOLE,
        body={name: value for name, value in kept.items() if value is not None},
    )


def _awaited(ruling: Mapping[str, Json]) -> Iterator[str]:
    owed = ruling.get("owed")
    for one in owed if isinstance(owed, list) else ():
        if isinstance(one, str) and one.startswith(DECISION_OF):
            yield one.removeprefix(DECISION_OF)


def _part(body: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _said(value: Json) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One framed step in a frame act: `step` None when the act does not say which."""

    step: str | None
    subject: str
    values: Values


def frames_in(step: str | None, subject: str, values: Values) -> tuple[FrameRow, ...]:
    """The frames that one frame act sets: its rows `kaders`, each completed with what stands above them, or itself.

    A row names its own `stap` and `onderwerp`; otherwise those of the act hold, then those of the task.
    """
    shared = {name: value for name, value in values.items() if name != "kaders"}
    try:
        listed = rows(values, "kaders") or ({},)
        found = [{**shared, **row} for row in listed]
        return tuple(
            FrameRow(text(frame, "stap") or step, text(frame, "onderwerp") or subject, frame) for frame in found
        )
    except ValuesUnreadable:
        return (FrameRow(None, subject, shared),)


def overlaps(one: str, other: str) -> bool:
    """Whether two subjects concern each other: the same one, however it is spelled, or one is the whole dossier."""
    return one == other or WHOLE in (one, other) or appearance(one) == appearance(other)


def act_of(fact: Fact) -> str:
    """The act by which a row came about, as its Dutch value."""
    return _said(fact.body.get("handeling"))


def names_of(fact: Fact) -> frozenset[str]:
    """How people may point at a row: the digest of its record, or the reference (`kenmerk`) given in it."""
    given = values_of(fact).get("kenmerk")
    is_name = isinstance(given, str) and given and not _DIGEST.fullmatch(given)  # no digest of another row
    return frozenset({fact.record, str(given)}) if is_name else frozenset({fact.record})


def pointers_to(facts: Sequence[Fact], among: Sequence[Fact] = ()) -> Iterator[str]:
    """How to point at these rows: by `kenmerk` if no other row (of `among`) bears it, otherwise by digest."""
    borne = Counter(name for fact in among or facts for name in names_of(fact))
    for fact in facts:
        yield next((name for name in sorted(names_of(fact) - {fact.record}) if borne[name] == 1), fact.record)


def row_named(among: Sequence[Fact], name: str) -> Fact | None:
    """The one row at which this digest or `kenmerk` points; None when it points at none or at several."""
    found = [one for one in among if name and name in names_of(one)]
    return found[0] if len(found) == 1 else None


class Registers:
    """The rows known at a moment, by register, in the order in which they were recorded."""

    __slots__ = ("_facts", "_rows", "now")

    def __init__(self, facts: Iterable[Fact], now: datetime) -> None:
        self.now = now
        self._rows: dict[Register, list[Fact]] = {}
        self._facts = tuple([fact for fact in facts if fact.at <= now])
        for fact in self._facts:
            self._rows.setdefault(fact.register, []).append(fact)

    def all(self, register: Register) -> tuple[Fact, ...]:
        """Every row of a register."""
        return tuple(self._rows.get(register, ()))

    def in_turn(self, *registers: Register) -> tuple[Fact, ...]:
        """Every row of these registers, by moment and then as recorded."""
        return tuple(sorted((fact for fact in self._facts if fact.register in registers), key=lambda fact: fact.at))

    def of(self, register: Register, act: Act) -> tuple[Fact, ...]:
        """The rows of a register that came about by this act."""
        return tuple(fact for fact in self._rows.get(register, ()) if act_of(fact) == act)

    def about(self, register: Register, act: Act, steps: tuple[str, ...], subject: str) -> tuple[Fact, ...]:
        """The rows of these steps whose subject concerns this one."""
        return tuple(fact for fact in self.of(register, act) if fact.step in steps and overlaps(fact.subject, subject))


def is_taken(fact: Fact) -> bool:
    """Whether a decision was taken: by every body that decides it together, and not one on which nobody agreed."""
    return values_of(fact).get(AGREED) is not False and not fact.body.get("wacht_op")


def decisions(registers: Registers, step: str, subject: str | None = None) -> tuple[Fact, ...]:
    """The decisions taken in a step, on exactly this subject when one is named."""
    return tuple(
        fact
        for fact in registers.of(Register.BESLUITEN, Act.BESLUIT)
        if fact.step == step and subject in (None, fact.subject) and is_taken(fact)
    )
