"""The calendar of one's own work: its address holds a secret, by which a program reads it without logging in."""

from __future__ import annotations

from flask import Response, request

from service import accounts, desk
from service.api.border import caller, here, knock
from service.faults import Unknown
from service.guard import Guard
from service.web.account import account_page
from service.web.agenda import work_calendar
from service.web.screens import elsewhere, screen


@screen("GET", "/agenda/<digest:secret>.ics", Guard.ANYONE)
def give_work(secret: str) -> Response:
    """The terms of the tasks that its owner has, and the days to look at them again."""
    service, now = here(), here().clock()
    ours = service.installation
    try:
        person = accounts.reader_of_feed(ours.database, ours.names, secret, now)
    except Unknown:
        knock(service.login_limit, "agenda")
        raise
    service.write_limit.take(f"agenda/{person.id}", now)
    answer = Response(work_calendar(desk.planned(ours, person), now, request.host_url), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="werk.ics"'
    return answer


@screen("POST", "/account/agenda", Guard.PERSON)
def make_address() -> Response:
    """A new address, shown this once, in place of the one before."""
    service = here()
    ours = service.installation
    secret = accounts.issue_feed(ours.database, caller(), service.clock(), ours.entropy)
    return account_page(201, None, feed=f"{request.host_url}agenda/{secret}.ics")


@screen("POST", "/account/agenda/intrekken", Guard.PERSON)
def drop_address() -> Response:
    """The address of one's calendar is of no use any more."""
    service = here()
    accounts.end_feed(service.installation.database, caller(), service.clock())
    return elsewhere("/account")
