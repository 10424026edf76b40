"""*Zaak*: where a case stands in the year and its diagram, what its dossier established and spent, and its trail."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine import ledger
from engine.roles import values_of
from engine.terms import Values
from engine.trail.kinds import Kind
from service import comments, dossier, timelines
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import Dutch, NumberField, TextField, one_of
from service.briefing import role_name
from service.guard import Guard
from service.reading import CaseView, Entry, Row
from service.timelines import Said
from service.web import course, language
from service.web.screens import page, screen

_SHOWN_ROWS = 10
_SHOWN_ENTRIES = 25
_SHOWN_BOOKINGS = 50
_REFUSED = "weigeringen"
# What the trail may be narrowed to, and the first words of the kinds of records that it then shows.
_STORIES: dict[str, frozenset[str]] = {
    "besluiten": frozenset({"besluit", "bekrachtiging", "zelfbinding", "instemming"}),
    "participatie": frozenset({"kader", "bijdrage", "inbreng", "advies", "voorstel", "stemming", "bijeenkomst"}),
    "uitkomsten": frozenset({"product", "publicatie", "kennisname", "toezegging"}),
    "geld": frozenset({"boeking"}),
    "werk": frozenset({"taak", "zaak", "bijlage"}),
    "termijnen": frozenset({"tijd", "termijn", "bericht", "incident"}),
    _REFUSED: frozenset(),
}


class CourseQuery(Dutch):
    """Which of the processes of the case is drawn; none: the one that it is."""

    process = TextField(data_key="proces", longest=200, load_default="")


class HistoryQuery(Dutch):
    """From which record on the trail is read back (none: from its end), and what of it."""

    before = NumberField(data_key="voor", load_default=None)
    story = TextField(data_key="toon", load_default="", validate=one_of("", *_STORIES))


@screen("GET", "/zaken/<id:case_id>", Guard.PERSON)
def show_case(case_id: str) -> Response:
    """Where the case stands: its open tasks, its diagram, what was agreed beforehand, and the cases beside it."""
    service, now = here(), here().clock()
    asked = loaded(CourseQuery(), read_query())
    found = dossier.course(service.installation, caller().person, case_id, now)
    roles = found.view.definition.roles
    open_tasks = [task for task in found.tasks if task.status == "open"]
    return case_page(
        "zaak.html",
        found.view,
        wacht=found.view.waits,
        klok=found.view.due,
        taken=open_tasks,
        rollen={task.group: role_name(roles, task.group) for task in open_tasks},
        blad=course.sheet(found, asked["process"], now),
        kaders=[(one, values_of(one.fact)) for one in found.frames],
        stapnamen=found.view.definition.matrix.names,
        bijlagen=found.attachments,
        taaknamen={task.id: task.name or task.element for task in found.tasks},
        zaken=[(one, _process_name(found.view, one.process)) for one in found.cases if one.id != case_id],
    )


@screen("GET", "/zaken/<id:case_id>/registers", Guard.PERSON)
def show_registers(case_id: str) -> Response:
    """What the dossier established: each product with its versions, and the newest rows of each register."""
    service = here()
    found = dossier.established(service.installation, caller().person, case_id, _SHOWN_ROWS, service.clock())
    return case_page(
        "zaak_registers.html",
        found.view,
        producten=found.products,
        registers={register.value: (rows, found.counts[register]) for register, rows in found.rows.items()},
    )


@screen("GET", "/zaken/<id:case_id>/geld", Guard.PERSON)
def show_money(case_id: str) -> Response:
    """The money of the dossier: its posts, what may still be spent of each, and its bookings."""
    service = here()
    view, books, bookings = dossier.money(service.installation, caller().person, case_id, service.clock())
    return case_page(
        "zaak_geld.html",
        view,
        posten=list(books.posts.values()),
        totalen=ledger.figures(books),
        boekingen=[(row, *_booked(row)) for row in bookings[:_SHOWN_BOOKINGS]],
        meer=max(0, len(bookings) - _SHOWN_BOOKINGS),
    )


@screen("GET", "/zaken/<id:case_id>/verantwoording", Guard.PERSON)
def show_history(case_id: str) -> Response:
    """The trail of the case in sentences, newest first, narrowed to what is asked for."""
    service = here()
    asked = loaded(HistoryQuery(), {name: value for name, value in read_query().items() if value})
    view, entries = dossier.history(
        service.installation,
        caller().person,
        case_id,
        service.clock(),
        kinds=_kinds(asked["story"]),
        before=asked["before"],
        most=_SHOWN_ENTRIES + 1,
    )
    shown = entries[:_SHOWN_ENTRIES]
    said = timelines.say(service.installation, [one.digest for one in shown], language.told)
    return case_page(
        "zaak_verantwoording.html",
        view,
        regels=[_told(entry, said.get(entry.digest)) for entry in shown],
        eerder=entries[_SHOWN_ENTRIES - 1].seq if len(entries) > _SHOWN_ENTRIES else None,
        nieuwste=asked["before"] is None,
        toon=asked["story"],
        verhalen=list(_STORIES),
    )


def case_page(template: str, view: CaseView, status: int = 200, **values: Any) -> Response:
    """A page of the case, with what all of them show."""
    return page(
        template,
        status,
        zaak=view.row,
        naam=view.name,
        wijk=view.wijk,
        versie=view.row.definition,
        heeft_opmerkingen=comments.are_for(caller().person),
        zonder_inhoud=view.definition.seen_by(view.row.process) is not None,
        **values,
    )


def _process_name(view: CaseView, process: str) -> str:
    known = view.definition.processes.get(process)
    return known.name if known and known.name else process


def _booked(row: Row) -> tuple[Values, tuple[tuple[str, int], ...]]:
    """What a booking says, and the posts over which a budget is divided."""
    said = row.body.get("gegevens")
    values = said if isinstance(said, dict) else {}
    return values, ledger.parts(values, "posten")


def _kinds(story: str) -> frozenset[Kind] | None:
    if story == _REFUSED:
        return frozenset(kind for kind in Kind if kind.value.endswith(":geweigerd"))
    nouns = _STORIES.get(story)
    return None if nouns is None else frozenset(kind for kind in Kind if kind.value.partition(":")[0] in nouns)


def _told(entry: Entry, said: Said | None) -> dict[str, Any]:
    ruling = entry.body.get("ruling")
    outcome = ruling.get("outcome") if isinstance(ruling, dict) else None
    zin = said.sentence if said else ""
    return {"regel": entry, "zin": zin, "trede": entry.body.get("rung"), "geweigerd": outcome == "refused"}
