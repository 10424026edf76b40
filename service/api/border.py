"""The border: JSON that comes in is read strictly and checked whole; what goes out is written by a schema.

`route` serves a view, says who may knock, describes it for OpenAPI and does the reading and writing itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import urlencode

from argon2 import PasswordHasher
from flask import Response, current_app, g, request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema, ValidationError

from engine.writing import writer
from service.auth import Caller
from service.faults import Fault, Malformed
from service.guard import Guard
from service.installation import Installation
from service.limits import Limit, knocker
from service.metrics import Metrics

__all__ = ["Blueprint", "Service", "caller", "here", "knock", "link_next", "loaded", "read_json", "route", "written"]

View = TypeVar("View", bound=Callable[..., Any])
_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Service:
    """What a view needs from the application: made once by `create_app`."""

    installation: Installation
    clock: Callable[[], datetime]
    passwords: PasswordHasher
    metrics: Metrics
    login_limit: Limit
    write_limit: Limit
    public_limit: Limit
    met: dict[str, Caller] = field(default_factory=dict)  # whom this process met, by the digest of the session's secret


def here() -> Service:
    """The application's own values, in a request."""
    return cast(Service, current_app.extensions["wijkcyclus"])


def knock(limit: Limit, what: str) -> str:
    """Count one request for this from where it comes, and say as whose; TooMany when there were too many."""
    caller = f"{what}/{knocker(request.remote_addr)}"
    limit.take(caller, here().clock())
    return caller


def caller() -> Caller:
    """Who sends this request; only in views with the guard `person`."""
    return cast(Caller, g.caller)


def route(
    blueprint: Blueprint,
    method: str,
    rule: str,
    guard: Guard,
    *,
    body: Schema | None = None,
    query: Schema | None = None,
    reads: Schema | None = None,
    sends: str = "application/json",
    status: int = 200,
    answers: Schema | None = None,
) -> Callable[[View], View]:
    """Serve a view at this address, behind this guard, and describe it for OpenAPI.

    The view gets what `body` or `query` reads as its first argument (Malformed lists all faults) and returns a finished
    Response, or values that go out through `answers`. `reads` only describes a body that the view reads for itself, and
    `sends` of which media type that is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def served(**path: Any) -> Response:
            if body is not None:
                value = view(loaded(body, read_json()), **path)
            elif query is not None:
                value = view(loaded(query, read_query()), **path)
            else:
                value = view(**path)
            if isinstance(value, Response):
                return value
            return Response(status=status) if answers is None else written(answers.dump(value), status)

        served.__dict__["guard"] = guard
        documented = blueprint.doc(**_documented(body or reads, sends, query, status, answers))(served)
        blueprint.add_url_rule(rule, view.__name__, documented, methods=[method])
        return view

    return decorate


def _documented(
    body: Schema | None, sends: str, query: Schema | None, status: int, answers: Schema | None
) -> dict[str, Any]:
    answered: dict[str, Any] = {"description": _PHRASES[status]}
    if answers is not None:
        answered["content"] = {"application/json": {"schema": answers}}
    found: dict[str, Any] = {"responses": {str(status): answered}}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {sends: {"schema": body}}}
    if query is not None:
        found["parameters"] = [{"in": "query", "schema": type(query)}]
    return found


_encode = writer(separators=(", ", ": "))
_PHRASES = {200: "Gelukt", 201: "Aangemaakt", 204: "Gelukt, zonder inhoud"}


def written(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(_encode(value), status, content_type="application/json")


def link_next(content: dict[str, Any], cursor: str | None) -> Response:
    """A page of a list; `cursor` is where the next page begins, None on the last one."""
    if cursor is None:
        return written(content | {"_links": {}})
    given = {name: value for name, value in request.args.items() if name != "cursor"}
    address = f"{request.path}?{urlencode(given | {'cursor': cursor})}"
    response = written(content | {"_links": {"next": {"href": address}}})
    response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def loaded(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the schema reads them; Malformed lists all faults with their paths."""
    try:
        return cast(dict[str, Any], schema.load(values))
    except ValidationError as wrong:
        raise Malformed(tuple(flatten(wrong.messages))) from wrong


def flatten(messages: Any, path: str = "") -> list[Fault]:
    """marshmallow's nested messages as a flat list with paths such as `bestanden[2].naam`."""
    if isinstance(messages, list):
        return [Fault(path, str(message)) for message in messages]
    if not isinstance(messages, dict):
        return [Fault(path, str(messages))]
    found: list[Fault] = []
    for key, inner in messages.items():
        if key == "_schema":
            here_ = path
        elif isinstance(key, int):
            here_ = f"{path}[{key}]"
        else:
            here_ = f"{path}.{key}" if path else str(key)
        found.extend(flatten(inner, here_))
    return found


def read_query() -> dict[str, str]:
    """The query parameters; each may be given once."""
    if not request.query_string:
        return {}
    twice = tuple(Fault(name, "Geef dit één keer.") for name, given in request.args.lists() if len(given) > 1)
    if twice:
        raise Malformed(twice)
    return request.args.to_dict()


def read_json() -> dict[str, Any]:
    """The request's body as a JSON object; refuses doubled keys, floats, NaN and numbers that others would round."""
    if not request.is_json:
        raise Malformed((Fault("", "Stuur JSON, met Content-Type: application/json."),))
    try:
        value = _decode(request.get_data(cache=False).decode("utf-8"))
    except UnicodeDecodeError as wrong:
        raise Malformed((Fault("", "De tekst is geen geldige UTF-8."),)) from wrong
    except json.JSONDecodeError as wrong:
        where = f"regel {wrong.lineno}, teken {wrong.colno}"
        raise Malformed((Fault("", f"Dit is geen geldige JSON ({where})."),)) from wrong
    except RecursionError as wrong:
        raise Malformed((Fault("", "De JSON is te diep genest."),)) from wrong
    if not isinstance(value, dict):
        raise Malformed((Fault("", "Stuur een JSON-object: {...}."),))
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise Malformed(tuple(Fault(name, "Deze naam komt twee keer voor.") for name in twice))
    return value


def _float(text: str) -> NoReturn:
    raise Malformed((Fault("", f"Stuur '{text[:40]}' als tekst: kommagetallen worden onderweg afgerond."),))


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS + 1 or abs(int(text)) > 2**53:
        raise Malformed((Fault("", f"Het getal {text[:40]} is te groot."),))
    return int(text)


_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_float
).decode
