"""Meetings: public unless there is a reason, reported with who came, and never left one-sided."""

from __future__ import annotations

from collections.abc import Iterator

from engine.conditions.demands import item_places
from engine.errors import ValuesUnreadable
from engine.meetings import ANNOUNCED, REPORTED, attendance, has_action, of_sort, reports_on
from engine.question import Question
from engine.registers import names_of, pointers_to, row_named
from engine.roles import values_of
from engine.submission import begin_of, cents, end_of, is_filled, rows, text, yes_or_no
from engine.terms import Act, Fact, Register

BALANCE, VERDICT, ACT_ON_IT = "eenzijdigheid", "oordeel", "actie"

Lacks = Iterator[str]


def closed_without_reason(q: Question) -> Lacks:
    """Meetings are public; one that is not says why (INV-38, L423)."""
    said = q.values.get("openbaar")
    is_public = True if said is None else yes_or_no(q.values, "openbaar")
    if is_public is None:
        yield "openbaar: ja of nee"
    elif not is_public and not is_filled(q.values.get("reden_besloten")):
        yield "reden_besloten"


def incomplete(q: Question) -> Lacks:
    """An announcement comes beforehand and says what, when, where and for whom; a report says who came."""
    sort = text(q.values, "soort")
    if sort not in (ANNOUNCED, REPORTED):
        yield f"soort: {ANNOUNCED} of {REPORTED}"
        return
    said = ("titel", "datum", "plaats", "doelgroep") if sort == ANNOUNCED else ("titel", "datum", "opkomst")
    yield from (name for name in said if not is_filled(q.values.get(name)))
    yield from _wrong_day(q, sort)
    yield from _wrong_pointers(q)
    for row in rows(q.values, "opkomst"):
        if not is_filled(row.get("groep")) or cents(row, "aantal") is None:
            yield "opkomst: per groep een aantal"


def _wrong_day(q: Question, sort: str) -> Lacks:
    if not is_filled(q.values.get("datum")):
        return
    try:
        if sort == ANNOUNCED and end_of(q.values.get("datum")) <= q.now:
            yield "datum: aankondigen gebeurt vooraf"
        if sort == REPORTED and begin_of(q.values.get("datum")) > q.now:
            yield "datum: een verslag komt achteraf"
    except ValuesUnreadable:
        yield "datum (jjjj-mm-dd)"


def _wrong_pointers(q: Question) -> Lacks:
    found, given = q.registers.of(Register.BIJEENKOMSTEN, Act.BIJEENKOMST), q.values.get("kenmerk")
    if isinstance(given, str) and any(given in names_of(one) for one in found):
        yield f"een eigen kenmerk; {given} is al van een andere bijeenkomst"
    if is_filled(q.values.get("betreft")) and row_named(found, text(q.values, "betreft")) is None:
        yield "betreft: het kenmerk of de regel van precies één eerdere bijeenkomst"


def one_sided(q: Question) -> Lacks:
    """Nothing is decided on a discussion that was one-sided, before something was done about it (INV-41)."""
    places = ((q.step or "", q.subject), *item_places(q))
    found = {fact.record: fact for step, subject in places for fact in reports_on(q.registers, step, subject)}
    yield from _left_one_sided(q, tuple(found.values()))


def one_sided_in_case(q: Question) -> Lacks:
    """No case closes on a discussion that was one-sided, before something was done about it (INV-41)."""
    found = of_sort(q.registers, REPORTED)
    yield from _left_one_sided(q, tuple(fact for fact in found if fact.body.get("zaak") == q.case.id))


def _left_one_sided(q: Question, reports: tuple[Fact, ...]) -> Lacks:
    for name, fact in zip(pointers_to(reports, of_sort(q.registers, REPORTED)), reports, strict=True):
        came = attendance(values_of(fact))
        asked = {"grootste_aandeel": came.largest_share, "ontbrekend": len(came.missing)}
        if not has_action(q.registers, fact) and q.decided(BALANCE, asked).get(VERDICT) == ACT_ON_IT:
            missing = f"; niet gehoord: {', '.join(came.missing)}" if came.missing else ""
            yield f"bijeenkomst {name} (grootste groep {came.largest_share} %{missing})"
