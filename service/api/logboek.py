"""The log: `/v1/verantwoording`, the newest checkpoint and proofs for everybody, receipts for who acted or may read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import validate

from engine.trail import verify
from engine.trail.lines import base64_of
from service import log_check, questions, receipts
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, FlagField, ListField, MomentField, NestedField, NumberField, TextField
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


class WitnessSchema(Dutch):
    """A witness, and whether it signed the newest checkpoint too."""

    name = TextField(data_key="naam")
    has_signed = FlagField(data_key="tekende")


class HealthSchema(Dutch):
    """How the log stands."""

    size = NumberField(data_key="omvang")
    waiting = NumberField(data_key="wachtend")
    broken = TextField(data_key="gebroken")
    signed_size = NumberField(data_key="ondertekend")
    signed_at = MomentField(data_key="ondertekendOp")
    witnesses = ListField(NestedField(WitnessSchema), data_key="getuigen")


class CheckedSchema(Dutch):
    """What was computed again, and a sentence for everything that is wrong."""

    records = NumberField(data_key="regels")
    waiting = NumberField(data_key="wachtend")
    checkpoints = NumberField(data_key="controlepunten")
    findings = ListField(TextField(), data_key="bevindingen")


@route(logboek, "GET", "/logboek", Guard.PERSON, answers=HealthSchema())
def show_health() -> dict[str, Any]:
    """How many records have their place, what was signed last and by whom, and why nothing is signed, if so."""
    service = here()
    questions.require(service.installation, caller().person, "logboek", service.clock())
    found = log_check.health(service.installation)
    told = {name: getattr(found, name) for name in ("size", "waiting", "broken", "signed_size", "signed_at")}
    return told | {"witnesses": [{"name": name, "has_signed": has_signed} for name, has_signed in found.witnesses]}


@route(logboek, "POST", "/zelfcontroles", Guard.PERSON, status=201, answers=CheckedSchema())
def check_itself() -> log_check.Checked:
    """Chains, columns, registers, sealed values, tree and checkpoints, all computed again."""
    service = here()
    questions.require(service.installation, caller().person, "zelfcontrole", service.clock())
    return log_check.check_here_and_now(service.installation)


@route(logboek, "GET", "/beleid", Guard.ANYONE)
def show_policy() -> Response:
    """Whom to believe about this log (c2sp.org/tlog-policy); compare it with what you got by another way."""
    answer = Response(receipts.policy(here().installation), content_type=_TEXT)
    answer.headers["Content-Disposition"] = 'attachment; filename="beleid.txt"'
    return answer


@route(logboek, "GET", "/verify.py", Guard.ANYONE)
def show_verifier() -> Response:
    """The program with which anybody checks receipts, exports and packages; it needs Python alone."""
    answer = Response(_verifier(), content_type="text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    return answer


@cache
def _verifier() -> bytes:
    return Path(verify.__file__).read_bytes()


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
