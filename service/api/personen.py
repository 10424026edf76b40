"""People and what they are on record: `/v1/personen`, `/v1/rollen`, `/v1/mandaten`, `/v1/vervangingen`."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.roles import values_of
from engine.terms import Fact, Register
from service import accounts, people
from service.api.border import Blueprint, caller, here, link_next, route, written
from service.api.schemas import (
    DateField,
    Dutch,
    FlagField,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    PageSchema,
    PersonSchema,
    TextField,
    ValuesField,
    one_of,
)
from service.guard import Guard

persons = Blueprint("personen", __name__, url_prefix="/v1/personen", description="Wie er kunnen inloggen")
roles = Blueprint("rollen", __name__, url_prefix="/v1/rollen", description="Wie welke rol heeft")
mandates = Blueprint("mandaten", __name__, url_prefix="/v1/mandaten", description="Wie namens een orgaan besluit")
substitutions = Blueprint("vervangingen", __name__, url_prefix="/v1/vervangingen", description="Wie wie vervangt")


class PeriodSchema(Dutch):
    """From and until which day something holds; both days count, either may be absent."""

    since = DateField(data_key="van", load_default=None)
    until = DateField(data_key="tot", load_default=None)


class PlaceSchema(PeriodSchema):
    """A role in the whole city, in one wijk or in one group."""

    role = TextField(data_key="rol", longest=64, least=1, required=True)
    reach = TextField(data_key="bereik", required=True, validate=one_of("gemeente", "wijk", "groep"))
    wijk = TextField(longest=64, load_default=None)
    group = TextField(data_key="groep", longest=64, load_default=None)


class RoleAskSchema(PlaceSchema):
    """A role for a person."""

    person = TextField(data_key="persoon", longest=36, required=True)


class PersonAskSchema(Dutch):
    """A new account, with a first role if there is one; without a password nobody can log in with it yet."""

    login = TextField(data_key="gebruikersnaam", longest=64, required=True)
    name = TextField(data_key="naam", longest=200, required=True)
    password = TextField(data_key="wachtwoord", longest=1000, load_default=None)
    is_resident = FlagField(data_key="isBewoner", load_default=False)
    role = NestedField(PlaceSchema, data_key="rol", load_default=None)


class PersonListSchema(Dutch):
    """People, by login name."""

    items = ListField(NestedField(PersonSchema), data_key="resultaten")


class AccountSessionSchema(Dutch):
    """A session or a token of somebody, without its secret."""

    id = TextField()
    kind = TextField(data_key="soort")
    label = TextField(data_key="omschrijving")
    created_at = MomentField(data_key="gemaakt")
    expires_at = MomentField(data_key="geldigTot")


class AccountSessionListSchema(Dutch):
    """The sessions and tokens with which somebody comes in."""

    items = ListField(NestedField(AccountSessionSchema), data_key="resultaten")


class PasswordSchema(Dutch):
    """The old and the new password."""

    old = TextField(data_key="wachtwoord", longest=1000, required=True)
    new = TextField(data_key="nieuwWachtwoord", longest=1000, required=True)


class MandateAskSchema(PeriodSchema):
    """A mandate of an organ, for some decisions, up to a ceiling in cents."""

    organ = TextField(data_key="orgaan", longest=64, least=1, required=True)
    person = TextField(data_key="persoon", longest=36, load_default=None)
    role = TextField(data_key="rol", longest=64, load_default=None)
    steps = ListField(TextField(longest=4), data_key="stap", required=True)
    subject = TextField(data_key="onderwerp", longest=200, load_default="*")
    ceiling = NumberField(data_key="plafond", load_default=None)


class SubstitutionAskSchema(PeriodSchema):
    """Who stands in for whom; without `vervangt` the caller."""

    absent = TextField(data_key="vervangt", longest=36, load_default=None)
    substitute = TextField(data_key="vervanger", longest=36, required=True)


class WithdrawalSchema(Dutch):
    """Why something is withdrawn."""

    reason = TextField(data_key="reden", least=1, longest=2000, required=True)


class RowSchema(Dutch):
    """A row of a register: what was given, when, by whom (a reference) and in which record."""

    record = TextField(data_key="regel")
    at = MomentField(data_key="op")
    by = TextField(data_key="door")
    values = ValuesField(data_key="gegevens")


class RowListSchema(Dutch):
    """Rows that hold now, oldest first."""

    items = ListField(NestedField(RowSchema), data_key="resultaten")


class RecordSchema(Dutch):
    """Where the trail holds what was just done."""

    digest = TextField(data_key="regel")
    chain = TextField(data_key="keten")
    seq = NumberField(data_key="nummer")


@route(persons, "POST", "", Guard.PERSON, body=PersonAskSchema(), status=201, answers=PersonSchema())
def add_person(given: dict[str, Any]) -> Response:
    """Add somebody, with a first role if there is one."""
    service = here()
    new = people.NewPerson(given["login"], given["name"], given["password"], given["is_resident"])
    role = None if given["role"] is None else place_of(given["role"])
    row = people.add_person(service.installation, caller().person, new, role, service.clock(), service.passwords)
    response = written(PersonSchema().dump(row), 201)
    response.headers["Location"] = f"/v1/personen/{row.id}"
    return response


@route(persons, "GET", "", Guard.PERSON, query=PageSchema(), answers=PersonListSchema())
def list_persons(page: dict[str, Any]) -> Response:
    """The people of this installation, for who may appoint; anybody else sees only themselves."""
    service = here()
    found = people.list_people(
        service.installation, caller().person, service.clock(), after=page["cursor"], limit=page["limit"] + 1
    )
    more = found[page["limit"] - 1].id if len(found) > page["limit"] else None
    return link_next(PersonListSchema().dump({"items": found[: page["limit"]]}), more)


@route(persons, "GET", "/<uuid:person_id>", Guard.PERSON, answers=PersonSchema())
def show_person(person_id: object) -> Any:
    """One person."""
    service = here()
    return people.read_person(service.installation, caller().person, str(person_id), service.clock())


@route(persons, "GET", "/<uuid:person_id>/rollen", Guard.PERSON, answers=RowListSchema())
def list_roles_of(person_id: object) -> dict[str, Any]:
    """The roles that this person has now."""
    service = here()
    now = service.clock()
    person = people.read_person(service.installation, caller().person, str(person_id), now)
    return _rows(people.rows_of(service.installation, Register.ROLLEN, now, person))


@route(persons, "PUT", "/<uuid:person_id>/blokkade", Guard.PERSON, status=204)
def block(person_id: object) -> None:
    """Nobody logs in as this person any more; every session and token ends at once."""
    service = here()
    people.block(service.installation, caller().person, str(person_id), service.clock())


@route(persons, "GET", "/<uuid:person_id>/sessies", Guard.PERSON, answers=AccountSessionListSchema())
def list_sessions_of(person_id: object) -> dict[str, Any]:
    """The sessions and tokens of somebody that still work, for who may appoint."""
    service = here()
    found = people.list_sessions(service.installation, caller().person, str(person_id), service.clock())
    return {"items": found}


@route(persons, "DELETE", "/<uuid:person_id>/sessies/<uuid:session_id>", Guard.PERSON, status=204)
def end_session_of(person_id: object, session_id: object) -> None:
    """End a session or token of somebody at once, on record."""
    service = here()
    people.end_session(service.installation, caller().person, str(person_id), str(session_id), service.clock())


@route(persons, "PUT", "/ik/wachtwoord", Guard.PERSON, body=PasswordSchema(), status=204)
def change_password(given: dict[str, Any]) -> None:
    """A new password for the caller; every session and token of the caller ends."""
    service, by = here(), caller()
    now = service.clock()
    service.login_limit.take(f"naam/{by.person.login}", now)
    accounts.change_password(
        service.installation.database,
        service.installation.names,
        by,
        old=given["old"],
        new=given["new"],
        now=now,
        passwords=service.passwords,
    )


@route(roles, "GET", "", Guard.PERSON, answers=RowListSchema())
def list_roles() -> dict[str, Any]:
    """Who has which role now, by reference."""
    return _listed(Register.ROLLEN)


@route(roles, "POST", "", Guard.PERSON, body=RoleAskSchema(), status=201, answers=RecordSchema())
def appoint(given: dict[str, Any]) -> Any:
    """Give somebody a role."""
    return _give(Register.ROLLEN, {"persoon": given["person"]} | place_of(given))


@route(mandates, "GET", "", Guard.PERSON, answers=RowListSchema())
def list_mandates() -> dict[str, Any]:
    """The mandates that hold now."""
    return _listed(Register.MANDATEN)


@route(mandates, "POST", "", Guard.PERSON, body=MandateAskSchema(), status=201, answers=RecordSchema())
def mandate(given: dict[str, Any]) -> Any:
    """Let somebody decide in the name of an organ."""
    values = {"orgaan": given["organ"], "persoon": given["person"], "rol": given["role"], "stap": given["steps"]}
    return _give(
        Register.MANDATEN, values | {"onderwerp": given["subject"], "plafond": given["ceiling"]} | period_of(given)
    )


@route(substitutions, "GET", "", Guard.PERSON, answers=RowListSchema())
def list_substitutions() -> dict[str, Any]:
    """The substitutions that hold now."""
    return _listed(Register.VERVANGINGEN)


@route(substitutions, "POST", "", Guard.PERSON, body=SubstitutionAskSchema(), status=201, answers=RecordSchema())
def substitute(given: dict[str, Any]) -> Any:
    """Let somebody stand in for the caller, or for somebody else."""
    absent = given["absent"] or caller().person.id
    return _give(Register.VERVANGINGEN, {"vervangt": absent, "vervanger": given["substitute"]} | period_of(given))


@route(
    roles,
    "PUT",
    "/<digest:digest>/intrekking",
    Guard.PERSON,
    body=WithdrawalSchema(),
    answers=RecordSchema(),
)
def dismiss(given: dict[str, Any], digest: str) -> Any:
    """Withdraw a role."""
    return _withdraw(Register.ROLLEN, digest, given)


@route(
    mandates,
    "PUT",
    "/<digest:digest>/intrekking",
    Guard.PERSON,
    body=WithdrawalSchema(),
    answers=RecordSchema(),
)
def revoke_mandate(given: dict[str, Any], digest: str) -> Any:
    """Withdraw a mandate."""
    return _withdraw(Register.MANDATEN, digest, given)


@route(
    substitutions,
    "PUT",
    "/<digest:digest>/intrekking",
    Guard.PERSON,
    body=WithdrawalSchema(),
    answers=RecordSchema(),
)
def end_substitution(given: dict[str, Any], digest: str) -> Any:
    """End a substitution."""
    return _withdraw(Register.VERVANGINGEN, digest, given)


def _give(register: Register, values: dict[str, Any]) -> Any:
    service = here()
    return people.give(service.installation, caller().person, register, values, service.clock())


def place_of(given: dict[str, Any]) -> dict[str, Any]:
    """A role with its place and period, as the register's row says them."""
    place = {"rol": given["role"], "bereik": given["reach"], "wijk": given["wijk"], "groep": given["group"]}
    return place | period_of(given)


def period_of(given: dict[str, Any]) -> dict[str, str | None]:
    """The period of a row of a register."""
    days = (("van", given["since"]), ("tot", given["until"]))
    return {name: None if day is None else day.isoformat() for name, day in days}


def _withdraw(register: Register, digest: str, given: dict[str, Any]) -> Any:
    service = here()
    return people.withdraw(service.installation, caller().person, register, digest, given["reason"], service.clock())


def _listed(register: Register) -> dict[str, Any]:
    service = here()
    return _rows(people.rows_of(service.installation, register, service.clock(), None))


def _rows(found: list[Fact]) -> dict[str, Any]:
    rows = [{"record": one.record, "at": one.at, "by": one.by, "values": dict(values_of(one))} for one in found]
    return {"items": rows}
