"""The forbidden states, each said in its own words and apart from the rules: what `done` may never have become.

Each takes the city, the history before the act, and the act that was just allowed; it says what is wrong, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from tests.engine.ladder.cities import KINDS, NEVER, RESIDENTS, City
from tests.engine.ladder.history import FRAMED_BY_TABLE, HERE, PARTICIPATION, Done, History, about, ends, filled

Forbidden = Callable[[City, History, Done], Iterator[str]]
REACTIONS = {"D09": ("D09", "D08")}


def inv_01_a_decision_without_a_rung_promised_before(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act not in ("besluit", "zelfbinding") or done.step is None:
        return
    frame = before.frame(done.step, done.subject)
    if frame is None:
        if done.step not in FRAMED_BY_TABLE:
            yield "nobody promised a rung"
        return
    if done.rung != frame.rung:
        yield f"decided at {done.rung}, promised was {frame.rung}"
    if city.row(done.step, frame.rung) is None:
        yield f"{done.step} at {frame.rung} is not in the table"
    is_heard = done.act == "besluit" and done.step not in FRAMED_BY_TABLE
    for part in before.took_part(done.step, done.subject) if is_heard else ():
        earlier = [one for one in before.frames() if one.step == done.step and about(one.subject, part.subject)]
        if not any(one.done.at < part.at for one in earlier):
            yield f"{part.act} came before any frame"


def inv_02_participation_or_decision_on_what_is_not_public(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act not in (*PARTICIPATION, "besluit") or done.step is None:
        return
    frame = before.frame(done.step, done.subject)
    if frame is None:
        if done.step not in FRAMED_BY_TABLE:
            yield f"{done.act} without a frame"
    elif before.public_since(frame) is None:
        yield f"{done.act} on a frame that was never made public"


def inv_03_room_promised_where_there_is_none(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act == "kader":
        for row in done.values.get("kaders") or [{}]:
            said = {**done.values, **row}
            if not filled(said.get("ruimte_open")) and said["trede"] != "meeweten":
                yield f"{said['trede']} without room"
    if done.act in PARTICIPATION and done.rung == "meeweten":
        yield f"{done.act} where people are only informed"


def inv_04_who_decides_what_was_left_to_the_participants(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "besluit" or done.rung != "meebeslissen" or done.step in (None, "D15"):
        return
    roles = done.own | done.lent
    if not roles & RESIDENTS:
        yield f"decided by {sorted(roles)}"
    if done.step and (roles & city.organs(done.step)):
        yield f"the organ sat among the participants: {sorted(roles & city.organs(done.step))}"


def inv_04_an_outcome_replaced_or_taken_away(city: City, before: History, done: Done) -> Iterator[str]:
    if done.step is None:
        return
    standing = before.outcome(done.step, done.subject)
    if standing is not None and done.act in ("besluit", "zelfbinding"):
        yield f"a second {done.act} over an outcome"
    if done.act == "bekrachtiging":
        if standing is None or before.ratified(standing):
            yield "ratified without an outcome, or twice"
        elif done.values.get("uitslag", standing.values["uitslag"]) != standing.values["uitslag"]:
            yield "another outcome was ratified"
        elif done.values.get("bedrag", standing.values.get("bedrag")) != standing.values.get("bedrag"):
            yield "another amount was ratified"
    if done.act == "besluit" and done.step == "D11" and done.rung != "meebeslissen":
        for one in list(before.of("besluit", "D07")):
            if about(one.subject, done.subject) and before.outcome("D07", one.subject):
                yield f"what participants decided on {one.subject} was changed by D11"


def inv_04_an_outcome_sent_back_to_withhold_it(city: City, before: History, done: Done) -> Iterator[str]:
    standing = before.outcome(done.step, done.subject) if done.step else None
    if done.step is None or standing is None:
        return
    if done.act == "bekrachtiging" and done.values.get("terug_naar_deelnemers") is True:
        for one in before.of("bekrachtiging", done.step, done.subject):
            then = History(before.acts[: before.acts.index(one)]).outcome(done.step, done.subject)
            is_same = then is not None and all(
                then.values.get(name) == standing.values.get(name) for name in ("uitslag", "bedrag")
            )
            if is_same and one.values.get("grond") == done.values["grond"]:
                yield f"one outcome was sent back twice on the ground {done.values['grond']}"
    if done.act == "advies" and "onrechtmatig" in done.values and (done.own | done.lent) & city.organs(done.step):
        yield "the organ judged its own claim"


def inv_04_a_frame_that_takes_back(city: City, before: History, done: Done) -> Iterator[str]:
    for frame in History([done]).frames() if done.act == "kader" else ():
        bound = {one.subject for one in before.of("zelfbinding", frame.step) if one.subject == frame.subject}
        for subject in bound if frame.rung != "meebeslissen" else ():
            if before.outcome(frame.step, subject) or before.binding(frame.step, subject, done.at):
                yield f"a frame took {subject} back"


def inv_04_an_outcome_changed_in_the_programme(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "besluit" or done.step != "D09":
        return
    items = {row["onderdeel"]: {**row, **(row.get("velden") or {})} for row in done.values.get("onderdelen") or []}
    for subject in {one.subject for one in before.frames() if one.step == "D07" and one.subject != "*"}:
        outcome = before.outcome("D07", subject)
        if outcome is None:
            continue
        if subject not in items:
            yield f"{subject} was left out"
            continue
        for name, value in {"uitslag": outcome.values["uitslag"], **outcome.fields}.items():
            if items[subject].get(name, value if name == "uitslag" else None) != value:
                yield f"{subject}: {name} is not what the participants decided"
        given = {row["bedrag"] for row in done.values.get("bestedingsvoorstel") or [] if row["post"] == subject}
        if given and given != {outcome.values.get("bedrag")}:
            yield f"{subject}: another amount"


def inv_05_an_outcome_outside_the_self_binding(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "besluit" or done.rung != "meebeslissen" or done.step in (None, "D15"):
        return
    assert done.step is not None
    bound = before.binding(done.step, done.subject, done.at)
    if bound is None:
        yield "nobody bound himself"
        return
    if done.values.get("overeenstemming") is False:
        return
    checked: dict[str, bool] = {}
    for one in before.acts:
        if one.at >= bound.at and one.step == done.step and about(one.subject, done.subject):
            for row in one.values.get("optietoets") or []:
                checked[row["optie"]] = row["rechtmatig"] is True and row["uitvoerbaar"] is True
    options = [row["optie"] for row in bound.values["opties"]]
    if set(options) - set(checked):
        yield f"unchecked: {sorted(set(options) - set(checked))}"
    if done.values.get("uitslag") not in options or not checked.get(done.values["uitslag"]):
        yield f"option {done.values.get('uitslag')}"
    amounts = [done.values.get("bedrag"), done.fields.get("bedrag")]
    if any(amount is not None and amount > bound.values["plafond"] for amount in amounts):
        yield "above the ceiling"


def reasons_in(done: Done) -> set[tuple[str, str]]:
    """Item and field of each reason given."""
    rows = done.values.get("afwijkingen") or []
    return {(row.get("onderdeel") or done.subject, row["veld"]) for row in rows if filled(row.get("reden"))}


def inv_07_a_difference_without_its_reason(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "besluit" or done.step is None or done.role in RESIDENTS:
        return
    reasons = reasons_in(done)
    if done.rung == "coproduceren":
        proposal = before.proposal(done.step, done.subject)
        if proposal is None:
            yield "decided without a joint proposal"
            return
        if not before.agenda_before(done.step, done.subject, proposal):
            yield "a proposal without a problem agenda before it (INV-08)"
        for name in proposal.fields.keys() | done.fields.keys():
            said = [where[name] for where in (done.fields, done.values) if name in where and name in proposal.fields]
            is_same = bool(said) and all(one == proposal.fields[name] for one in said)
            if not is_same and (done.subject, name) not in reasons:
                yield f"{name} differs without a reason"


def inv_07_an_item_that_differs_without_its_reason(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act == "besluit" and done.step == "D09":
        reasons = reasons_in(done)
        items = {row["onderdeel"]: dict(row.get("velden") or {}) for row in done.values.get("onderdelen") or []}
        for subject in {one.subject for one in before.frames() if one.step == "D07" and one.subject != "*"}:
            frame, proposal = before.frame("D07", subject), before.proposal("D07", subject)
            if frame is None or frame.rung != "coproduceren" or proposal is None:
                continue
            if subject not in items and (subject, "*") not in reasons:
                yield f"{subject} was dropped without a reason"
            for name in proposal.fields if subject in items else ():
                if items[subject].get(name) != proposal.fields[name] and (subject, name) not in reasons:
                    yield f"{subject}: {name} differs without a reason"


def inv_11_a_rung_lowered(city: City, before: History, done: Done) -> Iterator[str]:
    ladder = ["meeweten", "raadplegen", "adviseren", "coproduceren", "meebeslissen"]
    for frame in History([done]).frames() if done.act == "kader" else ():
        standing = before.frame(frame.step, frame.subject)
        promised = standing.rung if standing else city.promised(frame.step, done.at.astimezone(HERE).date())
        if promised and ladder.index(frame.rung) < ladder.index(promised):
            if before.took_part(frame.step, frame.subject):
                if not before.agreed_to_lower(frame, standing):
                    yield f"{promised} became {frame.rung} after people took part"
            elif standing and not filled(done.values.get("reden")):
                yield f"{promised} became {frame.rung} without a reason"


def inv_13_who_decides(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act not in ("besluit", "zelfbinding", "bekrachtiging", "kader", "stemming"):
        return
    if not (done.own | done.lent) - NEVER:
        yield f"{sorted(done.own)} never decide"
    if done.mandate is None and done.role not in done.own | done.lent:
        yield f"acted as {done.role} without having that role"
    if done.act == "besluit" and done.rung != "meebeslissen":
        for one in before.acts:
            is_same = one.step == done.step and about(one.subject, done.subject)
            if one.act == "advies" and is_same and one.eyes & done.eyes:
                yield f"{sorted(one.eyes & done.eyes)} advised and decided"


def dt_05_above_the_ceiling_of_bottlenecks(city: City, before: History, done: Done) -> Iterator[str]:
    row = city.row(done.step or "", done.rung or "")
    if done.act == "besluit" and row and row["beslist"].startswith("laag:DT05") and done.role == "wijkcoordinator":
        amount = done.values.get("bedrag")
        if not isinstance(amount, int) or amount > int(row["plafond"]):
            yield f"{amount} of {row['plafond']}"


def inv_16_a_decision_while_the_term_runs(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act == "besluit" and done.step and done.rung != "meeweten":
        frame = before.frame(done.step, done.subject)
        if frame and done.at < ends(frame.until):
            yield f"the term runs until {frame.until}"


def inv_16_a_frame_without_time_to_take_part(city: City, before: History, done: Done) -> Iterator[str]:
    for frame in History([done]).frames() if done.act == "kader" else ():
        if not frame.leaves_time(done.at):
            yield f"{frame.step} asked for contributions until {frame.until}, which was over"


def inv_17_a_term_shortened(city: City, before: History, done: Done) -> Iterator[str]:
    for frame in History([done]).frames() if done.act == "kader" else ():
        standing = before.frame(frame.step, frame.subject)
        if standing and frame.until < standing.until and before.public_since(standing):
            yield f"{standing.until} became {frame.until}"


def inv_18_a_contribution_or_advice_without_an_answer(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "besluit" or done.step is None:
        return
    answered = {
        one.values.get("inbreng")
        for one in before.of("afhandeling")
        if filled(one.values.get("reactie"))
        and (one.values.get("uitkomst") == "gebruikt" or filled(one.values.get("reden")))
    }
    for one in before.of("inbreng"):
        is_heard = one.step in REACTIONS.get(done.step, (done.step,)) and about(one.subject, done.subject)
        if is_heard and one.record not in answered:
            yield f"{one.record[:6]} was not answered"
    if done.rung == "adviseren" and done.step not in ("D17", "D18"):
        replies = [row for row in done.values.get("reacties") or [] if filled(row.get("reactie"))]
        named = {row["advies"] for row in replies} | {one.values.get("advies") for one in before.of("afhandeling")}
        for one in before.of("advies", done.step):
            if about(one.subject, done.subject) and one.record not in named:
                yield f"advice {one.record[:6]} got no reply (INV-09)"


def inv_32_more_spent_than_there_is(city: City, before: History, done: Done) -> Iterator[str]:
    if done.act != "boeking":
        return
    booked = [*before.of("boeking"), done]
    budget = sum(row["bedrag"] for one in booked for row in one.values.get("posten") or [])
    spent = sum(one.values["bedrag"] for one in booked if one.values["soort"] == "uitgave")
    if spent > budget:
        yield f"{spent} spent of {budget}"
    if KINDS.get(done.lane or "") in ("bewoners", "deelnemers", "toezicht", "beheer"):
        yield f"booked in the lane of {done.lane}"


def inv_44_a_cell_used_outside_its_validity(city: City, before: History, done: Done) -> Iterator[str]:
    row = city.row(done.step or "", done.rung or "") if done.act == "besluit" else None
    if row and row["geldig_tot"] and done.at.astimezone(HERE) >= ends(date.fromisoformat(row["geldig_tot"])):
        yield f"{row['stap']}/{row['trede']} was no longer valid"


FORBIDDEN: tuple[Forbidden, ...] = (
    inv_01_a_decision_without_a_rung_promised_before,
    inv_02_participation_or_decision_on_what_is_not_public,
    inv_03_room_promised_where_there_is_none,
    inv_04_who_decides_what_was_left_to_the_participants,
    inv_04_an_outcome_replaced_or_taken_away,
    inv_04_an_outcome_sent_back_to_withhold_it,
    inv_04_a_frame_that_takes_back,
    inv_04_an_outcome_changed_in_the_programme,
    inv_05_an_outcome_outside_the_self_binding,
    inv_07_a_difference_without_its_reason,
    inv_07_an_item_that_differs_without_its_reason,
    inv_11_a_rung_lowered,
    inv_13_who_decides,
    dt_05_above_the_ceiling_of_bottlenecks,
    inv_16_a_decision_while_the_term_runs,
    inv_16_a_frame_without_time_to_take_part,
    inv_17_a_term_shortened,
    inv_18_a_contribution_or_advice_without_an_answer,
    inv_32_more_spent_than_there_is,
    inv_44_a_cell_used_outside_its_validity,
)
