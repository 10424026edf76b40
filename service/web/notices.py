"""*Meldingen*: what somebody is told about work, the newest first, and that it was read."""

from __future__ import annotations

from flask import Response, request

from service import notices
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import PageSchema, read_cursor, write_cursor
from service.faults import Fault, Malformed
from service.guard import Guard
from service.web.screens import IDENTITY, elsewhere, page, screen

_PAGE = "/meldingen"


@screen("GET", _PAGE, Guard.PERSON)
def show_notices() -> Response:
    """A page of one's own notices."""
    service, given = here(), loaded(PageSchema(), read_query())
    after, now = read_cursor(given["cursor"]), service.clock()
    found, more = notices.list_own(service.installation, caller().person, after, given["limit"], now)
    following = "" if more is None else f"{_PAGE}?cursor={write_cursor(*more)}"
    return page("meldingen.html", gevonden=found, eerste=after is None, volgende=following)


@screen("POST", _PAGE, Guard.PERSON)
def read_notices() -> Response:
    """One notice, or all of them, needs no attention any more."""
    service, which = here(), request.form.get("melding", "")
    if which and not IDENTITY.fullmatch(which):
        raise Malformed((Fault("melding", "Kies een melding uit de lijst."),))
    notices.mark_read(service.installation, caller().person, which or None, service.clock())
    return elsewhere(_PAGE)
