"""*Taak*: the form of a task with who decides beside it, acting on it, and the receipt of what was done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from os import SEEK_END

from flask import Response, request

from engine.acts import MOTIVATION
from engine.terms import Json, Values
from service import briefing, cases, drafts, reading
from service.api.border import caller, here, loaded
from service.api.taken import CompletionAskSchema
from service.briefing import Briefing
from service.faults import Conflict, Fault, Malformed
from service.filetypes import TYPES
from service.guard import Guard
from service.hearing import Refused
from service.planning import Priority
from service.web import carried, filled_in
from service.web.controls import Drawing, fault_links
from service.web.screens import elsewhere, page, screen, told

_NO_FORM: Values = {"components": []}
_RECORD, _REFRESH, _KEEP, _THROW_AWAY = "vastleggen", "bijwerken", "bewaren", "weggooien"
_ADD, _DROP = "erbij:", "eraf:"
FILE = "bijlage-bestand"  # no field of a form can be called this
PLANNING = {"prioriteit": "planning-prioriteit", "opvolgen": "planning-opvolgen"}  # nor these, that are sent along
_BESIDE = frozenset({FILE, *PLANNING.values()})
_KEY = re.compile(r"[0-9a-f]{32}")


@screen("GET", "/taken/<id:task_id>", Guard.PERSON)
def show_task(task_id: str) -> Response:
    """The task with an empty form, or with what one kept of it."""
    found, service = brief(task_id), here()
    kept = drafts.find(service.installation, caller().person, task_id) if found.view.is_own else None
    if kept is None or found.view.row.status != "open":
        return task_page(found, {}, "")
    return task_page(found, kept.values, kept.motivation, kept_at=kept.at)


@screen("POST", "/taken/<id:task_id>", Guard.ACTOR)
def act_on_task(task_id: str) -> Response:
    """Add or drop a row, show the questions that belong to the answers, keep a draft, or record what was filled in."""
    found, service = brief(task_id), here()
    values, motivation = typed(found)
    asked = request.form.get("doe", "")
    if asked.startswith(_ADD):
        return task_page(found, filled_in.with_row(values, asked.removeprefix(_ADD)), motivation)
    if asked.startswith(_DROP):
        return task_page(found, filled_in.without_row(values, asked.removeprefix(_DROP)), motivation)
    if asked == _REFRESH:
        return task_page(found, values, motivation)
    if asked == _THROW_AWAY:
        drafts.throw_away(service.installation, caller().person, task_id)
        return elsewhere(f"/taken/{task_id}")
    if asked not in (_KEEP, _RECORD):
        raise Malformed((Fault("doe", "Kies een van de knoppen van het formulier."),))
    if asked == _KEEP:
        drafts.keep(service.installation, caller().person, task_id, values, motivation, service.clock())
    if left := _file_left():  # a draft holds no file either
        kept_at = service.clock() if asked == _KEEP else None
        return task_page(found, values, motivation, 400, told(Malformed((left,)))[1], (left,), kept_at)
    if asked == _KEEP:
        return elsewhere(f"/taken/{task_id}")
    return _record(found, filled_in.finished(values, found.form.places), motivation)


@screen("GET", "/taken/<id:task_id>/ontvangst", Guard.PERSON)
def show_receipt(task_id: str) -> Response:
    """Who completed this task, when and under which rule, and where the trail holds it."""
    service = here()
    found = reading.read_completion(service.installation, caller().person, task_id, service.clock())
    view = reading.read_task(service.installation, caller().person, task_id, service.clock())
    return page("ontvangst.html", taak=view.row, bewijsstuk=found)


def _file_left() -> Fault | None:
    """What is wrong with a file that is still chosen: it goes along only when it is added first.

    Without scripts its name comes alone, so that how large it is shows only when it is added.
    """
    chosen = request.files.get(FILE)
    name = (chosen.filename if chosen else request.form.get(FILE)) or ""
    if not name:
        return None
    most = here().installation.config.most_bytes
    if chosen and chosen.seek(0, SEEK_END) > most:
        return Fault(FILE, f"“{name}” is te groot: een bijlage is hoogstens {most // 1024**2} MB.")
    return Fault(FILE, f"“{name}” is nog niet toegevoegd. Voeg het eerst toe, of haal uw keuze weg.")


def keep_typed(task_id: str) -> None:
    """Keep as a draft what stood in the form of the task, when a button beside it was pressed."""
    if carried.OF not in request.form:
        return
    service = here()
    values, motivation = typed(brief(task_id))
    if motivation or any(values.values()):
        drafts.keep(service.installation, caller().person, task_id, values, motivation, service.clock())


def brief(task_id: str) -> Briefing:
    """The task as the caller reads it before acting; Unknown outside one's wijk and party."""
    service = here()
    return briefing.brief(service.installation, caller().person, task_id, service.clock())


def typed(found: Briefing) -> tuple[dict[str, Json], str]:
    """The values and the motivation that stand in the form that came in."""
    values = filled_in.read(found.view.form or _NO_FORM, request.form)
    return values, request.form.get(MOTIVATION, "").replace("\r\n", "\n") if _asks_motivation(found) else ""


def _asks_motivation(found: Briefing) -> bool:
    """Whether the page asks why: not of a contribution, and not twice where the form asks it already."""
    return not found.task.spec.collects and all(place.key != MOTIVATION for place in found.form.places)


def _record(found: Briefing, values: dict[str, Json], motivation: str) -> Response:
    task_id = found.view.row.id
    try:
        if found.task.spec.collects:
            return _contribute(found, values)
        _complete(task_id, values, motivation)
    except Malformed as wrong:
        status, members, _ = told(wrong)
        return task_page(found, values, motivation, status, members, wrong.faults)
    except Refused as refused:
        status, members, _ = told(refused)
        return task_page(found, values, motivation, status, members)
    except (Conflict, *cases.INCIDENTS) as stale:
        again = brief(task_id)
        if again.view.row.status != "open":
            raise
        status, members, _ = told(stale)
        return task_page(again, values, motivation, status, members)
    return elsewhere(f"/taken/{task_id}/ontvangst")


def _complete(task_id: str, values: dict[str, Json], motivation: str) -> None:
    service = here()
    asked = loaded(CompletionAskSchema(), {"gegevens": values, "motivering": motivation.strip() or None})
    cases.complete(
        service.installation,
        caller().person,
        task_id,
        asked["values"],
        service.clock(),
        motivation=asked["motivation"],
        seen=_revision_seen(),
        session=caller().session.id,
    )
    service.metrics.completions.inc()


def _contribute(found: Briefing, values: dict[str, Json]) -> Response:
    service, key = here(), request.form.get("sleutel", "")
    if not _KEY.fullmatch(key):
        raise Malformed((Fault("sleutel", "Open de taak opnieuw; het formulier is niet volledig aangekomen."),))
    asked = loaded(CompletionAskSchema(), {"gegevens": values})
    done = cases.contribute(
        service.installation, caller().person, found.view.row.id, asked["values"], service.clock(), command=key
    )
    return page("ontvangst.html", 201, taak=found.view.row, bewijsstuk=done)


def _revision_seen() -> int:
    given = request.form.get("gezien", "")
    if not re.fullmatch(r"[0-9]{1,9}", given):
        raise Malformed((Fault("gezien", "Open de taak opnieuw; het formulier is niet volledig aangekomen."),))
    return int(given)


def task_page(
    found: Briefing,
    values: Values,
    motivation: str,
    status: int = 200,
    problem: dict[str, Json] | None = None,
    faults: Sequence[Fault] = (),
    kept_at: datetime | None = None,
) -> Response:
    """The page of a task with these answers in its form, and what is wrong with them."""
    controls = tuple(Drawing(faults).level(found.view.form or _NO_FORM, found.form.places, values, values))
    return page(
        "taak.html",
        status,
        taak=found.view.row,
        zaak=found.view.case,
        wijk=found.wijk,
        baan=found.lane,
        invoer=found.view.inputs,
        opdracht=found.task.spec,
        besluit=found.deciding,
        bekend=found,
        oppakken=found.claim,
        kaal=found.bare,
        velden=controls,
        voorwaarden=found.form.has_conditions,
        fouten=[*fault_links([one for one in faults if one.field not in _BESIDE], controls), *_beside(faults)],
        vraagt_motivering=_asks_motivation(found),
        motivering=motivation,
        motivering_fout=[fault.message for fault in faults if fault.field == MOTIVATION],
        bijlagen=found.attachments,
        opmerkingen=found.comments,
        mag_bijvoegen=found.attach.allowed and found.keeps_words and found.view.row.status == "open",
        naast={fault.field: fault.message for fault in faults if fault.field in _BESIDE},
        soorten=[*TYPES],
        hoogstens=here().installation.config.most_bytes // 1024**2,
        probleem=problem,
        bewaard_op=kept_at,
        mag_bewaren=carried.mark(caller().person) if found.view.is_own and found.keeps_words else "",
        mag_plannen=found.view.is_own,
        mag_overdragen=found.view.is_own and not found.task.spec.collects and not caller().person.is_resident,
        gepland=found.plan,
        prioriteiten=[one.value for one in Priority],
        mag_vragen=found.view.is_own and found.keeps_words and not caller().person.is_resident,
        adviezen=found.advice,
        afwezig=found.away,
        ik=caller().person.id,
        sleutel=request.form.get("sleutel") or here().installation.entropy(16).hex(),
    )


def _beside(faults: Sequence[Fault]) -> list[tuple[str, str]]:
    return [(f"veld-{fault.field}", fault.message) for fault in faults if fault.field in _BESIDE]
