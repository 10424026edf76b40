"""The draft of the *wijkverslag*: `/v1/zaken/{id}/wijkverslag`, as data, page or PDF: as `Accept` asks."""

from __future__ import annotations

from flask import Response, request

from service import reports
from service.api.border import Blueprint, caller, here, route, written
from service.api.schemas import Dutch, MomentField, NumberField, TextField, ValuesField
from service.guard import Guard

verslag = Blueprint(
    "verslag", __name__, url_prefix="/v1/zaken", description="Wijkverslag en jaarrekening: concept uit de registers"
)
_JSON, _HTML, _PDF = "application/json", "text/html", "application/pdf"


class ReportSchema(Dutch):
    """The account of a dossier as it stands; `keten` is the record at which the dossier's chain ends.

    `controlepunt` is what was last signed of the whole log: its name, the number of records, and the root.
    """

    wijk = TextField()
    year = NumberField(data_key="jaar")
    dossier = TextField()
    at = MomentField(data_key="op")
    head = TextField(data_key="keten")
    chapters = ValuesField(data_key="hoofdstukken")
    checkpoint = TextField(data_key="controlepunt")


@route(verslag, "GET", "/<id:case_id>/wijkverslag", Guard.PERSON, answers=ReportSchema())
def show_report(case_id: str) -> Response:
    """Every initiative, promise, deviation, dispute and euro of the dossier; JSON unless a page or a PDF is asked."""
    service = here()
    told = reports.read_report(service.installation, caller().person, case_id, service.clock())
    wanted = request.accept_mimetypes.best_match((_JSON, _HTML, _PDF), _JSON)
    if wanted == _HTML:
        return Response(reports.html(told), mimetype=_HTML)
    if wanted == _PDF:
        made = Response(reports.pdf(told), mimetype=_PDF)
        made.headers["Content-Disposition"] = 'inline; filename="wijkverslag.pdf"'
        return made
    return written(ReportSchema().dump(told))
