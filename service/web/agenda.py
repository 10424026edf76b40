"""The agenda of a wijk as a calendar file (iCalendar, RFC 5545) to subscribe to: whole days, nothing about people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from service.residents import MEETING, Moment, Wijk
from service.web.language import gettext as _
from service.web.language import translated

_DAY = timedelta(days=1)


def calendar_file(wijk: Wijk, moments: Iterable[Moment], now: datetime, host: str) -> bytes:
    """The file; the same moment keeps its name, so that who subscribed sees it move and not twice."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wijkcyclus//Agenda//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Agenda van %(wijk)s") % {"wijk": wijk.name})
    calendar.add("refresh-interval", _DAY, parameters={"VALUE": "DURATION"})
    for one in moments:
        event = Event()
        named = f"{one.kind}\n{one.record}\n{one.name}"
        event.add("uid", f"{sha256(named.encode()).hexdigest()[:32]}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", one.on)
        event.add("dtend", one.on + _DAY)
        event.add("transp", "TRANSPARENT")
        event.add("summary", _summary(one))
        if one.place:
            event.add("location", one.place)
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def _summary(one: Moment) -> str:
    if one.kind == MEETING:
        return one.name
    return f"{_('Laatste dag om mee te doen')}: {translated(one.name)}"
