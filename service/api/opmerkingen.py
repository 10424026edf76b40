"""Remarks of staff to each other about a case: `/v1/zaken/{id}/opmerkingen`, and taking one's own back."""

from __future__ import annotations

from typing import Any

from flask import Response

from service import comments
from service.api.border import Blueprint, caller, here, link_next, route, written
from service.api.schemas import (
    Dutch,
    FlagField,
    ListField,
    MomentField,
    NestedField,
    PageSchema,
    TextField,
    read_cursor,
    write_cursor,
)
from service.comments import FIELD, LONGEST
from service.guard import Guard

opmerkingen = Blueprint(
    "opmerkingen", __name__, url_prefix="/v1", description="Opmerkingen: van medewerkers aan elkaar, geen besluit"
)


class RemarkSchema(Dutch):
    """What somebody remarks."""

    text = TextField(data_key=FIELD, least=1, longest=LONGEST, required=True)


class CommentSchema(Dutch):
    """A remark, with who made it and when."""

    id = TextField()
    text = TextField(data_key=FIELD)
    by = TextField(data_key="door")
    at = MomentField(data_key="op")
    is_own = FlagField(data_key="eigen")


class CommentListSchema(Dutch):
    """A page of remarks, newest last; the first page holds the newest ones, the next one those before."""

    items = ListField(NestedField(CommentSchema), data_key="resultaten")


class MadeSchema(Dutch):
    """The id of the remark."""

    id = TextField()


@route(
    opmerkingen,
    "POST",
    "/zaken/<id:case_id>/opmerkingen",
    Guard.PERSON,
    body=RemarkSchema(),
    status=201,
    answers=MadeSchema(),
)
def remark(given: dict[str, Any], case_id: str) -> Response:
    """Make a remark for colleagues who may read the case; it is no act, and not in the trail."""
    service = here()
    made = comments.add(service.installation, caller().person, case_id, given["text"], service.clock())
    return written({"id": made}, 201)


@route(
    opmerkingen,
    "GET",
    "/zaken/<id:case_id>/opmerkingen",
    Guard.PERSON,
    query=PageSchema(),
    answers=CommentListSchema(),
)
def list_comments(page: dict[str, Any], case_id: str) -> Response:
    """The remarks about a case; to residents it has none."""
    service, most = here(), page["limit"]
    found = comments.of_case(
        service.installation, caller().person, case_id, most + 1, service.clock(), read_cursor(page["cursor"])
    )
    shown = found[-most:]
    following = write_cursor(shown[0].at, shown[0].id) if len(found) > most else None
    return link_next(CommentListSchema().dump({"items": shown}), following)


@route(opmerkingen, "DELETE", "/opmerkingen/<id:comment_id>", Guard.PERSON, status=204)
def take_back(comment_id: str) -> None:
    """Take one's own remark back."""
    service = here()
    comments.take_back(service.installation, caller().person, comment_id, service.clock())
