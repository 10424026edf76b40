"""*Mandaten*: the register of who decides for an organ, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from engine.questions import writing
from engine.roles import values_of
from engine.submission import text
from engine.terms import Fact, Json, Register
from service import people
from service.api.border import caller, here, loaded
from service.api.personen import MandateAskSchema, period_of
from service.faults import Fault, Malformed
from service.guard import Guard
from service.reports import euros
from service.store_people import PersonRow
from service.web.administration import attempted, id_of, sent_values, withdraw
from service.web.screens import elsewhere, page, screen

_MANDATES = "/mandaten"
_COLUMNS = ("orgaan", "gemandateerde", "stap", "onderwerp", "plafond", "van", "tot", "regel")


@screen("GET", _MANDATES, Guard.PERSON)
def show_mandates() -> Response:
    """The register of mandates that hold now, and the form with which an organ gives one."""
    return _mandates_page(200, None)


@screen("GET", f"{_MANDATES}/csv", Guard.PERSON)
def download_mandates() -> Response:
    """The register as a file that can be published."""
    made = Response("".join(writing.csv_lines(_COLUMNS, _rows())), mimetype="text/csv")
    made.headers["Content-Disposition"] = 'attachment; filename="mandaatregister.csv"'
    return made


@screen("POST", _MANDATES, Guard.PERSON)
def give_mandate() -> Response:
    """Let somebody decide in the name of an organ."""

    def give() -> Response:
        service = here()
        sent = sent_values("orgaan", "persoon", "rol", "onderwerp", "van", "tot")
        steps = request.form.get("stap", "").upper().replace(",", " ").split()
        ceiling = _ceiling()
        given = loaded(MandateAskSchema(), sent | {"stap": steps} | ({} if ceiling is None else {"plafond": ceiling}))
        # Who does not speak for the organ is refused whomever he names: no account is found out that way.
        to = id_of(given["person"], "persoon") if given["organ"] in _organs() else None
        values = {"orgaan": given["organ"], "persoon": to, "rol": given["role"]}
        values |= {"stap": given["steps"], "onderwerp": given["subject"], "plafond": given["ceiling"]}
        values |= period_of(given)
        people.give(service.installation, caller().person, Register.MANDATEN, values, service.clock())
        return elsewhere(_MANDATES)

    return attempted(give, _mandates_page)


@screen("POST", f"{_MANDATES}/<digest:digest>/intrekken", Guard.PERSON)
def take_mandate(digest: str) -> Response:
    """Withdraw a mandate."""

    def take() -> Response:
        withdraw(Register.MANDATEN, digest)
        return elsewhere(_MANDATES)

    return attempted(take, _mandates_page)


def _mandates_page(status: int, problem: dict[str, Any] | None) -> Response:
    roles = people.catalogue(here().installation)
    return page(
        "mandaten.html",
        status,
        mandaten=_rows(),
        namen={one.id: one.name for one in roles.by_id.values()},
        organen={one: roles.by_id[one].name for one in _organs()},
        beslissers={one.id: one.name for one in roles.by_id.values() if not one.kind.never_decides},
        probleem=problem,
        ingevuld=request.form,
    )


def _organs() -> list[str]:
    """The roles of the reader that can decide, and so give a mandate."""
    service = here()
    own, roles = (
        people.roles_held(service.installation, caller().person, service.clock()),
        people.catalogue(service.installation),
    )
    return [one.id for one in roles.by_id.values() if one.id in own and not one.kind.never_decides]


def _rows() -> list[dict[str, Json]]:
    service = here()
    known, now = people.directory(service.installation), service.clock()
    return [_row(one, known) for one in people.rows_of(service.installation, Register.MANDATEN, now, None, later=True)]


def _row(fact: Fact, known: Mapping[str, PersonRow]) -> dict[str, Json]:
    """A mandate as the register prints it: with the name of who has it."""
    values = values_of(fact)
    ceiling = values.get("plafond")
    holder = text(values, "rol") or _name(known, text(values, "persoon"))
    found = {name: values.get(name) for name in ("orgaan", "stap", "onderwerp", "van", "tot")}
    told = f"€ {euros(ceiling)}" if isinstance(ceiling, int) else None
    return found | {"gemandateerde": holder, "plafond": told, "regel": fact.record}


def _name(known: Mapping[str, PersonRow], reference: str) -> str:
    return known[reference].name if reference in known else reference


def _ceiling() -> int | None:
    """The ceiling in whole cents, of whole euros as people type them."""
    typed = request.form.get("plafond", "").strip().replace(".", "")
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 10:
        raise Malformed((Fault("plafond", "Vul hele euro's in, zonder komma."),))
    return int(typed) * 100
