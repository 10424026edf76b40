"""The operations that a service task can call: a closed list of pure questions to the registers of the dossier.

    kader_lezen(stap, onderwerp)         -> {"gevonden", "trede", "termijn", "orgaan", "gepubliceerd", "kader"}
    inbreng_stand(stap, onderwerp)       -> {"aantal", "afgehandeld", "open", "openstaand": [reference, ...]}
    adviezen_stand(stap, onderwerp)      -> {"aantal", "beantwoord", "open", "openstaand": [reference, ...]}
    verschil_berekenen(stap, onderwerp, velden) -> {"aantal", "verschillen": [{"onderdeel", "veld", "van", "naar"}]}
    besluit_stand(stap, onderwerp)       -> {"genomen", "regel"}: not taken while two bodies have not decided the same
    verslag_samenstellen()               -> {"kaders", "besluiten", "producten": [...], "inbreng": counts, "geld", ...},
                                            with all that the account has to name, in its own fields (engine.accounting)
    grootboek_stand(post)                -> {"gevonden", "post", "budget", "uitgegeven", "ruimte", "vrij", ...}
    jaarrekening()                       -> {"posten": [...], "totalen": {"budget", "uitgegeven", "over", ...}}
    toezeggingen_stand(onderwerp)        -> {"aantal", "open", "nagekomen", "gemist", "regels": [...]}
    instemming_lezen(verzoek, over, onderwerp) -> {"gevonden", "instemming", "regel"}: silence is no consent
    bijeenkomsten_stand(stap, onderwerp) -> {"aangekondigd", "gehouden", "besloten", "opkomst", "zonder_actie", ...}
`onderwerp` may be left out: the dossier as a whole. Every pointer is one that a handling may use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from engine.accounting import DIFFERENCES, PER_INITIATIVE, answered_for, deviations_in, owed
from engine.differences import differences, fields_of, reasons_in
from engine.elsewhere import NOTHING, Elsewhere
from engine.errors import ValuesUnreadable
from engine.initiatives import programme
from engine.ledger import BOTTLENECKS, Post, ledger_of, row_of, statement
from engine.participation import (
    advices,
    contributions,
    frame_of,
    is_published,
    joint_proposal,
    unanswered,
    unhandled,
    without_handling,
)
from engine.registers import WHOLE, Registers, act_of, decisions, pointers_to
from engine.roles import values_of
from engine.standings import STANDINGS
from engine.submission import folded, rows, text
from engine.terms import Act, Fact, Json, Register, Values

REPORT = "verslag_samenstellen"


def run(
    name: str, inputs: Values, facts: tuple[Fact, ...], now: datetime, others: Callable[[], Elsewhere] = lambda: NOTHING
) -> Values:
    """The answer of an operation; raises ValuesUnreadable for an unknown one or for inputs of another shape.

    `others` says what other dossiers of the wijk hold, for the one operation that asks.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise ValuesUnreadable(f"de operatie “{name}” bestaat niet")
    registers = Registers(facts, now)
    if name == REPORT:
        return _account(inputs, registers, answered_for(registers, others()))
    return operation(inputs, registers)


def _frame(inputs: Values, registers: Registers) -> Values:
    frame = frame_of(registers, _step(inputs), _subject(inputs))
    if frame is None:
        return {"gevonden": False, "trede": None, "termijn": None, "orgaan": None, "gepubliceerd": False, "kader": None}
    values = values_of(frame.fact)
    return {
        "gevonden": True,
        "trede": frame.rung.value,
        "termijn": values.get("termijn"),
        "orgaan": values.get("orgaan"),
        "gepubliceerd": is_published(registers, frame),
        "kader": frame.fact.record,
    }


def _contributions(inputs: Values, registers: Registers) -> Values:
    step, subject = _step(inputs), _subject(inputs)
    waiting = unhandled(registers, step, subject)
    return _count(contributions(registers, step, subject), waiting, "afgehandeld")


def _advices(inputs: Values, registers: Registers) -> Values:
    step, subject = _step(inputs), _subject(inputs)
    return _count(advices(registers, step, subject), unanswered(registers, step, subject, {}), "beantwoord")


def _count(found: tuple[Fact, ...], waiting: tuple[Fact, ...], done: str) -> Values:
    open_ones: list[Json] = [*pointers_to(waiting, found)]
    return {"aantal": len(found), done: len(found) - len(waiting), "open": len(waiting), "openstaand": open_ones}


def _difference(inputs: Values, registers: Registers) -> Values:
    subject = _subject(inputs)
    proposal = joint_proposal(registers, _step(inputs), subject)
    if proposal is None:
        raise ValuesUnreadable(f"over {subject} is geen gezamenlijk voorstel vastgelegd")
    found: list[Json] = [
        {"onderdeel": one.item, "veld": one.field, "van": one.before, "naar": one.after}
        for one in differences(subject, fields_of(values_of(proposal)), fields_of(inputs), {})
    ]
    return {"aantal": len(found), "verschillen": found}


def _account(_: Values, registers: Registers, accounted: Sequence[Registers] = ()) -> Values:
    """What a *wijkverslag* must account for, from the registers alone: every frame, decision, deviation and product.

    What INV-31 demands stands in the fields of the account itself; `accounted` are the other dossiers that it covers.
    """
    everywhere = (registers, *accounted)
    heard = registers.of(Register.INBRENG, Act.INBRENG)
    products: list[Json] = [
        {**_place(fact), "product": fact.body.get("product")} for fact in registers.all(Register.PRODUCTEN)
    ]
    return {
        "kaders": [
            {**_place(fact), "trede": values_of(fact).get("trede")} for fact in registers.of(Register.KADERS, Act.KADER)
        ],
        "besluiten": [_decision(fact) for kept in everywhere for fact in kept.all(Register.BESLUITEN)],
        "producten": products,
        "inbreng": {"aantal": len(heard), "open": len(without_handling(registers, heard))},
        "adviezen": {"aantal": len(registers.of(Register.ADVIEZEN, Act.ADVIES))},
        "publicaties": {"aantal": len(registers.of(Register.PUBLICATIES, Act.PUBLICATIE))},
        "geld": statement(registers),
        PER_INITIATIVE: [{"onderdeel": name} for name in programme(registers)],
        DIFFERENCES: [{"onderdeel": item, "veld": field} for item, field in deviations_in(everywhere)],
        **{field: [*pointers_to(facts)] for field, _, facts in owed(everywhere)},
    }


def _taken(inputs: Values, registers: Registers) -> Values:
    found = decisions(registers, _step(inputs), _subject(inputs))
    return {"genomen": bool(found), "regel": found[-1].record if found else None}


def _post(inputs: Values, registers: Registers) -> Values:
    """One post, without one all; of the bottlenecks `vrij` is what no decision has taken yet."""
    name, ledger = text(inputs, "post"), ledger_of(registers)
    if not name:
        return statement(registers)
    post = ledger.post(name)
    row = row_of(post or Post(name, 0, 0, 0, 0, 0, None))
    left = {"vrij": ledger.uncommitted} if folded(name) == BOTTLENECKS else {}
    return {"gevonden": post is not None, **row, **left}


def _yearly(_: Values, registers: Registers) -> Values:
    return statement(registers)


def _decision(fact: Fact) -> Json:
    values = values_of(fact)
    deviated: list[Json] = [{"onderdeel": item, "veld": field} for item, field in reasons_in(values, fact.subject)]
    items: list[Json] = [text(row, "onderdeel") for row in rows(values, "onderdelen")]
    return {
        **_place(fact),
        "handeling": act_of(fact),
        "trede": fact.body.get("trede"),
        "rol": fact.body.get("rol"),
        "onderdelen": items,
        "afwijkingen": deviated,
    }


def _place(fact: Fact) -> dict[str, Json]:
    return {"regel": fact.record, "stap": fact.step, "onderwerp": fact.subject}


def _step(inputs: Values) -> str:
    step = text(inputs, "stap")
    if not step:
        raise ValuesUnreadable("invoer stap ontbreekt")
    return step


def _subject(inputs: Values) -> str:
    return text(inputs, "onderwerp") or WHOLE


OPERATIONS: Mapping[str, Callable[[Values, Registers], Values]] = {
    "kader_lezen": _frame,
    "inbreng_stand": _contributions,
    "adviezen_stand": _advices,
    "verschil_berekenen": _difference,
    "besluit_stand": _taken,
    REPORT: _account,
    "grootboek_stand": _post,
    "jaarrekening": _yearly,
    **STANDINGS,
}
