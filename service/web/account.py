"""*Mijn account*: the second factor at the door and in the house, one's own sessions and tokens, and the password."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, g, request
from markupsafe import Markup

from service import accounts, auth, mailboxes, second_factor
from service.api.border import caller, here, loaded
from service.api.meldingen import WishSchema
from service.api.personen import PasswordSchema
from service.api.sessies import TokenAskSchema, keep_session, open_session
from service.api.tweede_factor import FactorCodeSchema
from service.auth import FEED, HALFWAY, SESSION, TOKEN, WrongPassword
from service.faults import Conflict, Malformed, Unknown
from service.guard import Guard
from service.limits import TooMany
from service.mailboxes import Wish
from service.second_factor import Lacking, Prepared, WrongCode
from service.web import carried
from service.web.administration import sent_values
from service.web.screens import elsewhere, is_page, page, screen, told

_CODE, _FACTOR, _ACCOUNT = "/inloggen/code", "/inloggen/tweede-factor", "/account"
_FIRST = "/werk"
DOORS = {Lacking.CODE: _CODE, Lacking.FACTOR: _FACTOR}
"""Where somebody goes on who proved the password and still lacks this."""


@screen("GET", _CODE, Guard.HALFWAY)
def show_code() -> Response:
    """The form for the code, for who proved the password."""
    if caller().session.kind == SESSION:
        return elsewhere(_FIRST)
    return code_page(200, None)


@screen("POST", _CODE, Guard.HALFWAY)
def give_code() -> Response:
    """Come in wholly, by a code of the second factor."""
    service, by = here(), caller()
    try:
        given = loaded(FactorCodeSchema(), sent_values("code"))
        second_factor.use(service.installation, by.person, given["code"], service.clock())
    except (Malformed, WrongCode, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = code_page(status, _at_the_code(members))
        answer.headers.update(headers)
        return answer
    carried.keep(by.person, where_to(), request.form.get(carried.FIELD, ""))
    return _come_in(elsewhere(where_to()))


def code_page(status: int, problem: dict[str, Any] | None) -> Response:
    """The form for the code, with what somebody brings along."""
    typed = request.form.get(carried.FIELD, "")
    return page("code.html", status, probleem=problem, naar=where_to(), meegenomen=typed)


@screen("GET", _FACTOR, Guard.HALFWAY)
def show_factor() -> Response:
    """What a second factor is, and the button to begin."""
    return _factor_page(200, None)


@screen("POST", _FACTOR, Guard.HALFWAY)
def set_factor() -> Response:
    """Make a secret; or let it count, by its first code, and show the recovery codes once."""
    service, by, now = here(), caller(), here().clock()
    if request.form.get("doe") == "begin":
        return _factor_page(200, second_factor.prepare(service.installation, by, now))
    try:
        given = loaded(FactorCodeSchema(), sent_values("code"))
        codes = second_factor.confirm(service.installation, by, given["code"], now)
    except (Malformed, WrongCode, TooMany) as wrong:
        status, members, headers = told(wrong)
        ready = second_factor.read_prepared(service.installation, by)
        again = _factor_page(status, ready, _at_the_code(members))
        again.headers.update(headers)
        return again
    secret, opened = open_session(by.person, SESSION)
    g.caller, g.renewed = opened, secret
    answer = page("herstelcodes.html", codes=codes, naar=where_to())
    keep_session(answer, secret)
    return answer


def _factor_page(status: int, ready: Prepared | None, problem: dict[str, Any] | None = None) -> Response:
    drawn = Markup(_drawn(ready.uri)) if ready else None
    return page("tweede_factor.html", status, gereed=ready, beeld=drawn, probleem=problem, naar=where_to())


def _drawn(uri: str) -> str:
    """The address as a QR code: dark on light whatever the theme is, with the quiet zone that cameras look for."""
    code = segno.make(uri, micro=False, error="m", boost_error=False)
    return code.svg_inline(svgclass="qr", lineclass=None, light="#fff", omitsize=True)


def _come_in(answer: Response) -> Response:
    """A whole session in place of the half one, which is good for nothing any more."""
    service, by = here(), caller()
    if by.session.kind == HALFWAY:
        accounts.revoke(service.installation.database, by, HALFWAY, by.session.id, service.clock())
    secret, _opened = open_session(by.person, SESSION)
    keep_session(answer, secret)
    return answer


@screen("GET", _ACCOUNT, Guard.PERSON)
def show_account() -> Response:
    """One's own account."""
    return account_page(200, None)


@screen("POST", f"{_ACCOUNT}/sessies/<uuid:session_id>/beeindigen", Guard.PERSON)
def end_session(session_id: object) -> Response:
    """End one of one's own sessions or tokens."""
    service, by = here(), caller()
    kinds = {one.id: one.kind for one in _open(SESSION) + _open(TOKEN)}
    if str(session_id) not in kinds:
        raise Unknown("U hebt geen geldige sessie of token met dit nummer.")
    accounts.revoke(service.installation.database, by, kinds[str(session_id)], str(session_id), service.clock())
    return elsewhere(_ACCOUNT)


@screen("POST", f"{_ACCOUNT}/tokens", Guard.PERSON)
def make_token() -> Response:
    """A new token for a program, whose secret is shown this once."""
    service, by = here(), caller()
    sent = sent_values("omschrijving", "geldigTot")
    try:
        asked = sent | ({"geldigTot": f"{sent['geldigTot']}T12:00:00Z"} if "geldigTot" in sent else {})
        given = loaded(TokenAskSchema(), asked)
        secret, _made = accounts.issue_token(
            service.installation.database,
            by,
            label=given["label"],
            until=given["until"],
            now=service.clock(),
            entropy=service.installation.entropy,
        )
    except (Malformed, Conflict) as wrong:
        status, members, _ = told(wrong)
        return account_page(status, members)
    return account_page(201, None, secret)


@screen("POST", f"{_ACCOUNT}/wachtwoord", Guard.PERSON)
def change_password() -> Response:
    """A new password; one logs in again everywhere."""
    service, by, now = here(), caller(), here().clock()
    try:
        service.login_limit.take(f"naam/{by.person.login}", now)
        given = loaded(
            PasswordSchema(), {name: request.form.get(name, "") for name in ("wachtwoord", "nieuwWachtwoord")}
        )
        accounts.change_password(
            service.installation.database,
            service.installation.names,
            by,
            old=given["old"],
            new=given["new"],
            now=now,
            passwords=service.passwords,
        )
    except (Malformed, WrongPassword, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = account_page(status, members)
        answer.headers.update(headers)
        return answer
    return _out()


@screen("POST", f"{_ACCOUNT}/post", Guard.PERSON)
def choose_mail() -> Response:
    """Where mail about one's work goes; or, with the other button, that there is none any more."""
    service, by, now = here(), caller().person, here().clock()
    if request.form.get("doe") == "stoppen":
        mailboxes.drop_own(service.installation, by, now)
        return elsewhere(_ACCOUNT)
    try:
        given = loaded(WishSchema(), sent_values("adres", "tempo", "taal"))
        mailboxes.choose(service.installation, by, Wish(**given), now)
    except (Malformed, Conflict, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = account_page(status, members)
        answer.headers.update(headers)
        return answer
    return elsewhere(f"{_ACCOUNT}#post")


@screen("POST", f"{_ACCOUNT}/tweede-factor/intrekken", Guard.PERSON)
def drop_factor() -> Response:
    """Go on without a second factor, by a last code; one logs in again everywhere."""
    service = here()
    try:
        given = loaded(FactorCodeSchema(), sent_values("code"))
        second_factor.drop_own(service.installation, caller(), given["code"], service.clock())
    except (Malformed, WrongCode, TooMany) as wrong:
        status, members, headers = told(wrong)
        answer = account_page(status, _at_the_code(members))
        answer.headers.update(headers)
        return answer
    return _out()


def _out() -> Response:
    answer = elsewhere("/inloggen")
    answer.delete_cookie(auth.COOKIE, path="/")
    return answer


def account_page(status: int, problem: dict[str, Any] | None, token: str = "", feed: str = "") -> Response:
    """One's own account; what was made just now is shown this once."""
    return page(
        "account.html",
        status,
        gebruikersnaam=caller().person.login,
        factor=second_factor.read_state(here().installation, caller().person),
        sessies=_open(SESSION),
        tokens=_open(TOKEN),
        deze=caller().session.id,
        post=mailboxes.read_own(here().installation, caller().person),
        met_post=mailboxes.can_send(here().installation),
        nieuw_token=token,
        nieuw_adres=feed,
        agenda=_open(FEED)[-1:],
        probleem=problem,
        ingevuld=request.form,
    )


def _open(kind: str) -> list[Any]:
    service = here()
    found = accounts.list_sessions(service.installation.database, caller(), kind)
    return [one for one in found if one.revoked_at is None and one.expires_at > service.clock()][-50:]


def _at_the_code(members: dict[str, Any]) -> dict[str, Any]:
    """A problem that says at which field it is."""
    faults = members["fouten"] or [{"veld": "code", "melding": members["detail"]}]
    return members | {"fouten": faults}


def where_to() -> str:
    """The page for which somebody came, if it is one of ours; else one's work."""
    asked = request.values.get("naar", "")
    return asked if is_page(asked) and not asked.startswith("/inloggen") else _FIRST
