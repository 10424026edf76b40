"""Coming in and going out: `/`, `/inloggen`, `/uitloggen`, the language, and what pages link to."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, g, request

from service import auth, second_factor
from service.api.border import here, loaded
from service.api.sessies import LoginSchema, end_current_session, keep_session, open_session, prove
from service.auth import HALFWAY, SESSION, WrongPassword
from service.faults import Malformed, Unknown
from service.guard import Guard
from service.limits import TooMany
from service.second_factor import Lacking
from service.web import carried, csrf, language
from service.web.account import DOORS, code_page, where_to
from service.web.assets import assets
from service.web.screens import elsewhere, is_page, page, screen, told

_FIRST = "/werk"
_DAY = 24 * 3600
_YEAR = 365 * _DAY


@screen("GET", "/", Guard.ANYONE)
def begin() -> Response:
    """The first page: one's work for who has logged in, else the wijken, which are for everybody."""
    return elsewhere(_FIRST if auth.COOKIE in request.cookies else "/wijken")


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
        person = prove(given["login"], given["password"])
    except (WrongPassword, Malformed, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = _login_page(status, f"{members['title']}. {members['detail']}", asked["gebruikersnaam"][:100])
        answer.headers.update(headers)
        return answer
    service = here()
    still = second_factor.lacking(service.installation, person, service.clock())
    typed = request.form.get(carried.FIELD, "")
    if still is Lacking.NOTHING:
        carried.keep(person, where_to(), typed)
    door = f"{DOORS[still]}?{urlencode({'naar': where_to()})}" if still in DOORS else where_to()
    secret, who = open_session(person, HALFWAY if still in DOORS else SESSION)
    if still is Lacking.CODE and typed:
        g.caller, g.renewed = who, secret
        answer = code_page(200, None)
    else:
        answer = elsewhere(door)
    keep_session(answer, secret)
    answer.delete_cookie(csrf.BEFORE, path="/")
    return answer


@screen("POST", "/uitloggen", Guard.PERSON)
def log_out() -> Response:
    """End this session."""
    answer = elsewhere("/inloggen")
    end_current_session(answer)
    return answer


@screen("GET", "/taal/<code>", Guard.ANYONE)
def choose_language(code: str) -> Response:
    """Read on in this language, on the page where one was; the browser keeps the choice for a year."""
    if code not in language.LANGUAGES:
        raise Unknown("Deze taal is er niet.")
    came_from = request.args.get("terug", "")
    answer = elsewhere(came_from if is_page(came_from) else "/")
    secure = here().installation.config.secure_cookies
    answer.set_cookie(language.COOKIE, code, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure, path="/")
    return answer


@screen("GET", "/opmaak/<name>", Guard.ANYONE)
def show_asset(name: str) -> Response:
    """A style sheet, script or letter that pages link to."""
    found = assets(here().installation.config.city).get(name)
    if found is None:
        raise Unknown("Dit bestand is er niet.")
    answer = Response(found.content, mimetype=found.kind)
    answer.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return answer


@screen("GET", "/toegankelijkheid", Guard.ANYONE)
def show_accessibility() -> Response:
    """What these pages do to be usable by everybody, and where to say that they are not."""
    return page("toegankelijkheid.html")


def _login_page(status: int = 200, fault: str = "", name: str = "") -> Response:
    given = request.form
    return page(
        "inloggen.html",
        status,
        fout=fault,
        naam=name,
        naar=given.get("naar", ""),
        melding="",
        meegenomen=given.get(carried.FIELD, ""),
    )
