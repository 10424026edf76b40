"""*Afwezigheid*: somebody says from when till when, and who stands in; and comes back early."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Response, request

from engine.terms import Register
from service import absences, people
from service.absences import Absence, Colleague
from service.api.border import caller, here, loaded
from service.api.personen import SubstitutionAskSchema, period_of
from service.guard import Guard
from service.web.administration import attempted, sent_values, withdraw
from service.web.language import gettext as _
from service.web.rendering import day
from service.web.screens import elsewhere, page, screen

_ABSENCE = "/afwezigheid"


@screen("GET", _ABSENCE, Guard.PERSON)
def show_absence() -> Response:
    """When one is away oneself, for whom one stands in, and the form to arrange an absence."""
    return _absence_page(200, None)


@screen("POST", _ABSENCE, Guard.PERSON)
def arrange_absence() -> Response:
    """Be away from one day till another, with a colleague who stands in."""

    def arrange() -> Response:
        service, by = here(), caller().person
        given = loaded(SubstitutionAskSchema(), sent_values("vervanger", "van", "tot"))
        values = {"vervangt": by.id, "vervanger": given["substitute"]} | period_of(given)
        people.give(service.installation, by, Register.VERVANGINGEN, values, service.clock())
        return elsewhere(_ABSENCE)

    return attempted(arrange, _absence_page)


@screen("POST", f"{_ABSENCE}/<digest:digest>/beeindigen", Guard.PERSON)
def end_absence(digest: str) -> Response:
    """Be back before the day that was named, or stay after all."""

    def end() -> Response:
        withdraw(Register.VERVANGINGEN, digest)
        return elsewhere(_ABSENCE)

    return attempted(end, _absence_page)


def _absence_page(status: int, problem: dict[str, Any] | None) -> Response:
    service = here()
    found = absences.overview(service.installation, caller().person, service.clock())
    return page(
        "afwezigheid.html",
        status,
        overzicht=found,
        collegas=to_choose(found.colleagues),
        probleem=problem,
        ingevuld=request.form,
    )


def to_choose(found: Iterable[Colleague]) -> list[tuple[str, str]]:
    """The colleagues as a list to choose from; who is away now is there with a warning."""
    return [(one.id, one.name if one.away is None else f"{one.name} ({_warning(one.away)})") for one in found]


def _warning(away: Absence) -> str:
    said = _("afwezig tot en met %(dag)s; vervangt: %(wie)s")
    return said % {"dag": day(date.fromisoformat(away.until)), "wie": away.substitute}
