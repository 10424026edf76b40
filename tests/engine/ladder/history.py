"""What was allowed so far, in plain words: the only thing that the forbidden states are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Amsterdam")
PARTICIPATION = ("inbreng", "advies", "voorstel")
FRAMED_BY_TABLE = frozenset({"D01", "D05", "D06", "D12", "D15", "D16", "D17", "D18"})


@dataclass(frozen=True, slots=True)
class Done:
    """One act that the engine allowed: by whom, in whose name, in which roles, on what, with which values."""

    record: str
    at: datetime
    act: str
    by: str
    eyes: frozenset[str]  # of who acted, and in whose place or name
    own: frozenset[str]  # the roles that this person held then, on this subject
    lent: frozenset[str]  # those of the persons substituted
    role: str | None
    mandate: str | None
    step: str | None
    subject: str
    rung: str | None
    values: dict[str, Any]
    lane: str | None = None
    product: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What stands under `velden`."""
        return dict(self.values.get("velden") or {})


@dataclass(frozen=True, slots=True)
class FrameSet:
    """One step framed by a frame act."""

    done: Done
    step: str
    subject: str
    rung: str
    until: date

    def leaves_time(self, at: datetime) -> bool:
        """Whether the term still runs, or nobody is asked to take part."""
        return self.rung == "meeweten" or at < ends(self.until)


def about(one: str, other: str) -> bool:
    """Whether two subjects concern each other."""
    return one == other or "*" in (one, other)


def ends(until: date) -> datetime:
    """The first instant after a day here."""
    return datetime.combine(until + timedelta(days=1), time(0), HERE)


def filled(value: object) -> bool:
    """Whether something is said."""
    return bool(value.strip()) if isinstance(value, str) else bool(value)


@dataclass
class History:
    """All allowed acts, oldest first."""

    acts: list[Done] = field(default_factory=list)

    def of(self, act: str, step: str | None = None, subject: str | None = None) -> Iterator[Done]:
        """The acts of this kind, of the step and exactly the subject if given."""
        for one in self.acts:
            if one.act == act and step in (None, one.step) and subject in (None, one.subject):
                yield one

    def frames(self) -> Iterator[FrameSet]:
        """Each step framed, in order."""
        for one in self.of("kader"):
            for row in one.values.get("kaders") or [{}]:
                said = {**one.values, **row}
                step, subject = str(said.get("stap") or one.step), str(said.get("onderwerp") or one.subject)
                yield FrameSet(one, step, subject, said["trede"], date.fromisoformat(said["termijn"]))

    def frame(self, step: str, subject: str) -> FrameSet | None:
        """The frame that governs: the last one on exactly this subject, else the last on the whole."""
        found = [one for one in self.frames() if one.step == step]
        whole = [one for one in found if one.subject == "*"]
        governing = [*whole, *(one for one in found if one.subject == subject)]
        return governing[-1] if governing else None

    def public_since(self, frame: FrameSet) -> datetime | None:
        """When the frame was made public, while there was still time to take part."""
        found = (
            one.at
            for one in self.of("publicatie")
            if one.at >= frame.done.at and frame.leaves_time(one.at)
            and one.product == "participatiekader" and one.subject in ("*", frame.subject)
        )  # fmt: skip
        return next(found, None)

    def took_part(self, step: str, subject: str) -> list[Done]:
        """The contributions, advice and proposals on this."""
        return [
            one for one in self.acts if one.act in PARTICIPATION and one.step == step and about(one.subject, subject)
        ]

    def agreed_to_lower(self, frame: FrameSet, standing: FrameSet | None) -> bool:
        """Whether the group said yes to this very lowering since the standing frame, and that was decided."""
        if frame.subject == "*":
            return False
        for proposed in self.of("product", subject=frame.subject):
            is_it = (proposed.values.get("stap"), proposed.values.get("naar")) == (frame.step, frame.rung)
            if not is_it or (standing and proposed.at <= standing.done.at):
                continue
            said = [
                one
                for one in self.of("instemming", subject=frame.subject)
                if one.values.get("verzoek") == "verlaging" and one.values.get("over") == proposed.record
            ]
            changed = [
                one
                for one in self.of("besluit", "D18", frame.subject)
                if one.values.get("besluit") == "wijzigen" and one.values.get("voorstel") == proposed.record
                and (one.values.get("stap"), one.values.get("naar")) == (frame.step, frame.rung)
            ]  # fmt: skip
            if said and said[-1].values["instemming"] == "ja" and any(one.at > said[-1].at for one in changed):
                return True
        return False

    def outcome(self, step: str, subject: str) -> Done | None:
        """What the participants decided, unless it went back: claimed by the organ and upheld by the jurist."""
        found, claimed = None, False
        for one in self.acts:
            if (one.step, one.subject) != (step, subject):
                continue
            if one.act == "bekrachtiging":
                claimed = one.values.get("terug_naar_deelnemers") is True
            if one.act == "advies" and "onrechtmatig" in one.values and claimed:
                claimed, found = False, None if one.values["onrechtmatig"] is True else found
            if one.act == "besluit" and one.rung == "meebeslissen" and one.values.get("overeenstemming") is True:
                found = one
        return found

    def ratified(self, outcome: Done) -> bool:
        """Whether the organ ratified it."""
        return any(
            one.values.get("bekrachtigd") is True and one.at > outcome.at
            for one in self.of("bekrachtiging", outcome.step, outcome.subject)
        )

    def binding(self, step: str, subject: str, at: datetime) -> Done | None:
        """The self-binding in force."""
        found = [
            one
            for one in self.of("zelfbinding", step)
            if one.subject in (subject, "*") and at < ends(date.fromisoformat(one.values["vervaldatum"]))
        ]
        exact = [one for one in found if one.subject == subject]
        return [*found, *exact][-1] if found else None

    def proposal(self, step: str, subject: str) -> Done | None:
        """The joint proposal that stands."""
        return next((one for one in reversed(list(self.of("voorstel", step, subject))) if one.fields), None)

    def agenda_before(self, step: str, subject: str, proposal: Done) -> bool:
        """Whether a problem agenda was there before this proposal."""
        return any(
            one.values.get("probleemagenda") and about(one.subject, subject) and one.at < proposal.at
            for one in self.of("voorstel", step)
        )
