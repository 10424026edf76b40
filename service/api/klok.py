"""What happens by itself, for who watches over it: `/v1/incidenten`, and the queue of the clock: `/v1/klok`."""

from __future__ import annotations

from typing import Any

from service import jobs, reading
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, ListField, MomentField, NestedField, NumberField, TextField
from service.guard import Guard

klok = Blueprint("klok", __name__, url_prefix="/v1", description="Wat vanzelf gebeurt, en wat daarbij vastliep")
_MOST = 200


class OpenIncidentSchema(Dutch):
    """Something that the engine could not do, in which case."""

    id = TextField()
    case = TextField(data_key="zaak")
    at = MomentField(data_key="op")
    sentence = TextField(data_key="melding")


class OpenIncidentListSchema(Dutch):
    """What nobody solved yet, the newest first; at most 200."""

    items = ListField(NestedField(OpenIncidentSchema), data_key="resultaten")


class JobSchema(Dutch):
    """Something that waits for its moment, without what it carries."""

    id = TextField()
    kind = TextField(data_key="soort")
    case = TextField(data_key="zaak")
    due = MomentField(data_key="op")
    attempts = NumberField(data_key="pogingen")
    status = TextField()


class QueueSchema(Dutch):
    """The queue: how much is late and since when, and what comes first; at most 200."""

    late = NumberField(data_key="teLaat")
    oldest = MomentField(data_key="oudste")
    first = ListField(NestedField(JobSchema), data_key="resultaten")


@route(klok, "GET", "/incidenten", Guard.PERSON, answers=OpenIncidentListSchema())
def list_open_incidents() -> dict[str, Any]:
    """What got stuck and nobody solved, in the wijken of the caller."""
    service = here()
    return {"items": reading.list_open_incidents(service.installation, caller().person, _MOST, service.clock())}


@route(klok, "GET", "/klok", Guard.PERSON, answers=QueueSchema())
def show_queue() -> jobs.Queue:
    """What waits for its moment, for who may retry what got stuck."""
    service = here()
    return jobs.read_queue(service.installation, caller().person, _MOST, service.clock())
