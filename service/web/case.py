"""*Zaak*: where a case stands in the year, what is open, what its dossier established, and its trail in sentences."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.terms import Register
from engine.trail import kinds
from service import reading
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import Dutch, NumberField
from service.briefing import role_name
from service.guard import Guard
from service.web import language
from service.web.screens import page, screen

_SHOWN_ROWS = 5
_SHOWN_ENTRIES = 25
# What concerns people and processes as such stands in the chain of the organisation.
_REGISTERS = tuple(
    register
    for register in Register
    if register
    not in (Register.ROLLEN, Register.MANDATEN, Register.VERVANGINGEN, Register.PROCESMODELLEN, Register.VERRICHT)
)


class CaseQuery(Dutch):
    """From which record on the trail is read back; none: from its end."""

    before = NumberField(data_key="voor", load_default=None)


@screen("GET", "/zaken/<id:case_id>", Guard.PERSON)
def show_case(case_id: str) -> Response:
    """The case as it stands, with the newest part of its trail."""
    service, by, now = here(), caller().person, here().clock()
    before = loaded(CaseQuery(), read_query())["before"]
    view = reading.read_case(service.installation, by, case_id, now)
    end = min(before, view.row.seq + 1) if before is not None else view.row.seq + 1
    first = max(0, end - _SHOWN_ENTRIES)
    entries = reading.read_trail(service.installation, by, case_id, now, first=first, most=max(0, end - first))
    found = reading.read_newest(service.installation, by, case_id, _REGISTERS, _SHOWN_ROWS, now)
    tasks = reading.list_tasks(service.installation, by, case_id, now)
    return page(
        "zaak.html",
        zaak=view.row,
        naam=view.name,
        wijk=view.wijk,
        wacht=view.waits,
        klok=view.due,
        taken=[task for task in tasks if task.status == "open"],
        rollen={task.group: role_name(view.roles, task.group) for task in tasks},
        registers={register.value: rows for register, rows in found.items()},
        regels=[_told(entry) for entry in reversed(entries)],
        eerder=first if first > 0 else None,
        nieuwste=before is None,
    )


def _told(entry: reading.Entry) -> dict[str, Any]:
    ruling = entry.body.get("ruling")
    outcome = ruling.get("outcome") if isinstance(ruling, dict) else None
    zin = kinds.sentence(entry.body, language.told)
    return {"regel": entry, "zin": zin, "trede": entry.body.get("rung"), "geweigerd": outcome == "refused"}
