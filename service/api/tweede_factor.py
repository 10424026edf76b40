"""One's own second factor: `/v1/personen/ik/tweede-factor`, and taking that of somebody who lost it."""

from __future__ import annotations

from typing import Any

from service import second_factor
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, FlagField, ListField, NumberField, TextField
from service.guard import Guard

factors = Blueprint("tweede-factor", __name__, url_prefix="/v1/personen", description="De tweede factor bij inloggen")
_OWN = "/ik/tweede-factor"


class FactorSchema(Dutch):
    """Whether the caller has a second factor, and how many recovery codes are left."""

    is_set = FlagField(data_key="ingesteld")
    codes_left = NumberField(data_key="herstelcodesOver")


class PreparedSchema(Dutch):
    """What goes into an authenticator; shown until the first code is given."""

    secret = TextField(data_key="geheim")
    uri = TextField()


class FactorCodeSchema(Dutch):
    """A code of the factor, or a recovery code."""

    code = TextField(longest=40, required=True)


class RecoverySchema(Dutch):
    """The recovery codes, each good for once; they are in this answer and nowhere else."""

    codes = ListField(TextField(), data_key="herstelcodes")


@route(factors, "GET", _OWN, Guard.PERSON, answers=FactorSchema())
def show_factor() -> second_factor.State:
    """How one's second factor stands."""
    return second_factor.read_state(here().installation, caller().person)


@route(factors, "POST", _OWN, Guard.PERSON, status=201, answers=PreparedSchema())
def prepare_factor() -> second_factor.Prepared:
    """A new secret, which counts once a code of it is given."""
    return second_factor.prepare(here().installation, caller(), here().clock())


@route(factors, "PUT", _OWN, Guard.PERSON, body=FactorCodeSchema(), answers=RecoverySchema())
def confirm_factor(given: dict[str, Any]) -> dict[str, Any]:
    """Let the secret count; every session and token that was opened without it ends."""
    return {"codes": second_factor.confirm(here().installation, caller(), given["code"], here().clock())}


@route(factors, "PUT", f"{_OWN}/intrekking", Guard.PERSON, body=FactorCodeSchema(), status=204)
def drop_own_factor(given: dict[str, Any]) -> None:
    """Go on without a second factor, by a last code."""
    second_factor.drop_own(here().installation, caller(), given["code"], here().clock())


@route(factors, "PUT", "/<uuid:person_id>/tweede-factor/intrekking", Guard.PERSON, status=204)
def drop_factor(person_id: object) -> None:
    """Take the factor of somebody who lost it, by who may appoint."""
    second_factor.drop(here().installation, caller().person, str(person_id), here().clock())
