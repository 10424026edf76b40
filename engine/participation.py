"""What the ladder demands before, in and after a decision, read from the registers; pure functions that say what is so.

A frame: `{"doel", "ruimte_open", "ruimte_dicht", "trede", "orgaan", "doelgroep", "werkvorm", "termijn",
"terugkoppeling"}` for a step and subject. A handling: `{"inbreng", "uitkomst": gebruikt|deels|niet, "reden",
"reactie"}` (or rows of these under `afhandelingen`). A reply: `{"advies", "reactie"}`, as a handling or in the decision
under `reacties`. Both point by digest or `kenmerk`; an advice also by the role that gave it, when it gave only one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.ceiling import FRAMED_BY_TABLE, REACTIONS
from engine.errors import ValuesUnreadable
from engine.registers import WHOLE, Registers, act_of, names_of
from engine.rights import Matrix
from engine.roles import values_of
from engine.submission import end_of, is_filled, rows, text
from engine.terms import Act, Fact, Json, Register, Rung, Values

FRAME_FIELDS = (
    *("doel", "ruimte_open", "ruimte_dicht", "trede", "orgaan"),
    *("doelgroep", "werkvorm", "termijn", "terugkoppeling"),
)
HANDLINGS = ("gebruikt", "deels", "niet")
FRAME_PRODUCTS = ("participatiekader", "kader")
AGENDA, FIELDS, ITEMS = "probleemagenda", "velden", "onderdelen"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that stands: the row that set it, the rung it promised and the first instant after its term."""

    fact: Fact
    rung: Rung
    ends: datetime

    def leaves_time(self, at: datetime) -> bool:
        """Whether somebody who hears of it at this moment can still take part; *meeweten* asks nobody to."""
        return self.rung is Rung.MEEWETEN or at < self.ends


def lacks_in_frame(values: Values) -> tuple[str, ...]:
    """The names of what a frame must say and does not (L141-146, L1283-1303); an unreadable rung or term counts."""
    rung = rung_in(values)
    missing = [name for name in FRAME_FIELDS if not is_filled(values.get(name)) and not _is_none(values, name)]
    if rung is None and "trede" not in missing:
        missing.append("trede (een van de vijf treden)")
    if "termijn" not in missing and term_in(values) is None:
        missing.append("termijn (een datum)")
    return tuple(missing)


def _is_none(values: Values, name: str) -> bool:
    """Whether a frame says of its room that there is none: nothing open (INV-03 judges that), or nothing closed."""
    if name == "ruimte_open":
        return values.get(name) is not None
    return name == "ruimte_dicht" and values.get(name) == []


def rung_in(values: Values) -> Rung | None:
    """The rung that a frame names, None when it names none that exists."""
    named = values.get("trede")
    return Rung(named) if isinstance(named, str) and named in set(Rung) else None


def term_in(values: Values) -> datetime | None:
    """The first instant after the announced term of a frame, None when it is no date."""
    try:
        return end_of(values.get("termijn"))
    except ValuesUnreadable:
        return None


def frame_of(registers: Registers, step: str, subject: str) -> Frame | None:
    """The frame that stands for a step and subject: the most specific one, and of those the last."""
    return next(reversed(tuple(_frames_in_turn(registers, step, subject))), None)


def _frames_in_turn(registers: Registers, step: str, subject: str) -> Iterator[Frame]:
    """Every frame that ever stood for a step and subject, in the order in which each took the place of the other."""
    before: Frame | None = None
    for fact in registers.of(Register.KADERS, Act.KADER):
        if fact.step != step or fact.subject not in (subject, WHOLE):
            continue
        rung, ends = rung_in(values_of(fact)), term_in(values_of(fact))
        if rung is None or ends is None:
            continue
        if before is None or fact.subject == subject or before.fact.subject == WHOLE:
            before = Frame(fact, rung, ends)
            yield before


def announced(registers: Registers, step: str, subject: str) -> Frame | None:
    """The frame with the last term that was made public for a step and subject, while that frame stood."""
    said = [frame for frame, _ in _announcements(registers, step, subject)]
    return max(said, key=lambda frame: frame.ends, default=None)


def _announcements(registers: Registers, step: str, subject: str) -> Iterator[tuple[Frame, datetime]]:
    """Each frame that was made public while it stood, with when that was."""
    turns = tuple(_frames_in_turn(registers, step, subject))
    for frame, after in zip(turns, (*turns, None)[1:], strict=True):
        since = published_at(registers, frame)
        if since is not None and (after is None or since < after.fact.at):
            yield frame, since


def open_until(registers: Registers, step: str, since: datetime) -> datetime:
    """Until when everybody could go on reacting without a break, from this moment on: by one announced term or more.

    A moment at which no announced term runs is its own end. An extension counts from when it was made public, so one
    that came after the term had ended begins a term of its own.
    """
    until = since
    for opened, ends in sorted(_reaction_terms(registers, step)):
        if opened <= until:
            until = max(until, ends)
    return until


def openings(registers: Registers, step: str) -> tuple[datetime, ...]:
    """When each term for reactions on the whole was announced."""
    return tuple(opened for opened, _ in _reaction_terms(registers, step))


def _reaction_terms(registers: Registers, step: str) -> Iterator[tuple[datetime, datetime]]:
    """From when until when each announced term for the whole ran; at *meeweten* there is nothing to react to."""
    for frame, opened in _announcements(registers, step, WHOLE):
        if frame.rung is not Rung.MEEWETEN:
            yield opened, frame.ends


def is_published(registers: Registers, frame: Frame) -> bool:
    """Whether the frame was made public since it was set and before its term ended."""
    return published_at(registers, frame) is not None


def published_at(registers: Registers, frame: Frame) -> datetime | None:
    """When the frame was first made public, on its subject or the whole, while there was still time to take part."""
    for fact in registers.of(Register.PUBLICATIES, Act.PUBLICATIE):
        is_of_it = fact.subject in (frame.fact.subject, WHOLE) and concerns_frame(
            fact.body.get("product"), values_of(fact)
        )
        if is_of_it and fact.at >= frame.fact.at and frame.leaves_time(fact.at):
            return fact.at
    return None


def concerns_frame(product: Json, values: Values) -> bool:
    """Whether a publication is one of a frame, by its product or by what it says that it is about."""
    return product in FRAME_PRODUCTS or values.get("betreft") in FRAME_PRODUCTS


def unpublished(registers: Registers, subject: str) -> tuple[Frame, ...]:
    """The frames that stand and wait for a publication on this subject; one on the whole publishes them all."""
    places = dict.fromkeys((fact.step or "", fact.subject) for fact in registers.of(Register.KADERS, Act.KADER))
    found = (frame_of(registers, step, name) for step, name in places if subject in (name, WHOLE))
    return tuple(frame for frame in found if frame is not None and not is_published(registers, frame))


def rung_of(
    registers: Registers, matrix: Matrix, step: str, subject: str, on: date
) -> tuple[Rung | None, Frame | None]:
    """The rung that holds and the frame that gives it; for a step framed by the table its default, otherwise none."""
    frame = frame_of(registers, step, subject)
    if frame:
        return matrix.ladder.rung(frame.rung, values_of(frame.fact)), frame
    default = matrix.default(step, on) if step in FRAMED_BY_TABLE else None
    return (default.rung if default else None), None


def steps_heard(step: str) -> tuple[str, ...]:
    """The steps whose contributions a decision must have handled: its own, and that of the reactions to its concept."""
    return (step, REACTIONS[step]) if step in REACTIONS else (step,)


def contributions(registers: Registers, step: str, subject: str) -> tuple[Fact, ...]:
    """The contributions that concern a decision."""
    return registers.about(Register.INBRENG, Act.INBRENG, steps_heard(step), subject)


def unhandled(registers: Registers, step: str, subject: str) -> tuple[Fact, ...]:
    """The contributions to a decision without handling and reply."""
    return without_handling(registers, contributions(registers, step, subject))


def without_handling(registers: Registers, given: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Those of the given contributions that have no handling and reply."""
    handled: set[str] = set()
    bearers: dict[str, set[str]] = {}
    for fact in registers.all(Register.INBRENG):
        if act_of(fact) == Act.INBRENG:
            for name in names_of(fact):
                bearers.setdefault(name, set()).add(fact.record)
            continue
        for row in handlings_in(values_of(fact)):
            named = bearers.get(text(row, "inbreng"), set())
            if len(named) == 1 and lacks_in_handling(row) == ():  # a name that two rows bear points at neither
                handled |= named
    return tuple(fact for fact in given if fact.record not in handled)


def handlings_in(values: Values) -> tuple[Values, ...]:
    """The handlings that one act holds: its rows `afhandelingen`, or itself."""
    return rows(values, "afhandelingen") or (values,)


def lacks_in_handling(row: Values) -> tuple[str, ...]:
    """What a handling must say and does not: used, partly or not; a reason unless used; a reply."""
    missing = [] if row.get("uitkomst") in HANDLINGS else [f"uitkomst ({', '.join(HANDLINGS)})"]
    if row.get("uitkomst") in HANDLINGS[1:] and not is_filled(row.get("reden")):
        missing.append("reden")
    return (*missing, *(() if is_filled(row.get("reactie")) else ("reactie",)))


def _handlings(registers: Registers) -> list[Values]:
    facts = registers.of(Register.INBRENG, Act.AFHANDELING)
    return [row for fact in facts for row in handlings_in(values_of(fact))]


def advices(registers: Registers, step: str, subject: str) -> tuple[Fact, ...]:
    """The advice given on a decision."""
    return registers.about(Register.ADVIEZEN, Act.ADVIES, (step,), subject)


def unanswered(registers: Registers, step: str, subject: str, decision: Values) -> tuple[Fact, ...]:
    """The advice without a reply, neither earlier nor in the decision itself (L2271-2273)."""
    replies = [*_handlings(registers), *rows(decision, "reacties")]
    answered = {text(row, "advies") for row in replies if is_filled(row.get("reactie"))}
    given = advices(registers, step, subject)
    named = advice_names(given)
    return tuple(fact for fact in given if not named[fact.record] & answered)


def advice_names(given: tuple[Fact, ...]) -> Mapping[str, frozenset[str]]:
    """How a reply may point at each advice (by digest): as at any row or by its role, if no other has that name."""
    names = {fact.record: names_of(fact) | {str(fact.body.get("rol", fact.record))} for fact in given}
    borne = Counter(name for each in names.values() for name in each)
    return {record: frozenset(name for name in each if borne[name] == 1) for record, each in names.items()}


def problem_agenda(registers: Registers, step: str, subject: str, before: Fact | None = None) -> Fact | None:
    """The problem agenda agreed jointly; with `before` only one that was there before that proposal."""
    for fact in registers.about(Register.VOORSTELLEN, Act.VOORSTEL, (step,), subject):
        if fact is before:
            break
        if is_filled(values_of(fact).get(AGENDA)):
            return fact
    return None


def is_solution(values: Values) -> bool:
    """Whether a proposal lays down what should happen: its fields, or the items that have fields."""
    return is_filled(values.get(FIELDS)) or is_filled(values.get(ITEMS))


def joint_proposal(registers: Registers, step: str, subject: str) -> Fact | None:
    """The joint proposal that stands: the last one with fields on exactly this subject."""
    found = [
        fact
        for fact in registers.of(Register.VOORSTELLEN, Act.VOORSTEL)
        if fact.step == step and fact.subject == subject and is_solution(values_of(fact))
    ]
    return found[-1] if found else None


def standing_subjects(registers: Registers, step: str) -> tuple[str, ...]:
    """The subjects (not the whole) for which a frame of this step stands."""
    facts = registers.of(Register.KADERS, Act.KADER)
    return tuple(dict.fromkeys(fact.subject for fact in facts if fact.step == step and fact.subject != WHOLE))
