"""Who is calling: sessions by cookie, API tokens by header; never what the caller may do.

A secret is 256 random bits; only its SHA-256 is stored, so that a stolen database opens no session. Each request
asks the database, so that a revoked session ends at once, in every process; completing a task asks it in the act's own
transaction.

How somebody proves who he is stands apart: `accounts.prove` (a password) and `second_factor`. Another way, such as
OpenID Connect, comes in beside them and opens the same session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Request
from sqlalchemy import Engine

from service import db, store_people
from service.faults import NotLoggedIn
from service.naming import Names
from service.store_people import PersonRow, SessionRow

COOKIE = "wijk_sessie"
SESSION = "sessie"
HALFWAY = "halfweg"  # who knows the password and must still prove, or set, a second factor: good for that alone
TOKEN = "token"  # noqa: S105  (a kind of session, not a secret)
FEED = "agenda"  # the secret in the address of somebody's calendar: good for reading that alone
SESSION_LASTS = timedelta(hours=12)
HALFWAY_LASTS = timedelta(minutes=15)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_MOST_MET = 10_000
# A login with a name that nobody has must cost as long as one with a wrong password.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$quSfqh5RCuyfIItf3/SF3g$i9GsKRIUV1QXZDEBAZD4EjXlpO/tR29bZ/8q2D7QG6g"


class WrongPassword(Exception):
    """De gebruikersnaam of het wachtwoord klopt niet"""


class ForeignOrigin(Exception):
    """Het verzoek komt van een andere website"""


class ForgedForm(Exception):
    """Dit formulier is niet van deze sessie"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person who sends this request, and the session or token by which we know."""

    person: PersonRow
    session: SessionRow


def digest_of(secret: str) -> str:
    """What the database keeps of a session's or token's secret: SHA-256 in hex."""
    return sha256(secret.encode()).hexdigest()


def recognise(
    engine: Engine,
    names: Names,
    request: Request,
    now: datetime,
    met: dict[str, Caller] | None = None,
    *,
    halfway: bool = False,
) -> Caller:
    """The caller by token or cookie; NotLoggedIn when none is valid now, ForeignOrigin for a forged write.

    Who is only halfway in is nobody, but for the pages that ask for the other half (`halfway`).

    With `met` (whom this process met before, by digest) somebody met is not looked up: the act that follows must prove
    the session in its own transaction (`Guard.ACTOR`).
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        kind = TOKEN
        if scheme.lower() != "bearer" or not secret:
            raise NotLoggedIn("Gebruik 'Authorization: Bearer <token>'.")
    else:
        secret, kind = request.cookies.get(COOKIE, ""), SESSION
        if not secret:
            raise NotLoggedIn("Log in met POST /v1/sessies, of stuur een token mee.")
        refuse_foreign_origin(request)
    digest = digest_of(secret)
    if met is not None and (before := met.get(digest)) is not None and before.session.kind == kind:
        return before
    with db.glancing(engine) as tx:
        found = store_people.recognise(tx, digest)
    if found is None or found[1].kind not in ((kind, HALFWAY) if halfway and kind == SESSION else (kind,)):
        raise NotLoggedIn("De sessie of het token is onbekend.")
    person, session = found
    if session.revoked_at is not None or session.expires_at <= now or person.blocked_at is not None:
        raise NotLoggedIn("De sessie of het token is verlopen of ingetrokken.")
    caller = Caller(names.opened(person), session)
    if met is not None:
        if len(met) >= _MOST_MET:
            met.clear()
        met[digest] = caller
    return caller


def refuse_foreign_origin(request: Request) -> None:
    """Refuse a write that a browser says comes from another site; a caller that is no browser sends neither header."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignOrigin("Alleen de eigen pagina's mogen met een sessiecookie schrijven.")
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise ForeignOrigin("Alleen de eigen pagina's mogen met een sessiecookie schrijven.")


def password_fits(stored: str | None, password: str, hasher: PasswordHasher) -> bool:
    """True when the argon2 hash is of this password; takes as long when there is no hash."""
    try:
        hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
