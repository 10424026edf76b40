"""An initiative: what it must pass to be admitted, whose it is, and what comes before its money and its execution."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import steps
from engine.binding import decided_subjects
from engine.conditions.agenda import answer
from engine.conditions.demands import is_agreed
from engine.consents import OWNER
from engine.differences import Item, fields_of, items_of
from engine.errors import ValuesUnreadable
from engine.initiatives import (
    ADMITTED,
    REJECTED,
    TESTS,
    admission,
    admitted_subjects,
    is_admitted,
    programme,
    said_of,
    themes,
)
from engine.ledger import Sort, ledger_of, sort_in
from engine.question import Question
from engine.registers import WHOLE, decisions
from engine.submission import folded, is_filled, is_same, open_text
from engine.terms import Act, Json, Values

Lacks = Iterator[str]

RULES_TABLE = "wijkbudget_spelregels"
EFFORT = "inspanning"
# A body's name holds one body: nothing that strings two together.
_TWO_BODIES = re.compile(r"[+&/;,\n]|\s(?:en|and)\s", re.IGNORECASE)
_RULE_NAMED = re.compile(r"\b(?:INV|DT|D|WB)-?\d{1,2}\b", re.IGNORECASE)


def is_admitting(q: Question) -> bool:
    """Whether this decision lets an initiative in: any D05 that does not say in so many words that it is refused."""
    return q.act is Act.BESLUIT and q.step == steps.ADMISSION and q.values.get("besluit") != REJECTED


def outside_the_agenda(q: Question) -> Lacks:
    """An initiative carries out a theme of the adopted agenda, or says why it fits in (INV-22)."""
    if is_admitting(q):
        yield from _untraced(q, (q.values,))
    elif q.step == steps.PROGRAMME and q.act is Act.BESLUIT:
        for item in items_of(q.values, steps.GRANT):
            found = admission(q.registers, item.name)
            if found is None:
                yield from (f"{item.name}: {said}" for said in _not_granted(q, item))
            elif not is_admitted(found):
                yield f"{item.name} is niet toegelaten"
    elif q.step == steps.GRANT and q.act is Act.BESLUIT and is_agreed(q):
        found = admission(q.registers, q.subject)
        if found is not None and not is_admitted(found):
            yield f"{q.subject} is niet toegelaten"


def _not_granted(q: Question, item: Item) -> Lacks:
    if not decisions(q.registers, steps.GRANT, item.name):
        yield "een toelating (D05) of een bijdrage (D07) in dit dossier"
    else:
        yield from _untraced(q, tuple(said_of(q.registers, item)))


def _untraced(q: Question, said: tuple[Values, ...]) -> Lacks:
    known = themes(q.registers)
    named = next((theme for values in said if (theme := open_text(values, "thema"))), "")
    if named:
        if named not in known and named not in known.values():
            yield f"{named} is geen thema van de vastgestelde wijkagenda"
    elif not any(is_filled(values.get("wb5_reden")) for values in said):
        yield "een thema van de vastgestelde wijkagenda, of een wb5_reden"


def not_one_owner(q: Question) -> Lacks:
    """Exactly one body owns an initiative (INV-23); whether it may become another one is a question of consent."""
    if q.act is not Act.BESLUIT:
        return
    if is_admitting(q) and not open_text(q.values, OWNER[0]):
        yield f"{OWNER[0]}: precies één"
    places = [(q.subject, q.values), (q.subject, fields_of(q.values))]
    places += [(item.name, item.fields) for item in items_of(q.values, q.step or "")]
    named: dict[str, list[Json]] = {}
    for subject, values in places:
        named.setdefault(folded(subject), []).extend(values[key] for key in OWNER if is_filled(values.get(key)))
    for owners in named.values():
        for owner in owners:
            if not isinstance(owner, str) or _TWO_BODIES.search(owner.strip()):
                yield f"{OWNER[0]}: één lichaam, met naam"
        if q.step != steps.TAKEOVER and any(not is_same(owner, owners[0]) for owner in owners):
            yield f"{OWNER[0]}: er staan er twee"


def rule_failed(q: Question) -> Lacks:
    """Each of the city's own rules for a contribution is answered and passed; a best effort is described (INV-27)."""
    is_grant = q.act is Act.BESLUIT and q.step == steps.GRANT and is_agreed(q)
    if is_admitting(q) or is_grant:
        yield from rules_failed(q, q.values)


def rules_failed(q: Question, values: Values) -> Lacks:
    """Each rule that these values do not answer, or do not pass."""
    answers = _answers(values.get(TESTS))
    for rule in _rules(q):
        said = answers.get(folded(rule))
        if not said:
            yield f"{rule.upper()} (geen antwoord)"
            continue
        found = q.decided(RULES_TABLE, {"regel": rule, "antwoord": said}).get("oordeel")
        if found == "inspanning" and not is_filled(values.get(EFFORT)):
            yield f"{rule.upper()} (welke {EFFORT})"
        elif found not in ("voldoet", "inspanning"):
            yield f"{rule.upper()} (niet gehaald)"


def _answers(given: Json) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    found: dict[str, str] = {}
    for name in given:
        if folded(name) in found:
            raise ValuesUnreadable(f"veld {TESTS}: elke regel heeft één antwoord")
        found[folded(name)] = answer(given, name) or open_text(given, name)
    return found


def _rules(q: Question) -> tuple[str, ...]:
    """The rules that the city's table tests today, as its own list of allowed values names them."""
    table = q.tables.get(RULES_TABLE)
    table = table if table and table.holds(q.today) else None
    columns = [column for column in table.inputs if column.expression.text.strip() == "regel"] if table else []
    listed = columns[0].allowed.endings if columns and columns[0].allowed else None
    found = tuple(str(value) for value, _ in listed or () if isinstance(value, str))
    if not found:
        raise ValuesUnreadable(f"de beslistabel “{RULES_TABLE}” noemt geen regels")
    return tuple(dict.fromkeys(found))


def refusal_without_path(q: Question) -> Lacks:
    """Who is refused hears which rule stands in the way, and where to go instead (INV-28)."""
    if q.act is not Act.BESLUIT or q.step != steps.ADMISSION:
        return
    said = q.values.get("besluit")
    if said not in (ADMITTED, REJECTED):
        yield f"besluit: {ADMITTED} of {REJECTED}"
    if said == REJECTED:
        reason = open_text(q.values, "reden_bij_afwijzing")
        if not reason:
            yield "reden_bij_afwijzing"
        elif not _RULE_NAMED.search(reason) and not any(folded(rule) in folded(reason) for rule in _rules(q)):
            yield "reden_bij_afwijzing: de regel waarop het stukloopt (zoals WB7 of INV-20)"
        if not is_filled(q.values.get("ander_pad")):
            yield "ander_pad"


def no_plan_yet(q: Question) -> Lacks:
    """Nothing is carried out, paid or called a result before its plan of action (INV-34); other money needs no plan."""
    lacking = ""
    if q.act is Act.BOEKING:
        post = open_text(q.values, "post")  # in any spelling; the plan is in that of the group
        planned = {folded(fact.subject) for fact in decisions(q.registers, steps.PLAN)}
        if sort_in(q.values) is Sort.SPEND and folded(post) not in planned and _is_initiative(q, post):
            lacking = post
    elif q.step == steps.RESULT and not decisions(q.registers, steps.PLAN, q.subject):
        lacking = q.subject
    if lacking:
        yield "een plan van aanpak (D10)" + (f" voor {lacking}" if lacking != WHOLE else "")


def _is_initiative(q: Question, post: str) -> bool:
    """Whether a post is that of an initiative, however it is spelled and whatever budget was booked on it."""
    known = ledger_of(q.registers).post(post)
    named = (
        *programme(q.registers),
        *admitted_subjects(q.registers),
        *decided_subjects(q.registers, steps.GRANT),
    )
    is_named = folded(post) in {folded(name) for name in named if name != WHOLE}
    return is_named or (known is not None and known.state is not None)
