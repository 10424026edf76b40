"""Calendar files (iCalendar, RFC 5545) of a wijk and of one's work, to subscribe to: whole days, nothing of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from engine.submission import day_of
from service.residents import MEETING, Moment, Wijk
from service.store_worklist import Line
from service.web.language import gettext as _
from service.web.language import translated

_DAY = timedelta(days=1)


def calendar_file(wijk: Wijk, moments: Iterable[Moment], now: datetime, host: str) -> bytes:
    """The file; the same moment keeps its name, so that who subscribed sees it move and not twice."""
    calendar = _empty(_("Agenda van %(wijk)s") % {"wijk": wijk.name})
    for one in moments:
        event = _whole_day(f"{one.kind}\n{one.record}\n{one.name}", one.on, _summary(one), now, host)
        if one.place:
            event.add("location", one.place)
        calendar.add_component(event)
    return _written(calendar)


def work_calendar(lines: Iterable[Line], now: datetime, site: str) -> bytes:
    """The terms of somebody's tasks and the days to look at them again, by the names of the tasks alone."""
    calendar = _empty(_("Mijn werk"))
    for line in lines:
        name = translated(line.name or line.element.replace("_", " "))
        days = ((_("Uiterlijk"), line.due and day_of(line.due)), (_("Opvolgen"), line.follow_up_day))
        for place, (what, on) in enumerate(days):
            if on is not None:
                event = _whole_day(f"taak\n{line.id}\n{place}", on, f"{what}: {name}", now, urlsplit(site).netloc)
                event.add("url", f"{site}taken/{line.id}")
                calendar.add_component(event)
    return _written(calendar)


def _empty(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Wijkcyclus//Agenda//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _DAY, parameters={"VALUE": "DURATION"})
    return calendar


def _whole_day(named: str, on: date, summary: str, now: datetime, host: str) -> Event:
    event = Event()
    event.add("uid", f"{sha256(named.encode()).hexdigest()[:32]}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", on)
    event.add("dtend", on + _DAY)
    event.add("transp", "TRANSPARENT")
    event.add("summary", summary)
    return event


def _written(calendar: Calendar) -> bytes:
    found: bytes = calendar.to_ical()
    return found


def _summary(one: Moment) -> str:
    if one.kind == MEETING:
        return one.name
    return f"{_('Laatste dag om mee te doen')}: {translated(one.name)}"
