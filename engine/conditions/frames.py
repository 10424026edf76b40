"""The rung that holds, the frame that promised it, and what a new frame may not do."""

from __future__ import annotations

from collections.abc import Iterator

from engine.binding import binding_of, outcome_of
from engine.ceiling import FRAMED_BY_TABLE
from engine.conditions.demands import item_places
from engine.consents import lowering_agreed
from engine.differences import items_of
from engine.ladder import KIND
from engine.participation import (
    Frame,
    advices,
    announced,
    concerns_frame,
    contributions,
    frame_of,
    is_published,
    lacks_in_frame,
    rung_in,
    rung_of,
    term_in,
    unpublished,
)
from engine.question import Question
from engine.registers import WHOLE, FrameRow, frames_in
from engine.roles import values_of
from engine.submission import appearance, begin_of, folded, is_filled, text
from engine.terms import Act, Register, Rung

_NAMING = (Register.KADERS, Register.VOORSTELLEN, Register.STEMMINGEN, Register.BESLUITEN)  # where subjects stand

Lacks = Iterator[str]


def look_alike(q: Question) -> Lacks:
    """A subject has one spelling: another one would be governed by another frame, and be the same to whoever reads it.

    The ledger and the groups fold spellings; so an act on "i-05" would touch what participants decide as "I-05".
    Other alphabets have letters that cannot be told from ours, too many to list: a name has none of them.
    """
    known = {
        appearance(fact.subject): fact.subject
        for registers in ((q.elsewhere, q.registers) if q.act is Act.KADER else (q.registers,))
        for register in _NAMING
        for fact in registers.all(register)
    }
    asked = [q.subject, *(row.subject for row in frames_in(q.step, q.subject, q.values) if q.act is Act.KADER)]
    if q.act in (Act.BESLUIT, Act.VOORSTEL):
        asked += [item.name for item in items_of(q.values, "")]
    for name in dict.fromkeys(asked):
        other = known.setdefault(appearance(name), name)
        if name != WHOLE and other not in (WHOLE, name):
            yield f"{name} lijkt op {other}"
        if not folded(name).isascii():
            yield f"{name} heeft een letter die niet in ons alfabet staat"


def no_rung(q: Question) -> Lacks:
    """No frame promised a rung for this step and subject, so nobody decides (INV-01)."""
    if q.step is None:
        yield "de beslisstap"
    elif q.rung is None:
        yield f"een participatiekader voor {q.step}" + (f" over {q.subject}" if q.subject != WHOLE else "")


def rung_outside_task(q: Question) -> Lacks:
    """The task serves other rungs than the one that the frame promised."""
    served = q.task.spec.rungs if q.task else ()
    if served and q.rung not in served:
        yield f"het kader zegt {q.rung}, deze taak dient alleen {', '.join(served)}"


def rung_not_in_table(q: Question) -> Lacks:
    """The rights table does not allow this rung for this step."""
    if q.rung is not None and q.cell is None:
        yield f"{q.step} op trede {q.rung}"


def incomplete_or_unpublished_frame(q: Question) -> Lacks:
    """No participation and no decision without a complete and published frame (INV-02)."""
    if q.frame is not None:
        yield from lacks_in_frame(values_of(q.frame.fact))
        if not is_published(q.registers, q.frame):
            yield "de publicatie van het kader, voordat zijn termijn om is"
    elif q.step is None or q.step not in FRAMED_BY_TABLE:
        yield "een vastgesteld kader" + (f" voor {q.step}" if q.step else "")
    for name, frame in _frames_of_items(q):
        if not is_published(q.registers, frame):
            yield f"de publicatie van het kader van {name}, voordat zijn termijn om is"


def _frames_of_items(q: Question) -> Iterator[tuple[str, Frame]]:
    """The frame by which each item of a decision is judged, where it has one."""
    for step, name in item_places(q):
        frame = frame_of(q.registers, step, name)
        if frame is not None:
            yield name, frame


def no_frame_for_invitation(q: Question) -> Lacks:
    """An invitation opens participation, so its frame must stand (INV-02); other publications open nothing."""
    if q.values.get("betreft") == "uitnodiging":
        if q.frame is not None:
            yield from lacks_in_frame(values_of(q.frame.fact))
        elif q.step is None or q.step not in FRAMED_BY_TABLE:
            yield "een vastgesteld kader" + (f" voor {q.step}" if q.step else "")


def only_informed(q: Question) -> Lacks:
    """At *meeweten* there is no room for contributions (INV-03)."""
    if q.rung is Rung.MEEWETEN:
        yield "ruimte voor inbreng: dit onderwerp is op trede meeweten"


def term_not_ended(q: Question) -> Lacks:
    """The announced term still runs, of the decision or of one of its items (INV-16, L722-727)."""
    if q.frame is not None and q.rung is not Rung.MEEWETEN and q.now < q.frame.ends:
        yield f"de aangekondigde termijn loopt tot en met {text(values_of(q.frame.fact), 'termijn')}"
    for name, frame in _frames_of_items(q):
        if frame.rung is not Rung.MEEWETEN and q.now < frame.ends:
            yield f"die van {name} loopt tot en met {text(values_of(frame.fact), 'termijn')}"


def incomplete_frame(q: Question) -> Lacks:
    """Each frame of the act must say all that a frame says, for a step that exists (INV-02)."""
    for row in frames_in(q.step, q.subject, q.values):
        place = f"{row.step or '?'} {row.subject}: " if row.values is not q.values else ""
        if row.step is None:
            yield f"{place}stap"
        yield from (f"{place}{name}" for name in lacks_in_frame(row.values))


def room_without_rung(q: Question) -> Lacks:
    """Without room for input only *meeweten* can be promised (INV-03)."""
    for row in frames_in(q.step, q.subject, q.values):
        if not is_filled(row.values.get("ruimte_open")) and rung_in(row.values) is not Rung.MEEWETEN:
            yield f"open ruimte voor {row.step}"


def other_than_the_ladder(q: Question) -> Lacks:
    """A kind of the city stands on one rung; without a delegation *meebeslissen* is not that one (INV-12)."""
    ladder = q.matrix.ladder
    for row in frames_in(q.step, q.subject, q.values):
        rung, kind = rung_in(row.values), ladder.kind(row.values)
        if is_filled(row.values.get(KIND)) and kind is None:
            yield f"{row.step}: {KIND} die deze gemeente niet kent"
        elif rung is not None and rung is not ladder.rung(kind.rung if kind else rung, row.values):
            name, meant = kind.name if kind else rung, ladder.rung(kind.rung if kind else rung, row.values)
            why = "" if kind and kind.rung is meant else " zonder vastgelegde delegatie"
            yield f"{row.step}: “{name}”{why} is hier {meant}"


def frame_not_in_table(q: Question) -> Lacks:
    """The rights table must allow the promised rung for the step."""
    for row in frames_in(q.step, q.subject, q.values):
        rung = rung_in(row.values)
        if row.step and rung and q.matrix.cell(row.step, rung, q.today) is None:
            yield f"{row.step} op trede {rung}"


def unknown_organ(q: Question) -> Lacks:
    """The organ that the frame names must be one that the table lets decide the step (INV-13)."""
    for row in frames_in(q.step, q.subject, q.values):
        organ, rung = text(row.values, "orgaan"), rung_in(row.values)
        if row.step and rung and organ not in q.matrix.competent_roles(row.step, (rung,), q.roles):
            body = q.matrix.organ(row.step, q.today)
            if body is None or organ not in q.matrix.resolved(body, q.today).roles:
                yield f"{organ} beslist niet in {row.step}"


def lowered(q: Question) -> Lacks:
    """A promised rung is lowered with a reason before contributions are in, and by consent after that (INV-11, Q22).

    The consent of the group is with one proposal, to this rung, and the change is decided (D18); for the whole dossier
    nobody can give it. Without a frame the rung that the published table promises counts, once somebody took part.
    """
    for row in frames_in(q.step, q.subject, q.values):
        standing, frame = rung_of(q.registers, q.matrix, row.step or "", row.subject, q.today)
        rung = rung_in(row.values)
        if standing is None or rung is None or rung.level >= standing.level:
            continue
        if _took_part(q, row.step or "", row.subject):
            since = frame.fact.at if frame else None
            if not lowering_agreed(q.registers, row.step or "", row.subject, rung, since):
                asked = f"de instemming van de groep met {rung}, en het besluit daarover (D18)"
                asked += ", per onderwerp" if row.subject == WHOLE else ""
                yield f"{row.step} ging al op trede {standing} van start; nodig is {asked}"
        elif frame is not None and not is_filled(row.values.get("reden")):
            yield f"reden voor de verlaging van {standing} naar {rung}"


def bound_already(q: Question) -> Lacks:
    """Once the organ bound itself, no new frame takes the subject away from the participants (INV-04)."""
    for row in frames_in(q.step, q.subject, q.values):
        if rung_in(row.values) is Rung.MEEBESLISSEN:
            continue
        places = (q.registers, q.elsewhere)
        bound = {
            fact.subject
            for registers in places
            for fact in registers.of(Register.KADERS, Act.ZELFBINDING)
            if fact.step == row.step
        }
        for subject in sorted({row.subject, *bound}):
            step = row.step or ""
            stands = any(
                binding_of(registers, step, subject, q.now) or outcome_of(registers, step, subject)
                for registers in places
            )
            if stands and _would_govern(q, row, subject):
                yield f"{step} {subject}: het orgaan heeft zich vooraf verbonden"


def _would_govern(q: Question, row: FrameRow, subject: str) -> bool:
    standing = frame_of(q.registers, row.step or "", subject)
    return (row.subject != WHOLE and folded(row.subject) == folded(subject)) or (
        row.subject == WHOLE and (standing is None or standing.fact.subject == WHOLE)
    )


def shortened(q: Question) -> Lacks:
    """An announced term is never shortened, nor by way of a longer one that nobody heard of (INV-17)."""
    for row in frames_in(q.step, q.subject, q.values):
        said, ends = announced(q.registers, row.step or "", row.subject), term_in(row.values)
        if said and ends and ends < said.ends:
            yield f"{row.step}: de aangekondigde termijn loopt tot en met {text(values_of(said.fact), 'termijn')}"


def term_over(q: Question) -> Lacks:
    """Whoever is asked to take part gets time for it: the term of a frame lies ahead when it is set (INV-16)."""
    for row in frames_in(q.step, q.subject, q.values):
        ends = term_in(row.values)
        if ends and ends <= q.now and rung_in(row.values) is not Rung.MEEWETEN:
            yield f"{row.step}: {text(row.values, 'termijn')} is al voorbij"


def published_too_late(q: Question) -> Lacks:
    """A frame whose term is over is news of what nobody can take part in any more, and opens nothing (INV-16)."""
    if not concerns_frame(q.task.spec.product if q.task else None, q.values):
        return
    waiting = unpublished(q.registers, q.subject)
    if not any(frame.leaves_time(q.now) for frame in waiting):
        for frame in waiting:
            yield f"{frame.fact.step}: {text(values_of(frame.fact), 'termijn')} is al voorbij"


def not_yet_public(q: Question) -> Lacks:
    """What will be public on a day to come is not public: nothing may be built on it, and no term begins with it."""
    if is_filled(q.values.get("datum")) and begin_of(q.values.get("datum")) > q.now:
        yield "datum: vandaag of eerder"


def _took_part(q: Question, step: str, subject: str) -> bool:
    heard = contributions(q.registers, step, subject) or advices(q.registers, step, subject)
    proposed = q.registers.about(Register.VOORSTELLEN, Act.VOORSTEL, (step,), subject)
    if heard or proposed:
        return True
    for registers in (q.registers, q.elsewhere):
        decided = registers.about(Register.BESLUITEN, Act.BESLUIT, (step,), subject)
        if registers.about(Register.STEMMINGEN, Act.STEMMING, (step,), subject) or any(
            one.body.get("trede") == Rung.MEEBESLISSEN for one in decided
        ):
            return True
    return False
