"""The border: JSON that comes in is read strictly and checked whole; what goes out is written by a schema.

`body`, `query` and `answer` document a view for OpenAPI and do the work themselves: no second parser on the way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, TypeVar, cast

from argon2 import PasswordHasher
from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from sqlalchemy import Engine

from service.auth import Caller
from service.config import Config
from service.faults import Fault, Malformed
from service.limits import Limit
from service.metrics import Metrics

View = TypeVar("View", bound=Callable[..., Any])
_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Service:
    """What a view needs from the application: made once by `create_app`."""

    config: Config
    engine: Engine
    clock: Callable[[], datetime]
    hasher: PasswordHasher
    metrics: Metrics
    login_limit: Limit
    write_limit: Limit


def here() -> Service:
    """The application's own values, in a request."""
    return cast(Service, current_app.extensions["wijkcyclus"])


def caller() -> Caller:
    """Who sends this request; only in views with the guard `person`."""
    return cast(Caller, g.caller)


def body(blueprint: Blueprint, schema: Schema) -> Callable[[View], View]:
    """The view takes a JSON object as this schema reads it, as its first argument; Malformed lists all faults."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **path: Any) -> Any:
            return view(loaded(schema, read_json()), *args, **path)

        content = {"application/json": {"schema": schema}}
        return cast(View, blueprint.doc(requestBody={"required": True, "content": content})(wrapper))

    return decorate


def query(blueprint: Blueprint, schema: Schema) -> Callable[[View], View]:
    """The view takes the query parameters as this schema reads them, as its first argument; Malformed lists all faults."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **path: Any) -> Any:
            twice = tuple(Fault(name, "Geef dit één keer.") for name, given in request.args.lists() if len(given) > 1)
            if twice:
                raise Malformed(twice)
            return view(loaded(schema, request.args.to_dict()), *args, **path)

        parameters = [{"in": "query", "schema": type(schema)}]
        return cast(View, blueprint.doc(parameters=parameters)(wrapper))

    return decorate


def answer(blueprint: Blueprint, status: int, schema: Schema | None = None) -> Callable[[View], View]:
    """What the view returns goes out through this schema, with this status; the view may return a finished Response."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **path: Any) -> Response:
            value = view(*args, **path)
            if isinstance(value, Response):
                return value
            if schema is None:
                return Response(status=status)
            return written(schema.dump(value), status)

        documented: dict[str, Any] = {"description": _PHRASES[status]}
        if schema is not None:
            documented["content"] = {"application/json": {"schema": schema}}
        return cast(View, blueprint.doc(responses={str(status): documented})(wrapper))

    return decorate


_PHRASES = {200: "Gelukt", 201: "Aangemaakt", 204: "Gelukt, zonder inhoud"}


def written(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(value, ensure_ascii=False), status, mimetype="application/json")


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
