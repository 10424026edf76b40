"""How commitments, consents and meetings stand: what a service task may ask of them (see `engine.operations`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.consents import TAKEOVER, answer_on, is_yes, takeover_answer
from engine.errors import ValuesUnreadable
from engine.meetings import ANNOUNCED, REPORTED, attendance, has_action, of_sort
from engine.promises import Promise, State, promise_named, promises
from engine.registers import WHOLE, Registers, overlaps, pointers_to
from engine.roles import values_of
from engine.submission import text, yes_or_no
from engine.terms import Json, Values


def _commitments(inputs: Values, registers: Registers) -> Values:
    subject = text(inputs, "onderwerp") or WHOLE
    found = [one for one in promises(registers) if overlaps(one.fact.subject, subject)]
    states = [one.state(registers.now) for one in found]
    names = pointers_to([one.fact for one in found], [one.fact for one in promises(registers)])
    lines: list[Json] = [_commitment(one, name, registers) for one, name in zip(found, names, strict=True)]
    return {
        "aantal": len(found),
        "open": states.count(State.OPEN),
        "gemist": states.count(State.MISSED),
        "nagekomen": states.count(State.KEPT) + states.count(State.KEPT_LATE),
        "regels": lines,
    }


def _commitment(one: Promise, name: str, registers: Registers) -> dict[str, Json]:
    return {
        "toezegging": name,
        "onderwerp": one.fact.subject,
        "partij": one.party,
        "datums": list(one.dates),
        "gemiste_datums": list(one.missed_days(registers.now)),
        "stand": one.state(registers.now).value,
    }


def _consent(inputs: Values, registers: Registers) -> Values:
    request, subject = text(inputs, "verzoek"), text(inputs, "onderwerp") or WHOLE
    if not request:
        raise ValuesUnreadable("invoer verzoek ontbreekt")
    over = text(inputs, "over")
    promise = promise_named(registers, over) if over else None
    names = promise.names if promise else frozenset({over})
    is_takeover = request == TAKEOVER
    found = takeover_answer(registers, subject) if is_takeover else answer_on(registers, request, names, subject)
    return {"gevonden": found is not None, "instemming": is_yes(found), "regel": found.record if found else None}


def _meetings(inputs: Values, registers: Registers) -> Values:
    step, subject = text(inputs, "stap"), text(inputs, "onderwerp") or WHOLE
    announced, held = (
        [one for one in of_sort(registers, sort) if step in ("", one.step) and overlaps(one.subject, subject)]
        for sort in (ANNOUNCED, REPORTED)
    )
    waiting = [one for one in held if not has_action(registers, one)]
    last = attendance(values_of(held[-1])) if held else None
    without: list[Json] = [*pointers_to(waiting, held)]
    return {
        "aangekondigd": len(announced),
        "gehouden": len(held),
        "besloten": sum(yes_or_no(values_of(one), "openbaar") is False for one in (*announced, *held)),
        "opkomst": last.total if last else 0,
        "grootste_aandeel": last.largest_share if last else 0,
        "ontbrekend": len(last.missing) if last else 0,
        "ontbrekende_groepen": list(last.missing) if last else [],
        "heeft_actie": not held or has_action(registers, held[-1]),
        "zonder_actie": without,
    }


STANDINGS: Mapping[str, Callable[[Values, Registers], Values]] = {
    "toezeggingen_stand": _commitments,
    "instemming_lezen": _consent,
    "bijeenkomsten_stand": _meetings,
}
