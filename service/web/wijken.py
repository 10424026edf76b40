"""*Wijken*, for everybody: what is going on in a wijk, what one can decide, what was decided, and when."""

from __future__ import annotations

from flask import Response, request

from engine.submission import day_of
from engine.terms import Register
from service import mailboxes, plans, public, residents
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
    now, lines = service.clock(), _ahead(found)
    return page(
        "wijk.html",
        wijk=found,
        delen=PARTS,
        deel="",
        vragen=residents.list_open(service.installation, found, now),
        stemmingen=residents.ballots_in(service.installation, found, now),
        agenda=residents.agenda(found, lines, now),
        plannen=plans.plans(lines),
        lopend=residents.going_on(found),
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
    wanted = {_LISTED[part], *plans.REGISTERS} | ({Register.PUBLICATIES} if part == "stukken" else set())
    lines = residents.register(service.installation, found, *wanted)
    listed = lines.of(_LISTED[part])
    papers, others = residents.papers(lines)
    return page(
        "wijkdeel.html",
        wijk=found,
        delen=PARTS,
        deel=part,
        vandaag=day_of(service.clock()).isoformat(),
        plannen=plans.plans(lines),
        namen=plans.labels(found.definition),
        kaders=residents.frames(found, lines, service.clock()) if part == "kaders" else [],
        gehoord=residents.heard(listed) if part == "inbreng" else [],
        posten=residents.posts(listed) if part == "geld" else [],
        regels=listed[::-1],
        stukken=papers,
        bekend=others,
    )


def _ahead(found: Wijk) -> Lines:
    return residents.register(here().installation, found, Register.KADERS, Register.BIJEENKOMSTEN, *plans.REGISTERS)


def _wijk(wijk: str) -> Wijk:
    year = loaded(YearQuery(), read_query())["year"]
    return residents.read_wijk(here().installation, wijk, year)
