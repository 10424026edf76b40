"""*Wijken*, for everybody: what is going on in a wijk, what one can decide, what was decided, and when."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.submission import day_of
from engine.terms import Register
from service import mailboxes, public, residents
from service.api.border import here, loaded, read_query
from service.api.schemas import Dutch, NumberField
from service.guard import Guard
from service.public import Lines
from service.residents import Wijk
from service.web.agenda import calendar_file
from service.web.contribution import TRAP
from service.web.screens import page, screen

_LISTED = {
    "kaders": Register.KADERS,
    "inbreng": Register.INBRENG,
    "besluiten": Register.BESLUITEN,
    "stukken": Register.PRODUCTEN,
    "bijeenkomsten": Register.BIJEENKOMSTEN,
    "toezeggingen": Register.TOEZEGGINGEN,
    "geld": Register.GROOTBOEK,
}


PARTS = tuple(_LISTED)


class YearQuery(Dutch):
    """Which programme year; none: the newest."""

    year = NumberField(data_key="jaar", load_default=None)


@screen("GET", "/wijken", Guard.ANYONE)
def list_wijken() -> Response:
    """Every wijk of the city."""
    return page("wijken.html", plaatsen=public.places(here().installation))


@screen("GET", "/wijken/<string:wijk>", Guard.ANYONE)
def show_wijk(wijk: str) -> Response:
    """Where the wijk stands in the year, what one can react to, and what lies ahead."""
    service, found = here(), _wijk(wijk)
    now = service.clock()
    return page(
        "wijk.html",
        wijk=found,
        delen=PARTS,
        deel="",
        vragen=residents.list_open(service.installation, found, now),
        stemmingen=residents.ballots_in(service.installation, found, now),
        agenda=residents.agenda(found, _ahead(found), now),
        kalender=residents.calendar(found, now),
        met_post=mailboxes.can_send(service.installation),
        valstrik=TRAP,
    )


@screen("GET", "/wijken/<string:wijk>/agenda.ics", Guard.ANYONE)
def give_agenda(wijk: str) -> Response:
    """The same agenda as a file that a calendar subscribes to."""
    service, found = here(), _wijk(wijk)
    now = service.clock()
    moments = residents.agenda(found, _ahead(found), now)
    answer = Response(calendar_file(found, moments, now, request.host), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    return answer


@screen("GET", "/wijken/<string:wijk>/<any({}):part>".format(", ".join(PARTS)), Guard.ANYONE)
def show_part(wijk: str, part: str) -> Response:
    """One part of what is public of the wijk's year."""
    service, found = here(), _wijk(wijk)
    shown: dict[str, Any] = {"kaders": [], "gehoord": [], "regels": (), "posten": [], "gepubliceerd": ()}
    lines = residents.register(service.installation, found, _LISTED[part])
    if part == "kaders":
        shown["kaders"] = residents.frames(found, lines, service.clock())
    elif part == "inbreng":
        shown["gehoord"] = residents.heard(lines)
    else:
        shown["regels"] = lines.rows[::-1]
        if part == "stukken":
            shown["gepubliceerd"] = residents.register(service.installation, found, Register.PUBLICATIES).rows[::-1]
        shown["posten"] = residents.posts(lines) if part == "geld" else []
    today = day_of(service.clock()).isoformat()
    return page("wijkdeel.html", wijk=found, delen=PARTS, deel=part, vandaag=today, **shown)


def _ahead(found: Wijk) -> Lines:
    return residents.register(here().installation, found, Register.KADERS, Register.BIJEENKOMSTEN)


def _wijk(wijk: str) -> Wijk:
    year = loaded(YearQuery(), read_query())["year"]
    return residents.read_wijk(here().installation, wijk, year)
