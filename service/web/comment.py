"""*Opmerkingen*: what staff remark to each other about a case, on a page beside it that says that it is no decision."""

from __future__ import annotations

from flask import Response, request

from service import comments
from service.api.border import caller, here, loaded, read_query
from service.api.opmerkingen import RemarkSchema
from service.api.schemas import Dutch, TextField, read_cursor, write_cursor
from service.comments import FIELD, LONGEST
from service.faults import Malformed
from service.guard import Guard
from service.reading import read_case
from service.web.case import case_page
from service.web.screens import elsewhere, screen, told

_SHOWN = 20


class RemarksQuery(Dutch):
    """Before which remark the page begins; none: with the newest."""

    before = TextField(data_key="voor", longest=200, load_default="")


@screen("GET", "/zaken/<id:case_id>/opmerkingen", Guard.PERSON)
def show_comments(case_id: str) -> Response:
    """The newest remarks, newest last, and the place to make one."""
    return _page(case_id, loaded(RemarksQuery(), read_query())["before"])


@screen("POST", "/zaken/<id:case_id>/opmerkingen", Guard.PERSON)
def remark(case_id: str) -> Response:
    """Make a remark, and see it."""
    service, typed = here(), request.form.get(FIELD, "")
    try:
        text = loaded(RemarkSchema(), {FIELD: typed.replace("\r\n", "\n")})["text"]
        comments.add(service.installation, caller().person, case_id, text, service.clock())
    except Malformed as wrong:
        status, members, _ = told(wrong)
        faults = [one.message for one in wrong.faults]
        return _page(case_id, "", status, tekst=typed, fouten=faults, probleem=members)
    return elsewhere(f"/zaken/{case_id}/opmerkingen")


@screen("GET", "/opmerkingen/<id:comment_id>/weghalen", Guard.PERSON)
def show_no_comment(comment_id: str) -> Response:
    """Where a remark was taken back, opened again: the work list, for it is not there to tell its case."""
    return elsewhere("/werk")


@screen("POST", "/opmerkingen/<id:comment_id>/weghalen", Guard.PERSON)
def take_back(comment_id: str) -> Response:
    """Take one's own remark back, and see what is left."""
    service = here()
    case_id = comments.take_back(service.installation, caller().person, comment_id, service.clock())
    return elsewhere(f"/zaken/{case_id}/opmerkingen")


def _page(case_id: str, before: str, status: int = 200, **more: object) -> Response:
    service, by = here(), caller().person
    found = comments.of_case(service.installation, by, case_id, _SHOWN + 1, service.clock(), read_cursor(before))
    shown = found[-_SHOWN:]
    return case_page(
        "zaak_opmerkingen.html",
        read_case(service.installation, by, case_id, service.clock()),
        status,
        opmerkingen=shown,
        eerder=write_cursor(shown[0].at, shown[0].id) if len(found) > _SHOWN else "",
        nieuwste=not before,
        langst=LONGEST,
        **({"tekst": "", "fouten": [], "probleem": None} | more),
    )
