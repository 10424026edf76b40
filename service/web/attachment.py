"""*Bijlagen*: a file laid beside a task from its page, without losing what stands in the form, fetched, taken away."""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from service import attachments
from service.api.bijlagen import received, sent
from service.api.border import caller, here
from service.faults import Conflict, Malformed
from service.guard import Guard
from service.hearing import Refused
from service.web.screens import elsewhere, screen, told
from service.web.task import FILE, brief, task_page, typed


@screen("GET", "/taken/<id:task_id>/bijlagen", Guard.PERSON)
def show_attachments(task_id: str) -> Response:
    """Where a file was sent to, opened again: the task."""
    return elsewhere(f"/taken/{task_id}#bijlagen")


@screen("POST", "/taken/<id:task_id>/bijlagen", Guard.PERSON)
def attach(task_id: str) -> Response:
    """Lay the chosen file beside the task, and see the task with what was typed so far."""
    service = here()
    found = brief(task_id)
    values, motivation = typed(found)
    try:
        attachments.add(service.installation, caller().person, task_id, *received(FILE), service.clock())
    except (Malformed, Refused, Conflict) as wrong:
        status, members, _ = told(wrong)
        faults = tuple(replace(one, field=FILE) for one in wrong.faults) if isinstance(wrong, Malformed) else ()
        return task_page(brief(task_id), values, motivation, status, members, faults)
    return task_page(brief(task_id), values, motivation)


@screen("GET", "/bijlagen/<id:attachment_id>", Guard.PERSON)
def fetch(attachment_id: str) -> Response:
    """The file itself."""
    service = here()
    return sent(*attachments.fetch(service.installation, caller().person, attachment_id, service.clock()))


@screen("GET", "/bijlagen/<id:attachment_id>/weghalen", Guard.PERSON)
def show_left(attachment_id: str) -> Response:
    """Where a file was taken away, opened again: the work list, for the file is not there to tell its task."""
    return elsewhere("/werk")


@screen("POST", "/bijlagen/<id:attachment_id>/weghalen", Guard.PERSON)
def take_away(attachment_id: str) -> Response:
    """Take one's own file away, and see the task with what was typed so far."""
    service = here()
    task_id = attachments.take_away(service.installation, caller().person, attachment_id, service.clock())
    found = brief(task_id)
    return task_page(found, *typed(found))
