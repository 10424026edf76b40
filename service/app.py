"""The application: the only wiring. Which routes there are, and who may knock, stands in `service.api`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from time import perf_counter
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, Response, g, request
from flask_smorest import Api  # type: ignore[import-untyped]
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from service import auth, clock, guard, logs, problem
from service.api import BLUEPRINTS
from service.api.border import Service
from service.api.schemas import ProblemSchema
from service.asked import MOST_BYTES, Asked
from service.guard import Guard
from service.installation import Installation
from service.limits import Limit, knocker
from service.metrics import Metrics
from service.web import serve_pages

API_VERSION = "1.0.0"
# Asked again and again by machines that watch us, or by the browser with each page; and the door, for a town hall whose
# people all come in by one address. What these cost, no limit would spare.
_COUNTLESS = frozenset(
    (
        *("toestand.healthz", "toestand.readyz", "toestand.metrics"),
        *("schermen.show_asset", "schermen.begin", "schermen.show_login", "schermen.log_in", "sessies.log_in"),
    )
)


class IdConverter(BaseConverter):
    """The id of a case, task or incident in an address: 32 hexadecimal digits, with or without hyphens."""

    regex = "[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class DigestConverter(BaseConverter):
    """A SHA-256 in an address."""

    regex = "[0-9a-f]{64}"


class Application(Flask):
    """Flask, in which every view is a plain function, and files stay in memory."""

    request_class = Asked

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: Flask would look at each request whether it is a coroutine."""
        return func


CONVERTERS = {"id": IdConverter, "digest": DigestConverter}


class Described(Api):
    """The description of the API, in which every error is problem+json."""

    ERROR_SCHEMA = ProblemSchema


def create_app(
    installation: Installation,
    *,
    now: Callable[[], datetime] = clock.now,
    passwords: PasswordHasher | None = None,
) -> Flask:
    """The WSGI application of one installation; `now` is the clock, which a story replaces by its own."""
    app = Application("service", static_folder=None, template_folder=None)
    app.logger.disabled = True  # failures are logged by `problem`, without what people wrote
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    if installation.config.proxies:
        trusted = installation.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    service = Service(
        installation,
        now,
        passwords or PasswordHasher(),
        Metrics.start(),
        Limit.read(installation.config.rate_login),
        Limit.read(installation.config.rate_write),
        Limit.read(installation.config.rate_public),
    )
    app.extensions["wijkcyclus"] = service
    app.url_map.converters.update(CONVERTERS)
    problem.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    serve_pages(app)
    app.add_url_rule("/v1/openapi.json", "openapi", openapi, methods=["GET"])
    guards = guard.guards(app)

    app.before_request(partial(_begin, service, guards))
    app.after_request(partial(_finish, service.metrics, logs.logger()))
    return app


def openapi() -> Response:
    """The description of this API: OpenAPI 3.1."""
    return Response(description(), mimetype="application/json")


openapi.__dict__["guard"] = Guard.ANYONE


@cache
def description() -> str:
    """The same for every installation, so made once in a process, and only when somebody asks."""
    app = Flask("service", static_folder=None, template_folder=None)
    app.config.update(API_TITLE="Wijkcyclus", API_VERSION=API_VERSION, OPENAPI_VERSION="3.1.0")
    app.url_map.converters.update(CONVERTERS)
    api = Described()
    for converter in CONVERTERS.values():
        api.register_converter(converter, lambda _, own=converter: {"type": "string", "pattern": own.regex})
    api.init_app(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    return json.dumps(api.spec.to_dict(), ensure_ascii=False)


def _begin(service: Service, guards: dict[str, Guard]) -> None:
    asked, mine = _behind(request), _behind(g)
    mine.began = perf_counter()
    mine.request_id = logs.request_id(asked.headers.get("X-Request-Id"))
    endpoint = asked.endpoint
    if endpoint is None:
        return  # no such address: Flask answers
    asked.bind(endpoint, service.installation.config.most_bytes)
    if guards[endpoint] is Guard.ANYONE:
        if endpoint not in _COUNTLESS:
            service.public_limit.take(knocker(asked.remote_addr), service.clock())
        auth.refuse_foreign_origin(asked)
        return
    now = service.clock()
    met = service.met if guards[endpoint] is Guard.ACTOR else None
    halfway, ours = guards[endpoint] is Guard.HALFWAY, service.installation
    mine.caller = auth.recognise(ours.database, ours.names, asked, now, met, halfway=halfway)
    if asked.method not in auth.SAFE_METHODS:
        service.write_limit.take(mine.caller.person.id, now)


def _finish(metrics: Metrics, log: Any, response: Response) -> Response:
    asked, mine = _behind(request), _behind(g)
    headers, status, method = response.headers, response.status_code, asked.method
    headers.add("API-Version", API_VERSION)
    headers.add("X-Request-Id", mine.request_id)
    headers.add("X-Content-Type-Options", "nosniff")
    if "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
    seconds = perf_counter() - mine.began
    rule = asked.url_rule
    route = rule.rule if rule is not None else "onbekend"
    metrics.answered(method, route, status, seconds)
    refused_by = mine.get("refused_by")
    if refused_by is not None:
        metrics.refusals.labels(refused_by).inc()
    ms = round(seconds * 1000, 2)
    log.info("request", request_id=mine.request_id, method=method, route=route, status=status, ms=ms)
    return response


def _behind(proxy: Any) -> Any:
    """What Flask's name for it stands for in this request: each look through the name is a search, at every request."""
    return proxy._get_current_object()
