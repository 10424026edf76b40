"""The standing lists of exceptions: what an auditor looks at without having to ask anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from engine.errors import ValuesUnreadable
from engine.questions import deciding, delivering, governing
from engine.questions.material import (
    COLLECTED,
    EVERYTHING,
    PROMISES,
    REFUSED,
    Answers,
    Entry,
    Material,
    Row,
    line,
    recorded,
    sentence_of,
)
from engine.questions.question import Question, columns_of
from engine.roles import values_of
from engine.submission import end_of, text
from engine.terms import Fact, Register
from engine.trail.kinds import Kind

FOUR_EYES = frozenset({"taak/vier-ogen", "uitrollen/vier-ogen", "stemming/vier-ogen"})
_DONE = frozenset(kind for kind in Kind if not kind.is_refusal)
_MANDATES = frozenset({Kind.MANDATE_GIVEN, Kind.MANDATE_WITHDRAWN})
_BY_OPERATORS = frozenset(
    {
        *(Kind.CASE_SUSPENDED, Kind.CASE_RESUMED, Kind.CASE_CANCELLED, Kind.CASE_MIGRATED, Kind.TERM_EXTENDED),
        *(Kind.INCIDENT_SOLVED, Kind.TASK_DELEGATED, Kind.ROLE_GIVEN, Kind.ROLE_WITHDRAWN, Kind.MANDATE_GIVEN),
        *(Kind.MANDATE_WITHDRAWN, Kind.SUBSTITUTION_GIVEN, Kind.SUBSTITUTION_WITHDRAWN, Kind.PERSON_ADDED),
        *(Kind.SESSION_ENDED, Kind.FACTOR_SET, Kind.FACTOR_DROPPED),
        *(Kind.PERSON_BLOCKED, Kind.DEFINITION_PROPOSED, Kind.DEFINITION_DEPLOYED, Kind.VALUE_OPENED),
        *(Kind.EVIDENCE_ISSUED, Kind.LOG_REOPENED),
    }
)
_ORDER = ("gevraagd_door", "opgedragen_door", "grond")
_DESTROYED = frozenset({Kind.DESTRUCTION_ORDERED, Kind.DESTRUCTION_DONE})


def four_eyes(material: Material) -> Iterator[Row]:
    """Who did alone what two people do: carried out all the same, or stopped when it was tried."""
    for dossier in material.dossiers:
        performed: dict[tuple[str, str], set[str]] = {}
        for one in dossier.entries:
            yield from _alone(one, performed)
    yield from (_stopped(one) for one in material.organisation if _is_stopped(one))


def _alone(one: Entry, performed: dict[tuple[str, str], set[str]]) -> Iterator[Row]:
    task, actor = one.part("task"), one.part("actor")
    if _is_stopped(one):
        yield _stopped(one)
    elif one.kind in _DONE and one.body.get("action") == "afronden":
        people = {str(actor[name]) for name in ("ref", "for") if actor.get(name)}
        other = task.get("four_eyes")
        if isinstance(other, str) and people & performed.get((one.chain, other), set()):
            yield recorded(one, wat=task.get("element"), wie=actor.get("ref"), gestopt=False, regel_van=None)
        performed.setdefault((one.chain, str(task.get("element"))), set()).update(people)


def _is_stopped(one: Entry) -> bool:
    return one.part("ruling").get("outcome") == "refused" and one.part("ruling").get("rule") in FOUR_EYES


def _stopped(one: Entry) -> Row:
    what, who = one.part("task").get("element") or one.body.get("action"), one.part("actor").get("ref")
    return recorded(one, wat=what, wie=who, gestopt=True, regel_van=one.part("ruling").get("rule"))


def mandates(material: Material) -> Iterator[Row]:
    """Each mandate that ended and was not withdrawn, and each decision that named one outside its period."""
    given = [fact for fact in material.given() if fact.register is Register.MANDATEN]
    withdrawn = {text(values_of(fact), "trekt_in"): fact for fact in given if values_of(fact).get("trekt_in")}
    by_record = {fact.record: fact for fact in given}
    for fact in given:
        if fact.record in withdrawn or values_of(fact).get("trekt_in"):
            continue
        if _is_over(fact, material.now):
            yield _mandate(fact, "verlopen")
    for one in material.entries:
        named = one.part("actor").get("mandate")
        for digest in named if isinstance(named, list) and one.kind in _DONE else ():
            used = by_record.get(str(digest))
            if used is not None and (_is_over(used, one.at) or _was_withdrawn(withdrawn, used, one)):
                yield {**_mandate(used, "gebruikt buiten de geldigheid"), **recorded(one)}


def _is_over(fact: Fact, at: datetime) -> bool:
    try:
        return end_of(values_of(fact).get("tot")) <= at
    except ValuesUnreadable:
        return False


def _was_withdrawn(withdrawn: Mapping[str, Fact], used: Fact, one: Entry) -> bool:
    gone = withdrawn.get(used.record)
    return gone is not None and gone.at <= one.at


def _mandate(fact: Fact, sort: str) -> Row:
    values = values_of(fact)
    return line(fact, soort=sort) | {name: values.get(name) for name in ("orgaan", "persoon", "van", "tot")}


def overdue(material: Material) -> Iterator[Row]:
    """Each term that passed: of a task that is open or came too late, and of a commitment."""
    for row in governing.waiting(material):
        if row["te_laat"]:
            yield {**row, "soort": "taak", "wat": row["taak"], "wie": row["wacht_op"], "gedaan_op": row["tot"]}
    for row in delivering.promised(material):
        missed = row["gemiste_datums"]
        if missed:
            told = {"soort": "toezegging", "wat": row["kenmerk"], "wie": row["partij"]}
            last = missed[-1] if isinstance(missed, list) else None
            yield {**row, **told, "termijn": last, "gedaan_op": row["nagekomen_op"]}


def by_operators(material: Material) -> Iterator[Row]:
    """Each act on the installation, its people, its process models or a case as a whole."""
    return (_said(one) for one in material.of(_BY_OPERATORS))


def corrections(material: Material) -> Iterator[Row]:
    """Each correction: what it corrects, by whom and why."""
    for one in material.of((Kind.RECORD_CORRECTED,)):
        values = one.part("values")
        yield _said(one) | {"verbetert": values.get("regel"), "reden": values.get("reden")}


def destructions(material: Material) -> Iterator[Row]:
    """Each order to destroy, and each one carried out."""
    for one in material.of(_DESTROYED):
        yield _said(one) | {name: one.part("values").get(name) for name in _ORDER}


def _said(one: Entry) -> Row:
    return recorded(one, wat=one.kind, wie=one.part("actor").get("ref"), zin=sentence_of(one))


def _list(name: str, text_: str, columns: str, answer: Answers, kinds: frozenset[Kind], *needs: str) -> Question:
    return Question(name, text_, columns_of(columns), answer, kinds, needs=frozenset(needs))


_ALL: Sequence[Question] = (
    _list(
        "afwijkingen",
        "Waar een besluit afweek van een gezamenlijk voorstel",
        "onderdeel trede veld van naar reden reden_uit",
        deciding.where_deviated,
        frozenset({Kind.DECISION_TAKEN}),
    ),
    _list(
        "vier-ogen",
        "Wat iemand alleen deed of wilde doen en door twee mensen hoort te gebeuren",
        "wat wie gestopt regel_van",
        four_eyes,
        EVERYTHING,
    ),
    _list(
        "mandaten",
        "Verlopen mandaten, en besluiten buiten de geldigheid van een mandaat",
        "soort orgaan persoon van tot",
        mandates,
        _MANDATES | _DONE,
    ),
    _list(
        "weigeringen",
        "Geweigerde pogingen",
        "wie groepen wat taak trede regel_van regel_zegt",
        governing.attempts,
        REFUSED,
    ),
    _list(
        "termijnen",
        "Verstreken termijnen van taken en toezeggingen",
        "soort wat wie termijn gedaan_op",
        overdue,
        EVERYTHING | PROMISES | COLLECTED,
        "taken",
    ),
    _list("beheer", "Handelingen van beheer", "wat wie zin", by_operators, _BY_OPERATORS),
    _list(
        "correcties",
        "Verbeteringen van eerdere regels",
        "wat wie zin verbetert reden",
        corrections,
        frozenset({Kind.RECORD_CORRECTED}),
    ),
    _list(
        "vernietigingen",
        "Opdrachten tot vernietiging en hun uitvoering",
        "wat wie zin gevraagd_door opgedragen_door grond",
        destructions,
        _DESTROYED,
    ),
)
LISTS: Mapping[str, Question] = MappingProxyType({one.name: one for one in _ALL})
