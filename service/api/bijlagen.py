"""Files beside a task: `/v1/taken/{id}/bijlagen`, `/v1/zaken/{id}/bijlagen`, and each under `/v1/bijlagen/{id}`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request
from marshmallow import fields

from service import attachments
from service.api.border import Blueprint, caller, here, route, written
from service.api.schemas import Dutch, FlagField, ListField, MomentField, NestedField, NumberField, TextField
from service.attachments import Attachment
from service.faults import Fault, Malformed
from service.filetypes import FIELD
from service.guard import Guard

bijlagen = Blueprint("bijlagen", __name__, url_prefix="/v1", description="Bijlagen: bestanden bij een taak")

_POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class UploadSchema(Dutch):
    """One file, as multipart/form-data."""

    file = fields.Raw(data_key=FIELD, required=True, metadata={"type": "string", "format": "binary"})


class AttachmentSchema(Dutch):
    """A file beside a task; `door` is null for a resident, `naam` empty once it was destroyed."""

    id = TextField()
    case = TextField(data_key="zaak")
    task = TextField(data_key="taak")
    name = TextField(data_key="naam")
    type = TextField(data_key="soort")
    size = NumberField(data_key="grootte")
    at = MomentField(data_key="op")
    by = TextField(data_key="door")
    is_own = FlagField(data_key="eigen")


class AttachmentListSchema(Dutch):
    """The files, oldest first."""

    items = ListField(NestedField(AttachmentSchema), data_key="resultaten")


class AddedSchema(Dutch):
    """The id of the file that was added."""

    id = TextField()


@route(
    bijlagen,
    "POST",
    "/taken/<id:task_id>/bijlagen",
    Guard.PERSON,
    reads=UploadSchema(),
    sends="multipart/form-data",
    status=201,
    answers=AddedSchema(),
)
def add_attachment(task_id: str) -> Response:
    """Lay a file beside a task. What it is, is told from its content; the same file again is not added twice."""
    service = here()
    name, content = received()
    added = attachments.add(service.installation, caller().person, task_id, name, content, service.clock())
    response = written({"id": added}, 201)
    response.headers["Location"] = f"/v1/bijlagen/{added}"
    return response


@route(bijlagen, "GET", "/taken/<id:task_id>/bijlagen", Guard.PERSON, answers=AttachmentListSchema())
def list_of_task(task_id: str) -> dict[str, Any]:
    """The files beside a task."""
    service = here()
    return {"items": attachments.of_task(service.installation, caller().person, task_id, service.clock())}


@route(bijlagen, "GET", "/zaken/<id:case_id>/bijlagen", Guard.PERSON, answers=AttachmentListSchema())
def list_of_case(case_id: str) -> dict[str, Any]:
    """The files beside all tasks of a case."""
    service = here()
    return {"items": attachments.of_case(service.installation, caller().person, case_id, service.clock())}


@route(bijlagen, "GET", "/bijlagen/<id:attachment_id>", Guard.PERSON)
def fetch_attachment(attachment_id: str) -> Response:
    """The file itself, to keep and not to show. Who opened it is on record, once a day."""
    service = here()
    return sent(*attachments.fetch(service.installation, caller().person, attachment_id, service.clock()))


@route(bijlagen, "DELETE", "/bijlagen/<id:attachment_id>", Guard.PERSON, status=204)
def take_away(attachment_id: str) -> None:
    """Take one's own file away, as long as its task is open; that it was there stays on record."""
    service = here()
    attachments.take_away(service.installation, caller().person, attachment_id, service.clock())


def received(field: str = FIELD) -> tuple[str, bytes]:
    """The name and bytes of the one file in this request; Malformed for none and for more."""
    parts = [part for part in request.files.getlist(field) if part.filename]
    if len(parts) != 1:
        raise Malformed((Fault(FIELD, "Kies één bestand."),))
    return parts[0].filename or "", parts[0].read()


def sent(told: Attachment, content: bytes) -> Response:
    """The answer that holds this file: to keep, of the type that we found, and with no power over any page of ours."""
    response = Response(content, mimetype=told.type)
    name = told.name or "bijlage"
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in name)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = _POLICY
    return response
