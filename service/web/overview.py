"""*Overzicht*: the wijken in which somebody works, and of one of them what runs, who answers for it and what comes."""

from __future__ import annotations

from flask import Response

from engine.ledger import figures
from service import cycles
from service.api.border import caller, here
from service.guard import Guard
from service.web.screens import page, screen

_SHOWN_PROMISES = 60


@screen("GET", "/overzicht", Guard.PERSON)
def show_places() -> Response:
    """The wijken, each with the years that run in it."""
    service = here()
    return page("overzicht.html", wijken=cycles.places(service.installation, caller().person, service.clock()))


@screen("GET", "/overzicht/<wijk>", Guard.PERSON)
def show_overview(wijk: str) -> Response:
    """What runs in a wijk."""
    service, now = here(), here().clock()
    found = cycles.overview(service.installation, caller().person, wijk, now)
    promised = [(one, cycle, one.state(now).value) for cycle in found.cycles for one in cycle.promises]
    promised.sort(key=lambda row: (row[2] not in ("open", "gemist"), row[0].ends))
    return page(
        "overzicht_wijk.html",
        wijk=found,
        jaren=[one for one in found.cycles if one.is_year],
        losse=[one for one in found.cycles if not one.is_year],
        toezeggingen=promised[:_SHOWN_PROMISES],
        meer=max(0, len(promised) - _SHOWN_PROMISES),
        geld=[(one, figures(one.money)) for one in found.cycles if one.money.posts],
    )
