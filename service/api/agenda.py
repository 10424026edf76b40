"""The address of the caller's own calendar: `/v1/agenda`. What it gives stands at that address (`service.web.feed`)."""

from __future__ import annotations

from flask import request

from service import accounts
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, TextField
from service.guard import Guard

agenda = Blueprint("agenda", __name__, url_prefix="/v1/agenda", description="Het eigen werk in een agenda")


class FeedSchema(Dutch):
    """The address to subscribe to, which is told this once."""

    address = TextField(data_key="adres")


@route(agenda, "POST", "", Guard.PERSON, status=201, answers=FeedSchema())
def make_feed() -> dict[str, str]:
    """A new address of the caller's calendar, in place of the one before."""
    service = here()
    secret = accounts.issue_feed(service.installation.database, caller(), service.clock(), service.installation.entropy)
    return {"address": f"{request.host_url}agenda/{secret}.ics"}


@route(agenda, "DELETE", "", Guard.PERSON, status=204)
def end_feed() -> None:
    """The address of the caller's calendar is of no use any more."""
    service = here()
    accounts.end_feed(service.installation.database, caller(), service.clock())
