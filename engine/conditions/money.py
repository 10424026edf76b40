"""Bookings: who may book, what a booking rests on, who may shift, and that nothing goes above its post."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.binding import binding_of, outcome_of
from engine.consents import SHIFT, is_yes
from engine.ledger import (
    BOTTLENECKS,
    INITIATIVES,
    OUTCOMES,
    Ledger,
    Sort,
    bearers,
    budgeted,
    ledger_of,
    parts,
    positive,
    programme_of,
    sort_in,
    sort_of,
)
from engine.participation import rung_of, standing_subjects
from engine.question import Question
from engine.registers import WHOLE, decisions
from engine.roles import Kind, values_of
from engine.submission import folded, open_text, rows
from engine.terms import Act, Fact, Register, Rung, Values

Lacks = Iterator[str]
SHIFTS = "budgetverschuiving"  # the city's table: who may shift this amount
_BOOKERS = frozenset({Kind.ORGAN, Kind.OFFICIAL, Kind.SUPPORT})


def _kinds(q: Question) -> set[Kind | None]:
    """What sort of role the actor acts in: that of the task's lane, without a task any that is held."""
    return {q.roles.kind(q.lane)} if q.lane else {q.roles.kind(holding.role) for holding in q.held}


def may_not_book(q: Question) -> Lacks:
    """The municipality's money is booked by its organs and officials, whatever lane a diagram draws (INV-32)."""
    if not _kinds(q) & _BOOKERS:
        yield "een rol van het bestuur of de ambtelijke dienst"


def unclear_booking(q: Question) -> Lacks:
    """A booking says its sort, post and amount, and bears a reference that no other booking or decision bears."""
    sort, mark = sort_in(q.values), open_text(q.values, "kenmerk")
    if sort is None:
        yield f"soort ({', '.join(Sort)})"
    if not folded(mark):
        yield "kenmerk"
    elif any(folded(mark) == folded(open_text(values_of(fact), "kenmerk")) for fact in _marked(q)):
        yield f"kenmerk {mark} is al gebruikt; boek niet twee keer"
    if sort == Sort.BUDGET:
        yield from _unclear_budget(q)
        return
    if not folded(open_text(q.values, "post")):
        yield "post"
    if positive(q.values, "bedrag") is None:
        yield "bedrag in hele centen, meer dan nul"
    places = {folded(open_text(q.values, "post")), folded(open_text(q.values, "naar"))}
    if q.subject != WHOLE and folded(q.subject) not in places:
        yield f"een post van {q.subject}: daarover gaat deze taak"
    if sort == Sort.SHIFT:
        if len(places) == 1 or "" in places:
            yield "naar: een andere post"
        if q.step != steps.CHANGE:
            yield f"een taak van beslisstap {steps.CHANGE}; alleen daar wordt verschoven"


def _marked(q: Question) -> tuple[Fact, ...]:
    return (*q.registers.all(Register.GROOTBOEK), *q.registers.all(Register.BESLUITEN))


def _unclear_budget(q: Question) -> Lacks:
    found = budgeted(q.values)
    if not found or ("posten" in q.values and len(found) != len(rows(q.values, "posten"))):
        yield "posten: per regel een post en een bedrag in hele centen, meer dan nul"
    if len({folded(post) for post, _ in found}) != len(found):
        yield "elke post één keer"
    ledger = ledger_of(q.registers)
    for name, _ in found:
        post = ledger.post(name)
        if post is not None and post.state is not None:
            yield f"{name} krijgt geld uit {INITIATIVES}, door het wijkprogramma"


def budget_without_organ(q: Question) -> Lacks:
    """A budget is set, raised and lowered by an organ alone."""
    target = _released(q)
    is_budget = sort_in(q.values) is Sort.BUDGET or (target is not None and sort_of(target) is Sort.BUDGET)
    if is_budget and Kind.ORGAN not in _kinds(q):
        yield "een rol van een orgaan"


# --- shifts ----------------------------------------------------------------------------------------------------------


def takes_from_participants(q: Question) -> Lacks:
    """Money about which the participants decide, or decided, is shifted away by nobody else (INV-04)."""
    if sort_in(q.values) is not Sort.SHIFT:
        return
    taken = [fact for register in (Register.KADERS, *OUTCOMES) for fact in q.registers.all(register)]
    for subject in dict.fromkeys(fact.subject for fact in taken if fact.step == steps.GRANT):
        if folded(subject) == folded(open_text(q.values, "post")) and (
            outcome_of(q.registers, steps.GRANT, subject)
            or binding_of(q.registers, steps.GRANT, subject, q.now)
        ):  # fmt: skip
            yield f"over {subject} beslissen de deelnemers"


def ahead_of_participants(q: Question) -> Lacks:
    """Nothing is spent or reserved for what the participants still have to decide: that would decide it (INV-04)."""
    if sort_in(q.values) not in (Sort.SPEND, Sort.RESERVE):
        return
    framed = standing_subjects(q.registers, steps.GRANT)
    for subject in framed:
        rung, _ = rung_of(q.registers, q.matrix, steps.GRANT, subject, q.today)
        is_theirs = rung is Rung.MEEBESLISSEN and folded(subject) == folded(open_text(q.values, "post"))
        if is_theirs and outcome_of(q.registers, steps.GRANT, subject) is None:
            yield f"de uitslag over {subject}"


def shift_without_right(q: Question) -> Lacks:
    """A shift is the organ's, or under its mandate when the city's table says so and both groups consent (DT12)."""
    if sort_in(q.values) is not Sort.SHIFT or q.deciding():
        return
    amount = positive(q.values, "bedrag") or 0
    waiting = [
        post for post in (open_text(q.values, "post"), open_text(q.values, "naar")) if not _consented(q, post, amount)
    ]
    said = q.decided(SHIFTS, {"bedrag": amount, "instemming": "nee" if waiting else "ja"})
    yield from (f"instemming van de groep van {post} met deze verschuiving" for post in waiting)
    if said.get("wie") != "mandaat":
        yield f"een besluit van het orgaan (volgens de tabel voor {amount} cent)"
    elif q.mandate() is None:
        given = [flaw for mandate in q.mandates() for flaw in q.flaws_of(mandate)]
        yield from dict.fromkeys(given or [f"een mandaat voor {steps.CHANGE} van het orgaan"])


def _consented(q: Question, post: str, amount: int) -> bool:
    """Whether the last answer of the post's own group to exactly this shift is yes, for at least this amount."""
    answers = [
        fact
        for fact in q.registers.of(Register.INSTEMMINGEN, Act.INSTEMMING)
        if folded(fact.subject) == folded(post) and _is_of_residents(q, fact) and _is_about(q, values_of(fact))
    ]
    last = answers[-1] if answers else None
    return last is not None and is_yes(last) and (positive(values_of(last), "bedrag") or 0) >= amount


def _is_about(q: Question, answer: Values) -> bool:
    pairs = (("over", "kenmerk"), ("van", "post"), ("naar", "naar"))
    is_same = all(folded(open_text(answer, said)) == folded(open_text(q.values, asked)) for said, asked in pairs)
    return is_same and answer.get("verzoek") == SHIFT


def _is_of_residents(q: Question, fact: Fact) -> bool:
    role = fact.body.get("rol")
    return isinstance(role, str) and q.roles.is_of_residents(role)


# --- what a booking rests on, and room -------------------------------------------------------------------------------


def _released(q: Question) -> Fact | None:
    """The booking that a release takes back, None when it takes back none."""
    if sort_in(q.values) is not Sort.RELEASE:
        return None
    found = [fact for fact in _meant(q) if fact.register is Register.GROOTBOEK]
    return found[0] if found else None


def _meant(q: Question) -> tuple[Fact, ...]:
    return tuple(bearers(q.registers, open_text(q.values, "besluit")))


def not_covered(q: Question) -> Lacks:
    """Each booking rests on one decision (or budget, or booking to release) that covers its post (INV-32)."""
    sort, post, found = sort_in(q.values), open_text(q.values, "post"), _meant(q)
    ledger = ledger_of(q.registers)
    if sort == Sort.BUDGET:
        return
    unknown = [name for name in _places(q) if ledger.post(name) is None]
    yield from (f"de post {name} bestaat niet in dit grootboek" for name in unknown)
    if unknown or sort == Sort.SHIFT:
        return
    if not open_text(q.values, "besluit"):
        yield "besluit: waarop deze boeking rust"
    elif len(found) != 1:
        yield f"besluit {open_text(q.values, 'besluit')} staat niet, of vaker dan eens, in de registers (noem de regel)"
    elif sort == Sort.RELEASE:
        if found[0].record not in ledger.committed and (found[0].record, folded(post)) not in ledger.open:
            yield f"wat op {post} kan vrijvallen: een boeking, of een besluit over een knelpunt"
    elif not _covers(q, found[0], post):
        yield f"een besluit dat over {post} gaat; {open_text(q.values, 'besluit')} doet dat niet"


def _places(q: Question) -> tuple[str, ...]:
    is_shift = sort_in(q.values) is Sort.SHIFT
    return (open_text(q.values, "post"), *((open_text(q.values, "naar"),) if is_shift else ()))


def _covers(q: Question, fact: Fact, post: str) -> bool:
    key, known = folded(post), ledger_of(q.registers).post(post)
    if known is None or key == INITIATIVES:
        return False  # initiatives are paid from their own posts
    if key == BOTTLENECKS:
        return fact in decisions(q.registers, steps.QUICK_ACTION)
    if fact.register is Register.GROOTBOEK:
        return known.state is None and sort_of(fact) is Sort.BUDGET and _names(budgeted(values_of(fact)), key)
    if fact == programme_of(q.registers):
        return _names(parts(values_of(fact), "bestedingsvoorstel"), key)
    return fact in decisions(q.registers, steps.GRANT) and folded(fact.subject) == key


def _names(found: tuple[tuple[str, int], ...], key: str) -> bool:
    return any(folded(post) == key for post, _ in found)


def above_room(q: Question) -> Lacks:
    """Nothing is spent, reserved or shifted above the room of its post and decision, nor released twice (INV-32)."""
    sort, amount, ledger = sort_in(q.values), positive(q.values, "bedrag") or 0, ledger_of(q.registers)
    post = ledger.post(open_text(q.values, "post"))
    if post is None or sort == Sort.BUDGET:
        return
    meant = _meant(q)
    limit = post.unreserved
    if sort in (Sort.SPEND, Sort.RESERVE) and meant:
        place = folded(post.name), meant[0].record if meant[0].record in ledger.committed else ""
        held = ledger.reserved.get(place, 0)
        limit += held if sort == Sort.SPEND else 0
        if place[1]:
            limit = min(limit, ledger.committed[place[1]] - (held if sort == Sort.RESERVE else 0))
    elif sort == Sort.RELEASE and meant:
        limit = _releasable(ledger, meant[0], folded(post.name))
    if amount > limit:
        yield f"op {post.name} is hiervoor {max(0, limit)} cent ruimte, gevraagd is {amount} cent"


def _releasable(ledger: Ledger, target: Fact, key: str) -> int:
    if target.record in ledger.committed:
        return ledger.committed[target.record] - ledger.reserved.get((key, target.record), 0)
    left, sort = ledger.open.get((target.record, key), 0), sort_of(target)
    if sort is Sort.BUDGET:
        return min(left, ledger.posts[key].unreserved)
    held = ledger.reserved.get((key, ledger.covers.get(target.record, "")), 0)
    return min(left, held) if sort is Sort.RESERVE else left
