"""Logging in and out: `/v1/sessies`, and the caller's API tokens: `/v1/tokens`."""

from __future__ import annotations

from typing import Any

from flask import Response

from service import accounts, auth, second_factor
from service.api.border import Blueprint, caller, here, knock, route, written
from service.api.schemas import Dutch, ListField, MomentField, NestedField, PersonSchema, TextField
from service.guard import Guard
from service.second_factor import CodeNeeded, FactorNeeded, Lacking
from service.store_people import PersonRow

sessions = Blueprint("sessies", __name__, url_prefix="/v1/sessies", description="Inloggen en uitloggen")
tokens = Blueprint("tokens", __name__, url_prefix="/v1/tokens", description="Toegang voor eigen programma's")


class LoginSchema(Dutch):
    """Who wants to log in."""

    login = TextField(data_key="gebruikersnaam", longest=100, required=True)
    password = TextField(data_key="wachtwoord", longest=1000, required=True)
    code = TextField(longest=40, load_default=None)


class SessionSchema(Dutch):
    """A session or a token, without its secret."""

    id = TextField()
    label = TextField(data_key="omschrijving")
    created_at = MomentField(data_key="gemaakt")
    expires_at = MomentField(data_key="geldigTot")
    revoked_at = MomentField(data_key="ingetrokken")


class OpenSessionSchema(Dutch):
    """The session that somebody just opened, and whose it is."""

    person = NestedField(PersonSchema, data_key="persoon")
    session = NestedField(SessionSchema, data_key="sessie")


class SessionListSchema(Dutch):
    """The caller's sessions or tokens, of all times."""

    items = ListField(NestedField(SessionSchema), data_key="resultaten")


class TokenAskSchema(Dutch):
    """What a new token is for, and until when."""

    label = TextField(data_key="omschrijving", longest=200, least=1, required=True)
    until = MomentField(data_key="geldigTot", required=True)


class NewTokenSchema(SessionSchema):
    """A new token with its secret, which is shown this once."""

    secret = TextField(data_key="token")


@route(sessions, "POST", "", Guard.ANYONE, body=LoginSchema(), status=201, answers=OpenSessionSchema())
def log_in(given: dict[str, Any]) -> Response:
    """Open a session: the answer sets its cookie."""
    service, now = here(), here().clock()
    person = prove(given["login"], given["password"])
    still = second_factor.lacking(service.installation, person, now)
    if still is Lacking.FACTOR:
        raise FactorNeeded("Log daarvoor in een browser in, op /inloggen.")
    if still is Lacking.CODE and given["code"] is None:
        raise CodeNeeded("Stuur hem mee als 'code'.")
    if still is Lacking.CODE:
        second_factor.use(service.installation, person, given["code"], now)
    secret, opened = open_session(person, auth.SESSION)
    response = written(OpenSessionSchema().dump(opened), 201)
    response.headers["Location"] = "/v1/sessies/huidige"
    keep_session(response, secret)
    return response


def prove(login: str, password: str) -> PersonRow:
    """Who knows this password; TooMany when this name is tried too often, or this address without knowing it.

    Who knows it does not count for the address: a whole town hall may come in by one, at nine o'clock.
    """
    service = here()
    address = knock(service.login_limit, "adres")
    service.login_limit.take(f"naam/{login}", service.clock())
    ours = service.installation
    found = accounts.prove(ours.database, ours.names, login=login, password=password, passwords=service.passwords)
    service.login_limit.give_back(address)
    return found


def open_session(person: PersonRow, kind: str) -> tuple[str, auth.Caller]:
    """A new session of who has proven to be this person, wholly or halfway, and its secret."""
    service = here()
    return accounts.begin(service.installation.database, person, kind, service.clock(), service.installation.entropy)


def keep_session(response: Response, secret: str) -> None:
    """Let the browser keep the session, out of reach of scripts."""
    response.set_cookie(
        auth.COOKIE,
        secret,
        max_age=auth.SESSION_LASTS,
        httponly=True,
        samesite="Lax",
        secure=here().installation.config.secure_cookies,
        path="/",
    )


def end_current_session(response: Response) -> None:
    """End the session (or the token) with which this request was sent."""
    service, by = here(), caller()
    accounts.revoke(service.installation.database, by, by.session.kind, by.session.id, service.clock())
    response.delete_cookie(auth.COOKIE, path="/")


@route(sessions, "GET", "", Guard.PERSON, answers=SessionListSchema())
def list_sessions() -> dict[str, Any]:
    """The caller's own sessions."""
    return {"items": accounts.list_sessions(here().installation.database, caller(), auth.SESSION)}


@route(sessions, "GET", "/huidige", Guard.PERSON, answers=OpenSessionSchema())
def show_session() -> auth.Caller:
    """Who is logged in, and until when."""
    return caller()


@route(sessions, "DELETE", "/huidige", Guard.PERSON, status=204)
def log_out() -> Response:
    """End the session (or the token) with which this request was sent."""
    response = Response(status=204)
    end_current_session(response)
    return response


@route(sessions, "DELETE", "/<uuid:session_id>", Guard.PERSON, status=204)
def end_session(session_id: object) -> None:
    """End one of the caller's own sessions."""
    service = here()
    accounts.revoke(service.installation.database, caller(), auth.SESSION, str(session_id), service.clock())


@route(tokens, "POST", "", Guard.PERSON, body=TokenAskSchema(), status=201, answers=NewTokenSchema())
def issue_token(given: dict[str, Any]) -> dict[str, Any]:
    """A new token of the caller; its secret is in this answer and nowhere else."""
    service = here()
    secret, opened = accounts.issue_token(
        service.installation.database,
        caller(),
        label=given["label"],
        until=given["until"],
        now=service.clock(),
        entropy=service.installation.entropy,
    )
    row = opened.session
    return {"id": row.id, "label": row.label, "created_at": row.created_at, "expires_at": row.expires_at} | {
        "revoked_at": None,
        "secret": secret,
    }


@route(tokens, "GET", "", Guard.PERSON, answers=SessionListSchema())
def list_tokens() -> dict[str, Any]:
    """The caller's own tokens, without their secrets."""
    return {"items": accounts.list_sessions(here().installation.database, caller(), auth.TOKEN)}


@route(tokens, "DELETE", "/<uuid:token_id>", Guard.PERSON, status=204)
def revoke_token(token_id: object) -> None:
    """End one of the caller's own tokens."""
    service = here()
    accounts.revoke(service.installation.database, caller(), auth.TOKEN, str(token_id), service.clock())
