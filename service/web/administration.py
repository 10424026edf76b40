"""*Beheer*: people with their roles and what opens their accounts, and what happens by itself with what got stuck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request

from engine.terms import Register
from service import db, jobs, log_check, organisation, people, reading, second_factor, steering
from service.api.border import caller, here, loaded, read_query
from service.api.personen import PersonAskSchema, PlaceSchema, WithdrawalSchema, place_of
from service.api.schemas import Dutch, TextField
from service.api.zaken import ReasonSchema
from service.faults import Conflict, Fault, Malformed
from service.guard import Guard
from service.hearing import Refused
from service.people import NewPerson
from service.web.screens import elsewhere, page, screen, told

_SHOWN = 50
_MOST = 100
_OUT_OF_DATE = timedelta(minutes=5)  # a clock that lags more than this is worth a look
_PEOPLE = "/beheer/personen"


class PeopleQuery(Dutch):
    """After which person the list goes on."""

    after = TextField(data_key="vanaf", longest=100, load_default="")


@screen("GET", "/beheer", Guard.PERSON)
def show_administration() -> Response:
    """What there is to administer."""
    organisation.require_appointer(here().installation, caller().person, here().clock())
    return page("beheer.html")


@screen("GET", _PEOPLE, Guard.PERSON)
def show_people() -> Response:
    """The people with an account, and the form to add one."""
    return _people_page(200, None)


@screen("POST", _PEOPLE, Guard.PERSON)
def add_person() -> Response:
    """A new account, and on to it to give it roles."""
    return attempted(_add, _people_page)


def _add() -> Response:
    service = here()
    sent = sent_values("gebruikersnaam", "naam", "wachtwoord")
    given = loaded(PersonAskSchema(), sent | {"isBewoner": "isBewoner" in request.form})
    new = NewPerson(given["login"], given["name"], given["password"], given["is_resident"])
    row = people.add_person(service.installation, caller().person, new, None, service.clock(), service.passwords)
    return elsewhere(f"{_PEOPLE}/{row.id}")


def _people_page(status: int, problem: dict[str, Any] | None) -> Response:
    service, by = here(), caller().person
    organisation.require_appointer(service.installation, by, service.clock())
    after = loaded(PeopleQuery(), read_query())["after"] if request.method == "GET" else ""
    found = people.list_people(service.installation, by, service.clock(), after=after, limit=_SHOWN + 1)
    return page(
        "personen.html",
        status,
        personen=found[:_SHOWN],
        begin=bool(after),
        volgende=found[_SHOWN - 1].id if len(found) > _SHOWN else "",
        probleem=problem,
        ingevuld=request.form,
    )


@screen("GET", f"{_PEOPLE}/<uuid:person_id>", Guard.PERSON)
def show_person(person_id: object) -> Response:
    """One account: its roles, and the sessions and tokens that open it."""
    return _person_page(person_id)(200, None)


@screen("POST", f"{_PEOPLE}/<uuid:person_id>/rollen", Guard.PERSON)
def give_role(person_id: object) -> Response:
    """Give this person a role."""

    def give() -> Response:
        service = here()
        given = loaded(PlaceSchema(), sent_values("rol", "bereik", "wijk", "groep", "van", "tot"))
        values = {"persoon": str(person_id)} | place_of(given)
        people.give(service.installation, caller().person, Register.ROLLEN, values, service.clock())
        return elsewhere(f"{_PEOPLE}/{person_id}")

    return attempted(give, _person_page(person_id))


@screen("POST", f"{_PEOPLE}/<uuid:person_id>/rollen/<digest:digest>/intrekken", Guard.PERSON)
def take_role(person_id: object, digest: str) -> Response:
    """Withdraw a role of this person."""

    def take() -> Response:
        withdraw(Register.ROLLEN, digest)
        return elsewhere(f"{_PEOPLE}/{person_id}")

    return attempted(take, _person_page(person_id))


@screen("POST", f"{_PEOPLE}/<uuid:person_id>/sessies/<uuid:session_id>/beeindigen", Guard.PERSON)
def end_session_of(person_id: object, session_id: object) -> Response:
    """End a session or token of this person."""
    service = here()
    people.end_session(service.installation, caller().person, str(person_id), str(session_id), service.clock())
    return elsewhere(f"{_PEOPLE}/{person_id}")


@screen("POST", f"{_PEOPLE}/<uuid:person_id>/tweede-factor/intrekken", Guard.PERSON)
def take_factor(person_id: object) -> Response:
    """Take the second factor of who lost it."""

    def take() -> Response:
        second_factor.drop(here().installation, caller().person, str(person_id), here().clock())
        return elsewhere(f"{_PEOPLE}/{person_id}")

    return attempted(take, _person_page(person_id))


@screen("POST", f"{_PEOPLE}/<uuid:person_id>/blokkeren", Guard.PERSON)
def block(person_id: object) -> Response:
    """Close this account, for who says that he means it."""

    def close() -> Response:
        if "zeker" not in request.form:
            raise Malformed((Fault("zeker", "Zet het vinkje als u dit account wilt sluiten."),))
        service = here()
        people.block(service.installation, caller().person, str(person_id), service.clock())
        return elsewhere(f"{_PEOPLE}/{person_id}")

    return attempted(close, _person_page(person_id))


def _person_page(person_id: object) -> Callable[[int, dict[str, Any] | None], Response]:
    def made(status: int, problem: dict[str, Any] | None) -> Response:
        service, by = here(), caller().person
        found = people.read_account(service.installation, by, str(person_id), service.clock())
        is_self = found.person.id == by.id
        return page("persoon.html", status, account=found, is_ik=is_self, probleem=problem, ingevuld=request.form)

    return made


@screen("GET", "/beheer/incidenten", Guard.PERSON)
def show_incidents() -> Response:
    """What got stuck in the wijken of the reader."""
    return _incidents_page(200, None)


@screen("POST", "/beheer/incidenten/<id:case_id>/<id:incident_id>/herstel", Guard.PERSON)
def retry(case_id: str, incident_id: str) -> Response:
    """Let what got stuck be tried again, with a reason."""

    def again() -> Response:
        service = here()
        reason = loaded(ReasonSchema(), sent_values("reden"))["reason"]
        steering.retry(service.installation, caller().person, case_id, incident_id, reason, service.clock())
        return elsewhere("/beheer/incidenten")

    return attempted(again, _incidents_page)


def _incidents_page(status: int, problem: dict[str, Any] | None) -> Response:
    service = here()
    found = reading.list_open_incidents(service.installation, caller().person, _MOST, service.clock())
    may = not caller().person.is_resident
    return page(
        "incidenten.html", status, incidenten=found, mag_herstellen=may, probleem=problem, ingevuld=request.form
    )


@screen("GET", "/beheer/klok", Guard.PERSON)
def show_queue() -> Response:
    """What waits for its moment."""
    service = here()
    found = jobs.read_queue(service.installation, caller().person, _MOST, service.clock())
    return page("klok.html", rij=found)


@screen("GET", "/beheer/toestand", Guard.PERSON)
def show_health() -> Response:
    """How the installation is doing."""
    service, now = here(), here().clock()
    queue = jobs.read_queue(service.installation, caller().person, 0, now)
    return page(
        "toestand.html",
        logboek=log_check.health(service.installation),
        rij=queue,
        loopt_achter=queue.oldest is not None and now - queue.oldest > _OUT_OF_DATE,
        incidenten=len(reading.list_open_incidents(service.installation, caller().person, _MOST, now)),
        is_bij=db.is_current(service.installation.database),
    )


def withdraw(register: Register, digest: str) -> None:
    """Withdraw the row of this record, with the reason that was filled in."""
    service = here()
    reason = loaded(WithdrawalSchema(), sent_values("reden"))["reason"]
    people.withdraw(service.installation, caller().person, register, digest, reason, service.clock())


def sent_values(*names: str) -> dict[str, Any]:
    """What was filled in under these names; an empty field was not filled in."""
    return {name: value for name in names if (value := request.form.get(name, "").strip())}


def id_of(login: str | None, field: str) -> str | None:
    """The id of the person with this login name, as people type it. Raises Malformed."""
    if login is None:
        return None
    found = people.find_login(here().installation, login)
    if found is None:
        raise Malformed((Fault(field, "Deze gebruikersnaam is hier niet bekend."),))
    return found.id


def attempted(act: Callable[[], Response], again: Callable[[int, dict[str, Any] | None], Response]) -> Response:
    """What the act leads to; or the page again, with what was wrong, what may not be, or what is so already."""
    try:
        return act()
    except (Malformed, Conflict, Refused) as wrong:
        status, members, _ = told(wrong)
    return again(status, members)
