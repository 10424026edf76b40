"""The one blueprint of the pages: each page says its guard, each form is proven, each failure is told as a page."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as AnyResponse

from service import auth, notices, organisation, problem
from service.api.border import here
from service.asked import Asked
from service.auth import HALFWAY
from service.faults import NotLoggedIn
from service.guard import Guard
from service.web import carried, csrf
from service.web.assets import assets
from service.web.rendering import render, words

screens = Blueprint("schermen", __name__)

View = Callable[..., Response]
_DEMO = Path("demo/personen.toml")
# No script and no style stands in a page, so nothing that somebody writes there is ever run; the one script that a page
# may name is htmx, when it was built, under a number of that page alone.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")  # of this site, without a backslash
_MEMBERS = ("title", "detail", "status", "verzoek", "fouten", "regel", "oplossing", "trede", "verantwoording")
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def screen(method: str, rule: str, guard: Guard, *, is_ours: bool = True) -> Callable[[View], View]:
    """Serve a view at this address, behind this guard; a form that comes in must be one that we gave.

    Where it need not be (`is_ours`), a secret in the address says enough, and nothing but that address matters.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def served(**path: Any) -> Response:
            if method == "POST" and is_ours:
                csrf.require_proof(request)
            return view(**path)

        served.__dict__["guard"] = guard
        screens.add_url_rule(rule, view.__name__, served, methods=[method])
        return view

    return decorate


def page(template: str, status: int = 200, **values: object) -> Response:
    """The page of this template, with what every page holds."""
    who = g.get("caller")
    if who is not None and who.session.kind == HALFWAY:
        who = None  # nobody yet
    service = here()
    links = assets(service.installation.config.city)
    g.nonce = service.installation.entropy(16).hex() if "htmx.js" in links else None
    text = render(
        template,
        bewijs=csrf.proof(request),
        wie=who.person.name if who else None,
        was_ingelogd=auth.COOKIE in request.cookies,  # nobody looks whether it still holds: it only names a link
        mag=organisation.offered(service.installation, who.person, service.clock()) if who and status < 500 else (),
        ongelezen=notices.count_unread(service.installation, who.person.id) if who and status < 500 else 0,
        voorbeeld=notice(service.installation.config.city),
        nu=service.clock(),
        pad=request.path,
        terug=_address(),
        opmaak={name: asset.address for name, asset in links.items()},
        nonce=g.nonce,
        **values,
    )
    answer = Response(text, status, mimetype="text/html")
    csrf.remember(answer)
    return answer


def _address() -> str:
    """Where this page can be opened again; of what was sent in, only where it was sent to."""
    query = request.query_string.decode("ascii", "replace") if request.method == "GET" else ""
    return quote(request.path) + (f"?{query}" if query else "")


def elsewhere(address: str) -> Response:
    """On to this page, which the browser gets."""
    answer: AnyResponse = redirect(address, 303, Response)
    assert isinstance(answer, Response), "made by the class that was asked for"
    return answer


@cache
def notice(city: Path) -> str:
    """What a city that comes with a demo has every page say of it."""
    path = city / _DEMO
    if not path.is_file():
        return ""
    return str(tomllib.loads(path.read_text("utf-8")).get("melding", ""))


def is_page(address: str) -> bool:
    """Whether this is the address of a page of ours that can be opened, and stays where it is."""
    if not _ADDRESS.fullmatch(address):
        return False
    routes = current_app.create_url_adapter(request)
    assert routes is not None, "a request has routes"
    try:
        endpoint, _given = routes.match(address.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return str(endpoint).startswith(f"{screens.name}.") and endpoint != f"{screens.name}.choose_language"


def told(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    """What the API would say of this exception: the status, the members of the problem, and the headers to keep."""
    answer = problem.answer(error)
    kept = {name: answer.headers[name] for name in ("Retry-After", "Allow") if name in answer.headers}
    text = answer.get_data(as_text=True)
    members = dict.fromkeys(_MEMBERS) | (json.loads(text) if text else {})
    if members["regel"]:  # a refusal names roles as the files of the city do
        members["detail"] = words(members["detail"])
    return answer.status_code, members, kept


def _failed(error: Exception) -> Response:
    status, members, headers = told(error)
    task_id = (request.view_args or {}).get("task_id") if status == 413 else None
    answer = page("probleem.html", status, probleem=members, taak=task_id)
    answer.headers.update(headers)
    return answer


def serve_pages(app: Flask) -> None:
    """Serve the pages; who mistypes an address in a browser reads so on a page, and a program as from the API."""
    app.register_blueprint(screens)
    for kind in (NotFound, MethodNotAllowed):
        app.register_error_handler(kind, _not_here)


def _not_here(error: HTTPException) -> Response:
    wanted = request.accept_mimetypes.best_match(["application/problem+json", "text/html"])
    if wanted != "text/html" or request.path.startswith("/v1/"):
        return problem.answer(error)
    return _protect(_failed(error))


def _ask_to_log_in(error: Exception) -> Response:
    status, members, _ = told(error)
    g.pop("caller", None)  # whom this process met before, and whose session has ended since
    typed = carried.packed(cast(Asked, request))
    came_for = request.path if request.method == "GET" or typed else ""
    answer = page("inloggen.html", status, fout="", naam="", naar=came_for, melding=members["title"], meegenomen=typed)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _protect(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)  # a file that somebody sent has a stricter policy of its own
    if nonce := g.get("nonce"):
        response.headers["Content-Security-Policy"] = f"{_POLICY}; script-src 'nonce-{nonce}'"
    response.vary.add("Cookie")
    return response


for _kind in problem.ANSWERED:
    screens.register_error_handler(_kind, _failed)
screens.register_error_handler(NotLoggedIn, _ask_to_log_in)
screens.after_request(_protect)
