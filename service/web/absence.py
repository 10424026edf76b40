"""*Afwezigheid* and *vervangingen*: somebody says from when till when, and who stands in; and comes back early.

For oneself on a page of one's own; for anybody, by login name, by who administers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Response, request

from engine.terms import Register
from service import absences, organisation, people
from service.absences import Absence, Colleague
from service.api.border import caller, here, loaded
from service.api.personen import SubstitutionAskSchema, period_of
from service.guard import Guard
from service.web.administration import attempted, id_of, sent_values, withdraw
from service.web.language import gettext as _
from service.web.rendering import day
from service.web.screens import elsewhere, page, screen

_ABSENCE, _SUBSTITUTIONS = "/afwezigheid", "/beheer/vervangingen"


@screen("GET", _ABSENCE, Guard.PERSON)
def show_absence() -> Response:
    """When one is away oneself, for whom one stands in, and the form to arrange an absence."""
    return _absence_page(200, None)


@screen("POST", _ABSENCE, Guard.PERSON)
def arrange_absence() -> Response:
    """Be away from one day till another, with a colleague who stands in."""

    def arrange() -> Response:
        given = loaded(SubstitutionAskSchema(), sent_values("vervanger", "van", "tot"))
        return _arranged(given, caller().person.id, given["substitute"], _ABSENCE)

    return attempted(arrange, _absence_page)


@screen("POST", f"{_ABSENCE}/<digest:digest>/beeindigen", Guard.PERSON)
def end_absence(digest: str) -> Response:
    """Be back before the day that was named, or stay after all."""
    return attempted(lambda: _ended(digest, _ABSENCE), _absence_page)


@screen("GET", _SUBSTITUTIONS, Guard.PERSON)
def show_substitutions() -> Response:
    """Who stands in for whom, now and later, and the form to arrange it for somebody else."""
    return _substitutions_page(200, None)


@screen("POST", _SUBSTITUTIONS, Guard.PERSON)
def give_substitution() -> Response:
    """Let somebody stand in for somebody else."""

    def give() -> Response:
        organisation.require_appointer(here().installation, caller().person, here().clock())
        given = loaded(SubstitutionAskSchema(), sent_values("vervangt", "vervanger", "van", "tot"))
        absent, substitute = id_of(given["absent"], "vervangt"), id_of(given["substitute"], "vervanger")
        return _arranged(given, absent, substitute, _SUBSTITUTIONS)

    return attempted(give, _substitutions_page)


@screen("POST", f"{_SUBSTITUTIONS}/<digest:digest>/intrekken", Guard.PERSON)
def take_substitution(digest: str) -> Response:
    """End a substitution."""
    return attempted(lambda: _ended(digest, _SUBSTITUTIONS), _substitutions_page)


def _arranged(given: dict[str, Any], absent: str | None, substitute: str | None, then: str) -> Response:
    service = here()
    values = {"vervangt": absent, "vervanger": substitute} | period_of(given)
    people.give(service.installation, caller().person, Register.VERVANGINGEN, values, service.clock())
    return elsewhere(then)


def _ended(digest: str, then: str) -> Response:
    withdraw(Register.VERVANGINGEN, digest)
    return elsewhere(then)


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


def _substitutions_page(status: int, problem: dict[str, Any] | None) -> Response:
    service, now = here(), here().clock()
    organisation.require_appointer(service.installation, caller().person, now)
    return page(
        "vervangingen.html",
        status,
        vervangingen=absences.all_absences(service.installation, now),
        probleem=problem,
        ingevuld=request.form,
    )


def to_choose(found: Iterable[Colleague]) -> list[tuple[str, str]]:
    """The colleagues as a list to choose from; who is away now is there with a warning."""
    return [(one.id, one.name if one.away is None else f"{one.name} ({_warning(one.away)})") for one in found]


def _warning(away: Absence) -> str:
    said = _("afwezig tot en met %(dag)s; vervangt: %(wie)s")
    return said % {"dag": day(date.fromisoformat(away.until)), "wie": away.substitute}
