"""Notices: `/v1/meldingen`, and where the mail about them goes: `/v1/personen/ik/post`."""

from __future__ import annotations

from typing import Any

from flask import Response

from service import mailboxes, notices
from service.api.border import Blueprint, caller, here, link_next, route
from service.api.schemas import (
    Dutch,
    FlagField,
    ListField,
    MomentField,
    NestedField,
    PageSchema,
    TextField,
    one_of,
    read_cursor,
    write_cursor,
)
from service.faults import Unknown
from service.guard import Guard
from service.mailboxes import State, Wish
from service.store_mailboxes import AT_ONCE, DAILY, OFF

meldingen = Blueprint(
    "meldingen", __name__, url_prefix="/v1", description="Meldingen over eigen werk, en post daarover"
)
_OWN = "/personen/ik/post"


class NoticeSchema(Dutch):
    """What one is told: of which kind, about which task (and advice request); no task that is not one's any more."""

    id = TextField()
    kind = TextField(data_key="soort")
    at = MomentField(data_key="op")
    is_new = FlagField(data_key="nieuw")
    task = TextField(data_key="taak")
    name = TextField(data_key="naam")
    wijk = TextField()
    due = MomentField(data_key="uiterlijk")
    request = TextField(data_key="verzoek")


class NoticeListSchema(Dutch):
    """A page of notices."""

    items = ListField(NestedField(NoticeSchema), data_key="resultaten")


class WishSchema(Dutch):
    """Where the mail goes, how often, and in which language."""

    address = TextField(data_key="adres", longest=300, required=True)
    pace = TextField(data_key="tempo", required=True, validate=one_of(AT_ONCE, DAILY, OFF))
    language = TextField(data_key="taal", load_default="nl", validate=one_of("nl", "en"))


class MailSchema(WishSchema):
    """The same, with how it stands."""

    is_confirmed = FlagField(data_key="bevestigd")
    is_refused = FlagField(data_key="geweigerd")


@route(meldingen, "GET", "/meldingen", Guard.PERSON, query=PageSchema(), answers=NoticeListSchema())
def list_notices(given: dict[str, Any]) -> Response:
    """One's own notices, the newest first."""
    service = here()
    after = read_cursor(given["cursor"])
    found, more = notices.list_own(service.installation, caller().person, after, given["limit"], service.clock())
    rows = [
        {"id": one.line.id, "kind": one.line.kind, "at": one.line.at, "is_new": one.is_new}
        | {name: getattr(one.line, name) if one.is_visible else None for name in ("task", "name", "wijk", "due")}
        | {"request": one.line.request or None if one.is_visible else None}
        for one in found
    ]
    return link_next(NoticeListSchema().dump({"items": rows}), None if more is None else write_cursor(*more))


@route(meldingen, "PUT", "/meldingen/gelezen", Guard.PERSON, status=204)
def read_all() -> None:
    """All of them need no attention any more."""
    notices.mark_read(here().installation, caller().person, None, here().clock())


@route(meldingen, "PUT", "/meldingen/<id:notice_id>/gelezen", Guard.PERSON, status=204)
def read_one(notice_id: str) -> None:
    """This one needs no attention any more."""
    notices.mark_read(here().installation, caller().person, notice_id, here().clock())


@route(meldingen, "GET", _OWN, Guard.PERSON, answers=MailSchema())
def show_mail() -> dict[str, Any]:
    """Where one's own mail goes."""
    found = mailboxes.read_own(here().installation, caller().person)
    if found is None:
        raise Unknown("U krijgt geen e-mail.")
    return _told(found)


@route(meldingen, "PUT", _OWN, Guard.PERSON, body=WishSchema(), answers=MailSchema())
def choose_mail(given: dict[str, Any]) -> dict[str, Any]:
    """Let it go there, once the link that is sent there was opened."""
    service, by = here(), caller().person
    mailboxes.choose(service.installation, by, Wish(**given), service.clock())
    found = mailboxes.read_own(service.installation, by)
    assert found is not None, "it was chosen just now"
    return _told(found)


@route(meldingen, "DELETE", _OWN, Guard.PERSON, status=204)
def drop_mail() -> None:
    """Get no mail any more; the address is gone."""
    mailboxes.drop_own(here().installation, caller().person, here().clock())


def _told(found: State) -> dict[str, Any]:
    wish = found.wish
    return {"address": wish.address, "pace": wish.pace, "language": wish.language} | {
        "is_confirmed": found.is_confirmed,
        "is_refused": found.is_refused,
    }
