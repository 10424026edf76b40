"""The draft of a *wijkverslag* with its *jaarrekening*: all that the registers of a dossier hold, drawn up to be read.

Nothing in it is typed in: each line comes from a row, and names it (`regel`), so that the account can be checked
against the log (INV-31). Amounts in cents, dates as recorded, sealed values as handles.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine import steps
from engine.consents import owner_of
from engine.differences import fields_of, reasons_in
from engine.initiatives import (
    admission,
    is_admitted,
    programme,
)
from engine.ledger import ledger_of, statement
from engine.participation import frame_of, without_handling
from engine.promises import promises
from engine.registers import Registers, decisions
from engine.roles import values_of
from engine.submission import open_text, rows, text
from engine.terms import Act, Fact, Json, Register, Values


def draft(registers: Registers, now: datetime, accounted: Sequence[Registers] = ()) -> dict[str, Json]:
    """The account as it stands at `now`, by chapter; each chapter a list of rows, the money as `statement` gives it.

    `accounted` are the loose dossiers for which it answers as well (engine.elsewhere): the same as INV-31 demands.
    """
    heard = registers.of(Register.INBRENG, Act.INBRENG)
    everywhere = (registers, *accounted)
    return {
        "initiatieven": [_initiative(registers, name) for name in programme(registers)],
        "niet_opgenomen": [_left_out(registers, name) for name in _left_out_names(registers)],
        "afwijkingen": [one for kept in everywhere for one in _deviations(kept)],
        "stemmingen": [_ballot(fact) for fact in registers.of(Register.STEMMINGEN, Act.STEMMING)],
        "knelpuntacties": _decisions(everywhere, steps.QUICK_ACTION),
        "toezeggingen": [one for kept in everywhere for one in _promises(kept, now)],
        "geschillen": _decisions(everywhere, steps.DISPUTE),
        "bezwaren": _decisions(everywhere, steps.OBJECTION),
        "aandachtspunten": _decisions(everywhere, steps.POLICY_POINT),
        "bijeenkomsten": [_meeting(fact) for fact in registers.of(Register.BIJEENKOMSTEN, Act.BIJEENKOMST)],
        "inbreng": {"ontvangen": len(heard), "onbeantwoord": len(without_handling(registers, heard))},
        "adviezen": {"ontvangen": len(registers.of(Register.ADVIEZEN, Act.ADVIES))},
        "geld": statement(registers),
    }


def _initiative(registers: Registers, name: str) -> Json:
    item = _adopted(registers, name)
    frame = frame_of(registers, steps.GRANT, name)
    post = ledger_of(registers).post(name)
    changes: list[Json] = [_decision(fact) for fact in decisions(registers, steps.CHANGE, name)]
    results = decisions(registers, steps.RESULT, name)
    owner = owner_of(registers, name)
    return {
        "onderdeel": name,
        "naam": _first(registers, name, item, "naam"),
        "eigenaar": owner[0] if owner else None,
        "thema": _first(registers, name, item, "thema"),
        "trede": frame.rung.value if frame else None,
        "beoogd_effect": _first(registers, name, item, "beoogd_effect"),
        "wat_heeft_de_burger_hieraan": _first(registers, name, item, "wat_heeft_de_burger_hieraan"),
        "plan": bool(decisions(registers, steps.PLAN, name)),
        "wijzigingen": changes,
        "resultaat": _decision(results[-1]) if results else None,
        "stand": post.state.value if post and post.state else None,
        "toegekend": post.allotted if post else 0,
        "verschoven": post.shifted if post else 0,
        "uitgegeven": post.spent if post else 0,
        "over": post.room if post else 0,
    }


def _adopted(registers: Registers, name: str) -> Values:
    """The item of the programme by which an initiative was adopted last: what it says and what it decides."""
    for fact in reversed(decisions(registers, steps.PROGRAMME)):
        for row in rows(values_of(fact), "onderdelen"):
            if text(row, "onderdeel") == name:
                return {**row, **fields_of(row)}
    return {}


def _first(registers: Registers, name: str, item: Values, field: str) -> str:
    """What was said first of an initiative under this name: in the programme, with its money, when it was admitted."""
    taken = (*decisions(registers, steps.GRANT, name), *decisions(registers, steps.ADMISSION, name))
    return next((said for values in (item, *map(values_of, taken)) if (said := open_text(values, field))), "")


def _left_out_names(registers: Registers) -> tuple[str, ...]:
    adopted = set(programme(registers))
    asked = dict.fromkeys(fact.subject for fact in decisions(registers, steps.ADMISSION))
    return tuple(name for name in asked if name not in adopted)


def _left_out(registers: Registers, name: str) -> Json:
    fact = admission(registers, name)
    values = values_of(fact) if fact else {}
    return {
        "onderdeel": name,
        "naam": open_text(values, "naam"),
        "besluit": "toegelaten, niet in het programma" if is_admitted(fact) else "afgewezen",
        "reden": values.get("reden_bij_afwijzing"),
        "ander_pad": values.get("ander_pad"),
        "regel": fact.record if fact else None,
    }


def _deviations(registers: Registers) -> list[Json]:
    return [
        {
            "stap": fact.step,
            "onderdeel": item,
            "veld": field,
            "reden": row.get("reden"),
            "regel": fact.record,
        }
        for fact in registers.all(Register.BESLUITEN)
        for (item, field), row in reasons_in(values_of(fact), fact.subject).items()
    ]


def _decisions(everywhere: Sequence[Registers], step: str) -> list[Json]:
    return [_decision(fact) for kept in everywhere for fact in decisions(kept, step)]


def _decision(fact: Fact) -> Json:
    """A decision with its own values, under the step, subject and role in which it was taken."""
    return {
        "onderwerp": fact.subject,
        "door": fact.body.get("rol"),
        "op": fact.at.date().isoformat(),
        "trede": fact.body.get("trede"),
        "inhoud": dict(values_of(fact)),
        "regel": fact.record,
    }


def _ballot(fact: Fact) -> Json:
    return {"onderwerp": fact.subject, "inhoud": dict(values_of(fact)), "regel": fact.record}


def _promises(registers: Registers, now: datetime) -> list[Json]:
    return [
        {
            "kenmerk": open_text(values_of(one.fact), "kenmerk"),
            "onderwerp": one.fact.subject,
            "partij": one.party,
            "prestatie": values_of(one.fact).get("prestatie"),
            "datums": [*one.dates],
            "gemist": [*one.missed_days(now)],
            "stand": one.state(now).value,
            "regel": one.fact.record,
        }
        for one in promises(registers)
    ]


def _meeting(fact: Fact) -> Json:
    values = values_of(fact)
    return {
        "soort": values.get("soort"),
        "titel": values.get("titel"),
        "datum": values.get("datum"),
        "opkomst": values.get("opkomst"),
        "actie": values.get("actie"),
        "regel": fact.record,
    }
