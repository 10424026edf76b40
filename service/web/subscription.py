"""Mail without an account, and the links in it: follow a wijk, confirm an address, and stop.

A link shows a page with a button: programs that open every link in a letter confirm nothing, and stop nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service import mailboxes, public
from service.api.border import here, knock
from service.faults import Conflict, Fault, Malformed, Unknown
from service.guard import Guard
from service.web import language
from service.web.contribution import TRAP
from service.web.screens import page, screen, told

_CONFIRM, _LEAVE = (f"/post/<id:box_id>/{purpose}/<digest:code>" for purpose in (mailboxes.CONFIRM, mailboxes.LEAVE))


@screen("POST", "/wijken/<string:wijk>/volgen", Guard.ANYONE)
def follow_wijk(wijk: str) -> Response:
    """Send a link to this address; the page is the same whether the address was known or not."""
    service, now = here(), here().clock()
    knock(service.login_limit, "volgen")
    place = next((one for one in public.places(service.installation) if one.id == wijk), None)
    if place is None:
        raise Unknown("Deze wijk bestaat niet.")
    given = request.form.get("adres", "")[:300]
    try:
        if request.form.get(TRAP):
            raise Malformed((Fault(TRAP, "Laat het veld “Laat dit veld leeg” leeg. Er is niets verstuurd."),))
        mailboxes.subscribe(service.installation, wijk, given, language.current(), now)
    except (Malformed, Conflict) as wrong:
        status, members, _ = told(wrong)
        return _asked(status, plaats=place, probleem=members, ingevuld={"adres": given})
    return _asked(202, plaats=place, probleem=None, ingevuld={})


def _asked(status: int, **values: Any) -> Response:
    return page("volgen.html", status, valstrik=TRAP, **values)


@screen("GET", _CONFIRM, Guard.ANYONE)
def show_confirmation(box_id: str, code: str) -> Response:
    """The button to confirm with."""
    return _link_page(False, mailboxes.CONFIRM, box_id, code)


@screen("POST", _CONFIRM, Guard.ANYONE)
def confirm_address(box_id: str, code: str) -> Response:
    """From now on mail goes there."""
    service = here()
    knock(service.login_limit, "bevestigen")
    mailboxes.confirm(service.installation, box_id, code, service.clock())
    return _link_page(True, mailboxes.CONFIRM, box_id, code)


@screen("GET", _LEAVE, Guard.ANYONE)
def show_leaving(box_id: str, code: str) -> Response:
    """The button to stop with."""
    return _link_page(False, mailboxes.LEAVE, box_id, code)


@screen("POST", _LEAVE, Guard.ANYONE, is_ours=False)
def stop_mail(box_id: str, code: str) -> Response:
    """No more mail goes there: by the button, or by one click in a mail program (RFC 8058), which has no page of ours.

    Whether there was anything to stop is not told.
    """
    service = here()
    mailboxes.leave(service.installation, box_id, code, service.clock())
    return _link_page(True, mailboxes.LEAVE, box_id, code)


def _link_page(is_done: bool, purpose: str, box_id: str, code: str) -> Response:
    return page("post.html", gedaan=is_done, doel=purpose, adres=f"/post/{box_id}/{purpose}/{code}")
