"""Coming in and going out: `/`, `/inloggen`, `/uitloggen`, and the style sheet of all pages."""

from __future__ import annotations

import re

from flask import Response, request

from service.api.border import loaded
from service.api.sessies import LoginSchema, end_current_session, keep_session, open_session
from service.auth import WrongPassword
from service.faults import Malformed
from service.guard import Guard
from service.limits import TooMany
from service.web import csrf
from service.web.rendering import style
from service.web.screens import elsewhere, page, screen, told

_FIRST = "/werk"
_OWN = re.compile(r"/(werk|taken/[0-9a-f-]{32,36}(/ontvangst)?|zaken/[0-9a-f-]{32,36})")


@screen("GET", "/", Guard.ANYONE)
def begin() -> Response:
    """The first page: one's work, which asks to log in when that is needed."""
    return elsewhere(_FIRST)


@screen("GET", "/inloggen", Guard.ANYONE)
def show_login() -> Response:
    """The form to log in with."""
    return _login_page()


@screen("POST", "/inloggen", Guard.ANYONE)
def log_in() -> Response:
    """Open a session, and on to the page that was asked for."""
    asked = {"gebruikersnaam": request.form.get("gebruikersnaam", ""), "wachtwoord": request.form.get("wachtwoord", "")}
    try:
        given = loaded(LoginSchema(), asked)
        secret, _ = open_session(given["login"], given["password"])
    except (WrongPassword, Malformed, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = _login_page(status, f"{members['title']}. {members['detail']}", asked["gebruikersnaam"][:100])
        answer.headers.update(headers)
        return answer
    came_for = request.form.get("naar", "")
    answer = elsewhere(came_for if _OWN.fullmatch(came_for) else _FIRST)
    keep_session(answer, secret)
    answer.delete_cookie(csrf.BEFORE, path="/")
    return answer


@screen("POST", "/uitloggen", Guard.PERSON)
def log_out() -> Response:
    """End this session."""
    answer = elsewhere("/inloggen")
    end_current_session(answer)
    return answer


@screen("GET", "/opmaak/wijk.css", Guard.ANYONE)
def show_style() -> Response:
    """The style sheet; its address changes with its content."""
    answer = Response(style()[0], mimetype="text/css")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def _login_page(status: int = 200, fault: str = "", name: str = "") -> Response:
    return page("inloggen.html", status, fout=fault, naam=name, naar=request.form.get("naar", ""), melding="")
