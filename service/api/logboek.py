"""The log: `/v1/verantwoording`, the newest checkpoint and proofs for everybody, receipts for who acted or may read."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.trail.lines import base64_of
from service import receipts
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, ListField, NumberField, TextField
from service.guard import Guard

logboek = Blueprint(
    "logboek", __name__, url_prefix="/v1/verantwoording", description="Het logboek: controlepunten en bewijzen (C2SP)"
)
_TEXT = "text/plain; charset=utf-8"
_SIZE = validate.Range(1, 2**53, error="Noem een omvang vanaf 1.")


class ConsistencyQuery(Dutch):
    """Which earlier size of the log."""

    size = NumberField(data_key="van", required=True, validate=_SIZE)


class ConsistencySchema(Dutch):
    """The proof (RFC 6962, 2.1.2) that the log at this checkpoint only added to what it was at size `van`."""

    size = NumberField(data_key="van")
    path = ListField(TextField(), data_key="pad")
    note = TextField(data_key="controlepunt")


@route(logboek, "GET", "/checkpoint", Guard.ANYONE)
def show_checkpoint() -> Response:
    """The newest checkpoint of the log, signed (c2sp.org/tlog-checkpoint)."""
    return Response(receipts.newest_note(here().installation), content_type=_TEXT)


@route(logboek, "GET", "/consistentie", Guard.ANYONE, query=ConsistencyQuery(), answers=ConsistencySchema())
def show_consistency(given: dict[str, Any]) -> dict[str, Any]:
    """That the newest checkpoint only added to the log of an earlier size."""
    note, path = receipts.consistency(here().installation, given["size"])
    return {"size": given["size"], "path": [base64_of(one) for one in path], "note": note.encode().decode()}


@route(logboek, "GET", "/ontvangsten/<digest:digest>", Guard.PERSON)
def show_receipt(digest: str) -> Response:
    """The receipt of one record (c2sp.org/tlog-proof), to keep: `verify.py` checks it without us."""
    service = here()
    content = receipts.read_receipt(service.installation, caller().person, digest, service.clock())
    answer = Response(content, content_type=_TEXT)
    answer.headers["Content-Disposition"] = f'attachment; filename="{digest[:16]}.tlog-proof"'
    return answer
