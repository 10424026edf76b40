"""Whether a form that comes in is one that we gave to this very browser: its proof belongs to the session's cookie."""

from __future__ import annotations

import hmac

from flask import Request, Response, g

from service import auth
from service.api.border import here
from service.auth import ForgedForm

FIELD = "bewijs"
BEFORE = "wijk_vooraf"  # what binds the form of somebody who has no session yet


def proof(request: Request) -> str:
    """The proof that goes into every form of the page that is being made for this request."""
    return _proof_of(_bound(request) or _given_before())


def require_proof(request: Request) -> None:
    """ForgedForm unless the form holds the proof of this browser."""
    bound = _bound(request)
    if not bound or not hmac.compare_digest(_proof_of(bound).encode(), request.form.get(FIELD, "").encode()):
        raise ForgedForm("Open de bladzijde opnieuw en vul het formulier daar in; er is niets gewijzigd.")


def remember(response: Response) -> None:
    """Give the browser what binds its next form, when the page that it gets needs it."""
    fresh = g.get("given_before")
    if fresh is not None:
        secure = here().installation.config.secure_cookies
        response.set_cookie(BEFORE, fresh, httponly=True, samesite="Lax", secure=secure, path="/")


def _bound(request: Request) -> str:
    if "caller" in g:
        return str(g.get("renewed") or request.cookies.get(auth.COOKIE, ""))
    return request.cookies.get(BEFORE, "")


def _given_before() -> str:
    if "given_before" not in g:
        g.given_before = here().installation.entropy(32).hex()
    return str(g.given_before)


def _proof_of(bound: str) -> str:
    text = b"formulier\n" + bound.encode("utf-8", "surrogatepass")
    return hmac.new(here().installation.secret, text, "sha256").hexdigest()
